//! Lowering: small documents, and what becomes of them.

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
