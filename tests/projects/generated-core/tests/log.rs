//! The log: it keeps secrets to itself, and tells of writes.
//!
//! One test: `tracing` mixes up loggers of threads that run at the same time.

mod support;

use std::{
    future::pending,
    io::{self, Write},
    panic,
    sync::{Arc, Mutex},
    time::Duration,
};

use full_core::core::{
    error::{Error, Result},
    metrics,
    security::{Requirement, Scheme},
    telemetry,
};
use support::{Nothing, X, call, get, start, start_with, tell};
use tokio::time::timeout;

/// A log that is kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("a log").clone()).expect("UTF-8")
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a log").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const SIGNED_IN: Requirement = Requirement {
    alternatives: &[&[Scheme::Basic]],
    optional: false,
};

#[tokio::test]
async fn the_log() {
    for json in [true, false] {
        it_has_no_secrets(json).await;
    }
    it_tells_of_writes().await;
    it_tells_of_clients_that_leave().await;
    its_lines_are_json();
}

async fn it_has_no_secrets(json: bool) {
    let log = Kept::default();
    let kept = log.clone();
    let _guard = tracing::dispatcher::set_default(&telemetry::log(json, move || kept.clone()));
    let router = start("", |routes| {
            routes.post("/sign-in").secured(SIGNED_IN).to(|_, cx, _: Nothing| {
                let headers: Vec<_> = cx.headers.iter().map(|(n, v)| format!("{n}: {v:?}")).collect();
                let (uri, headers) = (&cx.uri, headers.join(", "));
                tracing::warn!(password = "hush-1", access_token = "hush-2", %uri, headers, "api_key=hush-3");
                Box::pin(async { Err::<String, _>(Error::internal("secret: hush-4 is wrong")) })
            });
        })
        .await;
    let sent = [
        ("authorization", "Basic YW5uOnNlY3JldA=="),
        ("x-request-id", "mine"),
    ];
    let answer = call(&router, "POST", "/sign-in?token=hush-5", &sent, "").await;
    assert_eq!(answer.status, 500);
    let hook = panic::take_hook();
    telemetry::log_panics();
    panic::catch_unwind(|| panic!("no token=hush-6")).expect_err("a panic");
    panic::set_hook(hook);
    let text = log.text();
    assert!(!text.contains("hush"), "{text}");
    assert!(!text.contains("YW5u"), "{text}");
    for told in [
        "mine",
        "***",
        "/sign-in",
        "500",
        "panicked",
        "no token",
        "tests/log.rs",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

async fn it_tells_of_writes() {
    let log = Kept::default();
    let kept = log.clone();
    let _guard = tracing::dispatcher::set_default(&telemetry::log(true, move || kept.clone()));
    let router = start_with(&[("AUDIT_LOG", "true")], "", |routes| {
        routes
            .get("/a/{x}")
            .public()
            .to(|_, _, i: X| tell(format!("shown {}", i.0)));
        routes
            .put("/a/{x}")
            .secured(SIGNED_IN)
            .idempotent()
            .to(|_, _, i: X| tell(format!("put {}", i.0)));
        routes
            .delete("/a/{x}")
            .public()
            .to(|_, _, _: X| Box::pin(async { Err::<String, _>(Error::not_found("row")) }));
    })
    .await;
    let audited = || -> Vec<serde_json::Value> {
        let lines = log.text();
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        lines
            .filter(|line: &serde_json::Value| line["target"] == "audit")
            .collect()
    };
    assert_eq!(get(&router, "/a/1").await.text, "shown 1");
    assert_eq!(call(&router, "DELETE", "/a/1", &[], "").await.status, 404);
    assert!(audited().is_empty(), "nothing was written");

    let sent = [
        ("authorization", "Basic YW5uOnNlY3JldA=="),
        ("x-request-id", "mine"),
        ("idempotency-key", "k"),
    ];
    // Asked again, it writes nothing.
    for _ in 0..2 {
        assert_eq!(call(&router, "PUT", "/a/1", &sent, "").await.text, "put 1");
    }
    let lines = audited();
    let [line] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    for (field, value) in [
        ("caller", "ann"),
        ("method", "PUT"),
        ("route", "/a/{x}"),
        ("path", "/a/1"),
        ("request_id", "mine"),
        ("before", "shown 1"),
        ("after", "put 1"),
    ] {
        assert_eq!(line[field], value, "{line}");
    }
}

fn its_lines_are_json() {
    let log = Kept::default();
    let kept = log.clone();
    let _guard = tracing::dispatcher::set_default(&telemetry::log(true, move || kept.clone()));
    tracing::warn!("alone");
    let span = tracing::info_span!("a request", id = "1\n", later = tracing::field::Empty);
    span.record("later", true);
    let _entered = span.enter();
    let (quoted, nothing) = ("\"a\" \\ \u{1}", None::<u8>);
    tracing::error!(quoted, nothing, n = -1, r#type = f64::NAN, "x.y" = 0.5, list = ?["b"], "{} told", 2);

    let text = log.text();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .map(|mut line: serde_json::Value| {
            let time = line["timestamp"].take();
            assert!(
                time.as_str().is_some_and(|time| time.ends_with('Z')),
                "{time}"
            );
            line
        })
        .collect();
    let time = serde_json::Value::Null;
    let alone = serde_json::json!({
        "timestamp": time, "level": "WARN", "message": "alone", "target": "log",
    });
    let within = serde_json::json!({
        "timestamp": time, "level": "ERROR", "message": "2 told", "target": "log",
        "quoted": "\"a\" \\ \u{1}", "n": -1, "type": null, "x.y": 0.5, "list": "[\"b\"]",
        "span": { "id": "1\n", "later": true, "name": "a request" },
    });
    assert_eq!(lines, [alone, within], "{text}");
}

async fn it_tells_of_clients_that_leave() {
    let log = Kept::default();
    let kept = log.clone();
    let _guard = tracing::dispatcher::set_default(&telemetry::log(true, move || kept.clone()));
    let router = start("", |routes| {
        routes
            .get("/slow")
            .public()
            .to(|_, _, _: Nothing| Box::pin(pending::<Result<String>>()));
    })
    .await;
    let sent = [("x-request-id", "left")];
    let left = call(&router, "GET", "/slow", &sent, "");
    let left = timeout(Duration::from_millis(50), left).await;
    assert!(left.is_err(), "there is an answer");
    let text = log.text();
    let told = [
        "\"message\":\"given up\"",
        "\"status\":499",
        "\"id\":\"left\"",
    ];
    let line = text
        .lines()
        .find(|line| told.iter().all(|part| line.contains(part)));
    assert!(line.is_some(), "{text}");
    let metrics = get(&metrics::router(|| ()), "/metrics").await;
    let counted = "http_requests_total{method=\"GET\",route=\"\",status=\"499\"} 1\n";
    assert!(metrics.text.contains(counted), "{}", metrics.text);
}
