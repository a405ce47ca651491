//! `apigen sync --watch`: syncs with each save, until Ctrl-C.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::{
    Console, Failure, Outcome, plural,
    sync::{self, Options},
    workspace,
};
use crate::{
    config::{self, Config},
    project::disk,
};

/// Editors save in several steps: a run begins when the files were at rest for so long.
const REST: Duration = Duration::from_millis(50);

enum Signal {
    Changed(Vec<PathBuf>),
    Stop,
}

/// Runs it; `tell` says why a run could not do what it should.
///
/// # Errors
/// There is no project, or this system tells nobody of its files.
pub fn run(
    options: &Options,
    console: Console,
    tell: fn(&anyhow::Error, Console),
) -> anyhow::Result<Outcome> {
    let (directory, _) = workspace::target(&options.directory, options.service.clone())?;
    let Some(root) = disk::find_upward(&directory, config::FILE) else {
        return sync::run(options, console); // it says so
    };
    let (send, receive) = channel();
    let stop = send.clone();
    ctrlc::set_handler(move || drop(stop.send(Signal::Stop))).context("cannot hear Ctrl-C")?;
    let heard = move |event: notify::Result<Event>| {
        // Reading is no change; what was missed may be one.
        let paths = match event {
            Ok(event) if event.kind.is_access() => return,
            Ok(event) => event.paths,
            Err(_) => Vec::new(),
        };
        drop(send.send(Signal::Changed(paths)));
    };
    let mut watched = Watched {
        watcher: notify::recommended_watcher(heard).context("cannot watch files")?,
        files: BTreeSet::new(),
    };
    loop {
        let start = Instant::now();
        watched.add(files(&root));
        let result = sync::looked(options, console);
        watched.add(looked(&result));
        if let Err(error) = &result {
            tell(error, console);
        }
        let count = plural(watched.files.len(), "file");
        let took = start.elapsed().as_millis();
        console.note(&format!("{took} ms; watching {count}"));
        if !watched.wait(&receive) {
            return Ok(Outcome::Done);
        }
    }
}

/// What every sync is made from; known also where it fails.
fn files(root: &Path) -> Vec<PathBuf> {
    let path = root.join(config::FILE);
    let config = disk::read_text(&path).ok().flatten();
    let config = config.and_then(|text| Config::parse(config::FILE, &text).ok());
    let named = config
        .into_iter()
        .flat_map(|config| [vec![config.spec], config.overlays]);
    let named = named.flatten().map(|name| root.join(name));
    [path].into_iter().chain(named).collect()
}

/// The files of the document, also those that are not there.
fn looked(result: &anyhow::Result<(Outcome, Vec<PathBuf>)>) -> Vec<PathBuf> {
    let error = match result {
        Ok((_, looked)) => return looked.clone(),
        Err(error) => error,
    };
    let Some(Failure::Refused { sources, .. }) = error.downcast_ref() else {
        return Vec::new();
    };
    let looked = sources.looked().iter();
    looked.map(|(path, _)| path.clone()).collect()
}

struct Watched {
    watcher: RecommendedWatcher,
    files: BTreeSet<PathBuf>,
}

impl Watched {
    fn add(&mut self, files: Vec<PathBuf>) {
        for file in files {
            let real = file.canonicalize().ok();
            for file in [Some(file), real].into_iter().flatten() {
                self.add_one(&file);
            }
        }
    }

    /// Its folder is what is watched, each time anew: editors replace files, and git folders.
    fn add_one(&mut self, file: &Path) {
        let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
            return;
        };
        let Ok(folder) = folder.canonicalize() else {
            return;
        };
        self.files.insert(folder.join(name));
        let _ = self.watcher.watch(&folder, RecursiveMode::NonRecursive);
    }

    /// Waits for a change, and until it is complete; tells whether to go on.
    fn wait(&self, receive: &Receiver<Signal>) -> bool {
        let mut changed = false;
        loop {
            let signal = match changed {
                true => receive.recv_timeout(REST),
                false => receive.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match signal {
                Ok(Signal::Changed(paths)) => {
                    let is_ours = |path: &PathBuf| self.files.contains(path);
                    changed |= paths.is_empty() || paths.iter().any(is_ours);
                }
                Err(RecvTimeoutError::Timeout) => return true,
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }
}
