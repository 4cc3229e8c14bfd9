//! Which votes stand: those of members on the roll, in time, of which the last counts, without the marks that an
//! interest strikes out.

use std::collections::{HashMap, HashSet};

use crate::ballot::{
    Ballot, Bar, Fault, Method, Paper, Position, Preferences, Refusal, Refused, Struck, Vote,
};

/// What is left of a paper when it is counted. Options are places in the ballot's list.
#[derive(Debug, Clone)]
pub enum Valid {
    Motion(Position),
    /// Marks on options: 1 for a tick.
    Marks(Vec<(usize, u64)>),
    /// First choice first.
    Ranking(Vec<usize>),
}

pub struct Admitted {
    pub roll: usize,
    /// In the order in which members first voted.
    pub papers: Vec<Valid>,
    pub refused: Vec<Refused>,
    pub struck: Vec<Struck>,
}

pub fn admit(ballot: &Ballot, votes: &[Vote]) -> Result<Admitted, Fault> {
    let barred: HashSet<&str> = match ballot.bar {
        Bar::Vote => ballot.interests.iter().map(|i| i.voter.as_str()).collect(),
        Bar::None | Bar::Option => HashSet::new(),
    };
    let roll: HashSet<&str> = ballot.roll.iter().map(String::as_str).collect();
    let places: HashMap<&str, usize> = ballot
        .options
        .iter()
        .enumerate()
        .map(|(place, option)| (option.as_str(), place))
        .collect();

    let mut refused = Vec::new();
    let mut standing: Vec<(&str, Valid)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for vote in votes {
        let voter = vote.voter.as_str();
        let valid = refusal(ballot, &roll, &barred, vote)
            .map_or_else(|| read(&ballot.method, &vote.paper, &places), Err);
        match valid {
            Ok(valid) => match known.get(voter) {
                Some(at) => standing[*at].1 = valid,
                None => {
                    known.insert(voter, standing.len());
                    standing.push((voter, valid));
                }
            },
            Err(Unread::Refused(why)) => refused.push(Refused {
                voter: voter.to_owned(),
                why,
            }),
            Err(Unread::Fault(fault)) => return Err(fault),
        }
    }
    let mut struck = Vec::new();
    if ballot.bar == Bar::Option {
        for (voter, valid) in &mut standing {
            struck.extend(strike(ballot, voter, valid, &places));
        }
    }
    Ok(Admitted {
        roll: roll.difference(&barred).count(),
        papers: standing.into_iter().map(|(_, valid)| valid).collect(),
        refused,
        struck,
    })
}

enum Unread {
    Refused(Refusal),
    Fault(Fault),
}

fn refusal(
    ballot: &Ballot,
    roll: &HashSet<&str>,
    barred: &HashSet<&str>,
    vote: &Vote,
) -> Option<Unread> {
    let at = |limit: Option<i64>| vote.at.zip(limit);
    let why = if !roll.contains(vote.voter.as_str()) {
        Refusal::NotOnRoll
    } else if barred.contains(vote.voter.as_str()) {
        Refusal::Barred
    } else if at(ballot.closes_at).is_some_and(|(at, closes)| at >= closes) {
        Refusal::Late
    } else if at(ballot.opens_at).is_some_and(|(at, opens)| at < opens) {
        Refusal::TooEarly
    } else {
        return None;
    };
    Some(Unread::Refused(why))
}

/// Options that are not on the ballot count for nothing; an option named twice counts once.
fn read(method: &Method, paper: &Paper, places: &HashMap<&str, usize>) -> Result<Valid, Unread> {
    let too_many = Unread::Refused(Refusal::TooMany);
    match (method, paper) {
        (Method::Motion(_), Paper::Motion(position)) => Ok(Valid::Motion(*position)),
        (Method::Approval { most, .. }, Paper::Approval(ticked)) => {
            let ticks = once(ticked.iter().filter_map(|o| places.get(o.as_str())));
            if ticks.len() > *most {
                return Err(too_many);
            }
            Ok(Valid::Marks(ticks.into_iter().map(|o| (o, 1)).collect()))
        }
        (Method::Points { points, most, .. }, Paper::Points(given)) => {
            let total: u128 = given.iter().map(|(_, given)| u128::from(*given)).sum();
            if total > u128::from(*points) || given.iter().any(|(_, given)| given > most) {
                return Err(too_many);
            }
            let marks = given
                .iter()
                .filter(|(_, given)| *given > 0)
                .filter_map(|(o, given)| Some((*places.get(o.as_str())?, *given)));
            Ok(Valid::Marks(marks.collect()))
        }
        (Method::Ranked { .. }, Paper::Ranked(preferences)) => {
            Ok(Valid::Ranking(ranking(preferences, places)))
        }
        _ => Err(Unread::Fault(Fault::WrongPaper)),
    }
}

/// The choices that can be followed: 1, 2, 3 … until a number is missing or there twice.
fn ranking(preferences: &Preferences, places: &HashMap<&str, usize>) -> Vec<usize> {
    match preferences {
        Preferences::InOrder(options) => {
            once(options.iter().filter_map(|o| places.get(o.as_str())))
        }
        Preferences::Numbered(numbers) => {
            let mut by_number: HashMap<u64, Vec<usize>> = HashMap::new();
            for (option, number) in numbers {
                if let Some(place) = places.get(option.as_str()) {
                    by_number.entry(*number).or_default().push(*place);
                }
            }
            (1..)
                .map_while(|number| match by_number.get(&number)?.as_slice() {
                    [one] => Some(*one),
                    _ => None,
                })
                .collect()
        }
    }
}

fn once<'a>(options: impl Iterator<Item = &'a usize>) -> Vec<usize> {
    let mut seen = HashSet::new();
    options.copied().filter(|o| seen.insert(*o)).collect()
}

fn strike(
    ballot: &Ballot,
    voter: &str,
    valid: &mut Valid,
    places: &HashMap<&str, usize>,
) -> Vec<Struck> {
    let own: HashSet<usize> = ballot
        .interests
        .iter()
        .filter(|interest| interest.voter == voter)
        .flat_map(|interest| &interest.options)
        .filter_map(|option| places.get(option.as_str()).copied())
        .collect();
    let marked: HashSet<usize> = match valid {
        Valid::Motion(_) => HashSet::new(),
        Valid::Marks(marks) => marks.iter().map(|(o, _)| *o).collect(),
        Valid::Ranking(ranking) => ranking.iter().copied().collect(),
    };
    match valid {
        Valid::Motion(_) => {}
        Valid::Marks(marks) => marks.retain(|(o, _)| !own.contains(o)),
        Valid::Ranking(ranking) => ranking.retain(|o| !own.contains(o)),
    }
    let mut struck: Vec<usize> = own.intersection(&marked).copied().collect();
    struck.sort_unstable();
    struck
        .into_iter()
        .map(|o| Struck {
            voter: voter.to_owned(),
            option: ballot.options[o].clone(),
        })
        .collect()
}
