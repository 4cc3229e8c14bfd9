//! The way back from a provider: the answer is checked, the code exchanged, the ID token verified.

use axum::http::{Request, header};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::OAuth2TokenResponse as _;
use openidconnect::core::{
    CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet,
    CoreJwsSigningAlgorithm as Algorithm,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, IssuerUrl, Nonce,
    PkceCodeVerifier, RedirectUrl, SignatureVerificationError, TokenResponse as _,
};
use serde_json::{Value as Json, json};
use subtle::ConstantTimeEq as _;

use super::SKEW;
use super::ask::{Asked, return_address};
use super::provider::Provider;
use crate::kernel::ids::OrganisationId;
use crate::kernel::providers::Metadata;
use crate::kernel::{Ctx, Refusal};
use crate::web::Fields;

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

/// What a provider said about a person, in a token that was verified.
pub struct Said {
    pub subject: String,
    /// The address that the provider vouches for, in lower case.
    pub address: Option<String>,
    /// Google's: the domain of the organisation that the account belongs to.
    pub hosted: Option<String>,
    pub name: String,
    /// Seconds since 1970.
    pub auth_time: Option<i64>,
    /// How the person signed in, in the provider's words (RFC 8176), and how sure it is.
    pub methods: Json,
    pub level: Json,
    pub id_token: String,
}

impl Said {
    /// What is kept with the session.
    pub fn kept(&self, issuer: &str) -> Json {
        json!({ "issuer": issuer, "amr": self.methods, "acr": self.level, "auth_time": self.auth_time })
    }
}

/// Somebody has come back, and the provider knows them.
pub struct Answered {
    pub provider: Provider,
    pub asked: Asked,
    pub said: Said,
}

/// Why an answer does not count. What went wrong is for the log, not for whoever sent it.
fn wrong(why: impl std::fmt::Display) -> Refusal {
    tracing::warn!(%why, "an answer of an identity provider does not count");
    Refusal::NotNow(
        "The answer of your organisation’s sign-in could not be checked, so you are not signed in. Start again. If \
         it happens again, tell an administrator of your organisation."
            .to_owned(),
    )
}

/// Checks what the browser brought back from the provider of this organisation.
///
/// # Errors
/// [`Refusal::NotNow`] in words for the person.
pub async fn answered(
    ctx: &Ctx,
    jar: &CookieJar,
    organisation: &OrganisationId,
    query: &Fields,
) -> Result<Answered, Refusal> {
    let asked = Asked::of(ctx, jar).filter(|asked| asked.organisation == *organisation);
    let provider = Provider::of(ctx, organisation).await?;
    let (Some(asked), Some(provider)) = (asked, provider) else {
        return Err(Refusal::NotNow(
            "This sign-in was not begun in this browser, or more than 10 minutes ago. Start again."
                .to_owned(),
        ));
    };
    let state = query.one("state").as_bytes();
    if !bool::from(state.ct_eq(asked.state.as_bytes())) {
        return Err(wrong("the state is not the one that was asked with"));
    }
    if provider.issuer != asked.issuer || provider.client_id != asked.client_id {
        return Err(wrong("the provider was changed meanwhile"));
    }
    let about = about_it(ctx, &provider).await?;
    // RFC 9207: who answers says so, and must be who was asked.
    let named = about
        .additional_metadata()
        .authorization_response_iss_parameter_supported;
    if (named || query.has("iss")) && query.one("iss") != provider.issuer {
        return Err(wrong("another issuer answered"));
    }
    if query.has("error") {
        tracing::info!(error = %plain(query.one("error")), "a provider signed nobody in");
        return Err(Refusal::NotNow(format!(
            "You were not signed in at {}. Start again, or ask an administrator of your organisation whether you may \
             use it.",
            provider.host()
        )));
    }
    let (token, access) = exchanged(ctx, &provider, &asked, &about, query.one("code")).await?;
    verified(ctx, &provider, &token, &asked.nonce).await?;
    let id_token = token.to_string();
    let mut claims = payload(&id_token).ok_or_else(|| wrong("the ID token cannot be read"))?;
    if claims["sub"].as_str().is_none_or(str::is_empty) {
        return Err(wrong("the ID token is about nobody"));
    }
    if claims["azp"].is_string() && claims["azp"] != provider.client_id.as_str() {
        return Err(wrong("the ID token was made for another client"));
    }
    if claims["email"].is_null() {
        add_user_info(ctx, &about, &access, &mut claims).await?;
    }
    Ok(Answered {
        said: said(&provider, &claims, id_token),
        provider,
        asked,
    })
}

async fn about_it(ctx: &Ctx, provider: &Provider) -> Result<std::sync::Arc<Metadata>, Refusal> {
    let about = ctx.app.providers.about(&provider.issuer, ctx.now.0).await;
    about.map_err(wrong)
}

/// The ID token and the access token for the code.
async fn exchanged(
    ctx: &Ctx,
    provider: &Provider,
    asked: &Asked,
    about: &Metadata,
    code: &str,
) -> Result<(CoreIdToken, String), Refusal> {
    let secret = provider
        .secret(&ctx.app)
        .ok_or_else(|| wrong("the client secret does not open"))?;
    let address = return_address(&ctx.app, &provider.organisation);
    let methods = about.token_endpoint_auth_methods_supported();
    let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
    let in_body = takes(CoreClientAuthMethod::ClientSecretPost)
        && !takes(CoreClientAuthMethod::ClientSecretBasic);
    let client = CoreClient::from_provider_metadata(
        about.clone(),
        ClientId::new(provider.client_id.clone()),
        Some(ClientSecret::new(secret)),
    )
    .set_redirect_uri(RedirectUrl::new(address).map_err(Refusal::broken)?)
    .set_auth_type(if in_body {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    });
    let asking = ctx.app.providers.asking();
    let tokens = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(wrong)?
        .set_pkce_verifier(PkceCodeVerifier::new(asked.verifier.clone()))
        .request_async(&asking)
        .await
        .map_err(wrong)?;
    let token = tokens
        .id_token()
        .ok_or_else(|| wrong("there is no ID token"))?;
    Ok((token.clone(), tokens.access_token().secret().clone()))
}

/// Whether the token is the provider's, for us, of now, and answers this nonce. Where it names a key
/// that is not known, the keys are fetched again.
async fn verified(
    ctx: &Ctx,
    provider: &Provider,
    token: &CoreIdToken,
    nonce: &str,
) -> Result<(), Refusal> {
    let providers = &ctx.app.providers;
    let keys = providers
        .keys(&provider.issuer, ctx.now.0)
        .await
        .map_err(wrong)?;
    let unknown = match check(ctx, provider, &keys, token, nonce) {
        Ok(()) => return Ok(()),
        Err(
            fault @ ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            ),
        ) => fault,
        Err(other) => return Err(wrong(other)),
    };
    let fresh = providers
        .fresh_keys(&provider.issuer, ctx.now.0)
        .await
        .map_err(wrong)?
        .ok_or_else(|| wrong(unknown))?;
    check(ctx, provider, &fresh, token, nonce).map_err(wrong)
}

fn check(
    ctx: &Ctx,
    provider: &Provider,
    keys: &CoreJsonWebKeySet,
    token: &CoreIdToken,
    nonce: &str,
) -> Result<(), ClaimsVerificationError> {
    let now = DateTime::<Utc>::from_timestamp_micros(ctx.now.0).unwrap_or_default();
    let skew = TimeDelta::seconds(SKEW);
    let issuer = IssuerUrl::new(provider.issuer.clone())
        .map_err(|e| ClaimsVerificationError::Other(e.to_string()))?;
    // A public client's verifier knows no secret, so it cannot take one for a key.
    let verifier = CoreIdTokenVerifier::new_public_client(
        ClientId::new(provider.client_id.clone()),
        issuer,
        keys.clone(),
    )
    .set_allowed_algs(ALGORITHMS)
    .set_time_fn(move || now - skew)
    .set_issue_time_verifier_fn(move |at| {
        if at > now + skew {
            Err("the token was issued in the future".to_owned())
        } else {
            Ok(())
        }
    });
    token
        .claims(&verifier, &Nonce::new(nonce.to_owned()))
        .map(drop)
}

/// The claims of a token, whose signature was checked.
fn payload(token: &str) -> Option<Json> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// What the provider tells only whoever asks it with the access token (OpenID Connect Core, 5.3).
async fn add_user_info(
    ctx: &Ctx,
    about: &Metadata,
    access: &str,
    claims: &mut Json,
) -> Result<(), Refusal> {
    let Some(address) = about.userinfo_endpoint() else {
        return Ok(());
    };
    let request = Request::get(address.as_str())
        .header(header::AUTHORIZATION, format!("Bearer {access}"))
        .header(header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(wrong)?;
    let answer = ctx
        .app
        .providers
        .asking()
        .ask(request)
        .await
        .map_err(wrong)?;
    let told: Json = match serde_json::from_slice(answer.body()) {
        Ok(told) if answer.status() == 200 => told,
        _ => return Ok(()),
    };
    if told["sub"] != claims["sub"] {
        return Err(wrong("what was told is about somebody else"));
    }
    for name in [
        "email",
        "email_verified",
        "name",
        "preferred_username",
        "hd",
    ] {
        if claims[name].is_null() {
            claims[name] = told[name].clone();
        }
    }
    Ok(())
}

fn said(provider: &Provider, claims: &Json, id_token: String) -> Said {
    let (address, hosted) = match provider.vouched(claims) {
        Some((address, hosted)) => (Some(address), hosted),
        None => (None, None),
    };
    let name = claims["name"].as_str().unwrap_or_default();
    Said {
        subject: claims["sub"].as_str().unwrap_or_default().to_owned(),
        address,
        hosted,
        name: name.chars().filter(|c| !c.is_control()).take(200).collect(),
        auth_time: claims["auth_time"].as_i64(),
        methods: claims["amr"].clone(),
        level: claims["acr"].clone(),
        id_token,
    }
}

/// A word of somebody else's, for the log.
fn plain(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_graphic)
        .take(60)
        .collect()
}
