//! What a document says of operations by `x-apigen-transition`.

use serde_json::Value;

use super::Lowering;
use crate::{
    diagnostic::Diagnostic,
    model::Transition,
    spec::{Node, TRANSITION},
};

/// What an operation makes of a row.
pub(super) fn transition(cx: &mut Lowering<'_>, operation: &Node) -> Option<Transition<String>> {
    let node = operation.get(TRANSITION)?;
    let mut found = Transition {
        when: Vec::new(),
        set: Vec::new(),
    };
    for (name, member) in node.members() {
        let values = member.value.members();
        let values = values.map(|(property, member)| (property.to_owned(), member.value.to_json()));
        match name {
            "set" => found.set.extend(values),
            "when" => found
                .when
                .extend(values.map(|(property, value)| match value {
                    Value::Array(values) => (property, values),
                    value => (property, vec![value]),
                })),
            _ => {
                let message = format!("`{TRANSITION}` has `set` and `when`, and no `{name}`");
                cx.warn("bad-transition", member.key, message);
            }
        }
    }
    if found.set.is_empty() {
        let message = format!("`{TRANSITION}` sets nothing; it is ignored");
        let told = Diagnostic::warning("bad-transition", node.span, message);
        cx.report(told.hint("`set` has a value for each property: `set: { state: placed }`"));
        return None;
    }
    Some(found)
}
