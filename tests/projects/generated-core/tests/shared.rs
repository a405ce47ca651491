//! Two replicas of one service, and a Redis that comes and goes.

mod support;

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::{Router, http::StatusCode};
use full_core::core::{
    Core,
    error::Result,
    health, middleware,
    rate_limit::{Kind, Quota, RateLimit},
    route::{self, Routes},
};
use serde_json::Value;
use support::{Nothing, get, tell};

/// Stopped when dropped.
struct Redis(Child);

impl Redis {
    fn start(port: u16) -> Option<Self> {
        let port = port.to_string();
        let mut redis = Command::new("redis-server");
        redis.args(["--port", &port, "--save", "", "--bind", "127.0.0.1"]);
        let child = redis.stdout(Stdio::null()).spawn();
        assert!(
            child.is_ok() || std::env::var_os("CI").is_none(),
            "redis-server is missing"
        );
        child.ok().map(Self)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn replica(url: &str) -> (Core, Router) {
    let settings = [("REDIS_URL", url), ("RATE_LIMIT_PER_MINUTE", "6")];
    let core = support::core(&settings).await;
    let mut routes = Routes::<()>::default();
    routes
        .get("/x")
        .public()
        .to(|(), _, _: Nothing| tell("ok".into()));
    routes.get("/kept").public().to(|(), cx, _: Nothing| {
        Box::pin(async move {
            let id = cx.request_id.clone();
            let time = Duration::from_secs(60);
            cx.kept("answer", time, async |_| Ok(id) as Result<String>)
                .await
        })
    });
    let router = middleware::limit(route::router(&core, &(), "", routes), &core);
    let router = middleware::apply(router.merge(health::router(&core)), &core);
    (core, router)
}

/// What the probe says of Redis, once it says this.
async fn says(router: &Router, wanted: &str) {
    let patience = Instant::now() + Duration::from_secs(120);
    loop {
        let answer = get(router, "/health/ready").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let body: Value = serde_json::from_str(&answer.text).expect("JSON");
        if body["redis"] == wanted {
            return;
        }
        assert!(Instant::now() < patience, "{body}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Attempts to sign in, say: each replica has a limit of its own, and all count together.
async fn is_counted_together(cores: [&Core; 2], kind: Kind) {
    let quota = Quota::new(3, 86_400).counted(kind);
    let limits = cores.map(|core| RateLimit::new(quota).shared("login", core.shared.as_ref()));
    for (turn, left) in [(0, 2), (1, 1), (0, 0)] {
        let standing = limits[turn].take("a").await.expect("an attempt");
        assert_eq!(
            standing.map(|standing| standing.left),
            Some(left),
            "{kind:?}"
        );
    }
    for limit in &limits {
        let wait = limit.take("a").await.expect_err("too many");
        assert!((1..=2 * 86_400).contains(&wait), "{kind:?}: {wait}");
        assert!(limit.take("b").await.is_ok());
    }
}

async fn statuses(replicas: &[Router; 2], count: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for turn in 0..count {
        let answer = get(&replicas[turn % 2], "/x").await;
        statuses.push(answer.status.as_u16());
    }
    statuses
}

#[tokio::test]
async fn replicas_obey_one_limit_and_go_on_without_redis() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let Some(redis) = Redis::start(port) else {
        return;
    };
    let url = format!("redis://127.0.0.1:{port}");
    let (one, first) = replica(&url).await;
    let (two, second) = replica(&url).await;
    let replicas = [first, second];
    for router in &replicas {
        says(router, "ok").await;
    }
    assert_eq!(statuses(&replicas, 4).await, [200; 4]);
    let kept = get(&replicas[0], "/kept").await.text;
    assert_eq!(get(&replicas[1], "/kept").await.text, kept);
    assert_eq!(
        get(&replicas[1], "/x").await.header("ratelimit-policy"),
        "\"client\";q=6;w=60"
    );
    assert_eq!(statuses(&replicas, 2).await, [429; 2]);
    for kind in [Kind::Bucket, Kind::Window] {
        is_counted_together([&one, &two], kind).await;
    }

    drop(redis);
    for router in &replicas {
        says(router, "degraded").await;
    }
    // Each counts for itself.
    assert_eq!(statuses(&replicas, 12).await, [200; 12]);
    assert_eq!(statuses(&replicas, 2).await, [429; 2]);
    let _redis = Redis::start(port);
    for router in &replicas {
        says(router, "ok").await;
    }
    assert_eq!(statuses(&replicas, 6).await, [200; 6]);
    assert_eq!(statuses(&replicas, 2).await, [429; 2]);
}
