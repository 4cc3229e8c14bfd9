//! `aldgate doctor --behind-proxy URL`: asks the running gateway through whatever stands in front of it, and says
//! what of the request arrives.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use crate::cli::secret_file;
use crate::cli::security::Finding;
use crate::kernel::Secret;
use crate::kernel::clock::Clock;
use crate::settings::Settings;
use crate::web::origin::ip;
use crate::web::seen::{HEADER, Seen, word};

/// How long the answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// An address that nobody has (RFC 5737): what a visitor may write into the header.
const MADE_UP: &str = "192.0.2.77";

#[derive(Deserialize)]
struct Health {
    seen: Option<Seen>,
}

/// Asks at `url`, the address that people use.
pub async fn examine(settings: &Settings, url: &str) -> Vec<Finding> {
    let finding = |about, found| Finding { about, found };
    let asked = match secret_file::read(settings) {
        Ok(Some(secret)) => ask(&secret, url).await,
        Ok(None) => {
            Err("the gateway’s secret is not here. Run this where the gateway runs".to_owned())
        }
        Err(why) => Err(why),
    };
    match asked {
        Err(why) => vec![finding("way in", Err(why))],
        Ok(seen) => vec![
            finding("way in", Ok(format!("the gateway answers at {url}"))),
            finding("https", https(url)),
            finding("url", same_url(settings, url)),
            finding("Host", host(settings, url, &seen)),
            finding("visitors' addresses", address(settings, &seen)),
        ],
    }
}

async fn ask(secret: &Secret, url: &str) -> Result<Seen, String> {
    let address = format!("{}/health", url.trim_end_matches('/'));
    let cannot = |e: reqwest::Error| format!("{address} cannot be asked: {e}");
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(cannot)?;
    let answer = client
        .get(&address)
        .header(HEADER, word(secret, Clock::System.now()))
        .header("x-forwarded-for", MADE_UP)
        .send()
        .await
        .map_err(cannot)?;
    let status = answer.status();
    let text = answer.text().await.map_err(cannot)?;
    let said = serde_json::from_str::<Health>(&text).map_err(|_| {
        format!("what answers at {address} ({status}) is no gateway of this kind. Look at where the proxy leads")
    })?;
    said.seen.ok_or_else(|| {
        format!("what answers at {address} is a gateway with another secret, or its clock is wrong by minutes")
    })
}

fn https(url: &str) -> Result<String, String> {
    let here = Url::parse(url).ok().is_some_and(|url| match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    });
    if url.starts_with("https://") {
        Ok("people come over https".to_owned())
    } else if here {
        Ok("not used; this address is of this machine only".to_owned())
    } else {
        Err("people do not come over https, so their passwords can be read on the way".to_owned())
    }
}

fn origin(address: &str) -> Option<String> {
    Url::parse(address)
        .ok()
        .map(|url| url.origin().ascii_serialization())
}

fn same_url(settings: &Settings, url: &str) -> Result<String, String> {
    if origin(&settings.address()) == origin(url) {
        return Ok(format!("links begin with {}", settings.address()));
    }
    Err(format!(
        "people use {url}, but links in pages and email begin with {}. Set url to the address people use",
        settings.address()
    ))
}

fn host(settings: &Settings, url: &str, seen: &Seen) -> Result<String, String> {
    let scheme = url.split_once("://").map_or("http", |(scheme, _)| scheme);
    if origin(&format!("{scheme}://{}", seen.host)) == origin(url) {
        return Ok("the proxy passes on the name that people use".to_owned());
    }
    let arrives = format!(
        "the proxy passes on the name {} in place of the one that people use",
        seen.host
    );
    if origin(&settings.address()) == origin(url) {
        return Ok(format!(
            "{arrives}; url says which it is, so that does no harm"
        ));
    }
    Err(format!(
        "{arrives}, so browsers that do not say where a form comes from are refused. Have it pass Host on \
         (nginx: proxy_set_header Host $host;), or set url"
    ))
}

fn address(settings: &Settings, seen: &Seen) -> Result<String, String> {
    let said = seen.forwarded.as_deref();
    let own_word =
        said.is_some_and(|said| ip(said).is_some_and(|said| said.to_string() != MADE_UP));
    match (settings.behind_proxy, said) {
        (true, Some(_)) if own_word => Ok(format!("this machine is seen as {}", seen.address)),
        (true, Some(MADE_UP)) => Err(format!(
            "the proxy passes on what a visitor writes into X-Forwarded-For: I wrote {MADE_UP}, and count as it. Have \
             the proxy append or replace (nginx: proxy_set_header X-Forwarded-For $remote_addr;)"
        )),
        (true, Some(said)) => Err(format!(
            "the last entry of X-Forwarded-For is “{said}”, which is no address, so all visitors count as one, \
             {}. Have the proxy write addresses",
            seen.connected
        )),
        (true, None) => Err(format!(
            "the proxy says nothing about whom it was asked by, so all visitors count as one, {}. Have it send \
             X-Forwarded-For",
            seen.connected
        )),
        (false, _) if own_word => Err(format!(
            "a proxy says it was asked by {}, but behind_proxy is not set, so all visitors count as one, {}. Set it",
            said.unwrap_or_default(),
            seen.connected
        )),
        (false, _) => Ok(format!(
            "no proxy says any; this machine is seen as {}",
            seen.address
        )),
    }
}
