//! Where a request comes from, as far as that can be known.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::adapters::rate_limit::Rate;
use crate::kernel::App;

/// The visitor's address, "" when it is not known. Only the last entry of X-Forwarded-For, or of Forwarded where
/// there is no other, is our own proxy's word; anybody can write the others.
pub fn address(app: &App, parts: &Parts) -> String {
    let direct = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|connected| connected.0.ip());
    let address = if app.settings.behind_proxy {
        let said = last_entry(&parts.headers);
        let forwarded = said.as_deref().and_then(ip);
        if forwarded.is_none() && direct.is_some() {
            unknown(app, said.as_deref());
        }
        forwarded.or(direct)
    } else {
        direct
    };
    address.map_or_else(String::new, |address| address.to_canonical().to_string())
}

/// What the proxy in front says about whom it was asked by.
pub fn last_entry(headers: &HeaderMap) -> Option<String> {
    let last = |name: &str| {
        let value = headers.get_all(name).iter().next_back()?;
        let list = value.to_str().ok()?;
        Some(list.rsplit(',').next()?.trim().to_owned())
    };
    if headers.contains_key("x-forwarded-for") {
        return last("x-forwarded-for");
    }
    let forwarded = last("forwarded")?;
    let pairs = forwarded.split(';').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, value) = named.next_back()?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// The address of an entry: alone, in brackets, or with a port behind it (RFC 7239, section 6).
pub fn ip(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    if let Ok(address) = entry.parse() {
        return Some(address);
    }
    if let Some(rest) = entry.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let port = port.strip_prefix(':');
        let sound = port.is_none_or(is_port) && (port.is_some() || rest.ends_with(']'));
        return address
            .parse::<Ipv6Addr>()
            .ok()
            .filter(|_| sound)
            .map(IpAddr::V6);
    }
    let (address, port) = entry.rsplit_once(':')?;
    address
        .parse::<Ipv4Addr>()
        .ok()
        .filter(|_| is_port(port))
        .map(IpAddr::V4)
}

/// A number, or a name that a proxy made up.
fn is_port(port: &str) -> bool {
    !port.is_empty()
        && port.len() <= 64
        && port
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// Everybody counts as the proxy then, so the operator has to know.
fn unknown(app: &App, said: Option<&str>) {
    let once = Rate::per_hour(1);
    if app
        .limits
        .take("unknown entry", once, app.clock.elapsed())
        .is_ok()
    {
        let said: String = said.unwrap_or("nothing").chars().take(100).collect();
        tracing::warn!(
            said,
            "the proxy in front does not say by which address it was asked: all visitors count as one. \
             Run `aldgate doctor --behind-proxy` with the address people use"
        );
    }
}

/// What attempts are counted by: the address, or the network of an IPv6 address, which is what one
/// subscriber has (RFC 6177).
pub fn network(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        _ => address.to_owned(),
    }
}

/// The browser and the system that the request says it comes from, such as "Firefox on Windows".
pub fn device(headers: &HeaderMap) -> String {
    let said = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let find = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| said.contains(mark))
            .map(|(_, name)| *name)
    };
    // Most browsers name the others as well: the order counts.
    let browser = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_is_counted_by_network() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network(""), "");
    }

    #[test]
    fn entries_of_proxies_are_read() {
        for (entry, address) in [
            ("203.0.113.5", "203.0.113.5"),
            ("203.0.113.5:40001", "203.0.113.5"),
            (" 203.0.113.5:40001 ", "203.0.113.5"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("203.0.113.5:_hidden", "203.0.113.5"),
        ] {
            assert_eq!(ip(entry), Some(address.parse().unwrap()), "{entry}");
        }
        for entry in [
            "",
            "unknown",
            "_hidden",
            "203.0.113.5:",
            "203.0.113:80",
            "[203.0.113.5]",
            "[2001:db8::1",
            "[2001:db8::1]443",
            "example.org:80",
        ] {
            assert_eq!(ip(entry), None, "{entry}");
        }
    }

    #[test]
    fn the_last_entry_is_the_proxys() {
        fn said(sent: &[(&'static str, &str)]) -> Option<String> {
            let mut headers = HeaderMap::new();
            for (name, value) in sent {
                headers.append(*name, value.parse().unwrap());
            }
            last_entry(&headers)
        }
        fn last(sent: &[(&'static str, &str)]) -> String {
            said(sent).unwrap()
        }
        assert_eq!(
            last(&[("x-forwarded-for", "1.1.1.1, 2.2.2.2:80")]),
            "2.2.2.2:80"
        );
        let two = [
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "2.2.2.2"),
        ];
        assert_eq!(last(&two), "2.2.2.2");
        let forwarded = "for=1.1.1.1, For=\"[2001:db8::1]:4711\";proto=https;by=203.0.113.43";
        assert_eq!(last(&[("forwarded", forwarded)]), "[2001:db8::1]:4711");
        // What a visitor wrote does not count beside what the proxy wrote.
        let both = [("forwarded", "for=9.9.9.9"), ("x-forwarded-for", "2.2.2.2")];
        assert_eq!(last(&both), "2.2.2.2");
        assert_eq!(said(&[("forwarded", "proto=https")]), None);
        assert_eq!(said(&[]), None);
    }

    #[test]
    fn devices_are_named() {
        let named = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, text.parse().unwrap());
            device(&headers)
        };
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0";
        assert_eq!(named(edge), "Edge on Windows");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1";
        assert_eq!(named(safari), "Safari on iPhone");
        assert_eq!(named("curl/8.0"), "Unknown device");
    }
}
