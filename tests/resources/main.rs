//! What is inferred from small documents and from the shop: a line for each table and operation.
//!
//! `cases/<name>.txt` holds what is expected of `cases/<name>.yaml`; `UPDATE=1` writes it anew.

mod rules;
mod sound;
mod told;

use std::path::Path;

use apigen::{
    config::{Config, Database, Errors},
    lower::lower,
    model::{Role, Service},
    spec,
};

fn service(path: &Path, database: Database) -> Service {
    let (document, _) = spec::load(path).expect("the document loads");
    let config = Config {
        name: String::new(),
        spec: "openapi.yaml".to_owned(),
        database,
        errors: Errors::default(),
        ..Config::default()
    };
    let (service, diagnostics) = lower(&document, &config);
    let service = service.unwrap_or_else(|| panic!("it does not lower: {diagnostics:?}"));
    sound::check(&service);
    service
}

fn told(service: &Service) -> String {
    let tables = service.resources.iter();
    let tables = tables.map(|found| told::resource(service, found) + "\n");
    let operations = service.operations.iter();
    let operations = operations.map(|found| told::operation(service, found) + "\n");
    tables.chain(operations).collect()
}

fn check(document: &str, expected: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let expected = root.join("tests/resources/cases").join(expected);
    let told = told(&service(&root.join(document), Database::Sqlite));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&expected, &told).expect("the expectation is written");
    }
    let expected = std::fs::read_to_string(&expected).unwrap_or_default();
    assert_eq!(told, expected, "{document}");
}

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let name = stringify!($name);
            check(&format!("tests/resources/cases/{name}.yaml"), &format!("{name}.txt"));
        }
    )*};
}

cases! { accounts bodies includes keys links owners pages pets refused transitions }

#[test]
fn shop() {
    check("fixtures/shop.yaml", "shop.txt");
}

#[test]
fn catalogue() {
    check("fixtures/catalogue.yaml", "catalogue.txt");
}

#[test]
fn users_with_accounts() {
    check("fixtures/accounts.yaml", "users.txt");
}

#[test]
fn without_a_database_everything_is_a_stub() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop.yaml");
    let shop = service(&shop, Database::None);
    assert_eq!(shop.resources, []);
    let stub = |role: &Role| matches!(role, Role::Stub { reason } if reason.contains("database"));
    assert!(
        shop.operations
            .iter()
            .all(|operation| stub(&operation.role))
    );
}

#[test]
fn types_of_json_columns_are_stored_with_all_they_hold() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop.yaml");
    let shop = service(&shop, Database::Sqlite);
    let stored = shop.types.iter().filter(|found| found.uses.stored);
    let stored: Vec<&str> = stored.map(|found| found.name.as_str()).collect();
    let payment = [
        "BankPayment",
        "BankPaymentMethod",
        "CardPayment",
        "CardPaymentBrand",
        "CardPaymentMethod",
    ];
    let rest = ["ListItemsSort", "Payment"];
    assert_eq!(stored, [&payment[..], &rest[..]].concat());
}

#[test]
fn a_resource_says_why_it_is_one() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop.yaml");
    let shop = service(&shop, Database::Sqlite);
    let reasons = [
        "`/items/{item_id}/reviews` is a collection of `Review`",
        "the key is `id`: the service gives each a UUID",
        "each belongs to one of `items`, by `item_id`",
        "`created_at` is the time of creation",
        "`GET /items/{item_id}/reviews` lists them",
        "`POST /items/{item_id}/reviews` makes one",
        "`GET /items/{item_id}/reviews/{review_id}` reads one",
        "`DELETE /items/{item_id}/reviews/{review_id}` deletes one",
    ];
    assert_eq!(shop.resources[1].reasons, reasons);
}
