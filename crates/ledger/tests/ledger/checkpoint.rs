//! Checkpoints against the published formats, and under attack.

use ledger::{Checkpoint, CheckpointFault, KeyFault, LedgerFault, LogKey, VerifierKey, leaf_hash};

use crate::log::{Log, ORIGIN, key};

/// The key pair of Go's `sumdb/note` tests.
#[test]
fn the_verifier_key_is_the_one_go_derives() {
    let seed = crate::hash("810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173");
    let key = LogKey::from_seed("PeterNeumann", &seed).expect("a valid name");
    assert_eq!(
        key.verifier().to_string(),
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    );
    assert!(!format!("{key:?}").contains("PRIVATE"));
}

/// The test log of transparency-dev's Tessera: fifteen leaves, keys and checkpoints as published.
const TESSERA_SEED: &str = "eca663f499017d2365c27c7a7679158d43cfec1330bdb259290afbd0d21777a0";
const TESSERA_KEY: &str =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
const TESSERA: [(u64, &str); 2] = [
    (
        5,
        "example.com/log/testdata\n5\ngy5gl3aksFyiCO95a/1vLXz88A3dRq+0l9Sxte8ZqZQ=\n\n\
         — example.com/log/testdata M9e0lmn5eDHyHP10zJObZdFAX2y1V8fdDKBi4IiHbDYf1TCUBwxZOhqwv2QZCqrdda2zTRTrmnwjwscN5RBTEmZUYAs=\n",
    ),
    (
        15,
        "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n\
         — example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n",
    ),
];
const TESSERA_LEAVES: &str =
    "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten";

#[test]
fn tessera_checkpoints_open_and_are_made_byte_for_byte() {
    let key = LogKey::from_seed("example.com/log/testdata", &crate::hash(TESSERA_SEED))
        .expect("a valid name");
    assert_eq!(key.verifier().to_string(), TESSERA_KEY);
    for (size, note) in TESSERA {
        let opened = Checkpoint::open(note, &[key.verifier().clone()]).expect("signed");
        assert_eq!(opened.size, size);
        assert_eq!(opened.sign(&key).expect("signs"), note);
    }
}

#[test]
fn tessera_roots_are_reproduced_from_its_leaves() {
    let mut nodes = std::collections::BTreeMap::new();
    for (size, leaf) in (0..).zip(TESSERA_LEAVES.split(' ')) {
        let new = ledger::append(size, leaf_hash(leaf.as_bytes()), &nodes).expect("all is there");
        nodes.extend(new);
    }
    let key: VerifierKey = TESSERA_KEY.parse().expect("a key");
    for (size, note) in TESSERA {
        let opened = Checkpoint::open(note, std::slice::from_ref(&key)).expect("signed");
        assert_eq!(ledger::root(size, &nodes), Ok(opened.root), "size {size}");
    }
}

#[test]
fn any_flipped_byte_of_a_signed_checkpoint_is_found() {
    let key = key();
    let checkpoint = Log::of(9).checkpoint(9);
    let note = checkpoint.sign(&key).expect("signs");
    let keys = [key.verifier().clone()];
    assert_eq!(Checkpoint::open(&note, &keys), Ok(checkpoint));
    let mut signature = 0;
    for at in 0..note.len() {
        let mut bytes = note.clone().into_bytes();
        bytes[at] ^= 1 << (at % 7);
        // What is no longer text is refused before it gets here.
        let Ok(bent) = String::from_utf8(bytes) else {
            continue;
        };
        let fault = Checkpoint::open(&bent, &keys).expect_err("a flipped bit");
        assert!(
            matches!(
                fault,
                CheckpointFault::Malformed
                    | CheckpointFault::NoKnownKey
                    | CheckpointFault::Signature(_)
            ),
            "byte {at}: {fault}"
        );
        signature += usize::from(matches!(fault, CheckpointFault::Signature(_)));
    }
    assert!(
        signature > 60,
        "many flips reach the signature check: {signature}"
    );
}

#[test]
fn a_wrong_key_is_named_as_such() {
    let note = Log::of(2).checkpoint(2).sign(&key()).expect("signs");
    let other = LogKey::from_seed(ORIGIN, &[43; 32]).expect("a valid name");
    assert_eq!(
        Checkpoint::open(&note, &[other.verifier().clone()]),
        Err(CheckpointFault::NoKnownKey)
    );
    assert_eq!(
        Checkpoint::open(&note, &[]),
        Err(CheckpointFault::NoKnownKey)
    );
}

#[test]
fn old_and_new_key_are_both_good_while_they_overlap() {
    let new = LogKey::from_seed(ORIGIN, &[43; 32]).expect("a valid name");
    let keys = [key().verifier(), new.verifier(), new.verifier()].map(Clone::clone);
    let checkpoint = Log::of(2).checkpoint(2);
    for key in [key(), new] {
        let note = checkpoint.sign(&key).expect("signs");
        assert_eq!(Checkpoint::open(&note, &keys).as_ref(), Ok(&checkpoint));
    }
}

#[test]
fn a_key_signs_for_its_own_log_only() {
    let mut checkpoint = Log::of(2).checkpoint(2);
    checkpoint.origin = "elsewhere.example.org/ledger".to_owned();
    assert!(matches!(
        checkpoint.sign(&key()),
        Err(CheckpointFault::Origin { .. })
    ));
}

#[test]
fn a_signed_text_that_is_no_checkpoint_of_that_log_is_refused() {
    let signed = |text: &str| {
        let mut note = signed_note::Note::new(text.as_bytes(), &[]).expect("a note");
        note.add_sigs(&[&key()]).expect("signs");
        let note = String::from_utf8(note.to_bytes()).expect("UTF-8");
        Checkpoint::open(&note, &[key().verifier().clone()])
    };
    let root = "gy5gl3aksFyiCO95a/1vLXz88A3dRq+0l9Sxte8ZqZQ=";
    assert!(signed(&format!("{ORIGIN}\n5\n{root}\n")).is_ok());
    assert_eq!(
        signed(&format!("elsewhere.example.org/ledger\n5\n{root}\n")),
        Err(CheckpointFault::Origin {
            expected: ORIGIN.to_owned(),
            found: "elsewhere.example.org/ledger".to_owned(),
        })
    );
    for text in [
        format!("{ORIGIN}\n05\n{root}\n"),
        format!("{ORIGIN}\n5\n{}\n", &root[4..]),
        format!("{ORIGIN}\n5\n"),
        "A letter.\n".to_owned(),
    ] {
        assert_eq!(signed(&text), Err(CheckpointFault::Malformed), "{text}");
    }
}

#[test]
fn keys_that_cannot_be_are_refused() {
    for name in ["", "two words", "a+b", "line\nend", "bell\u{7}"] {
        assert_eq!(
            LogKey::from_seed(name, &[1; 32]).err(),
            Some(KeyFault::Name(name.to_owned()))
        );
    }
    let text = key().verifier().to_string();
    assert_eq!("nonsense".parse::<VerifierKey>(), Err(KeyFault::Malformed));
    let moved = text.replace("gateway", "gatehouse");
    assert_eq!(moved.parse::<VerifierKey>(), Err(KeyFault::Id));
}

#[test]
fn a_later_checkpoint_proves_that_nothing_was_rewritten() {
    let log = Log::of(11);
    let (earlier, later) = (log.checkpoint(6), log.checkpoint(11));
    let proof = log.consistency(6, 11).expect("earlier");
    assert_eq!(later.follows(&earlier, &proof), Ok(()));
    assert_eq!(later.follows(&later, &[]), Ok(()));
}

#[test]
fn a_replayed_checkpoint_a_split_view_and_a_rewritten_log_are_told_apart() {
    let log = Log::of(11);
    let (earlier, later) = (log.checkpoint(6), log.checkpoint(11));
    let proof = log.consistency(6, 11).expect("earlier");
    assert_eq!(
        earlier.follows(&later, &[]),
        Err(CheckpointFault::Older {
            remembered: 11,
            found: 6
        })
    );

    let mut forged = log.clone();
    forged.acts[3].act = Some("{}".to_owned());
    let forged = forged.made_anew();
    assert_eq!(
        forged.checkpoint(11).follows(&later, &[]),
        Err(CheckpointFault::SplitView { size: 11 })
    );
    let lie = forged.consistency(6, 11).expect("earlier");
    for proof in [proof, lie] {
        assert_eq!(
            forged.checkpoint(11).follows(&earlier, &proof),
            Err(LedgerFault::NotConsistent { old: 6, new: 11 }.into())
        );
    }

    let mut elsewhere = log.checkpoint(11);
    elsewhere.origin = "elsewhere.example.org/ledger".to_owned();
    assert!(matches!(
        elsewhere.follows(&earlier, &[]),
        Err(CheckpointFault::Origin { .. })
    ));
}
