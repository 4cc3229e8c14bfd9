//! A section of questions as a page: a form for those who may change it, or to read.

use std::collections::BTreeMap;

use axum::response::Response;
use govuk::{Button, Details, InsetText};
use maud::{Markup, html};
use packs::{Answers, Prompt, PromptState, Question, View};

use crate::kernel::access::Phase;
use crate::kernel::{Problem, Refusal};
use crate::pages::records::answers::Names;
use crate::pages::records::fields::FormFields;
use crate::pages::records::full_text::Whole;
use crate::pages::records::prompts::{Telling, is_shown_at};
use crate::pages::records::section::Typed;
use crate::pages::records::section_scope::Spot;
use crate::pages::records::{comments, earlier_answers, form_input};
use crate::records::Record;
use crate::records::answers::answers_at;
use crate::records::leftovers;
use crate::records::leftovers::Leftover;
use crate::records::versions;
use crate::records::versions::Attached;
use crate::web::{Fields, Sheet, Visit};

pub struct SectionPage<'a> {
    pub record: &'a Record,
    pub spot: &'a Spot<'a>,
    /// Absent when the page is shown from what is stored.
    pub typed: Option<Typed<'a>>,
    pub problems: Vec<Problem>,
    /// Questions that the last save made relevant.
    pub appeared: Vec<&'a str>,
}

impl SectionPage<'_> {
    pub async fn show(self, visit: &Visit) -> Result<Response, Refusal> {
        let record = self.record;
        let attached = versions::attached(visit, &record.id).await?;
        let view = record.view(visit)?;
        let names = Names {
            law: record.law(visit),
            parties: &record.parties,
            attachments: &attached,
            record: record.id.as_str(),
        };
        let leftovers = leftovers::of_record(visit, record, &attached).await?;
        let body = if record.may_draft(visit, self.spot.party()) {
            self.form(visit, &view, names, &attached, &leftovers)
                .await?
        } else {
            self.read_only(visit, &view, names, &leftovers)?
        };
        let caption = record.title.clone();
        Ok(visit.show(
            Sheet::new(self.spot.title(), body)
                .caption(caption)
                .back(format!("/records/{}", record.id))
                .problems(self.problems),
        ))
    }

    fn read_only(
        &self,
        visit: &Visit,
        view: &View<'_>,
        names: Names<'_>,
        leftovers: &[Leftover],
    ) -> Result<Markup, Refusal> {
        let whole = Whole {
            record_type: self.record.record_type(visit)?,
            view,
            content: &self.record.content,
            names,
            leftovers,
            may_change: &|_| false,
        };
        Ok(html! {
            (InsetText::new(match self.record.phase {
                Phase::Editable => "You can read this section. The authors of the organisation that leads can change it.",
                _ => "You can read this section. It cannot be changed now.",
            }))
            (whole.section(self.spot.section, &self.spot.scope, ""))
        })
    }

    async fn form(
        &self,
        visit: &Visit,
        view: &View<'_>,
        names: Names<'_>,
        attached: &[Attached],
        leftovers: &[Leftover],
    ) -> Result<Markup, Refusal> {
        let record = self.record;
        let none = Answers::new();
        let stored = answers_at(&record.content, &self.spot.scope).unwrap_or(&none);
        let mut fields = self
            .typed
            .as_ref()
            .map_or_else(Fields::default, |typed| typed.fields.clone());
        let typed_seen = |question: &Question| {
            let typed = self.typed.as_ref()?;
            typed.seen.get(question.id.as_str()).cloned()
        };
        let questions: Vec<(&Question, String)> = self
            .spot
            .section
            .questions
            .iter()
            .filter(|q| !q.hidden)
            .filter(|q| view.relevant(&self.spot.scope, q) || typed_seen(q).is_some())
            .map(|question| match typed_seen(question) {
                Some(seen) => (question, seen),
                None => {
                    form_input::fill(question, stored, &mut fields);
                    (question, form_input::seen(question, stored))
                }
            })
            .collect();
        let form = FormFields {
            names: Names {
                attachments: attached,
                ..names
            },
            fields: &fields,
            stored,
            problems: &self.problems,
        };
        let telling = Telling::of(record, record.record_type(visit)?, names.law);
        let ids: Vec<&str> = questions.iter().map(|(q, _)| q.id.as_str()).collect();
        let mut prompts = prompts_by_question(view.prompts(visit.now.today()), self.spot, &ids);
        let counts = comments::counts(visit, &record.id, self.spot.scope.as_str()).await?;
        let appeared: Vec<&Question> = questions
            .iter()
            .map(|(q, _)| *q)
            .filter(|q| self.appeared.contains(&q.id.as_str()))
            .collect();
        if questions.is_empty() {
            return Ok(html! {
                p class="govuk-body" { "Nothing is asked here, because of the other answers." }
            });
        }
        let inner = html! {
            // Pressing Enter in a field presses the first button.
            button type="submit" class="govuk-visually-hidden" tabindex="-1" aria-hidden="true" { "Save and continue" }
            @for (question, seen) in &questions {
                input type="hidden" name="seen" value=(format!("{}:{seen}", question.id));
                (earlier_answers::at_question(record, leftovers, &self.spot.scope, question, &fields))
                (form.question(question))
                (told_at(&telling, prompts.remove(question.id.as_str()).unwrap_or_default()))
                p class="govuk-body-s" {
                    a class="govuk-link govuk-link--no-visited-state" href=(format!(
                        "/records/{}/comments?question={}&scope={}", record.id, question.id, self.spot.scope
                    )) {
                        "Comment on this question"
                        span class="govuk-visually-hidden" { ": " (question.text) }
                    }
                    @if let Some(count) = counts.get(&question.id) { " (" (count) " so far)" }
                }
            }
            (Button::submit("Save and continue"))
            p class="govuk-body" {
                "You can leave questions empty and come back. "
                a class="govuk-link" href=(format!("/records/{}", record.id)) { "Go back without saving" }
            }
        };
        Ok(html! {
            @if !appeared.is_empty() {
                (InsetText::new(html! {
                    p class="govuk-body" { "Your answers were saved. Because of them there is more to ask here:" }
                    ul class="govuk-list govuk-list--bullet" {
                        @for question in appeared {
                            li { a class="govuk-link" href=(format!("#{}", question.id)) { (question.text) } }
                        }
                    }
                }))
            }
            @if let Some(intro) = &self.spot.section.intro { p class="govuk-body" { (intro) } }
            (visit.file_form(&self.spot.href(record), inner))
        })
    }
}

/// Each prompt once, at the first question of the page that it asks.
fn prompts_by_question<'a>(
    prompts: Vec<Prompt<'a>>,
    spot: &Spot<'_>,
    shown: &[&str],
) -> BTreeMap<String, Vec<Prompt<'a>>> {
    let mut by_question: BTreeMap<String, Vec<Prompt<'a>>> = BTreeMap::new();
    for prompt in prompts {
        if !is_shown_at(&prompt.scope, &spot.scope) {
            continue;
        }
        let first = shown
            .iter()
            .find(|id| prompt.rule.ask.iter().any(|ask| ask == *id));
        if let Some(id) = first {
            by_question
                .entry((*id).to_owned())
                .or_default()
                .push(prompt);
        }
    }
    by_question
}

fn told_at(telling: &Telling<'_>, prompts: Vec<Prompt<'_>>) -> Markup {
    let (open, done): (Vec<_>, Vec<_>) = prompts
        .into_iter()
        .partition(|p| matches!(p.state, PromptState::Open | PromptState::Shown));
    html! {
        @for prompt in &open { (telling.card(prompt, None, 2, html! {})) }
        @if !done.is_empty() {
            (Details::new(
                "What the law asked here is dealt with",
                html! { @for prompt in &done { (telling.card(prompt, None, 2, html! {})) } },
            ))
        }
    }
}
