//! An identity provider on this machine, which says whatever a story needs it to say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router, routing};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::prelude::BASE64_STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

pub const CLIENT: &str = "aldgate-client";
pub const SECRET: &str = "the-client-secret-of-the-story";

struct Key {
    id: String,
    pair: EcdsaKeyPair,
}

#[derive(Default)]
struct Kept {
    /// The last one signs; all are published.
    keys: Vec<Key>,
    /// What each code is good for, once: challenge, address, token.
    codes: HashMap<String, (String, String, String)>,
    key_requests: usize,
    /// What its description says besides the usual.
    described: Value,
}

/// The provider.
#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    kept: Arc<Mutex<Kept>>,
}

/// The question a browser brought, from the page that sends it on.
pub struct Question {
    values: HashMap<String, String>,
}

impl Question {
    pub fn read(address: &str) -> Question {
        let url = Url::parse(address).expect("an address");
        Question {
            values: url.query_pairs().into_owned().collect(),
        }
    }

    pub fn one(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }
}

impl Provider {
    pub async fn start() -> Provider {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Provider {
            issuer,
            kept: Arc::default(),
        };
        provider.new_key();
        let router = Router::new()
            .route("/.well-known/openid-configuration", routing::get(describe))
            .route("/jwks", routing::get(keys))
            .route("/token", routing::post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// From now on a new key signs, and the ones before are gone.
    pub fn new_key(&self) {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        let id = hex::encode(&Sha256::digest(pair.public_key().as_ref())[..8]);
        self.kept.lock().unwrap().keys = vec![Key { id, pair }];
    }

    /// How often its keys were asked for.
    pub fn key_requests(&self) -> usize {
        self.kept.lock().unwrap().key_requests
    }

    /// Its description says this as well, or instead.
    pub fn describes(&self, more: Value) {
        self.kept.lock().unwrap().described = more;
    }

    /// What it says about a person who signed in this second.
    pub fn claims(&self, question: &Question, now: i64, subject: &str, email: &str) -> Value {
        json!({
            "iss": self.issuer, "aud": CLIENT, "sub": subject, "nonce": question.one("nonce"),
            "iat": now, "exp": now + 300, "auth_time": now, "amr": ["pwd", "otp"], "acr": "2",
            "email": email, "email_verified": true, "name": "Asha Rai",
        })
    }

    /// Signs claims with the current key.
    pub fn signed(&self, claims: &Value) -> String {
        let kept = self.kept.lock().unwrap();
        let key = kept.keys.last().unwrap();
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": key.id });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(claims));
        let signature = key
            .pair
            .sign(&SystemRandom::new(), text.as_bytes())
            .unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// The page of the gateway that the browser is sent back to, with a code for this token.
    pub fn answer_with(&self, question: &Question, token: String) -> String {
        let code = hex::encode(&Sha256::digest(token.as_bytes())[..16]);
        let address = question.one("redirect_uri").to_owned();
        let challenge = question.one("code_challenge").to_owned();
        assert_eq!(question.one("code_challenge_method"), "S256");
        let good_for = (challenge, address.clone(), token);
        self.kept
            .lock()
            .unwrap()
            .codes
            .insert(code.clone(), good_for);
        let url = Url::parse(&address).unwrap();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", question.one("state"))
            .append_pair("iss", &self.issuer)
            .finish();
        format!("{}?{query}", url.path())
    }

    /// The same, for these claims.
    pub fn answer(&self, question: &Question, claims: &Value) -> String {
        self.answer_with(question, self.signed(claims))
    }
}

async fn describe(State(provider): State<Provider>) -> Json<Value> {
    let issuer = &provider.issuer;
    let mut described = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/end"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    if let Value::Object(more) = provider.kept.lock().unwrap().described.clone() {
        described.as_object_mut().unwrap().extend(more);
    }
    Json(described)
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let mut kept = provider.kept.lock().unwrap();
    kept.key_requests += 1;
    let keys: Vec<Value> = kept
        .keys
        .iter()
        .map(|key| {
            let point = key.pair.public_key().as_ref();
            json!({
                "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": key.id,
                "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
            })
        })
        .collect();
    Json(json!({ "keys": keys }))
}

async fn token(State(provider): State<Provider>, request: Request) -> Response {
    let basic = format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{CLIENT}:{SECRET}"))
    );
    let authorised = request
        .headers()
        .get("authorization")
        .is_some_and(|sent| *sent == *basic);
    let body = axum::body::to_bytes(request.into_body(), 10_000)
        .await
        .unwrap();
    let fields: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let good_for = provider.kept.lock().unwrap().codes.remove(&fields["code"]);
    let Some((challenge, address, token)) = good_for.filter(|_| authorised) else {
        let wrong = Json(json!({ "error": "invalid_grant" }));
        return (StatusCode::BAD_REQUEST, wrong).into_response();
    };
    let digest = Sha256::digest(fields["code_verifier"].as_bytes());
    assert_eq!(URL_SAFE_NO_PAD.encode(digest), challenge, "PKCE");
    assert_eq!(fields["redirect_uri"], address);
    Json(json!({ "access_token": "unused", "token_type": "Bearer", "id_token": token }))
        .into_response()
}
