//! Documents as git keeps them: `git:REV:path`.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

use super::{
    Failure,
    document::{Terms, existing, load, read_on, reading, refused},
};
use crate::{
    config::{self, Config},
    project::disk,
    spec::{self, Document, Reading},
};

/// What a document of a revision starts with on the command line.
pub const PREFIX: &str = "git:";

/// The path in `git:REV:path`, from the root of the work tree.
pub fn file(named: &str) -> Option<&str> {
    let (_, file) = named.strip_prefix(PREFIX)?.split_once(':')?;
    Some(file)
}

/// What a document may refer to, by the end of its name.
const DOCUMENTS: [&str; 3] = ["*.yaml", "*.yml", "*.json"];

/// Loads what a person named: a file, `git:REV:path`, or `git:REV` for the document of the project
/// around `folder`.
///
/// # Errors
/// It is not there, or has errors.
pub fn open(named: &str, folder: &Path) -> anyhow::Result<Document> {
    let Some(revision) = named.strip_prefix(PREFIX) else {
        existing(Path::new(named))?;
        let path = Path::new(named);
        return Ok(load(path, named.to_owned(), &read_on(&Terms::default(), path)?)?.0);
    };
    let (revision, path) = match revision.split_once(':') {
        Some((revision, path)) => (revision, Some(path)),
        None => (revision, None),
    };
    let tree = Tree::find(folder, revision)?;
    let contract = tree.project(folder);
    match path {
        Some(path) => {
            let path = tree.path(path);
            let its = contract.ok().filter(|contract| contract.path == path);
            tree.load(&its.unwrap_or_else(|| Contract::alone(path)))
        }
        None => tree.load(&contract?),
    }
}

/// Loads the document that the project around `folder` had at a revision.
///
/// # Errors
/// There is no such revision, or its document has errors.
pub fn base(revision: &str, folder: &Path) -> anyhow::Result<Base> {
    let tree = Tree::find(folder, revision)?;
    let contract = tree.project(folder)?;
    let object = format!("{}:{}", tree.id, contract.path);
    match output(git(&tree.root).args(["cat-file", "-e", &object])) {
        Ok(_) => Ok(Base::Document(Box::new(tree.load(&contract)?))),
        Err(_) => Ok(Base::Nothing {
            path: contract.path,
        }),
    }
}

/// What a project had at a revision.
#[derive(Debug)]
pub enum Base {
    /// Its document.
    Document(Box<Document>),
    /// None yet.
    Nothing {
        /// Where it would be, from the root of the work tree.
        path: String,
    },
}

/// A document as a project names it at a revision.
struct Contract {
    /// From the root of the work tree.
    path: String,
    /// What the project chooses, with its folder from the root of the work tree.
    project: Option<(Config, String)>,
}

impl Contract {
    /// One that is no project's.
    fn alone(path: String) -> Self {
        Self {
            path,
            project: None,
        }
    }
}

/// A revision of a git repository.
struct Tree<'a> {
    /// Where git is asked: the root of the work tree.
    root: PathBuf,
    /// Where the person stands below it, with its slash; empty at the root.
    here: String,
    /// As the person named it.
    revision: &'a str,
    /// What git calls its files.
    id: String,
}

impl<'a> Tree<'a> {
    fn find(folder: &Path, revision: &'a str) -> anyhow::Result<Self> {
        let ask = |arguments: &[&str]| text(git(folder).arg("rev-parse").args(arguments));
        let Ok(root) = ask(&["--show-toplevel"]) else {
            let message = format!("`{}` is in no git work tree", folder.display());
            let hint = "name the document by its file, or go to where git knows it";
            return Err(Failure::hinted(message, hint).into());
        };
        let tree = format!("{revision}^{{tree}}");
        let id = match revision {
            "" => None,
            _ if revision.starts_with('-') => None,
            _ => ask(&["--verify", "--quiet", "--end-of-options", &tree]).ok(),
        };
        let Some(id) = id else {
            let message = format!("git knows no revision `{revision}`");
            let hint = "name a branch, a tag or a commit, as in `git:main:openapi.yaml`; in CI, \
                        fetch it first (`fetch-depth: 0` with actions/checkout)";
            return Err(Failure::hinted(message, hint).into());
        };
        Ok(Self {
            root: PathBuf::from(root),
            here: ask(&["--show-prefix"])?,
            revision,
            id,
        })
    }

    /// A path from the root of the work tree, or with `./` from here, as git itself reads it.
    fn path(&self, path: &str) -> String {
        match path.starts_with("./") || path.starts_with("../") {
            true => tidy(&format!("{}{path}", self.here)),
            false => tidy(path),
        }
    }

    /// The document of the project around a folder, as the revision's `apigen.toml` names it.
    fn project(&self, folder: &Path) -> anyhow::Result<Contract> {
        let Some(project) = disk::find_upward(folder, config::FILE) else {
            let message = format!("`{PREFIX}{}` names no document", self.revision);
            let hint = format!(
                "outside of a project, name it too: `{PREFIX}{}:openapi.yaml`",
                self.revision
            );
            return Err(Failure::hinted(message, hint).into());
        };
        let root = disk::find_upward(&self.root, ".git").unwrap_or_else(|| self.root.clone());
        let below = project.strip_prefix(&root).unwrap_or(Path::new(""));
        let parts: String = below.iter().map(|p| p.to_string_lossy() + "/").collect();
        let now = disk::read_text(&project.join(config::FILE))?.unwrap_or_default();
        let then = self.text(&format!("{parts}{}", config::FILE));
        let read = |text: &str| Config::parse(config::FILE, text).ok();
        let config = then.ok().as_deref().and_then(read).or_else(|| read(&now));
        let config = config.with_context(|| format!("`{}` has errors", config::FILE))?;
        Ok(Contract {
            path: tidy(&format!("{parts}{}", config.spec)),
            project: Some((config, parts)),
        })
    }

    fn text(&self, path: &str) -> anyhow::Result<String> {
        text(git(&self.root).args(["show", &format!("{}:{path}", self.id)]))
    }

    /// Loads a document, with all that it may refer to laid out in a folder of its own.
    fn load(&self, contract: &Contract) -> anyhow::Result<Document> {
        let path = &contract.path;
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let index = folder.path().join("index");
        let files = folder.path().join("files");
        let git = |arguments: &[&str]| {
            let mut git = git(&self.root);
            git.env("GIT_INDEX_FILE", &index).args(arguments);
            git
        };
        succeed(&mut git(&["read-tree", &self.id]), b"")?;
        let mut list = git(&["ls-files", "-z", "--"]);
        let project = contract.project.as_ref();
        let mut reading = project.map_or_else(Reading::default, |(config, _)| {
            reading(config, Path::new(""))
        });
        reading.root = Some(files.clone());
        for overlay in &mut reading.overlays {
            let folder = project.map_or("", |(_, folder)| folder);
            let path = tidy(&format!("{folder}{}", overlay.name));
            list.arg(format!(":(literal){path}"));
            overlay.path = files.join(&path);
            overlay.name = format!("{PREFIX}{}:{path}", self.revision);
        }
        list.args(DOCUMENTS).arg(format!(":(literal){path}"));
        let names = output(&mut list)?;
        let prefix = format!("--prefix={}/", files.display());
        succeed(
            &mut git(&["checkout-index", "-z", "--stdin", "-q", &prefix]),
            &names,
        )?;
        let name = format!("{PREFIX}{}:{path}", self.revision);
        let file = files.join(path);
        if !file.is_file() {
            let message = format!("there is no `{path}` in the revision `{}`", self.revision);
            let hint = "the path starts at the root of the work tree; `./` starts it here";
            return Err(Failure::hinted(message, hint).into());
        }
        let loaded = spec::load_as(&file, name, &reading);
        Ok(loaded.map_err(refused)?.0)
    }
}

/// A path without its `.` and `..`.
fn tidy(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Git in a folder; what a hook of git's own says about another repository does not count.
fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(folder).env_remove("GIT_INDEX_FILE");
    git
}

fn text(git: &mut Command) -> anyhow::Result<String> {
    let text = String::from_utf8(output(git)?)?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

fn output(git: &mut Command) -> anyhow::Result<Vec<u8>> {
    let output = git.stdin(Stdio::null()).output();
    let output = output.context("cannot run `git`")?;
    if !output.status.success() {
        bail!("git: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

fn succeed(git: &mut Command, input: &[u8]) -> anyhow::Result<()> {
    let mut child = git
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run `git`")?;
    let mut stdin = child.stdin.take().context("git takes no input")?;
    stdin
        .write_all(input)
        .context("git took no list of files")?;
    drop(stdin);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("git: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
