//! What is told of the whole document: `info`, servers and tags.

use super::{Linter, key, rules::Advice, says, text};
use crate::spec::Node;

/// Hosts of the machine itself, and of examples.
const LOCAL: &[&str] = &["localhost", "127.", "0.0.0.0", "[::1]", "{"];

impl Linter<'_> {
    pub(super) fn whole(&mut self) {
        let root = &self.document.root;
        if let Some(info) = root.get("info") {
            let at = key(root, "info");
            if !says(info, "description") && !says(info, "summary") {
                let hint = "say in a line or two what the API is for";
                self.tell(
                    Advice::InfoDescription,
                    at,
                    "`info` has no description",
                    hint,
                );
            }
            for (name, advice) in [
                ("contact", Advice::InfoContact),
                ("license", Advice::InfoLicense),
            ] {
                if info.get(name).is_none() {
                    self.tell(advice, at, format!("`info` has no `{name}`"), "");
                }
            }
        }
        self.servers();
        self.tags();
    }

    fn servers(&mut self) {
        for server in self
            .document
            .root
            .get("servers")
            .map_or(&[][..], Node::items)
        {
            let (url, at) = (
                text(server, "url"),
                server.get("url").map_or(server.span, |url| url.span),
            );
            let host = url.strip_prefix("http://").unwrap_or_default();
            let name = host.split(['/', ':']).next().unwrap_or_default();
            let is_public =
                name.contains('.') && !name.ends_with(".local") && !name.ends_with(".internal");
            if is_public && !LOCAL.iter().any(|local| host.starts_with(local)) {
                let message = format!("`{url}` is called without TLS");
                self.tell(Advice::ServerHttps, at, message, "write `https://`");
            }
            if url.len() > 1 && url.ends_with('/') {
                let message = format!("`{url}` ends in a slash, and each path begins with one");
                self.tell(Advice::ServerSlash, at, message, "leave the slash out");
            }
        }
    }

    fn tags(&mut self) {
        let tags = self.document.root.get("tags").map_or(&[][..], Node::items);
        let known: Vec<_> = tags.iter().map(|tag| text(tag, "name")).collect();
        for tag in tags
            .iter()
            .filter(|tag| !says(tag, "description") && !says(tag, "summary"))
        {
            let message = format!("the tag `{}` has no description", text(tag, "name"));
            self.tell(Advice::TagDescription, tag.span, message, "");
        }
        if known.is_empty() {
            return;
        }
        for operation in self.operations.clone() {
            for tag in operation.node.get("tags").map_or(&[][..], Node::items) {
                let Some(name) = tag.as_str().filter(|name| !known.contains(name)) else {
                    continue;
                };
                let message = format!("the tag `{name}` is not in the list of `tags`");
                let near = similar::get_close_matches(name, &known, 1, 0.6);
                let hint = match near.first() {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "add it to `tags` with a description".to_owned(),
                };
                self.tell_once(Advice::TagUndefined, name, tag.span, message, &hint);
            }
        }
    }
}
