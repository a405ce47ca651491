//! The part of a document that a service of a workspace is made from: alone, it lowers to the same
//! code as in the whole.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Lowering, lower, partition::Share, paths, schema::Schemas};
use crate::{
    config::Config,
    diagnostic::Diagnostic,
    model::{Method, Operation, Service},
    spec::{self, Cut, Document, Slicer},
};

/// A document, of which slices are made.
#[derive(Debug)]
pub struct Slices<'a> {
    document: &'a Document,
    whole: &'a Service,
    slicer: Slicer<'a>,
    /// The path of each operation as the document writes it, and its `operationId`.
    places: HashMap<(Method, String), (&'a str, Option<&'a str>)>,
}

/// A service's own document, and what it is lowered to.
#[derive(Debug)]
pub struct Slice {
    /// In the dialect and the format of the whole.
    pub text: String,
    /// The same, read.
    pub document: Document,
    /// Its model.
    pub service: Service,
    /// What was said of it.
    pub warnings: Vec<Diagnostic>,
}

impl<'a> Slices<'a> {
    /// Looks the document through once; `whole` is what it was lowered to.
    pub fn new(document: &'a Document, whole: &'a Service) -> Self {
        let mut cx = Lowering {
            document,
            schemas: Schemas::new(document),
            diagnostics: Vec::new(),
            shared: None,
        };
        let routes = paths::routes(&mut cx).into_iter().map(|route| {
            let id = route
                .operation
                .get("operationId")
                .and_then(|id| id.as_str());
            ((route.method, route.path), (route.key, id))
        });
        Self {
            document,
            whole,
            slicer: document.slicer(),
            places: routes.collect(),
        }
    }

    /// The slice of a service, lowered by the choices of that service; `name` is what its document
    /// is called.
    ///
    /// # Errors
    /// The slice cannot be read again: a bug of ours.
    pub fn of(&self, share: &Share, config: &Config, name: &str) -> anyhow::Result<Slice> {
        let cut = self.cut(share);
        let value = self.slicer.slice(&cut);
        let text = spec::text_of(&value, self.document.format).map_err(anyhow::Error::msg)?;
        let (document, mut warnings) = spec::parse(name, text.clone())
            .map_err(|refusal| anyhow::anyhow!("{:?}", refusal.diagnostics))?;
        let (service, found) = lower(&document, config);
        warnings.extend(found);
        Ok(Slice {
            service: service.ok_or_else(|| anyhow::anyhow!("{warnings:?}"))?,
            text,
            document,
            warnings,
        })
    }

    fn cut(&self, share: &Share) -> Cut {
        let mut cut = Cut {
            title: Some(share.name.clone()),
            ..Cut::default()
        };
        for id in &share.operations {
            let operation = &self.whole[*id];
            let Some((key, own)) = self.place(operation) else {
                continue;
            };
            let mut gains = Map::new();
            if own != Some(operation.id.as_str()) {
                let id = Value::String(operation.id.clone());
                gains.insert("operationId".to_owned(), id);
            }
            let methods = cut.operations.entry(key.to_owned()).or_default();
            methods.insert(operation.method.as_str().to_ascii_lowercase(), gains);
        }
        cut
    }

    fn place(&self, operation: &Operation) -> Option<(&'a str, Option<&'a str>)> {
        let place = (operation.method, operation.path.clone());
        self.places.get(&place).copied()
    }
}
