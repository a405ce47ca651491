//! Templates print what is to be said, `prettyplease` how it looks: the same bytes on any machine.

use anyhow::anyhow;

/// Formats a Rust file. Parsing it is the gate: what is no Rust is never written.
///
/// # Errors
/// It does not parse, which is a bug of ours: told with the line in question.
pub(super) fn rust(path: &str, source: &str) -> anyhow::Result<String> {
    let tree = parse(path, source)?;
    Ok(prettyplease::unparse(&tree))
}

/// Checks a Rust file whose template prints it as `rustfmt` would.
///
/// # Errors
/// As [`rust`].
pub(super) fn check(path: &str, source: &str) -> anyhow::Result<()> {
    parse(path, source).map(drop)
}

fn parse(path: &str, source: &str) -> anyhow::Result<syn::File> {
    let tree = syn::parse_file(source).map_err(|error| {
        let line = error.span().start().line;
        let text = source.lines().nth(line.saturating_sub(1)).unwrap_or("");
        anyhow!(
            "{path}: apigen wrote Rust that does not parse, which is a bug in apigen: {error} in `{}`",
            text.trim()
        )
    });
    // Spans live in a store of the thread, and nobody asks for them again.
    proc_macro2::extra::invalidate_current_thread_spans();
    tree
}
