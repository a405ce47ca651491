//! The form of the errors that the generated service answers with.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Origin;

/// How every error that is not a typed response looks on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorFormat {
    /// What `Content-Type` says, such as `application/json`.
    pub media_type: String,
    /// The JSON.
    pub body: ErrorBody,
    /// How the format was chosen, line by line, for `explain errors`.
    pub reasons: Vec<String>,
    /// The document's own error schema, where the format follows one: its name and its place.
    pub schema: Option<(String, Origin)>,
}

/// The JSON of an error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ErrorBody {
    /// `{"error": {code, message, details, request_id}}`
    Envelope,
    /// RFC 9457, with the violations in `errors`.
    Problem,
    /// An object of the document's own.
    Object(Vec<(String, ErrorField)>),
}

/// What a member of the document's own error object is filled with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ErrorField {
    /// A constant, because the schema asks for the member and nothing fits it.
    Value(Value),
    /// The stable code, such as `not_found`.
    Code,
    /// The HTTP status as an integer.
    Status,
    /// The HTTP status as a text.
    StatusText,
    /// The reason phrase of the status, such as `Not Found`.
    Title,
    /// One sentence for people; with the violations in brief where nothing else carries them.
    Message,
    /// The request's id.
    RequestId,
    /// The path of the request.
    Path,
    /// The time, RFC 3339.
    Time,
    /// A map from field to its messages.
    Details,
    /// A list of texts, each `field: message`; the message alone where no field is at fault and
    /// nothing else carries it.
    Messages,
    /// A list of objects, one for each violation; `Field` and `Message` inside speak of it. One for
    /// the error itself where no field is at fault and nothing else carries the message.
    Violations(Vec<(String, ErrorField)>),
    /// Inside `Violations`: the field at fault.
    Field,
    /// A nested object.
    Object(Vec<(String, ErrorField)>),
}
