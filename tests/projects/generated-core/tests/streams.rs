//! Streams of events: in order, ended by an error, and stopped where nobody listens any more.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::to_bytes, response::IntoResponse, routing::get};
use full_core::core::{
    error::Error,
    output::{self, EventStream},
    server::Server,
};
use futures_util::{StreamExt, stream};
use tokio::{net::TcpListener, sync::oneshot, task::spawn_blocking};

async fn sent(events: EventStream<String>) -> String {
    let body = events.into_response().into_body();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body");
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[tokio::test]
async fn events_come_in_order() {
    let words = ["a", "b", "c"].map(|word| Ok(word.to_owned()));
    let events = EventStream::of_results(output::items(words));
    assert_eq!(
        sent(events).await,
        "data: \"a\"\n\ndata: \"b\"\n\ndata: \"c\"\n\n"
    );
}

#[tokio::test]
async fn an_error_is_the_last_event() {
    let items = [
        Ok("a".to_owned()),
        Err(Error::internal("the model is gone")),
    ];
    let items = stream::iter(items).chain(stream::pending());
    let text = sent(EventStream::of_results(items)).await;
    let (first, last) = text.split_once("\n\n").expect("two events");
    assert_eq!(first, "data: \"a\"");
    assert!(last.starts_with("event: error\ndata: {"), "{last}");
    assert!(!last.contains("model"), "nobody is told of causes: {last}");
}

struct Source(Arc<AtomicBool>);

impl Drop for Source {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn who_hangs_up_stops_the_source() {
    let is_over = Arc::new(AtomicBool::new(false));
    let source = Source(Arc::clone(&is_over));
    let items = stream::unfold(source, async |source| Some((Ok("more".to_owned()), source)));
    let response = EventStream::of_results(items).into_response();
    let mut body = response.into_body().into_data_stream();
    assert!(body.next().await.is_some());
    assert!(!is_over.load(Ordering::Relaxed));
    drop(body);
    assert!(is_over.load(Ordering::Relaxed));
}

#[tokio::test]
async fn a_stream_ends_with_the_server() {
    let endless = async || {
        let first = stream::iter([Ok("first".to_owned())]);
        EventStream::of_results(first.chain(stream::pending()))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server {
        last_requests: Duration::from_secs(600),
        ..Server::default()
    };
    let router = Router::new().route("/", get(endless));
    let serving = tokio::spawn(server.run(listener, router, async {
        let _ = stopped.await;
    }));
    let listening = spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let request = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        stream.write_all(request).expect("a request");
        let mut text = String::new();
        let mut part = [0; 1024];
        while !text.contains("first") {
            let length = stream.read(&mut part).expect("a part");
            text.push_str(&String::from_utf8_lossy(&part[..length]));
        }
        stop.send(()).expect("a server");
        stream.read_to_string(&mut text).expect("the rest");
        text
    });
    let text = listening.await.expect("a client");
    assert!(
        text.ends_with("\r\n0\r\n\r\n"),
        "the stream is cut off: {text}"
    );
    serving.await.expect("a server that ended");
}
