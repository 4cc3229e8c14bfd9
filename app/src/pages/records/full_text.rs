//! The whole of a record's content, to read: the working answers or those of a fixed version.

use govuk::{Action, SummaryCard, SummaryList, SummaryRow};
use maud::{Markup, html};
use packs::{Answers, Content, Each, Question, RecordType, Scope, Section, View};

use crate::pages::records::answers::Names;
use crate::pages::records::earlier_answers;
use crate::records::answers::{answers_at, flow_name};
use crate::records::leftovers::Leftover;
use crate::records::presented_text::Reading;
use crate::records::situation::scope_path;
use crate::records::store::PartyRow;

/// Every relevant question of a text with its answer, read only: by section, and within it by party
/// or flow.
pub fn whole_content(reading: &Reading, record_type: &RecordType, view: &View<'_>) -> Markup {
    let own: Vec<PartyRow> = reading.own_parties().cloned().collect();
    let names = Names {
        law: reading.law(),
        parties: &reading.parties,
        attachments: &reading.attachments,
        record: &reading.record,
    };
    let whole = Whole {
        record_type,
        view,
        content: &reading.content,
        names,
        leftovers: &[],
        may_change: &|_| false,
    };
    let sections = record_type.form.sections.iter();
    whole.sections(sections.map(|section| {
        let places = if section.each != Each::Party && reading.is_part() {
            Vec::new()
        } else {
            places(record_type, &reading.content, &own, section.each)
        };
        (section, places)
    }))
}

/// What is shown, and where a link to change an answer is offered.
pub struct Whole<'a> {
    pub record_type: &'a RecordType,
    pub view: &'a View<'a>,
    pub content: &'a Content,
    pub names: Names<'a>,
    /// Answers that do not count, of a working text.
    pub leftovers: &'a [Leftover],
    pub may_change: &'a dyn Fn(&Scope) -> bool,
}

impl Whole<'_> {
    pub fn show(&self) -> Markup {
        let sections = self.record_type.form.sections.iter();
        self.sections(sections.map(|section| {
            let places = places(
                self.record_type,
                self.content,
                self.names.parties,
                section.each,
            );
            (section, places)
        }))
    }

    fn sections<'s>(
        &self,
        sections: impl Iterator<Item = (&'s Section, Vec<(Scope, String)>)>,
    ) -> Markup {
        html! {
            @for (section, places) in sections {
                @let asked: Vec<_> = places.iter()
                    .map(|(scope, name)| (scope, name, self.asked(scope, section)))
                    .filter(|(.., questions)| !questions.is_empty())
                    .collect();
                @if !asked.is_empty() {
                    h2 class="govuk-heading-m" id=(format!("section-{}", section.id)) { (section.title) }
                    @for (scope, name, questions) in asked {
                        (self.list(section, scope, name, &questions))
                    }
                }
            }
        }
    }

    /// One section at one place.
    pub fn section(&self, section: &Section, scope: &Scope, name: &str) -> Markup {
        self.list(section, scope, name, &self.asked(scope, section))
    }

    fn asked<'q>(&self, scope: &Scope, section: &'q Section) -> Vec<&'q Question> {
        section
            .questions
            .iter()
            .filter(|question| !question.hidden && self.view.relevant(scope, question))
            .collect()
    }

    fn list(
        &self,
        section: &Section,
        scope: &Scope,
        name: &str,
        questions: &[&Question],
    ) -> Markup {
        let none = Answers::new();
        let answers = answers_at(self.content, scope).unwrap_or(&none);
        let may_change = (self.may_change)(scope);
        let rows = questions
            .iter()
            .map(|question| {
                let mut value = self.names.answer(question, answers).unwrap_or_else(|| {
                    html! { "Not answered" @if question.required { " yet: this is needed before review" } }
                });
                let before = earlier_answers::of_question(self.leftovers, scope, &question.id);
                if let Some(before) = before.first() {
                    value = html! { (value) (earlier_answers::before(before)) };
                }
                let mut row = SummaryRow::new(question.text.as_str(), value);
                if may_change {
                    let href = section_href(self.names.record, section, scope);
                    row.actions = vec![Action::new(
                        "Change",
                        format!("{href}#{}", question.id),
                        question.short.as_str(),
                    )];
                }
                row
            })
            .collect();
        html! {
            (SummaryList {
                rows,
                card: (!name.is_empty()).then(|| SummaryCard {
                    title: name.into(),
                    heading_level: 3,
                    ..SummaryCard::default()
                }),
                ..SummaryList::default()
            })
        }
    }
}

/// The page of a section, for one party or flow where it is asked of each.
pub fn section_href(record: &str, section: &Section, scope: &Scope) -> String {
    format!(
        "/records/{record}/sections/{}{}",
        section.id,
        scope_path(scope)
    )
}

/// Where a section is answered: once with no name, or once per party or flow with its name.
pub fn places(
    record_type: &RecordType,
    content: &Content,
    parties: &[PartyRow],
    each: Each,
) -> Vec<(Scope, String)> {
    match each {
        Each::Record => vec![(Scope::Record, String::new())],
        Each::Party => parties
            .iter()
            .map(|p| (Scope::Party(p.id.to_string()), p.name.clone()))
            .collect(),
        Each::Flow => content
            .flows
            .iter()
            .enumerate()
            .map(|(place, flow)| {
                let name = flow_name(record_type, flow, place);
                (Scope::Flow(flow.id.clone()), name)
            })
            .collect(),
    }
}
