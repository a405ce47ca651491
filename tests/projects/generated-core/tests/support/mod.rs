//! A service of one's own routes, called in process.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test binary uses its own part"
)]

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use full_core::core::{
    Core,
    config::Config,
    context::{Context, Reply},
    error::Result,
    input::{Input, Read},
    middleware,
    route::{self, Routes},
    security::{ApiKey, Place},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

pub const SECRET: &str = "a secret that is long enough for tests";

/// A key that [`config`] knows.
pub static HEAD: ApiKey = ApiKey {
    place: Place::Header,
    name: "X-Key",
    setting: "X_KEY_KEYS",
};

/// The input of an operation that has none.
pub struct Nothing;

impl Read for Nothing {
    fn read(_: &mut Input) -> Option<Self> {
        Some(Self)
    }
}

/// The parameter `x` of a path.
pub struct X(pub String);

impl Read for X {
    fn read(input: &mut Input) -> Option<Self> {
        input.path("x", |v| v.string()).map(Self)
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap_or("?"))
    }

    /// The violations of an error, as `field: message`.
    pub fn violations(&self) -> Vec<String> {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let details = body["error"]["details"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        let each = details.into_iter().flat_map(|(field, messages)| {
            let messages = messages.as_array().cloned().unwrap_or_default();
            let text = |message: Value| message.as_str().unwrap_or_default().to_owned();
            messages
                .into_iter()
                .map(move |m| format!("{field}: {}", text(m)))
        });
        each.collect()
    }
}

pub fn config(settings: &[(&str, &str)]) -> std::result::Result<Config, String> {
    let defaults = [
        ("DATABASE_URL", "sqlite::memory:"),
        ("JWT_SECRET", SECRET),
        ("BASIC_USERS", "ann:secret,bob:a:b"),
        ("X_KEY_KEYS", "head"),
        ("KEY__KEYS", "ask,query"),
        ("SESSION_KEYS", "cook"),
        ("RATE_LIMIT_PER_MINUTE", "0"),
    ];
    Config::read(|name| {
        let mut all = settings.iter().chain(&defaults);
        let found = all.find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

pub async fn core(settings: &[(&str, &str)]) -> Core {
    let config = config(settings).expect("a valid configuration");
    Core::new(config, full_core::models::migrations())
        .await
        .expect("a database")
}

pub async fn start(base: &str, add: impl FnOnce(&mut Routes<()>)) -> Router {
    start_with(&[], base, add).await
}

pub async fn start_with(
    settings: &[(&str, &str)],
    base: &str,
    add: impl FnOnce(&mut Routes<()>),
) -> Router {
    let core = core(settings).await;
    let mut routes = Routes::default();
    add(&mut routes);
    let router = route::router(&core, &(), base, routes);
    middleware::apply(middleware::limit(router, &core), &core)
}

/// Answers with a text that tells what was read.
pub fn tell(text: String) -> Reply<'static, String> {
    Box::pin(async { Ok(text) as Result<String> })
}

pub fn whoami(cx: &Context) -> String {
    cx.caller.as_ref().map_or("nobody".to_owned(), |caller| {
        format!("{} {:?}", caller.subject, caller.scopes)
    })
}

pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router
        .clone()
        .oneshot(request)
        .await
        .expect("the router never fails");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

pub async fn call(
    router: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(
        router,
        request
            .body(Body::from(body.to_owned()))
            .expect("a request"),
    )
    .await
}

pub async fn get(router: &Router, path: &str) -> Answer {
    call(router, "GET", path, &[], "").await
}
