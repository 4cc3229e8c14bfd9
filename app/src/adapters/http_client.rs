//! Asking other machines over HTTP. What a user names is asked under strict rules, so that nobody makes
//! the gateway speak to machines that only it can reach.

use std::error::Error as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Why an answer was not had. The words are for whoever set the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnswered {
    #[error("the address must begin with https://")]
    NotHttps,
    #[error("the address cannot be read")]
    NotAnAddress,
    /// The address itself is one inside a network.
    #[error("{0} is an address inside a network, which this gateway does not ask")]
    Inside(String),
    /// A name with no address of the public Internet. Whether it has another is not said: that would tell
    /// which names a network has inside.
    #[error(
        "{0} is not known on the internet, or leads to an address inside a network, which this gateway does not ask"
    )]
    NotPublic(String),
    #[error("{0} sent us on to another address, which this gateway does not follow")]
    SentOn(String),
    #[error("{0} did not answer in time")]
    TooSlow(String),
    #[error("the answer of {0} is too long")]
    TooLong(String),
    #[error("{host}: {why}")]
    Failed { host: String, why: String },
}

/// Whom may be asked, and how much is taken.
#[derive(Debug, Clone, Copy)]
struct Rules {
    /// https only, and no address inside a network.
    strict: bool,
    /// This machine may be asked, over http too.
    loopback: bool,
    /// The longest answer, in bytes.
    longest: usize,
    /// From the question to the end of the answer.
    patience: Duration,
}

type LookingUp = Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>>;
type LookUp = Arc<dyn Fn(String) -> LookingUp + Send + Sync>;

/// A client under rules. It never follows a redirection.
pub struct Outgoing {
    rules: Rules,
    look_up: LookUp,
    // Reading the machine's certificates takes a while, and most gateways ask nobody.
    client: OnceLock<reqwest::Client>,
}

impl Outgoing {
    /// For addresses that users give: https, port and path as they like, public addresses only,
    /// 5 seconds, 256 kB. With `loopback` this machine may be asked, over http too.
    pub fn strict(loopback: bool) -> Outgoing {
        Outgoing::with(Rules {
            strict: true,
            loopback,
            longest: 256 * 1024,
            patience: Duration::from_secs(5),
        })
    }

    /// For addresses that the operator gives, in settings or on the command line: any address,
    /// 20 seconds, 1 MB.
    pub fn of_the_operator() -> Outgoing {
        Outgoing::with(Rules {
            strict: false,
            loopback: true,
            longest: 1024 * 1024,
            patience: Duration::from_secs(20),
        })
    }

    fn with(rules: Rules) -> Outgoing {
        Outgoing {
            rules,
            look_up: Arc::new(|name| {
                Box::pin(async move {
                    let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
                    Ok(found.map(|at| at.ip()).collect())
                })
            }),
            client: OnceLock::new(),
        }
    }

    /// Asks and reads the whole answer.
    ///
    /// # Errors
    /// When the address may not be asked, or the answer breaks the rules. An answer with an error
    /// status is an answer; one that redirects is not.
    pub async fn ask(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, NotAnswered> {
        let host = self.checked(&request.uri().to_string())?;
        let (parts, body) = request.into_parts();
        let request = self
            .client()?
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body);
        let failed = |e: reqwest::Error| not_answered(&host, e);
        let mut response = request.send().await.map_err(failed)?;
        if response.status().is_redirection() {
            return Err(NotAnswered::SentOn(host));
        }
        let mut answer = http::Response::builder().status(response.status());
        if let Some(headers) = answer.headers_mut() {
            headers.clone_from(response.headers());
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            if body.len() + piece.len() > self.rules.longest {
                return Err(NotAnswered::TooLong(host));
            }
            body.extend_from_slice(&piece);
        }
        answer.body(body).map_err(|_| NotAnswered::NotAnAddress)
    }

    /// Whether the address may be asked, as far as its text says. Gives its host.
    ///
    /// # Errors
    /// As [`Outgoing::ask`].
    pub fn checked(&self, address: &str) -> Result<String, NotAnswered> {
        let url = Url::parse(address).map_err(|_| NotAnswered::NotAnAddress)?;
        let (Some(host), "http" | "https") = (url.host(), url.scheme()) else {
            return Err(NotAnswered::NotHttps);
        };
        let named = host.to_string();
        if !self.rules.strict {
            return Ok(named);
        }
        let literal = match &host {
            Host::Ipv4(ip) => Some(IpAddr::V4(*ip)),
            Host::Ipv6(ip) => Some(IpAddr::V6(*ip)),
            Host::Domain(_) => None,
        };
        let here = literal.is_some_and(|ip| ip.is_loopback()) || named == "localhost";
        if url.scheme() != "https" && !(self.rules.loopback && here) {
            return Err(NotAnswered::NotHttps);
        }
        match literal {
            Some(ip) if !self.rules.allows(ip) => Err(NotAnswered::Inside(named)),
            _ => Ok(named),
        }
    }

    fn client(&self) -> Result<&reqwest::Client, NotAnswered> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(self.rules.patience)
            .user_agent(concat!("aldgate/", env!("CARGO_PKG_VERSION")));
        if self.rules.strict {
            // A proxy would look the name up by itself, and connect to what was never checked.
            builder = builder.no_proxy().dns_resolver(Arc::new(Checking {
                rules: self.rules,
                look_up: self.look_up.clone(),
            }));
        }
        let client = builder.build().map_err(|e| NotAnswered::Failed {
            host: "this machine".to_owned(),
            why: e.to_string(),
        })?;
        Ok(self.client.get_or_init(|| client))
    }
}

impl Rules {
    fn allows(&self, ip: IpAddr) -> bool {
        is_public(ip) || (self.loopback && ip.to_canonical().is_loopback())
    }
}

/// Looks names up and hands out checked addresses only: the client connects to exactly these, so a
/// name that changes its mind in between changes nothing.
struct Checking {
    rules: Rules,
    look_up: LookUp,
}

/// What the resolver refuses with.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(NotAnswered);

impl Resolve for Checking {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let rules = self.rules;
        let found = (self.look_up)(name.clone());
        Box::pin(async move {
            let found = found.await.unwrap_or_default();
            // One address inside a network among others is reason enough.
            if found.is_empty() || !found.iter().all(|ip| rules.allows(*ip)) {
                return Err(Refused(NotAnswered::NotPublic(name)).into());
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}

fn not_answered(host: &str, error: reqwest::Error) -> NotAnswered {
    if error.is_timeout() {
        return NotAnswered::TooSlow(host.to_owned());
    }
    let mut source = error.source();
    let mut why = String::from("it cannot be reached");
    while let Some(inner) = source {
        if let Some(Refused(refused)) = inner.downcast_ref() {
            return refused.clone();
        }
        why = inner.to_string();
        source = inner.source();
    }
    NotAnswered::Failed {
        host: host.to_owned(),
        why,
    }
}

/// Whether an address is one of the public Internet (IANA special-purpose address registries,
/// RFC 6890). Of IPv6 only global unicast counts, without what carries an IPv4 address inside.
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, d] = ip.octets();
    let inside = matches!(
        (a, b, c),
        // This network, private, shared (CGNAT), loopback, link-local with the metadata of clouds.
        (0 | 10 | 127, _, _) | (100, 64..=127, _) | (169, 254, _) | (172, 16..=31, _) | (192, 168, _)
        // Protocol assignments, documentation, 6to4 relays, benchmarks.
        | (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113)
        // Multicast, reserved, broadcast.
        | (224.., _, _)
    );
    // The one public address at which a cloud (Azure) answers its own machines.
    !inside && [a, b, c, d] != [168, 63, 129, 16]
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let global = a & 0xe000 == 0x2000;
    // Protocol assignments with Teredo, documentation (twice), 6to4.
    let special = matches!(
        (a, b),
        (0x2001, ..0x0200 | 0x0db8) | (0x3fff, ..0x1000) | (0x2002, _)
    );
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client that finds these addresses for every name, with little patience.
    fn finding(ips: &'static [&'static str], loopback: bool) -> Outgoing {
        let mut outgoing = Outgoing::strict(loopback);
        outgoing.rules.patience = Duration::from_millis(300);
        outgoing.look_up = Arc::new(move |_| {
            let found = ips.iter().map(|ip| ip.parse().unwrap()).collect();
            Box::pin(async move { Ok(found) })
        });
        outgoing
    }

    async fn get(outgoing: &Outgoing, address: &str) -> Result<Vec<u8>, NotAnswered> {
        let request = http::Request::get(address).body(Vec::new()).unwrap();
        outgoing.ask(request).await.map(http::Response::into_body)
    }

    #[test]
    fn addresses_inside_networks_are_known() {
        for inside in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "64:ff9b::a00:1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for public in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "168.63.129.17",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860::8888",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[tokio::test]
    async fn names_that_lead_inside_are_not_asked() {
        for inside in [
            &["10.0.0.1"][..],
            &["127.0.0.1"],
            &["169.254.169.254"],
            &["100.64.1.1"],
            &["fd00::1"],
            &["::ffff:192.168.0.1"],
            &["93.184.216.34", "10.0.0.1"],
        ] {
            let inside: &'static [&'static str] = inside;
            let found = get(&finding(inside, false), "https://login.example.org/").await;
            let name = "login.example.org".to_owned();
            assert_eq!(found, Err(NotAnswered::NotPublic(name)), "{inside:?}");
        }
        let unknown = get(&finding(&[], false), "https://login.example.org/").await;
        assert_eq!(
            unknown,
            Err(NotAnswered::NotPublic("login.example.org".into())),
            "the same answer"
        );
        // Of addresses inside only this machine's own is let through by the setting.
        let private = get(&finding(&["10.0.0.1"], true), "https://login.example.org/").await;
        assert!(matches!(private, Err(NotAnswered::NotPublic(_))));
    }

    #[tokio::test]
    async fn addresses_in_the_text_are_checked_however_they_are_written() {
        let strict = Outgoing::strict(false);
        for inside in [
            "https://10.0.0.1/",
            "https://127.0.0.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/latest/meta-data/",
            "https://169.254.169.254/latest/meta-data/",
        ] {
            let found = get(&strict, inside).await;
            assert!(
                matches!(found, Err(NotAnswered::Inside(_))),
                "{inside}: {found:?}"
            );
        }
        for not_https in [
            "http://login.example.org/",
            "http://127.0.0.1/",
            "ftp://example.org/",
        ] {
            assert_eq!(
                strict.checked(not_https),
                Err(NotAnswered::NotHttps),
                "{not_https}"
            );
        }
        let here = Outgoing::strict(true);
        assert!(here.checked("http://127.0.0.1:9/").is_ok());
        assert!(here.checked("http://[::1]:9/").is_ok());
        for still in ["http://login.example.org/", "http://10.0.0.1/"] {
            assert_eq!(here.checked(still), Err(NotAnswered::NotHttps), "{still}");
        }
    }

    /// A machine that answers everybody with these bytes, or with nothing.
    async fn answering(answer: Vec<u8>) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut read = [0; 4096];
                    let _ = stream.read(&mut read).await;
                    if answer.is_empty() {
                        std::future::pending::<()>().await;
                    }
                    let _ = stream.write_all(&answer).await;
                });
            }
        });
        format!("http://{at}/")
    }

    #[tokio::test]
    async fn redirections_long_answers_and_slow_ones_are_refused() {
        let here = finding(&[], true);
        let ok = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec()).await;
        assert_eq!(get(&here, &ok).await, Ok(b"ok".to_vec()));

        let on = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
        let found = get(&here, &answering(on.into()).await).await;
        assert_eq!(found, Err(NotAnswered::SentOn("127.0.0.1".into())));

        let mut long = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
        long.extend(vec![b'x'; 256 * 1024 + 1]);
        let found = get(&here, &answering(long).await).await;
        assert_eq!(found, Err(NotAnswered::TooLong("127.0.0.1".into())));

        let found = get(&here, &answering(Vec::new()).await).await;
        assert_eq!(found, Err(NotAnswered::TooSlow("127.0.0.1".into())));
    }
}
