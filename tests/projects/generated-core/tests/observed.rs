//! What operators see: metrics and traces; and what they do not see.

mod support;

use axum::http::HeaderMap;
use full_core::core::{mask::mask, metrics, trace};
use support::{X, call, get, send, start, tell};
use uuid::Uuid;

#[test]
fn secrets_are_known_by_their_names() {
    for (text, masked) in [
        (r#"password="a b" next=1"#, r#"password="***" next=1"#),
        (
            r#"{"apiKey": "x\"y", "n": 1}"#,
            r#"{"apiKey": "***", "n": 1}"#,
        ),
        (
            r#"{"after":"{\"password\":\"x\",\"n\":1}"}"#,
            r#"{"after":"{\"password\":\"***\",\"n\":1}"}"#,
        ),
        (
            "Input { token: Some(\"x\"), n: 1 }",
            "Input { token: Some(\"***\"), n: 1 }",
        ),
        (
            "Authorization: Bearer a.b.c, n",
            "Authorization: Bearer ***, n",
        ),
        (
            "\u{1b}[3mtoken_hash\u{1b}[0m\u{1b}[2m=\u{1b}[0mx\u{1b}[0m",
            "\u{1b}[3mtoken_hash\u{1b}[0m\u{1b}[2m=\u{1b}[0m***\u{1b}[0m",
        ),
        ("?api_key=x&page=2", "?api_key=***&page=2"),
        // What is within a text, within another, and has a quote in it.
        (
            r#"{"after":"{\"password\":\"a\\\"x\",\"n\":1}"}"#,
            r#"{"after":"{\"password\":\"***\",\"n\":1}"}"#,
        ),
        (
            r#"{"after":"{\"sent\":\"{\\\"token\\\":\\\"x\\\"}\"}"}"#,
            r#"{"after":"{\"sent\":\"{\\\"token\\\":\\\"***\\\"}\"}"}"#,
        ),
        (r#"{"password":"x\\","n":1}"#, r#"{"password":"***","n":1}"#),
        (r#"{"message":"token=\"x"}"#, r#"{"message":"token=\"***"}"#),
        // JSON stays JSON.
        (
            r#"{"token_count":5,"n":1}"#,
            r#"{"token_count":"***","n":1}"#,
        ),
        (
            r#"{"tokens":["x","y]"],"n":1}"#,
            r#"{"tokens":"***","n":1}"#,
        ),
        (
            r#"{"a":"{\"secret\":{\"k\":[\"x\"]},\"n\":1}"}"#,
            r#"{"a":"{\"secret\":\"***\",\"n\":1}"}"#,
        ),
        (r#"{"message":"token: [x"}"#, r#"{"message":"token: ***"}"#),
        (r#"secret: Secret { key: "x}" }, n"#, "secret: ***, n"),
        (r#"tokens=[Token("x"), Token("y")] n"#, "tokens=*** n"),
        ("cookie: a=x; b=y, n", "cookie: ***, n"),
        ("authorization: Token x\nn", "authorization: ***\nn"),
        ("?filter[password]=x&n", "?filter[password]=***&n"),
        ("the token is not valid", "the token is not valid"),
        ("password= ", "password= "),
        ("secret=ä€", "secret=***"),
        ("token=\"never closed", "token=\"***"),
        ("", ""),
    ] {
        assert_eq!(mask(text), masked);
    }
}

/// Paths and bodies are in the log, and clients choose them: what grew with the square of their length took
/// minutes here.
#[test]
fn what_clients_repeat_is_masked_on_one_way_through() {
    for part in [
        "token ",
        "/token",
        "token=[]",
        "token=[\\",
        "cookie: a\n",
        "secret={'",
        "password=\"",
    ] {
        let text = part.repeat(1_000_000 / part.len());
        assert!(mask(&text).len() <= 2 * text.len(), "{part}");
    }
}

#[tokio::test]
async fn answers_are_counted_by_operation() {
    let router = start("", |routes| {
        routes
            .get("/counted/{x}")
            .public()
            .to(|_, _, i: X| tell(i.0));
    })
    .await;
    for path in ["/counted/1", "/counted/2", "/nowhere/1", "/nowhere/2"] {
        get(&router, path).await;
    }
    let request = |method: &str| {
        let request = axum::http::Request::builder()
            .method(method)
            .uri("/counted/1");
        request.body(axum::body::Body::empty()).expect("a request")
    };
    send(&router, request("MADE-UP")).await;
    let metrics = metrics::router(|| metrics::connections(5, 3));
    let answer = get(&metrics, "/metrics").await;
    for line in [
        "http_requests_total{method=\"GET\",route=\"/counted/{x}\",status=\"200\"} 2\n",
        "http_request_duration_seconds_count{method=\"GET\",route=\"/counted/{x}\"} 2\n",
        "database_connections{state=\"idle\"} 3\n",
        "database_connections{state=\"used\"} 2\n",
        "# TYPE http_requests_in_flight gauge\n",
        "method=\"other\"",
        "# EOF\n",
    ] {
        assert!(answer.text.contains(line), "{line}: {}", answer.text);
    }
    assert!(!answer.text.contains("nowhere"), "{}", answer.text);
    assert_eq!(get(&router, "/metrics").await.status, 404);
}

#[tokio::test]
async fn a_trace_goes_on() {
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let follow = |sent: &[String]| {
        let mut headers = HeaderMap::new();
        headers.insert("tracestate", "a=1".parse().expect("a value"));
        for sent in sent {
            headers.append("traceparent", sent.parse().expect("a value"));
        }
        let id = trace::follow(&mut headers, Uuid::now_v7());
        let parent = headers["traceparent"].to_str().expect("a text").to_owned();
        assert_eq!(parent.split('-').nth(1), Some(id.as_str()));
        assert_eq!(
            parent.split('-').map(str::len).collect::<Vec<_>>(),
            [2, 32, 16, 2]
        );
        (id, parent, headers.contains_key("tracestate"))
    };
    for sent in [
        format!("00-{trace}-{parent}-00"),
        format!("01-{trace}-{parent}-00-more"),
    ] {
        let (id, next, has_state) = follow(&[sent]);
        assert_eq!((id.as_str(), has_state), (trace, true));
        assert!(!next.contains(parent) && next.ends_with("-00"), "{next}");
    }
    let twice = format!("00-{trace}-{parent}-01");
    for wrong in [
        vec![],
        vec![twice.clone(), twice],
        vec![String::new()],
        vec![format!("ff-{trace}-{parent}-01")],
        vec![format!("00-{trace}-{parent}-01-more")],
        vec![format!("00-{}-{parent}-01", "0".repeat(32))],
        vec![format!("00-{trace}-{}-01", "0".repeat(16))],
        vec![format!("00-{}-{parent}-01", trace.to_uppercase())],
        vec![format!("00-{trace}-{parent}")],
    ] {
        let (id, _, has_state) = follow(&wrong);
        assert!(id != trace && !has_state, "{wrong:?}");
    }

    let router = start("", |_| {}).await;
    let sent = [("traceparent", format!("00-{trace}-{parent}-01"))];
    let sent = sent.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = call(&router, "GET", "/", &sent, "").await;
    assert!(
        answer.header("traceparent").contains(trace),
        "{:?}",
        answer.headers
    );
}
