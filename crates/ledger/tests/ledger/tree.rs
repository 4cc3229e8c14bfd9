//! The tree against the reference vectors of Certificate Transparency and against `ct-merkle`.

use std::collections::BTreeMap;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ledger::{
    EMPTY_ROOT, Hash, LedgerFault, MAX_SIZE, append, inclusion_proof, leaf_hash, nodes_of,
    reads_for_append, reads_for_root, root, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use sha2::Sha256;

use crate::log::Log;
use crate::{bytes, hash};

const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

/// Roots of the first 0, 1, … 8 leaves.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// Index and size, then the audit path.
const INCLUSION: [(u64, u64, &[&str]); 2] = [
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
];

/// Both sizes, then the proof.
const CONSISTENCY: [(u64, u64, &[&str]); 2] = [
    (
        2,
        8,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
];

/// A log over bare entries.
fn log_of(entries: &[Vec<u8>]) -> Log {
    let mut log = Log::default();
    for entry in entries {
        let size = log.size();
        let read = reads_for_append(size)
            .into_iter()
            .map(|i| (i, log.nodes[&i]))
            .collect();
        log.nodes
            .extend(append(size, leaf_hash(entry), &read).expect("all was read"));
        log.acts.push(ledger::StoredAct {
            seq: size,
            salt: None,
            act: None,
            entry: entry.clone(),
        });
    }
    log
}

fn hashes(list: &[&str]) -> Vec<Hash> {
    list.iter().map(|hex| hash(hex)).collect()
}

#[test]
fn reference_roots() {
    assert_eq!(EMPTY_ROOT, hash(ROOTS[0]));
    let log = log_of(&LEAVES.map(bytes));
    for (size, want) in (0..).zip(ROOTS) {
        assert_eq!(log.root(size), hash(want), "size {size}");
    }
    assert_eq!(log.verify().expect("holds").root, hash(ROOTS[8]));
}

#[test]
fn reference_inclusion_proofs() {
    let log = log_of(&LEAVES.map(bytes));
    for (leaf, size, proof) in INCLUSION {
        let proof = hashes(proof);
        assert_eq!(log.inclusion(size, leaf), Ok(proof.clone()));
        let entry = leaf_hash(&bytes(LEAVES[leaf as usize]));
        assert_eq!(
            verify_inclusion(&proof, size, hash(ROOTS[size as usize]), leaf, entry),
            Ok(())
        );
    }
}

#[test]
fn reference_consistency_proofs() {
    let log = log_of(&LEAVES.map(bytes));
    for (old, new, proof) in CONSISTENCY {
        let proof = hashes(proof);
        assert_eq!(log.consistency(old, new), Ok(proof.clone()));
        let [from, to] = [old, new].map(|size| hash(ROOTS[size as usize]));
        assert_eq!(verify_consistency(&proof, old, from, new, to), Ok(()));
    }
}

#[test]
fn what_was_not_read_is_named() {
    let log = Log::of(6);
    for missing in reads_for_append(7) {
        let mut read = log.nodes.clone();
        read.remove(&missing);
        assert_eq!(
            append(7, [0; 32], &read),
            Err(LedgerFault::NotRead(missing))
        );
    }
    for missing in reads_for_root(6) {
        let mut read = log.nodes.clone();
        read.remove(&missing);
        assert_eq!(root(6, &read), Err(LedgerFault::NotRead(missing)));
    }
}

#[test]
fn sizes_from_strangers_are_refused_without_harm() {
    let none = BTreeMap::new();
    for size in [MAX_SIZE + 1, u64::MAX] {
        assert!(reads_for_append(size).is_empty());
        assert_eq!(
            append(size, [0; 32], &none),
            Err(LedgerFault::TooLarge(size))
        );
        assert_eq!(root(size, &none), Err(LedgerFault::TooLarge(size)));
        assert_eq!(
            verify_inclusion(&[[0; 32]; 64], size, [0; 32], 5, [0; 32]),
            Err(LedgerFault::TooLarge(size))
        );
        assert_eq!(
            verify_consistency(&[[0; 32]; 64], 1, [0; 32], size, [0; 32]),
            Err(LedgerFault::TooLarge(size))
        );
    }
    let leaf = MAX_SIZE - 1;
    let size = MAX_SIZE;
    assert_eq!(
        verify_inclusion(&vec![[0; 32]; 100_000], size, [0; 32], leaf, [0; 32]),
        Err(LedgerFault::NotIncluded { leaf, size })
    );
    assert_eq!(
        inclusion_proof(3, 3, &none),
        Err(LedgerFault::NotInLog { leaf: 3, size: 3 })
    );
}

#[test]
fn the_empty_log_is_the_beginning_of_every_log() {
    let log = Log::of(3);
    let root = log.root(3);
    assert_eq!(log.consistency(0, 3), Ok(vec![]));
    assert_eq!(verify_consistency(&[], 0, EMPTY_ROOT, 3, root), Ok(()));
    assert_eq!(
        verify_consistency(&[], 0, EMPTY_ROOT, 0, EMPTY_ROOT),
        Ok(())
    );
    let fault = Err(LedgerFault::NotConsistent { old: 0, new: 3 });
    assert_eq!(verify_consistency(&[], 0, root, 3, root), fault);
    assert_eq!(verify_consistency(&[root], 0, EMPTY_ROOT, 3, root), fault);
    assert_eq!(
        verify_consistency(&[], 0, EMPTY_ROOT, 0, root),
        Err(LedgerFault::NotConsistent { old: 0, new: 0 })
    );
    assert_eq!(
        verify_consistency(&[], 4, root, 3, root),
        Err(LedgerFault::NotEarlier { old: 4, new: 3 })
    );
}

type Independent = MemoryBackedTree<Sha256, Vec<u8>>;

fn independent(entries: &[Vec<u8>]) -> Independent {
    let mut tree = Independent::new();
    for entry in entries {
        tree.push(entry.clone());
    }
    tree
}

fn flat(proof: &[Hash]) -> Vec<u8> {
    proof.concat()
}

fn entries() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 1..90)
}

proptest! {
    #[test]
    fn roots_agree_with_the_independent_tree(entries in entries()) {
        let log = log_of(&entries);
        for size in 1..=entries.len() {
            let other = independent(&entries[..size]).root();
            prop_assert_eq!(&log.root(size as u64)[..], &other.as_bytes()[..]);
        }
        prop_assert_eq!(log.verify().expect("holds").root, log.root(log.size()));
        let indexes = nodes_of(0..log.size());
        prop_assert!(log.nodes.keys().copied().eq(indexes));
    }

    #[test]
    fn inclusion_agrees_with_the_independent_tree(
        entries in entries(),
        pick: prop::sample::Index,
        flip: prop::sample::Index,
    ) {
        let log = log_of(&entries);
        let (size, at) = (log.size(), pick.index(entries.len()));
        let leaf = at as u64;
        let other = independent(&entries);
        let proof = log.inclusion(size, leaf).expect("in the log");
        prop_assert_eq!(flat(&proof), other.prove_inclusion(at).as_bytes().to_vec());
        let entry = leaf_hash(&entries[at]);
        let root = log.root(size);
        prop_assert_eq!(verify_inclusion(&proof, size, root, leaf, entry), Ok(()));

        let refused = Err(LedgerFault::NotIncluded { leaf, size });
        let mut longer = proof.clone();
        longer.push(root);
        prop_assert_eq!(verify_inclusion(&longer, size, root, leaf, entry), refused.clone());
        if !proof.is_empty() {
            let mut bent = proof.clone();
            let place = flip.index(bent.len() * 32);
            bent[place / 32][place % 32] ^= 1;
            prop_assert_eq!(verify_inclusion(&bent, size, root, leaf, entry), refused.clone());
            let shorter = &proof[1..];
            prop_assert_eq!(verify_inclusion(shorter, size, root, leaf, entry), refused.clone());
        }
        let mut forged = entry;
        forged[flip.index(32)] ^= 1;
        prop_assert_eq!(verify_inclusion(&proof, size, root, leaf, forged), refused);
    }

    #[test]
    fn consistency_agrees_with_the_independent_tree(
        entries in entries(),
        pick: prop::sample::Index,
        flip: prop::sample::Index,
    ) {
        let log = log_of(&entries);
        let (new, old) = (log.size(), pick.index(entries.len()) as u64 + 1);
        let other = independent(&entries);
        let proof = log.consistency(old, new).expect("earlier");
        prop_assert_eq!(
            flat(&proof),
            other.prove_consistency((new - old) as usize).as_bytes().to_vec()
        );
        let (from, to) = (log.root(old), log.root(new));
        prop_assert_eq!(verify_consistency(&proof, old, from, new, to), Ok(()));

        let refused = Err(LedgerFault::NotConsistent { old, new });
        let mut rewritten = from;
        rewritten[flip.index(32)] ^= 1;
        prop_assert_eq!(verify_consistency(&proof, old, rewritten, new, to), refused.clone());
        let mut longer = proof.clone();
        longer.push(to);
        prop_assert_eq!(verify_consistency(&longer, old, from, new, to), refused.clone());
        if !proof.is_empty() {
            let mut bent = proof.clone();
            let place = flip.index(bent.len() * 32);
            bent[place / 32][place % 32] ^= 1;
            prop_assert_eq!(verify_consistency(&bent, old, from, new, to), refused);
        }
    }
}
