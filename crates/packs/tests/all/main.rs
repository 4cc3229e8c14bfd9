//! One binary for all tests of the crate: it links once.

mod answers;
mod clock_faults;
mod clocks;
mod dates;
mod faults;
mod fits;
mod real_packs;
mod second_count;
mod stuck;
mod tiny;
mod view;
