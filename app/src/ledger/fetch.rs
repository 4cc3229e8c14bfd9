//! Asking other gateways over HTTP, at addresses that the operator gave.

use http::Request;

use crate::adapters::http_client::Outgoing;

/// An answer: status and body.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Never follows a redirection to an address that nobody configured.
pub struct Fetch(Outgoing);

impl Default for Fetch {
    fn default() -> Fetch {
        Fetch(Outgoing::of_the_operator())
    }
}

impl Fetch {
    pub async fn get(&self, address: &str) -> Result<Answer, String> {
        self.ask(Request::get(address), address, Vec::new()).await
    }

    pub async fn post(&self, address: &str, body: String) -> Result<Answer, String> {
        self.ask(Request::post(address), address, body.into_bytes())
            .await
    }

    async fn ask(
        &self,
        request: http::request::Builder,
        address: &str,
        body: Vec<u8>,
    ) -> Result<Answer, String> {
        let request = request.body(body).map_err(|e| format!("{address}: {e}"))?;
        let answer = self.0.ask(request).await;
        let answer = answer.map_err(|e| format!("{address}: {e}"))?;
        Ok(Answer {
            status: answer.status().as_u16(),
            body: answer.into_body(),
        })
    }
}
