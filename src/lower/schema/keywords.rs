//! Gives schemas what they say beyond their types, to be judged on the wire; what nothing can judge is told.

use std::collections::HashSet;

use crate::{
    diagnostic::Span,
    model::{Schema, Type, keywords::Keywords},
};

use super::{
    Key, Schemas,
    facts::Part,
    fragment::{Beyond, Writer},
};

impl<'a> Schemas<'a> {
    /// Gives a schema what these parts say beyond its type; what nothing can judge is told.
    pub(super) fn keep_keywords(
        &mut self,
        schema: &mut Schema,
        beyond: &Beyond<'a>,
        (parts, key): (&[Part<'a>], &Key),
    ) {
        if beyond.named.is_empty() {
            return;
        }
        let written = Writer::new(&self.index, key.1).left_of(parts, beyond);
        self.keep(schema, written, &beyond.named, key);
    }

    /// Gives a schema of which its type says nothing all that these parts say.
    pub(super) fn keep_all(
        &mut self,
        schema: &mut Schema,
        (parts, key): (&[Part<'a>], &Key),
        span: Span,
    ) {
        let written = Writer::new(&self.index, key.1).all_of(parts);
        self.keep(schema, written, &[("oneOf", span)], key);
    }

    /// Whether a schema, or one inside of it, asks for what its type does not say.
    pub fn asks_beyond_types(&self, schema: &Schema) -> bool {
        let (mut seen, mut waiting) = (HashSet::new(), vec![schema]);
        while let Some(schema) = waiting.pop() {
            if !schema.keywords.is_empty() {
                return true;
            }
            match &schema.ty {
                Type::Array { items: inner, .. } | Type::Map { values: inner, .. } => {
                    waiting.push(inner);
                }
                Type::Named(id) if seen.insert(*id) => {
                    let def = &self.types[id.0];
                    if def.keywords.is_some() {
                        return true;
                    }
                    waiting.extend(def.kind.schemas());
                }
                _ => {}
            }
        }
        false
    }

    fn keep(
        &mut self,
        schema: &mut Schema,
        written: Result<Option<Keywords>, String>,
        named: &[(&str, Span)],
        key: &Key,
    ) {
        match (written, &schema.ty) {
            (Ok(keywords), Type::Named(id)) if self.drafts[id.0].key == *key => {
                self.types[id.0].keywords = keywords;
            }
            (Ok(keywords), _) => {
                let news = keywords.filter(|news| !schema.keywords.contains(news));
                schema.keywords.extend(news);
            }
            (Err(why), _) => {
                for (name, span) in named {
                    let message = format!("`{name}` is not enforced: {why}");
                    self.warn("keyword-not-enforced", *span, message);
                }
            }
        }
    }
}
