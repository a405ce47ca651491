//! The way to the disk and back, step by step.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use rayon::prelude::*;

use super::{
    Write, fault,
    journal::{Change, Journal, Phase, digest_of},
    targets::{self, Folders},
};
use crate::project::{FOLDER, disk};

/// A journal on its way.
#[derive(Debug)]
pub(super) struct Run<'a> {
    root: &'a Path,
    journal: Journal,
    phase: Phase,
    /// Whether it shall outlast a power cut. Where nothing is replaced, nothing can be lost, and
    /// the time that this takes is saved.
    durable: bool,
}

/// What became of an interrupted run.
pub(super) enum Recovered {
    /// It was finished; these paths were saved by somebody else meanwhile, and are kept.
    Finished(Vec<String>),
    /// Everything is as it was before it.
    Undone,
}

impl<'a> Run<'a> {
    /// A run that begins.
    pub(super) fn new(root: &'a Path, journal: Journal) -> Self {
        let durable = journal.changes.iter().any(|change| change.old.is_some());
        Self {
            root,
            journal,
            phase: Phase::Staging,
            durable,
        }
    }

    /// The runs that were interrupted: one, or none.
    pub(super) fn interrupted(root: &'a Path) -> anyhow::Result<Vec<Self>> {
        let mut runs = Vec::new();
        for phase in Phase::ALL {
            if let Some(text) = disk::read(&root.join(phase.path()))? {
                let mut journal = Journal::parse(&String::from_utf8_lossy(&text));
                let is_real = |change: &Change| {
                    let path = Folders::default().resolve(root, &change.path, true);
                    path.is_ok_and(|path| path == change.path)
                };
                journal.changes.retain(is_real);
                runs.push(Self {
                    root,
                    journal,
                    phase,
                    durable: true,
                });
            }
        }
        Ok(runs)
    }

    /// Does it all, or nothing.
    pub(super) fn apply(mut self, writes: &[&Write]) -> anyhow::Result<()> {
        let result = self.stage(writes).and_then(|()| self.forward());
        let Err(error) = result else {
            self.forget();
            return Ok(());
        };
        match self.back() {
            Ok(()) => Err(error.context("nothing was changed")),
            Err(_) => Err(error.context("the next `apigen sync` finishes or undoes it")),
        }
    }

    /// Finishes or undoes an interrupted run.
    pub(super) fn recover(mut self) -> anyhow::Result<Recovered> {
        if self.phase == Phase::Forward && self.is_complete()? {
            let kept = self.replace(false)?;
            self.forget();
            return Ok(Recovered::Finished(kept));
        }
        self.back()?;
        Ok(Recovered::Undone)
    }

    /// Puts everything beside its target, so that from here on only names change.
    fn stage(&mut self, writes: &[&Write]) -> anyhow::Result<()> {
        let path = self.root.join(self.phase.path());
        let text = self.journal.to_string();
        create(&path, text.as_bytes(), None).with_context(|| cannot_write(&path))?;
        self.sync([path])?;
        self.sync([self.root.join(FOLDER)])?;
        for folder in &self.journal.folders {
            let folder = self.root.join(folder);
            step(|| fs::create_dir(&folder)).with_context(|| cannot_write(&folder))?;
        }
        let mut staged = Vec::new();
        for (change, write) in self.journal.changes.iter().zip(writes) {
            if let Some(contents) = &write.contents {
                let target = self.root.join(&change.path);
                let file = self.root.join(change.staged());
                let like = Some((target.as_path(), write.private));
                create(&file, contents, like).with_context(|| cannot_write(&target))?;
                staged.push(file);
            }
        }
        self.sync(staged)?;
        self.sync(self.folders())
    }

    fn forward(&mut self) -> anyhow::Result<()> {
        self.enter(Phase::Forward)?;
        self.replace(true).map(drop)
    }

    /// Gives every target its new bytes. A target that somebody else saved stops it, or is kept
    /// and told.
    fn replace(&self, strict: bool) -> anyhow::Result<Vec<String>> {
        let mut kept = Vec::new();
        for change in &self.journal.changes {
            let target = self.root.join(&change.path);
            let now = digest_of(&target)?;
            let is_saved = match now == change.old {
                true => match self.swap(change) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => true,
                    swapped => swapped
                        .map(|()| false)
                        .with_context(|| cannot_write(&target))?,
                },
                false => now != change.new,
            };
            if is_saved {
                kept.push(change.path.clone());
            }
            // Whoever saved the file in place between the look and the rename wrote into it.
            let backup = self.root.join(change.backup());
            if digest_of(&backup)?.is_some_and(|bytes| Some(bytes) != change.old) {
                step(|| fs::rename(&backup, &target)).with_context(|| cannot_write(&target))?;
                kept.push(change.path.clone());
            }
            if let (true, Some(path)) = (strict, kept.first()) {
                return Err(targets::changed(path));
            }
        }
        self.sync(self.folders())?;
        Ok(kept)
    }

    fn swap(&self, change: &Change) -> io::Result<()> {
        let [target, staged, backup] =
            [change.path.clone(), change.staged(), change.backup()].map(|p| self.root.join(p));
        match (&change.old, &change.new) {
            (_, None) => step(|| fs::rename(&target, &backup)),
            // A link does not take the place of what somebody else just saved there.
            (None, Some(_)) => step(|| match fs::hard_link(&staged, &target) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    fs::rename(&staged, &target)
                }
                linked => linked,
            }),
            (Some(_), Some(_)) => {
                remove(&backup);
                // The target is there at every moment; some drives have no links.
                step(|| {
                    fs::hard_link(&target, &backup)
                        .or_else(|_| fs::copy(&target, &backup).map(drop))
                })?;
                step(|| fs::rename(&staged, &target))
            }
        }
    }

    /// Whether every target has its new bytes, or they wait beside it.
    fn is_complete(&self) -> anyhow::Result<bool> {
        for change in &self.journal.changes {
            let waits = || digest_of(&self.root.join(change.staged()));
            let now = digest_of(&self.root.join(&change.path))?;
            if now == change.old && change.new.is_some() && waits()? != change.new {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Puts everything back.
    fn back(&mut self) -> anyhow::Result<()> {
        if self.phase == Phase::Forward {
            self.enter(Phase::Back)?;
        }
        if self.phase == Phase::Back {
            for change in self.journal.changes.iter().rev() {
                let target = self.root.join(&change.path);
                self.restore(change, &target)
                    .with_context(|| cannot_write(&target))?;
            }
        }
        for change in &self.journal.changes {
            remove(&self.root.join(change.staged()));
        }
        for folder in self.journal.folders.iter().rev() {
            let _ = fault::step();
            let _ = fs::remove_dir(self.root.join(folder));
        }
        self.sync(self.folders())?;
        self.forget();
        Ok(())
    }

    fn restore(&self, change: &Change, target: &Path) -> anyhow::Result<()> {
        let backup = self.root.join(change.backup());
        if digest_of(target)? == change.new {
            match change.old {
                Some(_) if backup.exists() => step(|| fs::rename(&backup, target))?,
                Some(_) => {}
                None => step(|| fs::remove_file(target))?,
            }
        }
        Ok(())
    }

    /// It is done, one way or the other: what it left beside the targets goes, the journal last.
    /// What cannot be removed now is removed by the next run.
    fn forget(&self) {
        let mut all = true;
        for change in &self.journal.changes {
            all &= remove(&self.root.join(change.staged()));
            all &= remove(&self.root.join(change.backup()));
            if change.new.is_none() {
                remove_empty_folders(self.root, &change.path);
            }
        }
        if all && remove(&self.root.join(self.phase.path())) {
            let _ = self.sync([self.root.join(FOLDER)]);
        }
    }

    fn enter(&mut self, phase: Phase) -> anyhow::Result<()> {
        let [from, to] = [self.phase, phase].map(|phase| self.root.join(phase.path()));
        step(|| fs::rename(&from, &to)).with_context(|| cannot_write(&to))?;
        self.phase = phase;
        self.sync([self.root.join(FOLDER)])
    }

    /// The folders in which names change.
    fn folders(&self) -> BTreeSet<PathBuf> {
        let changes = self.journal.changes.iter().map(|change| &change.path);
        let paths = changes.chain(&self.journal.folders);
        let above = paths.filter_map(|path| self.root.join(path).parent().map(Path::to_owned));
        above.filter(|folder| folder.is_dir()).collect()
    }

    /// Waits until the disk has these files or folders: at once, because one after the other
    /// takes several times as long.
    fn sync(&self, paths: impl IntoIterator<Item = PathBuf>) -> anyhow::Result<()> {
        if !self.durable {
            return Ok(());
        }
        let paths: Vec<_> = paths.into_iter().collect();
        paths.par_iter().try_for_each(|path| {
            let synced = step(|| match path.is_dir() {
                true if cfg!(not(unix)) => Ok(()), // only files can be opened there
                true => File::open(path)?.sync_all(),
                false => File::options().write(true).open(path)?.sync_all(),
            });
            synced.with_context(|| cannot_write(path))
        })
    }
}

fn step<T>(done: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    fault::step()?;
    done()
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write `{}`", path.display())
}

/// Removes one of our own files; tells whether it is gone.
fn remove(path: &Path) -> bool {
    let is_there = path.symlink_metadata().is_ok();
    if is_there {
        let _ = fault::step(); // space and permissions are no matter here, a sudden end is
    }
    !is_there || fs::remove_file(path).is_ok()
}

/// Writes a file that is not there, with the permissions of another one, or for its owner alone.
fn create(path: &Path, contents: &[u8], like: Option<(&Path, bool)>) -> io::Result<()> {
    remove(path);
    let permissions = like.and_then(|(target, _)| fs::metadata(target).ok());
    let permissions = permissions.map(|metadata| metadata.permissions());
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        let is_private = permissions.is_some() || like.is_some_and(|(_, private)| private);
        let mode = match like {
            _ if is_private => 0o600,
            Some((target, _)) if is_hook(target) => 0o777, // less what the umask takes
            _ => 0o666,
        };
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    }
    let mut file = step(|| options.open(path))?;
    step(|| file.write_all(contents))?;
    match permissions {
        Some(permissions) => file.set_permissions(permissions),
        None => Ok(()),
    }
}

/// Git runs it.
#[cfg(unix)]
fn is_hook(path: &Path) -> bool {
    path.parent()
        .is_some_and(|folder| folder.ends_with(".githooks"))
}

fn remove_empty_folders(root: &Path, path: &str) {
    let inside = Path::new(path).ancestors().skip(1);
    for folder in inside.filter(|folder| !folder.as_os_str().is_empty()) {
        if fs::remove_dir(root.join(folder)).is_err() {
            return;
        }
    }
}
