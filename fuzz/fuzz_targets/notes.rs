//! Signed notes and checkpoints of others: nothing opens that our key has not signed.
#![no_main]

use std::sync::LazyLock;

use ledger::{Checkpoint, LogKey, open_note, sign_note};
use libfuzzer_sys::fuzz_target;

static KEY: LazyLock<LogKey> =
    LazyLock::new(|| LogKey::from_seed("fuzz.example/log", &[7; 32]).expect("a key"));

fuzz_target!(|text: &str| {
    let keys = [KEY.verifier().clone()];
    let _ = Checkpoint::open(text, &keys);
    assert!(open_note(text, &keys).is_err(), "nobody has signed this");
    // What we sign opens again, whatever it says.
    if let Ok(note) = sign_note(text, &[&*KEY]) {
        assert!(open_note(&note, &keys).is_ok(), "our own note opens");
    }
});
