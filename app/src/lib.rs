//! Aldgate: an open gateway in which public bodies agree how they share information about people.

pub mod cli;
pub mod demo;
pub mod features;
pub mod jobs;
pub mod kernel;
pub mod openapi;
pub mod records;
pub mod router;
pub mod settings;
pub mod web;
