//! The one shape of page: back link, error summary, caption and heading, body.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use govuk::{
    BackLink, ErrorSummary, Footer, FooterLink, NavigationItem, NotificationBanner, Page,
    ServiceNavigation,
};
use maud::{Markup, Render as _, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::kernel::Problem;
use crate::kernel::clock::time;
use crate::web::Visit;

/// What a page says. Everything else about it is the same on every page.
#[derive(Default)]
pub struct Sheet {
    pub title: String,
    /// The line above the heading, such as the agreement's title.
    pub caption: String,
    pub back: String,
    pub problems: Vec<Problem>,
    /// What was just done.
    pub done: Option<String>,
    pub body: Markup,
    /// Uses the whole width, for tables.
    pub wide: bool,
    /// The body has its own first heading (a question as the page's heading, a panel).
    pub own_heading: bool,
}

impl Sheet {
    pub fn new(title: impl Into<String>, body: Markup) -> Sheet {
        Sheet {
            title: title.into(),
            body,
            ..Sheet::default()
        }
    }

    pub fn caption(mut self, caption: impl Into<String>) -> Sheet {
        self.caption = caption.into();
        self
    }

    pub fn back(mut self, href: impl Into<String>) -> Sheet {
        self.back = href.into();
        self
    }

    pub fn problems(mut self, problems: Vec<Problem>) -> Sheet {
        self.problems = problems;
        self
    }

    pub fn done(mut self, done: Option<String>) -> Sheet {
        self.done = done;
        self
    }

    pub fn wide(mut self) -> Sheet {
        self.wide = true;
        self
    }

    pub fn own_heading(mut self) -> Sheet {
        self.own_heading = true;
        self
    }
}

impl Visit {
    /// The page as an answer: 200, or 422 when it shows problems.
    pub fn show(&self, sheet: Sheet) -> Response {
        let status = if sheet.problems.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        self.show_as(status, sheet)
    }

    pub fn show_as(&self, status: StatusCode, sheet: Sheet) -> Response {
        let has_errors = !sheet.problems.is_empty();
        let main = html! {
            div class="govuk-grid-row" {
                div class=(if sheet.wide { "govuk-grid-column-full" } else { "govuk-grid-column-two-thirds" }) {
                    @if has_errors {
                        (ErrorSummary::of(sheet.problems.iter().map(|p| (p.field.clone(), p.message.clone()))))
                    }
                    @if self.dropped.is_noted() { (dropped()) }
                    @if let Some(done) = &sheet.done { (NotificationBanner::success(done.as_str())) }
                    @if !sheet.own_heading {
                        // Wide pages are long to read and have large headings of their own below.
                        @let size = if sheet.wide { "xl" } else { "l" };
                        @if !sheet.caption.is_empty() { span class={ "govuk-caption-" (size) } { (sheet.caption) } }
                        h1 class={ "govuk-heading-" (size) } { (sheet.title) }
                    }
                    (sheet.body)
                    (self.session_ends(&sheet.body))
                }
            }
        };
        let page = Page {
            title: &sheet.title,
            has_errors,
            before_header: self.demo_banner(),
            navigation: self.navigation(),
            before_main: html! {
                @if !sheet.back.is_empty() {
                    // In a landmark of its own, so that no part of the page is outside of one.
                    nav aria-label="Back" { (BackLink::new(sheet.back.as_str())) }
                }
            },
            main,
            footer: footer(),
            ..Page::default()
        };
        let mut response = (status, page_of(&page)).into_response();
        let cache = if self.acting.is_some() {
            "no-store"
        } else {
            "no-cache"
        };
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        response
    }

    /// When the session ends: said where somebody may type for long, and known to the script everywhere.
    fn session_ends(&self, body: &Markup) -> Markup {
        let Some(ends_at) = self.ends_at else {
            return Markup::default();
        };
        let seconds = (ends_at - self.now.0) / 1_000_000;
        html! {
            div class="app-session" data-seconds=(seconds) {
                @if body.0.contains("<textarea") {
                    p class="govuk-hint" {
                        "Save before " (time(ends_at)) ". After that you are signed out. What you have typed is kept for \
                         you, and you have to sign in to save it."
                    }
                }
            }
        }
    }

    fn demo_banner(&self) -> Markup {
        html! {
            @if self.app.settings.demo {
                section class="app-demo-banner" aria-label="Demonstration" {
                    div class="govuk-width-container" {
                        p class="govuk-body-s govuk-!-margin-bottom-0" {
                            strong { "Demonstration." }
                            " Made-up people, and anyone can sign in as any of them. Do not enter real personal data."
                        }
                    }
                }
            }
        }
    }

    fn navigation(&self) -> ServiceNavigation<'_> {
        let entries: &[(&str, &str)] = match &self.acting {
            Some(acting) => &[
                ("In-tray", "/in-tray"),
                ("Agreements", "/agreements"),
                (&acting.organisation_name, "/organisation"),
                ("Organisations", "/organisations"),
                ("Law", "/law"),
                ("Public register", "/register"),
            ],
            None => &[
                ("Public register", "/register"),
                ("Law", "/law"),
                ("Sign in", "/sign-in"),
            ],
        };
        ServiceNavigation {
            items: entries
                .iter()
                .filter(|(text, _)| !text.is_empty())
                .map(|(text, href)| NavigationItem {
                    current: self.path == *href,
                    active: self
                        .path
                        .strip_prefix(href)
                        .is_some_and(|rest| rest.starts_with('/')),
                    ..NavigationItem::new((*text).to_owned(), *href)
                })
                .collect(),
            end: html! {
                @if let Some(acting) = &self.acting {
                    div class="app-account" {
                        a class="govuk-link" href="/me" { (acting.name) span class="govuk-visually-hidden" { ", your account" } }
                        a class="govuk-link" href="/sign-out" { "Sign out" }
                    }
                }
            },
            end_inline: true,
            ..ServiceNavigation::default()
        }
    }
}

/// A page as it is sent: what people typed keeps its direction to itself.
pub fn page_of(page: &Page<'_>) -> Html<String> {
    Html(text::isolated_html(page.render().into_string()))
}

/// The word about what was dropped.
fn dropped() -> NotificationBanner<'static> {
    NotificationBanner {
        title_id: "dropped-title",
        ..NotificationBanner::new(
            "What you entered had characters in it that cannot be seen. We took them out. Check that it still says what \
             you mean.",
        )
    }
}

/// What is wrong with a field, to be said at the field.
pub fn error_of<'a>(problems: &'a [Problem], field: &str) -> Option<&'a str> {
    problems
        .iter()
        .find(|problem| problem.field == field)
        .map(|problem| problem.message.as_str())
}

fn footer() -> Footer<'static> {
    Footer {
        links: vec![
            FooterLink::new("About this gateway", "/about"),
            FooterLink::new("Accessibility", "/accessibility"),
            FooterLink::new("Check a document", "/verify"),
            FooterLink::new("For programs", "/api/openapi.json"),
        ],
        content: html! {
            p class="govuk-body-s" {
                "What Aldgate says about the law is information, not legal advice."
            }
        }
        .into(),
        ..Footer::default()
    }
}

/// After a post: look at this page next.
pub fn see_other(href: impl AsRef<str>) -> Response {
    Redirect::to(href.as_ref()).into_response()
}

/// A file to keep.
pub fn download(media_type: &str, name: &str, bytes: impl Into<axum::body::Body>) -> Response {
    (
        [
            (header::CONTENT_TYPE, media_type.to_owned()),
            (header::CONTENT_DISPOSITION, attachment(name)),
            (header::CACHE_CONTROL, "private, no-store".to_owned()),
            // Should a browser show it after all, it can do nothing.
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; sandbox; frame-ancestors 'none'".to_owned(),
            ),
        ],
        bytes.into(),
    )
        .into_response()
}

/// The name of a file to keep (RFC 6266): as it is (RFC 8187), and in plain characters for programs that know no others.
fn attachment(name: &str) -> String {
    let name: String = text::kept(name)
        .text
        .chars()
        .filter(|c| !matches!(c, '/' | '\\' | '\n' | '\t') && !text::is_unseen(*c))
        .collect();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let plain: String = name
        .chars()
        .flat_map(|c| match c {
            c if c.is_ascii() => vec![c],
            // "Größe" is "Grosse" to them.
            c => text::fold(&c.to_string()).chars().collect(),
        })
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    if plain == name {
        return format!("attachment; filename=\"{plain}\"");
    }
    let exact = utf8_percent_encode(&name, ATTR_CHAR);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

/// What RFC 8187 leaves as it is.
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Rows as a CSV file to keep.
pub fn csv(name: &str, text: String) -> Response {
    download("text/csv; charset=utf-8", name, text)
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn names_of_files_survive() {
        for (name, expected) in [
            ("Our DPIA 2.pdf", "attachment; filename=\"Our DPIA 2.pdf\""),
            (
                "Größe & Kosten.pdf",
                "attachment; filename=\"Grosse _ Kosten.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20&%20Kosten.pdf",
            ),
            (
                "a\"; x=\"y.csv",
                "attachment; filename=\"a__ x__y.csv\"; filename*=UTF-8''a%22%3B%20x%3D%22y.csv",
            ),
        ] {
            assert_eq!(attachment(name), expected);
        }
        let arabic = attachment("ملف.pdf");
        assert!(
            arabic.ends_with("filename*=UTF-8''%D9%85%D9%84%D9%81.pdf"),
            "{arabic}"
        );
    }
}
