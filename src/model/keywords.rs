//! What a schema asks of values that no Rust type can say.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use jsonschema::{
    Draft, PatternOptions, ValidationError, Validator, error::ValidationErrorKind as Kind,
    paths::LocationSegment,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::violations::Step;

/// JSON Schema 2020-12, as JSON: the keywords that are judged as they are, with what they refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keywords(String);

impl Keywords {
    /// The keywords of this schema.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(schema: &Value) -> Result<Self, String> {
        compile(schema).map(|_| Self(schema.to_string()))
    }

    /// The schema as JSON.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The schema.
    pub fn schema(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or(Value::Bool(true))
    }

    /// Whether the value keeps them.
    pub fn are_kept_by(&self, value: &Value) -> bool {
        self.judge(|judge| judge.is_valid(value)).unwrap_or(true)
    }

    /// What is told of the first fault of a value, if it has one.
    pub(super) fn first_fault<T>(
        &self,
        value: &Value,
        tell: impl FnOnce(&ValidationError<'_>) -> T,
    ) -> Option<T> {
        self.judge(|judge| judge.iter_errors(value).next().map(|fault| tell(&fault)))?
    }

    /// The place of the first fault of a value, if it has one: the keys and indexes that lead there.
    pub(super) fn fault(&self, value: &Value) -> Option<Vec<Step>> {
        self.first_fault(value, |fault| {
            let steps = fault.instance_path().iter().map(|segment| match segment {
                LocationSegment::Property(name) => Step::Key(name.into_owned()),
                LocationSegment::Index(index) => Step::Index(index),
            });
            let last = match fault.kind() {
                Kind::Required { property } => property.as_str(),
                Kind::AdditionalProperties { unexpected }
                | Kind::UnevaluatedProperties { unexpected } => {
                    unexpected.first().map(String::as_str)
                }
                Kind::PropertyNames { error } => error.instance().as_str(),
                _ => None,
            };
            let last = last.map(|name| Step::Key(name.to_owned()));
            steps.chain(last).collect()
        })
    }

    fn judge<T>(&self, ask: impl FnOnce(&Validator) -> T) -> Option<T> {
        thread_local! {
            static KNOWN: RefCell<HashMap<String, Option<Rc<Validator>>>> = RefCell::default();
        }
        let known = KNOWN.with_borrow(|known| known.get(&self.0).cloned());
        let judge = known.unwrap_or_else(|| {
            let judge = compile(&self.schema()).ok().map(Rc::new);
            KNOWN.with_borrow_mut(|known| known.insert(self.0.clone(), judge.clone()));
            judge
        });
        judge.as_deref().map(ask)
    }
}

/// As `core/keywords.rs` of the generated project does it.
fn compile(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .should_validate_formats(true)
        .build(schema)
        .map_err(|error| error.to_string())
}
