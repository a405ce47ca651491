//! Identifiers: valid, distinct, and the same whatever the order of the document.

use std::collections::BTreeSet;

use apigen::model::name::{Case, Scope, settle};
use proptest::{collection::vec, prelude::*};

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

/// Texts that tend to meet: few letters, signs, accents, keywords.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("user"),
        Just("User"),
        Just("_"),
        Just("-"),
        Just(" "),
        Just("2"),
        Just("é"),
        Just("e\u{301}"),
        Just("日"),
        Just("type"),
        Just("self"),
        Just("Self"),
        Just("crate"),
        Just("mod"),
        Just("con"),
        Just("🦀"),
        Just("\0"),
        Just("/"),
    ];
    prop_oneof![
        vec(piece, 0..4).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn settled_names_are_valid_distinct_and_free_of_order(texts in proptest::collection::btree_set(text(), 0..8), seed in any::<usize>()) {
        let texts: Vec<String> = texts.into_iter().collect();
        let mut turned = texts.clone();
        turned.rotate_left(seed % texts.len().max(1));
        for case in [Case::Type, Case::Variant, Case::Value, Case::Module, Case::Constant] {
            let names = settle(case, &texts);
            let distinct: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
            if case == Case::Module {
                prop_assert_eq!(distinct.len(), names.len(), "{:?}", names);
            }
            prop_assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{:?}", names);
            for name in &names {
                prop_assert!(syn::parse_str::<syn::Ident>(name).is_ok(), "{}", name);
                prop_assert!(name.is_ascii() && name.len() <= 72, "{}", name);
            }
            let mut before: Vec<_> = texts.iter().zip(names).collect();
            let mut after: Vec<_> = turned.iter().zip(settle(case, &turned)).collect();
            before.sort();
            after.sort();
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn a_plain_identifier_keeps_its_name(name in "[a-z][a-z0-9]{0,8}(_[a-z][a-z0-9]{0,8}){0,3}", others in vec(text(), 0..5)) {
        prop_assume!(syn::parse_str::<syn::Ident>(&name).is_ok());
        let mut texts = vec![name.clone()];
        texts.extend(others.into_iter().filter(|other| *other != name));
        prop_assert_eq!(&settle(Case::Value, &texts)[0], &name);
    }
}
