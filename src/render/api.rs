//! `api/` and `services/`: from a route to the user's code.

use askama::Template;

use crate::model::{Group, GroupId, Guard, Location, Method, Operation, Rate, Retirement, Service};

use super::{doors, events, files::Project, reading::list};

/// `api/mod.rs`
#[derive(Template)]
#[template(path = "layered/src/api/mod.rs.j2")]
pub(super) struct Root {
    pub(super) has_events: bool,
}

/// `api/v1/mod.rs`
#[derive(Template)]
#[template(path = "layered/src/api/v1/mod.rs.j2")]
pub(super) struct Modules<'a> {
    groups: &'a [Group],
}

impl<'a> Modules<'a> {
    pub(super) fn new(service: &'a Service) -> Self {
        let groups = &service.groups;
        Self { groups }
    }
}

/// `api/v1/<group>.rs`
#[derive(Template)]
#[template(path = "layered/src/api/v1/group.rs.j2")]
pub(super) struct Routes<'a> {
    group: &'a Group,
    /// The constants of `operations::security`, sorted.
    requirements: Vec<&'a str>,
    routes: Vec<Route<'a>>,
}

struct Route<'a> {
    operation: &'a Operation,
    method: &'static str,
    /// A Rust literal.
    path: String,
    requirement: Option<&'a str>,
    /// The function of `api/events.rs` that it goes through.
    publisher: Option<String>,
    /// The headers that make another answer, and what its answers say to caches, as Rust literals.
    vary: Vec<String>,
    cache: Option<String>,
    /// How often each caller may call it.
    limit: Option<Rate>,
    /// What is said of its end: functions of the table's routes, and Rust literals.
    notices: Vec<(&'static str, String)>,
}

impl<'a> Routes<'a> {
    pub(super) fn new(project: Project<'a>, id: GroupId) -> Self {
        let service = project.service;
        let publishers = project.has_events().then(|| events::publishers(service));
        let mut publishers = publishers.unwrap_or_default();
        let routes = service.operations_of(id).map(|(id, operation)| {
            let publisher = publishers.remove(&id);
            Route::new(service, operation, publisher)
        });
        let routes: Vec<Route<'_>> = routes.collect();
        let mut requirements: Vec<&str> = routes
            .iter()
            .filter_map(|route| route.requirement)
            .collect();
        requirements.sort_unstable();
        requirements.dedup();
        let group = &service[id];
        Self {
            group,
            requirements,
            routes,
        }
    }

    fn has_publishers(&self) -> bool {
        self.routes.iter().any(|route| route.publisher.is_some())
    }

    fn imported(&self) -> String {
        list(self.requirements.iter().map(|&name| name.to_owned()))
    }
}

impl<'a> Route<'a> {
    fn new(service: &'a Service, operation: &'a Operation, publisher: Option<String>) -> Self {
        Self {
            publisher,
            vary: vary(operation),
            cache: operation.cache.as_deref().map(doors::rust_literal),
            limit: operation.rate_limit,
            notices: notices(service, operation),
            operation,
            method: match operation.method {
                Method::Get => "get",
                Method::Put => "put",
                Method::Post => "post",
                Method::Delete => "delete",
                Method::Options => "options",
                Method::Head => "head",
                Method::Patch => "patch",
                Method::Trace => "trace",
            },
            path: doors::rust_literal(&operation.path),
            requirement: match operation.guard {
                Guard::Public => None,
                Guard::Secured(id) => Some(&service[id].name),
            },
        }
    }
}

/// The headers of a request that make another answer of a reading; those that ask about copies, or tell
/// who calls, do not.
fn vary(operation: &Operation) -> Vec<String> {
    const PLAIN: [&str; 6] = [
        "authorization",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-unmodified-since",
        "x-request-id",
    ];
    if operation.method != Method::Get {
        return Vec::new();
    }
    let parameters = operation.parameters.iter();
    let headers = parameters.filter(|parameter| parameter.location == Location::Header);
    let names = headers.map(|parameter| parameter.api_name.to_ascii_lowercase());
    let names = names.filter(|name| !PLAIN.contains(&name.as_str()));
    names.map(|name| doors::rust_literal(&name)).collect()
}

/// What every answer says of an operation's end.
fn notices(service: &Service, operation: &Operation) -> Vec<(&'static str, String)> {
    let Some(said) = &operation.retirement else {
        return Vec::new();
    };
    let notices = [
        ("deprecated", said.since.clone()),
        ("sunset", said.sunset.clone()),
        ("explained_at", said.link.clone()),
        ("succeeded_by", successor(service, said)),
    ];
    let notices = notices.into_iter();
    notices
        .filter_map(|(function, text)| Some((function, doors::rust_literal(&text?))))
        .collect()
}

/// What follows an operation, as its callers address it.
pub(super) fn successor(service: &Service, said: &Retirement) -> Option<String> {
    let next = said.successor.as_ref()?;
    let base = if next.starts_with('/') {
        &*service.base_path
    } else {
        ""
    };
    Some(format!("{base}{next}"))
}

/// `services/mod.rs`
#[derive(Template)]
#[template(path = "layered/src/services/mod.rs.j2")]
pub(super) struct Services<'a> {
    groups: Vec<ServiceView<'a>>,
}

struct ServiceView<'a> {
    group: &'a Group,
    /// The user deleted the file: all its operations have their defaults.
    is_deleted: bool,
}

impl<'a> Services<'a> {
    pub(super) fn new(project: Project<'a>) -> Self {
        let groups = project.services().into_iter().map(|group| ServiceView {
            group,
            is_deleted: project.before.deleted.contains(&path(group)),
        });
        let mut groups: Vec<ServiceView<'_>> = groups.collect();
        // `rustfmt` wants them so: a number inside of a name is text.
        groups.sort_by_key(|view| &view.group.module);
        Self { groups }
    }
}

impl ServiceView<'_> {
    fn implementation(&self) -> String {
        implementation(self.group, 4)
    }

    /// The field of `Services`, as `rustfmt` breaks it.
    fn field(&self) -> String {
        let Group {
            module, type_name, ..
        } = self.group;
        let line = format!("        {module}: Arc::new({module}::{type_name}::default()),");
        // `rustfmt` does not count the comma at the end.
        if line.len() <= 101 {
            return line;
        }
        format!(
            "        {module}: Arc::new(\n            {module}::{type_name}::default(),\n        ),"
        )
    }
}

/// `services/<group>.rs`
#[derive(Template)]
#[template(path = "layered/src/services/group.rs.j2")]
pub(super) struct Scaffold<'a> {
    pub(super) group: &'a Group,
    /// It handles what other services publish.
    pub(super) is_events: bool,
}

impl Scaffold<'_> {
    fn implementation(&self) -> String {
        implementation(self.group, 0)
    }
}

/// The empty service of a group, as `rustfmt` breaks it.
fn implementation(group: &Group, indent: usize) -> String {
    let Group {
        trait_name,
        type_name,
        ..
    } = group;
    let line = format!("{:indent$}impl {trait_name} for {type_name} {{}}", "");
    // What has no room below either stays as it is.
    if line.len() <= 100 || indent + "impl ".len() + trait_name.len() > 100 {
        return line;
    }
    let margin = " ".repeat(indent);
    format!("{margin}impl {trait_name}\n{margin}    for {type_name}\n{margin}{{\n{margin}}}")
}

/// Where a group's scaffold is.
pub(super) fn path(group: &Group) -> String {
    format!("src/services/{}.rs", group.module)
}
