//! When law changes: which agreements lean on a provision, and whose prompts differ between two
//! sets of packs.

use std::collections::BTreeMap;

use db::{args, sql};
use jiff::civil::Date;
use packs::{Content, Packs, Party, Prompt, RecordType, Scope};

use crate::kernel::ids::OrganisationId;
use crate::kernel::{Ctx, Refusal};

sql! {
    AGREEMENTS = "select r.id, r.title, r.state, r.content from records r
        where r.id > $1 and r.type = 'agreement' order by r.id limit $2";
    OF_ONE = "select r.id, r.title, r.state, r.content from record_parties p join records r on r.id = p.record_id
        where p.organisation_id = $3 and p.left_at is null and p.record_id > $1 and p.type = 'agreement'
        order by p.record_id limit $2";
    PARTIES = "select p.record_id, p.organisation_id, o.name, o.kind, o.standing
        from record_parties p join organisations o on o.id = p.organisation_id
        where p.record_id >= $1 and p.record_id <= $2 and p.left_at is null
        order by p.record_id, p.position";
}

/// Agreements read at a time: what bounds the memory of a run over all of them.
const BATCH: i64 = 200;

/// One place in an agreement that a change of law touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    pub record: String,
    pub title: String,
    /// The party or data flow it is about; "" for the whole agreement.
    pub about: String,
    /// What leans on the law: a rule's id or a power's id.
    pub what: String,
    pub how: How,
    /// The answers it comes from, in words.
    pub answers: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A party chose a power under the provision.
    Power,
    /// A prompt cites the provision.
    Prompt,
    Appears,
    Disappears,
    /// Same rule, other words, severity or standing.
    Changes,
}

impl How {
    pub fn words(self) -> &'static str {
        match self {
            How::Power => "relies on this power",
            How::Prompt => "has this prompt",
            How::Appears => "will get this prompt",
            How::Disappears => "will lose this prompt",
            How::Changes => "this prompt changes",
        }
    }
}

struct Agreement {
    id: String,
    title: String,
    content: Content,
    parties: Vec<Party>,
}

impl Agreement {
    fn about(&self, scope: &Scope) -> String {
        match scope {
            Scope::Record => String::new(),
            Scope::Party(id) => self
                .parties
                .iter()
                .find(|party| party.id == *id)
                .map_or_else(|| id.clone(), |party| party.name.clone()),
            Scope::Flow(id) => {
                let number = self.content.flows.iter().position(|flow| flow.id == *id);
                number.map_or_else(|| id.clone(), |n| format!("data flow {}", n + 1))
            }
        }
    }

    fn touched(&self, scope: &Scope, what: &str, how: How, answers: String) -> Touched {
        Touched {
            record: self.id.clone(),
            title: self.title.clone(),
            about: self.about(scope),
            what: what.to_owned(),
            how,
            answers,
        }
    }
}

/// Every agreement that is not over, or those of one organisation, batch by batch.
async fn each_agreement(
    ctx: &Ctx,
    record_type: &RecordType,
    of: Option<&OrganisationId>,
    mut visit: impl FnMut(&Agreement),
) -> Result<(), Refusal> {
    let db = &ctx.app.db;
    let mut after = String::new();
    loop {
        let rows = match of {
            Some(of) => db.all(&OF_ONE, args![after.as_str(), BATCH, of]).await?,
            None => db.all(&AGREEMENTS, args![after.as_str(), BATCH]).await?,
        };
        let Some(last) = rows.last() else {
            return Ok(());
        };
        let (first, last) = (rows[0].text("id")?, last.text("id")?);
        let mut parties: BTreeMap<String, Vec<Party>> = BTreeMap::new();
        for row in db.all(&PARTIES, args![first, last.as_str()]).await? {
            parties
                .entry(row.text("record_id")?)
                .or_default()
                .push(Party {
                    id: row.text("organisation_id")?,
                    name: row.text("name")?,
                    kind: row.text("kind")?,
                    registered: row.text("standing")? == "registered",
                });
        }
        for row in &rows {
            let state = row.text("state")?;
            if record_type
                .workflow
                .state(&state)
                .is_some_and(|state| state.is_final)
            {
                continue;
            }
            let id = row.text("id")?;
            visit(&Agreement {
                parties: parties.remove(&id).unwrap_or_default(),
                title: row.text("title")?,
                content: serde_json::from_str(&row.text("content")?).map_err(Refusal::broken)?,
                id,
            });
        }
        after = last;
    }
}

fn agreement_type(packs: &Packs) -> Result<&RecordType, Refusal> {
    packs
        .record_type("agreement")
        .ok_or_else(|| Refusal::broken("these packs define no agreement"))
}

/// The agreements that lean on a provision on a day: through a power a party chose, or a prompt.
/// `of` limits it to those an organisation takes part in.
pub async fn of_provision(
    ctx: &Ctx,
    provision: &str,
    day: Date,
    of: Option<&OrganisationId>,
) -> Result<Vec<Touched>, Refusal> {
    let packs = ctx.app.packs.clone();
    let Some(record_type) = packs.record_type("agreement") else {
        // The law of today touches no agreement that today's packs do not know.
        return Ok(Vec::new());
    };
    let powers: Vec<&str> = packs
        .law
        .gateways
        .iter()
        .filter(|gateway| gateway.provisions.iter().any(|id| id == provision))
        .flat_map(|gateway| gateway.powers.iter().map(|power| power.id.as_str()))
        .collect();
    let mut touched = Vec::new();
    each_agreement(ctx, record_type, of, |agreement| {
        for party in &agreement.parties {
            let chosen = agreement
                .content
                .parties
                .get(&party.id)
                .and_then(|answers| answers.get("gateway"))
                .and_then(|value| value.as_array());
            for power in chosen
                .into_iter()
                .flatten()
                .filter_map(|power| power.as_str())
            {
                if powers.contains(&power) {
                    let title = packs
                        .law
                        .power(power)
                        .map_or(power, |(_, power)| power.title.as_str());
                    touched.push(agreement.touched(
                        &Scope::Party(party.id.clone()),
                        power,
                        How::Power,
                        title.to_owned(),
                    ));
                }
            }
        }
        let view = record_type.view(&packs.law, &agreement.content, &agreement.parties);
        for prompt in view.prompts(day) {
            if prompt.rule.provisions.iter().any(|id| id == provision) {
                let answers = reasons(record_type, &prompt);
                touched.push(agreement.touched(
                    &prompt.scope,
                    &prompt.rule.id,
                    How::Prompt,
                    answers,
                ));
            }
        }
    })
    .await?;
    Ok(touched)
}

/// The agreements whose prompts differ between two sets of packs on a day.
pub async fn between(
    ctx: &Ctx,
    before: &Packs,
    after: &Packs,
    day: Date,
    of: Option<&OrganisationId>,
) -> Result<Vec<Touched>, Refusal> {
    let (old_type, new_type) = (agreement_type(before)?, agreement_type(after)?);
    let mut touched = Vec::new();
    each_agreement(ctx, new_type, of, |agreement| {
        let old_view = old_type.view(&before.law, &agreement.content, &agreement.parties);
        let new_view = new_type.view(&after.law, &agreement.content, &agreement.parties);
        let old = by_place(old_view.prompts(day));
        let new = by_place(new_view.prompts(day));
        for (place, prompt) in &old {
            let how = match new.get(place) {
                None => How::Disappears,
                Some(other) if differs(prompt, other) => How::Changes,
                Some(_) => continue,
            };
            touched.push(agreement.touched(
                &prompt.scope,
                &place.0,
                how,
                reasons(old_type, prompt),
            ));
        }
        for (place, prompt) in new.iter().filter(|(place, _)| !old.contains_key(place)) {
            touched.push(agreement.touched(
                &prompt.scope,
                &place.0,
                How::Appears,
                reasons(new_type, prompt),
            ));
        }
    })
    .await?;
    Ok(touched)
}

type Place = (String, String);

fn by_place(prompts: Vec<Prompt<'_>>) -> BTreeMap<Place, Prompt<'_>> {
    prompts
        .into_iter()
        .map(|prompt| {
            (
                (prompt.rule.id.clone(), prompt.scope.as_str().to_owned()),
                prompt,
            )
        })
        .collect()
}

fn differs(old: &Prompt<'_>, new: &Prompt<'_>) -> bool {
    old.rule.severity != new.rule.severity
        || old.rule.prompt != new.rule.prompt
        || old.rule.provisions != new.rule.provisions
        || old.state != new.state
}

/// "Article 6 basis: Public task; …": the answers a prompt comes from.
fn reasons(record_type: &RecordType, prompt: &Prompt<'_>) -> String {
    let parts: Vec<String> = prompt
        .because
        .iter()
        .map(|because| {
            let asked = because
                .question
                .as_deref()
                .and_then(|id| record_type.form.question(id));
            match asked {
                Some((_, question)) => {
                    format!(
                        "{}: {}",
                        question.short,
                        question.show(&because.value).join(", ")
                    )
                }
                None => {
                    let value = because
                        .value
                        .as_str()
                        .map_or_else(|| because.value.to_string(), str::to_owned);
                    format!("{}: {value}", because.answer)
                }
            }
        })
        .collect();
    parts.join("; ")
}

/// The list as CSV.
pub fn csv(touched: &[Touched]) -> Result<String, Refusal> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record([
            "agreement",
            "title",
            "party or flow",
            "rule or power",
            "how",
            "answers",
        ])
        .map_err(Refusal::broken)?;
    for row in touched {
        writer
            .write_record([
                &row.record,
                &safe_cell(&row.title),
                &safe_cell(&row.about),
                &row.what,
                row.how.words(),
                &safe_cell(&row.answers),
            ])
            .map_err(Refusal::broken)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| Refusal::broken(e.to_string()))?;
    String::from_utf8(bytes).map_err(Refusal::broken)
}

/// A spreadsheet runs a cell that starts like a formula: such text gets an apostrophe in front.
fn safe_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
