//! `apigen explain file`: whose a file is, what it is made from, how it stands, and what to do with it.

use std::{collections::BTreeSet, path::Path};

use super::{headline, place};
use crate::{
    commands::{
        Failure, homes, nearest_path,
        open::{Given, Project},
        survey::{Choices, Survey},
        workspace::{self, Part},
    },
    config::{self, Layout},
    model::{Group, Operation, Service},
    project::{Action, Entry, FOLDER, LOCK, MODEL, base, disk, lock::hash, text::conflict},
    render::{Ownership, Within, purpose, template},
};

/// How many places of the document are told where nobody asks for all.
const SHOWN: usize = 10;

/// Everything that there is to say of one file.
///
/// # Errors
/// There is no such file, or the project cannot be read.
pub(super) fn explain(directory: &Path, file: &Path, verbose: bool) -> anyhow::Result<String> {
    let (start, inside) = workspace::target(directory, None)?;
    let whole = Survey::of(&start, &Choices::default(), None)?;
    let inside = inside.map(|folder| format!("{folder}/"));
    let full = homes::path(&whole.project.root, inside.as_deref(), file);
    let holds = |survey: &Survey, path: &str| survey.plan.entries.iter().any(|e| e.path == path);
    let part = homes::part(&whole.parts, &full).filter(|part| {
        // What a service is made from is of the workspace.
        holds(&part.survey, &full[part.folder.len()..]) || !holds(&whole, &full)
    });
    let (survey, path) = match part {
        Some(part) => (&part.survey, &full[part.folder.len()..]),
        None => (&whole, full.as_str()),
    };
    let mut entries = survey.plan.entries.iter();
    let entry = entries.find(|entry| entry.path == path);
    let lines = match entry {
        Some(entry) => of_plan(survey, entry, verbose)?,
        None => of_others(survey, path)?,
    };
    let mut text = format!("{full}\n");
    for (label, line) in lines {
        // What is advised is done from where one is, and that may be the workspace.
        let line = match part {
            Some(Part { folder, survey, .. }) => {
                let spec = &survey.project.config.spec;
                let line = line.replace(&format!(" {path}`"), &format!(" {full}`"));
                let [own, told] = ["", folder].map(|folder| format!("{folder}{spec}:"));
                let line = line.replace(&format!("({own}"), &format!("({told}"));
                line.replace(&format!(" {own}"), &format!(" {told}"))
            }
            None => line,
        };
        text.push_str(&format!("  {label:10}  {line}\n"));
    }
    Ok(text)
}

/// A line, and what it is about; nothing for one that goes on with the same.
type Lines = Vec<(&'static str, String)>;

fn of_plan(survey: &Survey, entry: &Entry, verbose: bool) -> anyhow::Result<Lines> {
    let path = entry.path.as_str();
    let within = within(&survey.project);
    let mut lines = vec![("whose", ownership(entry.ownership).to_owned())];
    lines.extend(purpose(path, within).map(|purpose| ("what", purpose.to_owned())));
    lines.extend(template(path, within).map(|template| ("template", template)));
    lines.extend(told("made from", origins(survey, path), verbose));
    lines.push(("state", state(survey, entry)?));
    lines.extend(told("implements", implements(survey, path), verbose));
    lines.push(("you may", advice(survey, entry)));
    Ok(lines)
}

/// What the paths of a project's files are relative to.
fn within(project: &Project) -> Within {
    let has_common = |given: &Given| given.common.is_some();
    match (project.config.layout, &project.config.workspace) {
        (Layout::Services, _) => Within::Workspace,
        (_, Some(_)) => Within::Service {
            shares: project.given.as_ref().is_some_and(has_common),
        },
        (_, None) => Within::Package,
    }
}

/// The first line has the label; what is too much is counted.
fn told(label: &'static str, mut all: Vec<String>, verbose: bool) -> Lines {
    if all.len() > SHOWN + 1 && !verbose {
        let more = all.len() - SHOWN;
        all.truncate(SHOWN);
        all.push(format!("… and {more} more (-v)"));
    }
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    labels.zip(all).collect()
}

fn ownership(ownership: Ownership) -> &'static str {
    match ownership {
        Ownership::Generated => "apigen's (G): every `apigen sync` writes it",
        Ownership::Scaffolded => {
            "yours (S): apigen wrote it once, and `apigen sync` never touches it"
        }
        Ownership::Ejected => {
            "yours (E): you ejected it; `apigen sync` merges what apigen changes into it"
        }
        Ownership::Appended => "append-only (A): a migration, written once and never changed",
        Ownership::Merged => {
            "shared (M): apigen adds what its code needs, and changes nothing of yours"
        }
        Ownership::Contract => "yours: the contract, from which everything else is made",
    }
}

/// How a file stands to what apigen would write.
fn state(survey: &Survey, entry: &Entry) -> anyhow::Result<String> {
    let disk = &survey.project.disk;
    let text = disk.text(&entry.path);
    if let Some(line) = text.and_then(conflict) {
        return Ok(format!("holds the markers of a conflict in line {line}"));
    }
    let is_mine = matches!(entry.ownership, Ownership::Scaffolded | Ownership::Ejected);
    let told = match entry.action {
        Action::Keep if is_mine => {
            let lock = &survey.project.lock;
            let kept = lock.scaffolded.get(&entry.path);
            let known = kept.or(lock.ejected.get(&entry.path)).cloned().flatten();
            match known == text.map(|text| hash(text.as_bytes())) {
                true => "as apigen wrote it",
                false => "edited by you",
            }
        }
        Action::Keep => "in step",
        Action::Restore => "in step, but for its formatting",
        Action::Create => "not there yet",
        Action::Update => "behind the spec, `apigen.toml` or this apigen",
        Action::Recreate => "deleted, and apigen generates it",
        Action::Remove => "left over: nothing asks for it any more",
        Action::Merge if is_mine => "behind: apigen changed what it is made from",
        Action::Merge => "lacks something that the generated code needs",
        Action::Conflict => "behind: you and apigen changed the same lines",
        Action::Unmerged => "behind, and the text that it was made from is gone",
        Action::Renumber => "about to get another number: two migrations have one",
        Action::Behind => "a newer scaffold is there",
        Action::Outgrown => "a newer scaffold is there, which the generated code may need",
        Action::Edited => "edited by hand, which stops `apigen sync`",
        Action::InTheWay => "in the way: you wrote it, and apigen generates a file there",
        Action::Deleted => "deleted by you, and stays so",
        Action::Lost => "deleted by you, and generated code needs it",
        Action::Orphaned => "orphaned: nothing in the spec belongs to it any more",
    };
    Ok(told.to_owned())
}

/// What a person may do with a file as it stands.
fn advice(survey: &Survey, entry: &Entry) -> String {
    let path = &entry.path;
    match (entry.action, entry.ownership) {
        (Action::Edited | Action::InTheWay, _) => format!(
            "`apigen eject {path}` keeps the edit, `apigen sync --discard {path}` gives it up"
        ),
        (Action::Deleted | Action::Lost, _) => format!("`apigen restore {path}` brings it back"),
        (Action::Behind | Action::Outgrown, _) => {
            "`apigen upgrade` merges the newer scaffold into yours".to_owned()
        }
        (Action::Orphaned, _) => "move what you need of it elsewhere, and delete it".to_owned(),
        (Action::Unmerged, _) => {
            let base = base(path);
            format!("compare it with `{base}` once `apigen sync` wrote that")
        }
        (_, Ownership::Generated) if path.starts_with(FOLDER) => "leave it alone".to_owned(),
        (_, Ownership::Generated) if path.ends_with(&format!("/{}", config::FILE)) => {
            "change the `apigen.toml` of the workspace and run `apigen sync`".to_owned()
        }
        (_, Ownership::Generated) if is_slice(survey, path) => {
            "change the spec and run `apigen sync`".to_owned()
        }
        (_, Ownership::Generated) => generated(&survey.spec.service, path),
        (_, Ownership::Scaffolded) => {
            "edit it, or delete it: `apigen restore` brings it back; `apigen upgrade` merges newer \
             scaffolds into it"
                .to_owned()
        }
        (_, Ownership::Ejected) => {
            format!("edit it; `apigen restore {path}` gives it back to apigen")
        }
        (_, Ownership::Appended) => UNCHANGED.to_owned(),
        (_, Ownership::Merged) => "edit it: add, and choose other versions and values".to_owned(),
        (_, Ownership::Contract) => "edit it, and run `apigen sync`".to_owned(),
    }
}

/// It is a service's part of the document.
fn is_slice(survey: &Survey, path: &str) -> bool {
    let is_it = |part: &Part| path == format!("{}{}", part.folder, part.survey.project.config.spec);
    survey.parts.iter().any(is_it)
}

fn generated(service: &Service, path: &str) -> String {
    let eject = format!("`apigen eject {path}` makes it yours");
    let overridable = ["crud/", "operations/", "models/"];
    let group = group(service, path);
    match group.filter(|_| overridable.iter().any(|layer| path.contains(layer))) {
        Some(group) => format!(
            "`apigen override OPERATION` puts the default into `src/services/{}.rs`, to change it \
             there; {eject}",
            group.module
        ),
        None => format!("change the spec and run `apigen sync`; {eject}"),
    }
}

/// A file that no plan has.
fn of_others(survey: &Survey, path: &str) -> anyhow::Result<Lines> {
    let project = &survey.project;
    let yours = |what: &str| Ok(vec![("whose", what.to_owned())]);
    let mut names = survey.spec.document.sources.files().map(|(name, _)| name);
    if names.any(|name| disk::normal(Path::new(name)) == Path::new(path)) {
        return Ok(vec![
            ("whose", ownership(Ownership::Contract).to_owned()),
            ("you may", "edit it, and run `apigen sync`".to_owned()),
        ]);
    }
    if let Some(known) = project.lock.appended.get(path) {
        return Ok(migration(project, path, known));
    }
    let file = project.root.join(path);
    if file.is_dir() {
        let hint = "name a file in it";
        return Err(Failure::hinted(format!("`{path}` is a folder"), hint).into());
    }
    if !file.exists() {
        let known: Vec<_> = survey
            .plan
            .entries
            .iter()
            .map(|e| e.path.as_str())
            .collect();
        let hint = nearest_path(path, &known);
        let hint = hint.unwrap_or_else(|| "name it from here, or from the project's folder".into());
        return Err(Failure::hinted(format!("there is no file `{path}`"), hint).into());
    }
    if [LOCK, MODEL].contains(&path) || path.starts_with(&base("")) {
        return Ok(vec![
            (
                "whose",
                "apigen's: what it remembers of the last sync".to_owned(),
            ),
            ("you may", "commit it, and leave it alone".to_owned()),
        ]);
    }
    if path.starts_with(FOLDER) {
        return Ok(vec![
            ("whose", "apigen's, on this machine alone".to_owned()),
            ("you may", "delete it when no apigen is at work".to_owned()),
        ]);
    }
    if path == config::FILE && project.config.workspace.is_none() {
        return yours("yours: what you chose of apigen's options");
    }
    let implements = implements(survey, path);
    if implements.is_empty() {
        return yours("yours alone: apigen did not write it, and never will");
    }
    let mut lines = yours("yours alone: apigen reads it only to know what you implement")?;
    lines.extend(told("implements", implements, true));
    Ok(lines)
}

/// A migration of apigen's: no plan has it once it is written.
fn migration(project: &Project, path: &str, known: &BTreeSet<String>) -> Lines {
    let state = match project.disk.get(path) {
        None => "deleted: new databases miss its tables; bring it back from git",
        Some(bytes) if known.contains(&hash(bytes)) => "as apigen wrote it",
        Some(_) => "changed since apigen wrote it: databases that ran it do not see that",
    };
    let template = template(path, within(project)).map(|template| ("template", template));
    let mut lines = vec![("whose", ownership(Ownership::Appended).to_owned())];
    lines.extend(template);
    lines.push(("made from", TABLES.to_owned()));
    lines.push(("state", state.to_owned()));
    lines.push(("you may", UNCHANGED.to_owned()));
    lines
}

/// What migrations are made from.
const TABLES: &str = "the tables; `apigen explain resource` tells of them";

/// What to do with migrations.
const UNCHANGED: &str =
    "leave it as it is, since databases ran it; a migration of yours gets the next number";

/// The operations that the user implements in a file.
fn implements(survey: &Survey, path: &str) -> Vec<String> {
    let service = &survey.spec.service;
    let of = |operation: &Operation| {
        let method = survey.overrides.of(service, operation)?;
        let line = method.line;
        (method.file == path).then(|| format!("{} in line {line}", operation.id))
    };
    service.operations.iter().filter_map(of).collect()
}

/// The group whose module a file is named by, or lies in.
fn group<'a>(service: &'a Service, path: &str) -> Option<&'a Group> {
    let mut names = path.split('/').map(|part| part.split('.').next());
    service
        .groups
        .iter()
        .find(|group| names.clone().any(|name| name == Some(&group.module)))
        .filter(|_| names.next().is_some())
}

/// The places in the document that a file is made from, by its layer.
fn origins(survey: &Survey, path: &str) -> Vec<String> {
    let service = &survey.spec.service;
    let whole = vec![format!("the whole of `{}`", survey.project.config.spec)];
    let path = path.strip_prefix("contract/").unwrap_or(path);
    let parts: Vec<_> = path.split('/').collect();
    let stem = |file: &str| file.split('.').next().unwrap_or_default().to_owned();
    match parts.as_slice() {
        ["src", "schemas", file] if *file != "mod.rs" => {
            let types = service.types.iter().filter(|ty| ty.module == stem(file));
            let types = types.map(|ty| format!("schema {} ({})", ty.name, place(&ty.origin)));
            types.collect()
        }
        ["src", "operations", group, file] if *file != "mod.rs" => {
            let is_it = |o: &&Operation| service[o.group].module == *group && o.name == stem(file);
            let all = service.operations.iter().filter(is_it);
            all.map(told_operation).collect()
        }
        ["src", "operations", module, "mod.rs"] => of_group(survey, module),
        ["src", "crud" | "services", file]
        | ["src", "api", "v1", file]
        | ["tests", "contract", "operations", file]
            if *file != "mod.rs" =>
        {
            of_group(survey, &stem(file))
        }
        ["src", "models", file] if *file != "mod.rs" => of_resource(service, &stem(file)),
        ["migrations", ..] => vec![TABLES.to_owned()],
        _ => whole,
    }
}

fn told_operation(operation: &Operation) -> String {
    format!("operation {}", headline(operation))
}

/// A tag, and its operations.
fn of_group(survey: &Survey, module: &str) -> Vec<String> {
    let (document, service) = (&survey.spec.document, &survey.spec.service);
    let Some(group) = service.groups.iter().find(|group| group.module == module) else {
        return Vec::new();
    };
    let tags = document
        .root
        .get("tags")
        .map_or(&[][..], |tags| tags.items());
    let name =
        |tag: &crate::spec::Node| tag.get("name").and_then(|n| n.as_str().map(str::to_owned));
    let tag = tags
        .iter()
        .find(|tag| name(tag).as_ref() == Some(&group.api_name));
    let tag = tag.map(|tag| {
        let at = place(&document.sources.origin(tag.span));
        format!("tag {} ({at})", group.api_name)
    });
    let operations = service.operations.iter();
    let operations = operations.filter(|o| service[o.group].module == module);
    tag.into_iter()
        .chain(operations.map(told_operation))
        .collect()
}

/// The schema of a table, and the operations that use it.
fn of_resource(service: &Service, module: &str) -> Vec<String> {
    let Some(resource) = service.resources.iter().find(|r| r.module == module) else {
        return Vec::new();
    };
    let entity = &service[resource.entity];
    let schema = format!("schema {} ({})", entity.name, place(&entity.origin));
    let operations = resource.operations.iter();
    let operations = operations.map(|id| told_operation(&service[*id]));
    std::iter::once(schema).chain(operations).collect()
}
