//! The oracle: values judged by JSON Schema, by the model, and by the types that are generated. They
//! agree, and what is accepted is written as it was read.

mod collect;
mod discriminators;
mod instances;
mod joined;
mod judge;
mod maker;
mod same;
mod suite;
mod taken;

use std::{
    collections::BTreeMap,
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use apigen::{
    config::Config,
    diagnostic::Diagnostic,
    lower,
    model::{Schema, Service, TypeKind, fits::fits},
    spec::{self, Document},
};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::{
    project::{Database, Project},
    shared::{documents, shared},
};
use collect::{BODY, Collection, member};
use instances::{Hints, instances};
use suite::Suite;

/// Documents that are small, and say much.
const SLICE: [&str; 6] = [
    "swagger-petstore.yaml",
    "train-travel.yaml",
    "realworld.yml",
    "readme-schema-types.json",
    "readme-discriminators.yaml",
    "propolis-server.json",
];

/// How many values a schema is tried with, where there are thousands of schemas and where there are few.
const FEW: usize = 40;
const MANY: usize = 400;
/// How many schemas a body has: its contract tests grow with their square.
const PIECE: usize = 50;
/// How many differences of a class are shown.
const SHOWN: usize = 5;

/// What became of the values of a document.
#[derive(Default)]
struct Score {
    schemas: usize,
    values: usize,
    valid: usize,
    agreed: usize,
    disagreed: usize,
    changed: usize,
}

/// A value, and what JSON Schema makes of it.
struct Case {
    judged: usize,
    value: Value,
    /// Why it is refused.
    refused: Option<String>,
}

struct Oracle {
    collection: Collection,
    judge: Validator,
    hints: Vec<Hints>,
    cases: Vec<Case>,
    scores: BTreeMap<String, Score>,
    /// By their classes, what was found.
    found: BTreeMap<String, Vec<String>>,
}

impl Oracle {
    /// Without values.
    fn of(collection: Collection) -> Self {
        Self {
            judge: judge::judge(&taken::taken(&collection)),
            collection,
            hints: Vec::new(),
            cases: Vec::new(),
            scores: BTreeMap::new(),
            found: BTreeMap::new(),
        }
    }

    fn new(collection: Collection, most: usize) -> Self {
        let mut oracle = Self::of(collection);
        for index in 0..oracle.collection.judged.len() {
            let judged = &oracle.collection.judged[index];
            let (values, hints) = instances(&oracle.collection.components, &judged.schema, most);
            oracle.hints.push(hints);
            let name = judged.of.clone();
            oracle.scores.entry(name).or_default().schemas += 1;
            values
                .into_iter()
                .for_each(|value| oracle.add(index, value));
        }
        oracle
    }

    fn add(&mut self, judged: usize, value: Value) {
        let refused = refusal(&self.judge, judged, &value);
        let score = self
            .scores
            .entry(self.collection.judged[judged].of.clone())
            .or_default();
        score.values += 1;
        score.valid += usize::from(refused.is_none());
        self.cases.push(Case {
            judged,
            value,
            refused,
        });
    }

    /// Compares with what others say: whether they accept, and what they write.
    fn compare(&mut self, answers: Vec<(bool, Option<Value>)>) {
        for (case, (accepts, written)) in std::mem::take(&mut self.cases).iter().zip(answers) {
            let judged = &self.collection.judged[case.judged];
            let score = self.scores.get_mut(&judged.of).expect("a score");
            let class = match (&case.refused, accepts) {
                (Some(keyword), true) => Some(format!("accepted against `{keyword}`")),
                (None, false) => Some("refused".to_owned()),
                _ => None,
            };
            let Some(class) = class else {
                score.agreed += 1;
                let Some(written) = written.filter(|_| accepts) else {
                    continue;
                };
                // In a union, what only another alternative names is read past, and lost to it.
                let change = same::change(&case.value, &written, &self.hints[case.judged]);
                let odd = || same::with_odd(&case.value, &written);
                let change = match change.as_deref() {
                    Some(same::LOST) if refusal(&self.judge, case.judged, &odd()).is_none() => None,
                    None => refusal(&self.judge, case.judged, &written)
                        .map(|keyword| format!("what is written breaks `{keyword}`")),
                    _ => change,
                };
                if let Some(change) = change {
                    self.scores.get_mut(&judged.of).expect("a score").changed += 1;
                    let text = format!(
                        "{} {}: {} -> {written}",
                        judged.of, judged.label, case.value
                    );
                    self.found.entry(change).or_default().push(text);
                }
                continue;
            };
            score.disagreed += 1;
            let text = format!("{} {}: {}", judged.of, judged.label, case.value);
            self.found.entry(class).or_default().push(text);
        }
    }

    fn print(&self) {
        let row = |name: &str, columns: [&dyn std::fmt::Display; 6]| {
            let columns = columns.map(|column| format!("{column:>10}"));
            println!("{name:34}{}", columns.concat());
        };
        let heads = [
            "schemas",
            "instances",
            "valid",
            "agreed",
            "disagreed",
            "changed",
        ];
        row("document", heads.each_ref().map(|head| head as _));
        for (name, score) in &self.scores {
            let counts = [
                score.schemas,
                score.values,
                score.valid,
                score.agreed,
                score.disagreed,
                score.changed,
            ];
            row(name, counts.each_ref().map(|count| count as _));
        }
        for (class, texts) in &self.found {
            println!("\n{class}: {}", texts.len());
            let step = texts.len().div_ceil(SHOWN);
            for text in texts.iter().step_by(step) {
                println!("    {}", text.chars().take(400).collect::<String>());
            }
        }
    }

    /// What the model makes of the values.
    fn modelled(&self) -> Vec<(bool, Option<Value>)> {
        let (service, _) = lowered(&read(&self.collection.document()));
        let fields: BTreeMap<String, &Schema> = fields(&service);
        let accepts = |case: &Case| {
            let schema = fields[&member(case.judged)];
            (fits(&case.value, schema, &service.types), None)
        };
        self.cases.iter().map(accepts).collect()
    }

    /// What a generated project makes of them.
    fn generated(&self, name: &str) -> Vec<(bool, Option<Value>)> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("openapi.json");
        fs::write(&path, self.collection.document().to_string()).expect("a file");
        let project = Project::new(&format!("oracle-{name}"), &path, Database::Sqlite);
        let krate = format!("oracle_{}_sqlite", name.replace(['-', '.'], "_"));
        let code = include_str!("program.rs.txt").replace("KRATE", &krate);
        fs::create_dir_all(project.root.join("src/bin")).expect("a folder");
        // Programs of one name would take each other's place in the folder that all build in.
        let program = format!("oracle-{name}");
        fs::write(project.root.join(format!("src/bin/{program}.rs")), code).expect("a file");
        let bodies: Vec<String> = self
            .cases
            .iter()
            .map(|case| json!({ member(case.judged): case.value }).to_string())
            .collect();
        let mut command = project.command(&["run", "--quiet", "--bin", &program]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("cargo");
        let mut stdin = child.stdin.take().expect("an input");
        let sender = thread::spawn(move || stdin.write_all(bodies.join("\n").as_bytes()));
        let output = child.wait_with_output().expect("an answer");
        assert!(output.status.success(), "{name} does not run");
        sender.join().expect("no panic").expect("all is sent");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let answers: Vec<_> = text
            .lines()
            .zip(&self.cases)
            .map(|(line, case)| {
                let written: Option<Value> = serde_json::from_str(line).expect("JSON");
                let own = written
                    .as_ref()
                    .and_then(|one| one.get(member(case.judged)).cloned());
                (written.is_some(), written.map(|_| own.unwrap_or_default()))
            })
            .collect();
        assert_eq!(answers.len(), self.cases.len());
        answers
    }
}

/// Why JSON Schema refuses a value: the keyword.
fn refusal(judge: &Validator, index: usize, value: &Value) -> Option<String> {
    let body = json!({ member(index): value });
    let error = judge.iter_errors(&body).next()?;
    let path = error.schema_path().to_string();
    Some(path.rsplit('/').next().unwrap_or_default().to_owned())
}

fn read(document: &Value) -> Document {
    let (document, _) = spec::parse("openapi.json", document.to_string()).expect("a document");
    document
}

fn lowered(document: &Document) -> (Service, Vec<Diagnostic>) {
    let config = "name = \"oracle\"\nspec = \"openapi.json\"\n";
    let config = Config::parse("apigen.toml", config).expect("a config");
    let (service, told) = lower::lower(document, &config);
    (service.expect("a service"), told)
}

/// The members of the body, as it is read.
fn fields(service: &Service) -> BTreeMap<String, &Schema> {
    let body = service
        .types
        .iter()
        .find(|ty| ty.api_name == BODY && ty.uses.decoded);
    let TypeKind::Struct(body) = &body.expect("a body").kind else {
        panic!("the body is no object");
    };
    let named = body
        .fields
        .iter()
        .map(|field| (field.api_name.clone(), &field.schema));
    named.collect()
}

fn collection<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> Collection {
    let mut collection = Collection::default();
    paths
        .into_iter()
        .for_each(|path| collection.add_document(path));
    collection
}

/// Without compiling a thing: the model judges as JSON Schema does, and the generated types are held
/// against it in the other test.
#[test]
fn the_model_judges_the_corpus_as_json_schema_does() {
    let mut paths = asked("corpus");
    paths.extend(own());
    let next = AtomicUsize::new(0);
    let judge = || {
        let mut found = Vec::new();
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let collection = collection([path]);
            if !collection.judged.is_empty() {
                let mut oracle = Oracle::new(collection, FEW);
                oracle.compare(oracle.modelled());
                oracle.print();
                found.extend(oracle.found);
            }
        }
        found
    };
    let found = thread::scope(|scope| {
        let threads = [(); 2].map(|()| scope.spawn(judge));
        threads
            .map(|thread| thread.join().expect("no panic"))
            .concat()
    });
    assert!(found.is_empty(), "{found:#?}");
}

/// What the corpus says too little of.
fn own() -> [PathBuf; 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/oracle");
    ["keywords.yaml", "alternatives.yaml"].map(|name| folder.join(name))
}

/// The documents that `ORACLE` names, or all.
fn asked(folder: &str) -> Vec<PathBuf> {
    let named = env::var("ORACLE").unwrap_or_default();
    let names: Vec<&str> = named.split_whitespace().collect();
    let is_asked = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        names.is_empty() || names.iter().any(|asked| name.starts_with(asked))
    };
    let paths = documents(folder).into_iter().map(|document| document.path);
    paths.filter(is_asked).collect()
}

#[test]
fn the_suite_of_json_schema_passes() {
    let suite = Suite::read();
    let wrong = suite.score(&suite.oracle.modelled());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
#[ignore = "`just oracle` compiles it"]
fn the_suite_of_json_schema_passes_generated_types() {
    let suite = Suite::read();
    let wrong = suite.score(&suite.oracle.generated("suite"));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A project for each document, or several.
#[test]
#[ignore = "`just oracle` compiles them"]
fn generated_types_judge_the_corpus_as_json_schema_does() {
    let mut found = false;
    for path in asked("corpus") {
        let collection = collection([&path]);
        if collection.judged.is_empty() {
            continue;
        }
        let name = path.file_stem().expect("a name").to_string_lossy();
        for (piece, judged) in collection.judged.chunks(PIECE).enumerate() {
            let components = collection.components.clone();
            let judged = judged.to_vec();
            let mut oracle = Oracle::new(Collection { components, judged }, MANY);
            oracle.compare(oracle.generated(&format!("{name}-{piece}")));
            oracle.print();
            found |= !oracle.found.is_empty();
        }
    }
    assert!(!found, "there are differences");
}

#[test]
fn generated_types_judge_as_json_schema_does() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    let mut paths: Vec<PathBuf> = SLICE.iter().map(|name| corpus.join(name)).collect();
    paths.extend(own());
    let mut oracle = Oracle::new(collection(&paths), MANY);
    let answers = oracle.generated("slice");
    for (case, (modelled, generated)) in oracle
        .cases
        .iter()
        .zip(oracle.modelled().iter().zip(&answers))
    {
        let label = &oracle.collection.judged[case.judged].label;
        assert_eq!(modelled.0, generated.0, "{label}: {}", case.value);
    }
    oracle.compare(answers);
    oracle.print();
    assert!(oracle.found.is_empty(), "there are differences");
}
