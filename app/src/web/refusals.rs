//! Refusals as answers: a page that says what happened, what was kept and what to do next.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use govuk::{Button, Footer, Page};
use maud::html;

use crate::kernel::refusal::Elsewhere;
use crate::kernel::{Problem, Refusal};
use crate::web::page::page_of;
use crate::web::{Sheet, Visit};

impl Refusal {
    pub fn status(&self) -> StatusCode {
        match self {
            Refusal::NotFound => StatusCode::NOT_FOUND,
            Refusal::SignIn => StatusCode::UNAUTHORIZED,
            Refusal::SecondStep | Refusal::NotAllowed(_) => StatusCode::FORBIDDEN,
            Refusal::NotNow(_) | Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::ShowElsewhere(_) => StatusCode::OK,
            Refusal::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Raced => StatusCode::CONFLICT,
            Refusal::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Malformed(_) => StatusCode::BAD_REQUEST,
            Refusal::Unreachable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Heading and text of the refusal's page.
    pub fn words(&self) -> (&'static str, String) {
        match self {
            Refusal::NotFound => (
                "Page not found",
                "It does not exist, or it is not shared with your organisation. Check the address, \
                 or whether you act for the right organisation."
                    .to_owned(),
            ),
            Refusal::SignIn => ("Sign in first", "You need to sign in to see this page.".to_owned()),
            Refusal::SecondStep => (
                "Set up a second step first",
                "This gateway asks for more than a password. Add a passkey or an authenticator app to your account."
                    .to_owned(),
            ),
            Refusal::NotAllowed(why) => ("You cannot do this", why.clone()),
            Refusal::NotNow(why) => ("This cannot be done now", why.clone()),
            Refusal::Invalid(problems) => (
                "There is a problem",
                problems.iter().map(|p| format!("{}.", p.message)).collect::<Vec<_>>().join(" "),
            ),
            Refusal::ShowElsewhere(_) => (
                "Show that it is you",
                "You go on to the sign-in of your organisation. What you filled in is kept for 15 minutes."
                    .to_owned(),
            ),
            Refusal::TooOften => (
                "Too many attempts",
                "Too many wrong passwords or codes. Wait 15 minutes, then try again. If you have a passkey, you can use it now."
                    .to_owned(),
            ),
            Refusal::Raced => (
                "Someone else was first",
                "Someone changed this at the same moment. Go back, reload the page and look at it again."
                    .to_owned(),
            ),
            Refusal::TooLarge(why) => ("That is too large", why.clone()),
            Refusal::TooSlow => (
                "That took too long",
                "What you sent did not arrive in time. Nothing was changed. Check your connection, then go back and \
                 send it again."
                    .to_owned(),
            ),
            Refusal::TooMany { wait_seconds } => (
                "Too many requests",
                format!(
                    "You asked for a lot in a short time, and this gateway is shared. Nothing was changed. \
                     Wait {wait_seconds} {}, then try again.",
                    if *wait_seconds == 1 { "second" } else { "seconds" }
                ),
            ),
            Refusal::Malformed(why) => ("We could not read that", why.clone()),
            Refusal::Unreachable(_) => (
                "The gateway cannot reach its database",
                "It should be back in a minute. Everything that was saved is safe. If you were saving or deciding \
                 something, look whether it is there before you send it again."
                    .to_owned(),
            ),
            Refusal::Broken(_) => (
                "Sorry, there is a problem with the gateway",
                "What you sent was not saved; everything saved before is safe. Try again in a few minutes. \
                 If it happens again, tell the operator of this gateway."
                    .to_owned(),
            ),
        }
    }

    /// The problems to show on the form again, or the refusal itself when no form can mend it.
    pub fn problems(self) -> Result<Vec<Problem>, Refusal> {
        match self {
            Refusal::Invalid(problems) => Ok(problems),
            Refusal::NotNow(why) => Ok(vec![Problem::new("main-content", why)]),
            other => Err(other),
        }
    }

    /// Retry-After, where waiting helps.
    pub(crate) fn wait(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let seconds = match self {
            Refusal::TooMany { wait_seconds } => *wait_seconds,
            Refusal::Unreachable(_) => 30,
            _ => return headers,
        };
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        headers
    }

    pub fn log(&self) {
        if let Refusal::Broken(error) | Refusal::Unreachable(error) = self {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(inner) = source {
                text.push_str(": ");
                text.push_str(&inner.to_string());
                source = inner.source();
            }
            tracing::error!(error = text, "a request could not be answered");
        }
    }
}

impl Visit {
    /// The refusal as a page with the visitor's navigation.
    pub fn refused(&self, refusal: Refusal, back: &str) -> Response {
        if matches!(
            refusal,
            Refusal::SignIn | Refusal::SecondStep | Refusal::ShowElsewhere(_)
        ) {
            return refusal.into_response();
        }
        refusal.log();
        let (title, text) = refusal.words();
        let status = refusal.status();
        let sheet = if status == StatusCode::UNPROCESSABLE_ENTITY {
            let body = html! { p class="govuk-body" { "Nothing was changed." } };
            Sheet::new(title, body).problems(vec![Problem::new("main-content", text)])
        } else {
            Sheet::new(title, html! { p class="govuk-body" { (text) } })
        };
        self.show_as(status, sheet.back(back))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::SignIn => return Redirect::to("/sign-in").into_response(),
            Refusal::SecondStep => return Redirect::to("/me").into_response(),
            _ => {}
        }
        if let Refusal::ShowElsewhere(elsewhere) = &self {
            let (title, text) = self.words();
            return go_on(title, &text, elsewhere);
        }
        self.log();
        let (title, text) = self.words();
        let page = Page {
            title,
            main: html! {
                h1 class="govuk-heading-l" { (title) }
                p class="govuk-body" { (text) }
                p class="govuk-body" { a class="govuk-link" href="/" { "Go to the start page" } }
            },
            footer: Footer::default(),
            ..Page::default()
        };
        (
            self.status(),
            self.wait(),
            [(header::CACHE_CONTROL, "no-store")],
            page_of(&page),
        )
            .into_response()
    }
}

/// The page from which somebody goes on to another site. Browsers go by themselves; it is no redirect,
/// because the policy for our pages lets no form end elsewhere.
pub fn go_on(title: &str, text: &str, elsewhere: &Elsewhere) -> Response {
    let page = Page {
        title,
        main: html! {
            h1 class="govuk-heading-l" { (title) }
            p class="govuk-body" { (text) }
            (Button::link(format!("Go on to {}", elsewhere.name), elsewhere.to.as_str()))
        },
        footer: Footer::default(),
        ..Page::default()
    };
    let mut response = page_of(&page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The other site learns nothing of where somebody was.
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    if let Ok(go) = HeaderValue::from_str(&format!("0; url={}", elsewhere.to)) {
        headers.insert(header::REFRESH, go);
    }
    if let Ok(cookie) = HeaderValue::from_str(&elsewhere.cookie)
        && !elsewhere.cookie.is_empty()
    {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
