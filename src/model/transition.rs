//! Operations that bring a row from one state into another.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an operation makes of a row, as the document says by `x-apigen-transition`. `P` tells a
/// property: its name, verbatim, or the place of its column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transition<P> {
    /// The values that the row must have, one of each; the request is a conflict where it has others.
    pub when: Vec<(P, Vec<Value>)>,
    /// The values that it has afterwards; `"now"` is the time of the request where the property is a
    /// time.
    pub set: Vec<(P, Value)>,
}

impl<P: PartialEq> Transition<P> {
    fn leads_to(&self, property: &P) -> Option<&Value> {
        let mut set = self.set.iter();
        set.find(|(known, _)| known == property)
            .map(|(_, value)| value)
    }

    /// Whether a row that it led somewhere may be brought there again.
    pub fn is_repeatable(&self) -> bool {
        let mut when = self.when.iter();
        when.all(|(property, values)| self.leads_to(property).is_none_or(|v| values.contains(v)))
    }

    /// Whether a row with these values may be brought there.
    pub fn starts_from(&self, has: impl Fn(&P) -> Value) -> bool {
        let mut when = self.when.iter();
        when.all(|(property, values)| values.contains(&has(property)))
    }
}
