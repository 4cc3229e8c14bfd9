//! A record as a document: its template in the pack, filled from the text and its lines.

use documents::{Block, Column, Document, Moment};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use packs::{
    Each, How, Law, Part, PromptState, Question, QuestionKind, RecordType, Scope, Section, Show,
    View,
};
use serde_json::Value as Json;

use super::lines::{Advice, Line, LineState, Stage};
use super::pages::answers::size;
use super::reading::Reading;
use crate::kernel::clock::moment;

/// Everything a document is made from.
pub struct Material<'a> {
    pub record_type: &'a RecordType,
    pub law: &'a Law,
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
pub fn document(material: &Material<'_>) -> Document {
    let reading = material.reading;
    let view = reading.view(material.record_type, material.law);
    let template = &material.record_type.document;
    let mut page = Setting {
        material,
        view: &view,
        set: Vec::new(),
        blocks: Vec::new(),
    };
    for part in &template.parts {
        page.part(part);
    }
    page.rest();
    let version = match reading.number {
        Some(number) => number.to_string(),
        None => "draft".to_owned(),
    };
    let mut notice =
        vec!["What this document says about the law is information, not legal advice.".to_owned()];
    if material.draft {
        notice.push(match reading.number {
            Some(_) => {
                "This version has not been signed by every party. Nobody may share under it yet."
                    .to_owned()
            }
            None => "This is a draft. Nobody has reviewed or signed this text.".to_owned(),
        });
    }
    Document {
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
        blocks: page.blocks,
    }
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
                if m.record_type.parties == packs::Parties::Many {
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
        let text = self.material.reading.clauses.as_ref();
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
        let reading = self.material.reading;
        let role = self
            .material
            .record_type
            .form
            .question("party_role")
            .map(|(_, q)| q);
        let rows = reading
            .parties
            .iter()
            .map(|party| {
                let scope = Scope::Party(party.id.to_string());
                let in_law =
                    role.map_or_else(Vec::new, |q| reading.shown(self.material.law, q, &scope));
                let kind = self.material.law.kind(&party.kind);
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

    fn asked(&self, scope: &Scope, question: &Question) -> bool {
        !question.hidden && self.view.relevant(scope, question)
    }

    /// Facts of these questions at one place, tables set as tables.
    fn questions(&mut self, questions: &[&Question], scope: &Scope) {
        let mut facts = Vec::new();
        for question in questions {
            if !self.asked(scope, question) {
                continue;
            }
            self.set.push((question.id.clone(), scope.clone()));
            let shown = self
                .material
                .reading
                .shown(self.material.law, question, scope);
            if shown.is_empty() {
                continue;
            }
            if question.kind == QuestionKind::Table {
                if !facts.is_empty() {
                    self.blocks.push(Block::Facts(std::mem::take(&mut facts)));
                }
                let columns: Vec<(&str, u16)> = question
                    .columns
                    .iter()
                    .map(|c| (c.label.as_str(), 1))
                    .collect();
                let rows = self.material.reading.rows(question, scope);
                self.blocks.push(table(&question.short, &columns, rows));
            } else {
                facts.push((question.text.clone(), shown));
            }
        }
        if !facts.is_empty() {
            self.blocks.push(Block::Facts(facts));
        }
    }

    fn places(&self, each: Each) -> Vec<Scope> {
        let reading = self.material.reading;
        match each {
            Each::Record => vec![Scope::Record],
            Each::Party => reading
                .parties
                .iter()
                .map(|p| Scope::Party(p.id.to_string()))
                .collect(),
            Each::Flow => reading
                .content
                .flows
                .iter()
                .map(|f| Scope::Flow(f.id.clone()))
                .collect(),
        }
    }

    fn section_part(&mut self, part: &Part) {
        let form = &self.material.record_type.form;
        let Some(section) = part.section.as_deref().and_then(|id| form.section(id)) else {
            return;
        };
        let wanted: Vec<&Question> = section
            .questions
            .iter()
            .filter(|q| part.questions.is_empty() || part.questions.contains(&q.id))
            .collect();
        self.section(section, &wanted);
    }

    fn section(&mut self, section: &Section, questions: &[&Question]) {
        for scope in self.places(section.each) {
            let before = self.blocks.len();
            let name = self
                .material
                .reading
                .place_name(self.material.record_type, &scope);
            if !name.is_empty() {
                self.heading(2, name.as_str());
            }
            self.questions(questions, &scope);
            if self.blocks.len() == before + 1 && !name.is_empty() {
                self.blocks.pop();
            }
        }
    }

    fn matrix(&mut self, part: &Part) {
        let form = &self.material.record_type.form;
        let scopes = self.places(Each::Party);
        let questions: Vec<&Question> = part
            .questions
            .iter()
            .filter_map(|id| form.question(id))
            .map(|(_, question)| question)
            .filter(|question| scopes.iter().any(|scope| self.asked(scope, question)))
            .collect();
        if questions.is_empty() {
            return;
        }
        let mut rows = Vec::new();
        for scope in &scopes {
            let mut row = vec![
                self.material
                    .reading
                    .place_name(self.material.record_type, scope),
            ];
            for question in &questions {
                row.push(if self.asked(scope, question) {
                    self.set.push((question.id.clone(), scope.clone()));
                    let shown = self
                        .material
                        .reading
                        .shown(self.material.law, question, scope);
                    if shown.is_empty() {
                        "Not answered".to_owned()
                    } else {
                        shown.join("\n")
                    }
                } else {
                    "Not asked".to_owned()
                });
            }
            rows.push(row);
        }
        let mut columns = vec![("Party", 2)];
        columns.extend(questions.iter().map(|q| (q.short.as_str(), 3)));
        self.blocks.push(table(&part.heading, &columns, rows));
    }

    fn flows(&mut self) {
        for section in &self.material.record_type.form.sections {
            if section.each == Each::Flow {
                let questions: Vec<&Question> = section.questions.iter().collect();
                self.section(section, &questions);
            }
        }
    }

    fn prompts(&mut self) {
        let rows = self
            .view
            .prompts(self.material.today)
            .iter()
            .map(|prompt| {
                let place = self
                    .material
                    .reading
                    .place_name(self.material.record_type, &prompt.scope);
                let law: Vec<&str> = prompt
                    .rule
                    .provisions
                    .iter()
                    .filter_map(|id| self.material.law.provision(id))
                    .map(|p| p.title.as_str())
                    .collect();
                vec![
                    prompt.rule.id.clone(),
                    if place.is_empty() {
                        prompt.rule.prompt.clone()
                    } else {
                        format!("{place}: {}", prompt.rule.prompt)
                    },
                    law.join("; "),
                    met(&prompt.state),
                ]
            })
            .collect::<Vec<_>>();
        if rows.is_empty() {
            self.blocks.push(Block::Paragraph("Nothing.".to_owned()));
            return;
        }
        self.blocks.push(table(
            "What the law asks",
            &[
                ("Rule", 1),
                ("What it asks", 5),
                ("Law", 3),
                ("How it is met", 3),
            ],
            rows,
        ));
    }

    fn of_stage(&self, stage: Stage) -> Vec<&Line> {
        self.material
            .lines
            .iter()
            .copied()
            .filter(|l| l.stage == stage)
            .collect()
    }

    fn reviews(&mut self) {
        let rows: Vec<Vec<String>> = self
            .of_stage(Stage::Review)
            .into_iter()
            .map(|line| {
                let (decision, said) = decision(line);
                vec![
                    line.organisation_name.clone(),
                    capital(line.role.title()),
                    decision,
                    said,
                ]
            })
            .collect();
        if rows.is_empty() {
            self.blocks.push(Block::Paragraph(
                "Nobody has been asked to review this text yet.".to_owned(),
            ));
            return;
        }
        self.blocks.push(table(
            "Reviews",
            &[
                ("Party", 2),
                ("Reviewer", 2),
                ("Advice", 2),
                ("What was said", 5),
            ],
            rows,
        ));
    }

    fn sign_offs(&mut self) {
        let rows: Vec<Vec<String>> = self
            .of_stage(Stage::SignOff)
            .into_iter()
            .map(|line| {
                let (decision, said) = decision(line);
                vec![
                    line.organisation_name.clone(),
                    capital(line.role.title()),
                    [decision, said]
                        .into_iter()
                        .filter(|t| !t.is_empty())
                        .collect::<Vec<_>>()
                        .join("\n"),
                    line.digest.clone(),
                ]
            })
            .collect();
        if rows.is_empty() {
            self.blocks.push(Block::Paragraph(
                "Nobody has been asked to sign this text yet.".to_owned(),
            ));
            return;
        }
        self.blocks.push(table(
            "Sign-offs",
            &[
                ("Party", 2),
                ("Role", 2),
                ("Decision", 3),
                ("Digest of what was signed", 4),
            ],
            rows,
        ));
    }

    fn attachments(&mut self) {
        let form = &self.material.record_type.form;
        let rows: Vec<Vec<String>> = self
            .material
            .reading
            .attachments
            .iter()
            .map(|file| {
                let asked = form
                    .question(&file.question)
                    .map_or(file.question.as_str(), |(_, q)| &q.short);
                vec![
                    file.name.clone(),
                    asked.to_owned(),
                    size(file.size),
                    file.digest.clone(),
                ]
            })
            .collect();
        if rows.is_empty() {
            self.blocks.push(Block::Paragraph("None.".to_owned()));
            return;
        }
        self.blocks.push(table(
            "Attachments",
            &[
                ("File", 3),
                ("For", 2),
                ("Size", 1),
                ("Digest (SHA-256)", 4),
            ],
            rows,
        ));
    }

    /// Whatever the template did not place. A document that leaves out an answer would not be the
    /// text that was signed.
    fn rest(&mut self) {
        let mut facts = Vec::new();
        for section in &self.material.record_type.form.sections {
            for scope in self.places(section.each) {
                for question in &section.questions {
                    let place = (question.id.clone(), scope.clone());
                    if !self.asked(&scope, question) || self.set.contains(&place) {
                        continue;
                    }
                    let shown = self
                        .material
                        .reading
                        .shown(self.material.law, question, &scope);
                    if !shown.is_empty() {
                        let name = self
                            .material
                            .reading
                            .place_name(self.material.record_type, &scope);
                        let label = if name.is_empty() {
                            question.text.clone()
                        } else {
                            format!("{name}: {}", question.text)
                        };
                        facts.push((label, shown));
                    }
                }
            }
        }
        if !facts.is_empty() {
            self.heading(1, "Other answers");
            self.blocks.push(Block::Facts(facts));
        }
        let unasked = self
            .material
            .reading
            .unasked(self.material.record_type, self.view);
        if !unasked.is_empty() {
            self.heading(1, "Answers that are not asked for any more");
            self.blocks.push(Block::Facts(unasked));
        }
    }
}

fn fact(term: &str, said: impl Into<String>) -> (String, Vec<String>) {
    (term.to_owned(), vec![said.into()])
}

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

/// How a prompt is met, in words.
pub fn met(state: &PromptState) -> String {
    match state {
        PromptState::Open => "Open: not met yet".to_owned(),
        PromptState::ClearedByAnswer => "Met by the answers".to_owned(),
        PromptState::Shown => "For information".to_owned(),
        PromptState::Settled(settled) => {
            let how = match settled.how {
                How::NotApplicable => "Does not apply",
                How::Dismissed => "Considered and set aside",
            };
            format!("{how}: {}", settled.reason)
        }
    }
}

/// What was decided on a line, and everything said about it.
pub fn decision(line: &Line) -> (String, String) {
    match &line.state {
        LineState::Waiting => ("Not decided yet".to_owned(), String::new()),
        LineState::Superseded => (
            "Not decided; a newer version took its place".to_owned(),
            String::new(),
        ),
        LineState::Signed { by, at, .. } => {
            (format!("Signed by {by} on {}", moment(*at)), String::new())
        }
        LineState::Declined(said) => (
            format!("Declined by {} on {}", said.by, moment(said.at)),
            said.text.clone(),
        ),
        LineState::Reviewed {
            advice,
            said,
            answer,
            overruled,
        } => {
            let mut words = vec![format!("{} on {}.", said.by, moment(said.at))];
            if !said.text.is_empty() {
                words.push(said.text.clone());
            }
            if let (Advice::Conditions, Some(answer)) = (advice, answer) {
                words.push(format!(
                    "Answered by {} on {}: {}",
                    answer.by,
                    moment(answer.at),
                    answer.text
                ));
            }
            if let (Advice::Against, Some(over)) = (advice, overruled) {
                words.push(format!(
                    "Overruled by {} on {}: {}",
                    over.by,
                    moment(over.at),
                    over.text
                ));
            }
            (advice.words().to_owned(), words.join("\n"))
        }
    }
}

pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
