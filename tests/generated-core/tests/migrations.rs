//! Migrations that ran already are known again, whatever number they have now.

mod support;

use std::{env, fs};

use full_core::core::db::{Db, connect};
use sqlx::{
    Row, SqlStr,
    migrate::{Migration, MigrationType},
};

const CREATE: &str = "CREATE TABLE notes (id INTEGER);";
const COLOR: &str = "ALTER TABLE notes ADD COLUMN color TEXT;";
const PLACE: &str = "ALTER TABLE notes ADD COLUMN place TEXT;";
const STARS: &str = "ALTER TABLE notes ADD COLUMN stars INTEGER;";

/// Starts on a database with these migrations.
async fn start(url: &str, migrations: &[(i64, &'static str)]) -> sqlx::Result<Db> {
    let config = support::config(&[("DATABASE_URL", url)]);
    let migration = |(version, sql): &(i64, &'static str)| {
        let name = format!("number {version}");
        let sql = SqlStr::from_static(sql);
        Migration::new(*version, name.into(), MigrationType::Simple, sql, false)
    };
    let migrations = migrations.iter().map(migration).collect();
    connect(&config.expect("a configuration"), migrations).await
}

async fn seen(db: &Db) -> Vec<(i64, String)> {
    let sql = "SELECT version, description FROM _sqlx_migrations ORDER BY version";
    let rows = sqlx::query(sql).fetch_all(db).await.expect("rows");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn numbers(last: i64) -> Vec<(i64, String)> {
    (1..=last).map(|n| (n, format!("number {n}"))).collect()
}

#[tokio::test]
async fn numbers_are_followed() {
    let file = env::temp_dir().join(format!("numbers-{}.db", std::process::id()));
    let _ = fs::remove_file(&file);
    let url = env::var("MIGRATIONS_URL").unwrap_or_else(|_| format!("sqlite:{}", file.display()));

    // A branch ran its own migrations; then it got the other's number 2.
    let db = start(&url, &[(1, CREATE), (2, PLACE), (3, STARS)])
        .await
        .expect("a start");
    sqlx::query("INSERT INTO notes (id, place) VALUES (1, 'here')")
        .execute(&db)
        .await
        .expect("a row");
    drop(db);
    let merged = [(1, CREATE), (2, COLOR), (3, PLACE), (4, STARS)];
    let db = start(&url, &merged).await.expect("a start after the merge");
    assert_eq!(seen(&db).await, numbers(4));
    let sql = "SELECT place FROM notes WHERE color IS NULL AND stars IS NULL";
    let row = sqlx::query(sql).fetch_one(&db).await.expect("the row");
    assert_eq!(row.get::<String, _>(0), "here");
    drop(db);

    // Again, and where two change places.
    let db = start(&url, &merged).await.expect("a start as before");
    assert_eq!(seen(&db).await, numbers(4));
    drop(db);
    let swapped = [(1, CREATE), (2, PLACE), (3, COLOR), (4, STARS)];
    let db = start(&url, &swapped)
        .await
        .expect("a start with others' numbers");
    assert_eq!(seen(&db).await, numbers(4));
    drop(db);

    // A text that was changed after it ran is told as ever.
    for changed in [
        vec![(1, CREATE), (2, "SELECT 1;"), (3, COLOR), (4, STARS)],
        vec![(1, CREATE), (2, COLOR), (3, "SELECT 1;"), (4, STARS)],
        vec![(1, CREATE), (2, PLACE), (3, COLOR)],
    ] {
        let refused = start(&url, &changed)
            .await
            .expect_err("a changed migration");
        assert!(
            refused.to_string().contains("previously applied"),
            "{refused}"
        );
    }
    let _ = fs::remove_file(&file);
}
