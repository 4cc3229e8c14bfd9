//! What a check of the stored ledger found, in words an auditor can use.

use std::fmt;

use tlog_tiles::tlog::{split_stored_hash_index, stored_hash_index};

/// A stored tree node and the acts beneath it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its stored-hash index.
    pub index: u64,
    /// Its level; 0 is a leaf.
    pub level: u8,
    /// The first act beneath it.
    pub first: u64,
    /// The last act beneath it.
    pub last: u64,
}

impl Node {
    /// The node that a stored-hash index stands for.
    pub fn at(index: u64) -> Self {
        let (level, n) = split_stored_hash_index(index);
        let first = n << level;
        let last = first + ((1 << level) - 1);
        Self {
            index,
            level,
            first,
            last,
        }
    }

    /// The leaf node of an act.
    pub fn of_leaf(seq: u64) -> Self {
        Self::at(stored_hash_index(0, seq))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.level == 0 {
            write!(
                f,
                "stored node {} (the leaf of act {})",
                self.index, self.first
            )
        } else {
            let Self {
                index, first, last, ..
            } = self;
            write!(f, "stored node {index} (over acts {first} to {last})")
        }
    }
}

/// The first place where a stored ledger does not hold, and what is wrong there.
///
/// Acts are numbered from 0 throughout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// An act is not there, or acts stand in the wrong order.
    #[error("act {seq} is missing: act {found} stands in its place")]
    Missing {
        /// The act that should stand here.
        seq: u64,
        /// The one that does.
        found: u64,
    },
    /// A sequence number a second time, or a later act moved forward and its neighbour behind it.
    #[error("act {seq} occurs again after act {after}: it is a duplicate or out of order")]
    Again {
        /// The act.
        seq: u64,
        /// The act before the second occurrence.
        after: u64,
    },
    /// The act's text or salt is not what was logged.
    #[error("act {seq} was altered: its text and salt are not what the log's leaf commits to")]
    Act {
        /// The act.
        seq: u64,
    },
    /// The act agrees with the tree, its stored leaf entry does not.
    #[error("the stored leaf entry of act {seq} was altered; the act itself agrees with the log")]
    Entry {
        /// The act.
        seq: u64,
    },
    /// The act and its entry agree with each other and not with the tree's leaf.
    #[error(
        "act {seq} does not agree with {node}: the act was replaced together with its leaf \
         entry, or the stored node was altered"
    )]
    Leaf {
        /// The act.
        seq: u64,
        /// The leaf node.
        node: Node,
    },
    /// Act, entry and node all disagree.
    #[error("act {seq}, its stored leaf entry and {node} all disagree")]
    Everything {
        /// The act.
        seq: u64,
        /// The leaf node.
        node: Node,
    },
    /// Only one of act and salt is left: an erasure removes both.
    #[error("act {seq} has lost its {lost} only: an erasure removes act and salt together")]
    HalfErased {
        /// The act.
        seq: u64,
        /// `text` or `salt`.
        lost: &'static str,
    },
    /// A tree node is not there.
    #[error("{0} is missing")]
    NodeMissing(Node),
    /// A tree node is not the hash of what lies beneath it.
    #[error("{0} was altered: it is not the hash of what lies beneath it")]
    NodeAltered(Node),
    /// A node beyond those that the acts give, or one given twice.
    #[error("stored node {0} belongs to no act of the log, or occurs twice")]
    NodeExtra(u64),
    /// The log is shorter than a signed checkpoint says.
    #[error(
        "the log was cut off: a checkpoint signs {signed} acts and only {size} are stored \
         (act {size} is the first one missing)"
    )]
    Truncated {
        /// Acts stored.
        size: u64,
        /// Acts that the checkpoint signs.
        signed: u64,
    },
    /// The acts agree among themselves and not with a signed checkpoint.
    #[error(
        "the stored log is not what the checkpoint of {signed} acts signs: something among acts \
         {from} to {} was rewritten", signed.saturating_sub(1)
    )]
    Rewritten {
        /// The first act not covered by an earlier checkpoint that holds.
        from: u64,
        /// Acts that the checkpoint signs.
        signed: u64,
    },
    /// A checkpoint comes after a larger one.
    #[error(
        "checkpoint {place} (counting from 0) signs {size} acts after one that signs {before}: \
         an older checkpoint was put in again"
    )]
    CheckpointOrder {
        /// Its place in the list.
        place: usize,
        /// Acts that it signs.
        size: u64,
        /// Acts that the one before it signs.
        before: u64,
    },
    /// Two checkpoints of one size with different roots.
    #[error(
        "checkpoints {} and {place} (counting from 0) sign {size} acts with different roots: \
         the log has shown two faces", place - 1
    )]
    SplitView {
        /// The place of the second one in the list.
        place: usize,
        /// The size of both.
        size: u64,
    },
    /// A checkpoint of another log.
    #[error("checkpoint {place} (counting from 0) is for the log ‘{found}’, not for ‘{expected}’")]
    CheckpointOrigin {
        /// Its place in the list.
        place: usize,
        /// The log of the first checkpoint.
        expected: String,
        /// The log it names.
        found: String,
    },
}
