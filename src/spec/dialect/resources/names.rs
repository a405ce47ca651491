//! What things are called in the document, by the names of the spec.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

use super::blueprint::{Blueprint, Key, Resource};

impl Resource {
    /// What the names of its types start with, in all versions: `OrderLine`.
    pub(super) fn family(&self) -> String {
        self.singular.to_upper_camel_case()
    }

    /// The schema of a row: `OrderLine`, and `OrderLineV1` in an older version.
    pub(super) fn schema(&self) -> String {
        format!("{}{}", self.family(), self.suffix)
    }

    /// All of them, as part of a name: `OrderLines`.
    pub(super) fn plural(&self) -> String {
        format!("{}{}", self.name.value.to_upper_camel_case(), self.suffix)
    }

    /// The group of its operations: `order_lines`.
    pub(super) fn tag(&self) -> String {
        match self.suffix.is_empty() {
            true => self.name.value.clone(),
            false => format!("{}_{}", self.name.value, self.suffix.to_snake_case()),
        }
    }

    /// One of them, in words: `order line`.
    pub(super) fn one(&self) -> String {
        words(&self.singular)
    }

    /// One of them, with its article: `an order line`.
    pub(super) fn an(&self) -> String {
        let one = self.one();
        // What is written with a vowel, and spoken with a consonant.
        let spoken = ["uni", "use", "usa", "uti", "url", "eu", "one "];
        let is_spoken = spoken.iter().any(|start| one.starts_with(start));
        let article = match one.starts_with(['a', 'e', 'i', 'o', 'u']) && !is_spoken {
            true => "an",
            false => "a",
        };
        format!("{article} {one}")
    }

    /// All of them, in words: `order lines`.
    pub(super) fn all(&self) -> String {
        words(&self.name.value)
    }

    /// The property that is its key.
    pub(super) fn key_name(&self) -> &str {
        match &self.key.value {
            Key::Natural(field) => field,
            _ => "id",
        }
    }

    /// What names a row in paths and in other resources: `order_line_id`.
    pub(super) fn parameter(&self) -> String {
        format!("{}_{}", self.singular, self.key_name().to_snake_case())
    }

    /// The field that a foreign key is shown as without its `_id`, as `include` calls it.
    pub(super) fn seen_as(field: &str) -> Option<&str> {
        field
            .strip_suffix("_id")
            .or_else(|| field.strip_suffix("Id"))
            .filter(|rest| !rest.is_empty())
    }
}

impl Blueprint {
    /// The place of a resource.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let mut resources = self.resources.iter();
        resources.position(|resource| resource.name.value == name)
    }

    /// The resource that a resource stands below.
    pub(super) fn parent(&self, resource: &Resource) -> Option<&Resource> {
        let parent = self.find(&resource.parent.as_ref()?.value)?;
        self.resources.get(parent)
    }

    /// Those that a resource stands below, the outermost first.
    pub(super) fn ancestors<'b>(&'b self, resource: &'b Resource) -> Vec<&'b Resource> {
        let mut above: Vec<&Resource> = Vec::new();
        let mut next = self.parent(resource);
        while let Some(parent) = next.filter(|_| above.len() < super::links::MAX_DEPTH) {
            above.push(parent);
            next = self.parent(parent);
        }
        above.reverse();
        above
    }

    /// The path of a resource's collection.
    pub(super) fn path(&self, resource: &Resource) -> String {
        let above = self.ancestors(resource).into_iter();
        let above = above.map(|parent| format!("/{}/{{{}}}", parent.path, parent.parameter()));
        let version = self.edition.iter().map(|version| version.prefix());
        let start: String = version.chain(above).collect();
        format!("{start}/{}", resource.path)
    }

    /// The path of the same collection in the newest version, where this is an older one.
    pub(super) fn rows_of(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(&self.edition.as_ref()?.prefix())?;
        Some(format!("/{}{rest}", self.newest.as_ref()?))
    }
}

/// A name in words.
pub(super) fn words(name: &str) -> String {
    name.to_snake_case().replace('_', " ")
}
