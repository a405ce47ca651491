//! `apigen.toml`: what the user chose for a project.

mod aggregate;
mod choices;
mod clients;
mod diff;
mod events;
mod gateway;
mod lint;
mod operations;
mod pick;
mod reader;
mod resources;
mod services;

pub use self::{
    aggregate::{Aggregate, Call},
    choices::{Database, Errors, Layout, Shared, State, Traces},
    clients::{Check, ClientChoice},
    diff::Judge,
    events::{EventChoice, event_name},
    gateway::{GatewayChoice, Limits},
    operations::OperationChoice,
    pick::PickChoice,
    resources::ResourceChoice,
    services::{LONGEST_SERVICE, Misfit, ServiceChoice, Within, refusal, service_name},
};

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use toml_edit::Document;

use self::reader::Reader;
use crate::{
    diagnostic::{Diagnostic, Sources},
    lint::Settings,
};

/// The name of the file, by which a project is found.
pub const FILE: &str = "apigen.toml";

/// The choices that shape a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The version of apigen that the project is pinned to; `None` for any.
    pub apigen: Option<Version>,
    /// The package's name.
    pub name: String,
    /// The document, relative to the project's folder.
    pub spec: String,
    /// The folder below which the document may refer to files, relative to the project's folder; `None` for the git work
    /// tree, or else the document's own folder.
    pub spec_root: Option<String>,
    /// Overlays that change the document, relative to the project's folder, in the order in which they are applied.
    pub overlays: Vec<String>,
    /// The operations of the document that are wanted; all, where it selects nothing.
    pub include: PickChoice,
    /// Operations that are not wanted, of those.
    pub exclude: PickChoice,
    /// Where the service keeps its data.
    pub database: Database,
    /// The form of errors, where the document has none of its own.
    pub errors: Errors,
    /// Where replicas have what they share beside the database.
    pub state: State,
    /// Where the spans of requests are sent.
    pub traces: Traces,
    /// What clients connect to can serve TLS: the service, or the gateway of a workspace.
    pub tls: bool,
    /// One package, or a workspace of services.
    pub layout: Layout,
    /// Where the services of a workspace have their shared code.
    pub shared: Shared,
    /// The services of a workspace that are not what they would be by default, by name.
    pub services: BTreeMap<String, ServiceChoice>,
    /// What the gateway of a workspace has to hold to.
    pub gateway: GatewayChoice,
    /// What is said of operations beside the document, by `operationId`.
    pub operations: BTreeMap<String, OperationChoice>,
    /// The same of all operations with a tag.
    pub tags: BTreeMap<String, OperationChoice>,
    /// What is said of the rows of collections beside the document, by path.
    pub resources: BTreeMap<String, ResourceChoice>,
    /// The other services that it calls, by name.
    pub clients: BTreeMap<String, ClientChoice>,
    /// What the services of a workspace tell each other, by name.
    pub events: BTreeMap<String, EventChoice>,
    /// Paths whose answers join those of several services, by name.
    pub aggregates: BTreeMap<String, Aggregate>,
    /// The folder of the workspace that the project is a service of, such as `../..`.
    pub workspace: Option<String>,
    /// How changes between two documents are judged.
    #[serde(skip)]
    pub diff: Judge,
    /// Which advice is wanted on the document.
    #[serde(skip)]
    pub lint: Settings,
}

/// Why there is no configuration.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The file.
    pub sources: Sources,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Those of `KEYS` that have keys of their own.
const TABLES: &[&str] = &[
    "aggregate",
    "clients",
    "diff",
    "events",
    "exclude",
    "gateway",
    "include",
    "lint",
    "operations",
    "resources",
    "services",
    "tags",
];

const KEYS: &[&str] = &[
    "apigen",
    "name",
    "spec",
    "spec_root",
    "overlays",
    "include",
    "exclude",
    "layout",
    "shared",
    "services",
    "gateway",
    "operations",
    "tags",
    "resources",
    "clients",
    "events",
    "aggregate",
    "workspace",
    "database",
    "errors",
    "state",
    "traces",
    "tls",
    "diff",
    "lint",
];

/// A version of apigen, as far as projects are pinned to it: major and minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version(u32, u32);

impl Version {
    /// This apigen's own.
    pub fn current() -> Self {
        let number = |text: &str| text.parse().unwrap_or_default();
        Self(
            number(env!("CARGO_PKG_VERSION_MAJOR")),
            number(env!("CARGO_PKG_VERSION_MINOR")),
        )
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str| {
            let plain = part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| plain)
        };
        let parts = text.split_once('.');
        let version = parts.and_then(|(major, minor)| Some(Self(number(major)?, number(minor)?)));
        version.ok_or_else(|| format!("it must be a version such as `{}`", Self::current()))
    }
}

impl Config {
    /// Reads an `apigen.toml`; `name` is what diagnostics call it.
    ///
    /// # Errors
    /// It is no TOML, has a key that does not exist, or a value that is not possible.
    pub fn parse(name: &str, text: &str) -> Result<Self, Box<Refusal>> {
        let mut reader = Reader::default();
        reader.read(text);
        reader.finish(name, text)
    }

    /// Changes one choice by its key in `apigen.toml`.
    ///
    /// # Errors
    /// There is no such key, or the value is not possible: says what is.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        // `resources."/items".owner` is of a table, too.
        let table = key.split_once(['.', '[']).map_or(key, |(table, _)| table);
        match key {
            "apigen" => self.apigen = Some(value.parse()?),
            "name" => self.name = package_name(value)?,
            "spec" => value.clone_into(&mut self.spec),
            "spec_root" => self.spec_root = Some(value.to_owned()),
            "database" => self.database = value.parse()?,
            "errors" => self.errors = value.parse()?,
            "state" => self.state = value.parse()?,
            "traces" => self.traces = value.parse()?,
            "tls" => self.tls = truth(value)?,
            "layout" => self.layout = value.parse()?,
            "shared" => self.shared = value.parse()?,
            "workspace" => self.workspace = Some(services::above(value)?),
            "overlays" => {
                return Err("it is a list: write it into `apigen.toml`".to_owned());
            }
            _ if TABLES.contains(&table) => {
                return Err("it is a table: write it into `apigen.toml`".to_owned());
            }
            _ => {
                let all = || format!("there are {}", listed(KEYS));
                return Err(unknown(key, KEYS).unwrap_or_else(all));
            }
        }
        Ok(())
    }
}

/// The text of an `apigen.toml`, pinned to this apigen; every other byte stays.
///
/// # Errors
/// It is no TOML.
pub fn pinned(text: &str) -> anyhow::Result<String> {
    let document = Document::parse(text)?;
    let pin = format!("\"{}\"", Version::current());
    let mut pinned = text.to_owned();
    match document.get("apigen").and_then(toml_edit::Item::span) {
        Some(place) => pinned.replace_range(place, &pin),
        None => pinned.insert_str(0, &format!("apigen = {pin}\n")),
    }
    Ok(pinned)
}

/// Checks the name of a package.
///
/// # Errors
/// Cargo would not take it.
pub fn package_name(name: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let reserved = [
        "test",
        "core",
        "std",
        "alloc",
        "proc_macro",
        "proc-macro",
        "self",
        "crate",
    ];
    if !starts_well || !name.chars().all(plain) || name.len() > 64 {
        return Err("a name has letters, digits, `-` and `_`, and starts with a letter".to_owned());
    }
    let is_keyword = syn::parse_str::<syn::Ident>(&name.replace('-', "_")).is_err();
    if is_keyword || reserved.contains(&name) {
        return Err(format!("Cargo keeps the name `{name}` for itself"));
    }
    Ok(name.to_owned())
}

/// What to say of a word that is none of the possible ones; nothing where none of many is near.
pub fn unknown(word: &str, possible: &[&str]) -> Option<String> {
    let near = similar::get_close_matches(word, possible, 1, 0.6);
    match (near.first(), possible.len()) {
        (Some(nearest), _) => Some(format!("did you mean `{nearest}`?")),
        (None, 1..=20) => Some(format!("there are {}", listed(possible))),
        (None, _) => None,
    }
}

fn truth(word: &str) -> Result<bool, String> {
    word.parse()
        .map_err(|_| format!("the possible values are {}", listed(&["true", "false"])))
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn problems(text: &str) -> Vec<(String, String)> {
        let refusal = Config::parse(FILE, text).expect_err("refused");
        let told = |d: Diagnostic| {
            let place = refusal.sources.origin(d.span.unwrap_or_default());
            let hint = d.hint.unwrap_or_default();
            (
                format!("{}:{} {}", place.line, place.column, d.message),
                hint,
            )
        };
        refusal.diagnostics.into_iter().map(told).collect()
    }

    #[test]
    fn what_cannot_be_set_is_told() {
        for (key, why) in [
            ("tags", "it is a table"),
            (r#"resources."/items".owner"#, "it is a table"),
            ("nmae", "did you mean `name`?"),
            ("qqqqqqq", "there are `"),
        ] {
            let mut config = Config::default();
            let told = config.set(key, "x").expect_err("refused");
            assert!(told.starts_with(why), "{key}: {told}");
        }
    }

    #[test]
    fn all_problems_are_told_at_their_places() {
        let text = "name = \"shop\"\nspec = \"a.yaml\"\ndatabse = \"sqlite\"\nerrors = \"xml\"\n";
        let expected = [
            (
                "3:1 there is no option `databse`",
                "did you mean `database`?",
            ),
            (
                "4:10 `errors` cannot be `xml`",
                "the possible values are `envelope` and `problem`",
            ),
        ];
        let expected = expected.map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(problems(text), expected);
    }

    #[test]
    fn tls_is_true_or_false() {
        let config = Config::parse(FILE, "name = \"a\"\nspec = \"b\"\ntls = true\n");
        assert!(config.expect("a config").tls);
        let wrong = "name = \"a\"\nspec = \"b\"\ntls = \"true\"\n";
        let told = "3:7 `tls` must be `true` or `false`".to_owned();
        assert_eq!(problems(wrong), [(told, String::new())]);
        assert!(Config::default().set("tls", "on").is_err());
    }

    #[test]
    fn a_pin_moves_and_the_rest_stays() {
        let now = Version::current();
        let mine = "# mine\r\napigen   = '0.0' # why\nname=\"a\"\n";
        let moved = mine.replace("'0.0'", &format!("\"{now}\""));
        assert_eq!(pinned(mine).expect("pinned"), moved);
        let none = "# mine\nname=\"a\"";
        let added = format!("apigen = \"{now}\"\n{none}");
        assert_eq!(pinned(none).expect("pinned"), added);
        for text in [
            "",
            "1",
            "1.",
            ".1",
            "1.2.3",
            "+1.0",
            "v1.0",
            "99999999999.0",
        ] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
        assert!("0.9".parse::<Version>() < "0.10".parse());
    }

    #[test]
    fn only_few_words_are_listed() {
        let words: Vec<String> = (0..21).map(|n| format!("word{n}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let listed = unknown("other", &words[..2]);
        assert_eq!(listed.as_deref(), Some("there are `word0` and `word1`"));
        let near = unknown("worf7", &words);
        assert_eq!(near.as_deref(), Some("did you mean `word7`?"));
        assert_eq!(unknown("other", &words), None);
        assert_eq!(unknown("other", &[]), None);
    }

    #[test]
    fn a_name_is_one_that_cargo_takes() {
        assert!(package_name("my-shop").is_ok());
        for name in ["", "1st", "a b", "fn", "core", "a\"b"] {
            assert!(package_name(name).is_err(), "{name}");
        }
    }
}
