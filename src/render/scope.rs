//! How one generated file calls the types that it speaks of.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Format, Schema, Service, Type, TypeDef, TypeId, keywords::Keywords};

use super::doors;

/// The names of one generated file. What it hands out is noted, so that the file imports and
/// declares exactly what it uses.
pub(super) struct Scope<'a> {
    service: &'a Service,
    /// The file in `schemas/`, where types call each other by shorter paths.
    module: Option<&'a str>,
    /// Types are called by their names alone, which are unique.
    is_plain: bool,
    /// The types that the file defines: nothing else can be called so in it.
    defined: BTreeSet<&'a str>,
    imports: RefCell<BTreeSet<&'static str>>,
    /// From what a file compiles once to the name of its static.
    statics: RefCell<BTreeMap<Compiled, String>>,
}

/// What a file compiles once, by its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Compiled {
    /// A regular expression.
    Pattern(String),
    /// JSON Schema.
    Keywords(String),
}

/// A static of a file.
pub(super) struct Static {
    pub(super) name: String,
    /// Its type, when it is compiled.
    pub(super) ty: &'static str,
    /// What compiles it.
    pub(super) made: String,
}

impl<'a> Scope<'a> {
    /// A file of `schemas/` with these types.
    pub(super) fn of_schemas(service: &'a Service, types: &'a [TypeDef]) -> Self {
        Self {
            module: types.first().map(|def| def.module.as_str()),
            defined: types.iter().map(|def| def.name.as_str()).collect(),
            ..Self::of_others(service)
        }
    }

    /// A file of another layer: its own types never have the name of another type.
    pub(super) fn of_others(service: &'a Service) -> Self {
        Self {
            service,
            module: None,
            is_plain: false,
            defined: BTreeSet::new(),
            imports: RefCell::default(),
            statics: RefCell::default(),
        }
    }

    /// No file: for people.
    pub(super) fn of_people(service: &'a Service) -> Self {
        Self {
            is_plain: true,
            ..Self::of_others(service)
        }
    }

    pub(super) fn service(&self) -> &'a Service {
        self.service
    }

    /// Whether the file defines a type of this name.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.defined.contains(name)
    }

    /// The name behind a path such as `uuid::Uuid`, imported; the path itself where the file
    /// defines a type of that name.
    pub(super) fn import(&self, path: &'static str) -> &'static str {
        let name = path.rsplit("::").next().unwrap_or(path);
        if self.defined.contains(name) {
            return path;
        }
        self.imports.borrow_mut().insert(path);
        name
    }

    /// A name of Rust's prelude, with its path where the file defines a type of that name.
    pub(super) fn prelude(&self, name: &'static str) -> &'static str {
        if !self.defined.contains(name) {
            return name;
        }
        match name {
            "Option" => "::std::option::Option",
            "Some" => "::std::option::Option::Some",
            "None" => "::std::option::Option::None",
            "Result" => "::std::result::Result",
            "Ok" => "::std::result::Result::Ok",
            "Err" => "::std::result::Result::Err",
            "String" => "::std::string::String",
            "Vec" => "::std::vec::Vec",
            "Box" => "::std::boxed::Box",
            name => name,
        }
    }

    /// The imports, sorted.
    pub(super) fn imports(&self) -> Vec<&'static str> {
        self.imports.borrow().iter().copied().collect()
    }

    /// The statics of the file, sorted by name.
    pub(super) fn statics(&self) -> Vec<Static> {
        let statics = self.statics.borrow();
        let print = |(compiled, name): (&Compiled, &String)| {
            let (ty, made) = match compiled {
                Compiled::Pattern(pattern) => {
                    let pattern = doors::rust_literal(pattern);
                    (
                        "Regex",
                        format!("Regex::new({pattern}).expect(\"a valid pattern\")"),
                    )
                }
                Compiled::Keywords(json) => (
                    "Keywords",
                    format!("Keywords::new({})", doors::rust_json(json)),
                ),
            };
            Static {
                name: name.clone(),
                ty,
                made,
            }
        };
        let mut statics: Vec<Static> = statics.iter().map(print).collect();
        statics.sort_by(|a, b| a.name.cmp(&b.name));
        statics
    }

    /// The static of a pattern, called after the value that must match it.
    pub(super) fn pattern(&self, pattern: &str, value: &str) -> String {
        self.import("regex::Regex");
        self.compiled(Compiled::Pattern(pattern.to_owned()), value)
    }

    /// The static of what is asked of a value beyond its type, called after it.
    pub(super) fn keywords(&self, keywords: &Keywords, value: &str) -> String {
        self.import("crate::core::keywords::Keywords");
        let wanted = format!("{value}_rules");
        self.compiled(Compiled::Keywords(keywords.text().to_owned()), &wanted)
    }

    fn compiled(&self, compiled: Compiled, value: &str) -> String {
        let mut statics = self.statics.borrow_mut();
        if let Some(name) = statics.get(&compiled) {
            return name.clone();
        }
        self.import("std::sync::LazyLock");
        let wanted = value.trim_start_matches("r#").to_uppercase();
        let is_taken = |name: &String| {
            self.defined.contains(name.as_str()) || statics.values().any(|taken| taken == name)
        };
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut names = std::iter::once(wanted.clone()).chain(numbered);
        let name = names.find(|name| !is_taken(name)).unwrap_or(wanted);
        statics.insert(compiled, name.clone());
        name
    }

    /// A named type.
    pub(super) fn named(&self, id: TypeId) -> String {
        let TypeDef { name, module, .. } = &self.service[id];
        match self.module {
            _ if self.is_plain => name.clone(),
            Some(own) if own == module => name.clone(),
            Some(_) => format!("super::{module}::{name}"),
            None => {
                let schemas = self.import("crate::schemas");
                format!("{schemas}::{module}::{name}")
            }
        }
    }

    /// The Rust type of a value.
    pub(super) fn rust_type(&self, schema: &Schema) -> String {
        let ty = self.rust_type_of(&schema.ty);
        if schema.nullable {
            self.option(&ty)
        } else {
            ty
        }
    }

    /// The Rust type of a value that is not null.
    pub(super) fn rust_type_of(&self, ty: &Type) -> String {
        match ty {
            Type::String(rules) => self.text_type(rules.format),
            Type::Integer(kind, _) => kind.name().to_owned(),
            Type::Number(_) => "f64".to_owned(),
            Type::Decimal(_) => self.import("rust_decimal::Decimal").to_owned(),
            Type::Boolean => "bool".to_owned(),
            Type::Array { items, .. } => {
                format!("{}<{}>", self.prelude("Vec"), self.rust_type(items))
            }
            Type::Map { values, .. } => self.map_type(values),
            Type::Any { .. } => self.import("serde_json::Value").to_owned(),
            Type::Named(id) => self.named(*id),
        }
    }

    /// `BTreeMap<String, T>`
    pub(super) fn map_type(&self, values: &Schema) -> String {
        let map = self.import("std::collections::BTreeMap");
        let (key, value) = (self.prelude("String"), self.rust_type(values));
        format!("{map}<{key}, {value}>")
    }

    /// `Option<T>`
    pub(super) fn option(&self, ty: &str) -> String {
        format!("{}<{ty}>", self.prelude("Option"))
    }

    fn text_type(&self, format: Format) -> String {
        match format {
            Format::Uuid => self.import("uuid::Uuid").to_owned(),
            Format::DateTime => {
                let time = self.import("chrono::DateTime");
                format!("{time}<{}>", self.import("chrono::Utc"))
            }
            Format::Date => self.import("chrono::NaiveDate").to_owned(),
            _ => self.prelude("String").to_owned(),
        }
    }
}
