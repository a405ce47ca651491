//! How a project stands: what `sync`, `check` and the others begin with.

mod notes;
mod workspace;

use std::{collections::BTreeSet, path::Path};

use self::notes::{behind, changes, conflicts, other_name, size, tables};
use super::{
    document::Spec,
    drift,
    findings::{Finding, Level, Place, Reason},
    open::Project,
    overrides::{self, Overrides, Standing},
    shortcut,
    workspace::Part,
};
use crate::{
    config::Layout,
    project::{
        self, Plan, Snapshot, Write,
        trace::{self, Fact},
    },
    render::{Imprints, migrations},
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

    /// The disk as it is.
    pub fn disk(&self) -> &Snapshot {
        self.real.as_ref().unwrap_or(&self.project.disk)
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
        // What is different in the API is told once, of the whole; so are newer scaffolds.
        let is_whole = project.given.is_none();
        if is_whole {
            findings.extend(changes(&project, &spec));
        }
        findings.extend(spec.asked.iter().map(|asked| asked.finding.clone()));
        findings.extend(project.chain.findings.clone());
        findings.extend(tables(&project, change));
        findings.extend(other_name(&project)?);
        findings.extend(behind(&plan).filter(|_| is_whole));
        findings.extend(size(&project, &spec)?);
        findings.extend(conflicts(&project, &plan));
        findings.extend(user.findings);
        Ok(Self {
            overrides: user.overrides,
            ..Self::planned(project, spec, plan, findings, imprints)
        })
    }

    /// One that nothing is known of but its plan.
    fn planned(
        project: Project,
        spec: Spec,
        plan: Plan,
        findings: Vec<Finding>,
        imprints: Imprints,
    ) -> Self {
        Self {
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
        }
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
