//! One binary for all tests of the crate: it links once.

mod answers;
mod dates;
mod faults;
mod real_packs;
mod stuck;
mod tiny;
mod view;
