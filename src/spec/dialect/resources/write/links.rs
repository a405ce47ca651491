//! Links between rows of two resources: many to many.

use serde_json::json;

use crate::{
    diagnostic::Span,
    model::plural::singular,
    spec::{
        Kind, Node, WAS,
        dialect::tree::{from_pairs, put, text},
    },
};

use super::{
    super::blueprint::{At, List, Resource},
    Writer, at,
    draft::{Draft, Start},
    reference,
};

impl<'b> Writer<'b> {
    /// The links of a row to rows of another resource: a collection of their keys below it.
    pub(super) fn linked(
        &mut self,
        resource: &'b Resource,
        target: &'b At<String>,
        one: &str,
        owners: &[&Resource],
    ) {
        let found = self.spec.find(&target.value);
        let Some(found) = found.map(|found| &self.spec.resources[found]) else {
            return;
        };
        let link = Link {
            resource,
            found,
            schema: format!("{}{}", resource.family(), found.schema()),
            span: target.span,
        };
        let span = link.span;
        self.link_schemas(resource, found, &link.schema, span);
        let path = format!("{one}/{}", found.path);
        let member = format!("{path}/{{{}}}", found.parameter());
        let [list, make, keep, drop] =
            [Verb::List, Verb::Add, Verb::Put, Verb::Remove].map(|verb| self.link(&link, verb));
        self.item(
            &path,
            owners,
            vec![("get", false, list), ("post", false, make)],
            span,
        );
        let owners = [owners, &[found]].concat();
        self.item(
            &member,
            &owners,
            vec![("put", true, keep), ("delete", true, drop)],
            span,
        );
        let said = match self.spec.rows_of(&path) {
            Some(rows_of) => ("rows_of", text(&rows_of, span)),
            None => {
                let target = json!({"resource": self.spec.path(found), "on_delete": "cascade"});
                let references = from_pairs([(&*found.parameter(), at(target, span))], span);
                ("references", references)
            }
        };
        put(&mut self.said, &path, from_pairs([said], span));
    }

    fn link_schemas(
        &mut self,
        resource: &'b Resource,
        found: &'b Resource,
        schema: &str,
        span: Span,
    ) {
        let key = found.parameter();
        let mut value = self.key_schema(found, span);
        if let Kind::Object(members) = &mut value.kind {
            let words = format!("The {} that is linked", found.one());
            put(members, "description", text(&words, span));
            if let Some(was) = &found.was {
                let name = was.as_str().unwrap_or_default();
                let was = format!("{}_{}", singular(name), found.key_name());
                put(members, WAS, text(&was, span));
            }
        }
        let created = at(
            json!({"type": "string", "format": "date-time", "readOnly": true}),
            span,
        );
        let mut row = from_pairs(
            [
                ("type", text("object", span)),
                ("required", at(json!([key, "created_at"]), span)),
                (
                    "properties",
                    from_pairs([(key.as_str(), value), ("created_at", created)], span),
                ),
            ],
            span,
        );
        if let (Some(was), Kind::Object(members)) = (table_before(resource, found), &mut row.kind) {
            put(members, WAS, text(&was, span));
        }
        put(&mut self.schemas, schema, row);
        let plain = Resource {
            list: List::default(),
            ..resource.clone()
        };
        let page = self.page(schema, &plain);
        put(&mut self.schemas, &format!("{schema}Page"), page);
        self.link_examples(schema, found, span);
    }

    fn link(&mut self, link: &Link<'b>, verb: Verb) -> Draft {
        let Link {
            resource,
            found,
            span,
            ..
        } = *link;
        let (one, all, of) = (found.one(), found.all(), resource.an());
        let (id, summary) = match verb {
            Verb::List => ("list", format!("List the {all} of {of}")),
            Verb::Add => ("add", format!("Link {} to {of}", found.an())),
            Verb::Put => ("link", format!("Link a {one} to {of}, unless it is linked")),
            Verb::Remove => ("remove", format!("Take a {one} from {of}")),
        };
        let words = match verb {
            Verb::List => found.plural(),
            _ => found.schema(),
        };
        let mut codes = vec![400, 404, 429, 500];
        if verb == Verb::Add {
            codes.extend([409, 413, 415, 422]);
        }
        let start = Start {
            span,
            id: format!("{id}{}{words}", resource.family()),
            summary,
            name: if verb == Verb::List { "get" } else { "update" },
            reads: verb == Verb::List,
            success: self.linking(link, verb),
            codes,
        };
        let parameters: &[_] = match verb {
            Verb::List => &["Limit", "Cursor"],
            _ => &[],
        };
        let parameters = parameters.iter();
        let body = (verb == Verb::Add).then(|| reference("schemas", &link.schema, span));
        Draft {
            parameters: parameters
                .map(|name| self.shared("parameters", name, span))
                .collect(),
            example: self.example(&format!("New{}", link.schema), span),
            body,
            ..self.start(resource, start)
        }
    }

    /// What an operation on links answers.
    fn linking(&mut self, link: &Link<'_>, verb: Verb) -> (u16, Node) {
        let (schema, span) = (&link.schema, link.span);
        match verb {
            Verb::List => {
                let page = reference("schemas", &format!("{schema}Page"), span);
                let words = format!("One page of the {}", link.found.all());
                (200, self.answer(&words, &["Link"], Some(page), span))
            }
            Verb::Add => {
                let row = reference("schemas", schema, span);
                (
                    201,
                    self.answer("The new link", &["Location"], Some(row), span),
                )
            }
            Verb::Put => (204, self.answer("It is linked", &[], None, span)),
            Verb::Remove => (204, self.answer("It is linked no more", &[], None, span)),
        }
    }
}

/// Links of the rows of one resource to those of another.
struct Link<'b> {
    resource: &'b Resource,
    found: &'b Resource,
    /// What a link is called.
    schema: String,
    span: Span,
}

/// What is done with links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    List,
    Add,
    Put,
    Remove,
}

/// What the table of the links was called, where one of the resources was called something else.
fn table_before(resource: &Resource, target: &Resource) -> Option<String> {
    let before = |resource: &Resource| {
        let was = resource.was.as_ref()?.as_str()?;
        Some(was.to_owned())
    };
    let (one, other) = (before(resource), before(target));
    if one.is_none() && other.is_none() {
        return None;
    }
    let one = one.map_or_else(|| resource.singular.clone(), |was| singular(&was));
    let other = other.unwrap_or_else(|| target.name.value.replace('-', "_"));
    Some(format!("{one}_{other}"))
}
