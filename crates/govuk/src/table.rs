//! Tables.

use maud::{Markup, Render, html};

use crate::content::{Content, Size, classes};

/// One cell of a [`Table`].
#[derive(Clone, Debug, Default)]
pub struct Cell<'a> {
    /// What it says.
    pub content: Content<'a>,
    /// A number: right-aligned, digits of one width.
    pub numeric: bool,
    /// How many columns it spans, when more than one.
    pub colspan: Option<u16>,
    /// How many rows it spans, when more than one.
    pub rowspan: Option<u16>,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> Cell<'a> {
    /// A cell.
    pub fn new(content: impl Into<Content<'a>>) -> Self {
        Cell {
            content: content.into(),
            ..Cell::default()
        }
    }

    /// A cell with a number.
    pub fn numeric(content: impl Into<Content<'a>>) -> Self {
        Cell {
            numeric: true,
            ..Cell::new(content)
        }
    }
}

impl<'a, T: Into<Content<'a>>> From<T> for Cell<'a> {
    fn from(content: T) -> Self {
        Cell::new(content)
    }
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table<'a> {
    /// What the table shows. Leave empty only when a heading above says it.
    pub caption: &'a str,
    /// A larger caption.
    pub caption_size: Option<Size>,
    /// The caption is only for screen readers.
    pub caption_hidden: bool,
    /// The column headings; none writes no head.
    pub head: Vec<Cell<'a>>,
    /// The rows.
    pub rows: Vec<Vec<Cell<'a>>>,
    /// The first cell of each row is its heading.
    pub first_cell_is_header: bool,
    /// Further classes.
    pub classes: &'a str,
}

impl Render for Table<'_> {
    fn render(&self) -> Markup {
        let size = self
            .caption_size
            .map(|size| size.class("govuk-table__caption"))
            .unwrap_or_default();
        let hidden = if self.caption_hidden {
            "govuk-visually-hidden"
        } else {
            ""
        };
        html! {
            table class=(classes(&["govuk-table", self.classes])) {
                @if !self.caption.is_empty() {
                    caption class=(classes(&["govuk-table__caption", &size, hidden])) { (self.caption) }
                }
                @if !self.head.is_empty() {
                    thead class="govuk-table__head" {
                        tr class="govuk-table__row" {
                            @for cell in &self.head {
                                th scope="col" class=(cell_class("govuk-table__header", cell))
                                    colspan=[cell.colspan] rowspan=[cell.rowspan] { (cell.content) }
                            }
                        }
                    }
                }
                tbody class="govuk-table__body" {
                    @for row in &self.rows {
                        tr class="govuk-table__row" {
                            @for (place, cell) in row.iter().enumerate() {
                                @if place == 0 && self.first_cell_is_header {
                                    th scope="row" class=(classes(&["govuk-table__header", cell.classes]))
                                        colspan=[cell.colspan] rowspan=[cell.rowspan] { (cell.content) }
                                } @else {
                                    td class=(cell_class("govuk-table__cell", cell))
                                        colspan=[cell.colspan] rowspan=[cell.rowspan] { (cell.content) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell_class(base: &str, cell: &Cell<'_>) -> String {
    let numeric = cell.numeric.then(|| format!("{base}--numeric"));
    classes(&[base, numeric.as_deref().unwrap_or(""), cell.classes])
}
