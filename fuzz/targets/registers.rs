//! A register of somebody else's: it reads or is refused, and what reads has a root.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(register) = ledger::register::read(text) {
        let _ = (register.root(), register.records().len());
    }
});
