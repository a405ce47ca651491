//! `kubernetes/`

use std::{collections::BTreeMap, process::Command};

use serde_yaml::Value;

use crate::{
    has,
    run::{apigen, told},
    workspace::{HOSTILE, Workspace, yaml_files},
};

const PRODUCTION: &str = "kubernetes/overlays/production";

/// A label of DNS, which every name and label must be here.
fn is_label(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.chars().all(plain) && text.len() <= 63 && !text.starts_with('-') && !text.ends_with('-')
}

fn hostile(database: &str) -> Workspace {
    let long = "a very long name of a tag ".repeat(12);
    let tags = [&HOSTILE[..], &[&long]].concat();
    let name = format!("On_{}", "x".repeat(60));
    Workspace::new(&name, &tags, &["--db", database])
}

#[test]
fn every_name_is_one_of_dns() {
    for database in ["sqlite", "postgres"] {
        let workspace = hostile(database);
        let files = yaml_files(&workspace.root().join("kubernetes/base"));
        for file in files.iter().filter(|file| *file != "kustomization.yaml") {
            for resource in workspace.yaml(&format!("kubernetes/base/{file}")) {
                let name = resource["metadata"]["name"].as_str().expect("a name");
                assert!(is_label(name), "{file}: {name}");
                let labels = resource["metadata"]["labels"].as_mapping();
                for (key, value) in labels.into_iter().flatten() {
                    assert!(is_label(value.as_str().expect("a text")), "{file}: {key:?}");
                }
            }
        }
        let base = workspace
            .yaml("kubernetes/base/kustomization.yaml")
            .remove(0);
        let listed = base["resources"].as_sequence().expect("resources");
        let mut listed: Vec<_> = listed
            .iter()
            .map(|path| path.as_str().expect("a path"))
            .collect();
        listed.push("kustomization.yaml");
        listed.sort_unstable();
        assert_eq!(listed, files, "each file is applied");
    }
}

#[test]
fn a_service_has_what_it_needs_and_no_more() {
    let workspace = Workspace::new("shop", &["items", "users"], &[]);
    for name in workspace.services() {
        let resources = workspace.yaml(&format!("kubernetes/base/services/{name}.yaml"));
        let kinds = resources
            .iter()
            .map(|resource| resource["kind"].as_str().expect("a kind"));
        let kinds: BTreeMap<_, _> = kinds.zip(&resources).collect();
        let deployment = &kinds["Deployment"]["spec"];
        let pod = &deployment["template"]["spec"];
        let container = &pod["containers"][0];
        assert_eq!(pod["automountServiceAccountToken"], false);
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
        assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
        assert_eq!(
            container["securityContext"]["capabilities"]["drop"][0],
            "ALL"
        );
        for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
            assert_eq!(
                container[probe]["httpGet"]["port"], "http",
                "{name}: {probe}"
            );
        }
        let others = ["PodDisruptionBudget", "Service", "NetworkPolicy"];
        assert!(others.iter().all(|kind| kinds.contains_key(kind)), "{name}");
        // A file has one writer; the rest is scaled.
        let scales = kinds.contains_key("HorizontalPodAutoscaler");
        assert_eq!(scales, name == "gateway");
        assert_eq!(kinds.contains_key("PersistentVolumeClaim"), !scales);
        assert_eq!(deployment["strategy"]["type"] == "Recreate", !scales);
        let environment = container["env"].as_sequence();
        let secrets: Vec<_> = environment
            .into_iter()
            .flatten()
            .map(|v| &v["name"])
            .collect();
        let expected: &[Value] = if scales { &[] } else { &["JWT_SECRET".into()] };
        assert_eq!(secrets, expected.iter().collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn who_calls_a_service_is_let_in() {
    let workspace = Workspace::new("shop", &["items", "users"], &[]);
    let root = workspace.root();
    let choices = workspace.text("apigen.toml") + "\n[services.items]\nuses = [\"users\"]\n";
    std::fs::write(root.join("apigen.toml"), choices).expect("written");
    apigen(&root, &["sync"]).ends(0, &[]);
    let resource = |name: &str, kind: &str| {
        let all = workspace.yaml(&format!("kubernetes/base/services/{name}.yaml"));
        let mut all = all.into_iter().filter(|resource| resource["kind"] == kind);
        all.next().expect("a resource")
    };
    let label = "calls-users";
    let pod = |name: &str| resource(name, "Deployment")["spec"]["template"]["metadata"].clone();
    assert_eq!(pod("items")["labels"][label], "true");
    assert_eq!(pod("users")["labels"].get(label), None);
    let from = resource("users", "NetworkPolicy")["spec"]["ingress"][0]["from"].clone();
    assert_eq!(from[1]["podSelector"]["matchLabels"][label], "true");
}

#[test]
fn kubernetes_takes_it() {
    if !has("kubernetes-validate") {
        return;
    }
    for database in ["sqlite", "postgres"] {
        let workspace = hostile(database);
        let root = workspace.root();
        let mut files = yaml_files(&root.join("kubernetes/base"));
        files.retain(|file| file != "kustomization.yaml");
        let mut files: Vec<_> = files
            .iter()
            .map(|f| root.join("kubernetes/base").join(f))
            .collect();
        // What comes out of the overlays, where there is a tool that knows.
        let kubectl = Command::new("kubectl")
            .args(["kustomize", PRODUCTION])
            .current_dir(&root)
            .output();
        match kubectl {
            Ok(output) => {
                assert!(output.status.success(), "{}", told(&output));
                let all = root.join("all.yaml");
                std::fs::write(&all, output.stdout).expect("a file");
                files.push(all);
            }
            Err(error) => eprintln!("kubectl: {error}; the overlays are not put together"),
        }
        let output = Command::new("kubernetes-validate")
            .args(["--strict", "--quiet"])
            .args(&files)
            .output();
        let output = output.expect("kubernetes-validate");
        assert!(output.status.success(), "{}", told(&output));
    }
}
