//! Whoever runs the gateway sees what was refused, and neither whose account it was nor anything secret.

use std::io::Write;
use std::sync::{Arc, Mutex};

use packs::Role;

use crate::support::{PASSWORD, TestApp};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// What was written since it was last asked.
    fn said(&self) -> String {
        String::from_utf8(std::mem::take(&mut self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn what_is_refused_is_in_the_log_and_no_secret_is() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    app.person(&camden, "Asha Khan", &[Role::Author]).await;
    let log = Log::default();
    let written = log.clone();
    let _subscriber = tracing::subscriber::set_default(
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || written.clone())
            .finish(),
    );
    let email = "asha-khan@camden-council.example";
    let asha = app.nobody();
    let wrong = [("email", email), ("password", "not the one, though near")];
    assert_eq!(asha.post("/sign-in", &wrong).await.status, 422);
    let said = log.said();
    assert!(said.contains("a wrong password or code"), "{said}");
    assert!(
        !said.contains("asha") && !said.contains("though near"),
        "{said}"
    );

    let right = [("email", email), ("password", PASSWORD)];
    asha.done("/sign-in", &right).await;
    assert!(!log.said().contains("wrong"));

    assert_eq!(
        asha.get("/records/agr_01HMXKZ620W2A6ECNFBCGPV4Q4")
            .await
            .status,
        404
    );
    let said = log.said();
    assert!(
        said.contains("not there, or not theirs") && said.contains("/records/{id}"),
        "{said}"
    );
    assert!(!said.contains("agr_01"), "{said}");
    assert_eq!(asha.get("/organisation/people/new").await.status, 403);
    assert!(log.said().contains("not allowed"));

    let left = asha.post("/sign-out", &[]).await;
    assert_eq!(left.headers["clear-site-data"], "\"cache\", \"storage\"");
    app.ends_clean().await;
}
