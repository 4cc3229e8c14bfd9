//! The skeleton of every page.

use maud::{DOCTYPE, Markup, Render, html};

use crate::content::Content;
use crate::footer::Footer;
use crate::header::Header;
use crate::links::SkipLink;
use crate::phase_banner::PhaseBanner;
use crate::service_navigation::ServiceNavigation;

/// A whole page.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The language of the page.
    pub lang: &'a str,
    /// The title of this page, the same as its `h1`.
    pub title: &'a str,
    /// The page shows an error summary: its title starts with “Error: ”.
    pub has_errors: bool,
    /// The name of the product, in the header and at the end of the title.
    pub product: &'a str,
    /// The home page.
    pub home: &'a str,
    /// The path of the styles and scripts, without a slash at the end.
    pub assets: &'a str,
    /// Further elements of `head`.
    pub head: Markup,
    /// What stands above the header, such as the banner of a demonstration.
    pub before_header: Markup,
    /// The navigation; left out when empty.
    pub navigation: ServiceNavigation<'a>,
    /// The line under the header.
    pub phase_banner: Option<PhaseBanner<'a>>,
    /// Back link or breadcrumbs.
    pub before_main: Markup,
    /// The page itself.
    pub main: Markup,
    /// The end of the page.
    pub footer: Footer<'a>,
}

impl Default for Page<'_> {
    fn default() -> Self {
        Page {
            lang: "en",
            title: "",
            has_errors: false,
            product: "Aldgate",
            home: "/",
            assets: "/assets",
            head: Markup::default(),
            before_header: Markup::default(),
            navigation: ServiceNavigation::default(),
            phase_banner: None,
            before_main: Markup::default(),
            main: Markup::default(),
            footer: Footer::default(),
        }
    }
}

impl Render for Page<'_> {
    fn render(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.lang) class="govuk-template" {
                head {
                    meta charset="utf-8";
                    title {
                        @if self.has_errors { "Error: " }
                        (self.title)
                        @if self.title != self.product { " – " (self.product) }
                    }
                    meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                    meta name="theme-color" content="#1d70b8";
                    link rel="icon" href={ (self.assets) "/favicon.svg" } type="image/svg+xml";
                    link rel="stylesheet" href={ (self.assets) "/aldgate.css" };
                    link rel="modulepreload" href={ (self.assets) "/govuk-frontend.min.js" };
                    // Nothing is drawn before the script has run, so that nothing jumps.
                    script type="module" blocking="render" src={ (self.assets) "/aldgate.js" } {}
                    (self.head)
                }
                body class="govuk-template__body" {
                    (SkipLink::default())
                    header class="govuk-template__header" {
                        (self.before_header)
                        (Header { name: Content::from(self.product), href: self.home, ..Header::default() })
                        @if !self.navigation.is_empty() { (self.navigation) }
                        @if let Some(banner) = &self.phase_banner { (banner) }
                    }
                    div class="govuk-width-container" {
                        (self.before_main)
                        main class="govuk-main-wrapper" id="main-content" { (self.main) }
                    }
                    footer class="govuk-template__footer" { (self.footer) }
                }
            }
        }
    }
}
