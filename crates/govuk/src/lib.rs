//! The components of the GOV.UK Design System as typed Rust values.
//!
//! Each component is a small struct: fill in what differs from the default and
//! put it into a [`maud`] template, or call [`Render::render`]. What the caller
//! passes as text is always escaped. The markup is that of govuk-frontend and is
//! held against its published fixtures.
//!
//! ```
//! use govuk::{Button, Input, Label};
//! use maud::html;
//!
//! let page = html! {
//!     (Input {
//!         id: "email",
//!         name: "email",
//!         label: Label::heading("What is your email address?"),
//!         error: Some("Enter your email address"),
//!         kind: "email",
//!         autocomplete: "email",
//!         ..Input::default()
//!     })
//!     (Button::submit("Continue"))
//! };
//! assert!(page.into_string().contains("aria-describedby=\"email-error\""));
//! ```

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod accordion;
mod button;
mod character_count;
mod checkboxes;
mod content;
mod date_input;
mod errors;
mod field;
mod fieldset;
mod file_upload;
mod footer;
mod header;
mod input;
mod label;
mod links;
mod notification_banner;
mod page;
mod pagination;
mod password_input;
mod phase_banner;
mod prose;
mod radios;
mod select;
mod service_navigation;
mod summary_list;
mod table;
mod tabs;
mod tag;
mod task_list;
mod textarea;

pub use accordion::{Accordion, AccordionSection};
pub use button::{Button, ButtonStyle, ButtonType};
pub use character_count::{CharacterCount, Limit};
pub use checkboxes::{Checkbox, Checkboxes};
pub use content::{Content, Size};
pub use date_input::{DateInput, DateParts};
pub use errors::{ErrorItem, ErrorMessage, ErrorSummary};
pub use fieldset::Fieldset;
pub use file_upload::FileUpload;
pub use footer::{Footer, FooterLink};
pub use header::Header;
pub use input::{Affix, Input};
pub use label::{Hint, Label, Legend};
pub use links::{BackLink, Breadcrumb, Breadcrumbs, SkipLink};
pub use maud::{Markup, Render};
pub use notification_banner::NotificationBanner;
pub use page::Page;
pub use pagination::{PageLink, PageStep, Pagination};
pub use password_input::PasswordInput;
pub use phase_banner::PhaseBanner;
pub use prose::{Details, InsetText, Panel, WarningText};
pub use radios::{Radio, Radios};
pub use select::{Select, SelectItem};
pub use service_navigation::{NavigationItem, ServiceNavigation};
pub use summary_list::{Action, SummaryCard, SummaryList, SummaryRow};
pub use table::{Cell, Table};
pub use tabs::{Tab, Tabs};
pub use tag::{Colour, Tag};
pub use task_list::{Task, TaskList, TaskStatus};
pub use textarea::Textarea;
