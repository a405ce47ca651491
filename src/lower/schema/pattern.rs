//! Patterns: from ECMA-262, as JSON Schema writes them, to Rust's `regex`.

use std::{iter::Peekable, str::Chars};

use regex::Regex;

const SPACE: &str =
    r"\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}";

/// The same pattern for `regex`; it compiles.
///
/// # Errors
/// Why it cannot be said, as a noun: `a lookahead`.
pub(super) fn translate(pattern: &str) -> Result<String, &'static str> {
    let mut translator = Translator {
        rest: pattern.chars().peekable(),
        out: String::with_capacity(pattern.len() + 8),
    };
    translator.pattern()?;
    match Regex::new(&translator.out) {
        Ok(_) => Ok(translator.out),
        Err(regex::Error::CompiledTooBig(_)) => Err("a repetition that is too large"),
        Err(_) => Err("a syntax that is unknown or invalid"),
    }
}

struct Translator<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
}

/// A member of a character class.
enum Atom {
    Char(char),
    Set(String),
}

impl Translator<'_> {
    fn pattern(&mut self) -> Result<(), &'static str> {
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => match self.escape(false)? {
                    Atom::Char(c) => self.literal(c),
                    Atom::Set(set) => self.out.push_str(&set),
                },
                '[' => self.class()?,
                '(' => self.group()?,
                '.' => self.out.push_str(r"[^\n\r\x{2028}\x{2029}]"),
                '{' => self.brace(),
                '}' | ']' => self.literal(c),
                _ => self.out.push(c),
            }
        }
        Ok(())
    }

    fn literal(&mut self, c: char) {
        self.out
            .push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
    }

    /// `{2,5}`; any other brace is a text.
    fn brace(&mut self) {
        let mut ahead = self.rest.clone();
        let mut bounds = String::new();
        while let Some(c) = ahead.next_if(|c| c.is_ascii_digit() || *c == ',') {
            bounds.push(c);
        }
        let commas = bounds.matches(',').count();
        if ahead.next() == Some('}') && !bounds.is_empty() && !bounds.starts_with(',') && commas < 2
        {
            self.out.push_str(&format!("{{{bounds}}}"));
            self.rest = ahead;
        } else {
            self.out.push_str(r"\{");
        }
    }

    /// `(` and what may follow it; names of groups are of no use in a test.
    fn group(&mut self) -> Result<(), &'static str> {
        self.out.push('(');
        if self.rest.next_if_eq(&'?').is_none() {
            return Ok(());
        }
        match self.rest.next() {
            Some('=' | '!') => Err("a lookahead"),
            Some('P') => {
                self.rest.next_if_eq(&'<').ok_or("a backreference")?;
                self.group_name()
            }
            Some('<') => match self.rest.peek() {
                Some('=' | '!') => Err("a lookbehind"),
                _ => self.group_name(),
            },
            Some(c) => {
                self.out.push('?');
                self.out.push(c);
                Ok(())
            }
            None => Err("an open group"),
        }
    }

    fn group_name(&mut self) -> Result<(), &'static str> {
        self.rest
            .find(|c| *c == '>')
            .map(drop)
            .ok_or("an open group")
    }

    /// What follows a backslash.
    fn escape(&mut self, in_class: bool) -> Result<Atom, &'static str> {
        let set = |inner: &str, negated: bool| {
            Atom::Set(match (in_class, negated) {
                (true, false) => inner.to_owned(),
                (_, true) => format!("[^{inner}]"),
                (false, false) => format!("[{inner}]"),
            })
        };
        let assertion = |text: &str| Atom::Set(text.to_owned());
        Ok(match self.rest.next().ok_or("a backslash at its end")? {
            'd' => set("0-9", false),
            'D' => set("0-9", true),
            'w' => set("A-Za-z0-9_", false),
            'W' => set("A-Za-z0-9_", true),
            's' => set(SPACE, false),
            'S' => set(SPACE, true),
            'b' if in_class => Atom::Char('\u{8}'),
            'b' => assertion(r"(?-u:\b)"),
            'B' if !in_class => assertion(r"(?-u:\B)"),
            'A' if !in_class => assertion(r"\A"),
            'z' | 'Z' if !in_class => assertion(r"\z"),
            c @ ('p' | 'P') => self.property(c)?,
            'n' => Atom::Char('\n'),
            'r' => Atom::Char('\r'),
            't' => Atom::Char('\t'),
            'v' => Atom::Char('\u{b}'),
            'f' => Atom::Char('\u{c}'),
            '0' => Atom::Char('\0'),
            '1'..='9' | 'k' if !in_class => return Err("a backreference"),
            'c' => match self.rest.next() {
                Some(c) if c.is_ascii_alphabetic() => Atom::Char(char::from(c as u8 % 32)),
                _ => return Err("a control character without a letter"),
            },
            'x' => Atom::Char(self.code(2)?),
            'u' => Atom::Char(self.unicode()?),
            c => Atom::Char(c),
        })
    }

    /// `\p{L}`
    fn property(&mut self, c: char) -> Result<Atom, &'static str> {
        self.rest
            .next_if_eq(&'{')
            .ok_or("a property without a name")?;
        let name: String = self.rest.by_ref().take_while(|c| *c != '}').collect();
        Ok(Atom::Set(format!(r"\{c}{{{name}}}")))
    }

    /// `\u0041`, `\u{1f980}`, or a pair of surrogates
    fn unicode(&mut self) -> Result<char, &'static str> {
        if self.rest.next_if_eq(&'{').is_some() {
            let hex: String = self.rest.by_ref().take_while(|c| *c != '}').collect();
            let code = u32::from_str_radix(&hex, 16).ok();
            return code.and_then(char::from_u32).ok_or("an invalid code point");
        }
        let high = self.hex(4)?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high).ok_or("half a surrogate pair");
        }
        let escape = (self.rest.next(), self.rest.next());
        let low = match escape {
            (Some('\\'), Some('u')) => self.hex(4)?,
            _ => 0,
        };
        if !(0xdc00..0xe000).contains(&low) {
            return Err("half a surrogate pair");
        }
        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        char::from_u32(code).ok_or("an invalid code point")
    }

    fn code(&mut self, digits: usize) -> Result<char, &'static str> {
        char::from_u32(self.hex(digits)?).ok_or("an invalid code point")
    }

    fn hex(&mut self, digits: usize) -> Result<u32, &'static str> {
        let hex: String = self.rest.by_ref().take(digits).collect();
        let is_hex = hex.len() == digits && hex.bytes().all(|b| b.is_ascii_hexdigit());
        let code = u32::from_str_radix(&hex, 16).ok().filter(|_| is_hex);
        code.ok_or("an invalid code point")
    }

    /// What follows `[`.
    fn class(&mut self) -> Result<(), &'static str> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut members = String::new();
        while let Some(atom) = self.atom()? {
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && !matches!(ahead.next(), Some(']') | None);
            match atom {
                Atom::Char(low) if is_range => {
                    self.rest.next();
                    match self.atom()?.ok_or("an open class")? {
                        Atom::Char(high) if low <= high => {
                            members.push_str(&format!("{}-{}", member(low), member(high)));
                        }
                        Atom::Char(_) => return Err("a range in the wrong order"),
                        Atom::Set(set) => members.push_str(&format!("{}\\-{set}", member(low))),
                    }
                }
                Atom::Char(c) => members.push_str(&member(c)),
                Atom::Set(set) => members.push_str(&set),
            }
        }
        match (members.is_empty(), negated) {
            (true, true) => self.out.push_str("(?s:.)"),
            (true, false) => self.out.push_str(r"[^\x{0}-\x{10ffff}]"),
            (false, true) => self.out.push_str(&format!("[^{members}]")),
            (false, false) => self.out.push_str(&format!("[{members}]")),
        }
        Ok(())
    }

    /// The next member of a class; `None` at its end.
    fn atom(&mut self) -> Result<Option<Atom>, &'static str> {
        match self.rest.next().ok_or("an open class")? {
            ']' => Ok(None),
            '\\' => self.escape(true).map(Some),
            c => Ok(Some(Atom::Char(c))),
        }
    }
}

/// A character as it is written inside a class: `regex` reads `&&`, `--`, `~~` and `[` there.
fn member(c: char) -> String {
    if c.is_ascii_alphanumeric() || (!c.is_ascii() && !c.is_control()) {
        c.to_string()
    } else {
        format!(r"\x{{{:x}}}", u32::from(c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, fit: &[&str], misfit: &[&str]) {
        let regex = Regex::new(&translate(pattern).expect(pattern)).expect(pattern);
        for text in fit {
            assert!(regex.is_match(text), "{pattern} must match {text:?}");
        }
        for text in misfit {
            assert!(!regex.is_match(text), "{pattern} must not match {text:?}");
        }
    }

    #[test]
    fn patterns_mean_what_they_mean_in_ecma_262() {
        check(r"^\d+$", &["12"], &["١٢", "1\n"]);
        check(r"^\w\W$", &["a-"], &["é-", "ab"]);
        check(r"^\s$", &["\u{feff}", "\u{b}", " "], &["\u{85}"]);
        check(r"^a\/b\-c$", &["a/b-c"], &[]);
        check(r"^\cJ\x41\u0042\u{43}\uD83E\uDD80$", &["\nABC🦀"], &[]);
        check(r"^.$", &["é", "\u{85}"], &["\r", "\u{2028}"]);
        check(r"^[a-z&&[^b]+$", &["a&[", "b^"], &["B"]);
        check(r"^[\w.-]+$", &["a.-_"], &["é"]);
        check(r"^[\D]$", &["x"], &["1"]);
        check(r"^[^]$", &["\n"], &[""]);
        check(r"[]", &[], &["", "a"]);
        check(r"^a{2}{$", &[], &["a"]);
        check(r"^a{,2}$", &["a{,2}"], &["aa"]);
        check(r"^(?<year>\d{4})$", &["2026"], &[]);
        check(r"^\p{Lu}\<$", &["É<"], &["e<"]);
        check(r"^[\b]$", &["\u{8}"], &["b"]);
        check(r"b", &["abc"], &[]);
    }

    #[test]
    fn what_cannot_be_said_is_told() {
        let cases = [
            ("(?=a)", "a lookahead"),
            ("(?<!a)", "a lookbehind"),
            (r"(a)\1", "a backreference"),
            (r"\k<a>", "a backreference"),
            ("(a{1000}){1000}", "a repetition that is too large"),
            ("[b-a]", "a range in the wrong order"),
            ("[a", "an open class"),
            ("(", "a syntax that is unknown or invalid"),
            (r"\", "a backslash at its end"),
            (r"\uD800", "half a surrogate pair"),
        ];
        for (pattern, reason) in cases {
            assert_eq!(translate(pattern), Err(reason), "{pattern}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

        #[test]
        fn whatever_is_translated_compiles(pattern in r"([a-z\[\]\\(){}|*+?^$.,0-9&~-]|\\[dDwWsSbBxuc0-9]|\(\?[:<=!]|é){0,12}") {
            if let Ok(translated) = translate(&pattern) {
                proptest::prop_assert!(Regex::new(&translated).is_ok());
            }
        }

        #[test]
        fn texts_match_themselves(text in "\\PC{0,12}") {
            let pattern: String = text.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
            let translated = translate(&format!("^{pattern}$")).unwrap_or_default();
            proptest::prop_assert!(Regex::new(&translated).is_ok_and(|regex| regex.is_match(&text)));
        }
    }
}
