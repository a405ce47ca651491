//! `apigen client`: a typed client alone, from a document; again, it brings one up to date.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{
    Console, Failure, Outcome,
    document::{self, Spec, Terms, existing},
    homes, inputs, new, plural, report, tools,
};
use crate::{
    config::{self, Config},
    project::{self, Action, Lock, Plan, Session, Snapshot, disk},
    render::client,
};

/// What `client` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The crate's folder.
    pub path: PathBuf,
    /// The document; `-` is the standard input.
    pub spec: PathBuf,
    /// How it is read.
    pub terms: Terms,
    /// The package's name; else the one that it has, or the folder's.
    pub name: Option<String>,
    /// Generated files whose edits are given up.
    pub discard: Vec<PathBuf>,
}

/// What the lock of a client calls the package's name.
const NAME: &str = "client";

/// Runs it.
///
/// # Errors
/// The spec has errors, the folder is taken, or something cannot be written; then nothing was.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    existing(&options.spec)?;
    let shown = match options.spec.file_name() {
        Some(name) if options.spec.as_os_str() != "-" => name.to_string_lossy().into_owned(),
        _ => "the standard input".to_owned(),
    };
    let mut reading = document::read_on(&options.terms, &options.spec)?;
    for overlay in &mut reading.overlays {
        let name = overlay.path.file_name().unwrap_or_default();
        overlay.name = name.to_string_lossy().into_owned();
    }
    let (document, warnings) = document::load(&options.spec, shown.clone(), &reading)?;
    if project::unfinished(&options.path).is_none() {
        refuse_taken(&options.path, &lock(&options.path)?)?;
    }
    let session = Session::open(&options.path)?;
    session.notes().iter().for_each(|note| console.note(note));
    let lock = lock(&options.path)?;
    refuse_taken(&options.path, &lock)?;
    let config = Config {
        name: name(options, &lock)?,
        spec: shown,
        ..Config::default()
    };
    let spec = Spec::lower(document, warnings, &config)?;
    spec.warn(console);
    let (mut plan, disk) = plan(options, &spec, &config, &lock)?;
    discard(options, &mut plan)?;
    let blocked: Vec<_> = plan.blocked().map(|entry| &*entry.path).collect();
    if !blocked.is_empty() {
        let hint = format!("`--discard {}` gives it up", blocked.join(" "));
        report::blocked(&plan, &hint, console);
        return Ok(Outcome::Drift);
    }
    session.apply(&plan.writes(&disk), &disk)?;
    drop(session);
    let is_new = disk.get(project::LOCK).is_none();
    if is_new {
        console.progress("Locking the dependencies …");
        tools::cargo_lock(&options.path);
    }
    tell_done(options, &config, &spec, (&plan, is_new), console);
    Ok(Outcome::Done)
}

fn lock(path: &Path) -> anyhow::Result<Lock> {
    let text = disk::read_text(&path.join(project::LOCK))?;
    Ok(Lock::parse(&text.unwrap_or_default()))
}

/// A folder with something in it is a client of ours, or not to be written.
fn refuse_taken(path: &Path, lock: &Lock) -> anyhow::Result<()> {
    let shown = path.display();
    if path.join(config::FILE).exists() {
        let message = format!("`{shown}` is a project of apigen's, and no client");
        let hint = "name a folder of its own for the client";
        return Err(Failure::hinted(message, hint).into());
    }
    if lock.inputs.contains_key(NAME) || new::is_free(path)? {
        return Ok(());
    }
    let message = format!("`{shown}` is not empty, and no client that apigen wrote");
    let hint = "name an empty folder, or a client's to bring it up to date";
    Err(Failure::hinted(message, hint).into())
}

fn name(options: &Options, lock: &Lock) -> anyhow::Result<String> {
    let known = lock.inputs.get(NAME).and_then(BTreeSet::first);
    match (&options.name, known) {
        (Some(name), _) => Ok(config::package_name(name)
            .map_err(|why| Failure::hinted(format!("the name cannot be `{name}`"), why))?),
        (None, Some(known)) => Ok(known.clone()),
        (None, None) => new::name_of(&options.path),
    }
}

fn plan(
    options: &Options,
    spec: &Spec,
    config: &Config,
    lock: &Lock,
) -> anyhow::Result<(Plan, Snapshot)> {
    let choices = client::Choices {
        package: &config.name,
        spec: &config.spec,
        command: "apigen client",
        stands_alone: true,
    };
    let desired = client::render(&spec.service, choices)?;
    let mut disk = Snapshot::default();
    let own = [project::LOCK.to_owned()];
    let paths = desired.iter().map(|file| &file.path);
    disk.read(&options.path, paths.chain(lock.paths()).chain(&own))?;
    disk.read(&options.path, &lock.bases())?;
    let mut plan = project::plan(&desired, &disk, lock)?;
    plan.lock.inputs = inputs::of(&spec.document, config, "");
    plan.lock.inputs.remove(config::FILE);
    let name = BTreeSet::from([config.name.clone()]);
    plan.lock.inputs.insert(NAME.to_owned(), name);
    disk.read(&options.path, plan.state.keys())?;
    Ok((plan, disk))
}

/// Gives up the edits that a person named, from the current folder or from the client's.
fn discard(options: &Options, plan: &mut Plan) -> anyhow::Result<()> {
    let root = std::path::absolute(&options.path)?;
    for file in &options.discard {
        let path = homes::path(&disk::normal(&root), None, file);
        if !plan.discard(&path) {
            let message = format!("there is no edit to discard in `{path}`");
            let hint = "generated files that were edited are named when nothing is written";
            return Err(Failure::hinted(message, hint).into());
        }
    }
    Ok(())
}

fn tell_done(
    options: &Options,
    config: &Config,
    spec: &Spec,
    (plan, is_new): (&Plan, bool),
    console: Console,
) {
    let path = options.path.display();
    let count = |fits: fn(Action) -> bool| plan.entries.iter().filter(|e| fits(e.action)).count();
    let created = count(|action| action == Action::Create);
    let changed = count(|action| action != Action::Create && action.writes());
    let removed = count(|action| action == Action::Remove);
    if !is_new {
        return console.note(&match created + changed + removed {
            0 => format!("`{path}` is in step with `{}`", config.spec),
            _ => format!(
                "`{path}` is in step with `{}`: {created} created, {changed} updated, {removed} removed",
                config.spec
            ),
        });
    }
    console.note(&format!(
        "Created the client `{path}` from `{}`: {}, {}, {}",
        options.spec.display(),
        plural(spec.service.operations.len(), "operation"),
        plural(created, "file"),
        plural(spec.warnings.len(), "warning"),
    ));
    console.note(&format!(
        "\nNext:\n  cargo add --path {path}     in the project that calls\n  apigen client {path} --spec {}     after \
         a change of the document",
        options.spec.display()
    ));
}
