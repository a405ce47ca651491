//! Where an operation or a file is at home: the project, or one of the services of a workspace.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{
    document::Spec,
    open::Project,
    survey::Choices,
    workspace::{self, Part},
};
use crate::{
    config::Layout,
    project::{Session, Snapshot, Write, disk},
    render::File,
};

/// A project by itself, a service, or what surrounds the services.
#[derive(Debug)]
pub struct Home {
    /// Its folder from that of the workspace, with its slash; nothing for the workspace itself.
    pub folder: String,
    /// The project.
    pub project: Project,
    /// Its spec.
    pub spec: Spec,
    /// What surrounds the services.
    around: Option<Vec<File>>,
}

/// All that `apigen.toml` upward of a folder is about.
#[derive(Debug)]
pub struct Homes {
    /// The folder of the workspace, or of the project.
    pub root: PathBuf,
    /// The folder of the service that the command was called in, with its slash.
    inside: Option<String>,
    /// The services by name; then what surrounds them, or the project by itself.
    pub all: Vec<Home>,
}

impl Home {
    /// What should be there.
    ///
    /// # Errors
    /// Something cannot be read; or a bug of ours.
    pub fn desired(&self) -> anyhow::Result<Vec<File>> {
        match &self.around {
            Some(files) => Ok(files.clone()),
            None => self.project.desired(&self.spec),
        }
    }

    /// A path as it is from the folder of the workspace.
    pub fn told(&self, path: &str) -> String {
        format!("{}{path}", self.folder)
    }

    /// Whether operations are implemented here.
    pub fn serves(&self) -> bool {
        self.around.is_none()
    }
}

impl Homes {
    /// Finds them from a folder upward.
    ///
    /// # Errors
    /// There is no project, or what belongs to it cannot be read.
    pub fn find(start: &Path) -> anyhow::Result<Self> {
        let (directory, inside) = workspace::target(start, None)?;
        let project = Project::find(&directory)?;
        let spec = project.spec()?;
        let root = project.root.clone();
        let mut homes = Self {
            root,
            inside: inside.map(|folder| format!("{folder}/")),
            all: Vec::new(),
        };
        let mut around = None;
        if project.config.layout == Layout::Services {
            let divided =
                workspace::divide(&project, &spec, &project.before(&Choices::default())?)?;
            around = Some(divided.files.clone());
            let services = divided.projects(&homes.root, None)?.into_par_iter();
            let services = services.map(|(member, project)| {
                Ok(Home {
                    folder: format!("{}/", member.folder),
                    spec: project.spec()?,
                    project,
                    around: None,
                })
            });
            homes.all = services.collect::<anyhow::Result<_>>()?;
        }
        homes.all.push(Home {
            folder: String::new(),
            project,
            spec,
            around,
        });
        Ok(homes)
    }

    /// The projects that implement operations: that one which the command was called in, or all.
    pub fn serving(&self) -> impl Iterator<Item = &Home> {
        let inside = self.inside.as_ref();
        let serving = self.all.iter().filter(|home| home.serves());
        serving.filter(move |home| inside.is_none_or(|inside| home.folder == *inside))
    }

    /// Those that files which a person named belong to, with the paths there, each once.
    pub fn into_those_of(self, files: &[PathBuf]) -> Vec<(Home, Vec<String>)> {
        let mut paths: Vec<Vec<String>> = self.all.iter().map(|_| Vec::new()).collect();
        for file in files {
            let path = path(&self.root, self.inside.as_deref(), file);
            let holds = |(_, home): &(usize, &Home)| path.starts_with(&home.folder);
            let holders = self.all.iter().enumerate().filter(holds);
            let Some((index, home)) = holders.max_by_key(|(_, home)| home.folder.len()) else {
                continue;
            };
            let path = path[home.folder.len()..].to_owned();
            if !paths[index].contains(&path) {
                paths[index].push(path);
            }
        }
        let all = self.all.into_iter().zip(paths);
        all.filter(|(_, paths)| !paths.is_empty()).collect()
    }
}

/// The path below the workspace's folder of a file that a person named: from the current folder,
/// from the service that the command is called in, or from the workspace.
pub fn path(root: &Path, inside: Option<&str>, file: &Path) -> String {
    let below = |path: &Path| {
        let path = disk::normal(path);
        let path = path.strip_prefix(root).ok()?;
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        Some(parts.join("/"))
    };
    let here = std::env::current_dir().unwrap_or_default().join(file);
    let service = inside.map(|folder| root.join(folder).join(file));
    let whole = root.join(file);
    let places = [Some(here), service, Some(whole)].into_iter().flatten();
    let places: Vec<PathBuf> = places.filter(|place| below(place).is_some()).collect();
    let there = places.iter().find(|place| place.exists());
    let named = there.or(places.first());
    named.and_then(|place| below(place)).unwrap_or_else(|| {
        let path = disk::normal(file);
        path.to_string_lossy().into_owned()
    })
}

/// The service of a workspace that a path lies in, by what was looked at.
pub fn part<'a>(parts: &'a [Part], path: &str) -> Option<&'a Part> {
    let holders = parts.iter().filter(|part| path.starts_with(&part.folder));
    holders.max_by_key(|part| part.folder.len())
}

/// Writes over whatever is there.
///
/// # Errors
/// As [`Session::apply`].
pub fn apply(session: &Session, writes: &[Write]) -> anyhow::Result<()> {
    let mut seen = Snapshot::default();
    seen.read(session.root(), writes.iter().map(|write| &write.path))?;
    session.apply(writes, &seen)
}
