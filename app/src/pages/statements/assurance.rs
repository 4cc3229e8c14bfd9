//! The organisation's own assurance statement: what standards it meets.

use axum::response::Response;
use govuk::{Button, Colour, InsetText, SummaryList, SummaryRow, Tag, Task, TaskList, TaskStatus};
use maud::{Markup, html};
use packs::{Content, Progress, RecordType, Role, Scope};

use crate::kernel::access::{Action, Phase};
use crate::kernel::clock::day_text;
use crate::kernel::{Ctx, Refusal};
use crate::organisations::partners;
use crate::pages::statements::{Own, claim, own};
use crate::records::moves::may_ask;
use crate::records::situation::Situation;
use crate::records::store::OUTLIVED;
use crate::records::{store, versions};
use crate::web::{Posted, Sheet, Visit, see_other};

const TITLE: &str = "Assurance statement";

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    let current = current(&visit).await?;
    let body = match &current {
        None => nothing_yet(&visit),
        Some(own) => {
            let situation = Situation::load(&visit, &own.id, Action::See).await?;
            statement(&visit, &situation).await?
        }
    };
    Ok(visit.show(Sheet::new(TITLE, body).back("/in-tray")))
}

pub async fn start(posted: Posted) -> Result<Response, Refusal> {
    let acting = posted.ctx.acting()?.clone();
    if !may_start(&posted) {
        return Ok(posted.refused(
            Refusal::NotAllowed(
                "The statement is written by an author or an administrator.".to_owned(),
            ),
            "/assurance",
        ));
    }
    let record_type = store::record_type(&posted, "assurance")?;
    posted
        .decide(|| async {
            let change = claim(&posted, &acting.organisation, "assurance.started").await?;
            if current(&posted).await?.is_some() {
                return Ok((change, ()));
            }
            let (_, made) = store::create(&posted, record_type, TITLE, &Content::default())?;
            Ok((change.and(made), ()))
        })
        .await?;
    Ok(see_other("/assurance"))
}

async fn current(ctx: &Ctx) -> Result<Option<Own>, Refusal> {
    Ok(own(ctx, &ctx.acting()?.organisation, "assurance")
        .await?
        .into_iter()
        .next())
}

fn may_start(ctx: &Ctx) -> bool {
    ctx.acting
        .as_ref()
        .is_some_and(|a| a.holds(Role::Author) || a.holds(Role::Administrator))
}

fn nothing_yet(visit: &Visit) -> Markup {
    html! {
        p class="govuk-body-l" { "Say which standards your organisation meets, with evidence and the day each runs out." }
        p class="govuk-body" {
            "Partners see it once you name them in an agreement of yours, or decide something on one that names you both. You write it once and renew it each year. It takes about 20 minutes if you have your certificates to hand."
        }
        @if may_start(visit) {
            (visit.form("/assurance/start", html! { (Button { prevent_double_click: true, ..Button::submit("Start the statement") }) }))
        } @else {
            p class="govuk-body" { "An author or an administrator of your organisation can start it." }
        }
    }
}

async fn statement(visit: &Visit, situation: &Situation) -> Result<Markup, Refusal> {
    let record = &situation.record;
    let record_type = record.record_type(visit)?;
    let published = match record.effective_version {
        Some(number) => {
            let (_, text) = versions::read(visit, &record.id, number).await?;
            Some((number, partners::summary(visit, text).await?))
        }
        None => None,
    };
    let today = visit.now.today().to_string();
    Ok(html! {
        p class="govuk-body" { "Your partners see what you publish here, with its evidence, and may rely on it." }
        h2 class="govuk-heading-m" { "What partners see" }
        @match &published {
            Some((number, (expires, standards))) => {
                p class="govuk-body" {
                    @if !expires.is_empty() && *expires < today { (Tag::new("Ran out", Colour::Red)) }
                    @else { (Tag::new("In force", Colour::Green)) }
                    " Version " (number)
                    @if !expires.is_empty() { ", runs out on " (day_text(expires)) }
                    ". "
                    a class="govuk-link" href=(format!("/records/{}/versions/{number}", record.id)) { "Read it in full" }
                }
                (SummaryList {
                    rows: standards.iter().map(|(label, said)| SummaryRow::new(label.clone(), said.clone())).collect(),
                    ..SummaryList::default()
                })
            }
            None => p class="govuk-body" { "Nothing yet: the statement has not been published." },
        }
        @if record.phase == Phase::Editable { (drafting(visit, situation, record_type)?) }
        (moves(visit, situation, record_type))
    })
}

fn drafting(
    visit: &Visit,
    situation: &Situation,
    record_type: &RecordType,
) -> Result<Markup, Refusal> {
    let record = &situation.record;
    let view = record.view(visit)?;
    let items = record_type
        .form
        .sections
        .iter()
        .map(|section| {
            let status = match view.progress(&Scope::Record, section) {
                Progress::Complete => TaskStatus::Text("Completed".into()),
                Progress::InProgress { .. } => {
                    TaskStatus::Tag(Tag::new("In progress", Colour::Teal))
                }
                Progress::NotStarted => TaskStatus::Tag(Tag::new("Not yet started", Colour::Blue)),
                Progress::NotNeeded => TaskStatus::CannotStart("Not needed".into()),
            };
            Task::new(
                section.title.as_str(),
                format!("/records/{}/sections/{}", record.id, section.id),
                status,
            )
        })
        .collect();
    Ok(html! {
        h2 class="govuk-heading-m" {
            @if record.effective_version.is_some() { "The new version you are writing" } @else { "What you are writing" }
        }
        (TaskList { items, id_prefix: "statement", ..TaskList::default() })
    })
}

fn moves(visit: &Visit, situation: &Situation, record_type: &RecordType) -> Markup {
    let record = &situation.record;
    if record.is_outlived() {
        return html! { (InsetText::new(OUTLIVED)) };
    }
    let open: Vec<_> = record_type
        .workflow
        .moves_from(&record.state)
        .filter(|m| !m.auto)
        .collect();
    let mine: Vec<_> = open.iter().filter(|m| may_ask(visit, record, m)).collect();
    html! {
        @for one in &mine {
            (Button::link(one.name.as_str(), &format!("/records/{}/moves/{}", record.id, one.id)))
        }
        @if mine.is_empty() {
            @for one in &open {
                p class="govuk-body" {
                    "“" (one.name) "” is for: "
                    (one.by.iter().map(|role| role.title()).collect::<Vec<_>>().join(", ")) "."
                }
            }
        }
    }
}
