//! Lowering: small documents, and what becomes of them.

use std::path::Path;

use apigen::{
    config::{Config, Database, Errors},
    diagnostic::Diagnostic,
    lower::lower,
    model::{Guard, Service},
    spec,
};

fn config() -> Config {
    Config {
        name: String::new(),
        spec: "openapi.yaml".to_owned(),
        database: Database::default(),
        errors: Errors::default(),
    }
}

fn lowered(text: &str) -> (Service, Vec<Diagnostic>) {
    let (document, _) = spec::parse("openapi.yaml", text).expect("the document loads");
    let (service, diagnostics) = lower(&document, &config());
    (service.expect("the document lowers"), diagnostics)
}

fn shop() -> Service {
    let text = include_str!("../fixtures/shop.yaml");
    let (service, diagnostics) = lowered(text);
    assert_eq!(diagnostics, [], "the shop has no problem");
    service
}

#[test]
fn the_shop_is_named_as_a_person_would() {
    let shop = shop();
    assert_eq!(
        (shop.package.as_str(), shop.krate.as_str()),
        ("shop-api", "shop_api")
    );
    assert_eq!(shop.base_path, "/api/v1");
    let groups: Vec<_> = shop
        .groups
        .iter()
        .map(|g| (g.module.as_str(), g.trait_name.as_str()))
        .collect();
    assert_eq!(
        groups,
        [("items", "ItemsService"), ("reviews", "ReviewsService")]
    );
    let operations: Vec<&str> = shop.operations.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(operations[..3], ["list_items", "create_item", "get_item"]);
    let requirements: Vec<&str> = shop.requirements.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(requirements, ["ITEMS_WRITE", "ITEMS_WRITE_OR_API_KEY"]);
    assert_eq!(shop.operations[0].guard, Guard::Public);
}

/// The single documents of the shared corpus; the folder is told by `APIGEN_SHARED`.
fn corpus() -> Option<Vec<std::path::PathBuf>> {
    let shared = std::env::var_os("APIGEN_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        std::path::PathBuf::from,
    );
    let Ok(folder) = std::fs::read_dir(shared.join("corpus")) else {
        assert!(std::env::var_os("CI").is_none(), "CI has no corpus");
        return None;
    };
    let paths = folder.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension != "md"));
    files.retain(|path| {
        !std::fs::read_to_string(path)
            .unwrap()
            .contains("swagger\": \"2.0\"")
            && !std::fs::read_to_string(path).unwrap().contains("swagger: ")
    });
    files.sort();
    Some(files)
}

#[test]
fn every_document_of_the_corpus_lowers() {
    let Some(files) = corpus() else {
        println!("skipped: the corpus is not here");
        return;
    };
    assert!(files.len() > 20, "the corpus is there");
    for path in files {
        let name = path.display();
        let (document, _) = spec::load(&path).unwrap_or_else(|refusal| {
            panic!("{name} does not load: {:?}", refusal.diagnostics);
        });
        let (service, diagnostics) = lower(&document, &config());
        let service = service.unwrap_or_else(|| panic!("{name}: {diagnostics:?}"));
        let round = serde_json::to_value(&service).expect("a model is JSON");
        assert_eq!(
            serde_json::from_value::<Service>(round).ok(),
            Some(service),
            "{name} survives the lock"
        );
    }
}
