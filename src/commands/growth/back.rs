//! A workspace of services becomes one package.

use std::path::Path;

use super::{
    Growth, before,
    code::recrated,
    forth::aside,
    manifest::{self, Part},
    place::Place,
};
use crate::{
    commands::{document, open::Project, survey::Choices, workspace},
    config::{Config, Layout},
    project::{
        self, Action, FOLDER,
        lock::hash,
        text::{Merged, merge},
    },
    render::{self, Ownership},
};

/// Carries what the user wrote from the services into one package.
pub(super) fn back(project: &Project, folders: &[String]) -> anyhow::Result<Growth> {
    let spec = project.spec()?;
    let mut to = Place::bare("", &project.config, &project.lock);
    let mut wanted = project.before(&Choices::default())?;
    wanted.deleted.clear();
    let own = &spec.document.own;
    to.desired = render::render(&spec.service, own, &project.config, &wanted)?;
    let mut places = before(project, folders)?;
    let mut back = Back {
        growth: Growth::default(),
        root: &project.root,
    };
    back.files(&mut places, &mut to)?;
    for place in &places {
        back.modules(place, &to)?;
    }
    back.manifest(project, &places, &mut to)?;
    for place in &mut places {
        back.data(place);
        let left = back.growth.leave(&project.root, place)?;
        back.growth.left.extend(left);
    }
    back.variables(project, &mut to)?;
    let why = "no package by itself has such files";
    back.growth.strays(&project.root, &mut to, why)?;
    back.growth.remember(&project.root, &to)?;
    let count = crate::commands::plural(places.len(), "service");
    let note = format!("{count} become one package: what you wrote goes along");
    back.growth.note(note);
    Ok(back.growth)
}

struct Back<'a> {
    growth: Growth,
    root: &'a Path,
}

impl Back<'_> {
    /// Scaffolds and ejected files: what each service made of one is merged into it.
    fn files(&mut self, places: &mut [Place], to: &mut Place) -> anyhow::Result<()> {
        for file in to.desired.clone() {
            let ownership = match file.ownership {
                Ownership::Scaffolded => Ownership::Scaffolded,
                Ownership::Generated => Ownership::Ejected,
                _ => continue,
            };
            let path = file.path.as_str();
            let holders = places.iter_mut().filter(|place| {
                let kept = [&place.lock.scaffolded, &place.lock.ejected];
                kept[usize::from(ownership == Ownership::Ejected)].contains_key(path)
            });
            let mut holders: Vec<_> = holders.collect();
            if ownership == Ownership::Scaffolded && to.lock.generated.contains_key(path) {
                self.aside(to, path, &file.contents)?;
                continue;
            }
            if holders.is_empty() || path == crate::config::FILE {
                continue;
            }
            let pristine = project::headless(&file.contents).to_owned();
            let mut text = match to.lock.scaffolded.contains_key(path) {
                true => self.of_workspace(path, &pristine)?,
                false => None,
            };
            let mut is_gone = text.is_none();
            for place in &mut holders {
                let found = self.growth.pair(self.root, place, to, path)?;
                if let Some((ours, was)) = found {
                    is_gone = false;
                    let acc = text.unwrap_or_else(|| pristine.clone());
                    text = Some(self.merged(place, path, (&was, &ours), acc));
                }
                if ownership == Ownership::Ejected {
                    let mark = (place.told(path), vec![path.to_owned()]);
                    self.growth.marks.push(mark);
                }
                self.growth.take(self.root, place, path)?;
            }
            match text.filter(|_| !is_gone) {
                Some(text) => {
                    let what = (path, ownership);
                    self.growth
                        .put(self.root, to, what, &text, Some(&pristine))?;
                }
                None if ownership == Ownership::Ejected => {
                    to.lock.ejected.insert(path.to_owned(), None);
                }
                None => {
                    to.lock.scaffolded.insert(path.to_owned(), None);
                }
            }
        }
        Ok(())
    }

    /// A file that was generated, and is a scaffold from now on: with the text that the user once
    /// made of it.
    fn aside(&mut self, to: &mut Place, path: &str, pristine: &str) -> anyhow::Result<()> {
        let bytes = self.growth.moved.read(self.root, path)?.unwrap_or_default();
        if !to.lock.is_known(path, &bytes) && !bytes.is_empty() {
            return Ok(()); // the plan says that it is edited
        }
        let aside = aside(path);
        let text = self.growth.text(self.root, &aside)?;
        if text.is_some() {
            self.growth.moved.set(self.root, &aside, None)?;
        }
        let text = text.unwrap_or_else(|| pristine.to_owned());
        let what = (path, Ownership::Scaffolded);
        self.growth.put(self.root, to, what, &text, Some(pristine))
    }

    /// What the user made of the workspace's file of this path, in the package's.
    fn of_workspace(&mut self, path: &str, pristine: &str) -> anyhow::Result<Option<String>> {
        let Some(ours) = self.growth.text(self.root, path)? else {
            return Ok(None);
        };
        let was = self.growth.text(self.root, &project::base(path))?;
        let (Merged::Clean(text) | Merged::Conflict(text)) =
            merge(was.as_ref().unwrap_or(&ours), &ours, pristine);
        Ok(Some(text))
    }

    /// The settings are those of one program again.
    fn variables(&mut self, project: &Project, to: &mut Place) -> anyhow::Result<()> {
        const FILE: &str = ".env.example";
        let wanted = to.wants(FILE, Ownership::Merged);
        let Some(wanted) = wanted.map(|file| file.contents.clone()) else {
            return Ok(());
        };
        let config = Config {
            layout: Layout::Services,
            ..project.config.clone()
        };
        let was = Project::read(project.root.clone(), config, project.choices.clone(), None)?;
        let files = was.spec().and_then(|spec| {
            let before = was.before(&Choices::default())?;
            Ok(workspace::divide(&was, &spec, &before)?.files)
        });
        // Where the choices of back then are gone, what is missing is added at the end.
        let files = files.unwrap_or_default();
        let was = files.iter().find(|file| file.path == FILE);
        let was = was.map_or(wanted.as_str(), |file| &file.contents);
        let of = (FILE, was);
        self.growth.keys(self.root, &mut to.lock, of, &wanted)
    }

    /// A text with what one service made of it.
    fn merged(&mut self, place: &Place, path: &str, of: (&str, &str), text: String) -> String {
        let (was, ours) = of;
        if was == ours || ours == text {
            return text;
        }
        match merge(was, ours, &text) {
            Merged::Clean(text) => text,
            Merged::Conflict(text) => {
                let from = place.told(path);
                let message = format!(
                    "`{path}` and `{from}` have other texts at the same place: it holds the markers \
                     of a conflict"
                );
                self.growth.warn(message, vec![path.to_owned()]);
                text
            }
        }
    }

    /// The user's own modules: equal ones once, different ones under another name.
    fn modules(&mut self, place: &Place, to: &Place) -> anyhow::Result<()> {
        for path in self.growth.modules(self.root, place)? {
            let from = place.told(&path);
            let Some(bytes) = self.growth.moved.read(self.root, &from)? else {
                continue;
            };
            let bytes = match str::from_utf8(&bytes) {
                Ok(text) if path.ends_with(".rs") => {
                    recrated(text, &place.krate(), &to.krate()).into_bytes()
                }
                _ => bytes,
            };
            let name = place.folder.trim_end_matches('/').rsplit('/').next();
            let name = name.unwrap_or_default().replace('-', "_");
            let other = match path.rsplit_once('.') {
                Some((stem, extension)) => format!("{stem}_{name}.{extension}"),
                None => format!("{path}_{name}"),
            };
            let target = match self.growth.moved.read(self.root, &path)? {
                Some(there) if there != bytes => {
                    let message = format!(
                        "`{from}` is `{other}` now, because another service has a `{path}` with \
                         another text: name it in your code"
                    );
                    self.growth.warn(message, vec![other.clone()]);
                    other
                }
                _ => path,
            };
            self.growth.moved.set(self.root, &target, Some(bytes))?;
            self.growth.moved.set(self.root, &from, None)?;
        }
        Ok(())
    }

    /// Dependencies and settings of the user's own.
    fn manifest(
        &mut self,
        project: &Project,
        places: &[Place],
        to: &mut Place,
    ) -> anyhow::Result<()> {
        const FILE: &str = "Cargo.toml";
        let wanted = to.wants(FILE, Ownership::Merged);
        let wanted_text = wanted.map(|file| file.contents.clone()).unwrap_or_default();
        let mut text = wanted_text.clone();
        for place in places {
            let base = base_manifest(project, place)?;
            if let Some(ours) = self.growth.text(self.root, &place.told(FILE))? {
                let carried = manifest::carried(&base, &ours, &text, Part::Package);
                text = carried.unwrap_or(text);
            }
            self.growth.moved.set(self.root, &place.told(FILE), None)?;
        }
        if let Some(ours) = self.growth.text(self.root, FILE)? {
            let base = wanted_text.as_str();
            let carried = manifest::carried(base, &ours, &text, Part::Workspace);
            text = carried.unwrap_or(text);
        }
        to.lock.merged.remove(FILE);
        self.growth.moved.set(self.root, FILE, Some(text.into()))
    }

    /// Rows.
    fn data(&mut self, place: &Place) {
        let Some(project) = &place.project else {
            return;
        };
        if !project.chain.files.is_empty() {
            let folder = place.folder.trim_end_matches('/');
            self.growth.note(format!(
                "The rows of `{folder}` do not move by themselves: `pg_dump --data-only -t TABLE OLD | \
                 psql NEW`, or `sqlite3 OLD \".dump TABLE\" | grep ^INSERT | sqlite3 NEW`, once the \
                 package has made its tables"
            ));
        }
    }
}

impl Growth {
    /// Plans that what was generated for a service goes, and what was known of it. What is the
    /// user's stays, and is told.
    pub(super) fn leave(
        &mut self,
        root: &Path,
        place: &mut Place,
    ) -> anyhow::Result<Option<(String, project::Plan, project::Snapshot)>> {
        let Some(service) = &place.project else {
            return Ok(None);
        };
        let mut disk = service.disk.clone();
        disk.read(&service.root, place.lock.generated.keys())?;
        let lock = project::Lock {
            generated: place.lock.generated.clone(),
            forms: place.lock.forms.clone(),
            ..project::Lock::default()
        };
        let mut plan = project::plan(&[], &disk, &lock)?;
        let known: Vec<_> = plan
            .entries
            .extract_if(.., |e| e.action == Action::Remove)
            .collect();
        for entry in known {
            self.moved.set(root, &place.told(&entry.path), None)?;
        }
        plan.entries.retain(|entry| entry.action.is_drift());
        let migrations = service.chain.files.iter();
        let is_ours = |(path, text): &(&String, &String)| {
            let known = place.lock.appended.get(*path);
            known.is_some_and(|known| known.contains(&hash(text.as_bytes())))
        };
        let (gone, own): (Vec<_>, Vec<_>) = migrations.partition(is_ours);
        let own: Vec<String> = own.into_iter().map(|(path, _)| place.told(path)).collect();
        for (path, _) in gone {
            self.moved.set(root, &place.told(path), None)?;
        }
        let (mut stays, folder) = (own, place.folder.clone());
        for (path, ownership, fact) in place.kept() {
            let told = place.told(&path);
            let Some(bytes) = self.moved.read(root, &told)? else {
                self.take(root, place, &path)?;
                continue;
            };
            let is_pristine = ownership == Ownership::Scaffolded && fact == Some(hash(&bytes));
            match is_pristine {
                true => self.take(root, place, &path)?,
                false => stays.push(told),
            }
        }
        for path in [project::LOCK, project::MODEL] {
            self.moved.set(root, &place.told(path), None)?;
        }
        let skips = |path: &str| path.ends_with("/target") || path.ends_with("/.git");
        let all = project::disk::walk(root, folder.trim_end_matches('/'), &skips)?;
        for path in all {
            if path.starts_with(&format!("{folder}{FOLDER}/")) {
                self.moved.set(root, &path, None)?;
            }
        }
        if !stays.is_empty() {
            let message = "the service is no more, and no other has such files: what is yours stays where it \
                           is";
            self.warn(message.to_owned(), stays);
        }
        Ok(Some((folder, plan, disk)))
    }
}

/// What apigen would write into the manifest of a service as it was.
pub(super) fn base_manifest(project: &Project, place: &Place) -> anyhow::Result<String> {
    let Some(service) = &place.project else {
        return Ok(String::new());
    };
    let root = Config {
        layout: Layout::Services,
        ..project.config.clone()
    };
    let path = service.root.join(&place.config.spec);
    let reading = document::reading(&place.config, &service.root);
    let (document, warnings) = document::load(&path, place.config.spec.clone(), &reading)?;
    let spec = document::Spec::lower(document, warnings, &place.config)?;
    let mut before = service.before(&Choices::default())?;
    let whole = std::sync::Arc::new(project.spec()?.service);
    let folder = place.folder.trim_end_matches('/');
    before.common = render::workspace::common(&root, &whole, &place.config, folder);
    let own = &spec.document.own;
    let files = render::render(&spec.service, own, &place.config, &before)?;
    let mut files = files.into_iter();
    let manifest = files.find(|file| file.path == "Cargo.toml");
    Ok(manifest.map(|file| file.contents).unwrap_or_default())
}
