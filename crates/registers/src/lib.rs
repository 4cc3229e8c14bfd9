//! What keeps registers useful: similar and duplicate records, coverage, baselines, contracts to renew together,
//! change proposals, and whether somebody still says that a record is right. No file, network, clock or random source
//! is touched. See the crate's README.

mod baseline;
mod coverage;
mod proposals;
mod renewals;
mod similar;
mod stale;
mod words;

pub use baseline::{Comparison, Merge, Record, Snapshot, compare};
pub use coverage::{Cell, Entry, Matrix, State, matrix};
pub use proposals::{Guide, Outcome, UnknownBase};
pub use renewals::{Contract, Renewal, Supplier, renewals};
pub use similar::{Candidate, Overlap, Similar, overlap, similar};
pub use stale::{Freshness, StaleRule};
pub use words::Words;
