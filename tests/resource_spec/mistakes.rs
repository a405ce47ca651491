//! What is said of mistakes, and where.

use apigen::spec;

use crate::documents::spec as around;

/// The problems of a spec: line, column, message and hint.
fn told(text: &str) -> Vec<String> {
    let refusal = match spec::parse("resources.yaml", text) {
        Ok(_) => return Vec::new(),
        Err(refusal) => refusal,
    };
    let sources = &refusal.sources;
    let tell = |problem: &apigen::diagnostic::Diagnostic| {
        let at = sources.origin(problem.span.unwrap_or_default());
        let hint = problem.hint.as_deref().unwrap_or("-");
        format!("{}:{} {} | {hint}", at.line, at.column, problem.message)
    };
    refusal.diagnostics.iter().map(tell).collect()
}

#[test]
fn each_is_told_at_its_word() {
    // What stands behind `it:`, the column behind that, and what is said.
    let cases: &[(&str, usize, &str)] = &[
        ("strng", 0, "`strng` is no type | did you mean `string`?"),
        ("string(1..100", 6, "this parenthesis is not closed | "),
        (
            "string(9..1)",
            7,
            "no value fits: the least is 9, and the most is 1 | -",
        ),
        (
            "string(a..b)",
            7,
            "`a..b` is no range | a range is written `1..100`, `1..` or `..100`",
        ),
        (
            "string uniqe",
            7,
            "`uniqe` is no word of a field | did you mean `unique`?",
        ),
        (
            "integer = many",
            10,
            "the default `many` must be a number | -",
        ),
        (
            "integer(1..5) = 9",
            16,
            "the default `9` must be at most 5 | -",
        ),
        (
            "boolean(1)",
            8,
            "`boolean` takes nothing in parentheses | -",
        ),
        (
            "enum(a, b) = c",
            13,
            "the default `c` must be `a` or `b` | -",
        ),
        ("enum(a, b, a)", 11, "`a` stands twice | -"),
        (
            "ref(itms)",
            4,
            "`itms` is no resource | did you mean `items`?",
        ),
        (
            "json unique",
            5,
            "`unique` is said of single values only | -",
        ),
        (
            "string readonly writeonly",
            7,
            "a field that is never read and never written says nothing | -",
        ),
        (
            "decimal(0.., 99)",
            12,
            "the places of a decimal are a number from 0 to 9 | -",
        ),
        (
            "\"strng\"",
            1,
            "`strng` is no type | did you mean `string`?",
        ),
        (
            "{ type: string, minlength: 3 }",
            16,
            "`minlength` is no key of a field | did you mean `minLength`?",
        ),
        (
            "{ type: string, minimum: 3 }",
            16,
            "`minimum` says nothing of this type | `minLength`, `maxLength` and `pattern` do",
        ),
        (
            "{ type: 'ref(items)', on_delete: set_null }",
            33,
            "`it` can never be null | `?` behind the type lets it be empty",
        ),
    ];
    for (said, column, expected) in cases {
        let text = around(&format!("  items:\n    fields:\n      it: {said}\n"));
        let told = told(&text);
        let wanted = format!("6:{} {expected}", 11 + column);
        assert!(
            told.len() == 1 && told[0].starts_with(&wanted),
            "{said}\n expected {wanted}\n     told {told:#?}"
        );
    }
}

#[test]
fn issuers_too() {
    for (head, wanted) in [
        (
            "issuer: https://a.example",
            "3:9 `issuer` is who issues the tokens of `auth: jwt` | say `auth: jwt`",
        ),
        (
            "auth: jwt\nissuer: a.example",
            "4:9 the issuer `a.example` must be an address | such as `https://login.example.com`",
        ),
    ] {
        let resources = "resources: { items: { fields: { a: text } } }";
        let text = format!("apigen: 1\nname: shop\n{head}\n{resources}\n");
        assert_eq!(told(&text), [wanted], "{head}");
    }
}

#[test]
fn resources_too() {
    let cases: &[(&str, &str)] = &[
        (
            "  items: { feilds: { a: text } }\n",
            "4:12 `feilds` is no key of a resource | did you mean `fields`?",
        ),
        (
            "  items: { parent: itms, fields: { a: text } }\n",
            "4:20 `itms` is no resource | did you mean `items`?",
        ),
        (
            "  items: { parent: items, fields: { a: text } }\n",
            "4:20 `items` stands below itself | -",
        ),
        (
            "  items: { fields: { id: text } }\n",
            "4:22 `id` is there by itself | `key: integer` makes it a number",
        ),
        (
            "  items: { key: slog, fields: { slug: string } }\n",
            "4:17 `slog` is no key | did you mean `slug`?",
        ),
        (
            "  items: { operations: [lst], fields: { a: text } }\n",
            "4:25 `lst` is no operation | did you mean `list`?",
        ),
        (
            "  items: { list: { sort: [nme] }, fields: { name: string } }\n",
            "4:27 `nme` is no field to sort by | did you mean `name`?",
        ),
        (
            "  items: { list: { filters: [name: [gtt]] }, fields: { name: string } }\n",
            "4:37 `name` cannot be `gtt` | did you mean `gt`?",
        ),
        (
            "  items: { list: { limit: 9..1 }, fields: { name: string } }\n",
            "4:27 `9..1` is no limit of pages | ",
        ),
        (
            "  items: { sort: [name], fields: { name: string } }\n",
            "4:12 `sort` of `items` is said of its `list` | ",
        ),
        (
            "  items: { owner: true, fields: { name: string } }\n",
            "4:12 `owner` needs callers that are known | say `auth: jwt` at the root",
        ),
        (
            "  item: { fields: { a: text } }\n  items: { fields: { a: text } }\n",
            "5:3 `item` and `items` would both be called `Item` | -",
        ),
        (
            "  items: { unique: [[a, b]], fields: { a: string } }\n",
            "4:25 `b` is no field that is a single value | ",
        ),
        (
            "  items: { actions: { go: PSOT }, fields: { a: string } }\n",
            "4:27 `the method` cannot be `PSOT` | did you mean `POST`?",
        ),
        (
            "  items: { actions: { go: { when: { a: x } } }, fields: { a: string } }\n",
            "4:35 `when` without `set` changes nothing | `set: ",
        ),
        (
            "  items: { actions: { go: { set: { b: x } } }, fields: { ab: string } }\n",
            "4:36 `b` is no field with a single value | did you mean `ab`?",
        ),
        (
            "  items: { actions: { go: { set: { a: opn } } }, fields: { a: { enum: [open, shut] } } }\n",
            "4:39 `opn` is no value of `a` | did you mean `open`?",
        ),
        (
            "  items: { actions: { go: { set: { a: null } } }, fields: { a: string } }\n",
            "4:39 `a` is never null | `?` behind its type",
        ),
        (
            "  items: { actions: { go: { set: { a: 1.5 } } }, fields: { a: decimal } }\n",
            "4:39 `a` must be an enum, a text, a boolean",
        ),
        (
            "  items: { actions: { go: { on: collection, set: { a: x } } }, fields: { a: string } }\n",
            "4:50 `go` has `set`, and is about the collection | leave that out",
        ),
        (
            "  items: { many_to_many: [tgs], fields: { a: string } }\n  tags: { fields: { a: text } }\n",
            "4:27 `tgs` is no resource | did you mean `tags`?",
        ),
        (
            "  1tems: { fields: { a: text } }\n",
            "4:3 `1tems` cannot be the name of a resource | ",
        ),
    ];
    for (resources, expected) in cases {
        let told = told(&around(resources));
        assert!(
            told.iter().any(|said| said.starts_with(expected)),
            "{resources}\n expected {expected}\n     told {told:#?}"
        );
    }
}

#[test]
fn versions_too() {
    // What stands in `v1: { … }`, and what is said, from its column on.
    let cases: &[(&str, &str)] = &[
        (
            "deprecatd: 2026-06-01",
            "9 `deprecatd` is no key of a version | did you mean `deprecated`?",
        ),
        (
            "deprecated: true",
            "21 `deprecated` is a date: headers tell it to callers | such as `deprecated: 2026-06-01`",
        ),
        (
            "sunset: soon",
            "17 `soon` is neither a date nor a time | such as `2026-06-01`",
        ),
        (
            "successor: v1",
            "20 `v1` is no other version | did you mean `v2`?",
        ),
        (
            "link: there",
            "15 the link `there` must be an address | such as `https://example.com/changes`",
        ),
        (
            "without: [item]",
            "19 `item` is no resource | did you mean `items`?",
        ),
        (
            "without: [items]",
            "19 `parts` stands below `items` | leave `parts` out too",
        ),
        (
            "resources: { item: {} }",
            "22 `item` is no resource | did you mean `items`?",
        ),
        (
            "resources: { items: { witout: [name] } }",
            "31 `witout` is no key of a resource in a version | did you mean `without`?",
        ),
        (
            "resources: { items: { operations: [lst] } }",
            "44 `lst` is no operation | did you mean `list`?",
        ),
        (
            "resources: { items: { without: [nme] } }",
            "41 `nme` is no field of `items` | did you mean `name`?",
        ),
        (
            "resources: { items: { without: [name] } }",
            "41 `v1` could make no item: nothing tells its `name` | give `name` a default or `?`, or leave `create` out of `operations` there",
        ),
        (
            "resources: { items: { without: [name], operations: [get] } }",
            "",
        ),
        (
            "resources: { items: { without: [note], renamed: { name: title } } }",
            "",
        ),
        (
            "resources: { items: { renamed: { nam: title } } }",
            "42 `nam` is no field of `items` | did you mean `name`?",
        ),
        (
            "resources: { items: { renamed: { name: note } } }",
            "48 `note` of `items` is called so | -",
        ),
        (
            "resources: { items: { renamed: { name: 1st } } }",
            "48 `1st` cannot be the name of a field | a name starts with a letter, and has letters, digits and `_`",
        ),
        (
            "resources: { tags: { renamed: { slug: word } } }",
            "41 `slug` is the key, which all versions share | -",
        ),
    ];
    for (said, expected) in cases {
        let resources = "  items: { fields: { name: string, note: text? } }\n  parts: { parent: items, fields: { name: string } }\n  tags: { key: slug, fields: { slug: string } }\n";
        let text = around(resources).replace(
            "resources:",
            &format!("versions:\n  v1: {{ {said} }}\n  v2: {{}}\nresources:"),
        );
        let found: Vec<String> = told(&text)
            .into_iter()
            .map(|told| told.replace("4:", ""))
            .collect();
        assert_eq!(found.join("\n"), *expected, "{said}");
    }
    let newest = around("  items: { fields: { name: string } }\n").replace(
        "resources:",
        "errors: problm\nversions: { v1: { without: [items] } }\nresources:",
    );
    assert_eq!(
        told(&newest),
        [
            "3:9 `errors` cannot be `problm` | did you mean `problem`?",
            "4:29 `v1` is the newest version | what it has stands in `resources` of the root; older versions come before it",
        ]
    );
}

#[test]
fn all_are_told_in_one_run() {
    let text = "apigen: 1\nnmae: x\nauth: jtw\nresources:\n  a: { fields: { b: strng, c: 7 } }\n";
    let told = told(text);
    assert_eq!(told.len(), 5, "{told:#?}");
}

#[test]
fn hostile_text_is_no_panic() {
    let deep = format!("{}string{}", "map(".repeat(5000), ")".repeat(5000));
    let brackets = "[]".repeat(5000);
    let cases = [
        deep.as_str(),
        &format!("string{brackets}"),
        "string(ä..ö) = 'ü",
        "enum(ä, ö) = ö ß",
        "string(1..99999999999999999999999)",
        "decimal(.., -1)",
        "'string = \\u0000'",
        "\"string\\n\\t(1..2)\"",
        "()",
        "? = ",
        "string = \"",
    ];
    for said in cases {
        told(&around(&format!(
            "  items:\n    fields:\n      it: {said}\n"
        )));
    }
    for text in [
        "apigen: 1",
        "apigen: 1\nname: [x]\nresources: 7",
        "apigen: 2",
        "apigen: [1]",
    ] {
        assert!(!told(text).is_empty(), "{text}");
    }
}
