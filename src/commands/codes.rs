//! What each code of a diagnostic and each reason of a finding means, for `explain code`.

/// Code and meaning, sorted.
pub(super) const CODES: &[(&str, &str)] = &[
    (
        "alias-expansion",
        "The YAML aliases of the document expand to more than a sane document holds. Use `$ref` for what is used in many places.",
    ),
    (
        "bad-account",
        "What `x-apigen-account` or `x-apigen-accounts` says is not understood, and is not heard.",
    ),
    (
        "bad-cache",
        "`x-apigen-cache` says of an operation what `Cache-Control` cannot say of its answers: of one that is no GET, or that all may keep what is one caller's. It is not heard.",
    ),
    (
        "bad-deprecation",
        "What `x-apigen-deprecation` says of when operations go away, and of what comes after them, is not understood, and is not heard.",
    ),
    (
        "bad-event",
        "An event in `x-apigen-events` has no payload that is an object with properties, a name that is none, or an operation whose answers do not carry its payload. It is left out, or that operation does not publish it.",
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
        "A parameter has no name, no location or no schema that makes sense, or it is an object in the query with a member that is called like an API key there. It is left out.",
    ),
    (
        "bad-rate-limit",
        "`x-apigen-rate-limit` does not say how often an operation may be called, such as `10/minute`. It has no limit of its own.",
    ),
    (
        "bad-resource",
        "What `x-apigen-resources` says of a collection is not understood, and is not heard.",
    ),
    (
        "bad-setting",
        "`x-apigen-setting` gives a security scheme's keys no name that a setting can have. The usual one is taken.",
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
        "bad-transition",
        "What `x-apigen-transition` says is not understood, and is not heard.",
    ),
    (
        "bad-type-name",
        "`x-apigen-types` gives a name to no type, or one that it cannot have. The usual one is taken.",
    ),
    (
        "breaking-change",
        "The document changed in a way that breaks clients of the one that it is compared to. `apigen diff` lists all changes between two documents.",
    ),
    (
        "callback-expression",
        "No address can be made of the key of a callback: it is none that begins with `http://`, `https://` or a runtime expression, or an expression in it is none that OpenAPI knows. The function that sends the callback takes the whole address.",
    ),
    (
        "change",
        "Something in the API is different since the last sync. It is told, so that nobody is surprised; `apigen sync` carries it into the project.",
    ),
    (
        "closed-part",
        "A part of an object says `additionalProperties: false`, and other parts (`allOf`, alternatives, or what stands beside them) have properties that it does not name. By the letter of JSON Schema no part knows the properties of the others, so that these could never be sent. All parts are read as one object, which takes the properties of all, and no others. `unevaluatedProperties: false` beside `allOf` says the same to everyone.",
    ),
    (
        "config-changed",
        "`apigen.toml` changed since the last sync, and what is generated is not what it asks for now. `apigen sync` brings it up to date.",
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
        "conflict",
        "A merge left the markers of a conflict (`<<<<<<<`) in a file. Keep what should stay, remove the markers, and sync again.",
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
        "deleted",
        "You deleted a file that apigen wrote once for you to edit. It stays deleted; `apigen restore FILE` brings it back.",
    ),
    (
        "destructive",
        "The tables should change in a way that loses rows or columns. That migration is withheld; `apigen sync --allow-destructive` writes it, and a migration of your own may keep what matters.",
    ),
    (
        "dialect",
        "The document is no API description that apigen reads: OpenAPI 3.0, 3.1 and 3.2, Swagger 2.0, or a resource spec (`apigen: 1`).",
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
    (
        "dynamic-ref",
        "Several schemas have the `$dynamicAnchor` that a `$dynamicRef` names. JSON Schema chooses among them by how a validation came there; \
         types cannot, so the one of the same schema is taken, as `$ref` would.",
    ),
    (
        "edited",
        "A file that apigen generates was edited by hand. Move the change to your own files (`apigen override` takes over an operation), make the file yours with `apigen eject FILE`, or give the edit up with `apigen sync --discard FILE`. Nothing is written until then.",
    ),
    ("empty", "There is nothing in the document."),
    (
        "enum-type",
        "The values of an enum do not have the type that its schema names.",
    ),
    (
        "errors-misfit",
        "`x-apigen-errors` is no response with a JSON object. The form of errors is found among all error responses.",
    ),
    (
        "external-ref",
        "A `$ref` leads to another file, which apigen does not read yet. Bundle the document first.",
    ),
    (
        "failed",
        "Something that apigen needs is not there or cannot be read, so that it cannot tell whether the project is in step.",
    ),
    (
        "filter-idle",
        "`[include]` or `[exclude]` in `apigen.toml` names a tag, a path or an operation that no operation of the document has. Tags and `operationId`s are written as the document writes them, paths too, where `*` stands for anything; an operation without an `operationId` is named like `GET /items`.",
    ),
    (
        "generator-newer",
        "The last sync was made by an older apigen, and this one generates something else. `apigen sync` brings the project up to date.",
    ),
    (
        "generator-older",
        "The last sync was made by a newer apigen than this one. Install that one: an older one would undo what it wrote.",
    ),
    (
        "ignored-servers",
        "An operation or a path names servers of its own. One service is generated, so it is served below the path of the document's first server.",
    ),
    (
        "impossible-bounds",
        "A lower bound is above its upper one, or a bound is outside of what the format can hold.",
    ),
    (
        "in-the-way",
        "A file that apigen never wrote stands where it would generate one. Move it, or give it up with `apigen sync --discard FILE`. Nothing is written until then.",
    ),
    ("json", "The document is not JSON."),
    (
        "keyword-not-enforced",
        "A keyword of JSON Schema that no Rust type can say, and that cannot be judged beside the type either, because of what the message tells: a pattern with a lookahead, a schema that is itself, too many schemas. Requests are not held to it; everything else in the schema is enforced.",
    ),
    (
        "left-out-media-type",
        "An operation's input has one type, and a media type of its body would need another. Requests with it are answered with 415.",
    ),
    (
        "merge-conflict",
        "Git could not merge the document, and left both sides in it. Take the lines that should stay, and remove the markers.",
    ),
    (
        "migration-number",
        "Two migrations have the same number, as it happens when two branches each add one. `apigen sync` gives the newer one the next number: what the main branch has keeps its own. The text stays, and a database that it ran on knows it by that.",
    ),
    (
        "missing",
        "A file that apigen generated is gone. `apigen sync` writes it again.",
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
        "new",
        "The project asks for files that are not there yet. `apigen sync` writes them.",
    ),
    (
        "no-base",
        "The revision that `apigen check --base` compares with has no document yet, so that no client of it can break. A wrong name of a revision is told otherwise.",
    ),
    (
        "no-operation-left",
        "`[include]` and `[exclude]` in `apigen.toml` want no operation of the document: a project of it would be empty. Nothing is written.",
    ),
    (
        "no-operations",
        "The document has no operation that can be served.",
    ),
    (
        "orphaned",
        "Nothing in the document belongs to a file of yours any more, such as the services of a tag that is gone. It stays, because it is yours; it is no longer compiled.",
    ),
    (
        "out-of-date",
        "Generated files are not what the project asks for now, though neither the document, `apigen.toml` nor apigen changed: they follow your own files, such as migrations. `apigen sync` brings them up to date.",
    ),
    (
        "overlay",
        "An overlay of the document cannot be understood, or an action of it cannot be done: its version is none that is known, a key does not exist, a target is no JSONPath (RFC 9535), or what the target selects cannot be changed like this. Nothing is generated.",
    ),
    (
        "overlay-idle",
        "The target of an overlay's action selects nothing in the document, so the action does nothing. Often the document was mended meanwhile, and the action can go; or the path is mistaken: `$.paths['/items'].get` needs its quotes and brackets.",
    ),
    (
        "override-removed",
        "You implement an operation that the document no longer has. Remove the method, or move its code to where it belongs now.",
    ),
    (
        "override-renamed",
        "You implement an operation that has another name now. Rename the method; `apigen sync --apply-renames` does it.",
    ),
    (
        "override-signature",
        "You implement an operation whose input or answers are others now. Change the method to its new signature.",
    ),
    (
        "own-alternative",
        "A union names itself among its alternatives, which says nothing. That alternative is left out.",
    ),
    (
        "package-name",
        "The name of the package is not one that Cargo takes, or `Cargo.toml` and `apigen.toml` call it by different names.",
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
        "pending-migration",
        "The tables of the service change, and the migration for it is not written yet. `apigen sync` writes it; it runs when the service starts.",
    ),
    (
        "raw-payload",
        "A webhook or a callback has a body that is neither JSON, a form nor text. The function that sends it takes its bytes.",
    ),
    (
        "ref-loop",
        "References lead to each other in a circle, so that there is nothing behind them.",
    ),
    (
        "ref-repaired",
        "A `$ref` is not written as one, and only one thing can be meant: `#definitions/Pet` without a slash, a bare `Pet`, or `pets.yaml#/` for a whole file.",
    ),
    (
        "remote-ref",
        "A `$ref` leads to another computer. apigen fetches nothing: save the file beside the document and refer to it there.",
    ),
    (
        "rename",
        "Something in the document looks renamed. `apigen sync --apply-renames` carries the new name into your code and into the tables.",
    ),
    (
        "resource-spec",
        "A resource spec (`apigen: 1`) says what it cannot mean: an unknown word, a name that is nowhere, or what does not go together. Nothing is generated until it is put right.",
    ),
    (
        "role",
        "An operation would do something else by default than at the last sync: what was a stub could use a table now, or the other way round, or it would use another table. It goes on as before until `apigen sync --accept` agrees; where the document does not let it, nothing is written until then. Nobody is asked about operations that you implement, and about new ones.",
    ),
    (
        "scaffold",
        "This apigen has a newer scaffold of a file of yours. `apigen upgrade` merges it into the file.",
    ),
    (
        "second-issuer",
        "Two security schemes name different issuers of tokens. The service believes the first one.",
    ),
    (
        "server-path",
        "The path of the first server has variables or is no path. Operations are served without it.",
    ),
    (
        "spec-changed",
        "The document changed since the last sync, and what is generated is not what it says now. `apigen sync` brings it up to date.",
    ),
    (
        "stale",
        "Nothing asks for a generated file any more. `apigen sync` removes it.",
    ),
    (
        "stub",
        "An operation has no implementation and answers 501. `apigen override OPERATION` starts one; `apigen explain stubs` tells why it is a stub.",
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
        "uncommitted",
        "A file that is about to change has edits that git does not know. `apigen sync --require-clean` refuses then.",
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
        "A union is beyond what a Rust enum can say. Its values are any JSON in Rust; requests are held to the schema all the same.",
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
        "Two paths differ in nothing but the names of their parameters, or in what is percent-encoded, so that no request reaches the second.",
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
        "untyped",
        "No type of Rust's own holds what stands here: any JSON value, or raw bytes. `validate --report-untyped` tells each such place and why; \
         a schema that says more makes it typed.",
    ),
    (
        "wrong-kind",
        "A member of the document is of another kind than OpenAPI says, such as a text where a mapping must be.",
    ),
    ("yaml", "The document is not YAML."),
];

/// What a code or a reason means.
pub(super) fn meaning(code: &str) -> Option<&'static str> {
    let place = CODES.binary_search_by_key(&code, |(known, _)| known).ok()?;
    Some(CODES[place].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::findings::Reason;

    #[test]
    fn every_reason_is_explained() {
        assert!(CODES.is_sorted(), "codes are looked up by halves");
        for reason in Reason::ALL {
            let reason = reason.as_str();
            assert!(meaning(reason).is_some(), "`{reason}` has no line in CODES");
        }
    }

    #[test]
    fn every_rule_is_called_as_nothing_else_is() {
        let mut ids: Vec<_> = crate::lint::rules().iter().map(|rule| rule.id).collect();
        ids.sort_unstable();
        assert!(ids.is_sorted_by(|a, b| a < b), "a rule is there twice");
        for id in ids {
            assert!(
                meaning(id).is_none() && crate::diff::rule(id).is_none(),
                "{id}"
            );
        }
    }
}
