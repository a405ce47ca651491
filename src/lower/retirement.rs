//! Operations that go away: since when, until when, and what comes after them.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::{Lowering, paths::Route, resources::said::blank};
use crate::{
    config::unknown,
    diagnostic::{Diagnostic, Span},
    model::{GroupId, Retirement},
    spec::{DEPRECATION, Node},
};

const CODE: &str = "bad-deprecation";
const MEMBERS: &[&str] = &["since", "sunset", "successor", "link"];

/// What is said of all operations below a path.
struct Prefix<'a> {
    path: &'a str,
    said: Retirement,
}

/// What the root says, and what is needed to understand what operations say.
pub(super) struct Retirements<'a> {
    /// The longest paths first.
    prefixes: Vec<Prefix<'a>>,
    /// The shapes of all paths.
    shapes: BTreeSet<String>,
}

impl<'a> Retirements<'a> {
    pub(super) fn read(cx: &mut Lowering<'a>, routes: &[(Route<'a>, GroupId)]) -> Self {
        let shapes = routes.iter().map(|(route, _)| blank(&route.path));
        let mut prefixes = Vec::new();
        let root = cx.document.root.get(DEPRECATION);
        if let Some(root) = root.filter(|root| root.as_object().is_none()) {
            let message = format!("`{DEPRECATION}` must be a mapping from paths");
            let hint = "such as `/v1: { since: 2026-06-01 }`";
            cx.report(Diagnostic::warning(CODE, root.span, message).hint(hint));
        }
        for (path, member) in root.into_iter().flat_map(Node::members) {
            if !routes
                .iter()
                .any(|(route, _)| rest(&route.path, path).is_some())
            {
                cx.warn(CODE, member.key, format!("no operation is below `{path}`"));
            }
            if let Some(said) = said(cx, &member.value) {
                prefixes.push(Prefix { path, said });
            }
        }
        prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.path.len()));
        Self {
            prefixes,
            shapes: shapes.collect(),
        }
    }

    /// What is said of an operation: by itself, else by the nearest path above it.
    pub(super) fn of(&self, cx: &mut Lowering<'a>, route: &Route<'a>) -> Option<Retirement> {
        let node = route.operation;
        let mut found = match node.get(DEPRECATION) {
            Some(own) => {
                let span = own.get("successor").map_or(own.span, |next| next.span);
                said(cx, own).map(|said| followed(cx, route, said, span))
            }
            None => self.above(route),
        };
        if let Some(sunset) = customary_sunset(node) {
            found.get_or_insert_default().sunset.get_or_insert(sunset);
        }
        found
    }

    fn above(&self, route: &Route<'_>) -> Option<Retirement> {
        let mut prefixes = self.prefixes.iter();
        let (prefix, rest) = prefixes.find_map(|p| Some((p, rest(&route.path, p.path)?)))?;
        let mut said = prefix.said.clone();
        said.successor = said
            .successor
            .map(|next| format!("{}{rest}", next.trim_end_matches('/')))
            .filter(|next| !next.starts_with('/') || self.shapes.contains(&blank(next)));
        Some(said)
    }
}

/// The successor of one operation is an address, or a path with the operation's own parameters.
fn followed(
    cx: &mut Lowering<'_>,
    route: &Route<'_>,
    mut said: Retirement,
    span: Span,
) -> Retirement {
    let Some(next) = said.successor.as_ref().filter(|next| next.starts_with('/')) else {
        return said;
    };
    let known: Vec<&str> = route.path_parameters().collect();
    let mut asked = next
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next());
    let strange = asked.find(|name| !known.contains(name));
    let Some(name) = strange.map(str::to_owned) else {
        // Another service may have the path.
        return said;
    };
    let message = format!("the path has no `{{{name}}}` for the successor `{next}`");
    cx.warn(CODE, span, message);
    said.successor = None;
    said
}

/// What follows in a path that is below another, or is it.
fn rest<'p>(path: &'p str, above: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(above.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// A date, or a mapping of them; what is not understood is told.
fn said(cx: &mut Lowering<'_>, node: &Node) -> Option<Retirement> {
    if node.as_object().is_none() {
        let since = moment(cx, node)?;
        return Some(Retirement {
            since: Some(deprecation(since)),
            ..Retirement::default()
        });
    }
    let mut said = Retirement::default();
    for (name, member) in node.members() {
        let value = &member.value;
        match name {
            "since" => said.since = moment(cx, value).map(deprecation),
            "sunset" => said.sunset = moment(cx, value).map(http_date),
            "successor" => said.successor = address(cx, value, "{}"),
            "link" => said.link = address(cx, value, ""),
            _ => {
                let message = format!("`{DEPRECATION}` has no member `{name}`");
                let told = Diagnostic::warning(CODE, member.key, message);
                cx.report(match unknown(name, MEMBERS) {
                    Some(hint) => told.hint(hint),
                    None => told,
                });
            }
        }
    }
    Some(said)
}

/// What others write for the same: `x-sunset`, which is no member of ours, so nothing is told of it.
fn customary_sunset(operation: &Node) -> Option<String> {
    time(&operation.get("x-sunset")?.as_text()?).map(http_date)
}

fn moment(cx: &mut Lowering<'_>, node: &Node) -> Option<DateTime<Utc>> {
    let found = node.as_text().and_then(|text| time(&text));
    if found.is_none() {
        let message = "this is neither a date nor a time";
        let hint = "such as `2026-06-01`, or `2026-06-01T12:00:00Z`";
        cx.report(Diagnostic::warning(CODE, node.span, message).hint(hint));
    }
    found
}

/// A date is where it begins in UTC. What headers say is understood too.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let seconds = || text.strip_prefix('@')?.parse().ok();
    let time = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    time.ok()
        .map(|time| time.to_utc())
        .or_else(|| Some(day()?.and_time(NaiveTime::MIN).and_utc()))
        .or_else(|| DateTime::from_timestamp(seconds()?, 0))
        .filter(|time| (0..=MOST).contains(&time.timestamp()))
}

/// The last second of the year 9999, which is the last that HTTP can write.
const MOST: i64 = 253_402_300_799;

fn deprecation(since: DateTime<Utc>) -> String {
    format!("@{}", since.timestamp())
}

fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// An address, or a path; it stands in a header.
fn address(cx: &mut Lowering<'_>, node: &Node, more: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    let fits = |text: &String| {
        let begins = ["/", "https://", "http://"]
            .iter()
            .any(|start| text.starts_with(start));
        begins && text.chars().all(|c| plain(c) || more.contains(c))
    };
    let found = node.as_text().filter(fits);
    if found.is_none() {
        let message = "this is neither a path nor an address";
        let hint = "such as `/v2/items`, or `https://example.com/changes`";
        cx.report(Diagnostic::warning(CODE, node.span, message).hint(hint));
    }
    found
}
