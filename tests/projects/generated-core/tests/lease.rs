//! Connections go from request to request, and are given up where they cannot.

mod support;

use std::{env, fs, sync::Arc, time::Duration};

use full_core::core::{
    db::{Db, connect},
    lease::{Held, Lease, Leases},
};
use sqlx::{Connection as _, Executor as _};
use tokio::time::{sleep, timeout};

/// Three connections: two for requests.
async fn open(name: &str) -> (Db, Arc<Leases>) {
    let file = env::temp_dir().join(format!("lease-{name}-{}.db", std::process::id()));
    let _ = fs::remove_file(&file);
    let url = env::var("MIGRATIONS_URL").unwrap_or_else(|_| format!("sqlite:{}", file.display()));
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("DATABASE_CONNECTIONS", "3"),
        ("DATABASE_ACQUIRE_SECONDS", "1"),
        ("MIGRATE_ON_START", "false"),
    ];
    let config = support::config(&settings).expect("a configuration");
    let db = connect(&config, Vec::new()).await.expect("a start");
    let leases = Leases::new(&db);
    (db, leases)
}

async fn held(leases: &Leases) -> Held {
    own(leases.connection().await.expect("a connection"))
}

fn own(lease: Lease) -> Held {
    match lease {
        Lease::Connection(held) => held,
        Lease::Transaction(..) => panic!("nobody asked for a transaction"),
    }
}

async fn run(lease: &mut Lease, sql: &'static str) -> sqlx::Result<()> {
    lease.db().execute(sql).await.map(drop)
}

/// A connection that is told apart: no other has this table.
async fn marked(leases: &Leases) -> Held {
    let mut lease = Lease::Connection(held(leases).await);
    let sql = "CREATE TEMPORARY TABLE mark (id INTEGER)";
    run(&mut lease, sql).await.expect("a table");
    own(lease)
}

const SEEN: &str = "SELECT * FROM mark";

#[tokio::test]
async fn the_next_request_has_the_same_connection() {
    let (_db, leases) = open("same").await;
    leases.hand_on(marked(&leases).await);
    assert_eq!(leases.waiting(), 1);
    let mut next = leases.connection().await.expect("a connection");
    run(&mut next, SEEN).await.expect("the same connection");
    assert_eq!(leases.waiting(), 0);

    // A transaction has it, too, and the pool after that.
    leases.hand_on(own(next));
    let mut last = leases.transaction().await.expect("a transaction");
    run(&mut last, SEEN).await.expect("the same connection");
    let Lease::Transaction(transaction, _seat) = last else {
        panic!("a transaction was asked for");
    };
    transaction.commit().await.expect("an end");
    assert_eq!(leases.waiting(), 0);
}

#[tokio::test]
async fn requests_leave_a_connection_to_others_and_wait_for_each_other() {
    let (db, leases) = open("wait").await;
    let (first, _second) = (marked(&leases).await, held(&leases).await);
    let refused = leases.connection().await.err();
    assert!(
        matches!(refused, Some(sqlx::Error::PoolTimedOut)),
        "{refused:?}"
    );
    db.acquire()
        .await
        .expect("a connection that is no request's");

    let waiting = tokio::spawn({
        let leases = Arc::clone(&leases);
        async move { leases.connection().await }
    });
    leases.hand_on(first);
    let third = waiting.await.expect("a task");
    let seen = run(&mut third.expect("a connection"), SEEN).await;
    seen.expect("what the first handed on");
}

#[tokio::test]
async fn what_was_given_up_is_undone_before_others_have_the_connection() {
    let (_db, leases) = open("undone").await;
    let mut lease = leases.connection().await.expect("a connection");
    let sql = "DROP TABLE IF EXISTS written";
    run(&mut lease, sql).await.expect("no table");
    let sql = "CREATE TABLE written (id INTEGER)";
    run(&mut lease, sql).await.expect("a table");
    let mut transaction = lease.db().begin().await.expect("a transaction");
    let written = transaction.execute("INSERT INTO written VALUES (1)").await;
    written.expect("a row");
    drop(transaction);
    leases.hand_on(own(lease));

    // Nothing of it holds up others, and nothing of it is there.
    let mut next = leases.connection().await.expect("a connection");
    let alone = run(&mut next, "DROP TABLE written").await;
    alone.expect("no lock is left");
}

#[tokio::test]
async fn who_comes_next_does_not_wait_for_a_statement_that_was_given_up() {
    // SQLite has no statement that takes its time.
    if env::var("MIGRATIONS_URL").is_err() {
        return;
    }
    let (_db, leases) = open("slow").await;
    let mut lease = leases.connection().await.expect("a connection");
    let slow = run(&mut lease, "SELECT pg_sleep(600)");
    let gone = timeout(Duration::from_millis(100), slow).await;
    gone.expect_err("it takes longer");
    leases.hand_on(own(lease));
    assert_eq!(leases.waiting(), 0);
    let mut next = leases.connection().await.expect("another connection");
    run(&mut next, "SELECT 1").await.expect("an answer");
}

#[tokio::test]
async fn what_nobody_wants_goes_back_to_the_pool() {
    let (db, leases) = open("back").await;
    leases.hand_on(held(&leases).await);
    assert_eq!((leases.waiting(), db.num_idle()), (1, 0));
    while (leases.waiting(), db.num_idle()) != (0, 1) {
        sleep(Duration::from_millis(50)).await;
    }

    // The end of the pool is not held up.
    leases.hand_on(held(&leases).await);
    db.close().await;
    assert_eq!(leases.waiting(), 0);
}
