//! How often operations may be called.

use super::Lowering;
use crate::{
    diagnostic::Diagnostic,
    model::Rate,
    spec::{Node, RATE_LIMIT},
};

/// What an operation says of it.
pub(super) fn rate(cx: &mut Lowering<'_>, operation: &Node) -> Option<Rate> {
    let node = operation.get(RATE_LIMIT)?;
    let rate = node.as_text().and_then(|text| text.parse().ok());
    if rate.is_none() {
        let message = format!("`{RATE_LIMIT}` must say how often in which time");
        let hint = "such as `10/minute`; it may be `second`, `minute`, `hour` or `day`";
        cx.report(Diagnostic::warning("bad-rate-limit", node.span, message).hint(hint));
    }
    rate
}
