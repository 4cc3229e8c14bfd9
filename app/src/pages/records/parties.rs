//! Who takes part: the list, adding from the directory, taking out, and joining a fixed agreement.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use govuk::{Button, InsetText};
use maud::{Markup, html};

use crate::kernel::access::{Action, Phase};
use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Act, Ctx, Refusal};
use crate::pages::records::section_scope::or_refused;
use crate::records::situation::Situation;
use crate::records::store::PartyRow;
use crate::records::{Record, fetch, joining, moves};
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

pub async fn list(
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let page = list_page(&visit, &id.into(), &query).await;
    or_refused(&visit, "/agreements", page)
}

async fn list_page(visit: &Visit, id: &RecordId, query: &Fields) -> Result<Response, Refusal> {
    fetch_shared(visit, id, Action::See).await?;
    let situation = Situation::load(visit, id, Action::See).await?;
    let record = &situation.record;
    let done = match query.one("done") {
        "added" => Some("The party was added."),
        "removed" => Some("The party was taken out."),
        "asked" => Some("They have been asked."),
        _ => None,
    };
    let joining: Vec<&PartyRow> = record
        .parties
        .iter()
        .filter(|p| p.joining.is_some())
        .collect();
    let body = html! {
        (lines(visit, record))
        @for party in joining { (joining_part(visit, record, party)) }
        @for party in &record.parties {
            @if joining::may_ask_external(visit, &situation, party) { (external_part(record, party)) }
        }
        @match may_add(visit, record) {
            Some(true) => {
                (InsetText::new(
                    "The text is fixed. A party that joins now needs only its own review and signature; the \
                     others do not have to sign again."
                ))
                (Button::link("Add a party that joins later", &format!("/records/{id}/parties/add")))
            },
            Some(false) => (Button::link("Add a party", &format!("/records/{id}/parties/add"))),
            None => {},
        }
    };
    Ok(visit.show(
        Sheet::new("Parties", body)
            .caption(record.title.clone())
            .back(format!("/records/{id}"))
            .done(done.map(str::to_owned)),
    ))
}

/// A record that parties share; a statement of one owner has none.
pub async fn fetch_shared(ctx: &Ctx, id: &RecordId, action: Action) -> Result<Record, Refusal> {
    let record = fetch(ctx, id, action).await?;
    if record.record_type(ctx)?.parties == packs::Parties::Owner {
        return Err(Refusal::NotFound);
    }
    Ok(record)
}

/// Whether a party may be added now, and if so whether it joins a fixed text.
pub fn may_add(ctx: &Ctx, record: &Record) -> Option<bool> {
    if record.allows(ctx, Action::Draft) {
        Some(false)
    } else if record.allows(ctx, Action::AddLateParty) && record.version > 0 {
        Some(true)
    } else {
        None
    }
}

/// Whether this party may be taken out now.
fn may_remove(ctx: &Ctx, record: &Record, party: &PartyRow) -> bool {
    if party.id == record.lead {
        return false;
    }
    match record.phase {
        Phase::Editable => record.allows(ctx, Action::Draft),
        Phase::Fixed => party.joining == Some(0) && record.allows(ctx, Action::AddLateParty),
        Phase::Final => false,
    }
}

/// The parties, with a link to take each out where that may be done. Lines and not a table: names
/// of organisations are long, and windows are narrow.
pub fn lines(ctx: &Ctx, record: &Record) -> Markup {
    let law = &ctx.app.packs.law;
    html! {
        ul class="app-lines" {
            @for party in &record.parties {
                li class="app-lines__line" {
                    span class="app-lines__who" { strong { (party.name) } }
                    @if may_remove(ctx, record, party) {
                        a class="govuk-link" href=(format!("/records/{}/parties/{}/remove", record.id, party.id)) {
                            "Take out" span class="govuk-visually-hidden" { " " (party.name) }
                        }
                    }
                    p class="app-lines__note" {
                        @if let Some(kind) = law.kind(&party.kind) { (kind.name) ". " }
                        (standing(record, party)) "."
                    }
                }
            }
        }
    }
}

fn standing(record: &Record, party: &PartyRow) -> &'static str {
    match (party.id == record.lead, party.registered, party.joining) {
        (true, ..) => "Leads",
        (_, false, _) if party.registered_today => {
            "Did not use this gateway when this version was issued; it does now"
        }
        (_, false, _) => "Does not use this gateway: it is only listed",
        (_, _, Some(_)) => "Is joining",
        _ => "Takes part",
    }
}

fn joining_part(visit: &Visit, record: &Record, party: &PartyRow) -> Markup {
    let at = |what: &str| format!("/records/{}/parties/{}/{what}", record.id, party.id);
    let may = record.allows(visit, Action::AddLateParty);
    html! {
        h2 class="govuk-heading-m" { (party.name) " is joining" }
        @match party.joining {
            Some(0) => {
                p class="govuk-body" {
                    "Its own part is being written. The rest of the text is fixed. "
                    a class="govuk-link" href=(format!("/records/{}#tasks", record.id)) { "Fill in its part" }
                    ", then ask for its review."
                }
                @if may { (visit.form(&at("join-review"), html! { (Button::submit("Ask for its review")) })) }
            },
            _ => {
                p class="govuk-body" {
                    "Its part is fixed and with its reviewers. "
                    a class="govuk-link" href=(format!("/records/{}#reviews", record.id)) { "See how far they are" }
                    ". When they have decided, ask for its signature."
                }
                @if may { (Button::link("Ask for its signature", &at("join-sign-off"))) }
            },
        }
    }
}

fn external_part(record: &Record, party: &PartyRow) -> Markup {
    let ask = format!("/records/{}/parties/{}/ask-to-sign", record.id, party.id);
    html! {
        @if party.registered_today {
            h2 class="govuk-heading-m" { (party.name) " can sign" }
            p class="govuk-body" {
                "It did not use this gateway when this version was issued, so it has not been asked. Its own senior officer signs."
            }
        } @else {
            h2 class="govuk-heading-m" { (party.name) " can sign without an account" }
            p class="govuk-body" {
                "It does not use this gateway. You can name a person there, who reads the agreement and signs it with a link and a code."
            }
        }
        (Button { href: &ask, ..Button::secondary(format!("Ask {} to sign", party.name)) })
    }
}

pub async fn ask_remove(
    visit: Visit,
    Path((id, party)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let page = remove_page(&visit, &id.into(), &party).await;
    or_refused(&visit, "/agreements", page)
}

async fn remove_page(visit: &Visit, id: &RecordId, party: &str) -> Result<Response, Refusal> {
    let record = fetch_shared(visit, id, Action::See).await?;
    let row = removable(visit, &record, party).await?;
    let body = html! {
        p class="govuk-body" {
            "What was answered for " (row.name) " no longer counts. It is kept, and comes back if you add it again."
        }
        (visit.form(&format!("/records/{id}/parties/{party}/remove"), html! {
            (Button::warning("Take it out"))
            p class="govuk-body" { a class="govuk-link" href=(format!("/records/{id}/parties")) { "Leave it in" } }
        }))
    };
    let title = format!("Do you want to take {} out?", row.name);
    Ok(visit.show(
        Sheet::new(title, body)
            .caption(record.title.clone())
            .back(format!("/records/{id}/parties")),
    ))
}

async fn removable<'r>(
    ctx: &Ctx,
    record: &'r Record,
    party: &str,
) -> Result<&'r PartyRow, Refusal> {
    let row = record.party(party).ok_or(Refusal::NotFound)?;
    if row.id == record.lead {
        return Err(Refusal::NotNow(format!(
            "{} leads, so it cannot be taken out.",
            row.name
        )));
    }
    if may_remove(ctx, record, row) {
        return Ok(row);
    }
    // Refuses in the policy's own words.
    fetch(ctx, &record.id, Action::Draft).await?;
    Err(Refusal::NotNow(
        "This party cannot be taken out now.".to_owned(),
    ))
}

pub async fn remove(
    Path((id, party)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id = RecordId::from(id);
    let done = visit
        .decide(|| async {
            let record = fetch_shared(visit, &id, Action::See).await?;
            let row = removable(visit, &record, &party).await?;
            let act = Act::new("party.removed", &id)
                .with("party", row.id.as_str())
                .with("name", row.name.as_str());
            let change = record.save(visit, &record.content, act)?;
            Ok((record.remove_party(visit, &row.id, change), ()))
        })
        .await;
    let done = moves::followed(visit, &id, done).await;
    let next = format!("/records/{id}/parties?done=removed");
    or_refused(
        visit,
        &format!("/records/{id}/parties"),
        done.map(|()| see_other(next)),
    )
}

pub async fn join_review(
    Path((id, party)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let party = OrganisationId::from(party);
    let done = joining::ask_joining_review(&posted.visit, &id.as_str().into(), &party).await;
    asked(&posted.visit, &id, done)
}

fn asked(visit: &Visit, id: &str, done: Result<(), Refusal>) -> Result<Response, Refusal> {
    let next = format!("/records/{id}/parties?done=asked");
    or_refused(
        visit,
        &format!("/records/{id}/parties"),
        done.map(|()| see_other(next)),
    )
}
