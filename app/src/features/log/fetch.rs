//! Asking other gateways over HTTP.

use std::time::Duration;

/// What other gateways answer is small; more than this is not read.
const LONGEST: usize = 1024 * 1024;

/// An answer: status and body.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Asks over HTTP: never follows a redirection to an address that nobody configured, and never waits
/// longer than 20 seconds.
pub struct Fetch(reqwest::Client);

impl Fetch {
    /// # Errors
    /// When the machine's certificates cannot be read.
    pub fn new() -> Result<Fetch, String> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .user_agent(concat!("aldgate/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Fetch).map_err(|e| e.to_string())
    }

    pub async fn get(&self, address: &str) -> Result<Answer, String> {
        read(self.0.get(address), address).await
    }

    pub async fn post(&self, address: &str, body: String) -> Result<Answer, String> {
        read(self.0.post(address).body(body), address).await
    }
}

async fn read(request: reqwest::RequestBuilder, address: &str) -> Result<Answer, String> {
    let failed = |e: reqwest::Error| format!("{address}: {}", e.without_url());
    let mut response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(failed)? {
        body.extend_from_slice(&piece);
        if body.len() > LONGEST {
            return Err(format!("{address}: the answer is too long"));
        }
    }
    Ok(Answer { status, body })
}
