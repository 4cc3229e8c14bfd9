//! What is to be done, and how far it is.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::content::{Content, classes};
use crate::tag::Tag;

/// How far a [`Task`] is.
#[derive(Clone, Debug)]
pub enum TaskStatus<'a> {
    /// In plain words: “Completed”. What is done needs no colour.
    Text(Content<'a>),
    /// With a tag: what still needs something done.
    Tag(Tag<'a>),
    /// Cannot be started yet.
    CannotStart(Content<'a>),
}

/// One task of a [`TaskList`].
#[derive(Clone, Debug)]
pub struct Task<'a> {
    /// What is to be done.
    pub title: Content<'a>,
    /// Where it is done; empty when it cannot be started.
    pub href: Cow<'a, str>,
    /// Help.
    pub hint: Option<Content<'a>>,
    /// How far it is.
    pub status: TaskStatus<'a>,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> Task<'a> {
    /// A task.
    pub fn new(
        title: impl Into<Content<'a>>,
        href: impl Into<Cow<'a, str>>,
        status: TaskStatus<'a>,
    ) -> Self {
        Task {
            title: title.into(),
            href: href.into(),
            hint: None,
            status,
            classes: "",
        }
    }
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct TaskList<'a> {
    /// The tasks.
    pub items: Vec<Task<'a>>,
    /// The start of the ids, which must differ when a page has several lists.
    pub id_prefix: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for TaskList<'_> {
    fn default() -> Self {
        TaskList {
            items: Vec::new(),
            id_prefix: "task-list",
            classes: "",
        }
    }
}

impl TaskList<'_> {
    fn task(&self, task: &Task<'_>, place: usize) -> Markup {
        let hint = format!("{}-{place}-hint", self.id_prefix);
        let status = format!("{}-{place}-status", self.id_prefix);
        let described_by = classes(&[if task.hint.is_some() { &hint } else { "" }, &status]);
        let with_link = if task.href.is_empty() {
            ""
        } else {
            "govuk-task-list__item--with-link"
        };
        let cannot_start = match task.status {
            TaskStatus::CannotStart(_) => "govuk-task-list__status--cannot-start-yet",
            TaskStatus::Text(_) | TaskStatus::Tag(_) => "",
        };
        html! {
            li class=(classes(&["govuk-task-list__item", with_link, task.classes])) {
                div class="govuk-task-list__name-and-hint" {
                    @if task.href.is_empty() {
                        div { (task.title) }
                    } @else {
                        a class="govuk-link govuk-task-list__link" href=(task.href)
                            aria-describedby=(described_by) { (task.title) }
                    }
                    @if let Some(text) = &task.hint {
                        div id=(hint) class="govuk-task-list__hint" { (text) }
                    }
                }
                div class=(classes(&["govuk-task-list__status", cannot_start])) id=(status) {
                    @match &task.status {
                        TaskStatus::Text(text) | TaskStatus::CannotStart(text) => (text),
                        TaskStatus::Tag(tag) => (tag),
                    }
                }
            }
        }
    }
}

impl Render for TaskList<'_> {
    fn render(&self) -> Markup {
        html! {
            ul class=(classes(&["govuk-task-list", self.classes])) {
                @for (place, task) in self.items.iter().enumerate() {
                    (self.task(task, place + 1))
                }
            }
        }
    }
}
