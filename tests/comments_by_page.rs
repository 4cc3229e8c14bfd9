//! However many comments there are, each can be read, and the newest is on the first page.

use std::collections::BTreeSet;

use aldgate::pages::records::comments;
use aldgate::records::comments::PAGE;

use jiff::SignedDuration;

use crate::support::TestApp;
use crate::support::journey::{self, Party};

#[tokio::test]
async fn no_comment_is_left_out() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let all = 2 * PAGE + 7;
    for number in 0..all {
        // Two at each moment: the order among them is their ids'.
        if number % 2 == 0 {
            app.app.clock.advance(SignedDuration::from_secs(1));
        }
        let ctx = camden.as_author(&app);
        let about = if number % 3 == 0 {
            "title:"
        } else {
            "purpose_text:"
        };
        comments::comment(&ctx, &id, about, &format!("Remark {number:04}"))
            .await
            .unwrap();
    }
    app.app.clock.advance(SignedDuration::from_secs(1));
    let path = format!("/records/{id}/comments");
    let reader = fire.dpo_client(&app).await;
    let added = reader
        .done(
            &path,
            &[
                ("about", "purpose_text:"),
                ("text", "An objection that matters"),
            ],
        )
        .await;
    assert!(added.says("Your comment was added."));
    assert!(
        added.says("An objection that matters"),
        "the newest is on the first page"
    );
    assert!(
        added.says(&format!(
            "These are the newest {PAGE} of {} comments",
            all + 1
        )),
        "{}",
        added.words()
    );

    let mut seen = BTreeSet::new();
    let mut page = added;
    let mut pages = 1;
    loop {
        let shown = page.all(".app-lines__who");
        assert!(shown.len() <= PAGE);
        for comment in shown {
            assert!(seen.insert(comment.clone()), "{comment} is shown twice");
        }
        if !page.text.contains("Older comments") {
            break;
        }
        page = reader.get(&page.link("Older comments")).await;
        pages += 1;
        assert!(page.says("Go to the newest"));
    }
    assert_eq!((seen.len(), pages), (all + 1, 3));

    // Who decides sees that there are more, and where.
    let line = journey::line_page(&app, &fire, &id, aldgate::records::lines::Stage::Review).await;
    let page = reader.get(&line).await;
    assert!(page.says("An objection that matters"));
    assert!(page.says(&format!("These are the newest {PAGE} of {}", all + 1)));
    assert_eq!(page.link("Read all comments"), path);
    // A place that no page named is the first.
    for odd in ["x", "1", "1.", "99999999999999999999.com_1", "'"] {
        assert_eq!(
            reader.get(&format!("{path}?before={odd}")).await.status,
            200
        );
    }
    app.ends_clean().await;
}
