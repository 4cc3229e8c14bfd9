//! Links between the pages of a list.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::content::{Content, classes, given};

/// A link to the page before or after.
#[derive(Clone, Debug, Default)]
pub struct PageStep<'a> {
    /// The page.
    pub href: Cow<'a, str>,
    /// The words; “Previous page” or “Next page” when empty.
    pub text: Content<'a>,
    /// The title of that page, shown when there are no page numbers.
    pub label: Cow<'a, str>,
}

impl<'a> PageStep<'a> {
    /// A link with the usual words.
    pub fn new(href: impl Into<Cow<'a, str>>) -> Self {
        PageStep {
            href: href.into(),
            ..PageStep::default()
        }
    }
}

/// One entry between previous and next.
#[derive(Clone, Debug)]
pub enum PageLink<'a> {
    /// A page.
    Page {
        /// What is shown.
        number: Cow<'a, str>,
        /// The page.
        href: Cow<'a, str>,
        /// The page one is on.
        current: bool,
        /// What screen readers say; “Page 3” when empty.
        label: Cow<'a, str>,
    },
    /// Pages left out.
    Gap,
}

/// Links between the pages of a list.
#[derive(Clone, Debug)]
pub struct Pagination<'a> {
    /// The page before.
    pub previous: Option<PageStep<'a>>,
    /// The page after.
    pub next: Option<PageStep<'a>>,
    /// The pages; none when only previous and next are wanted.
    pub items: Vec<PageLink<'a>>,
    /// What screen readers call it.
    pub label: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for Pagination<'_> {
    fn default() -> Self {
        Pagination {
            previous: None,
            next: None,
            items: Vec::new(),
            label: "Pagination",
            classes: "",
        }
    }
}

impl<'a> Pagination<'a> {
    /// Links from page `current` of `last` (both from 1): to the first and the last page, to
    /// the neighbours, and to the page before and after.
    pub fn of(current: usize, last: usize, href: impl Fn(usize) -> String) -> Self {
        let mut items = Vec::new();
        let mut before = 0;
        for page in
            (1..=last).filter(|&page| page == 1 || page == last || page.abs_diff(current) <= 1)
        {
            if page > before + 1 {
                items.push(PageLink::Gap);
            }
            items.push(PageLink::Page {
                number: page.to_string().into(),
                href: href(page).into(),
                current: page == current,
                label: "".into(),
            });
            before = page;
        }
        Pagination {
            previous: (current > 1).then(|| PageStep::new(href(current - 1))),
            next: (current < last).then(|| PageStep::new(href(current + 1))),
            items,
            ..Pagination::default()
        }
    }

    fn block(&self) -> bool {
        self.items.is_empty() && (self.previous.is_some() || self.next.is_some())
    }

    fn step(&self, step: &PageStep<'_>, direction: Direction) -> Markup {
        let block = self.block();
        let label = given(&step.label);
        let decorated = if block && label.is_none() {
            "govuk-pagination__link-title--decorated"
        } else {
            ""
        };
        let (class, rel, word) = match direction {
            Direction::Previous => ("govuk-pagination__prev", "prev", "Previous"),
            Direction::Next => ("govuk-pagination__next", "next", "Next"),
        };
        let arrow_first = block || direction == Direction::Previous;
        html! {
            div class=(class) {
                a class="govuk-link govuk-pagination__link" href=(step.href) rel=(rel) {
                    @if arrow_first { (arrow(direction)) }
                    span class=(classes(&["govuk-pagination__link-title", decorated])) {
                        @if step.text.is_empty() {
                            (word) span class="govuk-visually-hidden" { " page" }
                        } @else {
                            (step.text)
                        }
                    }
                    @if let (true, Some(label)) = (block, label) {
                        " "
                        span class="govuk-visually-hidden" { ":" }
                        " "
                        span class="govuk-pagination__link-label" { (label) }
                    }
                    @if !arrow_first { (arrow(direction)) }
                }
            }
        }
    }
}

impl Render for Pagination<'_> {
    fn render(&self) -> Markup {
        let block = if self.block() {
            "govuk-pagination--block"
        } else {
            ""
        };
        html! {
            nav class=(classes(&["govuk-pagination", block, self.classes])) aria-label=(self.label) {
                @if let Some(previous) = &self.previous { (self.step(previous, Direction::Previous)) }
                @if !self.items.is_empty() {
                    ul class="govuk-pagination__list" {
                        @for item in &self.items { (item) }
                    }
                }
                @if let Some(next) = &self.next { (self.step(next, Direction::Next)) }
            }
        }
    }
}

impl Render for PageLink<'_> {
    fn render(&self) -> Markup {
        match self {
            PageLink::Gap => html! {
                li class="govuk-pagination__item govuk-pagination__item--ellipsis" { "⋯" }
            },
            PageLink::Page {
                number,
                href,
                current,
                label,
            } => {
                let class = if *current {
                    "govuk-pagination__item--current"
                } else {
                    ""
                };
                let label = match given(label) {
                    Some(label) => label.to_owned(),
                    None => format!("Page {number}"),
                };
                html! {
                    li class=(classes(&["govuk-pagination__item", class])) {
                        a class="govuk-link govuk-pagination__link" href=(href) aria-label=(label)
                            aria-current=[current.then_some("page")] { (number) }
                    }
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Previous,
    Next,
}

fn arrow(direction: Direction) -> Markup {
    let (class, path) = match direction {
        Direction::Previous => (
            "govuk-pagination__icon govuk-pagination__icon--prev",
            "m6.5938-0.0078125-6.7266 6.7266 6.7441 6.4062 1.377-1.449-4.1856-3.9768h12.896v-2h-12.984l4.2931-4.293-1.414-1.414z",
        ),
        Direction::Next => (
            "govuk-pagination__icon govuk-pagination__icon--next",
            "m8.107-0.0078125-1.4136 1.414 4.2926 4.293h-12.986v2h12.896l-4.1855 3.9766 1.377 1.4492 6.7441-6.4062-6.7246-6.7266z",
        ),
    };
    html! {
        svg class=(class) xmlns="http://www.w3.org/2000/svg" height="13" width="15"
            aria-hidden="true" focusable="false" viewBox="0 0 15 13" {
            path d=(path) {}
        }
    }
}
