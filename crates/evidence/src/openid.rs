//! A fresh sign-in at the identity provider of an organisation, as the proof of a decision: an ID token
//! (OpenID Connect Core 1.0, section 2) whose nonce is the digest of the decision.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use crate::Statement;
use crate::passkey::challenge;

#[derive(Deserialize)]
struct Shown {
    issuer: String,
    id_token: String,
    nonce: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    nonce: String,
}

/// Checks that the token in a proof is bound to the statement it belongs to, and gives the issuer. The
/// token's signature is not checked: the provider's keys are not in the file.
pub(crate) fn check(proof: &Value, statement: &Statement) -> Result<String, &'static str> {
    let shown = Shown::deserialize(proof).map_err(|_| "a part of the proof is missing")?;
    let payload = shown.id_token.split('.').nth(1).unwrap_or_default();
    let claims: Claims = BASE64_URL_SAFE_NO_PAD
        .decode(payload)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or("the ID token cannot be read")?;
    if claims.iss != shown.issuer {
        return Err("the ID token is of another provider");
    }
    let asked = challenge(
        &statement.line,
        &statement.digest,
        &statement.outcome,
        &shown.nonce,
    );
    if claims.nonce != BASE64_URL_SAFE_NO_PAD.encode(asked) {
        return Err("the sign-in was for another line, another text or another decision");
    }
    Ok(shown.issuer)
}
