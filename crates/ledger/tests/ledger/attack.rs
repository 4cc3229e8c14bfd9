//! A stored ledger under attack: every change is found and its place named.

use ledger::{
    Finding, Node, Verification, Verified, leaf_hash, leaf_of_canonical, nodes_of, verify,
};
use proptest::prelude::*;
use serde_json::json;

use crate::log::{Log, act, salt};

const SIZE: u64 = 21;

fn log() -> Log {
    Log::of(SIZE).signed_at(&[0, 6, 13, 13, 21])
}

fn finding(log: &Log) -> Finding {
    log.verify().expect_err("the attack is found")
}

#[test]
fn an_untouched_ledger_holds() {
    let log = log();
    assert_eq!(
        log.verify(),
        Ok(Verified {
            size: SIZE,
            root: log.root(SIZE),
            signed: SIZE,
            erased: vec![],
        })
    );
    assert_eq!(Log::default().verify().expect("holds").size, 0);
}

#[test]
fn any_flipped_byte_of_an_act_is_found() {
    let log = log();
    for seq in 0..SIZE {
        let length = log.acts[seq as usize].act.as_ref().expect("kept").len();
        for at in 0..length {
            let mut bent = log.clone();
            let text = bent.acts[seq as usize].act.take().expect("kept");
            let mut bytes = text.into_bytes();
            bytes[at] ^= 1;
            bent.acts[seq as usize].act = Some(String::from_utf8(bytes).expect("still ASCII"));
            assert_eq!(finding(&bent), Finding::Act { seq }, "byte {at}");
        }
    }
}

#[test]
fn the_same_act_in_other_words_is_found() {
    let mut bent = log();
    let text = bent.acts[4].act.clone().expect("kept");
    bent.acts[4].act = Some(text.replace(':', ": "));
    assert_eq!(finding(&bent), Finding::Act { seq: 4 });
}

#[test]
fn any_flipped_byte_of_a_salt_is_found() {
    let log = log();
    for seq in 0..SIZE {
        for at in 0..32 {
            let mut bent = log.clone();
            bent.acts[seq as usize].salt.as_mut().expect("kept")[at] ^= 0x40;
            assert_eq!(finding(&bent), Finding::Act { seq }, "byte {at}");
        }
    }
    let mut cut = log.clone();
    cut.acts[9].salt.as_mut().expect("kept").pop();
    assert_eq!(finding(&cut), Finding::Act { seq: 9 });
}

#[test]
fn any_flipped_byte_of_a_leaf_entry_is_found() {
    let log = log();
    for seq in 0..SIZE {
        for at in 0..60 {
            let mut bent = log.clone();
            bent.acts[seq as usize].entry[at] ^= 1;
            assert_eq!(finding(&bent), Finding::Entry { seq }, "byte {at}");
        }
    }
}

#[test]
fn any_flipped_byte_of_a_node_is_found() {
    let log = log();
    for index in nodes_of(0..SIZE) {
        let node = Node::at(index);
        for at in 0..32 {
            let mut bent = log.clone();
            bent.nodes.get_mut(&index).expect("stored")[at] ^= 0x80;
            let seq = node.first;
            let want = match node.level {
                0 => Finding::Leaf { seq, node },
                _ => Finding::NodeAltered(node),
            };
            assert_eq!(finding(&bent), want, "byte {at}");
        }
    }
}

#[test]
fn a_node_names_the_acts_beneath_it() {
    let node = Node::at(nodes_of(0..12).end - 1);
    assert_eq!((node.level, node.first, node.last), (2, 8, 11));
    assert_eq!(
        Finding::NodeAltered(node).to_string(),
        "stored node 21 (over acts 8 to 11) was altered: it is not the hash of what lies beneath it"
    );
}

#[test]
fn a_dropped_act_is_found() {
    for seq in 0..SIZE - 1 {
        let mut bent = log();
        bent.acts.remove(seq as usize);
        assert_eq!(
            finding(&bent),
            Finding::Missing {
                seq,
                found: seq + 1
            }
        );
    }
}

#[test]
fn a_dropped_act_is_found_though_all_was_made_anew() {
    for seq in 0..SIZE {
        let mut bent = log();
        bent.acts.remove(seq as usize);
        let want = match seq {
            0..6 => Finding::Rewritten { from: 0, signed: 6 },
            6..13 => Finding::Rewritten {
                from: 6,
                signed: 13,
            },
            _ => Finding::Truncated {
                size: SIZE - 1,
                signed: SIZE,
            },
        };
        assert_eq!(finding(&bent.made_anew()), want, "act {seq}");
    }
}

#[test]
fn a_dropped_node_is_found() {
    for index in nodes_of(0..SIZE) {
        let mut bent = log();
        bent.nodes.remove(&index);
        assert_eq!(finding(&bent), Finding::NodeMissing(Node::at(index)));
    }
}

#[test]
fn a_duplicated_node_is_found() {
    let log = log();
    for twice in nodes_of(0..SIZE) {
        let nodes = log.nodes.iter().flat_map(|(index, hash)| {
            let times = if *index == twice { 2 } else { 1 };
            std::iter::repeat_n((*index, *hash), times)
        });
        assert_eq!(
            verify(log.acts.clone(), nodes, vec![]),
            Err(Finding::NodeExtra(twice))
        );
    }
}

#[test]
fn swapped_acts_are_found() {
    for (a, b) in [(0, 1), (3, 12), (7, 8), (19, 20)] {
        let mut rows = log();
        rows.acts.swap(a, b);
        let (seq, found) = (a as u64, b as u64);
        assert_eq!(finding(&rows), Finding::Missing { seq, found });

        let mut contents = rows.clone();
        contents.acts[a].seq = a as u64;
        contents.acts[b].seq = b as u64;
        let node = Node::of_leaf(seq);
        assert_eq!(finding(&contents), Finding::Leaf { seq, node });
        let hidden = finding(&contents.made_anew());
        assert!(
            matches!(hidden, Finding::Rewritten { from, signed }
            if from <= seq && seq < signed),
            "{hidden}"
        );
    }
}

#[test]
fn a_duplicated_act_is_found() {
    for at in 0..SIZE as usize {
        let mut bent = log();
        let twin = bent.acts[at].clone();
        let seq = twin.seq;
        bent.acts.insert(at + 1, twin);
        assert_eq!(finding(&bent), Finding::Again { seq, after: seq });

        let mut late = log();
        late.acts.push(late.acts[at].clone());
        let after = SIZE - 1;
        assert_eq!(finding(&late), Finding::Again { seq, after });
    }
}

#[test]
fn an_inserted_act_is_found() {
    let mut bent = log();
    let mut forged = bent.acts[5].clone();
    forged.act = Some("{\"act\":\"forged\"}".to_owned());
    bent.acts.insert(5, forged);
    for (seq, act) in (0..).zip(&mut bent.acts) {
        act.seq = seq;
    }
    assert_eq!(finding(&bent), Finding::Act { seq: 5 }, "forged text alone");
    let hidden = bent.made_anew();
    assert_eq!(
        finding(&hidden),
        Finding::Rewritten { from: 0, signed: 6 },
        "with every hash made anew"
    );
}

#[test]
fn an_act_put_behind_the_log_without_its_nodes_is_found() {
    let mut bent = log();
    let mut more = bent.clone();
    more.add(&act(99), salt(99));
    bent.acts = more.acts;
    assert_eq!(finding(&bent), Finding::NodeMissing(Node::of_leaf(SIZE)));
}

#[test]
fn a_cut_off_log_is_found() {
    for size in 13..SIZE {
        let mut bent = log();
        bent.acts.truncate(size as usize);
        let extra = nodes_of(0..size).end;
        assert_eq!(finding(&bent), Finding::NodeExtra(extra));
        bent.nodes.retain(|index, _| *index < extra);
        assert_eq!(finding(&bent), Finding::Truncated { size, signed: SIZE });
        bent.checkpoints.pop();
        let verified = bent.verify().expect("holds as far as anything was signed");
        assert_eq!((verified.size, verified.signed), (size, 13));
    }
}

#[test]
fn an_act_replaced_with_ever_more_of_the_tree_is_found() {
    let seq = 8;
    let mut bent = log();
    let stored = &mut bent.acts[8];
    let text = "{\"act\":\"forged\"}";
    stored.act = Some(text.to_owned());
    assert_eq!(finding(&bent), Finding::Act { seq });

    let mut both = bent.clone();
    both.acts[8].entry = leaf_of_canonical(&salt(8), text.as_bytes());
    let node = Node::of_leaf(seq);
    assert_eq!(finding(&both), Finding::Leaf { seq, node });

    let mut all = both.clone();
    all.nodes.insert(node.index, leaf_hash(&both.acts[8].entry));
    let parent = Node::at(nodes_of(0..10).end - 1);
    assert_eq!((parent.first, parent.last), (8, 9));
    assert_eq!(finding(&all), Finding::NodeAltered(parent));

    assert_eq!(
        finding(&bent.made_anew()),
        Finding::Rewritten {
            from: 6,
            signed: 13
        }
    );

    let mut three = both;
    three.acts[8].entry[20] ^= 1;
    assert_eq!(finding(&three), Finding::Everything { seq, node });
}

#[test]
fn tampered_checkpoints_are_found() {
    let mut replayed = log();
    replayed.checkpoints.push(replayed.checkpoint(6));
    assert_eq!(
        finding(&replayed),
        Finding::CheckpointOrder {
            place: 5,
            size: 6,
            before: 21
        }
    );

    let mut two_faces = log();
    let mut other = two_faces.checkpoint(SIZE);
    other.root[0] ^= 1;
    two_faces.checkpoints.push(other.clone());
    assert_eq!(
        finding(&two_faces),
        Finding::SplitView {
            place: 5,
            size: SIZE
        }
    );

    let mut forged = log();
    forged.checkpoints[4] = other;
    assert_eq!(
        finding(&forged),
        Finding::Rewritten {
            from: 13,
            signed: 21
        }
    );

    let mut foreign = log();
    foreign.checkpoints[1].origin = "elsewhere.example.org/ledger".to_owned();
    assert!(matches!(
        finding(&foreign),
        Finding::CheckpointOrigin { place: 1, .. }
    ));

    let mut empty = log();
    empty.checkpoints[0].root[0] ^= 1;
    assert!(matches!(
        finding(&empty),
        Finding::Rewritten { from: 0, signed: 0 }
    ));
}

#[test]
fn an_erased_act_leaves_a_log_that_verifies_and_a_leaf_that_says_nothing() {
    let mut log = log();
    let whole = log.verify().expect("holds");
    for seq in [0, 7, 20] {
        log.acts[seq].act = None;
        log.acts[seq].salt = None;
    }
    let verified = log.verify().expect("still holds");
    assert_eq!(verified.erased, [0, 7, 20]);
    assert_eq!(verified.root, whole.root);

    // The right guess at the act cannot be told from a wrong one without the salt.
    let guess = leaf_of_canonical(&[0; 32], &ledger::canonical(&act(7)));
    assert_ne!(guess, log.acts[7].entry);

    let mut bent = log.clone();
    bent.acts[7].entry[30] ^= 1;
    let (seq, node) = (7, Node::of_leaf(7));
    assert_eq!(finding(&bent), Finding::Leaf { seq, node });
}

#[test]
fn half_an_erasure_is_found() {
    let mut log = log();
    log.acts[7].act = None;
    assert_eq!(
        finding(&log),
        Finding::HalfErased {
            seq: 7,
            lost: "text"
        }
    );
    let mut log = Log::of(9);
    log.acts[3].salt = None;
    assert_eq!(
        finding(&log),
        Finding::HalfErased {
            seq: 3,
            lost: "salt"
        }
    );
}

#[test]
fn hashes_of_another_length_are_found() {
    let log = log();
    let short = log.nodes.iter().map(|(index, hash)| match index {
        2 => (*index, hash[..31].to_vec()),
        _ => (*index, hash.to_vec()),
    });
    assert_eq!(
        verify(log.acts.clone(), short, vec![]),
        Err(Finding::NodeAltered(Node::at(2)))
    );
}

/// Reads the log `step` acts at a time.
fn by_pages(log: &Log, step: usize) -> Result<Verified, Finding> {
    let mut verification = Verification::new(log.checkpoints.clone())?;
    for page in log.acts.chunks(step) {
        let from = verification.size();
        let nodes = log.nodes.range(nodes_of(from..from + page.len() as u64));
        verification.page(page.to_vec(), nodes.map(|(index, hash)| (*index, *hash)))?;
    }
    verification.finish()
}

#[test]
fn page_by_page_says_the_same() {
    let log = log();
    let mut bent = log.clone();
    bent.nodes.get_mut(&30).expect("stored")[3] ^= 1;
    let mut cut = log.clone();
    cut.acts.truncate(17);
    for step in 1..=SIZE as usize {
        assert_eq!(by_pages(&log, step), log.verify());
        assert_eq!(by_pages(&bent, step), bent.verify());
        assert_eq!(
            by_pages(&cut, step),
            Err(Finding::Truncated {
                size: 17,
                signed: 21
            })
        );
    }
}

proptest! {
    #[test]
    fn nothing_that_was_signed_can_change(
        size in 1_u64..60,
        pick: prop::sample::Index,
        salt: [u8; 32],
        anew: bool,
    ) {
        let mut log = Log::of(size).signed_at(&[size]);
        let seq = pick.index(size as usize);
        log.acts[seq].act = Some(json!({"act": "forged"}).to_string());
        log.acts[seq].salt = Some(salt.to_vec());
        if anew {
            log = log.made_anew();
            prop_assert_eq!(log.verify(), Err(Finding::Rewritten { from: 0, signed: size }));
        } else {
            prop_assert_eq!(log.verify(), Err(Finding::Act { seq: seq as u64 }));
        }
    }
}
