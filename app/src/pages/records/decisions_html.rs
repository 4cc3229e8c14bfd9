//! What was decided and what the law asks, as every reviewer and signer sees it.

use govuk::{Colour, Tag};
use maud::{Markup, html};
use packs::{Prompt, PromptState, RecordType, Scope, Severity};

use crate::kernel::clock::moment;
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::pages::records::answers::broken_lines;
use crate::records::document::met;
use crate::records::lines::{Advice, Line, LineState, Said, Stage};
use crate::records::presented_text::Reading;

/// Reviews, then sign-offs; with links to each where the record's pages are the reader's to see.
pub fn decisions(record: Option<&RecordId>, lines: &[&Line]) -> Markup {
    html! {
        @for (stage, heading, id) in [(Stage::Review, "Reviews", "reviews"), (Stage::SignOff, "Sign-offs", "sign-offs")] {
            @let of_stage: Vec<&&Line> = lines.iter().filter(|l| l.stage == stage).collect();
            @if !of_stage.is_empty() {
                h3 class="govuk-heading-m" id=(id) { (heading) }
                ul class="app-lines" { @for line in of_stage { (one(record, line)) } }
            }
        }
        @if lines.is_empty() { p class="govuk-body" { "No one has been asked yet." } }
    }
}

fn one(record: Option<&RecordId>, line: &Line) -> Markup {
    let whose = html! { (line.organisation_name) ": " (line.role.title()) };
    html! {
        li class="app-lines__line" {
            span class="app-lines__who" {
                @match record {
                    Some(record) => a class="govuk-link" href=(format!("/records/{record}/lines/{}", line.id)) { (whose) },
                    None => (whose),
                }
            }
            (tag(line))
            (said(line))
        }
    }
}

/// What a line says, as a tag.
pub fn tag(line: &Line) -> Markup {
    let (words, colour) = match &line.state {
        LineState::Waiting => ("Not decided yet", Colour::Yellow),
        LineState::Superseded => ("Replaced before a decision", Colour::Grey),
        LineState::Signed { .. } => ("Signed", Colour::Green),
        LineState::Declined(_) => ("Declined", Colour::Red),
        LineState::Reviewed {
            advice: Advice::Agrees,
            ..
        } => ("Agrees", Colour::Green),
        LineState::Reviewed {
            advice: Advice::Conditions,
            answer: Some(_),
            ..
        } => ("Agrees, conditions answered", Colour::Green),
        LineState::Reviewed {
            advice: Advice::Conditions,
            ..
        } => ("Agrees with conditions", Colour::Yellow),
        LineState::Reviewed {
            advice: Advice::Against,
            overruled: Some(_),
            ..
        } => ("Advised against, overruled", Colour::Orange),
        LineState::Reviewed {
            advice: Advice::Against,
            ..
        } => ("Advises against", Colour::Red),
    };
    html! { (Tag::new(words, colour)) }
}

/// Everything said on a line, by whom and when.
pub fn said(line: &Line) -> Markup {
    let note = |label: &str, said: &Said| {
        html! {
            p class="app-lines__note" {
                strong { (label) " " (said.by) }
                ", " (moment(said.at))
                @if !said.text.is_empty() { ": " (broken_lines(&said.text)) }
            }
        }
    };
    html! {
        @match &line.state {
            LineState::Signed { by, at, .. } => {
                p class="app-lines__note" {
                    (by) ", " (moment(*at)) ". Digest " span class="app-code app-break" { (line.digest) }
                }
            }
            LineState::Declined(said) => (note("Declined by", said)),
            LineState::Reviewed { said, answer, overruled, .. } => {
                (note("Said by", said))
                @if let Some(answer) = answer { (note("Conditions answered by", answer)) }
                @if let Some(over) = overruled { (note("Overruled by senior officer", over)) }
            }
            LineState::Waiting | LineState::Superseded => {}
        }
    }
}

/// Every prompt of its own law on a text, open ones first.
pub fn prompts(ctx: &Ctx, reading: &Reading) -> Result<Markup, Refusal> {
    let mut views = Vec::new();
    for text in reading.texts() {
        let record_type = text.record_type()?;
        views.push((text, record_type, text.view(record_type)));
    }
    let mut prompts = Vec::new();
    for (text, record_type, view) in &views {
        let own = view.prompts(ctx.now.today()).into_iter();
        // What a part is asked of the whole is asked of the whole already.
        let own = own.filter(|p| !text.is_part() || matches!(p.scope, Scope::Party(_)));
        prompts.extend(own.map(|prompt| Asked {
            text,
            record_type,
            prompt,
        }));
    }
    prompts.sort_by_key(|p| (!p.prompt.is_open(), p.prompt.rule.severity));
    let (open, rest): (Vec<_>, Vec<_>) = prompts.into_iter().partition(|p| p.prompt.is_open());
    let (settled, other): (Vec<_>, Vec<_>) = rest
        .into_iter()
        .partition(|p| matches!(p.prompt.state, PromptState::Settled(_)));
    Ok(html! {
        @if open.is_empty() && settled.is_empty() && other.is_empty() {
            p class="govuk-body" { "Nothing." }
        }
        @for (heading, prompts) in [("Open", &open), ("Set aside with a reason", &settled), ("Met, or for information", &other)] {
            @if !prompts.is_empty() {
                h3 class="govuk-heading-m" { (heading) " (" (prompts.len()) ")" }
                @for asked in prompts { (card(asked)) }
            }
        }
    })
}

/// A prompt with the text that it is about.
struct Asked<'a> {
    text: &'a Reading,
    record_type: &'a RecordType,
    prompt: Prompt<'a>,
}

fn card(asked: &Asked<'_>) -> Markup {
    let Asked {
        text,
        record_type,
        prompt,
    } = asked;
    let (words, colour, class) = match prompt.rule.severity {
        Severity::Block => ("Blocks signing", Colour::Red, "block"),
        Severity::Must => ("Must be answered", Colour::Orange, "must"),
        Severity::Consider => ("Consider", Colour::Blue, "consider"),
        Severity::Info => ("Information", Colour::Grey, "info"),
    };
    let class = if prompt.is_open() || prompt.state == PromptState::Shown {
        class
    } else {
        "settled"
    };
    let place = text.place_name(record_type, &prompt.scope);
    let law = text.law();
    html! {
        div class=(format!("app-prompt app-prompt--{class}")) {
            h4 class="app-prompt__heading" {
                (Tag::new(words, colour)) " " (prompt.rule.id)
                @if !place.is_empty() { ": " (place) }
            }
            p class="govuk-body" { (prompt.rule.prompt) }
            p class="govuk-body" { strong { (met(&prompt.state)) } }
            @if !prompt.rule.provisions.is_empty() {
                p class="govuk-body-s" {
                    "Law: "
                    @for (at, provision) in prompt.rule.provisions.iter().filter_map(|id| law.provision(id)).enumerate() {
                        @if at > 0 { "; " }
                        a class="govuk-link" href=(provision.link) rel="noreferrer" { (provision.title) }
                    }
                }
            }
        }
    }
}
