//! The way to a provider: an authorisation request with PKCE, bound to this browser by a cookie.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::adapters::encryption::{lock, unlock};
use crate::identity::openid::provider::Provider;
use crate::kernel::ids::OrganisationId;
use crate::kernel::refusal::Elsewhere;
use crate::kernel::{App, Ctx, Refusal};

/// How long somebody may take at the provider (microseconds): 10 minutes.
const PATIENCE: i64 = 10 * 60 * 1_000_000;
const PURPOSE: &str = "openid request";

/// What is asked of the provider.
#[derive(Default)]
pub struct Wanted<'a> {
    /// The page to look at afterwards.
    pub next: &'a str,
    /// The address that was typed.
    pub hint: &'a str,
    /// The form that waits for it, or "" when somebody signs in.
    pub held: &'a str,
    /// What the answer must be bound to; random where nothing is confirmed.
    pub nonce: Option<String>,
}

/// What was asked, for the way back. It is in the browser's cookie, locked.
#[derive(Serialize, Deserialize)]
pub struct Asked {
    pub organisation: OrganisationId,
    pub issuer: String,
    pub client_id: String,
    pub state: String,
    pub nonce: String,
    /// PKCE (RFC 7636).
    pub verifier: String,
    /// UTC microseconds.
    pub at: i64,
    pub next: String,
    pub held: String,
}

impl Asked {
    /// What this browser was sent to ask, not longer ago than ten minutes.
    pub(super) fn of(ctx: &Ctx, jar: &CookieJar) -> Option<Asked> {
        let cookie = jar.get(cookie_name(&ctx.app))?;
        let asked = unlock(&ctx.app, PURPOSE, cookie.value())?;
        let asked: Asked = serde_json::from_slice(&asked).ok()?;
        (0..=PATIENCE)
            .contains(&(ctx.now.0 - asked.at))
            .then_some(asked)
    }
}

/// Where the provider sends people back to. Each organisation has its own, so that one provider cannot
/// pass another's answer off as its own (RFC 9700, 4.4).
pub fn return_address(app: &App, organisation: &OrganisationId) -> String {
    format!(
        "{}/sign-in/organisations/{organisation}/back",
        app.settings.address()
    )
}

/// The way to the provider, and the cookie that binds the answer to this browser.
///
/// # Errors
/// [`Refusal::NotNow`] when the provider cannot be asked about itself.
pub async fn begin(
    ctx: &Ctx,
    provider: &Provider,
    wanted: Wanted<'_>,
) -> Result<Elsewhere, Refusal> {
    let app = &ctx.app;
    let about = app.providers.about(&provider.issuer, ctx.now.0).await;
    let about = about.map_err(|why| {
        tracing::warn!(organisation = %provider.organisation, %why, "a provider cannot be asked");
        Refusal::NotNow(format!(
            "The sign-in of {} cannot be reached at this moment. Try again in a few minutes, or tell an \
             administrator of your organisation.",
            provider.organisation_name
        ))
    })?;
    let asked = Asked {
        organisation: provider.organisation.clone(),
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        state: app.entropy.token(),
        nonce: wanted.nonce.unwrap_or_else(|| app.entropy.token()),
        verifier: app.entropy.token(),
        at: ctx.now.0,
        next: wanted.next.to_owned(),
        held: wanted.held.to_owned(),
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(asked.verifier.as_bytes()));
    let mut to: Url = about.authorization_endpoint().url().clone();
    app.providers
        .may_ask(to.as_str())
        .map_err(|_| Refusal::broken("the provider names an address that is not https"))?;
    {
        let mut query = to.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &provider.client_id)
            .append_pair("redirect_uri", &return_address(app, &provider.organisation))
            .append_pair("scope", "openid email profile")
            .append_pair("state", &asked.state)
            .append_pair("nonce", &asked.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if !wanted.hint.is_empty() {
            query.append_pair("login_hint", wanted.hint);
        }
        if !wanted.held.is_empty() {
            query
                .append_pair("prompt", "login")
                .append_pair("max_age", "0");
        }
    }
    let kept = serde_json::to_vec(&asked).map_err(Refusal::broken)?;
    Ok(Elsewhere {
        to: to.into(),
        name: provider.host(),
        cookie: cookie(app, lock(app, PURPOSE, &kept)).to_string(),
    })
}

fn cookie_name(app: &App) -> &'static str {
    if app.settings.is_https() {
        "__Host-aldgate-openid"
    } else {
        "aldgate-openid"
    }
}

/// Lax, because the way back comes from another site.
fn cookie(app: &App, value: String) -> Cookie<'static> {
    Cookie::build((cookie_name(app), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.settings.is_https())
        .build()
}

/// The cookie that takes it back.
pub fn no_cookie(app: &App) -> Cookie<'static> {
    let mut cookie = cookie(app, String::new());
    cookie.make_removal();
    cookie
}

/// Somebody whom a provider knows, and who has yet to show that the account here is theirs.
#[derive(Serialize, Deserialize)]
pub struct Pending {
    pub organisation: OrganisationId,
    pub organisation_name: String,
    pub issuer: String,
    pub subject: String,
    /// In lower case.
    pub address: String,
    /// UTC microseconds.
    pub at: i64,
}

const LINKING: &str = "openid linking";

impl Pending {
    /// The cookie in which it waits.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn cookie(&self, app: &App) -> Result<Cookie<'static>, Refusal> {
        let kept = serde_json::to_vec(self).map_err(Refusal::broken)?;
        Ok(cookie(app, lock(app, LINKING, &kept)))
    }

    /// What waits in this browser, not longer than ten minutes.
    pub fn of(ctx: &Ctx, jar: &CookieJar) -> Option<Pending> {
        let cookie = jar.get(cookie_name(&ctx.app))?;
        let pending = unlock(&ctx.app, LINKING, cookie.value())?;
        let pending: Pending = serde_json::from_slice(&pending).ok()?;
        (0..=PATIENCE)
            .contains(&(ctx.now.0 - pending.at))
            .then_some(pending)
    }
}
