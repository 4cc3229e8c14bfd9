//! Workflows: states and moves between them. Guards and effects are a closed set; a pack
//! only arranges them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::fault::Place;
use crate::record_type::Role;

/// How a record of a type moves from draft to its end.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Workflow {
    pub initial: String,
    pub states: Vec<State>,
    pub moves: Vec<Move>,
}

impl Workflow {
    /// The state with this id.
    pub fn state(&self, id: &str) -> Option<&State> {
        self.states.iter().find(|state| state.id == id)
    }

    /// The move with this id.
    pub fn find_move(&self, id: &str) -> Option<&Move> {
        self.moves.iter().find(|a_move| a_move.id == id)
    }

    /// Whether a move that somebody makes binds: it asks for signatures, closes what was asked of others, starts or
    /// ends an effect, or ends the record.
    pub fn binds(&self, wanted: &Move) -> bool {
        let effects = [
            Effect::OpenSignOffs,
            Effect::CloseLines,
            Effect::TakeEffect,
            Effect::EndEffect,
        ];
        wanted.effects.iter().any(|effect| effects.contains(effect)) || self.ends(wanted)
    }

    /// Whether nothing leads on from where a move leads.
    pub fn ends(&self, wanted: &Move) -> bool {
        self.state(&wanted.to).is_some_and(|state| state.is_final)
    }

    /// The moves that leave a state.
    pub fn moves_from(&self, state: &str) -> impl Iterator<Item = &Move> {
        self.moves
            .iter()
            .filter(move |a_move| a_move.from.iter().any(|from| from == state))
    }
}

/// A state of a record.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    pub id: String,
    pub name: String,
    /// Colour of the tag.
    pub tag: String,
    pub editable: bool,
    #[serde(rename = "final")]
    pub is_final: bool,
    pub welsh: BTreeMap<String, String>,
    #[serde(skip)]
    pub(crate) place: Place,
}

impl State {
    /// A state that no pack has any more: nothing leads on from it.
    pub(crate) fn unknown(id: &str) -> State {
        State {
            id: id.to_owned(),
            name: id.to_owned(),
            tag: "grey".to_owned(),
            editable: false,
            is_final: true,
            welsh: BTreeMap::new(),
            place: Place::default(),
        }
    }
}

/// A way from one state to another.
#[derive(Clone, Debug, Serialize)]
pub struct Move {
    pub id: String,
    pub name: String,
    pub from: Vec<String>,
    pub to: String,
    pub by: Vec<Role>,
    pub of: Of,
    /// Made by the engine as soon as its guards hold.
    pub auto: bool,
    pub guards: Vec<Guard>,
    pub effects: Vec<Effect>,
    pub confirm: Option<String>,
    /// Asks for a reason.
    pub reason: bool,
    pub welsh: BTreeMap<String, String>,
    #[serde(skip)]
    pub(crate) place: Place,
}

/// Whose holder of the role may make the move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    Lead,
    Party,
}

impl Of {
    pub(crate) const ALL: [(&'static str, Of); 2] = [("lead", Of::Lead), ("party", Of::Party)];
}

/// What must hold before a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    SetupComplete,
    TwoParties,
    HasFlow,
    RequiredAnswered,
    ReviewsDecided,
    NoOpenBlocker,
    MustsSettled,
    SignedByEveryParty,
}

impl Guard {
    /// Every guard with its word in pack files.
    pub const ALL: [(&'static str, Guard); 8] = [
        ("setup_complete", Guard::SetupComplete),
        ("two_parties", Guard::TwoParties),
        ("has_flow", Guard::HasFlow),
        ("required_answered", Guard::RequiredAnswered),
        ("reviews_decided", Guard::ReviewsDecided),
        ("no_open_blocker", Guard::NoOpenBlocker),
        ("musts_settled", Guard::MustsSettled),
        ("signed_by_every_party", Guard::SignedByEveryParty),
    ];

    /// The word used in pack files.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, guard)| *guard == self)
            .map_or("", |(word, _)| word)
    }
}

/// What a move does besides changing the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    FixVersion,
    OpenReviews,
    CloseLines,
    OpenSignOffs,
    TakeEffect,
    EndEffect,
}

impl Effect {
    /// Every effect with its word in pack files.
    pub const ALL: [(&'static str, Effect); 6] = [
        ("fix_version", Effect::FixVersion),
        ("open_reviews", Effect::OpenReviews),
        ("close_lines", Effect::CloseLines),
        ("open_sign_offs", Effect::OpenSignOffs),
        ("take_effect", Effect::TakeEffect),
        ("end_effect", Effect::EndEffect),
    ];

    /// The word used in pack files.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, effect)| *effect == self)
            .map_or("", |(word, _)| word)
    }
}
