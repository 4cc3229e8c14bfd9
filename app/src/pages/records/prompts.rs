//! What the law says about a record's answers, in words: severity, why it fired, what clears it.

use govuk::{Colour, Tag};
use maud::{Markup, html};
use packs::{
    Because, Derived, Law, Prompt, PromptState, QuestionKind, RecordType, Scope, Severity,
};
use serde_json::Value;

use crate::kernel::clock::moment;
use crate::kernel::phrases;
use crate::pages::records::full_text::{places, section_href};
use crate::records::Record;
use crate::records::answers::{answers_at, is_blank};

/// Everything prompts speak of by id.
pub struct Telling<'a> {
    pub record: &'a Record,
    pub record_type: &'a RecordType,
    pub law: &'a Law,
    /// Where questions of each kind are answered, with names: asked for with every reason of every prompt.
    places: [(packs::Each, Vec<(Scope, String)>); 3],
}

/// The severity in words, with its colour.
pub fn severity_tag(severity: Severity) -> Tag<'static> {
    match severity {
        Severity::Block => Tag::new("Blocks signing", Colour::Red),
        Severity::Must => Tag::new("Must be answered", Colour::Orange),
        Severity::Consider => Tag::new("Consider", Colour::Blue),
        Severity::Info => Tag::new("For information", Colour::Grey),
    }
}

impl<'a> Telling<'a> {
    pub fn of(record: &'a Record, record_type: &'a RecordType, law: &'a Law) -> Telling<'a> {
        let all = [packs::Each::Record, packs::Each::Party, packs::Each::Flow];
        Telling {
            places: all.map(|each| {
                (
                    each,
                    places(record_type, &record.content, &record.parties, each),
                )
            }),
            record,
            record_type,
            law,
        }
    }

    fn places(&self, each: packs::Each) -> &[(Scope, String)] {
        let of = self.places.iter().find(|(known, _)| *known == each);
        of.map_or(&[], |(_, places)| places)
    }

    /// The prompt as a card. `more` is what can be done with it.
    pub fn card(&self, prompt: &Prompt<'_>, id: Option<&str>, level: u8, more: Markup) -> Markup {
        let rule = prompt.rule;
        let class = match &prompt.state {
            PromptState::Open | PromptState::Shown => {
                format!("app-prompt app-prompt--{}", rule.severity.as_str())
            }
            _ => "app-prompt app-prompt--settled".to_owned(),
        };
        let heading = html! { (severity_tag(rule.severity)) " " (self.title(prompt)) };
        html! {
            div class=(class) id=[id] {
                @if level == 2 { h2 class="app-prompt__heading" { (heading) } }
                @else { h3 class="app-prompt__heading" { (heading) } }
                p class="govuk-body" { (rule.prompt) }
                @if let Some(clears) = &rule.clears {
                    p class="govuk-body" { strong { "What clears it: " } (clears) }
                }
                (self.state(prompt))
                @let reasons = self.because(prompt);
                @if !reasons.is_empty() {
                    p class="govuk-body govuk-!-margin-bottom-1" { "Shown because:" }
                    ul class="govuk-list govuk-list--bullet" { @for reason in reasons { li { (reason) } } }
                }
                (self.provisions(prompt))
                @if let Some(caution) = rule.caution(self.law) { p class="govuk-body-s" { (caution) } }
                (more)
            }
        }
    }

    /// What the prompt is about: its question, and the party or flow.
    pub fn title(&self, prompt: &Prompt<'_>) -> String {
        let about = prompt
            .rule
            .ask
            .iter()
            .find_map(|id| self.record_type.form.question(id));
        let about = about.map_or("The whole of it", |(_, question)| &question.short);
        match self.scope_name(&prompt.scope) {
            name if name.is_empty() => about.to_owned(),
            name => format!("{about}: {name}"),
        }
    }

    fn state(&self, prompt: &Prompt<'_>) -> Markup {
        match &prompt.state {
            PromptState::ClearedByAnswer => html! {
                p class="govuk-body" { strong { "Done: " } "your answers clear this." }
            },
            PromptState::Settled(settled) => html! {
                p class="govuk-body" {
                    strong { @match settled.how {
                        packs::How::NotApplicable => "Marked as not applying",
                        packs::How::Dismissed => "Set aside",
                    } }
                    " by " (settled.by) " on " (moment(settled.at)) ": " (settled.reason)
                }
            },
            _ => html! {},
        }
    }

    fn provisions(&self, prompt: &Prompt<'_>) -> Markup {
        let known = prompt
            .rule
            .provisions
            .iter()
            .filter_map(|id| self.law.provision(id));
        html! {
            @if !prompt.rule.provisions.is_empty() {
                p class="govuk-body-s" {
                    "The law: "
                    @for (place, provision) in known.enumerate() {
                        @if place > 0 { "; " }
                        a class="govuk-link" href=(format!("/law/provisions/{}", provision.id)) { (provision.title) }
                    }
                }
            }
        }
    }

    pub fn scope_name(&self, scope: &Scope) -> String {
        let each = match scope {
            Scope::Record => return String::new(),
            Scope::Party(_) => packs::Each::Party,
            Scope::Flow(_) => packs::Each::Flow,
        };
        let place = self.places(each).iter().find(|(known, _)| known == scope);
        place.map_or_else(|| scope.to_string(), |(_, name)| name.clone())
    }

    /// The answers that made it fire, in words. What was worked out is told only when nothing
    /// else is, since the answers behind it follow it.
    pub fn because(&self, prompt: &Prompt<'_>) -> Vec<Markup> {
        let told = |of_question: bool| -> Vec<Markup> {
            let wanted = prompt
                .because
                .iter()
                .filter(|b| of_question == (b.question.is_some() || b.answer.contains('.')));
            wanted
                .filter_map(|because| self.reason(because, &prompt.scope))
                .collect()
        };
        let answers = told(true);
        if answers.is_empty() {
            told(false)
        } else {
            answers
        }
    }

    fn reason(&self, because: &Because, scope: &Scope) -> Option<Markup> {
        let Some(id) = &because.question else {
            return self.fact(because).map(|text| html! { (text) });
        };
        let (_, question) = self.record_type.form.question(id)?;
        let value = self.value(question, &because.value);
        Some(html! {
            @match self.question_href(id, scope) {
                Some(href) => a class="govuk-link" href=(href) { (question.short) },
                None => (question.short),
            }
            ": " (value)
        })
    }

    fn value(&self, question: &packs::Question, value: &Value) -> String {
        if is_blank(value) {
            return "not answered".to_owned();
        }
        let items: Vec<String> = match question.kind {
            QuestionKind::Parties => self.texts(value, |id| self.kind_name(id)),
            QuestionKind::Gateways => self.texts(value, |id| {
                let power = self.law.power(id);
                power.map_or_else(|| id.to_owned(), |(_, power)| power.title.clone())
            }),
            QuestionKind::Files if value.as_str() == Some(&question.attached) => {
                vec!["attached".to_owned()]
            }
            QuestionKind::Files => vec!["nothing attached".to_owned()],
            _ => question.show(value),
        };
        let text = phrases::list(&items);
        match text.char_indices().nth(120) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }

    fn texts(&self, value: &Value, show: impl Fn(&str) -> String) -> Vec<String> {
        match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).map(show).collect(),
            single => single.as_str().map(show).into_iter().collect(),
        }
    }

    fn kind_name(&self, id: &str) -> String {
        let kind = self.law.kind(id);
        kind.map_or_else(|| id.replace('_', " "), |kind| kind.name.clone())
    }

    /// Facts about parties and flows, and answers that are worked out.
    fn fact(&self, because: &Because) -> Option<String> {
        let values = self.texts(&because.value, str::to_owned);
        let yes = values.iter().any(|value| value == "yes");
        Some(match because.answer.as_str() {
            "parties" | "parties.kind" => {
                let kinds = self.texts(&because.value, |id| self.kind_name(id));
                format!("Kinds of party: {}", phrases::list(&kinds))
            }
            "parties.public" if yes => "A party is a public body".to_owned(),
            "parties.public" => "No party is a public body".to_owned(),
            "parties.care" if yes => "A party is a health or care body".to_owned(),
            "parties.care" => "No party is a health or care body".to_owned(),
            "parties.registered" if yes => "A party uses this gateway".to_owned(),
            "parties.id" | "parties.registered" | "flows" | "flows.id" => return None,
            name => {
                let derived = self.record_type.derived.iter().find(|d| d.name == name)?;
                self.derived(derived, &values)
            }
        })
    }

    fn derived(&self, derived: &Derived, values: &[String]) -> String {
        let what = derived.text.as_deref().unwrap_or(&derived.name);
        let shown: Vec<String> = values.iter().map(|value| self.kind_name(value)).collect();
        match shown.as_slice() {
            [] => format!("{what}: none"),
            [one] if one == "yes" => what.to_owned(),
            [one] if one == "no" => format!("Not so: {what}"),
            many => format!("{what}: {}", phrases::list(many)),
        }
    }

    /// Where a question is answered: in the prompt's own scope, or else the first place where it
    /// has an answer.
    pub fn question_href(&self, id: &str, scope: &Scope) -> Option<String> {
        let (section, _) = self.record_type.form.question(id)?;
        let places = self.places(section.each);
        let answered = |place: &Scope| {
            answers_at(&self.record.content, place)
                .and_then(|answers| answers.get(id))
                .is_some_and(|value| !is_blank(value))
        };
        let place = places
            .iter()
            .find(|(place, _)| place == scope)
            .or_else(|| places.iter().find(|(place, _)| answered(place)))
            .or_else(|| places.first())?;
        let href = section_href(self.record.id.as_str(), section, &place.0);
        Some(format!("{href}#{id}"))
    }
}

/// Whether a prompt is shown at a place: not at another party's or another flow's.
pub fn is_shown_at(prompt: &Scope, place: &Scope) -> bool {
    match (prompt, place) {
        (Scope::Party(a), Scope::Party(b)) | (Scope::Flow(a), Scope::Flow(b)) => a == b,
        _ => true,
    }
}
