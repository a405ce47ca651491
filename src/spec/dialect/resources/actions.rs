//! What else a resource can do: actions of a person's, streams, and steps from one state to another.

use super::{
    blueprint::{Action, At, Field, Scalar, Type},
    links::is_plain,
    reader::Reader,
};
use crate::spec::{Kind, Node, dialect::tree::from_pairs};

const ACTION: [&str; 10] = [
    "method",
    "on",
    "summary",
    "description",
    "fields",
    "answer",
    "idempotent",
    "stream",
    "when",
    "set",
];

const METHODS: [(&str, &str); 5] = [
    ("POST", "post"),
    ("PUT", "put"),
    ("PATCH", "patch"),
    ("DELETE", "delete"),
    ("GET", "get"),
];

impl Reader {
    pub(super) fn actions(&mut self, node: &Node, fields: &[Field]) -> Vec<Action> {
        let Some(actions) = node.get("actions") else {
            return Vec::new();
        };
        if actions.as_object().is_none() {
            self.misfit(actions, "actions", "a mapping such as `publish: POST`");
            return Vec::new();
        }
        let mut found = Vec::new();
        for (name, member) in actions.members() {
            let name = At::new(name.to_owned(), member.key);
            if self.named(&name, "an action", true) {
                found.push(self.action(name, &member.value, fields));
            }
        }
        found
    }

    fn action(&mut self, name: At<String>, node: &Node, known: &[Field]) -> Action {
        let mut action = Action {
            name,
            method: "post",
            on_collection: false,
            summary: None,
            description: None,
            fields: Vec::new(),
            is_silent: false,
            idempotent: None,
            stream: Vec::new(),
            transition: None,
        };
        if let Kind::String(_) = node.kind {
            let word = self.text(node, "actions");
            let method = word.and_then(|word| self.choice(&word, "the method", &METHODS));
            action.method = method.unwrap_or(action.method);
            return action;
        }
        let expected = action.name.value.clone();
        if !self.keys(node, &expected, "key of an action", &ACTION) {
            return action;
        }
        let method = self.text_of(node, "method");
        let method = method.and_then(|word| self.choice(&word, "method", &METHODS));
        action.method = method.unwrap_or(action.method);
        let on = self.text_of(node, "on");
        let on = on
            .and_then(|word| self.choice(&word, "on", &[("member", false), ("collection", true)]));
        action.on_collection = on.unwrap_or(false);
        let answer = self.text_of(node, "answer");
        let answer = answer
            .and_then(|word| self.choice(&word, "answer", &[("resource", false), ("none", true)]));
        action.is_silent = answer.unwrap_or(action.on_collection);
        action.idempotent = self.flag(node, "idempotent");
        if let Some(stream) = node.get("stream") {
            action.stream = self.fields(stream, 0);
            if let Some(answer) = node.get("answer") {
                let message = "an action with a `stream` answers with its events";
                self.hinted(answer.span, message, "leave `answer` out");
            }
        }
        action.summary = self.prose(node, "summary");
        action.description = self.prose(node, "description");
        if let Some(fields) = node.get("fields") {
            action.fields = self.fields(fields, 0);
            if matches!(action.method, "get" | "delete") {
                let message = format!("a {} has no body", action.method.to_uppercase());
                self.hinted(fields.span, message, "`method: POST` has one");
            }
        }
        action.transition = self.transition(node, &action, known);
        action
    }

    /// The values of a row before and after, as the document says it.
    fn transition(&mut self, node: &Node, action: &Action, known: &[Field]) -> Option<Node> {
        let parts = ["when", "set"].map(|name| Some((name, node.get(name)?)));
        let [when, set] = &parts;
        let (_, first) = when.as_ref().or(set.as_ref())?;
        let span = first.span;
        if set.is_none() {
            let hint = "`set: { state: placed }` says what the row is afterwards";
            self.hinted(span, "`when` without `set` changes nothing", hint);
        }
        let name = &action.name.value;
        let other = [
            (action.on_collection, "is about the collection"),
            (!action.fields.is_empty(), "has a body"),
            (!action.stream.is_empty(), "answers with a `stream`"),
            (action.method == "get", "is a GET"),
        ];
        if let Some((_, other)) = other.iter().find(|(is_so, _)| *is_so) {
            let hint = "leave that out, or write it yourself: without `set`, it is yours";
            self.hinted(span, format!("`{name}` has `set`, and {other}"), hint);
        }
        for (part, node) in parts.iter().flatten() {
            if node.as_object().is_none() {
                self.misfit(node, part, "a mapping such as `state: placed`");
            }
            for (field, member) in node.members() {
                let field = At::new(field.to_owned(), member.key);
                let values = match member.value.as_array() {
                    Some(values) if *part == "when" => values,
                    _ => std::slice::from_ref(&member.value),
                };
                for value in values {
                    self.constant(&field, value, known);
                }
            }
        }
        let parts = parts.into_iter().flatten();
        Some(from_pairs(
            parts.map(|(name, node)| (name, node.clone())),
            span,
        ))
    }

    /// A value that a transition compares or sets.
    fn constant(&mut self, name: &At<String>, value: &Node, known: &[Field]) {
        let is_single = |field: &&Field| is_plain(&field.shape);
        let names: Vec<&str> = known
            .iter()
            .filter(is_single)
            .map(|f| f.name.value.as_str())
            .collect();
        let mut fields = known.iter().filter(is_single);
        let Some(field) = fields.find(|field| field.name.value == name.value) else {
            return self.unknown(name, "field with a single value", &names);
        };
        if let Kind::Null = value.kind {
            if !field.optional {
                let message = format!("`{}` is never null", name.value);
                self.hinted(value.span, message, "`?` behind its type lets it be");
            }
            return;
        }
        let expected = match (&field.shape.ty, &value.kind) {
            (Type::Enum(choices), _) => {
                let choices: Vec<&str> = choices.iter().map(|c| c.value.as_str()).collect();
                let word = value.as_text().unwrap_or_default();
                if !choices.contains(&word.as_str()) {
                    let word = At::new(word, value.span);
                    self.unknown(&word, &format!("value of `{}`", name.value), &choices);
                }
                return;
            }
            (Type::Scalar(Scalar::Boolean), Kind::Bool(_))
            | (Type::Scalar(Scalar::Integer), Kind::Number(..)) => return,
            (Type::Scalar(Scalar::String | Scalar::Text), _) if value.as_text().is_some() => return,
            (Type::Scalar(Scalar::DateTime), _) if value.as_str() == Some("now") => return,
            (Type::Scalar(Scalar::Boolean), _) => "a boolean",
            (Type::Scalar(Scalar::Integer), _) => "an integer",
            (Type::Scalar(Scalar::String | Scalar::Text), _) => "a text",
            (Type::Scalar(Scalar::DateTime), _) => "`now`, the time of the request",
            _ => "an enum, a text, a boolean, an integer or a datetime, to be set so",
        };
        self.misfit(value, &name.value, expected);
    }
}
