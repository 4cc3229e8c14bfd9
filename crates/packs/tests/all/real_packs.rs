//! The packs the gateway ships load without a fault, and every scenario and case comes out
//! as written.

use std::path::Path;

use packs::{Files, GatewayType, Packs};

fn real() -> Packs {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let files = Files::from_dir(&folder).expect("the packs can be read");
    let packs = Packs::load(&files).unwrap_or_else(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    });
    assert_eq!(packs.digest, files.digest());
    packs
}

#[test]
fn the_packs_load_and_their_scenarios_pass() {
    let packs = real();
    let report = packs::check(&packs);
    assert!(report.ok(), "{report}");
    assert!(report.scenarios > 0 && report.cases > 0 && report.rules > 0);
}

/// People write these files by hand: one value where a list is asked for, numbers for paragraphs,
/// and words of their own where the law knows more cases than the form.
#[test]
fn flat_answers_take_the_shapes_people_write() {
    let packs = real();
    let agreement = packs.record_type("agreement").expect("the agreement");
    let answers = serde_json::json!({
        "personal_data": "yes", "special": "health", "art6": "e", "art9": ["g"], "sch1": [6, 18],
        "art10": "official authority", "overseas": "yes", "mechanism": "idta", "country": "other"
    });
    let view = agreement
        .flat_view(&packs.law, answers.as_object().expect("an object"))
        .unwrap_or_else(|faults| panic!("{faults:?}"));
    let fired: Vec<&str> = view
        .fired(jiff::civil::date(2026, 11, 21))
        .iter()
        .map(|fired| fired.rule.id.as_str())
        .collect();
    for rule in ["R014", "R027", "R029", "R031", "R097"] {
        assert!(fired.contains(&rule), "{rule} should fire: {fired:?}");
    }
    for wrong in [
        serde_json::json!({ "personal_data": "maybe" }),
        serde_json::json!({ "art6": "z" }),
        serde_json::json!({ "sch1": [99] }),
        serde_json::json!({ "purposes": ["nonsense"] }),
        serde_json::json!({ "nonsense": "yes" }),
        serde_json::json!({ "art6": { "e": true } }),
    ] {
        let faults = agreement.flat_view(&packs.law, wrong.as_object().expect("an object"));
        assert_eq!(faults.expect_err("must be refused").len(), 1, "{wrong}");
    }
}

/// W01 lists the gateways that are nothing but a power; a gateway that is added must be put there.
#[test]
fn the_warning_about_powers_knows_every_power() {
    let packs = real();
    let agreement = packs.record_type("agreement").expect("the agreement");
    let today = jiff::civil::date(2026, 11, 21);
    for gateway in &packs.law.gateways {
        for power in &gateway.powers {
            let answers = serde_json::json!({ "art6": ["c"], "gateway": [power.id] });
            let view = agreement
                .flat_view(&packs.law, answers.as_object().expect("an object"))
                .expect("known answers");
            let warned = view.fired(today).iter().any(|f| f.rule.id == "W01");
            let only_powers = power.types == [GatewayType::Power];
            assert_eq!(warned, only_powers, "{}", power.id);
        }
    }
}
