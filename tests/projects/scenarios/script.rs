//! The form of a case: a text, then steps; what is indented below a step belongs to it.
//!
//! ```text
//! Why this case is there.
//!
//! edit openapi.yaml
//!     - stars: { type: integer }
//!     + stars: { type: number }
//! sync 0
//!     told on the standard output or error
//!     ! not told
//! has src/schemas/note.rs
//!     stars: Option<f64>
//! ```

use std::fs;

/// A case, as written.
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
}

/// One step, and where it stands.
pub(crate) struct Step {
    pub(crate) line: usize,
    /// Its words; the first says what it does.
    pub(crate) words: Vec<String>,
    /// What is indented below it, without the indentation.
    pub(crate) body: Vec<String>,
}

const INDENT: &str = "    ";

impl Script {
    /// Reads the case of this name.
    pub(crate) fn read(name: &str) -> Self {
        let path = format!(
            "{}/tests/projects/scenarios/cases/{name}.txt",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut lines = text.lines().enumerate();
        let about = lines.by_ref().take_while(|(_, line)| !line.is_empty());
        assert!(about.count() > 0, "{path}: nothing says what it is about");
        let mut steps: Vec<Step> = Vec::new();
        for (index, line) in lines {
            match (line.strip_prefix(INDENT), steps.last_mut()) {
                (Some(text), Some(step)) => step.body.push(text.to_owned()),
                (Some(_), None) => panic!("{path}:{}: it belongs to no step", index + 1),
                (None, Some(step)) if line.is_empty() => step.body.push(String::new()),
                (None, _) => steps.push(Step {
                    line: index + 1,
                    words: line.split(' ').map(str::to_owned).collect(),
                    body: Vec::new(),
                }),
            }
        }
        for step in &mut steps {
            while step.body.last().is_some_and(String::is_empty) {
                step.body.pop();
            }
        }
        Self { steps }
    }

    /// The steps of this kind.
    pub(crate) fn all(&self, what: &str) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.words[0] == what)
    }

    /// What the steps of this kind name.
    pub(crate) fn named(&self, what: &str) -> Vec<&str> {
        let words = self.all(what).flat_map(|step| &step.words[1..]);
        words.map(String::as_str).collect()
    }
}

impl Step {
    /// Its body as the text of a file.
    pub(crate) fn text(&self) -> String {
        self.body.iter().map(|line| format!("{line}\n")).collect()
    }

    /// Its body as replacements: lines after `-` become those after `+`.
    pub(crate) fn replacements(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
        for line in &self.body {
            let (sign, text) = line.split_at(line.len().min(1));
            let text = text.strip_prefix(' ').unwrap_or(text);
            match (sign, pairs.last_mut()) {
                ("-", Some((old, new))) if new.is_empty() => old.push(text),
                ("-", _) => pairs.push((vec![text], Vec::new())),
                ("+", Some((_, new))) => new.push(text),
                _ => panic!("line {}: `{line}` is no replacement", self.line),
            }
        }
        let pairs = pairs.into_iter();
        pairs
            .map(|(old, new)| (old.join("\n"), new.join("\n")))
            .collect()
    }
}
