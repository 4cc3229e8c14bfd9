//! What the law asks: every severity and scope, every kind of clearing, and what never can be.

use packs::Role;

use crate::draft_an_agreement::drafting;
use crate::support::{Client, Page, TestApp};

/// The text of a prompt's card on a page, by its anchor.
fn card(page: &Page, id: &str) -> String {
    page.all(&format!("[id='{id}']")).join(" ")
}

async fn prompts(client: &Client, record: &str) -> serde_json::Value {
    let page = client.get(&format!("/api/v1{record}/prompts")).await;
    assert_eq!(page.status, 200);
    serde_json::from_str::<serde_json::Value>(&page.text).unwrap()["prompts"].clone()
}

/// The prompt of a rule in a scope, for programs.
fn find<'p>(
    prompts: &'p serde_json::Value,
    rule: &str,
    scope: &str,
) -> Option<&'p serde_json::Value> {
    let mut all = prompts.as_array().unwrap().iter();
    all.find(|p| p["id"] == rule && p["scope"] == scope)
}

#[tokio::test]
async fn a_blocker_of_a_party_is_cleared_by_its_answer_only() {
    let app = TestApp::new().await;
    let (camden, asha, record) = drafting(&app, "Blocks").await;
    let brent = app.organisation("Brent Council", "borough").await;
    asha.done(
        &format!("{record}/parties/add"),
        &[("party", brent.id.as_str())],
    )
    .await;
    asha.filled(&format!("{record}/sections/data"), &[("data_kind", "yes")])
        .await;
    for party in [&camden, &brent] {
        let path = format!("{record}/sections/parties/{}", party.id);
        asha.filled(
            &path,
            &[("party_role", "controller"), ("party_direction", "both")],
        )
        .await;
    }
    let law = format!("{record}/law");
    let page = asha.get(&law).await;
    let told = card(&page, "R005");
    for words in [
        "Blocks signing",
        "Name the law",
        "What clears it",
        "Shown because",
        "Human Rights Act",
        "Go to “Legal power”",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(
        told.contains("Camden Council")
            && card(&page, &format!("R005-{}", brent.id)).contains("Brent Council")
    );
    assert!(!told.contains("does not apply"));
    let open = prompts(&asha, &record).await;
    let r005 = find(&open, "R005", camden.id.as_str()).unwrap();
    assert_eq!(
        (&r005["severity"], &r005["cleared"]),
        (&"block".into(), &false.into())
    );
    assert_eq!(r005["scope_name"], "Camden Council");
    assert!(!r005["because"].as_array().unwrap().is_empty());

    // No page offers to set it aside, and a crafted post does not either.
    let settle = format!("{law}/R005/settle?scope={}", camden.id);
    for page in [
        asha.get(&settle).await,
        asha.post(&settle, &[("reason", "Because")]).await,
    ] {
        assert_eq!(page.status, 403);
        assert!(page.says("only an answer clears it"));
    }
    assert!(
        find(&prompts(&asha, &record).await, "R005", camden.id.as_str()).unwrap()["settled"]
            .is_null()
    );

    // It stands at its question too, and the search clears it for one party alone.
    let power = format!("{record}/sections/power/{}", camden.id);
    let page = asha.get(&power).await;
    assert!(
        page.all(".app-prompt--block")
            .iter()
            .any(|t| t.contains("Name the law")),
        "{}",
        page.words()
    );
    let search = asha
        .filled(
            &power,
            &[("legal_power", "yes"), ("go", "gateways:gateway")],
        )
        .await;
    assert_eq!(search.h1(), "Which power or duty does it use?");
    let path = format!("{record}/gateways/gateway/{}", camden.id);
    let found = asha
        .get(&format!("{path}?q=Crime+and+Disorder&kind=police"))
        .await;
    assert!(found.says("Crime and Disorder Act 1998") && found.says("Type: power"));
    assert!(found.all("h3").len() <= 10);
    let page = asha
        .done(
            &path,
            &[("power", "cda115"), ("do", "add"), ("back", "q=Crime")],
        )
        .await;
    assert!(page.says("Chosen."));
    assert_eq!(
        asha.post(&path, &[("power", "nonsense"), ("do", "add")])
            .await
            .status,
        400
    );
    let open = prompts(&asha, &record).await;
    assert_eq!(
        find(&open, "R005", camden.id.as_str()).unwrap()["cleared"],
        true
    );
    assert_eq!(
        find(&open, "R005", brent.id.as_str()).unwrap()["cleared"],
        false
    );
    assert!(
        asha.get(&format!("{record}/check"))
            .await
            .says("Crime and Disorder Act 1998")
    );
    asha.done(&path, &[("power", "cda115"), ("do", "remove")])
        .await;
    let open = prompts(&asha, &record).await;
    assert_eq!(
        find(&open, "R005", camden.id.as_str()).unwrap()["cleared"],
        false
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_must_is_answered_or_does_not_apply_with_a_reason() {
    let app = TestApp::new().await;
    let (camden, asha, record) = drafting(&app, "Musts").await;
    let viewer = app.client(&camden, "Vic", &[Role::Viewer]).await;
    let data = format!("{record}/sections/data");
    asha.filled(&data, &[("data_kind", "no")]).await;
    let law = format!("{record}/law");
    let settle = format!("{law}/R001/settle?scope=");
    assert!(card(&asha.get(&law).await, "R001").contains("This does not apply"));
    assert!(!card(&viewer.get(&law).await, "R001").contains("This does not apply"));
    assert_eq!(viewer.post(&settle, &[("reason", "x")]).await.status, 403);
    for (reason, message) in [
        (String::new(), "Give your reason"),
        ("x".repeat(1001), "1000 characters or fewer"),
    ] {
        let page = asha.fill(&settle, &[("reason", &reason)]).await;
        assert_eq!(page.status, 422);
        assert!(page.errors()[0].1.contains(message) && page.errors()[0].0 == "reason");
        assert_eq!(page.value("reason"), reason);
    }
    let page = asha
        .filled(&settle, &[("reason", "Noise readings only")])
        .await;
    let told = card(&page, "R001");
    assert!(
        told.contains("Marked as not applying by Asha Rai") && told.contains("Noise readings only"),
        "{told}"
    );
    assert_eq!(
        find(&prompts(&asha, &record).await, "R001", "").unwrap()["settled"]["how"],
        "not_applicable"
    );

    let page = asha.filled(&format!("{law}/R001/reopen?scope="), &[]).await;
    assert!(page.says("It is open again."));
    assert_eq!(
        find(&prompts(&asha, &record).await, "R001", "").unwrap()["open"],
        true
    );
    // An answer clears it; then there is nothing to set aside.
    asha.filled(&data, &[("anon_test", "Checked by Sam Lee")])
        .await;
    assert_eq!(
        find(&prompts(&asha, &record).await, "R001", "").unwrap()["cleared"],
        true
    );
    assert_eq!(asha.post(&settle, &[("reason", "x")]).await.status, 422);
    app.ends_clean().await;
}

#[tokio::test]
async fn considerations_information_flows_and_silence() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Others").await;
    asha.filled(
        &format!("{record}/sections/purpose"),
        &[
            ("purposes", "care_direct"),
            ("purposes", "crime_prevention"),
        ],
    )
    .await;
    let law = format!("{record}/law");
    let page = asha.get(&law).await;
    assert!(
        card(&page, "R077").contains("Consider")
            && card(&page, "R077").contains("Preventing or finding crime")
    );
    assert!(card(&page, "R055").contains("For information"));
    let page = asha
        .filled(
            &format!("{law}/R077/settle?scope="),
            &[("reason", "Names are needed")],
        )
        .await;
    assert!(card(&page, "R077").contains("Set aside by Asha Rai"));
    assert_eq!(
        asha.post(&format!("{law}/R055/settle?scope="), &[("reason", "x")])
            .await
            .status,
        422
    );

    // A flow's own blocker.
    let flow = asha
        .post(&format!("{record}/flows/add"), &[])
        .await
        .location;
    let id = flow.rsplit('/').next().unwrap().to_owned();
    let page = asha
        .filled(&flow, &[("flow_name", "Weekly list"), ("onward", "yes")])
        .await;
    assert!(page.says("more to ask here"));
    let told = card(&asha.get(&law).await, "R112");
    assert!(
        told.contains("Blocks signing") && told.contains("Data flow 1: Weekly list"),
        "{told}"
    );
    assert_eq!(
        asha.post(&format!("{law}/R112/settle?scope={id}"), &[("reason", "x")])
            .await
            .status,
        403
    );
    let overview = asha.get(&record).await;
    assert!(overview.says("block signing"));
    asha.filled(&flow, &[("onward_law", "Education Act 2005 section 110")])
        .await;
    assert_eq!(
        find(&prompts(&asha, &record).await, "R112", &id).unwrap()["cleared"],
        true
    );

    // A silent rule says what would bring it up.
    let page = asha.get(&format!("{law}/why-not/R060")).await;
    assert!(page.says("It would come up if"), "{}", page.words());
    assert!(page.says("People in the data"));
    let page = asha.get(&format!("{law}/why-not/R055")).await;
    assert!(page.says("Here the answers do bring it up."));
    // A scope that is not there.
    assert_eq!(
        asha.get(&format!("{law}/R112/settle?scope=flw_none"))
            .await
            .status,
        404
    );
    assert_eq!(
        asha.post(&format!("{law}/R001/settle?scope="), &[("reason", "x")])
            .await
            .status,
        404
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn everybody_reads_the_law() {
    let app = TestApp::new().await;
    let nobody = app.nobody();
    let page = nobody.get("/law?q=lawful+bases").await;
    assert_eq!((page.status, page.h1().as_str()), (200, "The law"));
    assert!(page.says("information, not legal advice"));
    let link = page.link("UK GDPR Article 6");
    let page = nobody.get(&link).await;
    // Everyone is told how it was checked, signed in or not.
    assert!(page.says("In force") && page.says("Text read on 21 November 2026"));
    assert!(
        page.link("https://www.legislation.gov.uk")
            .starts_with("https://")
    );
    let camden = app.organisation("Camden Council", "borough").await;
    let viewer = app.client(&camden, "Vic", &[Role::Viewer]).await;
    assert!(
        viewer
            .get("/law/provisions/ukgdpr-art6")
            .await
            .says("Text read on 21 November 2026")
    );
    let unread = nobody.get("/law/provisions/ukgdpr-art4").await;
    assert!(unread.says("Not yet checked against the law itself"));
    assert!(unread.says("Not yet approved by a reviewer") && !unread.says("November 2026"));
    assert!(
        nobody
            .get("/law")
            .await
            .says("This is a preview of the law.")
    );
    // Each power has its own status and its own way of having been checked.
    let powers = nobody.get("/law/gateways?q=G27").await;
    assert!(powers.says("register: not known to be in force"));
    assert!(powers.says("Not in force") && powers.says("How it was checked: Not yet checked"));
    let checks = nobody.get("/law/checks").await;
    assert_eq!(
        (checks.status, checks.h1().as_str()),
        (200, "Every legal check")
    );
    assert!(checks.says("R026 Blocks signing") && checks.says("How it was checked"));
    let page = nobody.get("/law/gateways?kind=fire").await;
    assert!(page.all("h3").len() <= 10 && !page.all("h3").is_empty());
    assert!(
        nobody
            .get("/law/gateways?q=zzzz")
            .await
            .says("Nothing found")
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_program_is_told_what_would_bring_a_silent_rule_up() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Silent").await;
    let why_not = async |rule: &str| asha.get(&format!("/api/v1{record}/why-not/{rule}")).await;
    let page = why_not("R004").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let told: serde_json::Value = serde_json::from_str(&page.text).unwrap();
    assert_eq!(told["rule"], "R004");
    assert_eq!(told["in_force"], true);
    let place = &told["places"][0];
    assert_eq!(place["fires"], false);
    let need = &place["ways"][0][0];
    assert!(
        need["answer"].is_string() && need["test"].is_string(),
        "{told}"
    );
    assert_eq!(why_not("R999").await.status, 404);
}
