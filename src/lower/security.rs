//! Security schemes, and what operations require of their callers.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lowering, is_token};
use crate::{
    diagnostic::Diagnostic,
    model::{
        Credential, Guard, Location, Requirement, RequirementId, Scheme, SchemeId, SchemeKind,
        name::{Case, Scope, shorten},
    },
    spec::{ISSUER, Node, SETTING},
};

/// Alternatives of credentials: each a scheme's name and scopes.
type Alternatives = Vec<Vec<(String, Vec<String>)>>;

/// What an operation asks for, before it has a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Demand {
    alternatives: Alternatives,
    optional: bool,
}

impl Demand {
    /// Everybody may call it, and says nothing of who calls.
    pub(super) fn is_public(&self) -> bool {
        self.alternatives.is_empty()
    }
}

/// The schemes that some operation uses, and its demands as requirements.
#[derive(Default)]
pub(super) struct Security {
    pub(super) schemes: Vec<Scheme>,
    pub(super) requirements: Vec<Requirement>,
    guards: BTreeMap<Demand, Guard>,
}

impl Security {
    /// What a demand that was settled came to.
    pub(super) fn guard(&self, demand: &Demand) -> Guard {
        self.guards.get(demand).copied().unwrap_or(Guard::Public)
    }
}

/// What an operation asks of its callers: its own `security`, else the document's.
pub(super) fn demand<'a>(cx: &mut Lowering<'a>, operation: &'a Node) -> Demand {
    let own = [operation, &cx.document.root];
    let mut own = own.iter().filter_map(|owner| owner.get("security"));
    let Some(alternatives) = own.find_map(Node::as_array) else {
        return Demand::default();
    };
    let mut demand = Demand::default();
    for node in alternatives {
        let schemes: Vec<_> = node
            .members()
            .map(|(name, m)| credential(cx, name, &m.value))
            .collect();
        match schemes.is_empty() {
            true => demand.optional = true,
            false if demand.alternatives.contains(&schemes) => {}
            false => demand.alternatives.push(schemes),
        }
    }
    demand
}

fn credential(cx: &mut Lowering<'_>, name: &str, scopes: &Node) -> (String, Vec<String>) {
    let scheme = scheme(cx, name);
    if scheme.is_none() {
        let message = format!("the security scheme `{name}` does not exist");
        cx.report(
            Diagnostic::warning("unknown-security-scheme", scopes.span, message)
                .hint("nobody can meet it, so it refuses every caller"),
        );
    }
    let scopes = match scheme.map(|node| kind(cx, node)) {
        Some(SchemeKind::Bearer) => scopes.items().iter().filter_map(Node::as_text).collect(),
        _ => Vec::new(),
    };
    (name.to_owned(), scopes)
}

/// What the API keys are called that callers may have to send in the query.
pub(super) fn query_keys<'a>(cx: &Lowering<'a>, demand: &Demand) -> Vec<&'a str> {
    let schemes = demand.alternatives.iter().flatten();
    let schemes = schemes.filter_map(|(name, _)| scheme(cx, name));
    let text = |node: &'a Node, name| node.get(name).and_then(Node::as_str);
    let keys = schemes
        .filter(|node| text(node, "type") == Some("apiKey") && text(node, "in") == Some("query"));
    keys.filter_map(|node| text(node, "name")).collect()
}

fn scheme<'a>(cx: &Lowering<'a>, name: &str) -> Option<&'a Node> {
    let components = cx.document.root.get("components")?;
    cx.resolve(components.get("securitySchemes")?.get(name)?)
}

fn kind(cx: &mut Lowering<'_>, node: &Node) -> SchemeKind {
    let text = |name| node.get(name).and_then(Node::as_str).unwrap_or_default();
    match (text("type"), text("scheme").to_ascii_lowercase().as_str()) {
        ("http", "bearer") | ("oauth2" | "openIdConnect", _) => return SchemeKind::Bearer,
        ("http", "basic") => return SchemeKind::Basic,
        ("apiKey", _) => {
            let location = match text("in") {
                "header" => Some(Location::Header),
                "query" => Some(Location::Query),
                "cookie" => Some(Location::Cookie),
                _ => None,
            };
            let name = text("name").to_owned();
            match location {
                Some(Location::Query) if !name.is_empty() => {
                    let location = Location::Query;
                    return SchemeKind::ApiKey { location, name };
                }
                Some(location) if is_token(&name) => return SchemeKind::ApiKey { location, name },
                _ => {}
            }
        }
        _ => {}
    }
    let message = "this security scheme cannot be checked, so it refuses every caller";
    cx.warn("unsupported-security-scheme", node.span, message);
    SchemeKind::Unsupported
}

/// Names the demands of all operations; what is not used is not kept.
pub(super) fn settle(cx: &mut Lowering<'_>, demands: &[Demand]) -> Security {
    let demands: BTreeSet<&Demand> = demands
        .iter()
        .filter(|d| !d.alternatives.is_empty())
        .collect();
    let names = demands
        .iter()
        .flat_map(|demand| demand.alternatives.iter().flatten());
    let names: BTreeSet<&str> = names.map(|(name, _)| name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let constants = Scope::default().settle(Case::Constant, &names);
    let schemes = names.iter().zip(constants).map(|(name, constant)| Scheme {
        api_name: (*name).to_owned(),
        constant,
        kind: match scheme(cx, name) {
            Some(node) => kind(cx, node),
            None => SchemeKind::Unsupported,
        },
        setting: None,
        issuer: scheme(cx, name).and_then(issuer),
        token_origins: scheme(cx, name).map(token_origins).unwrap_or_default(),
    });
    let mut schemes: Vec<Scheme> = schemes.collect();
    settings(cx, &mut schemes);
    one_issuer(cx, &mut schemes);
    let wanted: Vec<(String, String)> = demands
        .iter()
        .map(|demand| (format!("{demand:?}"), requirement_name(demand)))
        .collect();
    let constants = Scope::default().settle_wanted(Case::Constant, &wanted);
    let mut named: Vec<(String, &Demand)> = constants.into_iter().zip(demands).collect();
    named.sort();
    let mut security = Security {
        schemes,
        ..Security::default()
    };
    for (index, (name, demand)) in named.into_iter().enumerate() {
        let guard = Guard::Secured(RequirementId(index));
        security.guards.insert(demand.clone(), guard);
        security
            .requirements
            .push(requirement(name, demand, &names));
    }
    security
}

/// The settings with the keys: what the document says, else a plain name where there is one scheme.
fn settings(cx: &mut Lowering<'_>, schemes: &mut [Scheme]) {
    let is_key = |scheme: &Scheme| matches!(scheme.kind, SchemeKind::ApiKey { .. });
    let alone = schemes.iter().filter(|scheme| is_key(scheme)).count() == 1;
    for found in schemes.iter_mut().filter(|scheme| is_key(scheme)) {
        let node = scheme(cx, &found.api_name).and_then(|node| node.get(SETTING));
        let given = node.and_then(Node::as_str);
        let plain = |name: &&str| name.ends_with("_KEYS") && Case::Constant.name(name) == **name;
        if let (Some(node), None) = (node, given.filter(plain)) {
            let message = format!("`{SETTING}` must be a name such as `ADMIN_KEYS`; it is ignored");
            cx.warn("bad-setting", node.span, message);
        }
        let own = match alone {
            true => "API_KEYS".to_owned(),
            false => format!("{}_KEYS", found.constant),
        };
        found.setting = Some(given.filter(plain).map_or(own, str::to_owned));
    }
}

/// Where OpenID Connect Discovery 1.0 (section 4) finds what an issuer says of itself.
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Who issues the tokens: what the document says, else who is discovered at `openIdConnectUrl`.
fn issuer(node: &Node) -> Option<String> {
    let text = |name| node.get(name).and_then(Node::as_str);
    let is_discovered = text("type") == Some("openIdConnect");
    let discovered = || {
        let url = text("openIdConnectUrl").unwrap_or_default();
        url.strip_suffix(DISCOVERY).unwrap_or_default()
    };
    let issuer = text(ISSUER).or_else(|| is_discovered.then(discovered))?;
    let is_absolute = issuer.starts_with("https://") || issuer.starts_with("http://");
    Some(if is_absolute { issuer } else { "" }.to_owned())
}

/// Where `openIdConnectUrl` and the flows of OAuth 2 (OpenAPI 3.1, section 4.8.29) get tokens.
fn token_origins(node: &Node) -> Vec<String> {
    let flows = node.get("flows").into_iter().flat_map(Node::members);
    let urls =
        flows.flat_map(|(_, flow)| ["tokenUrl", "refreshUrl"].map(|name| flow.value.get(name)));
    let urls = urls.chain([node.get("openIdConnectUrl")]).flatten();
    let origins: BTreeSet<String> = urls.filter_map(|url| origin(url.as_str()?)).collect();
    origins.into_iter().collect()
}

/// `https://id.example.com:8443` of a URL; nothing of one that is relative or odd.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    let is_origin = matches!(scheme, "http" | "https") && !authority.is_empty();
    (is_origin && authority.chars().all(is_plain)).then(|| format!("{scheme}://{authority}"))
}

/// A service believes one issuer: the first that is told.
fn one_issuer(cx: &mut Lowering<'_>, schemes: &mut [Scheme]) {
    let told = schemes.iter().filter_map(|scheme| scheme.issuer.clone());
    let Some(first) = told.clone().find(|issuer| !issuer.is_empty()) else {
        return;
    };
    let other = |found: &Scheme| found.issuer.as_ref().is_some_and(|issuer| *issuer != first);
    for found in schemes.iter_mut().filter(|found| other(found)) {
        let is_told = found.issuer.replace(first.clone()) != Some(String::new());
        if let (true, Some(node)) = (is_told, scheme(cx, &found.api_name)) {
            let message = format!("a service believes one issuer of tokens: `{first}` is taken");
            cx.warn("second-issuer", node.span, message);
        }
    }
}

fn requirement(name: String, demand: &Demand, schemes: &[&str]) -> Requirement {
    let credential = |(name, scopes): &(String, Vec<String>)| Credential {
        scheme: SchemeId(schemes.partition_point(|scheme| *scheme < name.as_str())),
        scopes: scopes.clone(),
    };
    let alternatives = demand.alternatives.iter();
    Requirement {
        name,
        alternatives: alternatives
            .map(|credentials| credentials.iter().map(credential).collect())
            .collect(),
        optional: demand.optional,
    }
}

/// `ITEMS_WRITE_OR_API_KEY`: the scopes where there are some, else the schemes. A long one is
/// cut and told by a hash, so that it does not depend on others.
fn requirement_name(demand: &Demand) -> String {
    let scheme = |name: &str| {
        let constant = Case::Constant.name(name);
        let bare = constant.strip_suffix("_AUTH").unwrap_or(&constant);
        bare.to_owned()
    };
    let scopes = |(name, scopes): &(String, Vec<String>)| match scopes.is_empty() {
        true => scheme(name),
        false => joined(scopes.iter().map(|scope| scope_name(scope)), "_AND_"),
    };
    let full = join(demand, scopes);
    shorten(full.clone(), &full)
}

fn join(demand: &Demand, name: impl Fn(&(String, Vec<String>)) -> String) -> String {
    let alternatives = demand.alternatives.iter();
    let alternatives = alternatives.map(|all| joined(all.iter().map(&name), "_AND_"));
    let joined = joined(alternatives, "_OR_");
    match demand.optional {
        true => format!("OPTIONAL_{joined}"),
        false => joined,
    }
}

fn joined(parts: impl Iterator<Item = String>, glue: &str) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for part in parts {
        if !distinct.contains(&part) {
            distinct.push(part);
        }
    }
    distinct.join(glue)
}

/// Of a scope that is a URL, the last piece of its path says enough.
fn scope_name(scope: &str) -> String {
    let last = scope.trim_end_matches('/').rsplit("://").next();
    let last = match scope.contains("://") {
        true => last.and_then(|rest| rest.rsplit('/').next()),
        false => last,
    };
    Case::Constant.name(last.unwrap_or(scope))
}
