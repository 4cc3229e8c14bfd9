use std::process::ExitCode;

/// A page is made of thousands of small pieces of text.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// Reads of the embedded database run on these threads, so there are more than cores: a long one stops nobody.
#[tokio::main(worker_threads = 8)]
async fn main() -> ExitCode {
    aldgate::cli::run().await
}
