//! The log as strangers see it: they follow it over HTTP, two gateways witness each other, and whoever
//! rewrites it is found.

use std::net::SocketAddr;
use std::path::Path;

use aldgate::kernel::{App, Ctx};
use aldgate::ledger::sign::sign_once;
use aldgate::ledger::{keys, log};
use aldgate::records::erasure;
use aldgate::router::router;
use aldgate::settings::Settings;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ct_merkle::RootHash;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use db::{Statement, Value, args, sql};
use ledger::tiles::bundle_leaves;
use ledger::{Checkpoint, VerifierKey, WitnessVerifier};
use sha2::{Digest as _, Sha256};

use crate::support::TestApp;
use crate::support::journey::{self, Party};
use crate::support::proof::{self, Folder};

sql! {
    EDIT_ACT = "update acts set act = replace(act, 'Act', 'Ace') where sequence = $1";
    SWAP_ENTRY = "update acts set entry = (select entry from acts where sequence = $2) where sequence = $1";
    DROP_ACT = "delete from acts where sequence = $1";
    SHRINK = "update ledger_size set size = size - 1";
    DROP_NODES = "delete from ledger_nodes where position >= $1";
    FLIP_NODE = "update ledger_nodes set hash = $2 where position = $1";
    DROP_CHECKPOINTS = "delete from checkpoints";
    EDIT_NOTE = "update checkpoints set note = replace(note, $1, $2)";
    EDIT_AT = "update checkpoints set at = $1";
    END_KEY = "update keys set until_at = from_at where owner = 'log'";
    EDIT_KEY = "insert into keys (id, owner, number, vkey, from_at) values ('key_x', 'log', 9, $1, 0)";
    SPOIL_LINE = "update cosignatures set line = $1";
}

/// The gateway on a port of this machine.
async fn serve(app: &std::sync::Arc<App>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let router = router(app.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// The same gateway started afresh with other settings.
fn restarted(app: &TestApp, settings: Settings) -> std::sync::Arc<App> {
    let old = &app.app;
    App::new(
        old.db.clone(),
        old.packs.clone(),
        old.clock.clone(),
        old.entropy.clone(),
        old.secret.clone(),
        settings,
    )
}

async fn write(app: &TestApp, statement: &'static Statement, args: &[Value]) {
    let mut tx = app.app.db.begin().await.unwrap();
    tx.execute(statement, args).await.unwrap();
    tx.commit().await.unwrap();
}

/// Adds acts in one go.
async fn acts(app: &TestApp, count: usize) {
    let act = || aldgate::kernel::Change::new(aldgate::kernel::Act::new("test", "Act"));
    let change = (1..count).fold(act(), |change, _| change.and(act()));
    app.operator().commit(change).await.unwrap();
}

async fn fsck(app: &TestApp) -> Result<ledger::Verified, String> {
    aldgate::cli::fsck(&app.app.db).await.unwrap()
}

async fn audit(url: &str, file: &Path) -> Result<String, String> {
    aldgate::cli::audit(url, Some(file), None, &[])
        .await
        .unwrap()
}

#[tokio::test]
async fn the_tiles_make_the_signed_root_in_another_implementation() {
    let app = TestApp::new().await;
    let nobody = app.nobody();
    assert_eq!(
        nobody.get("/log/tile/0/000.p/1").await.status,
        404,
        "nothing is signed yet"
    );
    acts(&app, 600).await;
    let page = nobody.get("/log/checkpoint").await;
    assert_eq!(page.headers["content-type"], "text/plain; charset=utf-8");
    let size = log::size(&app.operator()).await.unwrap();

    // The note, read by hand as the specification says, its signature checked by another library.
    let (text, lines) = page.text.split_once("\n\n").unwrap();
    let body: Vec<&str> = text.split('\n').collect();
    let origin = keys::origin(&app.operator()).await.unwrap();
    assert_eq!(body[..2], [origin.as_str(), &size.to_string()]);
    let listed = nobody.get("/api/v1/log/keys").await;
    let listed: serde_json::Value = serde_json::from_str(&listed.text).unwrap();
    let vkey = listed["keys"][0]["vkey"].as_str().unwrap().to_owned();
    let public = BASE64_STANDARD
        .decode(vkey.splitn(3, '+').nth(2).unwrap())
        .unwrap();
    assert_eq!(public[0], 1);
    let line = lines.strip_prefix(&format!("— {origin} ")).unwrap();
    let signature = BASE64_STANDARD.decode(line.trim_end()).unwrap();
    let id = Sha256::digest([origin.as_bytes(), b"\n", &public].concat());
    assert_eq!(signature[..4], id[..4]);
    ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, &public[1..])
        .verify(format!("{text}\n").as_bytes(), &signature[4..])
        .unwrap();

    // The entries, put into a tree that shares no code with ours.
    let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for n in 0..size.div_ceil(256) {
        let width = (size - n * 256).min(256);
        let partial = if width == 256 {
            String::new()
        } else {
            format!(".p/{width}")
        };
        let page = nobody
            .get(&format!("/log/tile/entries/{n:03}{partial}"))
            .await;
        assert_eq!(page.status, 200);
        assert_eq!(page.headers["content-type"], "application/octet-stream");
        assert!(
            page.headers["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let mut rest = &page.bytes[..];
        while !rest.is_empty() {
            let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
            tree.push(rest[2..2 + length].to_vec());
            rest = &rest[2 + length..];
        }
        // The leaf tile holds the hashes of these entries.
        let hashes = nobody.get(&format!("/log/tile/0/{n:03}{partial}")).await;
        let leaves = bundle_leaves(&page.bytes).unwrap();
        assert_eq!(hashes.bytes, leaves.concat());
    }
    let root: RootHash<Sha256> = tree.root();
    assert_eq!(body[2], BASE64_STANDARD.encode(root.as_bytes()));

    // The level above holds the roots of full tiles.
    let above = nobody.get("/log/tile/1/000.p/2").await;
    assert_eq!(above.bytes.len(), 64);
    for wrong in [
        "0/0",
        "0/000.p/256",
        "0/000.p/0",
        "0/000.p/00",
        "0/000.p/x",
        "200/000",
        "07/000",
        "1/000",
        "0/003",
        "data/000",
        "9/000",
        "entries/x00/000",
    ] {
        assert_eq!(
            nobody.get(&format!("/log/tile/{wrong}")).await.status,
            404,
            "{wrong}"
        );
    }
    let page = nobody.get("/log/keys").await;
    assert!(page.says(&vkey), "{}", page.words());
    app.ends_clean().await;
}

/// Runs the client that is not ours: whether it holds, and what it says.
async fn foreign_client(url: &str, key: &str, earlier: &[&Path]) -> (bool, String) {
    let mut client = std::process::Command::new("go");
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/log-client/main.go");
    // Debian packages its libraries as a GOPATH.
    client
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOFLAGS", "")
        .env("GOCACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/go"))
        .args(["run", tool, &format!("{url}/log"), key])
        .args(earlier);
    let output = tokio::task::spawn_blocking(move || client.output().expect("Go"));
    let output = output.await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[tokio::test]
async fn a_client_that_is_not_ours_follows_the_log() {
    let app = TestApp::new().await;
    acts(&app, 700).await;
    let url = serve(&app.app).await;
    let operator = app.operator();
    let (before, note) = log::checkpoint(&operator, 1).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let earlier = folder.path().join("checkpoint");
    std::fs::write(&earlier, note).unwrap();
    let key = &keys::history(&operator, &keys::Owner::Log).await.unwrap()[0].vkey;
    let (holds, said) = foreign_client(&url, key, &[]).await;
    assert!(
        holds && said.starts_with(&format!("{} leaves", before.size)),
        "{said}"
    );

    acts(&app, 75).await;
    app.app.clock.advance(jiff::SignedDuration::from_hours(1));
    let (holds, said) = foreign_client(&url, key, &[&earlier]).await;
    let size = log::size(&operator).await.unwrap();
    assert!(holds && said.contains(&format!("{size} leaves")), "{said}");
    assert!(
        said.contains(&format!("continues {}", before.size)),
        "{said}"
    );

    // A key of another log, a leaf that was exchanged, and a node that was changed.
    let other = TestApp::new().await;
    keys::prepare(&other.operator()).await.unwrap();
    let other_key = &keys::history(&other.operator(), &keys::Owner::Log)
        .await
        .unwrap()[0]
        .vkey;
    let (holds, said) = foreign_client(&url, other_key, &[]).await;
    assert!(
        !holds && said.contains("no verifiable signatures"),
        "{said}"
    );
    write(&app, &SWAP_ENTRY, args![3_i64, 4_i64]).await;
    let (holds, said) = foreign_client(&url, key, &[]).await;
    assert!(!holds && said.contains("leaf 3"), "{said}");
    write(&app, &FLIP_NODE, args![10_i64, vec![7_u8; 32]]).await;
    let (holds, said) = foreign_client(&url, key, &[]).await;
    assert!(!holds && said.contains("It does not hold"), "{said}");
}

#[tokio::test]
async fn an_auditor_follows_the_log_and_finds_what_was_rewritten() {
    let app = TestApp::new().await;
    let settings = Settings {
        checkpoint_interval: 0,
        ..Settings::default()
    };
    let url = serve(&restarted(&app, settings)).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("remembered.json");
    acts(&app, 300).await;
    let said = audit(&url, &file).await.unwrap();
    assert!(said.contains("compare them with a copy"), "{said}");
    acts(&app, 400).await;
    keys::rotate(&app.operator(), &keys::Owner::Log, keys::Ending::Planned)
        .await
        .unwrap();
    let said = audit(&url, &file).await.unwrap();
    assert!(
        said.contains("A new key signs beside the old one"),
        "{said}"
    );
    let said = audit(&url, &file).await.unwrap();
    assert!(said.contains("0 of them new"), "{said}");

    // Another key than the auditor trusts.
    let other = keys::seal(&app.operator(), &"org_x".into(), "x\n").await;
    other.unwrap();
    let strange = keys::history(&app.operator(), &keys::Owner::from("org_x"))
        .await
        .unwrap();
    let wrong = aldgate::cli::audit(&url, None, Some(&strange[0].vkey), &[])
        .await
        .unwrap();
    assert!(
        wrong
            .unwrap_err()
            .contains("not signed by any of the keys given")
    );

    // Whoever owns database and key cuts acts off, and puts others in their place.
    write(&app, &DROP_CHECKPOINTS, &[]).await;
    for act in 500..log::size(&app.operator()).await.unwrap() {
        write(&app, &DROP_ACT, args![act as i64]).await;
        write(&app, &SHRINK, &[]).await;
    }
    let end = ledger::nodes_of(0..500).end as i64;
    write(&app, &DROP_NODES, args![end]).await;
    acts(&app, 3).await;
    let place = audit(&url, &file).await.unwrap_err();
    assert!(place.contains("were cut off"), "{place}");
    acts(&app, 400).await;
    let place = audit(&url, &file).await.unwrap_err();
    // The acts of the first audit hold still.
    assert!(place.contains("something among acts 301 to"), "{place}");
    assert!(place.contains("was rewritten"), "{place}");
}

#[tokio::test]
async fn two_gateways_witness_each_other() {
    let (one, two) = (TestApp::new().await, TestApp::new().await);
    let mut ends = Vec::new();
    for app in [&one, &two] {
        acts(app, 3).await;
        let log = keys::log(&app.operator()).await.unwrap()[0]
            .verifier()
            .to_string();
        let witness = keys::witness(&app.operator()).await.unwrap();
        ends.push((log, witness.verifier().to_string()));
    }
    // Each is told of the other's log, then of the address at which the other witnesses.
    let watching = |log: &str| Settings {
        witnessed_logs: vec![log.to_owned()],
        ..Settings::default()
    };
    let url_one = serve(&restarted(&one, watching(&ends[1].0))).await;
    let url_two = serve(&restarted(&two, watching(&ends[0].0))).await;
    let asking = |url: &str, key: &str| Settings {
        witnesses: vec![format!("{url}/log/witness {key}")],
        ..Settings::default()
    };
    let app_one = restarted(&one, asking(&url_two, &ends[1].1));
    let app_two = restarted(&two, asking(&url_one, &ends[0].1));
    for _ in 0..3 {
        for (app, by, witness) in [(&app_one, &one, &ends[1].1), (&app_two, &two, &ends[0].1)] {
            acts(by, 5).await;
            let ctx = Ctx::new(app.clone(), None);
            assert_eq!(sign_once(&ctx).await, Vec::<String>::new());
            let size = log::size(&ctx).await.unwrap();
            let note = log::served(&ctx).await.unwrap();
            let key: WitnessVerifier = witness.parse().unwrap();
            let at = key.cosigned(&note).unwrap();
            assert_eq!(at, Some((ctx.now.0 / 1_000_000) as u64));
            assert_eq!(log::last_cosigned(&ctx, &key).await.unwrap(), size);
        }
    }
    // A note that the witness did not see is not cosigned by its line.
    let note = log::served(&Ctx::new(app_one.clone(), None)).await.unwrap();
    let key: WitnessVerifier = ends[1].1.parse().unwrap();
    let altered = note.replacen('\n', "\n1", 1);
    assert!(key.cosigned(&altered).is_err());

    // An auditor can insist on the witness.
    let url = serve(&app_one).await;
    let asked = |key: &str| {
        let (url, key) = (url.clone(), key.to_owned());
        async move { aldgate::cli::audit(&url, None, None, &[key]).await.unwrap() }
    };
    asked(&ends[1].1).await.unwrap();
    assert!(
        asked(&ends[0].1)
            .await
            .unwrap_err()
            .contains("has not cosigned")
    );

    // What an agreement proves carries what the witness signed, and both verifiers check it.
    evidence_is_witnessed(&one, &app_one, &ends[1].1, &ends[0].1).await;

    // A gateway that loses its database and starts another history gets no cosignature for it.
    for act in 5..log::size(&one.operator()).await.unwrap() {
        write(&one, &DROP_ACT, args![act as i64]).await;
        write(&one, &SHRINK, &[]).await;
    }
    one_forgets(&one).await;
    acts(&one, 80).await;
    let faults = sign_once(&Ctx::new(app_one.clone(), None)).await;
    assert_eq!(faults.len(), 1);
    assert!(faults[0].contains("answered 422"), "{faults:?}");
    two.ends_clean().await;
}

/// `witness` cosigned the checkpoint of what `app` now hands out; `other` did not.
async fn evidence_is_witnessed(
    one: &TestApp,
    app: &std::sync::Arc<App>,
    witness: &str,
    other: &str,
) {
    let council = Party::new(one, "Camden Council", "borough").await;
    let fire = Party::new(one, "Fire Brigade", "fire").await;
    let id = journey::in_force(one, &[&council, &fire]).await;
    assert_eq!(
        sign_once(&Ctx::new(app.clone(), None)).await,
        Vec::<String>::new()
    );
    let author = council.author_client(one).await;
    let bundle = proof::get(&author, &format!("/records/{id}/evidence.json")).await;
    let folder = Folder::new();
    let file = folder.write("evidence.json", &bundle);
    let log_key = proof::log_key(one).await;
    let witnessed = |key: &str| {
        let (code, lines) = proof::both(&file, &["--log-key", &log_key, "--witness-key", key]);
        assert_eq!(code, 0, "{lines:#?}");
        let line = lines
            .iter()
            .find(|line| line.contains("checkpoint.witness"));
        line.unwrap_or_else(|| panic!("{lines:#?}")).clone()
    };
    assert!(witnessed(witness).starts_with("HOLDS"));
    assert!(witnessed(other).starts_with("NOT CHECKED"));
    // Its signature under another checkpoint holds nothing.
    let mut altered: serde_json::Value = serde_json::from_slice(&bundle).unwrap();
    let note = altered["body"]["checkpoint"].as_str().unwrap().to_owned();
    let last = note.trim_end().rsplit(' ').next().unwrap();
    let mut bytes = BASE64_STANDARD.decode(last).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    altered["body"]["checkpoint"] = note.replace(last, &BASE64_STANDARD.encode(bytes)).into();
    let file = folder.write("altered.json", altered.to_string().as_bytes());
    let (code, lines) = proof::both(&file, &["--log-key", &log_key, "--witness-key", witness]);
    assert_eq!(code, 1);
    assert!(
        lines
            .iter()
            .any(|l| l.starts_with("DOES NOT HOLD") && l.contains("checkpoint.witness"))
    );
}

/// Leaves five acts and no checkpoint.
async fn one_forgets(app: &TestApp) {
    sql! { NO_COSIGNATURES = "delete from cosignatures"; }
    write(app, &NO_COSIGNATURES, &[]).await;
    write(app, &DROP_CHECKPOINTS, &[]).await;
    let end = ledger::nodes_of(0..5).end as i64;
    write(app, &DROP_NODES, args![end]).await;
}

#[tokio::test]
async fn a_witness_refuses_as_the_specification_says() {
    let (app, other) = (TestApp::new().await, TestApp::new().await);
    acts(&other, 4).await;
    let ctx = other.operator();
    let (small, first) = log::checkpoint(&ctx, 4).await.unwrap();
    acts(&other, 4).await;
    let (large, second) = log::checkpoint(&ctx, small.size + 1).await.unwrap();
    let key = keys::log(&ctx).await.unwrap().remove(0);
    let watching = Settings {
        witnessed_logs: vec![key.verifier().to_string()],
        ..Settings::default()
    };
    let app_watching = restarted(&app, watching);
    let client = app.nobody_at(router(app_watching));
    let send = async |body: String| {
        let body = axum::body::Body::from(body);
        let page = client
            .send("POST", "/log/witness/add-checkpoint", "", body)
            .await;
        (page.status, page.text.clone(), page.headers.clone())
    };
    let proof = log::consistency(&ctx, small.size, large.size)
        .await
        .unwrap();
    let proof: String = proof
        .iter()
        .map(|h| BASE64_STANDARD.encode(h) + "\n")
        .collect();

    assert_eq!(send("nonsense".to_owned()).await.0, 400);
    let stranger = first.replacen(key.origin(), "somebody.example/log", 1);
    assert_eq!(send(format!("old 0\n\n{stranger}")).await.0, 404);
    let unsigned = first.replacen("\n5\n", "\n6\n", 1);
    assert_eq!(send(format!("old 0\n\n{unsigned}")).await.0, 403);
    assert_eq!(send(format!("old 99\n\n{first}")).await.0, 400);
    assert_eq!(
        send(format!(
            "old 0\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\n{first}"
        ))
        .await
        .0,
        422
    );
    let (status, line, _) = send(format!("old 0\n\n{first}")).await;
    assert_eq!(status, 200, "{line}");
    let witness = keys::witness(&app.operator()).await.unwrap();
    assert!(
        witness
            .verifier()
            .cosigned(&format!("{first}{line}"))
            .unwrap()
            .is_some()
    );
    let (status, size, headers) = send(format!("old 0\n\n{second}")).await;
    assert_eq!((status, size), (409, format!("{}\n", small.size)));
    assert_eq!(headers["content-type"], "text/x.tlog.size");
    assert_eq!(
        send(format!("old {}\n\n{second}", small.size)).await.0,
        422,
        "no proof"
    );
    // Two faces of one size.
    let split = Checkpoint {
        root: [7; 32],
        ..small.clone()
    }
    .sign(&key)
    .unwrap();
    assert_eq!(send(format!("old {}\n\n{split}", small.size)).await.0, 409);
    assert_eq!(
        send(format!("old {}\n{proof}\n{second}", small.size))
            .await
            .0,
        200
    );
    // The older one again.
    assert_eq!(send(format!("old {}\n\n{first}", small.size)).await.0, 409);
    assert_eq!(
        send(format!("old {}\n\n{second}", large.size)).await.0,
        200,
        "the same again"
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn an_erased_act_leaves_a_leaf_that_says_nothing() {
    let app = TestApp::new().await;
    acts(&app, 5).await;
    let ctx = app.operator();
    let before = log::checkpoint(&ctx, 5).await.unwrap().0;
    let refused = erasure::erase(&ctx, 2, " ").await.unwrap_err();
    assert!(refused.to_string().contains("Say why"), "{refused}");
    erasure::erase(&ctx, 2, "Asked for by the person it named")
        .await
        .unwrap();
    assert!(erasure::erase(&ctx, 2, "again").await.is_err());
    assert!(erasure::erase(&ctx, 99, "none").await.is_err());
    sql! {
        LEFT = "select act, salt, person_id, organisation_id, kind, subject from acts where sequence = 2";
        LAST = "select act from acts order by sequence desc limit 1";
        KEY_ACT = "select sequence from acts where kind = 'key.made'";
    }
    let row = ctx.app.db.one(&LEFT, &[]).await.unwrap();
    assert_eq!(row.opt_text("act").unwrap(), None);
    assert_eq!(row.opt_bytes("salt").unwrap(), None);
    assert_eq!(row.text("subject").unwrap(), "");
    let said = ctx
        .app
        .db
        .one(&LAST, &[])
        .await
        .unwrap()
        .text("act")
        .unwrap();
    assert!(
        said.contains("act.erased") && said.contains("\"subject\":\"2\""),
        "{said}"
    );
    let verified = fsck(&app).await.unwrap();
    assert_eq!(verified.erased, [2]);
    let key_act = ctx
        .app
        .db
        .one(&KEY_ACT, &[])
        .await
        .unwrap()
        .int("sequence")
        .unwrap();
    assert!(erasure::erase(&ctx, key_act as u64, "no").await.is_err());
    let size = log::size(&ctx).await.unwrap();
    let now = log::checkpoint(&ctx, size).await.unwrap().0;
    let proof = log::consistency(&ctx, before.size, now.size).await.unwrap();
    now.follows(&before, &proof).unwrap();
    app.ends_clean().await;
}

/// On SQLite, where the file is ours to look into.
#[tokio::test]
async fn what_is_erased_is_not_in_the_file_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("aldgate.db");
    let db = db::Db::sqlite(&file, db::Durability::Full).await.unwrap();
    db.migrate(aldgate::kernel::app::MIGRATIONS, 0)
        .await
        .unwrap();
    let like = TestApp::new().await;
    let app = App::new(
        db,
        like.app.packs.clone(),
        like.app.clock.clone(),
        like.app.entropy.clone(),
        like.app.secret.clone(),
        Settings::default(),
    );
    let ctx = Ctx::new(app.clone(), None);
    let act = aldgate::kernel::Act::new("test", "Act").with("about", "Someone Unmistakable");
    ctx.commit(aldgate::kernel::Change::new(act)).await.unwrap();
    erasure::erase(&ctx, 0, "Asked for").await.unwrap();
    aldgate::cli::fsck(&app.db).await.unwrap().unwrap();
    // Closing folds the write-ahead log into the file.
    app.db.close().await;
    let bytes = std::fs::read(&file).unwrap();
    let found = bytes.windows(12).any(|window| window == b"Unmistakable");
    assert!(!found);
    assert!(bytes.windows(9).any(|window| window == b"Asked for"));
}

/// One log, attacked in one way each: fsck finds the place and names it.
#[tokio::test]
async fn every_attack_on_the_stored_log_is_found() {
    let stranger = ledger::LogKey::from_seed("x", &[1; 32])
        .unwrap()
        .verifier()
        .to_string();
    let attacks: [(&str, &'static Statement, Vec<Value>, &str); 14] = [
        (
            "edit an act",
            &EDIT_ACT,
            args![4_i64].to_vec(),
            "act 4 was altered",
        ),
        (
            "swap an entry",
            &SWAP_ENTRY,
            args![4_i64, 5_i64].to_vec(),
            "leaf entry of act 4 was altered",
        ),
        (
            "drop an act",
            &DROP_ACT,
            args![4_i64].to_vec(),
            "act 4 is missing",
        ),
        (
            "drop the last act",
            &DROP_ACT,
            args![8_i64].to_vec(),
            "the log was cut off",
        ),
        ("shrink the log", &SHRINK, vec![], "its size is kept as"),
        (
            "drop nodes",
            &DROP_NODES,
            args![6_i64].to_vec(),
            "is missing",
        ),
        (
            "flip a node",
            &FLIP_NODE,
            args![6_i64, vec![7_u8; 32]].to_vec(),
            "stored node 6",
        ),
        (
            "flip a leaf",
            &FLIP_NODE,
            args![0_i64, vec![7_u8; 32]].to_vec(),
            "stored node 0",
        ),
        (
            "sign less",
            &EDIT_NOTE,
            args!["\n9\n", "\n8\n"].to_vec(),
            "the checkpoint of 9 acts",
        ),
        (
            "sign by another name",
            &EDIT_NOTE,
            args!["/log", "/gol"].to_vec(),
            "not signed by any",
        ),
        (
            "move the day",
            &EDIT_AT,
            args![1_i64].to_vec(),
            "not signed by any",
        ),
        (
            "expire the key",
            &END_KEY,
            vec![],
            "of those that counted when it was made",
        ),
        (
            "put a key in",
            &EDIT_KEY,
            args![stranger].to_vec(),
            "was made by no act",
        ),
        (
            "spoil a cosignature",
            &SPOIL_LINE,
            args!["— x AAAAAAAAAAAAAAAA\n"].to_vec(),
            "cosignature of",
        ),
    ];
    for (attack, statement, args, place) in attacks {
        let app = TestApp::new().await;
        acts(&app, 6).await;
        keys::prepare(&app.operator()).await.unwrap();
        let witness = ledger::WitnessKey::from_seed("w.example", &[2; 32]).unwrap();
        acts(&app, 2).await;
        let (checkpoint, note) = log::checkpoint(&app.operator(), 9).await.unwrap();
        assert_eq!(checkpoint.size, 9);
        let text = note.split_once("\n\n").unwrap().0;
        let line = witness.cosign(&format!("{text}\n"), 1);
        log::keep_cosignature(&app.operator(), &note, 9, witness.verifier(), &line)
            .await
            .unwrap();
        fsck(&app).await.unwrap();
        write(&app, statement, &args).await;
        let found = fsck(&app).await.expect_err(attack);
        assert!(found.contains(place), "{attack}: {found}");
    }
}

/// Every byte of every stored act, entry, node and note, flipped one at a time.
#[tokio::test]
async fn any_flipped_byte_is_found() {
    sql! {
        NODES = "select position, hash from ledger_nodes order by position";
        ENTRIES = "select sequence, entry, salt, act from acts order by sequence";
        PUT_ENTRY = "update acts set entry = $2 where sequence = $1";
        PUT_SALT = "update acts set salt = $2 where sequence = $1";
        PUT_ACT = "update acts set act = $2 where sequence = $1";
        NOTE = "select note from checkpoints";
        PUT_NOTE = "update checkpoints set note = $1";
    }
    let app = TestApp::new().await;
    acts(&app, 3).await;
    let size = log::size(&app.operator()).await.unwrap();
    log::checkpoint(&app.operator(), size).await.unwrap();
    let db = &app.app.db;
    let flip = |bytes: &[u8], n: usize| {
        let mut bytes = bytes.to_vec();
        bytes[n] ^= 1;
        bytes
    };
    let mut tried = 0;
    for row in db.all(&NODES, &[]).await.unwrap() {
        let (position, hash) = (row.int("position").unwrap(), row.bytes("hash").unwrap());
        for n in (0..hash.len()).step_by(7) {
            write(&app, &FLIP_NODE, args![position, flip(&hash, n)]).await;
            let found = fsck(&app).await.unwrap_err();
            assert!(
                found.contains(&format!("stored node {position}")),
                "{found}"
            );
            tried += 1;
        }
        write(&app, &FLIP_NODE, args![position, hash]).await;
    }
    for row in db.all(&ENTRIES, &[]).await.unwrap() {
        let sequence = row.int("sequence").unwrap();
        let named = format!("act {sequence}");
        for (column, put) in [("entry", &PUT_ENTRY), ("salt", &PUT_SALT)] {
            let bytes = row.bytes(column).unwrap();
            for n in (0..bytes.len()).step_by(7) {
                write(&app, put, args![sequence, flip(&bytes, n)]).await;
                let found = fsck(&app).await.unwrap_err();
                assert!(found.contains(&named), "{found}");
                tried += 1;
            }
            write(&app, put, args![sequence, bytes]).await;
        }
        let text = row.text("act").unwrap();
        for n in (0..text.len()).step_by(11) {
            let Ok(altered) = String::from_utf8(flip(text.as_bytes(), n)) else {
                continue;
            };
            write(&app, &PUT_ACT, args![sequence, altered]).await;
            let found = fsck(&app).await.unwrap_err();
            assert!(found.contains(&named), "{found}");
            tried += 1;
        }
        write(&app, &PUT_ACT, args![sequence, text]).await;
    }
    let note = db.one(&NOTE, &[]).await.unwrap().text("note").unwrap();
    for n in 0..note.len() {
        let Ok(altered) = String::from_utf8(flip(note.as_bytes(), n)) else {
            continue;
        };
        write(&app, &PUT_NOTE, args![altered.as_str()]).await;
        let found = fsck(&app).await.expect_err(&altered);
        assert!(found.contains("the checkpoint of"), "{found}");
        tried += 1;
    }
    write(&app, &PUT_NOTE, args![note]).await;
    assert!(tried > 300, "{tried}");
    app.ends_clean().await;
}

#[tokio::test]
async fn what_a_stranger_posts_to_the_keys_is_nothing() {
    let app = TestApp::new().await;
    let key: VerifierKey = keys::log(&app.operator()).await.unwrap()[0]
        .verifier()
        .clone();
    let page = app.nobody().get("/log/keys").await;
    assert_eq!(page.h1(), "Keys of the log");
    assert!(page.says(&key.to_string()));
    assert_eq!(
        app.nobody()
            .send("POST", "/log/keys", "", axum::body::Body::empty())
            .await
            .status,
        405
    );
}
