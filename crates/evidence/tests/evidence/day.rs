//! What stood on a day: it holds, and whatever is done to it is found by both verifiers.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use evidence::{DayBody, DayFile, InForce, LoggedAct, RecordName, verify};
use serde_json::{Value, json};

use crate::python::{Case, both, found, ours};
use crate::world::{Log, NOW, RECORD, body, given, log_key};

const DAY: i64 = 86_400_000_000;

fn digest(version: i64) -> String {
    evidence::digest(format!("the text of version {version}").as_bytes())
}

fn item(version: i64) -> Value {
    json!({"agreement": RECORD, "status": "published", "title": "Visits", "version": version.to_string()})
}

/// In force on day 0, published on day 1, version 2 in force on day 2, withdrawn on day 3, and over on
/// day 4.
fn acts() -> (Log, Vec<LoggedAct>) {
    let mut log = Log::default();
    let force = |number: i64, version: Option<i64>| json!({"number": number, "version": version, "digest": version.map(digest)});
    let entry = |number: i64, item: Option<Value>| {
        let digest =
            item.map(|item| evidence::digest(&serde_json_canonicalizer::to_vec(&item).unwrap()));
        json!({"number": number, "item": digest})
    };
    let told = [
        ("record.in_force", force(1, Some(1))),
        ("register.entry", entry(1, Some(item(1)))),
        ("record.in_force", force(2, Some(2))),
        ("register.entry", entry(2, None)),
        ("record.in_force", force(3, None)),
    ];
    let mut acts = Vec::new();
    for (day, (kind, detail)) in told.into_iter().enumerate() {
        let act = json!({
            "at": NOW + day as i64 * DAY, "person": "", "organisation": "org_camden",
            "kind": kind, "subject": RECORD, "detail": detail,
        });
        let salt = [day as u8; 32];
        log.append(&[9; 32], &json!({"kind": "other"}));
        let sequence = log.append(&salt, &act) as i64;
        acts.push(LoggedAct {
            sequence,
            salt: BASE64_STANDARD.encode(salt),
            text: String::from_utf8(serde_json_canonicalizer::to_vec(&act).unwrap()).unwrap(),
            path: Vec::new(),
        });
    }
    for act in &mut acts {
        act.path = log.path(act.sequence as u64);
    }
    (log, acts)
}

/// The file as of the end of the day on which the first `days` things had happened.
fn on(days: usize) -> DayBody {
    let (log, mut acts) = acts();
    // Of each kind, the first after the day is in the file too.
    acts.truncate((days + 2).min(acts.len()));
    DayBody {
        format: "aldgate-day-v1".into(),
        gateway: crate::world::GATEWAY.into(),
        made_at: NOW + 30 * DAY,
        record: RecordName {
            id: RECORD.into(),
            title: "Home fire safety visits".into(),
        },
        day: "2025-11-21".into(),
        until: NOW + days as i64 * DAY - DAY / 2,
        in_force: match days {
            0 | 5.. => None,
            1..3 => Some(1),
            _ => Some(2),
        }
        .map(|version| InForce {
            version,
            digest: digest(version),
        }),
        published: (2..4).contains(&days).then(|| item(1)),
        acts,
        checkpoint: log.checkpoint(),
        keys: body().keys,
    }
}

fn sealed(body: DayBody) -> Vec<u8> {
    let seal = log_key().seal(&DayFile::seal_text(&body));
    DayFile { body, seal }.to_bytes()
}

#[test]
fn every_day_holds() {
    let cases: Vec<Case> = (0..6)
        .map(|days| Case::new(format!("day {days}"), sealed(on(days))))
        .collect();
    for (case, lines) in cases.iter().zip(both(&cases)) {
        assert!(!found(&lines), "{}: {lines:#?}", case.name);
        let report = verify(&case.file, &given()).unwrap();
        assert_eq!(report.about, "as of 2025-11-21");
    }
    let words = |days: usize| -> Vec<String> {
        let report = verify(&sealed(on(days)), &given()).unwrap();
        let lines = report.checks.iter().rev().take(2).rev();
        lines.map(|line| line.said.clone()).collect()
    };
    let one = digest(1);
    assert_eq!(
        words(1)[0],
        format!(
            "At the end of the day: version 1, digest {one}, by act 1. The next change is act 5, after that day."
        )
    );
    assert!(words(0)[0].starts_with("At the end of the day: not yet. The next change is act 1"));
    assert!(words(4)[1].contains("no longer, by act 7. No later change is in the file"));
}

#[test]
fn every_byte_flipped() {
    let file = sealed(on(3));
    let given = given();
    let mut sampled = Vec::new();
    for place in 0..file.len() {
        let flip = [1, 0x20, 0x80][place % 3];
        let mut altered = file.clone();
        altered[place] ^= flip;
        let result = verify(&altered, &given);
        assert!(
            found(&ours(&result)),
            "byte {place} flipped by {flip} was not found"
        );
        if place % 100 == 0 {
            sampled.push(Case::new(format!("byte {place} by {flip}"), altered));
        }
    }
    both(&sampled);
}

/// What is done to the file by somebody who can have it sealed anew, and where it shows.
type Attack = (&'static str, fn(&mut DayBody), &'static str, &'static str);

const ATTACKS: [Attack; 10] = [
    (
        "another version",
        |b| b.in_force.as_mut().unwrap().version = 2,
        "day.in_force",
        "in_force",
    ),
    (
        "another text",
        |b| b.in_force.as_mut().unwrap().digest = digest(9),
        "day.in_force",
        "in_force",
    ),
    (
        "nothing in force",
        |b| b.in_force = None,
        "day.in_force",
        "in_force",
    ),
    (
        "another item",
        |b| b.published.as_mut().unwrap()["title"] = "Raids".into(),
        "day.published",
        "published",
    ),
    (
        "nothing published",
        |b| b.published = None,
        "day.published",
        "published",
    ),
    (
        "the day moved on",
        |b| b.until += 3 * DAY,
        "day.in_force",
        "in_force",
    ),
    (
        "the day moved back",
        |b| b.until -= 2 * DAY,
        "day.published",
        "published",
    ),
    (
        "the first act left out",
        |b| drop(b.acts.remove(0)),
        "day.in_force",
        "in_force",
    ),
    (
        "two acts exchanged",
        |b| b.acts.swap(0, 2),
        "day.in_force",
        "in_force",
    ),
    (
        "an act dated back",
        |b| b.acts[2].text = b.acts[2].text.replace("\"number\":2", "\"number\":3"),
        "act.log",
        "acts[2]",
    ),
];

#[test]
fn every_attack_is_found_and_named() {
    for (name, change, code, place) in ATTACKS {
        let mut body = on(2);
        change(&mut body);
        let as_it_was = on(2);
        let outsider = DayFile {
            seal: log_key().seal(&DayFile::seal_text(&as_it_was)),
            body: body.clone(),
        };
        let cases = [
            Case::new(format!("{name}, sealed before"), outsider.to_bytes()),
            Case::new(format!("{name}, sealed anew"), sealed(body)),
        ];
        let lines = both(&cases);
        let names = |found: &crate::python::Found, code: &str, place: &str| {
            let lines = found.as_ref().unwrap();
            lines
                .iter()
                .any(|l| l.0 == "DOES NOT HOLD" && l.1 == code && l.2 == place)
        };
        assert!(
            names(&lines[0], "bundle.seal", "seal"),
            "{name}: {:#?}",
            lines[0]
        );
        assert!(names(&lines[1], code, place), "{name}: {:#?}", lines[1]);
    }
}

/// The last act left out by somebody who can have it sealed anew: only the gateway's word stands
/// against that, and the line says so.
#[test]
fn what_is_the_gateways_word_is_called_so() {
    let mut body = on(3);
    body.acts.retain(|act| !act.text.contains("\"number\":2"));
    body.in_force = Some(InForce {
        version: 1,
        digest: digest(1),
    });
    body.acts.retain(|act| !act.text.contains("\"number\":3"));
    let report = verify(&sealed(body), &given()).unwrap();
    assert!(report.holds(), "{:#?}", report.checks);
    let last_two: Vec<&str> = report
        .checks
        .iter()
        .rev()
        .take(2)
        .map(|c| c.said.as_str())
        .collect();
    assert!(
        last_two
            .iter()
            .all(|said| said.contains("the gateway’s word")),
        "{last_two:#?}"
    );
}
