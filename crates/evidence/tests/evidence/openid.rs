//! A sign-in at a provider as the proof of a decision: bound to it, or found.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use evidence::challenge;
use serde_json::{Value, json};

use crate::python::{Case, both, found};
use crate::world::{NOW, Signing, material, party_key, sealed, statement};

const ISSUER: &str = "https://login.example.org/realms/council";

/// A bundle whose one decision was shown by a token with these claims.
fn shown(change: impl Fn(&mut Value)) -> Vec<u8> {
    let text = material()["text"].as_str().unwrap().to_owned();
    let signed = statement(0, &text, "sign_off", "signed");
    let asked = challenge(&signed.line, &signed.digest, &signed.outcome, "a-nonce");
    let mut claims = json!({ "iss": ISSUER, "nonce": BASE64_URL_SAFE_NO_PAD.encode(asked) });
    change(&mut claims);
    let token = format!(
        "e30.{}.c2ln",
        BASE64_URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let proof = json!({
        "credential": "openid", "checked_at": NOW, "issuer": ISSUER, "id_token": token, "nonce": "a-nonce",
    });
    let mut small = Signing::default();
    small.decide(&party_key(0), signed, Some(proof));
    sealed(small.body(&text)).to_bytes()
}

#[test]
fn a_sign_in_at_a_provider_is_bound_to_the_decision() {
    let text = material()["text"].as_str().unwrap().to_owned();
    let other = statement(0, &text, "sign_off", "declined");
    let elsewhere = challenge(&other.line, &other.digest, "declined", "a-nonce");
    let cases = [
        Case::new("as it was", shown(|_| {})),
        Case::new(
            "for another outcome",
            shown(|claims| claims["nonce"] = json!(BASE64_URL_SAFE_NO_PAD.encode(elsewhere))),
        ),
        Case::new(
            "of another provider",
            shown(|claims| claims["iss"] = json!("https://evil.example")),
        ),
        Case::new(
            "bound to nothing",
            shown(|claims| claims["nonce"] = json!(7)),
        ),
    ];
    let all: Vec<bool> = both(&cases).iter().map(found).collect();
    assert_eq!(all, [false, true, true, true]);
}
