//! The packs the gateway ships load without a fault, and every scenario and case comes out
//! as written.

use std::path::Path;

use packs::{Files, Packs};

#[test]
fn the_packs_load_and_their_scenarios_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let files = Files::from_dir(&folder).expect("the packs can be read");
    let packs = Packs::load(&files).unwrap_or_else(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    });
    assert_eq!(packs.digest, files.digest());
    let report = packs::check(&packs);
    assert!(report.ok(), "{report}");
    assert!(report.scenarios > 0 && report.cases > 0 && report.rules > 0);
}
