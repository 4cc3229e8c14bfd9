//! The packs the gateway ships load without a fault, and every scenario and case comes out
//! as written.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::{Date, date};
use packs::{Content, Files, FiredBrief, GatewayType, Mark, Packs, Party, Severity, Status};
use serde_json::{Value, json};

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
        .fired(date(2026, 11, 21))
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

/// A power that makes no one share never backs a legal obligation, and every power there is can be
/// chosen.
#[test]
fn only_a_duty_to_share_backs_a_legal_obligation() {
    let packs = real();
    for power in packs.law.gateways.iter().flat_map(|g| &g.powers) {
        let fired = fired(&packs, &json!({ "art6": ["c"], "gateway": [power.id] }));
        let binds = power
            .types
            .iter()
            .any(|t| matches!(t, GatewayType::Duty | GatewayType::Cooperation));
        assert_eq!(fired.contains("W01"), !binds, "{}", power.id);
    }
}

/// A law that has not started, or whose start was not found, clears nothing.
#[test]
fn law_that_is_not_known_to_be_in_force_is_never_a_clear_power() {
    let packs = real();
    let doubtful = packs
        .law
        .gateways
        .iter()
        .flat_map(|g| &g.powers)
        .filter(|power| power.status != Status::InForce);
    let mut tried = 0;
    for power in doubtful {
        tried += 1;
        let answers = json!({
            "personal_data": "yes", "public_body": "yes", "gateway": [power.id],
        });
        assert!(
            open(&packs, &answers, TODAY).contains("R005"),
            "{}",
            power.id
        );
        assert!(fired(&packs, &answers).contains("W03"), "{}", power.id);
    }
    assert!(tried > 5);
}

/// The day asked decides: the regulations on evacuation plans began on 6 April 2026.
#[test]
fn a_power_counts_from_the_day_it_starts() {
    let packs = real();
    let answers = json!({
        "personal_data": "yes", "public_body": "yes", "gateway": ["rep2025"],
        "from": ["borough"], "to": ["fire"], "purposes": ["fire_safety"],
    });
    assert!(open(&packs, &answers, date(2026, 4, 5)).contains("R005"));
    assert!(!open(&packs, &answers, date(2026, 4, 6)).contains("R005"));
}

/// In a record each party's power is looked at from that party's own place.
#[test]
fn a_power_has_to_fit_the_party_that_chose_it() {
    let packs = real();
    let agreement = packs.record_type("agreement").expect("the agreement");
    let party = |id: &str, kind: &str| Party {
        id: id.into(),
        name: id.into(),
        kind: kind.into(),
        registered: true,
    };
    let parties = [party("trust", "nhs_trust"), party("council", "borough")];
    let content = |trust: &str| {
        Content {
        answers: json!({ "data_kind": "yes", "purposes": ["safeguarding_adults"] })
            .as_object()
            .expect("an object")
            .clone(),
        parties: [
            ("trust", json!({ "party_role": "controller", "party_direction": "sends", "gateway": [trust] })),
            ("council", json!({ "party_role": "controller", "party_direction": "receives", "gateway": ["careact42"] })),
        ]
        .into_iter()
        .map(|(id, answers)| (id.to_owned(), answers.as_object().expect("an object").clone()))
        .collect(),
        ..Content::default()
    }
    };
    let open = |trust: &str| -> BTreeSet<String> {
        let content = content(trust);
        let view = agreement.view(&packs.law, &content, &parties);
        let prompts = view.prompts(TODAY).into_iter();
        prompts
            .filter(|prompt| prompt.is_open() && ["R005", "W02"].contains(&prompt.rule.id.as_str()))
            .map(|prompt| format!("{} {}", prompt.rule.id, prompt.scope.as_str()))
            .collect()
    };
    // Section 42 binds the council: it fits there, and not the trust.
    assert_eq!(
        open("careact42"),
        ["R005 trust", "W02 trust"].map(str::to_owned).into()
    );
    assert_eq!(open("careact45"), BTreeSet::new());
}

/// What was not read has no day of reading, and every prompt that rests on it says so.
#[test]
fn what_was_not_read_says_so() {
    let packs = real();
    for provision in packs.law.provisions.values() {
        let unread = provision.checking.mark == Mark::Unchecked;
        assert_eq!(
            unread,
            provision.checking.read_on.is_none(),
            "{}",
            provision.id
        );
    }
    let agreement = packs.record_type("agreement").expect("the agreement");
    for rule in &agreement.rules {
        let unread = rule.checking(&packs.law).mark == Mark::Unchecked;
        assert_eq!(unread, rule.caution(&packs.law).is_some(), "{}", rule.id);
    }
    let items = packs::checklist(&packs);
    assert!(items.windows(2).all(|pair| pair[0].uses >= pair[1].uses));
    assert!(items.iter().all(|item| !item.for_whom.is_empty()));
    assert_eq!(
        packs.unchecked().is_empty(),
        !packs.version_name().contains("preview")
    );
}

/// Cases drawn from published agreements by others, where they lie beside the project.
#[test]
fn published_agreements_come_out_as_the_law_says() {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let folder = above
        .map(|folder| folder.join("shared/fixtures/law-cases"))
        .find(|folder| folder.is_dir());
    let Some(folder) = folder else {
        println!("Not run: there is no shared/fixtures/law-cases beside the project");
        return;
    };
    let packs = real();
    let mut wrong = Vec::new();
    for file in std::fs::read_dir(folder).expect("the folder can be read") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        let case: Value = serde_json::from_str(&text).expect("JSON");
        let list = |key: &str| -> BTreeSet<String> {
            let items = case[key].as_array().into_iter().flatten();
            items
                .filter_map(|id| id.as_str().map(str::to_owned))
                .collect()
        };
        let fired = fired(&packs, &case["answers"]);
        let mut open = open(&packs, &case["answers"], TODAY);
        open.retain(|id| !["R107", "R108", "R117"].contains(&id.as_str()));
        let silent: Vec<_> = list("must_fire").difference(&fired).cloned().collect();
        let loud: Vec<_> = list("must_not_fire")
            .intersection(&fired)
            .cloned()
            .collect();
        if !silent.is_empty() || !loud.is_empty() || open != list("open_block") {
            wrong.push(format!(
                "{}: silent {silent:?}, loud {loud:?}, open {open:?}",
                case["id"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const TODAY: Date = date(2026, 11, 26);

fn fired(packs: &Packs, answers: &Value) -> BTreeSet<String> {
    prompts(packs, answers, TODAY, |_| true)
}

/// The blockers left open.
fn open(packs: &Packs, answers: &Value, day: Date) -> BTreeSet<String> {
    prompts(packs, answers, day, |fired| {
        fired.rule.severity == Severity::Block && fired.is_open()
    })
}

fn prompts(
    packs: &Packs,
    answers: &Value,
    day: Date,
    keep: impl Fn(&FiredBrief<'_>) -> bool,
) -> BTreeSet<String> {
    let agreement = packs.record_type("agreement").expect("the agreement");
    let view = agreement
        .flat_view(&packs.law, answers.as_object().expect("an object"))
        .unwrap_or_else(|faults| panic!("{faults:?}"));
    let fired = view.fired(day).into_iter().filter(|fired| keep(fired));
    fired.map(|fired| fired.rule.id.clone()).collect()
}
