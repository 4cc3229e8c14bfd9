//! A gateway killed at any moment while people sign: every signature that was acknowledged is on its line,
//! sealed, and in the ledger once, and the log verifies.
//!
//! A process of its own takes agreements to signature after signature until it is killed with SIGKILL; it
//! prints what was acknowledged. Ten rounds; `ALDGATE_KILL_ROUNDS` asks for more (`make test-kill`: a
//! thousand).

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use aldgate::kernel::app::MIGRATIONS;
use aldgate::kernel::clock::Clock;
use aldgate::kernel::entropy::Entropy;
use aldgate::kernel::{App, Secret};
use aldgate::ledger::log;
use aldgate::records::decisions;
use aldgate::records::decisions::Decision;
use aldgate::records::lines::Stage;
use aldgate::settings::Settings;
use db::{Db, Durability, args, sql};

use crate::support::journey::{self, Party};
use crate::support::{TestApp, packs};

/// Tells the process that is killed where its database is: a folder, or a schema of PostgreSQL.
const PLACE: &str = "ALDGATE_KILL_PLACE";

/// A fresh database after so many rounds: checking a long ledger each time would take most of the time.
const ROUNDS_EACH: usize = 25;

sql! {
    SIGNATURE = "select count(*) as found from lines where id = $1 and outcome = 'signed' and seal is not null";
    LOGGED = "select count(*) as found from acts where kind = 'decision.sealed' and act like $1";
    SIGNATURES = "select count(*) as found from lines where outcome = 'signed'";
    SIGNED_ACTS = "select count(*) as found from acts where kind = 'sign_off.signed'";
    DECISIONS = "select count(*) as found from lines where outcome is not null";
    SEALED_ACTS = "select count(*) as found from acts where kind = 'decision.sealed'";
    RECORDS = "select count(*) as found from records";
    CREATED_ACTS = "select count(*) as found from acts where kind = 'record.created'";
    CHECKPOINT = "select count(*) as found from checkpoints where size = $1";
}

async fn open(place: &str) -> Arc<App> {
    let db = match std::env::var("ALDGATE_TEST_POSTGRES") {
        Ok(url) => Db::postgres(&url, Some(place)).await,
        Err(_) => Db::sqlite(&Path::new(place).join("aldgate.db"), Durability::Full).await,
    };
    let db = db.unwrap();
    db.migrate(MIGRATIONS, 0).await.unwrap();
    let secret = Secret::parse(&"11".repeat(32)).unwrap();
    App::new(
        db,
        packs(),
        Clock::System,
        Entropy::System,
        secret,
        Settings::default(),
    )
}

fn say(what: &str, subject: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what} {subject}")
        .and_then(|()| out.flush())
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "no test: the process that the tests below start and kill"]
async fn acts_until_it_is_killed() {
    let place = std::env::var(PLACE).expect("run by the tests below");
    let app = TestApp::of(open(&place).await);
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let app = TestApp::of(app.app.clone());
        writers.spawn(async move {
            let name = |what: &str| format!("{what} {} {writer}", std::process::id());
            let council = Party::new(&app, &name("Council"), "borough").await;
            let fire = Party::new(&app, &name("Fire"), "fire").await;
            loop {
                let id = journey::in_sign_off(&app, &[&council, &fire]).await;
                for party in [&council, &fire] {
                    let line = journey::open_line(&app, party, &id, Stage::SignOff).await;
                    let ctx = party.as_officer(&app);
                    let proof = decisions::password_proof(&ctx);
                    let sign = Decision::Sign;
                    decisions::sign_off(&ctx, &id, &line.id, &line.digest, &sign, &proof)
                        .await
                        .unwrap();
                    say("signature", line.id.as_str());
                }
            }
        });
    }
    loop {
        let ctx = app.operator();
        if let Ok(size) = log::size(&ctx).await
            && let Ok((checkpoint, _)) = log::checkpoint(&ctx, size).await
        {
            say("checkpoint", &checkpoint.size.to_string());
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Runs the process, kills it after some signatures and a random moment more, and returns what it said.
fn run_and_kill(place: &str, chance: [u8; 2]) -> Vec<String> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "killed::acts_until_it_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(PLACE, place)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap());
    let (mut said, mut line) = (Vec::new(), String::new());
    let (mut signatures, wanted) = (0, 1 + usize::from(chance[0] % 8));
    while lines.read_line(&mut line).unwrap() > 0 {
        // A line without an end was cut off by the kill: nobody was told.
        let whole = line.ends_with('\n');
        if whole && (line.starts_with("signature ") || line.starts_with("checkpoint ")) {
            said.push(line.trim_end().to_owned());
        }
        if whole && line.starts_with("signature ") {
            signatures += 1;
            if signatures == wanted {
                std::thread::sleep(std::time::Duration::from_micros(u64::from(chance[1]) * 200));
                process.kill().unwrap();
            }
        }
        line.clear();
    }
    process.wait().unwrap();
    assert!(
        signatures >= wanted,
        "the process ended by itself: {said:?}"
    );
    said
}

async fn count(db: &Db, statement: &'static db::Statement, args: &[db::Value]) -> i64 {
    db.one(statement, args).await.unwrap().int("found").unwrap()
}

/// The log verifies, and there are as many acts as what they did.
async fn whole(db: &Db) -> ledger::Verified {
    let verified = aldgate::cli::fsck(db).await.unwrap();
    let verified = verified.unwrap_or_else(|place| panic!("the ledger does not hold: {place}"));
    for (acts, done) in [
        (&SIGNED_ACTS, &SIGNATURES),
        (&SEALED_ACTS, &DECISIONS),
        (&CREATED_ACTS, &RECORDS),
    ] {
        assert_eq!(count(db, acts, &[]).await, count(db, done, &[]).await);
    }
    verified
}

/// Everything that was acknowledged is there, once. Returns how many signatures that are.
async fn held(db: &Db, said: &[String]) -> usize {
    let mut signatures = 0;
    for line in said {
        let (what, subject) = line.split_once(' ').unwrap();
        if what == "checkpoint" {
            let size: i64 = subject.parse().unwrap();
            assert_eq!(count(db, &CHECKPOINT, args![size]).await, 1, "{line}");
            continue;
        }
        let named = format!("%{subject}%");
        assert_eq!(count(db, &SIGNATURE, args![subject]).await, 1, "{line}");
        assert_eq!(count(db, &LOGGED, args![named]).await, 1, "{line}");
        signatures += 1;
    }
    signatures
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let rounds = std::env::var("ALDGATE_KILL_ROUNDS").map_or(10, |n| n.parse().unwrap());
    let chance = Entropy::seeded(7);
    let (mut acknowledged, mut round) = (0_usize, 0);
    while round < rounds {
        let folder = tempfile::tempdir().unwrap();
        let mut place = folder.path().to_str().unwrap().to_owned();
        if let Ok(url) = std::env::var("ALDGATE_TEST_POSTGRES") {
            place = format!("killed_{}_{round}", std::process::id());
            let db = Db::postgres(&url, None).await.unwrap();
            db.create_schema(&place).await.unwrap();
        }
        for _ in 0..ROUNDS_EACH.min(rounds - round) {
            let said = run_and_kill(&place, chance.bytes());
            let app = open(&place).await;
            whole(&app.db).await;
            acknowledged += held(&app.db, &said).await;
            app.db.close().await;
            round += 1;
        }
        println!("{round} of {rounds} kills, {acknowledged} acknowledged signatures");
    }
    println!("{rounds} kills, {acknowledged} acknowledged signatures, none lost, none twice");
    assert!(acknowledged >= rounds);
}

/// The embedded database is for one process.
mod on_postgresql {
    use super::*;

    /// Two gateways share one PostgreSQL; either is killed and started again while the other goes on.
    #[tokio::test]
    async fn two_gateways_on_one_database_lose_nothing_when_either_is_killed() {
        let url = crate::support::postgres();
        let place = format!("killed_two_{}", std::process::id());
        let db = Db::postgres(&url, None).await.unwrap();
        db.create_schema(&place).await.unwrap();
        open(&place).await.db.close().await;
        let gateways = [13, 17].map(|seed| {
            let place = place.clone();
            std::thread::spawn(move || {
                let chance = Entropy::seeded(seed);
                let rounds = (0..4).flat_map(|_| run_and_kill(&place, chance.bytes()));
                rounds.collect::<Vec<String>>()
            })
        });
        let said: Vec<String> = gateways
            .into_iter()
            .flat_map(|gateway| gateway.join().unwrap())
            .collect();
        let app = open(&place).await;
        whole(&app.db).await;
        assert!(held(&app.db, &said).await >= 8, "{said:?}");
        app.db.close().await;
    }
}

mod on_sqlite {
    use super::*;

    /// As if the power went while the write-ahead log was being written: it ends anywhere. The database
    /// opens as of some commit, and never in between.
    #[tokio::test]
    async fn a_write_ahead_log_cut_off_anywhere_opens_at_a_commit() {
        // Where a checkpoint came just before the kill, little is left to cut: then it is killed elsewhere.
        let mut sizes = std::collections::BTreeSet::new();
        for signatures in 0..8 {
            sizes = cut_off([signatures, 200]).await;
            if sizes.len() > 3 {
                return;
            }
        }
        panic!("never cut at different commits: {sizes:?}");
    }

    /// Kills the gateway after so many signatures and cuts its log anywhere: how many acts each copy holds.
    async fn cut_off(chance: [u8; 2]) -> std::collections::BTreeSet<u64> {
        let folder = tempfile::tempdir().unwrap();
        run_and_kill(folder.path().to_str().unwrap(), chance);
        let database = std::fs::read(folder.path().join("aldgate.db")).unwrap();
        let log = std::fs::read(folder.path().join("aldgate.db-wal")).unwrap();
        // What a checkpoint moves to the database was on the disk before: no power cut takes that from the log.
        // <https://www.sqlite.org/walformat.html>: how many frames it meant to move (bytes 128 to 131 of the index);
        // the log begins with 32 bytes, each frame is a page with 24 bytes before it.
        let index = std::fs::read(folder.path().join("aldgate.db-shm")).unwrap();
        let moved = u32::from_ne_bytes(index[128..132].try_into().unwrap()) as usize;
        let page = u32::from_be_bytes(log[8..12].try_into().unwrap()) as usize;
        let safe = if moved == 0 {
            0
        } else {
            32 + moved * (page + 24)
        };
        let places = Entropy::seeded(11);
        let mut sizes = std::collections::BTreeSet::new();
        for _ in 0..40 {
            let at = safe + u32::from_le_bytes(places.bytes()) as usize % (log.len() - safe).max(1);
            let copy = tempfile::tempdir().unwrap();
            std::fs::write(copy.path().join("aldgate.db"), &database).unwrap();
            std::fs::write(copy.path().join("aldgate.db-wal"), &log[..at]).unwrap();
            let app = open(copy.path().to_str().unwrap()).await;
            sizes.insert(whole(&app.db).await.size);
            app.db.close().await;
        }
        sizes
    }
}
