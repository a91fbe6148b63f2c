//! A server on a port of this machine: begun, asked, told to stop.

use std::time::Duration;

use fachwerk_designer_api::{Api, Options, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use crate::world::{HERE, World, at, simulated};

/// Everything must happen within this time; nothing waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

async fn connect(address: std::net::SocketAddr, head: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(format!("{head}\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    connection
}

#[tokio::test]
async fn a_server_ends_its_streams_and_stops() {
    let world = World::new().await;
    let mut options = Options::new(simulated);
    options.clock = world.session_clock.clone();
    let api = Api { runtime: world.runtime.clone(), options };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, api, async move {
        let _ = stopped.await;
    }));
    let mut asked = connect(address, "GET /healthz HTTP/1.0").await;
    let mut answer = String::new();
    asked.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n") && answer.ends_with("{\"status\":\"ok\"}"), "{answer}");

    let cookie = world.session(&at("jan", HERE)).await;
    let head = format!("GET /api/v1/events HTTP/1.1\r\nCookie: fachwerk_session={cookie}");
    let mut stream = connect(address, &head).await;
    let mut begin = [0; 15];
    stream.read_exact(&mut begin).await.unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200 OK");
    stop.send(()).unwrap();
    let mut rest = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the stream ends").unwrap();
    let ended = tokio::time::timeout(PATIENCE, serving).await.expect("the server stops");
    ended.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
