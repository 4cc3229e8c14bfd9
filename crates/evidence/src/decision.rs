//! The checks on one decision.

use serde_json::Value;

use crate::note::Note;
use crate::report::{Code, Outcome, Report};
use crate::tree::{self, Checkpoint};
use crate::verify::Keys;
use crate::{
    Body, Decision, Hash, LoggedAct, Opening, Statement, VerifierKey, base64_of, openid, passkey,
};

/// A decision that could be read.
pub(crate) struct Decided {
    pub statement: Statement,
    /// Whether it is about this agreement, sealed and logged.
    pub holds: bool,
}

/// The time of the last decision in the file.
pub(crate) fn last_at(body: &Body) -> i64 {
    body.decisions
        .iter()
        .filter_map(|d| Statement::read(&Note::read(&d.note)?.text))
        .map(|statement| statement.at)
        .max()
        .unwrap_or(body.made_at)
}

pub(crate) fn check(
    body: &Body,
    place: usize,
    keys: &Keys<'_>,
    checkpoint: Option<&Checkpoint>,
    report: &mut Report,
) -> Option<Decided> {
    let decision = &body.decisions[place];
    let at = format!("decisions[{place}]");
    let read = Note::read(&decision.note)
        .and_then(|note| Statement::read(&note.text).map(|statement| (note, statement)));
    let Some((note, statement)) = read else {
        let said = "This is not a sealed statement of a decision.".to_owned();
        report.found(Code::About, at, Err(said));
        return None;
    };
    let before = report.checks.len();
    report.found(Code::About, at.as_str(), about(body, &statement));
    let key = keys
        .of(&statement.party.id, statement.at)
        .find(|key| note.sealed_by(key));
    report.found(
        Code::Seal,
        at.as_str(),
        match key {
            Some(key) => Ok(format!(
                "Sealed for {} with the key {key}.",
                statement.party.name
            )),
            None => Err(format!(
                "The statement was changed, or it is not sealed with a key of {} that was in use at the time.",
                statement.party.name
            )),
        },
    );
    report.found(
        Code::Logged,
        at.as_str(),
        logged(body, decision, &statement, &note.text, key, checkpoint)
            .map(|()| format!("Act {} of the log.", decision.act.sequence))
            .map_err(str::to_owned),
    );
    let holds = report.checks[before..]
        .iter()
        .all(|check| check.outcome == Outcome::Holds);
    who(decision, &statement, &at, report);
    proof(decision, &statement, &at, report);
    Some(Decided { statement, holds })
}

fn about(body: &Body, statement: &Statement) -> Result<String, String> {
    if statement.gateway != body.gateway {
        return Err("The decision was taken on another gateway.".into());
    }
    if statement.record != body.record.id {
        return Err(format!(
            "The decision is about another agreement, {}.",
            statement.record
        ));
    }
    let known = body
        .versions
        .iter()
        .any(|v| v.number == statement.version && v.digest == statement.digest);
    if !known {
        return Err(
            "The decision is about another text: its version and digest are not in the file."
                .into(),
        );
    }
    Ok(format!(
        "{}: {} {} version {}{}",
        statement.party.name,
        statement.role.replace('_', " "),
        outcome(&statement.outcome),
        statement.version,
        if statement.reason.is_empty() {
            ".".to_owned()
        } else {
            format!(": {}", statement.reason)
        }
    ))
}

fn outcome(outcome: &str) -> &str {
    match outcome {
        "agrees" => "agreed to",
        "conditions" => "agreed with conditions to",
        "against" => "advised against",
        "overruled" => "overruled the advice on",
        "answered" => "answered the conditions on",
        "signed" => "signed",
        "declined" => "declined",
        other => other,
    }
}

fn logged(
    body: &Body,
    decision: &Decision,
    statement: &Statement,
    text: &str,
    key: Option<&VerifierKey>,
    checkpoint: Option<&Checkpoint>,
) -> Result<(), &'static str> {
    let act = &decision.act;
    let said: Value =
        serde_json::from_str(&act.text).map_err(|_| "The act of the log cannot be read.")?;
    let detail = &said["detail"];
    let fits = said["kind"] == "decision.sealed"
        && said["subject"] == body.record.id.as_str()
        && said["organisation"] == statement.party.id.as_str()
        && said["at"] == statement.at
        && detail["line"] == statement.line.as_str()
        && detail["statement"] == Statement::digest(text).as_str();
    if !fits {
        return Err("The act of the log is about another statement.");
    }
    if key.is_none_or(|key| detail["key"] != key.to_string().as_str()) {
        return Err("The log names another key for this seal.");
    }
    in_log(act, checkpoint)
}

/// Whether an act is in the log at its place.
pub(crate) fn in_log(act: &LoggedAct, checkpoint: Option<&Checkpoint>) -> Result<(), &'static str> {
    let checkpoint = checkpoint.ok_or("There is no checkpoint that holds.")?;
    let place = u64::try_from(act.sequence).map_err(|_| "The act has no place in the log.")?;
    let salt: Hash = base64_of(&act.salt).ok_or("The salt of the act is not 32 bytes.")?;
    let path = act
        .path
        .iter()
        .map(|hash| base64_of(hash))
        .collect::<Option<Vec<Hash>>>()
        .ok_or("The way to the root is not made of hashes.")?;
    let leaf = tree::leaf(&salt, &act.text);
    if tree::root(place, checkpoint.size, leaf, &path) != Some(checkpoint.root) {
        return Err(
            "The act is not in the log at this place: act, salt, place, way or checkpoint was changed.",
        );
    }
    Ok(())
}

fn opens(opening: &Opening, commitment: &str) -> bool {
    opening.commitment().as_deref() == Some(commitment)
}

fn who(decision: &Decision, statement: &Statement, at: &str, report: &mut Report) {
    match &decision.who {
        None => report.add(
            Outcome::NotChecked,
            Code::Who,
            at,
            "The name of the person is not in this file.",
        ),
        Some(opening) => report.found(
            Code::Who,
            at,
            match opening.value.as_str() {
                Some(name) if opens(opening, &statement.who) => Ok(format!("Decided by {name}.")),
                _ => Err("The name is not the one the sealed statement is bound to.".into()),
            },
        ),
    }
}

fn proof(decision: &Decision, statement: &Statement, at: &str, report: &mut Report) {
    let mut not_checked = |said: &str| report.add(Outcome::NotChecked, Code::Proof, at, said);
    match (&statement.proof, &decision.proof) {
        (None, None) => {
            not_checked("The person was signed in, and was not asked for a credential again.");
        }
        (Some(_), None) => not_checked("How the person was authenticated is not in this file."),
        (None, Some(_)) => report.found(
            Code::Proof,
            at,
            Err("The sealed statement is bound to no proof, but one is in the file.".into()),
        ),
        (Some(commitment), Some(opening)) => {
            let found = if opens(opening, commitment) {
                authenticated(&opening.value, statement)
            } else {
                Err("The proof is not the one the sealed statement is bound to.".into())
            };
            report.found(Code::Proof, at, found);
        }
    }
}

/// Somebody without an account. What the gateway says of them, and no more.
fn by_link(proof: &Value) -> String {
    let named_by = proof["named_by"].as_str().unwrap_or("an organisation");
    let sent = match (proof["by_mail"] == true, proof["sent_to"].as_str()) {
        (true, Some(address)) => format!("a link sent to {address}"),
        _ => format!("a link that {named_by} handed over"),
    };
    format!(
        "The gateway says that {named_by} named this person, who has no account, and that they used {sent} \
         and a code given to them apart from it. This is the gateway’s word."
    )
}

fn authenticated(proof: &Value, statement: &Statement) -> Result<String, String> {
    match proof["credential"].as_str() {
        Some("password") if proof["totp"] == true || proof["recovery_code"] == true => {
            Ok("The gateway says that the person gave their password and a code. This is the gateway’s word.".into())
        }
        Some("password") => {
            Ok("The gateway says that the person gave their password. This is the gateway’s word.".into())
        }
        Some("one_time_link") => Ok(by_link(proof)),
        Some("passkey") => passkey::check(proof, statement)
            .map(|site| format!("A passkey signed this decision on this text, on {site}. This is the device’s own signature."))
            .map_err(|fault| format!("The passkey’s signature does not hold: {fault}.")),
        Some("openid") => openid::check(proof, statement)
            .map(|issuer| format!("A sign-in at {issuer} is bound to this decision on this text. That the provider signed it is the gateway’s word: its keys are not in this file."))
            .map_err(|fault| format!("The sign-in at the provider does not hold: {fault}.")),
        _ => Err("The kind of credential is not known.".into()),
    }
}
