//! `apigen check`: every cause of drift under its own name, and no format that calls a failure in step.

#[path = "support/run.rs"]
mod run;

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use apigen::commands::findings::Reason;
use run::{apigen, project, replace};
use serde_json::Value;

const FORMATS: [&str; 4] = ["human", "json", "github", "sarif"];
const DOCUMENTED: &str = include_str!("../docs/check-format.md");

/// A way to leave the project's step, and what `check` must say: its reason, level and file.
struct Case {
    name: &'static str,
    change: fn(&Path),
    arguments: &'static [&'static str],
    told: &'static [(&'static str, &'static str, &'static str)],
}

const CASES: &[Case] = &[
    Case {
        name: "in step",
        change: |_| {},
        arguments: &[],
        told: &[],
    },
    Case {
        name: "a field in the document",
        change: |root| replace(&root.join("openapi.yaml"), "title: Shop API", "title: Shop"),
        arguments: &[],
        told: &[("spec-changed", "drift", "openapi.yaml")],
    },
    Case {
        name: "an option in the configuration",
        change: |root| {
            let (from, to) = ("database = \"sqlite\"", "database = \"postgres\"");
            replace(&root.join("apigen.toml"), from, to);
        },
        arguments: &[],
        told: &[
            ("config-changed", "drift", "apigen.toml"),
            (
                "pending-migration",
                "drift",
                "migrations/postgres/0001_initial.sql",
            ),
            (
                "pending-migration",
                "drift",
                "migrations/postgres/0002_idempotency_keys.sql",
            ),
        ],
    },
    Case {
        name: "a sync by an older apigen",
        change: |root| {
            let now = concat!("I apigen ", env!("CARGO_PKG_VERSION"));
            replace(&root.join(".apigen/lock"), now, "I apigen 0.0.9");
            let mut lock = fs::read_to_string(root.join(".apigen/lock")).expect("a lock");
            lock = as_if_written(&lock, "src/core/mod.rs", "// of old\n");
            fs::write(root.join(".apigen/lock"), lock).expect("written");
            fs::write(root.join("src/core/mod.rs"), "// of old\n").expect("written");
        },
        arguments: &[],
        told: &[("generator-newer", "drift", "")],
    },
    Case {
        name: "a sync by a newer apigen",
        change: |root| {
            let now = concat!("I apigen ", env!("CARGO_PKG_VERSION"));
            replace(&root.join(".apigen/lock"), now, "I apigen 0.99.0");
            fs::remove_file(root.join(".env.example")).expect("removed");
        },
        arguments: &[],
        told: &[
            ("generator-older", "drift", ""),
            ("new", "drift", ".env.example"),
        ],
    },
    Case {
        name: "an edit by hand",
        change: |root| replace(&root.join("src/core/mod.rs"), "pub mod", "mod"),
        arguments: &[],
        told: &[("edited", "blocks", "src/core/mod.rs")],
    },
    Case {
        name: "a deleted file",
        change: |root| fs::remove_file(root.join("src/core/mod.rs")).expect("removed"),
        arguments: &[],
        told: &[("missing", "drift", "src/core/mod.rs")],
    },
    Case {
        name: "another name of an operation",
        change: |root| {
            let (from, to) = ("operationId: publishItem", "operationId: sellItem");
            replace(&root.join("openapi.yaml"), from, to);
        },
        arguments: &[],
        told: &[
            ("spec-changed", "drift", "openapi.yaml"),
            ("new", "drift", "src/operations/items/sell_item.rs"),
            ("stale", "drift", "src/operations/items/publish_item.rs"),
        ],
    },
    Case {
        name: "a column",
        change: |root| {
            let (from, to) = (
                "        created_at:",
                "        color: { type: string }\n        created_at:",
            );
            replace(&root.join("openapi.yaml"), from, to);
        },
        arguments: &[],
        told: &[
            ("spec-changed", "drift", "openapi.yaml"),
            (
                "pending-migration",
                "drift",
                "migrations/sqlite/0003_change_items.sql",
            ),
        ],
    },
    Case {
        name: "a merge with two sides",
        change: |root| {
            let path = root.join("src/core/mod.rs");
            let text = fs::read_to_string(&path).expect("a module");
            let torn = format!("<<<<<<< HEAD\n{text}=======\n>>>>>>> other\n");
            fs::write(path, torn).expect("written");
        },
        arguments: &[],
        told: &[("conflict", "drift", "src/core/mod.rs")],
    },
    Case {
        name: "a lock with two sides",
        change: |root| {
            let path = root.join(".apigen/lock");
            let lock = fs::read_to_string(&path).expect("a lock");
            let torn = format!("<<<<<<< HEAD\n{lock}=======\n{lock}>>>>>>> other\n");
            fs::write(path, torn).expect("written");
        },
        arguments: &[],
        told: &[("conflict", "drift", ".apigen/lock")],
    },
    Case {
        name: "stubs, strictly",
        change: |_| {},
        arguments: &["--strict"],
        told: &[
            ("stub", "waits", "openapi.yaml"),
            ("stub", "waits", "openapi.yaml"),
        ],
    },
];

/// The lock of an apigen that wrote this text.
fn as_if_written(lock: &str, path: &str, text: &str) -> String {
    let fact = format!("G {path} ");
    let lines = lock.lines().map(|line| match line.starts_with(&fact) {
        true => format!("{fact}{}\n", apigen::project::lock::hash(text.as_bytes())),
        false => format!("{line}\n"),
    });
    lines.collect()
}

/// Runs `check` in a format; every case ends in the same way in all of them.
fn check(root: &Path, arguments: &[&str], format: &str, code: i32) -> String {
    let arguments = [&["check", "--format", format], arguments].concat();
    let run = apigen(root, &arguments).ends(code, &[]);
    let is_step = run.err.contains("In step") || run.out.contains("\"in_step\": true");
    assert_eq!(
        is_step,
        code == 0 && matches!(format, "human" | "json"),
        "{}",
        run.err
    );
    run.out
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn every_cause_has_its_name_in_every_format() {
    for case in CASES {
        println!("{}", case.name);
        let (folder, root) = project();
        fs::create_dir(folder.path().join(".git")).expect("a folder");
        (case.change)(&root);
        let code = if case.told.is_empty() { 0 } else { 2 };
        let [human, json, github, sarif] =
            FORMATS.map(|format| check(&root, case.arguments, format, code));
        let report = parsed(&json);
        assert_eq!(report["in_step"], code == 0, "{}", case.name);
        assert_eq!(report["folder"], "shop/");
        let drift = |found: &&Value| !matches!(found["level"].as_str(), Some("note" | "warning"));
        let found = report["findings"].as_array().expect("findings");
        let word = |found: &Value, key: &str| found[key].as_str().unwrap_or("").to_owned();
        let told = found.iter().filter(drift).map(|found| {
            let [reason, level, file] = ["reason", "level", "file"].map(|key| word(found, key));
            (reason, level, file)
        });
        let own = |&(reason, level, file): &(&str, &str, &str)| {
            (reason.to_owned(), level.to_owned(), file.to_owned())
        };
        let expected: Vec<_> = case.told.iter().map(own).collect();
        assert_eq!(told.collect::<Vec<_>>(), expected, "{}: {json}", case.name);
        for (reason, _, file) in case.told {
            assert!(
                human.contains(&format!("{reason} ")),
                "{}: {human}",
                case.name
            );
            let place = match *file {
                "" => "::error ".to_owned(),
                file => format!("::error file=shop/{file},line="),
            };
            let title = format!("title=apigen%3A {reason}::");
            let is_told = |line: &str| line.starts_with(&place) && line.contains(&title);
            assert!(github.lines().any(is_told), "{}: {github}", case.name);
            let results = &parsed(&sarif)["runs"][0]["results"];
            let is_told = |result: &Value| {
                let at = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
                let there = at.as_str().unwrap_or("shop/");
                result["ruleId"] == *reason && there == format!("shop/{file}")
            };
            let mut results = results.as_array().expect("results").iter();
            assert!(results.any(is_told), "{}: {sarif}", case.name);
        }
    }
}

/// How a load fails, and the place that every format must name.
type Failing = (fn(&Path), &'static str, Option<(usize, usize)>);

#[test]
fn a_failed_load_is_never_in_step() {
    let cases: [Failing; 3] = [
        (
            |root| {
                fs::write(root.join("openapi.yaml"), "openapi: 3.0.3\npaths: [\n").expect("written")
            },
            "openapi.yaml",
            Some((3, 1)),
        ),
        (
            |root| {
                fs::write(root.join("apigen.toml"), "name = \"shop\"\nspce = 1\n").expect("written")
            },
            "apigen.toml",
            Some((2, 1)),
        ),
        (
            |root| fs::remove_file(root.join(".apigen/lock")).expect("removed"),
            ".apigen/lock",
            None,
        ),
    ];
    for (change, file, place) in cases {
        let (folder, root) = project();
        fs::create_dir(folder.path().join(".git")).expect("a folder");
        change(&root);
        let [human, json, github, sarif] = FORMATS.map(|format| check(&root, &[], format, 1));
        assert_eq!(human, "");
        let report = parsed(&json);
        assert_eq!(report["in_step"], Value::Null);
        let run = &parsed(&sarif)["runs"][0];
        assert_eq!(run["invocations"][0]["executionSuccessful"], false);
        let result = &run["results"][0];
        match place {
            Some((line, column)) => {
                apigen(&root, &["check"]).ends(1, &[&format!("{file}:{line}:{column}")]);
                let problem = &report["diagnostics"][0];
                assert_eq!(
                    (&problem["file"], &problem["line"]),
                    (&file.into(), &line.into())
                );
                let start = format!("::error file=shop/{file},line={line},col={column},");
                assert!(github.starts_with(&start), "{github}");
                let at = &result["locations"][0]["physicalLocation"];
                assert_eq!(at["artifactLocation"]["uri"], format!("shop/{file}"));
                assert_eq!(at["region"]["startLine"], line);
                assert_eq!(at["region"]["startColumn"], column);
            }
            None => {
                apigen(&root, &["check"]).ends(1, &[file]);
                let failure = report["failure"]["message"].as_str().expect("why");
                assert!(failure.contains(file) && github.contains(file), "{github}");
                assert!(
                    github.starts_with("::error title=apigen%3A failed::"),
                    "{github}"
                );
                assert_eq!(result["ruleId"], "failed");
            }
        }
    }
}

#[test]
fn the_documented_example_is_what_check_prints() {
    let (_, example) = DOCUMENTED.split_once("```json\n").expect("an example");
    let (example, _) = example.split_once("```").expect("its end");
    let mut example = parsed(example);
    example["apigen"] = env!("CARGO_PKG_VERSION").into();
    let (folder, root) = project();
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    replace(&root.join("src/core/mod.rs"), "pub mod", "mod");
    let printed = check(&root, &[], "json", 2);
    assert_eq!(parsed(&printed), example);
    assert_eq!(
        printed,
        format!("{example:#}\n"),
        "the order of the members"
    );
    let findings = example["findings"][0].as_object().expect("a finding");
    for member in example
        .as_object()
        .expect("an object")
        .keys()
        .chain(findings.keys())
    {
        let row = format!("\n| `{member}` ");
        assert!(DOCUMENTED.contains(&row), "`{member}` is not documented");
    }
}

#[test]
fn every_reason_is_documented() {
    let (_, table) = DOCUMENTED.split_once("## Reasons").expect("a table");
    let (table, _) = table.split_once("\n## ").expect("its end");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented: BTreeSet<_> = rows.filter_map(|row| row.split('`').next()).collect();
    let reasons = Reason::ALL.iter().map(|reason| reason.as_str());
    assert_eq!(documented, reasons.collect());
}

#[test]
fn the_workflow_checks_the_contract() {
    let (_folder, root) = project();
    let text = fs::read_to_string(root.join(".github/workflows/ci.yml")).expect("a workflow");
    let workflow: Value = serde_yaml::from_str(&text).expect("YAML");
    let job = &workflow["jobs"]["contract"]["steps"];
    assert_eq!(job[0]["with"]["fetch-depth"], 0);
    let steps = job.as_array().expect("steps");
    let step = |words: &str| {
        let runs = |step: &&Value| step["run"].as_str().is_some_and(|run| run.contains(words));
        steps
            .iter()
            .find(runs)
            .unwrap_or_else(|| panic!("no step with `{words}`"))
    };
    step("apigen check --format github");
    let base = step("apigen check --base \"git:origin/$BASE\"");
    assert_eq!(base["env"]["BASE"], "${{ github.base_ref }}");
    assert_eq!(base["if"], "github.event_name == 'pull_request'");
    // The version is read from the pin as a shell does it; `echo` stands for `cargo`.
    let outputs = root.join("outputs");
    let shell = |step: &serde_json::Value, version: &str| {
        let script = step["run"].as_str().expect("a script");
        let shell = Command::new("sh")
            .args(["-ec", &script.replace("cargo install", "echo")])
            .current_dir(&root)
            .envs([
                ("GITHUB_OUTPUT", outputs.as_os_str()),
                ("VERSION", version.as_ref()),
            ])
            .output();
        shell.expect("a shell").stdout
    };
    shell(step("version=$(sed"), "");
    let pin = fs::read_to_string(&outputs).expect("outputs");
    let pin = pin.trim_end().strip_prefix("version=").expect("a version");
    let shown = shell(step("cargo install apigen --locked"), pin);
    let version: Vec<_> = env!("CARGO_PKG_VERSION").split('.').take(2).collect();
    let expected = format!("apigen --locked --version ~{}\n", version.join("."));
    assert_eq!(String::from_utf8(shown).expect("UTF-8"), expected);
}

#[cfg(unix)]
#[test]
fn the_hook_lets_only_commits_in_step_pass() {
    let (folder, root) = project();
    let binary = Path::new(env!("CARGO_BIN_EXE_apigen"))
        .parent()
        .expect("a folder");
    let inherited = std::env::var("PATH").expect("a path");
    let with_apigen = format!("{}:{inherited}", binary.display());
    let git = |path: &str, arguments: &[&str]| {
        let person = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
        let output = Command::new("git")
            .args(person)
            .args(arguments)
            .current_dir(&root)
            .env("PATH", path)
            .output()
            .expect("git");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), told)
    };
    let commit = |path: &str| git(path, &["commit", "-qam", "a change"]);
    assert!(git(&inherited, &["init", "-q"]).0);
    assert!(git(&inherited, &["config", "core.hooksPath", ".githooks"]).0);
    assert!(git(&inherited, &["add", "."]).0);
    let (passed, told) = commit(&with_apigen);
    assert!(passed && told.contains("In step"), "{told}");

    let (from, to) = ("operationId: publishItem", "operationId: sellItem");
    replace(&root.join("openapi.yaml"), from, to);
    let (passed, told) = commit(&with_apigen);
    assert!(!passed && told.contains("not in step"), "{told}");
    apigen(&root, &["sync"]).ends(0, &[]);
    assert!(git(&inherited, &["add", "."]).0);
    assert!(commit(&with_apigen).0);

    // Without apigen: git, and the few tools that the hook needs.
    replace(&root.join("openapi.yaml"), to, from);
    let tools = folder.path().join("tools");
    fs::create_dir(&tools).expect("a folder");
    for tool in ["git", "sh", "dirname"] {
        let found = inherited
            .split(':')
            .map(|at| Path::new(at).join(tool))
            .find(|at| at.exists());
        std::os::unix::fs::symlink(found.expect(tool), tools.join(tool)).expect("a link");
    }
    let (passed, told) = commit(&tools.display().to_string());
    assert!(passed && told.contains("apigen is not installed"), "{told}");
}

/// What a person wrote about items, in two files, before the tag has another name.
fn with_a_renamed_tag() -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, root) = project();
    for operation in ["publishItem", "getItem"] {
        apigen(&root, &["override", operation]).ends(0, &[]);
    }
    let jobs =
        "use crate::{crud::items::ItemsService, operations::items::{get_item, list_items}};\n";
    fs::write(root.join("src/jobs.rs"), jobs).expect("written");
    let spec = fs::read_to_string(root.join("openapi.yaml")).expect("a file");
    let spec = spec.replace("tags: [items]", "tags: [goods]");
    fs::write(
        root.join("openapi.yaml"),
        spec.replace("name: items\n", "name: goods\n"),
    )
    .expect("written");
    (folder, root)
}

#[test]
fn a_renamed_tag_is_told_once_in_a_file_and_carried_into_all_of_them() {
    let (_folder, root) = with_a_renamed_tag();
    let told = check(&root, &[], "json", 2);
    let found = parsed(&told)["findings"].take();
    let found = found.as_array().expect("findings").iter();
    let files = |reason: &str| -> Vec<String> {
        let of = found.clone().filter(|finding| finding["reason"] == reason);
        of.map(|finding| finding["file"].to_string()).collect()
    };
    let both = ["\"src/jobs.rs\"", "\"src/services/items.rs\""];
    assert_eq!(files("override-renamed"), both, "{told}");
    assert_eq!(files("orphaned"), [] as [&str; 0], "{told}");
    let told = apigen(&root, &["sync"]).ends(2, &["but for 2 things that wait for you"]);
    assert_eq!(told.err.matches("warning: ").count(), 2, "{}", told.err);
    // The files are the person's own, and it is all the same to them that a sync was before.
    apigen(&root, &["sync", "--apply-renames"]).ends(0, &[]);
    let jobs = fs::read_to_string(root.join("src/jobs.rs")).expect("a file");
    let now =
        "use crate::{crud::goods::GoodsService, operations::goods::{get_item, list_items}};\n";
    assert_eq!(jobs, now);
    assert!(root.join("src/services/goods.rs").exists());
    check(&root, &[], "human", 0);
}
