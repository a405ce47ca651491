//! What others say of the files around: linters, and systemd.

use std::{fs, process::Command};

use super::{
    has,
    workspace::{Workspace, yaml_files},
};
use crate::run::told;

/// Indentation is the reader's, and flow mappings have spaces within.
const YAML: &str = "{extends: default, rules: {braces: {max-spaces-inside: 1}, \
    comments: {min-spaces-from-content: 1}, document-start: disable, \
    indentation: {indent-sequences: whatever}, line-length: disable, truthy: {check-keys: false}}}";

/// Both layouts, on both databases, with and without Redis.
fn all() -> [Workspace; 4] {
    let tags = ["items", "users"];
    [
        Workspace::laid_out("layered", "shop", &tags, &[]),
        Workspace::with_redis("layered", "shop", &tags, &["--db", "postgres"]),
        Workspace::with_redis("services", "shop", &tags, &[]),
        Workspace::with_events("shop", tags, &["--db", "postgres"]),
    ]
}

#[test]
fn linters_have_nothing_to_say() {
    if !has("hadolint") || !has("yamllint") {
        return;
    }
    for workspace in all() {
        let root = workspace.root();
        let run = |program: &str, arguments: &[&str], files: &[String]| {
            let mut command = Command::new(program);
            command.args(arguments).args(files).current_dir(&root);
            let output = command.output().expect(program);
            assert!(output.status.success(), "{}", told(&output));
            assert!(!files.is_empty());
        };
        let files = yaml_files(&root);
        run("yamllint", &["--strict", "--config-data", YAML], &files);
        let services = [
            "",
            "services/gateway/",
            "services/items/",
            "services/users/",
        ];
        let files = services.map(|folder| format!("{folder}Dockerfile"));
        let files: Vec<_> = files
            .into_iter()
            .filter(|f| root.join(f).exists())
            .collect();
        run("hadolint", &["--no-color"], &files);
    }
}

#[test]
fn systemd_takes_its_unit() {
    if !has("systemd-analyze") {
        return;
    }
    for workspace in &all()[..2] {
        let file = workspace.root().join("deploy/shop.service");
        // The program would have to be installed.
        let unit = workspace.text("deploy/shop.service");
        let unit = unit.replace("/usr/local/bin/shop", "/bin/true");
        fs::write(&file, unit).expect("written");
        let verify: &[&str] = &["verify"];
        // Of ten, which is a unit that is let do anything.
        let security = &["security", "--offline=true", "--threshold=20"];
        for arguments in [verify, security] {
            let mut command = Command::new("systemd-analyze");
            let output = command.args(arguments).arg(&file).output();
            let output = output.expect("systemd-analyze");
            assert!(output.status.success(), "{}", told(&output));
        }
    }
}
