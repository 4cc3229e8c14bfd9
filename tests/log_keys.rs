//! The keys that sign: the log's and each organisation's, how they change, and what is published.

use std::path::Path;
use std::process::Command;

use aldgate::kernel::{Ctx, Refusal, Secret};
use aldgate::ledger::keys;
use aldgate::ledger::keys::{Ending, Owner};
use aldgate::ledger::log;
use ledger::{CheckpointFault, VerifierKey, open_note};

use crate::support::TestApp;

fn parsed(key: &keys::PublicKey) -> VerifierKey {
    key.vkey.parse().unwrap()
}

#[tokio::test]
async fn each_organisation_seals_with_a_key_of_its_own() {
    let app = TestApp::new().await;
    let barking = app.organisation("Barking Borough", "borough").await;
    let thames = app.organisation("Thames Trust", "trust").await;
    let ctx = app.operator();

    let sealed = keys::seal(&ctx, &barking.id, "agreed\n").await.unwrap();
    let again = keys::seal(&ctx, &barking.id, "agreed\n").await.unwrap();
    assert_eq!(sealed, again, "no new key for each seal");
    let other = keys::seal(&ctx, &thames.id, "agreed\n").await.unwrap();

    let own = keys::history(&ctx, &Owner::Organisation(barking.id.clone()))
        .await
        .unwrap();
    assert_eq!(own.len(), 1);
    assert!(
        own[0].name().ends_with(barking.id.as_str()),
        "{}",
        own[0].vkey
    );
    let opened = open_note(&sealed, &[parsed(&own[0])]).unwrap();
    assert_eq!(opened.text, "agreed\n");
    assert_eq!(opened.signers, [parsed(&own[0])]);
    let wrong = open_note(&other, &[parsed(&own[0])]).unwrap_err();
    assert_eq!(wrong, CheckpointFault::NoKnownKey);
    let altered = sealed.replacen("agreed", "denied", 1);
    let altered = open_note(&altered, &[parsed(&own[0])]).unwrap_err();
    assert!(
        matches!(altered, CheckpointFault::Signature(_)),
        "{altered}"
    );
    assert!(keys::seal(&ctx, &barking.id, "no line end").await.is_err());
    app.ends_clean().await;
}

#[tokio::test]
async fn many_first_seals_at_once_make_one_key() {
    let app = TestApp::new().await;
    let barking = app.organisation("Barking Borough", "borough").await;
    let mut seals = tokio::task::JoinSet::new();
    for n in 0..6 {
        let (ctx, id) = (app.operator(), barking.id.clone());
        seals.spawn(async move { keys::seal(&ctx, &id, &format!("{n}\n")).await });
    }
    for sealed in seals.join_all().await {
        sealed.unwrap();
    }
    let own = keys::history(&app.operator(), &Owner::Organisation(barking.id)).await;
    assert_eq!(own.unwrap().len(), 1);
    app.ends_clean().await;
}

#[tokio::test]
async fn while_a_key_is_replaced_both_sign() {
    let app = TestApp::new().await;
    let (_, before) = log::checkpoint(&app.operator(), 0).await.unwrap();
    let old = keys::history(&app.operator(), &Owner::Log).await.unwrap();
    app.app.clock.advance(jiff::SignedDuration::from_hours(1));

    let new = keys::rotate(&app.operator(), &Owner::Log, Ending::Planned)
        .await
        .unwrap();
    let size = log::size(&app.operator()).await.unwrap();
    let (checkpoint, both) = log::checkpoint(&app.operator(), size).await.unwrap();
    assert_eq!(checkpoint.size, size);
    for known in [&old[0], &new] {
        let opened = ledger::Checkpoint::open(&both, &[parsed(known)]).unwrap();
        assert_eq!(opened, checkpoint);
    }
    assert_eq!(old[0].name(), new.name(), "the log keeps its name");
    assert!(before.contains(old[0].name()));

    // When the overlap is over, only the new key signs.
    let days = jiff::SignedDuration::from_hours(31 * 24);
    app.app.clock.advance(days);
    app.organisation("Thames Trust", "trust").await;
    let size = log::size(&app.operator()).await.unwrap();
    let (_, note) = log::checkpoint(&app.operator(), size).await.unwrap();
    assert!(ledger::Checkpoint::open(&note, &[parsed(&new)]).is_ok());
    let old = ledger::Checkpoint::open(&note, &[parsed(&old[0])]).unwrap_err();
    assert_eq!(old, CheckpointFault::NoKnownKey);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_leaked_key_signs_nothing_more() {
    let app = TestApp::new().await;
    let barking = app.organisation("Barking Borough", "borough").await;
    let owner = Owner::Organisation(barking.id.clone());
    keys::seal(&app.operator(), &barking.id, "one\n")
        .await
        .unwrap();
    app.app.clock.advance(jiff::SignedDuration::from_hours(1));
    let new = keys::rotate(&app.operator(), &owner, Ending::Leaked)
        .await
        .unwrap();
    let all = keys::history(&app.operator(), &owner).await.unwrap();
    assert_eq!(all[0].ended_why, "leaked");
    assert!(!all[0].counts_at(app.app.clock.now().0));
    assert!(all[1].counts_at(app.app.clock.now().0));
    let sealed = keys::seal(&app.operator(), &barking.id, "two\n")
        .await
        .unwrap();
    assert_eq!(open_note(&sealed, &[parsed(&new)]).unwrap().text, "two\n");
    assert!(open_note(&sealed, &[parsed(&all[0])]).is_err());
    app.ends_clean().await;
}

#[tokio::test]
async fn another_secret_signs_nothing() {
    let app = TestApp::new().await;
    log::checkpoint(&app.operator(), 0).await.unwrap();
    let other = aldgate::kernel::App::new(
        app.app.db.clone(),
        app.app.packs.clone(),
        app.app.clock.clone(),
        app.app.entropy.clone(),
        Secret::parse(&"00".repeat(32)).unwrap(),
        app.app.settings.clone(),
    );
    let refused = keys::prepare(&Ctx::new(other, None)).await.unwrap_err();
    let Refusal::Broken(why) = refused else {
        panic!("{refused}")
    };
    assert!(why.to_string().contains("docs/keys.md"), "{why}");
}

#[tokio::test]
async fn a_checkpoint_covers_what_is_asked_and_proves_each_act() {
    let app = TestApp::new().await;
    for name in ["Barking Borough", "Thames Trust", "Ealing Borough"] {
        app.organisation(name, "borough").await;
    }
    let ctx = app.operator();
    let (small, _) = log::checkpoint(&ctx, 1).await.unwrap();
    let size = log::size(&ctx).await.unwrap();
    let (all, note) = log::checkpoint(&ctx, size).await.unwrap();
    assert_eq!(all.size, size);
    assert_eq!(
        log::checkpoint(&ctx, 1).await.unwrap().1,
        note,
        "the newest"
    );
    let proof = log::consistency(&ctx, small.size, all.size).await.unwrap();
    all.follows(&small, &proof).unwrap();
    for sequence in 0..size {
        let proof = log::inclusion(&ctx, sequence, size).await.unwrap();
        db::sql! { ENTRY = "select entry from acts where sequence = $1"; }
        let row = ctx
            .app
            .db
            .one(&ENTRY, db::args![sequence as i64])
            .await
            .unwrap();
        let leaf = ledger::leaf_hash(&row.bytes("entry").unwrap());
        ledger::verify_inclusion(&proof, size, all.root, sequence, leaf).unwrap();
    }
    let refused = log::checkpoint(&ctx, size + 10).await.unwrap_err();
    assert!(matches!(refused, Refusal::NotNow(_)), "{refused}");
    app.ends_clean().await;
}

#[tokio::test]
async fn a_rewritten_log_is_not_signed() {
    let app = TestApp::new().await;
    app.organisation("Barking Borough", "borough").await;
    let ctx = app.operator();
    log::checkpoint(&ctx, 1).await.unwrap();
    db::sql! { SPOIL = "update ledger_nodes set hash = $1"; }
    let mut tx = ctx.app.db.begin().await.unwrap();
    tx.execute(&SPOIL, db::args![vec![7; 32]]).await.unwrap();
    tx.commit().await.unwrap();
    app.organisation("Thames Trust", "trust").await;
    let size = log::size(&ctx).await.unwrap();
    let refused = log::checkpoint(&ctx, size).await.unwrap_err();
    assert!(matches!(refused, Refusal::Broken(_)), "{refused}");
}

fn aldgate(data: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_aldgate"))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env("ALDGATE_LOG", "error")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// What docs/keys.md tells the operator to do, step by step.
#[test]
fn the_secret_is_kept_lost_and_replaced_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let (ok, first) = aldgate(data, &["keys", "rotate"]);
    assert!(ok, "{first}");
    let file = data.join("secret");
    let secret = std::fs::read_to_string(&file).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = || std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let (ok, said) = aldgate(data, &["doctor"]);
        assert!(!ok && said.contains("chmod 600"), "{said}");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let (ok, said) = aldgate(data, &["doctor"]);
    assert!(ok && said.contains(first.trim()), "{said}");

    // Lost: nothing starts, nothing is made up, and reading still works.
    std::fs::remove_file(&file).unwrap();
    for command in [&["serve"][..], &["keys", "rotate"], &["doctor"]] {
        let (ok, said) = aldgate(data, command);
        assert!(
            !ok && said.contains("The secret is lost"),
            "{command:?}: {said}"
        );
    }
    assert!(!file.exists());
    assert!(aldgate(data, &["ledger", "fsck"]).0);
    assert_eq!(aldgate(data, &["keys", "list"]).1.lines().count(), 2);

    // Another secret does not do in its place.
    std::fs::write(&file, "11".repeat(32)).unwrap();
    let (ok, said) = aldgate(data, &["keys", "rotate"]);
    assert!(!ok && said.contains("not the one"), "{said}");
    let (ok, said) = aldgate(data, &["keys", "new-secret", "--because", "lost"]);
    assert!(!ok && said.contains("move the file away"), "{said}");
    std::fs::remove_file(&file).unwrap();
    let (ok, fresh) = aldgate(data, &["keys", "new-secret", "--because", "lost"]);
    assert!(ok, "{fresh}");
    let (_, listed) = aldgate(data, &["keys", "list"]);
    assert_eq!(listed.matches("(lost)").count(), 2, "{listed}");
    assert_eq!(listed.matches("(planned)").count(), 0, "{listed}");
    assert!(aldgate(data, &["doctor"]).1.contains(fresh.trim()));
    assert!(aldgate(data, &["ledger", "fsck"]).0);

    // It is shown nowhere.
    let now = std::fs::read_to_string(&file).unwrap();
    let shown = aldgate(data, &["settings"]).1 + &aldgate(data, &["keys", "list"]).1;
    assert!(!shown.contains(now.trim()) && !shown.contains(secret.trim()));
    let database = std::fs::read(data.join("aldgate.db")).unwrap();
    for hidden in [now.trim(), secret.trim()] {
        let raw = hex::decode(hidden).unwrap();
        assert!(!database.windows(32).any(|window| window == raw));
        assert!(
            !database
                .windows(64)
                .any(|window| window == hidden.as_bytes())
        );
    }
}
