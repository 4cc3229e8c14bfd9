//! The review gate. Nothing can be signed, and no sign-off can be asked for, without an
//! [`OpenGate`], and only [`open`] makes one.

use jiff::civil::Date;
use packs::{PromptState, RecordType, Role, Scope, Severity, View};

use super::lines::{Advice, Line, LineState, Stage};
use super::store::PartyRow;

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

/// Opens the gate for a version, or says everything that keeps it shut.
///
/// `reviewed` are the parties whose reviewers this version needs: all registered ones, or the
/// one that joins. Whether each was asked is worked out from the answers again, so a missing line
/// keeps the gate shut as an undecided one does.
pub fn open(
    record_type: &RecordType,
    view: &View<'_>,
    reviewed: &[&PartyRow],
    lines: &[Line],
    version: i64,
    today: Date,
) -> Result<OpenGate, Vec<Obstacle>> {
    let mut obstacles = reviews(record_type, view, reviewed, lines, version);
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
    reviewed: &[&PartyRow],
    lines: &[Line],
    version: i64,
) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    for party in reviewed {
        for role in reviewers(record_type, view, party) {
            let line = lines.iter().find(|line| {
                line.version == version
                    && line.stage == Stage::Review
                    && line.organisation == party.id
                    && line.role == role
            });
            let organisation = party.name.clone();
            match line {
                None => obstacles.push(Obstacle::NotAsked { organisation, role }),
                Some(line) if line.is_settled() => {}
                Some(line) => obstacles.push(match &line.state {
                    LineState::Reviewed {
                        advice: Advice::Conditions,
                        ..
                    } => Obstacle::ConditionsUnanswered { organisation, role },
                    LineState::Reviewed { .. } => Obstacle::AdvisedAgainst { organisation, role },
                    _ => Obstacle::Undecided { organisation, role },
                }),
            }
        }
    }
    obstacles
}

/// Whose review a party's part needs. An external organisation uses no gateway, so has none.
pub fn reviewers(record_type: &RecordType, view: &View<'_>, party: &PartyRow) -> Vec<Role> {
    if !party.registered {
        return Vec::new();
    }
    let mut roles = record_type.review.clone();
    for role in view.reviewers(party.id.as_str()) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}
