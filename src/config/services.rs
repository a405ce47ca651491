//! `[services.<name>]`: the services of a workspace.

use serde::{Deserialize, Serialize};
use toml_edit::{Document, Item, TableLike};

use crate::diagnostic;

use super::{
    Database, Refusal,
    reader::{Named, Range, Reader, key_span},
};

/// A service of a workspace that is not what it would be by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceChoice {
    /// The tags whose operations are its own; else the tag of its name.
    pub tags: Option<Vec<String>>,
    /// The operations that are its own whatever their tags, by `operationId`.
    pub operations: Vec<String>,
    /// Its folder below `services/`; else its name.
    pub path: Option<String>,
    /// Where it keeps its data; else where the workspace does.
    pub database: Option<Database>,
    /// The other services that it calls.
    pub uses: Vec<String>,
    /// What rows name of other services must be there; `None` asks that of their owners alone,
    /// which stand in the path.
    pub check_references: Option<bool>,
}

/// What a `[services.<name>]` or its like says that does not fit the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The table, such as `services` or `gateway.operations`.
    pub table: &'static str,
    /// What it is said of.
    pub name: String,
    /// The option, and what in it; none for the whole.
    pub at: Option<(&'static str, Within)>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// A value inside an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Within {
    /// All of it.
    Value,
    /// Of a list, by its place.
    Item(usize),
    /// Of a table, by its key.
    Member(String),
}

impl Misfit {
    /// What is wrong with a table of this name as a whole, and what to do.
    pub fn new(table: &'static str, name: &str, (message, hint): (String, Option<String>)) -> Self {
        Self {
            table,
            name: name.to_owned(),
            at: None,
            message,
            hint,
        }
    }

    /// The same, of the value of an option.
    #[must_use]
    pub fn value(self, option: &'static str) -> Self {
        let at = Some((option, Within::Value));
        Self { at, ..self }
    }

    /// The same, in the list of an option.
    #[must_use]
    pub fn at(self, option: &'static str, index: usize) -> Self {
        let at = Some((option, Within::Item(index)));
        Self { at, ..self }
    }

    /// The same, in the table of an option.
    #[must_use]
    pub fn of(self, option: &'static str, member: &str) -> Self {
        let at = Some((option, Within::Member(member.to_owned())));
        Self { at, ..self }
    }
}

const KEYS: &[&str] = &[
    "tags",
    "operations",
    "path",
    "database",
    "uses",
    "check_references",
];

/// What stands beside the services under a name of its own, or has a setting `<NAME>_URL`, which is
/// where the address of a service stands.
const RESERVED: &[&str] = &["gateway", "common", "xtask", "database", "events", "nats"];

/// The longest name: with that of a client behind it, a system's host name.
pub const LONGEST_SERVICE: usize = 50;

/// What does not fit the document, at its places in the text of an `apigen.toml`.
pub fn refusal(name: &str, text: &str, misfits: &[Misfit]) -> Box<Refusal> {
    let document = Document::parse(text).ok();
    let mut reader = Reader::default();
    for misfit in misfits {
        let place = document.as_ref().and_then(|d| place(d, misfit));
        reader.refuse("config-value", place, misfit.message.clone());
        reader.hint(misfit.hint.clone());
    }
    diagnostic::sort(&mut reader.diagnostics);
    reader.refusal(name, text)
}

/// Where in an `apigen.toml` it stands.
fn place(document: &Document<&str>, misfit: &Misfit) -> Range {
    let mut tables = misfit.table.split('.');
    let table = tables.try_fold(document.as_item(), |item, key| item.get(key))?;
    let (key, item) = table.as_table_like()?.get_key_value(&misfit.name)?;
    let of_key = || key.span();
    let within = misfit.at.as_ref().and_then(|(option, within)| {
        let option = item.as_table_like()?.get(option)?;
        match within {
            Within::Value => option.span(),
            Within::Item(index) => option.as_array()?.get(*index)?.span(),
            Within::Member(name) => {
                let (key, value) = option.as_table_like()?.get_key_value(name)?;
                value.as_str().and(value.span()).or_else(|| key.span())
            }
        }
    });
    within.or_else(of_key)
}

/// Checks the name of a service: it is one of a package, of a folder and of a host.
///
/// # Errors
/// It is none of these, or taken.
pub fn service_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let ends_well = name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.ends_with('-');
    let is_single = !name.contains("--");
    if !ends_well || !is_single || !name.chars().all(plain) || name.len() > LONGEST_SERVICE {
        return Err(format!(
            "a service's name has small letters, digits and single `-`, starts with a letter, and \
             has at most {LONGEST_SERVICE} characters"
        ));
    }
    match RESERVED.contains(&name) || name.ends_with("-database") {
        true => Err(format!(
            "`{name}` is what something beside the services is called, or its setting"
        )),
        false => Ok(()),
    }
}

/// Checks a folder below `services/`.
fn folder(path: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let sound = |part: &str| part.chars().all(plain) && part.starts_with(|c| c != '-');
    match path.split('/').all(|part| !part.is_empty() && sound(part)) {
        true => Ok(()),
        false => Err(
            "it is a folder below `services/`, such as `core/auth`: letters, digits, `-` and `_`"
                .to_owned(),
        ),
    }
}

/// Checks the way from a service's folder to that of its workspace.
pub(super) fn above(path: &str) -> Result<String, String> {
    match path.split('/').all(|part| part == "..") {
        true => Ok(path.to_owned()),
        false => Err("it is the workspace's folder as seen from here, such as `../..`".to_owned()),
    }
}

const SERVICES: Named = Named {
    table: "services",
    is: "a table of services, such as `[services.items]`",
    what: "service",
    name: service_name,
    such: None,
};

impl Reader {
    /// Reads the table of all services.
    pub(super) fn services(&mut self, item: &Item, at: Range) {
        self.config.services = self.named(&SERVICES, item, at, Self::service);
    }

    fn service(&mut self, name: &str, table: &dyn TableLike, _: Range) -> ServiceChoice {
        let mut choice = ServiceChoice::default();
        for (key, item) in table.iter() {
            let full = format!("services.{name}.{key}");
            match key {
                "tags" => choice.tags = Some(self.texts(&full, item)),
                "operations" => choice.operations = self.texts(&full, item),
                "path" => {
                    let path =
                        self.text(&full, item, |text| folder(text).map(|()| text.to_owned()));
                    choice.path = path;
                }
                "uses" => choice.uses = self.texts(&full, item),
                "check_references" => choice.check_references = Some(self.truth(&full, item)),
                "database" => choice.database = self.text(&full, item, str::parse),
                _ => self.no_option(&full, key, key_span(table, key), KEYS),
            }
        }
        choice
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, FILE, tests::problems};

    const SHOP: &str = "name = \"shop\"\nspec = \"a.yaml\"\nlayout = \"services\"\n";

    #[test]
    fn services_are_read() {
        let text = "[services.catalog]\ntags = [\"items\", \"reviews\"]\noperations = [\"search\"]\n\
                    path = \"features/catalog\"\ndatabase = \"postgres\"\nuses = [\"users\"]\ncheck_references = true\n[services.news]\n";
        let config = Config::parse(FILE, &format!("{SHOP}{text}")).expect("sound");
        let catalog = ServiceChoice {
            tags: Some(vec!["items".to_owned(), "reviews".to_owned()]),
            operations: vec!["search".to_owned()],
            path: Some("features/catalog".to_owned()),
            database: Some(Database::Postgres),
            uses: vec!["users".to_owned()],
            check_references: Some(true),
        };
        assert_eq!(config.services["catalog"], catalog);
        assert_eq!(config.services["news"], ServiceChoice::default());
    }

    #[test]
    fn wrong_services_are_told_at_their_places() {
        let text = "workspace = \"../shop\"\n[services.Items]\n[services.gateway]\n[services.a]\n\
                    tag = []\ntags = \"a\"\noperations = [1]\npath = \"../a\"\ndatabase = \"x\"\n";
        let told: Vec<String> = problems(&format!("{SHOP}{text}"))
            .into_iter()
            .map(|(told, _)| told)
            .collect();
        let expected = [
            "4:13 `workspace` cannot be `../shop`",
            "5:11 no service can be called `Items`",
            "6:11 no service can be called `gateway`",
            "8:1 there is no option `services.a.tag`",
            "9:8 `services.a.tags` must be a list of strings",
            "10:14 `services.a.operations` must be a list of strings",
            "11:8 `services.a.path` cannot be `../a`",
            "12:12 `services.a.database` cannot be `x`",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_does_not_fit_the_document_has_its_place() {
        let text = format!("{SHOP}[services.a]\ntags = [\"b\", \"c\"]\n");
        let misfit = |message: &str| Misfit::new("services", "a", (message.to_owned(), None));
        let misfits = [
            misfit("1").at("tags", 1),
            misfit("2"),
            misfit("3").at("tags", 7),
        ];
        let refusal = refusal(FILE, &text, &misfits);
        let places = refusal.diagnostics.iter().map(|d| {
            let origin = refusal.sources.origin(d.span.unwrap_or_default());
            (origin.line, origin.column)
        });
        assert_eq!(places.collect::<Vec<_>>(), [(4, 11), (4, 11), (5, 14)]);
    }
}
