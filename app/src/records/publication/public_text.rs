//! What the public sees of a version: the one place where answers become public.

use packs::{Each, QuestionKind, Section};

use crate::kernel::clock::{Now, day, day_text};
use crate::kernel::{Ctx, Refusal};
use crate::records::lines::{LineState, Stage};
use crate::records::presented_text::Reading;
use crate::records::publication::{Choice, Withheld};
use crate::records::situation::Situation;

/// An agreement as the public sees it.
#[derive(Debug, Clone)]
pub struct PublicText {
    pub record: String,
    pub title: String,
    pub lead: String,
    pub parties: Vec<PublicParty>,
    pub purposes: Vec<String>,
    pub version: i64,
    pub digest: String,
    pub in_force: bool,
    pub passages: Vec<Passage>,
    /// Organisation and day, as the lines say it; the people who reviewed are not named, nor what they advised.
    pub reviewed: Vec<(String, String)>,
    /// Organisation and day; the people who signed are not named.
    pub signed: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
pub struct PublicParty {
    pub name: String,
    pub kind: String,
}

/// A section's public answers, at one place.
#[derive(Debug, Clone)]
pub struct Passage {
    /// The section's title, with the party or flow where it is asked of each.
    pub heading: String,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub what: String,
    pub label: String,
    pub said: Said,
}

#[derive(Debug, Clone)]
pub enum Said {
    Lines(Vec<String>),
    Table(Vec<String>, Vec<Vec<String>>),
    Withheld(Withheld),
}

/// The version that would be published now: the one in force, with the parties that have joined it.
pub fn in_force(situation: &Situation) -> Option<i64> {
    let base = situation.record.effective_version?;
    Some(
        situation
            .joined(base, i64::MAX)
            .last()
            .copied()
            .unwrap_or(base),
    )
}

impl PublicText {
    pub async fn of(
        ctx: &Ctx,
        situation: &Situation,
        version: i64,
        choice: &Choice,
    ) -> Result<PublicText, Refusal> {
        let reading = Reading::fixed(ctx, situation, version).await?;
        let record_type = reading.record_type()?;
        let law = reading.law();
        let mut passages = passages_of(&reading, choice)?;
        for part in &reading.parts {
            passages.extend(passages_of(part, choice)?);
        }
        let shows_purposes = record_type
            .form
            .question("purposes")
            .is_some_and(|(section, q)| {
                choice.shows(q)
                    && !choice
                        .withheld
                        .iter()
                        .any(|w| w.section() == Some(&section.id) || w.question() == Some(&q.id))
            });
        let purposes = reading
            .content
            .answers
            .get("purposes")
            .and_then(|v| v.as_array());
        // The text that is published, what it joins, and the parts that had joined that before.
        let mut parts = vec![version];
        if let Some((_, base)) = &reading.joins {
            parts.push(*base);
            parts.extend(situation.joined(*base, version));
        }
        let decided = |stage: Stage| -> Vec<(String, String)> {
            let lines = situation.lines.iter();
            let mut decided: Vec<(String, String)> = lines
                .filter(|l| l.stage == stage && parts.contains(&l.version))
                .filter_map(|l| match &l.state {
                    LineState::Signed { at, .. } => Some((l.organisation_name.clone(), *at)),
                    LineState::Reviewed { said, .. } => {
                        Some((l.organisation_name.clone(), said.at))
                    }
                    _ => None,
                })
                .map(|(name, at)| (name, day(Now(at).today())))
                .collect();
            decided.dedup();
            decided
        };
        Ok(PublicText {
            record: reading.record.clone(),
            title: reading.title.clone(),
            lead: reading
                .party_name(&reading.lead)
                .unwrap_or_default()
                .to_owned(),
            parties: reading
                .parties
                .iter()
                .map(|p| PublicParty {
                    name: p.name.clone(),
                    kind: law
                        .kind(&p.kind)
                        .map_or_else(|| p.kind.clone(), |k| k.name.clone()),
                })
                .collect(),
            purposes: purposes
                .filter(|_| shows_purposes)
                .into_iter()
                .flatten()
                .filter_map(|v| v.as_str().map(str::to_owned))
                .collect(),
            version,
            digest: reading.digest.clone().unwrap_or_default(),
            in_force: situation.record.effective_version.is_some(),
            passages,
            reviewed: decided(Stage::Review),
            signed: decided(Stage::SignOff),
        })
    }

    /// Whether anybody has signed the text.
    pub fn is_signed(&self) -> bool {
        !self.signed.is_empty()
    }

    /// What the digest is of: signed only where somebody has.
    pub fn digest_of(&self) -> &'static str {
        if self.is_signed() {
            "Digest of the signed text (SHA-256)"
        } else {
            "Digest of the text (SHA-256)"
        }
    }

    pub fn status(&self) -> &'static str {
        if self.in_force { "In force" } else { "Ended" }
    }

    /// Everything shown, for search.
    pub fn words(&self) -> String {
        let mut words = vec![self.title.clone(), self.lead.clone()];
        words.extend(self.parties.iter().map(|p| p.name.clone()));
        for item in self.passages.iter().flat_map(|p| &p.items) {
            match &item.said {
                Said::Lines(lines) => words.extend(lines.clone()),
                Said::Table(_, rows) => words.extend(rows.iter().flatten().cloned()),
                Said::Withheld(_) => {}
            }
        }
        words.join(" ")
    }
}

/// What the public sees of a text, or of a part beside it, section by section.
fn passages_of(reading: &Reading, choice: &Choice) -> Result<Vec<Passage>, Refusal> {
    let record_type = reading.record_type()?;
    let view = reading.view(record_type);
    let mut passages = Vec::new();
    for section in &record_type.form.sections {
        let withheld = choice
            .withheld
            .iter()
            .find(|w| w.section() == Some(&section.id));
        if let Some(withheld) = withheld {
            if !reading.is_part() || section.each == Each::Party {
                passages.push(withheld_section(section, withheld));
            }
            continue;
        }
        for scope in reading.places(section.each) {
            let items: Vec<Item> = section
                .questions
                .iter()
                .filter(|q| choice.shows(q) && view.relevant(&scope, q))
                .filter_map(|q| {
                    let withheld = choice.withheld.iter().find(|w| w.question() == Some(&q.id));
                    let said = match (withheld, q.kind) {
                        (Some(withheld), _) => Said::Withheld(withheld.clone()),
                        (None, QuestionKind::Table) => Said::Table(
                            q.columns.iter().map(|c| c.label.clone()).collect(),
                            Some(reading.rows(q, &scope)).filter(|rows| !rows.is_empty())?,
                        ),
                        _ => Said::Lines(
                            Some(reading.shown(q, &scope)).filter(|lines| !lines.is_empty())?,
                        ),
                    };
                    Some(Item {
                        what: format!("question:{}", q.id),
                        label: q.text.clone(),
                        said,
                    })
                })
                .collect();
            if !items.is_empty() {
                let place = reading.place_name(record_type, &scope);
                let heading = if place.is_empty() {
                    section.title.clone()
                } else {
                    format!("{}: {place}", section.title)
                };
                passages.push(Passage { heading, items });
            }
        }
    }
    Ok(passages)
}

fn withheld_section(section: &Section, withheld: &Withheld) -> Passage {
    Passage {
        heading: section.title.clone(),
        items: vec![Item {
            what: withheld.what.clone(),
            label: "This section".to_owned(),
            said: Said::Withheld(withheld.clone()),
        }],
    }
}

impl Withheld {
    /// "Withheld. It is personal data: … It is looked at again on 1 May 2027."
    pub fn sentence(&self) -> String {
        let ground = self.ground.words();
        let ground = match self.words.trim_end_matches('.') {
            "" => ground.to_owned(),
            words => format!("{ground}: {words}"),
        };
        format!(
            "Withheld. {ground}. This is looked at again on {}.",
            day_text(&self.look_again)
        )
    }
}
