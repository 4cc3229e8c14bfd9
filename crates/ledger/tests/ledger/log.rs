//! A log kept in memory through the same calls that a database-backed caller makes.

use std::collections::BTreeMap;

use ledger::{
    Checkpoint, Finding, Hash, LedgerFault, LogKey, StoredAct, Verified, append, canonical,
    consistency_proof, inclusion_proof, leaf, leaf_hash, reads_for_append, reads_for_consistency,
    reads_for_inclusion, reads_for_root, root, verify,
};
use serde_json::{Value, json};

pub const ORIGIN: &str = "gateway.example.org/ledger";

#[derive(Clone, Default)]
pub struct Log {
    pub acts: Vec<StoredAct>,
    pub nodes: BTreeMap<u64, Hash>,
    pub checkpoints: Vec<Checkpoint>,
}

impl Log {
    /// A log of `size` acts, each different from the others.
    pub fn of(size: u64) -> Self {
        let mut log = Self::default();
        for seq in 0..size {
            log.add(&act(seq), salt(seq));
        }
        log
    }

    pub fn size(&self) -> u64 {
        self.acts.len() as u64
    }

    pub fn add(&mut self, act: &Value, salt: [u8; 32]) {
        let entry = leaf(&salt, act);
        self.add_entry(&entry);
        self.acts.push(StoredAct {
            seq: self.size(),
            salt: Some(salt.to_vec()),
            act: Some(String::from_utf8(canonical(act)).expect("canonical JSON is UTF-8")),
            entry,
        });
    }

    /// Puts an entry into the tree only.
    fn add_entry(&mut self, entry: &[u8]) {
        let size = self.size();
        let read = self.read(&reads_for_append(size));
        let new = append(size, leaf_hash(entry), &read).expect("all was read");
        for (index, hash) in new {
            assert_eq!(self.nodes.insert(index, hash), None, "node stored once");
        }
    }

    /// Just what was asked for, so that a missing wish fails.
    fn read(&self, indexes: &[u64]) -> BTreeMap<u64, Hash> {
        indexes.iter().map(|i| (*i, self.nodes[i])).collect()
    }

    pub fn root(&self, size: u64) -> Hash {
        root(size, &self.read(&reads_for_root(size))).expect("all was read")
    }

    pub fn inclusion(&self, size: u64, leaf: u64) -> Result<Vec<Hash>, LedgerFault> {
        inclusion_proof(size, leaf, &self.read(&reads_for_inclusion(size, leaf)))
    }

    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LedgerFault> {
        consistency_proof(old, new, &self.read(&reads_for_consistency(old, new)))
    }

    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint {
            origin: ORIGIN.to_owned(),
            size,
            root: self.root(size),
        }
    }

    /// Makes checkpoints at the sizes given.
    pub fn signed_at(mut self, sizes: &[u64]) -> Self {
        self.checkpoints = sizes.iter().map(|size| self.checkpoint(*size)).collect();
        self
    }

    /// Makes every entry and node anew from the acts as they stand: what an attacker who owns the
    /// database does, while the checkpoints have left the house.
    pub fn made_anew(mut self) -> Self {
        let acts = std::mem::take(&mut self.acts);
        self.nodes.clear();
        for old in acts {
            let salt = old.salt.expect("kept").try_into().expect("32 bytes");
            let act = serde_json::from_str(&old.act.expect("kept")).expect("JSON");
            self.add(&act, salt);
        }
        self
    }

    pub fn verify(&self) -> Result<Verified, Finding> {
        let nodes = self.nodes.iter().map(|(index, hash)| (*index, *hash));
        verify(self.acts.clone(), nodes, self.checkpoints.clone())
    }
}

pub fn act(seq: u64) -> Value {
    json!({"act": "agreement.signed", "agreement": format!("agr_{seq:03}"), "party": "camden"})
}

pub fn salt(seq: u64) -> [u8; 32] {
    let mut salt = [7; 32];
    salt[..8].copy_from_slice(&seq.to_be_bytes());
    salt
}

pub fn key() -> LogKey {
    LogKey::from_seed(ORIGIN, &[42; 32]).expect("a valid name")
}
