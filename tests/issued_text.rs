//! What was issued is shown as it was on that day, whatever the packs say since.

use std::collections::BTreeMap;
use std::sync::Arc;

use aldgate::kernel::Act;
use aldgate::kernel::access::Action;
use aldgate::kernel::ids::RecordId;
use aldgate::records::fetch;
use aldgate::records::joining;
use aldgate::records::pack_sets;
use packs::{Files, Packs};

use crate::support::journey::{self, Party};
use crate::support::{Client, Page, TestApp};

const LABEL: &str = "How will this help the public?";
const OPTION: &str = "Better public services";
const OWN: &str = "Which of this party's jobs does the sharing help with?";
const GONE: &str = "security_summary";

/// The packs after five edits: a question and an option reworded, options and sections in another
/// order, a question no longer asked.
fn edited() -> Arc<Packs> {
    Arc::new(Packs::load(&edited_files()).unwrap_or_else(|faults| panic!("{faults:#?}")))
}

fn edited_files() -> Files {
    let files = aldgate::cli::pack_files("").unwrap();
    let mut edited: BTreeMap<String, String> = files
        .iter()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    let mut edit = |file: &str, from: &str, to: &str| {
        let path = format!("agreements/agreement/form/{file}");
        let text = edited.get_mut(&path).expect(&path);
        assert!(text.contains(from), "{path} holds {from}");
        *text = text.replacen(from, to, 1);
    };
    edit("03-purpose.toml", LABEL, "Which animals does this help?");
    edit("03-purpose.toml", OPTION, "Worse public services");
    edit("05-power.toml", OWN, "What does this party do all day?");
    edit("12-security.toml", GONE, "something_else");
    let lines = |id: &str| format!("  {{ id = \"{id}\"");
    edit("03-purpose.toml", &lines("help_people"), &lines("swapped"));
    edit("03-purpose.toml", &lines("funding"), &lines("help_people"));
    edit("03-purpose.toml", &lines("swapped"), &lines("funding"));
    let moved = edited
        .remove("agreements/agreement/form/03-purpose.toml")
        .unwrap();
    edited.insert(
        "agreements/agreement/form/99-purpose.toml".to_owned(),
        moved,
    );
    Files::new(edited)
}

fn pdf_text(page: &Page) -> String {
    assert_eq!(page.status, 200, "{}", page.words());
    let file = lopdf::Document::load_mem(&page.bytes).expect("a PDF");
    let pages: Vec<u32> = file.get_pages().keys().copied().collect();
    file.extract_text(&pages).expect("text")
}

/// The text of everything that shows version 1.
async fn shown(reader: &Client, nobody: &Client, id: &RecordId, line: &str) -> Vec<String> {
    let mut shown = Vec::new();
    for path in [format!("/records/{id}/versions/1"), line.to_owned()] {
        let page = reader.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        shown.push(page.words());
    }
    for path in [format!("/register/{id}"), format!("/api/v1/register/{id}")] {
        let page = nobody.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        shown.push(page.text);
    }
    shown.push(pdf_text(
        &reader
            .get(&format!("/records/{id}/document.pdf?version=1"))
            .await,
    ));
    shown.push(pdf_text(
        &nobody.get(&format!("/register/{id}/document.pdf")).await,
    ));
    shown
}

#[tokio::test]
async fn a_signed_text_reads_as_on_the_day_it_was_signed() {
    let app = TestApp::new().await;
    pack_sets::keep(&app.operator(), &aldgate::cli::pack_files("").unwrap())
        .await
        .unwrap();
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_sign_off(&app, &[&camden, &fire]).await;
    let line =
        journey::line_page(&app, &camden, &id, aldgate::records::lines::Stage::SignOff).await;
    for party in [&camden, &fire] {
        journey::sign(&app, party, &id).await;
    }
    journey::publish(&camden.author_client(&app).await, &id, "full").await;
    let before = shown(
        &camden.officer_client(&app).await,
        &app.nobody(),
        &id,
        &line,
    )
    .await;
    for text in &before {
        assert!(text.contains("Better public"), "{text}");
    }

    let later = app.restarted_with(edited());
    let after = shown(
        &camden.officer_client(&later).await,
        &later.nobody(),
        &id,
        &line,
    )
    .await;
    assert_eq!(before, after);

    // The working text is asked anew.
    let author = camden.author_client(&later).await;
    let page = author.get(&format!("/records/{id}/check")).await;
    assert!(
        page.says("Which animals does this help?"),
        "{}",
        page.words()
    );
    later.ends_clean().await;
}

#[tokio::test]
async fn a_part_that_joins_later_is_read_with_its_own_packs() {
    let app = TestApp::new().await;
    pack_sets::keep(&app.operator(), &aldgate::cli::pack_files("").unwrap())
        .await
        .unwrap();
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;

    let later = app.restarted_with(edited());
    pack_sets::keep(&later.operator(), &edited_files())
        .await
        .unwrap();
    let brent = Party::new(&later, "Brent Council", "borough").await;
    let ctx = camden.as_author(&later);
    let record = fetch(&ctx, &id, Action::AddLateParty).await.unwrap();
    let mut content = record.content.clone();
    let own = journey::own_part("receives");
    content.parties.insert(brent.id().to_string(), own);
    let change = record
        .save(&ctx, &content, Act::new("party.added", &id))
        .unwrap();
    let change = record
        .add_party(&ctx, brent.id(), true, change)
        .await
        .unwrap();
    ctx.commit(change).await.unwrap();
    joining::ask_joining_review(&ctx, &id, brent.id())
        .await
        .unwrap();
    journey::agree(&later, &brent, &id).await;
    joining::ask_joining_sign_off(&ctx, &id, brent.id())
        .await
        .unwrap();
    journey::sign(&later, &brent, &id).await;

    let reader = brent.officer_client(&later).await;
    let page = reader
        .get(&format!("/records/{id}/versions/2"))
        .await
        .words();
    let pdf = pdf_text(
        &reader
            .get(&format!("/records/{id}/document.pdf?version=2"))
            .await,
    );
    let squashed = |text: &str| text.replace(char::is_whitespace, "");
    for text in [&page, &pdf].map(|text| squashed(text)) {
        assert!(text.contains(&squashed(LABEL)), "{text}");
        assert!(!text.contains("animals"), "{text}");
        // Its own part is asked as it was asked.
        assert!(text.contains("PartofBrentCouncil"), "{text}");
        assert_eq!(
            text.matches("Whatdoesthispartydoallday?").count(),
            1,
            "{text}"
        );
    }
    // The document sets the others' answers in a table with short headings.
    assert_eq!(squashed(&page).matches(&squashed(OWN)).count(), 2);
    later.ends_clean().await;
}
