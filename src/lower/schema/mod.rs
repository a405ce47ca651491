//! From JSON Schema to types.
//!
//! A schema is first *reduced* (looked up through references and wrappers), then its keywords are
//! *gathered* with those of its `allOf`, and from these facts its type is decided. Structs and
//! unions are only announced when they are met; their insides wait in a queue, so that recursion
//! ends and deep documents need no deep stack. *Finishing* merges, names and sorts the types.

mod decide;
mod enums;
mod facts;
mod finish;
mod fragment;
mod gather;
mod index;
mod keywords;
mod names;
mod objects;
mod pattern;
mod pinned;
mod reduce;
mod scalars;
mod tag;
mod unions;

use std::collections::{HashMap, VecDeque};

use crate::{
    diagnostic::{Diagnostic, Severity, Span},
    model::{Schema, TypeDef, TypeId, TypeKind, fits::fits},
    spec::{Document, Node},
};

use self::{
    facts::{Facts, Part},
    index::Index,
    names::{Hint, NameId, Names},
    reduce::Notes,
    unions::Plan,
};

pub use self::finish::Finished;

/// How deep arrays, maps and alternatives nest before the rest is any value: JSON is read as deep.
const DEEPEST: usize = 128;

/// Which way values travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From clients: without what is read-only.
    Request,
    /// To clients: without what is write-only.
    Response,
}

/// Where a schema is used, and what an inline type there would be called.
#[derive(Debug, Clone)]
pub struct Place {
    /// Which way its values travel.
    pub direction: Direction,
    /// It is the body of a PATCH: an absent property is kept.
    pub is_patch: bool,
    /// The module of an inline type, such as `list_items`.
    pub module: String,
    /// The name of an inline type, such as `ListItemsSort`.
    pub type_name: String,
    /// The path to it, for people: `listItems.sort`.
    pub api_name: String,
}

/// Lowers the schemas of a document; each becomes one type, however often it is used.
pub struct Schemas<'a> {
    index: Index<'a>,
    names: Names,
    types: Vec<TypeDef>,
    /// What finishing must know of each type.
    drafts: Vec<Draft>,
    known: HashMap<Key, Found<'a>>,
    /// The schemas that are being lowered: the type that stands for one that contains itself, and
    /// whether it may be null.
    open: HashMap<Key, (Option<TypeId>, bool)>,
    jobs: VecDeque<Job<'a>>,
    checks: Vec<Check<'a>>,
    patterns: HashMap<&'a str, Result<String, &'static str>>,
    diagnostics: Vec<Diagnostic>,
    /// Where any value may stand, and why.
    untyped: Vec<Diagnostic>,
}

/// The variant of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Way {
    Request,
    Response,
    Patch,
}

/// What a type is made of, and for which way.
type Key = (Vec<(usize, bool)>, Way);

struct Draft {
    key: Key,
    name: NameId,
}

/// What a schema was lowered to, before its wrappers are heard.
#[derive(Debug, Clone)]
struct Found<'a> {
    schema: Schema,
    notes: Notes<'a>,
}

/// A type whose inside is still to be lowered.
struct Job<'a> {
    id: TypeId,
    name: NameId,
    way: Way,
    body: Body<'a>,
}

enum Body<'a> {
    Struct(Box<Facts<'a>>),
    Union(Plan<'a>),
}

/// The values that a document gives for a field, to be judged when all types are known.
struct Check<'a> {
    id: TypeId,
    field: usize,
    default: Option<&'a Node>,
    example: Option<&'a Node>,
}

impl<'a> Schemas<'a> {
    /// Nothing lowered yet.
    pub fn new(document: &'a Document) -> Self {
        Self {
            index: Index::new(document),
            names: Names::default(),
            types: Vec::new(),
            drafts: Vec::new(),
            known: HashMap::new(),
            open: HashMap::new(),
            jobs: VecDeque::new(),
            checks: Vec::new(),
            patterns: HashMap::new(),
            diagnostics: Vec::new(),
            untyped: Vec::new(),
        }
    }

    /// Lowers a schema; its type ids are provisional until [`Finished::remap`].
    pub fn lower(&mut self, node: &'a Node, place: &Place) -> Schema {
        let way = match place.direction {
            Direction::Request if place.is_patch => Way::Patch,
            Direction::Request => Way::Request,
            Direction::Response => Way::Response,
        };
        let found = self.find(vec![Part::new(node)], &Hint::Place(place), way);
        while let Some(job) = self.jobs.pop_front() {
            self.run(job);
        }
        for check in std::mem::take(&mut self.checks) {
            self.check(&check);
        }
        let mut schema = found.schema;
        schema.default = self.default_of(&schema, found.notes.default);
        schema.example = self.example_of(&schema, found.notes.example);
        schema
    }

    /// The types so far, by provisional id, without their names; their kinds are complete.
    pub fn types(&self) -> &[TypeDef] {
        &self.types
    }

    fn run(&mut self, job: Job<'a>) {
        let kind = match job.body {
            Body::Struct(facts) => {
                TypeKind::Struct(self.item(&facts, job.id, &Hint::At(job.name), job.way))
            }
            Body::Union(plan) => TypeKind::Union(self.union(plan, &Hint::At(job.name), job.way)),
        };
        self.types[job.id.0].kind = kind;
    }

    fn check(&mut self, check: &Check<'a>) {
        let TypeKind::Struct(item) = &self.types[check.id.0].kind else {
            return;
        };
        let schema = item.fields[check.field].schema.clone();
        let default = self.default_of(&schema, check.default);
        let example = self.example_of(&schema, check.example);
        if let TypeKind::Struct(item) = &mut self.types[check.id.0].kind {
            let field = &mut item.fields[check.field];
            objects::set_default(field, item.is_patch, default);
            field.schema.example = example;
        }
    }

    fn default_of(&mut self, schema: &Schema, node: Option<&Node>) -> Option<serde_json::Value> {
        let node = node?;
        let value = node.to_json();
        if value.is_null() {
            // Absent and null are one thing to a field that may be null.
            return None;
        }
        if fits(&value, schema, &self.types) {
            return Some(value);
        }
        self.warn(
            "default-misfit",
            node.span,
            "the default does not fit its schema; it is left out",
        );
        None
    }

    fn example_of(&self, schema: &Schema, node: Option<&Node>) -> Option<serde_json::Value> {
        let value = node?.to_json();
        (!value.is_null() && fits(&value, schema, &self.types)).then_some(value)
    }

    /// Any value, because no more is known of it.
    pub fn any(&mut self, span: Span, why: &str) -> Schema {
        self.note_untyped(span, why);
        Schema::any()
    }

    /// Remembers for `--report-untyped` what has no type, and why.
    pub fn note_untyped(&mut self, span: Span, why: &str) {
        let note = Diagnostic::warning("untyped", span, why);
        self.untyped.push(Diagnostic {
            severity: Severity::Info,
            ..note
        });
    }

    fn warn(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::warning(code, span, message));
    }
}
