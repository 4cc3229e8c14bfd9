use crate::lot::Lot;
use crate::share::Share;
use crate::{marks, motion, ranked, roll};

/// What is decided, how, by whom and when.
#[derive(Debug, Clone)]
pub struct Ballot {
    pub method: Method,
    /// The ids of what can be chosen, in the order of the paper. A motion has none.
    pub options: Vec<String>,
    /// The ids of the members on the day the ballot opened.
    pub roll: Vec<String>,
    /// The share of the roll that must vote.
    pub quorum: Share,
    /// UTC microseconds. The first moment that is not too early.
    pub opens_at: Option<i64>,
    /// UTC microseconds. The first moment that is too late.
    pub closes_at: Option<i64>,
    pub interests: Vec<Interest>,
    pub bar: Bar,
    pub secrecy: Secrecy,
    /// The seed of the lot, where one is needed and is known.
    pub seed: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Method {
    Motion(Majority),
    /// Tick up to `most`.
    Approval {
        seats: usize,
        most: usize,
        /// The share of the votes that are not abstentions which an option needs.
        threshold: Option<Share>,
        tie: TieRule,
    },
    /// Share out up to `points`, at most `most` on one.
    Points {
        seats: usize,
        points: u64,
        most: u64,
        threshold: Option<Share>,
        tie: TieRule,
    },
    /// Number as many as you like. Counted by the rules of Scottish council elections.
    Ranked {
        seats: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Majority {
    /// More for than against.
    Simple,
    /// Two thirds of those for and against.
    TwoThirds,
    /// More than half of the roll.
    OfRoll,
}

/// What becomes of a tie for the last place of an approval or points ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TieRule {
    SecondBallot,
    Chair,
    Lot,
}

/// What follows from an interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// It is declared, and that is all.
    None,
    /// The marks on that option are struck out.
    Option,
    /// The member is off the roll.
    Vote,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    Open,
    Members,
    Secret,
}

/// A secret ballot of fewer votes shows its result without counts.
pub const SECRET_LEAST_VOTES: usize = 5;

/// A member gains from these options.
#[derive(Debug, Clone)]
pub struct Interest {
    pub voter: String,
    pub options: Vec<String>,
}

/// One act of voting, in the order of the log. The last one that is in time counts.
#[derive(Debug, Clone)]
pub struct Vote {
    pub voter: String,
    /// UTC microseconds.
    pub at: Option<i64>,
    pub paper: Paper,
}

#[derive(Debug, Clone)]
pub enum Paper {
    Motion(Position),
    Approval(Vec<String>),
    Points(Vec<(String, u64)>),
    Ranked(Preferences),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    For,
    Against,
    Abstain,
}

#[derive(Debug, Clone)]
pub enum Preferences {
    /// First choice first.
    InOrder(Vec<String>),
    /// As numbers on a paper, which may be missing or there twice.
    Numbered(Vec<(String, u64)>),
}

/// What was counted, and what was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Members whose vote stands, abstentions with them.
    pub cast: usize,
    /// Members who could vote.
    pub roll: usize,
    pub quorum: Quorum,
    /// In the order of the acts.
    pub refused: Vec<Refused>,
    /// Marks struck out for an interest. Empty in a secret ballot: they would tell how somebody voted.
    pub struck: Vec<Struck>,
    /// None without a quorum: then nothing is counted.
    pub counted: Option<Counted>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    pub needed: usize,
    pub met: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub voter: String,
    pub why: Refusal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    NotOnRoll,
    Barred,
    Late,
    TooEarly,
    /// More points, more on one option, or more ticks than the ballot allows.
    TooMany,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck {
    pub voter: String,
    pub option: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub decision: Decision,
    /// None in a secret ballot of fewer than [`SECRET_LEAST_VOTES`] votes.
    pub counts: Option<Counts>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Carried,
    NotCarried,
    Chosen {
        /// Those with most first; in a ranked count in the order they were chosen.
        chosen: Vec<String>,
        /// A tie that this count does not settle.
        tied: Option<Tied>,
        lot: Option<Lot>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tied {
    pub options: Vec<String>,
    pub places_left: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counts {
    Motion(Motion),
    /// Ticks or points.
    Marks {
        abstained: usize,
        /// In the order of the options.
        marks: Vec<(String, u64)>,
        /// What the threshold asks for, where there is one.
        needed: Option<u64>,
    },
    /// Votes are in hundred-thousandths.
    Ranked {
        abstained: usize,
        quota: u64,
        valid: usize,
        stages: Vec<Stage>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Motion {
    pub for_it: usize,
    pub against: usize,
    pub abstained: usize,
    /// How many must be for it.
    pub needed: usize,
}

/// A stage of a ranked count, at its end. Votes are in hundred-thousandths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    pub what: StageKind,
    /// In the order of the options.
    pub votes: Vec<(String, u64)>,
    /// What no option holds any more.
    pub not_transferable: u64,
    /// What settled whose turn it was.
    pub tie_broken_by: Option<TieBreak>,
    /// In the order they were chosen.
    pub elected: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageKind {
    FirstChoices,
    SurplusOf(String),
    Out(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TieBreak {
    EarlierStage,
    Lot,
}

/// Why a ballot cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A paper is not one of this ballot's method.
    WrongPaper,
    /// A tie needs a lot, and the ballot has no seed.
    NoSeed,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Fault::WrongPaper => "a vote is not of the ballot's method",
            Fault::NoSeed => "a tie goes to lot, and the ballot has no seed",
        })
    }
}

impl std::error::Error for Fault {}

/// Counts a ballot after its close.
///
/// # Errors
/// When a paper is of another method, or a lot is needed that has no seed.
pub fn count(ballot: &Ballot, votes: &[Vote]) -> Result<Tally, Fault> {
    let admitted = roll::admit(ballot, votes)?;
    let needed = ballot.quorum.of_rounded_up(admitted.roll);
    let cast = admitted.papers.len();
    let quorum = Quorum {
        needed,
        met: cast >= needed,
    };
    let counted = if quorum.met {
        let mut counted = counted(ballot, &admitted)?;
        if ballot.secrecy == Secrecy::Secret && cast < SECRET_LEAST_VOTES {
            counted.counts = None;
        }
        Some(counted)
    } else {
        None
    };
    let shown = counted.is_some() && ballot.secrecy != Secrecy::Secret;
    Ok(Tally {
        cast,
        roll: admitted.roll,
        quorum,
        refused: admitted.refused,
        struck: if shown { admitted.struck } else { Vec::new() },
        counted,
    })
}

fn counted(ballot: &Ballot, admitted: &roll::Admitted) -> Result<Counted, Fault> {
    let papers = &admitted.papers;
    match &ballot.method {
        Method::Motion(majority) => motion::count(*majority, papers, admitted.roll),
        Method::Approval {
            seats,
            threshold,
            tie,
            ..
        }
        | Method::Points {
            seats,
            threshold,
            tie,
            ..
        } => marks::count(ballot, papers, *seats, *threshold, *tie),
        Method::Ranked { seats } => ranked::count(ballot, papers, *seats),
    }
}
