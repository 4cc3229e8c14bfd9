//! Cases as JSON, in the shape of the published test vectors, and what their clocks say as JSON.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Due, Missed};
use crate::evaluate::evaluate;
use crate::explain::{Explanation, explain};
use crate::holidays::{Holiday, Holidays};
use crate::london::{London, Refused};
use crate::names::keys_used;
use crate::read_case::{self, Read};
use crate::rule::Rule;
use crate::rules::Rules;

/// Cases, to be evaluated.
#[derive(Clone, Debug)]
pub struct CaseFile {
    cases: Vec<Map<String, Value>>,
    /// What holds for every case that does not say it itself.
    common: Map<String, Value>,
}

/// What cannot be read, each with the id of its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub Vec<String>);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Unreadable {}

/// What the clock of one case says.
#[derive(Clone, Debug)]
pub struct Evaluated<'r> {
    /// The case's id.
    pub id: String,
    /// For programs.
    pub result: Value,
    /// For people; a time that must be asked again has its own words.
    pub explanation: Explanation,
    /// The rule by which it was counted.
    pub rule: Option<&'r Rule>,
    /// What the case says that its clock does not use.
    pub not_used: Vec<String>,
}

impl CaseFile {
    /// Reads `{"vectors": [{"id", "clock", …}]}`. `extra_holidays` and `as_of` may stand beside the list, for all cases.
    ///
    /// # Errors
    /// Not JSON, not of this shape, a case without an id or clock, or an id given twice.
    pub fn read(text: &str) -> Result<CaseFile, Unreadable> {
        let one = |fault: String| Unreadable(vec![fault]);
        let whole: Value =
            serde_json::from_str(text).map_err(|e| one(format!("This is not JSON: {e}")))?;
        let Value::Object(mut common) = whole else {
            return Err(one("This is not an object with \"vectors\"".to_owned()));
        };
        let Some(Value::Array(cases)) = common.remove("vectors") else {
            return Err(one("There is no list \"vectors\"".to_owned()));
        };
        let mut read: Vec<Map<String, Value>> = Vec::new();
        let mut faults = Vec::new();
        let mut ids = std::collections::BTreeSet::new();
        for (at, case) in cases.into_iter().enumerate() {
            let place = at + 1;
            let Value::Object(case) = case else {
                faults.push(format!("Case {place} is not an object"));
                continue;
            };
            for key in ["id", "clock"] {
                if !case.get(key).is_some_and(Value::is_string) {
                    faults.push(format!("Case {place} has no text \"{key}\""));
                }
            }
            if let Some(id) = case.get("id").and_then(Value::as_str)
                && !ids.insert(id.to_owned())
            {
                faults.push(format!("{id}: this id is there twice"));
            }
            read.push(case);
        }
        if !faults.is_empty() {
            return Err(Unreadable(faults));
        }
        Ok(CaseFile {
            cases: read,
            common,
        })
    }

    /// One case by itself.
    pub fn of(case: Map<String, Value>) -> CaseFile {
        CaseFile {
            cases: vec![case],
            common: Map::new(),
        }
    }

    /// What each case's clock says, in the order of the file.
    ///
    /// # Errors
    /// Every case that cannot be read, with the reason; then nothing is evaluated.
    pub fn evaluate<'r>(
        &self,
        rules: &'r Rules,
        holidays: &Holidays,
        london: &London,
    ) -> Result<Vec<Evaluated<'r>>, Unreadable> {
        let (mut done, mut faults) = (Vec::new(), Vec::new());
        for case in &self.cases {
            let mut case = case.clone();
            for key in ["extra_holidays", "as_of"] {
                if let (None, Some(common)) = (case.get(key), self.common.get(key)) {
                    case.insert(key.to_owned(), common.clone());
                }
            }
            let id = case["id"].as_str().unwrap_or_default().to_owned();
            match evaluate_case(&id, &case, rules, holidays, london) {
                Ok(evaluated) => done.push(evaluated),
                Err(fault) => faults.push(format!("{id}: {fault}")),
            }
        }
        if faults.is_empty() {
            Ok(done)
        } else {
            Err(Unreadable(faults))
        }
    }
}

fn evaluate_case<'r>(
    id: &str,
    case: &Map<String, Value>,
    rules: &'r Rules,
    holidays: &Holidays,
    london: &London,
) -> Result<Evaluated<'r>, String> {
    let clock = case["clock"].as_str().unwrap_or_default();
    let of_clock: Vec<&Rule> = rules.iter().filter(|rule| rule.id == clock).collect();
    if of_clock.is_empty() {
        return Err(format!("there is no clock \"{clock}\""));
    }
    let added;
    let holidays = match case.get("extra_holidays") {
        None | Some(Value::Null) => holidays,
        Some(extra) => {
            added = with_extra(holidays, extra)?;
            &added
        }
    };
    let facts = match read_case::facts(case, &of_clock, london)? {
        Read::Facts(facts) => facts,
        Read::Refused(refused) => return Ok(refuse(id, refused)),
    };
    let (answer, rule) =
        evaluate(rules, clock, &facts, holidays, london).map_err(|fault| fault.0)?;
    let explanation = explain(rule, &answer);
    let not_used: Vec<String> = rule.map_or_else(Vec::new, |rule| {
        let used = keys_used(rule);
        let keys = case.keys().filter(|key| !used.contains(key));
        keys.cloned().collect()
    });
    let mut result = result(&answer, rule);
    result.insert("explanation".into(), json!(explanation.sentence));
    result.insert("steps".into(), json!(explanation.steps));
    if !not_used.is_empty() {
        result.insert("not_used".into(), json!(not_used));
    }
    Ok(Evaluated {
        id: id.to_owned(),
        result: Value::Object(result),
        explanation,
        rule,
        not_used,
    })
}

fn refuse<'r>(id: &str, refused: Refused) -> Evaluated<'r> {
    Evaluated {
        id: id.to_owned(),
        result: json!({ "refused": refused.as_str() }),
        explanation: Explanation {
            sentence: refused.words().to_owned(),
            steps: Vec::new(),
        },
        rule: None,
        not_used: Vec::new(),
    }
}

/// The holidays with the days that a case adds: `[{"division", "date", "title"}]`.
fn with_extra(holidays: &Holidays, extra: &Value) -> Result<Holidays, String> {
    let wrong = || "extra_holidays is a list of objects with division, date and title".to_owned();
    let mut all = holidays.clone();
    for day in extra.as_array().ok_or_else(wrong)? {
        let text = |key: &str| day[key].as_str().ok_or_else(wrong);
        let date = read_case::date(text("date")?)
            .ok_or_else(|| format!("extra_holidays: {} is no date", day["date"]))?;
        let holiday = Holiday {
            title: text("title")?.to_owned(),
            note: String::new(),
        };
        all.add(text("division")?, date, &holiday)
            .map_err(|unknown| format!("extra_holidays: {unknown}"))?;
    }
    Ok(all)
}

fn result(answer: &Answer, rule: Option<&Rule>) -> Map<String, Value> {
    let mut out = Map::new();
    match answer {
        Answer::Due(due) => due_result(due, rule, &mut out),
        Answer::Moment(moment) => {
            let due = moment.due.strftime("%Y-%m-%dT%H:%M%:z").to_string();
            out.insert("due".into(), json!(due));
            out.insert("due_utc".into(), json!(utc(moment.due.timestamp())));
        }
        Answer::Paused(paused) => {
            let (state, reason) = match &paused.missed {
                Missed::Standing(reason) => ("paused", reason),
                Missed::Waiting(reason) => ("waiting", reason),
            };
            out.insert("state".into(), json!(state));
            out.insert("due".into(), Value::Null);
            out.insert(
                "due_if_answered_today".into(),
                json!(paused.due_if_answered_today),
            );
            out.insert("since".into(), json!(reason.since));
            late(&paused.late_questions, &mut out);
        }
        Answer::NoDuty { reason } => {
            out.insert("due".into(), Value::Null);
            out.insert("reason".into(), json!(reason));
        }
    }
    out
}

fn due_result(due: &Due, rule: Option<&Rule>, out: &mut Map<String, Value>) {
    let name = rule.map_or("due", |rule| rule.result.as_str());
    out.insert(name.to_owned(), json!(due.day));
    out.insert("closes_utc".into(), json!(utc(due.closes)));
    let mut some = |name: &str, day: Option<Date>| {
        if let Some(day) = day {
            out.insert(name.to_owned(), json!(day));
        }
    };
    some("nominal", due.nominal);
    some("target", due.target);
    if let Some(extension) = rule.and_then(Rule::extension) {
        some(&extension.result, due.tell_by);
    }
    for part in &due.parts {
        out.insert(part.result.clone(), json!(part.day));
    }
    if let Some(days) = due.days_not_counted {
        out.insert("days_not_counted".into(), json!(days));
    }
    if let Some(skipped) = &due.skipped {
        let skipped: Vec<Value> = skipped
            .iter()
            .map(|skipped| json!({ "date": skipped.day, "title": skipped.holiday.title }))
            .collect();
        out.insert("skipped".into(), Value::Array(skipped));
    }
    late(&due.late_questions, out);
    if let Some((first, last)) = due.beyond_known {
        out.insert(
            "holidays_known".into(),
            json!({ "from": first, "until": last }),
        );
    }
}

fn late(questions: &[Date], out: &mut Map<String, Value>) {
    if !questions.is_empty() {
        out.insert("late_question_ignored".into(), json!(true));
        out.insert("late_questions".into(), json!(questions));
    }
}

/// "2026-12-21T16:30:00Z".
fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
