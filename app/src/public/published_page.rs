//! The public text as a page and as a document.

use documents::{Block, Document};
use maud::{Markup, html};

use crate::records::document::{parts_of, table};
use crate::records::publication::public_text::{PublicText, Said};

impl PublicText {
    /// The answers, for the public page and for the preview before it.
    pub fn show(&self) -> Markup {
        html! {
            @for passage in &self.passages {
                h3 class="govuk-heading-m" { (passage.heading) }
                dl class="govuk-summary-list" {
                    @for item in &passage.items {
                        div class="govuk-summary-list__row" {
                            dt class="govuk-summary-list__key" { (item.label) }
                            dd class="govuk-summary-list__value" { (item.said.show()) }
                        }
                    }
                }
            }
        }
    }

    /// The public text as a document.
    pub fn document(&self, made_at: i64) -> Document {
        let heading = |level: u8, text: &str| Block::Heading {
            level,
            text: text.to_owned(),
        };
        let mut blocks = vec![
            heading(1, "Parties"),
            table(
                "Parties",
                &[("Party", 3), ("Kind", 2)],
                self.parties
                    .iter()
                    .map(|p| vec![p.name.clone(), p.kind.clone()])
                    .collect(),
            ),
        ];
        for passage in &self.passages {
            blocks.push(heading(1, &passage.heading));
            let mut facts = Vec::new();
            for item in &passage.items {
                match &item.said {
                    Said::Lines(lines) => facts.push((item.label.clone(), lines.clone())),
                    Said::Withheld(withheld) => {
                        facts.push((item.label.clone(), vec![withheld.sentence()]))
                    }
                    Said::Table(columns, rows) => {
                        if !facts.is_empty() {
                            blocks.push(Block::Facts(std::mem::take(&mut facts)));
                        }
                        let columns: Vec<(&str, u16)> =
                            columns.iter().map(|c| (c.as_str(), 1)).collect();
                        blocks.push(table(&item.label, &columns, rows.clone()));
                    }
                }
            }
            if !facts.is_empty() {
                blocks.push(Block::Facts(facts));
            }
        }
        let mut decided = |title: &str, on: &str, none: &str, who: &[(String, String)]| {
            blocks.push(heading(1, title));
            if who.is_empty() {
                blocks.push(Block::Paragraph(none.to_owned()));
                return;
            }
            blocks.push(table(
                title,
                &[("Organisation", 3), (on, 2)],
                who.iter()
                    .map(|(name, day)| vec![name.clone(), day.clone()])
                    .collect(),
            ));
        };
        decided(
            "Who reviewed it",
            "Reviewed on",
            "No review of this text is recorded.",
            &self.reviewed,
        );
        decided(
            "Who has signed",
            "Signed on",
            "No one has signed this text.",
            &self.signed,
        );
        Document {
            title: self.title.clone(),
            subtitle: Some(format!("Information sharing agreement, as published: {}", self.status().to_lowercase())),
            language: "en-GB".to_owned(),
            author: self.lead.clone(),
            reference: self.record.clone(),
            version: self.version.to_string(),
            digest: Some(self.digest.clone()),
            made_at: parts_of(made_at),
            draft: false,
            notice: vec![
                "What this document says about the law is information, not legal advice.".to_owned(),
                if self.is_signed() {
                    "The digest is of the whole text that was signed. This is the part of it that is published."
                } else {
                    "The digest is of the whole text, which no one has signed. This is the part of it that is published."
                }
                .to_owned(),
            ],
            address: None,
            attached: None,
            blocks,
        }
    }
}

impl Said {
    fn show(&self) -> Markup {
        html! {
            @match self {
                Said::Lines(lines) => { @for line in lines { p class="govuk-body" { (line) } } }
                Said::Withheld(withheld) => p class="govuk-body" { em { (withheld.sentence()) } },
                Said::Table(columns, rows) => {
                    table class="govuk-table" {
                        thead class="govuk-table__head" {
                            tr class="govuk-table__row" { @for c in columns { th class="govuk-table__header" scope="col" { (c) } } }
                        }
                        tbody class="govuk-table__body" {
                            @for row in rows { tr class="govuk-table__row" { @for cell in row { td class="govuk-table__cell" { (cell) } } } }
                        }
                    }
                }
            }
        }
    }
}
