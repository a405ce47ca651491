//! Paths, methods, credentials, and what every request passes through.

mod support;

use std::{
    collections::BTreeSet,
    io::{Read as _, Write},
    net::TcpStream,
    time::Duration,
};

use axum::{
    body::Body as Content,
    http::{Request, StatusCode},
};
use chrono::{TimeDelta, Utc};
use full_core::{
    core::{
        Core,
        error::Error,
        input::{Body, Input, Read, Syntax},
        middleware,
        route::{self, Routes},
        security::{Requirement, Scheme},
    },
    operations::security::ANY,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use support::{HEAD, Nothing, SECRET, call, get, send, start, start_with, tell, whoami};
use tokio::sync::Notify;

macro_rules! path_probe {
    ($name:ident, $($parameter:literal)*) => {
        struct $name(String);

        impl Read for $name {
            fn read(input: &mut Input) -> Option<Self> {
                let values: Vec<Option<String>> =
                    vec![$(input.path($parameter, |v| v.string())),*];
                let values: Option<Vec<String>> = values.into_iter().collect();
                values.map(|values| Self(values.join("|")))
            }
        }
    };
}

path_probe!(X, "x");
path_probe!(Y, "y");
path_probe!(XY, "x" "y");

#[tokio::test]
async fn paths_that_a_router_cannot_say() {
    let router = start("/api/v1", |routes| {
        routes
            .get("/a/{x}/b")
            .public()
            .to(|_, _, i: X| tell(format!("b {}", i.0)));
        routes
            .get("/a/{y}/c")
            .public()
            .to(|_, _, i: Y| tell(format!("c {}", i.0)));
        routes
            .get("/a/mine/b")
            .public()
            .to(|_, _, _: Nothing| tell("mine".into()));
        routes
            .get("/f/{x}.json")
            .public()
            .to(|_, _, i: X| tell(format!("json {}", i.0)));
        routes
            .get("/f/{x}-{y}")
            .public()
            .to(|_, _, i: XY| tell(format!("pair {}", i.0)));
        routes
            .get("/f/{x}")
            .public()
            .to(|_, _, i: X| tell(format!("file {}", i.0)));
        routes
            .post("/f/{x}:archive")
            .public()
            .to(|_, _, i: X| tell(format!("archive {}", i.0)));
        routes
            .get("/{*rest}/**/:id/{}/}{")
            .public()
            .to(|_, _, _: Nothing| tell("odd".into()));
        routes
            .get("/sp ace/ä")
            .public()
            .to(|_, _, _: Nothing| tell("space".into()));
        routes
            .get("/slash/")
            .public()
            .to(|_, _, _: Nothing| tell("slash".into()));
        routes
            .get("/")
            .public()
            .to(|_, _, _: Nothing| tell("root".into()));
        routes
            .get("/a/{x}/b")
            .public()
            .to(|_, _, _: Nothing| tell("never".into()));
    })
    .await;
    for (path, expected) in [
        ("/a/1/b", "b 1"),
        ("/a/1/c", "c 1"),
        ("/a/mine/b", "mine"),
        ("/a/mine/c", "c mine"),
        ("/f/n.json", "json n"),
        ("/f/n%2Ejson", "json n"),
        ("/f/.json", "file .json"),
        ("/f/a.json.json", "json a.json"),
        ("/f/a-b-c", "pair a|b-c"),
        ("/f/a%2Fb", "file a/b"),
        ("/f/%252F", "file %2F"),
        ("/anything/**/:id/%7B%7D/%7D%7B", "odd"),
        ("/sp%20ace/%C3%A4", "space"),
        ("/slash/", "slash"),
        ("/", "root"),
    ] {
        let answer = get(&router, &format!("/api/v1{path}")).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (StatusCode::OK, expected),
            "{path}"
        );
    }
    for path in [
        "/api/v1/f/",
        "/api/v1/slash",
        "/api/v1",
        "/f/n",
        "/api/v1/a//b",
        "/api/v2/",
        "/nowhere",
    ] {
        let answer = get(&router, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let body: Value = serde_json::from_str(&answer.text).expect("an envelope");
        assert_eq!(body["error"]["code"], "not_found");
        assert_eq!(body["error"]["request_id"], answer.header("x-request-id"));
    }
    let answer = call(&router, "POST", "/api/v1/f/n:archive", &[], "").await;
    assert_eq!(answer.text, "archive n");
}

#[tokio::test]
async fn methods() {
    let router = start("", |routes| {
        routes
            .get("/x")
            .public()
            .to(|_, _, _: Nothing| tell("get".into()));
        routes
            .delete("/x")
            .public()
            .to(|_, _, _: Nothing| tell("delete".into()));
        routes
            .options("/x")
            .public()
            .to(|_, _, _: Nothing| tell("options".into()));
        routes
            .get("/own")
            .public()
            .to(|_, _, _: Nothing| tell("get".into()));
        routes
            .head("/own")
            .public()
            .to(|_, _, _: Nothing| Box::pin(async { Ok(StatusCode::ACCEPTED) }));
        routes.put("/{x}").public().to(|_, _, i: X| tell(i.0));
    })
    .await;
    let answer = call(&router, "POST", "/x", &[], "").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), "DELETE,GET,HEAD,OPTIONS,PUT");
    assert!(answer.text.contains("method_not_allowed"));
    let answer = call(&router, "HEAD", "/x", &[], "").await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(answer.header("content-length"), "3");
    assert_eq!(
        call(&router, "HEAD", "/own", &[], "").await.status,
        StatusCode::ACCEPTED
    );
    assert_eq!(
        call(&router, "OPTIONS", "/x", &[], "").await.text,
        "options"
    );
    assert_eq!(call(&router, "PUT", "/x", &[], "").await.text, "x");
}

fn token(claims: Value, secret: &str, algorithm: Algorithm) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    let token = jsonwebtoken::encode(&Header::new(algorithm), &claims, &key).expect("a token");
    format!("Bearer {token}")
}

const NEVER: u64 = 4_102_444_800;

const BEARER: Requirement = Requirement {
    alternatives: &[&[Scheme::Bearer(&["a", "b"])]],
    optional: false,
};

#[tokio::test]
async fn bearer_tokens() {
    let add = |routes: &mut full_core::core::route::Routes<()>| {
        routes
            .get("/x")
            .secured(BEARER)
            .to(|_, cx, _: Nothing| tell(whoami(cx)));
    };
    let router = start("", add).await;
    let claims = |extra: Value| {
        let mut claims = json!({ "sub": "ann", "exp": NEVER, "scope": "a b" });
        for (key, value) in extra.as_object().expect("an object") {
            claims[key] = value.clone();
        }
        claims
    };
    let hs = |claims| token(claims, SECRET, Algorithm::HS256);
    let without = |name: &str| {
        let mut all = claims(json!({}));
        all.as_object_mut().expect("an object").remove(name);
        hs(all)
    };
    let lists = json!({ "scope": null, "scp": ["a"], "scopes": ["b"] });
    let other = "another secret that is long enough";
    let cases = [
        (hs(claims(json!({}))), 200),
        (hs(claims(json!({}))).replace("Bearer", "bEARER"), 200),
        (hs(claims(lists)), 200),
        (hs(claims(json!({ "scope": "a" }))), 403),
        (hs(claims(json!({ "exp": 1 }))), 401),
        (hs(claims(json!({ "nbf": NEVER }))), 401),
        (without("exp"), 401),
        (without("sub"), 401),
        (without("scope"), 403),
        (token(claims(json!({})), other, Algorithm::HS256), 401),
        (token(claims(json!({})), SECRET, Algorithm::HS512), 401),
        (
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiZXhwIjo0MTAyNDQ0ODAwfQ.".to_owned(),
            401,
        ),
        ("Bearer x".to_owned(), 401),
        ("Basic YTpi".to_owned(), 401),
        ("Bearer".to_owned(), 401),
    ];
    for (authorization, status) in &cases {
        let answer = call(
            &router,
            "GET",
            "/x",
            &[("authorization", authorization)],
            "",
        )
        .await;
        assert_eq!(
            answer.status.as_u16(),
            *status,
            "{authorization} {}",
            answer.text
        );
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge.starts_with("Bearer"), *status != 200);
    }
    assert_eq!(get(&router, "/x").await.status, StatusCode::UNAUTHORIZED);

    let router = start_with(&[("JWT_AUDIENCE", "shop"), ("JWT_ISSUER", "id")], "", add).await;
    for (extra, status) in [
        (json!({}), 401),
        (json!({ "aud": "shop" }), 401),
        (json!({ "aud": ["x", "shop"], "iss": "id" }), 200),
        (json!({ "aud": "x", "iss": "id" }), 401),
        (json!({ "aud": "shop", "iss": "x" }), 401),
    ] {
        let authorization = hs(claims(extra.clone()));
        let answer = call(
            &router,
            "GET",
            "/x",
            &[("authorization", &authorization)],
            "",
        )
        .await;
        assert_eq!(answer.status.as_u16(), status, "{extra}");
    }
}

const BASIC: Requirement = Requirement {
    alternatives: &[&[Scheme::Basic]],
    optional: false,
};
const OPTIONAL: Requirement = Requirement {
    alternatives: &[&[Scheme::Basic]],
    optional: true,
};
const BOTH: Requirement = Requirement {
    alternatives: &[&[Scheme::Basic, Scheme::ApiKey(&HEAD)]],
    optional: false,
};
const CLOSED: Requirement = Requirement {
    alternatives: &[&[Scheme::Unsupported]],
    optional: false,
};

/// Path, headers, status and text.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16, &'a str);

#[tokio::test]
async fn other_credentials() {
    let router = start("", |routes| {
        routes
            .get("/any")
            .secured(ANY)
            .to(|_, cx, _: Nothing| tell(whoami(cx)));
        routes
            .get("/basic")
            .secured(BASIC)
            .to(|_, cx, _: Nothing| tell(whoami(cx)));
        routes
            .get("/optional")
            .secured(OPTIONAL)
            .to(|_, cx, _: Nothing| tell(whoami(cx)));
        routes
            .get("/both")
            .secured(BOTH)
            .to(|_, cx, _: Nothing| tell(whoami(cx)));
        routes
            .get("/closed")
            .secured(CLOSED)
            .to(|_, cx, _: Nothing| tell(whoami(cx)));
    })
    .await;
    let ann = ("authorization", "Basic YW5uOnNlY3JldA==");
    let bob = ("authorization", "basic Ym9iOmE6Yg==");
    let wrong = ("authorization", "Basic YW5uOndyb25n");
    let garbage = ("authorization", "Basic !");
    let head = ("x-key", "head");
    let cases: &[Case<'_>] = &[
        ("/any", &[head], 200, "api-key []"),
        ("/any", &[("x-key", "cook")], 401, ""),
        ("/any", &[ann], 200, "ann []"),
        ("/any?key%22=query", &[], 200, "api-key []"),
        ("/any?key%22=head", &[], 401, ""),
        (
            "/any",
            &[("cookie", "a=b; session=cook")],
            200,
            "api-key []",
        ),
        ("/any", &[], 401, ""),
        ("/basic", &[bob], 200, "bob []"),
        ("/basic", &[wrong], 401, ""),
        ("/basic", &[garbage], 401, ""),
        ("/basic", &[head], 401, ""),
        ("/optional", &[], 200, "nobody"),
        ("/optional", &[ann], 200, "ann []"),
        ("/optional", &[wrong], 401, ""),
        ("/both", &[ann, head], 200, "ann []"),
        ("/both", &[ann], 401, ""),
        ("/both", &[head], 401, ""),
        ("/both", &[ann, ("x-key", "x")], 401, ""),
        ("/closed", &[ann, head], 401, ""),
    ];
    for (path, headers, status, text) in cases {
        let answer = call(&router, "GET", path, headers, "").await;
        let case = format!("{path} {headers:?} {}", answer.text);
        assert_eq!(answer.status.as_u16(), *status, "{case}");
        match status {
            200 => assert_eq!(answer.text, *text, "{case}"),
            _ => assert!(!answer.header("www-authenticate").is_empty(), "{case}"),
        }
    }
    let challenge = get(&router, "/any")
        .await
        .header("www-authenticate")
        .to_owned();
    assert_eq!(
        challenge,
        "ApiKey, Basic realm=\"api\", charset=\"UTF-8\", Bearer"
    );
}

struct Json;

impl Read for Json {
    const BODY: Body = Body::Accepts {
        required: true,
        media: &[("application/json", Syntax::Json)],
    };

    fn read(input: &mut Input) -> Option<Self> {
        input.body(|v| v.any()).map(|_| Self)
    }
}

#[tokio::test]
async fn credentials_come_before_the_body() {
    let router = start("", |routes| {
        routes
            .post("/x")
            .secured(BASIC)
            .to(|_, _, _: Json| tell(String::new()));
    })
    .await;
    assert_eq!(
        call(&router, "POST", "/x", &[], "{").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[test]
fn settings_are_all_reported_at_once() {
    let empty = [
        ("JWT_SECRET", "short"),
        ("BASIC_USERS", ""),
        ("X_KEY_KEYS", " , "),
        ("SESSION_KEYS", ""),
        ("LISTEN", "nowhere"),
    ];
    let problems = support::config(&empty).map(drop).expect_err("problems");
    for part in [
        "JWT_SECRET must",
        "BASIC_USERS must",
        "X_KEY_KEYS must",
        "SESSION_KEYS must",
        "LISTEN is not valid",
    ] {
        assert!(problems.contains(part), "{part}: {problems}");
    }
    let pem = "-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\\n-----END PUBLIC KEY-----";
    for (algorithm, key, is_valid) in [
        ("EdDSA", pem, true),
        ("EdDSA", "", false),
        ("RS256", pem, false),
        ("none", pem, false),
    ] {
        let settings = [("JWT_ALGORITHM", algorithm), ("JWT_PUBLIC_KEY", key)];
        assert_eq!(
            support::config(&settings).is_ok(),
            is_valid,
            "{algorithm} {key}"
        );
    }
}

#[tokio::test]
async fn a_key_repeats_the_first_answer() {
    let router = start("", |routes| {
        routes
            .post("/x")
            .public()
            .idempotent()
            .to(|_, cx, _: Nothing| tell(cx.request_id.clone()));
        routes
            .post("/fail")
            .public()
            .idempotent()
            .to(|_, _, _: Nothing| Box::pin(async { Err::<(), Error>(Error::conflict("no")) }));
    })
    .await;
    let key = [("idempotency-key", "k")];
    let first = call(&router, "POST", "/x", &key, "").await;
    let again = call(&router, "POST", "/x", &key, "").await;
    assert_eq!((first.status, &first.text), (StatusCode::OK, &again.text));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(
        call(&router, "POST", "/x?other", &key, "").await.status,
        StatusCode::CONFLICT
    );
    assert_ne!(call(&router, "POST", "/x", &[], "").await.text, first.text);
    for _ in 0..2 {
        let answer = call(&router, "POST", "/fail", &key, "").await;
        assert_eq!(
            (answer.status, answer.header("idempotency-replayed")),
            (StatusCode::CONFLICT, "")
        );
    }
}

#[tokio::test]
async fn keys_are_kept_for_a_day_for_each_caller() {
    let core = support::core(&[]).await;
    let mut routes = Routes::<()>::default();
    routes
        .post("/{x}")
        .secured(OPTIONAL)
        .idempotent()
        .to(|_, cx, _: X| tell(cx.request_id.clone()));
    let router = middleware::apply(route::router(&core, &(), "", routes), &core);
    let post = async |user: &str, path: &str, key: &[u8]| {
        let request = Request::post(path).header("idempotency-key", key);
        let request = match user {
            "" => request,
            user => request.header("authorization", format!("Basic {user}")),
        };
        let answer = send(&router, request.body(Content::empty()).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.text
    };
    let (long, longer) = ("k".repeat(9000), format!("/{}", "p".repeat(9000)));
    let (ann, bob) = ("YW5uOnNlY3JldA==", "Ym9iOmE6Yg==");
    let mut first = Vec::new();
    for (user, path, key) in [
        ("", "/a", &b"\xff"[..]),
        ("", "/a", b"\xfe"),
        ("", "/a", "\u{fffd}".as_bytes()),
        ("", "/a", long.as_bytes()),
        ("", &longer, b"\xff"),
        (ann, "/a", b"\xff"),
        (bob, "/a", b"\xff"),
    ] {
        first.push(post(user, path, key).await);
        assert_eq!(post(user, path, key).await, first[first.len() - 1]);
    }
    let others: BTreeSet<&String> = first.iter().collect();
    assert_eq!(others.len(), first.len());

    let longest = "SELECT MAX(length(scope) + length(idempotency_key)) FROM idempotency_keys";
    let longest: i64 = sqlx::query_scalar(longest)
        .fetch_one(&core.db)
        .await
        .expect("a length");
    assert!(
        longest <= 2000,
        "an index of PostgreSQL takes no more than 2704 bytes"
    );

    for (hours, is_kept) in [(23, true), (25, false)] {
        sqlx::query("UPDATE idempotency_keys SET created_at = $1")
            .bind(Utc::now() - TimeDelta::hours(hours))
            .execute(&core.db)
            .await
            .expect("a change");
        assert_eq!(
            post("", "/a", b"\xff").await == first[0],
            is_kept,
            "after {hours} h"
        );
    }
    let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM idempotency_keys")
        .fetch_one(&core.db)
        .await
        .expect("a count");
    assert_eq!(left, 1, "what is too old is forgotten");
}

/// Of two requests with one key at once, one does it, and the other is told to ask again.
#[tokio::test]
async fn a_key_under_way_is_a_conflict() {
    static BEGUN: Notify = Notify::const_new();
    static GO: Notify = Notify::const_new();
    let router = start("", |routes| {
        routes
            .post("/slow")
            .public()
            .idempotent()
            .to(|_, cx, _: Nothing| {
                Box::pin(async move {
                    BEGUN.notify_one();
                    GO.notified().await;
                    tell(cx.request_id.clone()).await
                })
            });
    })
    .await;
    let key = [("idempotency-key", "k")];
    let first = tokio::spawn({
        let router = router.clone();
        async move { call(&router, "POST", "/slow", &key, "").await }
    });
    BEGUN.notified().await;
    let second = call(&router, "POST", "/slow", &key, "").await;
    assert_eq!(second.status, StatusCode::CONFLICT, "{}", second.text);
    assert!(
        second.text.contains("idempotency_key_in_use"),
        "{}",
        second.text
    );
    GO.notify_one();
    let first = first.await.expect("an answer");
    assert_eq!(first.status, StatusCode::OK);
    let third = call(&router, "POST", "/slow", &key, "").await;
    assert_eq!(third.text, first.text);
    assert_eq!(third.header("idempotency-replayed"), "true");
}

/// The one connection is free for others until the operation needs it.
#[tokio::test]
async fn a_transaction_opens_with_the_first_query() {
    let core = support::core(&[]).await;
    let mut routes = Routes::<Core>::default();
    routes.get("/x").public().to(|core: &Core, cx, _: Nothing| {
        Box::pin(async move {
            cx.begin().await?;
            let before = core.db.acquire().await.is_ok();
            let query = sqlx::query("SELECT 1").execute(cx.db().await?).await;
            query.map_err(Error::internal)?;
            let patience = cx.patience() <= Duration::from_secs(2);
            Ok(format!(
                "{before} {} {patience}",
                core.db.try_acquire().is_some()
            ))
        })
    });
    let router = route::router(&core, &core, "", routes);
    assert_eq!(get(&router, "/x").await.text, "true false true");
}

#[tokio::test]
async fn limits_and_headers() {
    let settings = [
        ("RATE_LIMIT_PER_MINUTE", "2"),
        ("CORS_ORIGINS", "https://a.example"),
    ];
    let core = support::core(&settings).await;
    let app = full_core::App {
        core,
        services: full_core::services::services(),
    };
    let router = app.router();
    let origin = ("origin", "https://a.example");
    let preflight = [origin, ("access-control-request-method", "POST")];
    let answer = call(&router, "OPTIONS", "/api/v1/items", &preflight, "").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://a.example"
    );
    assert_eq!(answer.header("access-control-allow-methods"), "GET");
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "authorization, content-type, x-key, x-trace"
    );
    let evil = call(
        &router,
        "GET",
        "/health/live",
        &[("origin", "https://b.example")],
        "",
    )
    .await;
    assert_eq!(evil.header("access-control-allow-origin"), "");
    for path in [
        "/health/live",
        "/health/ready",
        "/openapi.json",
        "/docs",
        "/docs/start.js",
        "/docs/assets/swagger-ui.css",
        "/docs/assets/oauth2-redirect.html",
        "/docs/assets/oauth2-redirect.js",
    ] {
        let answer = get(&router, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let start = get(&router, "/docs/start.js").await.text;
    assert!(start.contains("oauth2-redirect.html"), "{start}");
    let page = get(&router, "/docs").await.text;
    assert!(
        !page.contains("</title><script>") && page.contains("&lt;script&gt;"),
        "{page}"
    );
    let posted = call(&router, "POST", "/health/live", &[], "").await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
    for status in [404, 404, 429] {
        assert_eq!(get(&router, "/nowhere").await.status.as_u16(), status);
    }
    assert_eq!(get(&router, "/nowhere").await.header("retry-after"), "30");
    assert_eq!(get(&router, "/health/live").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_documentation_is_whole_without_source_maps() {
    let router = full_core::core::docs::router("{}");
    let back = get(&router, "/docs/assets/oauth2-redirect.html").await;
    let policy = back.header("content-security-policy");
    assert!(policy.contains("default-src 'self'"), "{policy}");
    for (path, part) in [
        ("/docs/assets/swagger-ui.css", ".swagger-ui"),
        ("/docs/assets/swagger-ui-bundle.js", "SwaggerUIBundle"),
        ("/redoc/redoc.js", "Redoc.init("),
    ] {
        let asset = get(&router, path).await.text;
        assert!(asset.contains(part), "{path}");
        assert!(!asset.contains("sourceMappingURL"), "{path}");
        let map = get(&router, &format!("{path}.map")).await;
        assert_eq!(map.status, StatusCode::NOT_FOUND, "{path}.map");
    }
}

#[tokio::test]
async fn the_documentation_can_be_turned_off() {
    for (docs, status) in [("true", StatusCode::OK), ("false", StatusCode::NOT_FOUND)] {
        let app = full_core::App {
            core: support::core(&[("DOCS", docs)]).await,
            services: full_core::services::services(),
        };
        for path in ["/docs", "/docs/start.js", "/redoc", "/openapi.json"] {
            let answer = get(&app.router(), path).await;
            assert_eq!(answer.status, status, "DOCS={docs}: {path}");
        }
    }
}

#[tokio::test]
async fn a_probe_waits_for_no_database() {
    let core = support::core(&[("DATABASE_ACQUIRE_SECONDS", "3600")]).await;
    let probes = full_core::core::health::router(&core);
    assert_eq!(get(&probes, "/health/ready").await.status, StatusCode::OK);
    let _connection = core.db.acquire().await.expect("the only connection");
    let answer = get(&probes, "/health/ready").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text.contains("\"database\""), "{}", answer.text);
    assert_eq!(get(&probes, "/health/live").await.status, StatusCode::OK);
}

#[tokio::test]
async fn hangs_and_panics_end_in_an_error() {
    let router = start_with(&[("REQUEST_TIMEOUT_SECONDS", "0")], "", |routes| {
        routes
            .get("/hang")
            .public()
            .to(|_, _, _: Nothing| Box::pin(std::future::pending::<Result<(), Error>>()));
        routes.get("/panic").public().to(
            |_, _, _: Nothing| -> full_core::core::context::Reply<'_, ()> { panic!("on purpose") },
        );
    })
    .await;
    assert_eq!(
        get(&router, "/hang").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let answer = get(&router, "/panic").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.text.contains("purpose"), "{}", answer.text);
    let error: Value = serde_json::from_str(&answer.text).expect("an error");
    assert_eq!(error["error"]["code"], "internal_error");
    assert_eq!(error["error"]["request_id"], answer.header("x-request-id"));
}

#[tokio::test]
async fn a_connection_outlives_a_request_whose_body_nobody_wants() {
    let router = start("", |routes| {
        routes.get("/a/{x}").public().to(|_, _, i: X| tell(i.0));
    })
    .await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(axum::serve(listener, router).into_future());
    let calls = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let mut send = |text: &str| {
            stream.write_all(text.as_bytes()).expect("it takes more");
            let mut answer = [0; 2048];
            let length = stream.read(&mut answer).expect("an answer");
            String::from_utf8_lossy(&answer[..length]).into_owned()
        };
        // The service knows enough before the body comes.
        let refused = send("POST /a/1 HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n");
        assert!(refused.starts_with("HTTP/1.1 405"), "{refused}");
        let next = send("12345GET /a/2 HTTP/1.1\r\nhost: a\r\n\r\n");
        assert!(next.starts_with("HTTP/1.1 200"), "{next:?}");
        // It is there long before all was sent, which most clients do before they look.
        let head = "POST /a/3 HTTP/1.1\r\nhost: a\r\ncontent-length: 8388608\r\n\r\n";
        let refused = send(&(head.to_owned() + &" ".repeat(8 << 20)));
        assert!(refused.starts_with("HTTP/1.1 405"), "{refused}");
    });
    calls.await.expect("the calls");
}
