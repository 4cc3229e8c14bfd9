//! The ledger: an append-only Merkle log of acts that a stranger can check.
//!
//! Nothing here reads a file, a clock or a random source. The caller stores three kinds of rows
//! and passes them in:
//!
//! - **acts**: sequence number (from 0, without gaps), salt, the act's canonical text, and the
//!   leaf entry made from both;
//! - **nodes**: tree hashes by stored-hash index, as [`append`] returns them;
//! - **checkpoints**: signed notes over a size and a root.
//!
//! Formats are published ones (RFC 6962, RFC 8785, C2SP tlog-tiles, tlog-checkpoint and
//! signed-note). `README.md` states each byte.

mod canonical;
mod checkpoint;
mod finding;
mod frontier;
mod leaf;
mod note;
pub mod register;
pub mod tiles;
mod tree;
mod verify;
mod witness;

pub use canonical::{canonical, digest};
pub use checkpoint::{Checkpoint, CheckpointFault, KeyFault, LogKey, VerifierKey};
pub use finding::{Finding, Node};
pub use leaf::{leaf, leaf_hash, leaf_of_canonical};
pub use note::{OpenedNote, open_note, sign_note};
pub use tree::{
    EMPTY_ROOT, LedgerFault, MAX_SIZE, append, consistency_proof, inclusion_proof, nodes_of,
    reads_for_append, reads_for_consistency, reads_for_inclusion, reads_for_root, root,
    verify_consistency, verify_inclusion,
};
pub use verify::{StoredAct, Verification, Verified, verify};
pub use witness::{WitnessKey, WitnessVerifier};

/// A SHA-256 hash.
pub type Hash = [u8; 32];
