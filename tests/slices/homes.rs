//! Which service each operation is in.

use std::{collections::BTreeMap, path::Path};

use apigen::{
    config::{Config, FILE, Misfit},
    lower::{
        lower,
        partition::{Partition, partition},
    },
    model::{OperationId, Service},
    spec,
};

const SHOP: &str = "name = \"shop\"\nspec = \"shop.yaml\"\nlayout = \"services\"\n";

fn shop() -> (Service, Config) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop.yaml");
    let (document, _) = spec::load(&path).expect("it loads");
    let config = Config::parse(FILE, SHOP).expect("it is sound");
    (lower(&document, &config).0.expect("it lowers"), config)
}

fn parted(choices: &str) -> Result<Partition, Vec<Misfit>> {
    let (service, _) = shop();
    let config = Config::parse(FILE, &format!("{SHOP}{choices}")).expect("it is sound");
    partition(&service, &config)
}

/// `items: listItems createItem`
fn homes(choices: &str) -> Vec<String> {
    let (service, _) = shop();
    let parts = parted(choices).unwrap_or_else(|misfits| panic!("{misfits:?}"));
    let line = |share: &apigen::lower::partition::Share| {
        let ids = share.operations.iter().map(|id| service[*id].id.as_str());
        format!("{}: {}", share.folder, ids.collect::<Vec<_>>().join(" "))
    };
    parts.shares.iter().map(line).collect()
}

fn misfits(choices: &str) -> Vec<String> {
    let misfits = parted(choices).expect_err("it does not fit");
    let told = misfits.into_iter().map(|misfit| {
        let hint = misfit.hint.unwrap_or_default();
        format!("{:?} {} [{hint}]", misfit.at, misfit.message)
    });
    told.collect()
}

#[test]
fn a_service_for_each_tag() {
    let (service, _) = shop();
    let folders: Vec<String> = service
        .groups
        .iter()
        .map(|g| format!("services/{}", g.module))
        .collect();
    let homes = homes("");
    let found: Vec<&str> = homes
        .iter()
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect();
    assert_eq!(found, folders);
}

/// Another service could not tell whose the rows below are.
#[test]
fn what_is_below_rows_of_one_caller_stays_with_them() {
    let homes = |owner: &str| {
        let text = format!(
            "apigen: 1\nname: todo\nauth: jwt\nresources:\n  projects:\n{owner}    fields: {{ name: string }}\n  \
             tasks:\n    parent: projects\n    fields: {{ title: string }}\n  notes:\n    parent: tasks\n    \
             fields: {{ body: text }}\n  tags:\n    fields: {{ name: string }}\n"
        );
        let (document, _) = spec::parse("todo.yaml", text).expect("it loads");
        let config = Config::parse(FILE, SHOP).expect("it is sound");
        let service = lower(&document, &config).0.expect("it lowers");
        let parts = partition(&service, &config).expect("it fits");
        let names = parts.shares.into_iter().map(|share| share.name);
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(homes(""), "notes projects tags tasks");
    assert_eq!(homes("    owner: true\n"), "projects tags");
    assert_eq!(homes("    soft_delete: true\n"), "projects tags");
}

#[test]
fn tags_and_operations_are_brought_together() {
    let tags: Vec<String> = shop()
        .0
        .groups
        .iter()
        .map(|g| format!("{:?}", g.api_name))
        .collect();
    let all = format!(
        "[services.all]\ntags = [{}]\npath = \"core/all\"\n[services.later]\n",
        tags.join(", ")
    );
    let found = homes(&all);
    assert_eq!(found.len(), 2);
    assert!(found[0].starts_with("services/core/all: "), "{found:?}");
    assert_eq!(found[1], "services/later: ");
    let notes = parted(&all).expect("it fits").notes;
    assert!(
        notes
            .iter()
            .any(|note| note.contains("`later` has no operations")),
        "{notes:?}"
    );

    let moved = "[services.news]\noperations = [\"publishItem\", \"getItem\"]\n";
    let found = homes(moved);
    assert!(
        found.contains(&"services/news: getItem publishItem".to_owned()),
        "{found:?}"
    );
    let notes = parted(moved).expect("it fits").notes;
    let told = "`getItem` is in `news`, and the table `items` that it works on in `items`";
    assert!(notes.iter().any(|note| note.starts_with(told)), "{notes:?}");
}

#[test]
fn what_the_document_does_not_have_is_told() {
    let found = misfits(
        "[services.a]\ntags = [\"itms\", \"items\"]\noperations = [\"getItm\"]\n[services.b]\ntags = [\"items\"]\n",
    );
    let expected = [
        "Some((\"tags\", Item(0))) no operation has the tag `itms` [did you mean `items`?]",
        "Some((\"tags\", Item(0))) the tag `items` is of the service `a` already []",
        "Some((\"operations\", Item(0))) there is no operation `getItm` [did you mean `getItem`?]",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_the_gateway_limits_is_there() {
    let found = misfits("[gateway.services.itms]\nretries = 1\n[gateway.services.items]\n");
    assert_eq!(
        found,
        ["None there is no service `itms` [did you mean `items`?]"]
    );
}

#[test]
fn no_service_is_inside_of_another() {
    let found = misfits(
        "[services.a]\npath = \"x\"\n[services.b]\npath = \"x/y\"\n[services.c]\npath = \"gateway/c\"\n[services.a-client]\n",
    );
    let expected = [
        "None `a-client` is the client of `a` [give it another name]",
        "None `services/x/y` is in the folder of the service `a` [`path` gives it another folder]",
        "None `services/gateway/c` is in the folder of the gateway [`path` gives it another folder]",
    ];
    assert_eq!(found, expected);
}

/// The service of each of these tags.
fn services(tags: &[&str]) -> BTreeMap<String, String> {
    let paths = tags.iter().enumerate().map(|(index, tag)| {
        let answers = "responses: {'204': {description: d}}";
        format!("  /p{index}: {{get: {{tags: ['{tag}'], {answers}}}}}\n")
    });
    let paths: String = paths.collect();
    let text = format!("openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n{paths}");
    let (document, _) = spec::parse("a.yaml", text).expect("it loads");
    let config = Config::parse(FILE, SHOP).expect("it is sound");
    let service = lower(&document, &config).0.expect("it lowers");
    let shares = partition(&service, &config).expect("it fits").shares;
    let tag = |id: OperationId| service[service[id].group].api_name.clone();
    let named = shares.iter().map(|share| {
        assert_eq!(apigen::config::service_name(&share.name), Ok(()));
        (tag(share.operations[0]), share.name.clone())
    });
    named.collect()
}

#[test]
fn a_further_tag_renames_no_service() {
    let long = "everything that customers can ask of the shop in";
    let tags = ["the east", "the north", "the west"].map(|end| format!("{long} {end}"));
    let [east, north, west] = [&*tags[0], &*tags[1], &*tags[2]];
    let mut tags = vec![north, west, "gateway", "test", "a", "a client"];
    let few = services(&tags);
    let plain = ["a", "a client", "gateway", "test"].map(|tag| few[tag].as_str());
    assert_eq!(plain, ["a", "a-client-service", "gateway-service", "test"]);
    tags.extend([east, "b", "z client"]);
    let all = services(&tags);
    assert_eq!(all.len(), tags.len());
    for (tag, name) in &few {
        assert_eq!(all[tag], *name);
    }
    assert!(all[east].starts_with("everything-that-customers-can-ask-of-the"));
    assert_eq!(
        services(&["gateway", "gateway service"])["gateway service"],
        "gateway-service"
    );
}
