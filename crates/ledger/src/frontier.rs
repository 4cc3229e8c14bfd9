//! The right edge of a growing tree: enough to append and to know the root, without storage.

use tlog_tiles::tlog::{node_hash, stored_hash_index};

use crate::{EMPTY_ROOT, Hash};

/// Roots of the complete subtrees that make up a tree, largest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf and hands on each node it completes, with its stored-hash index.
    pub(crate) fn push<E>(
        &mut self,
        leaf: Hash,
        mut made: impl FnMut(u64, Hash) -> Result<(), E>,
    ) -> Result<(), E> {
        let first = stored_hash_index(0, self.size);
        let mut hash = leaf;
        made(first, hash)?;
        // Each trailing one bit of the old size is a complete left neighbour.
        for level in 1..=u64::from(self.size.trailing_ones()) {
            let left = self.peaks.pop().expect("one peak per bit of the size");
            hash = join(left, hash);
            made(first + level, hash)?;
        }
        self.peaks.push(hash);
        self.size += 1;
        Ok(())
    }

    /// The root as RFC 6962 has it: smaller subtrees joined first.
    pub(crate) fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(last) = peaks.next() else {
            return EMPTY_ROOT;
        };
        peaks.fold(last, |right, left| join(left, right))
    }
}

fn join(left: Hash, right: Hash) -> Hash {
    node_hash(tlog_tiles::tlog::Hash(left), tlog_tiles::tlog::Hash(right)).0
}
