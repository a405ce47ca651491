//! The documents of the fixtures, as they were looked at: `UPDATE_GOLDEN=1` writes them anew.

use std::{env, fs, path::Path};

use apigen::spec::{self, Format};

use crate::documents::load;

#[test]
fn documents_of_the_fixtures() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["chat", "market", "tracker"] {
        let text = fs::read_to_string(root.join(format!("fixtures/{name}.yaml"))).expect("a spec");
        let document = load(&text);
        let yaml = spec::text_of(&document.own, Format::Yaml).expect("YAML");
        let golden = root.join(format!("tests/resource_spec/{name}.openapi.yaml"));
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &yaml).expect("written");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert!(
            expected == yaml,
            "{} is out of date: `UPDATE_GOLDEN=1 cargo test --test resource_spec`, and look at the diff",
            golden.display()
        );
    }
}
