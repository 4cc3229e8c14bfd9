//! The ledger against published vectors, an independent implementation, and attack.

mod attack;
mod canonical;
mod checkpoint;
mod log;
mod register;
mod register_attack;
mod tree;

fn hash(hex: &str) -> ledger::Hash {
    bytes(hex).try_into().expect("64 digits")
}

fn bytes(hex: &str) -> Vec<u8> {
    assert!(hex.is_ascii() && hex.len().is_multiple_of(2));
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal"))
        .collect()
}
