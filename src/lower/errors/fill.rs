//! What the members of an error schema are filled with, by their names and types.

use super::{constant, sample::samples};
use crate::model::{
    Additional, ErrorField, Field, Format, Presence, Schema, Struct, Type, TypeDef, TypeKind,
    fits::fits,
};

/// How deep objects nest.
const DEEPEST: usize = 5;

/// Where a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// In the error itself.
    Error,
    /// In an object that tells of one violation.
    Violation,
}

/// Fills error schemas.
pub(super) struct Filler<'t> {
    types: &'t [TypeDef],
}

impl<'t> Filler<'t> {
    pub(super) fn new(types: &'t [TypeDef]) -> Self {
        Self { types }
    }

    /// The members of an error of this schema; `None` where it is no object, says nothing of what
    /// went wrong, or cannot be filled so that it fits.
    pub(super) fn fill(&self, schema: &Schema) -> Option<Vec<(String, ErrorField)>> {
        let members = self.object(schema, Side::Error, DEEPEST)?;
        let told = members.iter().any(|(_, field)| is_telling(field));
        let whole = ErrorField::Object(members.clone());
        let fit = samples(&whole)
            .iter()
            .all(|sample| fits(sample, schema, self.types));
        (told && fit).then_some(members)
    }

    fn object(
        &self,
        schema: &Schema,
        side: Side,
        depth: usize,
    ) -> Option<Vec<(String, ErrorField)>> {
        let depth = depth.checked_sub(1)?;
        let item = self.structure(schema)?;
        let mut members = Vec::new();
        for field in &item.fields {
            let filled = self.member(field, item, side, depth);
            let filled = filled.filter(|filled| {
                let all = samples(filled);
                all.iter()
                    .all(|sample| fits(sample, &field.schema, self.types))
            });
            let required = matches!(field.presence, Presence::Required | Presence::Defaulted);
            match filled {
                Some(filled) => members.push((field.api_name.clone(), filled)),
                None if required => {
                    let value = named_constant(field, self.types)?;
                    members.push((field.api_name.clone(), ErrorField::Value(value)));
                }
                None => {}
            }
        }
        Some(members)
    }

    fn structure(&self, schema: &Schema) -> Option<&'t Struct> {
        let Type::Named(id) = schema.ty else {
            return None;
        };
        match &self.types.get(id.0)?.kind {
            TypeKind::Struct(item) => Some(item),
            TypeKind::Newtype(inner) => self.structure(inner),
            _ => None,
        }
    }

    fn member(&self, field: &Field, item: &Struct, side: Side, depth: usize) -> Option<ErrorField> {
        let word = squash(&field.api_name);
        match &field.schema.ty {
            Type::String(rules) if side == Side::Violation => violation_text(&word, rules.format),
            Type::String(rules) => error_text(&word, rules.format, item),
            Type::Integer(..) | Type::Number(_) => is_status(&word).then_some(ErrorField::Status),
            Type::Array { items, .. } => self.list(items, side, depth),
            Type::Map { values, .. } => match &values.ty {
                Type::Array { items, .. } if matches!(items.ty, Type::String(_)) => {
                    Some(ErrorField::Details)
                }
                Type::Any { .. } => is_details(&word).then_some(ErrorField::Details),
                _ => None,
            },
            Type::Any { .. } => is_details(&word).then_some(ErrorField::Details),
            Type::Named(_) => self.nested(field, side, depth),
            Type::Boolean | Type::Decimal(_) => None,
        }
    }

    fn list(&self, items: &Schema, side: Side, depth: usize) -> Option<ErrorField> {
        if side == Side::Violation {
            return None;
        }
        if let Type::String(rules) = &items.ty {
            return (rules.format == Format::Text).then_some(ErrorField::Messages);
        }
        let members = self.object(items, Side::Violation, depth)?;
        let told = members
            .iter()
            .any(|(_, field)| *field == ErrorField::Message);
        told.then_some(ErrorField::Violations(members))
    }

    fn nested(&self, field: &Field, side: Side, depth: usize) -> Option<ErrorField> {
        let members = self.object(&field.schema, side, depth)?;
        if members.iter().any(|(_, field)| is_telling(field)) {
            return Some(ErrorField::Object(members));
        }
        // An open object says nothing by itself, but what is asked for may be put in it.
        let item = self.structure(&field.schema)?;
        let open = item.fields.is_empty() && item.additional != Additional::Deny;
        (open && is_details(&squash(&field.api_name))).then_some(ErrorField::Details)
    }
}

/// It differs from error to error: constants, times and ids alone tell nobody what went wrong.
fn is_telling(field: &ErrorField) -> bool {
    match field {
        ErrorField::Value(_) | ErrorField::Time | ErrorField::RequestId | ErrorField::Path => false,
        ErrorField::Object(members) => members.iter().any(|(_, field)| is_telling(field)),
        _ => true,
    }
}

fn error_text(word: &str, format: Format, item: &Struct) -> Option<ErrorField> {
    let has = |words: &[&str]| {
        let names = item.fields.iter().map(|field| squash(&field.api_name));
        names.into_iter().any(|name| words.contains(&name.as_str()))
    };
    let messages = [
        "message",
        "msg",
        "detail",
        "description",
        "errordescription",
        "errormessage",
    ];
    Some(match word {
        "type" if format == Format::Uri || has(&["title"]) => {
            ErrorField::Value("about:blank".into())
        }
        "code" | "errorcode" | "errcode" | "type" | "errortype" | "kind" | "slug" | "key"
        | "name" => ErrorField::Code,
        "error" if has(&["status", "statuscode"]) && has(&messages) => ErrorField::Title,
        "error" if has(&messages) => ErrorField::Code,
        "title" if !has(&messages) => ErrorField::Message,
        "title" | "statustext" | "reason" | "reasonphrase" => ErrorField::Title,
        "message" | "msg" | "error" | "errormessage" | "errormsg" | "detail" | "description"
        | "errordescription" | "text" | "summary" | "usermessage" => ErrorField::Message,
        "details" if !has(&messages) => ErrorField::Message,
        "requestid" | "traceid" | "correlationid" | "reqid" => ErrorField::RequestId,
        "instance" | "path" => ErrorField::Path,
        "timestamp" | "time" | "date" | "datetime" | "occurredat" => ErrorField::Time,
        _ if is_status(word) => ErrorField::StatusText,
        _ if word.ends_with("message") => ErrorField::Message,
        _ if word.ends_with("code") => ErrorField::Code,
        _ => return None,
    })
}

fn violation_text(word: &str, format: Format) -> Option<ErrorField> {
    if format != Format::Text {
        return None;
    }
    Some(match word {
        "field" | "path" | "name" | "param" | "parameter" | "property" | "propertyname"
        | "fieldname" | "location" | "loc" | "pointer" | "source" | "key" | "target" | "domain"
        | "attribute" => ErrorField::Field,
        "message" | "msg" | "detail" | "description" | "reason" | "error" | "title" | "issue"
        | "text" | "errormessage" => ErrorField::Message,
        "code" | "type" | "rule" | "kind" | "errorcode" => ErrorField::Code,
        _ => return None,
    })
}

fn is_status(word: &str) -> bool {
    let words = [
        "status",
        "statuscode",
        "httpstatus",
        "httpstatuscode",
        "httpcode",
        "code",
    ];
    words.contains(&word) || word == "errorcode"
}

fn is_details(word: &str) -> bool {
    matches!(
        word,
        "details" | "errors" | "fielderrors" | "validationerrors"
    )
}

/// A required member that nothing fits: flags say that it failed, the rest says as little as it can.
fn named_constant(field: &Field, types: &[TypeDef]) -> Option<serde_json::Value> {
    let flag = match squash(&field.api_name).as_str() {
        "success" | "ok" | "succeeded" => Some(false),
        "error" | "iserror" | "failed" | "failure" => Some(true),
        _ => None,
    };
    let flag = flag.map(serde_json::Value::from);
    flag.filter(|flag| fits(flag, &field.schema, types))
        .or_else(|| constant(&field.schema, types))
}

/// `Request-ID` and `request_id` are one word.
fn squash(name: &str) -> String {
    let letters = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '$');
    letters.map(|c| c.to_ascii_lowercase()).collect()
}
