//! Whatever is typed, by whatever door: what is kept is text, and comes out as it was kept.

use std::io::Cursor;

use aldgate::adapters::smtp::quoted;
use aldgate::jobs;
use aldgate::organisations::import;
use aldgate::settings::Settings;
use calamine::{Reader as _, Xlsx, open_workbook_from_rs};
use packs::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};

use crate::draft_an_agreement::record_of;
use crate::support::post::Post;
use crate::support::{Client, PASSWORD, TestApp};

db::sql! {
    TITLES = "select title as text from records";
    CONTENTS = "select content as text from records";
    NAMES = "select name as text from organisations";
}

/// Hostile and plain characters, as they come from keyboards, web pages, word processors and attackers.
fn hostile() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        4 => "[a-zA-Z0-9 .,;:'\"<>&=+@%_(){}|/\\\\-]",
        2 => "[éŵŷÀßñøŁ’“”–…£€½]",
        1 => "[\u{0}-\u{1f}\u{7f}-\u{9f}]",
        1 => "[\u{300}-\u{308}]",
        1 => "[\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}\u{ad}]",
        1 => "[ا-ي]",
        1 => "[א-ת]",
        1 => "[अ-ह]",
        1 => "[一-三]",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(letter, 1..30).prop_map(|letters| format!("w{}w", letters.concat()))
}

fn some(count: usize) -> Vec<String> {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let draw = |_| hostile().new_tree(&mut runner).expect("a text").current();
    (0..count).map(draw).collect()
}

/// Text is in form C and without controls, and the gate leaves it as it is.
fn assert_text(kept: &str) {
    assert!(
        kept.chars()
            .all(|c| !c.is_control() || matches!(c, '\n' | '\t')),
        "{kept:?}"
    );
    assert!(text::is_kept(kept), "{kept:?}");
}

fn line(typed: &str) -> String {
    let kept = text::kept(typed).text;
    kept.split(['\n', '\t'])
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned()
}

/// The words in Latin letters, as another program reads them in a document. Others are drawn in the order of their glyphs.
fn assert_is_in_document(pdf: &[u8], kept: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let read = std::process::Command::new("pdftotext")
        .args(["-raw", file.path().to_str().unwrap(), "-"])
        .output()
        .expect("pdftotext, of poppler-utils");
    let squashed = |text: &str| -> String { text.split_whitespace().collect() };
    let said = squashed(&String::from_utf8(read.stdout).expect("UTF-8"));
    assert!(said.chars().all(|c| !c.is_control()), "{said:?}");
    for word in kept.split(|c: char| !c.is_ascii_alphanumeric()) {
        assert!(said.contains(word), "{word:?} of {kept:?}: {said:?}");
    }
}

async fn texts(app: &TestApp, statement: &'static db::Statement) -> Vec<String> {
    let rows = app.app.db.all(statement, &[]).await.unwrap();
    rows.iter().map(|row| row.text("text").unwrap()).collect()
}

#[tokio::test]
async fn whatever_is_typed_comes_out_as_it_was_kept() {
    let post = Post::open();
    let app = TestApp::with(Settings {
        mail: post.setting(),
        mail_from: "Aldgate <aldgate@gateway.example>".to_owned(),
        url: "http://share.example".to_owned(),
        limit_session: 0,
        limit_address: 0,
        ..Settings::default()
    })
    .await;
    let camden = app.organisation("Camden Council", "borough").await;
    let roles = [Role::Author, Role::Administrator];
    let asha = app.client(&camden, "Asha Rai", &roles).await;
    let made = asha
        .post(
            "/organisation/tokens/new",
            &[
                ("name", "Reader"),
                ("scope", "read"),
                ("life", "30"),
                ("password", PASSWORD),
            ],
        )
        .await;
    let program = Client::program(&app, &made.all("#token").remove(0));
    let mut titles = Vec::new();
    for typed in some(32) {
        // By a form, to the database, the page, JSON and mail.
        let page = asha.post("/agreements/new", &[("title", &typed)]).await;
        let record = record_of(&page);
        let title = line(&typed);
        assert_eq!(
            asha.get(&format!("{record}/sections/about"))
                .await
                .value("title"),
            title,
            "{typed:?}"
        );
        let section = format!("{record}/sections/purpose");
        asha.filled(&section, &[("purpose_text", &typed)]).await;
        let kept = text::kept(&typed).text.trim().to_owned();
        let id = record.rsplit('/').next().unwrap();
        let said = program.get(&format!("/api/v1/records/{id}")).await;
        let said: serde_json::Value = serde_json::from_slice(&said.bytes).unwrap();
        assert_eq!(said["title"], title, "{typed:?}");
        assert_eq!(
            said["content"]["answers"]["purpose_text"], kept,
            "{typed:?}"
        );
        assert_text(&title);
        assert_text(&kept);
        if titles.len() < 6 {
            let pdf = asha.get(&format!("{record}/document.pdf")).await;
            assert_is_in_document(&pdf.bytes, &kept);
        }
        // By an address.
        let query: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        let page = asha.get(&format!("/organisations?q={query}")).await;
        assert_eq!(page.status, 200, "{typed:?}");
        assert_text(&page.value("q"));
        // As the name of a person: taken as it is, or asked about.
        let email = format!("p{}@example.org", titles.len());
        let fields = [
            ("person_name", typed.as_str()),
            ("email", email.as_str()),
            ("roles", "viewer"),
            ("password", PASSWORD),
        ];
        let page = asha.post("/organisation/people/new", &fields).await;
        assert!(
            matches!(page.status, 200 | 422),
            "{typed:?}: {}",
            page.status
        );
        jobs::run_due(&app.app).await.unwrap();
        for mail in post.take() {
            let plain = |text: &str| text.replace(['\u{2068}', '\u{2069}'], "");
            let name = text::Name::new(&typed).expect("only names are written to");
            assert!(
                plain(&mail.text).contains(&format!(
                    "The invitation is for {}, from “Camden Council”",
                    quoted(name.as_str())
                )),
                "{typed:?}: {}",
                mail.text
            );
            assert!(
                plain(&mail.text)
                    .chars()
                    .all(|c| !text::is_no_text(c) || c == '\r')
            );
        }
        titles.push(title);
    }
    for title in texts(&app, &TITLES).await {
        assert_text(&title);
        assert!(titles.contains(&title), "{title:?}");
    }
    for content in texts(&app, &CONTENTS).await {
        assert_text(&content);
    }

    // To a workbook, as another program reads it.
    let page = asha
        .post("/agreements/export", &[("password", PASSWORD)])
        .await;
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(page.bytes)).unwrap();
    let sheet = book.worksheet_range("Agreements").unwrap();
    let cells: Vec<String> = sheet.rows().flatten().map(ToString::to_string).collect();
    for title in &titles {
        assert!(cells.contains(title), "{title:?}");
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn whatever_is_in_a_file_is_text_or_told() {
    let app = TestApp::new().await;
    let ctx = app.operator();
    let quoted: Vec<String> = some(200)
        .iter()
        .map(|typed| typed.replace('"', "\"\""))
        .collect();
    let rows: Vec<String> = quoted
        .iter()
        .map(|typed| format!("\"{typed}\",vcs\r\n"))
        .collect();
    for row in &rows {
        let file = format!("name,kind\r\n{row}");
        match import::read(&ctx, file.as_bytes()).await {
            Ok(plan) => {
                plan.write(&ctx).await.unwrap();
            }
            Err(why) => assert!(why.contains("not text"), "{file:?}: {why}"),
        }
    }
    let names = texts(&app, &NAMES).await;
    assert!(!names.is_empty());
    for name in names {
        assert_text(&name);
        assert_eq!(
            text::Name::new(&name).as_ref().map(text::Name::as_str),
            Ok(name.as_str())
        );
    }
    app.ends_clean().await;
}
