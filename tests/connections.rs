//! What comes over the wire before it is a request: half a header, a body that never ends, no name of a site.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aldgate::cli::behind_proxy;
use aldgate::cli::connections;
use aldgate::cli::connections::{HEADER_TIMEOUT, STOP_TIMEOUT};
use aldgate::settings::Settings;
use aldgate::web::body_limits::FORM_TIMEOUT;
use aldgate::web::host::one_host;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::support::TestApp;

struct Served {
    address: String,
    stop: Arc<Notify>,
    ended: JoinHandle<()>,
}

async fn serve(router: axum::Router) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let stop = Arc::new(Notify::new());
    let stopped = stop.clone();
    let router = router.layer(middleware::from_fn(one_host));
    let ended = tokio::spawn(connections::serve(listener, router, async move {
        stopped.notified().await;
    }));
    Served {
        address,
        stop,
        ended,
    }
}

impl Served {
    async fn connect(&self, sent: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        stream
    }

    /// What is answered until the connection ends.
    async fn says(&self, sent: &str) -> String {
        let mut answer = Vec::new();
        let mut stream = self.connect(sent).await;
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

#[tokio::test]
async fn a_request_names_one_site() {
    let app = TestApp::new().await;
    let served = serve(app.router.clone()).await;
    let end = "Connection: close\r\n\r\n";
    for (hosts, status) in [
        ("Host: a.example\r\n", "200 OK"),
        ("Host: a.example:443\r\n", "200 OK"),
        ("Host: [::1]:80\r\n", "200 OK"),
        ("", "400 Bad Request"),
        ("Host:\r\n", "400 Bad Request"),
        ("Host: a.example\r\nHost: b.example\r\n", "400 Bad Request"),
        ("Host: a.example\r\nhost: a.example\r\n", "400 Bad Request"),
        ("Host: a.example, b.example\r\n", "400 Bad Request"),
    ] {
        let said = served
            .says(&format!("GET /about HTTP/1.1\r\n{hosts}{end}"))
            .await;
        assert!(
            said.starts_with(&format!("HTTP/1.1 {status}")),
            "{hosts:?}: {said}"
        );
    }
    let said = served.says(&format!("GET /health HTTP/1.0\r\n{end}")).await;
    assert!(said.contains(" 200 OK"), "a watchdog: {said}");
    app.ends_clean().await;
}

/// Three at once, because each takes as long as it takes.
#[tokio::test]
async fn what_is_never_finished_ends() {
    let app = TestApp::new().await;
    let served = serve(app.router.clone()).await;
    let late = Duration::from_secs(5);
    let half_a_header = async {
        let begun = Instant::now();
        served.says("GET / HTTP/1.1\r\nHo").await;
        assert!(
            begun.elapsed() < HEADER_TIMEOUT + late,
            "{:?}",
            begun.elapsed()
        );
    };
    let half_a_body = async {
        let begun = Instant::now();
        let said = served
            .says("POST /sign-in HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100\r\n\r\nemail=")
            .await;
        assert!(said.starts_with("HTTP/1.1 408"), "{said}");
        assert!(
            begun.elapsed() < FORM_TIMEOUT + late,
            "{:?}",
            begun.elapsed()
        );
    };
    let stopping = async {
        let served = serve(app.router.clone()).await;
        let _half = served.connect("GET / HTTP/1.1\r\nHo").await;
        let body = "POST /sign-in HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100\r\n\r\nemail=";
        let _body = served.connect(body).await;
        // Both are there.
        assert!(
            served
                .says("GET /health HTTP/1.0\r\n\r\n")
                .await
                .contains("200")
        );
        let begun = Instant::now();
        served.stop.notify_one();
        served.ended.await.unwrap();
        assert!(
            begun.elapsed() < STOP_TIMEOUT + late,
            "{:?}",
            begun.elapsed()
        );
    };
    tokio::join!(half_a_header, half_a_body, stopping);
    app.ends_clean().await;
}

/// A proxy that says this of every request, and passes this name on.
fn proxied(
    app: &TestApp,
    forwarded: Option<&'static str>,
    host: Option<&'static str>,
) -> axum::Router {
    let proxy = move |mut request: Request, next: Next| async move {
        let headers = request.headers_mut();
        if let Some(forwarded) = forwarded {
            headers.remove("x-forwarded-for");
            if !forwarded.is_empty() {
                headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
            }
        }
        if let Some(host) = host {
            headers.insert("host", HeaderValue::from_static(host));
        }
        let answer: Response = next.run(request).await;
        answer
    };
    app.router.clone().layer(middleware::from_fn(proxy))
}

#[tokio::test]
async fn the_doctor_asks_through_the_proxy() {
    let app = TestApp::with(Settings {
        behind_proxy: true,
        ..crate::support::settings()
    })
    .await;
    app.app.clock.set_right(
        jiff::Timestamp::from_microsecond(aldgate::kernel::clock::Clock::System.now().0)
            .unwrap()
            .duration_since(jiff::Timestamp::from_microsecond(app.app.clock.now().0).unwrap()),
    );
    let asked = async |forwarded, host, settings: Settings| {
        let served = serve(proxied(&app, forwarded, host)).await;
        let url = format!("http://{}", served.address);
        let settings = Settings {
            url: if settings.url == "here" {
                url.clone()
            } else {
                settings.url.clone()
            },
            secret: app.app.secret.to_text(),
            ..settings
        };
        let findings = behind_proxy::examine(&settings, &url).await;
        let of = |about: &str| {
            let finding = findings.iter().find(|finding| finding.about == about);
            finding.map(|finding| finding.found.clone())
        };
        (
            of("way in"),
            of("url"),
            of("Host"),
            of("visitors' addresses"),
        )
    };
    let behind = |url: &str| Settings {
        behind_proxy: true,
        url: url.to_owned(),
        ..crate::support::settings()
    };
    let (way, url, host, address) = asked(Some("203.0.113.5:4711"), None, behind("here")).await;
    assert!(way.unwrap().is_ok());
    assert!(url.unwrap().is_ok() && host.unwrap().is_ok());
    assert!(address.unwrap().unwrap().contains("203.0.113.5"));

    let (_, url, host, address) = asked(
        Some("unknown"),
        Some("inside:80"),
        behind("https://a.example"),
    )
    .await;
    assert!(url.unwrap().unwrap_err().contains("https://a.example"));
    assert!(host.unwrap().unwrap_err().contains("inside:80"));
    assert!(address.unwrap().unwrap_err().contains("“unknown”"));

    let (_, _, host, address) = asked(Some(""), Some("inside:80"), behind("here")).await;
    assert!(host.unwrap().unwrap().contains("does no harm"));
    assert!(address.unwrap().unwrap_err().contains("says nothing"));
    // It appends nothing: what a visitor writes counts.
    let (_, _, _, address) = asked(None, None, behind("here")).await;
    assert!(
        address
            .unwrap()
            .unwrap_err()
            .contains("what a visitor writes")
    );

    let wrong = Settings {
        url: "here".to_owned(),
        ..crate::support::settings()
    };
    let (_, _, _, address) = asked(Some("203.0.113.5"), None, wrong).await;
    assert!(
        address
            .unwrap()
            .unwrap_err()
            .contains("behind_proxy is not set")
    );

    // Nobody else is told.
    let page = app.nobody().get("/health").await;
    assert!(!page.text.contains("seen"), "{}", page.text);
    let other = Settings {
        secret: "22".repeat(32),
        ..behind("here")
    };
    let served = serve(app.router.clone()).await;
    let findings = behind_proxy::examine(&other, &format!("http://{}", served.address)).await;
    assert!(
        findings[0]
            .found
            .clone()
            .unwrap_err()
            .contains("another secret")
    );
    app.ends_clean().await;
}
