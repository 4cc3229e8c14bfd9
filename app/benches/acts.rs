//! How many acts a second are acknowledged while sixteen writers act at once, beside how many rows a
//! second the same database inserts durably for sixteen writers, each in a transaction of its own.
//!
//! With the embedded database on the disk under `target`; with PostgreSQL where
//! `ALDGATE_TEST_POSTGRES` names one.

#![expect(clippy::disallowed_methods, reason = "benches measure real time")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use aldgate::kernel::app::MIGRATIONS;
use aldgate::kernel::clock::Clock;
use aldgate::kernel::entropy::Entropy;
use aldgate::kernel::{Act, App, Change, Ctx, Secret};
use aldgate::settings::Settings;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use db::{Db, Durability, args, sql};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const WRITERS: u64 = 16;

sql! {
    INSERT = "insert into spent_nonces (hash, until) values ($1, $2)";
}

/// A gateway that keeps what it writes, on one of the databases.
async fn gateway(postgres: Option<&str>) -> (Arc<App>, tempfile::TempDir) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let db = match postgres {
        Some(url) => Db::postgres(url, None).await,
        None => Db::sqlite(&folder.path().join("aldgate.db"), Durability::Full).await,
    };
    let db = db.unwrap();
    db.migrate(MIGRATIONS, 0).await.unwrap();
    let packs = Arc::new(aldgate::cli::load_packs("").unwrap());
    let secret = Secret::parse(&"11".repeat(32)).unwrap();
    let app = App::new(
        db,
        packs,
        Clock::System,
        Entropy::System,
        secret,
        Settings::default(),
    );
    (app, folder)
}

/// Shares the rounds among the writers; how long all of them took.
fn timed<F>(runtime: &Runtime, rounds: u64, once: impl Fn() -> F) -> Duration
where
    F: Future<Output = ()> + Send + 'static,
{
    let each = rounds.div_ceil(WRITERS);
    let begun = Instant::now();
    runtime.block_on(async {
        for _ in 0..each {
            let mut all: JoinSet<()> = (0..WRITERS).map(|_| once()).collect();
            while let Some(done) = all.join_next().await {
                done.unwrap();
            }
        }
    });
    begun
        .elapsed()
        .mul_f64(rounds as f64 / (each * WRITERS) as f64)
}

fn sixteen_writers(bench: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let postgres = std::env::var("ALDGATE_TEST_POSTGRES").ok();
    let mut databases = vec![("SQLite", None)];
    if let Some(url) = &postgres {
        databases.push(("PostgreSQL", Some(url.as_str())));
    }
    for (name, url) in databases {
        let (app, _folder) = runtime.block_on(gateway(url));
        let mut group = bench.benchmark_group(name);
        group.throughput(Throughput::Elements(1));
        group.bench_function("a durable insert, 16 writers", |b| {
            b.iter_custom(|rounds| {
                timed(&runtime, rounds, || {
                    let app = app.clone();
                    async move {
                        let mut tx = app.db.begin().await.unwrap();
                        let hash = Ctx::new(app.clone(), None).new_id("non");
                        tx.execute(&INSERT, args![hash, 0_i64]).await.unwrap();
                        tx.commit().await.unwrap();
                    }
                })
            });
        });
        group.bench_function("an act acknowledged, 16 writers", |b| {
            b.iter_custom(|rounds| {
                timed(&runtime, rounds, || {
                    let ctx = Ctx::new(app.clone(), None);
                    async move {
                        let hash = ctx.new_id("non");
                        let act = Act::new("benchmark", &hash);
                        let change = Change::new(act).write_one(&INSERT, args![hash, 0_i64]);
                        ctx.commit(change).await.unwrap();
                    }
                })
            });
        });
        group.finish();
        runtime.block_on(app.db.close());
    }
}

criterion_group!(benches, sixteen_writers);
criterion_main!(benches);
