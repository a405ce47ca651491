//! The spanned tree that YAML and JSON are read into.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::{Number, Value};

use crate::diagnostic::Span;

/// A value, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub span: Span,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, and the text that it was written as: version `1.10` is not 1.1.
    Number(Number, String),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// A mapping, in the order of the document; its keys are distinct.
    Object(IndexMap<String, Member>),
}

/// A member of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Where the key stands.
    pub key: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The member of this name, where this is an object that has one.
    pub fn get(&self, name: &str) -> Option<&Self> {
        Some(&self.as_object()?.get(name)?.value)
    }

    /// The members, where this is an object.
    pub fn as_object(&self) -> Option<&IndexMap<String, Member>> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The members in order, or none where this is no object.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Member)> {
        let members = self.as_object().into_iter().flatten();
        members.map(|(name, member)| (name.as_str(), member))
    }

    /// The items, where this is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The items in order, or none where this is no array.
    pub fn items(&self) -> &[Self] {
        self.as_array().unwrap_or_default()
    }

    /// The text, where this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a string, or of a number or boolean that was meant as one (`version: 1.10`).
    pub fn as_text(&self) -> Option<String> {
        match &self.kind {
            Kind::String(text) => Some(text.clone()),
            Kind::Number(_, raw) => Some(raw.clone()),
            Kind::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// The value, where this is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The number, where this is one.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(number, _) => Some(number),
            _ => None,
        }
    }

    /// The node behind an RFC 6901 pointer (`/components/schemas/Item`; `~1` and `%20` are
    /// understood), where there is one.
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |node, token| match &node.kind {
                Kind::Object(members) => members.get(&*unescape(token)).map(|member| &member.value),
                Kind::Array(items) => items.get(token.parse::<usize>().ok()?),
                _ => None,
            })
    }

    /// The same, for a change.
    pub fn pointer_mut(&mut self, pointer: &str) -> Option<&mut Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |node, token| match &mut node.kind {
                Kind::Object(members) => members
                    .get_mut(&*unescape(token))
                    .map(|member| &mut member.value),
                Kind::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
                _ => None,
            })
    }

    /// The value without its places.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number, _) => Value::Number(number.clone()),
            Kind::String(text) => Value::String(text.clone()),
            Kind::Array(items) => items.iter().map(Self::to_json).collect(),
            Kind::Object(members) => {
                let pair =
                    |(name, member): (&String, &Member)| (name.clone(), member.value.to_json());
                Value::Object(members.iter().map(pair).collect())
            }
        }
    }
}

/// The name that a token of a pointer stands for.
pub fn unescape(token: &str) -> Cow<'_, str> {
    if !token.contains(['~', '%']) {
        return Cow::Borrowed(token);
    }
    let plain = percent_decode(token);
    Cow::Owned(plain.replace("~1", "/").replace("~0", "~"))
}

/// A name as a token of a reference.
pub fn escape(name: &str) -> String {
    let name = name.replace('%', "%25").replace('~', "~0");
    name.replace('/', "~1")
}

/// A text without what is encoded by `%` and two digits.
pub fn percent_decode(token: &str) -> String {
    let bytes = token.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let hex = token.get(index + 1..index + 3);
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if bytes[index] == b'%' => {
                decoded.push(byte);
                index += 3;
            }
            _ => {
                decoded.push(bytes[index]);
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
