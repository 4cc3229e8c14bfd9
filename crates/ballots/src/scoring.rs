//! Scoring of entries by assessors. Scores are exact fractions; two decimals are only for showing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use num_rational::Ratio;

/// How entries are scored.
#[derive(Debug, Clone)]
pub struct Panel {
    /// Each score is from 0 to this.
    pub scale: u32,
    /// How many assessors must score each criterion.
    pub least_assessors: usize,
    /// How far the highest and the lowest score of a criterion are apart when it is talked about.
    pub talk_at: u32,
    pub criteria: Vec<Criterion>,
    /// The ids of the entries, in the order of the result.
    pub entries: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Criterion {
    pub id: String,
    /// Per cent. The weights of all criteria add up to 100.
    pub weight: u32,
    /// An entry whose mean is below this gets no rank.
    pub floor: Option<u32>,
}

/// What an assessor said about one criterion of one entry. Of several, the last counts.
#[derive(Debug, Clone)]
pub struct Given {
    pub entry: String,
    pub criterion: String,
    pub assessor: String,
    pub score: Score,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Score {
    Points(u32),
    /// The assessor gains from this entry: none of their scores of it counts.
    Interest,
    NotYet,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    pub entry: String,
    /// 0 to 100, exact. None while a criterion has too few assessors.
    pub score: Option<Ratio<i128>>,
    pub talk_about: Vec<String>,
    pub below_floor: Vec<String>,
    /// Equal scores share a rank: 1, 1, 3. None when incomplete or below a floor.
    pub rank: Option<usize>,
}

impl Scored {
    /// The score with two decimals, half up: "55.56".
    pub fn shown(&self) -> Option<String> {
        let score = self.score? * Ratio::from_integer(100);
        let hundredths = (score + Ratio::new(1, 2)).floor().to_integer();
        Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
    }
}

/// Scores and ranks each entry, in the order of the entries.
pub fn score(panel: &Panel, given: &[Given]) -> Vec<Scored> {
    let interests: HashSet<(&str, &str)> = given
        .iter()
        .filter(|given| given.score == Score::Interest)
        .map(|given| (given.entry.as_str(), given.assessor.as_str()))
        .collect();
    let mut last: HashMap<(&str, &str), BTreeMap<&str, u32>> = HashMap::new();
    for given in given {
        let (entry, assessor) = (given.entry.as_str(), given.assessor.as_str());
        if interests.contains(&(entry, assessor)) {
            continue;
        }
        let of = last.entry((entry, given.criterion.as_str())).or_default();
        match given.score {
            Score::Points(points) => of.insert(assessor, points),
            Score::Interest | Score::NotYet => of.remove(assessor),
        };
    }
    let mut scored: Vec<Scored> = panel
        .entries
        .iter()
        .map(|entry| {
            let of = |criterion: &Criterion| -> Vec<u32> {
                last.get(&(entry.as_str(), criterion.id.as_str()))
                    .map(|scores| scores.values().copied().collect())
                    .unwrap_or_default()
            };
            entry_scored(panel, entry, of)
        })
        .collect();
    rank(&mut scored);
    scored
}

fn entry_scored(panel: &Panel, entry: &str, of: impl Fn(&Criterion) -> Vec<u32>) -> Scored {
    let mut complete = true;
    let mut score = Ratio::from_integer(0);
    let (mut talk_about, mut below_floor) = (Vec::new(), Vec::new());
    for criterion in &panel.criteria {
        let scores = of(criterion);
        complete &= scores.len() >= panel.least_assessors.max(1);
        let (Some(lowest), Some(highest)) = (scores.iter().min(), scores.iter().max()) else {
            continue;
        };
        let sum: i128 = scores.iter().map(|score| i128::from(*score)).sum();
        let mean = Ratio::new(sum, scores.len() as i128);
        score += mean * Ratio::new(i128::from(criterion.weight), i128::from(panel.scale.max(1)));
        if highest - lowest >= panel.talk_at {
            talk_about.push(criterion.id.clone());
        }
        let floor = criterion.floor.map(|floor| Ratio::from(i128::from(floor)));
        if floor.is_some_and(|floor| mean < floor) {
            below_floor.push(criterion.id.clone());
        }
    }
    Scored {
        entry: entry.to_owned(),
        score: complete.then_some(score),
        talk_about,
        below_floor,
        rank: None,
    }
}

fn rank(scored: &mut [Scored]) {
    let mut ranked: Vec<(Ratio<i128>, usize)> = scored
        .iter()
        .enumerate()
        .filter(|(_, scored)| scored.below_floor.is_empty())
        .filter_map(|(at, scored)| Some((scored.score?, at)))
        .collect();
    ranked.sort_by_key(|(score, _)| Reverse(*score));
    for (score, at) in &ranked {
        let better = ranked.iter().filter(|(other, _)| other > score).count();
        scored[*at].rank = Some(better + 1);
    }
}
