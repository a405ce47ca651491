//! `.apigen/lock`: what apigen wrote, one fact per line, sorted.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use sha2::{Digest, Sha256};

use super::words::words;

const HEADER: &str = "# What apigen wrote, so that it can tell an edited file from a stale one.
# Commit it; after a merge, `apigen sync` puts it right.
";

/// What apigen remembers of the files that it wrote.
///
/// A merge by union may leave two facts about one file: both are kept, so that each of the two
/// states is known as apigen's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// G: the hashes of what was written.
    pub generated: BTreeMap<String, BTreeSet<String>>,
    /// F: the same of G files, but for their formatting.
    pub forms: BTreeMap<String, BTreeSet<String>>,
    /// S: the hash of the pristine base, or `None` once the user deleted the file.
    pub scaffolded: BTreeMap<String, Option<String>>,
    /// E: the hash of what apigen last generated, or `None` once the user deleted the file.
    pub ejected: BTreeMap<String, Option<String>>,
    /// A: the hashes of what was written.
    pub appended: BTreeMap<String, BTreeSet<String>>,
    /// M: the keys that were added.
    pub merged: BTreeMap<String, BTreeSet<String>>,
    /// I: what the last sync that wrote something was made from. Files have their hashes, apigen
    /// has its version.
    pub inputs: BTreeMap<String, BTreeSet<String>>,
}

impl Lock {
    /// Reads a lock; markers of a merge conflict and lines that say nothing are skipped.
    pub fn parse(text: &str) -> Self {
        let mut lock = Self::default();
        for line in text.lines() {
            let Some((class, rest)) = line.split_once(' ') else {
                continue;
            };
            let Some((path, fact)) = rest.rsplit_once(' ') else {
                continue;
            };
            if is_inside(path) || class == "I" {
                lock.add(class, path, fact);
            }
        }
        lock
    }

    /// Every path that it knows.
    pub fn paths(&self) -> impl Iterator<Item = &String> {
        let hashed = self.generated.keys().chain(self.appended.keys());
        hashed
            .chain(self.scaffolded.keys())
            .chain(self.ejected.keys())
            .chain(self.merged.keys())
    }

    /// The new facts of the files inside a scope, and the old ones of all others.
    pub(super) fn within(&self, old: &Self, is_inside: impl Fn(&str) -> bool) -> Self {
        fn pick<F: Clone>(
            new: &BTreeMap<String, F>,
            old: &BTreeMap<String, F>,
            is_inside: &impl Fn(&str) -> bool,
        ) -> BTreeMap<String, F> {
            let new = new.iter().filter(|(path, _)| is_inside(path));
            let old = old.iter().filter(|(path, _)| !is_inside(path));
            let both = new.chain(old);
            both.map(|(path, fact)| (path.clone(), fact.clone()))
                .collect()
        }
        Self {
            generated: pick(&self.generated, &old.generated, &is_inside),
            forms: pick(&self.forms, &old.forms, &is_inside),
            scaffolded: pick(&self.scaffolded, &old.scaffolded, &is_inside),
            ejected: pick(&self.ejected, &old.ejected, &is_inside),
            appended: pick(&self.appended, &old.appended, &is_inside),
            merged: pick(&self.merged, &old.merged, &is_inside),
            inputs: old.inputs.clone(),
        }
    }

    /// Takes the facts of a project in a folder, which has its slash; not what it was made from.
    pub fn extend(&mut self, folder: &str, other: &Self) {
        fn add<F: Clone>(all: &mut BTreeMap<String, F>, folder: &str, more: &BTreeMap<String, F>) {
            let below = more.iter();
            all.extend(below.map(|(path, fact)| (format!("{folder}{path}"), fact.clone())));
        }
        add(&mut self.generated, folder, &other.generated);
        add(&mut self.forms, folder, &other.forms);
        add(&mut self.scaffolded, folder, &other.scaffolded);
        add(&mut self.ejected, folder, &other.ejected);
        add(&mut self.appended, folder, &other.appended);
        add(&mut self.merged, folder, &other.merged);
    }

    /// Remembers what is written into a generated file.
    pub fn wrote(&mut self, path: &str, text: &str) {
        let facts = BTreeSet::from([hash(text.as_bytes())]);
        self.generated.insert(path.to_owned(), facts);
        let forms = BTreeSet::from([form(path, text)]);
        self.forms.insert(path.to_owned(), forms);
    }

    /// Whether apigen wrote these bytes into a generated file, whatever a formatter made of them
    /// since.
    pub fn is_known(&self, path: &str, bytes: &[u8]) -> bool {
        let is_in = |files: &BTreeMap<String, BTreeSet<String>>, fact: &str| {
            files.get(path).is_some_and(|facts| facts.contains(fact))
        };
        let is_formed = |text| is_in(&self.forms, &form(path, text));
        self.generated.contains_key(path)
            && (is_in(&self.generated, &hash(bytes)) || str::from_utf8(bytes).is_ok_and(is_formed))
    }

    /// The paths of the pristine texts that the user's files were made from.
    pub fn bases(&self) -> Vec<String> {
        let kept = self.scaffolded.keys().chain(self.ejected.keys());
        kept.map(|path| super::base(path)).collect()
    }

    fn add(&mut self, class: &str, path: &str, fact: &str) {
        let facts = match class {
            "F" => &mut self.forms,
            "G" => &mut self.generated,
            "A" => &mut self.appended,
            "M" => &mut self.merged,
            "I" => &mut self.inputs,
            "E" | "S" => {
                let files = match class {
                    "E" => &mut self.ejected,
                    _ => &mut self.scaffolded,
                };
                let base = (fact != "deleted").then(|| fact.to_owned());
                let known = files.entry(path.to_owned()).or_default();
                *known = base.or(known.take());
                return;
            }
            _ => return,
        };
        let known = facts.entry(path.to_owned()).or_default();
        known.insert(fact.to_owned());
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        let classes = [
            ("A", &self.appended),
            ("F", &self.forms),
            ("G", &self.generated),
            ("I", &self.inputs),
            ("M", &self.merged),
        ];
        for (class, files) in classes {
            let is_ours = |path: &String| class != "F" || self.generated.contains_key(path);
            for (path, facts) in files.iter().filter(|(path, _)| is_ours(path)) {
                for fact in facts {
                    writeln!(f, "{class} {path} {fact}")?;
                }
            }
        }
        for (class, files) in [("E", &self.ejected), ("S", &self.scaffolded)] {
            for (path, base) in files {
                writeln!(f, "{class} {path} {}", base.as_deref().unwrap_or("deleted"))?;
            }
        }
        Ok(())
    }
}

/// A short hash of a text; line ends do not count, because git may rewrite them.
pub fn hash(bytes: &[u8]) -> String {
    let mut sha = Sha256::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => {
                sha.update(line);
                sha.update(b"\n");
            }
            None => sha.update(line),
        }
    }
    let digest = sha.finalize();
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A short hash of what a text is without its formatting.
fn form(path: &str, text: &str) -> String {
    hash(words(path, text).join("\n").as_bytes())
}

/// A lock may come from a stranger's branch: a path in it never leaves the project.
pub(super) fn is_inside(path: &str) -> bool {
    let plain = |part: &str| !matches!(part, "" | "." | ".." | ".git");
    !path.contains(['\\', ':']) && path.split('/').all(plain)
}
