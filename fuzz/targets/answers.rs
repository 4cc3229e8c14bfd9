//! What a form sends for each question of the real packs: it reads or is refused, and what reads can
//! be shown.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use packs::{Files, Packs};

static PACKS: LazyLock<Packs> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs");
    Packs::load(&Files::from_dir(&folder).expect("the packs")).expect("they hold")
});

fuzz_target!(|input: (u16, Vec<String>)| {
    let (which, raw) = input;
    let questions: Vec<_> = PACKS
        .types
        .values()
        .flat_map(|record_type| record_type.form.questions())
        .collect();
    let (_, question) = questions[usize::from(which) % questions.len()];
    if let Ok(value) = question.read(&raw) {
        let _ = question.show(&value);
    }
});
