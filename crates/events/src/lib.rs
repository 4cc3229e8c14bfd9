//! When things are, and who may come: wall-clock times as instants, deadlines, series of events, and registration with a
//! waiting list. No file, network, clock or random source is touched: the moment and the time zone are passed in. See the
//! crate's README.

mod local;
mod registration;
mod series;

pub use local::{Instant, NoSuchTime, deadline, instant};
pub use registration::{Act, Places, Registration, Settings};
pub use series::{Series, Start};
