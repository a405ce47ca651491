//! OpenAPI 3.0 → 3.1.

use super::super::Node;

/// Rewrites a document.
pub(super) fn adapt(root: Node) -> Node {
    root
}
