//! `core/error.rs`: the body of an error as an argument of `json!`.

use serde_json::Value;

use super::{ErrorFile, Needs, rust_literal};
use crate::model::{ErrorBody, ErrorField, Service};

pub(super) fn error_file(service: &Service, needs: Needs) -> ErrorFile {
    let format = &service.errors;
    let fields = fields(&format.body);
    let style = Style {
        in_brief: !carries_violations(&fields),
        is_problem: format.body == ErrorBody::Problem,
    };
    let body = object(&fields, style);
    let is_printable = |b: u8| (0x20..0x7f).contains(&b);
    let media_type = match format.media_type.bytes().all(is_printable) {
        true => format.media_type.as_str(),
        false => "application/json",
    };
    let challenge = match needs {
        Needs { bearer: true, .. } => "Bearer",
        Needs { basic: true, .. } => "Basic realm=\"api\", charset=\"UTF-8\"",
        Needs { api_key: true, .. } => "ApiKey",
        _ => "Bearer",
    };
    ErrorFile {
        needs,
        is_problem: style.is_problem,
        media_type: rust_literal(media_type),
        challenge: rust_literal(challenge),
        needs_summary: body.contains("self.summary()"),
        uses_time: body.contains("Utc::now()"),
        uses_details: body.contains("by_field("),
        uses_faults: body.contains("self.faults()"),
        tells_in_list: !carries_message(&fields),
        uses_constants: body.contains("constant("),
        body: format!("json!({body})"),
    }
}

/// How members are filled.
#[derive(Clone, Copy)]
struct Style {
    /// The message tells the violations, too.
    in_brief: bool,
    /// RFC 9457, where a field is a pointer or the name of a parameter.
    is_problem: bool,
}

fn fields(body: &ErrorBody) -> Vec<(String, ErrorField)> {
    use ErrorField::{Code, Details, Field, Message, Object, RequestId, Status, Title, Violations};
    let all = |fields: Vec<(&str, ErrorField)>| -> Vec<(String, ErrorField)> {
        let own = |(name, field): (&str, ErrorField)| (name.to_owned(), field);
        fields.into_iter().map(own).collect()
    };
    match body {
        ErrorBody::Envelope => {
            let content = vec![
                ("code", Code),
                ("message", Message),
                ("details", Details),
                ("request_id", RequestId),
            ];
            all(vec![("error", Object(all(content)))])
        }
        ErrorBody::Problem => {
            let violation = all(vec![("detail", Message), ("pointer", Field)]);
            all(vec![
                ("type", ErrorField::Value("about:blank".into())),
                ("title", Title),
                ("status", Status),
                ("detail", Message),
                ("code", Code),
                ("request_id", RequestId),
                ("errors", Violations(violation)),
            ])
        }
        ErrorBody::Object(fields) => fields.clone(),
    }
}

/// RFC 9457 points into the body; a parameter at fault is named as such.
const POINTER_OR_PARAMETER: &str =
    "(if field.starts_with('#') { \"pointer\" } else { \"parameter\" })";

fn carries_violations(fields: &[(String, ErrorField)]) -> bool {
    fields.iter().any(|(_, field)| match field {
        ErrorField::Details | ErrorField::Messages | ErrorField::Violations(_) => true,
        ErrorField::Object(fields) => carries_violations(fields),
        _ => false,
    })
}

/// Whether the message stands outside of lists.
fn carries_message(fields: &[(String, ErrorField)]) -> bool {
    fields.iter().any(|(_, field)| match field {
        ErrorField::Message => true,
        ErrorField::Object(fields) => carries_message(fields),
        _ => false,
    })
}

/// An object as an argument of `json!`.
fn object(fields: &[(String, ErrorField)], style: Style) -> String {
    let members = fields.iter().map(|(name, field)| {
        let value = expression(field, style);
        format!("{}: {value}", rust_literal(name))
    });
    let members: Vec<String> = members.collect();
    format!("{{ {} }}", members.join(", "))
}

fn expression(field: &ErrorField, style: Style) -> String {
    match field {
        ErrorField::Value(value) => constant(value),
        ErrorField::Code => "self.code".to_owned(),
        ErrorField::Status => "self.status.as_u16()".to_owned(),
        ErrorField::StatusText => "self.status.as_str()".to_owned(),
        ErrorField::Title => "self.status.canonical_reason().unwrap_or_default()".to_owned(),
        ErrorField::Message if style.in_brief => "self.summary()".to_owned(),
        ErrorField::Message => "self.message.told()".to_owned(),
        ErrorField::RequestId => "super::telemetry::request_id()".to_owned(),
        ErrorField::Path => "super::telemetry::path()".to_owned(),
        ErrorField::Time => "Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)".to_owned(),
        ErrorField::Details => "by_field(&self.details)".to_owned(),
        ErrorField::Messages => "self.faults().map(|(field, message)| match field { \
             \"\" => message.told(), _ => format!(\"{field}: {}\", message.told()) \
             }).collect::<Vec<String>>()"
            .to_owned(),
        ErrorField::Violations(fields) => violations(fields, style),
        ErrorField::Field => "null".to_owned(),
        ErrorField::Object(fields) => object(fields, style),
    }
}

/// In here, `Field` and `Message` speak of one violation.
fn violations(fields: &[(String, ErrorField)], style: Style) -> String {
    fn value(field: &ErrorField, style: Style) -> String {
        match field {
            ErrorField::Field => "field".to_owned(),
            ErrorField::Message => "message.told()".to_owned(),
            ErrorField::Object(fields) => members(fields, style),
            other => expression(other, style),
        }
    }
    fn members(fields: &[(String, ErrorField)], style: Style) -> String {
        let members = fields.iter();
        let members = members.map(|(name, field)| {
            let name = match field {
                ErrorField::Field if style.is_problem => POINTER_OR_PARAMETER.to_owned(),
                _ => rust_literal(name),
            };
            format!("{name}: {}", value(field, style))
        });
        format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
    }
    fn speaks_of(fields: &[(String, ErrorField)], wanted: &ErrorField) -> bool {
        fields.iter().any(|(_, field)| match field {
            ErrorField::Object(fields) => speaks_of(fields, wanted),
            field => field == wanted,
        })
    }
    let object = members(fields, style);
    let name = |word, wanted| if speaks_of(fields, wanted) { word } else { "_" };
    let field = name("field", &ErrorField::Field);
    let message = name("message", &ErrorField::Message);
    format!("self.faults().map(|({field}, {message})| json!({object})).collect::<Vec<Value>>()")
}

fn constant(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::String(text) => rust_literal(text),
        other => format!("constant({})", rust_literal(&other.to_string())),
    }
}
