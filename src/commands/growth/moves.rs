//! Services that have other operations, or another name, than before.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{
    Growth, after,
    back::base_manifest,
    before,
    code::{names, with_module},
    manifest::{self, Part, renamed},
    place::{Place, rendered},
};
use crate::{
    commands::{document::Spec, open::Project, quoted},
    lower::partition::partition,
    project::{
        MODEL, Stored, disk,
        text::{Merged, merge},
    },
    render::Ownership,
};

/// Carries what the user wrote into the services that have the operations now.
pub(super) fn moves(
    project: &Project,
    spec: &Spec,
    folders: &[String],
) -> anyhow::Result<Option<Growth>> {
    let Ok(parts) = partition(&spec.service, &project.config) else {
        return Ok(None); // that is told when the document is divided
    };
    let shares = parts.shares.iter();
    let homes = shares.flat_map(|share| {
        let operations = share.operations.iter();
        operations.map(|id| (spec.service[*id].id.as_str(), format!("{}/", share.folder)))
    });
    let homes: BTreeMap<&str, String> = homes.collect();
    let is_there = |folder: &String| {
        let mut all = parts.shares.iter();
        all.any(|share| format!("{}/", share.folder) == *folder)
    };
    let mut changed = false;
    for folder in folders {
        let stored = disk::read_text(&project.root.join(folder).join(MODEL))?;
        let stored = stored.as_deref().map(Stored::parse).unwrap_or_default();
        let goes = |id: &str| homes.get(id).is_some_and(|home| home != folder);
        changed |= !is_there(folder) || stored.operations.iter().any(|o| goes(&o.id));
    }
    if !changed {
        return Ok(None);
    }
    let mut old = before(project, folders)?;
    let mut new = after(project, spec)?;
    let mut around = new.remove(0);
    let mut moves = Moves {
        growth: Growth::default(),
        project,
        homes: &homes,
        touched: BTreeSet::new(),
    };
    for from in &mut old {
        moves.of(from, &mut new)?;
    }
    let why = "the workspace has no such files any more";
    moves.growth.strays(&project.root, &mut around, why)?;
    if around.lock != project.lock {
        moves.growth.remember(&project.root, &around)?;
    }
    for place in new
        .iter()
        .filter(|place| moves.touched.contains(&place.folder))
    {
        moves.growth.remember(&project.root, place)?;
    }
    Ok(Some(moves.growth))
}

struct Moves<'a> {
    growth: Growth,
    project: &'a Project,
    /// The folder of the service that each operation is in now.
    homes: &'a BTreeMap<&'a str, String>,
    /// The folders of the services that get something, or lose it.
    touched: BTreeSet<String>,
}

impl Moves<'_> {
    /// What becomes of one service as it was.
    fn of(&mut self, from: &mut Place, new: &mut [Place]) -> anyhow::Result<()> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for id in from.operations.keys() {
            if let Some(home) = self.homes.get(id.as_str()) {
                *counts.entry(home).or_default() += 1;
            }
        }
        let stays = new.iter().any(|place| place.folder == from.folder);
        counts.remove(from.folder.as_str());
        let heir = counts.iter().max_by_key(|(_, count)| **count);
        let heir = heir.map(|(folder, _)| (*folder).to_owned());
        let index = heir.and_then(|heir| new.iter().position(|place| place.folder == heir));
        if !stays && let Some(index) = index {
            let to = &mut new[index];
            let is_new = to.lock.generated.is_empty() && !self.touched.contains(&to.folder);
            self.touched.insert(to.folder.clone());
            if is_new {
                return self.rename(from, to);
            }
        }
        if stays && counts.is_empty() {
            return Ok(());
        }
        self.files(from, new, index)?;
        if let Some(index) = index {
            self.manifest(from, &new[index])?;
            self.rows(from, new);
        }
        if stays {
            if let Some(place) = new.iter_mut().find(|place| place.folder == from.folder) {
                place.lock = from.lock.clone();
                self.touched.insert(place.folder.clone());
            }
            return Ok(());
        }
        self.growth
            .moved
            .set(&self.project.root, &from.told("Cargo.toml"), None)?;
        let left = self.growth.leave(&self.project.root, from)?;
        self.growth.left.extend(left);
        let folder = from.folder.trim_end_matches('/');
        self.growth
            .note(format!("`{folder}` is no service any more"));
        Ok(())
    }

    /// A service has another name or another folder, and is the same for the rest.
    fn rename(&mut self, from: &mut Place, to: &mut Place) -> anyhow::Result<()> {
        let root = &self.project.root;
        let skips = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or_default();
            let is_data = |end: &str| name.ends_with(end);
            matches!(name, "target" | ".git")
                || [".db", ".db-wal", ".db-shm"].into_iter().any(is_data)
        };
        for path in disk::walk(root, from.folder.trim_end_matches('/'), &skips)? {
            let own = &path[from.folder.len()..];
            if self.project.lock.generated.contains_key(&path) || own == ".apigen/cache" {
                continue; // what the workspace makes of it is made anew
            }
            let bytes = self.growth.moved.read(root, &path)?;
            self.growth.moved.set(root, &to.told(own), bytes)?;
            self.growth.moved.set(root, &path, None)?;
        }
        to.lock = from.lock.clone();
        for (path, ownership, fact) in from.kept() {
            if ownership == Ownership::Ejected {
                let mark = (from.told(&path), vec![to.told(&path)]);
                self.growth.marks.push(mark);
            }
            let text = self.growth.text(root, &to.told(&path))?;
            if let (Some(_), Some(_)) = (text, fact) {
                let found = self.growth.pair(root, to, to, &path)?;
                let Some((text, pristine)) = found else {
                    continue;
                };
                let named = |text: &str| super::code::recrated(text, &from.krate(), &to.krate());
                let (text, pristine) = match path.ends_with(".rs") {
                    true => (named(&text), named(&pristine)),
                    false => (text, pristine),
                };
                self.growth
                    .put(root, to, (&path, ownership), &text, Some(&pristine))?;
            }
        }
        let manifest = to.told("Cargo.toml");
        if let Some(text) = self.growth.text(root, &manifest)? {
            let text = renamed(&text, &from.config.name, &to.config.name);
            if let Some(text) = text {
                self.growth.moved.set(root, &manifest, Some(text.into()))?;
            }
        }
        let [was, now] = [&from.folder, &to.folder].map(|folder| folder.trim_end_matches('/'));
        self.growth.note(format!(
            "`{was}` is `{now}` now, with all that you wrote and its migrations: `DATABASE_URL` leads \
             it to the database that it had"
        ));
        Ok(())
    }

    /// Scaffolds, ejected files and modules of the user's own.
    fn files(
        &mut self,
        from: &mut Place,
        new: &mut [Place],
        heir: Option<usize>,
    ) -> anyhow::Result<()> {
        let root = self.project.root.clone();
        let stays = new.iter().any(|place| place.folder == from.folder);
        let mut carried = Vec::new();
        for (path, ownership, fact) in from.kept() {
            let class = rendered(ownership);
            let wants = |place: &Place| place.wants(&path, class).is_some();
            if fact.is_none() || new.iter().any(|p| p.folder == from.folder && wants(p)) {
                continue;
            }
            let is_heir = |index: &usize| Some(*index) == heir;
            let mut able: Vec<usize> = (0..new.len()).filter(|i| wants(&new[*i])).collect();
            able.sort_by_key(|index| !is_heir(index));
            let Some(index) = able.first().copied() else {
                continue;
            };
            let to = &mut new[index];
            let Some((text, pristine)) = self.growth.pair(&root, from, to, &path)? else {
                continue;
            };
            self.touched.insert(to.folder.clone());
            match self.growth.text(&root, &to.told(&path))? {
                None => {
                    let what = (path.as_str(), ownership);
                    self.growth.put(&root, to, what, &text, Some(&pristine))?;
                    let (was, now) = (from.told(&path), to.told(&path));
                    self.growth.note(format!("`{was}` is `{now}` now"));
                }
                Some(there) if text != pristine && !stays => {
                    let (Merged::Clean(both) | Merged::Conflict(both)) =
                        merge(&pristine, &text, &there);
                    self.growth
                        .moved
                        .set(&root, &to.told(&path), Some(both.into()))?;
                }
                Some(_) if text != pristine => continue,
                Some(_) => {}
            }
            if ownership == Ownership::Ejected {
                let mark = (from.told(&path), vec![new[index].told(&path)]);
                self.growth.marks.push(mark);
            }
            carried.push((index, text));
            self.growth.take(&root, from, &path)?;
        }
        self.modules(from, new, heir.filter(|_| !stays), &carried)
    }

    /// Modules that carried code names go along as copies; those of a service that is no more, all.
    fn modules(
        &mut self,
        from: &Place,
        new: &[Place],
        heir: Option<usize>,
        carried: &[(usize, String)],
    ) -> anyhow::Result<()> {
        let root = &self.project.root;
        let own = self
            .growth
            .text(root, &from.told("src/lib.rs"))?
            .unwrap_or_default();
        let mut texts: Vec<(usize, String)> = carried.to_vec();
        let mut paths = self.growth.modules(root, from)?;
        loop {
            let mut more = Vec::new();
            let (now, rest) = paths.into_iter().partition(|path| {
                let name = path.split('/').nth(1).unwrap_or_default();
                let name = name.trim_end_matches(".rs");
                let users = texts.iter().filter(|(_, text)| names(text, name));
                let users: BTreeSet<usize> = users.map(|(index, _)| *index).chain(heir).collect();
                more.extend(
                    users
                        .iter()
                        .map(|index| (*index, path.clone(), name.to_owned())),
                );
                !users.is_empty()
            });
            let _: Vec<String> = now;
            paths = rest;
            if more.is_empty() {
                return Ok(());
            }
            for (index, path, name) in more {
                let text =
                    self.module(from, &new[index], (&path, &name), (&own, heir.is_some()))?;
                texts.extend(text.map(|text| (index, text)));
            }
        }
    }

    /// One module, to one service; gives its text.
    fn module(
        &mut self,
        from: &Place,
        to: &Place,
        (path, name): (&str, &str),
        (lib, leaves): (&str, bool),
    ) -> anyhow::Result<Option<String>> {
        let root: &Path = &self.project.root;
        let (was, now) = (from.told(path), to.told(path));
        let bytes = self.growth.moved.read(root, &was)?;
        let there = self.growth.moved.read(root, &now)?;
        if there.is_some() && there != bytes {
            let message = format!(
                "`{was}` stays where it is, because there is another `{now}`: what was carried there \
                 names it"
            );
            self.growth.warn(message, vec![was]);
            return Ok(None);
        }
        self.growth.moved.set(root, &now, bytes.clone())?;
        if leaves {
            self.growth.moved.set(root, &was, None)?;
        } else {
            self.growth.note(format!(
                "`{now}` is a copy of `{was}`, because carried code names it"
            ));
        }
        let at = to.told("src/lib.rs");
        let fresh = || {
            to.wants("src/lib.rs", Ownership::Scaffolded)
                .map(|f| f.contents.clone())
        };
        if let Some(text) = self.growth.text(root, &at)?.or_else(fresh) {
            let text = with_module(&text, lib, name);
            self.growth.moved.set(root, &at, Some(text.into()))?;
        }
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// Dependencies of the user's own.
    fn manifest(&mut self, from: &Place, to: &Place) -> anyhow::Result<()> {
        let root = &self.project.root;
        let base = base_manifest(self.project, from)?;
        let Some(ours) = self.growth.text(root, &from.told("Cargo.toml"))? else {
            return Ok(());
        };
        let at = to.told("Cargo.toml");
        let fresh = || {
            to.wants("Cargo.toml", Ownership::Merged)
                .map(|f| f.contents.clone())
        };
        let Some(theirs) = self.growth.text(root, &at)?.or_else(fresh) else {
            return Ok(());
        };
        if let Some(text) = manifest::carried(&base, &ours, &theirs, Part::Package)
            && text != theirs
        {
            self.growth.moved.set(root, &at, Some(text.into()))?;
        }
        Ok(())
    }

    /// Tables that another service keeps from now on.
    fn rows(&mut self, from: &Place, new: &[Place]) {
        let stored = from.stored.iter().flat_map(|stored| &stored.resources);
        for table in stored.map(|resource| &resource.table) {
            let mut others = new.iter().filter(|place| place.folder != from.folder);
            let makes = |place: &&Place| {
                let mut files = place.desired.iter();
                let made = format!("CREATE TABLE {table} ");
                let quoted = format!("CREATE TABLE \"{table}\" ");
                files.any(|f| {
                    f.ownership == Ownership::Appended
                        && (f.contents.contains(&made) || f.contents.contains(&quoted))
                })
            };
            let Some(to) = others.find(makes) else {
                continue;
            };
            let names = [from, to].map(|place| place.folder.trim_end_matches('/').to_owned());
            let names = quoted(&names).replace(", ", " goes to ");
            self.growth.note(format!(
                "The table `{table}` of {names}, and its rows do not move by themselves: `pg_dump \
                 --data-only -t {table} OLD | psql NEW`, or `sqlite3 OLD \".dump {table}\" | grep \
                 ^INSERT | sqlite3 NEW`, once the new one has started"
            ));
        }
    }
}
