//! What is to be said of a project that no list of files shows.

use crate::{
    commands::{
        document::Spec,
        findings::{AT_THE_MARKERS, Finding, Level, Reason},
        open::Project,
        plural,
    },
    config::Database,
    project::{Action, Entry, Plan, disk, text::conflict},
    render::{self, LAYERS, Ownership, migrations},
};

/// What is different in the API since the last sync.
pub(super) fn changes(project: &Project, spec: &Spec) -> Vec<Finding> {
    let told = project.changes(spec).into_iter();
    told.map(|told| Finding::new(Reason::Change, Level::Note, told))
        .collect()
}

/// What becomes of the tables, beyond the migration that the plan writes.
pub(super) fn tables(project: &Project, change: migrations::Change) -> Vec<Finding> {
    let notes = change.notes.into_iter();
    let notes = notes.map(|note| Finding::new(Reason::Change, Level::Note, note));
    let withheld = change.withheld.into_iter().map(|withheld| {
        let hint = "`apigen sync --allow-destructive` drops what is no longer used";
        Finding::new(Reason::Destructive, Level::Waits, withheld).hint(hint)
    });
    let renames = change.renames.into_iter().map(|rename| {
        let hint = "if it was renamed, `apigen sync --apply-renames` keeps its values, and so does \
                    `x-apigen-was: OLD_NAME` in the document";
        Finding::new(Reason::Rename, Level::Waits, rename).hint(hint)
    });
    let other = other_database(project).into_iter();
    other.chain(notes).chain(withheld).chain(renames).collect()
}

/// The project keeps its data in another database than at the last sync.
pub(super) fn other_database(project: &Project) -> Option<Finding> {
    let last = project.stored.as_ref()?.database.as_deref()?;
    let now = project.config.database;
    let message = match (last, now) {
        (last, now) if last == now.as_str() => return None,
        (last, Database::None) => format!(
            "no database from now on: `migrations/{last}` stays, for when `{last}` comes back"
        ),
        ("none", now) => format!("`{}` has the tables from now on", now.as_str()),
        (last, now) => format!(
            "`{now}` has the tables from now on, by `{folder}`; `migrations/{last}` stays, and rows \
             do not move by themselves",
            now = now.as_str(),
            folder = migrations::folder(now),
        ),
    };
    Some(Finding::new(Reason::Change, Level::Note, message))
}

/// Scaffolds that `upgrade` would merge into the user's files.
pub(super) fn behind(plan: &Plan) -> Option<Finding> {
    let behind = plan.entries.iter().filter(|e| e.action == Action::Behind);
    let behind: Vec<_> = behind.map(|entry| entry.path.clone()).collect();
    let message = match behind.as_slice() {
        [] => return None,
        [file] => format!("`{file}` has a newer scaffold: `apigen upgrade` merges it into yours"),
        files => format!(
            "{} have newer scaffolds: `apigen upgrade` merges them into yours",
            plural(files.len(), "file")
        ),
    };
    Some(Finding::new(Reason::Scaffold, Level::Note, message).files(behind))
}

/// The document has become so large that the generated layers go to a crate of their own.
pub(super) fn size(project: &Project, spec: &Spec) -> anyhow::Result<Option<Finding>> {
    if project.is_big()? || !render::is_big(&spec.service) {
        return Ok(None);
    }
    let count = spec.service.operations.len();
    let folder = LAYERS.trim_end_matches('/');
    let message = match project.upgrades {
        true => format!("The generated layers are in the crate `{folder}` now: your paths stay"),
        false => format!(
            "The document has {count} operations: `apigen upgrade` moves the generated layers to a \
             crate of their own, `{folder}`, so that an edit of a service does not compile them again"
        ),
    };
    Ok(Some(Finding::new(Reason::Scaffold, Level::Note, message)))
}

/// The markers of conflicts in the user's files.
pub(super) fn conflicts(project: &Project, plan: &Plan) -> Vec<Finding> {
    let is_mine = |entry: &&Entry| {
        matches!(entry.ownership, Ownership::Scaffolded | Ownership::Ejected)
            && !entry.action.writes()
    };
    let found = plan.entries.iter().filter(is_mine).filter_map(|entry| {
        let line = conflict(project.disk.text(&entry.path)?)?;
        let message = "holds the markers of a conflict";
        let finding = Finding::new(Reason::Conflict, Level::Waits, message);
        Some(finding.at(&entry.path, line, 1).hint(AT_THE_MARKERS))
    });
    found.collect()
}

/// Cargo knows the package by another name than `apigen.toml`.
pub(super) fn other_name(project: &Project) -> anyhow::Result<Option<Finding>> {
    let manifest = disk::read_text(&project.root.join("Cargo.toml"))?.unwrap_or_default();
    let manifest: toml_edit::DocumentMut = manifest.parse().unwrap_or_default();
    let package = manifest
        .get("package")
        .and_then(|p| p.get("name")?.as_str());
    let name = &project.config.name;
    Ok(package.filter(|package| package != name).map(|package| {
        let message = format!(
            "the package is `{package}` in `Cargo.toml`, and `{name}` in `apigen.toml`: generated \
             code calls it `{name}`"
        );
        Finding::new(Reason::PackageName, Level::Warning, message)
    }))
}
