//! Files that need no formatting again: the same was printed for what is there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What was printed for a file, and what became of it, as digests. It holds on any machine, as long
/// as the program is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imprint(String, String);

/// Those of files, by path.
pub type Imprints = BTreeMap<String, Imprint>;

/// Imprints of an earlier run, and the files as they are.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The imprints.
    pub imprints: &'a Imprints,
    /// The text of a file.
    pub text: &'a (dyn Fn(&str) -> Option<&'a str> + Sync),
}

impl Known<'_> {
    /// The imprints of the files in a folder, which has its slash, by their paths in it.
    pub fn below(&self, folder: &str) -> Imprints {
        let all = self.imprints.range(folder.to_owned()..);
        let inside = all.map_while(|(path, imprint)| Some((path.strip_prefix(folder)?, imprint)));
        inside
            .map(|(path, imprint)| (path.to_owned(), imprint.clone()))
            .collect()
    }

    /// What formatting would give: the file as it is, where it came of the same print.
    pub(super) fn formatted(&self, path: &str, printed: &str) -> Option<String> {
        let known = self.imprints.get(path).filter(|known| known.0 == printed)?;
        let text = (self.text)(path)?;
        (digest(&[text]) == known.1).then(|| text.to_owned())
    }
}

impl Imprint {
    pub(super) fn new(printed: String, file: &str) -> Self {
        Self(printed, digest(&[file]))
    }
}

pub(super) fn digest(texts: &[&str]) -> String {
    let mut sha = Sha256::new();
    for text in texts {
        sha.update(text.len().to_le_bytes());
        sha.update(text);
    }
    let digest = sha.finalize();
    digest[..16].iter().map(|b| format!("{b:02x}")).collect()
}
