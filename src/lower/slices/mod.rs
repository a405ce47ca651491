//! The part of a document that a service of a workspace is made from: alone, it lowers to the same
//! code as in the whole.
//!
//! What was decided over the whole document is told in the slice by members of our own
//! (`x-apigen-…`), where the slice alone would decide otherwise.

mod abroad;
mod pins;

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use self::pins::Pins;
use super::{
    Lowered, Lowering,
    errors::{self, ResponsePlace},
    partition::Share,
    paths, report, responses,
    schema::Schemas,
};
use crate::{
    config::Config,
    diagnostic::{self, Diagnostic},
    model::{Cause, Method, Operation, OperationId, Resource, Service, Status},
    spec::{self, Cut, Document, ERRORS, Slicer},
};

/// How often a slice is lowered until all is as in the whole.
const ROUNDS: usize = 5;

/// A document, of which slices are made.
#[derive(Debug)]
pub struct Slices<'a> {
    pub(super) document: &'a Document,
    pub(super) whole: &'a Service,
    pub(super) config: &'a Config,
    pub(super) shares: &'a [Share],
    pub(super) slicer: Slicer<'a>,
    /// The path of each operation as the document writes it, and its `operationId`.
    places: HashMap<(Method, String), (&'a str, Option<&'a str>)>,
    /// The service of each operation.
    homes: HashMap<OperationId, &'a str>,
    /// The tables, by what one of their rows is called.
    words: HashMap<String, Vec<&'a Resource>>,
    /// A response that says how errors look.
    errors: Option<Value>,
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
    /// Looks the document through once; `whole` is what it was lowered to by `config`, which is the
    /// workspace's.
    pub fn new(
        document: &'a Document,
        whole: &'a Service,
        config: &'a Config,
        shares: &'a [Share],
    ) -> Self {
        let mut cx = Lowering {
            document,
            schemas: Schemas::new(document),
            diagnostics: Vec::new(),
            shared: None,
        };
        let routes = paths::routes(&mut cx);
        let slicer = document.slicer();
        let place = errors::choose(&mut cx, &routes, config).place;
        let errors = place.and_then(|place| response(&slicer, place));
        let places = routes.into_iter().map(|route| {
            let id = route.operation.get("operationId");
            let id = id.and_then(|id| id.as_str());
            ((route.method, route.path), (route.key, id))
        });
        let homes = shares.iter().flat_map(|share| {
            let operations = share.operations.iter();
            operations.map(|id| (*id, share.name.as_str()))
        });
        Self {
            document,
            whole,
            config,
            shares,
            slicer,
            places: places.collect(),
            homes: homes.collect(),
            words: abroad::words(whole),
            errors,
        }
    }

    /// The slice of a service, lowered by the choices of that service; `name` is what its document
    /// is called, and `gains` what its root has beside what the whole tells it.
    ///
    /// # Errors
    /// The slice cannot be read again: a bug of ours.
    pub fn of(
        &self,
        share: &Share,
        config: &Config,
        name: &str,
        gains: &Map<String, Value>,
    ) -> anyhow::Result<Slice> {
        let mut pins = Pins::new(self, share);
        let cut = |pins: &Pins| {
            let mut cut = self.cut(share, pins);
            cut.members.extend(gains.clone());
            cut
        };
        for _ in 1..ROUNDS {
            let (slice, keys) = self.lowered(&cut(&pins), config, name)?;
            let before = pins.clone();
            pins.compare(self, share, (&slice.service, &keys));
            if pins == before {
                return Ok(slice);
            }
        }
        Ok(self.lowered(&cut(&pins), config, name)?.0)
    }

    fn lowered(
        &self,
        cut: &Cut,
        config: &Config,
        name: &str,
    ) -> anyhow::Result<(Slice, Vec<String>)> {
        let text = spec::text_of(&self.slicer.slice(cut), self.document.format);
        let text = text.map_err(anyhow::Error::msg)?;
        let told = |problems: &[Diagnostic]| {
            let messages = problems.iter().map(|problem| problem.message.as_str());
            messages.collect::<Vec<_>>().join("; ")
        };
        let (document, mut warnings) = spec::parse(name, text.clone()).map_err(|refusal| {
            anyhow::anyhow!(
                "`{name}` cannot be read again: {}",
                told(&refusal.diagnostics)
            )
        })?;
        let Lowered {
            service,
            diagnostics,
            keys,
            ..
        } = report(&document, config);
        warnings.extend(diagnostics);
        diagnostic::sort(&mut warnings);
        let Some(service) = service else {
            anyhow::bail!("`{name}` cannot be understood again: {}", told(&warnings));
        };
        let slice = Slice {
            text,
            document,
            service,
            warnings,
        };
        Ok((slice, keys))
    }

    fn cut(&self, share: &Share, pins: &Pins) -> Cut {
        let mut cut = Cut {
            title: Some(share.name.clone()),
            members: pins.members(),
            components: pins.schemes(self.document.own.get("securityDefinitions").is_some()),
            ..Cut::default()
        };
        if self.document.root.get(spec::DEPRECATION).is_some() {
            // Each operation has its own part of it.
            cut.members.insert(spec::DEPRECATION.to_owned(), json!({}));
        }
        if let Some(errors) = &self.errors {
            cut.members.insert(ERRORS.to_owned(), errors.clone());
        }
        cut.webhooks = self.webhooks(share);
        for id in &share.operations {
            let operation = &self.whole[*id];
            let Some((key, own)) = self.place(operation) else {
                continue;
            };
            let mut gains = Map::new();
            if own != Some(operation.id.as_str()) {
                gains.insert("operationId".to_owned(), json!(operation.id));
            }
            if let Some(said) = &operation.retirement {
                gains.insert(spec::DEPRECATION.to_owned(), json!(said));
            }
            if let Some(rate) = &operation.rate_limit {
                gains.insert(spec::RATE_LIMIT.to_owned(), json!(rate.to_string()));
            }
            if let Some(control) = &operation.cache {
                gains.insert(spec::CACHE.to_owned(), json!(control));
            }
            if let Some(reason) = pins.stub(*id) {
                gains.insert(spec::STUB.to_owned(), json!(reason));
            }
            let methods = cut.operations.entry(key.to_owned()).or_default();
            methods.insert(operation.method.as_str().to_ascii_lowercase(), gains);
        }
        cut
    }

    /// The webhooks of a service: it has the first operation of their group.
    fn webhooks(&self, share: &Share) -> BTreeSet<String> {
        let outgoing = self.whole.outgoing.iter();
        let webhooks = outgoing.filter(|outgoing| outgoing.cause == Cause::Webhook);
        let is_own = |operation: &&Operation| {
            let first = self.whole.operations_of(operation.group).next();
            first.and_then(|(id, _)| self.home(id)) == Some(share.name.as_str())
        };
        let operations = webhooks.map(|webhook| &webhook.operation).filter(is_own);
        operations.map(|operation| operation.path.clone()).collect()
    }

    /// The path of an operation as the document writes it, and its `operationId`.
    pub(super) fn place(&self, operation: &Operation) -> Option<(&'a str, Option<&'a str>)> {
        let place = (operation.method, operation.path.clone());
        self.places.get(&place).copied()
    }

    /// The service that an operation is in.
    pub(super) fn home(&self, id: OperationId) -> Option<&'a str> {
        self.homes.get(&id).copied()
    }

    /// The service that keeps a table.
    fn keeper(&self, resource: &Resource) -> Option<&'a str> {
        let owner = super::partition::owner(self.whole, resource)?;
        self.home(owner)
    }
}

/// A response in the document's own dialect.
fn response(slicer: &Slicer<'_>, place: ResponsePlace<'_>) -> Option<Value> {
    let operation = slicer.place(place.key, place.method.as_str())?;
    let (operation, _) = slicer.resolve(operation)?;
    let mut response = declared(operation, place.status)?.1.clone();
    // In Swagger 2.0 the operation tells the media types of its responses.
    if let (Some(produces), Some(response)) = (operation.get("produces"), response.as_object_mut())
    {
        response.insert("produces".to_owned(), produces.clone());
    }
    Some(response)
}

/// The response of a status, and its key, as an operation declares it.
pub(super) fn declared(operation: &Value, status: Status) -> Option<(&String, &Value)> {
    let mut responses = operation.get("responses")?.as_object()?.iter();
    responses.find(|(key, _)| responses::status(key) == Some(status))
}

/// The operation of a slice that is one of the whole.
fn same<'s>(slice: &'s Service, operation: &Operation) -> Option<&'s Operation> {
    let mut all = slice.operations.iter();
    all.find(|other| other.method == operation.method && other.path == operation.path)
}

/// The table that an operation works on.
fn table<'s>(service: &'s Service, operation: &Operation) -> Option<&'s Resource> {
    operation.role.resource().map(|resource| &service[resource])
}
