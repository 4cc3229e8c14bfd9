//! The lead decides what the public sees: how much, what is withheld, and a look at all of it before
//! it is published. Until then nothing is stored; the choice travels with the form.

use axum::extract::{Path, Query};
use axum::response::Response;
use govuk::{Button, InsetText};
use maud::{Markup, html};
use packs::Parties;
use serde::Deserialize;

use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Problem, Refusal};
use crate::pages::records::publish_form::{choice_field, extent_form, published};
use crate::pages::records::redactions::{add, passages_page};
use crate::records::presented_text::Reading;
use crate::records::publication::public_text::{PublicText, in_force};
use crate::records::publication::store;
use crate::records::publication::store::Publication;
use crate::records::publication::{Choice, Extent, passage_name};
use crate::records::situation::Situation;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, see_other};

/// More than this is no longer a publication.
const MOST_WITHHELD: usize = 40;

/// What stands on the way to a publication.
pub struct Publishing {
    pub situation: Situation,
    pub before: Option<Publication>,
    /// The version in force.
    pub version: i64,
}

impl Publishing {
    pub fn page(&self, title: &str, body: Markup) -> Sheet {
        Sheet::new(title, body)
            .caption(self.situation.record.title.as_str())
            .back(format!("/records/{}", self.situation.record.id))
    }

    pub fn action(&self) -> String {
        format!("/records/{}/publish", self.situation.record.id)
    }

    /// The version in force as it was written.
    pub async fn reading(&self, ctx: &Ctx) -> Result<Reading, Refusal> {
        Reading::fixed(ctx, &self.situation, self.version).await
    }

    pub async fn text(&self, ctx: &Ctx, choice: &Choice) -> Result<PublicText, Refusal> {
        PublicText::of(ctx, &self.situation, self.version, choice).await
    }
}

pub(super) async fn held(ctx: &Ctx, id: &RecordId) -> Result<Situation, Refusal> {
    let situation = Situation::load(ctx, id, Action::Publish).await?;
    if situation.record.record_type(ctx)?.parties == Parties::Many {
        Ok(situation)
    } else {
        Err(Refusal::NotFound)
    }
}

async fn load(ctx: &Ctx, id: &RecordId) -> Result<Publishing, Refusal> {
    let situation = held(ctx, id).await?;
    let version = in_force(&situation).ok_or_else(|| {
        Refusal::NotNow(
            "Only an agreement that is in force can be published. It comes into force when every party has signed it."
                .to_owned(),
        )
    })?;
    let before = store::of_record(ctx, id).await?;
    Ok(Publishing {
        situation,
        before,
        version,
    })
}

#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

pub async fn show(
    visit: Visit,
    Path(id): Path<RecordId>,
    Query(done): Query<Done>,
) -> Result<Response, Refusal> {
    let situation = match held(&visit, &id).await {
        Ok(situation) => situation,
        Err(Refusal::NotFound) => return Err(Refusal::NotFound),
        Err(refusal) => return Ok(visit.refused(refusal, &format!("/records/{id}"))),
    };
    let before = store::of_record(&visit, &id).await?;
    let public = before.as_ref().filter(|p| !p.withdrawn);
    let done = match done.done.as_deref() {
        Some("published") => Some("It is published. Everyone can read it now.".to_owned()),
        Some("withdrawn") => Some("It is withdrawn from the public register.".to_owned()),
        _ => None,
    };
    let can = in_force(&situation);
    let newer = public
        .zip(can)
        .is_some_and(|(p, version)| p.version != version);
    let chosen = public.map(|p| p.choice.clone());
    let body = html! {
        @if let Some(public) = public { (published(&visit, &situation, public).await?) }
        @match can {
            None => p class="govuk-body" {
                @if public.is_some() { "This agreement has ended. It stays in the register with the status “ended”." }
                @else { "Only an agreement that is in force can be published. It comes into force when every party has signed it." }
            },
            Some(version) => {
                @if newer { (InsetText::new(format!("Version {version} is in force and not published yet."))) }
                h2 class="govuk-heading-m" { @if public.is_some() { "Change what is published" } @else { "Decide what the public sees" } }
                p class="govuk-body" { "Publish as much as you can: people should know who shares what about them, and why. You see everything before it is published." }
                (extent_form(&visit, &format!("/records/{id}/publish"), chosen.as_ref(), &[]))
            }
        }
    };
    Ok(visit.show(
        Sheet::new("Publish", body)
            .caption(situation.record.title.as_str())
            .back(format!("/records/{id}"))
            .done(done),
    ))
}

pub async fn save(Path(id): Path<RecordId>, posted: Posted) -> Result<Response, Refusal> {
    let publishing = match load(&posted, &id).await {
        Ok(publishing) => publishing,
        Err(Refusal::NotFound) => return Err(Refusal::NotFound),
        Err(refusal) => return Ok(posted.refused(refusal, &format!("/records/{id}"))),
    };
    let carried = match carried(&posted, &publishing) {
        Ok(carried) => carried,
        Err(refusal) => return Ok(posted.refused(refusal, &publishing.action())),
    };
    let step = posted.fields.one("step");
    if step == "choose" {
        return choose(&posted, &publishing, carried).await;
    }
    let Some(mut choice) = carried else {
        return Ok(see_other(publishing.action()));
    };
    match step {
        "add" if choice.withheld.len() >= MOST_WITHHELD => Ok(posted.refused(
            Refusal::NotNow(format!("At most {MOST_WITHHELD} passages can be withheld. Withhold a whole section instead.")),
            &publishing.action(),
        )),
        "add" => match add(&posted, &publishing, &choice).await {
            Ok(one) => {
                choice.withheld.push(one);
                passages_page(&posted, &publishing, &choice, None, Vec::new()).await
            }
            Err(refusal) => {
                passages_page(&posted, &publishing, &choice, Some(&posted.fields), refusal.problems()?).await
            }
        },
        "confirm" => confirm(&posted, &publishing, &choice, Vec::new()).await,
        "publish" => publish(&posted, &publishing, &choice).await,
        _ => {
            let place = step.strip_prefix("remove-").and_then(|n| n.parse::<usize>().ok());
            if let Some(place) = place.filter(|place| *place < choice.withheld.len()) {
                choice.withheld.remove(place);
            }
            passages_page(&posted, &publishing, &choice, None, Vec::new()).await
        }
    }
}

/// The choice that came with the form, checked as if it came from anywhere.
fn carried(posted: &Posted, publishing: &Publishing) -> Result<Option<Choice>, Refusal> {
    let text = posted.fields.one("choice");
    if text.is_empty() {
        return Ok(None);
    }
    let broken = || {
        Refusal::Malformed(
            "The form did not arrive whole. Nothing was published. Start again.".to_owned(),
        )
    };
    let choice: Choice = serde_json::from_str(text).map_err(|_| broken())?;
    let record_type = publishing.situation.record.record_type(posted)?;
    let fits = choice.withheld.len() <= MOST_WITHHELD
        && choice.withheld.iter().all(|one| {
            one.words.chars().count() <= crate::pages::records::redactions::LONGEST
                && one.look_again.parse::<jiff::civil::Date>().is_ok()
                && passage_name(record_type, &one.what).is_some()
        });
    if fits {
        Ok(Some(choice))
    } else {
        Err(broken())
    }
}

async fn choose(
    posted: &Posted,
    publishing: &Publishing,
    carried: Option<Choice>,
) -> Result<Response, Refusal> {
    let extent = Extent::parse(posted.fields.one("extent"));
    let withhold = posted.fields.one("withhold");
    let mut problems = Vec::new();
    if extent.is_none() {
        problems.push(Problem::new("extent", "Choose how much you publish"));
    }
    if !matches!(withhold, "yes" | "no") {
        problems.push(Problem::new(
            "withhold",
            "Say whether any passage must be withheld",
        ));
    }
    let Some(extent) = extent.filter(|_| problems.is_empty()) else {
        let form = extent_form(posted, &publishing.action(), carried.as_ref(), &problems);
        return Ok(posted.show(publishing.page("Publish", form).problems(problems)));
    };
    let choice = Choice {
        extent,
        withheld: carried
            .filter(|_| withhold == "yes")
            .map_or_else(Vec::new, |c| c.withheld),
    };
    if withhold == "yes" {
        passages_page(posted, publishing, &choice, None, Vec::new()).await
    } else {
        confirm(posted, publishing, &choice, Vec::new()).await
    }
}

/// Publishing, and withholding with it, names exactly this record.
fn publication(id: &RecordId) -> About<'_> {
    About::Act {
        kind: "record.published",
        subject: id.as_str(),
    }
}

async fn confirm(
    visit: &Visit,
    publishing: &Publishing,
    choice: &Choice,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let about = publication(&publishing.situation.record.id);
    let proof = step_up::fields(visit, about, &problems).await?;
    let text = publishing.text(visit, choice).await?;
    let body = html! {
        p class="govuk-body" {
            "This is what everyone will be able to read of version " (text.version) ". Check that it names no member of staff and no one else who should not be named."
        }
        h2 class="govuk-heading-l" { (text.title) }
        p class="govuk-body" { "Led by " (text.lead) ". Parties: " (text.parties.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")) "." }
        (text.show())
        (visit.form(&publishing.action(), html! {
            (choice_field(Some(choice)))
            input type="hidden" name="version" value=(text.version);
            (proof)
            div class="govuk-button-group" {
                (Button { name: "step", value: "publish", prevent_double_click: true, ..Button::submit("Publish") })
                a class="govuk-link" href=(publishing.action()) { "Start again" }
            }
        }))
    };
    Ok(visit.show(
        publishing
            .page("Check what will be published", body)
            .problems(problems)
            .wide(),
    ))
}

fn another() -> Refusal {
    Refusal::NotNow(
        "Another version has come into force since you looked. Nothing was published. Look at it again."
            .to_owned(),
    )
}

async fn publish(
    posted: &Posted,
    publishing: &Publishing,
    choice: &Choice,
) -> Result<Response, Refusal> {
    if posted.fields.one("version") != publishing.version.to_string() {
        return Ok(posted.refused(another(), &publishing.action()));
    }
    let id = &publishing.situation.record.id;
    match step_up::check(posted, publication(id)).await {
        Err(Refusal::Invalid(problems)) => {
            return confirm(posted, publishing, choice, problems).await;
        }
        other => other?,
    };
    // What is in force is read again where it is written, and the record stays as it was read: nothing is published
    // that has been replaced or has ended meanwhile.
    let published = posted
        .decide(|| async {
            let now = load(posted, id).await?;
            if now.version != publishing.version {
                return Err(another());
            }
            let text = now.text(posted, choice).await?;
            let change = store::publish(posted, id, now.before.as_ref(), &text, choice)?;
            Ok((now.situation.unchanged(change), ()))
        })
        .await;
    match published {
        Ok(()) => Ok(see_other(format!("{}?done=published", publishing.action()))),
        Err(refusal) => Ok(posted.refused(refusal, &publishing.action())),
    }
}
