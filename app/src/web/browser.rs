//! Browsers in which somebody has signed in before: a cookie that says so, and opens nothing. What is tried in
//! such a browser is counted for itself, so that nobody else's guesses keep its owner out.

use axum_extra::extract::cookie::{Cookie, CookieJar};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::adapters::sign_in_limits::USUAL;
use crate::kernel::App;
use crate::web::Visit;

const COOKIE: &str = "aldgate_browser";
const SECURE_COOKIE: &str = "__Host-aldgate_browser";

fn name(app: &App) -> &'static str {
    if app.settings.is_https() {
        SECURE_COOKIE
    } else {
        COOKIE
    }
}

/// Names the browser, where this account was signed in to in it not long ago.
pub fn known(visit: &Visit, jar: &CookieJar, account: &str) -> Option<String> {
    let cookie = jar.get(name(&visit.app))?;
    let (said, sent) = cookie.value().rsplit_once('.')?;
    let sent = hex::decode(sent).ok()?;
    code(&visit.app, account, said).verify_slice(&sent).ok()?;
    let (at, id) = said.split_once('.')?;
    let age = visit.now.0 - at.parse::<i64>().ok()?;
    (age < USUAL).then(|| id.to_owned())
}

/// The cookie for a browser in which this account was just signed in to.
pub fn cookie(visit: &Visit, account: &str) -> Cookie<'static> {
    let app = &visit.app;
    let said = format!("{}.{}", visit.now.0, app.entropy.token());
    let code = hex::encode(code(app, account, &said).finalize().into_bytes());
    let secure = if app.settings.is_https() {
        "; Secure"
    } else {
        ""
    };
    let (name, seconds) = (name(app), USUAL / 1_000_000);
    let text =
        format!("{name}={said}.{code}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    Cookie::parse(text).expect("plain characters")
}

fn code(app: &App, account: &str, said: &str) -> Hmac<Sha256> {
    let key = app.secret.derive("browsers");
    let mut code = Hmac::<Sha256>::new_from_slice(&key).expect("any length of key");
    code.update(account.as_bytes());
    code.update(b"\n");
    code.update(said.as_bytes());
    code
}
