//! `core/error.rs`: where the service's form of errors says what.

use askama::Template;

use crate::{
    model::{ErrorBody, ErrorField, ErrorFormat},
    render::{doors::rust_literal, reading::list},
};

#[derive(Template)]
#[template(path = "client/src/core/error.rs.j2")]
pub(super) struct ErrorFile {
    /// A slice of JSON pointers, as a Rust expression.
    code: String,
    message: String,
}

pub(super) fn error_file(errors: &ErrorFormat) -> ErrorFile {
    let pointers = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let (code, message) = match &errors.body {
        ErrorBody::Envelope => (pointers(&["/error/code"]), pointers(&["/error/message"])),
        ErrorBody::Problem => (pointers(&["/code"]), pointers(&["/detail", "/title"])),
        ErrorBody::Object(fields) => (
            find(fields, &[ErrorField::Code]),
            find(fields, &[ErrorField::Message, ErrorField::Title]),
        ),
    };
    ErrorFile {
        code: slice(&code),
        message: slice(&message),
    }
}

/// Where these stand, the first kind first.
fn find(fields: &[(String, ErrorField)], wanted: &[ErrorField]) -> Vec<String> {
    let mut found = Vec::new();
    for what in wanted {
        search(fields, what, "", &mut found);
    }
    found
}

fn search(fields: &[(String, ErrorField)], wanted: &ErrorField, at: &str, found: &mut Vec<String>) {
    for (name, field) in fields {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        match field {
            ErrorField::Object(inner) => search(inner, wanted, &at, found),
            field if field == wanted => found.push(at),
            _ => {}
        }
    }
}

fn slice(pointers: &[String]) -> String {
    let pointers = pointers.iter().map(|pointer| rust_literal(pointer));
    format!("&[{}]", list(pointers))
}
