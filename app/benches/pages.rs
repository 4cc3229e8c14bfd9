//! Searching and building pages without a network: what a search of a generated coalition takes by itself,
//! and what its whole page takes, from the request to the last byte.

use std::sync::Arc;

use aldgate::demo::generate::{Order, generate};
use aldgate::kernel::app::MIGRATIONS;
use aldgate::kernel::clock::Clock;
use aldgate::kernel::entropy::Entropy;
use aldgate::kernel::{App, Ctx, Secret};
use aldgate::organisations::store as organisations;
use aldgate::records::publication::store as register;
use aldgate::router::router;
use aldgate::settings::Settings;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use criterion::{Criterion, criterion_group, criterion_main};
use db::{Db, Durability};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

const ORDER: Order = Order {
    organisations: 2_000,
    people: 4_000,
    agreements: 400,
    published: 200,
    seed: 1,
};

async fn generated(folder: &std::path::Path) -> Arc<App> {
    let db = Db::sqlite(&folder.join("aldgate.db"), Durability::Relaxed).await;
    let db = db.unwrap();
    db.migrate(MIGRATIONS, 0).await.unwrap();
    let packs = Arc::new(aldgate::cli::load_packs("").unwrap());
    let secret = Secret::parse(&"11".repeat(32)).unwrap();
    let settings = Settings {
        limit_address: u32::MAX,
        ..Settings::default()
    };
    let app = App::new(db, packs, Clock::System, Entropy::System, secret, settings);
    generate(&app, &ORDER, |_| ()).await.unwrap();
    app
}

fn pages(bench: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let app = runtime.block_on(generated(folder.path()));
    let ctx = Ctx::new(app.clone(), None);

    let mut group = bench.benchmark_group("search");
    for (name, text) in [
        ("a common word", "information"),
        ("two words", "rough sleepers"),
        ("no text has it", "zzzz"),
    ] {
        let search = register::Search {
            text: text.to_owned(),
            ..register::Search::default()
        };
        group.bench_function(format!("the register, {name}"), |bencher| {
            bencher.iter(|| {
                runtime
                    .block_on(register::search(&ctx, &search, 26))
                    .unwrap()
            });
        });
    }
    for (name, text) in [("many", "school"), ("few", "meadow primary")] {
        group.bench_function(format!("organisations, {name}"), |bencher| {
            let found = || organisations::search(&ctx, text, "", ("", ""), 51);
            bencher.iter(|| runtime.block_on(found()).unwrap());
        });
    }
    group.finish();

    let router = router(app);
    let mut group = bench.benchmark_group("page");
    for path in ["/sign-in", "/register", "/register?text=information"] {
        group.bench_function(path, |bencher| {
            bencher.iter(|| {
                let request = Request::get(path).body(Body::empty()).unwrap();
                let page = async {
                    let answer = router.clone().oneshot(request).await.unwrap();
                    assert_eq!(answer.status(), 200);
                    to_bytes(answer.into_body(), usize::MAX).await.unwrap()
                };
                runtime.block_on(page)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, pages);
criterion_main!(benches);
