//! The answers in a document: by section, by party, by flow, and whatever is left.

use documents::Block;
use packs::{Each, Part, Question, QuestionKind, Scope, Section};

use crate::records::document::{Setting, table};

impl Setting<'_> {
    pub(super) fn asked(&self, scope: &Scope, question: &Question) -> bool {
        !question.hidden && self.view.relevant(scope, question)
    }

    /// Facts of these questions at one place, tables set as tables.
    pub(super) fn questions(&mut self, questions: &[&Question], scope: &Scope) {
        let mut facts = Vec::new();
        for question in questions {
            if !self.asked(scope, question) {
                continue;
            }
            self.set.push((question.id.clone(), scope.clone()));
            let shown = self.reading.shown(question, scope);
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
                let rows = self.reading.rows(question, scope);
                self.blocks.push(table(&question.short, &columns, rows));
            } else {
                facts.push((question.text.clone(), shown));
            }
        }
        if !facts.is_empty() {
            self.blocks.push(Block::Facts(facts));
        }
    }

    pub(super) fn section_part(&mut self, part: &Part) {
        let form = &self.record_type.form;
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

    pub(super) fn section(&mut self, section: &Section, questions: &[&Question]) {
        for scope in self.reading.places(section.each) {
            let before = self.blocks.len();
            let name = self.place_name(&scope);
            if !name.is_empty() {
                self.heading(2, name.as_str());
            }
            self.questions(questions, &scope);
            if self.blocks.len() == before + 1 && !name.is_empty() {
                self.blocks.pop();
            }
        }
    }

    pub(super) fn matrix(&mut self, part: &Part) {
        let form = &self.record_type.form;
        let scopes = self.reading.places(Each::Party);
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
            let mut row = vec![self.place_name(scope)];
            for question in &questions {
                row.push(if self.asked(scope, question) {
                    self.set.push((question.id.clone(), scope.clone()));
                    let shown = self.reading.shown(question, scope);
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

    pub(super) fn flows(&mut self) {
        for section in &self.record_type.form.sections {
            if section.each == Each::Flow {
                let questions: Vec<&Question> = section.questions.iter().collect();
                self.section(section, &questions);
            }
        }
    }

    /// Whatever the template did not place. A document that leaves out an answer would not be the
    /// text that was signed.
    pub(super) fn rest(&mut self) {
        let mut facts = Vec::new();
        for section in &self.record_type.form.sections {
            for scope in self.reading.places(section.each) {
                for question in &section.questions {
                    let place = (question.id.clone(), scope.clone());
                    if !self.asked(&scope, question) || self.set.contains(&place) {
                        continue;
                    }
                    let shown = self.reading.shown(question, &scope);
                    if !shown.is_empty() {
                        let name = self.place_name(&scope);
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
        for (of_packs, heading) in [
            (false, "Answers that are not asked for any more"),
            (true, "Answers that no longer fit their question"),
        ] {
            let leftovers = self.reading.leftovers(self.record_type, of_packs);
            if !leftovers.is_empty() {
                self.heading(1, heading);
                self.blocks.push(Block::Facts(leftovers));
            }
        }
    }
}
