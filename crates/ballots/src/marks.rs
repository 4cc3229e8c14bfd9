//! Approval and points: the options with most marks take the places.

use std::cmp::Reverse;

use crate::ballot::{Ballot, Counted, Counts, Decision, Fault, TieRule, Tied};
use crate::lot::{Lot, draw};
use crate::roll::Valid;
use crate::share::Share;

pub fn count(
    ballot: &Ballot,
    papers: &[Valid],
    seats: usize,
    threshold: Option<Share>,
    tie: TieRule,
) -> Result<Counted, Fault> {
    let mut marks = vec![0_u64; ballot.options.len()];
    let mut abstained = 0;
    for paper in papers {
        match paper {
            Valid::Marks(given) if !given.is_empty() => {
                for (option, given) in given {
                    marks[*option] += given;
                }
            }
            _ => abstained += 1,
        }
    }
    let needed = threshold.map(|share| share.of_rounded_up(papers.len() - abstained) as u64);
    let decision = decide(ballot, &marks, seats, needed.unwrap_or(0), tie)?;
    let marks = ballot.options.iter().cloned().zip(marks).collect();
    Ok(Counted {
        decision,
        counts: Some(Counts::Marks {
            abstained,
            marks,
            needed,
        }),
    })
}

/// An option that nobody marked is not chosen, however many places there are.
fn decide(
    ballot: &Ballot,
    marks: &[u64],
    seats: usize,
    needed: u64,
    tie: TieRule,
) -> Result<Decision, Fault> {
    let mut able: Vec<usize> = (0..marks.len())
        .filter(|option| marks[*option] >= needed.max(1))
        .collect();
    // Stable: equal ones stay in the order of the paper.
    able.sort_by_key(|option| Reverse(marks[*option]));
    let named = |options: &[usize]| -> Vec<String> {
        options.iter().map(|o| ballot.options[*o].clone()).collect()
    };
    let decided = |chosen| Decision::Chosen {
        chosen,
        tied: None,
        lot: None,
    };
    if able.len() <= seats {
        return Ok(decided(named(&able)));
    }
    if seats == 0 {
        return Ok(decided(Vec::new()));
    }
    let cut = marks[able[seats - 1]];
    if marks[able[seats]] < cut {
        return Ok(decided(named(&able[..seats])));
    }
    let above: Vec<usize> = able.iter().copied().filter(|o| marks[*o] > cut).collect();
    let tied: Vec<usize> = able.iter().copied().filter(|o| marks[*o] == cut).collect();
    let places_left = seats - above.len();
    let mut chosen = named(&above);
    let tied = named(&tied);
    if tie != TieRule::Lot {
        return Ok(Decision::Chosen {
            chosen,
            tied: Some(Tied {
                options: tied,
                places_left,
            }),
            lot: None,
        });
    }
    let seed = ballot.seed.clone().ok_or(Fault::NoSeed)?;
    let drawn = draw(&seed, &tied.iter().map(String::as_str).collect::<Vec<_>>());
    chosen.extend(drawn[..places_left].iter().cloned());
    Ok(Decision::Chosen {
        chosen,
        tied: None,
        lot: Some(Lot {
            seed,
            drawn: vec![drawn],
        }),
    })
}
