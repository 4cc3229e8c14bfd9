//! What identity providers say about themselves: discovery and keys (OpenID Connect Discovery 1.0),
//! kept for an hour and fetched again when a token names a key that is not known.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, HttpRequest, HttpResponse, IssuerUrl, ProviderMetadata,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::adapters::http_client::{NotAnswered, Outgoing};

/// What is known is believed this long (microseconds): one hour.
const FRESH: i64 = 60 * 60 * 1_000_000;
/// Keys of one provider are fetched again at most so often (microseconds): once a minute, so that made-up
/// tokens cannot make us ask without end.
const AGAIN: i64 = 60 * 1_000_000;
/// More providers than this are not remembered: the oldest go.
const MOST: usize = 1000;

/// What the library does not read by itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct More {
    /// OpenID Connect RP-Initiated Logout 1.0.
    pub end_session_endpoint: Option<String>,
    /// RFC 9207.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    pub code_challenge_methods_supported: Vec<String>,
}

impl AdditionalProviderMetadata for More {}

pub type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

#[derive(Clone)]
struct Known {
    metadata: Arc<Metadata>,
    keys: Arc<CoreJsonWebKeySet>,
    /// UTC microseconds.
    found_at: i64,
    keys_asked_at: i64,
}

/// Why a provider cannot be used. The words are for the administrator who set it up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    #[error(transparent)]
    NotAnswered(#[from] NotAnswered),
    #[error(
        "it answered {0} where its description should be, so it is not the address of a provider"
    )]
    Status(u16),
    #[error("it does not describe itself as OpenID Connect Discovery 1.0 asks ({0})")]
    NotDescribed(String),
    #[error("it says that it is another provider: {0}")]
    Another(String),
    #[error("it takes no S256 code challenges (PKCE), without which a stolen code could be used")]
    NoPkce,
    #[error("it names no address at which codes are exchanged for tokens")]
    NoTokens,
}

pub struct Providers {
    outgoing: Arc<Outgoing>,
    known: Mutex<HashMap<String, Known>>,
    /// Why the last answer of each did not count, and when (UTC microseconds).
    doubts: Mutex<HashMap<String, (i64, String)>>,
}

/// The way to ask providers, under the rules of [`Outgoing::strict`].
#[derive(Clone)]
pub struct Asking(Arc<Outgoing>);

impl Asking {
    /// # Errors
    /// As [`Outgoing::ask`].
    pub async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, NotAnswered> {
        self.0.ask(request).await
    }
}

impl Providers {
    pub fn new(loopback: bool) -> Providers {
        Providers {
            outgoing: Arc::new(Outgoing::strict(loopback)),
            known: Mutex::default(),
            doubts: Mutex::default(),
        }
    }

    /// Remembers why an answer of this provider did not count.
    pub fn doubt(&self, issuer: &str, now: i64, why: &str) {
        let mut doubts = self.doubts.lock().expect("not poisoned");
        if doubts.len() >= MOST {
            doubts.clear();
        }
        doubts.insert(issuer.to_owned(), (now, why.chars().take(300).collect()));
    }

    /// When the last answer of this provider that did not count came (UTC microseconds), and why it did not.
    pub fn last_doubt(&self, issuer: &str) -> Option<(i64, String)> {
        let doubts = self.doubts.lock().expect("not poisoned");
        doubts.get(issuer).cloned()
    }

    pub fn asking(&self) -> Asking {
        Asking(self.outgoing.clone())
    }

    /// Whether this address may be asked at all, as far as its text says.
    ///
    /// # Errors
    /// Says why not.
    pub fn may_ask(&self, address: &str) -> Result<String, NotAnswered> {
        self.outgoing.checked(address)
    }

    /// What the provider says about itself: as known, or asked now. `now` is in UTC microseconds.
    ///
    /// # Errors
    /// When it cannot be asked, or what it says cannot be used.
    pub async fn about(&self, issuer: &str, now: i64) -> Result<Arc<Metadata>, NotFound> {
        match self
            .kept(issuer)
            .filter(|known| now - known.found_at < FRESH)
        {
            Some(known) => Ok(known.metadata),
            None => Ok(self.find(issuer, now).await?.metadata),
        }
    }

    /// Asks the provider about itself now, whatever is known.
    ///
    /// # Errors
    /// As [`Providers::about`].
    pub async fn about_now(&self, issuer: &str, now: i64) -> Result<Arc<Metadata>, NotFound> {
        Ok(self.find(issuer, now).await?.metadata)
    }

    /// The provider's keys, as they are known.
    ///
    /// # Errors
    /// As [`Providers::about`].
    pub async fn keys(&self, issuer: &str, now: i64) -> Result<Arc<CoreJsonWebKeySet>, NotFound> {
        self.about(issuer, now).await?;
        let kept = self.kept(issuer);
        kept.map(|known| known.keys)
            .ok_or_else(|| NotFound::NotDescribed("it was forgotten meanwhile".to_owned()))
    }

    /// The keys after a token named one that is not among them: fetched again, or none when that was
    /// done a moment ago.
    ///
    /// # Errors
    /// As [`Providers::about`].
    pub async fn fresh_keys(
        &self,
        issuer: &str,
        now: i64,
    ) -> Result<Option<Arc<CoreJsonWebKeySet>>, NotFound> {
        let metadata = self.about(issuer, now).await?;
        {
            let mut held = self.known.lock().expect("not poisoned");
            match held.get_mut(issuer) {
                Some(known) if now - known.keys_asked_at >= AGAIN => known.keys_asked_at = now,
                _ => return Ok(None),
            }
        }
        let keys = Arc::new(self.fetch_keys(&metadata).await?);
        let mut held = self.known.lock().expect("not poisoned");
        if let Some(known) = held.get_mut(issuer) {
            known.keys = keys.clone();
        }
        Ok(Some(keys))
    }

    fn kept(&self, issuer: &str) -> Option<Known> {
        self.known
            .lock()
            .expect("not poisoned")
            .get(issuer)
            .cloned()
    }

    async fn find(&self, issuer: &str, now: i64) -> Result<Known, NotFound> {
        let named = IssuerUrl::new(issuer.to_owned()).map_err(|_| NotAnswered::NotAnAddress)?;
        let place = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let metadata = understood(&self.read(&place).await?)?;
        if *metadata.issuer() != named {
            return Err(NotFound::Another(format!(
                "`{}` (and not `{issuer}`)",
                metadata.issuer().as_str()
            )));
        }
        let methods = &metadata
            .additional_metadata()
            .code_challenge_methods_supported;
        // Whoever says nothing about it may well take them (Entra ID); RFC 7636 has them ignored otherwise.
        if !methods.is_empty() && !methods.iter().any(|method| method == "S256") {
            return Err(NotFound::NoPkce);
        }
        if metadata.token_endpoint().is_none() {
            return Err(NotFound::NoTokens);
        }
        let known = Known {
            keys: Arc::new(self.fetch_keys(&metadata).await?),
            metadata: Arc::new(metadata),
            found_at: now,
            keys_asked_at: now - AGAIN,
        };
        let mut held = self.known.lock().expect("not poisoned");
        if held.len() >= MOST {
            held.retain(|_, known| now - known.found_at < FRESH);
            if held.len() >= MOST {
                held.clear();
            }
        }
        held.insert(issuer.to_owned(), known.clone());
        Ok(known)
    }

    async fn fetch_keys(&self, metadata: &Metadata) -> Result<CoreJsonWebKeySet, NotFound> {
        let found = self.read(metadata.jwks_uri().as_str()).await?;
        serde_json::from_value(found)
            .map_err(|why| NotFound::NotDescribed(format!("its keys cannot be read: {why}")))
    }

    /// The JSON at an address, whatever its media type says.
    async fn read(&self, address: &str) -> Result<Json, NotFound> {
        let request = http::Request::get(address)
            .header(http::header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| NotAnswered::NotAnAddress)?;
        let answer = self.outgoing.ask(request).await?;
        if answer.status() != 200 {
            return Err(NotFound::Status(answer.status().as_u16()));
        }
        serde_json::from_slice(answer.body())
            .map_err(|why| NotFound::NotDescribed(format!("it is no JSON: {why}")))
    }
}

/// Addresses that a provider has to name.
const NEEDED: [&str; 3] = ["issuer", "authorization_endpoint", "jwks_uri"];
/// Addresses that it may name.
const ADDRESSES: [&str; 3] = [
    "token_endpoint",
    "userinfo_endpoint",
    "end_session_endpoint",
];
/// Lists of words that it may give.
const LISTS: [&str; 2] = [
    "token_endpoint_auth_methods_supported",
    "code_challenge_methods_supported",
];

/// What we use of a description. Whatever else it says may be of any type.
fn understood(described: &Json) -> Result<Metadata, NotFound> {
    let mut used = json!({
        // The library asks for them, and we for nothing else.
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    for name in NEEDED {
        if !described[name].is_string() {
            return Err(NotFound::NotDescribed(format!("{name} is no address")));
        }
        used[name] = described[name].clone();
    }
    for name in ADDRESSES {
        if described[name].as_str().is_some_and(|at| !at.is_empty()) {
            used[name] = described[name].clone();
        }
    }
    for name in LISTS {
        let words = described[name].as_array().into_iter().flatten();
        let words: Vec<&Json> = words.filter(|word| word.is_string()).collect();
        if !words.is_empty() {
            used[name] = json!(words);
        }
    }
    let named = &described["authorization_response_iss_parameter_supported"];
    used["authorization_response_iss_parameter_supported"] =
        (*named == true || *named == "true").into();
    serde_json::from_value(used).map_err(|why| NotFound::NotDescribed(why.to_string()))
}
