//! The bundle, read, checked and attacked.

mod answers;
mod attack;
mod bounds;
mod day;
mod foreign;
mod holds;
mod openid;
mod pdf;
mod python;
mod world;
