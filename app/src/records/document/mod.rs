//! A record as a document: its template in the pack, filled from the text and its lines.

mod answers;
mod decisions_pdf;

pub use decisions_pdf::{decision, met};

use documents::{Block, Column, Document, Moment};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use packs::{Part, RecordType, Scope, Show, View};
use serde_json::Value as Json;

use crate::kernel::clock::moment;
use crate::kernel::{Ctx, Refusal};
use crate::records::lines::Line;
use crate::records::presented_text::Reading;

/// Everything a document is made from.
pub struct Material<'a> {
    pub reading: &'a Reading,
    /// The lines on the version that is read.
    pub lines: Vec<&'a Line>,
    pub lead_name: &'a str,
    pub state_name: &'a str,
    /// It is not, or not yet, signed by everybody.
    pub draft: bool,
    /// The day whose law is asked.
    pub today: Date,
    /// UTC microseconds.
    pub made_at: i64,
}

/// Sets out the whole text: nothing that was answered is left out.
///
/// # Errors
/// When the packs it was written under do not have its type.
pub fn document(material: &Material<'_>) -> Result<Document, Refusal> {
    let reading = material.reading;
    let record_type = reading.record_type()?;
    let view = reading.view(record_type);
    let template = &record_type.document;
    let mut page = Setting {
        material,
        reading,
        record_type,
        view: &view,
        set: Vec::new(),
        blocks: Vec::new(),
    };
    for part in &template.parts {
        page.part(part);
    }
    page.rest();
    let mut blocks = page.blocks;
    for part in &reading.parts {
        blocks.extend(joined_part(material, part)?);
    }
    let version = match reading.number {
        Some(number) => number.to_string(),
        None => "draft".to_owned(),
    };
    let mut notice =
        vec!["What this document says about the law is information, not legal advice.".to_owned()];
    if material.draft {
        notice.push(match reading.number {
            Some(_) => {
                "This version has not been signed by every party. No one may share under it yet."
                    .to_owned()
            }
            None => "This is a draft. No one has reviewed or signed this text.".to_owned(),
        });
    }
    if reading.texts().any(|text| text.under.substitute) {
        notice.push(SUBSTITUTE.to_owned());
    }
    Ok(Document {
        title: reading.title.clone(),
        subtitle: Some(format!("{}: {}", template.title, material.state_name)),
        language: "en-GB".to_owned(),
        author: material.lead_name.to_owned(),
        reference: reading.record.clone(),
        version,
        digest: reading.digest.clone(),
        made_at: parts_of(material.made_at),
        draft: material.draft,
        notice,
        address: None,
        attached: None,
        blocks,
    })
}

/// What is said where a text cannot be shown with its own packs.
pub const SUBSTITUTE: &str = "The questions this text was written under are not kept here, so it is shown with today’s. \
    Compare the exact text (JSON) before you rely on the wording of a question or an option.";

/// The part of a party that joined under other packs than the text it joined.
fn joined_part(material: &Material<'_>, part: &Reading) -> Result<Vec<Block>, Refusal> {
    let record_type = part.record_type()?;
    let view = part.view(record_type);
    let mut page = Setting {
        material,
        reading: part,
        record_type,
        view: &view,
        set: Vec::new(),
        blocks: Vec::new(),
    };
    let names: Vec<&str> = part.own_parties().map(|p| p.name.as_str()).collect();
    page.heading(1, format!("Part of {}", names.join(", ")));
    page.blocks.push(Block::Paragraph(format!(
        "Written with the questions and law of {} {}.",
        part.packs.name, part.packs.version
    )));
    for section in &record_type.form.sections {
        let questions: Vec<_> = section.questions.iter().collect();
        page.section(section, &questions);
    }
    page.rest();
    Ok(page.blocks)
}

/// The moment in UTC, in parts.
pub fn parts_of(micros: i64) -> Moment {
    let at = Timestamp::from_microsecond(micros)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(TimeZone::UTC);
    let part = |n: i8| u8::try_from(n).unwrap_or(0);
    Moment {
        year: i32::from(at.year()),
        month: part(at.month()),
        day: part(at.day()),
        hour: part(at.hour()),
        minute: part(at.minute()),
        second: part(at.second()),
    }
}

struct Setting<'a> {
    material: &'a Material<'a>,
    /// The whole text, or a part beside it.
    reading: &'a Reading,
    record_type: &'a RecordType,
    view: &'a View<'a>,
    /// What has been set already: question and scope.
    set: Vec<(String, Scope)>,
    blocks: Vec<Block>,
}

impl Setting<'_> {
    fn heading(&mut self, level: u8, text: impl Into<String>) {
        self.blocks.push(Block::Heading {
            level,
            text: text.into(),
        });
    }

    fn place_name(&self, scope: &Scope) -> String {
        self.reading.place_name(self.record_type, scope)
    }

    fn part(&mut self, part: &Part) {
        let before = self.blocks.len();
        self.heading(1, part.heading.as_str());
        match part.show {
            Show::Facts => self.facts(),
            Show::Text => self
                .blocks
                .push(Block::Paragraph(part.text.clone().unwrap_or_default())),
            Show::Clauses => self.clauses(),
            Show::Parties => self.parties(),
            Show::Section => self.section_part(part),
            Show::Matrix => self.matrix(part),
            Show::Flows => self.flows(),
            Show::Prompts => self.prompts(),
            Show::Reviews => self.reviews(),
            Show::SignOffs => self.sign_offs(),
            Show::Attachments => self.attachments(),
        }
        if self.blocks.len() == before + 1 {
            // Nothing to say under this heading.
            self.blocks.pop();
        }
    }

    fn facts(&mut self) {
        let m = self.material;
        let r = m.reading;
        let mut facts = vec![
            fact("Reference", r.record.as_str()),
            fact(
                if self.record_type.parties == packs::Parties::Many {
                    "Lead organisation"
                } else {
                    "Organisation"
                },
                m.lead_name,
            ),
            fact("State", m.state_name),
        ];
        match (&r.number, &r.digest) {
            (Some(number), Some(digest)) => {
                facts.push(fact(
                    "Version",
                    format!(
                        "{number}, fixed on {} by {}",
                        moment(r.fixed_at),
                        r.fixed_by
                    ),
                ));
                facts.push(fact("Digest (SHA-256)", digest.as_str()));
            }
            _ => facts.push(fact("Version", "Draft: the working text, not fixed")),
        }
        if let Some((party, base)) = &r.joins {
            let name = r.party_name(party.as_str()).unwrap_or_default();
            facts.push(fact("Joins", format!("With this version {name} joins version {base}. The rest of the text is that version’s.")));
        }
        facts.push(fact(
            "Questions and law",
            format!("{} {}", r.packs.name, r.packs.version),
        ));
        self.blocks.push(Block::Facts(facts));
    }

    fn clauses(&mut self) {
        let text = self.reading.clauses.as_ref();
        let clauses = text.and_then(|t| t.get("clauses")).and_then(Json::as_array);
        for clause in clauses.into_iter().flatten() {
            let said = |key: &str| {
                clause
                    .get(key)
                    .and_then(Json::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            self.heading(2, said("heading"));
            self.blocks.push(Block::Paragraph(said("text")));
        }
    }

    fn parties(&mut self) {
        let reading = self.reading;
        let rows = reading
            .parties
            .iter()
            .map(|party| {
                let text = reading.of_party(&party.id);
                let role = text
                    .record_type()
                    .ok()
                    .and_then(|t| t.form.question("party_role"));
                let in_law = role.map_or_else(Vec::new, |(_, q)| {
                    text.shown(q, &Scope::Party(party.id.to_string()))
                });
                let kind = text.law().kind(&party.kind);
                vec![
                    party.name.clone(),
                    kind.map_or_else(|| party.kind.clone(), |k| k.name.clone()),
                    in_law.join(", "),
                    if party.registered {
                        "Yes"
                    } else {
                        "No, listed only"
                    }
                    .to_owned(),
                ]
            })
            .collect();
        self.blocks.push(table(
            "Parties",
            &[
                ("Party", 3),
                ("Kind", 2),
                ("Role in law", 4),
                ("Uses the gateway", 2),
            ],
            rows,
        ));
    }
}

fn fact(term: &str, said: impl Into<String>) -> (String, Vec<String>) {
    (term.to_owned(), vec![said.into()])
}

/// A table whose first cells head their rows; columns by title and share of the width.
pub(crate) fn table(caption: &str, columns: &[(&str, u16)], rows: Vec<Vec<String>>) -> Block {
    Block::Table {
        caption: caption.to_owned(),
        columns: columns
            .iter()
            .map(|(title, width)| Column::new(*title, *width))
            .collect(),
        rows,
        row_headers: true,
    }
}

/// With a capital letter first.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// Typesets a document, a few at a time: each takes much memory while it runs.
pub async fn render(ctx: &Ctx, document: Document) -> Result<Vec<u8>, Refusal> {
    let turn = ctx.app.renders.clone().acquire_owned();
    let turn = turn.await.map_err(Refusal::broken)?;
    // The turn goes with the work: whoever goes away meanwhile does not end it.
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        documents::pdf(&document)
    })
    .await
    .map_err(Refusal::broken)?
    .map_err(Refusal::broken)
}
