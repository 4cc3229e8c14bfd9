//! Published records in the formats of their fields: iCalendar, CSV, DCAT, the government's API catalogue, the Open
//! Contracting Data Standard and Open Referral UK. No file, network, clock or random source is touched: whoever calls passes
//! what may be published, and nothing else. See the crate's README.

mod api;
mod calendar;
mod contract;
mod dataset;
mod offer;
mod row;
mod uuid;

pub use api::{Api, Run};
pub use calendar::{Calendar, Event, Status, When};
pub use contract::{Contract, ContractState, Identifier, Party};
pub use dataset::Dataset;
pub use offer::{Area, Offer, Opening, Provider};
pub use row::{Cell, WITHHELD, row};

/// The licence of all that is published.
const LICENCE: &str = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/";
