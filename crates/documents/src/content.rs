//! A document as the data the template reads.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Serialize;

use crate::text::{breakable, line, paragraphs, printable, short};
use crate::{Block, Column, Document, PdfFault};

/// How many characters fit on a line of the page at the size of running text.
const LINE: usize = 80;
/// The same for terms, and for what is said beside them.
const FACT_TERM: usize = 20;
const FACT_BODY: usize = 54;
/// The same for the title and for headings.
const TITLE: usize = 30;
const HEADING: usize = 44;
/// A row of up to this many lines is kept on one page.
const ROW_LINES: usize = 12;
/// How many headings of the first level make a list of contents worth its room.
const CONTENTS_FROM: usize = 4;

#[derive(Serialize)]
pub(crate) struct Data {
    title: String,
    /// The title on one page's header.
    running_title: String,
    /// The title without places to break, for the file's own description.
    pub(crate) plain_title: String,
    subtitle: Option<String>,
    lang: String,
    region: Option<String>,
    author: String,
    reference: String,
    /// The reference on each page's footer.
    running_reference: String,
    version: String,
    digest: Option<String>,
    short_digest: Option<String>,
    day: u8,
    month: u8,
    year: i32,
    time: String,
    draft: bool,
    notice: Vec<String>,
    address: Option<String>,
    /// The address as a picture of a QR code.
    code: Option<String>,
    attached: Option<Carried>,
    contents: bool,
    blocks: Vec<Piece>,
}

#[derive(Serialize)]
struct Carried {
    name: String,
    media_type: String,
    description: String,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Piece {
    Heading {
        level: u8,
        text: String,
    },
    Paragraphs {
        texts: Vec<String>,
    },
    List {
        items: Vec<Vec<String>>,
    },
    Facts {
        facts: Vec<Fact>,
    },
    Table {
        caption: String,
        columns: Vec<Heading>,
        rows: Vec<Row>,
        row_headers: bool,
        size: f32,
    },
    Note {
        texts: Vec<String>,
    },
    PageBreak,
}

#[derive(Serialize)]
struct Fact {
    term: String,
    said: Vec<String>,
    whole: bool,
}

#[derive(Serialize)]
struct Row {
    cells: Vec<Vec<String>>,
    whole: bool,
}

#[derive(Serialize)]
struct Heading {
    title: String,
    width: u16,
}

pub(crate) fn data(document: &Document) -> Result<Data, PdfFault> {
    let reference = line(&document.reference);
    let title = Some(line(&document.title))
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| reference.clone());
    if title.is_empty() {
        return Err(PdfFault::NoTitle);
    }
    let (lang, region) = language(&document.language)?;
    let digest = document.digest.as_deref().map(line);
    let moment = document.made_at;
    let contents = document
        .blocks
        .iter()
        .filter(|block| matches!(block, Block::Heading { level: 0 | 1, .. }))
        .count()
        >= CONTENTS_FROM;
    Ok(Data {
        running_title: short(&title, 70),
        title: breakable(&title, TITLE),
        plain_title: title,
        subtitle: document
            .subtitle
            .as_deref()
            .map(|text| breakable(&line(text), 60))
            .filter(|text| !text.is_empty()),
        lang,
        region,
        author: breakable(&short(&line(&document.author), 70), 50),
        running_reference: short(&reference, 48),
        reference: breakable(&reference, FACT_BODY),
        version: short(&line(&document.version), 24),
        short_digest: digest.as_deref().map(short_digest),
        digest: digest.map(|digest| breakable(&digest, FACT_BODY)),
        day: moment.day,
        month: moment.month,
        year: moment.year,
        time: format!("{:02}:{:02}", moment.hour, moment.minute),
        draft: document.draft,
        notice: texts(&document.notice.join("\n\n"), LINE),
        code: document.address.as_deref().map(code).transpose()?,
        address: document
            .address
            .as_deref()
            .map(|address| breakable(&line(address), FACT_BODY)),
        attached: document.attached.as_ref().map(|file| Carried {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            description: line(&file.description),
        }),
        contents,
        blocks: pieces(&document.blocks)?,
    })
}

/// The address as a QR code, in SVG.
fn code(address: &str) -> Result<String, PdfFault> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M)
        .map_err(|fault| PdfFault::Address(fault.to_string()))?;
    Ok(code.render::<svg::Color<'_>>().quiet_zone(true).build())
}

fn pieces(blocks: &[Block]) -> Result<Vec<Piece>, PdfFault> {
    let mut level = 0;
    let mut pieces = Vec::with_capacity(blocks.len());
    for block in blocks {
        pieces.push(match block {
            Block::Heading { level: asked, text } => {
                let text = line(text);
                if text.is_empty() {
                    continue;
                }
                level = (*asked).clamp(1, 6).min(level + 1);
                Piece::Heading {
                    level,
                    text: breakable(&text, HEADING),
                }
            }
            Block::Paragraph(text) => Piece::Paragraphs {
                texts: texts(text, LINE),
            },
            Block::Note(text) => Piece::Note {
                texts: texts(text, LINE),
            },
            Block::List(items) => {
                let items: Vec<_> = items.iter().map(|item| texts(item, LINE)).collect();
                if items.is_empty() {
                    continue;
                }
                Piece::List { items }
            }
            Block::Facts(facts) if facts.is_empty() => continue,
            Block::Facts(facts) => Piece::Facts {
                facts: facts
                    .iter()
                    .map(|(term, said)| {
                        let said = texts(&said.join("\n\n"), FACT_BODY);
                        Fact {
                            term: breakable(&line(term), FACT_TERM),
                            whole: lines_of(&said, FACT_BODY) <= ROW_LINES,
                            said,
                        }
                    })
                    .collect(),
            },
            Block::Table {
                caption,
                columns,
                rows,
                row_headers,
            } => table(caption, columns, rows, *row_headers)?,
            Block::PageBreak => Piece::PageBreak,
        });
    }
    Ok(pieces)
}

fn table(
    caption: &str,
    columns: &[Column],
    rows: &[Vec<String>],
    row_headers: bool,
) -> Result<Piece, PdfFault> {
    // Six columns and more are set smaller; eight parties and a heading stay legible.
    let (size, line_room) = match columns.len() {
        0..=3 => (10.0, 88),
        4..=5 => (9.0, 96),
        6 => (8.5, 102),
        _ => (7.5, 114),
    };
    let share = |column: &Column| usize::from(column.width.max(1));
    let whole: usize = columns.iter().map(share).sum();
    let rooms: Vec<usize> = columns
        .iter()
        .map(|column| (line_room * share(column) / whole).saturating_sub(2))
        .collect();
    let mut set = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        if row.len() > columns.len() {
            return Err(PdfFault::RowTooLong {
                caption: caption.to_owned(),
                row: index + 1,
                cells: row.len(),
                columns: columns.len(),
            });
        }
        let cells: Vec<_> = rooms
            .iter()
            .enumerate()
            .map(|(column, room)| texts(row.get(column).map_or("", String::as_str), *room))
            .collect();
        set.push(Row {
            whole: cells
                .iter()
                .zip(&rooms)
                .all(|(said, room)| lines_of(said, *room) <= ROW_LINES),
            cells,
        });
    }
    Ok(Piece::Table {
        caption: breakable(&line(caption), LINE),
        columns: columns
            .iter()
            .zip(&rooms)
            .map(|(column, room)| Heading {
                title: breakable(&line(&column.title), *room),
                width: column.width.max(1),
            })
            .collect(),
        rows: set,
        row_headers,
        size,
    })
}

fn texts(text: &str, room: usize) -> Vec<String> {
    paragraphs(text)
        .iter()
        .map(|paragraph| breakable(paragraph, room))
        .collect()
}

/// About how many lines the paragraphs take.
fn lines_of(paragraphs: &[String], room: usize) -> usize {
    paragraphs
        .iter()
        .flat_map(|paragraph| paragraph.split('\n'))
        .map(|line| 1 + line.chars().count() / room.max(1))
        .sum()
}

/// Language and region of a tag such as `en` or `en-GB`.
fn language(tag: &str) -> Result<(String, Option<String>), PdfFault> {
    let letters = |part: &str, least, most| {
        (least..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic())
    };
    let (lang, region) = match tag.split_once('-') {
        Some((lang, region)) => (lang, Some(region)),
        None => (tag, None),
    };
    if !letters(lang, 2, 3) || region.is_some_and(|region| !letters(region, 2, 2)) {
        return Err(PdfFault::Language(printable(tag)));
    }
    Ok((
        lang.to_ascii_lowercase(),
        region.map(str::to_ascii_uppercase),
    ))
}

/// Enough of a digest to tell two documents apart by eye.
fn short_digest(digest: &str) -> String {
    let value = digest.rsplit(':').next().unwrap_or(digest);
    value.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_never_skip_a_level() {
        let heading = |level| Block::Heading {
            level,
            text: format!("h{level}"),
        };
        let blocks = [3, 1, 4, 2, 9, 0].map(heading);
        let levels: Vec<u8> = pieces(&blocks)
            .unwrap()
            .iter()
            .map(|piece| match piece {
                Piece::Heading { level, .. } => *level,
                _ => unreachable!("only headings went in"),
            })
            .collect();
        assert_eq!(levels, [1, 1, 2, 2, 3, 1]);
    }

    #[test]
    fn languages() {
        assert_eq!(language("en").unwrap(), ("en".into(), None));
        assert_eq!(language("EN-gb").unwrap(), ("en".into(), Some("GB".into())));
        for wrong in ["", "e", "english", "en_GB", "en-", "en-GBR", "é"] {
            assert!(language(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_row_with_too_many_cells_is_a_fault_that_names_the_place() {
        let rows = vec![vec!["a".into()], vec!["a".into(), "b".into()]];
        let fault = table("Parties", &[Column::new("Name", 1)], &rows, false)
            .err()
            .unwrap();
        assert_eq!(
            fault.to_string(),
            "table \"Parties\": row 2 has 2 cells for 1 column(s)"
        );
    }
}
