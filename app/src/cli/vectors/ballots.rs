//! Ballots, scorings, pots and their acts: JSON in, JSON out. The rules are in `crates/ballots`.

use ::ballots::{
    Ballot, Bar, Bid, Counted, Counts, Criterion, Decision, FundingRule, Given, Interest, Line,
    Majority, Method, Panel, Paper, Position, Pot, PotRefusal, Preferences, Refusal,
    SECRET_LEAST_VOTES, Score, Secrecy, Share, Stage, StageKind, Tally, TieBreak, TieRule, Vote,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::cases::{Answers, Cases, Pairs};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct File {
    ballots: Cases<BallotCase>,
    scoring: Cases<ScoringCase>,
    pots: Cases<PotCase>,
    pot_acts: Cases<PotActsCase>,
}

impl File {
    pub fn answer(self, answers: &mut Answers) {
        answers.add(self.ballots, ballot);
        answers.add(self.scoring, scoring);
        answers.add(self.pots, pot);
        answers.add(self.pot_acts, pot_acts);
    }
}

#[derive(Deserialize)]
struct BallotCase {
    method: String,
    #[serde(default = "one")]
    seats: usize,
    most: Option<u64>,
    points: Option<u64>,
    majority: Option<String>,
    threshold: Option<String>,
    quorum: Option<String>,
    tie: Option<String>,
    seed: Option<String>,
    bar: Option<String>,
    secrecy: Option<String>,
    opens_at: Option<String>,
    closes_at: Option<String>,
    #[serde(default)]
    options: Vec<String>,
    roll: Vec<String>,
    #[serde(default)]
    interests: Vec<InterestCase>,
    acts: Vec<VoteCase>,
}

fn one() -> usize {
    1
}

#[derive(Deserialize)]
struct InterestCase {
    voter: String,
    #[serde(default)]
    options: Vec<String>,
}

#[derive(Deserialize)]
struct VoteCase {
    voter: String,
    at: Option<String>,
    vote: PaperCase,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PaperCase {
    Word(String),
    Options(Vec<String>),
    Numbers(Pairs<u64>),
}

fn ballot(case: BallotCase) -> Result<Value, String> {
    let ranked = case.method == "ranked";
    let votes = case
        .acts
        .iter()
        .map(|act| {
            Ok(Vote {
                voter: act.voter.clone(),
                at: act.at.as_deref().map(micros).transpose()?,
                paper: paper(ranked, &act.vote)?,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let ballot = Ballot {
        method: method(&case)?,
        quorum: case.quorum.as_deref().map_or(Ok(Share::NONE), str::parse)?,
        opens_at: case.opens_at.as_deref().map(micros).transpose()?,
        closes_at: case.closes_at.as_deref().map(micros).transpose()?,
        bar: match case.bar.as_deref() {
            None | Some("none") => Bar::None,
            Some("option") => Bar::Option,
            Some("vote") => Bar::Vote,
            Some(other) => return Err(unknown("bar", other)),
        },
        secrecy: match case.secrecy.as_deref() {
            None | Some("open") => Secrecy::Open,
            Some("members") => Secrecy::Members,
            Some("secret") => Secrecy::Secret,
            Some(other) => return Err(unknown("secrecy", other)),
        },
        interests: case
            .interests
            .into_iter()
            .map(|interest| Interest {
                voter: interest.voter,
                options: interest.options,
            })
            .collect(),
        options: case.options,
        roll: case.roll,
        seed: case.seed,
    };
    let tally = ::ballots::count(&ballot, &votes).map_err(|fault| fault.to_string())?;
    Ok(tally_json(&tally))
}

fn method(case: &BallotCase) -> Result<Method, String> {
    let threshold = case.threshold.as_deref().map(str::parse).transpose()?;
    let tie = match case.tie.as_deref() {
        None | Some("second_ballot") => TieRule::SecondBallot,
        Some("chair") => TieRule::Chair,
        Some("lot") => TieRule::Lot,
        Some(other) => return Err(unknown("tie", other)),
    };
    Ok(match case.method.as_str() {
        "motion" => Method::Motion(match case.majority.as_deref() {
            None | Some("simple") => Majority::Simple,
            Some("two_thirds") => Majority::TwoThirds,
            Some("of_roll") => Majority::OfRoll,
            Some(other) => return Err(unknown("majority", other)),
        }),
        "approval" => Method::Approval {
            seats: case.seats,
            most: case.most.map_or(usize::MAX, |most| most as usize),
            threshold,
            tie,
        },
        "points" => {
            let points = case.points.ok_or("points ballots say how many points")?;
            Method::Points {
                seats: case.seats,
                points,
                most: case.most.unwrap_or(points),
                threshold,
                tie,
            }
        }
        "ranked" => Method::Ranked { seats: case.seats },
        other => return Err(unknown("method", other)),
    })
}

fn paper(ranked: bool, vote: &PaperCase) -> Result<Paper, String> {
    Ok(match vote {
        PaperCase::Word(word) => Paper::Motion(match word.as_str() {
            "for" => Position::For,
            "against" => Position::Against,
            "abstain" => Position::Abstain,
            other => return Err(unknown("vote", other)),
        }),
        PaperCase::Options(options) if ranked => {
            Paper::Ranked(Preferences::InOrder(options.clone()))
        }
        PaperCase::Options(options) => Paper::Approval(options.clone()),
        PaperCase::Numbers(Pairs(numbers)) if ranked => {
            Paper::Ranked(Preferences::Numbered(numbers.clone()))
        }
        PaperCase::Numbers(Pairs(points)) => Paper::Points(points.clone()),
    })
}

/// The UTC microseconds of "2026-09-18T09:00:00+01:00".
fn micros(moment: &str) -> Result<i64, String> {
    moment
        .parse()
        .map(jiff::Timestamp::as_microsecond)
        .map_err(|error| error.to_string())
}

fn unknown(what: &str, word: &str) -> String {
    format!("{what} “{word}” is not known")
}

fn tally_json(tally: &Tally) -> Value {
    let mut out = Map::new();
    out.insert("cast".into(), json!(tally.cast));
    out.insert("roll".into(), json!(tally.roll));
    let quorum = json!({ "needed": tally.quorum.needed, "met": tally.quorum.met });
    out.insert("quorum".into(), quorum);
    if !tally.refused.is_empty() {
        let refused = tally.refused.iter().map(|refused| {
            let why = match refused.why {
                Refusal::NotOnRoll => "not_on_roll",
                Refusal::Barred => "barred",
                Refusal::Late => "late",
                Refusal::TooEarly => "too_early",
                Refusal::TooMany => "too_many_points",
            };
            json!({ "voter": refused.voter, "why": why })
        });
        out.insert("refused".into(), refused.collect());
    }
    if !tally.struck.is_empty() {
        let struck = tally
            .struck
            .iter()
            .map(|struck| json!({ "voter": struck.voter, "option": struck.option }));
        out.insert("struck".into(), struck.collect());
    }
    match &tally.counted {
        None => {
            out.insert("outcome".into(), json!("no_quorum"));
        }
        Some(counted) => counted_json(counted, &mut out),
    }
    Value::Object(out)
}

fn counted_json(counted: &Counted, out: &mut Map<String, Value>) {
    match &counted.decision {
        Decision::Carried => {
            out.insert("outcome".into(), json!("carried"));
        }
        Decision::NotCarried => {
            out.insert("outcome".into(), json!("not_carried"));
        }
        Decision::Chosen { chosen, tied, lot } => {
            out.insert("chosen".into(), json!(chosen));
            out.insert("outcome".into(), json!("decided"));
            if let Some(tied) = tied {
                out.insert("outcome".into(), json!("tie"));
                out.insert("tied".into(), json!(tied.options));
                out.insert("places_left".into(), json!(tied.places_left));
            }
            if let Some(lot) = lot {
                let ranked = matches!(counted.counts, Some(Counts::Ranked { .. }));
                let drawn = match lot.drawn.as_slice() {
                    [one] if !ranked => json!(one),
                    several => json!(several),
                };
                out.insert("lot".into(), json!({ "seed": lot.seed, "drawn": drawn }));
            }
        }
    }
    match &counted.counts {
        None => {
            let words = format!("fewer than {SECRET_LEAST_VOTES} votes in a secret ballot");
            out.insert("counts_withheld".into(), json!(words));
        }
        Some(Counts::Motion(motion)) => {
            let counts = json!({
                "for": motion.for_it, "against": motion.against, "abstain": motion.abstained,
            });
            out.insert("counts".into(), counts);
            out.insert("needed_for".into(), json!(motion.needed));
        }
        Some(Counts::Marks {
            abstained,
            marks,
            needed,
        }) => {
            out.insert("abstained".into(), json!(abstained));
            let counts: Map<String, Value> =
                marks.iter().map(|(o, n)| (o.clone(), json!(n))).collect();
            out.insert("counts".into(), Value::Object(counts));
            if let Some(needed) = needed {
                out.insert("needed_marks".into(), json!(needed));
            }
        }
        Some(Counts::Ranked {
            abstained,
            quota,
            valid,
            stages,
        }) => {
            out.insert("abstained".into(), json!(abstained));
            out.insert("quota".into(), json!(five_decimals(*quota)));
            out.insert("valid".into(), json!(valid));
            out.insert("stages".into(), stages.iter().map(stage_json).collect());
        }
    }
}

fn stage_json(stage: &Stage) -> Value {
    let what = match &stage.what {
        StageKind::FirstChoices => "first choices".to_owned(),
        StageKind::SurplusOf(option) => format!("surplus of {option}"),
        StageKind::Out(option) => format!("{option} is out"),
    };
    let votes: Map<String, Value> = stage
        .votes
        .iter()
        .map(|(option, votes)| (option.clone(), json!(five_decimals(*votes))))
        .collect();
    let mut out = json!({
        "what": what,
        "votes": votes,
        "not_transferable": five_decimals(stage.not_transferable),
    });
    match stage.tie_broken_by {
        Some(TieBreak::EarlierStage) => out["tie_broken_by"] = json!("earlier stage"),
        Some(TieBreak::Lot) => out["tie_broken_by"] = json!("lot"),
        None => {}
    }
    if !stage.elected.is_empty() {
        out["elected"] = json!(stage.elected);
    }
    out
}

fn five_decimals(hundred_thousandths: u64) -> String {
    let (whole, rest) = (hundred_thousandths / 100_000, hundred_thousandths % 100_000);
    format!("{whole}.{rest:05}")
}

#[derive(Deserialize)]
struct ScoringCase {
    scale: u32,
    least_assessors: usize,
    #[serde(default = "three")]
    talk_at: u32,
    criteria: Vec<CriterionCase>,
    entries: Vec<String>,
    scores: Vec<ScoreCase>,
}

fn three() -> u32 {
    3
}

#[derive(Deserialize)]
struct CriterionCase {
    id: String,
    weight: u32,
    floor: Option<u32>,
}

#[derive(Deserialize)]
struct ScoreCase {
    entry: String,
    criterion: String,
    assessor: String,
    score: Option<PointsCase>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PointsCase {
    Points(u32),
    Word(String),
}

fn scoring(case: ScoringCase) -> Result<Value, String> {
    let given = case
        .scores
        .into_iter()
        .map(|given| {
            let score = match given.score {
                Some(PointsCase::Points(points)) if points <= case.scale => Score::Points(points),
                Some(PointsCase::Points(points)) => {
                    return Err(format!("a score of {points} is over the scale"));
                }
                Some(PointsCase::Word(word)) if word == "interest" => Score::Interest,
                Some(PointsCase::Word(word)) if !word.is_empty() => {
                    return Err(unknown("score", &word));
                }
                Some(PointsCase::Word(_)) | None => Score::NotYet,
            };
            Ok(Given {
                entry: given.entry,
                criterion: given.criterion,
                assessor: given.assessor,
                score,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let panel = Panel {
        scale: case.scale,
        least_assessors: case.least_assessors,
        talk_at: case.talk_at,
        criteria: case
            .criteria
            .into_iter()
            .map(|criterion| Criterion {
                id: criterion.id,
                weight: criterion.weight,
                floor: criterion.floor,
            })
            .collect(),
        entries: case.entries,
    };
    let scored = ::ballots::score(&panel, &given);
    Ok(scored
        .iter()
        .map(|scored| {
            json!({
                "entry": scored.entry,
                "complete": scored.score.is_some(),
                "score": scored.shown(),
                "talk_about": scored.talk_about,
                "below_floor": scored.below_floor,
                "rank": scored.rank,
            })
        })
        .collect())
}

#[derive(Deserialize)]
struct PotCase {
    rule: String,
    pot: u64,
    cap: Option<u64>,
    ranked: Vec<BidCase>,
}

#[derive(Deserialize)]
struct BidCase {
    id: String,
    ask: u64,
}

fn pot(case: PotCase) -> Result<Value, String> {
    let rule = match case.rule.as_str() {
        "stop" => FundingRule::Stop,
        "skip" => FundingRule::Skip,
        "part" => FundingRule::Part,
        other => return Err(unknown("rule", other)),
    };
    let ranked: Vec<Bid> = case
        .ranked
        .into_iter()
        .map(|bid| Bid {
            entry: bid.id,
            ask: bid.ask,
        })
        .collect();
    let (lines, left) = ::ballots::fund(rule, case.pot, case.cap, &ranked);
    let lines: Value = ranked
        .iter()
        .zip(lines)
        .map(|(bid, line)| {
            let (result, amount) = match line {
                Line::Award(amount) => ("award", Some(amount)),
                Line::OfferPart(amount) => ("offer_part", Some(amount)),
                Line::OverCap => ("over_cap", None),
                Line::DoesNotFit => ("does_not_fit", None),
                Line::NotReached => ("not_reached", None),
            };
            let mut out = json!({ "entry": bid.entry, "result": result });
            if let Some(amount) = amount {
                out["amount"] = json!(amount);
            }
            out
        })
        .collect();
    Ok(json!({ "lines": lines, "left": left }))
}

#[derive(Deserialize)]
struct PotActsCase {
    pot: u64,
    cap: Option<u64>,
    acts: Vec<PotAct>,
}

#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum PotAct {
    Award { entry: String, amount: u64 },
    Spend { entry: String, amount: u64 },
    Withdraw { entry: String },
    ChangePot { amount: u64 },
}

fn pot_acts(case: PotActsCase) -> Result<Value, String> {
    let mut pot = Pot::new(case.pot, case.cap);
    Ok(case
        .acts
        .iter()
        .map(|act| {
            let done = match act {
                PotAct::Award { entry, amount } => pot.award(entry, *amount),
                PotAct::Spend { entry, amount } => pot.spend(entry, *amount),
                PotAct::Withdraw { entry } => pot.withdraw(entry),
                PotAct::ChangePot { amount } => pot.change(*amount),
            };
            let standing = pot.standing();
            let mut out = json!({
                "ok": done.is_ok(), "awarded": standing.awarded, "left": standing.left,
            });
            if let Err(why) = done {
                out["why"] = json!(match why {
                    PotRefusal::OverPot => "over_pot",
                    PotRefusal::OverCap => "over_cap",
                    PotRefusal::NoAward => "no_award",
                    PotRefusal::OverAward => "over_award",
                    PotRefusal::BelowAwards => "below_awards",
                    PotRefusal::UnderSpent => "under_spent",
                });
            }
            out
        })
        .collect())
}
