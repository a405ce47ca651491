//! Any text through the doors by which a document's text reaches what is generated: an identifier is one, a literal
//! keeps its value, a comment is nothing else.
#![no_main]

use apigen::{
    model::name::{Case, Scope},
    render::doors,
};
use libfuzzer_sys::fuzz_target;

const CASES: [Case; 5] = [
    Case::Type,
    Case::Value,
    Case::Module,
    Case::Variant,
    Case::Constant,
];

fuzz_target!(|text: &str| {
    literals(text);
    comments(text);
    identifiers(text);
});

fn literals(text: &str) {
    let rust: syn::LitStr = syn::parse_str(&doors::rust_literal(text)).expect("Rust");
    assert_eq!(rust.value(), text);
    let json: String = serde_json::from_str(&doors::json_literal(text)).expect("JSON");
    assert_eq!(json, text);
    let raw = doors::rust_json(&doors::json_literal(text));
    let raw: syn::LitStr = syn::parse_str(&raw).expect("Rust");
    let json: String = serde_json::from_str(&raw.value()).expect("JSON");
    assert_eq!(json, text);
    let source = format!("key = {}\nnext = 1\n", doors::toml_literal(text));
    let toml: toml::Table = source.parse().expect("TOML");
    assert_eq!(toml["key"].as_str(), Some(text));
    assert_eq!(toml.len(), 2);
    let source = format!("- {}\n- next\n", doors::yaml_literal(text));
    let yaml: Vec<String> = serde_yaml::from_str(&source).expect("YAML");
    assert_eq!(yaml, [text, "next"]);
    for (literal, escaped) in [
        (doors::sql_literal(text), "''"),
        (doors::shell_literal(text), "'\\''"),
    ] {
        let inner = literal
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''));
        let inner = inner.expect("quotes").replace(escaped, "");
        assert!(!inner.contains('\''), "{literal}");
    }
    assert!(!doors::html(text).contains(['<', '>', '"', '\'']));
    assert!(!doors::one_line(text).contains(['\n', '\r']));
}

fn comments(text: &str) {
    for indent in [0, 4] {
        let comment = doors::comment(text, indent);
        let file = syn::parse_file(&format!("{comment}struct Next;")).expect("Rust");
        let [syn::Item::Struct(item)] = &file.items[..] else {
            panic!("{comment}");
        };
        assert_eq!(item.attrs.len(), comment.lines().count());
    }
    let module = syn::parse_file(&doors::module_comment(text)).expect("Rust");
    assert!(module.items.is_empty());
    assert!(!doors::inline_comment(text).chars().any(char::is_control));
}

/// Two names that differ stay two names.
fn identifiers(text: &str) {
    let middle = text.char_indices().nth(text.chars().count() / 2);
    let (first, second) = text.split_at(middle.map_or(0, |(at, _)| at));
    for case in CASES {
        let mut scope = Scope::with([]);
        let names = [first, second, text].map(|text| scope.add(case, text));
        for name in &names {
            syn::parse_str::<syn::Ident>(name).expect("an identifier");
        }
        let [first, second, whole] = names;
        assert!(first != second && second != whole && first != whole);
    }
}
