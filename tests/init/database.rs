//! `apigen init --from-db`: a draft of what is there, and a project that makes none of it again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rusqlite::Connection;

use super::{folder, is_well, run::apigen};

const BLOG: &str = "
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email VARCHAR(200) NOT NULL UNIQUE, name TEXT,
    admin BOOLEAN NOT NULL DEFAULT 0, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published')), score REAL,
    raw BLOB, editor INTEGER REFERENCES users (id) ON DELETE SET NULL, UNIQUE (user_id, title));
CREATE INDEX posts_of_users ON posts (user_id);
CREATE TABLE countries (code CHAR(2) PRIMARY KEY, label TEXT NOT NULL DEFAULT 'no name');
CREATE TABLE likes (post_id INTEGER REFERENCES posts (id), user_id INTEGER REFERENCES users (id), PRIMARY KEY (post_id, user_id));
CREATE TABLE \"OldStuff\" (id INTEGER PRIMARY KEY);
CREATE TABLE notes (text TEXT);
CREATE VIEW authors AS SELECT DISTINCT user_id FROM posts;
INSERT INTO users (email, name) VALUES ('a@b.c', 'Ann'), ('d@e.f', NULL);
INSERT INTO posts (user_id, title, score) VALUES (1, 'First', 1.5);
";

const DRAFT: &str = "resources:
  countries:
    key: code
    timestamps: false
    fields:
      code: string(..2)
      label: text = \"no name\"

  users:
    key: integer
    timestamps: false
    fields:
      email: string(..200) unique
      name: text?
      admin: boolean = false
      created_at: datetime readonly

  posts:
    key: integer
    timestamps: false
    unique: [[user_id, title]]
    fields:
      user_id:
        type: ref(users) indexed
        on_delete: cascade
      title: text
      state: enum(draft, published) = draft
      score: number?
      editor:
        type: ref(users)?
        on_delete: set_null
";

/// The migrations of a project for a database, the oldest first.
fn migrations(project: &Path, database: &str) -> Vec<PathBuf> {
    let folder = fs::read_dir(project.join("migrations").join(database)).unwrap();
    let mut files: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// Runs the migrations of a project as the service does.
fn migrate(database: &Connection, project: &Path) {
    for file in migrations(project, "sqlite") {
        let sql = fs::read_to_string(&file).unwrap();
        if let Err(error) = database.execute_batch(&sql) {
            panic!("{}: {error}\n{sql}", file.display());
        }
    }
}

fn count(database: &Connection, sql: &str) -> i64 {
    database.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn an_sqlite_file_is_drafted_and_adopted() {
    let folder = folder();
    let here = folder.path();
    let database = Connection::open(here.join("blog.db")).unwrap();
    database.execute_batch(BLOG).unwrap();
    let words = [
        "warning: the table `OldStuff` is left out",
        "warning: the table `notes` is left out: it has no primary key",
        "warning: the table `likes` is left out: it joins rows",
        "warning: the column `posts.raw` is left out: there is no type for `blob`",
        "Wrote `resources.baseline.sql`",
        "Wrote `resources.yaml`: 3 resources",
    ];
    apigen(here, &["init", "--from-db", "blog.db", "--name", "blog"]).ends(0, &words);
    let text = fs::read_to_string(here.join("resources.yaml")).unwrap();
    assert!(text.ends_with(DRAFT), "{text}");
    assert!(
        text.contains("# Not here: the column `posts.raw`"),
        "{text}"
    );
    is_well("the draft", &text);

    apigen(
        here,
        &["new", "blog", "--spec", "resources.yaml", "--no-git"],
    )
    .ends(
        0,
        &[
            "18 operations (18 stored by CRUD, 0 to write)",
            "set `DATABASE_URL`",
        ],
    );
    let root = here.join("blog");
    apigen(&root, &["check"]).ends(0, &["In step"]);
    let new = Connection::open_in_memory().unwrap();
    for database in [&database, &new] {
        migrate(database, &root);
        assert_eq!(
            count(database, "SELECT count(*) FROM pragma_table_info('posts')"),
            7
        );
        assert_eq!(
            count(
                database,
                "SELECT count(*) FROM sqlite_schema WHERE name = 'posts_by_user_id_title_key' OR name = 'users_by_email_key'"
            ),
            2
        );
    }
    assert_eq!(
        count(&database, "SELECT count(*) FROM users"),
        2,
        "rows stay"
    );
    assert_eq!(
        count(
            &database,
            "SELECT count(*) FROM posts WHERE title = 'First' AND score = 1.5"
        ),
        1
    );

    // From here on it is a project like any other.
    let spec = root.join("resources.yaml");
    super::replace(
        &spec,
        "title: text\n",
        "title: text\n      teaser: string(..200)?\n",
    );
    apigen(&root, &["sync"]).ends(0, &["Column `posts.teaser` is new", "change_posts"]);
}

#[test]
fn what_is_changed_before_new_becomes_a_migration() {
    let folder = folder();
    let here = folder.path();
    let database = Connection::open(here.join("blog.db")).unwrap();
    database.execute_batch(BLOG).unwrap();
    apigen(
        here,
        &[
            "init",
            "--from-db",
            "sqlite://blog.db",
            "--name",
            "blog",
            "-q",
        ],
    )
    .ends(0, &[]);
    super::replace(
        &here.join("resources.yaml"),
        "admin: boolean = false",
        "admin: boolean = false\n      age: integer?",
    );
    apigen(
        here,
        &["new", "blog", "--spec", "resources.yaml", "--no-git", "-q"],
    )
    .ends(0, &[]);
    migrate(&database, &here.join("blog"));
    assert_eq!(
        count(&database, "SELECT count(*) FROM users WHERE age IS NULL"),
        2
    );
    for (arguments, words) in [
        (
            &["--db", "postgres"][..],
            &["`resources.baseline.sql` is of a database of the kind `sqlite`, not `postgres`"][..],
        ),
        (
            &["--layout", "services"],
            &["each service would have its own"],
        ),
    ] {
        let new = [
            &["new", "other", "--spec", "resources.yaml", "--no-git"][..],
            arguments,
        ]
        .concat();
        apigen(here, &new).ends(1, words);
    }
}

#[test]
fn what_cannot_be_drafted_is_told() {
    let folder = folder();
    let here = folder.path();
    let empty = Connection::open(here.join("empty.db")).unwrap();
    empty
        .execute_batch("CREATE TABLE notes (text TEXT)")
        .unwrap();
    fs::write(here.join("text.db"), "no database").unwrap();
    for (url, words) in [
        ("nowhere.db", &["there is no file `nowhere.db`"][..]),
        ("text.db", &["`text.db` cannot be read"]),
        (
            "empty.db",
            &[
                "the table `notes` is left out",
                "no table that can be a resource",
            ],
        ),
        (
            "mysql://a/b",
            &["neither an SQLite file nor a `postgres://` address"],
        ),
        (
            "postgres://nobody@127.0.0.1:1/x",
            &["postgres://nobody@127.0.0.1:1/x` cannot be read"],
        ),
    ] {
        apigen(here, &["init", "--from-db", url]).ends(1, words);
        assert!(!here.join("resources.yaml").exists());
    }
}

const SHOP: &str = "
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TABLE customers (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email varchar(200) NOT NULL UNIQUE, mood mood NOT NULL DEFAULT 'happy',
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
COMMENT ON TABLE customers IS 'Who buys: people';
COMMENT ON COLUMN customers.email IS 'Where they read';
CREATE TABLE orders (id serial PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customers (id), total numeric(10, 2) NOT NULL DEFAULT 0,
    weight real, placed timestamp, extra json, size text CHECK (size IN ('s', 'm')), tags text[]);
CREATE INDEX orders_placed ON orders (placed);
CREATE INDEX orders_odd ON orders (lower(size));
INSERT INTO customers (email) VALUES ('a@b.c');
INSERT INTO orders (customer_id, total, placed, extra) SELECT id, 9.5, '2020-01-02 03:04:05', '{}' FROM customers;
";

const SHOP_DRAFT: &str = "resources:
  customers:
    description: 'Who buys: people'
    fields:
      email:
        type: string(..200) unique
        description: \"Where they read\"
      mood: enum(happy, sad) = happy

  orders:
    key: integer
    timestamps: false
    fields:
      customer_id: ref(customers)
      total: decimal(..,2) = 0
      weight: number?
      placed: datetime? indexed
      extra: json?
      size: enum(s, m)?
";

/// Runs SQL in a PostgreSQL database.
fn psql(url: &str, sql: &str) -> String {
    let output = Command::new("psql")
        .args([
            "-X",
            "-A",
            "-t",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            url,
            "-c",
            sql,
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}\n{sql}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_postgres_database_is_drafted_and_adopted() {
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
        return eprintln!("skipped: TEST_POSTGRES_URL names no server");
    };
    let has_psql = Command::new("psql").arg("--version").output().is_ok();
    if !has_psql && std::env::var_os("CI").is_none() {
        return eprintln!("skipped: `psql` is not installed");
    }
    let [old, new] =
        ["old", "new"].map(|name| format!("apigen_init_{name}_{}", std::process::id()));
    for schema in [&old, &new] {
        psql(&server, &format!("CREATE SCHEMA {schema}"));
    }
    let within = |schema: &str| format!("{server}?options=-csearch_path%3D{schema}");
    let [there, fresh] = [within(&old), within(&new)];
    psql(&there, SHOP);
    let folder = folder();
    let here = folder.path();
    let words = [
        "the column `customers.mood` becomes TEXT",
        "the column `orders.id` becomes BIGINT",
        "the column `orders.tags` is left out",
        "Wrote `resources.yaml`: 2 resources",
    ];
    apigen(here, &["init", "--from-db", &there, "--name", "shop"]).ends(0, &words);
    let text = fs::read_to_string(here.join("resources.yaml")).unwrap();
    assert!(text.ends_with(SHOP_DRAFT), "{text}");
    is_well("the draft", &text);
    apigen(
        here,
        &["new", "shop", "--spec", "resources.yaml", "--no-git", "-q"],
    )
    .ends(0, &[]);
    let root = here.join("shop");
    apigen(&root, &["check"]).ends(0, &["In step"]);
    for url in [&there, &fresh] {
        for file in migrations(&root, "postgres") {
            psql(url, &fs::read_to_string(file).unwrap());
        }
        let types = "SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'orders'";
        assert_eq!(
            psql(url, types),
            "id bigint, customer_id uuid, total double precision, weight double precision, placed timestamp with time zone, extra jsonb, size text, tags ARRAY"
        );
    }
    assert_eq!(
        psql(
            &there,
            "SELECT total, extra, c.mood FROM orders JOIN customers c ON c.id = customer_id"
        ),
        "9.5|{}|happy"
    );
    psql(
        &fresh,
        "INSERT INTO customers (id, email, mood, created_at, updated_at) VALUES (gen_random_uuid(), 'x', 'sad', now(), now()); INSERT INTO orders (customer_id) SELECT id FROM customers",
    );
    for schema in [&old, &new] {
        psql(&server, &format!("DROP SCHEMA {schema} CASCADE"));
    }
}
