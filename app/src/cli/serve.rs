//! `aldgate serve`.

use std::net::SocketAddr;
use std::process::ExitCode;

use tokio::net::TcpListener;

use super::open;
use crate::demo;
use crate::features::log::sign;
use crate::jobs;
use crate::router::router;
use crate::settings::Settings;

pub async fn serve(settings: Settings) -> Result<ExitCode, String> {
    let listen = settings.listen;
    let app = open(settings).await?;
    if app.settings.demo && demo::is_empty(&app).await.map_err(|e| e.to_string())? {
        eprintln!("Filling the empty gateway with the demo coalition:");
        demo::fill(app.clone(), |line| eprintln!("  {line}")).await?;
    }
    tokio::spawn(jobs::keep_running(app.clone()));
    let listener = TcpListener::bind(listen).await.map_err(|e| {
        format!("Cannot listen on {listen}: {e}. Is it in use? Choose another with --listen.")
    })?;
    eprintln!("Aldgate is at http://{listen}/ (stop with Ctrl-C)");
    let signing = tokio::spawn(sign::keep_signing(app.clone()));
    let router = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, router)
        .with_graceful_shutdown(asked_to_stop())
        .await
        .map_err(|e| e.to_string())?;
    signing.abort();
    app.db.close().await;
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
