//! `kubernetes/`

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use serde_yaml::Value;

use super::{
    has,
    workspace::{HOSTILE, Workspace, yaml_files},
};
use crate::run::{apigen, told};

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
        // What scrapes it finds the metrics, at the port that the service listens on.
        let metrics = &container["ports"][1]["containerPort"];
        let told = &deployment["template"]["metadata"]["annotations"]["prometheus.io/port"];
        assert_eq!(
            told.as_str(),
            metrics.as_u64().map(|p| p.to_string()).as_deref()
        );
        let listens = settings(&workspace, &name);
        assert!(listens.contains(&"METRICS_LISTEN=0.0.0.0:9090".to_owned()));
        // The pause before SIGTERM and the time for the last requests are over before it is killed.
        let pause = &container["lifecycle"]["preStop"]["exec"]["command"][1];
        let pause: u64 = pause.as_str().expect("a text").parse().expect("seconds");
        let patience = pod["terminationGracePeriodSeconds"].as_u64();
        assert!(patience.expect("seconds") > pause + 37, "{name}");
        // What has tables is brought up to date before it starts, as it would run.
        let init = &pod["initContainers"][0];
        assert_eq!(init["command"][1] == "migrate", name != "gateway", "{name}");
        for key in ["image", "env", "envFrom", "securityContext", "volumeMounts"] {
            assert!(
                init.get(key).is_none_or(|own| own == &container[key]),
                "{name}: {key}"
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

/// The settings of a service that are no secrets.
fn settings(workspace: &Workspace, name: &str) -> Vec<String> {
    let base = workspace
        .yaml("kubernetes/base/kustomization.yaml")
        .remove(0);
    let maps = base["configMapGenerator"].as_sequence().expect("maps");
    let map = maps.iter().find(|map| map["name"] == name).expect("a map");
    let literals = map["literals"].as_sequence().expect("literals");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    literals.iter().map(text).collect()
}

#[test]
fn the_gateway_hears_from_the_ingress_who_calls() {
    let workspace = Workspace::new("shop", &["items"], &[]);
    for name in ["gateway", "items"] {
        let trusts = "TRUST_PROXY=true".to_owned();
        assert!(settings(&workspace, name).contains(&trusts), "{name}");
    }
}

#[test]
fn a_cache_of_names_on_the_node_is_reached() {
    let workspace = Workspace::new("shop", &["items"], &[]);
    let policies = workspace.yaml("kubernetes/base/namespace.yaml");
    let mut dns = policies
        .iter()
        .filter(|policy| policy["metadata"]["name"] == "allow-dns");
    let rule = &dns.next().expect("a policy")["spec"]["egress"][0];
    assert_eq!(rule["ports"][0]["port"], 53);
    assert_eq!(rule.get("to"), None);
}

/// PostgreSQL has 100 connections by default, three of them for its superuser.
#[test]
fn pods_want_no_more_connections_than_there_are() {
    let workspace = Workspace::new("shop", &["items"], &["--db", "postgres"]);
    let all = workspace.yaml("kubernetes/base/services/items.yaml");
    let of = |kind: &str| {
        let mut found = all.iter().filter(|resource| resource["kind"] == kind);
        found.next().expect("a resource")
    };
    let pods = of("HorizontalPodAutoscaler")["spec"]["maxReplicas"].as_u64();
    let surge = of("Deployment")["spec"]["strategy"]["rollingUpdate"]["maxSurge"].as_u64();
    let settings = settings(&workspace, "items");
    let mut connections = settings
        .iter()
        .filter_map(|setting| setting.strip_prefix("DATABASE_CONNECTIONS="));
    let connections: u64 = connections
        .next()
        .expect("a setting")
        .parse()
        .expect("a number");
    assert!((pods.expect("a number") + surge.expect("a number")) * connections <= 97);
    // Which port the database has is told at one place.
    let text = workspace.text("kubernetes/base/services/items.yaml");
    assert!(!text.contains("5432"), "{text}");
    let label = &of("Deployment")["spec"]["template"]["metadata"]["labels"]["reaches-database"];
    assert_eq!(*label, "true");
}

#[test]
fn events_do_not_start_without_what_hands_them_on() {
    for (database, carrier) in [("postgres", "EVENTS_URL"), ("sqlite", "NATS_URL")] {
        let workspace = Workspace::with_events("shop", ["items", "users"], &["--db", database]);
        for name in ["items", "users"] {
            let all = workspace.yaml(&format!("kubernetes/base/services/{name}.yaml"));
            let env = &all[0]["spec"]["template"]["spec"]["containers"][0]["env"];
            let mut env = env.as_sequence().expect("secrets").iter();
            let secret = env.find(|variable| variable["name"] == carrier);
            let key = &secret.expect("a secret")["valueFrom"]["secretKeyRef"];
            assert_eq!(key["key"], carrier);
            assert_eq!(key.get("optional"), None, "{name}");
        }
        let listed = workspace.text("kubernetes/base/kustomization.yaml");
        let secrets = listed
            .lines()
            .find(|line| line.starts_with("#   credentials: "));
        assert!(
            secrets.is_some_and(|secrets| secrets.contains(carrier)),
            "{listed}"
        );
        assert!(workspace.text("README.md").contains(carrier));
    }
}

/// Webhooks and the keys of tokens are elsewhere; all that leaves a pod is forbidden but what a policy allows.
#[test]
fn what_sends_reaches_who_listens() {
    let sends = Workspace::of_fixture("issuer.yaml");
    let stays = Workspace::new("shop", &["items"], &[]);
    for (workspace, reaches) in [(&sends, true), (&stays, false)] {
        for name in workspace.services() {
            let all = workspace.yaml(&format!("kubernetes/base/services/{name}.yaml"));
            let labels = &all[0]["spec"]["template"]["metadata"]["labels"];
            let expected = reaches && name != "gateway";
            assert_eq!(labels["reaches-internet"] == "true", expected, "{name}");
        }
        let policies = workspace.yaml("kubernetes/base/namespace.yaml");
        let mut names = policies.iter().map(|policy| &policy["metadata"]["name"]);
        assert_eq!(names.any(|name| name == "allow-internet"), reaches);
        let composed = &workspace.yaml("compose.yaml")[0]["x-environment"];
        for setting in ["JWKS_URL", "WEBHOOK_SECRET"] {
            assert_eq!(composed.get(setting).is_some(), reaches, "{setting}");
            let line = format!("\n{setting}=");
            assert_eq!(workspace.text(".env.example").contains(&line), reaches);
        }
    }
}

/// Whoever applies the files reads there which secrets to make.
#[test]
fn every_secret_is_named() {
    let events = ["items", "users"];
    for (workspace, number) in [
        (Workspace::of_fixture("issuer.yaml"), 1),
        (Workspace::of_fixture("accounts.yaml"), 1),
        (
            Workspace::with_events("shop", events, &["--db", "postgres"]),
            4,
        ),
    ] {
        let listed = workspace.text("kubernetes/base/kustomization.yaml");
        let mut secrets = BTreeSet::new();
        for name in workspace.services() {
            let text = workspace.text(&format!("kubernetes/base/services/{name}.yaml"));
            let all = text
                .lines()
                .filter_map(|line| line.split_once("secretKeyRef: { name: "));
            secrets.extend(all.map(|(_, secret)| secret.to_owned()));
        }
        assert!(secrets.len() >= number, "{secrets:?}");
        for secret in secrets {
            let (name, key) = secret.split_once(", key: ").expect("a key");
            let key = key.split([',', ' ']).next().expect("a name");
            let is_named = |line: &str| {
                let keys = line.strip_prefix(&format!("#   {name}: "));
                keys.is_some_and(|keys| keys.split(", ").any(|known| known == key))
                    || line.starts_with("#     ") && line.contains(key)
            };
            assert!(listed.lines().any(is_named), "{name}, {key}: {listed}");
        }
    }
}

#[test]
fn replicas_reach_what_they_share() {
    let arguments = ["--db", "postgres"];
    let workspace = Workspace::with_redis("services", "shop", &["items"], &arguments);
    for (name, shares) in [("items", true), ("gateway", false)] {
        let all = workspace.yaml(&format!("kubernetes/base/services/{name}.yaml"));
        let pod = &all[0]["spec"]["template"];
        let env = pod["spec"]["containers"][0]["env"].as_sequence();
        let mut env = env.into_iter().flatten();
        let secret = env.find(|variable| variable["name"] == "REDIS_URL");
        let key = secret.map(|secret| &secret["valueFrom"]["secretKeyRef"]["name"]);
        assert_eq!(key, shares.then_some(&"credentials".into()), "{name}");
        let label = &pod["metadata"]["labels"]["reaches-redis"];
        assert_eq!(label == "true", shares, "{name}");
        let prefix = settings(&workspace, name);
        let prefix = prefix.contains(&format!("REDIS_PREFIX=shop-{name}"));
        assert_eq!(prefix, shares, "{name}");
    }
    let policies = workspace.yaml("kubernetes/base/namespace.yaml");
    let mut policies = policies.iter().map(|policy| &policy["metadata"]["name"]);
    assert!(policies.any(|name| name == "allow-redis"));
    let listed = workspace.text("kubernetes/base/kustomization.yaml");
    assert!(
        listed.contains("#   credentials: JWT_SECRET, REDIS_URL\n"),
        "{listed}"
    );
    assert!(
        workspace
            .text("README.md")
            .contains("--from-literal=REDIS_URL=")
    );
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

/// A file with its examples as if they were no comments.
fn with_examples(text: &str) -> String {
    let line = |line: &str| {
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        let code = rest.strip_prefix("# ").unwrap_or_default();
        let is_code = code.starts_with(['-', ' ']) || (code.ends_with(':') && !code.contains(' '));
        match is_code {
            true => format!("{indent}{code}\n"),
            false => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

/// What is applied to a cluster, where a `kubectl` puts it together: no registry that CI installs from
/// has one that is new enough.
fn kustomized(root: &Path) -> Option<Vec<u8>> {
    let output = Command::new("kubectl")
        .args(["kustomize", PRODUCTION])
        .current_dir(root)
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            eprintln!("kubectl: {error}; the overlays are not put together");
            return None;
        }
    };
    assert!(output.status.success(), "{}", told(&output));
    Some(output.stdout)
}

#[test]
fn kubernetes_takes_it() {
    if !has("kubernetes-validate") {
        return;
    }
    let redis = Workspace::with_redis("services", "shop", &["items"], &[]);
    let outgoing = Workspace::of_fixture("issuer.yaml");
    for workspace in [hostile("sqlite"), hostile("postgres"), redis, outgoing] {
        let root = workspace.root();
        let mut files = yaml_files(&root.join("kubernetes/base"));
        files.retain(|file| file != "kustomization.yaml");
        let mut files: Vec<_> = files
            .iter()
            .map(|f| root.join("kubernetes/base").join(f))
            .collect();
        // What comes out of the overlays, with and without what they show.
        if kustomized(&root).is_some() {
            let overlay = format!("{PRODUCTION}/kustomization.yaml");
            let text = with_examples(&workspace.text(&overlay));
            std::fs::write(root.join(overlay), text).expect("a file");
            let all = root.join("all.yaml");
            std::fs::write(&all, kustomized(&root).expect("resources")).expect("a file");
            files = vec![all];
        }
        let output = Command::new("kubernetes-validate")
            .args(["--strict", "--quiet"])
            .args(&files)
            .output();
        let output = output.expect("kubernetes-validate");
        assert!(output.status.success(), "{}", told(&output));
    }
}
