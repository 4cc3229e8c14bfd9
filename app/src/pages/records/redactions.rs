//! Which passages are withheld, on which ground, and until when.

use axum::response::Response;
use govuk::{Button, DateInput, Label, Radio, Radios, Select, SelectItem, Size, Textarea};
use jiff::ToSpan as _;
use jiff::civil::Date;
use maud::html;

use crate::kernel::{Problem, Refusal};
use crate::pages::records::publish::Publishing;
use crate::pages::records::publish_form::choice_field;
use crate::records::publication::public_text::Said;
use crate::records::publication::{Choice, Ground, Withheld, passage_name};
use crate::web::{Fields, Posted, Visit};

/// The longest text about a ground.
pub const LONGEST: usize = 500;

/// Reads the passage that a form adds.
pub async fn add(
    posted: &Posted,
    publishing: &Publishing,
    choice: &Choice,
) -> Result<Withheld, Refusal> {
    let fields = &posted.fields;
    let what = fields.one("what").to_owned();
    let words = fields.one("words").trim().to_owned();
    let ground = Ground::parse(fields.one("ground"));
    let mut problems = Vec::new();
    if !offered(posted, publishing, choice)
        .await?
        .iter()
        .any(|(id, _)| *id == what)
    {
        problems.push(Problem::new("what", "Choose what is withheld"));
    }
    match ground {
        None => problems.push(Problem::new("ground", "Choose why it is withheld")),
        Some(Ground::Other) if words.is_empty() => {
            problems.push(Problem::new("words", "Say what the reason is"));
        }
        Some(_) => {}
    }
    if words.chars().count() > LONGEST {
        problems.push(Problem::new(
            "words",
            format!("The reason must be {LONGEST} characters or fewer"),
        ));
    }
    let today = posted.now.today();
    let latest = today.checked_add(5.years()).unwrap_or(today);
    let look_again = date(fields);
    match look_again {
        None => problems.push(Problem::new(
            "look-again-day",
            "Enter a real date, such as 27 3 2027",
        )),
        Some(day) if day <= today => {
            problems.push(Problem::new(
                "look-again-day",
                "The day must be in the future",
            ));
        }
        Some(day) if day > latest => {
            problems.push(Problem::new(
                "look-again-day",
                "Look at it again within 5 years",
            ));
        }
        Some(_) => {}
    }
    match (ground, look_again) {
        (Some(ground), Some(day)) if problems.is_empty() => Ok(Withheld {
            what,
            ground,
            words,
            look_again: day.to_string(),
        }),
        _ => Err(Refusal::Invalid(problems)),
    }
}

fn date(fields: &Fields) -> Option<Date> {
    let part = |name: &str| fields.one(&format!("look-again-{name}")).trim().to_owned();
    Date::new(
        part("year").parse().ok()?,
        part("month").parse().ok()?,
        part("day").parse().ok()?,
    )
    .ok()
}

/// What could be withheld: sections and questions that would be shown. The title is not among them:
/// the public can at least know that an agreement exists.
async fn offered(
    visit: &Visit,
    publishing: &Publishing,
    choice: &Choice,
) -> Result<Vec<(String, String)>, Refusal> {
    let reading = publishing.reading(visit).await?;
    let record_type = reading.record_type()?;
    let text = publishing.text(visit, choice).await?;
    let shown: Vec<&str> = text
        .passages
        .iter()
        .flat_map(|p| &p.items)
        .filter(|item| !matches!(item.said, Said::Withheld(_)))
        .filter_map(|item| item.what.strip_prefix("question:"))
        .collect();
    let mut offered = Vec::new();
    for section in &record_type.form.sections {
        let questions: Vec<_> = section
            .questions
            .iter()
            .filter(|q| {
                shown.contains(&q.id.as_str()) && Some(&q.id) != record_type.title_question.as_ref()
            })
            .collect();
        let holds_title = section
            .questions
            .iter()
            .any(|q| Some(&q.id) == record_type.title_question.as_ref());
        if !questions.is_empty() && !holds_title {
            offered.push((
                format!("section:{}", section.id),
                format!("All of “{}”", section.title),
            ));
        }
        offered.extend(questions.iter().map(|q| {
            (
                format!("question:{}", q.id),
                format!("{}: {}", section.title, q.short),
            )
        }));
    }
    Ok(offered)
}

pub async fn passages_page(
    visit: &Visit,
    publishing: &Publishing,
    choice: &Choice,
    typed: Option<&Fields>,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let reading = publishing.reading(visit).await?;
    let record_type = reading.record_type()?;
    let none = Fields::default();
    let typed = typed.unwrap_or(&none);
    let error = |field: &str| {
        problems
            .iter()
            .find(|p| p.field == field)
            .map(|p| p.message.as_str())
    };
    let mut items = vec![SelectItem::new("", "Choose a section or a question")];
    for (id, label) in offered(visit, publishing, choice).await? {
        items.push(SelectItem {
            selected: typed.one("what") == id,
            ..SelectItem::new(id, label)
        });
    }
    let body = html! {
        p class="govuk-body" { "Withhold as little as you can. The public sees that the passage is there, the ground, and when you look at it again." }
        (visit.form(&publishing.action(), html! {
            (choice_field(Some(choice)))
            @if !choice.withheld.is_empty() {
                h2 class="govuk-heading-m" { "Withheld so far" }
                ul class="govuk-list" {
                    @for (place, one) in choice.withheld.iter().enumerate() {
                        @let name = passage_name(record_type, &one.what).unwrap_or_else(|| one.what.clone());
                        li {
                            p class="govuk-body" { strong { (name) } ". " (one.sentence()) }
                            (Button {
                                name: "step",
                                value: &format!("remove-{place}"),
                                ..Button::secondary(html! { "Remove" span class="govuk-visually-hidden" { " " (name) } })
                            })
                        }
                    }
                }
                (Button { name: "step", value: "confirm", ..Button::submit("Continue") })
            }
            h2 class="govuk-heading-m" { @if choice.withheld.is_empty() { "Withhold a passage" } @else { "Withhold another passage" } }
            (Select { id: "what", name: "what", label: Label::sized("What is withheld?", Size::S), error: error("what"), items, ..Select::default() })
            (Radios {
                id: "ground",
                name: "ground",
                legend: Label::sized("Why?", Size::S),
                error: error("ground"),
                value: Some(typed.one("ground")),
                items: Ground::ALL.into_iter().map(|g| Radio::new(g.as_str(), g.words())).collect(),
                ..Radios::default()
            })
            (Textarea {
                id: "words",
                name: "words",
                label: Label::sized("More about the reason", Size::S),
                hint: Some("The public sees this. You need not write it, unless you chose another reason."),
                error: error("words"),
                value: typed.one("words"),
                rows: 3,
                ..Textarea::default()
            })
            (DateInput {
                id: "look-again",
                name: "look-again",
                legend: Label::sized("When will you look at it again?", Size::S),
                hint: Some("For example, 27 3 2027"),
                error: error("look-again-day"),
                day: typed.one("look-again-day"),
                month: typed.one("look-again-month"),
                year: typed.one("look-again-year"),
                ..DateInput::default()
            })
            (Button { name: "step", value: "add", ..Button::secondary("Withhold this passage") })
        }))
        @if choice.withheld.is_empty() {
            p class="govuk-body" { a class="govuk-link" href=(publishing.action()) { "Withhold nothing" } }
        }
    };
    Ok(visit.show(
        publishing
            .page("Withhold passages", body)
            .problems(problems),
    ))
}
