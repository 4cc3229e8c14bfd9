//! Recomputing a stored ledger from its acts.

use std::iter::Peekable;

use crate::frontier::Frontier;
use crate::{Checkpoint, Finding, Hash, Node, leaf_hash, leaf_of_canonical};

/// One stored act, as read from the database.
///
/// Lengths are not assumed: a salt that was cut short is a finding, not an error of the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAct {
    /// Its number, from 0 without gaps: its place in the tree.
    pub seq: u64,
    /// The salt of 32 bytes; `None` once the act is erased.
    pub salt: Option<Vec<u8>>,
    /// The canonical text exactly as it was logged; `None` once the act is erased.
    pub act: Option<String>,
    /// The leaf entry made by [`leaf`](crate::leaf); never erased.
    pub entry: Vec<u8>,
}

/// What a ledger that holds amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Acts in the log.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Acts that the last checkpoint covers; those after it are signed by nobody yet.
    pub signed: u64,
    /// Acts of which only the leaf is left.
    pub erased: Vec<u64>,
}

/// Checks a whole stored ledger held in memory; see [`Verification`] for page by page.
///
/// `acts` come in order of their number, `nodes` (index and hash) in order of index,
/// `checkpoints` in the order in which they were made, each already
/// [opened](Checkpoint::open). The first thing that does not hold is returned.
pub fn verify<H: AsRef<[u8]>>(
    acts: impl IntoIterator<Item = StoredAct>,
    nodes: impl IntoIterator<Item = (u64, H)>,
    checkpoints: Vec<Checkpoint>,
) -> Result<Verified, Finding> {
    let mut verification = Verification::new(checkpoints)?;
    verification.page(acts, nodes)?;
    verification.finish()
}

/// A check in progress, for ledgers that are read page by page. It holds a few hashes only.
#[derive(Debug, Clone)]
pub struct Verification {
    frontier: Frontier,
    checkpoints: Vec<Checkpoint>,
    /// How many of `checkpoints` were met and held.
    met: usize,
    erased: Vec<u64>,
}

impl Verification {
    /// Begins with the checkpoints in the order in which they were made.
    pub fn new(checkpoints: Vec<Checkpoint>) -> Result<Self, Finding> {
        for (n, pair) in checkpoints.windows(2).enumerate() {
            let (place, before, this) = (n + 1, &pair[0], &pair[1]);
            if this.origin != before.origin {
                return Err(Finding::CheckpointOrigin {
                    place,
                    expected: before.origin.clone(),
                    found: this.origin.clone(),
                });
            }
            if this.size < before.size {
                return Err(Finding::CheckpointOrder {
                    place,
                    size: this.size,
                    before: before.size,
                });
            }
            if this.size == before.size && this.root != before.root {
                return Err(Finding::SplitView {
                    place,
                    size: this.size,
                });
            }
        }
        let mut verification = Self {
            frontier: Frontier::default(),
            checkpoints,
            met: 0,
            erased: Vec::new(),
        };
        verification.meet_checkpoints()?;
        Ok(verification)
    }

    /// Acts checked so far: the next page begins with this number.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Checks the next acts and exactly the nodes that belong to them
    /// (see [`nodes_of`](crate::nodes_of)).
    pub fn page<H: AsRef<[u8]>>(
        &mut self,
        acts: impl IntoIterator<Item = StoredAct>,
        nodes: impl IntoIterator<Item = (u64, H)>,
    ) -> Result<(), Finding> {
        let mut nodes = nodes.into_iter().peekable();
        for act in acts {
            self.act(&act, &mut nodes)?;
            self.meet_checkpoints()?;
        }
        match nodes.next() {
            Some((index, _)) => Err(Finding::NodeExtra(index)),
            None => Ok(()),
        }
    }

    /// Ends the check.
    pub fn finish(self) -> Result<Verified, Finding> {
        let size = self.size();
        if let Some(checkpoint) = self.checkpoints.get(self.met) {
            return Err(Finding::Truncated {
                size,
                signed: checkpoint.size,
            });
        }
        Ok(Verified {
            size,
            root: self.frontier.root(),
            signed: self.signed(),
            erased: self.erased,
        })
    }

    /// Acts covered by the last checkpoint that was met and held.
    fn signed(&self) -> u64 {
        self.checkpoints[..self.met].last().map_or(0, |c| c.size)
    }

    fn act<H: AsRef<[u8]>>(
        &mut self,
        act: &StoredAct,
        nodes: &mut Peekable<impl Iterator<Item = (u64, H)>>,
    ) -> Result<(), Finding> {
        let seq = self.size();
        if act.seq > seq {
            let found = act.seq;
            return Err(Finding::Missing { seq, found });
        }
        if act.seq < seq {
            return Err(Finding::Again {
                seq: act.seq,
                after: seq - 1,
            });
        }
        let leaf = leaf_hash(&act.entry);
        match (&act.salt, &act.act) {
            (Some(salt), Some(text)) => {
                let made = made_entry(salt, text);
                if made.as_deref() != Some(&act.entry) {
                    let node = Node::of_leaf(seq);
                    let stored = nodes.peek().filter(|(index, _)| *index == node.index);
                    let stored = stored.map(|(_, hash)| hash.as_ref());
                    return Err(blame(seq, made.as_deref(), leaf, node, stored));
                }
            }
            (None, None) => self.erased.push(seq),
            (None, Some(_)) => return Err(Finding::HalfErased { seq, lost: "salt" }),
            (Some(_), None) => return Err(Finding::HalfErased { seq, lost: "text" }),
        }
        self.frontier.push(leaf, |index, hash| {
            let node = Node::at(index);
            match nodes.peek() {
                Some((found, _)) if *found < index => return Err(Finding::NodeExtra(*found)),
                Some((found, stored)) if *found == index => {
                    if stored.as_ref() != hash {
                        return Err(if node.level == 0 {
                            Finding::Leaf { seq, node }
                        } else {
                            Finding::NodeAltered(node)
                        });
                    }
                }
                _ => return Err(Finding::NodeMissing(node)),
            }
            nodes.next();
            Ok(())
        })
    }

    fn meet_checkpoints(&mut self) -> Result<(), Finding> {
        while let Some(checkpoint) = self.checkpoints.get(self.met) {
            if checkpoint.size != self.size() {
                break;
            }
            if checkpoint.root != self.frontier.root() {
                return Err(Finding::Rewritten {
                    from: self.signed(),
                    signed: checkpoint.size,
                });
            }
            self.met += 1;
        }
        Ok(())
    }
}

/// The entry that salt and text make; none if the salt has lost its length.
fn made_entry(salt: &[u8], text: &str) -> Option<Vec<u8>> {
    let salt = salt.try_into().ok()?;
    Some(leaf_of_canonical(salt, text.as_bytes()))
}

/// Act and entry disagree: the tree's own leaf tells which of them was altered.
fn blame(seq: u64, made: Option<&[u8]>, leaf: Hash, node: Node, stored: Option<&[u8]>) -> Finding {
    match stored {
        None => Finding::NodeMissing(node),
        Some(hash) if hash == leaf => Finding::Act { seq },
        Some(hash) if made.is_some_and(|entry| leaf_hash(entry) == hash) => Finding::Entry { seq },
        Some(_) => Finding::Everything { seq, node },
    }
}
