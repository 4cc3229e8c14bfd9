//! What is in the file, read back by another library.

use std::collections::BTreeMap;

use documents::{Block, Column, Document, PdfFault, pdf};
use lopdf::{Dictionary, Object};
use proptest::prelude::*;

mod samples;

struct Read {
    file: lopdf::Document,
    pages: Vec<String>,
}

fn read(document: &Document) -> Read {
    let bytes = pdf(document).unwrap();
    let file = lopdf::Document::load_mem(&bytes).unwrap();
    let pages = file
        .get_pages()
        .keys()
        .map(|page| squashed(&file.extract_text(&[*page]).unwrap()))
        .collect();
    Read { file, pages }
}

/// Without what the breaking of lines adds or takes away.
fn squashed(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{AD}' | '\u{2010}'))
        .collect()
}

impl Read {
    fn holds(&self, text: &str) -> bool {
        self.pages.concat().contains(&squashed(text))
    }

    /// How often each kind of element stands in the structure, with the scope of
    /// heading cells: `TH Row`.
    fn structure(&self) -> BTreeMap<String, usize> {
        let root = self.file.catalog().unwrap().get(b"StructTreeRoot").unwrap();
        let mut counts = BTreeMap::new();
        self.count(root, &mut counts);
        counts
    }

    fn count(&self, object: &Object, counts: &mut BTreeMap<String, usize>) {
        match self.file.dereference(object).unwrap().1 {
            Object::Array(items) => items.iter().for_each(|item| self.count(item, counts)),
            Object::Dictionary(element) => {
                if let Ok(Object::Name(kind)) = element.get(b"S") {
                    let mut name = String::from_utf8_lossy(kind).into_owned();
                    if let Some(scope) = self.scope(element) {
                        name = format!("{name} {scope}");
                    }
                    *counts.entry(name).or_default() += 1;
                }
                if let Ok(children) = element.get(b"K") {
                    self.count(children, counts);
                }
            }
            _ => {}
        }
    }

    fn scope(&self, element: &Dictionary) -> Option<String> {
        let attributes = self.file.dereference(element.get(b"A").ok()?).ok()?.1;
        let of = |object: &Object| {
            let scope = object.as_dict().ok()?.get(b"Scope").ok()?;
            Some(String::from_utf8_lossy(scope.as_name().ok()?).into_owned())
        };
        match attributes {
            Object::Array(several) => several.iter().find_map(of),
            one => of(one),
        }
    }
}

#[test]
fn everything_written_can_be_read() {
    let document = samples::agreement();
    let read = read(&document);
    for text in [&document.title, &document.reference, &document.notice[0]] {
        assert!(read.holds(text), "{text}");
    }
    assert!(read.holds(document.digest.as_deref().unwrap()));
    assert!(read.holds("21 November 2026, 09:05 UTC"));
    for block in &document.blocks {
        let texts: Vec<&String> = match block {
            Block::Heading { text, .. } => vec![text],
            // Paragraphs may run over the end of a page, where the footer is.
            Block::Paragraph(text) | Block::Note(text) => {
                assert!(text.split_whitespace().all(|word| read.holds(word)));
                vec![]
            }
            Block::List(items) => items.iter().collect(),
            Block::Facts(facts) => facts
                .iter()
                .flat_map(|(term, said)| said.iter().chain([term]))
                .collect(),
            Block::Table {
                caption,
                columns,
                rows,
                ..
            } => columns
                .iter()
                .map(|column| &column.title)
                .chain(rows.iter().flatten())
                .chain([caption])
                .collect(),
            Block::PageBreak => vec![],
        };
        for text in texts {
            assert!(read.holds(text), "{text}");
        }
    }
}

#[test]
fn the_file_says_what_it_is() {
    let read = read(&samples::blank());
    let catalog = read.file.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"en");
    let dictionary = |key: &[u8]| catalog.get(key).unwrap().as_dict().unwrap();
    assert!(
        dictionary(b"MarkInfo")
            .get(b"Marked")
            .unwrap()
            .as_bool()
            .unwrap()
    );
    let shown = dictionary(b"ViewerPreferences")
        .get(b"DisplayDocTitle")
        .unwrap();
    assert!(shown.as_bool().unwrap());

    let metadata = read
        .file
        .dereference(catalog.get(b"Metadata").unwrap())
        .unwrap()
        .1;
    let metadata = metadata.as_stream().unwrap();
    let metadata = metadata
        .decompressed_content()
        .unwrap_or(metadata.content.clone());
    let metadata = String::from_utf8(metadata).unwrap();
    for said in [
        "<pdfuaid:part>1<",
        "<pdfaid:part>3<",
        "<pdfaid:conformance>A<",
        "Reducing serious youth violence",
        "London Borough of Camden",
        "2026-11-21T09:05:07+00:00",
    ] {
        assert!(metadata.contains(said), "{said}\n{metadata}");
    }
}

#[test]
fn the_structure_is_there_for_a_screen_reader() {
    let structure = read(&samples::agreement()).structure();
    let count = |name: &str| structure.get(name).copied().unwrap_or_default();
    // Contents and seven sections; two parts in each of four sections.
    assert_eq!(count("H1"), 8, "{structure:?}");
    assert_eq!(count("H2"), 8, "{structure:?}");
    // Six tables with captions; six lists of facts.
    assert_eq!((count("Table"), count("Caption")), (12, 6), "{structure:?}");
    assert_eq!(count("TH Column"), 4 * 5 + 9 + 4, "{structure:?}");
    assert_eq!(
        count("TH Row"),
        (4 + 5 + 4 * 4) + (4 * 4 + 21 + 8),
        "{structure:?}"
    );
    assert_eq!(count("TOC"), 1, "{structure:?}");
    assert_eq!(count("L"), 4, "{structure:?}");
    assert_eq!(count("LI"), 12, "{structure:?}");
    assert_eq!(count("Figure"), 0, "{structure:?}");
}

#[test]
fn a_file_travels_with_the_pages_and_a_code_leads_to_the_register() {
    let document = samples::evidence();
    let read = read(&document);
    assert!(read.holds("https://gateway.example.org/register/agr_01KASG6M2V8D5W3XR0PQZC7N4T"));
    assert_eq!(read.structure()["Figure"], 1);
    let catalog = read.file.catalog().unwrap();
    let associated = catalog.get(b"AF").unwrap();
    let associated = read.file.dereference(associated).unwrap().1;
    let file = read.file.dereference(&associated.as_array().unwrap()[0]);
    let file = file.unwrap().1.as_dict().unwrap();
    let relationship = file.get(b"AFRelationship").unwrap().as_name().unwrap();
    assert_eq!(relationship, b"Data");
    let held = file
        .get(b"EF")
        .unwrap()
        .as_dict()
        .unwrap()
        .get(b"F")
        .unwrap();
    let held = read.file.dereference(held).unwrap().1.as_stream().unwrap();
    let content = held.decompressed_content().unwrap_or(held.content.clone());
    assert_eq!(content, document.attached.unwrap().bytes);
}

#[test]
fn each_page_says_which_document_it_is_of() {
    let document = samples::agreement();
    let read = read(&document);
    let count = read.pages.len();
    assert!(count >= 9, "{count} pages");
    for (index, text) in read.pages.iter().enumerate() {
        let footer = format!(
            "{} · Version 3 · Digest 9b74c9897bac Page {} of {count}",
            document.reference,
            index + 1
        );
        assert!(text.contains(&squashed(&footer)), "{footer}\n{text}");
        assert!(!text.contains("Draft"), "page {index}");
    }
    for page in read.file.get_pages().values() {
        let content = read.file.get_page_content(*page);
        let content = String::from_utf8_lossy(&content);
        for part in ["/Subtype/Header", "/Subtype/Footer"] {
            assert!(content.replace(' ', "").contains(part), "{part}");
        }
    }
}

#[test]
fn a_draft_says_so_on_every_page_and_heading_rows_come_again() {
    let read = read(&samples::matrix());
    assert!(read.pages.len() > 1);
    for text in &read.pages {
        assert!(text.contains("Draft:notsigned,maystillchange"), "{text}");
        for party in samples::PARTIES {
            assert!(text.contains(&squashed(party)), "{party}\n{text}");
        }
    }
}

#[test]
fn hostile_text_is_only_text() {
    let read = read(&samples::hostile());
    // Left to right, and nothing in them that has to be written out.
    for text in samples::HOSTILE[..9]
        .iter()
        .chain(&samples::HOSTILE[13..14])
    {
        for line in text.lines() {
            assert!(read.holds(line), "{line}");
        }
    }
    for written_out in [
        "gpj.exe[U+202C]",
        "[U+001B][31m[U+007F]",
        "[U+E000]",
        "[U+4E2D]",
    ] {
        assert!(read.holds(written_out), "{written_out}");
    }
    assert!(read.holds(&"x".repeat(500)));
}

#[test]
fn nothing_in_it_is_still_a_document() {
    let empty = Document {
        title: " ".into(),
        subtitle: Some(String::new()),
        author: String::new(),
        version: String::new(),
        digest: None,
        ..samples::blank()
    };
    let read = read(&empty);
    assert_eq!(read.pages.len(), 1);
    assert!(read.holds(&empty.reference));
}

#[test]
fn welsh_and_unknown_languages() {
    let draft = |language: &str| Document {
        language: language.into(),
        draft: true,
        ..samples::blank()
    };
    let welsh = read(&draft("cy"));
    assert!(welsh.holds("Tudalen 1 o 1") && welsh.holds("Drafft:"));
    assert_eq!(
        welsh
            .file
            .catalog()
            .unwrap()
            .get(b"Lang")
            .unwrap()
            .as_str()
            .unwrap(),
        b"cy"
    );
    assert!(read(&draft("pl")).holds("Page 1 of 1"));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = Document {
        notice: samples::HOSTILE.map(str::to_owned).to_vec(),
        ..samples::blank()
    };
    let once = pdf(&document).unwrap();
    let others: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| pdf(&document).unwrap()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(others.iter().all(|other| *other == once));
    let mut later = document.clone();
    later.made_at.minute += 1;
    assert!(pdf(&later).unwrap() != once);
}

#[test]
fn faults_are_told() {
    let fault = |change: fn(&mut Document)| {
        let mut document = samples::blank();
        change(&mut document);
        pdf(&document).err().unwrap()
    };
    let fault_of_title = fault(|document| {
        document.title.clear();
        document.reference.clear();
    });
    assert!(matches!(fault_of_title, PdfFault::NoTitle));
    let language = fault(|document| document.language = "english".into());
    assert!(matches!(language, PdfFault::Language(tag) if tag == "english"));
    let moment = fault(|document| document.made_at.day = 31);
    assert!(matches!(moment, PdfFault::Moment(moment) if moment.day == 31));
    let row = fault(|document| {
        document.blocks.push(Block::Table {
            caption: "Parties".into(),
            columns: vec![Column::new("Name", 1)],
            rows: vec![vec!["a".into(), "b".into()]],
            row_headers: false,
        });
    });
    assert!(matches!(
        row,
        PdfFault::RowTooLong {
            row: 1,
            cells: 2,
            columns: 1,
            ..
        }
    ));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    /// The typesetter refuses a file that would break the standards, so that a
    /// text which made it through keeps them.
    #[test]
    fn any_text_can_be_set(texts in proptest::collection::vec(any::<String>(), 12), marks in "[\u{300}-\u{36F}a-zא-תء-ي\u{64B}-\u{652}👀-🙏\u{200D}]{200}") {
        let joined = texts.join(" ");
        let document = Document {
            title: format!("{} {marks}", texts[0]),
            version: texts[1].clone(),
            notice: vec![marks.clone()],
            blocks: vec![
                Block::Heading { level: 1, text: texts[2].clone() },
                Block::Paragraph(joined.clone()),
                Block::Table {
                    caption: texts[3].clone(),
                    columns: texts[4..8].iter().map(|title| Column::new(title.clone(), 1)).collect(),
                    rows: vec![texts[8..].to_vec(), vec![joined, marks]],
                    row_headers: true,
                },
            ],
            ..samples::blank()
        };
        prop_assert!(pdf(&document).is_ok(), "{:?}", pdf(&document).err());
    }
}
