//! Ranked votes, counted as Scottish council elections are: SSI 2007/42, schedule 1, rules 45 to 52 (and SSI 2011/399,
//! which has the same rules). Everything is in whole hundred-thousandths of a vote.

use std::cmp::Reverse;

use crate::ballot::{Ballot, Counted, Counts, Decision, Fault, Stage, StageKind, TieBreak};
use crate::lot::{Lot, draw};
use crate::roll::Valid;

/// One vote.
const VOTE: u64 = 100_000;

pub fn count(ballot: &Ballot, papers: &[Valid], seats: usize) -> Result<Counted, Fault> {
    let rankings: Vec<&[usize]> = papers
        .iter()
        .filter_map(|paper| match paper {
            Valid::Ranking(ranking) if !ranking.is_empty() => Some(ranking.as_slice()),
            _ => None,
        })
        .collect();
    let mut race = Race::start(ballot, &rankings, seats);
    if !rankings.is_empty() {
        race.run()?;
    }
    Ok(Counted {
        decision: Decision::Chosen {
            chosen: race.named(&race.chosen),
            tied: None,
            lot: race.lot.clone(),
        },
        counts: Some(Counts::Ranked {
            abstained: papers.len() - rankings.len(),
            quota: race.quota,
            valid: rankings.len(),
            stages: race.stages,
        }),
    })
}

/// A paper on the pile of an option.
#[derive(Clone, Copy)]
struct Held<'a> {
    /// Choices after the one whose pile it is on.
    later: &'a [usize],
    value: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Continuing,
    /// Chosen, and the surplus, if any, is still to go.
    Chosen,
    /// Chosen without a surplus left, or out.
    Done,
}

struct Race<'a> {
    ballot: &'a Ballot,
    seats: usize,
    quota: u64,
    piles: Vec<Vec<Held<'a>>>,
    votes: Vec<u64>,
    not_transferable: u64,
    state: Vec<State>,
    chosen: Vec<usize>,
    /// Votes at the end of each stage.
    history: Vec<Vec<u64>>,
    stages: Vec<Stage>,
    lot: Option<Lot>,
}

impl<'a> Race<'a> {
    fn start(ballot: &'a Ballot, rankings: &[&'a [usize]], seats: usize) -> Race<'a> {
        let options = ballot.options.len();
        let mut race = Race {
            ballot,
            seats,
            quota: (rankings.len() as u64 / (seats as u64 + 1) + 1) * VOTE,
            piles: vec![Vec::new(); options],
            votes: vec![0; options],
            not_transferable: 0,
            state: vec![State::Continuing; options],
            chosen: Vec::new(),
            history: Vec::new(),
            stages: Vec::new(),
            lot: None,
        };
        for ranking in rankings {
            race.place(ranking, VOTE);
        }
        race.end_stage(StageKind::FirstChoices, None);
        race
    }

    fn run(&mut self) -> Result<(), Fault> {
        loop {
            self.choose_at_quota();
            let continuing = self.continuing();
            let left = self.seats.saturating_sub(self.chosen.len());
            if left == 0 {
                return Ok(());
            }
            if continuing.len() <= left {
                self.choose(continuing);
                return Ok(());
            }
            let surpluses: Vec<usize> = self
                .all()
                .filter(|o| self.state[*o] == State::Chosen && self.votes[*o] > self.quota)
                .collect();
            if surpluses.is_empty() {
                let (lowest, tie) = self.pick(continuing, Pick::Lowest)?;
                self.exclude(lowest, tie);
            } else {
                let (greatest, tie) = self.pick(surpluses, Pick::Greatest)?;
                self.pass_on_surplus(greatest, tie);
            }
        }
    }

    fn all(&self) -> std::ops::Range<usize> {
        0..self.votes.len()
    }

    fn continuing(&self) -> Vec<usize> {
        self.all()
            .filter(|o| self.state[*o] == State::Continuing)
            .collect()
    }

    /// Puts a paper with its choices still to be followed on the pile of the first that is in the race.
    fn place(&mut self, choices: &'a [usize], value: u64) {
        let next = choices
            .iter()
            .position(|o| self.state[*o] == State::Continuing);
        if let Some(next) = next {
            let option = choices[next];
            self.votes[option] += value;
            self.piles[option].push(Held {
                later: &choices[next + 1..],
                value,
            });
        }
    }

    fn choose_at_quota(&mut self) {
        let there = self
            .continuing()
            .into_iter()
            .filter(|o| self.votes[*o] >= self.quota)
            .collect();
        self.choose(there);
    }

    /// Those with most votes first, then in the order of the paper.
    fn choose(&mut self, mut options: Vec<usize>) {
        options.sort_by_key(|o| Reverse(self.votes[*o]));
        for option in &options {
            self.state[*option] = State::Chosen;
        }
        let names = self.named(&options);
        self.chosen.extend(options);
        if let Some(stage) = self.stages.last_mut() {
            stage.elected.extend(names);
        }
    }

    fn pass_on_surplus(&mut self, option: usize, tie: Option<TieBreak>) {
        let (surplus, total) = (self.votes[option] - self.quota, self.votes[option]);
        self.state[option] = State::Done;
        for held in std::mem::take(&mut self.piles[option]) {
            let value = u128::from(surplus) * u128::from(held.value) / u128::from(total);
            // No more than the value it had.
            self.place(held.later, value as u64);
        }
        self.votes[option] = self.quota;
        let what = StageKind::SurplusOf(self.ballot.options[option].clone());
        self.end_stage(what, tie);
    }

    fn exclude(&mut self, option: usize, tie: Option<TieBreak>) {
        self.state[option] = State::Done;
        for held in std::mem::take(&mut self.piles[option]) {
            self.place(held.later, held.value);
        }
        self.votes[option] = 0;
        let what = StageKind::Out(self.ballot.options[option].clone());
        self.end_stage(what, tie);
    }

    fn end_stage(&mut self, what: StageKind, tie_broken_by: Option<TieBreak>) {
        let held: u64 = self.votes.iter().sum();
        let in_play = match self.history.first() {
            Some(first) => first.iter().sum(),
            None => held,
        };
        self.not_transferable = in_play - held;
        self.history.push(self.votes.clone());
        self.stages.push(Stage {
            what,
            votes: self
                .ballot
                .options
                .iter()
                .cloned()
                .zip(self.votes.iter().copied())
                .collect(),
            not_transferable: self.not_transferable,
            tie_broken_by,
            elected: Vec::new(),
        });
    }

    /// Whose turn it is, and what settled a tie: the most recent earlier stage at which they differed, else the lot.
    fn pick(
        &mut self,
        mut from: Vec<usize>,
        pick: Pick,
    ) -> Result<(usize, Option<TieBreak>), Fault> {
        let mut tie = None;
        for (back, votes) in self.history.iter().rev().enumerate() {
            let extreme = match pick {
                Pick::Lowest => from.iter().map(|o| votes[*o]).min(),
                Pick::Greatest => from.iter().map(|o| votes[*o]).max(),
            };
            let before = from.len();
            from.retain(|o| Some(votes[*o]) == extreme);
            if back > 0 && from.len() < before {
                tie = Some(TieBreak::EarlierStage);
            }
            if let [one] = from[..] {
                return Ok((one, tie));
            }
        }
        let seed = self.ballot.seed.as_deref().ok_or(Fault::NoSeed)?;
        let names: Vec<&str> = from
            .iter()
            .map(|o| self.ballot.options[*o].as_str())
            .collect();
        let drawn = draw(seed, &names);
        let first = from.iter().find(|o| self.ballot.options[**o] == drawn[0]);
        let first = *first.expect("who is drawn was among them");
        let lot = self.lot.get_or_insert_with(|| Lot {
            seed: seed.to_owned(),
            drawn: Vec::new(),
        });
        lot.drawn.push(drawn);
        Ok((first, Some(TieBreak::Lot)))
    }

    fn named(&self, options: &[usize]) -> Vec<String> {
        options
            .iter()
            .map(|o| self.ballot.options[*o].clone())
            .collect()
    }
}

#[derive(Clone, Copy)]
enum Pick {
    Lowest,
    Greatest,
}
