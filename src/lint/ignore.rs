//! `x-apigen-lint`: what somebody looked at, and wants as it is.

use super::{EXTENSION, Linter, rules::Advice, rules::rule};
use crate::{
    diagnostic::Span,
    spec::{Kind, Node},
};

/// A stretch of the document in which a rule is not applied.
#[derive(Debug, Clone)]
pub(super) struct Ignored {
    /// `None` for all rules.
    rule: Option<String>,
    within: Span,
}

impl Linter<'_> {
    /// Gathers what is to stay as it is.
    pub(super) fn ignore(&mut self) {
        let root = &self.document.root;
        let whole = Span {
            start: 0,
            end: usize::MAX,
            ..root.span
        };
        self.ignore_in(root, whole);
        // What a resource spec stands for has no member of its own that is none of OpenAPI's.
        if self.document.is_resource_spec
            && let Ok(written) = crate::spec::tree("resources.yaml", self.document.raw())
        {
            self.ignore_in(&written, whole);
        }
    }

    /// Looks through an object and all that is in it; `within` is what stands there in the text.
    fn ignore_in(&mut self, node: &Node, within: Span) {
        match &node.kind {
            Kind::Object(members) => {
                if let Some(said) = members.get(EXTENSION) {
                    self.ignored_by(&said.value, within);
                }
                for member in members.values() {
                    let inner = member.value.span;
                    // What a reference brought here from elsewhere has its key in another place.
                    let is_here = member.key.file == inner.file && member.key.start <= inner.start;
                    let start = if is_here {
                        member.key.start
                    } else {
                        inner.start
                    };
                    self.ignore_in(&member.value, Span { start, ..inner });
                }
            }
            Kind::Array(items) => items
                .iter()
                .for_each(|item| self.ignore_in(item, item.span)),
            _ => {}
        }
    }

    fn ignored_by(&mut self, said: &Node, within: Span) {
        if is_off(said) {
            self.ignored.push(Ignored { rule: None, within });
        } else if let Some(members) = said.as_object() {
            for (id, member) in members {
                match rule(id) {
                    Some(_) if is_off(&member.value) => self.ignored.push(Ignored {
                        rule: Some(id.clone()),
                        within,
                    }),
                    Some(_) => {
                        let message = format!("`{EXTENSION}` can only turn `{id}` off");
                        self.tell(Advice::Ignore, member.value.span, message, OFF);
                    }
                    None => {
                        let message = format!("there is no rule `{id}`");
                        self.tell(Advice::Ignore, member.key, message, PLACE);
                    }
                }
            }
        } else {
            let message = format!("`{EXTENSION}` is neither `off` nor a mapping of rules");
            self.tell(Advice::Ignore, said.span, message, OFF);
        }
    }

    /// Whether a rule is not applied at a place.
    pub(super) fn is_ignored(&self, rule: &str, at: Span) -> bool {
        self.ignored.iter().any(|ignored| {
            let is_rule = ignored.rule.as_deref().is_none_or(|known| known == rule);
            let Span { file, start, end } = ignored.within;
            is_rule && file == at.file && start <= at.start && at.start < end.max(start + 1)
        })
    }
}

const OFF: &str = "write `x-apigen-lint: off`, or `x-apigen-lint: { path-plural: off }`; levels are chosen by `[lint]` in `apigen.toml`";
const PLACE: &str = "each piece of advice has its rule in brackets: `warning[path-plural]`";

fn is_off(node: &Node) -> bool {
    node.as_str() == Some("off") || node.as_bool() == Some(false)
}
