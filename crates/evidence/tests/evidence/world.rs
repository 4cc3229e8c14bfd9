//! A small agreement, signed by four organisations: one with a password, three with passkeys of
//! three kinds. `agreement.json` holds its text and the passkeys' answers, which another library
//! made; their private keys were thrown away.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use evidence::{
    Body, Bundle, Decision, Extent, Given, Key, LoggedAct, Opening, Party, RecordName, Statement,
    Version,
};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

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

    fn pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&self.seed).unwrap()
    }

    /// The key with its type in front, and its hash as notes have it.
    fn key(&self, kind: u8) -> (Vec<u8>, Vec<u8>) {
        let key = [&[kind], self.pair().public_key().as_ref()].concat();
        let named = [self.name.as_bytes(), b"\n", &key].concat();
        (key, Sha256::digest(named)[..4].to_vec())
    }

    fn published(&self, kind: u8) -> String {
        let (key, hash) = self.key(kind);
        let (hash, key) = (hex::encode(hash), BASE64_STANDARD.encode(key));
        format!("{}+{hash}+{key}", self.name)
    }

    pub fn vkey(&self) -> String {
        self.published(1)
    }

    pub fn seal(&self, text: &str) -> String {
        let signature = [&self.key(1).1, self.pair().sign(text.as_bytes()).as_ref()].concat();
        let signature = BASE64_STANDARD.encode(signature);
        format!("{text}\n— {} {signature}\n", self.name)
    }

    /// A witness's cosignature/v1 as a line of a note, and its public key.
    pub fn cosign(&self, text: &str, time: u64) -> (String, String) {
        let message = format!("cosignature/v1\ntime {time}\n{text}");
        let signed = self.pair().sign(message.as_bytes());
        let signature = [&self.key(4).1, &time.to_be_bytes()[..], signed.as_ref()].concat();
        let signature = BASE64_STANDARD.encode(signature);
        (format!("— {} {signature}\n", self.name), self.published(4))
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

/// A log that is only appended to: RFC 6962, section 2.1, as it is defined there.
#[derive(Default)]
pub struct Log(Vec<Vec<u8>>);

impl Log {
    pub fn append(&mut self, salt: &[u8; 32], act: &Value) -> u64 {
        let commitment = Sha256::new()
            .chain_update(salt)
            .chain_update(canonical(act));
        let commitment = BASE64_STANDARD.encode(commitment.finalize());
        let entry = format!("aldgate-act-v1\n{commitment}\n");
        self.0.push(entry.into_bytes());
        self.0.len() as u64 - 1
    }

    pub fn checkpoint(&self) -> String {
        let root = BASE64_STANDARD.encode(root(&self.0));
        log_key().seal(&format!("{GATEWAY}\n{}\n{root}\n", self.0.len()))
    }

    pub fn path(&self, place: u64) -> Vec<String> {
        let path = path(place as usize, &self.0);
        path.iter()
            .map(|hash| BASE64_STANDARD.encode(hash))
            .collect()
    }
}

fn root(entries: &[Vec<u8>]) -> Vec<u8> {
    if let [entry] = entries {
        return Sha256::digest([&[0], entry.as_slice()].concat()).to_vec();
    }
    let (left, right) = entries.split_at(split(entries));
    Sha256::digest([vec![1], root(left), root(right)].concat()).to_vec()
}

fn path(place: usize, entries: &[Vec<u8>]) -> Vec<Vec<u8>> {
    if entries.len() == 1 {
        return Vec::new();
    }
    let (left, right) = entries.split_at(split(entries));
    let (mut way, beside) = if place < left.len() {
        (path(place, left), root(right))
    } else {
        (path(place - left.len(), right), root(left))
    };
    way.push(beside);
    way
}

/// The largest power of two below the number of entries.
fn split(entries: &[Vec<u8>]) -> usize {
    entries.len().next_power_of_two() / 2
}

fn canonical(value: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).unwrap()
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
                text: String::from_utf8(canonical(&act)).unwrap(),
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
