//! One package becomes a workspace of services.

use std::{collections::BTreeSet, path::Path};

use super::{
    Growth, after,
    code::{names, recrated, without_methods, without_module},
    manifest::{self, Part},
    place::{Place, rendered},
};
use crate::{
    commands::{document::Spec, open::Project},
    project::{disk, lock::hash},
    render::{File, Ownership, migrations},
};

/// Carries what the user wrote from the package into the services.
pub(super) fn forth(project: &Project) -> anyhow::Result<Growth> {
    let spec = project.spec()?;
    let mut places = after(project, &spec)?;
    let mut from = Place::bare("", &project.config, &project.lock);
    from.desired = project.desired(&spec)?;
    let mut forth = Forth {
        growth: Growth::default(),
        root: &project.root,
        spec: &spec,
    };
    let mut around = places.remove(0);
    forth.files(&mut from, &around, &mut places)?;
    forth.modules(&from, &mut places)?;
    forth.manifests(&mut from, &around, &places)?;
    forth.data(project, &places)?;
    forth.others()?;
    around.lock = from.lock;
    forth.variables(&from.desired, &mut around)?;
    let why = "a workspace has no such files";
    forth.growth.strays(&project.root, &mut around, why)?;
    forth.growth.remember(&project.root, &around)?;
    for place in &places {
        forth.growth.remember(&project.root, place)?;
    }
    let count = crate::commands::plural(places.len(), "service");
    let note = format!("The package becomes {count}: what you wrote goes along");
    forth.growth.note(note);
    Ok(forth.growth)
}

struct Forth<'a> {
    growth: Growth,
    root: &'a Path,
    spec: &'a Spec,
}

impl Forth<'_> {
    /// Scaffolds and ejected files.
    fn files(
        &mut self,
        from: &mut Place,
        around: &Place,
        places: &mut [Place],
    ) -> anyhow::Result<()> {
        for (path, ownership, fact) in from.kept() {
            let class = rendered(ownership);
            if around.wants(&path, class).is_some() {
                continue;
            }
            if around.wants(&path, Ownership::Generated).is_some() {
                self.aside(from, &path, fact.as_deref())?;
                continue;
            }
            let mut is_wanted = false;
            for place in places
                .iter_mut()
                .filter(|place| place.wants(&path, class).is_some())
            {
                is_wanted = true;
                let found = self.growth.pair(self.root, from, place, &path)?;
                let (Some((text, pristine)), Some(_)) = (found, &fact) else {
                    let known = match ownership {
                        Ownership::Ejected => &mut place.lock.ejected,
                        _ => &mut place.lock.scaffolded,
                    };
                    known.insert(path.clone(), None);
                    continue;
                };
                let text = self.own(place, &path, text);
                let what = (path.as_str(), ownership);
                self.growth
                    .put(self.root, place, what, &text, Some(&pristine))?;
            }
            if is_wanted {
                self.growth.take(self.root, from, &path)?;
                if ownership == Ownership::Ejected {
                    let to = places
                        .iter()
                        .filter(|place| place.lock.ejected.contains_key(&path));
                    let to: Vec<String> = to.map(|place| place.told(&path)).collect();
                    self.growth.marks.push((path, to));
                }
            }
        }
        Ok(())
    }

    /// A scaffold that is generated from now on: what the user made of it goes beside it.
    fn aside(&mut self, from: &mut Place, path: &str, fact: Option<&str>) -> anyhow::Result<()> {
        let bytes = self.growth.moved.read(self.root, path)?.unwrap_or_default();
        if fact != Some(&hash(&bytes)) && !bytes.is_empty() {
            let aside = aside(path);
            let message = format!("`{path}` is apigen's from now on, and yours is `{aside}`");
            self.growth.warn(message, vec![aside.clone()]);
            self.growth.moved.set(self.root, &aside, Some(bytes))?;
        }
        self.growth.take(self.root, from, path)
    }

    /// The user's code of a tag, without what other services implement of it.
    fn own(&self, place: &Place, path: &str, text: String) -> String {
        let service = &self.spec.service;
        let module = path
            .strip_prefix("src/services/")
            .and_then(|name| name.strip_suffix(".rs"));
        let mut groups = service.groups.iter();
        let Some(group) = groups.find(|group| Some(&*group.module) == module) else {
            return text;
        };
        let all = service.operations.iter();
        let of_group = all.filter(|o| service[o.group].module == group.module);
        let gone = of_group.filter(|o| !place.operations.contains_key(&o.id));
        let gone: Vec<String> = gone.map(|o| o.name.clone()).collect();
        match gone.is_empty() {
            true => text,
            false => without_methods(&text, &group.trait_name, &gone),
        }
    }

    /// The user's own modules: to the services whose code names them, or to all.
    fn modules(&mut self, from: &Place, places: &mut [Place]) -> anyhow::Result<()> {
        let paths = self.growth.modules(self.root, from)?;
        let (below, paths): (Vec<_>, Vec<_>) = paths
            .into_iter()
            .partition(|path| path.starts_with("src/services/"));
        for path in &below {
            self.below(from, path, places)?;
        }
        let top = |path: &str| {
            let name = path.split('/').nth(1).unwrap_or_default();
            name.trim_end_matches(".rs").to_owned()
        };
        let (bins, paths): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| top(path) == "bin");
        if !bins.is_empty() {
            let message = "programs of your own belong to no service, and stay where they are: move \
                           them into one";
            self.growth.warn(message.to_owned(), bins);
        }
        let all: BTreeSet<String> = paths.iter().map(|path| top(path)).collect();
        let mut users = Vec::new();
        for place in places.iter() {
            users.push(self.named(place, &paths, &all, &top)?);
        }
        for path in &paths {
            let name = top(path);
            let by_none = users.iter().all(|named| !named.contains(&name));
            let text = self.growth.moved.read(self.root, path)?.unwrap_or_default();
            for (place, named) in places.iter().zip(&users) {
                if by_none || named.contains(&name) {
                    let text = own_crate(path, &text, &from.krate(), &place.krate());
                    self.growth
                        .moved
                        .set(self.root, &place.told(path), Some(text))?;
                } else if let Some(lib) = self.growth.text(self.root, &place.told("src/lib.rs"))? {
                    let lib = without_module(&lib, &name);
                    let path = place.told("src/lib.rs");
                    self.growth.moved.set(self.root, &path, Some(lib.into()))?;
                }
            }
            self.growth.moved.set(self.root, path, None)?;
        }
        Ok(())
    }

    /// A file below the user's code of a tag goes with that.
    fn below(&mut self, from: &Place, path: &str, places: &[Place]) -> anyhow::Result<()> {
        let name = path.split('/').nth(2).unwrap_or_default();
        let service = format!("src/services/{}.rs", name.trim_end_matches(".rs"));
        let text = self.growth.moved.read(self.root, path)?.unwrap_or_default();
        let holds = |place: &&Place| place.wants(&service, Ownership::Scaffolded).is_some();
        let mut places = places.iter().filter(holds).peekable();
        if places.peek().is_none() {
            let message = format!("`{path}` belongs to no service, and stays where it is");
            self.growth.warn(message, vec![path.to_owned()]);
            return Ok(());
        }
        for place in places {
            let text = own_crate(path, &text, &from.krate(), &place.krate());
            self.growth
                .moved
                .set(self.root, &place.told(path), Some(text))?;
        }
        self.growth.moved.set(self.root, path, None)
    }

    /// The modules that the code of a service names, and those that these name.
    fn named(
        &mut self,
        place: &Place,
        paths: &[String],
        all: &BTreeSet<String>,
        top: &dyn Fn(&str) -> String,
    ) -> anyhow::Result<BTreeSet<String>> {
        let mut texts = Vec::new();
        let inside = place.told("src/");
        let carried = self.growth.moved.now.iter();
        let carried =
            carried.filter(|(path, _)| path.starts_with(&inside) && path.ends_with(".rs"));
        for (path, bytes) in carried {
            let text = bytes
                .as_deref()
                .map(String::from_utf8_lossy)
                .unwrap_or_default();
            let mut text = text.into_owned();
            if path.ends_with("src/lib.rs") || path.ends_with("src/main.rs") {
                text = all
                    .iter()
                    .fold(text, |text, name| without_module(&text, name));
            }
            texts.push(text);
        }
        let mut named = BTreeSet::new();
        loop {
            let new = all.iter().filter(|name| !named.contains(*name));
            let new = new.filter(|name| texts.iter().any(|text| names(text, name)));
            let new: Vec<String> = new.cloned().collect();
            if new.is_empty() {
                return Ok(named);
            }
            for path in paths.iter().filter(|path| new.contains(&top(path))) {
                texts.extend(self.growth.text(self.root, path)?);
            }
            named.extend(new);
        }
    }

    /// Dependencies and settings of the user's own.
    fn manifests(
        &mut self,
        from: &mut Place,
        around: &Place,
        places: &[Place],
    ) -> anyhow::Result<()> {
        const FILE: &str = "Cargo.toml";
        let pristine = |place: &Place| {
            let file = place.wants(FILE, Ownership::Merged);
            file.map(|file| file.contents.clone()).unwrap_or_default()
        };
        let Some(ours) = self.growth.text(self.root, FILE)? else {
            return Ok(());
        };
        let base = pristine(from);
        let all = places.iter().map(|place| (place, Part::Package));
        for (place, part) in all.chain([(around, Part::Workspace)]) {
            if let Some(text) = manifest::carried(&base, &ours, &pristine(place), part) {
                self.growth
                    .moved
                    .set(self.root, &place.told(FILE), Some(text.into()))?;
            }
        }
        from.lock.merged.remove(FILE);
        Ok(())
    }

    /// The settings are those of several programs from now on.
    fn variables(&mut self, was: &[File], around: &mut Place) -> anyhow::Result<()> {
        const FILE: &str = ".env.example";
        let wanted = around.wants(FILE, Ownership::Merged);
        let wanted = wanted.map(|file| file.contents.clone());
        let was = was.iter().find(|file| file.path == FILE);
        let (Some(wanted), Some(was)) = (wanted, was) else {
            return Ok(());
        };
        let of = (FILE, was.contents.as_str());
        self.growth.keys(self.root, &mut around.lock, of, &wanted)
    }

    /// Rows and migrations.
    fn data(&mut self, project: &Project, places: &[Place]) -> anyhow::Result<()> {
        let folder = migrations::folder(project.config.database);
        let known = &project.lock.appended;
        for (path, text) in &project.chain.files {
            if known
                .get(path)
                .is_some_and(|known| known.contains(&hash(text.as_bytes())))
            {
                continue;
            }
            let tables = |place: &&Place| {
                let service = place.project.as_ref();
                let mut all = self.spec.service.resources.iter();
                service.is_some() && all.any(|r| names(text, &r.table) && makes(place, &r.table))
            };
            let to: Vec<String> = places
                .iter()
                .filter(tables)
                .map(|p| p.folder.clone())
                .collect();
            let to = match to.is_empty() {
                true => "no service's tables".to_owned(),
                false => format!("tables of `{}`", to.join("`, `")),
            };
            let message = format!(
                "`{path}` is yours and names {to}: give it the next number in the `{folder}` of the \
                 service that needs it"
            );
            self.growth.warn(message, vec![path.clone()]);
        }
        if !project.chain.files.is_empty() {
            self.growth.note(format!(
                "Each service begins with migrations of its own; `{folder}` stays as it is, and rows \
                 do not move by themselves: `pg_dump --data-only -t TABLE OLD | psql NEW`, or `sqlite3 \
                 OLD \".dump TABLE\" | grep ^INSERT | sqlite3 NEW`, once the services have made their \
                 tables"
            ));
        }
        Ok(())
    }

    /// What Cargo finds in a package and not in a workspace.
    fn others(&mut self) -> anyhow::Result<()> {
        let mut left = Vec::new();
        for folder in ["tests", "examples", "benches"] {
            let known = |path: &str| {
                path.starts_with("tests/contract") || path.starts_with("tests/support")
            };
            let files = disk::walk(self.root, folder, &known)?;
            let is_known = |path: &String| self.growth.moved.now.contains_key(path);
            left.extend(
                files
                    .into_iter()
                    .filter(|path| path.ends_with(".rs") && !is_known(path)),
            );
        }
        left.retain(|path| path != "examples/token.rs");
        if !left.is_empty() {
            let message = "Cargo does not build these for a workspace: move them into the services \
                           that they are about";
            self.growth.warn(message.to_owned(), left);
        }
        Ok(())
    }
}

/// Where the user's text of a file goes that apigen generates in a workspace.
pub(super) fn aside(path: &str) -> String {
    match path.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => format!("{stem}.layered.{extension}"),
        _ => format!("{path}.layered"),
    }
}

/// Whether a migration of the service makes the table.
fn makes(place: &Place, table: &str) -> bool {
    let mut files = place
        .desired
        .iter()
        .filter(|file| file.ownership == Ownership::Appended);
    files.any(|file| names(&file.contents, table))
}

/// A file of the user's with the name of another crate.
fn own_crate(path: &str, bytes: &[u8], was: &str, now: &str) -> Vec<u8> {
    match str::from_utf8(bytes) {
        Ok(text) if path.ends_with(".rs") => recrated(text, was, now).into(),
        _ => bytes.to_vec(),
    }
}
