use std::process::ExitCode;

/// A page is made of thousands of small pieces of text.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Reads of the embedded database run on these threads, so there are more than cores: a long one stops nobody.
const THREADS: usize = 8;

fn main() -> ExitCode {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(THREADS).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let code = runtime.block_on(aldgate::cli::run());
    // Whatever is still being worked out for somebody who has gone is not waited for.
    runtime.shutdown_background();
    code
}
