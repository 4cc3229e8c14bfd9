//! What the gateway sees of a request, told to its operator only: `aldgate doctor --behind-proxy` asks through
//! whatever stands in front, and shows with the gateway's secret that it may know.

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::request::Parts;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::kernel::clock::Now;
use crate::kernel::{App, Secret};
use crate::web::origin;

/// The header with the operator's word.
pub const HEADER: &str = "aldgate-operator";
const MINUTE: i64 = 60_000_000;

/// What came with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The name of the site that the request is for.
    pub host: String,
    /// The last entry of what the proxy says about whom it was asked by.
    pub forwarded: Option<String>,
    /// The address that the request counts as.
    pub address: String,
    /// Who connected.
    pub connected: String,
}

/// What was seen, for the operator; none for anybody else.
pub struct ForOperator(pub Option<Seen>);

impl FromRequestParts<Arc<App>> for ForOperator {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let text = |headers: &HeaderMap, name: &str| {
            let value = headers.get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let now = app.clock.now();
        let asked = text(&parts.headers, HEADER);
        if !asked.is_some_and(|asked| is_word(&app.secret, now, &asked)) {
            return Ok(ForOperator(None));
        }
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(ForOperator(Some(Seen {
            host: text(&parts.headers, HOST.as_str()).unwrap_or_default(),
            forwarded: origin::last_entry(&parts.headers),
            address: origin::address(app, parts),
            connected: connected.map_or_else(String::new, |c| c.0.ip().to_string()),
        })))
    }
}

/// What the operator sends. It is good for two minutes.
pub fn word(secret: &Secret, now: Now) -> String {
    hex::encode(code(secret, now.0 / MINUTE).finalize().into_bytes())
}

fn is_word(secret: &Secret, now: Now, sent: &str) -> bool {
    let Ok(sent) = hex::decode(sent) else {
        return false;
    };
    let minute = now.0 / MINUTE;
    (minute - 1..=minute + 1).any(|minute| code(secret, minute).verify_slice(&sent).is_ok())
}

fn code(secret: &Secret, minute: i64) -> Hmac<Sha256> {
    let key = secret.derive("operator");
    let mut code = Hmac::<Sha256>::new_from_slice(&key).expect("any length of key");
    code.update(&minute.to_be_bytes());
    code
}
