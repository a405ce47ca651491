//! What apigen prints as SARIF: valid by the schema of SARIF 2.1.0, and what code scanning needs.

#[path = "support/run.rs"]
mod run;

use std::{collections::BTreeSet, fs, path::Path, process::Command, sync::LazyLock};

use jsonschema::Validator;
use run::{apigen, project, replace};
use serde_json::Value;

/// The schema, from a package that holds it.
static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    let told = String::from_utf8_lossy(&metadata.stderr).into_owned();
    assert!(metadata.status.success(), "{told}");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let holder = packages.iter().find(|p| p["name"] == "serde-sarif");
    let manifest = holder.and_then(|p| p["manifest_path"].as_str());
    let schema = Path::new(manifest.expect("a path")).with_file_name("src/schema.json");
    let schema = fs::read_to_string(schema).expect("the schema");
    // Its pattern of languages has a bracket too many.
    let schema = schema.replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$");
    let schema = serde_json::from_str(&schema).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
});

/// Runs a command that ends with a code; what it printed is valid and means something.
fn sarif(folder: &Path, arguments: &[&str], code: i32) -> Value {
    let run = apigen(folder, &[arguments, &["--format", "sarif"]].concat()).ends(code, &[]);
    let log: Value = serde_json::from_str(&run.out).expect("JSON");
    let errors: Vec<_> = SCHEMA.iter_errors(&log).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{log:#}");
    makes_sense(&log["runs"][0]);
    log["runs"][0].clone()
}

fn makes_sense(run: &Value) {
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let mut used = BTreeSet::new();
    let mut prints = BTreeSet::new();
    for result in results(run) {
        let rule = &rules[result["ruleIndex"].as_u64().expect("an index") as usize];
        assert_eq!(rule["id"], result["ruleId"], "{result:#}");
        let id = rule["id"].as_str().expect("a name");
        used.insert(id);
        let words = rule["fullDescription"]["text"].as_str().expect("words");
        assert!(words != id && words.len() > 10, "{rule:#}");
        assert!(prints.insert(result["partialFingerprints"].to_string()));
        assert!(result.get("suppressions").is_none());
        let related = result["relatedLocations"].as_array();
        let places = result["locations"].as_array().into_iter().chain(related);
        for place in places.flatten().map(|place| &place["physicalLocation"]) {
            let artifact = &place["artifactLocation"];
            let uri = artifact["uri"].as_str().expect("a URI");
            assert!(!uri.starts_with('/') && !uri.contains(' '), "{uri}");
            let base = artifact["uriBaseId"].as_str();
            assert_eq!(base.is_none(), uri.starts_with("file:///"), "{uri}");
            if let Some(base) = base {
                assert!(run["originalUriBaseIds"].get(base).is_some());
            }
            assert!(place["region"]["startLine"].as_u64() > Some(0));
            assert!(place["region"]["startColumn"].as_u64() > Some(0));
        }
    }
    assert_eq!(used.len(), rules.len(), "each rule once: {rules:#?}");
}

fn results(run: &Value) -> &[Value] {
    run["results"].as_array().expect("results")
}

/// Rule, level, file and line of each result.
fn told(run: &Value) -> Vec<(&str, &str, &str, u64)> {
    let of = |result| {
        let result: &Value = result;
        let place = &result["locations"][0]["physicalLocation"];
        let word = |value: &'static str| result[value].as_str().unwrap_or("");
        let uri = &place["artifactLocation"]["uri"];
        (
            word("ruleId"),
            word("level"),
            uri.as_str().unwrap_or(""),
            place["region"]["startLine"].as_u64().unwrap_or(0),
        )
    };
    results(run).iter().map(of).collect()
}

/// A project in a repository, in a folder whose name a URI must escape.
fn repository() -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, root) = project();
    let to = folder.path().join("my shöp");
    fs::rename(root, &to).expect("renamed");
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    (folder, to)
}

#[test]
fn what_check_prints_is_sarif() {
    let (_folder, root) = repository();
    let run = sarif(&root, &["check"], 0);
    assert_eq!(results(&run), [] as [Value; 0]);
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);

    replace(&root.join("src/core/mod.rs"), "pub mod", "mod");
    replace(&root.join("openapi.yaml"), "publishItem", "sellItem");
    fs::remove_file(root.join("src/services/items.rs")).expect("removed");
    let before = sarif(&root, &["check", "--strict"], 2);
    let edited = ("edited", "error", "my%20sh%C3%B6p/src/core/mod.rs", 1);
    assert!(told(&before).contains(&edited), "{before:#}");
    let levels: BTreeSet<_> = told(&before).into_iter().map(|told| told.1).collect();
    assert_eq!(levels, BTreeSet::from(["error", "note"]));

    // A line more moves places, and makes no result another one.
    let spec = fs::read_to_string(root.join("openapi.yaml")).expect("a file");
    fs::write(root.join("openapi.yaml"), format!("# A line more.\n{spec}")).expect("written");
    let after = sarif(&root, &["check", "--strict"], 2);
    let prints = |run: &Value| -> BTreeSet<String> {
        let prints = results(run)
            .iter()
            .map(|r| r["partialFingerprints"].to_string());
        prints.collect()
    };
    assert_eq!(prints(&before), prints(&after));
    assert_ne!(told(&before), told(&after));

    fs::write(root.join("openapi.yaml"), "openapi: 3.0.3\npaths: [\n").expect("written");
    let run = sarif(&root, &["check"], 1);
    assert_eq!(
        told(&run),
        [("yaml", "error", "my%20sh%C3%B6p/openapi.yaml", 3)]
    );
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    fs::remove_file(root.join(".apigen/lock")).expect("removed");
    let run = sarif(&root, &["check"], 1);
    assert_eq!(told(&run), [("failed", "error", "", 0)]);
}

#[test]
fn what_diff_prints_is_sarif() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let spec = fs::read_to_string(run::fixture()).expect("a fixture");
    fs::write(here.join("old.yaml"), &spec).expect("written");
    let new = spec.replace("        price:", "        cost:");
    let new = new.replace("name, price, created_at", "name, cost, created_at");
    fs::write(here.join("new.yaml"), &new).expect("written");
    let line = |text: &str, words: &str| {
        let mut lines = text.lines();
        1 + lines.position(|line| line.contains(words)).expect("a line") as u64
    };
    let run = sarif(here, &["diff", "old.yaml", "new.yaml"], 2);
    for expected in [
        // What is gone is shown where it was.
        (
            "response-required-property-removed",
            "error",
            "old.yaml",
            line(&spec, "        price:"),
        ),
        (
            "response-required-property-added",
            "note",
            "new.yaml",
            line(&new, "        cost:"),
        ),
    ] {
        assert!(told(&run).contains(&expected), "{expected:?}: {run:#}");
    }
    let github = ["diff", "old.yaml", "new.yaml", "--format", "github"];
    let github = apigen(here, &github).ends(2, &[]).out;
    let line = line(&spec, "        price:");
    let start = format!(
        "::error file=old.yaml,line={line},col=9,title=apigen%3A response-required-property-removed::"
    );
    assert!(
        github.lines().any(|line| line.starts_with(&start)),
        "{github}"
    );
    let run = sarif(here, &["diff", "old.yaml", "old.yaml"], 0);
    assert_eq!(results(&run), [] as [Value; 0]);
    let run = sarif(here, &["diff", "git:main:old.yaml", "new.yaml"], 1);
    assert_eq!(told(&run), [("failed", "error", "", 0)]);
}

#[test]
fn what_validate_prints_is_sarif() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    fs::create_dir(here.join(".git")).expect("a folder");
    let api = here.join("api");
    fs::create_dir(&api).expect("a folder");
    fs::write(
        api.join("bad.yaml"),
        "openapi: 3.0.3\ninfo: {title: a}\ninfo: {}\npaths: {}\n",
    )
    .expect("written");
    let run = sarif(&api, &["validate", "bad.yaml"], 1);
    let first = told(&run)[0];
    assert_eq!((first.1, first.2, first.3), ("error", "api/bad.yaml", 3));
    let github = apigen(&api, &["validate", "bad.yaml", "--format", "github"]).ends(1, &[]);
    let start = format!(
        "::error file=api/bad.yaml,line=3,col=1,title=apigen%3A {}::",
        first.0
    );
    assert!(github.out.starts_with(&start), "{}", github.out);
    let run = sarif(&api, &["validate", "nowhere.yaml"], 1);
    assert_eq!(told(&run), [("failed", "error", "", 0)]);
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let json = apigen(&api, &["validate", "nowhere.yaml", "--format", "json"]).ends(1, &[]);
    let line: Value = serde_json::from_str(&json.out).expect("a line of JSON");
    assert_eq!(
        (&line["code"], &line["hint"]),
        (&"failed".into(), &"did you mean `bad.yaml`?".into())
    );
    let spec = run::fixture().display().to_string();
    let run = sarif(&api, &["validate", &spec], 0);
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}
