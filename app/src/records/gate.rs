//! The review gate. Nothing can be signed, and no sign-off can be asked for, without an
//! [`OpenGate`], and only [`open`] makes one.

use std::collections::BTreeSet;

use jiff::civil::Date;
use packs::{Law, PromptState, RecordType, Role, Scope, Severity, View};

use crate::records::lines::{Advice, Line, LineState, Stage};
use crate::records::versions::{Issued, VersionParty, VersionText};

/// Proof that every review of a version is settled and the law has no open objection.
#[derive(Debug)]
pub struct OpenGate(());

/// One thing that keeps the gate shut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// This reviewer has no line on this version.
    NotAsked {
        organisation: String,
        role: Role,
    },
    Undecided {
        organisation: String,
        role: Role,
    },
    ConditionsUnanswered {
        organisation: String,
        role: Role,
    },
    AdvisedAgainst {
        organisation: String,
        role: Role,
    },
    Blocker {
        rule: String,
        prompt: String,
        scope: Scope,
    },
    Must {
        rule: String,
        prompt: String,
        scope: Scope,
    },
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Obstacle::NotAsked { organisation, role } => {
                write!(
                    f,
                    "{organisation}: its {} has not been asked to review this version",
                    role.title()
                )
            }
            Obstacle::Undecided { organisation, role } => {
                write!(
                    f,
                    "{organisation}: its {} has not decided yet",
                    role.title()
                )
            }
            Obstacle::ConditionsUnanswered { organisation, role } => {
                write!(
                    f,
                    "{organisation}: the conditions of its {} are not answered",
                    role.title()
                )
            }
            Obstacle::AdvisedAgainst { organisation, role } => write!(
                f,
                "{organisation}: its {} advises against, and no senior officer of {organisation} has overruled that",
                role.title()
            ),
            Obstacle::Blocker { prompt, .. } => write!(f, "The law blocks signing: {prompt}"),
            Obstacle::Must { prompt, .. } => write!(f, "The law asks for an answer: {prompt}"),
        }
    }
}

/// Proof that every party that must sign a version has signed it.
#[derive(Debug)]
pub struct AllSigned(());

/// Opens the gate for what was issued, or says everything that keeps it shut.
///
/// It reads the issued text, the lines and the law of the day, and nothing else: what a party has become
/// since the text was issued opens nothing. Whether each reviewer was asked is worked out from the text again,
/// so a missing line keeps the gate shut as an undecided one does. And whoever was asked keeps it shut until
/// they have answered or the line is closed.
pub fn open(
    record_type: &RecordType,
    law: &Law,
    issued: &Issued,
    lines: &[Line],
    today: Date,
) -> Result<OpenGate, Vec<Obstacle>> {
    let view = issued.view(record_type, law);
    let mut obstacles = reviews(record_type, &view, issued, lines);
    for prompt in view.prompts(today) {
        if prompt.state != PromptState::Open {
            continue;
        }
        let (rule, text, scope) = (
            prompt.rule.id.clone(),
            prompt.rule.prompt.clone(),
            prompt.scope,
        );
        match prompt.rule.severity {
            Severity::Block => obstacles.push(Obstacle::Blocker {
                rule,
                prompt: text,
                scope,
            }),
            Severity::Must => obstacles.push(Obstacle::Must {
                rule,
                prompt: text,
                scope,
            }),
            Severity::Consider | Severity::Info => {}
        }
    }
    if obstacles.is_empty() {
        Ok(OpenGate(()))
    } else {
        Err(obstacles)
    }
}

fn reviews(
    record_type: &RecordType,
    view: &View<'_>,
    issued: &Issued,
    lines: &[Line],
) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    let mut needed = BTreeSet::new();
    for party in &issued.text.parties {
        for role in reviewers(record_type, view, party) {
            let line = lines.iter().find(|line| {
                line.version == issued.text.number
                    && line.stage == Stage::Review
                    && line.organisation.as_str() == party.id
                    && line.role == role
            });
            match line {
                None => obstacles.push(Obstacle::NotAsked {
                    organisation: party.name.clone(),
                    role,
                }),
                Some(line) => {
                    needed.insert(&line.id);
                    obstacles.extend(unsettled(line));
                }
            }
        }
    }
    let asked = lines.iter().filter(|line| {
        line.stage == Stage::Review
            && !line.closed
            && issued.awaits(line.version)
            && !needed.contains(&line.id)
    });
    obstacles.extend(asked.filter_map(unsettled));
    obstacles
}

/// What a review line keeps the gate shut with.
fn unsettled(line: &Line) -> Option<Obstacle> {
    if line.is_settled() {
        return None;
    }
    let (organisation, role) = (line.organisation_name.clone(), line.role);
    Some(match &line.state {
        LineState::Reviewed {
            advice: Advice::Conditions,
            ..
        } => Obstacle::ConditionsUnanswered { organisation, role },
        LineState::Reviewed { .. } => Obstacle::AdvisedAgainst { organisation, role },
        _ => Obstacle::Undecided { organisation, role },
    })
}

/// Whose review a party's part needs. An external organisation uses no gateway, so has none.
pub fn reviewers(record_type: &RecordType, view: &View<'_>, party: &VersionParty) -> Vec<Role> {
    if !party.registered {
        return Vec::new();
    }
    let mut roles = record_type.review.clone();
    for role in view.reviewers(&party.id) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

/// Whether every party that uses the gateway, as the text says it, has signed this very version in every role
/// that signs. Where nobody signs, nobody has.
pub fn all_signed(
    record_type: &RecordType,
    text: &VersionText,
    lines: &[Line],
) -> Option<AllSigned> {
    let signed = |party: &VersionParty, role: &Role| {
        lines.iter().any(|line| {
            line.version == text.number
                && line.organisation.as_str() == party.id
                && line.stage == Stage::SignOff
                && line.role == *role
                && line.is_signed()
        })
    };
    let roles = &record_type.sign_off;
    let mut deciders = text.deciders().peekable();
    let all = deciders.peek().is_some()
        && !roles.is_empty()
        && deciders.all(|party| roles.iter().all(|role| signed(party, role)));
    all.then_some(AllSigned(()))
}
