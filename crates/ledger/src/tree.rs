//! The RFC 6962 tree over stored node hashes.
//!
//! Every complete subtree's hash is stored once, under its *stored-hash index* (the dense order
//! of Crosby and Wallach that Go's `sumdb/tlog` uses). For each task one function names the
//! indexes to read and a second one, given what was read, does the work; reading stays with the
//! caller.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use tlog_tiles::tlog::{self, HashReader};

use crate::Hash;

/// The root of the empty tree: SHA-256 of nothing.
pub const EMPTY_ROOT: Hash = tlog::EMPTY_HASH.0;

/// More leaves than this are refused, so that no index can overflow.
pub const MAX_SIZE: u64 = 1 << 62;

/// Longest proof a tree can need; a longer one is refused before any work.
const MAX_PROOF: usize = 64;

/// Why a step on the tree was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerFault {
    /// A stored node that the step needs was not among those read.
    #[error("stored node {0} is needed and was not read")]
    NotRead(u64),
    /// The size is beyond [`MAX_SIZE`].
    #[error("a log of {0} acts is larger than this program can hold")]
    TooLarge(u64),
    /// A proof was asked for an act that the log does not hold.
    #[error("act {leaf} is not in a log of {size} acts")]
    NotInLog {
        /// The act asked for.
        leaf: u64,
        /// The log's size.
        size: u64,
    },
    /// Consistency was asked with a log that is larger than the later one.
    #[error("a log of {old} acts cannot be an earlier state of a log of {new} acts")]
    NotEarlier {
        /// The size said to be earlier.
        old: u64,
        /// The size said to be later.
        new: u64,
    },
    /// The proof does not show that the act is in the log with that root.
    #[error("the proof does not show act {leaf} in the log of {size} acts with this root")]
    NotIncluded {
        /// The act.
        leaf: u64,
        /// The log's size.
        size: u64,
    },
    /// The proof does not show that the later log begins with the earlier one.
    #[error(
        "the proof does not show that the log of {new} acts begins with the log of {old} acts: \
         something may have been rewritten"
    )]
    NotConsistent {
        /// The earlier size.
        old: u64,
        /// The later size.
        new: u64,
    },
}

/// Indexes of the stored nodes to read before appending to a log of `size` acts.
pub fn reads_for_append(size: u64) -> Vec<u64> {
    wanted(size, |reader| {
        tlog::stored_hashes_for_record_hash(size, tlog::EMPTY_HASH, reader).map(drop)
    })
}

/// Appends act number `size`: the new nodes to store, in order of index.
pub fn append(
    size: u64,
    entry_hash: Hash,
    read: &BTreeMap<u64, Hash>,
) -> Result<Vec<(u64, Hash)>, LedgerFault> {
    let reader = Reader::new(size, read)?;
    let hashes =
        reader.ask(|r| tlog::stored_hashes_for_record_hash(size, tlog::Hash(entry_hash), r))?;
    let first = tlog::stored_hash_index(0, size);
    Ok((first..).zip(hashes.into_iter().map(|h| h.0)).collect())
}

/// Indexes of the stored nodes to read for [`root`].
pub fn reads_for_root(size: u64) -> Vec<u64> {
    wanted(size, |reader| tlog::tree_hash(size, reader).map(drop))
}

/// The root of a log of `size` acts.
pub fn root(size: u64, read: &BTreeMap<u64, Hash>) -> Result<Hash, LedgerFault> {
    let reader = Reader::new(size, read)?;
    reader.ask(|r| tlog::tree_hash(size, r)).map(|hash| hash.0)
}

/// Indexes of the stored nodes to read for [`inclusion_proof`]; none if the act is not in the log.
pub fn reads_for_inclusion(size: u64, leaf: u64) -> Vec<u64> {
    wanted(size, |reader| {
        tlog::prove_record(size, leaf, reader).map(drop)
    })
}

/// The RFC 6962 audit path of act `leaf` in a log of `size` acts.
pub fn inclusion_proof(
    size: u64,
    leaf: u64,
    read: &BTreeMap<u64, Hash>,
) -> Result<Vec<Hash>, LedgerFault> {
    let reader = Reader::new(size, read)?;
    if leaf >= size {
        return Err(LedgerFault::NotInLog { leaf, size });
    }
    let proof = reader.ask(|r| tlog::prove_record(size, leaf, r))?;
    Ok(proof.into_iter().map(|h| h.0).collect())
}

/// Checks that the log of `size` acts with `root` holds `leaf_hash` at place `leaf`.
pub fn verify_inclusion(
    proof: &[Hash],
    size: u64,
    root: Hash,
    leaf: u64,
    leaf_hash: Hash,
) -> Result<(), LedgerFault> {
    if size > MAX_SIZE {
        return Err(LedgerFault::TooLarge(size));
    }
    if leaf >= size {
        return Err(LedgerFault::NotInLog { leaf, size });
    }
    if proof.len() > MAX_PROOF {
        return Err(LedgerFault::NotIncluded { leaf, size });
    }
    tlog::check_record(
        &wrap(proof),
        size,
        tlog::Hash(root),
        leaf,
        tlog::Hash(leaf_hash),
    )
    .map_err(|_| LedgerFault::NotIncluded { leaf, size })
}

/// Indexes of the stored nodes to read for [`consistency_proof`]; none if `old` is larger.
pub fn reads_for_consistency(old: u64, new: u64) -> Vec<u64> {
    wanted(new, |reader| tlog::prove_tree(new, old, reader).map(drop))
}

/// The RFC 6962 proof that the log of `new` acts begins with the log of `old` acts.
pub fn consistency_proof(
    old: u64,
    new: u64,
    read: &BTreeMap<u64, Hash>,
) -> Result<Vec<Hash>, LedgerFault> {
    let reader = Reader::new(new, read)?;
    if old > new {
        return Err(LedgerFault::NotEarlier { old, new });
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let proof = reader.ask(|r| tlog::prove_tree(new, old, r))?;
    Ok(proof.into_iter().map(|h| h.0).collect())
}

/// Checks that the log of `new` acts with `new_root` begins with the log of `old` acts with
/// `old_root`.
pub fn verify_consistency(
    proof: &[Hash],
    old: u64,
    old_root: Hash,
    new: u64,
    new_root: Hash,
) -> Result<(), LedgerFault> {
    if new > MAX_SIZE {
        return Err(LedgerFault::TooLarge(new));
    }
    if old > new {
        return Err(LedgerFault::NotEarlier { old, new });
    }
    let held = if old == 0 {
        // Every log begins with the empty one; only a stray proof or root can be wrong, and
        // two empty logs must have the same root.
        proof.is_empty() && old_root == EMPTY_ROOT && (new > 0 || new_root == EMPTY_ROOT)
    } else {
        proof.len() <= MAX_PROOF
            && tlog::check_tree(
                &wrap(proof),
                new,
                tlog::Hash(new_root),
                old,
                tlog::Hash(old_root),
            )
            .is_ok()
    };
    if held {
        Ok(())
    } else {
        Err(LedgerFault::NotConsistent { old, new })
    }
}

/// Stored-hash indexes of the nodes that belong to the acts `acts`, as [`append`] made them.
///
/// # Panics
///
/// When the range ends beyond [`MAX_SIZE`].
pub fn nodes_of(acts: Range<u64>) -> Range<u64> {
    assert!(acts.end <= MAX_SIZE, "no log is that large");
    tlog::stored_hash_count(acts.start)..tlog::stored_hash_count(acts.end)
}

fn wrap(proof: &[Hash]) -> Vec<tlog::Hash> {
    proof.iter().copied().map(tlog::Hash).collect()
}

/// Runs a step over a reader that only notes which indexes it is asked for.
fn wanted(size: u64, step: impl FnOnce(&Recorder) -> Result<(), tlog::Error>) -> Vec<u64> {
    let recorder = Recorder::default();
    // A refused step reads nothing; the function that does the work names the reason.
    if size <= MAX_SIZE && step(&recorder).is_err() {
        return Vec::new();
    }
    recorder.0.into_inner()
}

#[derive(Default)]
struct Recorder(RefCell<Vec<u64>>);

impl HashReader for Recorder {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        self.0.borrow_mut().extend_from_slice(indexes);
        Ok(vec![tlog::EMPTY_HASH; indexes.len()])
    }
}

struct Reader<'a> {
    read: &'a BTreeMap<u64, Hash>,
    missing: RefCell<Option<u64>>,
}

impl<'a> Reader<'a> {
    fn new(size: u64, read: &'a BTreeMap<u64, Hash>) -> Result<Self, LedgerFault> {
        if size > MAX_SIZE {
            return Err(LedgerFault::TooLarge(size));
        }
        let missing = RefCell::new(None);
        Ok(Self { read, missing })
    }

    fn ask<T>(&self, step: impl FnOnce(&Self) -> Result<T, tlog::Error>) -> Result<T, LedgerFault> {
        step(self).map_err(|_| {
            let missing = *self.missing.borrow();
            LedgerFault::NotRead(missing.expect("the reader alone refuses a checked step"))
        })
    }
}

impl HashReader for Reader<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        indexes
            .iter()
            .map(|index| match self.read.get(index) {
                Some(hash) => Ok(tlog::Hash(*hash)),
                None => {
                    *self.missing.borrow_mut() = Some(*index);
                    Err(tlog::Error::IndexesNotInTree)
                }
            })
            .collect()
    }
}
