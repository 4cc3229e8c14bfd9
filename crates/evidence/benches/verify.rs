//! How long it takes to verify a bundle with one review and four signatures, three by passkeys.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

#[path = "../tests/evidence/world.rs"]
mod world;

fn verifying(c: &mut Criterion) {
    let file = world::sealed(world::body()).to_bytes();
    let given = world::given();
    c.bench_function("verify a bundle of five decisions", |b| {
        b.iter(|| {
            let report = evidence::verify(black_box(&file), &given).expect("readable");
            assert!(report.holds());
        });
    });
}

criterion_group!(benches, verifying);
criterion_main!(benches);
