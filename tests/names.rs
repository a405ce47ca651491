//! Identifiers: valid, distinct, and the same whatever the order of the document.

use apigen::model::name::{Case, Scope, settle};

#[track_caller]
fn check(case: Case, expected: &[(&str, &str)]) {
    for (text, ident) in expected {
        assert_eq!(case.name(text), *ident, "{text:?}");
    }
}

#[test]
fn names_are_written_as_rust_writes_them() {
    check(
        Case::Type,
        &[
            ("user-name", "UserName"),
            ("USER_NAME", "UserName"),
            ("3d", "N3d"),
            ("self", "Self_"),
            ("_", "Underscore"),
            ("日本", "U65e5U672c"),
            ("io.k8s.Pod", "IoK8sPod"),
        ],
    );
    check(
        Case::Value,
        &[
            ("type", "r#type"),
            ("self", "self_"),
            ("Self", "self_"),
            ("crate", "crate_"),
            ("+1", "plus_1"),
            ("-1", "minus_1"),
            ("$top", "top"),
            ("filter[name]", "filter_name"),
            ("naïve", "naive"),
            ("", "empty"),
            ("🦀", "u1f980"),
            ("1st", "n1st"),
            ("xRequestId", "x_request_id"),
        ],
    );
    check(
        Case::Variant,
        &[
            (">=", "GreaterEqual"),
            ("", "Empty"),
            ("-created_at", "CreatedAtDesc"),
            ("1.0", "N1_0"),
        ],
    );
    check(
        Case::Module,
        &[
            ("con", "con_"),
            ("mod", "mod_"),
            ("type", "type_"),
            ("../../etc/passwd", "etc_passwd"),
        ],
    );
    check(
        Case::Constant,
        &[("items:write", "ITEMS_WRITE"), ("1", "N1")],
    );
}

#[test]
fn the_name_that_is_its_own_identifier_keeps_it() {
    let names = ["user-name", "user_name", "UserName", "userName", "type"];
    let expected = ["UserName2", "UserName4", "UserName", "UserName3", "Type"];
    assert_eq!(settle(Case::Type, &names), expected);
    let expected = [
        "user_name_3",
        "user_name",
        "user_name_2",
        "user_name_4",
        "r#type",
    ];
    assert_eq!(settle(Case::Value, &names), expected);
    let mut scope = Scope::with(["body"]);
    assert_eq!(
        scope.settle(Case::Value, &["body", "Body"]),
        ["body_2", "body_3"]
    );
}

#[test]
fn long_names_are_cut_and_stay_apart() {
    let (a, b) = ("a".repeat(700), "a".repeat(701));
    for case in [
        Case::Type,
        Case::Value,
        Case::Module,
        Case::Constant,
        Case::Variant,
    ] {
        assert!(case.name(&a).len() <= 64);
        assert_ne!(case.name(&a), case.name(&b));
    }
}
