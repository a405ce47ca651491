//! What answers say to caches.

mod support;

use axum::{
    http::{HeaderName, StatusCode, header},
    response::IntoResponse,
};
use full_core::core::{
    cache,
    error::{Error, Result},
    route::Routes,
    security::{Requirement, Scheme},
};
use support::{Answer, HEAD, Nothing, call, get, start};

const KEYS: Requirement = Requirement {
    alternatives: &[&[Scheme::ApiKey(&HEAD)], &[Scheme::Basic]],
    optional: false,
};

const CHANGED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

type Told = ([(HeaderName, &'static str); 1], &'static str);

fn routes(routes: &mut Routes<()>) {
    let tagged = |_: &(), _: &mut _, _: Nothing| -> full_core::core::context::Reply<'_, Told> {
        Box::pin(async { Ok(([(header::ETAG, "W/\"a\"")], "ok")) })
    };
    let dated = |_: &(), _: &mut _, _: Nothing| -> full_core::core::context::Reply<'_, Told> {
        Box::pin(async { Ok(([(header::LAST_MODIFIED, CHANGED)], "ok")) })
    };
    let own = |_: &(), _: &mut _, _: Nothing| -> full_core::core::context::Reply<'_, Told> {
        Box::pin(async { Ok(([(header::CACHE_CONTROL, "max-age=5")], "ok")) })
    };
    routes.get("/tagged").public().to(tagged);
    routes
        .get("/dated")
        .public()
        .varies("accept-language")
        .to(dated);
    routes.get("/secret").secured(KEYS).to(tagged);
    routes
        .get("/kept")
        .public()
        .cached("public, max-age=60")
        .to(own);
    routes
        .get("/plain")
        .public()
        .cached("public, max-age=60")
        .to(|_, _, _: Nothing| Box::pin(async { Ok("ok".into_response()) as Result<_> }));
    routes.post("/tagged").public().to(tagged);
    routes
        .get("/none")
        .public()
        .cached("public, max-age=60")
        .to(|_, _, _: Nothing| Box::pin(async { Err::<(), _>(Error::not_found("thing")) }));
}

fn told(answer: &Answer) -> (u16, &str, &str) {
    let status = answer.status.as_u16();
    (
        status,
        answer.header("cache-control"),
        answer.header("vary"),
    )
}

#[tokio::test]
async fn what_may_be_kept_is_told_by_who_may_read() {
    let router = start("", routes).await;
    let key = [("x-key", "head")];
    let ask = async |path| call(&router, "GET", path, &key, "").await;
    assert_eq!(told(&ask("/tagged").await), (200, "no-cache", ""));
    assert_eq!(
        told(&ask("/dated").await),
        (200, "no-cache", "accept-language")
    );
    let secret = ask("/secret").await;
    assert_eq!(told(&secret), (200, "private, no-cache", "x-key"));
    let vary: Vec<_> = secret.headers.get_all("vary").iter().collect();
    assert_eq!(vary, ["x-key", "authorization"]);
    assert_eq!(told(&ask("/kept").await).1, "max-age=5");
    assert_eq!(told(&ask("/plain").await).1, "public, max-age=60");
    for (method, path) in [
        ("POST", "/tagged"),
        ("GET", "/none"),
        ("GET", "/nowhere"),
        ("DELETE", "/tagged"),
        ("GET", "/secret"),
    ] {
        let answer = call(&router, method, path, &[], "").await;
        assert_eq!(told(&answer).1, "no-store", "{method} {path}");
    }
}

#[tokio::test]
async fn copies_that_are_still_good_are_not_sent_again() {
    let router = start("", routes).await;
    let tag = get(&router, "/plain").await.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let before = "Sun, 06 Nov 1994 08:49:36 GMT";
    let cases = [
        ("/tagged", "if-none-match", "\"b\", W/\"a\"", 304),
        ("/tagged", "if-none-match", "\"a\"", 304),
        ("/tagged", "if-none-match", "*", 304),
        ("/tagged", "if-none-match", "\"b\"", 200),
        ("/plain", "if-none-match", &tag, 304),
        ("/plain", "if-none-match", "\"b\"", 200),
        ("/dated", "if-modified-since", CHANGED, 304),
        (
            "/dated",
            "if-modified-since",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            304,
        ),
        (
            "/dated",
            "if-modified-since",
            "Sun Nov  6 08:49:37 1994",
            304,
        ),
        ("/dated", "if-modified-since", before, 200),
        ("/dated", "if-modified-since", "yesterday", 200),
        ("/tagged", "if-modified-since", CHANGED, 200),
        // Nothing has the tag: `*` stands for any.
        ("/dated", "if-none-match", "*", 200),
        ("/none", "if-none-match", "*", 404),
    ];
    for (path, name, value, status) in cases {
        for method in ["GET", "HEAD"] {
            let answer = call(&router, method, path, &[(name, value)], "").await;
            assert_eq!(
                answer.status.as_u16(),
                status,
                "{method} {path} {name}: {value}"
            );
            if status == 304 {
                assert_eq!(
                    (answer.text.as_str(), answer.header("content-type")),
                    ("", "")
                );
                let headers = ["cache-control", "etag", "last-modified"];
                let first = get(&router, path).await;
                for header in headers {
                    assert_eq!(
                        answer.header(header),
                        first.header(header),
                        "{path} {header}"
                    );
                }
            }
        }
    }
    let both = [("if-none-match", "\"b\""), ("if-modified-since", CHANGED)];
    let answer = call(&router, "GET", "/dated", &both, "").await;
    assert_eq!(answer.status, StatusCode::OK, "a tag says more than a time");
    let posted = call(
        &router,
        "POST",
        "/tagged",
        &[("if-none-match", "W/\"a\"")],
        "",
    )
    .await;
    assert_eq!(posted.status, StatusCode::OK);
}

#[test]
fn a_second_that_is_not_over_is_not_told() {
    use chrono::{DateTime, TimeDelta, Utc};
    let past = DateTime::parse_from_rfc2822(CHANGED)
        .expect("a time")
        .to_utc();
    assert_eq!(cache::modified(past).as_deref(), Some(CHANGED));
    assert_eq!(cache::modified(Utc::now() + TimeDelta::seconds(1)), None);
}
