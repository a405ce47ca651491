//! The command as a person meets it: runs of the real binary over projects in folders of their own.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test binary uses its own part"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// How a run ended.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The command in a folder, with nobody at the keyboard. Hundreds of new projects that each ask a
/// registry for every crate are slow, and fail when it is away: they make do with what was fetched.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apigen"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_NET_OFFLINE", "true")
        .stdin(Stdio::null());
    command
}

/// All that a program said, on both outputs.
pub fn told(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes))
        .concat()
}

pub fn apigen(folder: &Path, arguments: &[&str]) -> Run {
    let output = command(folder, arguments).output().expect("apigen");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Run {
        code: output.status.code().expect("a code"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

impl Run {
    /// Asks for an exit code, and for words on the standard error in this order.
    pub fn ends(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        let mut rest = self.err.as_str();
        for word in words {
            let place = rest.find(word);
            let place = place.unwrap_or_else(|| panic!("no `{word}` in:\n{}", self.err));
            rest = &rest[place + word.len()..];
        }
        self
    }
}

pub fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop.yaml")
}

/// A folder with a project in it.
pub fn project() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = fixture();
    let spec = spec.to_string_lossy();
    apigen(
        folder.path(),
        &["new", "shop", "--spec", &spec, "--no-git", "-q"],
    )
    .ends(0, &[]);
    let root = folder.path().join("shop");
    (folder, root)
}

/// Every file below a folder, with its bytes, but for what apigen keeps of one machine.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path
                        .strip_prefix(folder)
                        .expect("below")
                        .display()
                        .to_string();
                    if name != ".apigen/cache" {
                        files.insert(name, fs::read(path).expect("a file"));
                    }
                }
            }
        }
    }
    files
}

pub fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("a file");
    assert!(text.contains(from), "no `{from}` in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).expect("written");
}
