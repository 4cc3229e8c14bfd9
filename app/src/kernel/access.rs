//! The access policy: who may do what with a record. Nothing else decides this.
//!
//! `tests/snapshots/access_matrix.txt` prints all of it.

use std::collections::BTreeSet;

use packs::Role;

/// How the acting organisation stands to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It owns a record that has no other parties, such as its assurance statement.
    Owner,
    /// It leads the record.
    Lead,
    /// It is a party.
    Party,
    /// The owner took it into an agreement, or decided something on a version that names both.
    Partner,
    /// It was a party and signed, and has left.
    Former,
    Stranger,
}

impl Standing {
    pub const ALL: [Standing; 6] = [
        Standing::Owner,
        Standing::Lead,
        Standing::Party,
        Standing::Partner,
        Standing::Former,
        Standing::Stranger,
    ];

    /// It leads the record or owns it alone.
    pub fn leads(self) -> bool {
        matches!(self, Standing::Owner | Standing::Lead)
    }

    pub fn takes_part(self) -> bool {
        self.leads() || self == Standing::Party
    }
}

/// What the record's state allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The working text may change.
    Editable,
    /// A version is fixed and under review, sign-off or in force.
    Fixed,
    /// It has ended; it can only be read.
    Final,
}

impl Phase {
    pub const ALL: [Phase; 3] = [Phase::Editable, Phase::Fixed, Phase::Final];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read everything: answers, prompts, attachments, comments, reviews, history.
    See,
    /// Read the version in force of a statement that partners rely on.
    SeeInForce,
    /// Read fixed versions, with their reviews, sign-offs and documents. A party that has left keeps
    /// those it signed.
    SeeSigned,
    Comment,
    /// Change the answers, parties, flows and attachments, and settle prompts.
    Draft,
    /// Change one's own party's answers.
    DraftOwnPart,
    /// Decide a line of one's own organisation, in the role that the line asks for.
    Decide,
    /// Overrule one's own reviewer's advice.
    Overrule,
    /// Answer a reviewer's conditions.
    AnswerConditions,
    /// Bring in a party once the version is fixed.
    AddLateParty,
    /// Ask a party that does not use this gateway to sign, and name who does.
    AskExternal,
    /// Name somebody without an account who decides one line of one's own organisation.
    NameDecider,
    /// Decide what the public sees.
    Publish,
}

impl Action {
    pub const ALL: [Action; 13] = [
        Action::See,
        Action::SeeInForce,
        Action::SeeSigned,
        Action::Comment,
        Action::Draft,
        Action::DraftOwnPart,
        Action::Decide,
        Action::Overrule,
        Action::AnswerConditions,
        Action::AddLateParty,
        Action::AskExternal,
        Action::NameDecider,
        Action::Publish,
    ];

    /// Whether it changes nothing.
    pub fn only_reads(self) -> bool {
        matches!(self, Action::See | Action::SeeInForce | Action::SeeSigned)
    }

    /// What the person would need, for a refusal they can act on.
    pub fn needs(self) -> &'static str {
        match self {
            Action::See | Action::SeeInForce | Action::SeeSigned => {
                "a role in an organisation that takes part"
            }
            Action::Comment => "a role other than viewer or auditor",
            Action::Draft
            | Action::AnswerConditions
            | Action::AddLateParty
            | Action::AskExternal => "the author role in the organisation that leads",
            Action::DraftOwnPart => "the author role in the lead or in that party",
            Action::Decide => "the role in that party that the decision is asked of",
            Action::Overrule => "the senior officer role in that party",
            Action::NameDecider => "the administrator role in that party",
            Action::Publish => {
                "the author or data protection officer role in the organisation that leads"
            }
        }
    }
}

/// May a person with these roles, whose organisation stands like this, do this now?
pub fn may(action: Action, standing: Standing, roles: &BTreeSet<Role>, phase: Phase) -> bool {
    let takes_part = standing.takes_part() && !roles.is_empty();
    let leads = standing.leads();
    let any = |wanted: &[Role]| wanted.iter().any(|role| roles.contains(role));
    match action {
        Action::See => takes_part,
        Action::SeeInForce => takes_part || (standing == Standing::Partner && !roles.is_empty()),
        Action::SeeSigned => takes_part || (standing == Standing::Former && !roles.is_empty()),
        Action::Comment => {
            takes_part && phase != Phase::Final && roles.iter().any(|role| !role.only_reads())
        }
        // Administrators keep what their organisation says about itself; agreements are for authors.
        Action::Draft if standing == Standing::Owner => {
            phase == Phase::Editable && any(&[Role::Author, Role::Administrator])
        }
        Action::Draft => leads && phase == Phase::Editable && any(&[Role::Author]),
        Action::DraftOwnPart => takes_part && phase == Phase::Editable && any(&[Role::Author]),
        // Which of these roles, the line says.
        Action::Decide => {
            takes_part && phase == Phase::Fixed && roles.iter().any(|role| !role.only_reads())
        }
        Action::Overrule => takes_part && phase == Phase::Fixed && any(&[Role::SeniorOfficer]),
        Action::AnswerConditions | Action::AddLateParty | Action::AskExternal => {
            leads && phase == Phase::Fixed && any(&[Role::Author])
        }
        Action::NameDecider => takes_part && phase == Phase::Fixed && any(&[Role::Administrator]),
        // In every phase: what was published by mistake can be taken back after the end too.
        Action::Publish => leads && any(&[Role::Author, Role::DataProtectionOfficer]),
    }
}
