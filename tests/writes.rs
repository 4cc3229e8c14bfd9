//! The one door for writes: somebody who is always too late is told so, and a commit of which nobody knows whether it
//! was written is not tried again.

use std::sync::atomic::{AtomicUsize, Ordering};

use aldgate::kernel::{Act, Change, Refusal};
use db::{Statement, args};

use crate::support::TestApp;

db::sql! {
    NOBODY = "update people set name = name where id = 'per_none'";
    ACTS = "select count(*) as acts from acts where kind = $1";
}

async fn acts(app: &TestApp, kind: &str) -> i64 {
    let row = app.app.db.one(&ACTS, args![kind]).await.unwrap();
    row.int("acts").unwrap()
}

#[tokio::test]
async fn whoever_is_always_too_late_is_told_to_try_again_later() {
    let app = TestApp::new().await;
    let tries = AtomicUsize::new(0);
    let refused = app
        .operator()
        .decide(|| async {
            tries.fetch_add(1, Ordering::SeqCst);
            let change = Change::new(Act::new("story.too_late", "nothing"));
            Ok((change.write_one(&NOBODY, &[]), ()))
        })
        .await
        .unwrap_err();
    assert_eq!(tries.into_inner(), 8);
    let Refusal::NotNow(said) = refused else {
        panic!("{refused:?}");
    };
    assert!(said.contains("Nothing was lost"), "{said}");
    assert_eq!(acts(&app, "story.too_late").await, 0);
    app.ends_clean().await;
}

#[tokio::test]
async fn whoever_was_too_late_once_decides_afresh() {
    let app = TestApp::new().await;
    let tries = AtomicUsize::new(0);
    app.operator()
        .decide(|| async {
            let first = tries.fetch_add(1, Ordering::SeqCst) == 0;
            let change = Change::new(Act::new("story.second_try", "nothing"));
            let change = if first {
                change.write_one(&NOBODY, &[])
            } else {
                change
            };
            Ok((change, ()))
        })
        .await
        .unwrap();
    assert_eq!(tries.into_inner(), 2);
    assert_eq!(acts(&app, "story.second_try").await, 1);
    app.ends_clean().await;
}

mod on_sqlite {
    use super::*;

    // Not registered: PostgreSQL has no such thing.
    static AT_COMMIT: Statement = Statement {
        name: "writes::at_commit",
        sql: "pragma defer_foreign_keys = on",
    };
    db::sql! {
        NO_SUCH_PERSON = "insert into roles (id, organisation_id, person_id, role, from_day, until_day, granted_by,
                granted_at)
            values ('rol_none', 'org_none', 'per_none', 'viewer', '', '', '', 0)";
    }

    #[tokio::test]
    async fn a_commit_that_fails_is_not_tried_again_and_the_next_change_is_written() {
        let app = TestApp::new().await;
        let ctx = app.operator();
        let broken = || {
            Change::new(Act::new("story.unknown", "nothing"))
                .write(&AT_COMMIT, &[])
                .write(&NO_SUCH_PERSON, &[])
        };
        let tries = AtomicUsize::new(0);
        let refused = ctx
            .decide(|| async {
                tries.fetch_add(1, Ordering::SeqCst);
                Ok((broken(), ()))
            })
            .await
            .unwrap_err();
        assert_eq!(tries.into_inner(), 1, "it could be written twice");
        assert!(matches!(refused, Refusal::Broken(_)), "{refused:?}");
        // This engine says no, and means it.
        assert_eq!(acts(&app, "story.unknown").await, 0);
        let next = Change::new(Act::new("story.next", "nothing"));
        ctx.commit(next).await.unwrap();
        assert_eq!(acts(&app, "story.next").await, 1);
        app.ends_clean().await;
    }
}
