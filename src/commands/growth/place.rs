//! A project of the workspace, or the one that it was: what it holds, and what it should.

use std::collections::BTreeMap;

use super::{
    Growth,
    code::{names, recrated},
};
use crate::{
    commands::{document::Spec, open::Project, survey::Choices},
    config::Config,
    project::{
        LOCK, Lock, Stored, base, disk,
        lock::hash,
        text::{Merged, merge},
    },
    render::{File, Ownership, render},
};
use std::path::Path;

/// A project, as it was or as it is to be.
#[derive(Debug)]
pub(super) struct Place {
    /// Its folder from that of the workspace, with its slash.
    pub(super) folder: String,
    pub(super) config: Config,
    /// What is known of its files; it follows those that move.
    pub(super) lock: Lock,
    /// What the last sync knew.
    pub(super) stored: Option<Stored>,
    /// What it should hold.
    pub(super) desired: Vec<File>,
    /// Its operations, by their ids, with the module of their group.
    pub(super) operations: BTreeMap<String, String>,
    pub(super) project: Option<Project>,
}

impl Place {
    /// One of which nothing is known but its lock.
    pub(super) fn bare(folder: &str, config: &Config, lock: &Lock) -> Self {
        Self {
            folder: folder.to_owned(),
            config: config.clone(),
            lock: lock.clone(),
            stored: None,
            desired: Vec::new(),
            operations: BTreeMap::new(),
            project: None,
        }
    }

    /// A project as it stands; with its document, as it is to be.
    pub(super) fn new(folder: &str, project: Project, spec: Option<&Spec>) -> anyhow::Result<Self> {
        let mut place = Self::bare(folder, &project.config, &project.lock);
        place.stored = project.stored.clone();
        match (spec, &place.stored) {
            (Some(spec), _) => {
                let mut before = project.before(&Choices::default())?;
                before.deleted.clear(); // what moves here may be there
                let own = &spec.document.own;
                place.desired = render(&spec.service, own, &project.config, &before)?;
                let service = &spec.service;
                let module = |o: &crate::model::Operation| service[o.group].module.clone();
                let all = service.operations.iter();
                place.operations = all.map(|o| (o.id.clone(), module(o))).collect();
            }
            (None, Some(stored)) => {
                let all = stored.operations.iter();
                place.operations = all.map(|o| (o.id.clone(), o.group.clone())).collect();
            }
            (None, None) => {}
        }
        place.project = Some(project);
        Ok(place)
    }

    /// What its crate is called in paths.
    pub(super) fn krate(&self) -> String {
        self.config.name.replace('-', "_")
    }

    /// A path as it is from the folder of the workspace.
    pub(super) fn told(&self, path: &str) -> String {
        format!("{}{path}", self.folder)
    }

    /// What it should hold at a path that the user may write to.
    pub(super) fn wants(&self, path: &str, ownership: Ownership) -> Option<&File> {
        let mut files = self.desired.iter();
        files.find(|file| file.path == path && file.ownership == ownership)
    }

    /// The texts that the user may have written, with their pristine ones, by path and class.
    pub(super) fn kept(&self) -> Vec<(String, Ownership, Option<String>)> {
        let scaffolds = self.lock.scaffolded.iter();
        let scaffolds = scaffolds.map(|(path, fact)| (path, Ownership::Scaffolded, fact));
        let ejected = self.lock.ejected.iter();
        let ejected = ejected.map(|(path, fact)| (path, Ownership::Ejected, fact));
        let all = scaffolds.chain(ejected);
        all.map(|(path, ownership, fact)| (path.clone(), ownership, fact.clone()))
            .collect()
    }
}

/// The class under which a file that the user keeps is rendered.
pub(super) fn rendered(ownership: Ownership) -> Ownership {
    match ownership {
        Ownership::Ejected => Ownership::Generated,
        other => other,
    }
}

impl Growth {
    /// The text of a file as it is, or is to be.
    pub(super) fn text(&mut self, root: &Path, path: &str) -> anyhow::Result<Option<String>> {
        let bytes = self.moved.read(root, path)?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// Takes a file of the user's away from where it was, with what was known of it.
    pub(super) fn take(&mut self, root: &Path, from: &mut Place, path: &str) -> anyhow::Result<()> {
        from.lock.scaffolded.remove(path);
        from.lock.ejected.remove(path);
        for path in [from.told(path), from.told(&base(path))] {
            if self.moved.read(root, &path)?.is_some() {
                self.moved.set(root, &path, None)?;
            }
        }
        Ok(())
    }

    /// Puts a file of the user's where it belongs, with the text that it was made from.
    pub(super) fn put(
        &mut self,
        root: &Path,
        to: &mut Place,
        (path, ownership): (&str, Ownership),
        text: &str,
        pristine: Option<&str>,
    ) -> anyhow::Result<()> {
        let place = to.told(path);
        self.moved.set(root, &place, Some(text.into()))?;
        let Some(pristine) = pristine else {
            return Ok(());
        };
        let fact = Some(hash(pristine.as_bytes()));
        match ownership {
            Ownership::Ejected => to.lock.ejected.insert(path.to_owned(), fact),
            _ => to.lock.scaffolded.insert(path.to_owned(), fact),
        };
        to.lock.generated.remove(path);
        let place = to.told(&base(path));
        self.moved.set(root, &place, Some(pristine.into()))
    }

    /// A file of the user's and the text that it was made from, with the name of another crate.
    pub(super) fn pair(
        &mut self,
        root: &Path,
        from: &Place,
        to: &Place,
        path: &str,
    ) -> anyhow::Result<Option<(String, String)>> {
        let Some(text) = self.text(root, &from.told(path))? else {
            return Ok(None);
        };
        let pristine = self.text(root, &from.told(&base(path)))?;
        let pristine = pristine.unwrap_or_else(|| text.clone());
        let named = |text: &str| match path.ends_with(".rs") {
            true => recrated(text, &from.krate(), &to.krate()),
            false => text.to_owned(),
        };
        Ok(Some((named(&text), named(&pristine))))
    }

    /// Files that nothing asks for any more: those that nobody edited go. What the user made of one
    /// stays, and is told once.
    pub(super) fn strays(
        &mut self,
        root: &Path,
        place: &mut Place,
        why: &str,
    ) -> anyhow::Result<()> {
        let mut strays = Vec::new();
        for (path, ownership, fact) in place.kept() {
            let is_wanted = place.wants(&path, rendered(ownership)).is_some();
            let bytes = self.moved.read(root, &place.told(&path))?;
            let Some(bytes) = bytes.filter(|_| !is_wanted) else {
                continue;
            };
            if ownership == Ownership::Scaffolded && fact == Some(hash(&bytes)) {
                self.take(root, place, &path)?;
                continue;
            }
            place.lock.scaffolded.remove(&path);
            place.lock.ejected.remove(&path);
            self.moved.set(root, &place.told(&base(&path)), None)?;
            strays.push(place.told(&path));
        }
        if !strays.is_empty() {
            let message = format!("{why}, and what is yours stays where it is");
            self.warn(message, strays);
        }
        Ok(())
    }

    /// A file that is merged by keys, where other keys belong into it from now on.
    pub(super) fn keys(
        &mut self,
        root: &Path,
        lock: &mut Lock,
        (path, was): (&str, &str),
        wanted: &str,
    ) -> anyhow::Result<()> {
        let Some(ours) = self.text(root, path)?.filter(|_| was != wanted) else {
            return Ok(());
        };
        if let Merged::Clean(text) = merge(was, &ours, wanted) {
            self.moved.set(root, path, Some(text.into()))?;
            if let Some(known) = lock.merged.get_mut(path) {
                known.retain(|key| names(wanted, key));
            }
        }
        Ok(())
    }

    /// What is known of a project goes with its files.
    pub(super) fn remember(&mut self, root: &Path, place: &Place) -> anyhow::Result<()> {
        let path = place.told(LOCK);
        let text = place.lock.to_string();
        self.moved.set(root, &path, Some(text.into()))
    }

    /// The user's own files below `src/`, by their paths in the project.
    pub(super) fn modules(&self, root: &Path, place: &Place) -> anyhow::Result<Vec<String>> {
        const LAYERS: [&str; 6] = ["api", "core", "crud", "models", "operations", "schemas"];
        let lock = &place.lock;
        let is_known = |path: &str| {
            let name = path.strip_prefix("src/").unwrap_or_default();
            LAYERS.contains(&name) || lock.generated.contains_key(path)
        };
        let folder = root.join(&place.folder);
        let mut paths = disk::walk(&folder, "src", &is_known)?;
        paths.retain(|path| {
            !lock.scaffolded.contains_key(path)
                && !lock.ejected.contains_key(path)
                && !self.moved.now.contains_key(&place.told(path)) // it went along already
        });
        Ok(paths)
    }
}
