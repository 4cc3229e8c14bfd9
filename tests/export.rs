//! An organisation takes all its agreements away as a workbook, which another program reads.

use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx, open_workbook_from_rs};
use serde_json::json;

use crate::support::journey::{self, Party};
use crate::support::{Client, PASSWORD, TestApp};

const EXPORT: &str = "/agreements/export";

async fn sheets(client: &Client) -> Vec<Range<Data>> {
    let page = client.post(EXPORT, &[("password", PASSWORD)]).await;
    assert_eq!(page.status, 200, "{}", page.words());
    assert!(
        page.headers["content-disposition"]
            .to_str()
            .unwrap()
            .ends_with(".xlsx\"")
    );
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(page.bytes)).unwrap();
    ["Agreements", "Parties", "Data flows"]
        .map(|name| book.worksheet_range(name).unwrap())
        .into()
}

/// The cells of a column, by its heading, without the heading.
fn column(sheet: &Range<Data>, heading: &str) -> Vec<String> {
    let mut rows = sheet.rows();
    let headings = rows.next().unwrap();
    let at = headings.iter().position(|cell| *cell == heading);
    let at = at.unwrap_or_else(|| panic!("{heading} is not among {headings:?}"));
    rows.map(|row| row[at].to_string()).collect()
}

#[tokio::test]
async fn every_agreement_with_its_parties_and_flows() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let other = Party::new(&app, "Hackney Council", "borough").await;
    let signed = journey::in_force(&app, &[&council, &fire]).await;
    // Somebody typed what a sheet could take for a formula; and more agreements than are read at once.
    let mut content = journey::complete(&[&fire, &council]);
    content.answers.insert("title".to_owned(), json!("=1+1"));
    let mut drafts = Vec::new();
    for _ in 0..60 {
        drafts.push(
            journey::draft(&app, &[&fire, &council], &content)
                .await
                .to_string(),
        );
    }
    journey::draft(&app, &[&other, &fire], &content).await;

    let author = council.author_client(&app).await;
    assert!(
        author
            .get("/agreements")
            .await
            .hrefs("main a")
            .contains(&EXPORT.to_owned())
    );
    let found = sheets(&author).await;
    let ids = column(&found[0], "Id");
    assert_eq!(ids.len(), 61, "its own agreements and no others");
    assert!(
        drafts
            .iter()
            .chain([&signed.to_string()])
            .all(|id| ids.contains(id))
    );
    let titles = column(&found[0], "Title");
    assert_eq!(titles.iter().filter(|title| *title == "=1+1").count(), 60);
    let at = ids.iter().position(|id| *id == signed.as_str()).unwrap();
    assert_eq!(column(&found[0], "State")[at], "In force");
    assert_eq!(column(&found[0], "Version in force")[at], "1");
    assert_eq!(column(&found[0], "Led by")[at], "Camden Council");

    let parties = column(&found[1], "Party");
    assert_eq!(parties.len(), 122);
    assert!(!parties.contains(&"Hackney Council".to_owned()));
    let signed_on = column(&found[1], "Signed on");
    assert_eq!(
        signed_on.iter().filter(|day| *day == "2026-11-21").count(),
        2
    );
    assert_eq!(column(&found[2], "Agreement").len(), 61);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_stolen_session_takes_nothing_away() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let thief = council.author_client(&app).await.thief();
    let page = thief.post(EXPORT, &[]).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.errors()[0].0, "password");
    let page = app.nobody().get(EXPORT).await;
    assert!(page.location.starts_with("/sign-in"));
    app.ends_clean().await;
}
