//! The score of JSON-Schema-Test-Suite, by keyword.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::{Case, Oracle, collect::Collection};

/// What became of the tests of a keyword.
#[derive(Default)]
pub(super) struct Passed {
    tests: usize,
    passed: usize,
    /// Judged otherwise, as `judge.rs` and `taken.rs` say: a type is inferred, or a warning tells it.
    told: usize,
    wrong: Vec<String>,
}

/// The tests that refer to nothing outside, and what each expects.
pub(super) struct Suite {
    pub(super) oracle: Oracle,
    expected: Vec<bool>,
    skipped: BTreeMap<String, usize>,
}

/// The folder of a draft in a package that is fetched, and never compiled.
fn folder() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["metadata", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let metadata = cargo.output().expect("cargo").stdout;
    let metadata: Value = serde_json::from_slice(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let holder = packages
        .iter()
        .find(|one| one["name"] == "jsonschema-valid");
    let manifest = holder.and_then(|one| one["manifest_path"].as_str());
    Path::new(manifest.expect("a path")).with_file_name("JSON-Schema-Test-Suite/tests/draft2019-09")
}

impl Suite {
    pub(super) fn read() -> Self {
        let mut collection = Collection::default();
        let (mut tests, mut skipped) = (Vec::new(), BTreeMap::<String, usize>::new());
        let files = folder()
            .read_dir()
            .expect("a folder")
            .flatten()
            .map(|entry| entry.path());
        let mut files: Vec<PathBuf> = files.filter(|path| path.is_file()).collect();
        files.sort();
        files
            .push(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/oracle/2020-12.json"));
        for file in files {
            let name = file.file_stem().expect("a name").to_string_lossy();
            let groups: Value =
                serde_json::from_str(&fs::read_to_string(&file).expect("a text")).expect("JSON");
            for group in groups.as_array().expect("groups") {
                let cases = group["tests"].as_array().expect("tests");
                let label = group["description"].as_str().unwrap_or_default();
                if collection.add_schema(&name, label, &group["schema"]) {
                    let judged = collection.judged.len() - 1;
                    tests.extend(cases.iter().map(|case| (judged, case.clone())));
                } else {
                    *skipped.entry(name.to_string()).or_default() += cases.len();
                }
            }
        }
        let mut oracle = Oracle::of(collection);
        let mut expected = Vec::new();
        for (judged, case) in tests {
            expected.push(case["valid"] == true);
            oracle.add(judged, case["data"].clone());
        }
        Self {
            oracle,
            expected,
            skipped,
        }
    }

    /// Prints the score of those who answered; what is wrong in keywords that are enforced.
    pub(super) fn score(&self, answers: &[(bool, Option<Value>)]) -> Vec<String> {
        let mut scores = BTreeMap::<&str, Passed>::new();
        let answers = answers.iter().zip(&self.expected);
        for (
            Case {
                judged,
                value,
                refused,
            },
            ((accepts, _), expected),
        ) in self.oracle.cases.iter().zip(answers)
        {
            let judged = &self.oracle.collection.judged[*judged];
            let score = scores.entry(&judged.of).or_default();
            score.tests += 1;
            if accepts == expected {
                score.passed += 1;
            } else if *accepts == refused.is_none() {
                score.told += 1;
            } else {
                score.wrong.push(format!(
                    "{}: {}: {value} is accepted: {accepts}",
                    judged.of, judged.label
                ));
            }
        }
        println!(
            "{:24}{:>8}{:>8}{:>8}{:>8}{:>8}",
            "keyword", "tests", "passed", "told", "wrong", "skipped"
        );
        for (
            name,
            Passed {
                tests,
                passed,
                told,
                wrong,
            },
        ) in &scores
        {
            let skipped = self.skipped.get(*name).copied().unwrap_or_default();
            println!(
                "{name:24}{tests:>8}{passed:>8}{told:>8}{:>8}{skipped:>8}",
                wrong.len()
            );
        }
        let sum = |of: fn(&Passed) -> usize| scores.values().map(of).sum::<usize>();
        println!(
            "{:24}{:>8}{:>8}{:>8}{:>8}{:>8}",
            "all",
            sum(|s| s.tests),
            sum(|s| s.passed),
            sum(|s| s.told),
            sum(|s| s.wrong.len()),
            self.skipped.values().sum::<usize>()
        );
        scores.into_values().flat_map(|score| score.wrong).collect()
    }
}
