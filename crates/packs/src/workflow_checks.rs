//! Checks of a workflow: every state can be reached and left, and nobody can sign what was
//! not reviewed.

use std::collections::BTreeSet;

use crate::fault::{Faults, Place, suggest};
use crate::record_type::{Parties, Role};
use crate::workflow::{Effect, Guard, Move, Workflow};

/// The colours of tags in the Design System.
const TAGS: [&str; 9] = [
    "grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow",
];

/// What the type says that a workflow has to agree with.
#[derive(Clone, Copy)]
pub(crate) struct Governed {
    pub parties: Parties,
    pub flows: bool,
    /// Whether anybody reviews, always or in some cases.
    pub reviews: bool,
    pub signs: bool,
}

pub(crate) fn check(workflow: &Workflow, place: &Place, governed: Governed, faults: &mut Faults) {
    states(workflow, place, faults);
    reach(workflow, faults);
    begins(workflow, faults);
    for a_move in &workflow.moves {
        effects(a_move, governed, faults);
        guards(workflow, a_move, governed, faults);
    }
    versions(workflow, faults);
    if governed.signs && !workflow.moves.iter().any(opens_sign_offs) {
        faults.add(
            place,
            "The type has sign_off, but no move asks anyone to sign",
            "Add \"open_sign_offs\" to the effects of a move, or take sign_off out of type.toml",
        );
    }
    if governed.parties == Parties::Many {
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

fn opens_sign_offs(a_move: &Move) -> bool {
    a_move.effects.contains(&Effect::OpenSignOffs)
}

/// Whoever writes a record can take it on, and every state is one thing.
fn begins(workflow: &Workflow, faults: &mut Faults) {
    for state in &workflow.states {
        if state.is_final && state.editable {
            faults.add(
                &state.place,
                format!("The state \"{}\" is final and can be edited", state.id),
                "Take final = true or editable = true out",
            );
        }
        if !TAGS.contains(&state.tag.as_str()) {
            faults.add(
                &state.place,
                format!("\"{}\" is not the colour of a tag", state.tag),
                suggest(&state.tag, TAGS),
            );
        }
    }
    let Some(initial) = workflow.state(&workflow.initial) else {
        return;
    };
    let writes = [Role::Author, Role::Administrator];
    let mut leaving = workflow.moves_from(&initial.id).peekable();
    if leaving.peek().is_some()
        && !leaving.any(|m| m.auto || m.by.iter().any(|role| writes.contains(role)))
    {
        faults.add(
            &initial.place,
            format!(
                "No one who writes a record can take it out of its first state, \"{}\"",
                initial.id
            ),
            "Add \"author\" or \"administrator\" to the by of a move from it",
        );
    }
}

/// Each effect has what it works on, in its order.
fn effects(a_move: &Move, governed: Governed, faults: &mut Faults) {
    let at = |effect: Effect| a_move.effects.iter().position(|known| *known == effect);
    let mut fault = |what: String, cure: &str| faults.add(&a_move.place, what, cure);
    let id = &a_move.id;
    let fixes = at(Effect::FixVersion);
    if a_move.auto && a_move.guards.is_empty() {
        fault(
            format!("The move \"{id}\" is made by the engine, and nothing guards it"),
            "Add guards = [\"…\"], or by = [\"author\"] in place of auto = true",
        );
    }
    if let Some(opens) = at(Effect::OpenReviews) {
        if fixes.is_none_or(|fixes| fixes > opens) {
            fault(
                format!("The move \"{id}\" opens reviews of no version"),
                "Put \"fix_version\" before \"open_reviews\" in its effects",
            );
        }
        if !governed.reviews {
            fault(
                format!("The move \"{id}\" opens reviews, and no one reviews this type"),
                "Add review = [\"data_protection_officer\"] to type.toml, or take \"open_reviews\" out",
            );
        }
    }
    if let Some(opens) = at(Effect::OpenSignOffs) {
        if fixes.is_some_and(|fixes| fixes > opens) {
            fault(
                format!("The move \"{id}\" asks for signatures before it fixes the version"),
                "Put \"fix_version\" before \"open_sign_offs\" in its effects",
            );
        }
        if !governed.signs {
            fault(
                format!("The move \"{id}\" asks for signatures, and no one signs this type"),
                "Add sign_off = [\"senior_officer\"] to type.toml, or take \"open_sign_offs\" out",
            );
        }
    }
    if governed.signs && at(Effect::TakeEffect).is_some() {
        if fixes.is_some() {
            fault(
                format!("The move \"{id}\" puts a version into force that no one can have signed"),
                "Fix the version in an earlier move, and let it be signed in between",
            );
        }
        if !a_move.guards.contains(&Guard::SignedByEveryParty) {
            fault(
                format!(
                    "The move \"{id}\" takes effect without the guard \"signed_by_every_party\", and the type is signed"
                ),
                "Add \"signed_by_every_party\" to its guards",
            );
        }
    }
}

/// Each guard can be met.
fn guards(workflow: &Workflow, a_move: &Move, governed: Governed, faults: &mut Faults) {
    let made = |effect: Effect| workflow.moves.iter().any(|m| m.effects.contains(&effect));
    for guard in &a_move.guards {
        let (stuck, cure) = match guard {
            Guard::ReviewsDecided if !made(Effect::OpenReviews) => (
                "no move opens reviews",
                "Add \"open_reviews\" to the effects of an earlier move",
            ),
            Guard::SignedByEveryParty if !governed.signs => (
                "no one signs this type",
                "Add sign_off = [\"senior_officer\"] to type.toml, or take the guard out",
            ),
            Guard::HasFlow if !governed.flows => (
                "this type has no data flows",
                "Add flows = true to type.toml, or take the guard out",
            ),
            Guard::TwoParties if governed.parties == Parties::Owner => (
                "this type has one party only",
                "Set parties = \"many\" in type.toml, or take the guard out",
            ),
            _ => continue,
        };
        faults.add(
            &a_move.place,
            format!(
                "The move \"{}\" waits for \"{}\", but {stuck}",
                a_move.id,
                guard.as_str()
            ),
            cure,
        );
    }
}

/// What is about a version comes after one was fixed, on every way.
fn versions(workflow: &Workflow, faults: &mut Faults) {
    let unfixed = reached(workflow, &workflow.initial, |m| {
        !m.effects.contains(&Effect::FixVersion)
    });
    let about = |a_move: &Move| {
        let guards = [
            Guard::ReviewsDecided,
            Guard::NoOpenBlocker,
            Guard::MustsSettled,
            Guard::SignedByEveryParty,
        ];
        let fixes = a_move.effects.contains(&Effect::FixVersion);
        let effects = [Effect::TakeEffect, Effect::OpenSignOffs];
        a_move.guards.iter().any(|guard| guards.contains(guard))
            || (!fixes && a_move.effects.iter().any(|effect| effects.contains(effect)))
    };
    for a_move in workflow.moves.iter().filter(|m| about(m)) {
        let early = a_move
            .from
            .iter()
            .find(|from| unfixed.contains(from.as_str()));
        if let Some(from) = early {
            faults.add(
                &a_move.place,
                format!(
                    "The move \"{}\" can be reached from \"{from}\" before any version was fixed",
                    a_move.id
                ),
                "Let every way to it pass a move with the effect fix_version",
            );
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
