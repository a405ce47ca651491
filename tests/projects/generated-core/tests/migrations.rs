//! Migrations that ran already are known again, whatever number they have now.

mod support;

use std::{env, fs};

use axum::http::StatusCode;
use full_core::core::{
    Core,
    db::{Db, connect},
    health,
};
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

/// A database that knows nothing is not ready, until somebody migrates.
#[tokio::test]
async fn a_start_leaves_migrations_to_others() {
    if env::var("MIGRATIONS_URL").is_ok() {
        return; // the schema there is another test's
    }
    let file = env::temp_dir().join(format!("pending-{}.db", std::process::id()));
    let _ = fs::remove_file(&file);
    let url = format!("sqlite:{}", file.display());
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("MIGRATE_ON_START", "false"),
    ];
    let core = support::core(&settings).await;
    let router = health::router(&core);
    let answer = support::get(&router, "/health/ready").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        answer.text.contains("\"pending_migrations\":1"),
        "{}",
        answer.text
    );
    assert_eq!(
        support::get(&router, "/health/live").await.status,
        StatusCode::OK
    );

    let config = support::config(&settings).expect("a configuration");
    let migrated = Core::migrate(config, full_core::models::migrations()).await;
    migrated.expect("a schema");
    let answer = support::get(&router, "/health/ready").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let _ = fs::remove_file(&file);
}

#[test]
fn a_pool_without_connections_is_refused() {
    for settings in [
        [
            ("DATABASE_CONNECTIONS", "0"),
            ("DATABASE_IDLE_CONNECTIONS", "0"),
        ],
        [
            ("DATABASE_CONNECTIONS", "2"),
            ("DATABASE_IDLE_CONNECTIONS", "3"),
        ],
    ] {
        let problem = support::config(&settings).err().expect("a problem");
        assert!(problem.contains("DATABASE_IDLE_CONNECTIONS"), "{problem}");
    }
}

/// Of a database that is a server, at `MIGRATIONS_URL`.
mod server {
    use std::{net::SocketAddr, time::Duration};

    use axum::response::IntoResponse as _;
    use full_core::core::error::Error;
    use tokio::{
        io::copy_bidirectional,
        net::{TcpListener, TcpStream},
        time::sleep,
    };

    use super::*;

    /// The address of the server, and the same by way of another port.
    fn addresses(port: u16) -> Option<(String, String)> {
        let url = env::var("MIGRATIONS_URL").ok()?;
        let (before, after) = url.split_once('@')?;
        let (server, rest) = after.split_once('/')?;
        let other = format!("{before}@127.0.0.1:{port}/{rest}");
        Some((server.to_owned(), other))
    }

    async fn opened(url: &str, more: &[(&str, &str)]) -> sqlx::Result<Db> {
        let own = [("DATABASE_URL", url), ("MIGRATE_ON_START", "false")];
        let settings = [more, &own[..]].concat();
        let config = support::config(&settings).expect("a configuration");
        connect(&config, Vec::new()).await
    }

    /// Nobody listens at first; then somebody leads to the server.
    #[tokio::test]
    async fn a_start_waits_for_a_server_that_comes_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        drop(listener);
        let Some((server, url)) = addresses(address.port()) else {
            return;
        };
        let refused = opened(&url, &[("DATABASE_PATIENCE_SECONDS", "0")]).await;
        let refused = refused.expect_err("nobody listens").to_string();
        assert!(refused.contains("refused"), "{refused}");

        let coming_up = tokio::spawn(async move {
            sleep(Duration::from_millis(600)).await;
            let listener = TcpListener::bind(address).await.expect("the port");
            loop {
                let (mut client, _) = listener.accept().await.expect("a client");
                let mut server = TcpStream::connect(&server).await.expect("the server");
                tokio::spawn(async move { copy_bidirectional(&mut client, &mut server).await });
            }
        });
        let db = opened(&url, &[("DATABASE_PATIENCE_SECONDS", "300")]).await;
        sqlx::query("SELECT 1")
            .execute(&db.expect("a database"))
            .await
            .expect("an answer");
        coming_up.abort();
    }

    #[tokio::test]
    async fn a_statement_that_takes_too_long_is_given_up() {
        let Ok(url) = env::var("MIGRATIONS_URL") else {
            return;
        };
        let db = opened(&url, &[("STATEMENT_TIMEOUT_SECONDS", "1")])
            .await
            .expect("a database");
        let error = sqlx::query("SELECT pg_sleep(600)").execute(&db).await;
        let response = Error::from(error.expect_err("a limit")).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
