//! What waits, for whom, and for how long: worked out from the records.

use aldgate::records::decisions;
use aldgate::records::lines::{Advice, Stage};
use jiff::SignedDuration;

use crate::support::journey::{self, Party};
use crate::support::{Page, TestApp};

/// What stands below a heading, up to the next.
fn below(page: &Page, id: &str) -> Vec<String> {
    page.all(&format!(
        "#{id} + ul > li, #{id} + p + ul > li, #{id} + ul + ul > li"
    ))
}

#[tokio::test]
async fn reviews_wait_for_those_who_hold_the_role() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let id = journey::draft(
        &app,
        &[&council, &fire],
        &journey::complete(&[&council, &fire]),
    )
    .await;

    // A draft is there for the authors of both, and for nobody else.
    let own = council.author_client(&app).await.get("/in-tray").await;
    assert_eq!(below(&own, "drafts").len(), 1);
    let part = fire.author_client(&app).await.get("/in-tray").await;
    assert!(below(&part, "drafts")[0].contains("Led by Camden Council"));
    let dpo = fire.dpo_client(&app).await.get("/in-tray").await;
    assert!(below(&dpo, "drafts").is_empty() && dpo.says("Nothing waits for you."));

    journey::ask_for_review(&app, &council, &id).await;
    let dpo = fire.dpo_client(&app).await.get("/in-tray").await;
    assert_eq!(below(&dpo, "for-me").len(), 1, "{}", dpo.words());
    assert!(dpo.link("Home fire safety visits").contains("/lines/"));
    let officer = fire.officer_client(&app).await.get("/in-tray").await;
    assert!(officer.says("Nothing waits for you."));
    assert!(
        below(&officer, "for-us")[0].contains("Held by Dina Protect"),
        "{}",
        officer.words()
    );

    // The lead sees whom it waits for, and since when.
    app.app.clock.advance(SignedDuration::from_hours(3 * 24));
    let lead = council.author_client(&app).await.get("/in-tray").await;
    let awaited = below(&lead, "awaited");
    assert_eq!(awaited.len(), 1, "its own review is not one of others");
    assert!(
        awaited[0].contains("Fire Brigade, data protection officer")
            && awaited[0].contains("Asked 3 days ago"),
        "{awaited:?}"
    );
    let other = fire.author_client(&app).await.get("/in-tray").await;
    assert!(below(&other, "awaited").is_empty(), "only the lead waits");
    app.ends_clean().await;
}

#[tokio::test]
async fn conditions_and_advice_go_to_those_who_answer_them() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let id = journey::in_review(&app, &[&council, &fire]).await;
    for (party, advice) in [(&council, Advice::Conditions), (&fire, Advice::Against)] {
        let line = journey::open_line(&app, party, &id, Stage::Review).await;
        let ctx = party.as_dpo(&app);
        let proof = decisions::password_proof(&ctx);
        decisions::review(
            &ctx,
            &id,
            &line.id,
            &line.digest,
            advice,
            "Say how long.",
            &proof,
        )
        .await
        .unwrap();
    }
    let author = council.author_client(&app).await;
    let tray = author.get("/in-tray").await;
    assert_eq!(below(&tray, "for-me").len(), 1, "{}", tray.words());
    let link = tray.link("Home fire safety visits");
    assert!(link.ends_with("/answer"), "{link}");
    assert_eq!(author.get(&link).await.status, 200);

    let officer = fire.officer_client(&app).await;
    let tray = officer.get("/in-tray").await;
    let link = tray.link("Home fire safety visits");
    assert!(link.ends_with("/overrule"), "{link}");
    assert_eq!(officer.get(&link).await.status, 200);
    let theirs = council.officer_client(&app).await.get("/in-tray").await;
    assert!(
        !theirs.says("Advised against"),
        "only one's own reviewer is overruled"
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn what_runs_out_is_said_before_it_does() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    journey::in_force(&app, &[&council, &fire]).await;
    let tray = council.author_client(&app).await.get("/in-tray").await;
    assert!(
        below(&tray, "soon").is_empty(),
        "a year ahead nothing is soon: {}",
        tray.words()
    );
    assert!(!tray.says("Set-up progress"));

    // The statement runs out on 1 November 2027; the agreement is looked at on 1 December 2027.
    app.app.clock.advance(SignedDuration::from_hours(290 * 24));
    let tray = fire.author_client(&app).await.get("/in-tray").await;
    let soon = below(&tray, "soon").join(" | ");
    assert!(soon.contains("It runs out on 1 November 2027"), "{soon}");
    assert!(
        soon.contains("looked at again by 1 December 2027"),
        "{soon}"
    );

    app.app.clock.advance(SignedDuration::from_hours(120 * 24));
    let tray = fire.author_client(&app).await.get("/in-tray").await;
    let soon = below(&tray, "soon").join(" | ");
    assert!(soon.contains("It ran out on 1 November 2027"), "{soon}");
    assert!(soon.contains("was to be looked at again"), "{soon}");
    assert!(tray.says("80% done: 4 of 5 steps."), "{}", tray.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn a_role_nobody_holds_is_said() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    journey::in_review(&app, &[&council, &fire]).await;
    let admin = fire.administrator_client(&app).await;
    let end = admin
        .get("/organisation/people")
        .await
        .link("the role of data protection officer");
    assert!(admin.get(&end).await.says("No one else can review"));
    admin.done(&end, &[]).await;
    let tray = admin.get("/in-tray").await;
    assert!(
        below(&tray, "for-us")[0].contains("No one holds this role today"),
        "{}",
        tray.words()
    );
    assert!(tray.says("80% done: 4 of 5 steps."), "{}", tray.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn long_lists_are_cut_and_shown_whole_on_a_page_of_their_own() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    for _ in 0..23 {
        journey::draft(&app, &[&council], &packs::Content::default()).await;
    }
    for _ in 0..30 {
        journey::draft(&app, &[&council], &packs::Content::default()).await;
    }
    let author = council.author_client(&app).await;
    let tray = author.get("/in-tray").await;
    assert_eq!(below(&tray, "drafts").len(), 10);
    assert!(tray.says("See all of them"), "{}", tray.words());
    let whole = author.get("/in-tray/drafts").await;
    let mut shown = whole.hrefs("main .app-lines a");
    assert_eq!(shown.len(), 50);
    let rest = author.get(&whole.link("Next page")).await;
    shown.extend(rest.hrefs("main .app-lines a"));
    shown.sort();
    shown.dedup();
    assert_eq!(shown.len(), 53);
    assert_eq!(author.get("/in-tray/nothing").await.status, 404);
    app.ends_clean().await;
}
