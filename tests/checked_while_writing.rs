//! The ledger is checked, and the gateway asked how it is, while people write, and while nothing can be written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aldgate::kernel::app::MIGRATIONS;
use aldgate::kernel::clock::Clock;
use aldgate::kernel::entropy::Entropy;
use aldgate::kernel::{Act, App, Change, Ctx, Secret};
use aldgate::settings::Settings;
use db::{Db, Durability};

use crate::support::{TestApp, packs};

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_ledger_holds_while_people_write() {
    let app = TestApp::new().await;
    let done = Arc::new(AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..3 {
        let (ctx, done) = (app.operator(), done.clone());
        writers.spawn(async move {
            let mut written = 0_u32;
            while !done.load(Ordering::Relaxed) {
                let act = Act::new("test.written", format!("tst_{writer}"));
                ctx.commit(Change::new(act)).await.unwrap();
                written += 1;
            }
            written
        });
    }
    for _ in 0..20 {
        let found = aldgate::cli::fsck(&app.app.db).await.unwrap();
        assert!(found.is_ok(), "{:?}", found.err());
    }
    done.store(true, Ordering::Relaxed);
    let written: u32 = writers.join_all().await.iter().sum();
    assert!(written > 20, "they wrote meanwhile: {written}");
    app.ends_clean().await;
}

/// Another process holds the file, as a full disk would: a write fails, and that is known.
#[tokio::test]
async fn health_says_when_nothing_can_be_written() {
    if std::env::var_os("ALDGATE_TEST_POSTGRES").is_some() {
        // Waiting has no end there, and the server says itself when it is full.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("aldgate.db");
    let db = Db::sqlite(&file, Durability::Relaxed).await.unwrap();
    let clock = Clock::held("2026-11-21T10:00:00Z".parse().unwrap());
    db.migrate(MIGRATIONS, clock.now().0).await.unwrap();
    let secret = Secret::parse(&"11".repeat(32)).unwrap();
    let opened = App::new(
        db,
        packs(),
        clock,
        Entropy::seeded(5),
        secret,
        Settings::default(),
    );
    let app = TestApp::of(opened);
    let healthy = async || app.nobody().get("/health").await.status;
    assert_eq!(healthy().await, 200);

    let other = Db::sqlite(&file, Durability::Relaxed).await.unwrap();
    let held = other.begin().await.unwrap();
    let ctx = Ctx::new(app.app.clone(), None);
    let write = || ctx.commit(Change::new(Act::new("test.written", "tst_1")));
    assert!(write().await.is_err());
    // Who asks before ten seconds are over is told what is known, at no cost.
    app.app.clock.advance(jiff::SignedDuration::from_secs(1));
    let page = app.nobody().get("/health").await;
    assert_eq!(page.status, 503, "{}", page.text);
    assert!(page.text.contains("the last write failed"), "{}", page.text);
    drop(held);
    app.app.clock.advance(jiff::SignedDuration::from_secs(10));
    assert_eq!(healthy().await, 200, "it was tried again");
    write().await.unwrap();
    app.ends_clean().await;
}
