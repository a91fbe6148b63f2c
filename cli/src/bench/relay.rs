//! A longer way to the database: what passes here arrives later, as it would in another building.

use std::time::Duration;

use fachwerk_store::Place;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    task::JoinHandle,
    time::sleep_until,
};

use super::stopwatch::Stopwatch;
use crate::Failure;

/// Pieces that are on their way in one direction of a connection, at most.
const UNDER_WAY: usize = 1_000;
/// The largest piece, in bytes.
const PIECE: usize = 64 * 1_024;
const PORT_OF_POSTGRES: &str = "5432";

/// The way; it is closed when this is dropped.
pub struct Relay(JoinHandle<()>);

impl Drop for Relay {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Relay {
    /// Lays a way before a database, half of the time there and half of it back; the place at its near end. Without a
    /// time, the place itself.
    pub async fn before(place: &Place, round_trip_ms: u32) -> Result<(Place, Option<Relay>), Failure> {
        let (Place::Postgres { url }, true) = (place, round_trip_ms > 0) else {
            return Ok((place.clone(), None));
        };
        let (before, far, behind) = parts(url)?;
        let said = |error: std::io::Error| format!("no way to the database can be laid: {error}");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(said)?;
        let near = listener.local_addr().map_err(said)?;
        let delay = Duration::from_millis(round_trip_ms.into()) / 2;
        let relay = Relay(tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let far = far.clone();
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(&far).await {
                        join(client, server, delay);
                    }
                });
            }
        }));
        Ok((Place::Postgres { url: format!("{before}{near}{behind}") }, Some(relay)))
    }
}

/// What stands before host and port in the address of a database, these, and what stands behind.
fn parts(url: &str) -> Result<(String, String, String), Failure> {
    let wrong =
        || "the address of the database must name its host: postgres://user@host:port/name".to_owned();
    let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
    let (authority, behind) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    if host.is_empty() || behind.contains("host=") {
        return Err(wrong());
    }
    let is_whole = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let far = if is_whole { host.to_owned() } else { format!("{host}:{PORT_OF_POSTGRES}") };
    let before = if user.is_empty() { format!("{scheme}://") } else { format!("{scheme}://{user}@") };
    Ok((before, far, behind.to_owned()))
}

fn join(client: TcpStream, server: TcpStream, delay: Duration) {
    // Else small pieces would be held back by more than the delay.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    pass(from_client, to_server, delay);
    pass(from_server, to_client, delay);
}

/// Passes on in one direction, each piece so long after it came.
fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration) {
    let (sender, mut pieces) = mpsc::channel::<(Stopwatch, Vec<u8>)>(UNDER_WAY);
    tokio::spawn(async move {
        loop {
            let mut piece = vec![0; PIECE];
            match from.read(&mut piece).await {
                Ok(0) | Err(_) => return,
                Ok(length) => piece.truncate(length),
            }
            if sender.send((Stopwatch::start(), piece)).await.is_err() {
                return;
            }
        }
    });
    tokio::spawn(async move {
        while let Some((came, piece)) = pieces.recv().await {
            sleep_until(came.and(delay).into()).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Option<(&str, &str, &str)>) {
        let found = parts(url).ok();
        let found = found.as_ref().map(|(before, far, behind)| (&**before, &**far, &**behind));
        assert_eq!(found, expected);
    }

    #[test]
    fn parts_of_addresses() {
        check("postgres://a@h:1/d", Some(("postgres://a@", "h:1", "/d")));
        check("postgres://a:p@h/d?x=1", Some(("postgres://a:p@", "h:5432", "/d?x=1")));
        check("postgres://[::1]/d", Some(("postgres://", "[::1]:5432", "/d")));
        check("postgres:///d", None);
        check("postgres://h/d?host=g", None);
        check("h:1", None);
    }

    #[tokio::test]
    async fn what_passes_comes_later() {
        let server = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("postgres://a@{}/d", server.local_addr().expect("an address"));
        let (place, relay) = Relay::before(&Place::Postgres { url }, 20).await.expect("a way");
        assert!(relay.is_some());
        let Place::Postgres { url } = place else { panic!("another database") };
        let (_, near, _) = parts(&url).expect("an address");
        let mut client = TcpStream::connect(near).await.expect("a connection");
        let (mut server, _) = server.accept().await.expect("a client");
        let watch = Stopwatch::start();
        let mut piece = [0; 4];
        client.write_all(b"ping").await.expect("written");
        server.read_exact(&mut piece).await.expect("read");
        server.write_all(b"pong").await.expect("written");
        client.read_exact(&mut piece).await.expect("read");
        assert_eq!((&piece, watch.seconds() >= 0.02), (b"pong", true));
    }
}
