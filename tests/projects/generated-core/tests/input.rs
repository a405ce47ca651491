//! Every style of a parameter, every syntax of a body, over whole requests.

mod support;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use full_core::core::input::{Body, Input, Location, Read, Shape, Style, Syntax};
use support::{call, get, start, tell};

/// An input that is the `Debug` text of what it read.
macro_rules! probe {
    ($name:ident, $body:expr, |$input:ident| $read:expr) => {
        struct $name(String);

        impl Read for $name {
            const BODY: Body = $body;

            fn read($input: &mut Input) -> Option<Self> {
                let value = $read;
                Some(Self(format!("{:?}", value?)))
            }
        }
    };
}

/// Asks for `path?query` and compares the answer, or the violation.
macro_rules! styled {
    ($($name:ident $location:ident $template:literal $style:ident $explode:literal $shape:expr, $read:expr;
        $($uri:literal => $expected:literal,)*)*) => {$(

        #[tokio::test]
        #[expect(non_snake_case, reason = "named after the probe")]
        async fn $name() {
        probe!(Probe, Body::Ignored, |input| {
            input.styled_required(Location::$location, "v", Style::$style, $explode, $shape, $read)
        });
            let router = start("", |routes| {
                routes.get($template).public().to(|_, _, input: Probe| tell(input.0));
            })
            .await;
            $(
                let answer = get(&router, $uri).await;
                match answer.status {
                    StatusCode::OK => assert_eq!(answer.text, $expected, "{}", $uri),
                    _ => assert_eq!(answer.violations().join("; "), $expected, "{}", $uri),
                }
            )*
        }
    )*};
}

const PAIR: Shape<'static> = Shape::Object(&["a", "b"]);

styled! {
    FormScalar Query "/x" Form true Shape::Scalar, |v| v.string();
        "/x?v=a" => "\"a\"", "/x?v=a+b%2Bc%C3%A4" => "\"a b+cä\"", "/x?v=" => "\"\"", "/x?v" => "\"\"",
        "/x" => "v: is required", "/x?v=1&v=2" => "v: must be given only once", "/x?v=%FF" => "v: must be UTF-8",
        "/x?%76=a%26b" => "\"a&b\"",
    FormList Query "/x" Form true Shape::List, |v| v.array(|v| v.integer::<i64>());
        "/x?v=1&v=2" => "[1, 2]", "/x?v=1" => "[1]", "/x?v=1&w=2&v=x" => "v[1]: must be an integer", "/x" => "v: is required",
    FormCommas Query "/x" Form false Shape::List, |v| v.array(|v| v.string());
        "/x?v=a,b" => "[\"a\", \"b\"]", "/x?v=a%2Cb,c" => "[\"a,b\", \"c\"]", "/x?v=" => "[]",
        "/x?v=a&v=b" => "v: must be given only once",
    FormEach Query "/x" Form true Shape::OneOrMore, |v| v.any();
        "/x?v=a" => "String(\"a\")", "/x?v=a&v=b" => "Array [String(\"a\"), String(\"b\")]", "/x" => "v: is required",
    FormOne Query "/x" Form false Shape::OneOrMore, |v| v.any();
        "/x?v=a" => "String(\"a\")", "/x?v=a,b" => "Array [String(\"a\"), String(\"b\")]", "/x?v=a%2Cb" => "String(\"a,b\")",
    FormFew Query "/x" Form false Shape::OneOrMore, |v| v.array(|v| v.string());
        "/x?v=a" => "[\"a\"]",
    FormObject Query "/x" Form true PAIR, |v| v.map(|v| v.integer::<i64>());
        "/x?a=1&b=2&c=z" => "{\"a\": 1, \"b\": 2}", "/x?c=1" => "v: is required", "/x?a=z" => "v.a: must be an integer",
        "/x?a=1&a=2" => "v.a: must be given only once",
    FormFlat Query "/x" Form false PAIR, |v| v.map(|v| v.integer::<i64>());
        "/x?v=a,1,b,2" => "{\"a\": 1, \"b\": 2}", "/x?v=a,1,b" => "v: must be names and values in turn",
    Spaces Query "/x" SpaceDelimited false Shape::List, |v| v.array(|v| v.string());
        "/x?v=a%20b+c" => "[\"a\", \"b\", \"c\"]",
    Pipes Query "/x" PipeDelimited false Shape::List, |v| v.array(|v| v.string());
        "/x?v=a%7Cb|c%2Bd" => "[\"a\", \"b\", \"c+d\"]",
    Deep Query "/x" DeepObject true PAIR, |v| v.map(|v| v.string());
        "/x?v[a]=1&v%5Bb%5D=2&w[a]=3" => "{\"a\": \"1\", \"b\": \"2\"}", "/x?v=1" => "v: is required",
    Deeper Query "/x" DeepObject true PAIR, |v| v.map(|v| v.array(|v| v.integer::<u8>()));
        "/x?v[a][]=1&v[a][]=2&v[b]=3" => "{\"a\": [1, 2], \"b\": [3]}", "/x?v[a]=1&v[a]=2" => "{\"a\": [1, 2]}",
    JsonQuery Query "/x" Json false Shape::Scalar, |v| v.map(|v| v.integer::<i64>());
        "/x?v=%7B%22a%22:1%7D" => "{\"a\": 1}", "/x?v=%7B%22a%22:%221%22%7D" => "v.a: must be an integer",
        "/x?v={" => "v: must be JSON: EOF while parsing an object at line 1 column 1",
    SimpleScalar Path "/x/{v}" Simple false Shape::Scalar, |v| v.string();
        "/x/a+b%2Fc" => "\"a+b/c\"", "/x/%FF" => "v: must be UTF-8",
    SimpleList Path "/x/{v}" Simple false Shape::List, |v| v.array(|v| v.string());
        "/x/a,b%2Cc" => "[\"a\", \"b,c\"]",
    SimpleFlat Path "/x/{v}" Simple false PAIR, |v| v.map(|v| v.integer::<i64>());
        "/x/a,1,b,2" => "{\"a\": 1, \"b\": 2}",
    SimpleObject Path "/x/{v}" Simple true PAIR, |v| v.map(|v| v.integer::<i64>());
        "/x/a=1,b=2" => "{\"a\": 1, \"b\": 2}",
    LabelScalar Path "/x/{v}" Label false Shape::Scalar, |v| v.integer::<i64>();
        "/x/.5" => "5", "/x/5" => "v: must start with `.`",
    LabelList Path "/x/{v}" Label false Shape::List, |v| v.array(|v| v.integer::<i64>());
        "/x/.5,6" => "[5, 6]",
    LabelDots Path "/x/{v}" Label true Shape::List, |v| v.array(|v| v.integer::<i64>());
        "/x/.5.6" => "[5, 6]",
    LabelObject Path "/x/{v}" Label true PAIR, |v| v.map(|v| v.integer::<i64>());
        "/x/.a=1.b=2" => "{\"a\": 1, \"b\": 2}",
    MatrixScalar Path "/x/{v}" Matrix false Shape::Scalar, |v| v.integer::<i64>();
        "/x/;v=5" => "5", "/x/5" => "v: must start with `;v=`",
    MatrixList Path "/x/{v}" Matrix false Shape::List, |v| v.array(|v| v.integer::<i64>());
        "/x/;v=5,6" => "[5, 6]",
    MatrixEach Path "/x/{v}" Matrix true Shape::List, |v| v.array(|v| v.integer::<i64>());
        "/x/;v=5;v=6" => "[5, 6]", "/x/;v=5;w=6" => "v: must start with `;v=`",
    MatrixFlat Path "/x/{v}" Matrix false PAIR, |v| v.map(|v| v.integer::<i64>());
        "/x/;v=a,1,b,2" => "{\"a\": 1, \"b\": 2}",
    MatrixObject Path "/x/{v}" Matrix true PAIR, |v| v.map(|v| v.integer::<i64>());
        "/x/;a=1;b=2" => "{\"a\": 1, \"b\": 2}",
}

probe!(Headers, Body::Ignored, |input| {
    let one = input.header_required("X-One", |v| v.integer::<i64>());
    let all = input.styled(
        Location::Header,
        "X-All",
        Style::Simple,
        false,
        Shape::List,
        |v| v.array(|v| v.string()),
    );
    let cookie = input.cookie("c", |v| v.string());
    one.zip(all).zip(cookie)
});

#[tokio::test]
async fn headers_and_cookies() {
    let router = start("", |routes| {
        routes
            .get("/x")
            .public()
            .to(|_, _, input: Headers| tell(input.0));
    })
    .await;
    let headers = [
        ("x-one", "1"),
        ("x-all", "a, b"),
        ("x-all", "c%2C"),
        ("cookie", "b=1; c=a%20b"),
    ];
    let answer = call(&router, "GET", "/x", &headers, "").await;
    assert_eq!(
        answer.text,
        "((1, Some([\"a\", \"b\", \"c%2C\"])), Some(\"a b\"))"
    );
    assert_eq!(
        get(&router, "/x").await.violations(),
        ["X-One: is required"]
    );
}

const MEDIA: Body = Body::Accepts {
    required: true,
    media: &[
        ("application/json", Syntax::Json),
        ("application/merge-patch+json", Syntax::Json),
        ("application/x-www-form-urlencoded", Syntax::Form),
    ],
};
probe!(Decoded, MEDIA, |input| input
    .body(|v| v.map(|v| v.array(|v| v.integer::<i64>()))));
probe!(
    Optional,
    Body::Accepts {
        required: false,
        media: &[("application/json", Syntax::Json)]
    },
    |input| input.optional_body(|v| v.integer::<i64>())
);
probe!(
    Text,
    Body::Accepts {
        required: true,
        media: &[("text/plain", Syntax::Text)]
    },
    |input| input.text_body()
);
probe!(
    Raw,
    Body::Accepts {
        required: true,
        media: &[("image/*", Syntax::Bytes)]
    },
    |input| input.bytes_body()
);
probe!(
    Whatever,
    Body::Accepts {
        required: false,
        media: &[("*/*", Syntax::Bytes)]
    },
    |input| { input.optional_bytes_body() }
);
probe!(
    Tree,
    Body::Accepts {
        required: true,
        media: &[("application/x-www-form-urlencoded", Syntax::Form)]
    },
    |input| input.body(|v| v.any())
);

#[tokio::test]
async fn bodies() {
    let router = support::start_with(&[("BODY_LIMIT_BYTES", "200")], "", |routes| {
        routes
            .post("/decoded")
            .public()
            .to(|_, _, input: Decoded| tell(input.0));
        routes
            .post("/optional")
            .public()
            .to(|_, _, input: Optional| tell(input.0));
        routes
            .post("/text")
            .public()
            .to(|_, _, input: Text| tell(input.0));
        routes
            .post("/raw")
            .public()
            .to(|_, _, input: Raw| tell(input.0));
        routes
            .post("/any")
            .public()
            .to(|_, _, input: Whatever| tell(input.0));
        routes
            .post("/tree")
            .public()
            .to(|_, _, input: Tree| tell(input.0));
    })
    .await;
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let deep = "[".repeat(199);
    let long = "x".repeat(201);
    let cases = [
        ("/decoded", json, "{\"a\":[1.0]}", 200, "{\"a\": [1]}"),
        (
            "/decoded",
            "Application/JSON; charset=utf-8",
            "{}",
            200,
            "{}",
        ),
        ("/decoded", "application/merge-patch+json", "{}", 200, "{}"),
        (
            "/decoded",
            "application/problem+json",
            "{}",
            415,
            "application/json",
        ),
        (
            "/decoded",
            form,
            "a=1&a=2&b=3",
            200,
            "{\"a\": [1, 2], \"b\": [3]}",
        ),
        ("/decoded", form, "", 200, "{}"),
        ("/decoded", form, "a=x", 422, "must be an integer"),
        ("/decoded", json, "", 400, "the body is missing"),
        ("/decoded", "", "", 400, "the body is missing"),
        ("/decoded", "", "{}", 415, "application/json"),
        ("/decoded", "text/plain", "", 415, "application/json"),
        ("/decoded", json, "{", 400, "the body is not JSON"),
        ("/decoded", json, &deep, 400, "the body is not JSON"),
        ("/decoded", json, &long, 413, "payload_too_large"),
        ("/decoded", json, "[]", 422, "must be an object"),
        (
            "/decoded",
            json,
            "{\"a\":1,\"b\":[\"x\"]}",
            422,
            "\"b[0]\":[\"must be an integer\"]",
        ),
        ("/optional", "", "", 200, "None"),
        ("/optional", json, "", 200, "None"),
        ("/optional", "text/plain", "", 200, "None"),
        ("/optional", json, "1", 200, "Some(1)"),
        ("/optional", "text/plain", "1", 415, "application/json"),
        ("/text", "text/plain; charset=UTF-8", "ä", 200, "\"ä\""),
        ("/text", "text/plain", "", 200, "\"\""),
        ("/text", "text/plain; charset=latin1", "a", 400, "charset"),
        ("/text", json, "\"a\"", 415, "text/plain"),
        ("/raw", "image/png", "a", 200, "b\"a\""),
        ("/raw", "video/mp4", "a", 415, "image/*"),
        ("/raw", "", "a", 415, "image/*"),
        ("/any", "video/mp4", "a", 200, "Some(b\"a\")"),
        ("/any", "", "a", 200, "Some(b\"a\")"),
        ("/any", "", "", 200, "None"),
        (
            "/tree",
            form,
            "a[b][c]=1&a[b][d]=x+y&e[]=%26",
            200,
            "Object {\"a\"",
        ),
        ("/tree", form, "a=1&a[b]=2", 200, "Null"),
        ("/tree", form, "a=%00", 422, "U+0000"),
    ];
    for (path, media, body, status, part) in cases {
        let headers = [("content-type", media)];
        let headers = if media.is_empty() {
            &[]
        } else {
            headers.as_slice()
        };
        let answer = call(&router, "POST", path, headers, body).await;
        let case = format!("{path} {media} {body}: {}", answer.text);
        assert_eq!(answer.status.as_u16(), status, "{case}");
        assert!(answer.text.contains(part), "{case}");
    }
}

struct Both;

impl Read for Both {
    const BODY: Body = MEDIA;
    const INVALID_BODY: StatusCode = StatusCode::BAD_REQUEST;

    fn read(input: &mut Input) -> Option<Self> {
        let limit = input.query("limit", |v| v.integer::<i64>().minimum(1));
        let body: Option<BTreeMap<String, bool>> = input.body(|v| v.map(|v| v.boolean()));
        limit?;
        body.map(|_| Self)
    }
}

#[tokio::test]
async fn a_request_tells_all_its_violations() {
    let router = start("", |routes| {
        routes
            .post("/x")
            .public()
            .to(|_, _, _: Both| tell(String::new()));
    })
    .await;
    let headers = [("content-type", "application/json")];
    let answer = call(&router, "POST", "/x?limit=0", &headers, "{\"a\":1,\"b\":2}").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let expected = [
        "a: must be a boolean",
        "b: must be a boolean",
        "limit: must be at least 1",
    ];
    assert_eq!(answer.violations(), expected);
    let answer = call(&router, "POST", "/x", &headers, "{\"a\":1}").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text.contains("invalid_body"), "{}", answer.text);
}
