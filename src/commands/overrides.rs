//! What the user implements, and how it stands to the contract.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    findings::{Finding, Level, Reason},
    open::Project,
};
use crate::{
    model::{Operation, Role, Service},
    project::{
        self, MODEL, Plan, Snapshot, Stored, disk,
        lock::hash,
        stored::{Was, with_was},
    },
    render::File,
    user::{self, Edit, Examination, Kind, Measure, Method, Misfit, Source},
};

/// The methods that the user wrote, by the name of the trait and their own.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    found: BTreeMap<(String, String), Method>,
    /// The same, of scaffolds that nobody touched.
    stand_ins: BTreeMap<(String, String), Method>,
}

impl Overrides {
    /// Reads the user's files. One that does not parse (in the middle of an edit) counts as one
    /// without overrides: the compiler tells the rest.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn find(project: &Project, service: &Service) -> anyhow::Result<Self> {
        let code = Code::read(project)?;
        let mut found = Self::of_files(&code.sources, service);
        found.add_stand_ins(&code, service);
        Ok(found)
    }

    fn add_stand_ins(&mut self, code: &Code, service: &Service) {
        let untouched = code.untouched.iter();
        let stand_ins = untouched.filter(|(_, text)| text.contains("async fn "));
        let stand_ins = stand_ins.map(|(path, text)| Source {
            path: path.clone(),
            text: text.clone(),
        });
        let stand_ins: Vec<Source> = stand_ins.collect();
        self.stand_ins = Self::of_files(&stand_ins, service).found;
    }

    /// Those of these files.
    pub fn of_files(sources: &[Source], service: &Service) -> Self {
        let measure = Measure {
            contract: &Stored::of(service),
            was: &[],
            crates: &[],
        };
        Self::from(&measure.examine(sources))
    }

    fn from(examination: &Examination) -> Self {
        let methods = examination.methods.iter();
        let found = methods.map(|method| {
            let owner = method.owner.rsplit("::").next().unwrap_or_default();
            ((owner.to_owned(), method.name.clone()), method.clone())
        });
        Self {
            found: found.collect(),
            stand_ins: BTreeMap::new(),
        }
    }

    /// Where the user implements an operation.
    pub fn of(&self, service: &Service, operation: &Operation) -> Option<&Method> {
        let key = key(service, operation);
        self.found.get(&key).or(self.stand_ins.get(&key))
    }

    /// Where a scaffold stands in for what the user has not written yet.
    pub fn stand_ins<'a>(
        &'a self,
        service: &'a Service,
    ) -> impl Iterator<Item = (&'a Operation, &'a Method)> {
        let operations = service.operations.iter();
        operations.filter_map(|operation| {
            let stand_in = self.stand_ins.get(&key(service, operation))?;
            Some((operation, stand_in))
        })
    }

    /// The operations that answer 501, with the reason why they have no default.
    pub fn stubs<'a>(&self, service: &'a Service) -> Vec<(&'a Operation, &'a str)> {
        let stub = |operation: &'a Operation| match &operation.role {
            Role::Stub { reason } => Some((operation, reason.as_str())),
            Role::Crud { .. } | Role::Account { .. } => None,
        };
        let stubs = service.operations.iter().filter_map(stub);
        stubs
            .filter(|(operation, _)| self.of(service, operation).is_none())
            .collect()
    }
}

/// The trait and the name of an operation's method.
fn key(service: &Service, operation: &Operation) -> (String, String) {
    let group = &service[operation.group];
    (group.trait_name.clone(), operation.name.clone())
}

/// The user's files below `src/`.
#[derive(Debug)]
pub struct Code {
    /// Those in which a person may have written something.
    sources: Vec<Source>,
    /// Scaffolds that nobody touched.
    untouched: BTreeMap<String, String>,
    /// What is no text: nobody can look into it, and it stays where it is.
    others: Vec<String>,
}

/// Folders that hold generated code alone.
const LAYERS: [&str; 6] = ["api", "core", "crud", "models", "operations", "schemas"];

/// The paths of the user's files below `src/`.
///
/// # Errors
/// A folder cannot be read.
pub fn files(project: &Project) -> anyhow::Result<Vec<String>> {
    let is_layer = |path: &str| {
        let name = path.strip_prefix("src/").unwrap_or_default();
        LAYERS.contains(&name) || project.lock.generated.contains_key(path)
    };
    let mut paths = disk::walk(&project.root, "src", &is_layer)?;
    paths.retain(|path| path.ends_with(".rs"));
    Ok(paths)
}

impl Code {
    /// Reads them.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn read(project: &Project) -> anyhow::Result<Self> {
        let (lock, paths, known) = (&project.lock, files(project)?, &project.disk);
        let mut disk = Snapshot::default();
        let others = paths.iter().filter(|path| known.get(path).is_none());
        disk.read(&project.root, others)?;
        let mut code = Self {
            sources: Vec::new(),
            untouched: BTreeMap::new(),
            others: Vec::new(),
        };
        for path in paths {
            let text = known.text(&path).or(disk.text(&path));
            let Some(text) = text.map(str::to_owned) else {
                code.others.push(path);
                continue;
            };
            match lock.scaffolded.get(&path) {
                Some(Some(base)) if *base == hash(text.as_bytes()) => {
                    code.untouched.insert(path, text);
                }
                _ => code.sources.push(Source { path, text }),
            }
        }
        Ok(code)
    }
}

/// How the user's code stands to the contract.
#[derive(Debug, Default)]
pub struct Standing {
    /// What is implemented.
    pub overrides: Overrides,
    /// What does not fit.
    pub findings: Vec<Finding>,
}

impl Standing {
    /// Holds the user's code against the contract; renames that are to be applied, and what is to
    /// be remembered, go into the plan.
    ///
    /// # Errors
    /// A file cannot be read; or a bug of ours.
    pub fn new(
        project: &Project,
        service: &Service,
        desired: &[File],
        plan: &mut Plan,
        apply_renames: bool,
    ) -> anyhow::Result<Self> {
        let code = Code::read(project)?;
        let contract = Stored::of(service);
        let was = was(project, &contract);
        let crates = [service.krate.clone(), format!("{}_contract", service.krate)];
        let measure = Measure {
            contract: &contract,
            was: &was,
            crates: &crates,
        };
        let mut examination = measure.examine(&code.sources);
        let mut findings = Vec::new();
        let moves = moves(&was, &code, desired);
        if apply_renames {
            let renaming = Renaming {
                project,
                measure,
                code: &code,
                moves: &moves,
            };
            let renamed = renaming.apply(&examination, plan, &mut findings)?;
            let mut after = measure.examine(&renamed);
            after.remember(&examination, &moves);
            examination = after;
        }
        let moves = moves.into_keys().filter(|_| apply_renames).collect();
        examination.keep(was.iter().filter(|was| is_left(was, &code, &moves)));
        if let Some(model) = plan.state.get_mut(MODEL)
            && !examination.was.is_empty()
        {
            *model = with_was(model, &examination.was)?;
        }
        let mut overrides = Overrides::from(&examination);
        overrides.add_stand_ins(&code, service);
        let idle = idle(project, desired, &examination);
        let told = examination.misfits.into_iter();
        let told = told.filter(|misfit| {
            misfit.kind == Kind::Removed
                || misfit.kind == Kind::Renamed
                || !idle.contains(&misfit.file)
        });
        findings.extend(told.map(finding));
        Ok(Self {
            overrides,
            findings,
        })
    }
}

/// What the user's code may still take for what it was.
fn was(project: &Project, contract: &Stored) -> Vec<Was> {
    let Some(stored) = &project.stored else {
        return Vec::new();
    };
    let newer = user::compare(stored, contract);
    user::join(&stored.was, newer, &user::Contract::of(contract))
}

/// Files that are not compiled any more: only what they implement is missed.
fn idle(project: &Project, desired: &[File], examination: &Examination) -> BTreeSet<String> {
    let wanted: BTreeSet<&str> = desired.iter().map(|file| file.path.as_str()).collect();
    let scaffolds = project.lock.scaffolded.keys();
    let idle = scaffolds.filter(|path| !wanted.contains(path.as_str()));
    let stems: Vec<&str> = idle.filter_map(|path| path.strip_suffix(".rs")).collect();
    let files = examination.misfits.iter().map(|misfit| misfit.file.clone());
    files
        .filter(|file| stems.iter().any(|stem| is_of(file, stem)))
        .collect()
}

/// `src/services/items.rs` and what is below `src/services/items`.
fn is_of(file: &str, stem: &str) -> bool {
    let rest = file.strip_prefix(stem);
    rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The module of a tag among the user's services, as the start of a path.
fn stem(path: &str) -> Option<String> {
    let module = path.strip_prefix("services::")?;
    (!module.contains("::")).then(|| format!("src/services/{module}"))
}

/// A renamed tag, whose file is where it was: the user may still let it move.
fn is_left(was: &Was, code: &Code, moved: &BTreeSet<String>) -> bool {
    let Some(from) = stem(&was.path).filter(|_| was.now.is_some()) else {
        return false;
    };
    let paths = code.sources.iter().map(|source| &source.path);
    let mut left = paths.filter(|path| !moved.contains(*path));
    left.any(|path| is_of(path, &from))
}

/// Where the files of renamed tags belong, by where they are: unless somebody wrote something
/// there.
fn moves(was: &[Was], code: &Code, desired: &[File]) -> BTreeMap<String, String> {
    let mut moves = BTreeMap::new();
    let files = || {
        let sources = code.sources.iter().map(|source| &source.path);
        sources.chain(code.untouched.keys())
    };
    for was in was {
        let (Some(from), Some(to)) = (stem(&was.path), was.now.as_deref().and_then(stem)) else {
            continue;
        };
        let sources = code.sources.iter().map(|source| &source.path);
        let is_free = !sources.chain(&code.others).any(|path| is_of(path, &to));
        let is_wanted = desired.iter().any(|file| is_of(&file.path, &to));
        for path in files().filter(|path| is_free && is_wanted && is_of(path, &from)) {
            moves.insert(path.clone(), path.replacen(&from, &to, 1));
        }
    }
    moves
}

/// Renames that are carried into the user's files.
struct Renaming<'a> {
    project: &'a Project,
    measure: Measure<'a>,
    code: &'a Code,
    moves: &'a BTreeMap<String, String>,
}

impl Renaming<'_> {
    /// Plans the edits; gives the files as they will be.
    fn apply(
        &self,
        examination: &Examination,
        plan: &mut Plan,
        findings: &mut Vec<Finding>,
    ) -> anyhow::Result<Vec<Source>> {
        let nothing: Vec<Edit> = Vec::new();
        for (path, text) in &self.code.untouched {
            if self.moves.contains_key(path) {
                plan.forget(path, text);
            }
        }
        let mut after = Vec::new();
        for Source { path, text } in &self.code.sources {
            let edits = examination.edits.get(path).unwrap_or(&nothing);
            let new = user::edited(text, edits);
            let to = self.moves.get(path).unwrap_or(path);
            let told = match to == path {
                true if edits.is_empty() => None,
                true => {
                    plan.edit(path, text, &new);
                    Some(format!("`{path}` follows the contract's new names"))
                }
                false => {
                    let pristine = self.pristine(path)?;
                    plan.relocate((path, text), (to, &new), pristine.as_deref());
                    plan.drop_other_places(path, to);
                    Some(format!(
                        "`{path}` is `{to}` now, with the contract's new names"
                    ))
                }
            };
            findings.extend(told.map(|told| Finding::new(Reason::Rename, Level::Note, told)));
            after.push(Source {
                path: to.clone(),
                text: new,
            });
        }
        Ok(after)
    }

    /// What apigen once wrote for a file, with the new names.
    fn pristine(&self, path: &str) -> anyhow::Result<Option<String>> {
        let known = disk::read_text(&self.project.root.join(project::base(path)))?;
        Ok(known.map(|text| {
            let source = Source {
                path: path.to_owned(),
                text,
            };
            let examination = self.measure.examine(std::slice::from_ref(&source));
            let edits = examination.edits.get(path).cloned().unwrap_or_default();
            user::edited(&source.text, &edits)
        }))
    }
}

fn finding(misfit: Misfit) -> Finding {
    let reason = match misfit.kind {
        Kind::Removed | Kind::Gone => Reason::OverrideRemoved,
        Kind::Renamed => Reason::OverrideRenamed,
        Kind::Signature => Reason::OverrideSignature,
    };
    let finding = Finding::new(reason, Level::Waits, misfit.message);
    let finding = finding.at(misfit.file, misfit.line, misfit.column);
    match misfit.hint {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}
