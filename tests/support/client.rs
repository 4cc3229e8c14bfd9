use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use scraper::{Html, Selector};
use tower::ServiceExt as _;

use super::{PASSWORD, TestApp};

/// A browser without JavaScript: keeps its cookies, sends the form tokens of the pages it saw, and, as
/// password managers do, fills in the password that was last right.
pub struct Client {
    /// What the proxy in front says about where the request comes from.
    forwarded: Option<String>,
    password: std::sync::Mutex<Option<String>>,
    router: Router,
    /// Values by name.
    cookies: std::sync::Mutex<BTreeMap<String, String>>,
    form_token: std::sync::Mutex<String>,
    /// Sent with each request, as a program does.
    token: Option<String>,
}

/// What came back.
pub struct Page {
    pub status: u16,
    pub location: String,
    pub headers: http::HeaderMap,
    pub bytes: Vec<u8>,
    pub text: String,
}

impl Client {
    pub(super) fn new(app: &TestApp, session: Option<String>) -> Client {
        Client {
            forwarded: None,
            password: std::sync::Mutex::new(session.as_ref().map(|_| PASSWORD.to_owned())),
            router: app.router.clone(),
            cookies: std::sync::Mutex::new(
                session
                    .map(|token| ("aldgate".to_owned(), token))
                    .into_iter()
                    .collect(),
            ),
            form_token: std::sync::Mutex::default(),
            token: None,
        }
    }

    /// A program that sends this token.
    pub fn program(app: &TestApp, token: &str) -> Client {
        Client {
            token: Some(token.to_owned()),
            ..Client::new(app, None)
        }
    }

    pub(super) fn at(router: Router) -> Client {
        Client {
            forwarded: None,
            token: None,
            password: std::sync::Mutex::default(),
            router,
            cookies: std::sync::Mutex::default(),
            form_token: std::sync::Mutex::default(),
        }
    }

    /// The same browser, behind a proxy that says this about it.
    pub(super) fn behind(mut self, forwarded: &str) -> Client {
        self.forwarded = Some(forwarded.to_owned());
        self
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send("GET", path, "", Body::empty()).await
    }

    /// Posts a form with the token of the last page seen (any page of ours has one).
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token().await;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("form_token", &token);
        for (name, value) in fields {
            form.append_pair(name, value);
        }
        let typed = fields.iter().find(|(name, _)| *name == "password");
        let known = self.password.lock().unwrap().clone();
        if let (None, Some(known)) = (typed, &known) {
            form.append_pair("password", known);
        }
        let page = self
            .send(
                "POST",
                path,
                "application/x-www-form-urlencoded",
                Body::from(form.finish()),
            )
            .await;
        if let (Some((_, typed)), 303) = (typed, page.status) {
            *self.password.lock().unwrap() = Some((*typed).to_owned());
        }
        page
    }

    /// Posts exactly these fields, as a browser that sends a form as it stands on the page.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            form.append_pair(name, value);
        }
        let kind = "application/x-www-form-urlencoded";
        self.send("POST", path, kind, Body::from(form.finish()))
            .await
    }

    /// Another browser that has this session and knows nothing else.
    pub fn thief(&self) -> Client {
        Client {
            forwarded: self.forwarded.clone(),
            token: None,
            router: self.router.clone(),
            cookies: std::sync::Mutex::new(self.cookies.lock().unwrap().clone()),
            form_token: std::sync::Mutex::default(),
            password: std::sync::Mutex::default(),
        }
    }

    /// Another browser or program that has and knows all that this one does now.
    pub fn again(&self) -> Client {
        Client {
            token: self.token.clone(),
            password: std::sync::Mutex::new(self.password.lock().unwrap().clone()),
            ..self.thief()
        }
    }

    /// Posts a form with files: field, file name, bytes.
    pub async fn post_files(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Page {
        let token = self.token().await;
        let mut body = Vec::new();
        let boundary = "story-boundary";
        for (name, value) in
            std::iter::once(("form_token", token.as_str())).chain(fields.iter().copied())
        {
            body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        for (name, file, bytes) in files {
            body.extend(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n").bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        self.send(
            "POST",
            path,
            &format!("multipart/form-data; boundary={boundary}"),
            Body::from(body),
        )
        .await
    }

    /// Posts and follows the redirect, which must come.
    pub async fn done(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(path, fields).await;
        assert_eq!(page.status, 303, "POST {path}: {}", page.words());
        self.get(&page.location).await
    }

    async fn token(&self) -> String {
        if self.form_token.lock().unwrap().is_empty() && !self.cookies.lock().unwrap().is_empty() {
            self.get("/sign-out").await;
        }
        self.form_token.lock().unwrap().clone()
    }

    pub async fn send(&self, method: &str, path: &str, media_type: &str, body: Body) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        if !media_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        let cookies = self.cookies.lock().unwrap().clone();
        if !cookies.is_empty() {
            let pairs: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        if let Some(forwarded) = &self.forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        for set in headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap()
            .to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let location = headers
            .get(header::LOCATION)
            .map_or("", |l| l.to_str().unwrap())
            .to_owned();
        // Every answer passes here: a search is enough, and parsing each would double the tests' time.
        const FIELD: &str = "name=\"form_token\" value=\"";
        if let Some((_, rest)) = text.split_once(FIELD) {
            let token = rest.split('"').next().unwrap_or_default();
            // Without the number of the form: what a story sends again, it means again.
            let token = token.split('.').next().unwrap_or_default();
            *self.form_token.lock().unwrap() = token.to_owned();
        }
        Page {
            status,
            location,
            headers,
            bytes,
            text,
        }
    }
}

impl Page {
    fn texts(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).expect("a selector");
        Html::parse_document(&self.text)
            .select(&selector)
            .map(|element| {
                element
                    .text()
                    .collect::<String>()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    }

    pub fn h1(&self) -> String {
        self.texts("h1").join(" | ")
    }

    /// The text of everything a selector finds.
    pub fn all(&self, selector: &str) -> Vec<String> {
        self.texts(selector)
    }

    /// The words of the page's main part.
    pub fn words(&self) -> String {
        let main = self.texts("main");
        if main.is_empty() {
            self.text.clone()
        } else {
            main.join(" ")
        }
    }

    pub fn says(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    /// The error summary: field (the link's target) and message.
    pub fn errors(&self) -> Vec<(String, String)> {
        let selector = Selector::parse(".govuk-error-summary a").expect("a selector");
        Html::parse_document(&self.text)
            .select(&selector)
            .map(|a| {
                (
                    a.attr("href")
                        .unwrap_or("")
                        .trim_start_matches('#')
                        .to_owned(),
                    a.text().collect::<String>().trim().to_owned(),
                )
            })
            .collect()
    }

    /// The href of the first link with these words.
    pub fn link(&self, words: &str) -> String {
        let selector = Selector::parse("a").expect("a selector");
        Html::parse_document(&self.text)
            .select(&selector)
            .find(|a| a.text().collect::<String>().contains(words))
            .and_then(|a| a.attr("href").map(str::to_owned))
            .unwrap_or_else(|| panic!("no link says {words:?} in: {}", self.words()))
    }

    /// An attribute of the first element that a selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let parsed = Selector::parse(selector).expect("a selector");
        Html::parse_document(&self.text)
            .select(&parsed)
            .next()
            .and_then(|found| found.attr(name).map(str::to_owned))
            .unwrap_or_else(|| panic!("no {selector} with {name} in: {}", self.words()))
    }

    /// The addresses of all links that a selector finds.
    pub fn hrefs(&self, selector: &str) -> Vec<String> {
        let parsed = Selector::parse(selector).expect("a selector");
        Html::parse_document(&self.text)
            .select(&parsed)
            .filter_map(|link| link.attr("href").map(str::to_owned))
            .collect()
    }

    /// The values of all fields with this name.
    pub fn values(&self, name: &str) -> Vec<String> {
        let selector = Selector::parse(&format!("input[name='{name}']")).expect("a selector");
        Html::parse_document(&self.text)
            .select(&selector)
            .filter_map(|input| input.attr("value").map(str::to_owned))
            .collect()
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> String {
        let selector = Selector::parse(&format!("[name='{name}']")).expect("a selector");
        let html = Html::parse_document(&self.text);
        let Some(field) = html.select(&selector).next() else {
            panic!("no field {name} in: {}", self.words())
        };
        field
            .attr("value")
            .map_or_else(|| field.text().collect(), str::to_owned)
    }
}
