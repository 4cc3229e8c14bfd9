//! Aldgate: an open gateway in which public bodies agree how they share information about people.

pub mod adapters;
pub mod api;
pub mod cli;
pub mod demo;
pub mod identity;
pub mod jobs;
pub mod kernel;
pub mod law;
pub mod ledger;
pub mod openapi;
pub mod organisations;
pub mod pages;
pub mod public;
pub mod records;
pub mod router;
pub mod settings;
pub mod web;
