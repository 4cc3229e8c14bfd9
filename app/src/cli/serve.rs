//! `aldgate serve`.

use std::process::ExitCode;
use std::time::Duration;

use axum::middleware;
use tokio::net::TcpListener;

use crate::adapters::sign_in_limits_kept;
use crate::cli::connections;
use crate::cli::open::{in_full, open};
use crate::demo;
use crate::jobs;
use crate::ledger::sign;
use crate::records::outlived;
use crate::router::router;
use crate::settings::Settings;
use crate::web::host::one_host;

/// How long the database may take to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

pub async fn serve(settings: Settings) -> Result<ExitCode, String> {
    let listen = settings.listen;
    let app = open(settings).await?;
    sign_in_limits_kept::recall(&app).await.map_err(in_full)?;
    if app.settings.demo && demo::is_empty(&app).await.map_err(|e| e.to_string())? {
        eprintln!("Filling the empty gateway with the demo coalition:");
        demo::fill(app.clone(), |line| eprintln!("  {line}")).await?;
    }
    let left = outlived::examine(&app.db, &app.packs)
        .await
        .map_err(in_full)?;
    if !left.is_well() {
        eprintln!("Beware: {left}.");
    }
    if let Some(drafts) = left.of_drafts() {
        eprintln!("{drafts}.");
    }
    tokio::spawn(jobs::keep_running(app.clone()));
    let listener = TcpListener::bind(listen).await.map_err(|e| {
        format!("Cannot listen on {listen}: {e}. Is it in use? Choose another with --listen.")
    })?;
    // Passkeys belong to names: people of this machine come by its name.
    let at = if listen.ip().is_loopback() && listen.is_ipv4() {
        format!("localhost:{}", listen.port())
    } else {
        listen.to_string()
    };
    eprintln!("Aldgate is at http://{at}/ (stop with Ctrl-C)");
    let signing = tokio::spawn(sign::keep_signing(app.clone()));
    let keeping = tokio::spawn(sign_in_limits_kept::keep_writing(app.clone()));
    let router = router(app.clone()).layer(middleware::from_fn(one_host));
    let serving = connections::serve(listener, router, asked_to_stop());
    tokio::select! {
        () = serving => {}
        // Who asks twice does not want to wait.
        () = async { asked_to_stop().await; asked_to_stop().await } => {}
    }
    signing.abort();
    keeping.abort();
    let closing = async {
        if let Err(refusal) = sign_in_limits_kept::keep(&app).await {
            refusal.log();
        }
        app.db.close().await;
    };
    // Everything acknowledged is on the disk: to close only tidies up.
    let _ = tokio::time::timeout(CLOSE_TIMEOUT, closing).await;
    Ok(ExitCode::SUCCESS)
}

async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
                .expect("a signal handler");
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
