//! How fast the ledger appends, proves and verifies, beside what bare hashing would take.
//!
//! `verify one million` recomputes a log of a million acts of about 250 bytes: commitment, leaf hash
//! and every tree node, each compared with what is stored, and one checkpoint. `hash alone` does
//! the SHA-256 blocks of the same work with the same number of calls and nothing else: the limit.

#![expect(clippy::disallowed_methods, reason = "benches measure real time")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use ledger::{
    Checkpoint, Hash, LogKey, StoredAct, Verification, append, canonical, inclusion_proof, leaf,
    leaf_hash, nodes_of, reads_for_append, reads_for_inclusion, verify_inclusion,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const MILLION: u64 = 1_000_000;
const ORIGIN: &str = "gateway.example.org/ledger";

struct Log {
    acts: Vec<StoredAct>,
    nodes: Vec<Hash>,
}

fn act(seq: u64) -> Value {
    json!({
        "act": "agreement.signed",
        "agreement": format!("agr_01JD{seq:020}"),
        "at": "2026-11-21T09:00:00.000000Z",
        "by": format!("usr_01JD{:020}", seq % 977),
        "digest": "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        "organisation": "org_camden",
    })
}

fn salt(seq: u64) -> [u8; 32] {
    Sha256::digest(seq.to_be_bytes()).into()
}

/// Appends an entry to nodes kept densely by index, reading only what is asked for.
fn grow(nodes: &mut Vec<Hash>, size: u64, entry: &[u8]) {
    let read: BTreeMap<u64, Hash> = reads_for_append(size)
        .into_iter()
        .map(|index| (index, nodes[index as usize]))
        .collect();
    let new = append(size, leaf_hash(entry), &read).expect("all was read");
    nodes.extend(new.into_iter().map(|(_, hash)| hash));
}

fn log(size: u64) -> Log {
    let mut log = Log {
        acts: Vec::new(),
        nodes: Vec::new(),
    };
    for seq in 0..size {
        let (act, salt) = (act(seq), salt(seq));
        let entry = leaf(&salt, &act);
        grow(&mut log.nodes, seq, &entry);
        log.acts.push(StoredAct {
            seq,
            salt: Some(salt.to_vec()),
            act: Some(String::from_utf8(canonical(&act)).expect("UTF-8")),
            entry,
        });
    }
    log
}

fn root(log: &Log, size: u64) -> Hash {
    let read = ledger::reads_for_root(size)
        .into_iter()
        .map(|index| (index, log.nodes[index as usize]))
        .collect();
    ledger::root(size, &read).expect("all was read")
}

fn appending(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("append");
    group.throughput(Throughput::Elements(1));
    let (act, salt) = (act(1), salt(1));
    let mut nodes = Vec::new();
    let mut size = 0;
    group.bench_function("an act: canonical form, leaf, tree nodes", |b| {
        b.iter(|| {
            let entry = leaf(&salt, black_box(&act));
            grow(&mut nodes, size, &entry);
            size += 1;
        });
    });
    let entry = leaf(&salt, &act);
    group.bench_function("tree nodes alone", |b| {
        b.iter(|| {
            grow(&mut nodes, size, black_box(&entry));
            size += 1;
        });
    });
    group.finish();
}

fn proving(bench: &mut Criterion) {
    let size = 100_000;
    let log = log(size);
    let root = root(&log, size);
    let key = LogKey::from_seed(ORIGIN, &[42; 32]).expect("a valid name");
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size,
        root,
    };
    let mut group = bench.benchmark_group("prove");
    let mut at = 0;
    group.bench_function("inclusion in 100,000, made and verified", |b| {
        b.iter(|| {
            at = (at + 7919) % size;
            let read = reads_for_inclusion(size, at)
                .into_iter()
                .map(|index| (index, log.nodes[index as usize]))
                .collect();
            let proof = inclusion_proof(size, at, &read).expect("in the log");
            let entry = leaf_hash(&log.acts[at as usize].entry);
            verify_inclusion(&proof, size, root, at, entry).expect("holds");
        });
    });
    group.bench_function("checkpoint signed", |b| {
        b.iter(|| checkpoint.sign(&key).expect("signs"));
    });
    let note = checkpoint.sign(&key).expect("signs");
    let keys = [key.verifier().clone()];
    group.bench_function("checkpoint opened", |b| {
        b.iter(|| Checkpoint::open(black_box(&note), &keys).expect("signed"));
    });
    group.finish();
}

fn verifying(bench: &mut Criterion) {
    let log = log(MILLION);
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: MILLION,
        root: root(&log, MILLION),
    };
    let mut group = bench.benchmark_group("verify one million");
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(100));
    group.throughput(Throughput::Elements(MILLION));

    // Pages as a database would hand them over, built outside the measured part.
    const PAGE: usize = 10_000;
    group.bench_function("stored acts and nodes", |b| {
        b.iter_custom(|rounds| {
            let mut spent = Duration::ZERO;
            for _ in 0..rounds {
                let begun = Verification::new(vec![checkpoint.clone()]);
                let mut verification = begun.expect("in order");
                for page in log.acts.chunks(PAGE) {
                    let from = verification.size();
                    let range = nodes_of(from..from + page.len() as u64);
                    let nodes = range.map(|index| (index, log.nodes[index as usize]));
                    let page = page.to_vec();
                    let start = std::time::Instant::now();
                    verification.page(page, nodes).expect("holds");
                    spent += start.elapsed();
                }
                assert_eq!(verification.finish().expect("holds").signed, MILLION);
            }
            spent
        });
    });
    group.bench_function("hash alone", |b| {
        b.iter_batched(
            || (),
            |()| {
                for act in &log.acts {
                    let text = act.act.as_ref().expect("kept");
                    let salt = act.salt.as_ref().expect("kept");
                    black_box(
                        Sha256::new()
                            .chain_update(salt)
                            .chain_update(text)
                            .finalize(),
                    );
                    let leaf = Sha256::new().chain_update([0]).chain_update(&act.entry);
                    black_box(leaf.finalize());
                }
                // One inner node for each act but a handful.
                for pair in log.nodes.chunks_exact(2) {
                    let node = Sha256::new().chain_update([1]);
                    black_box(node.chain_update(pair[0]).chain_update(pair[1]).finalize());
                }
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, appending, proving, verifying);
criterion_main!(benches);
