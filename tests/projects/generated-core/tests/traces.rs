//! Spans of requests, as a collector gets them.

mod support;

use std::{
    env,
    process::{Command, Stdio},
};

use axum::{Router, body::Bytes, http::Request, routing::post};
use full_core::core::{otel, telemetry, trace::TRACEPARENT};
use support::{X, send, start, tell};
use tokio::{net::TcpListener, sync::mpsc};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// The settings are those of a process, so this is one of its own.
#[tokio::test]
async fn spans_reach_the_collector() {
    let (sender, mut sent) = mpsc::unbounded_channel();
    let collect = move |body: Bytes| async move { drop(sender.send(body)) };
    let collector = Router::new().route("/v1/traces", post(collect));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, collector).await });

    let mut service = Command::new(env::current_exe().expect("a program"));
    service
        .args(["--exact", "a_service_is_called", "--ignored"])
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{address}"))
        .env("OTEL_SERVICE_NAME", "traced-service")
        .stdout(Stdio::null());
    let ended = tokio::task::spawn_blocking(move || service.status());
    let ended = ended.await.expect("no panic").expect("a process");
    assert!(ended.success());

    let batch = sent.try_recv().expect("a batch, before the service ended");
    let has = |part: &[u8]| batch.windows(part.len()).any(|window| window == part);
    for text in [
        "traced-service",
        "GET /traced/{x}",
        "http.response.status_code",
    ] {
        assert!(has(text.as_bytes()), "no {text}");
    }
    for id in [TRACE, PARENT] {
        let digits = (0..id.len()).step_by(2);
        let bytes = digits.map(|at| u8::from_str_radix(&id[at..at + 2], 16).expect("hex"));
        assert!(has(&bytes.collect::<Vec<_>>()), "no {id}");
    }
    assert!(!has(b"a log line"), "the log is not among the spans");
}

#[tokio::test]
#[ignore = "the other test starts it, with settings of its own"]
async fn a_service_is_called() {
    telemetry::init(false);
    let router = start("", |routes| {
        routes.get("/traced/{x}").public().to(|_, _, i: X| {
            tracing::info!("a log line");
            tell(i.0)
        });
    })
    .await;
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let request = Request::get("/traced/1").header(TRACEPARENT, &parent);
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let answer = send(&router, request).await;
    let next = answer.headers[TRACEPARENT].to_str().expect("a text");
    assert!(next.starts_with(&format!("00-{TRACE}-")) && next != parent);
    otel::flush().await;
}
