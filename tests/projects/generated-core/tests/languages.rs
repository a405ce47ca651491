//! What clients are told, in the language that they ask for: the German of `docs/languages`.

mod support;

use axum::{Router, http::StatusCode};
use full_core::{
    core::{
        error::Error,
        input::{Input, Read},
        message::{Language, Message},
        middleware,
        output::{self, EventStream},
        route::{self, Routes},
    },
    messages::LANGUAGES,
};
use serde_json::{Value, json};
use support::{Answer, call, core, tell};

/// `?n=` from 1 to 3.
struct Number;

impl Read for Number {
    fn read(input: &mut Input) -> Option<Self> {
        let number = input.query_required("n", |v| v.integer::<i32>().minimum(1).maximum(3));
        number.map(|_| Self)
    }
}

async fn start(languages: &'static [Language]) -> Router {
    let core = core(&[]).await.speaking(languages);
    let mut routes = Routes::default();
    let numbers = routes.get("/numbers").public();
    numbers.to(|(), _, _: Number| tell("ok".to_owned()));
    let own = routes.get("/own").public();
    own.to(
        |(), _, _: Number| -> full_core::core::context::Reply<'_, String> {
            Box::pin(async { Err(Error::conflict("the order is paid")) })
        },
    );
    let stream = routes.get("/stream").public();
    stream.to(|(), _, _: Number| {
        let items = [Ok("one".to_owned()), Err(Error::not_found("model"))];
        Box::pin(async { Ok(EventStream::of_results(output::items(items))) })
    });
    let router = route::router(&core, &(), "", routes);
    middleware::apply(middleware::limit(router, &core), &core)
}

async fn ask(router: &Router, path: &str, accepted: &str) -> Answer {
    call(router, "GET", path, &[("accept-language", accepted)], "").await
}

#[tokio::test]
async fn violations_are_told_in_the_language_of_the_client() {
    let router = start(LANGUAGES).await;
    let german = ask(&router, "/numbers?n=9", "de-CH, fr;q=0.9, en;q=0.5").await;
    assert_eq!(german.status, StatusCode::BAD_REQUEST);
    assert_eq!(german.header("content-language"), "de");
    assert_eq!(german.header("vary"), "accept-language");
    let body: Value = serde_json::from_str(&german.text).expect("JSON");
    let expected = json!({
        "code": "bad_request",
        "message": "ein Parameter entspricht nicht dem Schema",
        "details": { "n": ["darf höchstens 3 sein"] },
        "request_id": german.header("x-request-id"),
    });
    assert_eq!(body["error"], expected);
    let path = ask(&router, "/nowhere", "de").await;
    assert!(
        path.text.contains("diesen Pfad gibt es nicht"),
        "{}",
        path.text
    );
    // Of the answers that have no message, none depends on the language.
    let fine = ask(&router, "/numbers?n=1", "de").await;
    assert_eq!(fine.text, "ok");
    assert_eq!(
        [fine.header("content-language"), fine.header("vary")],
        ["", ""]
    );
}

#[tokio::test]
async fn the_last_event_of_a_stream_is_an_error_like_others() {
    let answer = ask(&start(LANGUAGES).await, "/stream?n=1", "de").await;
    let (_, error) = answer.text.split_once("data: {").expect("an error");
    let body: Value = serde_json::from_str(&format!("{{{error}")).expect("JSON");
    assert_eq!(body["error"]["message"], "nicht gefunden: model");
    assert_eq!(body["error"]["request_id"], answer.header("x-request-id"));
}

#[test]
fn what_a_row_must_be_is_told_as_a_whole() {
    let needs = Message::WrongState {
        needs: &[("state", &["open", "held"]), ("paid", &["false"])],
    };
    let english = "`state` must be `open` or `held`, and `paid` must be `false`";
    assert_eq!(needs.to_string(), english);
    let german = "`state` muss `open` oder `held` sein, und `paid` muss `false` sein";
    assert_eq!((LANGUAGES[0].say)(&needs).as_deref(), Some(german));
}

#[tokio::test]
async fn what_is_in_no_table_stays_english() {
    let answer = ask(&start(LANGUAGES).await, "/own?n=1", "de").await;
    assert_eq!(answer.header("content-language"), "en");
    assert!(answer.text.contains("the order is paid"), "{}", answer.text);
    let silent = ask(&start(&[]).await, "/numbers?n=9", "de").await;
    assert_eq!(silent.violations(), ["n: must be at most 3"]);
    assert_eq!(silent.header("content-language"), "");
    assert_ne!(silent.header("vary"), "accept-language");
}

fn own(message: &Message) -> Option<String> {
    matches!(message, Message::Text(_)).then(|| "bezahlt".to_owned())
}

#[tokio::test]
async fn the_best_language_is_chosen() {
    const SOME: &[Language] = &[
        Language {
            tag: "de-AT",
            say: own,
        },
        Language {
            tag: "pt-BR",
            say: own,
        },
        Language {
            tag: "pt",
            say: own,
        },
    ];
    let router = start(SOME).await;
    for (accepted, chosen) in [
        ("", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("de-AT", "de-AT"),
        ("DE-at", "de-AT"),
        ("de", "de-AT"),
        ("de-CH", "en"),
        ("pt-PT", "pt"),
        ("pt-BR", "pt-BR"),
        ("en;q=0.5, pt;q=0.6", "pt"),
        ("en-GB, pt", "en"),
        ("pt, en-GB", "pt"),
        ("pt-BR;q=0.1, pt;q=0.2", "pt"),
        ("pt;q=0, pt-BR", "pt-BR"),
        ("en;q=0, *", "pt"),
        ("en;q=0, pt;q=0, *;q=0.1", "de-AT"),
        ("*;q=0, pt", "pt"),
        ("*;q=0", "en"),
        ("de;q=2, pt;q=x, de; Q = 0.3", "de-AT"),
        (",;,;q=,", "en"),
    ] {
        let answer = ask(&router, "/own?n=1", accepted).await;
        assert_eq!(answer.header("content-language"), chosen, "{accepted}");
    }
}
