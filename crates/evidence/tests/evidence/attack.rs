//! Whatever is done to a bundle is found by both verifiers, and its place is named.

use evidence::{Body, Bundle, Statement, verify};
use serde_json::json;

use crate::python::{Case, both, found, ours};
use crate::world::{
    GATEWAY, NOW, ORGANISATIONS, Sealer, Signing, body, given, material, party_key, sealed,
    statement, witness,
};

/// No byte is without meaning: every single one that is changed is found, on whichever bit.
#[test]
fn every_byte_flipped() {
    let text = material()["text"].as_str().unwrap().to_owned();
    let mut small = Signing::default();
    let signed = statement(0, &text, "sign_off", "signed");
    let password = json!({"credential": "password", "checked_at": NOW});
    small.decide(&party_key(0), signed, Some(password));
    every_byte(&sealed(small.body(&text)).to_bytes(), 1);
    every_byte(&sealed(body()).to_bytes(), 5);
}

fn every_byte(file: &[u8], step: usize) {
    let given = given();
    let mut sampled = Vec::new();
    for place in (0..file.len()).step_by(step) {
        let flip = [1, 0x20, 0x80][place % 3];
        let mut altered = file.to_vec();
        altered[place] ^= flip;
        let result = verify(&altered, &given);
        assert!(
            found(&ours(&result)),
            "byte {place} flipped by {flip} was not found: …{}…",
            String::from_utf8_lossy(&file[place.saturating_sub(20)..place + 1])
        );
        if place % 250 == 0 {
            sampled.push(Case::new(format!("byte {place} by {flip}"), altered));
        }
    }
    both(&sampled);
}

#[test]
fn cut_off_or_with_something_after_it() {
    let file = sealed(body()).to_bytes();
    let mut cases: Vec<Case> = (0..file.len())
        .step_by(997)
        .map(|end| Case::new(format!("cut at {end}"), file[..end].to_vec()))
        .collect();
    for after in [&b"\n"[..], b" ", b"{}", b"\0"] {
        cases.push(Case::new("something after it", [&file, after].concat()));
    }
    cases.push(Case::new(
        "a space within",
        String::from_utf8(file)
            .unwrap()
            .replacen(":", ": ", 1)
            .into_bytes(),
    ));
    assert!(both(&cases).iter().all(Option::is_none));
}

/// An attack: what is done to the body, and where at least it has to show when the attacker can
/// even have the file sealed anew (`None`: nowhere, only the gateway's own seal stands against it).
struct Attack {
    name: &'static str,
    change: fn(&mut Body),
    shows_at: Option<(&'static str, &'static str)>,
}

fn shows(
    name: &'static str,
    code: &'static str,
    place: &'static str,
    change: fn(&mut Body),
) -> Attack {
    Attack {
        name,
        change,
        shows_at: Some((code, place)),
    }
}

fn replaced(text: &mut String, from: &str, to: &str) {
    assert!(text.contains(from), "{text}");
    *text = text.replace(from, to);
}

fn attacks() -> Vec<Attack> {
    [whole(), decisions(), texts_and_keys(), checkpoints()]
        .into_iter()
        .flatten()
        .collect()
}

/// What only the gateway's own seal stands against.
fn whole() -> Vec<Attack> {
    vec![
        Attack {
            name: "a decision dropped",
            change: |b| drop(b.decisions.remove(0)),
            shows_at: None,
        },
        Attack {
            name: "made at another time",
            change: |b| b.made_at += 1,
            shows_at: None,
        },
        Attack {
            name: "a cosignature dropped",
            change: |b| {
                let end = b.checkpoint.rfind("— witness").unwrap();
                b.checkpoint.truncate(end);
            },
            shows_at: None,
        },
    ]
}

fn decisions() -> Vec<Attack> {
    vec![
        shows("a decision twice", "decisions.once", "decisions[5]", |b| {
            let again = b.decisions[1].clone();
            b.decisions.push(again);
        }),
        shows("acts swapped", "decision.log", "decisions[1]", |b| {
            let act = b.decisions[1].act.clone();
            b.decisions[1].act = std::mem::replace(&mut b.decisions[2].act, act);
        }),
        shows("notes swapped", "decision.log", "decisions[2]", |b| {
            let note = b.decisions[1].note.clone();
            b.decisions[1].note = std::mem::replace(&mut b.decisions[2].note, note);
        }),
        shows("names swapped", "decision.who", "decisions[3]", |b| {
            let who = b.decisions[3].who.clone();
            b.decisions[3].who = std::mem::replace(&mut b.decisions[4].who, who);
        }),
        shows("another name", "decision.who", "decisions[1]", |b| {
            b.decisions[1].who.as_mut().unwrap().value = json!("Mallory");
        }),
        shows("proofs swapped", "decision.proof", "decisions[2]", |b| {
            let proof = b.decisions[2].proof.clone();
            b.decisions[2].proof = std::mem::replace(&mut b.decisions[3].proof, proof);
        }),
        shows(
            "a proof where none was bound",
            "decision.proof",
            "decisions[0]",
            |b| b.decisions[0].proof = b.decisions[1].proof.clone(),
        ),
        shows("an edited reason", "decision.seal", "decisions[0]", |b| {
            replaced(&mut b.decisions[0].note, "Train the crews", "Ask the crews");
        }),
        shows("an edited outcome", "decision.seal", "decisions[0]", |b| {
            replaced(&mut b.decisions[0].note, "conditions", "agrees");
        }),
        shows("dated back", "decision.seal", "decisions[1]", |b| {
            replaced(
                &mut b.decisions[1].note,
                &format!("\"at\":{NOW}"),
                &format!("\"at\":{}", NOW - 86_400_000_000),
            );
        }),
        shows("an edited act", "decision.log", "decisions[1]", |b| {
            replaced(
                &mut b.decisions[1].act.text,
                "\"person\":\"\"",
                "\"person\":\"per_mallory\"",
            );
        }),
        shows("another salt", "decision.log", "decisions[1]", |b| {
            b.decisions[1].act.salt = b.decisions[2].act.salt.clone();
        }),
        shows("another place", "decision.log", "decisions[1]", |b| {
            b.decisions[1].act.sequence += 1;
        }),
        shows("a hash dropped", "decision.log", "decisions[1]", |b| {
            b.decisions[1].act.path.pop();
        }),
        shows("hashes swapped", "decision.log", "decisions[1]", |b| {
            b.decisions[1].act.path.swap(0, 1);
        }),
        shows("a hash more", "decision.log", "decisions[1]", |b| {
            let hash = b.decisions[1].act.path[0].clone();
            b.decisions[1].act.path.push(hash);
        }),
        shows(
            "a place before the first",
            "decision.log",
            "decisions[1]",
            |b| {
                b.decisions[1].act.sequence = -1;
            },
        ),
    ]
}

fn texts_and_keys() -> Vec<Attack> {
    vec![
        shows("edited text", "version.text", "versions[0]", |b| {
            replaced(
                b.versions[0].text.as_mut().unwrap(),
                "fire safety visit",
                "fire safety raid",
            );
        }),
        shows(
            "edited text with its own digest",
            "decision.about",
            "decisions[1]",
            |b| {
                let text = b.versions[0].text.as_mut().unwrap();
                replaced(text, "fire safety visit", "fire safety raid");
                b.versions[0].digest = evidence::digest(text.as_bytes());
            },
        ),
        shows("another title", "version.text", "versions[0]", |b| {
            b.record.title = "Something harmless".into();
        }),
        shows("another agreement", "decision.about", "decisions[0]", |b| {
            b.record.id = "agr_other".into();
        }),
        shows("another gateway", "decision.about", "decisions[0]", |b| {
            b.gateway = "elsewhere.example.org/log".into();
        }),
        shows("an altered key", "keys", "keys[2]", |b| {
            b.keys[2].vkey.insert(3, 'x');
        }),
        shows("a key dropped", "decision.seal", "decisions[2]", |b| {
            drop(b.keys.remove(2));
        }),
        shows("an expired key", "decision.seal", "decisions[1]", |b| {
            b.keys[1].until = Some(NOW);
        }),
        shows(
            "a key from the future",
            "decision.seal",
            "decisions[3]",
            |b| {
                b.keys[3].from = NOW + 3_600_000_000;
            },
        ),
        shows(
            "another party’s key",
            "decision.seal",
            "decisions[3]",
            |b| {
                b.keys[3].owner = "org_camden".into();
            },
        ),
        shows("an expired log key", "checkpoint", "checkpoint", |b| {
            b.keys[0].until = Some(NOW);
        }),
    ]
}

fn checkpoints() -> Vec<Attack> {
    vec![
        shows("an older checkpoint", "decision.log", "decisions[4]", |b| {
            b.checkpoint = older_checkpoint();
        }),
        shows(
            "another log’s checkpoint",
            "checkpoint",
            "checkpoint",
            |b| {
                replaced(
                    &mut b.checkpoint,
                    "gateway.example.org/log\n",
                    "other.example.org/log\n",
                );
            },
        ),
        shows("a split view", "decision.log", "decisions[0]", |b| {
            b.checkpoint = split_view();
        }),
        shows("no checkpoint", "checkpoint", "checkpoint", |b| {
            b.checkpoint.clear();
        }),
        shows(
            "a forged cosignature",
            "checkpoint.witness",
            "checkpoint.signatures[1]",
            |b| {
                let end = b.checkpoint.rfind("— witness").unwrap();
                b.checkpoint.truncate(end);
                b.checkpoint += &witness().cosign("something else\n", 1_763_719_999).0;
            },
        ),
        shows(
            "a decision of another agreement",
            "decision.about",
            "decisions[5]",
            |b| {
                let mut other = statement(1, "another text", "sign_off", "signed");
                other.record = "agr_other".into();
                let mut signing = Signing::default();
                signing.decide(&party_key(1), other, None);
                b.decisions.push(signing.decisions.remove(0));
            },
        ),
        shows(
            "a decision that was never logged",
            "decision.log",
            "decisions[0]",
            |b| {
                let text = material()["text"].as_str().unwrap().to_owned();
                let mut signing = Signing::default();
                signing.decide(&party_key(0), statement(0, &text, "review", "agrees"), None);
                b.decisions[0] = signing.decisions.remove(0);
            },
        ),
        shows(
            "a key that the log does not name",
            "decision.log",
            "decisions[1]",
            |b| {
                let mallory = Sealer::new("mallory", 99);
                let note = evidence::Note::read(&b.decisions[1].note).unwrap();
                b.decisions[1].note = mallory.seal(&note.text);
                b.keys[1].vkey = mallory.vkey();
            },
        ),
    ]
}

fn older_checkpoint() -> String {
    let text = material()["text"].as_str().unwrap().to_owned();
    let mut signing = Signing::default();
    signing.decide(
        &party_key(0),
        statement(0, &text, "review", "conditions"),
        None,
    );
    signing.body(&text).checkpoint
}

/// A signed root of the same size over other acts.
fn split_view() -> String {
    let text = material()["text"].as_str().unwrap().to_owned();
    let mut signing = Signing::default();
    for place in [0, 0, 1, 2, 3] {
        signing.decide(
            &party_key(place),
            statement(place, &text, "review", "against"),
            None,
        );
    }
    signing.body(&text).checkpoint
}

#[test]
fn every_attack_is_found_by_the_gateways_seal() {
    let original = sealed(body());
    let mut cases = Vec::new();
    for attack in attacks() {
        let mut altered = original.clone();
        (attack.change)(&mut altered.body);
        cases.push(Case::new(attack.name, altered.to_bytes()));
    }
    for (case, found) in cases.iter().zip(both(&cases)) {
        let lines = found.unwrap_or_else(|| panic!("{} was not read", case.name));
        let seal = ("DOES NOT HOLD", "bundle.seal", "seal");
        assert!(
            lines
                .iter()
                .any(|(o, c, p)| (o.as_str(), c.as_str(), p.as_str()) == seal),
            "{}: {lines:?}",
            case.name
        );
    }
}

/// Even who holds the log's key, or has it seal another file, is found out where something else
/// stands against it: the parties' seals, the log, the passkeys.
#[test]
fn every_attack_is_found_at_its_place() {
    let mut cases = Vec::new();
    let mut places = Vec::new();
    for attack in attacks() {
        let Some(shows_at) = attack.shows_at else {
            continue;
        };
        let mut body = body();
        (attack.change)(&mut body);
        cases.push(Case::new(attack.name, sealed(body).to_bytes()));
        places.push(shows_at);
    }
    for ((case, found), (code, place)) in cases.iter().zip(both(&cases)).zip(places) {
        let lines = found.unwrap_or_else(|| panic!("{} was not read", case.name));
        assert!(
            lines
                .iter()
                .any(|(o, c, p)| o == "DOES NOT HOLD" && c == code && p == place),
            "{}: not at {code} {place}: {lines:#?}",
            case.name
        );
    }
}

/// The gateway cannot make a passkey sign: what it logs and seals itself still does not hold.
#[test]
fn a_passkey_signs_for_one_decision_only() {
    let material = material();
    let text = material["text"].as_str().unwrap();
    let proof = |place: usize| material["proofs"][ORGANISATIONS[place].2].clone();
    let client = |change: fn(&mut serde_json::Value)| {
        use base64::Engine as _;
        use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
        let mut proof = proof(1);
        let data = B64.decode(proof["client_data"].as_str().unwrap()).unwrap();
        let mut said: serde_json::Value = serde_json::from_slice(&data).unwrap();
        change(&mut said);
        proof["client_data"] = json!(B64.encode(serde_json::to_vec(&said).unwrap()));
        proof
    };
    let mut unattended = proof(1);
    {
        use base64::Engine as _;
        use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
        let mut data = B64
            .decode(unattended["authenticator_data"].as_str().unwrap())
            .unwrap();
        data[32] = 0;
        unattended["authenticator_data"] = json!(B64.encode(data));
    }
    let mut partial = proof(1);
    partial.as_object_mut().unwrap().remove("nonce");
    let mut other_key = proof(1);
    other_key["public_key"] = proof(3)["public_key"].clone();
    let mut no_key = proof(1);
    no_key["public_key"] = json!("oA");
    type Change = fn(&mut Statement);
    let cases: Vec<(&str, Change, serde_json::Value)> = vec![
        (
            "another decision",
            |s| s.outcome = "declined".into(),
            proof(1),
        ),
        ("another line", |s| s.line = "lin_other".into(), proof(1)),
        ("another text", |s| s.digest = "ab".repeat(32), proof(1)),
        ("another person’s passkey", |_| {}, proof(2)),
        ("another key", |_| {}, other_key),
        ("no key", |_| {}, no_key),
        ("a part missing", |_| {}, partial),
        ("nobody was there", |_| {}, unattended),
        (
            "another site",
            |_| {},
            client(|c| c["origin"] = json!("https://evil.example")),
        ),
        (
            "no site",
            |_| {},
            client(|c| c["origin"] = json!("nowhere")),
        ),
        (
            "another ceremony",
            |_| {},
            client(|c| c["type"] = json!("webauthn.create")),
        ),
        (
            "a challenge that is none",
            |_| {},
            client(|c| c["challenge"] = json!("??")),
        ),
        (
            "an unknown credential",
            |_| {},
            json!({"credential": "a nod"}),
        ),
        ("no credential", |_| {}, json!("trust me")),
    ];
    let cases: Vec<Case> = cases
        .into_iter()
        .map(|(name, change, proof)| {
            let mut signing = Signing::default();
            let mut statement = statement(1, text, "sign_off", "signed");
            change(&mut statement);
            signing.decide(&party_key(1), statement, Some(proof));
            Case::new(name, sealed(signing.body(text)).to_bytes())
        })
        .collect();
    for (case, found) in cases.iter().zip(both(&cases)) {
        let lines = found.unwrap();
        let fails = |code: &str| lines.iter().any(|l| l.0 == "DOES NOT HOLD" && l.1 == code);
        assert!(fails("decision.proof"), "{}: {lines:#?}", case.name);
        assert!(!fails("bundle.seal"), "{}", case.name);
    }
}

#[test]
fn keys_and_files_that_are_not_the_readers() {
    let file = sealed(body()).to_bytes();
    let mut wrong_key = Case::new("a wrong key of the log", file.clone());
    wrong_key.given.log_keys = vec![Sealer::new(GATEWAY, 55).vkey().parse().unwrap()];
    let mut wrong_file = Case::new("another attachment", file.clone());
    wrong_file.given.files = vec![("assessment.pdf".into(), b"another assessment".to_vec())];
    let mut one_more = Case::new("one attachment too many", file);
    one_more.given.files.push(("more.pdf".into(), vec![1, 2]));
    let mut forged = Bundle {
        seal: String::new(),
        ..sealed(body())
    };
    let mallory = Sealer::new(GATEWAY, 55);
    forged.body.keys[0].vkey = mallory.vkey();
    forged.seal = mallory.seal(&Bundle::seal_text(&forged.body));
    let cases = [
        wrong_key,
        wrong_file,
        one_more,
        Case::new("a log of the attacker’s own", forged.to_bytes()),
    ];
    let places = [
        ("log.key", "keys"),
        ("attachment.given", "given[0]"),
        ("attachment.given", "given[1]"),
        ("log.key", "keys"),
    ];
    for ((case, lines), place) in cases.iter().zip(both(&cases)).zip(places) {
        let lines = lines.unwrap();
        assert!(
            lines
                .iter()
                .any(|(o, c, p)| o == "DOES NOT HOLD" && (c.as_str(), p.as_str()) == place),
            "{}: {lines:#?}",
            case.name
        );
    }
}
