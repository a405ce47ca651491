//! What a document says of accounts by `x-apigen-account` and `x-apigen-accounts`.

use super::Lowering;
use crate::{
    config::unknown,
    diagnostic::Diagnostic,
    model::{Account, AccountRules},
    spec::{ACCOUNT, ACCOUNTS, Node},
};

/// What an operation is for.
pub(super) fn account(cx: &mut Lowering<'_>, operation: &Node) -> Option<Account> {
    let node = operation.get(ACCOUNT)?;
    let text = node.as_text().unwrap_or_default();
    let found = Account::ALL.into_iter().find(|one| one.name() == text);
    if found.is_none() {
        let known: Vec<&str> = Account::ALL.iter().map(|one| one.name()).collect();
        let message = format!("`{ACCOUNT}` knows no `{text}`; it is ignored");
        let told = Diagnostic::warning("bad-account", node.span, message);
        cx.report(match unknown(&text, &known) {
            Some(hint) => told.hint(hint),
            None => told,
        });
    }
    found
}

/// What the root tells of all of them.
pub(super) fn rules(cx: &mut Lowering<'_>) -> AccountRules {
    let Some(node) = cx.document.root.get(ACCOUNTS) else {
        return AccountRules::default();
    };
    serde_json::from_value(node.to_json()).unwrap_or_else(|error| {
        let message = format!("what `{ACCOUNTS}` says is not understood: {error}");
        cx.warn("bad-account", node.span, message);
        AccountRules::default()
    })
}
