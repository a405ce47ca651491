//! What makes a row that only names others.

use super::{super::super::models::sight::Sight, Default};
use crate::model::{Action, Reference};

impl<'a> Default<'a> {
    /// What leads to the row that a link names.
    pub(super) fn linked(&self) -> Option<&'a Reference> {
        let mut references = self.resource.rules.references.iter();
        let found = references.find(|reference| reference.column() == self.resource.key);
        found.filter(|_| *self.action == Action::Link)
    }

    pub(super) fn link(
        &mut self,
        to: &Reference,
        require: Option<String>,
        missing: &str,
    ) -> Option<()> {
        self.require(require);
        let key = self.key()?;
        let (module, target) = (&self.resource.module, &self.service[to.resource]);
        let above = self.owners.iter().take(to.columns.len().saturating_sub(1));
        let caller = match Sight::of(self.service, target).knows_caller() {
            true => ", &caller",
            false => "",
        };
        let above: String = above.map(|owner| format!(", {owner}")).collect();
        let row = &target.module;
        self.out.push(format!(
            "let found = models::{row}::get(cx.db().await?{caller}{above}, {key}).await?; \
             found.ok_or_else({missing})?;"
        ));
        let arguments = self.arguments(&key);
        self.out.push(format!(
            "models::{module}::link(cx.db().await?{arguments}).await?;"
        ));
        if self.tells_row {
            let (call, end) = (self.get(&arguments), self.unseen(&arguments, false));
            self.row(&call, &end);
        }
        Some(())
    }
}
