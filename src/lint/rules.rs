//! The rules: one table of what is advised, how much it weighs, and why.

use std::fmt;

use crate::diagnostic::Severity;

/// How much a rule weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It is not looked at.
    Off,
    /// Good to know.
    Info,
    /// It should be otherwise.
    Warn,
    /// It must be otherwise.
    Error,
}

impl Level {
    /// What they are called in `apigen.toml`, in their order.
    pub const NAMES: &[&str] = &["off", "info", "warn", "error"];

    /// The level of this name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Off, Self::Info, Self::Warn, Self::Error];
        all.into_iter().find(|level| level.as_str() == name)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Warn => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What can be chosen of a rule beside its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// `max`: the highest number that is well.
    Max(usize),
    /// `style`: how names are written; without it, as most of them are.
    Style,
    /// `allow`: words that are well.
    Allow,
}

impl Choice {
    /// Its key in `apigen.toml`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Max(_) => "max",
            Self::Style => "style",
            Self::Allow => "allow",
        }
    }
}

/// One piece of advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Such as `path-plural`.
    pub id: &'static str,
    /// Its level, unless `apigen.toml` says otherwise.
    pub level: Level,
    /// What can be chosen of it.
    pub choice: Option<Choice>,
    /// What it looks at, why, and what to do.
    pub meaning: &'static str,
}

/// All rules, sorted by their names within each family.
pub fn rules() -> &'static [Rule] {
    RULES
}

/// The rule of this name.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

macro_rules! rules {
    ($($name:ident $id:literal $level:ident $($choice:ident $(($value:literal))?)?: $meaning:literal;)*) => {
        /// What is advised.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Advice { $($name,)* }

        const RULES: &[Rule] = &[$(Rule {
            id: $id,
            level: Level::$level,
            choice: rules!(@choice $($choice $(($value))?)?),
            meaning: $meaning,
        },)*];
    };
    (@choice) => { None };
    (@choice $choice:ident $(($value:literal))?) => { Some(Choice::$choice $(($value))?) };
}

impl Advice {
    pub(super) fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }
}

rules! {
    // paths
    PathCase "path-case" Warn Style: "The words of a path are in lower case with hyphens between them (`/order-lines`): it is what clients expect, it needs no shift key, and servers tell `/Items` and `/items` apart. `style` chooses `kebab`, `snake`, `camel` or `pascal` instead.";
    PathDepth "path-depth" Warn Max(3): "A path nests resources more than three deep. Such addresses are long, break when a row moves to another parent, and ask for keys that the last one does not need: give the inner resource a collection of its own and refer to its parent by a field. `max` is the depth that is well.";
    PathPlural "path-plural" Warn Allow: "A collection is named by a plural noun: `/items` lists them, `/items/{item_id}` is one of them. `allow` lists words that are well as they are.";
    PathQuery "path-query" Error: "A path has a `?` or a `#`: what follows is no part of a path, and is never routed. Declare query parameters in `parameters`.";
    PathSlash "path-trailing-slash" Warn: "A path ends in a slash. `/items` and `/items/` are two addresses to most clients, caches and proxies; use the one without.";
    PathVerb "path-verb" Warn Allow: "A path says what is done (`/createItem`, `/items/delete`), which is what the method is for: `POST /items`, `DELETE /items/{item_id}`. An action that no method says, such as `POST /items/{item_id}/publish`, is no matter of this rule. `allow` lists words that are well.";
    // operations
    EmptySuccess "empty-success" Info: "A 200 or a 201 has no body that the document describes. Where there is none, 204 says so; where there is one, describe it by a schema.";
    GetBody "get-body" Warn: "A GET or HEAD request has a body. HTTP gives it no meaning: proxies drop it, caches do not know it, many clients cannot send it. Use query parameters, or POST to a search resource.";
    NoContentBody "no-content-body" Error: "A 204, 205 or 304 response describes a body, and HTTP lets these have none. Use 200, or remove `content`.";
    NotFoundResponse "not-found-response" Info: "An operation on one row by its key (`/items/{item_id}`) does not say what it answers where there is no such row. Declare 404.";
    OperationClientError "operation-client-error" Warn: "An operation that reads a body, a parameter or credentials declares no 4xx response, so that clients cannot know what a refusal looks like. Declare those it can give, or `4XX`, or `default`.";
    OperationId "operation-id" Warn: "An operation has no `operationId`. Generated clients and servers then have to make up a name for it, which changes with its path.";
    OperationIdCase "operation-id-case" Warn Style: "An `operationId` is written in another way than most of them are. `style` chooses `camel`, `snake`, `kebab` or `pascal` for all.";
    OperationSuccess "operation-success" Warn: "An operation declares no response of success (2xx or 3xx): nobody can tell what it answers.";
    OperationSummary "operation-summary" Warn: "An operation has neither a `summary` nor a `description`. A line on what it is for is what people read first.";
    OperationTags "operation-tags" Warn: "An operation has no tag. Documentation and generated code group operations by their tags.";
    Unauthorized "unauthorized-response" Info: "An operation asks for credentials and lists what it refuses with, but neither 401 nor 403 is among it.";
    // lists
    ListLimit "list-limit" Info: "The parameter that says how much one page holds has no `maximum`: one request can ask for the whole table.";
    ListPagination "list-pagination" Warn: "A list has no parameter for pages (`limit` and `cursor`, `page`, `offset` …). It grows with the data until it is slow, and clients break when pages come later.";
    // parameters
    ParameterCase "parameter-case" Warn Style: "A query or path parameter is written in another way than most of them are. `style` chooses `camel`, `snake`, `kebab` or `pascal` for all.";
    ParameterDefault "parameter-required-default" Warn: "A parameter is required and has a default, which is then never used. Remove one of them.";
    ParameterDescription "parameter-description" Info: "A query or header parameter has no `description`.";
    SecretInQuery "secret-in-query" Warn: "A secret is sent in the address, where logs, histories and `Referer` headers keep it. Send it in a header or a body.";
    // schemas
    ArrayItems "array-items" Warn: "An array does not say what it holds. Give it `items`.";
    EnumDuplicate "enum-duplicate" Warn: "An `enum` lists a value twice.";
    EnumType "enum-value-type" Warn: "An `enum` lists a value that the `type` beside it forbids, so that nothing can ever be this value.";
    Example "example" Info: "A JSON body has no example: neither beside its schema nor in it. Examples are what documentation shows and mock servers answer.";
    PropertyCase "property-case" Warn Style: "A property is written in another way than most of them are. `style` chooses `camel`, `snake`, `kebab` or `pascal` for all.";
    PropertyDescription "property-description" Off: "A property has no `description`.";
    RequiredUndefined "required-undefined" Warn: "`required` names a property that the schema does not define. Mostly a misspelling, or a property that was removed.";
    SchemaCase "schema-case" Info Style: "The name of a schema is written in another way than most of them are. `style` chooses `pascal`, `camel`, `snake` or `kebab` for all.";
    SchemaDescription "schema-description" Off: "A schema in `components` has neither a `description` nor a `title`.";
    SuccessSchema "success-schema" Warn: "A response of success has a JSON body without a schema, so that clients get anything.";
    TimeFormat "time-format" Info: "A property named like a point in time is a plain text. Say `format: date-time` or `format: date`, so that it is checked, and has a type in generated code.";
    // the whole document
    ErrorForm "error-form" Info: "A response of failure has a body of another schema than most of them, so that clients need several ways to read errors.";
    InfoContact "info-contact" Off: "`info` names nobody to ask (`contact`).";
    InfoDescription "info-description" Info: "`info` has no `description` of what the API is for.";
    InfoLicense "info-license" Off: "`info` has no `license`.";
    SecurityMissing "security-missing" Info: "An operation that changes something asks for no credentials. Where that is meant, say so: `security: []`.";
    Ignore "lint-ignore" Warn: "`x-apigen-lint` names a rule that does not exist, or says something else than `off`. It is not heard.";
    ServerHttps "server-https" Warn: "A server is called without TLS (`http://`). Whoever is between reads along, tokens too.";
    ServerSlash "server-trailing-slash" Warn: "The URL of a server ends in a slash, and each path begins with one.";
    TagDescription "tag-description" Info: "A tag in `tags` has no `description`.";
    TagUndefined "tag-undefined" Info: "The document lists its tags, and an operation has one that is not in the list. Mostly a misspelling.";
    UnusedComponent "unused-component" Warn: "Nothing refers to a component.";
}
