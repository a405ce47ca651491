//! The gateway in front of real services: what they answer, and what is left when one dies.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::project::{Project, SECRET, Server, TOKEN, free_address};

/// A status, the media type, and the text.
type Answer = (u16, String, String);

/// What the services answer is what comes out of the gateway; under load, a dead one costs its own
/// routes only, and is found again.
pub(crate) fn a_service_dies_and_comes_back(workspace: &Project, name: &str) {
    workspace.cargo(&["build", "--quiet", "--workspace"]);
    let [items, reviews] = [free_address(), free_address()];
    let start = |address: &str, service: &str| serve(workspace, name, address, service, &[]);
    let services = [start(&items, "items"), start(&reviews, "reviews")];
    let [items_url, reviews_url] = services.each_ref().map(|server| server.url.clone());
    let addresses = [("ITEMS_URL", &*items_url), ("REVIEWS_URL", &*reviews_url)];
    let gateway = serve(workspace, name, &free_address(), "gateway", &addresses);
    let [items_server, reviews_server] = services;

    let item = r#"{ "sku": "AB-1", "name": "Book", "price": 12.5, "tags": ["new"] }"#;
    let (status, _, created) = ask(&gateway.url, "POST", "/items", Some(item));
    assert_eq!(status, 201, "{created}");
    for (method, path, body) in [
        ("GET", "/items", None),
        ("GET", "/items?limit=0", None),
        ("GET", "/items/no-uuid", None),
        ("POST", "/items", Some(item)),
        ("POST", "/items", Some("{}")),
        ("DELETE", "/items", None),
        ("GET", "/nothing", None),
    ] {
        let direct = ask(&items_server.url, method, path, body);
        let outside = ask(&gateway.url, method, path, body);
        assert_eq!(known(outside), known(direct), "{method} {path}");
    }

    let lost = reviews_server;
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let path = format!("/items/{id}/reviews");
    let is_over = AtomicBool::new(false);
    let others = || {
        let mut answers = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            answers.push(ask(&gateway.url, "GET", "/items", None).0);
        }
        answers
    };
    let own = || {
        let mut answers = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            answers.push(ask(&gateway.url, "GET", &path, None).0);
        }
        answers
    };
    let before = ask(&gateway.url, "GET", &path, None).0;
    thread::scope(|scope| {
        let (others, own) = (scope.spawn(others), scope.spawn(own));
        thread::sleep(Duration::from_millis(500));
        drop(lost);
        thread::sleep(Duration::from_secs(1));
        assert_eq!(ask(&gateway.url, "GET", &path, None).0, 503);
        let _back = start(&reviews, "reviews");
        let start = Instant::now();
        while ask(&gateway.url, "GET", &path, None).0 != before {
            assert!(
                start.elapsed() < Duration::from_secs(120),
                "not found again"
            );
            thread::sleep(Duration::from_millis(100));
        }
        is_over.store(true, Ordering::Relaxed);
        let (others, own) = (others.join().expect("it"), own.join().expect("it"));
        assert!(others.len() > 20, "{}", others.len());
        assert!(others.iter().all(|status| *status == 200), "{others:?}");
        let is_told = |status: &u16| [503, before].contains(status);
        assert!(own.iter().all(is_told), "{own:?}");
    });
}

fn serve(
    workspace: &Project,
    name: &str,
    address: &str,
    service: &str,
    addresses: &[(&str, &str)],
) -> Server {
    let package = format!("{name}-{service}");
    let database = format!("sqlite://{}", workspace.root.join(service).display());
    let own = [
        ("JWT_SECRET", SECRET),
        ("API_KEYS", SECRET),
        ("DATABASE_URL", &database),
        ("RATE_LIMIT_PER_MINUTE", "0"),
        ("RUST_LOG", "error"),
    ];
    let settings = [&own[..], addresses].concat();
    workspace.serve_package(&package, address, &settings)
}

fn ask(url: &str, method: &str, path: &str, body: Option<&str>) -> Answer {
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{url}/api/v1{path}"))
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json")
        .header("x-request-id", "test");
    let agent = ureq::Agent::config_builder().http_status_as_error(false);
    let agent: ureq::Agent = agent.build().into();
    let answer = match body {
        Some(body) => agent.run(request.body(body).expect("a request")),
        None => agent.run(request.body(()).expect("a request")),
    };
    let mut answer = answer.expect("an answer");
    let header = answer.headers().get("content-type");
    let media_type = header.and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default().to_owned();
    let text = answer.body_mut().read_to_string().expect("a text");
    (answer.status().as_u16(), media_type, text)
}

/// Without what is another one each time.
fn known((status, media_type, text): Answer) -> Answer {
    let text = text.split("\"created_at\"").next().unwrap_or_default();
    (status, media_type, text.to_owned())
}
