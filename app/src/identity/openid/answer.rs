//! The way back from a provider: the answer is checked, the code exchanged, the ID token verified.

use axum::http::{Request, header};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openidconnect::core::CoreClientAuthMethod;
use serde_json::{Value as Json, json};
use subtle::ConstantTimeEq as _;

use crate::adapters::openid_discovery::Metadata;
use crate::identity::openid::ask::{Asked, return_address};
use crate::identity::openid::provider::Provider;
use crate::identity::openid::token;
use crate::identity::openid::token::{Expected, Invalid};
use crate::kernel::Fields;
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Ctx, Refusal};

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
    match checked(ctx, &provider, &asked, query).await {
        Ok(said) => Ok(Answered {
            provider,
            asked,
            said,
        }),
        Err(Doubt::Refused(refusal)) => Err(refusal),
        Err(Doubt::Why(why)) => {
            // The administrator who tries the sign-in is told.
            let providers = &ctx.app.providers;
            providers.doubt(&provider.issuer, ctx.now.0, &why);
            Err(wrong(why))
        }
    }
}

/// Why the answer of a provider that was really asked does not count.
enum Doubt {
    /// For the log and the administrator.
    Why(String),
    Refused(Refusal),
}

fn doubt(why: impl std::fmt::Display) -> Doubt {
    Doubt::Why(why.to_string())
}

async fn checked(
    ctx: &Ctx,
    provider: &Provider,
    asked: &Asked,
    query: &Fields,
) -> Result<Said, Doubt> {
    let about = ctx.app.providers.about(&provider.issuer, ctx.now.0).await;
    let about = about.map_err(doubt)?;
    // RFC 9207: who answers says so, and must be who was asked.
    let named = about
        .additional_metadata()
        .authorization_response_iss_parameter_supported;
    if (named || query.has("iss")) && query.one("iss") != provider.issuer {
        return Err(doubt("another issuer answered, or iss is missing"));
    }
    if query.has("error") {
        tracing::info!(error = %plain(query.one("error")), "a provider signed no one in");
        return Err(Doubt::Refused(Refusal::NotNow(format!(
            "You were not signed in at {}. Start again, or ask an administrator of your organisation whether you may \
             use it.",
            provider.host()
        ))));
    }
    let (id_token, access) = exchanged(ctx, provider, asked, &about, query.one("code")).await?;
    let mut claims = verified(ctx, provider, &id_token, &asked.nonce).await?;
    let subject = token::subject(&claims).unwrap_or_default();
    if !text::is_kept(&subject) || subject.contains(['\n', '\t']) {
        return Err(doubt("what the ID token calls the person is no text"));
    }
    if claims["email"].is_null() {
        add_user_info(ctx, &about, &access, &mut claims).await?;
    }
    Ok(said(provider, &claims, id_token))
}

/// The ID token and the access token for the code. Only these two are read: what else a provider sends
/// may be of any form.
async fn exchanged(
    ctx: &Ctx,
    provider: &Provider,
    asked: &Asked,
    about: &Metadata,
    code: &str,
) -> Result<(String, String), Doubt> {
    let request = token_request(ctx, provider, asked, about, code)?;
    let asking = ctx.app.providers.asking();
    let answer = asking.ask(request).await.map_err(doubt)?;
    let told: Json = serde_json::from_slice(answer.body()).unwrap_or_default();
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    if answer.status() != 200 {
        let status = answer.status().as_u16();
        let error = plain(&text("error"));
        return Err(doubt(format!(
            "it gave no tokens for the code: {status} {error}"
        )));
    }
    if text("id_token").is_empty() {
        return Err(doubt("it gave no ID token"));
    }
    Ok((text("id_token"), text("access_token")))
}

/// RFC 6749, 4.1.3.
fn token_request(
    ctx: &Ctx,
    provider: &Provider,
    asked: &Asked,
    about: &Metadata,
    code: &str,
) -> Result<Request<Vec<u8>>, Doubt> {
    let secret = provider
        .secret(&ctx.app)
        .ok_or_else(|| doubt("the client secret does not open"))?;
    let methods = about.token_endpoint_auth_methods_supported();
    let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
    let in_body = takes(CoreClientAuthMethod::ClientSecretPost)
        && !takes(CoreClientAuthMethod::ClientSecretBasic);
    let endpoint = about
        .token_endpoint()
        .ok_or_else(|| doubt("it names no address for tokens"))?;
    let address = return_address(&ctx.app, &provider.organisation);
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", &address)
        .append_pair("code_verifier", &asked.verifier);
    let mut request = Request::post(endpoint.as_str())
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if in_body {
        form.append_pair("client_id", &provider.client_id)
            .append_pair("client_secret", &secret);
    } else {
        // Both are encoded as in a form first (RFC 6749, 2.3.1).
        let encoded =
            |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        let pair = format!("{}:{}", encoded(&provider.client_id), encoded(&secret));
        let basic = format!("Basic {}", STANDARD.encode(pair));
        request = request.header(header::AUTHORIZATION, basic);
    }
    request.body(form.finish().into_bytes()).map_err(doubt)
}

/// The claims of the token. Where it names a key that is not known, the keys are fetched again.
async fn verified(
    ctx: &Ctx,
    provider: &Provider,
    id_token: &str,
    nonce: &str,
) -> Result<Json, Doubt> {
    let providers = &ctx.app.providers;
    let expected = Expected {
        issuer: &provider.issuer,
        client_id: &provider.client_id,
        nonce,
        now: ctx.now.0 / 1_000_000,
    };
    let wrong = |why: Invalid| doubt(format!("its ID token does not count: {why}"));
    let keys = providers
        .keys(&provider.issuer, ctx.now.0)
        .await
        .map_err(doubt)?;
    match token::verified(id_token, &keys, &expected) {
        Err(Invalid::UnknownKey) => {}
        other => return other.map_err(wrong),
    }
    let fresh = providers
        .fresh_keys(&provider.issuer, ctx.now.0)
        .await
        .map_err(doubt)?;
    let fresh = fresh.ok_or_else(|| wrong(Invalid::UnknownKey))?;
    token::verified(id_token, &fresh, &expected).map_err(wrong)
}

/// What the provider tells only whoever asks it with the access token (OpenID Connect Core, 5.3).
async fn add_user_info(
    ctx: &Ctx,
    about: &Metadata,
    access: &str,
    claims: &mut Json,
) -> Result<(), Doubt> {
    let Some(address) = about.userinfo_endpoint() else {
        return Ok(());
    };
    let request = Request::get(address.as_str())
        .header(header::AUTHORIZATION, format!("Bearer {access}"))
        .header(header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(doubt)?;
    let answer = ctx
        .app
        .providers
        .asking()
        .ask(request)
        .await
        .map_err(doubt)?;
    let told: Json = match serde_json::from_slice(answer.body()) {
        Ok(told) if answer.status() == 200 => told,
        _ => return Ok(()),
    };
    if token::subject(&told) != token::subject(claims) {
        return Err(doubt(
            "its userinfo is about someone else: the claim sub is another",
        ));
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
        subject: token::subject(claims).unwrap_or_default(),
        address,
        hosted,
        name: name.to_owned(),
        auth_time: token::seconds(&claims["auth_time"]),
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
