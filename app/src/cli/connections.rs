//! Connections: taken, given a time to send their headers, and ended when the gateway stops.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// A request's headers are here after this time, and a connection on which none comes ends.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// What is read of a request before its handler asks for more, in bytes: as much as its headers may have, twice.
const READ_AHEAD: usize = 64 * 1024;
/// Requests that are being answered when the gateway is asked to stop have this long.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// After a connection could not be taken, as where no file is free, the next is tried this much later.
const AGAIN: Duration = Duration::from_millis(200);

/// Serves until `stop`, then lets what is being answered come to its end for [`STOP_TIMEOUT`].
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            taken = listener.accept() => match taken {
                Ok((stream, from)) => {
                    connections.spawn(connection(stream, from, router.clone(), stopped.clone()));
                }
                Err(fault) => {
                    tracing::warn!(%fault, "a connection could not be taken");
                    tokio::time::sleep(AGAIN).await;
                }
            },
            // What has ended is forgotten.
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    stopping.send_replace(true);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_TIMEOUT, ended).await.is_err() {
        tracing::warn!("some requests were not answered in time");
    }
}

async fn connection(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(from));
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|e| match e {})) }
    });
    // Small answers go out at once.
    let _ = stream.set_nodelay(true);
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(READ_AHEAD)
        .serve_connection(TokioIo::new(stream), answer);
    tokio::pin!(serving);
    tokio::select! {
        _ = serving.as_mut() => return,
        _ = stopped.wait_for(|stopped| *stopped) => serving.as_mut().graceful_shutdown(),
    }
    // A connection that breaks has nobody to be told.
    let _ = serving.await;
}
