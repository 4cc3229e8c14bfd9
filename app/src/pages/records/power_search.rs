//! Searching the powers, duties and limits of the law: the form and a page of results.

use govuk::{Button, Colour, Input, Label, Pagination, Select, SelectItem, Size, Tag};
use maud::{Markup, html};
use packs::{Gateway, Law, QuestionKind, Status};

use crate::kernel::Ctx;
use crate::records::answers::types;
use crate::web::Fields;

const PAGE: usize = 10;

/// What is searched for.
#[derive(Debug, Clone, Default)]
pub struct Search {
    pub text: String,
    pub kind: String,
    pub purpose: String,
    /// From 1.
    pub page: usize,
}

impl Search {
    pub fn of(query: &Fields) -> Search {
        let short = |name: &str| query.one(name).chars().take(100).collect::<String>();
        Search {
            text: short("q"),
            kind: short("kind"),
            purpose: short("purpose"),
            page: query.one("page").parse().unwrap_or(1).max(1),
        }
    }

    pub fn query(&self) -> String {
        self.at(self.page)
    }

    fn at(&self, page: usize) -> String {
        form_urlencoded::Serializer::new(String::new())
            .append_pair("q", &self.text)
            .append_pair("kind", &self.kind)
            .append_pair("purpose", &self.purpose)
            .append_pair("page", &page.to_string())
            .finish()
    }
}

/// The purposes that gateways name, with the words of the form.
fn purposes(ctx: &Ctx) -> Vec<(&str, &str)> {
    let named = |id: &str| {
        let gateways = &ctx.app.packs.law.gateways;
        gateways.iter().any(|g| g.purposes.iter().any(|p| p == id))
    };
    ctx.app
        .packs
        .types
        .values()
        .filter_map(|record_type| record_type.form.question("purposes"))
        .filter(|(_, question)| question.kind == QuestionKind::Choices)
        .flat_map(|(_, question)| &question.options)
        .filter(|option| named(&option.id))
        .map(|option| (option.id.as_str(), option.label.as_str()))
        .collect()
}

pub fn form(ctx: &Ctx, search: &Search, action: &str) -> Markup {
    let any = |words: &'static str| std::iter::once(SelectItem::new("", words));
    html! {
        form method="get" action=(action) {
            (Input {
                id: "q",
                name: "q",
                label: Label::sized("Name of a law, or what you want to do", Size::S),
                value: &search.text,
                kind: "search",
                ..Input::default()
            })
            (Select {
                id: "kind",
                name: "kind",
                label: "Kind of organisation".into(),
                value: Some(&search.kind),
                items: any("Any kind")
                    .chain(ctx.app.packs.law.kinds.iter().map(|k| SelectItem::new(k.id.as_str(), k.name.as_str())))
                    .collect(),
                ..Select::default()
            })
            (Select {
                id: "purpose",
                name: "purpose",
                label: "What the data is for".into(),
                value: Some(&search.purpose),
                items: any("Anything")
                    .chain(purposes(ctx).into_iter().map(|(id, label)| SelectItem::new(id, label)))
                    .collect(),
                ..Select::default()
            })
            (Button::secondary("Search"))
        }
    }
}

/// One page of what was found; `more` is what can be done with each.
pub fn results(
    ctx: &Ctx,
    search: &Search,
    action: &str,
    more: &dyn Fn(&Gateway) -> Markup,
) -> Markup {
    let law = &ctx.app.packs.law;
    let filter = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (kind, purpose) = (filter(&search.kind), filter(&search.purpose));
    let found = law.find_gateways(
        &search.text,
        kind.as_deref(),
        purpose.as_deref(),
        ctx.now.today(),
    );
    let last = found.len().div_ceil(PAGE).max(1);
    let page = search.page.min(last);
    html! {
        h2 class="govuk-heading-m" {
            @match found.len() {
                0 => "Nothing found",
                1 => "1 found",
                many => { (many) " found" },
            }
        }
        @if found.is_empty() {
            p class="govuk-body" { "Try fewer words, or any kind of organisation." }
        }
        @for gateway in found.iter().skip((page - 1) * PAGE).take(PAGE) {
            (result(law, gateway))
            (more(gateway))
            hr class="govuk-section-break govuk-section-break--m govuk-section-break--visible";
        }
        @if last > 1 { (Pagination::of(page, last, |to| format!("{action}?{}", search.at(to)))) }
    }
}

fn not_in_force(status: Status) -> Tag<'static> {
    match status {
        Status::NotStarted => Tag::new("Not in force", Colour::Red),
        _ => Tag::new("Not known to be in force", Colour::Yellow),
    }
}

fn result(law: &Law, gateway: &Gateway) -> Markup {
    html! {
        h3 class="govuk-heading-s" id=(gateway.id) {
            (gateway.title)
            @if gateway.powers.is_empty() && gateway.status.check_if_started() { " " (not_in_force(gateway.status)) }
        }
        p class="govuk-body" { strong { "Type: " } (types(&gateway.types)) }
        p class="govuk-body" { (gateway.plain) }
        p class="govuk-body" { strong { "From and to: " } (gateway.from_to) }
        p class="govuk-body" { strong { "For: " } (gateway.purpose) }
        @if !gateway.limits.is_empty() { p class="govuk-body" { strong { "Limits: " } (gateway.limits) } }
        @if !gateway.powers.is_empty() {
            ul class="govuk-list govuk-list--bullet" {
                @for power in &gateway.powers {
                    li {
                        (power.title) ": " (types(&power.types))
                        @if power.status.check_if_started() { " " (not_in_force(power.status)) }
                        br;
                        span class="govuk-hint" { "How it was checked: " (power.checking.words()) }
                    }
                }
            }
        } @else {
            p class="govuk-body-s" { "How it was checked: " (gateway.checking.words()) }
        }
        @if let Some(note) = &gateway.note { p class="govuk-body" { strong { "Note: " } (note) } }
        @if !gateway.provisions.is_empty() {
            p class="govuk-body-s" {
                "The law: "
                @for (place, provision) in gateway.provisions.iter().filter_map(|id| law.provision(id)).enumerate() {
                    @if place > 0 { "; " }
                    a class="govuk-link" href=(format!("/law/provisions/{}", provision.id)) { (provision.title) }
                }
            }
        }
    }
}
