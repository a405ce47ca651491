//! What caches may keep of answers.

use super::{Lowering, Wrong, paths::Route};
use crate::{config::unknown, diagnostic::Diagnostic, model::Method, spec::CACHE};

const CODE: &str = "bad-cache";

/// Directives of a response (RFC 9111, 5861 and 8246), and whether they take seconds.
const DIRECTIVES: [(&str, bool); 13] = [
    ("immutable", false),
    ("max-age", true),
    ("must-revalidate", false),
    ("must-understand", false),
    ("no-cache", false),
    ("no-store", false),
    ("no-transform", false),
    ("private", false),
    ("proxy-revalidate", false),
    ("public", false),
    ("s-maxage", true),
    ("stale-if-error", true),
    ("stale-while-revalidate", true),
];

/// What an operation says of it: all may keep what everybody may read, and callers what is theirs.
pub(super) fn control(
    cx: &mut Lowering<'_>,
    route: &Route<'_>,
    is_secured: bool,
) -> Option<String> {
    let node = route.operation.get(CACHE)?;
    if route.method != Method::Get {
        cx.warn(CODE, node.span, no_read(CACHE));
        return None;
    }
    let text = node.as_text().unwrap_or_default();
    let tell = |(message, hint): Wrong| {
        let diagnostic = Diagnostic::warning(CODE, node.span, message);
        cx.report(diagnostic.hint(hint.unwrap_or_default()));
    };
    read(&text, is_secured).map_err(tell).ok()
}

/// What is wrong with something called so at what is no reading.
pub(super) fn no_read(name: &str) -> String {
    format!("`{name}` is for readings, and this is no GET")
}

/// What the answers say by this text.
pub(super) fn read(text: &str, is_secured: bool) -> Result<String, Wrong> {
    let mut said = Vec::new();
    for directive in text
        .split(',')
        .map(|directive| directive.trim().to_ascii_lowercase())
    {
        if let Err(hint) = check(&directive) {
            let message = format!("`Cache-Control` of an answer cannot say `{directive}`");
            return Err((message, Some(hint)));
        }
        said.push(directive);
    }
    let shares = |directive: &String| directive == "public" || directive.starts_with("s-maxage");
    if is_secured && let Some(shared) = said.iter().find(|said| shares(said)) {
        let message = format!("`{shared}` would show to all what one caller may read");
        let hint =
            "leave it out: callers may keep their own; or let everybody read it, by `security: []`";
        return Err((message, Some(hint.to_owned())));
    }
    let is_told = said
        .iter()
        .any(|said| ["public", "private", "no-store"].contains(&said.as_str()));
    let visibility = if is_secured { "private" } else { "public" };
    let told = (!is_told).then(|| visibility.to_owned());
    Ok(told.into_iter().chain(said).collect::<Vec<_>>().join(", "))
}

/// Whether there is such a directive; else what to do.
fn check(directive: &str) -> Result<(), String> {
    let (name, seconds) = directive.split_once('=').unzip();
    let name = name.unwrap_or(directive);
    let names = DIRECTIVES.map(|(name, _)| name);
    let Some((_, wants)) = DIRECTIVES.iter().find(|(known, _)| *known == name) else {
        return Err(unknown(name, &names).unwrap_or_default());
    };
    let is_number = |text: &str| text.parse::<u32>().is_ok();
    match wants == &seconds.is_some_and(is_number) && (*wants || seconds.is_none()) {
        true => Ok(()),
        false if *wants => Err(format!("it takes seconds: `{name}=60`")),
        false => Err(format!("it takes no value: `{name}`")),
    }
}
