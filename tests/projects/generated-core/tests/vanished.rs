//! A database server that vanishes without a word, as hosts do: nothing waits for it for long.

mod support;

use std::{env, future::pending, io, sync::Arc, time::Duration};

use full_core::core::db::{begin, connect};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::Notify,
    time::timeout,
};

/// Leads to `server`. Once it is told to, it is silent on all connections that it has; new ones
/// work.
async fn network(server: String, silence: Arc<Notify>) -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((mut here, _)) = listener.accept().await {
            let (server, silence) = (server.clone(), Arc::clone(&silence));
            tokio::spawn(async move {
                let mut there = TcpStream::connect(server).await.expect("the server");
                tokio::select! {
                    _ = copy_bidirectional(&mut here, &mut there) => {}
                    () = silence.notified() => pending().await,
                }
            });
        }
    });
    Ok(port)
}

#[tokio::test]
async fn a_server_that_vanishes_takes_no_connection_and_no_lock_along() {
    // SQLite has no server.
    let Ok(url) = env::var("MIGRATIONS_URL") else {
        return;
    };
    let (user, rest) = url.split_once('@').expect("a user");
    let (server, rest) = rest.split_once('/').expect("a database");
    let silence = Arc::new(Notify::new());
    let port = network(server.to_owned(), Arc::clone(&silence)).await;
    let port = port.expect("a port");
    let url = format!("{user}@127.0.0.1:{port}/{rest}");
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("DATABASE_CONNECTIONS", "1"),
        ("DATABASE_ACQUIRE_SECONDS", "30"),
        ("MIGRATE_ON_START", "false"),
        ("STATEMENT_TIMEOUT_SECONDS", "1"),
    ];
    let config = support::config(&settings).expect("a configuration");
    let db = connect(&config, Vec::new()).await.expect("a start");

    let lock = "SELECT pg_advisory_xact_lock(1)";
    let mut transaction = begin(&db).await.expect("a transaction");
    let locked = sqlx::query(lock).execute(&mut *transaction).await;
    locked.expect("a lock");
    silence.notify_waiters();
    let question = sqlx::query("SELECT 1").execute(&mut *transaction);
    let answer = timeout(Duration::from_millis(100), question).await;
    answer.expect_err("a server that vanished does not answer");
    drop(transaction);

    // To the server it was the client that vanished: it has let go of the lock.
    let locked = sqlx::query(lock).execute(&db).await;
    locked.expect("another connection");
}
