//! Workspaces that grow: a package becomes services and one package again, services are added, and
//! their operations move.

use crate::project::{cargo_in, succeeds};
use std::{collections::BTreeMap, fs};

use super::world::World;
use crate::run::Run;

const SERVICES: (&str, &str) = ("layout = \"layered\"", "layout = \"services\"");

/// What a person wrote into the shop.
fn written(world: &World) -> BTreeMap<&'static str, String> {
    world.run(&["override", "publishItem"]).ends(0, &[]);
    world.run(&["eject", "src/models/items.rs"]).ends(0, &[]);
    let models = world.read("src/models/items.rs");
    world.write("src/models/items.rs", &format!("{models}\n// Mine.\n"));
    let cost =
        "\n/// What it costs.\npub fn cost() -> f64 {\n    crate::pricing::with_tax(1.0)\n}\n";
    let items = world.read("src/services/items.rs");
    world.write("src/services/items.rs", &format!("{items}{cost}"));
    let pricing =
        "//! Prices.\n\n/// With tax.\npub fn with_tax(price: f64) -> f64 {\n    price * 1.2\n}\n";
    world.write("src/pricing.rs", pricing);
    let words = "//! Words.\n\n/// A greeting.\npub const HELLO: &str = \"hello\";\n";
    world.write("src/words.rs", words);
    let modules = "pub mod pricing;\npub mod services;\npub mod words;\n";
    world.edit("src/lib.rs", "pub mod services;\n", modules);
    world.edit(
        "src/main.rs",
        "    telemetry::init(config.log_json);\n",
        "    telemetry::init(config.log_json);\n    tracing::debug!(\"{}\", rounds::words::HELLO);\n",
    );
    world.edit(
        "Cargo.toml",
        "[dependencies]\n",
        "[dependencies]\n# Mine.\nitoa = \"1\"\n",
    );
    world.is_in_step();
    let paths = [
        "src/services/items.rs",
        "src/services/reviews.rs",
        "src/models/items.rs",
        "src/pricing.rs",
        "src/words.rs",
        "src/lib.rs",
        "src/main.rs",
        "tests/support/mod.rs",
        "Dockerfile",
    ];
    paths.map(|path| (path, world.read(path))).into()
}

fn rounds() -> World {
    let spec = fs::read_to_string(crate::run::fixture()).expect("it");
    World::named("rounds", "layered", &spec)
}

#[test]
fn a_package_becomes_services_and_comes_back_byte_for_byte() {
    let world = rounds();
    let before = written(&world);
    world.edit("apigen.toml", SERVICES.0, SERVICES.1);
    let run = world.run(&["sync", "--dry-run"]);
    assert!(
        run.out.contains("create    services/items/src/pricing.rs"),
        "{}",
        run.out
    );
    assert!(run.out.contains("remove    src/pricing.rs"), "{}", run.out);
    world.run(&["check"]).ends(2, &["not in step"]);
    assert!(!world.has("services"));
    world
        .run(&["sync"])
        .ends(0, &["becomes 2 services", "In step"]);
    world.is_in_step();
    let items = world.read("services/items/src/services/items.rs");
    assert_eq!(items, before["src/services/items.rs"]);
    assert_eq!(
        world.read("services/items/src/models/items.rs"),
        before["src/models/items.rs"]
    );
    assert!(world.has("services/items/src/pricing.rs") && !world.has("src/pricing.rs"));
    assert!(!world.has("services/reviews/src/pricing.rs"));
    assert!(
        !world
            .read("services/reviews/src/lib.rs")
            .contains("pricing")
    );
    assert!(
        world
            .read("services/reviews/src/main.rs")
            .contains("rounds_reviews::words::HELLO")
    );
    assert!(
        world
            .read("services/items/Cargo.toml")
            .contains("# Mine.\nitoa = \"1\"\n")
    );
    assert!(
        world
            .read(".gitattributes")
            .contains("\n/services/items/src/models/items.rs -ling")
    );
    cargo(&world, &["check", "--quiet", "--workspace", "--tests"]);
    world.edit("apigen.toml", SERVICES.1, SERVICES.0);
    world
        .run(&["sync"])
        .ends(0, &["become one package", "In step"]);
    world.is_in_step();
    for (path, text) in before {
        assert_eq!(world.read(path), text, "{path}");
    }
    assert!(world.read("Cargo.toml").contains("# Mine.\nitoa = \"1\"\n"));
    assert!(!world.has("services/items/Cargo.toml") && !world.has("crates/common/Cargo.toml"));
    cargo(&world, &METADATA);
}

/// All files, but for what this machine alone remembers.
fn files(world: &World) -> BTreeMap<String, Vec<u8>> {
    let mut files = crate::run::tree(&world.root);
    files.retain(|path, _| ![".apigen/running", ".apigen/cache"].contains(&path.as_str()));
    files
}

/// To another layout; says what was said.
fn turned(world: &World, (from, to): (&str, &str)) -> String {
    world.edit("apigen.toml", from, to);
    let run = world.run(&["sync"]);
    let Run { out, err, .. } = run.ends(0, &["In step"]);
    world.is_in_step();
    out + &err
}

const BACK: (&str, &str) = (SERVICES.1, SERVICES.0);

#[test]
fn what_nobody_edited_comes_back_byte_for_byte() {
    for (layout, turns) in [
        ("layered", [SERVICES, BACK]),
        ("services", [BACK, SERVICES]),
    ] {
        let world = World::new(layout);
        let before = files(&world);
        for turn in turns {
            let told = turned(&world, turn);
            assert!(!told.contains("warning"), "{told}");
        }
        let mut after = files(&world);
        if layout == "services" {
            // A database may have run the migrations of the package: they stay, and what is known
            // of them.
            let memory = [".apigen/lock", ".apigen/model.json"];
            after.retain(|path, _| !path.starts_with("migrations/"));
            let of_package = |line: &&str| !line.starts_with("A migrations/");
            let lock = world.read(memory[0]);
            let lock: Vec<_> = lock.lines().filter(of_package).collect();
            let was = String::from_utf8_lossy(&before[memory[0]]);
            assert_eq!(lock, was.lines().collect::<Vec<_>>());
            after.extend(memory.map(|path| (path.to_owned(), before[path].clone())));
        }
        let paths = before.keys().chain(after.keys());
        let others: Vec<_> = paths
            .filter(|path| before.get(*path) != after.get(*path))
            .collect();
        assert!(others.is_empty(), "{layout}: {others:?}");
    }
}

#[test]
fn what_a_person_made_of_a_workspace_stays_and_is_told_once() {
    let world = World::new("services");
    let mine = ["justfile", "services/gateway/src/main.rs"];
    let mine = mine.map(|path| (path, world.read(path) + "# mine\n"));
    mine.iter().for_each(|(path, text)| world.write(path, text));
    world.edit(".env.example", "DOCS=true\n", "DOCS=false\nMINE=1\n");
    let told = turned(&world, BACK);
    let words = "warning: `justfile`, `services/gateway/src/main.rs`: no package by itself has";
    assert!(told.contains(words), "{told}");
    assert_eq!(told.matches("warning").count(), 1, "{told}");
    let again = world.run(&["sync"]);
    assert!(!again.err.contains("justfile"), "{}", again.err);
    let left = files(&world)
        .into_keys()
        .filter(|path| path.starts_with("services/"));
    assert_eq!(left.collect::<Vec<_>>(), [mine[1].0]);
    let settings = world.read(".env.example");
    assert!(settings.contains("\nLISTEN=") && settings.contains("DOCS=false\nMINE=1\n"));
    turned(&world, SERVICES);
    assert!(mine.iter().all(|(path, text)| world.read(path) == *text));
    let settings = world.read(".env.example");
    assert!(!settings.contains("\nLISTEN=") && settings.contains("DOCS=false\nMINE=1\n"));
}

/// What Cargo finds, and whether it takes the manifests.
const METADATA: [&str; 5] = [
    "metadata",
    "--offline",
    "--no-deps",
    "--format-version",
    "1",
];

fn cargo(world: &World, arguments: &[&str]) {
    succeeds(&mut cargo_in(&world.root, arguments));
}

#[test]
fn an_edited_generated_file_holds_a_new_layout_back() {
    let world = World::new("layered");
    let crud = "src/crud/items.rs";
    world.write(crud, &format!("{}// mine\n", world.read(crud)));
    world.edit("apigen.toml", SERVICES.0, SERVICES.1);
    world
        .run(&["sync"])
        .ends(2, &["nothing was written: `src/crud/items.rs` is edited"]);
    assert!(!world.has("services") && world.has("src/services/items.rs"));
}

#[test]
fn a_service_is_renamed_with_all_that_a_person_wrote() {
    let world = World::new("services");
    world.run(&["override", "publishItem"]).ends(0, &[]);
    let items = "services/items/src/services/items.rs";
    let mine = format!("{}\n// Mine.\n", world.read(items));
    world.write(items, &mine);
    world.write("services/items/NOTES.md", "mine\n");
    let choices = world.read("apigen.toml");
    let catalog = "\n[services.catalog]\ntags = [\"items\"]\n";
    world.write("apigen.toml", &format!("{choices}{catalog}"));
    let run = world.run(&["sync"]);
    run.ends(
        0,
        &["`services/items` is `services/catalog` now", "In step"],
    );
    world.is_in_step();
    assert_eq!(world.read("services/catalog/src/services/items.rs"), mine);
    assert_eq!(world.read("services/catalog/NOTES.md"), "mine\n");
    assert!(!world.has("services/items"));
    let migrations = world.root.join("services/catalog/migrations/sqlite");
    assert_eq!(fs::read_dir(migrations).expect("it").count(), 2);
    assert!(
        world
            .read("services/catalog/Cargo.toml")
            .contains("name = \"shop-catalog\"")
    );
    // And back again.
    world.write("apigen.toml", &choices);
    world
        .run(&["sync"])
        .ends(0, &["`services/catalog` is `services/items` now"]);
    world.is_in_step();
    assert_eq!(world.read(items), mine);
}

#[test]
fn a_tag_moves_to_another_service_with_its_code() {
    let world = World::new("services");
    world.run(&["override", "listReviews"]).ends(0, &[]);
    let reviews = "services/reviews/src/services/reviews.rs";
    let mine = format!("{}\nuse super::pricing;\n", world.read(reviews));
    world.write(reviews, &mine);
    world.write("services/reviews/src/pricing.rs", "//! Prices.\n");
    world.write("services/reviews/NOTES.md", "mine\n");
    world.edit(
        "services/reviews/src/lib.rs",
        "pub mod services;",
        "pub mod pricing;\npub mod services;",
    );
    let choices = world.read("apigen.toml");
    let all = "\n[services.items]\ntags = [\"items\", \"reviews\"]\n";
    world.write("apigen.toml", &format!("{choices}{all}"));
    let run = world.run(&["sync"]);
    run.ends(
        0,
        &["`services/reviews/src/services/reviews.rs` is `services/items/src/services/rev"],
    );
    world.is_in_step();
    assert_eq!(world.read("services/items/src/services/reviews.rs"), mine);
    assert_eq!(world.read("services/items/src/pricing.rs"), "//! Prices.\n");
    assert!(
        world
            .read("services/items/src/lib.rs")
            .contains("pub mod pricing;\n")
    );
    assert!(world.has("services/items/migrations/sqlite/0003_create_reviews.sql"));
    assert!(
        !world.has("crates/clients/reviews") && !world.has(".apigen/base/crates/clients/reviews")
    );
    // What is nobody's but the user's stays, and Cargo does not take it for a package.
    assert_eq!(world.read("services/reviews/NOTES.md"), "mine\n");
    assert!(!world.has("services/reviews/src") && !world.has("services/reviews/.apigen"));
    assert!(world.read("Cargo.toml").contains("\"services/reviews\""));
    cargo(&world, &METADATA);
}

#[test]
fn a_service_is_added() {
    let world = World::new("services");
    let run = world.run(&["add", "service", "feedback", "--tag", "reviews"]);
    run.ends(
        0,
        &["`services/reviews` is `services/feedback` now", "In step"],
    );
    assert!(
        world
            .read("apigen.toml")
            .ends_with("\n[services.feedback]\ntags = [\"reviews\"]\n")
    );
    world.is_in_step();
    let run = world.run_in("services/items", &["add", "service", "empty"]);
    run.ends(0, &["`empty` has no operations", "In step"]);
    assert!(world.has("services/empty/Cargo.toml"));
    world.is_in_step();
    for (arguments, words) in [
        (
            &["items"][..],
            ["there is a service `items` already", "another name"],
        ),
        (
            &["empty"],
            ["there is a service `empty` already", "another name"],
        ),
        (
            &["Items"],
            ["no service can be called `Items`", "small letters"],
        ),
        (
            &["a_b"],
            ["no service can be called `a_b`", "small letters"],
        ),
        (
            &["gateway"],
            ["no service can be called `gateway`", "beside the services"],
        ),
        (
            &["news", "--tag", "review"],
            ["no operation has the tag `review`", "`reviews`"],
        ),
    ] {
        world
            .run(&[&["add", "service"], arguments].concat())
            .ends(1, &words);
    }
    let layered = World::new("layered");
    let run = layered.run(&["add", "service", "news"]);
    run.ends(
        1,
        &["this project is one package", "`layout = \"services\"`"],
    );
}
