//! Ballots, scoring of entries and pots of money: what a coalition decides together, counted by published rules.
//! No file, network, clock or random source is touched, and no float decides anything. See the crate's README.

mod ballot;
mod lot;
mod marks;
mod motion;
mod pot;
mod ranked;
mod roll;
mod scoring;
mod share;

pub use ballot::{
    Ballot, Bar, Counted, Counts, Decision, Fault, Interest, Majority, Method, Motion, Paper,
    Position, Preferences, Quorum, Refusal, Refused, SECRET_LEAST_VOTES, Secrecy, Stage, StageKind,
    Struck, Tally, TieBreak, TieRule, Tied, Vote, count,
};
pub use lot::{Lot, draw};
pub use pot::{Bid, FundingRule, Line, Pot, PotRefusal, Standing, fund};
pub use scoring::{Criterion, Given, Panel, Score, Scored, score};
pub use share::Share;
