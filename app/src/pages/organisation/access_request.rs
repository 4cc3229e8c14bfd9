//! `/organisation/joiners/{id}`: an administrator gives somebody who came in by domain a role, or sends
//! them away.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, Checkbox, Checkboxes, Legend, Radio, Radios, Size, SummaryList, SummaryRow};
use maud::html;
use packs::Role;

use crate::kernel::clock::moment;
use crate::kernel::{Problem, Refusal};
use crate::organisations::access_requests;
use crate::organisations::access_requests::Joiner;
use crate::pages::organisation::people::{capital, meaning};
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit, error_of, see_other};

const BACK: &str = "/in-tray";

fn deciding(joiner: &Joiner) -> About<'_> {
    About::Act {
        kind: "joiner.decided",
        subject: &joiner.id,
    }
}

pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    visit.ctx.acting()?;
    match access_requests::to_decide(&visit.ctx, &id).await {
        Ok(joiner) => page(&visit, &joiner, &Fields::default(), Vec::new()).await,
        Err(refusal) => Ok(visit.refused(refusal, BACK)),
    }
}

/// The roles that are given; none when the person is sent away.
fn read(fields: &Fields) -> Result<Vec<Role>, Problem> {
    let typed = fields.all("roles");
    let wanted: Vec<Role> = typed.iter().filter_map(|role| Role::parse(role)).collect();
    match fields.one("decision") {
        "send_away" => Ok(Vec::new()),
        "take_in" if !wanted.is_empty() && wanted.len() == typed.len() => Ok(wanted),
        "take_in" => Err(Problem::new("roles", "Choose at least one role")),
        _ => Err(Problem::new(
            "decision",
            "Choose whether they work for your organisation here",
        )),
    }
}

pub async fn save(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    posted.ctx.acting()?;
    let joiner = match access_requests::to_decide(&posted.ctx, &id).await {
        Ok(joiner) => joiner,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let wanted = match read(&posted.fields) {
        Ok(wanted) => wanted,
        Err(problem) => return page(&posted, &joiner, &posted.fields, vec![problem]).await,
    };
    match step_up::check(&posted, deciding(&joiner)).await {
        Err(Refusal::Invalid(problems)) => {
            return page(&posted, &joiner, &posted.fields, problems).await;
        }
        other => other?,
    };
    let done = posted
        .decide(|| async {
            let joiner = access_requests::to_decide(&posted.ctx, &id).await?;
            Ok((access_requests::decide(&posted.ctx, &joiner, &wanted)?, ()))
        })
        .await;
    match done {
        Ok(()) if wanted.is_empty() => Ok(see_other("/in-tray")),
        Ok(()) => Ok(see_other("/organisation/people?done=granted")),
        Err(refusal) => Ok(posted.refused(refusal, BACK)),
    }
}

async fn page(
    visit: &Visit,
    joiner: &Joiner,
    typed: &Fields,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, deciding(joiner), &problems).await?;
    let organisation = &visit.ctx.acting()?.organisation_name;
    let rows = vec![
        SummaryRow::new("Name, as your sign-in gives it", joiner.name.clone()),
        SummaryRow::new(
            "Email address",
            html! { span class="app-break" { (joiner.email) } },
        ),
        SummaryRow::new("Came in", moment(joiner.asked_at)),
    ];
    let items = Role::ALL
        .iter()
        .map(|(word, role)| Checkbox {
            hint: Some(meaning(*role).into()),
            checked: typed.all("roles").iter().any(|r| r == word),
            ..Checkbox::new(*word, capital(role.title()))
        })
        .collect();
    let body = html! {
        p class="govuk-body" {
            "They signed in with your organisation and have an address of its domain. They see nothing until they have a role."
        }
        (SummaryList { rows, ..SummaryList::default() })
        (visit.form(&format!("/organisation/joiners/{}", joiner.id), html! {
            (Radios {
                id: "decision",
                name: "decision",
                legend: Legend::sized(format!("Do they work for {organisation} here?"), Size::M),
                value: Some(typed.one("decision")),
                items: vec![
                    Radio::new("take_in", "Yes: give them the roles below"),
                    Radio::new("send_away", "No: send them away"),
                ],
                error: error_of(&problems, "decision"),
                ..Radios::default()
            })
            (Checkboxes {
                id: "roles",
                name: "roles",
                legend: "What do they do?".into(),
                hint: Some("Choose all that apply, if they work for your organisation here."),
                items,
                error: error_of(&problems, "roles"),
                ..Checkboxes::default()
            })
            (proof)
            (Button::submit("Continue"))
        }))
    };
    let title = format!("{} waits for a role", joiner.name);
    Ok(visit.show(Sheet::new(title, body).back(BACK).problems(problems)))
}
