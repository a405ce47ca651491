//! How often operations may be called.

use super::{Lowering, Wrong};
use crate::{
    diagnostic::Diagnostic,
    model::Rate,
    spec::{Node, RATE_LIMIT},
};

/// What an operation says of it.
pub(super) fn rate(cx: &mut Lowering<'_>, operation: &Node) -> Option<Rate> {
    let node = operation.get(RATE_LIMIT)?;
    let rate = node.as_text().and_then(|text| read(&text));
    if rate.is_none() {
        let (message, hint) = wrong(RATE_LIMIT);
        let diagnostic = Diagnostic::warning("bad-rate-limit", node.span, message);
        cx.report(diagnostic.hint(hint.unwrap_or_default()));
    }
    rate
}

pub(super) fn read(text: &str) -> Option<Rate> {
    text.parse().ok()
}

/// What is wrong with what something called so says.
pub(super) fn wrong(name: &str) -> Wrong {
    let hint = "such as `10/minute`; it may be `second`, `minute`, `hour` or `day`";
    let message = format!("`{name}` must say how often in which time");
    (message, Some(hint.to_owned()))
}
