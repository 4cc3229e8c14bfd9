//! A small agreement, signed by four organisations: one with a password, three with passkeys of
//! three kinds. `agreement.json` holds its text and the passkeys' answers, which another library
//! made; their private keys were thrown away.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use evidence::{
    Body, Bundle, Decision, Extent, Given, Key, LoggedAct, Opening, Party, RecordName, Statement,
    Version,
};
use ledger::{Checkpoint, LogKey};
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};

pub const GATEWAY: &str = "gateway.example.org/log";
pub const RECORD: &str = "agr_01KAJ5X6R1M5Z3V8Q2T7W9Y4CD";
pub const NOW: i64 = 1_763_719_200_000_000;
const DAY: i64 = 86_400_000_000;

/// A key that can seal notes.
pub struct Sealer {
    pub name: String,
    seed: [u8; 32],
}

impl Sealer {
    pub fn new(name: &str, seed: u8) -> Sealer {
        Sealer {
            name: name.to_owned(),
            seed: [seed; 32],
        }
    }

    pub fn vkey(&self) -> String {
        LogKey::from_seed(&self.name, &self.seed)
            .unwrap()
            .verifier()
            .to_string()
    }

    pub fn seal(&self, text: &str) -> String {
        let pair = Ed25519KeyPair::from_seed_unchecked(&self.seed).unwrap();
        let vkey = self.vkey();
        let hash = hex::decode(vkey.split('+').nth(1).unwrap()).unwrap();
        let signature = [&hash, pair.sign(text.as_bytes()).as_ref()].concat();
        format!(
            "{text}\n— {} {}\n",
            self.name,
            BASE64_STANDARD.encode(signature)
        )
    }

    /// A witness's cosignature/v1 as a line of a note, and its public key.
    pub fn cosign(&self, text: &str, time: u64) -> (String, String) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&self.seed).unwrap();
        let public = ring::signature::KeyPair::public_key(&pair)
            .as_ref()
            .to_vec();
        let key = [&[4][..], &public].concat();
        let named = [self.name.as_bytes(), b"\n", &key].concat();
        let hash = &hex::decode(evidence::digest(&named)).unwrap()[..4];
        let message = format!("cosignature/v1\ntime {time}\n{text}");
        let signature = [
            hash,
            &time.to_be_bytes(),
            pair.sign(message.as_bytes()).as_ref(),
        ]
        .concat();
        (
            format!("— {} {}\n", self.name, BASE64_STANDARD.encode(signature)),
            format!(
                "{}+{}+{}",
                self.name,
                hex::encode(hash),
                BASE64_STANDARD.encode(key)
            ),
        )
    }
}

pub fn log_key() -> Sealer {
    Sealer::new(GATEWAY, 1)
}

pub fn witness() -> Sealer {
    Sealer::new("witness.example.net", 77)
}

/// The key of the organisation at this place.
pub fn party_key(place: usize) -> Sealer {
    Sealer::new(
        &format!("{GATEWAY}/{}", ORGANISATIONS[place].0),
        10 + place as u8,
    )
}

pub const ORGANISATIONS: [(&str, &str, &str); 4] = [
    ("org_camden", "Camden Council", "lin_sign_camden"),
    ("org_fire", "London Fire Brigade", "lin_sign_fire"),
    ("org_nhs", "North London NHS", "lin_sign_nhs"),
    ("org_met", "Metropolitan Police", "lin_sign_met"),
];

/// What stands beside the text.
pub fn material() -> Value {
    serde_json::from_str(include_str!("agreement.json")).unwrap()
}

/// A log that is only appended to.
#[derive(Default)]
pub struct Log {
    size: u64,
    nodes: BTreeMap<u64, ledger::Hash>,
}

impl Log {
    pub fn append(&mut self, salt: &[u8; 32], act: &Value) -> u64 {
        let place = self.size;
        let entry = ledger::leaf(salt, act);
        let fresh = ledger::append(place, ledger::leaf_hash(&entry), &self.nodes).unwrap();
        self.nodes.extend(fresh);
        self.size += 1;
        place
    }

    pub fn checkpoint(&self) -> String {
        Checkpoint {
            origin: GATEWAY.to_owned(),
            size: self.size,
            root: ledger::root(self.size, &self.nodes).unwrap(),
        }
        .sign(&LogKey::from_seed(GATEWAY, &[1; 32]).unwrap())
        .unwrap()
    }

    pub fn path(&self, place: u64) -> Vec<String> {
        ledger::inclusion_proof(self.size, place, &self.nodes)
            .unwrap()
            .iter()
            .map(|hash| BASE64_STANDARD.encode(hash))
            .collect()
    }
}

/// A statement, logged by [`Signing::log`] and sealed by its party.
pub fn statement(place: usize, text: &str, stage: &str, outcome: &str) -> Statement {
    let (id, name, line) = ORGANISATIONS[place];
    Statement {
        format: "aldgate-statement-v1".into(),
        gateway: GATEWAY.into(),
        record: RECORD.into(),
        version: 1,
        digest: evidence::digest(text.as_bytes()),
        line: if stage == "review" {
            line.replace("sign", "review")
        } else {
            line.into()
        },
        stage: stage.into(),
        party: Party {
            id: id.into(),
            name: name.into(),
        },
        role: if stage == "review" {
            "data_protection_officer".into()
        } else {
            "senior_officer".into()
        },
        role_since: Some(NOW - 90 * DAY),
        who: String::new(),
        outcome: outcome.into(),
        reason: if outcome == "conditions" {
            "Train the crews first.\n“All” of them.".into()
        } else {
            String::new()
        },
        at: NOW + place as i64 * 60_000_000,
        proof: None,
    }
}

/// Builds a bundle decision by decision.
#[derive(Default)]
pub struct Signing {
    pub log: Log,
    pub decisions: Vec<Decision>,
}

impl Signing {
    pub fn decide(&mut self, key: &Sealer, mut statement: Statement, proof: Option<Value>) {
        let number = self.decisions.len() as u8;
        let who = Opening::new(&[100 + number; 32], json!(format!("Sol Senior {number}")));
        let proof = proof.map(|proof| Opening::new(&[150 + number; 32], proof));
        statement.who = who.commitment().unwrap();
        statement.proof = proof.as_ref().map(|p| p.commitment().unwrap());
        let text = statement.text();
        let act = json!({
            "at": statement.at, "person": "", "organisation": statement.party.id,
            "kind": "decision.sealed", "subject": statement.record,
            "detail": {"line": statement.line, "statement": Statement::digest(&text), "key": key.vkey()},
        });
        let salt = [200 + number; 32];
        // Other acts stand between.
        self.log
            .append(&[0; 32], &json!({"kind": "other", "number": number}));
        let sequence = self.log.append(&salt, &act) as i64;
        self.decisions.push(Decision {
            note: key.seal(&text),
            who: Some(who),
            proof,
            act: LoggedAct {
                sequence,
                salt: BASE64_STANDARD.encode(salt),
                text: String::from_utf8(ledger::canonical(&act)).unwrap(),
                path: Vec::new(),
            },
        });
    }

    pub fn body(mut self, text: &str) -> Body {
        for decision in &mut self.decisions {
            decision.act.path = self.log.path(decision.act.sequence as u64);
        }
        let checkpoint = self.log.checkpoint();
        let (cosignature, _) = witness().cosign(
            &format!("{}\n", checkpoint.rsplit_once("\n\n").unwrap().0),
            1_763_719_999,
        );
        let key = |owner: &str, sealer: &Sealer| Key {
            owner: owner.to_owned(),
            vkey: sealer.vkey(),
            from: NOW - 365 * DAY,
            until: None,
        };
        let mut keys = vec![key("log", &log_key())];
        for (place, (id, ..)) in ORGANISATIONS.iter().enumerate() {
            keys.push(key(id, &party_key(place)));
        }
        Body {
            format: "aldgate-evidence-v1".into(),
            gateway: GATEWAY.into(),
            made_at: NOW + DAY,
            extent: Extent::Parties,
            record: RecordName {
                id: RECORD.into(),
                title: "Home fire safety visits".into(),
            },
            version: 1,
            versions: vec![Version {
                number: 1,
                digest: evidence::digest(text.as_bytes()),
                text: Some(text.to_owned()),
            }],
            decisions: self.decisions,
            checkpoint: format!("{checkpoint}{cosignature}"),
            keys,
        }
    }
}

/// The agreement as everybody signed it.
pub fn body() -> Body {
    let material = material();
    let text = material["text"].as_str().unwrap();
    let mut signing = Signing::default();
    signing.decide(
        &party_key(0),
        statement(0, text, "review", "conditions"),
        None,
    );
    let password = json!({"credential": "password", "checked_at": NOW});
    signing.decide(
        &party_key(0),
        statement(0, text, "sign_off", "signed"),
        Some(password),
    );
    for (place, (_, _, line)) in ORGANISATIONS.iter().enumerate().skip(1) {
        signing.decide(
            &party_key(place),
            statement(place, text, "sign_off", "signed"),
            Some(material["proofs"][line].clone()),
        );
    }
    signing.body(text)
}

/// Sealed as the gateway seals it.
pub fn sealed(body: Body) -> Bundle {
    let seal = log_key().seal(&Bundle::seal_text(&body));
    Bundle { body, seal }
}

/// What a careful reader brings along.
pub fn given() -> Given {
    Given {
        log_keys: vec![log_key().vkey().parse().unwrap()],
        witness_keys: vec![witness().cosign("", 0).1.parse().unwrap()],
        files: vec![("assessment.pdf".into(), b"risk assessment".to_vec())],
    }
}
