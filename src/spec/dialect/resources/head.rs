//! The head of a resource spec: what the service is, and how callers reach it.

use heck::ToTitleCase as _;

use crate::{diagnostic::Span, spec::Node};

use super::{
    blueprint::{At, Auth, Blueprint, Resource, Version},
    reader::Reader,
};

const KEYS: [&str; 13] = [
    "apigen",
    "name",
    "title",
    "version",
    "description",
    "base",
    "servers",
    "auth",
    "issuer",
    "roles",
    "errors",
    "versions",
    "resources",
];

/// How many resources a service may have.
const MAX_RESOURCES: usize = 1000;

/// The forms of errors, and whether it is that of RFC 9457.
const ERRORS: [(&str, bool); 2] = [("custom", false), ("problem", true)];

const AUTH: [(&str, Auth); 4] = [
    ("none", Auth::None),
    ("jwt", Auth::Jwt),
    ("api_keys", Auth::ApiKeys),
    ("accounts", Auth::Accounts),
];

/// The path that addresses start with, where nobody says.
const BASE: &str = "/api/v1";
/// The same, where versions follow it.
const VERSIONED: &str = "/api";

impl Reader {
    /// The whole spec; with problems, it is as complete as can be.
    pub(super) fn blueprint(&mut self, root: &Node) -> Blueprint {
        self.keys(root, "the document", "key of a resource spec", &KEYS);
        let name = self.name(root);
        let title = self.text_of(root, "title").unwrap_or_else(|| {
            let title = format!("{} API", name.value.to_title_case());
            At::new(title, name.span)
        });
        let version = self.text_of(root, "version");
        let version = version.unwrap_or_else(|| At::new("1.0.0".to_owned(), name.span));
        let auth = self.auth(root, name.span);
        let mut resources = self.resources(root, name.span);
        let mut roles = Vec::new();
        if auth.value == Auth::Accounts {
            roles = self.roles(root);
            self.users(&At::new((), auth.span), &roles, &mut resources);
        } else if let Some((_, member)) = root.members().find(|(key, _)| *key == "roles") {
            let message = "`roles` are those of accounts";
            self.hinted(member.key, message, "say `auth: accounts`");
        }
        let versions = self.versions(root);
        let newest = versions.last().cloned();
        let mut spec = Blueprint {
            span: name.span,
            version,
            description: self.prose(root, "description"),
            servers: self.servers(root, name.span, newest.as_ref()),
            issuer: self.issuer(root, auth.value),
            auth,
            roles,
            resources,
            title,
            problems: self.errors(root),
            edition: newest,
            newest: None,
            older: Vec::new(),
        };
        spec.older = self.older(&spec, versions);
        spec
    }

    fn name(&mut self, root: &Node) -> At<String> {
        let first = root.members().next().map(|(_, member)| member.key);
        match self.text_of(root, "name") {
            Some(name) => {
                self.named(&name, "a service", true);
                name
            }
            None => {
                let span = first.unwrap_or(root.span);
                if root.get("name").is_none() {
                    let message = "the service has no `name`";
                    self.hinted(span, message, "such as `name: tracker`");
                }
                At::new("service".to_owned(), span)
            }
        }
    }

    fn servers(&mut self, root: &Node, span: Span, newest: Option<&Version>) -> Vec<At<String>> {
        let base = self.text_of(root, "base");
        let usual = if newest.is_some() { VERSIONED } else { BASE };
        let base = base.unwrap_or_else(|| At::new(usual.to_owned(), span));
        let plain = |c: char| c.is_ascii_alphanumeric() || "/_-.~".contains(c);
        if !base.value.starts_with('/') || !base.value.chars().all(plain) {
            let message = "`base` must be a plain path";
            self.hinted(base.span, message, "such as `/api/v1`, or `/` for none");
        }
        let path = base.value.trim_end_matches('/');
        let servers = self.texts(root, "servers");
        for server in &servers {
            self.is_address(server, "server", "https://tasks.example.com");
        }
        match servers.is_empty() {
            true => vec![At::new(
                if path.is_empty() { "/" } else { path }.to_owned(),
                base.span,
            )],
            false => servers
                .into_iter()
                .map(|server| {
                    let address = server.value.trim_end_matches('/');
                    At::new(format!("{address}{path}"), server.span)
                })
                .collect(),
        }
    }

    /// Whether errors have the form of RFC 9457.
    fn errors(&mut self, root: &Node) -> bool {
        let word = self.text_of(root, "errors");
        let found = word.and_then(|word| self.choice(&word, "errors", &ERRORS));
        found.unwrap_or_default()
    }

    fn auth(&mut self, root: &Node, span: Span) -> At<Auth> {
        let Some(word) = self.text_of(root, "auth") else {
            return At::new(Auth::None, span);
        };
        let found = self.choice(&word, "auth", &AUTH);
        At::new(found.unwrap_or(Auth::Jwt), word.span)
    }

    /// Who issues the tokens of callers.
    fn issuer(&mut self, root: &Node, auth: Auth) -> Option<At<String>> {
        let issuer = self.text_of(root, "issuer")?;
        if auth != Auth::Jwt {
            let message = "`issuer` is who issues the tokens of `auth: jwt`";
            self.hinted(issuer.span, message, "say `auth: jwt`");
        }
        self.is_address(&issuer, "issuer", "https://login.example.com");
        Some(issuer)
    }

    pub(super) fn is_address(&mut self, address: &At<String>, what: &str, such: &str) {
        let mut schemes = ["https://", "http://"].iter();
        let is_url = schemes.any(|scheme| address.value.starts_with(scheme));
        if !is_url || address.value.contains(char::is_whitespace) {
            let message = format!("the {what} `{}` must be an address", address.value);
            self.hinted(address.span, message, format!("such as `{such}`"));
        }
    }

    fn resources(&mut self, root: &Node, span: Span) -> Vec<Resource> {
        let Some(node) = root.get("resources") else {
            let message = "the service has no `resources`";
            let hint = "`resources: { tasks: { fields: { title: string(1..200) } } }`";
            self.hinted(span, message, hint);
            return Vec::new();
        };
        if node.as_object().is_none() || node.members().next().is_none() {
            self.misfit(node, "resources", "a mapping from names to resources");
            return Vec::new();
        }
        if node.members().count() > MAX_RESOURCES {
            let message = format!("a service has at most {MAX_RESOURCES} resources");
            self.error(node.span, message);
            return Vec::new();
        }
        let mut resources = Vec::new();
        for (name, member) in node.members() {
            let name = At::new(name.to_owned(), member.key);
            if self.named(&name, "a resource", true) {
                resources.push(self.resource(name, &member.value));
            }
        }
        resources
    }
}
