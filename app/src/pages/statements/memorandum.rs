//! The memorandum: its words, whether the organisation has signed them, and asking for it.

use axum::response::Response;
use govuk::{Button, Colour, Details, InsetText, Tag};
use maud::{Markup, html};
use packs::{Content, RecordType, Role, Text};

use crate::kernel::access::Action;
use crate::kernel::clock::moment;
use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Ctx, Problem, Refusal, phrases};
use crate::organisations::roles;
use crate::organisations::setup;
use crate::pages::statements::{Own, claim, own};
use crate::records::lines::{Line, LineState, Stage};
use crate::records::moves;
use crate::records::situation::Situation;
use crate::records::store;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, see_other};

const ASK: &str = "ask_for_signature";

/// How the organisation stands to the words the packs hold now.
enum Standing {
    Signed(Situation),
    Waiting(Situation),
    NotAsked,
}

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    page(&visit, Vec::new()).await
}

async fn page(visit: &Visit, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let acting = visit.ctx.acting()?;
    let (record_type, text) = kind(visit)?;
    let standing = standing(visit).await?;
    let earlier = earlier(visit, text).await?;
    let proof = step_up::fields(visit, asking(&acting.organisation), &problems).await?;
    let body = html! {
        p class="govuk-body-l" {
            "Every organisation that uses the gateway signs this once. It says how we work together."
        }
        (InsetText::new("This is not an information sharing agreement and does not permit sharing by itself."))
        @match &standing {
            Standing::Signed(situation) => (signed(situation, &acting.organisation_name)),
            Standing::Waiting(situation) => (waiting(visit, situation).await?),
            Standing::NotAsked => (not_asked(visit, record_type, text, earlier.as_deref(), &proof)),
        }
        h2 class="govuk-heading-l" { (text.title) }
        p class="govuk-caption-m" { "Version " (text.version) }
        @for clause in &text.clauses {
            h3 class="govuk-heading-m" { (clause.heading) }
            p class="govuk-body" { (clause.text) }
        }
    };
    Ok(visit.show(
        Sheet::new("Memorandum of understanding", body)
            .back("/in-tray")
            .problems(problems),
    ))
}

/// Asking for the signature of one's own organisation.
fn asking(organisation: &OrganisationId) -> About<'_> {
    About::Act {
        kind: "memorandum.asked",
        subject: organisation.as_str(),
    }
}

/// Makes the organisation's memorandum, if there is none for these words, and asks for the signature.
pub async fn start(posted: Posted) -> Result<Response, Refusal> {
    let acting = posted.ctx.acting()?.clone();
    let (record_type, text) = kind(&posted)?;
    if !may_ask(&posted, record_type) {
        return Ok(posted.refused(
            Refusal::NotAllowed(format!(
                "The memorandum is sent for signature by {}.",
                askers(record_type)
            )),
            "/memorandum",
        ));
    }
    match step_up::check(&posted, asking(&acting.organisation)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, problems).await,
        other => other?,
    };
    let id = posted
        .decide(|| async {
            // The claim reads first: whoever makes one after this reading makes it fail.
            let claim = claim(&posted, &acting.organisation, "memorandum.asked").await?;
            for own in own(&posted, &acting.organisation, "memorandum").await? {
                if is_current(&posted, &own).await? && !is_final(record_type, &own) {
                    // Nothing to make; the claim still says who asked.
                    return Ok((claim, own.id));
                }
            }
            let (id, change) =
                store::create(&posted, record_type, &text.title, &Content::default())?;
            Ok((claim.and(change), id))
        })
        .await?;
    let situation = Situation::load(&posted, &id, Action::See).await?;
    if situation.record.state == record_type.workflow.initial {
        match moves::make(&posted, &id, ASK, "").await {
            // Somebody else asked at the same moment.
            Ok(()) | Err(Refusal::NotNow(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    replace_older(&posted, record_type, &id).await?;
    let situation = Situation::load(&posted, &id, Action::See).await?;
    Ok(see_other(match sign_off_line(&situation) {
        Some(line) => format!("/records/{id}/lines/{}", line.id),
        None => "/memorandum".to_owned(),
    }))
}

/// Nobody should sign words that a newer version has replaced.
async fn replace_older(
    ctx: &Ctx,
    record_type: &RecordType,
    newest: &RecordId,
) -> Result<(), Refusal> {
    for older in own(ctx, &ctx.acting()?.organisation, "memorandum").await? {
        let signed = older.effective_version.is_some();
        if older.id == *newest || signed || is_final(record_type, &older) {
            continue;
        }
        match moves::make(ctx, &older.id, "replace", "").await {
            Ok(()) | Err(Refusal::NotAllowed(_) | Refusal::NotNow(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(())
}

fn kind(ctx: &Ctx) -> Result<(&RecordType, &Text), Refusal> {
    let record_type = store::record_type(ctx, "memorandum")?;
    let text = record_type
        .text
        .as_ref()
        .ok_or_else(|| Refusal::broken("the memorandum has no text"))?;
    Ok((record_type, text))
}

async fn standing(ctx: &Ctx) -> Result<Standing, Refusal> {
    let (record_type, _) = kind(ctx)?;
    let mut waiting = None;
    for own in own(ctx, &ctx.acting()?.organisation, "memorandum").await? {
        if is_final(record_type, &own) || !is_current(ctx, &own).await? {
            continue;
        }
        let situation = Situation::load(ctx, &own.id, Action::See).await?;
        if own.effective_version.is_some() {
            return Ok(Standing::Signed(situation));
        }
        if sign_off_line(&situation).is_some() {
            waiting.get_or_insert(situation);
        }
    }
    Ok(waiting.map_or(Standing::NotAsked, Standing::Waiting))
}

async fn is_current(ctx: &Ctx, own: &Own) -> Result<bool, Refusal> {
    Ok(own.version == 0
        || setup::signed_text_version(ctx, own.id.as_str(), own.version).await?
            == setup::current_text_version(ctx))
}

fn is_final(record_type: &RecordType, own: &Own) -> bool {
    record_type
        .workflow
        .state(&own.state)
        .is_some_and(|s| s.is_final)
}

/// The version of the words that was signed before these.
async fn earlier(ctx: &Ctx, text: &Text) -> Result<Option<String>, Refusal> {
    for own in own(ctx, &ctx.acting()?.organisation, "memorandum").await? {
        if let Some(version) = own.effective_version {
            let signed = setup::signed_text_version(ctx, own.id.as_str(), version).await?;
            return Ok(signed.filter(|signed| *signed != text.version));
        }
    }
    Ok(None)
}

fn sign_off_line(situation: &Situation) -> Option<&Line> {
    situation
        .lines
        .iter()
        .find(|l| l.stage == Stage::SignOff && l.version == situation.record.version && !l.closed)
}

fn may_ask(ctx: &Ctx, record_type: &RecordType) -> bool {
    let asks = record_type.workflow.find_move(ASK);
    asks.is_some_and(|m| {
        m.by.iter()
            .any(|role| ctx.acting.as_ref().is_some_and(|a| a.holds(*role)))
    })
}

fn askers(record_type: &RecordType) -> String {
    let by = record_type
        .workflow
        .find_move(ASK)
        .map_or(&[][..], |m| &m.by);
    let titles: Vec<String> = by
        .iter()
        .map(|role| format!("an {}", role.title()).replace("an senior", "a senior"))
        .collect();
    phrases::list(&titles).replace(" and ", " or ")
}

fn signed(situation: &Situation, organisation: &str) -> Markup {
    let id = &situation.record.id;
    html! {
        p class="govuk-body" {
            (Tag::new("Signed", Colour::Green)) " "
            @match sign_off_line(situation).map(|line| &line.state) {
                Some(LineState::Signed { by, at, .. }) => {
                    (by) " signed for " (organisation) " on " (moment(*at)) "."
                }
                _ => { (organisation) " has signed this version." }
            }
        }
        p class="govuk-body" {
            a class="govuk-link" href=(format!("/records/{id}/document.pdf")) { "Read the signed memorandum (PDF)" }
        }
    }
}

async fn waiting(visit: &Visit, situation: &Situation) -> Result<Markup, Refusal> {
    let acting = visit.ctx.acting()?;
    let declined = sign_off_line(situation).is_some_and(|l| !l.is_waiting());
    let href = sign_off_line(situation)
        .map(|line| format!("/records/{}/lines/{}", situation.record.id, line.id))
        .unwrap_or_default();
    let today = visit.now.today().to_string();
    let mut officers: Vec<String> = roles::held(visit, &acting.organisation)
        .await?
        .into_iter()
        .filter(|held| held.role == Role::SeniorOfficer && held.is_on(&today))
        .map(|held| held.name)
        .collect();
    officers.dedup();
    Ok(html! {
        @if declined {
            p class="govuk-body" {
                (Tag::new("Declined", Colour::Red)) " "
                a class="govuk-link" href=(href) { "See why" }
                ". An administrator or a senior officer can "
                a class="govuk-link" href=(format!("/records/{}/moves/take_back", situation.record.id)) { "take it back" }
                " and ask again."
            }
        } @else if acting.holds(Role::SeniorOfficer) {
            p class="govuk-body" { (Tag::new("Waiting for you", Colour::Yellow)) }
            (Button::link("Read and sign", &href))
        } @else {
            p class="govuk-body" {
                (Tag::new("Waiting for signature", Colour::Yellow)) " "
                @if officers.is_empty() {
                    "No one is named as a senior officer yet. "
                    a class="govuk-link" href="/organisation/people" { "Name a senior officer" } "."
                } @else { "It can be signed by " (phrases::list(&officers).replace(" and ", " or ")) "." }
            }
        }
    })
}

fn not_asked(
    visit: &Visit,
    record_type: &RecordType,
    text: &Text,
    earlier: Option<&str>,
    proof: &Markup,
) -> Markup {
    html! {
        p class="govuk-body" {
            (Tag::new("Not signed", Colour::Yellow)) " "
            @if let Some(earlier) = earlier {
                "Your organisation signed version " (earlier) ". The text has changed, so version " (text.version) " has to be signed too."
            } @else { "Your organisation has not signed it yet." }
        }
        @if may_ask(visit, record_type) {
            (visit.form("/memorandum/start", html! { (proof) (Button { prevent_double_click: true, ..Button::submit("Send it for signature") }) }))
        } @else {
            p class="govuk-body" { "It is sent for signature by " (askers(record_type)) "." }
        }
        (Details::new("Who signs it", html! {
            "A senior officer signs it for the whole organisation, once for each version of the text. No one has to enter an agreement because of it."
        }))
    }
}
