//! Tokens of an issuer who publishes its keys: found, changed, and away for a while; and API keys of
//! which the settings tell digests only.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::project::{Database, Project, Server, fixture, free_address};

// Keys of an issuer, as it publishes them (RFC 7517).
const ED_KEY: &str = r#"{"x":"G3fB1fO6n0hDGABc1wcris7W4k-32nw3HrQHYfmvrBY","kty":"OKP","crv":"Ed25519","kid":"ed","use":"sig"}"#;
const EC_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"5o4upefYD7R2nlVaZTaDZwBugIjSRgopFo7lGpppM1U","y":"wd9lEgCDoqe3Un_vd5C2RgrTOpAX_6ZZgukPuLkHjsE","kid":"ec","use":"sig","alg":"ES256"}"#;
const RSA_KEY: &str = r#"{"kty":"RSA","n":"q4Kbk5CQPW9jFYl16EE8EddZbEUcXRD4TiJaf4cCktctTLJ_TG2TLVjLMx540jfzAIXCbsFyUh-tSKnNwpYnQkAu8fFr6zc0XMb9QGcGm6Jh87WJiFIWc4JV-w_U-YlqJH2U89q5rQPua--We9Wnh-8fuLTmug2WEnensPr5wgaZDY63ZkMeXiZhUcO1s8sJyxaDR36wDekONNjdh060TJKSr55zNoYZispblk73HCWugNHzW6bJE0lQ8e_ZODT81f-DPmyonHVD6qeVZMl3jaWZGbYXexRBAXJv0bvgEK9oWXOP_905szq2XPnBPc9d5f9UpPebDIVhoNuTyDbH6w","e":"AQAB","kid":"rsa","use":"sig","alg":"RS256"}"#;
const SHARED_KEY: &str =
    r#"{"kty":"oct","kid":"oct","k":"YSBzZWNyZXQgb2YgYXQgbGVhc3QgMzIgYnl0ZXMhISE","alg":"HS256"}"#;

// Tokens that they signed, valid for years, of `http://issuer.test` with the scope `notes:read` where the
// name says nothing else.
const ED: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwOi8vaXNzdWVyLnRlc3QiLCJzdWIiOiJhbm5hIiwic2NvcGUiOiJub3RlczpyZWFkIiwiZXhwIjo0MTAyNDQ0ODAwfQ.sYPpcwFRHhoPAXSSoyG6zJnoHlMbQpWTB5YNBNoOVUL70qD9AKIp_g6nHM9nOj3UTZXT1Q_7Zqcv6GC2LcGEDw";
const NAMELESS: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwOi8vaXNzdWVyLnRlc3QiLCJzdWIiOiJhbm5hIiwic2NvcGUiOiJub3RlczpyZWFkIiwiZXhwIjo0MTAyNDQ0ODAwfQ.354l3M-V7fKjKiR4PziiSgWokPuj1V5NpmuIIxhX3nPTfiva8nUfR5we0wZTwFODnxWRSre1wdzqBOPcpWFqCA";
const OF_ANOTHER: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwOi8vb3RoZXIudGVzdCIsInN1YiI6ImFubmEiLCJzY29wZSI6Im5vdGVzOnJlYWQiLCJleHAiOjQxMDI0NDQ4MDB9.fYcThFsC41eqO5bUqQSwmHmHmP5tT-V0V7GdDNU3rFxbucbqqRrWCM5DklSYd1_aJUzRCU1NcqKZ_hiSZRkjDQ";
const OF_NOBODY: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhbm5hIiwic2NvcGUiOiJub3RlczpyZWFkIiwiZXhwIjo0MTAyNDQ0ODAwfQ.8Azev1rpLjXA5eQgyCnwUgaNr4tNZWDPvW9fgeC6BXVMyB2sFimz3BLZY_Qu61f7KWZWLrTjrDedi0OhZ0c6Dw";
const EXPIRED: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwOi8vaXNzdWVyLnRlc3QiLCJzdWIiOiJhbm5hIiwic2NvcGUiOiJub3RlczpyZWFkIiwiZXhwIjoxMDAwMDAwMDAwfQ.3LNIhezzJAcH4HaUIdNZmBZC_lkbbCarNXYE5M8dLyPObv4NooU9spFSyhuj5G2CVHSMGmA0M0y2zaE1XGUIDw";
const WITHOUT_SCOPE: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwOi8vaXNzdWVyLnRlc3QiLCJzdWIiOiJhbm5hIiwiZXhwIjo0MTAyNDQ0ODAwfQ.2P72ZjilTBqmsKM9bum2MY4S0xLwUHNM-19pS8Vf_yIK83NmnhUcFc2TKvVRwzFK9IsQDQGSMAl2fnOdIhf8Ag";
const EC: &str = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwOi8vaXNzdWVyLnRlc3QiLCJzdWIiOiJhbm5hIiwic2NvcGUiOiJub3RlczpyZWFkIiwiZXhwIjo0MTAyNDQ0ODAwfQ.lqMl-tWw9TejFPxEvBivYQtGTDY0-vIA8_wNI3Pi4CbECwsKx8Np34qxLQxw3BEUSHrgzKtaW5KzqTJloa-AsQ";
const RSA: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwOi8vaXNzdWVyLnRlc3QiLCJzdWIiOiJhbm5hIiwic2NvcGUiOiJub3RlczpyZWFkIiwiZXhwIjo0MTAyNDQ0ODAwfQ.KjKiV_6LLutMVv6aOIHOZxpblS1aU2l4OsOW3jR3dQB-be4QLK6wLKy804_POkA8SFUvBpWqK-Q3nhBIqhzXDDZO0bhzutQveJbxIe4lCQI_zio7qdM-x-eah9PmI3AMe4VZ47LfyWmTPXZKQar9JmNTXIgLGJlbU8nYJ0ZOgO9l2GOxRoag94JXVcHtCGYwGuVa-VQNvi8CiBsbQknZvhrAz1bmD7-cZo-YNcgpWXsIi3KjJcKLvur4NCV9GyX-y4RfzD16IWEh80bpwqbTsdxaMKyPMDE8BMOYOJYZdQEjgAE54GrlO3ZLSHv-kMz_ciVkaq-3tWPoirmu1ncx7A";
const SHARED: &str = "eyJhbGciOiJIUzI1NiIsImtpZCI6Im9jdCIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwOi8vaXNzdWVyLnRlc3QiLCJzdWIiOiJhbm5hIiwiZXhwIjo0MTAyNDQ0ODAwfQ.wo8jBG_WeqFCwfP91tJlPAl3r7eu_9ifFwsfrW6T1rg";

const ISSUER: &str = "http://issuer.test";

/// How long a service waits before it asks an issuer again.
const PATIENCE: Duration = Duration::from_millis(5_200);

/// An issuer that answers with these bodies, by path, and counts how often it was asked.
#[derive(Clone, Default)]
struct Issuer {
    bodies: Arc<Mutex<Vec<(&'static str, String)>>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    fn publishes(&self, path: &'static str, body: String) {
        let mut bodies = self.bodies.lock().expect("bodies");
        bodies.retain(|(known, _)| *known != path);
        bodies.push((path, body));
    }

    /// So often, and once more for each time that a service may ask again and again.
    fn was_asked(&self, times: usize, since: Instant) {
        let asked = self.asked.load(Ordering::Relaxed);
        let more = since.elapsed().as_secs() / PATIENCE.as_secs();
        let most = times.max(1 + usize::try_from(more).expect("a small number"));
        assert!((times..=most).contains(&asked), "{asked} is not {times}");
    }

    fn has_keys(&self, keys: &[&str]) {
        self.publishes("/keys", format!("{{\"keys\":[{}]}}", keys.join(",")));
    }

    fn listens(&self, address: &str) {
        let listener = TcpListener::bind(address).expect("a free address");
        let issuer = self.clone();
        thread::spawn(move || {
            listener
                .incoming()
                .flatten()
                .for_each(|stream| issuer.answers(stream));
        });
    }

    fn answers(&self, mut stream: TcpStream) {
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap_or_default();
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        let path = request.split(' ').nth(1).unwrap_or_default();
        self.asked.fetch_add(1, Ordering::Relaxed);
        let bodies = self.bodies.lock().expect("bodies");
        let body = bodies.iter().find(|(known, _)| *known == path);
        let (status, body) =
            body.map_or(("404 Not Found", ""), |(_, body)| ("200 OK", body.as_str()));
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        let _ = stream.write_all(format!("{head}{body}").as_bytes());
    }
}

fn status(server: &Server, token: &str) -> u16 {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let request = agent.get(format!("{}/notes", server.url));
    let answer = request
        .header("authorization", format!("Bearer {token}"))
        .call();
    answer.expect("an answer").status().as_u16()
}

#[test]
fn keys_are_those_of_the_issuer() {
    let project = Project::new("issuer", &fixture("issuer.yaml"), Database::Sqlite);
    // Its own tests sign with a secret.
    project.is_sound();
    keys_come_change_and_stay(&project);
    keys_are_discovered(&project);
    api_keys_may_be_digests(&project);
}

fn keys_come_change_and_stay(project: &Project) {
    let address = free_address();
    let url = format!("http://{address}/keys");
    let server = project.serve(&[
        ("JWT_SECRET", ""),
        ("JWT_ISSUER", ISSUER),
        ("JWKS_URL", &url),
    ]);
    assert_eq!(status(&server, ED), 503, "nobody has told a key");
    assert_eq!(status(&server, "nonsense"), 401, "nobody could tell one");

    let issuer = Issuer::default();
    issuer.has_keys(&[ED_KEY, SHARED_KEY, r#"{"kty":"new"}"#, "7"]);
    issuer.listens(&address);
    thread::sleep(PATIENCE);
    let refused = [OF_ANOTHER, OF_NOBODY, EXPIRED, EC, RSA, SHARED, "nonsense"];
    let asked_first = Instant::now();
    assert_eq!(status(&server, ED), 200);
    assert_eq!(status(&server, NAMELESS), 200);
    assert_eq!(status(&server, WITHOUT_SCOPE), 403);
    assert_eq!(refused.map(|token| status(&server, token)), [401; 7]);
    // Unknown keys are no reason to ask at once.
    issuer.was_asked(1, asked_first);

    issuer.has_keys(&[EC_KEY, RSA_KEY]);
    assert_eq!(status(&server, ED), 200, "nobody has asked again");
    thread::sleep(PATIENCE);
    assert_eq!(
        [EC, RSA, ED].map(|token| status(&server, token)),
        [200, 200, 401]
    );
    issuer.was_asked(2, asked_first);

    issuer.publishes("/keys", "out of order".to_owned());
    thread::sleep(PATIENCE);
    assert_eq!(
        [ED, EC].map(|token| status(&server, token)),
        [401, 200],
        "known keys hold"
    );
    issuer.was_asked(3, asked_first);
}

/// What is published below the issuer's address leads to the keys, if it is the issuer's own.
fn keys_are_discovered(project: &Project) {
    let (address, issuer) = (free_address(), Issuer::default());
    let url = format!("http://{address}");
    let says = |name: &str| format!(r#"{{"issuer":"{name}","jwks_uri":"{url}/keys"}}"#);
    issuer.has_keys(&[ED_KEY]);
    issuer.publishes("/.well-known/openid-configuration", says(ISSUER));
    issuer.listens(&address);
    let server = project.serve(&[("JWT_SECRET", ""), ("JWT_ISSUER", &url)]);
    assert_eq!(status(&server, ED), 503, "somebody else's keys");
    issuer.publishes("/.well-known/openid-configuration", says(&url));
    thread::sleep(PATIENCE);
    assert_eq!(
        status(&server, ED),
        401,
        "its keys are known, and the token is another's"
    );
    assert_eq!(issuer.asked.load(Ordering::Relaxed), 3);
}

/// Whoever reads the settings cannot call.
fn api_keys_may_be_digests(project: &Project) {
    let digest = "sha256:ef5cdd817a8743c5d6fe3e496871e48a09487fbba8bd71889bf5dcc8f5ca4c05";
    let server = project.serve(&[("API_KEYS", digest)]);
    let made = |key: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let request = agent.post(format!("{}/notes", server.url));
        let request = request
            .header("x-api-key", key)
            .content_type("application/json");
        let answer = request.send(r#"{"text":"Hello"}"#);
        answer.expect("an answer").status().as_u16()
    };
    assert_eq!(
        ["a key of mine", "another", digest].map(made),
        [201, 401, 401]
    );
}
