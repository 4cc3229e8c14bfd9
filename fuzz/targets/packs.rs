//! A pack of somebody else's: one file of the real packs with other text in it.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use packs::{Files, Packs};

static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs");
    let files = Files::from_dir(&folder).expect("the packs");
    files
        .iter()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect()
});

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let mut files = FILES.clone();
    let at = usize::from(which) % files.len();
    files[at].1 = text.to_owned();
    if let Err(faults) = Packs::load(&Files::new(files)) {
        assert!(!faults.is_empty());
        for fault in faults {
            let _ = fault.to_string();
        }
    }
});
