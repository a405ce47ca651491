//! Workspaces to look at.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_yaml::Value;

use crate::run::apigen;

/// Tags whose words mean something to YAML, to DNS, to a database or to what runs beside them.
pub(crate) const HOSTILE: [&str; 14] = [
    "node",
    "database",
    "databases",
    "redis",
    "postgres",
    "pg",
    "on",
    "null",
    "yes",
    "Gateway ",
    "a b/c.d_e",
    "日本",
    "services: {}",
    "xtask",
];

/// A workspace in a folder of its own.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    /// A service for each tag, with a collection each.
    pub(crate) fn new(name: &str, tags: &[&str], arguments: &[&str]) -> Self {
        Self::laid_out("services", name, tags, arguments)
    }

    /// The first of two services publishes what the second hears.
    pub(crate) fn with_events(name: &str, tags: [&str; 2], arguments: &[&str]) -> Self {
        let workspace = Self::new(name, &tags, arguments);
        let root = workspace.root();
        let events = format!(
            "\n[events]\n\"things.created\" = {{ from = \"create0\", to = [\"{}\"] }}\n",
            tags[1]
        );
        let choices = workspace.text("apigen.toml") + &events;
        fs::write(root.join("apigen.toml"), choices).expect("written");
        apigen(&root, &["sync"]).ends(0, &[]);
        workspace
    }

    /// Replicas share state in Redis.
    pub(crate) fn with_redis(layout: &str, name: &str, tags: &[&str], arguments: &[&str]) -> Self {
        let workspace = Self::laid_out(layout, name, tags, arguments);
        let choices = workspace.text("apigen.toml");
        let chosen = choices.replace("# state = ", "state = ");
        assert_ne!(chosen, choices);
        fs::write(workspace.root().join("apigen.toml"), chosen).expect("written");
        // What is the user's is merged, too.
        apigen(&workspace.root(), &["upgrade"]).ends(0, &[]);
        workspace
    }

    /// The same document in any layout.
    pub(crate) fn laid_out(layout: &str, name: &str, tags: &[&str], arguments: &[&str]) -> Self {
        Self::of(&document(tags), layout, name, arguments)
    }

    /// A service for each tag of a document of the fixtures.
    pub(crate) fn of_fixture(name: &str) -> Self {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let document = fs::read_to_string(fixtures.join(name)).expect(name);
        Self::of(&document, "services", "shop", &[])
    }

    fn of(document: &str, layout: &str, name: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("openapi.yaml"), document).expect("a document");
        let given = [
            "new",
            name,
            "--spec",
            "openapi.yaml",
            "--layout",
            layout,
            "--no-git",
        ];
        apigen(folder.path(), &[&given, arguments].concat()).ends(0, &[]);
        fs::rename(folder.path().join(name), folder.path().join("it")).expect("a workspace");
        Self { folder }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("it")
    }

    pub(crate) fn text(&self, path: &str) -> String {
        let text = fs::read_to_string(self.root().join(path));
        text.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// A file of YAML, with `<<` done, and no key that is not text.
    pub(crate) fn yaml(&self, path: &str) -> Vec<Value> {
        let text = self.text(path);
        let documents = serde_yaml::Deserializer::from_str(&text);
        let documents = documents.map(|document| {
            let mut value: Value = serde::Deserialize::deserialize(document).expect(path);
            value.apply_merge().expect("merges");
            keys_are_texts(path, &value);
            value
        });
        documents.collect()
    }

    /// The names of the services, the gateway's among them.
    pub(crate) fn services(&self) -> Vec<String> {
        let names = fs::read_dir(self.root().join("services")).expect("services");
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("a name");
        let mut names: Vec<_> = names.map(|entry| name(entry.expect("an entry"))).collect();
        if !names.iter().any(|name| name == "gateway") {
            names.push("gateway".to_owned());
        }
        names.sort();
        names
    }
}

fn keys_are_texts(path: &str, value: &Value) {
    match value {
        Value::Mapping(members) => {
            for (key, value) in members {
                assert!(key.is_string(), "{path}: the key {key:?}");
                keys_are_texts(path, value);
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| keys_are_texts(path, item)),
        _ => {}
    }
}

fn document(tags: &[&str]) -> String {
    let mut paths = serde_json::Map::new();
    for (index, tag) in tags.iter().enumerate() {
        let item = serde_json::json!({
            "type": "object", "required": ["id", "name"],
            "properties": {
                "id": { "type": "string", "format": "uuid", "readOnly": true },
                "name": { "type": "string", "maxLength": 80 }
            }
        });
        let content = |schema: &serde_json::Value| serde_json::json!({ "description": "Done", "content": { "application/json": { "schema": schema } } });
        let list = serde_json::json!({ "type": "array", "items": item });
        let operations = serde_json::json!({
            "get": {
                "operationId": format!("list{index}"), "tags": [tag],
                "responses": { "200": content(&list) }
            },
            "post": {
                "operationId": format!("create{index}"), "tags": [tag],
                "security": [{ "token": [] }],
                "requestBody": {
                    "required": true, "content": { "application/json": { "schema": item } }
                },
                "responses": { "201": content(&item) }
            }
        });
        paths.insert(format!("/things{index}"), operations);
    }
    let document = serde_json::json!({
        "openapi": "3.0.3", "info": { "title": "Things", "version": "1" }, "paths": paths,
        "components": { "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } } }
    });
    document.to_string()
}

/// Every file of YAML below the folder.
pub(crate) fn yaml_files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path
                .strip_prefix(root)
                .expect("below")
                .to_string_lossy()
                .into_owned();
            match path.extension().and_then(|end| end.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("yaml" | "yml") => found.push(name),
                _ => {}
            }
        }
    }
    found.sort();
    found
}
