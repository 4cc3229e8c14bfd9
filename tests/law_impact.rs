//! When law changes, the gateway lists every agreement that leans on it.

use std::collections::BTreeMap;

use aldgate::law::impact;
use aldgate::law::impact::How;
use aldgate::records::pack_sets;
use aldgate::records::store;
use packs::{Content, Files, Packs, Role};
use serde_json::json;

use crate::support::{Partner, TestApp};

/// A draft agreement in which the lead relies on section 115 and shares personal data.
async fn draft(app: &TestApp, lead: &Partner) -> String {
    let author = app.person(lead, "Asha Author", &[Role::Author]).await;
    let ctx = app.acting(lead, &author, &[Role::Author]);
    let mut content = Content {
        answers: json!({ "title": "Late-night economy", "data_kind": "yes" })
            .as_object()
            .unwrap()
            .clone(),
        ..Content::default()
    };
    content.parties.insert(
        lead.id.to_string(),
        json!({ "party_role": "controller", "gateway": ["cda115"] })
            .as_object()
            .unwrap()
            .clone(),
    );
    let record_type = app.app.packs.record_type("agreement").unwrap();
    let (id, change) = store::create(&ctx, record_type, "Late-night economy", &content).unwrap();
    ctx.commit(change).await.unwrap();
    id.to_string()
}

#[tokio::test]
async fn agreements_that_use_a_provision_are_listed_to_those_in_them() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    let id = draft(&app, &camden).await;
    let gateway = app.app.packs.law.power("cda115").unwrap().0;
    let provision = gateway.provisions.first().unwrap().clone();

    let touched = impact::of_provision(
        &app.operator(),
        &provision,
        app.operator().now.today(),
        None,
    )
    .await
    .unwrap();
    let power = touched
        .iter()
        .find(|t| t.how == How::Power)
        .expect("the power is found");
    assert_eq!(
        (
            power.record.as_str(),
            power.about.as_str(),
            power.what.as_str()
        ),
        (id.as_str(), "Camden Council", "cda115")
    );

    let viewer = app.client(&camden, "Vera Viewer", &[Role::Viewer]).await;
    let page = viewer
        .get(&format!("/law/impact?provision={provision}"))
        .await;
    assert!(
        page.status == 200 && page.says("Late-night economy"),
        "{}",
        page.words()
    );
    let file = viewer
        .get(&format!("/law/impact.csv?provision={provision}"))
        .await;
    assert!(
        file.text.starts_with("agreement,title,") && file.text.contains("cda115"),
        "{}",
        file.text
    );

    let elsewhere = app.organisation("Elsewhere Council", "borough").await;
    let stranger = app
        .client(&elsewhere, "Sam Stranger", &[Role::Author])
        .await;
    let page = stranger
        .get(&format!("/law/impact?provision={provision}"))
        .await;
    assert!(
        page.says("No agreement of yours is touched"),
        "{}",
        page.words()
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn two_sets_of_packs_are_compared() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    draft(&app, &camden).await;
    let files = aldgate::cli::pack_files("").unwrap();
    let changed: BTreeMap<String, String> = files
        .iter()
        .map(|(path, text)| {
            let text = text.replace(
                "id = \"R004\"\nseverity = \"block\"",
                "id = \"R004\"\nseverity = \"must\"",
            );
            (path.to_owned(), text)
        })
        .collect();
    let changed = Files::new(changed);
    assert_ne!(
        changed.digest(),
        files.digest(),
        "the rule R004 is where this test looks for it"
    );
    let ctx = app.operator();
    let later = Packs::load(&changed).unwrap_or_else(|faults| panic!("{faults:?}"));
    let touched = impact::between(&ctx, &app.app.packs, &later, ctx.now.today(), None)
        .await
        .unwrap();
    assert!(
        touched
            .iter()
            .any(|t| t.what == "R004" && t.how == How::Changes),
        "{touched:?}"
    );
    assert!(
        touched.iter().all(|t| t.what == "R004"),
        "only one rule changed: {touched:?}"
    );

    // Kept once, however often the gateway starts, and readable again.
    pack_sets::keep(&ctx, &files).await.unwrap();
    pack_sets::keep(&ctx, &files).await.unwrap();
    let kept = pack_sets::all(&ctx).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        pack_sets::load(&ctx, &kept[0].digest).await.unwrap().digest,
        app.app.packs.digest
    );
    app.ends_clean().await;
}
