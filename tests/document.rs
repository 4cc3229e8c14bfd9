//! An agreement as a document: what is in the PDF, read back by another library.

use aldgate::ledger::keys;
use aldgate::ledger::keys::{Ending, Owner};

use crate::support::journey::{self, Party};
use crate::support::proof::get;
use crate::support::{Page, TestApp};

/// On every page of a draft.
const DRAFT: &str = "Draft: not signed, may still change";

struct Pdf(String);

impl Pdf {
    fn of(page: &Page) -> Pdf {
        assert_eq!(page.status, 200, "{}", page.words());
        assert_eq!(page.headers["content-type"], "application/pdf");
        let file = lopdf::Document::load_mem(&page.bytes).expect("a PDF");
        let pages: Vec<u32> = file.get_pages().keys().copied().collect();
        Pdf(squashed(&file.extract_text(&pages).expect("text")))
    }

    fn says(&self, words: &str) -> bool {
        self.0.contains(&squashed(words))
    }

    fn holds(&self, all: &[&str]) {
        for words in all {
            assert!(self.says(words), "not in the document: {words}");
        }
    }
}

/// Without what the breaking of lines adds or takes away.
fn squashed(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{AD}' | '\u{2010}'))
        .collect()
}

#[tokio::test]
async fn a_draft_says_so() {
    let app = TestApp::new().await;
    let camden = Party::without_statements(&app, "Camden Council", "borough").await;
    let fire = Party::without_statements(&app, "London Fire Brigade", "fire").await;
    let both = [&camden, &fire];
    let mut content = journey::complete(&both);
    content
        .parties
        .get_mut(fire.id().as_str())
        .unwrap()
        .remove("gateway");
    // An answer whose question is no longer asked is still part of the text.
    content.answers.insert(
        "exemption_left_over".to_owned(),
        serde_json::json!("A stray answer"),
    );
    let id = journey::draft(&app, &both, &content).await;
    let pdf = Pdf::of(
        &camden
            .author_client(&app)
            .await
            .get(&format!("/records/{id}/document.pdf"))
            .await,
    );
    pdf.holds(&[
        DRAFT,
        "This is a draft. No one has reviewed or signed this text.",
        "Home fire safety visits",
        "Camden Council",
        "London Fire Brigade",
        "Open: not met yet",
        "Weekly list of homes",
        "A stray answer",
    ]);
    assert_eq!(
        pdf.0
            .matches(&squashed("information, not legal advice"))
            .count(),
        1
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_signed_agreement_shows_who_decided_what() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let digest = journey::situation(&app, &camden, &id).await.versions[0]
        .digest
        .clone();
    let author = camden.author_client(&app).await;
    let pdf = Pdf::of(&author.get(&format!("/records/{id}/document.pdf")).await);
    pdf.holds(&[
        &digest,
        "In force",
        "It decides for itself why and how it uses the data (controller)",
        "We want to offer a fire safety visit",
        "Fewer fires in homes.",
        "Local Government Act 1972",
        "6 years after the visit",
        "Encrypted on its way and at rest.",
        "Met by the answers",
        "Agrees",
        "Dina Protect",
        "Signed by Sol Senior",
        "Version 1",
    ]);
    assert!(!pdf.says(DRAFT), "a signed version is no draft");

    // The working text is a draft again; the signed version is not.
    author
        .done(
            &format!("/records/{id}/moves/change"),
            &[("reason", "New law")],
        )
        .await;
    journey::change_answer(
        &app,
        &camden,
        &id,
        "purpose_text",
        "A purpose no one signed.",
    )
    .await;
    let draft = Pdf::of(&author.get(&format!("/records/{id}/document.pdf")).await);
    assert!(draft.says(DRAFT) && draft.says("A purpose no one signed."));
    let signed = Pdf::of(
        &author
            .get(&format!("/records/{id}/document.pdf?version=1"))
            .await,
    );
    assert!(
        !signed.says(DRAFT) && !signed.says("A purpose no one signed.") && signed.says(&digest)
    );

    let stranger = Party::without_statements(&app, "Elsewhere Council", "borough").await;
    let outside = stranger.author_client(&app).await;
    assert_eq!(
        outside
            .get(&format!("/records/{id}/document.pdf"))
            .await
            .status,
        404
    );
    assert_eq!(
        author
            .get(&format!("/records/{id}/document.pdf?version=7"))
            .await
            .status,
        404
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_document_is_made_again_when_it_says_or_proves_something_else() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let author = camden.author_client(&app).await;
    let document = async || {
        app.app.clock.advance(jiff::SignedDuration::from_secs(60));
        let file = get(&author, &format!("/records/{id}/document.pdf")).await;
        evidence::digest(&file)
    };
    let one = document().await;
    assert_eq!(document().await, one, "the same file, a minute later");
    // Other acts in the log change neither what it says nor what proves it.
    journey::in_review(&app, &[&camden, &fire]).await;
    assert_eq!(document().await, one);
    keys::rotate(&app.operator(), &Owner::Log, Ending::Planned)
        .await
        .unwrap();
    let with_another_key = document().await;
    assert_ne!(with_another_key, one);
    // A new text is in preparation, and this one is in force as before.
    author
        .done(
            &format!("/records/{id}/moves/change"),
            &[("reason", "Another flow.")],
        )
        .await;
    let version = format!("/records/{id}/document.pdf?version=1");
    let said = evidence::digest(&get(&author, &version).await);
    assert_eq!(said, with_another_key, "still in force");
    app.ends_clean().await;
}
