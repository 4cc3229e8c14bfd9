//! How long an agreement of about twelve pages takes, from data to bytes.

use criterion::{Criterion, criterion_group, criterion_main};

#[path = "../tests/samples/mod.rs"]
mod samples;

fn documents(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pdf");
    group.sample_size(10);
    for (name, document) in [
        ("agreement", samples::agreement()),
        ("draft with a wide table", samples::matrix()),
        ("hostile text", samples::hostile()),
        ("carrying its evidence", samples::evidence()),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| documents::pdf(&document).expect("a sample can be set"));
        });
    }
    group.finish();
}

criterion_group!(benches, documents);
criterion_main!(benches);
