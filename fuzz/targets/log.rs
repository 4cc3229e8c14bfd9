//! What other logs and witnesses send: signed notes, checkpoints, cosignatures, keys and tiles. Nothing opens that our key
//! has not signed.
#![no_main]

use std::sync::LazyLock;

use ledger::{Checkpoint, LogKey, WitnessKey, open_note, sign_note, tiles};
use libfuzzer_sys::fuzz_target;

static KEY: LazyLock<LogKey> =
    LazyLock::new(|| LogKey::from_seed("fuzz.example/log", &[7; 32]).expect("a key"));
static WITNESS: LazyLock<WitnessKey> =
    LazyLock::new(|| WitnessKey::from_seed("fuzz.example/witness", &[8; 32]).expect("a key"));

fuzz_target!(|bytes: &[u8]| {
    let _ = tiles::bundle_leaves(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let keys = [KEY.verifier().clone()];
    let _ = Checkpoint::open(text, &keys);
    assert!(open_note(text, &keys).is_err(), "nobody has signed this");
    let _ = WITNESS.verifier().cosigned(text);
    let _ = text.parse::<evidence::VerifierKey>();
    let _ = evidence::Note::read(text);
    if let Some(tile) = tiles::Tile::parse(text) {
        assert_eq!(tiles::Tile::parse(&tile.path()).map(|t| t.path()), Some(tile.path()));
    }
    // What we sign opens again, whatever it says.
    if let Ok(note) = sign_note(text, &[&*KEY]) {
        assert!(open_note(&note, &keys).is_ok(), "our own note opens");
    }
});
