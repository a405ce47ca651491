//! The shop with other texts.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

/// What has broken generators before. Each has a word of its own, so that names stay distinct.
pub(crate) const ATTACKS: &[&str] = &[
    "\"); std::process::exit(1); // a1",
    "*/ pub fn a2() {} /*",
    "*/*/ // /* a3",
    "\"# ; r#\"a4\"# \"##",
    "{a5:?} {{}} {0} {",
    "}}} ] ) a6 ( [ {",
    "#[a7] #![allow(unsafe_code)]",
    "one\nfn a8() {}\rfn cr() {}\u{2028}fn ls() {}\u{85}fn nel() {}",
    "\u{202e}a9\u{2066} \u{feff}\u{e0041}",
    "\0a10\u{1b}[2J\u{7f}",
    "```rust\nstd::fs::write(\"/tmp/a11\", \"\");\n```\n\n    indented();",
    "~~~\nfn main() { a12() }\n",
    "\\ a13 \\n \\u{41} \\",
    "= \"a14\"\n[dependencies]\nevil = \"1\" # '''",
    "\"\"\" a15 ''' ]] = {",
    ": a16\n- &x !!python/object *x {{ ${{ secrets.X }} | >",
    "' a17: [ # %YAML",
    "'; DROP TABLE items; -- a18",
    "'' a19 \\'; DELETE FROM reviews; /*",
    "<script>alert('a20')</script>",
    "\" onload=a21() <!-- --> ]]> &lt;",
    "$(touch a22) `touch x` ${HOME} $HOME",
    "; rm -rf a23 && true | false > /x",
    "../../a24/../../etc/passwd",
    "/a25/absolute//",
    "C:\\Windows\\a26.exe \\\\host\\share",
    "%2e%2e%2fa27%00 %s %n",
    "{{ a28 }} {% include \"x\" %} {# #}",
    "self Self super crate a29 _ r#fn 'static",
    "[Option] [`Vec`](x) [a30]: javascript:x ![i](x)",
];

/// A kind of place where a document has a text of its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Title,
    Version,
    Description,
    Summary,
    ServerUrl,
    ServerVariable,
    Tag,
    Path,
    PathParameter,
    QueryParameter,
    HeaderParameter,
    Header,
    HeaderToken,
    MediaType,
    MediaTypeToken,
    OperationId,
    Schema,
    Property,
    Enum,
    Mapping,
    Default,
    Example,
    Pattern,
    Const,
    Scope,
    Scheme,
    ApiKey,
    ApiKeyToken,
    Extension,
    Format,
    Url,
    RawPattern,
    RawPath,
}

/// The kinds whose texts can be kept as they are.
pub(crate) const KINDS: &[Kind] = &[
    Kind::Title,
    Kind::Version,
    Kind::Description,
    Kind::Summary,
    Kind::ServerUrl,
    Kind::ServerVariable,
    Kind::Tag,
    Kind::Path,
    Kind::PathParameter,
    Kind::QueryParameter,
    Kind::HeaderParameter,
    Kind::Header,
    Kind::HeaderToken,
    Kind::MediaType,
    Kind::MediaTypeToken,
    Kind::OperationId,
    Kind::Schema,
    Kind::Property,
    Kind::Enum,
    Kind::Mapping,
    Kind::Default,
    Kind::Example,
    Kind::Pattern,
    Kind::Const,
    Kind::Scope,
    Kind::Scheme,
    Kind::ApiKey,
    Kind::ApiKeyToken,
    Kind::Extension,
    Kind::Format,
    Kind::Url,
];

/// The shop with one of these texts behind each of its own that is of these kinds; `turn` says which
/// of them comes first.
pub(crate) fn document(kinds: &[Kind], turn: usize, finish: fn(&str) -> String) -> Value {
    let mut root = shop();
    for &kind in kinds {
        let mut change = Change {
            kind,
            turn,
            finish,
            chosen: HashMap::new(),
        };
        change.node(&mut root, &mut Vec::new());
    }
    root
}

fn shop() -> Value {
    let text = include_str!("../../fixtures/shop.yaml");
    let mut root: Value = serde_yaml::from_str(text).expect("YAML");
    let mut set = |pointer: &str, value: Value| {
        let (parent, name) = pointer.rsplit_once('/').expect("a member");
        let parent = root.pointer_mut(parent).expect(pointer);
        match parent {
            Value::Array(items) => items.push(value),
            parent => parent[name] = value,
        }
    };
    let variable = json!({"default": "v1", "enum": ["v1"], "description": "Which one"});
    set("/openapi", json!("3.1.0"));
    set("/servers/0/url", json!("/api/{version}"));
    set("/servers/0/description", json!("Here"));
    set("/servers/0/variables", json!({"version": variable}));
    set(
        "/info/license",
        json!({"name": "MIT", "url": "https://example.com/license"}),
    );
    set(
        "/externalDocs",
        json!({"url": "https://example.com", "description": "More"}),
    );
    set(
        "/components/schemas/Item/properties/shelf",
        json!({"const": "top", "type": "string"}),
    );
    set(
        "/components/schemas/Item/properties/note",
        json!({"type": "string", "default": "none", "format": "prose"}),
    );
    set(
        "/components/schemas/Item/description",
        json!("What is sold"),
    );
    set(
        "/components/schemas/Currency/x-enum-varnames",
        json!(["Won", "Dollar", "Yen"]),
    );
    set(
        "/components/schemas/CardPayment/properties/brand/example",
        json!("visa"),
    );
    set(
        "/components/schemas/Review/properties/body/example",
        json!("fine"),
    );
    set("/components/parameters/Cursor/example", json!("next"));
    set(
        "/paths/~1items/post/parameters/-",
        json!({"name": "session", "in": "cookie", "schema": {"type": "string"}}),
    );
    set(
        "/paths/~1items/post/requestBody/content/text~1plain",
        json!({"schema": {"type": "string"}}),
    );
    set(
        "/paths/~1items/get/responses/200/headers/X-Total",
        json!({"description": "All", "schema": {"type": "string", "default": "0"}}),
    );
    for place in [
        "",
        "/info",
        "/paths/~1items/get",
        "/components/schemas/Item",
        "/components/schemas/Item/properties/name",
    ] {
        set(
            &format!("{place}/x-note"),
            json!({"x-deep": "note", "list": ["note"]}),
        );
    }
    root
}

struct Change {
    kind: Kind,
    turn: usize,
    /// What becomes of an attack.
    finish: fn(&str) -> String,
    /// The texts that were chosen for what the document says at several places.
    chosen: HashMap<String, usize>,
}

impl Change {
    /// What stands in a text's stead.
    fn text(&mut self, text: &str) -> String {
        let next = self.turn + self.chosen.len();
        let index = *self.chosen.entry(text.to_owned()).or_insert(next);
        let attack = ATTACKS[index % ATTACKS.len()];
        let keep = |c: &char| match self.kind {
            Kind::HeaderToken | Kind::MediaTypeToken | Kind::ApiKeyToken => {
                c.is_ascii_alphanumeric() || "!#$%&'-^_`|~".contains(*c)
            }
            Kind::Path => !c.is_control() && !"{}/?#:".contains(*c),
            Kind::PathParameter => !c.is_control() && !"{}/?#:,*+".contains(*c),
            // No database keeps U+0000, so no value with it fits.
            Kind::Default | Kind::Enum | Kind::Const | Kind::Example => *c != '\0',
            _ => true,
        };
        let is_token = matches!(
            self.kind,
            Kind::HeaderToken | Kind::MediaTypeToken | Kind::ApiKeyToken
        );
        let gap = if is_token { '-' } else { ' ' };
        // A long name is not taken for what an alternative is called.
        let length = if self.kind == Kind::Schema {
            24
        } else {
            usize::MAX
        };
        let kept = attack
            .chars()
            .take(length)
            .map(|c| if keep(&c) { c } else { gap });
        let kept = (self.finish)(kept.collect::<String>().trim());
        let attack = if is_token {
            kept.replace(' ', "-")
        } else {
            kept
        };
        match self.kind {
            Kind::Pattern => regex::escape(&attack),
            Kind::RawPattern => attack,
            Kind::Description | Kind::Summary if index.is_multiple_of(2) => {
                format!("{attack} {text}")
            }
            _ if is_token => format!("{text}-{attack}"),
            _ => format!("{text} {attack}"),
        }
    }

    fn string(&mut self, value: &mut Value) {
        if let Value::String(text) = value {
            *text = self.text(text);
        }
    }

    fn strings(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.strings(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.strings(member)),
            value => self.string(value),
        }
    }

    fn keys(&mut self, value: &mut Value) {
        let Value::Object(members) = value else {
            return;
        };
        let renamed = std::mem::take(members).into_iter();
        *members = renamed
            .map(|(key, value)| (self.text(&key), value))
            .collect();
    }

    fn node(&mut self, node: &mut Value, place: &mut Vec<String>) {
        match node {
            Value::Array(items) => items.iter_mut().for_each(|item| self.node(item, place)),
            Value::Object(members) => self.object(members, place),
            _ => {}
        }
    }

    fn object(&mut self, members: &mut Map<String, Value>, place: &mut Vec<String>) {
        let location = members.get("in").and_then(Value::as_str);
        let location = location.unwrap_or_default().to_owned();
        let is_scheme = place.iter().any(|name| name == "securitySchemes");
        let is_map = place.last().is_some_and(|name| name == "properties");
        let is_components = place.last().is_some_and(|name| name == "components");
        for (name, value) in members.iter_mut() {
            let hit = match (self.kind, name.as_str()) {
                _ if is_map => false,
                (Kind::Title, "title") | (Kind::Version, "version") => value.is_string(),
                (Kind::Description, "description") | (Kind::Summary, "summary") => {
                    value.is_string()
                }
                (Kind::OperationId, "operationId") | (Kind::Const, "const") => true,
                (Kind::Default | Kind::Enum, "default") => {
                    place.first().is_none_or(|p| p != "servers")
                }
                (Kind::Example, "example") | (Kind::Format, "format") => true,
                (Kind::Pattern | Kind::RawPattern, "pattern") => true,
                (Kind::Tag, "tags") => value[0].is_string(),
                (Kind::Tag, "name") => place.first().is_some_and(|p| p == "tags"),
                (Kind::Enum, "enum") | (Kind::Extension, "x-note" | "x-enum-varnames") => true,
                (Kind::ServerUrl, "url") => place.first().is_some_and(|p| p == "servers"),
                (Kind::ServerVariable, "default") => place.first().is_some_and(|p| p == "servers"),
                (Kind::Url, "url") => place.first().is_none_or(|p| p != "servers"),
                (Kind::ApiKey | Kind::ApiKeyToken, "name") => is_scheme,
                (Kind::QueryParameter, "name") => location == "query",
                (Kind::HeaderParameter, "name") => {
                    ["header", "cookie"].contains(&&*location) && !is_scheme
                }
                (Kind::HeaderToken, "name") => {
                    ["header", "cookie"].contains(&&*location) && !is_scheme
                }
                (Kind::PathParameter, "name") => location == "path",
                (Kind::Scope, "bearerAuth") => value.is_array(),
                (Kind::Property, "required" | "propertyName") => !value.is_boolean(),
                _ => false,
            };
            if hit {
                self.strings(value);
                continue;
            }
            match (self.kind, name.as_str()) {
                (Kind::Header | Kind::HeaderToken, "headers") if !is_components => self.keys(value),
                (Kind::MediaType | Kind::MediaTypeToken, "content") => {
                    if let Some(plain) = value.get("text/plain").cloned() {
                        let name = self.text("text/plain");
                        value[name] = plain;
                    }
                    if self.kind == Kind::MediaTypeToken && value.get("text/event-stream").is_some()
                    {
                        self.keys(value);
                    }
                }
                (Kind::Schema, "schemas") | (Kind::Property, "properties") => self.keys(value),
                (Kind::Mapping, "mapping") | (Kind::Scheme, "securitySchemes") => self.keys(value),
                (Kind::Scheme, "security") => {
                    let alternatives = value.as_array_mut().into_iter().flatten();
                    alternatives.for_each(|alternative| self.keys(alternative));
                }
                (Kind::Path | Kind::RawPath | Kind::PathParameter, "paths") => self.paths(value),
                (Kind::Schema, "$ref" | "card" | "bank") => self.reference(value),
                _ => {}
            }
            place.push(name.clone());
            self.node(value, place);
            place.pop();
        }
    }

    fn paths(&mut self, paths: &mut Value) {
        let Value::Object(members) = paths else {
            return;
        };
        let renamed = std::mem::take(members).into_iter().map(|(path, value)| {
            let pieces = path.split('/').skip(1).map(|piece| {
                let parameter = piece.strip_prefix('{').and_then(|p| p.strip_suffix('}'));
                match (parameter, self.kind) {
                    (Some(name), Kind::PathParameter) => format!("/{{{}}}", self.text(name)),
                    (None, Kind::Path | Kind::RawPath) => format!("/{}", self.text(piece)),
                    _ => format!("/{piece}"),
                }
            });
            (pieces.collect::<String>(), value)
        });
        *members = renamed.collect();
    }

    fn reference(&mut self, target: &mut Value) {
        let name = target
            .as_str()
            .and_then(|t| t.strip_prefix("#/components/schemas/"));
        if let Some(name) = name.map(str::to_owned) {
            let name = self.text(&name).replace('~', "~0").replace('/', "~1");
            let escape = |b: u8| match b.is_ascii_alphanumeric() || b == b'~' {
                true => char::from(b).to_string(),
                false => format!("%{b:02X}"),
            };
            let name: String = name.bytes().map(escape).collect();
            *target = json!(format!("#/components/schemas/{name}"));
        }
    }
}
