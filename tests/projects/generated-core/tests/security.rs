//! Credentials at rest, what other sites may send, and what every answer says.

mod support;

use std::net::SocketAddr;

use argon2::{Argon2, PasswordHasher};
use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use base64::{Engine, engine::general_purpose::STANDARD};
use full_core::core::{
    context::{Context, Reply},
    error::Error,
    route::Routes,
    security::{ApiKey, Place, Requirement, Scheme},
};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use sha2::{Digest, Sha256};
use support::{Answer, HEAD, Nothing, SECRET, call, start_with, tell, whoami};

static COOKIE: ApiKey = ApiKey {
    place: Place::Cookie,
    name: "session",
    setting: "SESSION_KEYS",
};

macro_rules! any {
    ($($alternative:expr),*) => {
        Requirement {
            alternatives: &[$(&[$alternative]),*],
            optional: false,
        }
    };
}

const KEY: Requirement = any!(Scheme::ApiKey(&HEAD));
const SESSION: Requirement = any!(Scheme::ApiKey(&COOKIE));
const BASIC: Requirement = any!(Scheme::Basic);
const BEARER: Requirement = any!(Scheme::Bearer(&["read", "write"]));
const SEVERAL: Requirement = any!(Scheme::Bearer(&[]), Scheme::Basic);

fn routes(routes: &mut Routes<()>) {
    fn who<'a>(_: &'a (), cx: &'a mut Context, _: Nothing) -> Reply<'a, String> {
        tell(whoami(cx))
    }
    routes.get("/key").secured(KEY).to(who);
    routes.get("/few").secured(KEY).limited(1, 3600).to(who);
    routes.get("/session").secured(SESSION).to(who);
    routes.post("/session").secured(SESSION).to(who);
    routes.post("/open").public().to(who);
    routes.get("/basic").secured(BASIC).to(who);
    routes.get("/bearer").secured(BEARER).to(who);
    routes.get("/several").secured(SEVERAL).to(who);
    routes
        .get("/peer")
        .public()
        .to(|_, cx, _: Nothing| tell(cx.peer.map(|ip| ip.to_string()).unwrap_or_default()));
    routes
        .get("/panic")
        .public()
        .to(|_, _, _: Nothing| -> Reply<'_, ()> { panic!("on purpose") });
    routes
        .get("/fails")
        .public()
        .to(|_, _, _: Nothing| Box::pin(async { Err::<(), Error>(Error::internal("a cause")) }));
}

async fn with(router: &Router, path: &str, header: (&str, &str)) -> Answer {
    call(router, "GET", path, &[header], "").await
}

fn sha256(key: &str) -> String {
    format!("sha256:{:x}", Sha256::digest(key))
}

#[tokio::test]
async fn api_keys_may_be_hashes_with_owners() {
    let (own, other) = (sha256("one"), sha256("two").to_uppercase());
    let other = other.replace("SHA256", "sha256");
    let keys = format!("ann={own}, ann={other},{},plain==", sha256("three"));
    let router = start_with(
        &[("X_KEY_KEYS", &keys), ("RATE_LIMIT_PER_MINUTE", "99")],
        "",
        routes,
    )
    .await;
    for (key, status, text) in [
        ("one", 200, "ann []"),
        ("two", 200, "ann []"),
        ("three", 200, "api-key []"),
        ("plain==", 200, "api-key []"),
        ("four", 401, ""),
        (&own, 401, ""),
        (&format!("ann={own}"), 401, ""),
    ] {
        let answer = with(&router, "/key", ("x-key", key)).await;
        assert_eq!(answer.status.as_u16(), status, "{key}");
        assert!(answer.text.starts_with(text), "{key}: {}", answer.text);
    }
    // The keys of one owner count together, those of nobody each for itself.
    for (key, status) in [("one", 200), ("two", 429), ("three", 200), ("plain==", 200)] {
        let answer = with(&router, "/few", ("x-key", key)).await;
        assert_eq!(answer.status.as_u16(), status, "{key}");
    }
}

#[tokio::test]
async fn passwords_may_be_hashes() {
    let hash = |password: &str| {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.expect("a hash").to_string()
    };
    let (ann, bob) = (hash("secret"), hash("a:b, ö"));
    assert!(ann.starts_with("$argon2id$") && ann.contains(','), "{ann}");
    let users = format!("ann:{ann}, bob:{bob},eve:plain");
    let router = start_with(&[("BASIC_USERS", &users)], "", routes).await;
    let status = async |pair: &str| {
        let sent = format!("Basic {}", STANDARD.encode(pair));
        let answer = with(&router, "/basic", ("authorization", &sent)).await;
        (answer.status.as_u16(), answer.text)
    };
    for (pair, user) in [
        ("ann:secret", "ann []"),
        ("ann:secret", "ann []"),
        ("bob:a:b, ö", "bob []"),
        ("eve:plain", "eve []"),
    ] {
        assert_eq!(status(pair).await, (200, user.to_owned()), "{pair}");
    }
    for pair in [
        "ann:a:b, ö",
        "bob:secret",
        "eve:secret",
        "zoe:secret",
        "ann:",
        "ann",
        "",
        &format!("ann:{ann}"),
    ] {
        assert_eq!(status(pair).await.0, 401, "{pair}");
    }
}

#[test]
fn hashes_that_are_not_whole_are_told_and_not_shown() {
    let digits = "a".repeat(63);
    let twice = "ann:$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";
    for (setting, value, problem) in [
        ("X_KEY_KEYS", format!("sha256:{digits}"), "64 hexadecimal"),
        (
            "X_KEY_KEYS",
            format!("a=sha256:{digits}g"),
            "64 hexadecimal",
        ),
        ("BASIC_USERS", "ann:$argon2id$v=19$m=1".into(), "not whole"),
        ("BASIC_USERS", format!("{twice},{twice}"), "two hashes"),
        // What is left of a hash in double quotes.
        (
            "BASIC_USERS",
            "ann:=19=19456,t=2,p=1".into(),
            "single quotes",
        ),
    ] {
        let problems = support::config(&[(setting, &value)]).err();
        let problems = problems.expect("a problem");
        assert!(problems.contains(setting), "{problems}");
        assert!(problems.contains(problem), "{problems}");
        assert!(!problems.contains(&value), "{problems}");
    }
}

#[tokio::test]
async fn other_sites_cannot_use_a_cookie() {
    let settings = [("CORS_ORIGINS", "https://app.example,*")];
    let router = start_with(&settings, "", routes).await;
    let strict = [("COOKIES_NEED_ORIGIN", "true")];
    let strict = start_with(&strict, "", routes).await;
    let host = ("host", "api.example");
    let cookie = ("cookie", "a=b; session=cook");
    let (own, listed, other) = (
        ("origin", "https://api.example"),
        ("origin", "https://app.example"),
        ("origin", "https://evil.example"),
    );
    let site = |site| ("sec-fetch-site", site);
    let cases: &[(&Router, &str, &[(&str, &str)], u16)] = &[
        (&router, "POST", &[host, cookie, own], 200),
        (&router, "POST", &[host, cookie, listed], 200),
        (&router, "POST", &[host, cookie, other], 403),
        (&router, "POST", &[host, cookie, ("origin", "null")], 403),
        (
            &router,
            "POST",
            &[host, cookie, site("same-origin"), own],
            200,
        ),
        (
            &router,
            "POST",
            &[host, cookie, site("same-site"), listed],
            200,
        ),
        (
            &router,
            "POST",
            &[host, cookie, site("cross-site"), own],
            403,
        ),
        (
            &router,
            "POST",
            &[host, cookie, site("same-site"), other],
            403,
        ),
        (&router, "POST", &[host, cookie, site("cross-site")], 403),
        (
            &router,
            "GET",
            &[host, cookie, site("cross-site"), other],
            200,
        ),
        // A name that proxies tell counts from them alone.
        (
            &router,
            "POST",
            &[host, cookie, other, ("x-forwarded-host", "evil.example")],
            403,
        ),
        (&router, "POST", &[host, cookie], 200),
        (&strict, "POST", &[host, cookie], 403),
        (&strict, "POST", &[host, cookie, own], 200),
        (&strict, "POST", &[host, cookie, listed], 403),
    ];
    for (router, method, headers, status) in cases {
        let answer = call(router, method, "/session", headers, "").await;
        assert_eq!(answer.status.as_u16(), *status, "{headers:?}");
        if *status == 403 {
            assert!(
                answer.text.contains("cross_site_request"),
                "{}",
                answer.text
            );
        }
    }
    for headers in [[host, other], [("cookie", "a=b"), other]] {
        let answer = call(&strict, "POST", "/open", &headers, "").await;
        assert_eq!(answer.status.as_u16(), 200, "{headers:?}");
    }
}

#[tokio::test]
async fn pages_of_listed_origins_may_send_cookies() {
    let settings = [("CORS_ORIGINS", "https://app.example,*")];
    let router = start_with(&settings, "", routes).await;
    for (origin, allowed, credentials) in [
        ("https://app.example", "https://app.example", "true"),
        ("https://any.example", "https://any.example", ""),
    ] {
        let asks = ("access-control-request-method", "POST");
        let preflight = [("origin", origin), asks];
        let preflight = call(&router, "OPTIONS", "/session", &preflight, "").await;
        assert_eq!(preflight.status.as_u16(), 204, "{origin}");
        let refused = with(&router, "/session", ("origin", origin)).await;
        assert_eq!(refused.status.as_u16(), 401, "{origin}");
        for answer in [preflight, refused] {
            let sent = answer.header("access-control-allow-origin");
            assert_eq!(sent, allowed, "{origin}");
            let sent = answer.header("access-control-allow-credentials");
            assert_eq!(sent, credentials, "{origin}");
            let varies = answer.headers.get_all("vary");
            assert!(varies.iter().any(|value| value == "origin"), "{origin}");
        }
    }
    let closed = start_with(&[], "", routes).await;
    let headers = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "POST"),
    ];
    let answer = call(&closed, "OPTIONS", "/session", &headers, "").await;
    assert_eq!(answer.status.as_u16(), 405);
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn every_answer_has_the_headers_for_security() {
    let settings = [("CORS_ORIGINS", "https://app.example")];
    let router = start_with(&settings, "", routes).await;
    for (path, status) in [
        ("/peer", 200),
        ("/key", 401),
        ("/nowhere", 404),
        ("/open", 405),
        ("/fails", 500),
        ("/panic", 500),
    ] {
        let answer = with(&router, path, ("origin", "https://app.example")).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("access-control-allow-origin", "https://app.example"),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn challenges_tell_what_to_bring() {
    let router = start_with(&[], "", routes).await;
    let token = |scope: &str| {
        let claims = json!({ "sub": "ann", "exp": 4_102_444_800_u64, "scope": scope });
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        let token = jsonwebtoken::encode(&Header::default(), &claims, &key);
        format!("Bearer {}", token.expect("a token"))
    };
    let realm = "Basic realm=\"api\", charset=\"UTF-8\"";
    let wrong = "Bearer error=\"invalid_token\"";
    let scope = "Bearer error=\"insufficient_scope\", scope=\"read write\"";
    let reader = token("read");
    for (path, sent, status, challenge) in [
        ("/bearer", "", 401, "Bearer"),
        ("/bearer", "Basic YTpi", 401, "Bearer"),
        ("/bearer", "Bearer x", 401, wrong),
        ("/bearer", &reader, 403, scope),
        ("/basic", "", 401, realm),
        ("/basic", "Basic YTpi", 401, realm),
        ("/key", "", 401, "ApiKey"),
        ("/several", "", 401, &format!("Bearer, {realm}")),
        ("/several", "Bearer x", 401, &format!("{wrong}, {realm}")),
        ("/several", "Basic YTpi", 401, &format!("Bearer, {realm}")),
        ("/several", &reader, 200, ""),
    ] {
        let answer = with(&router, path, ("authorization", sent)).await;
        let told = answer.header("www-authenticate");
        assert_eq!(
            (answer.status.as_u16(), told),
            (status, challenge),
            "{path} {sent}"
        );
    }
}

#[tokio::test]
async fn only_trusted_proxies_tell_the_client() {
    let told = [
        ("192.0.2.1", "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1:80", "192.0.2.1"),
    ];
    let chain = "203.0.113.9, 192.0.2.1, 10.0.0.7";
    let cases: &[(&str, &str, &str, &str)] = &[
        ("false", "10.0.0.1:5", told[0].0, "10.0.0.1"),
        ("true", "10.0.0.1:5", told[1].0, told[1].1),
        ("10.0.0.0/8, ::1", "10.0.0.1:5", told[1].0, told[1].1),
        ("10.0.0.0/8, ::1", "[::1]:5", told[0].0, told[0].1),
        ("10.0.0.0/8", "[::ffff:10.0.0.1]:5", told[0].0, told[0].1),
        ("10.0.0.0/8", "11.0.0.1:5", told[0].0, "11.0.0.1"),
        ("10.0.0.1", "10.0.0.2:5", told[0].0, "10.0.0.2"),
        ("10.0.0.0/8", "10.0.0.1:5", chain, "192.0.2.1"),
        ("true", "10.0.0.1:5", chain, "10.0.0.7"),
        ("10.0.0.0/8", "10.0.0.1:5", "192.0.2.1, unknown", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1:5", "", "10.0.0.1"),
    ];
    for (proxies, connected, forwarded, client) in cases {
        let router = start_with(&[("TRUST_PROXY", proxies)], "", routes).await;
        let address: SocketAddr = connected.parse().expect("an address");
        let request = Request::get("/peer")
            .header("x-forwarded-for", *forwarded)
            .extension(ConnectInfo(address))
            .body(Body::empty());
        let answer = support::send(&router, request.expect("a request")).await;
        assert_eq!(answer.text, *client, "{proxies} {connected} {forwarded}");
    }
    for wrong in ["yes", "10.0.0.0/33", "10.0.0.1,"] {
        let problems = support::config(&[("TRUST_PROXY", wrong)]).err();
        assert!(
            problems.is_some_and(|problem| problem.contains("TRUST_PROXY")),
            "{wrong}"
        );
    }
}
