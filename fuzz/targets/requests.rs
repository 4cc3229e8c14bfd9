//! Whole requests to a gateway with the demo coalition: to any route, as nobody or as somebody who is signed in. None
//! breaks it, and the ledger holds afterwards.
#![no_main]

use std::sync::{Arc, LazyLock};

use aldgate::kernel::App;
use aldgate::router::{ROUTES, router};
use aldgate::settings::Settings;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use http_body_util::BodyExt as _;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

struct World {
    runtime: Runtime,
    router: Router,
    _app: Arc<App>,
    _folder: tempfile::TempDir,
    /// Values for the parameters of routes, found on pages.
    known: Vec<String>,
    /// Cookie and form token of each session.
    sessions: Vec<(String, String)>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings {
        data: folder.path().to_owned(),
        demo: true,
        limit_session: 1_000_000_000,
        limit_address: 1_000_000_000,
        ..Settings::default()
    };
    let app = runtime
        .block_on(aldgate::cli::open(settings))
        .expect("a gateway");
    runtime
        .block_on(aldgate::demo::fill(app.clone(), |_| ()))
        .expect("a demo coalition");
    let mut world = World {
        router: router(app.clone()),
        runtime,
        _app: app,
        _folder: folder,
        known: Vec::new(),
        sessions: Vec::new(),
    };
    let page = world.page("/sign-in", "");
    let people: Vec<(String, String)> = values(&page, "person")
        .into_iter()
        .zip(values(&page, "organisation"))
        .collect();
    for (person, organisation) in people.iter().take(6) {
        let form = format!("person={person}&organisation={organisation}");
        let request = Request::post("/demo/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .expect("a request");
        let (response, _) = world.send(request);
        let cookie = response.headers()[header::SET_COOKIE].to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a cookie").to_owned();
        let page = world.page("/agreements", &cookie);
        let token = values(&page, "form_token").pop();
        let token = token.or_else(|| values(&world.page("/sign-out", &cookie), "form_token").pop());
        for page in [page, world.page("/in-tray", &cookie), world.page("/organisation/people", &cookie)] {
            world.known.extend(ids(&page));
        }
        world.sessions.push((cookie, token.unwrap_or_default()));
    }
    world.known.sort();
    world.known.dedup();
    assert!(world.known.len() > 10, "{:?}", world.known);
    world
});

impl World {
    fn send(&self, request: Request<Body>) -> (Response<()>, Vec<u8>) {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("an answer");
            let (parts, body) = response.into_parts();
            let bytes = body.collect().await.map(|body| body.to_bytes().to_vec());
            (Response::from_parts(parts, ()), bytes.unwrap_or_default())
        })
    }

    fn page(&self, path: &str, cookie: &str) -> String {
        let request = Request::get(path)
            .header(header::COOKIE, cookie)
            .body(Body::empty())
            .expect("a request");
        String::from_utf8_lossy(&self.send(request).1).into_owned()
    }
}

/// The values of the inputs with this name, in order.
fn values(page: &str, name: &str) -> Vec<String> {
    let mark = format!("name=\"{name}\" value=\"");
    page.split(mark.as_str())
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// Everything in the page that looks like an id of ours.
fn ids(page: &str) -> Vec<String> {
    page.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.len() == 30 && word.as_bytes()[3] == b'_')
        .map(str::to_owned)
        .collect()
}

/// Route, session, which id stands for each parameter, other text for a parameter, query, kind of body, body.
type Input<'a> = (u16, u8, [u8; 3], Option<&'a str>, &'a str, u8, &'a [u8]);

fuzz_target!(|input: Input<'_>| {
    let (route, session, ids, other, query, kind, body) = input;
    let world = &*WORLD;
    let (method, pattern) = ROUTES[usize::from(route) % ROUTES.len()];
    let mut number = 0;
    let path: Vec<String> = pattern
        .split('/')
        .map(|part| {
            let Some(rest) = part.strip_prefix('{').and_then(|p| p.split_once('}')) else {
                return part.to_owned();
            };
            number += 1;
            let id = &world.known[usize::from(ids[number % 3]) % world.known.len()];
            let value = if number == 2 { other.unwrap_or(id) } else { id };
            format!("{}{}", value.replace(['/', '?', '#'], ""), rest.1)
        })
        .collect();
    let address = format!("{}?{query}", path.join("/"));
    let mut request = Request::builder().method(method.to_uppercase().as_str()).uri(address);
    let mut bytes = Vec::new();
    if let Some((cookie, token)) = world.sessions.get(usize::from(session) % (world.sessions.len() + 1)) {
        request = request.header(header::COOKIE, cookie);
        bytes.extend(format!("form_token={token}&").bytes());
    }
    let request = match kind % 4 {
        0 => {
            bytes.extend(body);
            request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        }
        1 => {
            bytes = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"".to_vec();
            bytes.extend(body);
            bytes.extend(b"\r\n--b--\r\n");
            request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        }
        2 => {
            bytes = body.to_vec();
            request.header(header::CONTENT_TYPE, "application/json")
        }
        _ => {
            bytes = body.to_vec();
            request
        }
    };
    // What is no address is refused before it comes to us.
    let Ok(request) = request.body(Body::from(bytes)) else {
        return;
    };
    let asked = format!("{} {}", request.method(), request.uri());
    let (response, answer) = world.send(request);
    assert!(
        response.status().as_u16() < 500,
        "{asked}: {} {}",
        response.status(),
        String::from_utf8_lossy(&answer)
    );
});
