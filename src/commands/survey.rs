//! How a project stands: what `sync`, `check` and the others begin with.

use std::{collections::BTreeSet, path::Path};

use super::{
    Failure,
    document::Spec,
    drift,
    findings::{AT_THE_MARKERS, Finding, Level, Place, Reason},
    growth::{self, Growth},
    open::Project,
    overrides::{self, Overrides, Standing},
    shortcut,
    workspace::{self, Part},
};
use crate::{
    config::{self, Database, Layout},
    project::{
        self, Action, Entry, Plan, Snapshot, Write, disk,
        text::conflict,
        trace::{self, Fact},
    },
    render::{self, Imprints, LAYERS, Ownership, migrations},
};

/// What a person agreed to beforehand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choices {
    /// Operations may do something else by default than at the last sync.
    pub accept: bool,
    /// Renames are carried into the user's code and into the tables.
    pub apply_renames: bool,
    /// Migrations may drop what the service no longer uses.
    pub allow_destructive: bool,
    /// Scaffolds of this apigen are merged into the user's files.
    pub upgrade: bool,
}

/// A project, its spec, the plan between them, and what is to be said of it.
#[derive(Debug)]
pub struct Survey {
    /// The project as it stands.
    pub project: Project,
    /// Its spec.
    pub spec: Spec,
    /// What the user implements.
    pub overrides: Overrides,
    /// From what is on disk to what should be there.
    pub plan: Plan,
    /// What the plan does not tell by itself, in the order in which it is told.
    pub findings: Vec<Finding>,
    /// What was looked at, where that is to be remembered.
    pub seen: Option<Vec<Fact>>,
    /// What was printed for the files that are formatted.
    pub imprints: Imprints,
    /// The services of a workspace. Their files and findings are among those above, too.
    pub parts: Vec<Part>,
    /// What moves, and no list of files shows.
    others: Vec<Write>,
    /// The disk as it is, where the plan is made for what it is to be.
    real: Option<Snapshot>,
}

impl Survey {
    /// Looks at everything; writes nothing.
    ///
    /// # Errors
    /// It could not tell: the spec has errors, or something cannot be read.
    pub fn new(project: Project, choices: &Choices, only: Option<&str>) -> anyhow::Result<Self> {
        let mut survey = match project.config.layout {
            Layout::Layered => Self::package(project, choices)?,
            Layout::Services => Self::workspace(project, choices, only)?,
        };
        survey.seen = trace::end();
        Ok(survey)
    }

    /// Looks at one package, which may have been a workspace.
    fn package(project: Project, choices: &Choices) -> anyhow::Result<Self> {
        let Some(growth) = growth::find(&project, None)? else {
            return Self::look(project, choices);
        };
        let (project, _pretence) = growth.begin(project)?;
        let choices = Choices {
            upgrade: true,
            ..*choices
        };
        let mut survey = Self::look(project, &choices)?;
        survey.grow(growth);
        Ok(survey)
    }

    /// Takes what moves into the plan.
    fn grow(&mut self, growth: Growth) {
        drop(trace::end()); // what was looked at is not what is there
        for (folder, plan, disk) in &growth.left {
            self.plan.extend(folder, &plan.entries);
            self.project.disk.extend(folder, disk);
        }
        let entries = self.plan.entries.iter_mut();
        // Its choices are the user's; markers in it would lock the user out.
        for entry in entries.filter(|entry| entry.path == config::FILE && entry.writes()) {
            (entry.action, entry.before, entry.after) = (Action::Keep, None, None);
        }
        self.others = self.plan.take(&growth.moved);
        growth.mark(&mut self.plan, &self.project.disk);
        self.findings.extend(growth.findings);
        self.real = Some(growth.moved.real(self.project.disk.clone()));
    }

    /// The disk as it is.
    pub fn disk(&self) -> &Snapshot {
        self.real.as_ref().unwrap_or(&self.project.disk)
    }

    /// Looks at a workspace, and at its services or one of them.
    fn workspace(
        mut project: Project,
        choices: &Choices,
        only: Option<&str>,
    ) -> anyhow::Result<Self> {
        let spec = project.spec()?;
        let growth = growth::find(&project, Some(&spec))?;
        if growth.is_some() && only.is_some() {
            let message = "services have other operations or other names than at the last sync";
            let hint = "that is about several: run it for the whole workspace, without `-p`";
            return Err(Failure::hinted(message, hint).into());
        }
        let choices = &Choices {
            upgrade: choices.upgrade || growth.is_some(),
            ..*choices
        };
        let _pretence;
        if let Some(growth) = &growth {
            (project, _pretence) = growth.begin(project)?;
        }
        project.upgrades = choices.upgrade;
        let before = project.before(choices)?;
        let mut divided = workspace::divide(&project, &spec, &before)?;
        let mut plan = project.plan(&spec, &migrations::Change::default(), &divided.files)?;
        let mut findings = changes(&project, &spec);
        findings.extend(divided.notes.iter().cloned());
        findings.extend(conflicts(&project, &plan));
        let imprints = std::mem::take(&mut divided.imprints);
        let parts = divided.look(&project.root, only, choices)?;
        if only.is_some() {
            drop(trace::end()); // it is not all of the workspace that is looked at
            let shared = parts.iter().map(|part| part.folder.as_str());
            let inside: Vec<_> = shared.chain(["crates/common/"]).collect();
            plan.within(&project.lock, |path| {
                inside.iter().any(|at| path.starts_with(at))
            });
        }
        let mut survey = Self {
            project,
            spec,
            overrides: Overrides::default(),
            plan,
            findings,
            seen: None,
            imprints,
            parts: Vec::new(),
            others: Vec::new(),
            real: None,
        };
        parts.into_iter().for_each(|part| survey.add(part));
        survey.findings.extend(behind(&survey.plan));
        if let Some(growth) = growth {
            survey.grow(growth);
        }
        Ok(survey)
    }

    /// Takes a service of the workspace.
    fn add(&mut self, part: Part) {
        let (folder, other) = (&part.folder, &part.survey);
        self.plan.extend(folder, &other.plan.entries);
        self.project.disk.extend(folder, &other.project.disk);
        self.project.lock.extend(folder, &other.project.lock);
        let imprints = other.imprints.iter();
        let below = imprints.map(|(path, of)| (format!("{folder}{path}"), of.clone()));
        self.imprints.extend(below);
        // What is different in the API is told once, of the whole.
        let news: BTreeSet<_> = changes(&other.project, &other.spec)
            .into_iter()
            .map(|finding| finding.message)
            .collect();
        let behind = behind(&other.plan);
        let is_own = |f: &&Finding| !news.contains(&f.message) && Some(*f) != behind.as_ref();
        let findings = other.findings.iter().filter(is_own);
        let below = findings.map(|finding| finding.clone().below(folder));
        self.findings.extend(below);
        self.parts.push(part);
    }

    /// What to write, in order: files, then what apigen remembers. Nothing that is on disk as it
    /// should be.
    pub fn writes(&self) -> Vec<Write> {
        let mut writes: Vec<_> = self.plan.files().collect();
        let changes = !writes.is_empty() || !self.others.is_empty();
        for Part { folder, survey, .. } in &self.parts {
            let memory = survey.plan.memory(&survey.project.disk, changes);
            writes.extend(memory.into_iter().map(|write| write.below(folder)));
        }
        writes.extend(self.plan.memory(&self.project.disk, changes));
        let planned: BTreeSet<_> = writes.iter().map(|write| write.path.clone()).collect();
        let others = self.others.iter();
        writes.extend(
            others
                .filter(|write| !planned.contains(&write.path))
                .cloned(),
        );
        writes
    }

    /// Gives up the user's edits of a generated file; tells whether there were any.
    pub fn discard(&mut self, path: &str) -> bool {
        for Part { folder, survey, .. } in &mut self.parts {
            if let Some(own) = path.strip_prefix(folder.as_str())
                && survey.plan.discard(own)
            {
                self.plan.retake(folder, &survey.plan.entries);
                return true;
            }
        }
        self.plan.discard(path)
    }

    /// Looks at one project; writes nothing.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn look(mut project: Project, choices: &Choices) -> anyhow::Result<Self> {
        project.upgrades = choices.upgrade;
        project.accepts = choices.accept;
        let spec = project.spec()?;
        let before = project.before(choices)?;
        let known = match &project.given {
            Some(given) => given.imprints.clone(),
            None => shortcut::imprints(&project.root),
        };
        let (desired, imprints) = project.render(&spec, &before, &known)?;
        let change = migrations::next(&spec.service, &before, project.config.database)?;
        let mut plan = project.plan(&spec, &change, &desired)?;
        let renames = choices.apply_renames;
        if renames {
            // What is kept of a file that moves goes with it; and a file that is saved after this
            // is not written over.
            let scaffolds = project.lock.scaffolded.keys();
            let bases: Vec<_> = scaffolds.map(|path| project::base(path)).collect();
            project.disk.read(&project.root, &bases)?;
            project
                .disk
                .read(&project.root, &overrides::files(&project)?)?;
        }
        let user = Standing::new(&project, &spec.service, &desired, &mut plan, renames)?;
        let mut findings = Vec::new();
        findings.extend(changes(&project, &spec));
        findings.extend(spec.asked.iter().map(|asked| asked.finding.clone()));
        findings.extend(project.chain.findings.clone());
        findings.extend(tables(&project, change));
        findings.extend(other_name(&project)?);
        findings.extend(behind(&plan));
        findings.extend(size(&project, &spec)?);
        findings.extend(conflicts(&project, &plan));
        findings.extend(user.findings);
        Ok(Self {
            project,
            spec,
            overrides: user.overrides,
            plan,
            findings,
            seen: None,
            imprints,
            parts: Vec::new(),
            others: Vec::new(),
            real: None,
        })
    }

    /// Finds the project from a folder upward, and looks at it.
    ///
    /// # Errors
    /// As [`Self::new`], or there is no project.
    pub fn of(directory: &Path, choices: &Choices, only: Option<&str>) -> anyhow::Result<Self> {
        Self::new(Project::find(directory)?, choices, only)
    }

    /// Everything that is to be said before a sync, files first.
    pub fn all(&self) -> Vec<Finding> {
        let services: Vec<_> = self.parts.iter().map(|part| part.folder.as_str()).collect();
        let files = drift::findings(&self.plan, &self.project, &services);
        let is_news = |finding: &Finding| {
            let place = finding.place.as_ref();
            finding.reason != Reason::Orphaned || !place.is_some_and(|at| self.moves(&at.file))
        };
        files
            .into_iter()
            .filter(is_news)
            .chain(self.findings.clone())
            .collect()
    }

    /// Whether a file of the user's still has the names of a tag that has another one: it is told
    /// so, and not that nothing belongs to the file.
    pub fn moves(&self, file: &str) -> bool {
        let mut renames = self.findings.iter();
        renames.any(|finding| {
            let is_there = |at: &Place| at.file == file;
            finding.reason == Reason::OverrideRenamed
                && finding.place.as_ref().is_some_and(is_there)
        })
    }

    /// The operations that answer 501.
    pub fn stubs(&self) -> Vec<Finding> {
        if !self.parts.is_empty() {
            let parts = self.parts.iter();
            let stubs = |part: &Part| part.survey.stubs().into_iter();
            return parts
                .flat_map(|part| stubs(part).map(|stub| stub.below(&part.folder)))
                .collect();
        }
        let stubs = self.overrides.stubs(&self.spec.service).into_iter();
        stubs
            .map(|(operation, why)| {
                let message = format!("`{}` is not implemented: {why}", operation.id);
                let place = &operation.origin;
                Finding::new(Reason::Stub, Level::Waits, message)
                    .at(&place.file, place.line, place.column)
                    .hint(format!("`apigen override {}` starts it", operation.id))
            })
            .collect()
    }
}

/// What is different in the API since the last sync.
fn changes(project: &Project, spec: &Spec) -> Vec<Finding> {
    let told = project.changes(spec).into_iter();
    told.map(|told| Finding::new(Reason::Change, Level::Note, told))
        .collect()
}

/// What becomes of the tables, beyond the migration that the plan writes.
fn tables(project: &Project, change: migrations::Change) -> Vec<Finding> {
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
fn other_database(project: &Project) -> Option<Finding> {
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
fn behind(plan: &Plan) -> Option<Finding> {
    let behind = plan.entries.iter().filter(|e| e.action == Action::Behind);
    let behind: Vec<_> = behind.map(|entry| entry.path.clone()).collect();
    let message = match behind.as_slice() {
        [] => return None,
        [file] => format!("`{file}` has a newer scaffold: `apigen upgrade` merges it into yours"),
        files => format!(
            "{} have newer scaffolds: `apigen upgrade` merges them into yours",
            super::plural(files.len(), "file")
        ),
    };
    Some(Finding::new(Reason::Scaffold, Level::Note, message).files(behind))
}

/// The document has become so large that the generated layers go to a crate of their own.
fn size(project: &Project, spec: &Spec) -> anyhow::Result<Option<Finding>> {
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
fn conflicts(project: &Project, plan: &Plan) -> Vec<Finding> {
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
fn other_name(project: &Project) -> anyhow::Result<Option<Finding>> {
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
