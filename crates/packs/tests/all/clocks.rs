//! The clocks of the packs the gateway ships: every published vector comes out exactly, through the packs.

use std::path::Path;

use clocks::{CaseFile, London};
use jiff::tz::TimeZoneDatabase;
use packs::{Files, Packs};
use serde_json::Value;

const VECTORS: &str = include_str!("../../../clocks/tests/vectors.json");

pub fn real() -> Packs {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    Packs::load(&Files::from_dir(&folder).expect("the packs can be read")).expect("no faults")
}

pub fn london() -> London {
    let zone = TimeZoneDatabase::bundled().get("Europe/London");
    London::new(zone.expect("the zone is embedded")).expect("it keeps London's time")
}

#[test]
fn every_published_vector_comes_out_exactly() {
    let packs = real();
    let file = CaseFile::read(VECTORS).expect("the vectors can be read");
    let done = file
        .evaluate(&packs.clocks.rules, &packs.clocks.holidays, &london())
        .unwrap_or_else(|unreadable| panic!("{unreadable}"));
    let whole: Value = serde_json::from_str(VECTORS).expect("JSON");
    let vectors = whole["vectors"].as_array().expect("a list");
    assert_eq!((vectors.len(), done.len()), (40, 40));
    let mut wrong = Vec::new();
    for (vector, evaluated) in vectors.iter().zip(&done) {
        println!("{} {}", evaluated.id, evaluated.explanation.sentence);
        for (key, expected) in vector["expect"].as_object().expect("an object") {
            let found = &evaluated.result[key];
            if found != expected {
                wrong.push(format!("{} {key}: {found}, not {expected}", evaluated.id));
            }
        }
        if vector["expect"]["refused"].is_string() {
            assert_eq!(evaluated.result, vector["expect"], "{}", evaluated.id);
        }
        assert!(
            evaluated.not_used.is_empty() || evaluated.id == "R18",
            "{evaluated:?}"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
