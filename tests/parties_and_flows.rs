//! Who takes part, and the flows between them.

use packs::Role;

use crate::draft_an_agreement::drafting;
use crate::support::TestApp;
use crate::support::journey::{self, Party};

#[tokio::test]
async fn parties_come_and_go() {
    let app = TestApp::new().await;
    let (camden, asha, record) = drafting(&app, "Parties").await;
    let brent = app.organisation("Brent Council", "borough").await;
    let theirs = app.client(&brent, "Olu", &[Role::Author]).await;
    let add = format!("{record}/parties/add");
    assert!(
        asha.get(&format!("{add}?q=zzz"))
            .await
            .says("No other organisation with “zzz”")
    );
    let page = asha.get(&format!("{add}?q=brent")).await;
    assert!(
        page.says("Brent Council")
            && page.link("List an organisation") == "/organisations/external/new"
    );
    assert_eq!(
        asha.get(&format!("{add}?q=camden"))
            .await
            .all("input[name=party]")
            .len(),
        0
    );
    for unknown in ["", "org_none", "'; drop table"] {
        let page = asha.post(&add, &[("party", unknown), ("q", "brent")]).await;
        assert_eq!((page.status, page.errors()[0].0.as_str()), (422, "party"));
    }
    let page = asha.submit(&page, &[("party", brent.id.as_str())]).await;
    assert_eq!(page.status, 303);
    let page = asha.post(&add, &[("party", brent.id.as_str())]).await;
    assert!(page.errors()[0].1.contains("takes part already"));

    // The party sees it, writes its own part and no other.
    let own = format!("{record}/sections/power/{}", brent.id);
    theirs.filled(&own, &[("party_function", "Housing")]).await;
    let other = format!("{record}/sections/power/{}", camden.id);
    assert_eq!(theirs.get(&other).await.all("main form").len(), 0);
    let crafted = [("seen", "party_function:x"), ("party_function", "Ours")];
    assert_eq!(theirs.post(&other, &crafted).await.status, 403);
    assert_eq!(
        theirs
            .post(
                &format!("{record}/sections/purpose"),
                &[("seen", "purpose_text:x")]
            )
            .await
            .status,
        403
    );
    assert_eq!(
        theirs
            .post(&add, &[("party", camden.id.as_str())])
            .await
            .status,
        403
    );
    assert_eq!(
        theirs
            .post(&format!("{record}/flows/add"), &[])
            .await
            .status,
        403
    );

    // The lead stays; the other is taken out and finds nothing, and its answers come back with it.
    let lead = asha
        .post(&format!("{record}/parties/{}/remove", camden.id), &[])
        .await;
    assert_eq!(lead.status, 422);
    assert!(lead.says("leads, so it cannot be taken out"));
    let remove = format!("{record}/parties/{}/remove", brent.id);
    assert_eq!(
        asha.get(&remove).await.h1(),
        "Do you want to take Brent Council out?"
    );
    asha.done(&remove, &[]).await;
    assert_eq!(theirs.get(&record).await.status, 404);
    assert_eq!(asha.get(&own).await.status, 404);
    asha.done(&add, &[("party", brent.id.as_str())]).await;
    assert_eq!(theirs.get(&own).await.value("party_function"), "Housing");
    app.ends_clean().await;
}

#[tokio::test]
async fn flows_are_added_named_and_removed() {
    let app = TestApp::new().await;
    let (camden, asha, record) = drafting(&app, "Flows").await;
    let flow = asha
        .post(&format!("{record}/flows/add"), &[])
        .await
        .location;
    let named = [
        ("flow_name", "Weekly list"),
        ("flow_from", camden.id.as_str()),
    ];
    asha.filled(&flow, &named).await;
    let page = asha.get(&record).await;
    assert!(page.says("Data flow 1: Weekly list"));
    let wrong = asha
        .fill(&flow, &[("flow_to", "org_none"), ("flow_name", "Kept")])
        .await;
    assert_eq!(
        (wrong.status, wrong.errors()[0].0.as_str()),
        (422, "flow_to")
    );
    assert_eq!(wrong.value("flow_name"), "Kept");
    let id = flow.rsplit('/').next().unwrap();
    let page = asha.get(&format!("{record}/flows/{id}/remove")).await;
    assert_eq!(page.h1(), "Do you want to remove data flow 1: Weekly list?");
    let page = asha.done(&format!("{record}/flows/{id}/remove"), &[]).await;
    assert!(page.says("The data flow was removed.") && page.says("There are none yet."));
    assert_eq!(asha.get(&flow).await.status, 404);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_party_joins_a_text_that_is_fixed() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let brent = Party::new(&app, "Brent Council", "borough").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let record = format!("/records/{id}");
    let author = camden.author_client(&app).await;

    // Under a fixed text nothing of the shared part changes, and the page says why.
    let purpose = format!("{record}/sections/purpose");
    assert_eq!(author.get(&purpose).await.all("main form").len(), 0);
    let crafted = [("seen", "purpose_text:x"), ("purpose_text", "Other")];
    let page = author.post(&purpose, &crafted).await;
    assert_eq!(page.status, 422);
    assert!(page.says("This cannot be done while it is “In force”"));
    let remove = format!("{record}/parties/{}/remove", fire.id());
    assert_eq!(author.post(&remove, &[]).await.status, 422);
    let page = author.get(&record).await;
    assert!(
        page.says("Version 1, fixed 21 November 2026; in force: version 1"),
        "{}",
        page.words()
    );

    let page = author.get(&format!("{record}/parties")).await;
    assert!(page.says("Add a party that joins later"));
    let add = format!("{record}/parties/add");
    let page = author.done(&add, &[("party", brent.id().as_str())]).await;
    assert!(page.says("Brent Council is joining"), "{}", page.words());
    // Its own part is written, by itself or by the lead; the others' parts are not.
    let theirs = brent.author_client(&app).await;
    let own = format!("{record}/sections/parties/{}", brent.id());
    assert_eq!(theirs.get(&own).await.all("main form").len(), 1);
    let other = format!("{record}/sections/parties/{}", fire.id());
    assert_eq!(author.get(&other).await.all("main form").len(), 0);
    let ask = format!("{record}/parties/{}/join-review", brent.id());
    let page = author.post(&ask, &[]).await;
    assert_eq!(page.status, 422);
    assert!(
        page.says("Answer these for Brent Council first"),
        "{}",
        page.words()
    );

    theirs
        .filled(
            &own,
            &[
                ("party_role", "controller"),
                ("party_direction", "receives"),
            ],
        )
        .await;
    let at = |section: &str| format!("{record}/sections/{section}/{}", brent.id());
    theirs
        .filled(
            &at("power"),
            &[("legal_power", "yes"), ("party_function", "Housing")],
        )
        .await;
    let gateway = format!("{record}/gateways/gateway/{}", brent.id());
    theirs
        .done(&gateway, &[("power", "ca2004_10"), ("do", "add")])
        .await;
    theirs.filled(&at("basis"), &[("art6", "e")]).await;
    theirs.filled(&at("people"), &[("told", "updated")]).await;
    theirs
        .filled(&at("keeping"), &[("retention", "6 years")])
        .await;
    assert_eq!(theirs.post(&ask, &[]).await.status, 403);
    let page = author.done(&ask, &[]).await;
    assert!(page.says("They have been asked."), "{}", page.words());
    assert!(
        author
            .get(&record)
            .await
            .says("Brent Council: data protection officer, version 2")
    );
    // From here its part is fixed too.
    assert_eq!(theirs.get(&own).await.all("main form").len(), 0);
    let sign_off = format!("{record}/parties/{}/join-sign-off", brent.id());
    let page = author.post(&sign_off, &[]).await;
    assert_eq!(page.status, 422);
    assert!(page.says("has not decided yet"), "{}", page.words());
    app.ends_clean().await;
}
