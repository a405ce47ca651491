//! A project that turns into services or back, and services that change: what the user wrote goes
//! where it belongs, before the plan is made.

mod back;
mod code;
mod forth;
mod manifest;
mod moves;
mod place;

use std::{collections::BTreeSet, path::Path};

use self::place::Place;
use super::{
    attributes,
    document::Spec,
    findings::{Finding, Level, Reason},
    open::Project,
    quoted,
    survey::Choices,
    workspace,
};
use crate::{
    config::{self, Config, Layout},
    project::{Lock, Moved, Plan, Pretence, Snapshot},
};

/// What becomes of the files that nothing but a person can have written.
#[derive(Debug, Default)]
pub struct Growth {
    /// Where they go.
    pub moved: Moved,
    /// What is to be said of it.
    pub findings: Vec<Finding>,
    /// The folders of services that are no more, each with the plan for what was generated there.
    pub left: Vec<(String, Plan, Snapshot)>,
    /// Ejected files by where they were, with where they are: git knows them as the user's.
    pub marks: Vec<(String, Vec<String>)>,
}

impl Growth {
    /// The project as if all had moved already; so is whatever is read while the pretence is kept.
    ///
    /// # Errors
    /// What belongs to it cannot be read.
    pub fn begin(&self, project: Project) -> anyhow::Result<(Project, Pretence)> {
        let pretence = self.moved.pretend(&project.root);
        let project = Project::read(project.root, project.config, project.choices, None)?;
        Ok((project, pretence))
    }

    fn note(&mut self, message: String) {
        let note = Finding::new(Reason::Change, Level::Note, message);
        self.findings.push(note);
    }

    fn warn(&mut self, message: String, files: Vec<String>) {
        let message = match files.iter().all(|file| message.contains(file)) {
            true => message,
            false => format!("{}: {message}", quoted(&files)),
        };
        let finding = Finding::new(Reason::Orphaned, Level::Warning, message);
        self.findings.push(finding.files(files));
    }
}

impl Growth {
    /// Takes the marks of ejected files out of what the plan for git's attributes is made from.
    ///
    /// # Errors
    /// The file cannot be read.
    fn unmark(&mut self, root: &Path) -> anyhow::Result<()> {
        let Some(text) = self
            .text(root, attributes::FILE)?
            .filter(|_| !self.marks.is_empty())
        else {
            return Ok(());
        };
        let marks: Vec<_> = self.marks.iter().map(|(was, _)| was.as_str()).collect();
        let rest = attributes::without(&text, &marks);
        self.moved.set(root, attributes::FILE, Some(rest.into()))
    }

    /// Puts them into it, with where the files are now.
    pub fn mark(&self, plan: &mut Plan, disk: &Snapshot) {
        let before = self
            .moved
            .was(attributes::FILE)
            .and_then(|bytes| str::from_utf8(bytes).ok());
        let Some(before) = before.filter(|_| !self.marks.is_empty()) else {
            return;
        };
        let mut entries = plan.entries.iter();
        let planned = entries.find(|entry| entry.path == attributes::FILE && entry.writes());
        let planned = planned.and_then(|entry| entry.after.clone());
        let Some(text) = planned.or_else(|| disk.text(attributes::FILE).map(str::to_owned)) else {
            return;
        };
        let all: BTreeSet<&str> = self
            .marks
            .iter()
            .flat_map(|(_, now)| now)
            .map(String::as_str)
            .collect();
        let text = attributes::with(text, &Vec::from_iter(all));
        plan.edit(attributes::FILE, before, &text);
    }
}

/// What moves, where `apigen.toml` has other services or another layout than at the last sync.
///
/// # Errors
/// The document or the choices have errors, or something cannot be read.
pub fn find(project: &Project, spec: Option<&Spec>) -> anyhow::Result<Option<Growth>> {
    let folders = folders(&project.lock);
    let of_layers =
        |path: &String| path.starts_with("src/") || path.starts_with(crate::render::LAYERS);
    let mut known = project.lock.generated.keys();
    let was_layered = folders.is_empty() && known.any(of_layers);
    let mut growth = match (project.config.layout, folders.is_empty()) {
        (Layout::Services, true) if was_layered => forth::forth(project)?,
        (Layout::Layered, false) if project.config.workspace.is_none() => {
            back::back(project, &folders)?
        }
        (Layout::Services, false) if let Some(spec) = spec => {
            match moves::moves(project, spec, &folders)? {
                Some(growth) => growth,
                None => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    growth.unmark(&project.root)?;
    Ok(Some(growth))
}

/// The folders of the services at the last sync, each with its slash.
fn folders(lock: &Lock) -> Vec<String> {
    let paths = lock
        .generated
        .keys()
        .filter(|path| path.starts_with("services/"));
    let folders = paths.filter_map(|path| path.strip_suffix(config::FILE));
    folders.map(str::to_owned).collect()
}

/// The services as they were.
fn before(project: &Project, folders: &[String]) -> anyhow::Result<Vec<Place>> {
    let mut places = Vec::new();
    for folder in folders {
        let root = project.root.join(folder);
        let text = crate::project::disk::read_text(&root.join(config::FILE))?.unwrap_or_default();
        let config = Config::parse(config::FILE, &text).unwrap_or_default();
        let mut service = Project::read(root, config, text, None)?;
        let kept = service.lock.bases();
        let paths: Vec<String> = service.lock.paths().cloned().chain(kept).collect();
        service.disk.read(&service.root, &paths)?;
        places.push(Place::new(folder, service, None)?);
    }
    Ok(places)
}

/// The services as they are to be, and what surrounds them.
fn after(project: &Project, spec: &Spec) -> anyhow::Result<Vec<Place>> {
    let before = project.before(&Choices::default())?;
    let divided = workspace::divide(project, spec, &before)?;
    let mut places = vec![Place {
        desired: divided.files.clone(),
        ..Place::bare("", &project.config, &project.lock)
    }];
    for (member, service) in divided.projects(&project.root, None)? {
        let folder = format!("{}/", member.folder);
        let spec = service.spec()?;
        places.push(Place::new(&folder, service, Some(&spec))?);
    }
    Ok(places)
}
