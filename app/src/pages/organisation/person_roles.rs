//! `/organisation/people/{person}/roles`: an administrator gives a person a role, for good or as a
//! deputy between two days.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, DateInput, DateParts, Legend, Radio, Radios, Select, SelectItem, Size};
use jiff::civil::Date;
use maud::{Markup, html};
use packs::Role;

use crate::kernel::ids::PersonId;
use crate::kernel::{Problem, Refusal};
use crate::organisations::roles;
use crate::organisations::roles::{Grant, Holding};
use crate::pages::organisation::people::{capital, dates, meaning};
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit, error_of, see_other};

const BACK: &str = "/organisation/people";

#[derive(Default)]
struct Typed {
    role: String,
    /// "own" or "deputy".
    standing: String,
    deputy_for: String,
    from: [String; 3],
    until: [String; 3],
}

impl Typed {
    fn read(fields: &Fields) -> Typed {
        let parts = |name: &str| {
            ["day", "month", "year"].map(|part| fields.one(&format!("{name}-{part}")).to_owned())
        };
        Typed {
            role: fields.one("role").to_owned(),
            standing: fields.one("standing").to_owned(),
            deputy_for: fields.one("deputy_for").to_owned(),
            from: parts("from"),
            until: parts("until"),
        }
    }

    /// What is to be given, or what is wrong with the form.
    fn grant(
        &self,
        held: &[Holding],
        person: &PersonId,
        today: Date,
    ) -> Result<Grant, Vec<Problem>> {
        let mut problems = Vec::new();
        let role = Role::parse(&self.role);
        if role.is_none() {
            problems.push(Problem::new("role", "Choose a role"));
        }
        let mut grant = Grant::from(role.unwrap_or(Role::Viewer));
        match self.standing.as_str() {
            "own" => {}
            "deputy" => problems.extend(self.deputy(held, person, today, &mut grant)),
            _ => problems.push(Problem::new(
                "standing",
                "Choose whether they hold the role in their own right or as a deputy",
            )),
        }
        let holds = held
            .iter()
            .any(|h| h.person == *person && h.role == grant.role && h.deputy_for.is_none());
        if role.is_some() && holds {
            problems.push(Problem::new("role", "They hold this role already"));
        }
        if problems.is_empty() {
            Ok(grant)
        } else {
            Err(problems)
        }
    }

    fn deputy(
        &self,
        held: &[Holding],
        person: &PersonId,
        today: Date,
        grant: &mut Grant,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let absent = held
            .iter()
            .find(|h| h.person.as_str() == self.deputy_for && h.person != *person);
        match absent {
            Some(holding) => grant.deputy_for = Some(holding.person.clone()),
            None => problems.push(Problem::new("deputy_for", "Choose who they stand in for")),
        }
        let from = read_day(&self.from);
        let until = read_day(&self.until);
        if from.is_none() {
            problems.push(Problem::new(
                "from-day",
                "Enter the first day, such as 27 3 2027",
            ));
        }
        match (from, until) {
            (_, None) => {
                problems.push(Problem::new(
                    "until-day",
                    "Enter the last day, such as 9 4 2027",
                ));
            }
            (Some(from), Some(until)) if until < from => {
                problems.push(Problem::new(
                    "until-day",
                    "The last day must not be before the first",
                ));
            }
            (_, Some(until)) if until < today => {
                problems.push(Problem::new(
                    "until-day",
                    "The last day must not be in the past",
                ));
            }
            _ => {}
        }
        let text = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        grant.from_day = text(from);
        grant.until_day = text(until);
        problems
    }
}

fn read_day(parts: &[String; 3]) -> Option<Date> {
    let [day, month, year] = parts;
    let year: i16 = year.trim().parse().ok()?;
    // Days are compared as text, so the year has four digits.
    if !(2000..=2999).contains(&year) {
        return None;
    }
    Date::new(year, month.trim().parse().ok()?, day.trim().parse().ok()?).ok()
}

/// Everything held in the organisation, and the person's own part of it.
pub async fn held(visit: &Visit, person: &PersonId) -> Result<(Vec<Holding>, Holding), Refusal> {
    let acting = visit.with_role(Role::Administrator)?;
    let today = visit.now.today().to_string();
    let mut held = roles::held(&visit.ctx, &acting.organisation).await?;
    held.retain(|holding| !holding.is_over(&today));
    // Somebody without a role here is nobody one may look up.
    let one = held
        .iter()
        .find(|holding| holding.person == *person)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    Ok((held, one))
}

pub async fn show(visit: Visit, Path(person): Path<String>) -> Result<Response, Refusal> {
    match held(&visit, &person.into()).await {
        Ok((held, one)) => page(&visit, &held, &one, &Typed::default(), Vec::new()).await,
        Err(refusal) => Ok(visit.refused(refusal, BACK)),
    }
}

pub async fn save(Path(person): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let (held, one) = match held(&posted, &person.into()).await {
        Ok(found) => found,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let acting = posted.ctx.acting()?;
    let typed = Typed::read(&posted.fields);
    match typed.grant(&held, &one.person, posted.now.today()) {
        Ok(grant) => {
            match step_up::check(&posted, granting(&one.person)).await {
                Err(Refusal::Invalid(problems)) => {
                    return page(&posted, &held, &one, &typed, problems).await;
                }
                other => other?,
            };
            let change = roles::grant(&posted.ctx, &acting.organisation, &one.person, &grant);
            posted.commit(change).await?;
            Ok(see_other("/organisation/people?done=granted"))
        }
        Err(problems) => page(&posted, &held, &one, &typed, problems).await,
    }
}

fn granting(person: &PersonId) -> About<'_> {
    About::Act {
        kind: "role.granted",
        subject: person.as_str(),
    }
}

async fn page(
    visit: &Visit,
    held: &[Holding],
    one: &Holding,
    typed: &Typed,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, granting(&one.person), &problems).await?;
    let today = visit.now.today().to_string();
    let path = format!("/organisation/people/{}", one.person);
    let items = Role::ALL
        .iter()
        .map(|(word, role)| Radio {
            hint: Some(meaning(*role).into()),
            ..Radio::new(*word, capital(role.title()))
        })
        .collect();
    let body = html! {
        p class="govuk-body" { (one.name) " has:" }
        ul class="govuk-list govuk-list--bullet" {
            @for holding in held.iter().filter(|h| h.person == one.person) {
                li { (capital(holding.role.title())) ": " (dates(holding, &today)) }
            }
        }
        @if !one.joined {
            p class="govuk-body" {
                (one.name) " has not joined yet. If the invitation is lost, "
                a class="govuk-link" href=(format!("{path}/invitation")) { "make a new link" } ". The old one stops working."
            }
        } @else {
            p class="govuk-body" {
                "If " (one.name) " cannot sign in any more, "
                a class="govuk-link" href=(format!("{path}/invitation")) { "make a link with which they choose a new password" } "."
            }
            p class="govuk-body" {
                "If they have lost a device, "
                a class="govuk-link" href=(format!("{path}/sign-out")) { "sign them out everywhere" } "."
            }
        }
        (visit.form(&format!("{path}/roles"), html! {
            (Radios {
                id: "role",
                name: "role",
                legend: Legend::sized("Which role do you want to give?", Size::M),
                value: Some(&typed.role),
                items,
                error: error_of(&problems, "role"),
                ..Radios::default()
            })
            (Radios {
                id: "standing",
                name: "standing",
                legend: Legend::sized("How do they hold it?", Size::M),
                value: Some(&typed.standing),
                items: vec![
                    Radio::new("own", "In their own right, until you end it"),
                    Radio {
                        conditional: Some(deputy(held, one, typed, &problems)),
                        ..Radio::new("deputy", "As a deputy, between two days")
                    },
                ],
                error: error_of(&problems, "standing"),
                ..Radios::default()
            })
            (proof)
            (Button::submit("Give the role"))
        }))
    };
    Ok(visit.show(
        Sheet::new(format!("Give {} a role", one.name), body)
            .back(BACK)
            .problems(problems),
    ))
}

fn deputy(held: &[Holding], one: &Holding, typed: &Typed, problems: &[Problem]) -> Markup {
    let others = held
        .chunk_by(|a, b| a.person == b.person)
        .filter_map(|of_one| of_one.first())
        .filter(|other| other.person != one.person)
        .map(|other| SelectItem::new(other.person.as_str(), other.name.as_str()));
    let day = |id: &'static str, text: &'static str, parts: &[String; 3]| {
        let error = error_of(problems, &format!("{id}-day"));
        let wrong = error.is_some();
        html! {
            (DateInput {
                id,
                name: id,
                legend: text.into(),
                day: &parts[0],
                month: &parts[1],
                year: &parts[2],
                wrong: DateParts { day: wrong, month: wrong, year: wrong },
                error,
                ..DateInput::default()
            })
        }
    };
    html! {
        (Select {
            id: "deputy_for",
            name: "deputy_for",
            label: "Who do they stand in for?".into(),
            value: Some(&typed.deputy_for),
            items: std::iter::once(SelectItem::new("", "Choose a person")).chain(others).collect(),
            error: error_of(problems, "deputy_for"),
            ..Select::default()
        })
        (day("from", "First day", &typed.from))
        (day("until", "Last day", &typed.until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_or_refused() {
        let read = |day: &str, month: &str, year: &str| {
            read_day(&[day, month, year].map(str::to_owned)).map(|date| date.to_string())
        };
        assert_eq!(read(" 9", "4", "2027").as_deref(), Some("2027-04-09"));
        for (day, month, year) in [
            ("31", "4", "2027"),
            ("", "4", "2027"),
            ("1", "1", "27"),
            ("1", "1", "99999"),
            ("x", "1", "2027"),
        ] {
            assert_eq!(read(day, month, year), None, "{day} {month} {year}");
        }
    }
}
