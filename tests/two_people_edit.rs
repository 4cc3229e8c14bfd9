//! Two people edit the same agreement: nothing is lost, and they are told.

use packs::Role;

use crate::draft_an_agreement::drafting;
use crate::support::{Client, TestApp};

async fn two(app: &TestApp) -> (Client, Client, String) {
    let (camden, asha, record) = drafting(app, "Together").await;
    let ben = app.client(&camden, "Ben Okri", &[Role::Author]).await;
    (asha, ben, record)
}

#[tokio::test]
async fn different_sections_never_clash() {
    let app = TestApp::new().await;
    let (asha, ben, record) = two(&app).await;
    let purpose = format!("{record}/sections/purpose");
    let security = format!("{record}/sections/security");
    let (hers, his) = (asha.get(&purpose).await, ben.get(&security).await);
    // Sent at the same moment.
    let (hers, his) = tokio::join!(
        asha.submit(&hers, &[("purpose_text", "Hers")]),
        ben.submit(&his, &[("security", "His")]),
    );
    assert_eq!((hers.status, his.status), (303, 303));
    assert_eq!(ben.get(&purpose).await.value("purpose_text"), "Hers");
    assert_eq!(asha.get(&security).await.value("security"), "His");
    app.ends_clean().await;
}

#[tokio::test]
async fn the_same_section_asks_whose_to_keep() {
    let app = TestApp::new().await;
    let (asha, ben, record) = two(&app).await;
    let path = format!("{record}/sections/purpose");
    let (hers, his) = (asha.get(&path).await, ben.get(&path).await);
    let page = asha
        .submit(
            &hers,
            &[
                ("purpose_text", "What Asha wants"),
                ("not_shared", "Asha’s harm"),
            ],
        )
        .await;
    assert_eq!(page.status, 303);
    let clash = ben
        .submit(
            &his,
            &[
                ("purpose_text", "What Ben wants"),
                ("data_help", "Ben’s help"),
            ],
        )
        .await;
    assert_eq!(clash.status, 409);
    assert_eq!(clash.h1(), "Someone else changed this section");
    for words in [
        "What you typed",
        "What Asha Rai saved on 21 November 2026 at 10:00am",
        "What Asha wants",
        "What Ben wants",
    ] {
        assert!(clash.says(words), "{words}: {}", clash.words());
    }
    // Nothing was overwritten.
    let stored = asha.get(&path).await;
    assert_eq!(
        (
            stored.value("purpose_text").as_str(),
            stored.value("data_help").as_str()
        ),
        ("What Asha wants", "")
    );
    // He has to choose where both wrote; where only she wrote, hers is chosen for him.
    let page = ben.submit(&clash, &[]).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.errors().len(), 1);
    assert_eq!(page.errors()[0].0, "keep-purpose_text");
    let page = ben.submit(&page, &[("keep-purpose_text", "mine")]).await;
    assert_eq!(page.status, 303, "{}", page.words());
    let stored = asha.get(&path).await;
    for (field, kept) in [
        ("purpose_text", "What Ben wants"),
        ("not_shared", "Asha’s harm"),
        ("data_help", "Ben’s help"),
    ] {
        assert_eq!(stored.value(field), kept);
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn keeping_theirs_and_clashing_again() {
    let app = TestApp::new().await;
    let (asha, ben, record) = two(&app).await;
    let path = format!("{record}/sections/purpose");
    let his = ben.get(&path).await;
    asha.filled(&path, &[("purpose_text", "One")]).await;
    let clash = ben
        .submit(&his, &[("purpose_text", "Ben"), ("data_help", "Also Ben")])
        .await;
    assert_eq!(clash.status, 409);
    // While he looks at it, she saves again.
    asha.filled(&path, &[("purpose_text", "Two")]).await;
    let again = ben.submit(&clash, &[("keep-purpose_text", "mine")]).await;
    assert_eq!(again.status, 409, "{}", again.words());
    assert!(again.says("Two"));
    let page = ben.submit(&again, &[("keep-purpose_text", "theirs")]).await;
    assert_eq!(page.status, 303);
    let stored = asha.get(&path).await;
    assert_eq!(stored.value("purpose_text"), "Two");
    assert_eq!(stored.value("data_help"), "Also Ben");
    app.ends_clean().await;
}

#[tokio::test]
async fn the_same_moment_loses_nothing() {
    let app = TestApp::new().await;
    let (asha, ben, record) = two(&app).await;
    let path = format!("{record}/sections/purpose");
    for round in 0..5 {
        let (hers, his) = (asha.get(&path).await, ben.get(&path).await);
        let (a, b) = (format!("Asha {round}"), format!("Ben {round}"));
        let (mine, theirs) = (
            [("purpose_text", a.as_str())],
            [("purpose_text", b.as_str())],
        );
        let (first, second) = tokio::join!(asha.submit(&hers, &mine), ben.submit(&his, &theirs));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409], "one saves, the other is told");
        let (kept, told) = if first.status == 303 {
            (a, second)
        } else {
            (b, first)
        };
        assert_eq!(asha.get(&path).await.value("purpose_text"), kept);
        assert!(told.says(&kept));
    }
    // The same answer from both is no clash.
    let (hers, his) = (asha.get(&path).await, ben.get(&path).await);
    assert_eq!(
        asha.submit(&hers, &[("data_help", "Same")]).await.status,
        303
    );
    assert_eq!(ben.submit(&his, &[("data_help", "Same")]).await.status, 303);
    app.ends_clean().await;
}
