//! How much a service takes on.

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use full_core::core::{
    context::Context,
    error::{Error, Result},
    rate_limit::{Kind, Quota, RateLimit, Seen},
    route::Routes,
    security::{ApiKey, Place, Requirement, Scheme},
};
use serde_json::Value;
use support::{Answer, Nothing, call, get, start_with, tell};

static KEY: ApiKey = ApiKey {
    place: Place::Query,
    name: "key\"",
    setting: "KEY__KEYS",
};

const KEYS: Requirement = Requirement {
    alternatives: &[&[Scheme::ApiKey(&KEY)]],
    optional: false,
};

fn routes(routes: &mut Routes<()>) {
    let ok = |_: &(), _: &mut Context, _: Nothing| tell("ok".into());
    routes.get("/open").public().to(ok);
    routes.get("/own").secured(KEYS).to(ok);
    routes.get("/few").public().limited(2, 3600).to(ok);
    routes.get("/few-own").secured(KEYS).limited(1, 1).to(ok);
    routes
        .get("/hang")
        .public()
        .to(|_, _, _: Nothing| Box::pin(std::future::pending::<Result<()>>()));
}

fn values<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let values = answer.headers.get_all(name).iter();
    values
        .map(|value| value.to_str().expect("a text"))
        .collect()
}

fn code(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.text).expect("an envelope");
    body["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn each_client_has_a_limit_and_hears_of_it() {
    let settings = [("RATE_LIMIT_PER_MINUTE", "2"), ("TRUST_PROXY", "true")];
    let router = start_with(&settings, "", routes).await;
    let from = async |client: &str| {
        call(&router, "GET", "/open", &[("x-forwarded-for", client)], "").await
    };
    let first = from("2001:db8::1").await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(values(&first, "ratelimit-policy"), ["\"client\";q=2;w=60"]);
    assert_eq!(values(&first, "ratelimit"), ["\"client\";r=1;t=30"]);
    // Another address of the same network.
    assert_eq!(
        from("2001:db8::2").await.header("ratelimit"),
        "\"client\";r=0;t=60"
    );
    let refused = from("2001:db8::1").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        (code(&refused).as_str(), refused.header("retry-after")),
        ("too_many_requests", "30")
    );
    assert_eq!(refused.header("ratelimit"), "\"client\";r=0;t=30");
    assert_eq!(refused.header("ratelimit-policy"), "\"client\";q=2;w=60");
    assert_eq!(from("2001:db8:0:1::1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn all_together_have_a_limit() {
    let settings = [
        ("RATE_LIMIT_PER_MINUTE", "9"),
        ("TOTAL_RATE_LIMIT_PER_MINUTE", "1"),
        ("TRUST_PROXY", "true"),
    ];
    let router = start_with(&settings, "", routes).await;
    for (client, status) in [("192.0.2.1", 200), ("192.0.2.2", 429)] {
        let answer = call(&router, "GET", "/open", &[("x-forwarded-for", client)], "").await;
        assert_eq!(answer.status.as_u16(), status, "{client}");
        assert_eq!(values(&answer, "ratelimit").len(), 2, "{client}");
    }
}

#[tokio::test]
async fn each_caller_has_a_limit_and_each_operation() {
    let settings = [
        ("RATE_LIMIT_PER_MINUTE", "99"),
        ("CALLER_RATE_LIMIT_PER_MINUTE", "2"),
        ("TRUST_PROXY", "true"),
    ];
    let router = start_with(&settings, "", routes).await;
    for (path, client, status, tiers) in [
        (
            "/own?key%22=ask",
            "192.0.2.1",
            200,
            &["caller", "client"][..],
        ),
        ("/own?key%22=ask", "192.0.2.2", 200, &["caller", "client"]),
        ("/own?key%22=ask", "192.0.2.3", 429, &["caller", "client"]),
        ("/own?key%22=query", "192.0.2.1", 200, &["caller", "client"]),
        (
            "/few-own?key%22=query",
            "192.0.2.1",
            200,
            &["caller", "operation", "client"],
        ),
        ("/open", "192.0.2.1", 200, &["client"]),
        // What nobody may call counts for no caller.
        ("/own?key%22=no", "192.0.2.1", 401, &["client"]),
        ("/few", "192.0.2.1", 200, &["operation", "client"]),
        ("/few", "192.0.2.1", 200, &["operation", "client"]),
        ("/few", "192.0.2.1", 429, &["operation", "client"]),
        ("/few", "192.0.2.2", 200, &["operation", "client"]),
    ] {
        let answer = call(&router, "GET", path, &[("x-forwarded-for", client)], "").await;
        assert_eq!(answer.status.as_u16(), status, "{path} {client}");
        let policies = values(&answer, "ratelimit-policy").into_iter();
        let told: Vec<_> = policies
            .map(|policy| policy.split('"').nth(1).unwrap_or_default())
            .collect();
        assert_eq!(told, tiers, "{path} {client}");
    }
    let router = start_with(&[], "", routes).await;
    for _ in 0..3 {
        let answer = get(&router, "/few").await;
        assert_eq!(
            (answer.status, answer.header("ratelimit")),
            (StatusCode::OK, "")
        );
    }
}

#[tokio::test]
async fn who_comes_when_all_slots_are_taken_is_sent_away() {
    let router = start_with(&[("CONCURRENCY_LIMIT", "1")], "", routes).await;
    assert_eq!(get(&router, "/open").await.status, StatusCode::OK);
    let refused = async {
        loop {
            let answer = get(&router, "/open").await;
            if answer.status != StatusCode::OK {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let refused = tokio::select! {
        biased;
        _ = get(&router, "/hang") => panic!("it hangs"),
        refused = refused => refused,
    };
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        (code(&refused).as_str(), refused.header("retry-after")),
        ("overloaded", "1")
    );
    // Whoever hung up left a slot behind.
    assert_eq!(get(&router, "/open").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_takes_too_long_is_cancelled() {
    struct Held(Arc<AtomicBool>);
    impl Drop for Held {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let core = support::core(&[("REQUEST_TIMEOUT_SECONDS", "1")]).await;
    let mut routes = Routes::<Arc<AtomicBool>>::default();
    routes
        .get("/x")
        .public()
        .to(|is_over: &Arc<AtomicBool>, cx, _: Nothing| {
            Box::pin(async move {
                let _held = Held(Arc::clone(is_over));
                let left = cx.deadline.saturating_duration_since(Instant::now());
                assert!(left <= Duration::from_secs(1), "{left:?}");
                cx.begin().await?;
                let insert = "INSERT INTO idempotency_keys VALUES ('s', 'k', 'f', 1, '', '', '')";
                sqlx::query(insert).execute(cx.db().await?).await?;
                std::future::pending::<Result<(), Error>>().await
            })
        });
    let router = full_core::core::route::router(&core, &is_over, "", routes);
    let router = full_core::core::middleware::limit(router, &core);
    let answer = get(&router, "/x").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(code(&answer), "timeout");
    assert!(is_over.load(Ordering::SeqCst));
    let kept = sqlx::query("SELECT * FROM idempotency_keys")
        .fetch_all(&core.db)
        .await;
    assert_eq!(kept.expect("rows").len(), 0);
}

/// However many others come meanwhile; but who stays away is, or memory would not do for all.
#[tokio::test]
async fn who_keeps_coming_is_not_forgotten() {
    for kind in [Kind::Bucket, Kind::Window] {
        let limit = RateLimit::new(Quota::new(2, 86_400).counted(kind));
        let idle = u32::MAX;
        assert!(limit.take(&idle).await.is_ok() && limit.take(&idle).await.is_ok());
        assert!(limit.take(&idle).await.is_err());
        for left in [1, 0] {
            let standing = limit.take(&0).await.expect("a token");
            assert_eq!(standing.map(|standing| standing.left), Some(left));
        }
        for other in 1..50_000 {
            assert!(limit.take(&other).await.is_ok());
            if other % 1000 == 0 {
                assert!(limit.take(&0).await.is_err(), "{other}");
            }
        }
        assert!(limit.take(&idle).await.is_ok());
        let none = RateLimit::new(Quota::per_minute(0).counted(kind));
        assert_eq!(none.take(&0).await, Ok(None));
    }
}

#[test]
fn no_window_has_more_than_its_count() {
    let quota = Quota::per_minute(4).counted(Kind::Window);
    let mut seen = Seen::default();
    let mut at = |seconds| -> Result<(u32, u64), u64> {
        let counted = seen.count(quota, Duration::from_secs(seconds))?;
        seen = counted.1;
        Ok((counted.0.left, counted.0.full_in))
    };
    assert_eq!(
        [at(30), at(30), at(45), at(45)],
        [Ok((3, 90)), Ok((2, 90)), Ok((1, 75)), Ok((0, 75))]
    );
    // A fourth of them is out of view in the next window's first quarter.
    assert_eq!([at(45), at(60), at(74)], [Err(30), Err(15), Err(1)]);
    assert_eq!(
        [at(75), at(75), at(90)],
        [Ok((0, 105)), Err(15), Ok((0, 90))]
    );
    // Nobody came for longer than two windows show.
    assert_eq!(at(240), Ok((3, 120)));
}

#[tokio::test]
async fn headers_have_bounds() {
    use std::io::{Read as _, Write};
    let router = start_with(&[], "", routes).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let server = full_core::core::server::Server::default();
    tokio::spawn(server.run(listener, router, std::future::pending()));
    let ask = move |headers: String| {
        let mut stream = std::net::TcpStream::connect(address).expect("a connection");
        let request =
            format!("GET /open HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\r\n");
        // It may hang up before it has read all.
        let _ = stream.write_all(request.as_bytes());
        let mut answer = vec![0; 12];
        stream
            .read_exact(&mut answer)
            .map(|()| String::from_utf8_lossy(&answer).into_owned())
    };
    let answers = tokio::task::spawn_blocking(move || {
        let many = |count: usize| (0..count).map(|n| format!("x-{n}: a\r\n")).collect();
        [
            ask(many(90)),
            ask(many(110)),
            ask(format!("x: {}\r\n", "a".repeat(300_000))),
        ]
    });
    let [fit, many, long] = answers.await.expect("the calls");
    assert_eq!(fit.expect("an answer"), "HTTP/1.1 200");
    assert_eq!(many.expect("an answer"), "HTTP/1.1 431");
    // Who still sends may not hear the answer.
    assert!(long.is_err() || long.is_ok_and(|answer| answer == "HTTP/1.1 431"));
}
