use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    aldgate::cli::run().await
}
