//! `apigen add resource`: one more resource in a resource spec, whose other lines stay as they are.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{
    Console, Failure, Outcome,
    document::refused,
    init::{self, draft::Resource, grammar},
    sync,
};
use crate::{
    config::{self, Config},
    diagnostic::Sources,
    project::{self, Write, disk},
    spec::{self, Member, Node, Refusal},
};

/// The resource spec where there is no project.
pub const USUAL: &str = "resources.yaml";

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward; without one, the folder of `resources.yaml`.
    pub directory: PathBuf,
    /// What the resource is called.
    pub name: String,
    /// Its fields, as `name:string(1..100)`.
    pub fields: Vec<String>,
    /// The resource that it stands below.
    pub parent: Option<String>,
}

/// Runs it.
///
/// # Errors
/// There is no resource spec, it has errors with the resource, or it cannot be written; then nothing
/// was.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    let (root, path) = place(&options.directory)?;
    let file = root.join(&path);
    let text = disk::read_text(&file)?;
    let text = text.with_context(|| format!("there is no `{}`", file.display()))?;
    let resource = resource(options)?;
    let new = added(&path, &text, &resource)?;
    init::check(&path, &new)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let name = file.file_name().context("the spec has no name")?;
    project::apply(folder, &[Write::text(name.to_string_lossy(), new)])?;
    console.note(&format!("`{}` is new in `{path}`", resource.name));
    if !root.join(config::FILE).exists() {
        console.note(&format!("\nNext:\n  apigen new PATH --spec {path}"));
        return Ok(Outcome::Done);
    }
    let options = sync::Options {
        directory: root,
        ..sync::Options::default()
    };
    sync::run(&options, console)
}

/// The folder, and the resource spec as seen from there.
fn place(directory: &Path) -> anyhow::Result<(PathBuf, String)> {
    let Some(root) = disk::find_upward(directory, config::FILE) else {
        if directory.join(USUAL).exists() {
            return Ok((directory.to_owned(), USUAL.to_owned()));
        }
        let message = format!("there is neither a project nor a `{USUAL}` here");
        return Err(Failure::hinted(message, "`apigen init` writes one").into());
    };
    let text = disk::read_text(&root.join(config::FILE))?.unwrap_or_default();
    let config = Config::parse(config::FILE, &text).map_err(Failure::from)?;
    Ok((root, config.spec))
}

fn resource(options: &Options) -> anyhow::Result<Resource> {
    let hint = "`apigen add resource tag --field 'name:string(1..30) unique'`";
    let told = |why: String| anyhow::Error::from(Failure::hinted(why, hint));
    let name = grammar::collection(&options.name).map_err(told)?;
    let fields = options.fields.iter().map(|field| grammar::fields(field));
    let fields: Vec<_> = fields.collect::<Result<_, _>>().map_err(told)?;
    let fields = fields.concat();
    if fields.is_empty() {
        return Err(told(format!("`{name}` has no fields")));
    }
    let parent = options.parent.iter();
    Ok(Resource {
        name,
        options: parent
            .map(|parent| ("parent".to_owned(), init::draft::plain(parent)))
            .collect(),
        fields,
        ..Resource::default()
    })
}

/// The text with one more resource behind the others.
///
/// # Errors
/// It is no resource spec, or has a resource of this name.
pub fn added(name: &str, text: &str, resource: &Resource) -> anyhow::Result<String> {
    let root = spec::tree(name, text).map_err(|diagnostics| {
        let mut sources = Sources::default();
        sources.add(name, text);
        refused(Refusal {
            sources,
            diagnostics,
        })
    })?;
    let resources = root
        .as_object()
        .and_then(|members| members.get("resources"));
    let Some(resources) = resources.filter(|_| root.get("apigen").is_some()) else {
        let message = format!("`{name}` is no resource spec");
        let hint = "it is an OpenAPI document: write the paths of the resource into it, then `apigen sync`";
        return Err(Failure::hinted(message, hint).into());
    };
    if resources.value.get(&resource.name).is_some() {
        let message = format!("there is a resource `{}` already", resource.name);
        let hint = format!("add fields to it in `{name}`, then `apigen sync`");
        return Err(Failure::hinted(message, hint).into());
    }
    let in_blocks = |member: &Member| text[member.value.span.start..].starts_with(['{', '[']);
    let Some(members) = resources
        .value
        .as_object()
        .filter(|_| !in_blocks(resources))
    else {
        let message = format!("the `resources` of `{name}` stand in braces");
        let hint = "write each on lines of its own: `resources:`, then `  items:` and so on";
        return Err(Failure::hinted(message, hint).into());
    };
    let first = members
        .values()
        .next()
        .context("there is no resource yet")?;
    let last = members
        .values()
        .next_back()
        .context("there is no resource yet")?;
    let left = column(text, first.key.start);
    let at = end(text, last, left);
    let step = step(text, first, left);
    Ok(inserted(
        text,
        at,
        &resource.text(left, step, false),
        members.len() > 1 && has_gap(text, last.key.start),
    ))
}

/// How far from the left a place is.
fn column(text: &str, at: usize) -> usize {
    at - text[..at].rfind('\n').map_or(0, |line| line + 1)
}

/// By how much the lines of this spec go to the right with each level.
fn step(text: &str, member: &Member, left: usize) -> usize {
    let inner = member.value.members().next();
    // What stands on the resource's own line, as in `{ … }`, tells nothing.
    let between = |inner: &Member| text.get(member.key.end..inner.key.start);
    let inner = inner.filter(|(_, inner)| between(inner).is_some_and(|gap| gap.contains('\n')));
    let step = inner.map(|(_, inner)| column(text, inner.key.start));
    step.and_then(|column| column.checked_sub(left))
        .filter(|step| (1..=8).contains(step))
        .unwrap_or(2)
}

/// Whether a blank line stands before a resource, past its comments.
fn has_gap(text: &str, at: usize) -> bool {
    let before = text[..at].lines().rev().skip(1);
    let mut before = before.skip_while(|line| line.trim_start().starts_with('#'));
    before.next().is_some_and(|line| line.trim().is_empty())
}

/// The place behind the last line of a resource, before what is said of others.
fn end(text: &str, last: &Member, left: usize) -> usize {
    let deepest = deepest(&last.value).max(last.key.end);
    // A block of text is told to end where the next line begins.
    let deepest = text[..deepest].trim_end().len();
    let mut end = line_end(text, deepest);
    let mut at = end;
    while at < text.len() {
        let next = line_end(text, at);
        let line = &text[at..next];
        let indent = line.len() - line.trim_start().len();
        match line.trim() {
            "" => {}
            trimmed if indent > left || (indent == left && trimmed.starts_with('#')) => end = next,
            _ => break,
        }
        at = next;
    }
    end
}

/// Where the last single value in a node ends.
fn deepest(node: &Node) -> usize {
    let members = node
        .members()
        .map(|(_, member)| deepest(&member.value).max(member.key.end));
    let items = node.items().iter().map(deepest);
    let inner = members.chain(items).max();
    inner.unwrap_or(node.span.end)
}

/// Behind the line break of the line that a place is on.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

fn inserted(text: &str, at: usize, lines: &str, with_gap: bool) -> String {
    let (before, after) = text.split_at(at);
    let mut new = before.to_owned();
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    if !new.ends_with('\n') {
        new.push_str(eol);
    }
    if with_gap {
        new.push_str(eol);
    }
    new.push_str(&lines.replace('\n', eol));
    new + after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags() -> Resource {
        let fields = grammar::fields("name:string(1..30) unique").expect("fields");
        Resource {
            name: "tags".to_owned(),
            fields,
            ..Resource::default()
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(added("r.yaml", text, &tags()).expect("it"), expected);
    }

    #[test]
    fn a_resource_is_added_and_the_rest_stays() {
        check(
            "apigen: 1 # mine\nresources:\n  items: # these\n    fields:\n      name:   string # its\n",
            "apigen: 1 # mine\nresources:\n  items: # these\n    fields:\n      name:   string # its\n  tags:\n    fields:\n      name: string(1..30) unique\n",
        );
        // Four spaces, a blank line between, another key behind, with its comment.
        check(
            "apigen: 1\nresources:\n    a:\n        fields: { x: string }\n\n    # of b\n    b:\n        fields:\n            x: string\n        # no more\n\n# the end\nname: x\n",
            "apigen: 1\nresources:\n    a:\n        fields: { x: string }\n\n    # of b\n    b:\n        fields:\n            x: string\n        # no more\n\n    tags:\n        fields:\n            name: string(1..30) unique\n\n# the end\nname: x\n",
        );
        check(
            "apigen: 1\r\nresources:\r\n  a: { fields: { x: string } }",
            "apigen: 1\r\nresources:\r\n  a: { fields: { x: string } }\r\n  tags:\r\n    fields:\r\n      name: string(1..30) unique\r\n",
        );
        check(
            "apigen: 1\nresources:\n  a:\n    description: |\n      one\n\n      two\n\nname: x\n",
            "apigen: 1\nresources:\n  a:\n    description: |\n      one\n\n      two\n  tags:\n    fields:\n      name: string(1..30) unique\n\nname: x\n",
        );
    }

    #[test]
    fn what_cannot_be_extended_is_told() {
        for (text, told) in [
            ("openapi: 3.1.0\n", "`r.yaml` is no resource spec"),
            ("apigen: 1\nresources: { a: {} }\n", "stand in braces"),
            (
                "apigen: 1\nresources:\n  tags: {}\n",
                "a resource `tags` already",
            ),
            ("apigen: 1\nresources:\n", "stand in braces"),
            ("apigen: [\n", "error"),
        ] {
            let error = added("r.yaml", text, &tags()).expect_err(text).to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
