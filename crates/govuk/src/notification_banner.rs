//! News about the page or about what the user has just done.

use maud::{Markup, Render, html};

use crate::content::{Content, classes, heading};

/// News: neutral, or that something went well. Not for errors.
#[derive(Clone, Debug)]
pub struct NotificationBanner<'a> {
    /// The news. Text becomes its heading.
    pub content: Content<'a>,
    /// Something went well: green, and announced at once.
    pub success: bool,
    /// The title; “Important” or “Success” when empty.
    pub title: Content<'a>,
    /// The id of the title, which must differ when a page has several banners.
    pub title_id: &'a str,
    /// The level of the title.
    pub title_level: u8,
    /// Another ARIA role.
    pub role: Option<&'a str>,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for NotificationBanner<'_> {
    fn default() -> Self {
        NotificationBanner {
            content: Content::default(),
            success: false,
            title: Content::default(),
            title_id: "govuk-notification-banner-title",
            title_level: 2,
            role: None,
            classes: "",
        }
    }
}

impl<'a> NotificationBanner<'a> {
    /// Neutral news.
    pub fn new(content: impl Into<Content<'a>>) -> Self {
        NotificationBanner {
            content: content.into(),
            ..NotificationBanner::default()
        }
    }

    /// Something went well.
    pub fn success(content: impl Into<Content<'a>>) -> Self {
        NotificationBanner {
            success: true,
            ..NotificationBanner::new(content)
        }
    }
}

impl Render for NotificationBanner<'_> {
    fn render(&self) -> Markup {
        let (class, role, word) = if self.success {
            ("govuk-notification-banner--success", "alert", "Success")
        } else {
            ("", "region", "Important")
        };
        let title = html! { @if self.title.is_empty() { (word) } @else { (self.title) } };
        html! {
            div class=(classes(&["govuk-notification-banner", class, self.classes]))
                role=(self.role.unwrap_or(role)) aria-labelledby=(self.title_id)
                data-module="govuk-notification-banner" {
                div class="govuk-notification-banner__header" {
                    (heading(self.title_level, "govuk-notification-banner__title", Some(self.title_id), &title))
                }
                div class="govuk-notification-banner__content" {
                    (self.content.block("govuk-notification-banner__heading"))
                }
            }
        }
    }
}
