//! No tables but the one of core.

use sqlx::{
    SqlStr,
    migrate::{Migration, MigrationType},
};

pub fn migrations() -> Vec<Migration> {
    let sql = SqlStr::from_static(include_str!("../../idempotency_keys.sql"));
    vec![Migration::new(
        1,
        "initial".into(),
        MigrationType::Simple,
        sql,
        false,
    )]
}
