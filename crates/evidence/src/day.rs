//! What stood on a day: which version of an agreement was in force, and what the public register said of
//! it, each from the acts that say so.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bounds::{self, Budget};
use crate::bundle::read;
use crate::decision::in_log;
use crate::report::{Code, Outcome, Report};
use crate::tree::Checkpoint;
use crate::verify::{Given, Keys, Origin, origin};
use crate::{Key, LoggedAct, RecordName, Unreadable, canonical, digest};

pub(crate) const FORMAT: &str = "aldgate-day-v1";

/// The whole file, stored as RFC 8785 canonical JSON and in no other form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayFile {
    pub body: DayBody,
    /// A signed note by the log's key over [`DayFile::seal_text`].
    pub seal: String,
}

/// What the gateway says, and what it says it from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayBody {
    /// `aldgate-day-v1`.
    pub format: String,
    /// The log's name, such as `gateway.example.org/log`.
    pub gateway: String,
    /// When the file was made: UTC microseconds.
    pub made_at: i64,
    pub record: RecordName,
    /// The day asked about (YYYY-MM-DD), as the gateway's clocks have it.
    pub day: String,
    /// The end of that day: the first UTC microsecond that is no longer part of it.
    pub until: i64,
    /// The version in force then; absent where there was none.
    pub in_force: Option<InForce>,
    /// The register's item then; absent where it was not in the register.
    pub published: Option<Value>,
    /// Every act that changed either, from the first to the first after that day.
    pub acts: Vec<LoggedAct>,
    /// A checkpoint of the log that covers every act here.
    pub checkpoint: String,
    pub keys: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InForce {
    pub version: i64,
    /// SHA-256 of the version's text, in hexadecimal.
    pub digest: String,
}

impl DayFile {
    /// Reads a file, and refuses every form but the canonical one.
    pub fn read(bytes: &[u8]) -> Result<DayFile, Unreadable> {
        let budget = Budget::new();
        let file: DayFile = read(bytes, &budget)?;
        bounds::items(file.body.acts.len())?;
        bounds::keys(&file.body.keys)?;
        for act in &file.body.acts {
            budget.count(act.text.as_bytes())?;
        }
        if file.body.format != FORMAT {
            let said = format!("its format is “{}”", file.body.format);
            return Err(Unreadable::Shape(said));
        }
        Ok(file)
    }

    /// The file, in canonical form.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical(self)
    }

    /// What the gateway seals: four lines, each ended by a line feed.
    pub fn seal_text(body: &DayBody) -> String {
        format!(
            "{FORMAT}\n{}\n{}\n{}\n",
            body.gateway,
            body.record.id,
            digest(&canonical(body))
        )
    }
}

/// An act that could be read.
struct Said {
    kind: String,
    at: i64,
    sequence: i64,
    detail: Value,
}

pub(crate) fn check(file: &DayFile, given: &Given, report: &mut Report) {
    let body = &file.body;
    report.title = body.record.title.clone();
    report.record = body.record.id.clone();
    report.about = format!("as of {}", body.day);
    let acts: Vec<Option<Said>> = body.acts.iter().map(said).collect();
    let from = Origin {
        gateway: &body.gateway,
        made_at: body.made_at,
        last: acts
            .iter()
            .flatten()
            .map(|act| act.at)
            .max()
            .unwrap_or(body.made_at),
        checkpoint: &body.checkpoint,
        keys: Keys::read(&body.keys),
    };
    let checkpoint = origin(&from, &file.seal, &DayFile::seal_text(body), given, report);
    for (place, (act, read)) in body.acts.iter().zip(&acts).enumerate() {
        let found = logged(body, act, read.as_ref(), checkpoint.as_ref());
        report.found(
            Code::Act,
            format!("acts[{place}]"),
            found
                .map(|()| format!("Act {} of the log.", act.sequence))
                .map_err(str::to_owned),
        );
    }
    let version = |detail: &Value| match (detail["version"].as_i64(), detail["digest"].as_str()) {
        (Some(version), Some(digest)) => json_of(version, digest),
        _ => Value::Null,
    };
    let in_force = body
        .in_force
        .as_ref()
        .map_or(Value::Null, |f| json_of(f.version, &f.digest));
    let item = body.published.as_ref();
    let item = item.map_or(Value::Null, |item| digest(&canonical(item)).into());
    let chain = |kind: &str| -> Vec<&Said> {
        let acts = acts.iter().flatten();
        acts.filter(|act| act.kind == kind).collect()
    };
    stood(
        Code::InForce,
        "in_force",
        &chain("record.in_force"),
        body.until,
        &in_force,
        &version,
        report,
    );
    stood(
        Code::Published,
        "published",
        &chain("register.entry"),
        body.until,
        &item,
        &|d| d["item"].clone(),
        report,
    );
}

fn json_of(version: i64, digest: &str) -> Value {
    format!("version {version}, digest {digest}").into()
}

fn said(act: &LoggedAct) -> Option<Said> {
    let said: Value = serde_json::from_str(&act.text).ok()?;
    Some(Said {
        kind: said["kind"].as_str()?.to_owned(),
        at: said["at"].as_i64()?,
        sequence: act.sequence,
        detail: said["detail"].clone(),
    })
}

fn logged(
    body: &DayBody,
    act: &LoggedAct,
    read: Option<&Said>,
    checkpoint: Option<&Checkpoint>,
) -> Result<(), &'static str> {
    let said: Value = serde_json::from_str(&act.text).unwrap_or_default();
    let known =
        read.is_some_and(|s| ["record.in_force", "register.entry"].contains(&s.kind.as_str()));
    if !known || said["subject"] != body.record.id.as_str() {
        return Err("The act is about something else.");
    }
    in_log(act, checkpoint)
}

/// Whether the acts of one kind, numbered from 1, give this answer at the end of the day.
fn stood(
    code: Code,
    place: &str,
    acts: &[&Said],
    until: i64,
    answer: &Value,
    of: &dyn Fn(&Value) -> Value,
    report: &mut Report,
) {
    let numbered = acts
        .iter()
        .zip(1..)
        .all(|(act, number)| act.detail["number"] == number);
    let rising = acts.is_sorted_by(|a, b| a.sequence < b.sequence && a.at <= b.at);
    if !numbered || !rising {
        let said = "The acts that say so are not numbered from 1 and in order: one was left out or put in.";
        report.found(code, place, Err(said.to_owned()));
        return;
    }
    let before = acts.iter().rfind(|act| act.at < until);
    let after = acts.iter().find(|act| act.at >= until);
    if before.map_or(Value::Null, |act| of(&act.detail)) != *answer {
        let said = "The acts say something else than the file.";
        report.found(code, place, Err(said.to_owned()));
        return;
    }
    let what = match (answer.as_str(), before) {
        (Some(what), Some(act)) => {
            format!("At the end of the day: {what}, by act {}.", act.sequence)
        }
        (_, Some(act)) => format!("At the end of the day: no longer, by act {}.", act.sequence),
        (_, None) => "At the end of the day: not yet.".to_owned(),
    };
    match after {
        Some(next) => {
            let said = format!(
                "{what} The next change is act {}, after that day.",
                next.sequence
            );
            report.found(code, place, Ok(said));
        }
        None if before.is_some() => {
            let said = format!(
                "{what} No later change is in the file: that there was none is the gateway’s word."
            );
            report.found(code, place, Ok(said));
        }
        None => {
            let said =
                format!("{what} The file holds no act about it: that is the gateway’s word.");
            report.add(Outcome::NotChecked, code, place, said);
        }
    }
}
