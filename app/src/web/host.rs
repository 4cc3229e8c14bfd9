//! Which site a request is for, and whether a form comes from a page of ours.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use url::Url;

use crate::kernel::Refusal;
use crate::settings::Settings;

/// Refuses with 400 a request that names no site or several (RFC 9112, section 3.2): what stands in front may
/// have read another one than we do. Watchdogs may ask after our health without a name.
pub async fn one_host(request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    let named = match (first, second) {
        (Some(host), None) => is_host(host.as_bytes()),
        (None, None) => request.uri().path() == "/health",
        _ => false,
    };
    if !named {
        let why = "The request does not say for which site it is, or says it twice.";
        return Refusal::Malformed(why.to_owned()).into_response();
    }
    next.run(request).await
}

/// A name or an address, with a port or without.
fn is_host(host: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b".-_:[]".contains(b);
    !host.is_empty() && host.iter().all(plain)
}

/// Whether another site's page sent it. Browsers say where a request comes from; programs without a browser say
/// nothing. What stands in front may not pass the name on that people see, so the setting `url` counts as well.
pub fn is_foreign(settings: &Settings, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let Some(sent) = site(origin) else {
                return true;
            };
            let ours = site(&settings.address()).is_some_and(|ours| ours == sent);
            // The same scheme as the page's: only the name and the port are in doubt.
            let asked = text("host").and_then(|host| site(&format!("{}://{host}", sent.scheme)));
            !ours && asked.is_none_or(|asked| asked != sent)
        }
        (None, None) => false,
    }
}

/// Scheme, host and port as they are compared: lower case, and the port that a scheme has without saying it.
#[derive(PartialEq, Eq)]
struct Site {
    scheme: String,
    host: String,
    port: Option<u16>,
}

fn site(address: &str) -> Option<Site> {
    let url = Url::parse(address).ok()?;
    Some(Site {
        scheme: url.scheme().to_owned(),
        host: url.host_str()?.to_owned(),
        port: url.port_or_known_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(url: &str, sent: &[(&'static str, &str)]) -> bool {
        let settings = Settings {
            url: url.to_owned(),
            ..Settings::default()
        };
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.insert(*name, value.parse().unwrap());
        }
        is_foreign(&settings, &headers)
    }

    #[test]
    fn pages_of_ours_are_known_whatever_stands_in_front() {
        let url = "https://share.example.org";
        for (origin, host) in [
            // The proxy does not pass the name on.
            ("https://share.example.org", "127.0.0.1:8080"),
            ("https://share.example.org", "share.example.org:443"),
            ("https://share.example.org", "Share.Example.ORG"),
            ("https://share.example.org:443", "share.example.org"),
            // Without the setting's name, on the machine itself.
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://[::1]:8080", "[::1]:8080"),
        ] {
            assert!(
                !foreign(url, &[("origin", origin), ("host", host)]),
                "{origin} {host}"
            );
        }
        for (origin, host) in [
            ("https://evil.example", "share.example.org"),
            ("https://share.example.org:8443", "share.example.org"),
            (
                "https://share.example.org.evil.example",
                "share.example.org",
            ),
            ("http://share.example.org:443", "share.example.org:80"),
            ("null", "share.example.org"),
            ("", "share.example.org"),
            ("file://", "share.example.org"),
        ] {
            assert!(
                foreign(url, &[("origin", origin), ("host", host)]),
                "{origin} {host}"
            );
        }
        assert!(foreign("", &[("origin", "https://a.example")]));
        assert!(!foreign("", &[]));
        assert!(foreign(
            url,
            &[("sec-fetch-site", "same-site"), ("origin", url)]
        ));
        assert!(!foreign(url, &[("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn a_host_is_a_name_or_an_address() {
        for good in ["share.example.org", "127.0.0.1:80", "[::1]:80", "a_b"] {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in ["", "a, b", "a b", "user@a", "a/b"] {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }
}
