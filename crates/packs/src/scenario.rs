//! Scenarios: whole drafts with the prompts that must and must not fire.

use jiff::civil::Date;
use serde::Serialize;

use crate::content::Answers;
use crate::fault::Place;

/// One scenario, with the answers of its base already worked in.
#[derive(Clone, Debug, Serialize)]
pub struct Scenario {
    pub id: String,
    pub title: String,
    pub parties: String,
    pub purpose: String,
    pub note: String,
    /// Gateways an expert expects to see considered.
    pub expects: Vec<String>,
    pub date: Date,
    pub must_fire: Vec<String>,
    pub must_not_fire: Vec<String>,
    /// Nothing but `must_fire` may fire.
    pub only_fires: bool,
    /// The blockers left open, leaving out `ignore`; `None` where not stated.
    pub open_blockers: Option<Vec<String>>,
    pub ignore: Vec<String>,
    pub base: Option<String>,
    pub answers: Answers,
    #[serde(skip)]
    pub(crate) place: Place,
}
