//! Answers to a reviewer's conditions. What was answered is sealed like the advice, by who leads, and before
//! anybody signs.

use serde_json::Value;

use crate::decision::Decided;
use crate::report::{Code, Outcome, Report};
use crate::{Body, Statement};

/// One line for each review with conditions that was answered or signed over, and one for each answer to nothing.
pub(crate) fn check(
    body: &Body,
    texts: &[Option<Value>],
    decided: &[Option<Decided>],
    report: &mut Report,
) {
    let all = || decided.iter().flatten().filter(|d| d.holds);
    let of_line = |outcome: &str, line: &str| {
        all()
            .map(|d| &d.statement)
            .find(|s| s.outcome == outcome && s.line == line)
    };
    for (place, one) in decided.iter().enumerate() {
        let Some(Decided { statement, .. }) = one else {
            continue;
        };
        let at = format!("decisions[{place}]");
        if statement.outcome == "answered" && of_line("conditions", &statement.line).is_none() {
            let said = "This answers conditions that are not in the file.".to_owned();
            report.found(Code::Answers, at, Err(said));
            continue;
        }
        if statement.outcome != "conditions" {
            continue;
        }
        let signed = all()
            .map(|d| &d.statement)
            .filter(|s| s.outcome == "signed" && s.version == statement.version)
            .map(|s| s.at)
            .min();
        match (of_line("answered", &statement.line), signed) {
            (Some(answer), _) => {
                let lead = body
                    .versions
                    .iter()
                    .zip(texts)
                    .find(|(version, _)| version.number == statement.version)
                    .and_then(|(_, text)| text.as_ref()?["lead"].as_str());
                report.found(Code::Answers, at, fits(statement, answer, lead, signed));
            }
            (None, Some(_)) => report.add(
                Outcome::NotChecked,
                Code::Answers,
                at,
                "How these conditions were answered is not in this file.",
            ),
            (None, None) => {}
        }
    }
}

fn fits(
    conditions: &Statement,
    answer: &Statement,
    lead: Option<&str>,
    signed: Option<i64>,
) -> Result<String, String> {
    if (answer.version, &answer.digest) != (conditions.version, &conditions.digest) {
        return Err("The answer to these conditions is about another text.".to_owned());
    }
    if lead.is_some_and(|lead| lead != answer.party.id) {
        return Err(format!(
            "{} answered these conditions, and does not lead the agreement.",
            answer.party.name
        ));
    }
    if answer.at < conditions.at || signed.is_some_and(|signed| signed < answer.at) {
        return Err(
            "The answer to these conditions was not given between them and the first signature."
                .to_owned(),
        );
    }
    Ok(format!("{} answered: {}", answer.party.name, answer.reason))
}
