//! An ID token, verified (OpenID Connect Core 1.0, 3.1.3.7). What we do not use may be of any type:
//! providers send dates for numbers and numbers for text, and nobody should stay outside for that.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openidconnect::core::{
    CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm as Algorithm,
};
use openidconnect::{
    JsonWebKey as _, JsonWebKeyAlgorithm, JsonWebKeyUse as _, JwsSigningAlgorithm as _,
};
use serde_json::Value as Json;
use subtle::ConstantTimeEq as _;

use crate::identity::openid::SKEW;

/// Signatures with a key pair only: a shared secret proves nothing to anybody else.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// What a token must say to be an answer to us.
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    /// Seconds since 1970.
    pub now: i64,
}

/// Why a token does not count. The words are for the log, and name the claim.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Invalid {
    #[error("it is signed with a key that the provider does not name")]
    UnknownKey,
    #[error("the claim {0} {1}")]
    Claim(&'static str, String),
    #[error("{0}")]
    Token(String),
}

fn claim(name: &'static str, why: &str) -> Invalid {
    Invalid::Claim(name, why.to_owned())
}

/// The claims of a token that is the provider's, for us, of now, and answers this nonce.
pub(super) fn verified(
    token: &str,
    keys: &CoreJsonWebKeySet,
    expected: &Expected<'_>,
) -> Result<Json, Invalid> {
    let parts: Vec<&str> = token.split('.').collect();
    let &[header, payload, signature] = parts.as_slice() else {
        return Err(Invalid::Token(
            "it has not the form of a signed token".to_owned(),
        ));
    };
    let broken = || Invalid::Token("it cannot be read".to_owned());
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| broken());
    let json = |part: &str| serde_json::from_slice::<Json>(&bytes(part)?).map_err(|_| broken());
    let algorithm = understood(&json(header)?, keys)?;
    let signed = &token[..header.len() + 1 + payload.len()];
    let signature = bytes(signature)?;
    let mut good = false;
    for key in &algorithm.1 {
        good |= key
            .verify_signature(&algorithm.0, signed.as_bytes(), &signature)
            .is_ok();
    }
    if !good {
        return Err(Invalid::Token(
            "its signature is not the provider’s".to_owned(),
        ));
    }
    let claims = json(payload)?;
    check(&claims, expected)?;
    Ok(claims)
}

/// The algorithm that a header names, and the keys that may have been used with it.
fn understood<'k>(
    header: &Json,
    keys: &'k CoreJsonWebKeySet,
) -> Result<(Algorithm, Vec<&'k CoreJsonWebKey>), Invalid> {
    let algorithm = serde_json::from_value::<Algorithm>(header["alg"].clone());
    let algorithm = algorithm.ok().filter(|named| ALGORITHMS.contains(named));
    let Some(algorithm) = algorithm else {
        return Err(Invalid::Token(format!(
            "it is signed with {}, which we do not take",
            header["alg"]
        )));
    };
    if !header["crit"].is_null() || !header["cty"].is_null() {
        return Err(Invalid::Token(
            "its header asks for more than we know".to_owned(),
        ));
    }
    let kind = header["typ"].as_str().unwrap_or("JWT").to_ascii_lowercase();
    let kind = kind.trim_start_matches("application/");
    if !(header["typ"].is_null() || matches!(kind, "jwt" | "jose")) || !is_text(&header["typ"]) {
        return Err(Invalid::Token(format!(
            "it is a {}, and not an ID token",
            header["typ"]
        )));
    }
    let named = header["kid"].as_str();
    let may = |key: &&CoreJsonWebKey| {
        let its_id = key.key_id().map(|id| id.as_str());
        (named.is_none() || named == its_id)
            && algorithm.key_type().as_ref() == Some(key.key_type())
            && key.key_use().is_none_or(|usage| usage.allows_signature())
            && match key.signing_alg() {
                JsonWebKeyAlgorithm::Algorithm(only) => *only == algorithm,
                JsonWebKeyAlgorithm::Unspecified => true,
                JsonWebKeyAlgorithm::Unsupported => false,
            }
    };
    let keys: Vec<&CoreJsonWebKey> = keys.keys().iter().filter(may).collect();
    if keys.is_empty() {
        return Err(Invalid::UnknownKey);
    }
    Ok((algorithm, keys))
}

fn is_text(value: &Json) -> bool {
    value.is_null() || value.is_string()
}

fn check(claims: &Json, expected: &Expected<'_>) -> Result<(), Invalid> {
    if claims["iss"] != expected.issuer {
        return Err(claim("iss", "names another issuer"));
    }
    let audiences = match &claims["aud"] {
        Json::Array(several) => several.as_slice(),
        one => std::slice::from_ref(one),
    };
    if !audiences.iter().any(|one| *one == expected.client_id) {
        return Err(claim("aud", "does not name our client ID"));
    }
    // Of several audiences one is who it was made for, and says so.
    match &claims["azp"] {
        Json::Null if audiences.len() == 1 => {}
        Json::Null => {
            return Err(claim("azp", "is missing, where aud names others beside us"));
        }
        azp if *azp == expected.client_id => {}
        _ => return Err(claim("azp", "names another client")),
    }
    let now = expected.now;
    let time = |name: &'static str| {
        let found = seconds(&claims[name]);
        found.ok_or_else(|| claim(name, "is no time"))
    };
    if time("exp")? <= now - SKEW {
        return Err(claim("exp", "says that the token has expired"));
    }
    if time("iat")? > now + SKEW {
        return Err(claim("iat", "says that the token was issued in the future"));
    }
    if !claims["nbf"].is_null() && time("nbf")? > now + SKEW {
        return Err(claim("nbf", "says that the token does not count yet"));
    }
    let nonce = claims["nonce"].as_str().unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(claim("nonce", "is not the one that we asked with"));
    }
    if subject(claims).is_none() {
        return Err(claim("sub", "names no one"));
    }
    Ok(())
}

/// Who it is about. Whole numbers are taken as they are written.
pub(super) fn subject(claims: &Json) -> Option<String> {
    match &claims["sub"] {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        Json::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// Seconds since 1970: a number, a number in quotes, or a date (RFC 3339).
pub(super) fn seconds(value: &Json) -> Option<i64> {
    match value {
        Json::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|seconds| seconds.floor() as i64)),
        Json::String(text) => text
            .parse()
            .ok()
            .or_else(|| Some(text.parse::<Timestamp>().ok()?.as_second())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_read_in_every_form_that_providers_send() {
        for form in [
            json!(1_795_687_200),
            json!(1_795_687_200.7),
            json!("1795687200"),
            json!("2026-11-26T10:00:00Z"),
            json!("2026-11-26T10:00:00.000Z"),
        ] {
            assert_eq!(seconds(&form), Some(1_795_687_200), "{form}");
        }
        for none in [json!(null), json!(true), json!("tomorrow"), json!([1])] {
            assert_eq!(seconds(&none), None, "{none}");
        }
    }
}
