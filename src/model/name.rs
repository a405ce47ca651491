//! Every Rust identifier is chosen here.
//!
//! Identifiers are ASCII: accents fold, other letters are spelled as code points (`u65e5`), so
//! that no normalisation form, confusable letter or lint can make two of them meet.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use sha2::{Digest, Sha256};

use super::Service;

/// The longest identifier; a longer one is cut, and told apart by a hash.
const LONGEST: usize = 64;

/// Keywords of every edition, which need `r#`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords that cannot be raw.
const NEVER_RAW: &[&str] = &["self", "Self", "super", "crate", "_"];

/// File stems that Cargo, Windows or a build folder give a meaning of their own.
const RESERVED_STEMS: &[&str] = &[
    "mod", "lib", "main", "build", "con", "prn", "aux", "nul", "com0", "com1", "com2", "com3",
    "com4", "com5", "com6", "com7", "com8", "com9", "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5",
    "lpt6", "lpt7", "lpt8", "lpt9", "conin", "conout", "core", "std", "alloc", "test",
];

/// What an identifier names, which tells how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// `UserName`
    Type,
    /// `UserName`, of an enum
    Variant,
    /// `user_name`, raw where it must be: fields and variables
    Value,
    /// `user_name`, never raw: modules, files and the functions that share their names
    Module,
    /// `USER_NAME`
    Constant,
}

/// `UserName`
pub fn type_name(text: &str) -> String {
    Case::Type.name(text)
}

/// `user_name`, or `r#type`
pub fn value_name(text: &str) -> String {
    Case::Value.name(text)
}

/// `user_name`, or `type_`: also a file's stem on every system
pub fn module_name(text: &str) -> String {
    Case::Module.name(text)
}

/// `UserName`
pub fn variant_name(text: &str) -> String {
    Case::Variant.name(text)
}

/// `USER_NAME`
pub fn constant_name(text: &str) -> String {
    Case::Constant.name(text)
}

/// How settings about a service of a workspace start: `ITEMS`
pub fn setting_prefix(service: &str) -> String {
    service.to_ascii_uppercase().replace('-', "_")
}

/// The setting that says where a service is: `ITEMS_URL`
pub fn address_setting(service: &str) -> String {
    format!("{}_URL", setting_prefix(service))
}

/// What functions for the operations are called where those of all groups meet: as the operation,
/// or after the group as well where several groups have one of the name.
pub fn method_names(service: &Service, reserved: &[&str]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for operation in &service.operations {
        *counts.entry(&operation.name).or_default() += 1;
    }
    let wanted = service.operations.iter().map(|operation| {
        let name = operation.name.as_str();
        let wanted = match counts[name] {
            1 => name.to_owned(),
            _ => format!("{}_{name}", service[operation.group].module),
        };
        (operation.id.clone(), wanted)
    });
    let wanted: Vec<_> = wanted.collect();
    Scope::with(reserved.iter().copied()).settle_wanted(Case::Module, &wanted)
}

impl Case {
    /// The identifier for a text of the document.
    pub fn name(self, text: &str) -> String {
        self.escape(self.bare(text))
    }

    fn bare(self, text: &str) -> String {
        let words = words(text);
        let cased = match self {
            Self::Type | Self::Variant => camel(&words),
            Self::Value | Self::Module => words.to_snake_case(),
            Self::Constant => words.to_shouty_snake_case(),
        };
        let cased = match cased.bytes().next() {
            Some(b'0'..=b'9') if matches!(self, Self::Value | Self::Module) => format!("n{cased}"),
            Some(b'0'..=b'9') => format!("N{cased}"),
            _ => cased,
        };
        shorten(cased, text)
    }

    fn escape(self, bare: String) -> String {
        let keyword = KEYWORDS.contains(&bare.as_str());
        match self {
            _ if NEVER_RAW.contains(&bare.as_str()) => bare + "_",
            Self::Module if keyword || RESERVED_STEMS.contains(&bare.as_str()) => bare + "_",
            Self::Module => bare,
            _ if keyword => format!("r#{bare}"),
            _ => bare,
        }
    }

    fn numbered(self, bare: &str, number: usize) -> String {
        let glue = match self {
            Self::Type | Self::Variant if !bare.ends_with(|c: char| c.is_ascii_digit()) => "",
            _ => "_",
        };
        format!("{bare}{glue}{number}")
    }
}

/// The identifiers that are taken at one place: the fields of a struct, the variants of an enum.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    taken: BTreeSet<String>,
}

impl Scope {
    /// A place where these identifiers are taken already.
    pub fn with<'n>(reserved: impl IntoIterator<Item = &'n str>) -> Self {
        let taken = reserved.into_iter().map(str::to_owned).collect();
        Self { taken }
    }

    /// Distinct identifiers for the texts, whatever their order: the text that is its own
    /// identifier keeps it, or else the first by alphabet; the others are numbered.
    pub fn settle<T: AsRef<str>>(&mut self, case: Case, texts: &[T]) -> Vec<String> {
        let wanted = texts.iter().map(|text| {
            let text = text.as_ref();
            (text.to_owned(), case.bare(text))
        });
        self.settle_wanted(case, &wanted.collect::<Vec<_>>())
    }

    /// As [`Scope::settle`], for pairs of a sort key and the identifier that it would like.
    pub fn settle_wanted(&mut self, case: Case, wanted: &[(String, String)]) -> Vec<String> {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, (_, bare)) in wanted.iter().enumerate() {
            groups.entry(bare).or_default().push(index);
        }
        let mut settled = vec![String::new(); wanted.len()];
        let mut waiting = Vec::new();
        for (bare, mut members) in groups {
            members.sort_by_key(|&index| (wanted[index].0 != bare, &wanted[index].0, index));
            let first = usize::from(self.take(bare));
            if first == 1 {
                settled[members[0]] = case.escape(bare.to_owned());
            }
            waiting.extend(members.drain(first..).map(|index| (bare, index)));
        }
        let mut next: BTreeMap<&str, usize> = BTreeMap::new();
        for (bare, index) in waiting {
            let number = next.entry(bare).or_insert(2);
            while !self.take(&case.numbered(bare, *number)) {
                *number += 1;
            }
            settled[index] = case.numbered(bare, *number);
        }
        settled
    }

    /// One identifier, numbered where it is taken.
    pub fn add(&mut self, case: Case, text: &str) -> String {
        self.settle(case, &[text]).remove(0)
    }

    fn take(&mut self, bare: &str) -> bool {
        self.taken.insert(bare.to_owned())
    }
}

/// Distinct fields for these property names: [`Scope::settle`] in a place of its own.
pub fn settle<T: AsRef<str>>(case: Case, texts: &[T]) -> Vec<String> {
    Scope::default().settle(case, texts)
}

/// Cuts an identifier that is too long; `text` tells it apart.
pub fn shorten(ident: String, text: &str) -> String {
    shorten_to(LONGEST, ident, text)
}

/// The same, where another length is too long.
pub fn shorten_to(longest: usize, ident: String, text: &str) -> String {
    if ident.len() <= longest {
        return ident;
    }
    let hash = Sha256::digest(text.as_bytes());
    let tail: String = hash.iter().take(4).map(|b| format!("{b:02x}")).collect();
    let upper = ident.starts_with(|c: char| c.is_ascii_uppercase());
    let head = ident[..longest - 10].trim_end_matches('_');
    match (upper, ident.contains(|c: char| c.is_ascii_lowercase())) {
        (true, true) => format!("{head}X{tail}"),
        (true, false) => format!("{head}_X{}", tail.to_uppercase()),
        (false, _) => format!("{head}_x{tail}"),
    }
}

/// `UserName`; digits that would run together keep their distance (`1.0` is `1_0`).
fn camel(words: &str) -> String {
    let mut camel = String::new();
    for word in words.split(' ').map(|word| word.to_upper_camel_case()) {
        let digit = |c: char| c.is_ascii_digit();
        if camel.ends_with(digit) && word.starts_with(digit) {
            camel.push('_');
        }
        camel.push_str(&word);
    }
    camel
}

/// The text as ASCII words, never empty; a text of signs is read out.
fn words(text: &str) -> String {
    let mut words = String::new();
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => words.push(c),
            '\u{300}'..='\u{36f}' => {}
            _ if c.is_ascii() => words.push(' '),
            _ => match fold(c) {
                Some(letters) => words.push_str(letters),
                None => words.push_str(&format!(" u{:x} ", u32::from(c))),
            },
        }
    }
    let plain: Vec<&str> = words.split_whitespace().collect();
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        _ if plain.is_empty() => signs(text),
        (Some('-'), Some('0'..='9')) => format!("minus {}", plain.join(" ")),
        (Some('+'), Some('0'..='9')) => format!("plus {}", plain.join(" ")),
        (Some('-'), Some(_)) => format!("{} desc", plain.join(" ")),
        _ => plain.join(" "),
    }
}

/// What a text without letters and digits is called.
fn signs(text: &str) -> String {
    let name = |c: char| match c {
        ' ' => "space",
        '_' => "underscore",
        '-' => "minus",
        '+' => "plus",
        '*' => "star",
        '/' => "slash",
        '\\' => "backslash",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '=' => "equal",
        '<' => "less",
        '>' => "greater",
        '!' => "not",
        '?' => "question",
        '@' => "at",
        '#' => "hash",
        '$' => "dollar",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '^' => "caret",
        '~' => "tilde",
        '"' | '\'' | '`' => "quote",
        '(' | ')' | '[' | ']' | '{' | '}' => "bracket",
        _ => "sign",
    };
    let words: Vec<&str> = text.chars().map(name).collect();
    if words.is_empty() {
        "empty".to_owned()
    } else {
        words.join(" ")
    }
}

/// The letters under a Latin accent.
fn fold(c: char) -> Option<&'static str> {
    Some(match c {
        'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => "A",
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'Ç' | 'Ć' | 'Č' => "C",
        'ç' | 'ć' | 'č' => "c",
        'È'..='Ë' | 'Ē' | 'Ę' | 'Ě' => "E",
        'è'..='ë' | 'ē' | 'ę' | 'ě' => "e",
        'Ì'..='Ï' | 'Ī' | 'İ' => "I",
        'ì'..='ï' | 'ī' | 'ı' => "i",
        'Ł' => "L",
        'ł' => "l",
        'Ñ' | 'Ń' | 'Ň' => "N",
        'ñ' | 'ń' | 'ň' => "n",
        'Ò'..='Ö' | 'Ø' | 'Ō' | 'Ő' => "O",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'Ř' => "R",
        'ř' => "r",
        'Ś' | 'Š' | 'Ş' => "S",
        'ś' | 'š' | 'ş' => "s",
        'Ù'..='Ü' | 'Ū' | 'Ů' | 'Ű' => "U",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'Ý' => "Y",
        'ý' | 'ÿ' => "y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ź' | 'ż' | 'ž' => "z",
        'Æ' => "Ae",
        'æ' => "ae",
        'Œ' => "Oe",
        'œ' => "oe",
        'ß' => "ss",
        'ﬁ' => "fi",
        _ => return None,
    })
}
