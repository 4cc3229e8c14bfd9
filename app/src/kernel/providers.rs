//! What identity providers say about themselves: discovery and keys (OpenID Connect Discovery 1.0),
//! kept for an hour and fetched again when a token names a key that is not known.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AsyncHttpClient, DiscoveryError, HttpRequest, HttpResponse,
    IssuerUrl, ProviderMetadata,
};
use serde::{Deserialize, Serialize};

use super::outgoing::{NotAnswered, Outgoing};

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

impl<'c> AsyncHttpClient<'c> for Asking {
    type Error = NotAnswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NotAnswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.ask(request))
    }
}

impl Providers {
    pub fn new(loopback: bool) -> Providers {
        Providers {
            outgoing: Arc::new(Outgoing::strict(loopback)),
            known: Mutex::default(),
        }
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
        let asking = self.asking();
        let keys = CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), &asking).await;
        let keys = Arc::new(keys.map_err(in_words)?);
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
        let asking = self.asking();
        let found = Metadata::discover_async(named, &asking).await;
        let metadata = found.map_err(in_words)?;
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
            keys: Arc::new(metadata.jwks().clone()),
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
}

fn in_words(error: DiscoveryError<NotAnswered>) -> NotFound {
    match error {
        DiscoveryError::Request(why) => NotFound::NotAnswered(why),
        DiscoveryError::Response(status, ..) if status.as_u16() != 200 => {
            NotFound::Status(status.as_u16())
        }
        DiscoveryError::Response(.., why) => NotFound::NotDescribed(why),
        DiscoveryError::Parse(why) => NotFound::NotDescribed(why.to_string()),
        DiscoveryError::UrlParse(_) => NotFound::NotAnswered(NotAnswered::NotAnAddress),
        DiscoveryError::Validation(why) => NotFound::Another(why),
        other => NotFound::NotDescribed(other.to_string()),
    }
}
