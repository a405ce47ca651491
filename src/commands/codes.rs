//! What each diagnostic code means, for `explain code`.

/// Code and meaning, sorted.
pub(super) const CODES: &[(&str, &str)] = &[
    (
        "alias-expansion",
        "The YAML aliases of the document expand to more than a sane document holds. Use `$ref` for what is used in many places.",
    ),
    (
        "bad-example",
        "An example does not fit its schema, and is not used.",
    ),
    (
        "bad-header",
        "A header of a response has no valid name or no schema that makes sense. It is left out.",
    ),
    (
        "bad-media-type",
        "A media type is not one, and is left out.",
    ),
    (
        "bad-merge",
        "A YAML merge key (`<<`) takes a mapping, or a list of mappings.",
    ),
    (
        "bad-operation",
        "An operation is not what OpenAPI says that one is. It is left out.",
    ),
    (
        "bad-parameter",
        "A parameter has no name, no location or no schema that makes sense. It is left out.",
    ),
    (
        "bad-status",
        "A response is named by something that is neither a status, a range such as `4XX`, nor `default`. It is left out.",
    ),
    (
        "bad-style",
        "A parameter has a style that its location does not allow. The usual one is taken.",
    ),
    (
        "config-key",
        "`apigen.toml` has an option that does not exist, or lacks one that it needs.",
    ),
    ("config-syntax", "`apigen.toml` is not TOML."),
    (
        "config-value",
        "An option in `apigen.toml` has a value that is not possible.",
    ),
    (
        "dangling-ref",
        "A `$ref` names a place that the document does not have.",
    ),
    (
        "default-misfit",
        "A default does not fit its own schema, and is left out: an absent value stays absent.",
    ),
    (
        "dialect",
        "The document is no API description that apigen reads: OpenAPI 3.0 and 3.1.",
    ),
    (
        "discriminator-unclear",
        "A discriminator does not tell the alternatives of its union apart. They are tried one by one.",
    ),
    (
        "discriminator-undeclared",
        "An alternative of a union does not declare the property that the discriminator names.",
    ),
    (
        "duplicate-key",
        "A mapping has the same key twice. YAML and JSON readers disagree on which one counts, so none does.",
    ),
    (
        "duplicate-operation-id",
        "Two operations have the same `operationId`. The first keeps it, the other is named by its method and path.",
    ),
    (
        "duplicate-parameter",
        "An operation declares a parameter twice. The first counts.",
    ),
    ("empty", "There is nothing in the document."),
    (
        "enum-type",
        "The values of an enum do not have the type that its schema names.",
    ),
    (
        "external-ref",
        "A `$ref` leads to another file, which apigen does not read yet. Bundle the document first.",
    ),
    (
        "ignored-servers",
        "An operation or a path names servers of its own. One service is generated, so it is served below the path of the document's first server.",
    ),
    (
        "impossible-bounds",
        "A lower bound is above its upper one, or a bound is outside of what the format can hold.",
    ),
    ("json", "The document is not JSON."),
    (
        "keyword-not-enforced",
        "A keyword of JSON Schema that apigen does not check. Requests are not held to it; everything else in the schema is enforced.",
    ),
    (
        "left-out-media-type",
        "An operation's input has one type, and a media type of its body would need another. Requests with it are answered with 415.",
    ),
    (
        "nested-too-deep",
        "A schema is nested deeper than types can follow. What is inside may be any JSON.",
    ),
    (
        "never",
        "A schema that no value fits (`false`, or rules that contradict each other). Its values may be anything.",
    ),
    (
        "no-operations",
        "The document has no operation that can be served.",
    ),
    (
        "own-alternative",
        "A union names itself among its alternatives, which says nothing. That alternative is left out.",
    ),
    (
        "package-name",
        "The name of the package is not one that Cargo takes.",
    ),
    (
        "path-parameter-not-required",
        "A path parameter is always required, and is taken as such.",
    ),
    (
        "path-template",
        "A path is not a template that can be routed. It is repaired, or left out.",
    ),
    (
        "pattern-not-enforced",
        "A pattern of ECMA-262 uses what Rust's regular expressions do not have, such as lookaround. It is not checked.",
    ),
    (
        "ref-loop",
        "References lead to each other in a circle, so that there is nothing behind them.",
    ),
    (
        "remote-ref",
        "A `$ref` leads to another computer. apigen fetches nothing: save the file beside the document and refer to it there.",
    ),
    (
        "server-path",
        "The path of the first server has variables or is no path. Operations are served without it.",
    ),
    (
        "too-deep",
        "The document is nested deeper than any reader should follow.",
    ),
    (
        "too-large",
        "The document, or all its files together, is larger than apigen reads.",
    ),
    (
        "undeclared-parameter",
        "A path has a parameter that its operation does not declare. It is taken as a text.",
    ),
    (
        "undeclared-path-parameter",
        "A path has a parameter that its operation does not declare. It is taken as a text.",
    ),
    (
        "union-too-complex",
        "A union is beyond what a Rust enum can say. Its values may be any JSON.",
    ),
    (
        "unknown-path-parameter",
        "An operation declares a path parameter that its path does not have. It is left out.",
    ),
    (
        "unknown-security-scheme",
        "A security requirement names a scheme that the document does not define. Nobody passes it.",
    ),
    (
        "unreachable-operation",
        "Two paths differ in nothing but the names of their parameters, so that no request reaches the second.",
    ),
    (
        "unreadable",
        "The document cannot be read, is too large, or is not UTF-8.",
    ),
    (
        "unsupported-method",
        "A path has a method that apigen does not serve. It is left out.",
    ),
    (
        "unsupported-security-scheme",
        "A security scheme is one that apigen cannot check. Nobody passes it.",
    ),
    (
        "wrong-kind",
        "A member of the document is of another kind than OpenAPI says, such as a text where a mapping must be.",
    ),
    ("yaml", "The document is not YAML."),
];
