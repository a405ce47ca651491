//! The operations of a resource.

use heck::{ToLowerCamelCase as _, ToUpperCamelCase as _};

use serde_json::json;

use crate::{
    diagnostic::Span,
    spec::{
        Node,
        dialect::tree::{from_pairs, put, text},
    },
};

use super::{
    super::{
        blueprint::{Action, Field, Key, Resource, Standard, Type},
        names::words,
    },
    Writer, at,
    draft::{Draft, Start},
    reference,
};

/// The parameter by which a request may be sent twice.
fn idempotency_key(is_required: bool) -> &'static str {
    match is_required {
        true => "RequiredIdempotencyKey",
        false => "IdempotencyKey",
    }
}

impl<'b> Writer<'b> {
    /// What the resource can do of what every resource can, each with its method and whether it is
    /// about one row.
    pub(super) fn standard(&mut self, resource: &'b Resource) -> Vec<(&'static str, bool, Draft)> {
        let operations = resource.operations.iter();
        let drafts = operations.map(|operation| {
            let (method, on_member) = match operation.value {
                Standard::List => ("get", false),
                Standard::Create => ("post", false),
                Standard::Get => ("get", true),
                Standard::Replace => ("put", true),
                Standard::Update => ("patch", true),
                Standard::Delete => ("delete", true),
            };
            let draft = self.draft(resource, operation.value, operation.span);
            (method, on_member, draft)
        });
        drafts.collect()
    }

    fn draft(&mut self, resource: &'b Resource, standard: Standard, span: Span) -> Draft {
        let (one, an, all) = (resource.one(), resource.an(), resource.all());
        let of = self.spec.parent(resource);
        let of = of.map_or_else(String::new, |parent| format!(" of {}", parent.an()));
        let schema = resource.schema();
        let (id, summary) = match standard {
            Standard::List => (
                format!("list{}", resource.plural()),
                format!("List {all}{of}"),
            ),
            Standard::Create => (
                format!("create{schema}"),
                format!(
                    "Create {an}{}",
                    match &*of {
                        "" => String::new(),
                        of => of.replacen(" of", " for", 1),
                    }
                ),
            ),
            Standard::Get => (format!("get{schema}"), format!("Read {an}")),
            Standard::Replace => (format!("replace{schema}"), format!("Write {an} anew")),
            Standard::Update => (format!("update{schema}"), format!("Change parts of {an}")),
            Standard::Delete => (format!("delete{schema}"), format!("Delete {an}")),
        };
        let description = (standard == Standard::Update).then(|| {
            let words = "What is absent stays as it is; `null` empties a field that may be empty.";
            text(words, span)
        });
        let body = match standard {
            Standard::Create | Standard::Replace => Some(schema.clone()),
            Standard::Update => Some(format!("{schema}Patch")),
            _ => None,
        };
        let start = Start {
            span,
            id,
            summary,
            name: standard.name(),
            reads: standard.reads(),
            success: self.success(resource, standard, &one, span),
            codes: self.codes(resource, standard),
        };
        let mut draft = self.start(resource, start);
        if standard == Standard::Get {
            let answer = self.not_modified(span);
            draft.answers.insert(1, (304, answer));
        }
        let example = match standard {
            Standard::Update => format!("{schema}Patch"),
            _ => format!("New{schema}"),
        };
        Draft {
            description,
            parameters: self.parameters(resource, standard, span),
            example: self.example(&example, span),
            body: body.map(|body| reference("schemas", &body, span)),
            ..draft
        }
    }

    fn parameters(&mut self, resource: &'b Resource, standard: Standard, span: Span) -> Vec<Node> {
        let shared = match standard {
            Standard::List => return self.list_parameters(resource),
            Standard::Create => idempotency_key(resource.idempotent.is_some()),
            Standard::Get => "IfNoneMatch",
            _ if resource.version.is_some() => "IfMatch",
            _ => return Vec::new(),
        };
        let include = self.include(resource).filter(|_| standard == Standard::Get);
        let shared = self.shared("parameters", shared, span);
        std::iter::once(shared).chain(include).collect()
    }

    fn codes(&self, resource: &Resource, standard: Standard) -> Vec<u16> {
        let mut codes = vec![400, 429, 500];
        let on_member = !matches!(standard, Standard::List | Standard::Create);
        if on_member || resource.parent.is_some() {
            codes.push(404);
        }
        let has_body = !standard.reads() && standard != Standard::Delete;
        if has_body {
            codes.extend([413, 415, 422]);
        }
        let refers = |field: &Field| matches!(field.shape.ty, Type::Ref(_));
        let is_unique = resource.fields.iter().any(|field| field.unique.is_some());
        let refers = resource.fields.iter().any(refers);
        let natural = matches!(resource.key.value, Key::Natural(_)) && standard == Standard::Create;
        let clashes = has_body && (is_unique || refers || natural || !resource.unique.is_empty());
        // A key that came with another request before is a conflict too.
        let takes_key = standard == Standard::Create;
        if clashes || takes_key || (standard == Standard::Delete && self.is_restricted(resource)) {
            codes.push(409);
        }
        if resource.version.is_some() && on_member && !standard.reads() {
            codes.extend([412, 428]);
        }
        codes
    }

    /// Rows of others may be in the way of deleting one.
    fn is_restricted(&self, resource: &Resource) -> bool {
        let restricts = |word: Option<&str>| !matches!(word, Some("cascade" | "set_null"));
        self.spec.resources.iter().any(|other| {
            let is_child = other
                .parent
                .as_ref()
                .is_some_and(|p| p.value == resource.name.value);
            let said = other.on_delete.as_ref().map(|word| word.value.as_str());
            (is_child && said == Some("restrict"))
                || other.fields.iter().any(|field| match &field.shape.ty {
                    Type::Ref(target) => {
                        let said = field.on_delete.as_ref().map(|word| word.value.as_str());
                        target.value == resource.name.value && restricts(said)
                    }
                    _ => false,
                })
        })
    }

    /// Something else that a resource can do.
    pub(super) fn action(&mut self, resource: &'b Resource, action: &'b Action) -> Draft {
        let span = action.name.span;
        let verb = words(&action.name.value);
        let mut start = verb.chars();
        let verb = start.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(start).collect::<String>()
        });
        let name = action.name.value.to_lower_camel_case();
        let (id, summary) = match action.on_collection {
            true => (
                format!("{name}{}", resource.plural()),
                format!("{verb} {}", resource.all()),
            ),
            false => (
                format!("{name}{}", resource.schema()),
                format!("{verb} {}", resource.an()),
            ),
        };
        let summary = action
            .summary
            .as_ref()
            .and_then(Node::as_text)
            .unwrap_or(summary);
        let changes = action.transition.is_some();
        let mut codes = vec![400, 429, 500];
        codes.extend((!changes).then_some(501));
        if !action.on_collection || resource.parent.is_some() {
            codes.push(404);
        }
        let body = (!action.fields.is_empty()).then(|| {
            let owner = id.to_upper_camel_case();
            self.body(&owner, &action.fields, span)
        });
        if body.is_some() {
            codes.extend([413, 415, 422]);
        }
        let mut parameters = Vec::new();
        if action.idempotent.is_some() {
            codes.push(409);
            parameters.push(self.shared("parameters", idempotency_key(true), span));
        }
        if changes {
            codes.push(409);
        }
        let is_held = changes && resource.version.is_some();
        if is_held {
            codes.extend([412, 428]);
            parameters.push(self.shared("parameters", "IfMatch", span));
        }
        codes.dedup();
        let success = match action.is_silent {
            _ if !action.stream.is_empty() => (200, self.stream(&id, action)),
            true => (204, self.answer("It was done", &[], None, span)),
            false => {
                let row = reference("schemas", &resource.schema(), span);
                let words = format!("The {} as it is now", resource.one());
                let headers: &[_] = if changes { &["ETag"] } else { &[] };
                (200, self.answer(&words, headers, Some(row), span))
            }
        };
        let start = Start {
            span,
            id,
            summary,
            name: &action.name.value,
            reads: action.method == "get",
            success,
            codes,
        };
        Draft {
            description: action.description.clone(),
            parameters,
            body,
            example: self.action_example(resource, &action.fields),
            stub: match (&action.transition, action.stream.is_empty()) {
                (Some(_), _) => None,
                (None, true) => Some("what it does is yours to write"),
                (None, false) => Some("where its events come from is yours to write"),
            },
            transition: action.transition.clone(),
            ..self.start(resource, start)
        }
    }

    /// Events, one after the other.
    fn stream(&mut self, id: &str, action: &Action) -> Node {
        let span = action.name.span;
        let name = format!("{}Event", id.to_upper_camel_case());
        let event = self.body(&name, &action.stream, span);
        put(&mut self.schemas, &name, event);
        let data = json!({
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": format!("#/components/schemas/{name}")},
        });
        let event = json!({
            "type": "object",
            "required": ["data"],
            "properties": {"event": {"type": "string"}, "data": data},
        });
        let schema = from_pairs([("schema", at(event, span))], span);
        let words = "What there is to say, event by event; `error` is the event of what went wrong on the way";
        from_pairs(
            [
                ("description", text(words, span)),
                ("content", from_pairs([("text/event-stream", schema)], span)),
            ],
            span,
        )
    }
}
