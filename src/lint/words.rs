//! Words: how they are written, plurals, and verbs.

use std::fmt;

/// How the words of a name are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Style {
    Camel,
    Snake,
    Kebab,
    Pascal,
}

impl Style {
    pub(super) const NAMES: &[&str] = &["camel", "snake", "kebab", "pascal"];
    const ALL: [Self; 4] = [Self::Camel, Self::Snake, Self::Kebab, Self::Pascal];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.as_str() == name)
    }

    fn as_str(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// A name of two words and of one, in this style.
    pub(super) fn sample(self) -> &'static str {
        match self {
            Self::Camel => "camelCase",
            Self::Snake => "snake_case",
            Self::Kebab => "kebab-case",
            Self::Pascal => "PascalCase",
        }
    }

    /// Whether a name can be read as one of this style; what is neither letter nor digit around it,
    /// such as `$` or `_`, does not count.
    pub(super) fn fits(self, name: &str) -> bool {
        let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let Some(first) = name.chars().next() else {
            return true;
        };
        let plain = |sign: Option<char>, upper: bool| {
            name.chars().all(|c| match c {
                '_' | '-' => Some(c) == sign,
                c => upper || !c.is_uppercase(),
            })
        };
        match self {
            Self::Camel => !first.is_uppercase() && plain(None, true),
            Self::Pascal => !first.is_lowercase() && plain(None, true),
            Self::Snake => plain(Some('_'), false),
            Self::Kebab => plain(Some('-'), false),
        }
    }

    /// The name in this style.
    pub(super) fn write(self, name: &str) -> String {
        use heck::{ToKebabCase, ToLowerCamelCase, ToSnakeCase, ToUpperCamelCase};
        match self {
            Self::Camel => name.to_lower_camel_case(),
            Self::Snake => name.to_snake_case(),
            Self::Kebab => name.to_kebab_case(),
            Self::Pascal => name.to_upper_camel_case(),
        }
    }

    /// The style of most of these names, and the share of them that it has: of those that tell a style
    /// apart, and of all.
    pub(super) fn of_most<'n>(names: impl Iterator<Item = &'n str>) -> Option<(Self, f64)> {
        let (mut votes, mut fitting) = ([0_usize; 4], [0_usize; 4]);
        let (mut telling, mut all) = (0_usize, 0_usize);
        for name in names {
            let fits = Self::ALL.map(|style| style.fits(name));
            // A single word fits several styles, and speaks for none.
            let tells = fits.iter().filter(|fits| **fits).count() <= 1;
            (telling, all) = (telling + usize::from(tells), all + 1);
            for (style, fits) in fits.into_iter().enumerate() {
                votes[style] += usize::from(fits && tells);
                fitting[style] += usize::from(fits);
            }
        }
        let best = (0..4).max_by_key(|style| (votes[*style], std::cmp::Reverse(*style)))?;
        #[allow(clippy::cast_precision_loss, reason = "names are no billions")]
        let share = |part: usize, whole: usize| part as f64 / whole as f64;
        let least = share(votes[best], telling).min(share(fitting[best], all));
        (votes[best] > 0).then(|| (Self::ALL[best], least))
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The single words of a name, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    use heck::ToSnakeCase;
    let plain = name.to_snake_case();
    plain
        .split('_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Plurals without an `s`, words without a plural, and words for what there is only one of.
const PLURAL: &[&str] = &[
    "access",
    "activity",
    "aircraft",
    "alumni",
    "analytics",
    "audio",
    "auth",
    "billing",
    "bulk",
    "cache",
    "cattle",
    "children",
    "content",
    "corpora",
    "criteria",
    "data",
    "debug",
    "deer",
    "devstate",
    "equipment",
    "everyone",
    "feedback",
    "feet",
    "fish",
    "geese",
    "hardware",
    "health",
    "history",
    "info",
    "information",
    "infrastructure",
    "inventory",
    "issuance",
    "knowledge",
    "latest",
    "live",
    "machinery",
    "mail",
    "matrices",
    "me",
    "media",
    "men",
    "metadata",
    "mice",
    "money",
    "music",
    "news",
    "oauth",
    "oauth2",
    "people",
    "personnel",
    "phenomena",
    "police",
    "public",
    "raw",
    "schemata",
    "search",
    "self",
    "series",
    "sheep",
    "shelves",
    "software",
    "species",
    "staff",
    "storage",
    "stuff",
    "teeth",
    "test",
    "traffic",
    "training",
    "usage",
    "vertices",
    "video",
    "weather",
    "women",
];

/// Whether the last word of a name says several things, or one that has no plural.
pub fn is_plural(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else {
        return true;
    };
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_acronym = last.len() < 3;
    let ends = last.ends_with('s') && !last.ends_with("ss") && !last.ends_with("us");
    is_acronym || ends || PLURAL.contains(&last) || !last.is_ascii()
}

/// The plural of a name, in its own way of writing.
pub fn plural(name: &str) -> String {
    let stem = |end: usize| &name[..name.len() - end];
    let lower = name.to_ascii_lowercase();
    let before_y = lower.chars().rev().nth(1).unwrap_or('a');
    match lower.as_str() {
        word if word.ends_with("person") => format!("{}people", stem(6)),
        word if word.ends_with("child") => format!("{name}ren"),
        word if word.ends_with('y') && !"aeiou".contains(before_y) => format!("{}ies", stem(1)),
        word if ["s", "x", "z", "ch", "sh"]
            .iter()
            .any(|end| word.ends_with(end)) =>
        {
            format!("{name}es")
        }
        _ => format!("{name}s"),
    }
}

/// What methods say already.
const VERBS: &[&str] = &[
    "add", "create", "delete", "edit", "fetch", "find", "get", "insert", "list", "modify", "post",
    "put", "remove", "retrieve", "save", "set", "update", "upsert",
];

/// Verbs that are nouns too: alone they may name a thing.
const NOUNS: &[&str] = &["edit", "list", "post", "set", "update"];

/// The verb that a segment of a path begins with, where it is one that methods say.
pub(super) fn verb(segment: &str) -> Option<&'static str> {
    let words = words(segment);
    let first = words.first()?;
    let verb = VERBS.iter().find(|verb| *verb == first)?;
    let is_noun = words.len() == 1 && NOUNS.contains(verb);
    (!is_noun).then_some(*verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_told() {
        for (name, styles) in [
            ("name", "camel snake kebab"),
            ("itemName", "camel"),
            ("item_name", "snake"),
            ("item-name", "kebab"),
            ("ItemName", "pascal"),
            ("Item_Name", ""),
            ("URL", "pascal"),
            ("$ref", "camel snake kebab"),
            ("_links", "camel snake kebab"),
            ("+1", "camel snake kebab pascal"),
            ("", "camel snake kebab pascal"),
        ] {
            let fits = Style::ALL.into_iter().filter(|style| style.fits(name));
            let fits: Vec<_> = fits.map(Style::as_str).collect();
            assert_eq!(fits.join(" "), styles, "{name}");
        }
        let names = ["a_b", "c_d", "eF", "name"].into_iter();
        let (style, share) = Style::of_most(names).expect("a style");
        assert_eq!(style, Style::Snake);
        assert!((share - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(Style::of_most(["name", "id"].into_iter()), None);
        let (_, share) = Style::of_most(["Task", "task", "output", "id"].into_iter()).expect("one");
        assert!(share < 0.5, "single words are against it");
    }

    #[test]
    fn plurals_are_told() {
        for word in [
            "items",
            "order-lines",
            "people",
            "mediaFiles",
            "user_data",
            "news",
            "ip",
            "v1",
        ] {
            assert!(is_plural(word), "{word}");
        }
        for (word, many) in [
            ("item", "items"),
            ("category", "categories"),
            ("day", "days"),
            ("box", "boxes"),
            ("order-line", "order-lines"),
            ("address", "addresses"),
            ("person", "people"),
            ("status", "statuses"),
        ] {
            assert!(!is_plural(word), "{word}");
            assert_eq!(plural(word), many);
            assert!(is_plural(&plural(word)), "{many}");
        }
    }

    #[test]
    fn verbs_are_told() {
        for (segment, expected) in [
            ("createItem", Some("create")),
            ("get-user", Some("get")),
            ("delete", Some("delete")),
            ("list_all", Some("list")),
            ("posts", None),
            ("post", None),
            ("settings", None),
            ("list", None),
            ("address", None),
            ("gets", None),
            ("publish", None),
        ] {
            assert_eq!(verb(segment), expected, "{segment}");
        }
    }
}
