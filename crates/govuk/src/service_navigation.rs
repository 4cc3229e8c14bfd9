//! The navigation of the service, under the header.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::content::{Content, classes, given};

/// One entry of a [`ServiceNavigation`].
#[derive(Clone, Debug, Default)]
pub struct NavigationItem<'a> {
    /// The words.
    pub text: Content<'a>,
    /// The page; empty for words that are no link.
    pub href: Cow<'a, str>,
    /// The page one is on.
    pub current: bool,
    /// The part of the service one is in.
    pub active: bool,
}

impl<'a> NavigationItem<'a> {
    /// A link.
    pub fn new(text: impl Into<Content<'a>>, href: impl Into<Cow<'a, str>>) -> Self {
        NavigationItem {
            text: text.into(),
            href: href.into(),
            ..NavigationItem::default()
        }
    }
}

/// The navigation of the service.
#[derive(Clone, Debug)]
pub struct ServiceNavigation<'a> {
    /// The name of the service, when it is not in the header.
    pub service_name: &'a str,
    /// The home page of the service.
    pub service_url: &'a str,
    /// The entries.
    pub items: Vec<NavigationItem<'a>>,
    /// What stands at the end: who is signed in, sign out.
    pub end: Markup,
    /// The end stands in the same line where there is room.
    pub end_inline: bool,
    /// Whether small screens get a menu button; yes by default for more than one entry.
    pub collapse_on_mobile: Option<bool>,
    /// What screen readers call the region.
    pub label: &'a str,
    /// The words of the menu button.
    pub menu: &'a str,
    /// What screen readers call the menu button, when that differs.
    pub menu_label: &'a str,
    /// What screen readers call the navigation; the words of the menu button when empty.
    pub navigation_label: &'a str,
    /// Classes of the navigation.
    pub navigation_classes: &'a str,
    /// The id of the list.
    pub navigation_id: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for ServiceNavigation<'_> {
    fn default() -> Self {
        ServiceNavigation {
            service_name: "",
            service_url: "",
            items: Vec::new(),
            end: Markup::default(),
            end_inline: false,
            collapse_on_mobile: None,
            label: "Service information",
            menu: "Menu",
            menu_label: "",
            navigation_label: "",
            navigation_classes: "",
            navigation_id: "navigation",
            classes: "",
        }
    }
}

impl ServiceNavigation<'_> {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.service_name.is_empty() && self.items.is_empty() && self.end.0.is_empty()
    }

    fn navigation(&self) -> Markup {
        let collapse = self.collapse_on_mobile.unwrap_or(self.items.len() > 1);
        let label = given(self.navigation_label).unwrap_or(self.menu);
        let menu_label = given(self.menu_label).filter(|label| *label != self.menu);
        html! {
            nav aria-label=(label) class=(classes(&["govuk-service-navigation__wrapper", self.navigation_classes])) {
                @if collapse {
                    button type="button" class="govuk-service-navigation__toggle govuk-js-service-navigation-toggle"
                        aria-controls=(self.navigation_id) aria-label=[menu_label] hidden aria-hidden="true" { (self.menu) }
                }
                ul class="govuk-service-navigation__list" id=(self.navigation_id) {
                    @for item in &self.items { (item) }
                }
            }
        }
    }

    fn inner(&self) -> Markup {
        let inline = if self.end_inline {
            "govuk-service-navigation__inlining-container"
        } else {
            ""
        };
        html! {
            div class=(classes(&["govuk-width-container", inline])) {
                div class="govuk-service-navigation__container" {
                    @if !self.service_name.is_empty() {
                        span class="govuk-service-navigation__service-name" {
                            @if self.service_url.is_empty() {
                                span class="govuk-service-navigation__text" { (self.service_name) }
                            } @else {
                                a href=(self.service_url) class="govuk-service-navigation__link" { (self.service_name) }
                            }
                        }
                    }
                    @if !self.items.is_empty() { (self.navigation()) }
                }
                (self.end)
            }
        }
    }
}

impl Render for NavigationItem<'_> {
    fn render(&self) -> Markup {
        let marked = self.current || self.active;
        let class = if marked {
            "govuk-service-navigation__item--active"
        } else {
            ""
        };
        let aria_current = marked.then_some(if self.current { "page" } else { "true" });
        // The strong element still shows where one is when the user overrides colours.
        let inner = html! {
            @if marked {
                strong class="govuk-service-navigation__active-fallback" { (self.text) }
            } @else {
                (self.text)
            }
        };
        html! {
            li class=(classes(&["govuk-service-navigation__item", class])) {
                @if self.href.is_empty() {
                    span class="govuk-service-navigation__text" aria-current=[aria_current] { (inner) }
                } @else {
                    a class="govuk-service-navigation__link" href=(self.href) aria-current=[aria_current] { (inner) }
                }
            }
        }
    }
}

impl Render for ServiceNavigation<'_> {
    fn render(&self) -> Markup {
        let class = classes(&["govuk-service-navigation", self.classes]);
        html! {
            @if self.service_name.is_empty() && self.end.0.is_empty() {
                div class=(class) data-module="govuk-service-navigation" { (self.inner()) }
            } @else {
                section aria-label=(self.label) class=(class) data-module="govuk-service-navigation" { (self.inner()) }
            }
        }
    }
}
