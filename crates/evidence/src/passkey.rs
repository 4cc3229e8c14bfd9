//! A passkey's own signature on a decision (Web Authentication, level 2, section 7.2).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use crate::{Hash, Statement, sha256};

/// What a sign-in ceremony leaves, beside what every proof says.
#[derive(Deserialize)]
struct Assertion {
    public_key: String,
    authenticator_data: String,
    client_data: String,
    signature: String,
    nonce: String,
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
}

/// What the authenticator was asked to sign for a decision: SHA-256 over five lines, each ended by
/// a line feed: `aldgate-decision-v1`, the line, the version's digest in hexadecimal, the outcome,
/// and the nonce in base64url.
pub fn challenge(line: &str, digest: &str, outcome: &str, nonce: &str) -> Hash {
    sha256(format!("aldgate-decision-v1\n{line}\n{digest}\n{outcome}\n{nonce}\n").as_bytes())
}

/// Checks the assertion in a proof against the statement it belongs to, and gives the site on
/// which the person used the passkey.
pub(crate) fn check(proof: &Value, statement: &Statement) -> Result<String, &'static str> {
    let assertion =
        Assertion::deserialize(proof).map_err(|_| "a part of the passkey’s answer is missing")?;
    let bytes = |text: &str| {
        BASE64_URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| "a part of the passkey’s answer is not base64url")
    };
    let client = bytes(&assertion.client_data)?;
    let authenticator = bytes(&assertion.authenticator_data)?;
    let signature = bytes(&assertion.signature)?;
    let key = bytes(&assertion.public_key)?;

    let said: ClientData = serde_json::from_slice(&client)
        .map_err(|_| "what the browser said about the passkey cannot be read")?;
    if said.kind != "webauthn.get" {
        return Err("the passkey was not used to sign in or decide");
    }
    let asked = challenge(
        &statement.line,
        &statement.digest,
        &statement.outcome,
        &assertion.nonce,
    );
    if bytes(&said.challenge)? != asked {
        return Err("the passkey signed for another line, another text or another decision");
    }
    let host = host(&said.origin).ok_or("the passkey was used on no site with an address")?;
    if authenticator.len() < 37 || !names(&authenticator[..32], host) {
        return Err("the passkey belongs to another site than the one it was used on");
    }
    if authenticator[32] & 1 == 0 {
        return Err("nobody was there when the passkey was used");
    }
    let signed = [authenticator.as_slice(), &sha256(&client)].concat();
    if holds(&key, &signed, &signature)? {
        Ok(said.origin)
    } else {
        Err("the passkey’s signature does not hold")
    }
}

/// The host of an origin such as `https://gateway.example.org:8443`.
fn host(origin: &str) -> Option<&str> {
    let (_, rest) = origin.split_once("://")?;
    let host = rest.split([':', '/']).next()?;
    (!host.is_empty()).then_some(host)
}

/// Whether the hash is of the host or of a domain it lies in.
fn names(hash: &[u8], host: &str) -> bool {
    let mut rest = Some(host);
    while let Some(name) = rest {
        if sha256(name.as_bytes()) == hash {
            return true;
        }
        rest = name.split_once('.').map(|(_, parent)| parent);
    }
    false
}

/// An RSA key of 8,192 bits has about 1,100 bytes.
const MAX_KEY_BYTES: usize = 4096;

/// Verifies with a COSE key (RFC 9052, section 7): ES256, EdDSA on Ed25519, or RS256.
fn holds(key: &[u8], message: &[u8], signature: &[u8]) -> Result<bool, &'static str> {
    const UNKNOWN: &str = "the passkey’s public key is of a kind that cannot be checked";
    if key.len() > MAX_KEY_BYTES {
        return Err(UNKNOWN);
    }
    let key: Cbor = ciborium::from_reader(key).map_err(|_| UNKNOWN)?;
    let number = |label: i64| {
        let value = part(&key, label)?.as_integer()?;
        i64::try_from(value).ok()
    };
    let bytes = |label: i64| part(&key, label)?.as_bytes().map(Vec::as_slice);
    let verified = match (number(1), number(3)) {
        (Some(2), Some(-7)) if number(-1) == Some(1) => {
            let x = bytes(-2).ok_or(UNKNOWN)?;
            let y = bytes(-3).ok_or(UNKNOWN)?;
            if (x.len(), y.len()) != (32, 32) {
                return Err(UNKNOWN);
            }
            let point = [&[4], x, y].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
        }
        (Some(1), Some(-8)) if number(-1) == Some(6) => {
            let x = bytes(-2).ok_or(UNKNOWN)?;
            UnparsedPublicKey::new(&ED25519, x).verify(message, signature)
        }
        (Some(3), Some(-257)) => {
            let n = bytes(-1).ok_or(UNKNOWN)?;
            let e = bytes(-2).ok_or(UNKNOWN)?;
            RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
        }
        _ => return Err(UNKNOWN),
    };
    Ok(verified.is_ok())
}

/// The part of a COSE key with this label.
fn part(key: &Cbor, label: i64) -> Option<&Cbor> {
    let parts = key.as_map()?;
    let found = parts
        .iter()
        .find(|(name, _)| name.as_integer() == Some(label.into()))?;
    Some(&found.1)
}
