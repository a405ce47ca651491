//! The contract changes under code of the user's: what is told of it, where, and what
//! `--apply-renames` makes of the file.

#[path = "support/project.rs"]
mod project;
#[path = "support/run.rs"]
mod run;

use std::{fs, path::Path};

use run::{apigen, replace};

const SPEC: &str = include_str!("overrides/jobs.yaml");
const CODE: &str = include_str!("overrides/jobs.rs");
const FILE: &str = "src/services/jobs.rs";

/// A change of the contract under [`CODE`].
struct Case<'a> {
    /// What changes in the document.
    spec: &'a [(&'a str, &'a str)],
    /// All that is told of the user's code: reason, place and the start of the message.
    told: &'a [&'a str],
    /// What `--apply-renames` changes, in order; `None` where that leaves something to tell.
    edits: Option<&'a [(&'a str, &'a str)]>,
    /// Where the code is afterwards.
    file: &'a str,
}

impl Case<'_> {
    fn check(&self) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("tiny");
        start(&root, folder.path());
        for (from, to) in self.spec {
            replace(&root.join("openapi.yaml"), from, to);
        }
        let code = if self.told.is_empty() { 0 } else { 2 };
        for _ in 0..2 {
            apigen(&root, &["sync"]).ends(code, &[]);
            let run = apigen(&root, &["check"]).ends(code, &[]);
            assert_eq!(told(&run.out), self.told, "{}{}", run.out, run.err);
        }
        let Some(edits) = self.edits else {
            return;
        };
        let run = apigen(&root, &["sync", "--apply-renames"]).ends(0, &[]);
        let mut wanted = CODE.to_owned();
        for (from, to) in edits {
            assert!(wanted.contains(from), "no `{from}` in\n{wanted}");
            wanted = wanted.replacen(from, to, 1);
        }
        let found = fs::read_to_string(root.join(self.file)).unwrap_or_default();
        assert_eq!(found, wanted, "{}{}", run.out, run.err);
        assert_eq!(self.file == FILE, root.join(FILE).exists());
        apigen(&root, &["check"]).ends(0, &["In step"]);
        apigen(&root, &["sync"]).ends(0, &["In step"]);
    }
}

/// A project with the user's code in it.
fn start(root: &Path, folder: &Path) {
    let spec = folder.join("jobs.yaml");
    fs::write(&spec, SPEC).expect("written");
    let (path, spec) = (root.to_string_lossy(), spec.to_string_lossy());
    apigen(folder, &["new", &path, "--spec", &spec, "--no-git", "-q"]).ends(0, &[]);
    fs::write(root.join(FILE), CODE).expect("written");
    apigen(root, &["check"]).ends(0, &[]);
}

/// What `check` tells of the user's code, with its columns set apart by one space.
fn told(report: &str) -> Vec<String> {
    let lines = report.lines().filter(|line| line.starts_with("override-"));
    let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    words.collect()
}

const NO_EDITS: Option<&[(&str, &str)]> = None;
const IMPORT: &str = "jobs::run_job::{RunJobInput, RunJobResponse}";
const HEAD: &str =
    "run_job(&self, _cx: &mut Context, input: RunJobInput) -> Result<RunJobResponse>";
const LIMIT: &str = "name: limit, in: query, schema: { type: integer }";

#[test]
fn an_operation_that_is_gone_leaves_its_method() {
    Case {
        spec: &[("operationId: runJob", "operationId: walk"), ("/jobs/{id}/run:", "/jobs/{id}/walk:")],
        told: &["override-removed src/services/jobs.rs:17:14: no operation belongs to `run_job` any more (POST /jobs/{id}/run is gone from the document)"],
        edits: NO_EDITS,
        file: FILE,
    }
    .check();
}

#[test]
fn a_renamed_operation_is_renamed_in_the_code() {
    Case {
        spec: &[("operationId: runJob", "operationId: startJob")],
        told: &["override-renamed src/services/jobs.rs:17:14: `run_job` is called `start_job` now (POST /jobs/{id}/run)"],
        edits: Some(&[
            (IMPORT, "jobs::start_job::{StartJobInput, StartJobResponse}"),
            (HEAD, "start_job(&self, _cx: &mut Context, input: StartJobInput) -> Result<StartJobResponse>"),
            ("Ok(RunJobResponse::Ok(", "Ok(StartJobResponse::Ok("),
        ]),
        file: FILE,
    }
    .check();
}

#[test]
fn a_renamed_parameter_is_renamed_in_the_code() {
    Case {
        spec: &[("/jobs/{id}/run", "/jobs/{job_id}/run"), ("name: id,", "name: job_id,")],
        told: &["override-renamed src/services/jobs.rs:18:68: `id` of `RunJobInput` is called `job_id` now (POST /jobs/{id}/run)"],
        edits: Some(&[("input.id", "input.job_id")]),
        file: FILE,
    }
    .check();
}

#[test]
fn a_parameter_of_another_type_is_told_where_it_is_used() {
    Case {
        spec: &[(LIMIT, "name: limit, in: query, schema: { type: string }")],
        told: &["override-signature src/services/jobs.rs:18:78: `RunJobInput.limit` is `Option<String>` now, and was `Option<i64>` (POST /jobs/{id}/run)"],
        edits: NO_EDITS,
        file: FILE,
    }
    .check();
}

#[test]
fn a_parameter_that_is_gone_is_told_where_it_is_used() {
    Case {
        spec: &[("        - { name: limit, in: query, schema: { type: integer } }\n", "")],
        told: &["override-signature src/services/jobs.rs:18:78: `RunJobInput` has no field `limit` any more (POST /jobs/{id}/run)"],
        edits: NO_EDITS,
        file: FILE,
    }
    .check();
}

#[test]
fn a_renamed_tag_takes_the_file_with_it() {
    Case {
        spec: &[("name: jobs", "name: tasks"), ("[jobs]", "[tasks]"), ("[jobs]", "[tasks]")],
        told: &["override-renamed src/services/jobs.rs:5:17: `crate::crud::jobs::JobsService` is called `crate::crud::tasks::TasksService` now"],
        edits: Some(&[
            ("crud::jobs::JobsService", "crud::tasks::TasksService"),
            ("operations::jobs::", "operations::tasks::"),
            ("struct Jobs", "struct Tasks"),
            ("JobsService for Jobs", "TasksService for Tasks"),
        ]),
        file: "src/services/tasks.rs",
    }
    .check();
}

#[test]
fn a_renamed_schema_is_renamed_in_the_code() {
    Case {
        spec: &[("schemas/Order", "schemas/Purchase"), ("    Order:", "    Purchase:")],
        told: &["override-renamed src/services/jobs.rs:7:22: `crate::schemas::order::Order` is called `crate::schemas::purchase::Purchase` now"],
        edits: Some(&[
            ("order::Order,", "purchase::Purchase,"),
            ("order: &Order,", "order: &Purchase,"),
            ("let Order {", "let Purchase {"),
        ]),
        file: FILE,
    }
    .check();
}

#[test]
fn a_literal_that_lacks_a_new_field_is_told() {
    Case {
        spec: &[("        note:", "        color: { type: string }\n        note:")],
        told: &["override-signature src/services/jobs.rs:27:5: `Receipt` has `color: Option<String>` too"],
        edits: NO_EDITS,
        file: FILE,
    }
    .check();
}

#[test]
fn what_only_adds_is_not_told() {
    Case {
        spec: &[
            ("        weight:", "        color: { type: string }\n        weight:"),
            (LIMIT, "name: limit, in: query, schema: { type: integer } }\n        - { name: dry, in: query, schema: { type: boolean }"),
            ("operationId: stopJob", "operationId: stopJob\n      summary: Stop"),
        ],
        told: &[],
        edits: Some(&[]),
        file: FILE,
    }
    .check();
}

#[test]
fn a_new_name_that_means_something_else_already_is_left_to_the_user() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("tiny");
    start(&root, folder.path());
    let file = root.join(FILE);
    replace(
        &file,
        "pub struct Jobs;",
        "pub struct Jobs;\n\npub struct Purchase;",
    );
    for (from, to) in [
        ("schemas/Order", "schemas/Purchase"),
        ("    Order:", "    Purchase:"),
    ] {
        replace(&root.join("openapi.yaml"), from, to);
    }
    let before = fs::read_to_string(&file).expect("the code");
    let hint = "rename it by hand: `Purchase` means something else";
    apigen(&root, &["sync", "--apply-renames"]).ends(2, &[hint]);
    let wanted = before.replace("order::Order,", "purchase::Order,");
    let found = fs::read_to_string(&file).expect("the code");
    assert!(found == before || found == wanted, "{found}");
}

#[test]
fn a_project_compiles_after_several_renames_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("jobs.yaml");
    fs::write(&spec, SPEC).expect("written");
    let project = project::Project::new("renamed", &spec, project::Database::Sqlite);
    let file = project.root.join(FILE);
    fs::write(&file, CODE).expect("written");
    for (from, to) in [
        ("operationId: runJob", "operationId: startJob"),
        ("/jobs/{id}/run", "/jobs/{job_id}/run"),
        ("name: id,", "name: job_id,"),
        ("schemas/Order", "schemas/Purchase"),
        ("    Order:", "    Purchase:"),
        ("name: jobs", "name: tasks"),
        ("[jobs]", "[tasks]"),
        ("[jobs]", "[tasks]"),
    ] {
        replace(&project.root.join("openapi.yaml"), from, to);
    }
    apigen(&project.root, &["sync"]).ends(2, &[]);
    apigen(&project.root, &["sync", "--apply-renames"]).ends(0, &[]);
    assert!(!file.exists());
    project.cargo(&["check", "--quiet", "--workspace", "--all-targets"]);
}
