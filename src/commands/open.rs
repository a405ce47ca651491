//! What most commands begin with: the project, its spec, and what should be there.

use std::path::{Path, PathBuf};

use super::{
    Console, Failure,
    chain::Chain,
    document::{Spec, load, nearest, reading},
    git, inputs, roles,
    survey::Choices,
};
use crate::{
    config::{self, Config, Layout, Version},
    lower::choices,
    project::{self, Lock, Plan, Session, Snapshot, Stored, Unfinished, disk, relocate},
    render::{
        Before, Common, File, Imprints, Known, LAYERS, Ownership, migrations, render, render_again,
    },
};

/// A project as it stands.
#[derive(Debug)]
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// `apigen.toml`
    pub config: Config,
    /// Its text.
    pub choices: String,
    /// The files that were looked at.
    pub disk: Snapshot,
    /// `.apigen/lock`
    pub lock: Lock,
    /// `.apigen/model.json`, where there is one.
    pub stored: Option<Stored>,
    /// Its migrations.
    pub chain: Chain,
    /// It is brought to this apigen: scaffolds and the layout follow.
    pub upgrades: bool,
    /// What operations would do by default is agreed to.
    pub accepts: bool,
    /// What it does not read by itself.
    pub given: Option<Given>,
}

/// What a service has from its workspace.
#[derive(Debug, Clone)]
pub struct Given {
    /// Its part of the document, lowered by its own choices.
    pub spec: Spec,
    /// The crate that has its `core` layer, where that is shared.
    pub common: Option<Common>,
    /// What the last run printed for its files.
    pub imprints: Imprints,
}

impl Project {
    /// Finds the project from a folder upward.
    ///
    /// # Errors
    /// There is none, it is pinned to another apigen, or what belongs to it cannot be read.
    pub fn find(start: &Path) -> anyhow::Result<Self> {
        let project = Self::unpinned(start)?;
        let now = Version::current();
        match project.config.apigen {
            Some(pin) if pin < now => {
                let message = format!("this project is pinned to apigen {pin}, and this is {now}");
                let hint =
                    "`apigen upgrade` moves it; `apigen upgrade --dry-run` tells what changes";
                Err(Failure::hinted(message, hint).into())
            }
            _ => Ok(project),
        }
    }

    /// Finds the project from a folder upward, whatever older apigen it is pinned to.
    ///
    /// # Errors
    /// There is none, it is pinned to a newer apigen, or what belongs to it cannot be read.
    pub fn unpinned(start: &Path) -> anyhow::Result<Self> {
        let root = find_root(start)?;
        refuse_unfinished(&root)?;
        let choices = disk::read_text(&root.join(config::FILE))?.unwrap_or_default();
        let config = Config::parse(config::FILE, &choices).map_err(Failure::from)?;
        if let Some(pin) = config.apigen.filter(|pin| *pin > Version::current()) {
            let now = Version::current();
            let message = format!("this project is pinned to apigen {pin}, and this is {now}");
            let hint = format!("install the newer one: `cargo install apigen@{pin}`");
            return Err(Failure::hinted(message, hint).into());
        }
        Self::read(root, config, choices, None)
    }

    /// Reads a project whose choices are known; with its spec, where that is known too.
    ///
    /// # Errors
    /// What belongs to it cannot be read.
    pub fn read(
        root: PathBuf,
        config: Config,
        choices: String,
        given: Option<Given>,
    ) -> anyhow::Result<Self> {
        let lock = disk::read_text(&root.join(project::LOCK))?.unwrap_or_default();
        let lock = Lock::parse(&lock);
        let stored = disk::read_text(&root.join(project::MODEL))?;
        let mut disk = Snapshot::default();
        let state = [project::LOCK, project::MODEL].map(str::to_owned);
        disk.read(&root, lock.paths().chain(&state))?;
        let mine = lock.scaffolded.keys().chain(lock.ejected.keys());
        let others = mine.filter_map(|path| disk::other_place(path));
        disk.read(&root, &others.collect::<Vec<_>>())?;
        let chain = Chain::read(&root, config.database, &lock)?;
        disk.read(&root, chain.changed())?;
        Ok(Self {
            root,
            chain,
            config,
            choices,
            disk,
            lock,
            stored: stored.as_deref().map(Stored::parse),
            upgrades: false,
            accepts: false,
            given,
        })
    }

    /// Reads the project's spec; its operations do by default what they did.
    ///
    /// # Errors
    /// It has errors.
    pub fn spec(&self) -> anyhow::Result<Spec> {
        let mut spec = match &self.given {
            Some(given) => given.spec.clone(),
            None => self.load()?,
        };
        // Each service of a workspace settles its own.
        if self.config.layout == Layout::Layered {
            spec.asked = roles::settle(self, &mut spec)?;
        }
        Ok(spec)
    }

    fn load(&self) -> anyhow::Result<Spec> {
        let name = self.config.spec.clone();
        let path = self.root.join(&name);
        if !path.exists() {
            let message = format!("there is no `{}`", path.display());
            let hint = match nearest(&path)? {
                Some(near) => format!(
                    "`spec` in `apigen.toml` names the contract; did you mean `{}`?",
                    near.strip_prefix(&self.root).unwrap_or(&near).display()
                ),
                None => "`spec` in `apigen.toml` names the contract".to_owned(),
            };
            return Err(Failure::hinted(message, hint).into());
        }
        let reading = reading(&self.config, &self.root);
        let (document, warnings) = load(&path, name, &reading)?;
        let spec = Spec::lower(document, warnings, &self.config)?;
        let misfits = choices::check(&spec.service, &self.config);
        match misfits.is_empty() {
            true => Ok(spec),
            false => {
                Err(Failure::from(config::refusal(config::FILE, &self.choices, &misfits)).into())
            }
        }
    }

    /// What should be there, where nothing was agreed to beforehand.
    ///
    /// # Errors
    /// Something cannot be read; or a bug of ours.
    pub fn desired(&self, spec: &Spec) -> anyhow::Result<Vec<File>> {
        let before = self.before(&Choices::default())?;
        render(&spec.service, &spec.document.own, &self.config, &before)
    }

    /// What should be there, and the imprints to know it by, from those of an earlier run.
    ///
    /// # Errors
    /// A bug of ours.
    pub fn render(
        &self,
        spec: &Spec,
        before: &Before,
        imprints: &Imprints,
    ) -> anyhow::Result<(Vec<File>, Imprints)> {
        let text = |path: &str| self.disk.text(path);
        let known = Known {
            imprints,
            text: &text,
        };
        let Spec {
            service, document, ..
        } = spec;
        render_again(service, &document.own, &self.config, before, known)
    }

    /// The plan from what is on disk to what should be there; `change` is what becomes of the
    /// tables.
    ///
    /// # Errors
    /// Something cannot be read; or a bug of ours.
    pub fn plan(
        &mut self,
        spec: &Spec,
        change: &migrations::Change,
        desired: &[File],
    ) -> anyhow::Result<Plan> {
        let paths = desired.iter().map(|file| &file.path);
        self.disk.read(&self.root, paths)?;
        let scaffolds = desired
            .iter()
            .filter(|file| file.ownership == Ownership::Scaffolded);
        let others = scaffolds.filter_map(|file| disk::other_place(&file.path));
        self.disk.read(&self.root, &others.collect::<Vec<_>>())?;
        self.disk.read(&self.root, &self.lock.bases())?;
        let mut plan = self.files(desired)?;
        let mixed = plan.mixed(&self.disk, &self.lock);
        if !mixed.is_empty() {
            self.disk.add_versions(git::versions(&self.root, &mixed));
            plan = self.files(desired)?;
        }
        self.chain.plan(&mut plan);
        plan.lock.inputs = inputs::of(&spec.document, &self.config, &self.choices);
        let name = match self.config.layout {
            Layout::Layered => self.config.database.as_str(),
            Layout::Services => "none", // each service has its own
        };
        let stored = self.stored.as_ref();
        let model = Stored {
            retired: change.retired.clone(),
            database: Some(name.to_owned()),
            elsewhere: stored.map_or_else(Vec::new, |stored| stored.elsewhere(name)),
            ..Stored::of(&spec.service)
        };
        plan.state
            .insert(project::MODEL.to_owned(), model.to_text()?);
        self.disk.read(&self.root, plan.state.keys())?;
        Ok(plan)
    }

    /// What happens to each file.
    fn files(&self, desired: &[File]) -> anyhow::Result<Plan> {
        let plan = match self.upgrades {
            true => project::upgrade,
            false => project::plan,
        };
        let moved = relocate::carried(desired, &self.lock);
        if moved.is_empty() {
            return plan(desired, &self.disk, &self.lock);
        }
        let (disk, lock) = relocate::as_if(&moved, &self.disk, &self.lock);
        let mut plan = plan(desired, &disk, &lock)?;
        for (from, to) in &moved {
            if let Some(text) = self.disk.text(from) {
                plan.carry(from, to, text);
            }
        }
        Ok(plan)
    }

    /// What is different in the API since the last sync, in words, beside what is asked.
    pub fn changes(&self, spec: &Spec) -> Vec<String> {
        let mut new = Stored::of(&spec.service);
        for asked in &spec.asked {
            new.operations[asked.operation.0]
                .role
                .clone_from(&asked.was);
        }
        self.stored
            .as_ref()
            .map(|old| old.changes(&new))
            .unwrap_or_default()
    }

    /// The generated layers are in a crate of their own: that stays so, whatever becomes of the
    /// document, because going back would move every file and gain nothing.
    ///
    /// # Errors
    /// The crate cannot be read.
    pub fn is_big(&self) -> anyhow::Result<bool> {
        let mut known = self.lock.generated.keys().chain(self.lock.ejected.keys());
        let is_known = known.any(|path| path.starts_with(LAYERS));
        let root = self.root.join(LAYERS).join("src/lib.rs");
        Ok(is_known || self.lock.generated.is_empty() && disk::read(&root)?.is_some())
    }

    /// The folders among the services that hold no package: Cargo must be told.
    fn left(&self) -> anyhow::Result<Vec<String>> {
        let mut left = Vec::new();
        if self.config.layout != Layout::Services {
            return Ok(left);
        }
        for name in disk::list(&self.root.join("services"))? {
            let folder = format!("services/{name}");
            let manifest = self.root.join(&folder).join("Cargo.toml");
            let is_ours = |path: &str| self.lock.generated.contains_key(path);
            if disk::is_folder(&self.root.join(&folder))
                && disk::read(&manifest)?.is_none()
                && !disk::walk(&self.root, &folder, &is_ours)?.is_empty()
            {
                left.push(folder);
            }
        }
        Ok(left)
    }

    /// What rendering must know of the project as it stands.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn before(&self, choices: &Choices) -> anyhow::Result<Before> {
        let deleted = self.lock.scaffolded.keys();
        let deleted = deleted.filter(|path| !self.disk.holds(path));
        let migrations = self.chain.files.clone();
        if self.stored.is_none() && !migrations.is_empty() {
            let message = format!("`{}` is gone", project::MODEL);
            let hint = "bring it back from git: the next migration is made from it";
            return Err(Failure::hinted(message, hint).into());
        }
        self.chain.refuse_conflicts()?;
        let stored = self.stored.as_ref().filter(|_| !migrations.is_empty());
        let tables = stored.and_then(|stored| stored.tables(self.config.database.as_str()));
        let (resources, retired) = tables.map(|[used, retired]| (used, retired)).unzip();
        Ok(Before {
            deleted: deleted.cloned().collect(),
            is_big: match self.is_big()? {
                _ if self.config.layout == Layout::Services => Some(false),
                true => Some(true),
                false if self.upgrades => None,
                false => Some(false),
            },
            resources,
            retired: retired.unwrap_or_default(),
            migrations,
            allow_destructive: choices.allow_destructive,
            apply_renames: choices.apply_renames,
            common: self.given.as_ref().and_then(|given| given.common.clone()),
            left: self.left()?,
        })
    }
}

/// The right to write the project that is found from a folder upward; the project is to be read
/// after this. What became of an interrupted run is told.
///
/// # Errors
/// There is none, another run is at work, or the folder cannot be written.
pub fn session(start: &Path, console: Console) -> anyhow::Result<Session> {
    let session = Session::open(&find_root(start)?)?;
    session.notes().iter().for_each(|note| console.note(note));
    Ok(session)
}

fn find_root(start: &Path) -> anyhow::Result<PathBuf> {
    let root = disk::find_upward(start, config::FILE);
    root.ok_or_else(|| {
        let message = format!(
            "there is no `apigen.toml` in `{}` or above",
            start.display()
        );
        let hint = "`apigen new` makes a project; `-C` names its folder";
        Failure::hinted(message, hint).into()
    })
}

/// A project that is half written says nothing about itself.
fn refuse_unfinished(root: &Path) -> anyhow::Result<()> {
    let (message, hint) = match project::unfinished(root) {
        None => return Ok(()),
        Some(Unfinished::Running) => (
            "another apigen is at work in this project",
            "try again when it is done",
        ),
        Some(Unfinished::Interrupted) => (
            "a sync was interrupted",
            "run `apigen sync`: it finishes what is half done, or undoes it",
        ),
    };
    Err(Failure::hinted(message, hint).into())
}
