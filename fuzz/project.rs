//! Any document that loads becomes a project, in both layouts: its Rust and TOML parse.
#![no_main]

use apigen::{
    config::{Config, Database, Errors},
    lower::lower,
    render::{Before, render},
    spec,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok((document, _)) = spec::parse("openapi.yaml", text) else {
        return;
    };
    let databases = [Database::Sqlite, Database::Postgres];
    let config = Config {
        name: "shop".to_owned(),
        spec: "openapi.yaml".to_owned(),
        database: databases[text.len() % 2],
        errors: [Errors::Envelope, Errors::Problem][text.len() / 2 % 2],
        ..Config::default()
    };
    let (Some(service), _) = lower(&document, &config) else {
        return;
    };
    let files = render(&service, &document.own, &config, &Before::default()).expect("it renders");
    for file in files {
        if file.path.ends_with(".rs") {
            syn::parse_file(&file.contents).expect("Rust");
        } else if file.path.ends_with(".toml") {
            file.contents.parse::<toml::Table>().expect("TOML");
        }
    }
});
