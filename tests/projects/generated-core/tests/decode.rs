//! Every constraint and format, on JSON and on text.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::http::StatusCode;
use full_core::core::decode::{At, Checked, Decode, Node, Report};
use regex::Regex;
use serde_json::{Value, json};

/// Reads a body, and returns the value or the messages.
fn read_at<T>(
    at: At<'_>,
    value: Value,
    read: impl FnOnce(Node<'_>) -> Checked<'_, T>,
) -> Result<T, String> {
    let report = Report::default();
    let value = read(Node {
        value,
        at,
        report: &report,
    })
    .value;
    report
        .finish(value, StatusCode::UNPROCESSABLE_ENTITY)
        .map_err(|error| format!("{error:?}"))
}

fn read<T>(value: Value, read: impl FnOnce(Node<'_>) -> Checked<'_, T>) -> Result<T, String> {
    read_at(At::Body, value, read)
}

/// Every case must be taken, or refused with this message.
macro_rules! cases {
    ($reader:expr; $($value:tt => $expected:expr;)*) => {$(
        let value = json!($value);
        let result = read(value.clone(), $reader).map(drop);
        match $expected {
            "" => assert_eq!(result, Ok(()), "{value}"),
            message => {
                let error = result.expect_err(&format!("{value}"));
                let message: &str = message;
                assert!(error.contains(message), "{value}: {error}");
            }
        }
    )*};
}

#[test]
fn texts() {
    cases! { |v| v.string();
        "a" => ""; "" => ""; 1 => "must be a string"; null => "must be a string";
        "a\u{0}b" => "must not contain U+0000";
    }
    cases! { |v| v.string().length(2..=3);
        "a" => "must have at least 2 characters"; "äö" => ""; "äöü" => "";
        "äöüß" => "must have at most 3 characters";
    }
    cases! { |v| v.string().min_length(1); "" => "must have at least 1 character\""; "a" => ""; }
    cases! { |v| v.string().max_length(1); "ab" => "must have at most 1 character\""; "a" => ""; }
    static DIGITS: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[0-9]+$").expect("a pattern"));
    cases! { |v| v.string().pattern(&DIGITS); "12" => ""; "1a" => "must match `^[0-9]+$`"; }
}

#[test]
fn formats() {
    cases! { |v| v.uuid();
        "67e55044-10b1-426f-9247-bb680e5fe0c8" => "";
        "67e5504410b1426f9247bb680e5fe0c8" => "must be a UUID"; "x" => "must be a UUID";
    }
    cases! { |v| v.date_time();
        "2024-02-29T12:00:00Z" => ""; "2024-02-29t12:00:00.5+02:00" => "";
        "2024-02-29 12:00:00Z" => "must be a date-time"; "2023-02-29T12:00:00Z" => "must be";
        "2024-02-29T12:00:00" => "must be"; "0000-01-01T00:00:00+01:00" => "must be"; "äääää" => "must be";
    }
    cases! { |v| v.date();
        "2024-02-29" => ""; "2023-02-29" => "must be a date"; "2024-2-29" => "must be"; "+2024-02-2" => "must be";
    }
    cases! { |v| v.time();
        "12:00:00Z" => ""; "12:00:00.25-05:00" => ""; "12:00:00" => "must be a time"; "25:00:00Z" => "must be";
    }
    cases! { |v| v.email();
        "a@b.example" => ""; "a.b+c@b" => ""; "\"a b\"@b.c" => ""; "a@[127.0.0.1]" => ""; "a@[IPv6:::1]" => "";
        "a" => "must be an email"; "@b" => "must be"; "a@" => "must be"; ".a@b" => "must be"; "a..b@c" => "must be";
        "a b@c" => "must be"; "a@-b" => "must be";
    }
    cases! { |v| v.uri();
        "https://a.example/b?c=d#e" => ""; "mailto:a@b" => ""; "urn:a:b" => ""; "http://[::1]:80/" => "";
        "http://u:p@h:1/" => ""; "/a" => "must be a URI"; "1a:b" => "must be"; "http://a b" => "must be";
        "http://a/%zz" => "must be"; "http://a/%2" => "must be"; "http://a:b/" => "must be"; "a:b#c#d" => "must be";
    }
    cases! { |v| v.byte(); "" => ""; "YQ==" => ""; "YWI=" => ""; "YWJj" => ""; "YQ" => "must be base64"; "Y=Q=" => "must be"; "YQ_=" => "must be"; "====" => "must be"; }
    cases! { |v| v.ipv4(); "1.2.3.4" => ""; "1.2.3" => "must be an IPv4"; "01.2.3.4" => "must be"; }
    cases! { |v| v.ipv6(); "::1" => ""; "1.2.3.4" => "must be an IPv6"; }
    cases! { |v| v.hostname(); "a.b-c" => ""; "-a" => "must be a host name"; "a_b" => "must be"; "a..b" => "must be"; }
}

#[test]
fn numbers() {
    cases! { |v| v.integer::<i64>();
        1 => ""; 1.0 => ""; (-5) => ""; 1e3 => ""; 1.5 => "must be an integer"; "1" => "must be an integer";
        true => "must be an integer"; 9223372036854775808u64 => "must be between -9223372036854775808 and";
        (-9223372036854775808i64) => ""; (-9223372036854775809f64) => "must be between";
        1e30 => "must be between"; 1e300 => "must be an integer";
    }
    cases! { |v| v.integer::<u8>(); 255 => ""; 256 => "must be between 0 and 255"; (-1) => "must be between"; }
    cases! { |v| v.integer::<u64>(); 18446744073709551615u64 => ""; }
    cases! { |v| v.integer::<i32>().minimum(1).maximum(36);
        1 => ""; 36 => ""; 0 => "must be at least 1"; 37 => "must be at most 36";
    }
    cases! { |v| v.integer::<i32>().exclusive_minimum(1).exclusive_maximum(3);
        2 => ""; 1 => "must be greater than 1"; 3 => "must be less than 3";
    }
    cases! { |v| v.integer::<i32>().multiple_of(3); 9 => ""; 0 => ""; (-3) => ""; 4 => "must be a multiple of 3"; }
    cases! { |v| v.integer::<i64>().one_of(&[1, 3]); 3 => ""; 2 => "must be one of 1, 3"; }
    cases! { |v| v.number(); 1 => ""; 1.5 => ""; "1.5" => "must be a number"; null => "must be a number"; }
    cases! { |v| v.number().minimum(0.0).multiple_of(0.01);
        4.47 => ""; 0 => ""; 1e20 => ""; 4.471 => "must be a multiple of 0.01"; (-0.01) => "must be at least 0";
        4.470000000000001 => "must be a multiple of 0.01"; 9999999999.99 => ""; 12345678901234.57 => "";
    }
    cases! { |v| v.number().multiple_of(2.5); 7.5 => ""; (-5) => ""; 7 => "must be a multiple of 2.5"; 5e15 => ""; }
    cases! { |v| v.number().multiple_of(0.3); 0.9 => ""; 3e17 => ""; 1 => "must be a multiple of 0.3"; 4e17 => "must be a multiple of 0.3"; }
    cases! { |v| v.number().multiple_of(0.00005); 0.00015 => ""; 0.00012 => "must be a multiple of 0.00005"; }
    cases! { |v| v.boolean(); true => ""; "true" => "must be a boolean"; 0 => "must be a boolean"; }
}

#[test]
fn text_is_coerced_in_parameters_and_forms() {
    for at in [At::Form, At::Parameter("p")] {
        assert_eq!(read_at(at, json!("12"), |v| v.integer::<i64>()), Ok(12));
        assert_eq!(read_at(at, json!("1.5"), |v| v.number()), Ok(1.5));
        assert_eq!(read_at(at, json!("true"), |v| v.boolean()), Ok(true));
        assert_eq!(
            read_at(at, json!(["1", "2"]), |v| v.array(|v| v.integer::<i8>())),
            Ok(vec![1, 2])
        );
        assert_eq!(
            read_at(at, json!("1"), |v| v.array(|v| v.integer::<i8>())),
            Ok(vec![1])
        );
        let map = BTreeMap::from([("a".to_owned(), vec![true])]);
        assert_eq!(
            read_at(at, json!({"a": ["true"]}), |v| v
                .map(|v| v.array(|v| v.boolean()))),
            Ok(map)
        );
        for text in ["", "+1", " 1", "01", "1x", "0x1"] {
            assert!(
                read_at(at, json!(text), |v| v.integer::<i64>()).is_err(),
                "{text}"
            );
        }
        for text in ["NaN", "inf", "1e999", ""] {
            assert!(read_at(at, json!(text), |v| v.number()).is_err(), "{text}");
        }
        assert_eq!(
            read_at(at, json!("2"), |v| v.one_of_json(&["1", "2.0"])),
            Ok(json!(2.0))
        );
        let sets = |text| read_at(at, text, |v| v.one_of_json(&["[1,\"b\"]", "{\"a\":1}"]));
        assert_eq!(sets(json!(["1", "b"])), Ok(json!([1, "b"])));
        assert_eq!(sets(json!({ "a": "1" })), Ok(json!({ "a": 1 })));
        assert_eq!(sets(json!("[1,\"b\"]")), Ok(json!([1, "b"])));
        for other in [
            json!(["1"]),
            json!(["1", "c"]),
            json!({ "b": "1" }),
            json!({}),
            json!("1"),
        ] {
            assert!(sets(other.clone()).is_err(), "{other}");
        }
    }
    assert!(read_at(At::JsonParameter("p"), json!("12"), |v| v.integer::<i64>()).is_err());
    let twice = read_at(At::Form, json!(["1", "2"]), |v| v.integer::<i64>()).expect_err("twice");
    assert!(twice.contains("must be given only once"), "{twice}");
}

#[test]
fn lists_and_maps() {
    cases! { |v| v.array(|v| v.integer::<i64>()).min_items(1).max_items(2).unique();
        [1] => ""; [1, 2] => ""; [] => "must have at least 1 item\""; [1, 2, 3] => "must have at most 2 items";
        [1, 1.0] => "must not repeat an item"; {} => "must be an array"; [1, "x"] => "body[1]";
    }
    cases! { |v| v.array(|v| v.any()).unique(); [{"a": 1, "b": 2}, {"b": 2, "a": 1}] => "must not repeat"; [1, "1"] => ""; }
    static LOWER: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[a-z]+$").expect("a pattern"));
    cases! { |v| v.map(|v| v.boolean()).min_properties(1).max_properties(2).key_pattern(&LOWER);
        {"a": true} => ""; {} => "must have at least 1 property"; {"a": true, "b": true, "c": true} => "at most 2 properties";
        {"A": true} => "must have a name that matches `^[a-z]+$`"; {"a": 1} => "must be a boolean";
        {"a\u{0}": true} => "must not contain U+0000"; [] => "must be an object";
    }
}

#[test]
fn any_values_and_sets() {
    cases! { |v| v.any(); null => ""; {"a": [1]} => ""; {"a": ["\u{0}"]} => "must not contain U+0000"; {"\u{0}": 1} => "U+0000"; }
    cases! { |v| v.one_of_json(&["1", "\"a\"", "null", "{\"a\":[1.0]}"]);
        1 => ""; 1.0 => ""; "a" => ""; null => ""; {"a": [1]} => ""; 2 => "must be one of 1, \\\"a\\\", null"; "1" => "must be one of";
    }
    cases! { |v| v.nullable(|v| v.integer::<i64>().minimum(1)); null => ""; 1 => ""; 0 => "must be at least 1"; "" => "must be an integer"; }
    cases! { |v| v.boxed(|v| v.string()); "a" => ""; 1 => "must be a string"; }
    let report = Report::default();
    let node = |value| Node {
        value,
        at: At::Body,
        report: &report,
    };
    assert_eq!(node(json!("b")).choice(&[("a", 1), ("b", 2)]), Some(2));
    assert_eq!(
        node(json!(2.0)).choice_integer(&[(1, 'a'), (2, 'b')]),
        Some('b')
    );
    assert_eq!(node(json!("c")).choice(&[("a", 1), ("b", 2)]), None);
    assert_eq!(node(json!(1.5)).choice_integer(&[(1, 'a')]), None);
    let error = report
        .finish(Some(()), StatusCode::UNPROCESSABLE_ENTITY)
        .expect_err("two");
    let error = format!("{error:?}");
    assert!(
        error.contains("must be one of a, b") && error.contains("must be one of 1"),
        "{error}"
    );
}

#[derive(Debug, PartialEq)]
struct Item {
    name: String,
    note: Option<Option<String>>,
    rest: BTreeMap<String, i64>,
}

impl Decode for Item {
    fn decode(node: Node<'_>) -> Option<Self> {
        let mut item = node.object()?;
        item.min_properties(1);
        item.max_properties(4);
        item.ignore(&["id"]);
        let name = item.required("name", |v| v.string().min_length(1));
        let note = item.optional("note", |v| v.nullable(|v| v.string()));
        let rest = item.additional(|v| v.integer());
        Some(Self {
            name: name?,
            note: note?,
            rest: rest?,
        })
    }
}

#[test]
fn objects_report_everything_at_once() {
    let read_item = |value| read(value, |v| v.read::<Item>());
    let item = read_item(json!({ "id": 1, "name": "a", "note": null, "x": 1 })).expect("an item");
    let rest = BTreeMap::from([("x".to_owned(), 1)]);
    assert_eq!(
        item,
        Item {
            name: "a".to_owned(),
            note: Some(None),
            rest
        }
    );
    assert_eq!(
        read_item(json!({ "name": "a" })).map(|item| item.note),
        Ok(None)
    );
    let error = read_item(json!({ "note": 1, "x": "y", "z": [] })).expect_err("an error");
    for part in [
        "\"name\": [\"is required\"]",
        "\"note\": [\"must be a string\"]",
        "\"x\": [",
        "\"z\": [",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(
        read_item(json!({}))
            .expect_err("empty")
            .contains("must have at least 1 property")
    );
    let five = json!({ "name": "a", "b": 1, "c": 1, "d": 1, "e": 1 });
    assert!(
        read_item(five)
            .expect_err("five")
            .contains("must have at most 4 properties")
    );
    let report = Report::default();
    let node = Node {
        value: json!({ "a": 1 }),
        at: At::Body,
        report: &report,
    };
    node.object().expect("an object").deny_unknown();
    let error = report
        .finish(Some(()), StatusCode::BAD_REQUEST)
        .expect_err("unknown");
    assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    assert!(format!("{error:?}").contains("\"a\": [\"is not a known field\"]"));
}

#[derive(Debug, PartialEq)]
enum Shape {
    Number(i64),
    Text(String),
    Item(Item),
}

fn one_of(value: Value) -> Result<Shape, String> {
    union(value, |node| {
        node.one_of(
            &[
                &|v| v.integer().minimum(1).value.map(Shape::Number),
                &|v| v.string().length(2..=3).value.map(Shape::Text),
                &|v| v.read().value.map(Shape::Item),
            ],
            &["Number", "Text", "Item"],
        )
    })
}

/// A tree whose nodes are of two kinds, each with a child: with each level there are twice as many ways to read it.
struct Tree;

impl Decode for Tree {
    fn decode(node: Node<'_>) -> Option<Self> {
        let read = |node: Node<'_>| {
            let mut object = node.object()?;
            object.optional("child", |v| v.read::<Self>())?;
            Some(Self)
        };
        node.any_of(&[&read, &read], &["Group", "Section"])
    }
}

#[test]
fn alternatives_within_alternatives_come_to_an_end() {
    let tree = |depth| {
        let report = Report::default();
        let tree = (0..depth).fold(json!({}), |child, _| json!({ "child": child }));
        let read = Node {
            value: tree,
            at: At::Body,
            report: &report,
        };
        let read = read.read::<Tree>().value;
        let error = report.finish(read, StatusCode::UNPROCESSABLE_ENTITY).err();
        error.map(|error| format!("{error:?}"))
    };
    assert_eq!(tree(10), None);
    let error = tree(100).expect("too many ways");
    assert!(
        error.contains("nests allowed forms in too many ways"),
        "{error}"
    );
}

/// An object that must have a property.
struct Named;

impl Decode for Named {
    fn decode(node: Node<'_>) -> Option<Self> {
        node.object()?.required("a", |v| v.string()).map(|_| Self)
    }
}

/// Each of them would be told at its place, in an answer hundreds of times as long as the body.
#[test]
fn violations_without_end_are_not_all_told() {
    let read = |value: Value, read: &dyn Fn(Node<'_>) -> Option<()>| {
        let report = Report::default();
        let read = read(Node {
            value,
            at: At::Body,
            report: &report,
        });
        let error = report.finish(read, StatusCode::UNPROCESSABLE_ENTITY);
        let error = format!("{:?}", error.expect_err("a refusal"));
        error.matches("is required").count()
    };
    let lists = |node: Node<'_>| node.array(|v| v.read::<Named>()).value.map(|_| ());
    let maps = |node: Node<'_>| node.map(|v| v.read::<Named>()).value.map(|_| ());
    let list = json!(vec![json!({}); 5_000]);
    assert_eq!(read(list.clone(), &lists), 1_000);
    let map = (0..5_000).map(|index| (index.to_string(), json!({})));
    assert_eq!(read(map.collect(), &maps), 1_000);
    // In the only alternative that is a list.
    let text = |node: Node<'_>| node.string().value.map(|_| ());
    assert_eq!(
        read(list, &|node| node
            .any_of(&[&lists, &text], &["List", "Text"])),
        1_000
    );
}

fn union(value: Value, read: impl FnOnce(Node<'_>) -> Option<Shape>) -> Result<Shape, String> {
    let report = Report::default();
    let value = read(Node {
        value,
        at: At::Body,
        report: &report,
    });
    report
        .finish(value, StatusCode::UNPROCESSABLE_ENTITY)
        .map_err(|error| format!("{error:?}"))
}

#[test]
fn unions() {
    assert_eq!(one_of(json!(1)), Ok(Shape::Number(1)));
    assert_eq!(one_of(json!("ab")), Ok(Shape::Text("ab".to_owned())));
    let near = one_of(json!({ "name": "" })).expect_err("an item at fault");
    assert!(
        near.contains("\"name\": [\"must have at least 1 character\"]"),
        "{near}"
    );
    for value in [json!(true), json!(0), json!("a"), json!([])] {
        let error = one_of(value).expect_err("no fit");
        assert!(
            error.contains("must match exactly one of the allowed forms"),
            "{error}"
        );
    }
    let both = |node: Node<'_>| {
        node.one_of(
            &[&|v| v.integer().value.map(Shape::Number), &|v| {
                v.integer().minimum(5).value.map(Shape::Number)
            }],
            &["A", "B"],
        )
    };
    assert_eq!(union(json!(1), both), Ok(Shape::Number(1)));
    assert!(union(json!(5), both).is_err());
    let any = |node: Node<'_>| {
        node.any_of(
            &[&|v| v.integer().value.map(Shape::Number), &|v| {
                v.integer().value.map(Shape::Number)
            }],
            &["A", "B"],
        )
    };
    assert_eq!(union(json!(5), any), Ok(Shape::Number(5)));
    assert!(
        union(json!("5"), any)
            .expect_err("no fit")
            .contains("must match one of")
    );
    let tagged = |value: Value| {
        let report = Report::default();
        let tag = Node {
            value,
            at: At::Body,
            report: &report,
        }
        .tag("kind", &["a", "b"]);
        (
            tag,
            format!("{:?}", report.finish(Some(()), StatusCode::BAD_REQUEST)),
        )
    };
    assert_eq!(tagged(json!({ "kind": "b" })).0, Some("b"));
    assert!(
        tagged(json!({ "kind": "c" }))
            .1
            .contains("\"kind\": [\"must be one of a, b\"]")
    );
    assert!(tagged(json!({})).1.contains("\"kind\": [\"is required\"]"));
    assert!(tagged(json!(1)).1.contains("must be an object"));
}
