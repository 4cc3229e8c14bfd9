//! What holds of every ballot, scoring and pot; a ranked count against a second, naive one.

use ballots::{
    Ballot, Bar, Bid, Counts, Decision, FundingRule, Line, Method, Paper, Pot, Preferences,
    Secrecy, Share, TieRule, Vote, count, draw, fund,
};
use proptest::collection::vec;
use proptest::prelude::*;

const OPTIONS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

fn ballot(method: Method, options: usize, voters: usize) -> Ballot {
    Ballot {
        method,
        options: OPTIONS[..options].iter().map(|o| (*o).to_owned()).collect(),
        roll: (0..voters).map(|voter| format!("m{voter}")).collect(),
        quorum: Share::NONE,
        opens_at: None,
        closes_at: None,
        interests: Vec::new(),
        bar: Bar::None,
        secrecy: Secrecy::Open,
        seed: Some("root".to_owned()),
    }
}

fn votes(papers: Vec<Paper>) -> Vec<Vote> {
    let vote = |(voter, paper)| Vote {
        voter: format!("m{voter}"),
        at: None,
        paper,
    };
    papers.into_iter().enumerate().map(vote).collect()
}

/// The Scottish rules once more, as one would do it on a sheet: the papers are gone through anew at each stage.
/// Values are exact ones cut to five decimals, kept as pairs of paper and value.
fn naive(options: usize, papers: &[Vec<usize>], seats: usize) -> (Vec<usize>, Vec<Vec<u64>>) {
    let papers: Vec<&Vec<usize>> = papers.iter().filter(|paper| !paper.is_empty()).collect();
    let quota = (papers.len() / (seats + 1) + 1) as u64 * 100_000;
    let mut value: Vec<u64> = vec![100_000; papers.len()];
    let mut on: Vec<Option<usize>> = papers.iter().map(|paper| Some(paper[0])).collect();
    let mut kept = vec![None; options]; // what an option is left with once it passed its surplus on
    let (mut chosen, mut out): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut stages: Vec<Vec<u64>> = Vec::new();
    let totals = |on: &[Option<usize>], value: &[u64], kept: &[Option<u64>]| -> Vec<u64> {
        (0..options)
            .map(|option| {
                kept[option].unwrap_or_else(|| {
                    let held = on.iter().zip(value).filter(|(at, _)| **at == Some(option));
                    held.map(|(_, value)| value).sum()
                })
            })
            .collect()
    };
    loop {
        let now = totals(&on, &value, &kept);
        stages.push(now.clone());
        let mut reached: Vec<usize> = (0..options)
            .filter(|o| !chosen.contains(o) && !out.contains(o) && now[*o] >= quota)
            .collect();
        reached.sort_by(|a, b| now[*b].cmp(&now[*a]).then(a.cmp(b)));
        chosen.extend(reached);
        let mut running: Vec<usize> = (0..options)
            .filter(|o| !chosen.contains(o) && !out.contains(o))
            .collect();
        if chosen.len() >= seats {
            return (chosen, stages);
        }
        if running.len() <= seats - chosen.len() {
            running.sort_by(|a, b| now[*b].cmp(&now[*a]).then(a.cmp(b)));
            chosen.extend(running);
            return (chosen, stages);
        }
        let over: Vec<usize> = chosen
            .iter()
            .copied()
            .filter(|o| kept[*o].is_none() && now[*o] > quota)
            .collect();
        let settle = |tied: &[usize], greatest: bool| -> usize {
            let mut tied = tied.to_vec();
            for stage in stages.iter().rev() {
                let best = if greatest {
                    tied.iter().map(|o| stage[*o]).max()
                } else {
                    tied.iter().map(|o| stage[*o]).min()
                };
                tied.retain(|o| Some(stage[*o]) == best);
            }
            let names: Vec<&str> = tied.iter().map(|o| OPTIONS[*o]).collect();
            let first = draw("root", &names)[0].clone();
            OPTIONS.iter().position(|o| **o == first).unwrap()
        };
        let next = |paper: usize, from: usize| -> Option<usize> {
            let after = papers[paper].iter().position(|o| *o == from).unwrap() + 1;
            papers[paper][after..]
                .iter()
                .copied()
                .find(|o| running.contains(o))
        };
        if over.is_empty() {
            let gone = settle(&running, false);
            out.push(gone);
            let running: Vec<usize> = running.iter().copied().filter(|o| *o != gone).collect();
            for paper in 0..papers.len() {
                if on[paper] == Some(gone) {
                    let after = papers[paper].iter().position(|o| *o == gone).unwrap() + 1;
                    on[paper] = papers[paper][after..]
                        .iter()
                        .copied()
                        .find(|o| running.contains(o));
                }
            }
        } else {
            let from = settle(&over, true);
            let surplus = now[from] - quota;
            for paper in 0..papers.len() {
                if on[paper] == Some(from) {
                    on[paper] = next(paper, from);
                    let part = u128::from(surplus) * u128::from(value[paper]);
                    value[paper] = (part / u128::from(now[from])) as u64;
                }
            }
            kept[from] = Some(quota);
        }
    }
}

fn rankings(options: usize) -> impl Strategy<Value = Vec<Vec<usize>>> {
    let all: Vec<usize> = (0..options).collect();
    let one = (Just(all).prop_shuffle(), 0..=options).prop_map(|(mut order, length)| {
        order.truncate(length);
        order
    });
    vec(one, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_ranked_count_is_what_a_naive_one_gives(
        (options, papers) in (1..=6_usize).prop_flat_map(|n| (Just(n), rankings(n))),
        seats in 1..4_usize,
    ) {
        let marked: Vec<Paper> = papers
            .iter()
            .map(|paper| {
                let order = paper.iter().map(|o| OPTIONS[*o].to_owned()).collect();
                Paper::Ranked(Preferences::InOrder(order))
            })
            .collect();
        let ballot = ballot(Method::Ranked { seats }, options, papers.len());
        let tally = count(&ballot, &votes(marked)).unwrap();
        let counted = tally.counted.unwrap();
        let Decision::Chosen { chosen, .. } = counted.decision else { panic!("no motion") };
        let Some(Counts::Ranked { valid, stages, .. }) = counted.counts else { panic!("counts") };
        if valid == 0 {
            prop_assert!(chosen.is_empty());
            return Ok(());
        }
        let (also_chosen, also_stages) = naive(options, &papers, seats);
        let also_chosen: Vec<&str> = also_chosen.iter().map(|o| OPTIONS[*o]).collect();
        prop_assert_eq!(&chosen, &also_chosen);
        prop_assert_eq!(chosen.len(), seats.min(options));
        let votes: Vec<Vec<u64>> = stages
            .iter()
            .map(|stage| stage.votes.iter().map(|(_, votes)| *votes).collect())
            .collect();
        prop_assert_eq!(votes, also_stages);
        // No part of a vote is made or forgotten.
        for stage in &stages {
            let held: u64 = stage.votes.iter().map(|(_, votes)| votes).sum();
            prop_assert_eq!(held + stage.not_transferable, valid as u64 * 100_000);
        }
    }

    #[test]
    fn an_approval_count_takes_no_option_before_one_with_more(
        papers in vec(proptest::sample::subsequence(OPTIONS.to_vec(), 0..=6), 1..30),
        seats in 1..4_usize,
        lot in any::<bool>(),
    ) {
        let tie = if lot { TieRule::Lot } else { TieRule::SecondBallot };
        let method = Method::Approval { seats, most: 6, threshold: None, tie };
        let ballot = ballot(method, 6, papers.len());
        let ticked = |paper: &Vec<&str>| Paper::Approval(paper.iter().map(|o| (*o).into()).collect());
        let tally = count(&ballot, &votes(papers.iter().map(ticked).collect())).unwrap();
        let counted = tally.counted.unwrap();
        let Decision::Chosen { chosen, tied, .. } = counted.decision else { panic!("no motion") };
        let marks = |option: &str| papers.iter().filter(|p| p.contains(&option)).count();
        let Some(Counts::Marks { marks: counts, .. }) = counted.counts else { panic!("counts") };
        for (option, count) in &counts {
            prop_assert_eq!(*count as usize, marks(option));
        }
        let least = chosen.iter().map(|o| marks(o)).min();
        for option in OPTIONS {
            let named = chosen.iter().any(|o| o == option);
            let in_tie = tied.as_ref().is_some_and(|t| t.options.iter().any(|o| o == option));
            prop_assert!(!(named && in_tie));
            if !named && !in_tie && chosen.len() == seats {
                prop_assert!(Some(marks(option)) <= least);
            }
            if in_tie {
                prop_assert!(least.is_none_or(|least| marks(option) < least));
            }
            prop_assert!(!named || marks(option) > 0);
        }
        let with_marks = OPTIONS.iter().filter(|o| marks(o) > 0).count();
        match tied {
            Some(tied) => {
                prop_assert!(!lot && tied.options.len() > tied.places_left);
                prop_assert_eq!(chosen.len() + tied.places_left, seats);
            }
            None => prop_assert_eq!(chosen.len(), seats.min(with_marks)),
        }
    }

    #[test]
    fn a_list_is_never_funded_beyond_the_pot(
        asks in vec(0..2_000_u64, 0..12), pot in 0..5_000_u64, cap in proptest::option::of(0..2_000_u64),
        rule in prop_oneof![Just(FundingRule::Stop), Just(FundingRule::Skip), Just(FundingRule::Part)],
    ) {
        let ranked: Vec<Bid> = asks.iter().map(|ask| Bid { entry: String::new(), ask: *ask }).collect();
        let (lines, left) = fund(rule, pot, cap, &ranked);
        let given: u64 = lines
            .iter()
            .map(|line| match line {
                Line::Award(amount) | Line::OfferPart(amount) => *amount,
                Line::OverCap | Line::DoesNotFit | Line::NotReached => 0,
            })
            .sum();
        prop_assert_eq!(given + left, pot);
        for (bid, line) in ranked.iter().zip(&lines) {
            match line {
                Line::Award(amount) => prop_assert!(*amount == bid.ask && cap.is_none_or(|cap| bid.ask <= cap)),
                Line::OfferPart(amount) => prop_assert!(*amount < bid.ask),
                _ => {}
            }
        }
    }

    #[test]
    fn no_acts_overspend_a_pot(
        acts in vec((0..4_u8, 0..3_usize, 0..120_u64), 0..60), amount in 0..200_u64, cap in 0..120_u64,
    ) {
        let mut pot = Pot::new(amount, Some(cap));
        let mut spent = [0_u64; 3];
        let mut size = amount;
        for (act, entry, amount) in acts {
            let before = pot.standing();
            let name = OPTIONS[entry];
            let done = match act {
                0 => pot.award(name, amount),
                1 => pot.spend(name, amount),
                2 => pot.withdraw(name),
                _ => pot.change(amount),
            };
            let now = pot.standing();
            if done.is_err() {
                prop_assert_eq!(now, before);
            } else if act == 1 {
                spent[entry] += amount;
            } else if act == 3 {
                size = amount;
            }
            prop_assert_eq!(now.awarded + now.left, size);
            prop_assert!(spent.iter().sum::<u64>() <= now.awarded);
        }
    }
}
