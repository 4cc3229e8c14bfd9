//! What a set of packs leaves behind in a gateway: records whose type or state it does not have, which can only be
//! read, and drafts with answers that it does not ask for or does not take, which count no longer.

use std::collections::BTreeMap;
use std::fmt;

use db::{Db, args, sql};
use packs::{Answers, Content, Each, Law, Packs, RecordType};

use crate::kernel::{Refusal, phrases};
use crate::records::answers::is_blank;
use crate::records::leftovers::question_behind;

sql! {
    STATES = "select type, state, count(*) as records from records group by type, state order by type, state";
    TEXTS = "select id, content from records where type = $1 and state = $2 and id > $3 order by id limit 200";
}

/// What packs leave behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftBehind {
    /// How many records there are of types that the packs do not have, by type.
    pub types: BTreeMap<String, i64>,
    /// How many records stand in states that their type does not have, by type and state.
    pub states: BTreeMap<(String, String), i64>,
    /// How many drafts hold answers that count no longer.
    pub drafts: usize,
}

impl LeftBehind {
    /// Whether every record can be worked on.
    pub fn is_well(&self) -> bool {
        self.types.is_empty() && self.states.is_empty()
    }

    /// How many records can only be read.
    pub fn records(&self) -> i64 {
        self.types.values().chain(self.states.values()).sum()
    }

    /// What to say about drafts; nothing where there are none.
    pub fn of_drafts(&self) -> Option<String> {
        let (drafts, hold) = match self.drafts {
            0 => return None,
            1 => ("1 draft".to_owned(), "holds"),
            many => (format!("{many} drafts"), "hold"),
        };
        Some(format!(
            "{drafts} {hold} answers that no longer fit their questions. They are kept and do not count; the page of \
             each draft names them, and its authors answer anew or remove them"
        ))
    }
}

impl fmt::Display for LeftBehind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |number: i64| match number {
            1 => "1 record".to_owned(),
            many => format!("{many} records"),
        };
        let types = self.types.iter();
        let types = types
            .map(|(id, number)| format!("{} of the type \"{id}\", which is gone", count(*number)));
        let states = self.states.iter();
        let states = states.map(|((id, state), number)| {
            format!(
                "{} of the type \"{id}\" in the state \"{state}\", which is gone",
                count(*number)
            )
        });
        let each: Vec<String> = types.chain(states).collect();
        let each: Vec<&str> = each.iter().map(String::as_str).collect();
        let verb = if self.records() == 1 {
            "stands"
        } else {
            "stand"
        };
        write!(
            f,
            "{} {verb} where these packs have nothing: {}. They are shown with the packs that knew them last and can \
             only be read. Put each type and state back into the packs, and take a state out only when no record \
             stands in it: as a state that no move leads to, it lets those that stand in it move on",
            count(self.records()),
            phrases::list(&each)
        )
    }
}

/// Looks at every record's type and state, and at the answers of every draft.
///
/// # Errors
/// When the database cannot be read.
pub async fn examine(db: &Db, packs: &Packs) -> Result<LeftBehind, Refusal> {
    let mut found = LeftBehind::default();
    for row in db.all(&STATES, &[]).await? {
        let (type_id, state) = (row.text("type")?, row.text("state")?);
        let records = row.int("records")?;
        let Some(record_type) = packs.record_type(&type_id) else {
            *found.types.entry(type_id).or_default() += records;
            continue;
        };
        match record_type.workflow.state(&state) {
            None => {
                found.states.insert((type_id, state), records);
            }
            Some(known) if known.editable => {
                found.drafts += drafts(db, record_type, &packs.law, &state).await?;
            }
            Some(_) => {}
        }
    }
    Ok(found)
}

async fn drafts(
    db: &Db,
    record_type: &RecordType,
    law: &Law,
    state: &str,
) -> Result<usize, Refusal> {
    let (mut after, mut found) = (String::new(), 0);
    loop {
        let args = args![record_type.id.as_str(), state, after.as_str()];
        let rows = db.all(&TEXTS, args).await?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        after = last.text("id")?;
        for row in &rows {
            let content: Content =
                serde_json::from_str(&row.text("content")?).map_err(Refusal::broken)?;
            found += usize::from(holds_leftovers(record_type, law, &content));
        }
    }
}

fn holds_leftovers(record_type: &RecordType, law: &Law, content: &Content) -> bool {
    let counts = |each: Each, answers: &Answers| {
        answers
            .iter()
            .filter(|(_, value)| !is_blank(value))
            .all(|(name, value)| {
                let Some(question) = question_behind(record_type, name) else {
                    return false;
                };
                let section = record_type
                    .form
                    .question(&question.id)
                    .map(|(section, _)| section.each);
                // Who takes part is not looked at here, so whoever an answer names is.
                let is_own = question.id == *name;
                let fits = !is_own
                    || (question.fits(value)
                        && (question.kind == packs::QuestionKind::Parties
                            || question.points_at_known(value, law, &[])));
                section == Some(each) && fits
            })
    };
    let all = counts(Each::Record, &content.answers)
        && content.parties.values().all(|own| counts(Each::Party, own))
        && content
            .flows
            .iter()
            .all(|flow| counts(Each::Flow, &flow.answers));
    !all
}
