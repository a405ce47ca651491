//! Which values keep the rules of a schema.

use apigen::model::fits::fits;
use serde_json::Value;

use super::{document, lower};

/// Judges values (JSON texts) by the component `X`.
#[track_caller]
fn check(components: &str, fitting: &[&str], misfitting: &[&str]) {
    let uses = ["request {$ref: '#/components/schemas/X'}"];
    let document = document(components, &uses);
    let (finished, schemas) = lower(&document, &uses);
    let judge = |text: &&str| {
        let value: Value = serde_json::from_str(text).expect(text);
        fits(&value, &schemas[0], &finished.types)
    };
    for text in fitting {
        assert!(judge(text), "{text} must fit {components}");
    }
    for text in misfitting {
        assert!(!judge(text), "{text} must not fit {components}");
    }
}

#[test]
fn texts() {
    check(
        "X: {type: string, minLength: 2, maxLength: 2, pattern: '^[^0-9]+$'}",
        &[r#""éé""#, r#""🦀a""#],
        &[r#""a""#, r#""abc""#, r#""a1""#, "1", "null"],
    );
    check(
        "X: {type: string, format: uuid}",
        &[r#""00000000-0000-0000-0000-00000000000A""#],
        &[r#""00000000000000000000000000000000""#],
    );
    check(
        "X: {type: string, format: date-time}",
        &[
            r#""2024-02-29T23:59:60.5+01:00""#,
            r#""2026-11-21t00:00:00z""#,
        ],
        &[
            r#""2023-02-29T00:00:00Z""#,
            r#""2026-11-21T00:00:00""#,
            r#""2026-11-21""#,
        ],
    );
    check(
        "X: {type: string, format: date}",
        &[r#""2000-02-29""#],
        &[r#""1900-02-29""#, r#""2026-1-1""#, r#""2026-13-01""#],
    );
    check(
        "X: {type: string, format: time}",
        &[r#""23:59:59Z""#],
        &[r#""24:00:00Z""#, r#""23:59:59""#],
    );
    check(
        "X: {type: string, format: duration}",
        &[
            r#""P1Y2M3DT4H5M6S""#,
            r#""PT36H""#,
            r#""P3W""#,
            r#""PT1H1S""#,
            r#""PT0.5S""#,
        ],
        &[
            r#""P""#,
            r#""PT""#,
            r#""P1DT""#,
            r#""P1""#,
            r#""1D""#,
            r#""P1D2Y""#,
            r#""P1W2D""#,
            r#""P0.5D""#,
            r#""PT.5S""#,
            r#""PT1S2S""#,
            r#""-P1D""#,
            r#""P1é""#,
            r#""p1d""#,
        ],
    );
    check(
        "X: {type: string, format: email}",
        &[r#""a.b+c@example.org""#],
        &[r#""a""#, r#""@b""#, r#""a@b c""#, r#""a..b@c.de""#],
    );
    check(
        "X: {type: string, format: uri}",
        &[r#""https://example.org/a?b#c""#, r#""urn:a:b""#],
        &[r#""/a""#, r#""http://a b""#, r#""1a:b""#],
    );
    check(
        "X: {type: string, format: byte}",
        &[r#""YQ==""#, r#""""#],
        &[r#""YQ=""#, r#""Y""#, r#""a-b_""#],
    );
    check(
        "X: {type: string, format: ipv4}",
        &[r#""127.0.0.1""#],
        &[r#""127.1""#],
    );
    check(
        "X: {type: string, format: hostname}",
        &[r#""a-b.example""#],
        &[r#""-a""#, r#""a..b""#],
    );
}

#[test]
fn numbers() {
    check(
        "X: {type: integer, format: int32}",
        &["1", "1.0", "-2147483648"],
        &["1.5", "2147483648", r#""1""#, "true"],
    );
    check(
        "X: {type: integer, maximum: 18446744073709551615}",
        &["18446744073709551615"],
        &["-1"],
    );
    check(
        "X: {type: number, multipleOf: 0.01}",
        &["4.47", "4", "1e2", "-0.5"],
        &["4.475", "4.470000000000001"],
    );
    check(
        "X: {type: number, format: decimal, multipleOf: 0.05, minimum: -1}",
        &["4.45", "4", "1e2", "-0.5", "9007199254740993", "0"],
        &[
            "4.47",
            "-1.05",
            r#""4""#,
            "10000000000000000",
            "4.450000000000001",
        ],
    );
    check(
        "X: {type: string, format: decimal, maximum: 9007199254740992, maxLength: 29}",
        &[r#""4.450000000000000000000000001""#, r#""-1e3""#],
        &[
            "4",
            r#""9007199254740992.1""#,
            r#""4,5""#,
            r#""+1""#,
            r#""1e99""#,
            r#""-79228162514264337593543950336""#,
        ],
    );
    check(
        "X: {type: number, exclusiveMinimum: 0, maximum: 1}",
        &["1", "0.1"],
        &["0", "1.1"],
    );
    check("X: {type: number, enum: [1.5, 2]}", &["1.5", "2.0"], &["1"]);
    check("X: {enum: [1, 2]}", &["1"], &["3", r#""1""#]);
}

#[test]
fn structures() {
    check(
        "X: {type: array, items: {type: integer}, minItems: 1, uniqueItems: true}",
        &["[1, 2]"],
        &["[]", "[1, 1.0]", r#"["a"]"#, "{}"],
    );
    check(
        "X: {type: object, additionalProperties: {type: integer}, maxProperties: 1, propertyNames: {pattern: '^a'}}",
        &[r#"{"a": 1}"#, "{}"],
        &[r#"{"a": 1, "ab": 2}"#, r#"{"b": 1}"#, r#"{"a": "x"}"#],
    );
    check(
        "X: {type: object, required: [a], properties: {a: {type: [integer, 'null']}, b: {type: boolean}, c: {type: string, readOnly: true}}, additionalProperties: false}",
        &[r#"{"a": null}"#, r#"{"a": 1, "b": true, "c": "ignored"}"#],
        &["{}", r#"{"a": 1, "b": null}"#, r#"{"a": 1, "d": 1}"#],
    );
    check(
        "X: {type: array, items: {$ref: '#/components/schemas/X'}}",
        &["[[], [[]]]"],
        &["[1]"],
    );
    check(
        "X: {enum: [{a: 1}, [1]]}",
        &[r#"{"a": 1.0}"#, "[1]"],
        &["{}"],
    );
    check("X: {type: 'null'}", &["null"], &["0"]);
}

#[test]
fn alternatives() {
    check(
        "X: {oneOf: [{type: integer}, {type: number, minimum: 5}]}",
        &["1", "5.5"],
        &["5", "1.5"],
    );
    check(
        "X: {anyOf: [{type: integer}, {type: number, minimum: 5}]}",
        &["5"],
        &["1.5"],
    );
    check(
        "X: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}], discriminator: {propertyName: t}}\nA: {type: object, required: [a], properties: {a: {}}, additionalProperties: false}\nB: {type: object, properties: {b: {}}}",
        &[r#"{"t": "A", "a": 1}"#, r#"{"t": "B"}"#],
        &[r#"{"t": "A"}"#, r#"{"t": "C"}"#, r#"{"a": 1}"#],
    );
}

#[test]
fn alternatives_that_say_little() {
    check(
        "X: {anyOf: [{anyOf: [{type: 'null'}]}]}",
        &["null"],
        &["1", "{}"],
    );
    check("X: {oneOf: [true, false, false]}", &["1"], &[]);
    check(
        "X: {oneOf: [{type: string}, false, {type: integer}]}",
        &["1", r#""a""#],
        &["true"],
    );
}

#[test]
fn properties_whose_names_match_a_pattern_may_be_anything() {
    let patterns =
        "patternProperties: {'^x': {type: string}}, additionalProperties: {type: integer}";
    check(
        &format!("X: {{type: object, {patterns}}}"),
        &[r#"{"x": "y"}"#],
        &["1"],
    );
    check(
        &format!("X: {{type: object, properties: {{a: {{type: string}}}}, {patterns}}}"),
        &[r#"{"x": "y"}"#],
        &[r#"{"a": 1}"#],
    );
}
#[test]
fn what_a_part_says_of_all_properties_is_evaluated() {
    check(
        "X: {unevaluatedProperties: false, allOf: [{type: object, properties: {a: {type: string}}}, {additionalProperties: {type: integer}}]}",
        &[r#"{"a": "x", "b": 1}"#],
        &[r#"{"b": "x"}"#, r#"{"a": 1}"#],
    );
}
