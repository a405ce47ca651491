//! The client of `odd.yaml` against a server that answers what it is told to.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use hyper::HeaderMap;
use odd_client::{
    Body, Client, Error, Multipart,
    operations::{
        blobs::{bytes::BytesResponse, put_bytes::PutBytesInput},
        events::events::EventsResponse,
        form::form::FormInput,
        note::note::{NoteInput, NoteResponse},
        paths::paths::{PathsInput, PathsResponse},
        queries::queries::{QueriesInput, QueriesResponse},
        security,
        things::{
            create_thing::{CreateThingInput, CreateThingResponse},
            put_thing::PutThingInput,
        },
        upload::upload::UploadInput,
    },
    schemas::{color::Color, form::Form, paths::PathsKind, shape::Shape, thing_input::ThingInput},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What the server was asked, one text per request.
type Asked = Arc<Mutex<Vec<String>>>;

/// A server that gives these answers in turn, the last one again and again.
async fn server(answers: &[&str]) -> (Client, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Asked::default();
    let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = request(&mut stream).await;
            let turn = {
                let mut log = log.lock().unwrap();
                log.push(request);
                log.len() - 1
            };
            let answer = &answers[turn.min(answers.len() - 1)];
            if answer == "wait" {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            if answer != "hang up" {
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    });
    (Client::new(&address).unwrap(), asked)
}

/// Reads one request, with its body.
async fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            let is_chunked = head.contains("transfer-encoding: chunked");
            if body.len() >= length && (!is_chunked || body.ends_with("0\r\n\r\n")) {
                return text;
            }
        }
        assert!(count > 0, "half a request: {text}");
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

fn line(asked: &Asked, turn: usize) -> String {
    asked.lock().unwrap()[turn]
        .lines()
        .next()
        .unwrap()
        .to_owned()
}

fn has(asked: &Asked, text: &str) {
    let asked = asked.lock().unwrap();
    let last = asked.last().unwrap();
    assert!(last.contains(text), "no `{text}` in {last}");
}

const NOTHING: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

fn color() -> Color {
    Color {
        r: Some(1),
        g: None,
        b: Some(3),
    }
}

fn thing(name: &str) -> ThingInput {
    ThingInput {
        name: name.to_owned(),
        note: None,
        level: None,
    }
}

#[tokio::test]
async fn paths_have_every_style() {
    let (client, asked) = server(&[NOTHING]).await;
    let input = || PathsInput {
        simple: "a/b ü.".to_owned(),
        label: vec![1, 2],
        matrix: color(),
        list: vec!["x,y".to_owned(), "z".to_owned()],
        kind: PathsKind::Json,
    };
    let answer = client.paths(input()).await.unwrap();
    assert!(matches!(answer, PathsResponse::NoContent));
    let path = "/v1/paths/a%2Fb%20%C3%BC./.1.2/;b=3;r=1/x%2Cy,z.json";
    assert_eq!(line(&asked, 0), format!("GET {path} HTTP/1.1"));
    let empty = PathsInput {
        simple: String::new(),
        ..input()
    };
    let error = client.paths(empty).await.unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn queries_headers_and_cookies_have_every_style() {
    let body = r#"[{"id":"00000000-0000-0000-0000-000000000001","name":"too long","more":[1]}]"#;
    let fine = answer("200 OK", "X-Count: 7\r\nX-More: true\r\n", body);
    let refused = answer("418 I'm a teapot", "", r#"{"why":"tea"}"#);
    let (client, asked) = server(&[&fine, &fine, &refused]).await;
    let texts = |all: &[&str]| Some(all.iter().map(|&text| text.to_owned()).collect());
    let input = QueriesInput {
        limit: Some(5),
        tags: texts(&["a&b", "c d"]),
        ids: Some(vec![1, 2]),
        piped: texts(&["a", "b"]),
        spaced: texts(&["a", "b"]),
        filter: Some(color()),
        flat: Some(Color {
            r: None,
            g: Some(2),
            b: None,
        }),
        json: Some(Color {
            r: Some(9),
            ..Color::default()
        }),
        x_list: texts(&["one", "two"]),
        session: Some("s;1".to_owned()),
    };
    let answer = client.queries(input).await.unwrap();
    let query = "limit=5&tags=a%26b&tags=c%20d&ids=1,2&piped=a%7Cb&spaced=a%20b&filter[b]=3&filter[r]=1\
                 &g=2&json=%7B%22r%22%3A9%7D";
    assert_eq!(line(&asked, 0), format!("GET /v1/queries?{query} HTTP/1.1"));
    has(&asked, "x-list: one,two\r\n");
    has(&asked, "cookie: session=s%3B1\r\n");
    let QueriesResponse::Ok {
        x_count,
        x_more,
        body,
    } = answer
    else {
        panic!("{answer:?}")
    };
    // What breaks the service's own rules is the service's affair, and what it adds is read past.
    assert_eq!(
        (x_count, x_more, body[0].name.as_str()),
        (7, Some(true), "too long")
    );
    assert_eq!((body[0].level, &body[0].note), (3, &None));

    client.queries(QueriesInput::default()).await.unwrap();
    assert_eq!(line(&asked, 1), "GET /v1/queries HTTP/1.1");
    let refused = client.queries(QueriesInput::default()).await.unwrap();
    let QueriesResponse::ClientError4xx { status, body } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!((status.as_u16(), body.why.as_str()), (418, "tea"));
}

#[tokio::test]
async fn bodies_have_every_kind() {
    let note = answer("200 OK", "content-type: text/plain\r\n", "grüezi");
    let (client, asked) = server(&[NOTHING, NOTHING, NOTHING, &note, NOTHING, NOTHING]).await;
    let form = Form {
        name: "a b".to_owned(),
        tags: Some(vec!["x".to_owned(), "y".to_owned()]),
        color: Some(color()),
    };
    client.form(FormInput { body: form }).await.unwrap();
    has(
        &asked,
        "content-type: application/x-www-form-urlencoded\r\n",
    );
    has(
        &asked,
        "\r\n\r\ncolor[b]=3&color[r]=1&name=a%20b&tags=x&tags=y",
    );

    let parts = Multipart::new()
        .text("title", "T")
        .file("it", "a\".txt", "text/plain", b"bytes");
    client
        .upload(UploadInput { body: parts.into() })
        .await
        .unwrap();
    has(&asked, "content-type: multipart/form-data; boundary=");
    has(
        &asked,
        "name=\"it\"; filename=\"a%22.txt\"\r\nContent-Type: text/plain\r\n\r\nbytes\r\n--",
    );

    client
        .put_bytes(PutBytesInput {
            body: Body::from("raw"),
        })
        .await
        .unwrap();
    has(&asked, "content-type: application/octet-stream\r\n");
    has(&asked, "\r\n\r\nraw");

    let NoteResponse::Ok(text) = client
        .note(NoteInput {
            body: "hoi".to_owned(),
        })
        .await
        .unwrap();
    assert_eq!(text, "grüezi");
    has(&asked, "content-type: text/plain; charset=utf-8\r\n");

    // Absent, null and a value are three things.
    let put = |note| PutThingInput {
        id: "1".to_owned(),
        body: Some(ThingInput { note, ..thing("n") }),
    };
    client.put_thing(put(None)).await.unwrap();
    has(&asked, "\r\n\r\n{\"name\":\"n\"}");
    client.put_thing(put(Some(None))).await.unwrap();
    has(&asked, "\r\n\r\n{\"name\":\"n\",\"note\":null}");
    client
        .put_thing(PutThingInput {
            id: "1".to_owned(),
            body: None,
        })
        .await
        .unwrap();
    assert!(
        !asked
            .lock()
            .unwrap()
            .last()
            .unwrap()
            .contains("content-type")
    );
}

#[tokio::test]
async fn other_statuses_and_broken_answers_are_errors() {
    let lost = answer(
        "404 Not Found",
        "",
        r#"{"error":{"code":"not_found","message":"no such path"}}"#,
    );
    let broken = answer("200 OK", "X-Count: many\r\n", "[]");
    let text = answer("500 Internal Server Error", "", r#"{"why":"boom"}"#);
    let raw = answer("203 Odd", "", "whatever");
    let (client, _) = server(&[&lost, &broken, "HTTP/1.1 200 OK\r\n\r\n", &text, &raw]).await;
    let error = client.form(FormInput {
        body: Form {
            name: String::new(),
            tags: None,
            color: None,
        },
    });
    let Error::Status(error) = error.await.unwrap_err() else {
        panic!()
    };
    assert_eq!(error.status.as_u16(), 404);
    assert_eq!(error.code().as_deref(), Some("not_found"));
    assert_eq!(error.message().as_deref(), Some("no such path"));
    for expected in [
        "the header `X-Count` must be an integer",
        "the header `x-count` is missing",
    ] {
        let error = client.queries(QueriesInput::default()).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error}");
        let told = error.to_string().to_lowercase();
        assert!(told.contains(&expected.to_lowercase()), "{told}");
    }
    let body = thing("n");
    let answer = client
        .create_thing(CreateThingInput {
            idempotency_key: None,
            body,
        })
        .await
        .unwrap();
    let CreateThingResponse::Default { status, body } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!((status.as_u16(), body.why.as_str()), (500, "boom"));
    let answer = client.untold().await.unwrap();
    assert!(format!("{answer:?}").contains("whatever"));
}

#[tokio::test]
async fn calls_are_repeated_where_that_is_safe() {
    let busy = answer("503 Service Unavailable", "", "");
    let (client, asked) = server(&[&busy, "hang up", NOTHING]).await;
    client
        .put_thing(PutThingInput {
            id: "1".to_owned(),
            body: Some(thing("n")),
        })
        .await
        .unwrap();
    assert_eq!(asked.lock().unwrap().len(), 3);
    has(&asked, "{\"name\":\"n\"}");

    let (client, asked) = server(&[&busy]).await;
    let error = client.put_thing(PutThingInput {
        id: "1".to_owned(),
        body: None,
    });
    assert!(error.retries(1).await.unwrap_err().is_unavailable());
    assert_eq!(asked.lock().unwrap().len(), 2);

    let (client, asked) = server(&[&busy]).await;
    let create = |key: Option<&str>| CreateThingInput {
        idempotency_key: key.map(str::to_owned),
        body: thing("n"),
    };
    // The body of this 503 is not the one that the contract has for it.
    let error = client.create_thing(create(None)).await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 1, "it may have been done");
    client.create_thing(create(Some("k"))).await.unwrap_err();
    assert_eq!(asked.lock().unwrap().len(), 4);

    let later = answer("429 Too Many Requests", "Retry-After: 1\r\n", "");
    let (client, asked) = server(&[&later, NOTHING]).await;
    let start = Instant::now();
    client
        .put_thing(PutThingInput {
            id: "1".to_owned(),
            body: None,
        })
        .await
        .unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(asked.lock().unwrap().len(), 2);

    // A wait that no clock can count to is longer than there is time.
    let never = "Retry-After: 18446744073709551615\r\n";
    let never = answer("429 Too Many Requests", never, "");
    let (client, asked) = server(&[&never]).await;
    let client = client.with_timeout(Duration::MAX);
    let put = PutThingInput {
        id: "1".to_owned(),
        body: None,
    };
    let error = client.put_thing(put).await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(u64::MAX)));
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn time_runs_out_and_services_are_away() {
    let (client, _) = server(&["wait"]).await;
    let call = client.bytes().timeout(Duration::from_millis(200));
    let start = Instant::now();
    assert!(matches!(call.await, Err(Error::Timeout(_))));
    assert!(start.elapsed() < Duration::from_secs(2));

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let client = Client::new(&address).unwrap().with_retries(1);
    let error = client.bytes().await.unwrap_err();
    assert!(
        matches!(error, Error::Transport(_)) && error.is_unavailable(),
        "{error}"
    );
    for address in ["", "ftp://a", "https://a", "http://a?b=c", "/a"] {
        assert!(
            matches!(Client::new(address), Err(Error::Request(_))),
            "{address}"
        );
    }
}

#[tokio::test]
async fn streams_come_piece_by_piece() {
    let events = ": hello\r\ndata: {\"radius\":2,\r\ndata: \"inner\":1}\r\n\r\nevent: x\ndata: {\"radius\":3}\n\n\
                  data: {}\n\ndata: {\"radius\":4}\r\rdata: {\"radius\":5}\n";
    let events = answer("200 OK", "content-type: text/event-stream\r\n", events);
    let lines = answer("200 OK", "", "{\"a\":1}\n\n{\"a\":2}");
    let (client, _) = server(&[&events, &lines, &lines]).await;
    let EventsResponse::Ok(mut shapes) = client.events().await.unwrap();
    // The alternative that knows most of it: a ring is a circle, too.
    assert!(matches!(shapes.next().await, Some(Ok(Shape::Ring(_)))));
    assert!(matches!(shapes.next().await, Some(Ok(Shape::Circle(_)))));
    assert!(matches!(shapes.next().await, Some(Err(Error::Decode(_)))));
    assert!(matches!(shapes.next().await, Some(Ok(Shape::Circle(_)))));
    assert!(shapes.next().await.is_none(), "half an event is none");

    let BytesResponse::Ok(body) = client.bytes().await.unwrap();
    assert_eq!(&*body.bytes().await.unwrap(), b"{\"a\":1}\n\n{\"a\":2}");
    let BytesResponse::Ok(body) = client.bytes().await.unwrap();
    let mut lines = body.json_lines::<serde_json::Value>();
    assert_eq!(lines.next().await.unwrap().unwrap()["a"], 1);
    assert_eq!(lines.next().await.unwrap().unwrap()["a"], 2);
    assert!(lines.next().await.is_none());
}

#[tokio::test]
async fn memory_is_bounded() {
    let long = format!("\"{}\"", "x".repeat(3000));
    let note = answer("200 OK", "", &long);
    let event = answer("200 OK", "", &format!("data: {long}"));
    let data = answer("200 OK", "", &"data: 1\n".repeat(2000));
    let (client, _) = server(&[&note, &note, &note, &event, &data]).await;
    let client = client.with_body_limit(2000);
    let is_large = |error: Error| {
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(
            error.to_string().contains("more than 2000 bytes"),
            "{error}"
        );
    };
    let body = "n".to_owned();
    is_large(client.note(NoteInput { body }).await.unwrap_err());
    let BytesResponse::Ok(body) = client.bytes().await.unwrap();
    is_large(body.bytes().await.unwrap_err());
    let BytesResponse::Ok(body) = client.bytes().await.unwrap();
    let mut lines = body.json_lines::<serde_json::Value>();
    is_large(lines.next().await.unwrap().unwrap_err());
    assert!(lines.next().await.is_none());
    for _ in 0..2 {
        let EventsResponse::Ok(mut shapes) = client.events().await.unwrap();
        is_large(shapes.next().await.unwrap().unwrap_err());
    }
}

#[tokio::test]
async fn credentials_are_shown_to_those_who_ask() {
    let (client, asked) = server(&[NOTHING]).await;
    let client = client
        .with_bearer("t0")
        .with_api_key(security::COOKIE, "c 1");
    let form = || FormInput {
        body: Form {
            name: String::new(),
            tags: None,
            color: None,
        },
    };
    let upload = || UploadInput {
        body: Body::default(),
    };
    let put = || PutThingInput {
        id: "1".to_owned(),
        body: None,
    };
    client.put_thing(put()).await.unwrap();
    has(&asked, "authorization: Bearer t0\r\n");
    client.put_thing(put()).bearer("mine").await.unwrap();
    has(&asked, "authorization: Bearer mine\r\n");
    client.form(form()).await.unwrap();
    assert!(
        !asked.lock().unwrap().last().unwrap().contains("t0"),
        "nobody asked for it"
    );
    client.upload(upload()).await.unwrap();
    has(&asked, "cookie: sid=c%201\r\n");
    client
        .upload(upload())
        .api_key(security::KEY, "k1")
        .await
        .unwrap();
    has(&asked, "x-key: k1\r\n");

    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("authorization", "Bearer caller"),
        ("cookie", "a=b; sid=their%20s"),
        ("x-request-id", "r1"),
        ("traceparent", "00-1-2-01"),
        ("tracestate", "v=1"),
        ("x-secret", "s"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    let inside = client.on_behalf_of(&headers);
    inside.put_thing(put()).await.unwrap();
    for line in [
        "authorization: Bearer caller",
        "x-request-id: r1",
        "traceparent: 00-1-2-01",
        "tracestate: v=1",
    ] {
        has(&asked, line);
    }
    assert!(!asked.lock().unwrap().last().unwrap().contains("x-secret"));
    inside.upload(upload()).await.unwrap();
    has(&asked, "cookie: sid=their%20s\r\n");
    client
        .on_behalf_of(&HeaderMap::new())
        .put_thing(put())
        .await
        .unwrap();
    assert!(
        !asked
            .lock()
            .unwrap()
            .last()
            .unwrap()
            .contains("authorization")
    );
    let error = client
        .with_bearer("a\nb")
        .put_thing(put())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Request(_)));
}
