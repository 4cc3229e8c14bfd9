//! `/organisations/external/new`: lists an organisation that does not use the gateway, so that
//! agreements can name it.

use axum::response::Response;
use govuk::Button;
use maud::html;
use packs::Role;

use crate::kernel::{Problem, Refusal};
use crate::organisations::details::Details;
use crate::organisations::similar_names;
use crate::organisations::store;
use crate::organisations::store::{Organisation, OrganisationStanding};
use crate::pages::organisation::fields;
use crate::web::{Posted, Sheet, Visit, see_other};

const BACK: &str = "/organisations";

fn may_list(visit: &Visit) -> Result<(), Refusal> {
    if visit.holds(Role::Author) {
        return Ok(());
    }
    visit.with_role(Role::Administrator).map(|_| ())
}

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    if let Err(refusal) = may_list(&visit) {
        return Ok(visit.refused(refusal, BACK));
    }
    Ok(page(&visit, &Details::default(), &[], Vec::new()))
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    if let Err(refusal) = may_list(&posted) {
        return Ok(posted.refused(refusal, BACK));
    }
    let typed = fields::read(&posted.fields);
    let details = typed.clone().tidy();
    let mut problems = fields::problems(&posted.fields, &details, &posted.app.packs.law);
    if !problems.is_empty() {
        return Ok(page(&posted, &typed, &[], problems));
    }
    let same = store::alike(&posted.ctx, &details).await?;
    if !same.is_empty() {
        problems = similar_names::problems(&posted.ctx, &details, None).await?;
        return Ok(page(&posted, &typed, &same, problems));
    }
    if posted.fields.one("seen") != "yes" {
        let near = store::search(&posted.ctx, &details.name, "", ("", ""), 10).await?;
        if !near.is_empty() {
            return Ok(is_it_one_of(&posted, &details, &near));
        }
    }
    let (id, change) = store::add(&posted.ctx, &details, OrganisationStanding::External, None);
    posted.commit(change).await?;
    Ok(see_other(format!("/organisations/{id}?done=listed")))
}

/// Organisations whose name holds this one's are shown first.
fn is_it_one_of(visit: &Visit, details: &Details, near: &[Organisation]) -> Response {
    let body = html! {
        p class="govuk-body" { "These have a name like " strong { (details.name) } "." }
        (list(near))
        (visit.form("/organisations/external/new", html! {
            input type="hidden" name="seen" value="yes";
            @for (name, value) in [
                ("name", &details.name), ("kind", &details.kind), ("area", &details.area),
                ("fee_number", &details.fee_number), ("ods_code", &details.ods_code),
            ] {
                input type="hidden" name=(name) value=(value);
            }
            div class="govuk-button-group" {
                (Button::submit("None of these: list it"))
                a class="govuk-link" href=(BACK) { "It is here already" }
            }
        }))
    };
    visit.show(Sheet::new("Is it one of these?", body).back("/organisations/external/new"))
}

fn list(found: &[Organisation]) -> maud::Markup {
    html! {
        ul class="govuk-list govuk-list--bullet" {
            @for organisation in found {
                li {
                    a class="govuk-link" href={ "/organisations/" (organisation.id) } { (organisation.details.name) }
                    @if organisation.is_registered() { ", uses this gateway" } @else { ", listed" }
                }
            }
        }
    }
}

fn page(visit: &Visit, typed: &Details, same: &[Organisation], problems: Vec<Problem>) -> Response {
    let body = html! {
        p class="govuk-body" {
            "List an organisation that does not use this gateway, so that agreements can name it. No one there reviews or \
             signs here. If it registers later, the agreements that name it stay linked."
        }
        @if !same.is_empty() {
            p class="govuk-body" { "It is here already. You do not need to list it again:" }
            (list(same))
        }
        (visit.form("/organisations/external/new", html! {
            (fields::show(&visit.app.packs.law, typed, &problems))
            (Button::submit("Continue"))
        }))
    };
    visit.show(
        Sheet::new("List an external organisation", body)
            .back(BACK)
            .problems(problems),
    )
}
