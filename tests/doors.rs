//! Whatever a spec says comes back as the same value, and never as code.

use apigen::render::doors;
use proptest::prelude::*;

/// What has broken generators before.
const HOSTILE: &[&str] = &[
    "\"); std::process::exit(1); //",
    "*/ std::process::exit(1); /*",
    "\\",
    "ends with a backslash \\",
    "'; DROP TABLE items; --",
    "\"#; \"##; r#\"x\"#",
    "line one\rpub fn pwned() {}\u{2028}pub fn pwned2() {}\nstd::process::exit(1);",
    "\u{1b}[2J\u{1b}]0;pwned\u{7} bidi: \u{202e} dlrow \0",
    "```rust\nstd::fs::write(\"/tmp/pwned\", \"\");\n```\n\n    indented();\n\n-     listed();\n",
    "~~~\n```\nfn main() {}\n",
    "- ```\ncode\n```\nrun();",
    "| `a | <b>` |\n|-|-|\n",
    "> \t\tquoted();\n\n\t\ttabbed();",
    "<script>alert(1)</script> \\<b> `a\n` <!-- -->",
    "[Option] [`Vec`] [x](y) [z]: w \\[q] [^1] ids[]",
    "{} {{}} {0} {name:?} \\u{41} %s $(touch x) `touch x` ${HOME}",
    "see https://example.com/a_(b)?c=[d]. And <https://e.org/x>, [e](https://e.org)",
    "日本語 🦀 é e\u{301} \u{feff}\u{e0041}",
];

fn texts() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        any::<String>(),
        proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        "[ \t\n\r`~<>\\[\\]()*#>+\\\\/\"'0-9a-]{0,12}",
    ];
    proptest::collection::vec(pieces, 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn rust_literals_keep_their_value(text in texts()) {
        let literal: syn::LitStr = syn::parse_str(&doors::rust_literal(&text)).expect("it parses");
        prop_assert_eq!(literal.value(), text);
    }

    #[test]
    fn toml_literals_keep_their_value(text in texts()) {
        let source = format!("key = {}\nnext = 1\n", doors::toml_literal(&text));
        let table: toml::Table = source.parse().expect("it parses");
        prop_assert_eq!(table["key"].as_str(), Some(text.as_str()));
        prop_assert_eq!(table.len(), 2);
    }

    #[test]
    fn yaml_literals_keep_their_value(text in texts()) {
        let source = format!("- {}\n- next\n", doors::yaml_literal(&text));
        let mut scalars = Vec::new();
        for event in saphyr_parser::Parser::new_from_str(&source) {
            if let saphyr_parser::Event::Scalar(value, ..) = event.expect("it parses").0 {
                scalars.push(value.into_owned());
            }
        }
        prop_assert_eq!(scalars, [text.as_str(), "next"]);
    }

    #[test]
    fn json_literals_keep_their_value(text in texts()) {
        let value: String = serde_json::from_str(&doors::json_literal(&text)).expect("it parses");
        prop_assert_eq!(value, text);
    }

    #[test]
    fn sql_literals_keep_their_value(text in texts()) {
        let literal = doors::sql_literal(&text);
        let inner = literal.strip_prefix('\'').and_then(|l| l.strip_suffix('\'')).expect("it parses");
        prop_assert!(!inner.replace("''", "").contains('\''));
        prop_assert_eq!(inner.replace("''", "'"), text.replace('\0', "\u{fffd}"));
    }

    #[test]
    fn shell_literals_are_one_word(text in texts()) {
        let literal = doors::shell_literal(&text);
        let inner = literal.strip_prefix('\'').and_then(|l| l.strip_suffix('\'')).expect("it parses");
        prop_assert!(!inner.replace("'\\''", "").contains('\''));
        prop_assert!(!inner.contains(['\n', '\r', '\0']));
    }

    #[test]
    fn html_has_no_markup(text in texts()) {
        prop_assert!(!doors::html(&text).contains(['<', '>', '"', '\'']));
    }

    #[test]
    fn comments_are_comments_and_nothing_else(text in texts()) {
        for indent in [0, 4] {
            let comment = doors::comment(&text, indent);
            let file = syn::parse_file(&format!("{comment}struct Next;")).expect("it parses");
            prop_assert_eq!(file.items.len(), 1);
            let syn::Item::Struct(item) = &file.items[0] else { panic!("not a struct") };
            prop_assert_eq!(item.attrs.len(), comment.lines().count());
            prop_assert!(item.attrs.iter().all(|attribute| attribute.path().is_ident("doc")));
            let texts = comment.lines().map(|line| line.trim_start().trim_start_matches("///"));
            let mut is_code = false;
            for text in texts {
                let fence = if is_code { " ```" } else { " ```text" };
                if text == fence {
                    is_code = !is_code;
                } else if is_code {
                    prop_assert!(!text.trim_start().starts_with("```"));
                } else {
                    prop_assert!(!text.contains("```") && !text.contains("~~~"));
                    prop_assert!(!text.contains("     "));
                }
                prop_assert!(!text.contains('\t'));
            }
            prop_assert!(!is_code);
            prop_assert!(!comment.contains(|c: char| c.is_control() && c != '\n'));
        }
        let module = doors::module_comment(&text);
        prop_assert!(syn::parse_file(&module).expect("it parses").items.is_empty());
        prop_assert!(!doors::inline_comment(&text).chars().any(char::is_control));
    }
}

#[test]
fn comments_read_as_they_were_written() {
    let cases = [
        ("", ""),
        ("\n  \n", ""),
        ("One line", "/// One line\n"),
        ("Two\n\n\nparagraphs\n", "/// Two\n///\n/// paragraphs\n"),
        ("a\r\nb\rc", "/// a\n/// b\\\\u{d}c\n"),
        ("`ids[]` and ids[]", "/// `ids[]` and ids\\[]\n"),
        ("[docs](https://e.org/a)", "/// [docs](https://e.org/a)\n"),
        ("See https://e.org/a.", "/// See <https://e.org/a>.\n"),
        ("<https://e.org> <b>", "/// <https://e.org> \\<b>\n"),
        ("\\<b> \\n", "/// \\\\\\<b> \\n\n"),
        ("`asc|desc`", "/// `asc|desc`\n"),
        (
            "| `a` | `b|c` |\n|--|--|",
            "/// | `a` | \\`b|c\\` |\n/// |--|--|\n",
        ),
        (
            "- a\n  ```json\n  {\n\n       1\n  ```\n\nb",
            "/// - a\n/// ```text\n/// {\n///\n///      1\n/// ```\n///\n/// b\n",
        ),
        ("```json\n     1", "/// \\`\\`\\`json\n///    1\n"),
        (
            "~~~\n```rust\n~~~",
            "/// \\~\\~\\~\n/// \\`\\`\\`rust\n/// \\~\\~\\~\n",
        ),
        ("U+202E \u{202e}", "/// U+202E \\\\u{202e}\n"),
    ];
    for (text, comment) in cases {
        assert_eq!(doors::comment(text, 0), comment, "{text:?}");
    }
}

#[test]
fn fences_that_never_close_take_no_ages() {
    for fence in ["~~~x\n", "```x\n"] {
        let text = fence.repeat(200_000);
        assert!(doors::comment(&text, 0).len() >= text.len());
    }
}

#[test]
fn html_in_comments_reads_as_markdown() {
    let cases = [
        ("<p>One.</p> <p>Two.</p>", "One.\n\nTwo."),
        ("a <code> Id </code>, <b>x</b><i>y</i>", "a `Id` , **x***y*"),
        (
            "<a href=\"https://e.org/a\">the <code>A</code></a> or <a>B</a>",
            "[the `A`](https://e.org/a) or B",
        ),
        ("<a href='/local'>C</a>", "C"),
        ("/<a>/<b>/{id}", "/\\<a>/\\<b>/{id}"),
        ("Vec<u8>, `<p>`, a < b", "Vec\\<u8>, `<p>`, a \\< b"),
        ("&lt;b&gt; &amp; &copy;", "\\<b> & &copy;"),
        ("one<br/>two<br>\n<br>three", "one\ntwo\n\nthree"),
        ("| a<br>b | c |", "| a b | c |"),
        (
            "Is:<ul> <li> <p>A</p> </li><li>B\n  more</li></ul>end",
            "Is:\n\n- A\n- B\n  more\n\nend",
        ),
        (
            "<ol><li>A<ul><li>x</li></ul></li><li>B</li></ol>",
            "1. A\n  - x\n2. B",
        ),
        ("<dl><dt>K</dt> <dd> <p>V</p> </dd></dl>", "- K\n\n  V"),
        (
            "<table><tr><th>a</th><th>b</th></tr> <tr><td>1</td> <td>2</td></tr></table>",
            "a | b\n1 | 2",
        ),
        ("a<!-- b -->c</b> <!-- d", "ac \\<!-- d"),
        (
            "See [Get `a`](#get-<v>-a), [x](y z)",
            "See Get `a`, \\[x](y z)",
        ),
        ("a<b>\nb</b>c", "a **b**c"),
        ("<script>a</script>", "\\<script>a\\</script>"),
    ];
    for (text, expected) in cases {
        let comment = doors::comment(text, 0);
        let lines = comment.lines().map(|line| line.trim_start_matches("///"));
        let lines: Vec<_> = lines
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        assert_eq!(lines.join("\n"), expected, "{text:?}");
    }
    assert_eq!(doors::inline_comment("<p>a <b>b</b></p>"), "a **b**");
}
