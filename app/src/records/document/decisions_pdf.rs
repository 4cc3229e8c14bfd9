//! What was decided on a text, and what the law asks of it, in a document's words.

use documents::Block;
use packs::{How, Mark, PromptState};

use crate::kernel::clock::moment;
use crate::records::answers::size;
use crate::records::document::{Setting, capital, table};
use crate::records::lines::{Advice, Line, LineState, Stage};

impl Setting<'_> {
    pub(super) fn prompts(&mut self) {
        let rows = self
            .view
            .prompts(self.material.today)
            .iter()
            .map(|prompt| {
                let place = self.place_name(&prompt.scope);
                let law: Vec<String> = prompt
                    .rule
                    .provisions
                    .iter()
                    .filter_map(|id| self.reading.law().provision(id))
                    .map(|p| match p.checking.mark {
                        Mark::Unchecked => format!("{} (not yet checked)", p.title),
                        Mark::Read | Mark::SecondHand => p.title.clone(),
                    })
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

    pub(super) fn of_stage(&self, stage: Stage) -> Vec<&Line> {
        self.material
            .lines
            .iter()
            .copied()
            .filter(|l| l.stage == stage)
            .collect()
    }

    pub(super) fn reviews(&mut self) {
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
        self.decisions_table(
            "No one has been asked to review this text yet.",
            "Reviews",
            &[
                ("Party", 2),
                ("Reviewer", 2),
                ("Advice", 2),
                ("What was said", 5),
            ],
            rows,
        );
    }

    /// What was decided as a table, or in words that no one was asked.
    fn decisions_table(
        &mut self,
        unasked: &str,
        caption: &str,
        columns: &[(&str, u16)],
        rows: Vec<Vec<String>>,
    ) {
        self.blocks.push(if rows.is_empty() {
            Block::Paragraph(unasked.to_owned())
        } else {
            table(caption, columns, rows)
        });
    }

    pub(super) fn sign_offs(&mut self) {
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
        self.decisions_table(
            "No one has been asked to sign this text yet.",
            "Sign-offs",
            &[
                ("Party", 2),
                ("Role", 2),
                ("Decision", 3),
                ("Digest of what was signed", 4),
            ],
            rows,
        );
    }

    pub(super) fn attachments(&mut self) {
        let form = &self.record_type.form;
        let rows: Vec<Vec<String>> = self
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
            format!(
                "{how} by {} on {}: {}",
                settled.by,
                moment(settled.at),
                settled.reason
            )
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
