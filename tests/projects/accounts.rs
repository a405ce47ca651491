//! Accounts of users, as a generated service has them: by its own tests, and over TCP.

use crate::project::{Project, Server, databases, fixture, psql};
use serde_json::{Value, json};
use std::thread;

const SETTINGS: &[(&str, &str)] = &[
    ("RATE_LIMIT_PER_MINUTE", "0"),
    ("LOGIN_RATE_LIMIT_PER_MINUTE", "0"),
    ("SEED_ON_START", "false"),
];
const PASSWORD: &str = "correct horse battery";

#[derive(Debug)]
struct Answer {
    status: u16,
    cookie: Option<String>,
    body: Value,
}

/// Sends a request with these headers, and with a body where there is one.
fn send(
    server: &Server,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Answer {
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}/api{path}", server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let body = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
    let request = request.body(body).expect("a request");
    let agent = ureq::Agent::config_builder().http_status_as_error(false);
    let agent: ureq::Agent = agent.allow_non_standard_methods(true).build().into();
    let mut response = agent.run(request).expect("an answer");
    let cookie = response.headers().get("set-cookie");
    Answer {
        status: response.status().as_u16(),
        cookie: cookie.and_then(|value| Some(value.to_str().ok()?.to_owned())),
        body: response.body_mut().read_json().unwrap_or_default(),
    }
}

fn post(server: &Server, path: &str, body: &Value) -> Answer {
    send(server, ("POST", path), &[], Some(body))
}

fn login(server: &Server, email: &str) -> Answer {
    let body = json!({ "username": email, "password": PASSWORD });
    post(server, "/auth/login", &body)
}

fn text(answer: &Answer, name: &str) -> String {
    let found = answer.body[name].as_str();
    found
        .unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body))
        .to_owned()
}

#[test]
fn accounts_are_sound_and_hold_over_tcp() {
    for database in databases() {
        let project = Project::new("accounts", &fixture("accounts.yaml"), database);
        project.is_sound();
        let server = project.serve(SETTINGS);
        let (admin, other) = one_of_many_is_the_first(&project, &server);
        only_one_of_many_gets_a_new_token(&server, admin);
        the_admin_blocks_others(&server, admin, other);
        a_cookie_is_marked_secure_but_on_this_machine(&server, admin);
        registering_twice_at_once_makes_one_user(&server);
        project.keeps_its_contract(&server.url);
        drop(server);
        rows_to_begin_with_are_written_once(&project, admin);
    }
}

/// All register at the same time, into a database that keeps what they do slowly; the one who is
/// an admin then, and another one.
fn one_of_many_is_the_first(project: &Project, server: &Server) -> (&'static str, &'static str) {
    let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql \
        AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END'; \
        CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON account_credentials \
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()";
    let database = project.own_database();
    database.iter().for_each(|url| psql(url, slow));
    let emails = ["ann@example.com", "ben@example.com", "cid@example.com"];
    thread::scope(|scope| {
        for email in emails {
            let body = json!({ "email": email, "password": PASSWORD });
            scope.spawn(move || assert_eq!(post(server, "/auth/register", &body).status, 201));
        }
    });
    database
        .iter()
        .for_each(|url| psql(url, "DROP FUNCTION slow CASCADE"));
    let is_admin = |email: &&str| !text(&login(server, email), "scope").is_empty();
    let (admins, others): (Vec<_>, Vec<_>) = emails.into_iter().partition(is_admin);
    assert_eq!(admins.len(), 1, "{admins:?}");
    (admins[0], others[0])
}

fn rows_to_begin_with_are_written_once(project: &Project, admin: &str) {
    let settings = [&SETTINGS[..2], &[("SEED_ON_START", "true")]].concat();
    let server = project.serve(&settings);
    let requests = project.root.join("requests.http");
    assert_eq!(
        crate::requests::all_are_answered(&server, &requests, &[]),
        11,
        "users are listed by one of the rows to begin with"
    );
    let ada = login(&server, "ada@example.com");
    assert_eq!(text(&ada, "scope"), "users:read users:write");
    assert_eq!(login(&server, "bob@example.com").status, 401, "not active");
    let emails = |server: &Server, bearer: &str| -> Vec<String> {
        let headers = [("authorization", bearer)];
        let list = send(server, ("GET", "/users?limit=100"), &headers, None);
        let items = list.body["items"].as_array().expect("users").iter();
        items.map(|user| user["email"].to_string()).collect()
    };
    let bearer = format!("Bearer {}", text(&ada, "access_token"));
    let before = emails(&server, &bearer);
    assert!(
        before.contains(&"\"bob@example.com\"".to_owned()),
        "{before:?}"
    );
    let headers = [("authorization", &*bearer)];
    assert_eq!(
        send(&server, ("DELETE", "/users/me"), &headers, None).status,
        204
    );
    drop(server);

    let server = project.serve(&settings);
    assert_eq!(
        login(&server, "ada@example.com").status,
        401,
        "who was deleted stays so"
    );
    let admin = login(&server, admin);
    let after = emails(&server, &format!("Bearer {}", text(&admin, "access_token")));
    assert_eq!(after.len() + 1, before.len(), "{after:?}");
}

fn only_one_of_many_gets_a_new_token(server: &Server, email: &str) {
    let token = text(&login(server, email), "refresh_token");
    let body = json!({ "refresh_token": token });
    let answers: Vec<Answer> = thread::scope(|scope| {
        let send = || post(server, "/auth/refresh", &body);
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        let answers = threads.into_iter().map(|thread| thread.join());
        answers.map(|answer| answer.expect("an answer")).collect()
    });
    let won: Vec<&Answer> = answers.iter().filter(|a| a.status == 200).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    // The others have shown that the token was stolen, so the one who won has lost the session too.
    let body = json!({ "refresh_token": text(won[0], "refresh_token") });
    assert_eq!(post(server, "/auth/refresh", &body).status, 401);
}

fn the_admin_blocks_others(server: &Server, first: &str, second: &str) {
    let admin = login(server, first);
    assert_eq!(text(&admin, "scope"), "users:read users:write");
    let some = json!({ "username": first, "password": PASSWORD, "scope": "users:read no:such" });
    assert_eq!(
        text(&post(server, "/auth/login", &some), "scope"),
        "users:read"
    );
    let other = login(server, &second.to_uppercase());
    assert_eq!(text(&other, "scope"), "");
    let as_user = |user: &Answer| format!("Bearer {}", text(user, "access_token"));
    let (admin, user) = (as_user(&admin), as_user(&other));
    let me = send(
        server,
        ("GET", "/users/me"),
        &[("authorization", &user)],
        None,
    );
    let list = send(server, ("GET", "/users"), &[("authorization", &user)], None);
    assert_eq!((me.status, list.status), (200, 403));
    let path = format!("/users/{}", text(&me, "id"));
    let blocked = json!({ "active": false });
    let patch = send(
        server,
        ("PATCH", &path),
        &[("authorization", &admin)],
        Some(&blocked),
    );
    assert_eq!(patch.status, 200, "{}", patch.body);
    let body = json!({ "refresh_token": text(&other, "refresh_token") });
    assert_eq!(post(server, "/auth/refresh", &body).status, 401);
    assert_eq!(login(server, second).status, 401);
}

fn a_cookie_is_marked_secure_but_on_this_machine(server: &Server, email: &str) {
    let body = json!({ "username": email, "password": PASSWORD });
    for (host, is_secure) in [("tasks.example.com", true), ("localhost:8080", false)] {
        let answer = send(
            server,
            ("POST", "/auth/login?cookie=true"),
            &[("host", host)],
            Some(&body),
        );
        let cookie = answer.cookie.expect("a cookie");
        assert_eq!(cookie.contains("; Secure"), is_secure, "{host}: {cookie}");
        for part in ["; Path=/api/auth", "; HttpOnly", "; SameSite=Strict"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert_eq!(answer.body["refresh_token"], Value::Null);
        let pair = cookie.split(';').next().expect("a pair");
        let headers = [("host", host), ("cookie", pair)];
        let next = send(server, ("POST", "/auth/refresh"), &headers, None);
        assert_eq!(next.status, 200, "{}", next.body);
        let out = send(server, ("POST", "/auth/logout"), &headers, None);
        let cleared = out
            .cookie
            .is_some_and(|cookie| cookie.contains("Max-Age=0"));
        assert!(out.status == 204 && cleared);
        assert_eq!(
            send(server, ("POST", "/auth/refresh"), &headers, None).status,
            401
        );
    }
}

fn registering_twice_at_once_makes_one_user(server: &Server) {
    let body = json!({ "email": "twin@example.com", "password": PASSWORD });
    let mut made: Vec<u16> = thread::scope(|scope| {
        let send = || post(server, "/auth/register", &body).status;
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(send)).collect();
        let answers = threads.into_iter().map(|thread| thread.join());
        answers.map(|status| status.expect("a status")).collect()
    });
    made.sort_unstable();
    assert_eq!(made, [201, 409, 409, 409]);
    assert_eq!(login(server, "twin@example.com").status, 200);
}
