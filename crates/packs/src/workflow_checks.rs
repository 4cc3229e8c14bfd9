//! Checks of a workflow: every state can be reached and left, and nobody can sign what was
//! not reviewed.

use std::collections::BTreeSet;

use crate::fault::{Faults, Place, suggest};
use crate::record_type::Parties;
use crate::workflow::{Effect, Guard, Move, Workflow};

pub(crate) fn check(workflow: &Workflow, place: &Place, parties: Parties, faults: &mut Faults) {
    states(workflow, place, faults);
    reach(workflow, faults);
    if parties == Parties::Many {
        for opening in workflow
            .moves
            .iter()
            .filter(|m| m.effects.contains(&Effect::OpenSignOffs))
        {
            review_gate(workflow, opening, faults);
        }
    }
}

fn states(workflow: &Workflow, place: &Place, faults: &mut Faults) {
    let known: Vec<&str> = workflow
        .states
        .iter()
        .map(|state| state.id.as_str())
        .collect();
    let unknown = |id: &str, place: &Place, faults: &mut Faults| {
        if !id.is_empty() && !known.contains(&id) {
            faults.add(
                place,
                format!("There is no state \"{id}\""),
                suggest(id, known.iter().copied()),
            );
        }
    };
    unknown(&workflow.initial, place, faults);
    let mut seen = BTreeSet::new();
    let states = workflow
        .states
        .iter()
        .map(|state| ("state", &state.id, &state.place));
    let moves = workflow
        .moves
        .iter()
        .map(|a_move| ("move", &a_move.id, &a_move.place));
    for (what, id, place) in states.chain(moves) {
        if !seen.insert((what, id)) {
            faults.add(
                place,
                format!("The {what} \"{id}\" is there twice"),
                "Give one of them another id",
            );
        }
    }
    for a_move in &workflow.moves {
        if a_move.from.is_empty() {
            faults.add(
                &a_move.place,
                format!("The move \"{}\" starts nowhere", a_move.id),
                "Add from = [\"…\"]",
            );
        }
        a_move
            .from
            .iter()
            .for_each(|id| unknown(id, &a_move.place, faults));
        unknown(&a_move.to, &a_move.place, faults);
        for from in &a_move.from {
            if workflow.state(from).is_some_and(|state| state.is_final) {
                faults.add(
                    &a_move.place,
                    format!(
                        "The move \"{}\" leaves \"{from}\", which is final",
                        a_move.id
                    ),
                    "Take final = true from the state, or the state from the move",
                );
            }
        }
    }
}

/// Unreachable states and dead ends.
fn reach(workflow: &Workflow, faults: &mut Faults) {
    let reached = reached(workflow, &workflow.initial, |_| true);
    for state in &workflow.states {
        if !reached.contains(state.id.as_str()) {
            faults.add(
                &state.place,
                format!("No move leads to the state \"{}\"", state.id),
                "Add a move to it, or take it out",
            );
        }
        if !state.is_final && workflow.moves_from(&state.id).next().is_none() {
            faults.add(
                &state.place,
                format!(
                    "The state \"{}\" is a dead end: no move leaves it",
                    state.id
                ),
                "Add a move from it, or mark it final = true",
            );
        }
    }
}

fn reached<'w>(
    workflow: &'w Workflow,
    from: &'w str,
    allowed: impl Fn(&Move) -> bool,
) -> BTreeSet<&'w str> {
    let mut reached = BTreeSet::from([from]);
    let mut waiting = vec![from];
    while let Some(state) = waiting.pop() {
        for a_move in workflow.moves_from(state).filter(|a_move| allowed(a_move)) {
            if reached.insert(&a_move.to) {
                waiting.push(&a_move.to);
            }
        }
    }
    reached
}

/// Sign-off opens only behind the guards of the review, and only where every way there has
/// fixed the version and opened the reviews.
fn review_gate(workflow: &Workflow, opening: &Move, faults: &mut Faults) {
    for guard in [
        Guard::ReviewsDecided,
        Guard::NoOpenBlocker,
        Guard::MustsSettled,
    ] {
        if !opening.guards.contains(&guard) {
            faults.add(
                &opening.place,
                format!(
                    "The move \"{}\" opens the sign-off without the guard \"{}\"",
                    opening.id,
                    guard.as_str()
                ),
                format!("Add \"{}\" to its guards", guard.as_str()),
            );
        }
    }
    let reviewed = |a_move: &Move| {
        a_move.effects.contains(&Effect::FixVersion)
            && a_move.effects.contains(&Effect::OpenReviews)
    };
    let unreviewed = reached(workflow, &workflow.initial, |a_move| !reviewed(a_move));
    // A state that can be edited undoes the review, so a way from it counts as unreviewed too.
    let edited = workflow.states.iter().filter(|state| state.editable);
    let mut open = unreviewed;
    for state in edited {
        open.extend(reached(workflow, &state.id, |a_move| !reviewed(a_move)));
    }
    if let Some(from) = opening
        .from
        .iter()
        .find(|from| open.contains(from.as_str()))
    {
        faults.add(
            &opening.place,
            format!(
                "The move \"{}\" can open the sign-off from \"{from}\" without a review before it",
                opening.id
            ),
            "Let every way to it pass a move with the effects fix_version and open_reviews",
        );
    }
}
