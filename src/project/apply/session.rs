//! The right to write a project: one run at a time.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;

use super::{
    Write,
    journal::Phase,
    run::{Recovered, Run},
    targets,
};
use crate::project::{FOLDER, Snapshot, disk};

/// Whoever holds this file's lock is at work. The file stays, so that nobody waits for one that
/// is gone.
const RUNNING: &str = "running";

/// How long a run waits for another one.
const PATIENCE: Duration = Duration::from_secs(2);

/// The right to write a project, held until it is dropped.
#[derive(Debug)]
pub struct Session {
    root: PathBuf,
    _running: File,
    /// The folders that were made for it.
    made: Vec<PathBuf>,
    notes: Vec<String>,
}

impl Session {
    /// Begins to write a project: waits for another run to end, then finishes or undoes what an
    /// interrupted one left. The project is to be read after this.
    ///
    /// # Errors
    /// Another run is at work, or the folder cannot be written.
    pub fn open(root: &Path) -> anyhow::Result<Self> {
        let made = make_folder(&root.join(FOLDER))?;
        let mut session = Self {
            _running: wait(root)?,
            root: fs::canonicalize(root)?,
            made,
            notes: Vec::new(),
        };
        let recovered = session.recover();
        recovered.context("cannot finish or undo what an interrupted run left")?;
        Ok(session)
    }

    fn recover(&mut self) -> anyhow::Result<()> {
        for run in Run::interrupted(&self.root)? {
            let (told, kept) = match run.recover()? {
                Recovered::Finished(kept) => ("finished", kept),
                Recovered::Undone => ("undone", Vec::new()),
            };
            self.notes.push(format!("An interrupted run is {told}"));
            let kept = kept.iter();
            self.notes
                .extend(kept.map(|path| format!("`{path}` was saved since, and is kept")));
        }
        Ok(())
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What became of an interrupted run, to be told.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Writes all or nothing, in order.
    ///
    /// # Errors
    /// A file cannot be written, or is not what `seen` says (a path that it does not know must
    /// not be there): somebody saved it meanwhile. Then everything is as it was.
    pub fn apply(&self, writes: &[Write], seen: &Snapshot) -> anyhow::Result<()> {
        let (journal, writes) = targets::journal(&self.root, writes, seen)?;
        match writes.is_empty() {
            true => Ok(()),
            false => Run::new(&self.root, journal).apply(&writes),
        }
    }
}

impl Drop for Session {
    /// A project that did not come to be leaves nothing.
    fn drop(&mut self) {
        if is_bare(&self.root) {
            let folder = self.root.join(FOLDER);
            let _ = fs::remove_file(folder.join(RUNNING));
            let _ = fs::remove_dir(folder);
            for folder in self.made.iter().rev() {
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

/// Whether apigen keeps nothing there: a run was killed before it began to write.
pub fn is_bare(root: &Path) -> bool {
    disk::list(&root.join(FOLDER)).is_ok_and(|names| names == [RUNNING])
}

/// Why a project is not to be read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// Another run is at work.
    Running,
    /// A run was interrupted: the next [`Session`] finishes or undoes it.
    Interrupted,
}

/// Whether a run is not done.
pub fn unfinished(root: &Path) -> Option<Unfinished> {
    let mut journals = Phase::ALL.iter().map(|phase| root.join(phase.path()));
    if !journals.any(|path| path.exists()) {
        return None;
    }
    let running = File::open(root.join(FOLDER).join(RUNNING));
    match running.map(|file| file.try_lock_shared()) {
        Ok(Err(TryLockError::WouldBlock)) => Some(Unfinished::Running),
        _ => Some(Unfinished::Interrupted),
    }
}

/// Makes a folder and those above it; tells which, the outermost first. Another run may make the
/// same ones at the same moment, for a project beside this one: they are not ours then.
fn make_folder(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.is_dir();
    let missing: Vec<_> = folder.ancestors().take_while(missing).collect();
    let mut made = Vec::new();
    for folder in missing.into_iter().rev() {
        match fs::create_dir(folder) {
            Ok(()) => made.push(folder.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot write `{}`", folder.display()));
            }
        }
    }
    Ok(made)
}

fn wait(root: &Path) -> anyhow::Result<File> {
    let path = root.join(FOLDER).join(RUNNING);
    let cannot = || format!("cannot write `{}`", path.display());
    let mut options = File::options();
    let file = options.create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(cannot)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(50));
            }
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "another apigen is at work in `{}`: try again when it is done",
                root.display()
            ),
            // Some network drives have no locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                return Ok(file);
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_side_by_side_share_the_folders_above_them() {
        let place = tempfile::tempdir().expect("a folder");
        for round in 0..50 {
            let above = place.path().join(format!("{round}/a/b"));
            thread::scope(|scope| {
                let runs = ["one", "two", "three", "four"].map(|name| {
                    let root = above.join(name);
                    scope.spawn(move || make_folder(&root))
                });
                for run in runs {
                    run.join().expect("no panic").expect("made");
                }
            });
        }
    }
}
