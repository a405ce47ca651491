//! `apigen new`: a project from a spec.

mod adopted;
mod contract;
mod services;

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use adopted::Adopted;

use super::{
    Console, Failure, Outcome, ask,
    document::{Spec, Terms, alone, existing, refused},
    inputs, plural, secrets, tools,
};
use crate::{
    config::{self, Config, Database, Errors, Layout, Version},
    model::Role,
    project::{self, Action, Lock, Plan, Session, Snapshot, Stored, Write, disk},
    render::{
        File, Ownership, render,
        secrets::{Secret, secrets},
    },
    spec::{self, Document},
};

/// What `new` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The project's folder.
    pub path: PathBuf,
    /// The document; `-` is the standard input.
    pub spec: Option<PathBuf>,
    /// How it is read.
    pub terms: Terms,
    /// The package's name; else the folder's.
    pub name: Option<String>,
    /// One package, or a workspace of services.
    pub layout: Option<Layout>,
    /// Where the service keeps its data.
    pub database: Option<Database>,
    /// The form of errors.
    pub errors: Option<Errors>,
    /// Choices by their keys in `apigen.toml`.
    pub settings: Vec<(String, String)>,
    /// The spec stays where it is.
    pub link: bool,
    /// The folder may hold something.
    pub force: bool,
    /// A git repository is started.
    pub git: bool,
    /// Nothing is asked.
    pub yes: bool,
}

/// Runs it.
///
/// # Errors
/// The spec has errors, the folder is taken, or something cannot be written; then nothing was.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    if project::unfinished(&options.path).is_some() {
        drop(Session::open(&options.path)?);
    }
    refuse_taken(options)?;
    let path = spec_path(options)?;
    let options = &Options {
        spec: Some(path.clone()),
        ..options.clone()
    };
    let reading = alone(&options.terms)?;
    let (document, warnings) = spec::load_reading(&path, &reading).map_err(refused)?;
    let adopted = Adopted::find(&path)?;
    let config = configure(options, &path, &document, adopted.as_ref())?;
    let spec = Spec::lower(document, warnings, &config)?;
    spec.warn(console);

    if config.layout == Layout::Services {
        let survey = services::write(options, &config, &spec, console)?;
        settle(options, console);
        services::tell(&options.path, &path, &spec, &survey, console);
        tell_next(options, &config, stubs(&spec), console);
        return Ok(Outcome::Done);
    }
    let session = Session::open(&options.path)?;
    refuse_taken(options)?; // it may have waited for another `new`
    let desired = desired(&spec, &config, options, adopted.as_ref())?;
    let (plan, disk) = plan(&spec, &config, &desired, options)?;
    let mut writes = plan.writes(&disk);
    writes.extend(private(&options.path, &secrets(&spec.service), &desired)?);
    session.apply(&writes, &disk)?;
    drop(session);

    settle(options, console);
    tell_done(options, &config, &spec, &plan, console);
    if let Some(adopted) = &adopted {
        adopted.tell(console);
    }
    Ok(Outcome::Done)
}

/// Starts a git repository, and locks the dependencies, where that can be done.
fn settle(options: &Options, console: Console) {
    let git = options.git && tools::git_init(&options.path);
    console.progress("Locking the dependencies …");
    let locked = tools::cargo_lock(&options.path);
    console.detail(&format!("git repository: {git}, Cargo.lock: {locked}"));
}

/// Whether nothing is in a folder that a project could be made in, but what git keeps there.
///
/// # Errors
/// It is a file, or cannot be read.
pub(super) fn is_free(path: &Path) -> anyhow::Result<bool> {
    if path.exists() && !path.is_dir() {
        anyhow::bail!("`{}` is a file", path.display());
    }
    let counts = |name: &String| match name.as_str() {
        ".git" => false,
        project::FOLDER => !project::is_bare(path),
        _ => true,
    };
    Ok(!disk::list(path)?.iter().any(counts))
}

fn refuse_taken(options: &Options) -> anyhow::Result<()> {
    let path = &options.path;
    let empty = is_free(path)?;
    if empty || (options.force && !path.join(config::FILE).exists()) {
        return Ok(());
    }
    let shown = path.display();
    if path.join(config::FILE).exists() {
        let message = format!("`{shown}` is an apigen project already");
        return Err(Failure::hinted(message, "`apigen sync` brings it up to date").into());
    }
    let message = format!("`{shown}` is not empty");
    let hint = "`--force` adds the project to what is there, and overwrites nothing";
    Err(Failure::hinted(message, hint).into())
}

fn spec_path(options: &Options) -> anyhow::Result<PathBuf> {
    let path = match &options.spec {
        Some(path) => path.clone(),
        None if !options.yes && ask::is_possible() => {
            let read = |answer: &str| match Path::new(answer).is_file() {
                true => Ok(PathBuf::from(answer)),
                false => Err(format!("there is no file `{answer}`")),
            };
            ask::ask("The OpenAPI document", "", read)?
        }
        None => {
            let hint = "`--spec openapi.yaml`, or `--spec -` for the standard input";
            return Err(Failure::hinted("`--spec` is missing", hint).into());
        }
    };
    existing(&path)?;
    Ok(path)
}

fn configure(
    options: &Options,
    spec: &Path,
    document: &Document,
    adopted: Option<&Adopted>,
) -> anyhow::Result<Config> {
    let database = match options.database {
        Some(database) => database,
        None if adopted.is_some() => adopted.map(|adopted| adopted.database).unwrap_or_default(),
        None if !options.yes && ask::is_possible() && options.settings.is_empty() => {
            let question = format!("The database: {}", Database::NAMES.join(", "));
            ask::ask(&question, Database::default().as_str(), str::parse)?
        }
        None => Database::default(),
    };
    let name = match &options.name {
        Some(name) => config::package_name(name)
            .map_err(|why| Failure::hinted(format!("the name cannot be `{name}`"), why))?,
        None => name_of(&options.path)?,
    };
    let place = contract::place(options, spec, document)?;
    let mut config = Config {
        apigen: Some(Version::current()),
        name,
        spec: place.spec,
        spec_root: place.root,
        overlays: place.overlays,
        layout: options.layout.unwrap_or_default(),
        database,
        errors: options.errors.unwrap_or_default(),
        ..Config::default()
    };
    for (key, value) in options.settings.iter().filter(|(key, _)| key != "spec") {
        let set = config.set(key, value);
        set.map_err(|why| Failure::hinted(format!("cannot set `{key}` to `{value}`"), why))?;
    }
    if let Some(adopted) = adopted {
        adopted.fit(&config)?;
    }
    Ok(config)
}

/// A package name from the folder's.
pub(super) fn name_of(path: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(path)?;
    let folder = path.file_name().unwrap_or_default().to_string_lossy();
    let plain = |c: char| match c.is_ascii_alphanumeric() || c == '-' || c == '_' {
        true => c.to_ascii_lowercase(),
        false => '-',
    };
    let name: String = folder.chars().map(plain).collect();
    let name = config::package_name(name.trim_matches('-'));
    Ok(name.map_err(|why| {
        Failure::hinted(
            format!("`{folder}` is no name for a package: {why}"),
            "`--name` gives it another",
        )
    })?)
}

fn desired(
    spec: &Spec,
    config: &Config,
    options: &Options,
    adopted: Option<&Adopted>,
) -> anyhow::Result<Vec<File>> {
    let before = adopted.map(|adopted| adopted.before(config)).transpose()?;
    let before = before.unwrap_or_default();
    let mut files = render(&spec.service, &spec.document.own, config, &before)?;
    files.extend(adopted.map(Adopted::migration));
    if !options.link {
        let files_of = contract::files(&spec.document, config).into_iter();
        files.extend(files_of.map(|(path, text)| File {
            path,
            contents: text.to_owned(),
            ownership: Ownership::Contract,
        }));
    }
    Ok(files)
}

fn plan(
    spec: &Spec,
    config: &Config,
    desired: &[File],
    options: &Options,
) -> anyhow::Result<(Plan, Snapshot)> {
    let mut disk = Snapshot::default();
    disk.read(&options.path, desired.iter().map(|file| &file.path))?;
    let mut plan = project::plan(desired, &disk, &Lock::default())?;
    let choices = desired.iter().find(|file| file.path == config::FILE);
    let choices = choices.map_or("", |file| &file.contents);
    plan.lock.inputs = inputs::of(&spec.document, config, choices);
    let model = Stored {
        database: Some(config.database.as_str().to_owned()),
        ..Stored::of(&spec.service)
    };
    let model = model.to_text()?;
    plan.state.insert(project::MODEL.to_owned(), model);
    let lock = project::LOCK.to_owned();
    disk.read(&options.path, plan.state.keys().chain([&lock]))?;
    taken(&plan)?;
    Ok((plan, disk))
}

/// Refuses files that are in the way.
fn taken(plan: &Plan) -> anyhow::Result<()> {
    let taken: Vec<_> = plan.blocked().map(|entry| entry.path.as_str()).collect();
    if taken.is_empty() {
        return Ok(());
    }
    let message = format!("in the way: {}", super::quoted(&taken));
    let hint = "these files are apigen's to write; move yours, or choose another folder";
    Err(Failure::hinted(message, hint).into())
}

/// How many operations answer 501.
fn stubs(spec: &Spec) -> usize {
    let stub = |role: &Role| matches!(role, Role::Stub { .. });
    let operations = spec.service.operations.iter();
    operations.filter(|operation| stub(&operation.role)).count()
}

/// `.env`, from `.env.example`, with fresh secrets; none where there is one already.
fn private(root: &Path, secrets: &[Secret], desired: &[File]) -> anyhow::Result<Option<Write>> {
    let example = desired.iter().find(|file| file.path == ".env.example");
    let Some(example) = example.filter(|_| !root.join(".env").exists()) else {
        return Ok(None);
    };
    let text =
        secrets::fill(&example.contents, secrets).context("the system gave no random bytes")?;
    Ok(Some(Write::secret(".env", text)))
}

fn tell_done(options: &Options, config: &Config, spec: &Spec, plan: &Plan, console: Console) {
    let path = options.path.display();
    let operations = &spec.service.operations;
    let stubs = stubs(spec);
    let files = plan
        .entries
        .iter()
        .filter(|entry| entry.action == Action::Create)
        .count();
    console.note(&format!(
        "Created `{path}` from `{}`: {} ({} stored by CRUD, {} to write), {}, {}",
        options
            .spec
            .as_deref()
            .unwrap_or(Path::new(&config.spec))
            .display(),
        plural(operations.len(), "operation"),
        operations.len() - stubs,
        stubs,
        plural(files, "file"),
        plural(spec.warnings.len(), "warning"),
    ));
    for entry in plan
        .entries
        .iter()
        .filter(|entry| entry.action == Action::Keep)
    {
        console.note(&format!("Kept your `{}`", entry.path));
    }
    if outer_workspace(&options.path) {
        console.note(
            "It is a Cargo workspace of its own: where `members` of the one around it match the \
             folder, add it to `exclude` there",
        );
    }
    tell_next(options, config, stubs, console);
}

fn tell_next(options: &Options, config: &Config, stubs: usize, console: Console) {
    let run = match config.database {
        _ if config.layout == Layout::Services => "cargo xtask up",
        Database::Postgres => {
            "docker compose up -d database && cargo run   # or set DATABASE_URL in .env"
        }
        Database::Sqlite | Database::None => "cargo run",
    };
    console.note(&format!(
        "\nNext:\n  cd {} && {run}\n  open http://127.0.0.1:8080/docs",
        quoted(&options.path.display().to_string())
    ));
    if stubs > 0 {
        console.note("  apigen explain stubs        the operations that answer 501, and why");
    }
}

/// As a shell reads it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+@:~".contains(c);
    match path.chars().all(plain) && !path.starts_with('-') {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}

/// Whether a folder above is somebody's Cargo workspace.
fn outer_workspace(path: &Path) -> bool {
    let Ok(path) = std::path::absolute(path) else {
        return false;
    };
    path.ancestors().skip(1).any(|folder| {
        let manifest = disk::read_text(&folder.join("Cargo.toml"));
        let manifest = manifest.ok().flatten().unwrap_or_default();
        let manifest = manifest.parse::<toml_edit::DocumentMut>();
        manifest.is_ok_and(|manifest| manifest.contains_key("workspace"))
    })
}
