//! Connection handling: connections whose requests do not arrive, or not completely, are closed; the number of
//! connections is limited; and idle connections are closed to admit new ones.
//!
//! axum's own `serve` keeps every connection for ever. hyper's time limit on headers treats a keep-alive connection as
//! one whose headers are late, which would be far too short for the connections that a proxy keeps; and it does not
//! report which connections could be closed. So each connection is watched here: through its socket, and through its
//! requests.

mod room;
mod socket;
mod watch;

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch as signal},
    time::Instant,
};
use tower::ServiceExt as _;

use self::{
    room::{Place, Room},
    socket::Socket,
    watch::Busy,
};

/// The largest head of a request, and how much of its body is buffered at a time.
const BUFFER: usize = 64 * 1024;
/// How long to pause accepting when no file descriptor is left.
const BREATH: Duration = Duration::from_millis(100);
/// The most connections, however many descriptors there are.
const MOST: usize = 8192;

/// Limits on connections.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a request's head may take after its first byte, and the first one after the connection was opened.
    pub head: Duration,
    /// How long a keep-alive connection may be idle: longer than proxies keep theirs, so that the proxy closes them.
    pub idle: Duration,
    /// How long a client may read nothing of a response before its connection is closed.
    pub stall: Duration,
    /// The most connections at a time.
    pub most: usize,
    /// The most connections of one network, unless it is a proxy's.
    pub share: usize,
    /// Proxies, through which all clients come: they have no share.
    pub proxies: Vec<IpNet>,
}

impl Limits {
    /// Returns the limits for this machine: three quarters of the file descriptors are for connections, and one network
    /// gets half of those.
    #[must_use]
    pub fn of_this_machine(proxies: &[IpNet]) -> Self {
        let descriptors = usize::try_from(descriptors()).unwrap_or(usize::MAX);
        let most = (descriptors / 4 * 3).clamp(16, MOST);
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(150),
            stall: Duration::from_secs(30),
            most,
            share: most / 2,
            proxies: proxies.to_vec(),
        }
    }
}

/// Returns how many files and connections this process may have open, after raising the limit.
#[cfg(target_os = "linux")]
fn descriptors() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    const ENOUGH: u64 = 16_384;
    let now = getrlimit(Resource::Nofile);
    let wanted = now.maximum.map_or(ENOUGH, |most| most.min(ENOUGH));
    let has = now.current.unwrap_or(ENOUGH);
    let more = Rlimit { current: Some(wanted), maximum: now.maximum };
    if wanted > has && setrlimit(Resource::Nofile, more).is_ok() { wanted } else { has }
}

#[cfg(not(target_os = "linux"))]
fn descriptors() -> u64 {
    // The default limit of nearly every system.
    1024
}

/// Serves until `stopped` changes; then requests under way are finished, and other connections end at once.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut stopped: signal::Receiver<bool>,
) {
    let limits = Arc::new(limits);
    let room = Room::new(&limits);
    // Nothing is ever sent: the channel closes when the last connection has ended.
    let (here, mut all_gone) = mpsc::channel::<Infallible>(1);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_one(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "nobody can connect");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        // Dropped, and so closed, when there is no room.
        let Some(place) = room.enter(peer.ip()) else { continue };
        let connection = Connection { stream, peer, place, limits: Arc::clone(&limits) };
        let (router, stopped, here) = (router.clone(), stopped.clone(), here.clone());
        tokio::spawn(async move {
            connection.run(router, stopped).await;
            drop(here);
        });
    }
    drop(listener);
    drop(here);
    all_gone.recv().await;
}

/// Returns whether the failure is of this one connection, not of the server.
fn is_of_one(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    limits: Arc<Limits>,
}

impl Connection {
    async fn run(self, router: Router, mut stopped: signal::Receiver<bool>) {
        let Self { stream, peer, place, limits } = self;
        let watch = place.watch();
        let service = service_fn(|mut request: Request<Incoming>| {
            let busy = Busy::begin(Arc::clone(watch));
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = router.clone().oneshot(request.map(Body::new));
            async move {
                let response = answer.await?;
                Ok::<_, Infallible>(response.map(|body| busy.until_the_end_of(body)))
            }
        });
        let socket = TokioIo::new(Socket::new(stream, Arc::clone(watch)));
        let mut server = http1::Builder::new();
        server.max_buf_size(BUFFER);
        let mut served = pin!(server.serve_connection(socket, service));
        let mut stopping = false;
        loop {
            // Without a deadline, `watch.changed()` ends the wait.
            let due = watch.due(&limits).unwrap_or_else(|| Instant::now() + limits.idle);
            tokio::select! {
                result = served.as_mut() => {
                    if let Err(error) = result {
                        tracing::trace!(%error, "a connection broke");
                    }
                    return;
                }
                _ = stopped.changed(), if !stopping => {
                    stopping = true;
                    served.as_mut().graceful_shutdown();
                }
                () = watch.changed() => {}
                () = tokio::time::sleep_until(due) => {}
            }
            if watch.is_over(&limits) {
                return;
            }
        }
    }
}
