//! The fields of an organisation's details, as every page that asks for them shows them.

use govuk::{Input, Select, SelectItem};
use maud::{Markup, html};
use packs::Law;
use text::Name;

use crate::kernel::Problem;
use crate::organisations::details::Details;
use crate::pages::sign_in::fields::UNSEEN;
use crate::web::{Fields, error_of};

/// The details as typed, to be shown again; [`Details::tidy`] before they are checked or kept.
pub fn read(fields: &Fields) -> Details {
    Details {
        name: fields.one("name").to_owned(),
        kind: fields.one("kind").to_owned(),
        area: fields.one("area").to_owned(),
        fee_number: fields.one("fee_number").to_owned(),
        ods_code: fields.one("ods_code").to_owned(),
    }
}

/// What is wrong with the details in a form.
pub fn problems(fields: &Fields, details: &Details, law: &Law) -> Vec<Problem> {
    let lost = ["name", "area"]
        .into_iter()
        .filter(|field| fields.lost(field));
    let lost = lost.map(|field| Problem::new(field, UNSEEN.replace("name", field)));
    lost.chain(details.problems(law)).collect()
}

pub fn show(law: &Law, details: &Details, problems: &[Problem]) -> Markup {
    html! {
        (Input {
            id: "name",
            name: "name",
            label: "Name of the organisation".into(),
            hint: Some("In full, as the public knows it"),
            value: &Name::shown(&details.name),
            autocomplete: "organization",
            spellcheck: Some(false),
            error: error_of(problems, "name"),
            ..Input::default()
        })
        (kind(law, "Kind of organisation", "Choose a kind", &details.kind, error_of(problems, "kind")))
        (Input {
            id: "area",
            name: "area",
            label: "Area it works in".into(),
            hint: Some("A nine-character area code such as E09000007, or the name of the area. You can give this later."),
            value: &Name::shown(&details.area),
            width: Some(20),
            error: error_of(problems, "area"),
            ..Input::default()
        })
        (Input {
            id: "fee_number",
            name: "fee_number",
            label: "Data protection fee number".into(),
            hint: Some("The registration number on the Information Commissioner’s register of fee payers, such as Z1234567 or ZA123456. You can give this later."),
            value: &details.fee_number,
            width: Some(10),
            autocapitalize: "characters",
            spellcheck: Some(false),
            error: error_of(problems, "fee_number"),
            ..Input::default()
        })
        (Input {
            id: "ods_code",
            name: "ods_code",
            label: "ODS code".into(),
            hint: Some("Only health and care organisations have one, such as RRV or F84077. Leave it empty otherwise."),
            value: &details.ods_code,
            width: Some(10),
            autocapitalize: "characters",
            spellcheck: Some(false),
            error: error_of(problems, "ods_code"),
            ..Input::default()
        })
    }
}

/// The kinds of the law pack as a list to choose from.
pub fn kind(law: &Law, label: &str, none: &str, value: &str, error: Option<&str>) -> Markup {
    let kinds = law
        .kinds
        .iter()
        .map(|kind| SelectItem::new(kind.id.as_str(), kind.name.as_str()));
    html! {
        (Select {
            id: "kind",
            name: "kind",
            label: label.into(),
            value: Some(value),
            items: std::iter::once(SelectItem::new("", none)).chain(kinds).collect(),
            error,
            ..Select::default()
        })
    }
}

/// The kind in words.
pub fn kind_name<'a>(law: &'a Law, kind: &'a str) -> &'a str {
    law.kind(kind).map_or(kind, |kind| kind.name.as_str())
}
