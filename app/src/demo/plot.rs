//! What happens to an agreement, act by act.

use std::collections::BTreeSet;

use packs::Content;
use serde_json::Value;

use crate::demo::cast::Cast;
use crate::demo::data::{Act as Step, Agreement, Library};
use crate::demo::drafting::{Drafting, attach};
use crate::demo::words::Words;
use crate::kernel::access::Action;
use crate::kernel::clock::Now;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Ctx, Refusal};
use crate::pages::records::comments;
use crate::records;
use crate::records::decisions;
use crate::records::joining;
use crate::records::lines::{Advice, Line, Stage};
use crate::records::publication::public_text;
use crate::records::publication::public_text::PublicText;
use crate::records::publication::{Choice, Extent, store as register};
use crate::records::situation::Situation;
use crate::records::{moves, store};

const MINUTE: i64 = 60_000_000;

/// An agreement and how far its story is told.
pub struct Plot<'a> {
    pub agreement: &'a Agreement,
    pub library: &'a Library,
    pub id: Option<RecordId>,
}

impl Plot<'_> {
    /// Does one act, beginning at a moment.
    pub async fn act(&mut self, cast: &Cast, step: &Step, at: Now) -> Result<(), Refusal> {
        if step.what == "start" {
            self.id = Some(self.start(cast, step, at).await?);
            return Ok(());
        }
        let id = self.id.clone().ok_or_else(|| {
            Refusal::broken("an agreement of the demo does not begin with a start")
        })?;
        let ctx = || cast.at_work(&step.by, at);
        match step.what.as_str() {
            "save" => self.save(&ctx()?, &id, step).await,
            "ask_for_review" | "ask_for_sign_off" | "take_back" | "end" => {
                moves::make(&ctx()?, &id, &step.what, &step.text).await
            }
            "review" => review(&ctx()?, &id, step).await,
            "everybody_reviews" => self.everybody_reviews(cast, &id, at).await,
            "answer_conditions" => {
                let ctx = ctx()?;
                let line = line(&ctx, cast, &id, Stage::Review, &step.of).await?;
                let proof = decisions::password_proof(&ctx);
                decisions::answer_conditions(&ctx, &id, &line.id, &step.text, &proof).await
            }
            "comment" => {
                let about = match step.of.as_str() {
                    "" => step.question.clone(),
                    party => format!("{}:{}", step.question, cast.member(party)?.id),
                };
                comments::comment(&ctx()?, &id, &about, &step.text).await
            }
            "sign" => {
                let key = step.by.split('.').next().unwrap_or_default();
                cast.sign(&id, key, at).await
            }
            "everybody_signs" => self.everybody_signs(cast, &id, at).await,
            "publish" => publish(&ctx()?, cast, &id, step).await,
            "add_party" => self.add_party(&ctx()?, cast, &id, step).await,
            "ask_joining_review" => {
                let party = &cast.member(&step.of)?.id;
                joining::ask_joining_review(&ctx()?, &id, party).await
            }
            other => Err(Refusal::broken(format!("the demo knows no act {other}"))),
        }
    }

    fn drafting<'b>(&'b self, cast: &'b Cast) -> Drafting<'b> {
        Drafting {
            cast,
            library: self.library,
            agreement: self.agreement,
        }
    }

    async fn start(&self, cast: &Cast, step: &Step, at: Now) -> Result<RecordId, Refusal> {
        let ctx = cast.at_work(&step.by, at)?;
        let record_type = store::record_type(&ctx, "agreement")?;
        let title = self.agreement.answers.get("title").and_then(Value::as_str);
        let title = title.ok_or_else(|| Refusal::broken("an agreement has no title"))?;
        let mut first = Content::default();
        first.answers.insert("title".to_owned(), title.into());
        let (id, change) = store::create(&ctx, record_type, title, &first)?;
        ctx.commit(change).await?;

        let ctx = later(ctx, 9);
        let names = &self.agreement.parties.names;
        let record = records::fetch(&ctx, &id, Action::Draft).await?;
        for key in names
            .iter()
            .filter(|key| **key != self.agreement.parties.lead)
        {
            let member = cast.member(key)?;
            let record = records::fetch(&ctx, &id, Action::Draft).await?;
            let act = Act::new("party.added", &id)
                .with("party", member.id.as_str())
                .with("name", member.about.name.as_str())
                .with("joining", false);
            let change = record.save(&ctx, &record.content, act)?;
            ctx.commit(record.add_party(&ctx, &member.id, false, change).await?)
                .await?;
        }

        let ctx = later(ctx, 48);
        let (content, files) = self.drafting(cast).content(&ctx, names, record.content)?;
        let record = records::fetch(&ctx, &id, Action::Draft).await?;
        let act = Act::new("record.answered", &id);
        ctx.commit(record.save(&ctx, &content, act)?).await?;
        attach(&later(ctx, 15), &id, self.library, &files).await?;
        Ok(id)
    }

    async fn save(&self, ctx: &Ctx, id: &RecordId, step: &Step) -> Result<(), Refusal> {
        let record = records::fetch(ctx, id, Action::Draft).await?;
        let mut content = record.content.clone();
        for answers in content.parties.values_mut() {
            answers.extend(step.every_party.clone());
        }
        let change = record.save(ctx, &content, Act::new("record.answered", id))?;
        ctx.commit(change).await
    }

    async fn everybody_reviews(&self, cast: &Cast, id: &RecordId, at: Now) -> Result<(), Refusal> {
        let lead = format!("{}.author", self.agreement.parties.lead);
        let situation = Situation::load(&cast.at_work(&lead, at)?, id, Action::See).await?;
        let waiting = situation
            .lines
            .iter()
            .filter(|l| l.stage == Stage::Review && l.is_waiting());
        for (number, line) in waiting.enumerate() {
            let key = cast.key(&line.organisation).unwrap_or_default();
            let who = format!("{key}.{}", line.role.as_str());
            let ctx = later(cast.at_work(&who, at)?, 37 * number as i64);
            decisions::review(
                &ctx,
                id,
                &line.id,
                &line.digest,
                Advice::Agrees,
                "",
                &decisions::password_proof(&ctx),
            )
            .await?;
        }
        Ok(())
    }

    async fn everybody_signs(&self, cast: &Cast, id: &RecordId, at: Now) -> Result<(), Refusal> {
        let mut signed = BTreeSet::new();
        for (number, key) in self.agreement.parties.names.iter().enumerate() {
            if !cast.member(key)?.about.listed && signed.insert(key) {
                let at = Now(at.0 + 53 * MINUTE * number as i64);
                cast.sign(id, key, at).await?;
            }
        }
        Ok(())
    }

    /// Brings in a party once the text is fixed, with its own part answered.
    async fn add_party(
        &self,
        ctx: &Ctx,
        cast: &Cast,
        id: &RecordId,
        step: &Step,
    ) -> Result<(), Refusal> {
        let member = cast.member(&step.of)?;
        let record = records::fetch(ctx, id, Action::AddLateParty).await?;
        let act = Act::new("party.added", id)
            .with("party", member.id.as_str())
            .with("name", member.about.name.as_str())
            .with("joining", true);
        let change = record.save(ctx, &record.content, act)?;
        ctx.commit(record.add_party(ctx, &member.id, true, change).await?)
            .await?;

        let mut names = self.agreement.parties.names.clone();
        names.push(step.of.clone());
        let ctx = later(ctx.clone(), 25);
        let record = records::fetch(&ctx, id, Action::AddLateParty).await?;
        let (drafted, files) = self
            .drafting(cast)
            .content(&ctx, &names, record.content.clone())?;
        // The others' parts and the shared text are fixed: only the new party's is written.
        let own = member.id.as_str();
        let mut content = record.content.clone();
        content.parties.extend(
            drafted
                .parties
                .into_iter()
                .filter(|(party, _)| party == own),
        );
        let mut settled = drafted.settled;
        settled.retain(|settled| settled.scope == own);
        content.settled.extend(settled);
        let change = record.save(&ctx, &content, Act::new("record.answered", id))?;
        ctx.commit(change).await?;
        let mut files = files;
        files.retain(|file| file.scope.as_str() == own);
        attach(&later(ctx, 5), id, self.library, &files).await
    }
}

/// Publishes the version in force.
async fn publish(ctx: &Ctx, cast: &Cast, id: &RecordId, step: &Step) -> Result<(), Refusal> {
    let extent = step.extent.unwrap_or(Extent::Full);
    let words = Words {
        today: cast.today,
        stand_for: Vec::new(),
    };
    let mut choice = Choice {
        extent,
        withheld: step.withheld.clone(),
    };
    for withheld in &mut choice.withheld {
        withheld.look_again = words.text(&withheld.look_again);
    }
    let situation = Situation::load(ctx, id, Action::Publish).await?;
    let version = public_text::in_force(&situation)
        .ok_or_else(|| Refusal::broken("an agreement that is not in force is published"))?;
    let before = register::of_record(ctx, id).await?;
    let text = PublicText::of(ctx, &situation, version, &choice).await?;
    ctx.commit(register::publish(ctx, id, before.as_ref(), &text, &choice)?)
        .await
}

async fn review(ctx: &Ctx, id: &RecordId, step: &Step) -> Result<(), Refusal> {
    let situation = Situation::load(ctx, id, Action::See).await?;
    let role = step.by.split('.').nth(1).unwrap_or_default();
    let own = &ctx.acting()?.organisation;
    let line = situation
        .lines
        .iter()
        .filter(|l| l.stage == Stage::Review && l.is_waiting())
        .find(|l| l.organisation == *own && l.role.as_str() == role)
        .ok_or_else(|| Refusal::broken(format!("{} has nothing to review", step.by)))?;
    let advice = Advice::parse(&step.advice)
        .ok_or_else(|| Refusal::broken(format!("{} gives no advice", step.by)))?;
    let proof = decisions::password_proof(ctx);
    decisions::review(ctx, id, &line.id, &line.digest, advice, &step.text, &proof).await
}

/// The newest line of `organisation.role`.
async fn line(
    ctx: &Ctx,
    cast: &Cast,
    id: &RecordId,
    stage: Stage,
    who: &str,
) -> Result<Line, Refusal> {
    let (key, role) = who.split_once('.').unwrap_or_default();
    let organisation = &cast.member(key)?.id;
    let situation = Situation::load(ctx, id, Action::See).await?;
    situation
        .lines
        .into_iter()
        .find(|l| l.stage == stage && l.organisation == *organisation && l.role.as_str() == role)
        .ok_or_else(|| Refusal::broken(format!("{who} has no line")))
}

/// The same person, some minutes later.
fn later(mut ctx: Ctx, minutes: i64) -> Ctx {
    ctx.now = Now(ctx.now.0 + minutes * MINUTE);
    ctx
}
