//! The SQL of tables and of what changes in them.

use apigen::{
    config::Database,
    model::{
        Column, ColumnSource, ColumnType, ErrorBody, ErrorFormat, GroupId, IntegerKind, KeySource,
        OnDelete, Parent, Reference, Resource, ResourceId, Rules, Schema, Service, TypeId,
    },
    render::{
        Before,
        migrations::{Change, next},
    },
};
use serde_json::{Value, json};

fn column(name: &str, ty: ColumnType, source: ColumnSource) -> Column {
    Column {
        name: name.to_owned(),
        field: name.to_owned(),
        ty,
        nullable: false,
        source,
        choices: Vec::new(),
        was: None,
        fill: None,
    }
}

fn field(name: &str, ty: ColumnType) -> Column {
    let api_name = name.to_owned();
    column(name, ty, ColumnSource::Field { api_name })
}

fn nullable(column: Column) -> Column {
    Column {
        nullable: true,
        ..column
    }
}

fn filled(column: Column, fill: Value) -> Column {
    Column {
        fill: Some(fill),
        ..column
    }
}

fn key(ty: ColumnType) -> Column {
    column("id", ty, ColumnSource::Key { api_name: None })
}

fn table(name: &str, columns: Vec<Column>) -> Resource {
    let is_key = |c: &Column| matches!(c.source, ColumnSource::Key { .. });
    Resource {
        singular: name.to_owned(),
        module: name.to_owned(),
        type_name: "ItemRow".to_owned(),
        table: name.to_owned(),
        group: GroupId(0),
        path: String::new(),
        entity: TypeId(0),
        key: columns.iter().position(is_key).unwrap_or(0),
        columns,
        key_source: KeySource::Uuid,
        numbered_from: None,
        parent: None,
        elsewhere: Vec::new(),
        unique: Vec::new(),
        indexes: Vec::new(),
        rules: Rules::default(),
        operations: Vec::new(),
        reasons: Vec::new(),
        was: None,
    }
}

fn service(resources: Vec<Resource>) -> Service {
    Service {
        package: "shop".to_owned(),
        krate: "shop".to_owned(),
        title: String::new(),
        version: String::new(),
        description: None,
        base_path: String::new(),
        groups: Vec::new(),
        operations: Vec::new(),
        types: Vec::new(),
        schemes: Vec::new(),
        requirements: Vec::new(),
        errors: ErrorFormat {
            media_type: String::new(),
            body: ErrorBody::Envelope,
            reasons: Vec::new(),
            schema: None,
        },
        resources,
        events: None,
        said: Default::default(),
        is_expanded: false,
        account_rules: Default::default(),
        outgoing: Vec::new(),
        accounts: None,
        seeds: Vec::new(),
    }
}

fn change(old: &[Resource], new: Vec<Resource>, database: Database) -> Change {
    let before = Before {
        resources: Some(old.to_vec()),
        ..Before::default()
    };
    next(&service(new), &before, database).expect("SQL")
}

fn items() -> Resource {
    let name = field("name", ColumnType::Text);
    table("items", vec![key(ColumnType::Uuid), name])
}

#[test]
fn creates_tables_in_both_dialects() {
    let mut items = table(
        "items",
        vec![
            key(ColumnType::Uuid),
            field("sku", ColumnType::Text),
            field("order", ColumnType::Integer(IntegerKind::I32)),
            nullable(field("price", ColumnType::Number)),
            field("open", ColumnType::Boolean),
            field("day", ColumnType::Date),
            field("at", ColumnType::DateTime),
            field("more", ColumnType::Json(Schema::any())),
        ],
    );
    items.unique = vec![vec![1]];
    items.indexes = vec![vec![2]];
    let owner = ColumnSource::Parent {
        parameter: "item_id".to_owned(),
        api_name: None,
    };
    let mut notes = table(
        "notes",
        vec![
            column("item_id", ColumnType::Uuid, owner),
            key(ColumnType::Integer(IntegerKind::I64)),
        ],
    );
    notes.parent = Some(Parent {
        resource: ResourceId(0),
        column: 0,
    });
    let all = vec![items, notes];
    let sqlite = change(&[], all.clone(), Database::Sqlite);
    assert_eq!(
        sqlite.sql,
        r#"CREATE TABLE items (
    id      BLOB PRIMARY KEY NOT NULL,
    sku     TEXT NOT NULL,
    "order" INTEGER NOT NULL,
    price   REAL,
    open    BOOLEAN NOT NULL,
    day     TEXT NOT NULL,
    at      TEXT NOT NULL,
    more    TEXT NOT NULL
);

CREATE UNIQUE INDEX items_by_sku_key ON items (sku);
CREATE INDEX items_by_order ON items ("order", id);

CREATE TABLE notes (
    item_id BLOB NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    id      INTEGER NOT NULL,
    PRIMARY KEY (item_id, id)
);
"#
    );
    let postgres = change(&[], all, Database::Postgres);
    assert_eq!(
        postgres.sql,
        r#"CREATE TABLE items (
    id      UUID PRIMARY KEY,
    sku     TEXT NOT NULL,
    "order" BIGINT NOT NULL,
    price   DOUBLE PRECISION,
    open    BOOLEAN NOT NULL,
    day     DATE NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    more    JSONB NOT NULL
);

CREATE UNIQUE INDEX items_by_sku_key ON items (sku);
CREATE INDEX items_by_order ON items ("order", id);

CREATE TABLE notes (
    item_id UUID NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    id      BIGINT NOT NULL,
    PRIMARY KEY (item_id, id)
);
"#
    );
}

#[test]
fn quotes_what_sql_takes_for_its_own() {
    for name in ["user", "group", "order", "limit", "select", "2fa", "table"] {
        let table = table(
            name,
            vec![key(ColumnType::Uuid), field(name, ColumnType::Text)],
        );
        let sql = change(&[], vec![table], Database::Sqlite).sql;
        assert!(sql.contains(&format!("CREATE TABLE \"{name}\" (")), "{sql}");
        assert!(sql.contains(&format!("    \"{name}\"")), "{sql}");
    }
    for name in ["users", "name", "key", "_private"] {
        let sql = change(
            &[],
            vec![table(name, vec![key(ColumnType::Uuid)])],
            Database::Sqlite,
        )
        .sql;
        assert!(sql.contains(&format!("CREATE TABLE {name} (")), "{sql}");
    }
}

#[test]
fn keeps_the_names_of_indexes_short_and_apart() {
    let (first, second) = ("a".repeat(70), format!("{}b", "a".repeat(69)));
    let columns = vec![
        key(ColumnType::Uuid),
        field(&first, ColumnType::Text),
        field(&second, ColumnType::Text),
    ];
    let mut items = table("items", columns);
    items.indexes = vec![vec![1], vec![2]];
    let sql = change(&[], vec![items], Database::Postgres).sql;
    let names: Vec<&str> = sql
        .lines()
        .filter_map(|line| line.strip_prefix("CREATE INDEX ")?.split(' ').next())
        .collect();
    assert_eq!(names.len(), 2);
    assert_ne!(names[0], names[1]);
    assert!(names.iter().all(|name| name.len() <= 63), "{names:?}");
}

#[test]
fn says_nothing_of_what_stays() {
    for database in [Database::Sqlite, Database::Postgres, Database::None] {
        assert_eq!(
            change(&[items()], vec![items()], database),
            Change::default()
        );
    }
    assert_eq!(
        change(&[], vec![items()], Database::None),
        Change::default()
    );
}

/// Adds a column to `items`, and tells the statement.
fn added(column: Column, database: Database) -> String {
    let mut new = items();
    new.columns.push(column);
    let change = change(&[items()], vec![new], database);
    assert_eq!(change.slug, ["change_items"]);
    assert!(change.withheld.is_empty(), "{:?}", change.withheld);
    let statements = change.sql.lines().filter(|line| !line.starts_with("--"));
    statements.collect::<Vec<_>>().join("\n")
}

#[test]
fn adds_columns_so_that_rows_that_exist_stay_sound() {
    let cases = [
        (nullable(field("note", ColumnType::Text)), "note TEXT;"),
        (
            field("note", ColumnType::Text),
            "note TEXT NOT NULL DEFAULT '';",
        ),
        (
            filled(
                field("note", ColumnType::Text),
                json!("it's'; DROP TABLE items; --"),
            ),
            "note TEXT NOT NULL DEFAULT 'it''s''; DROP TABLE items; --';",
        ),
        (
            filled(
                field("count", ColumnType::Integer(IntegerKind::I64)),
                json!(7),
            ),
            "count INTEGER NOT NULL DEFAULT 7;",
        ),
        (
            field("open", ColumnType::Boolean),
            "open BOOLEAN NOT NULL DEFAULT FALSE;",
        ),
        (
            filled(
                field("tags", ColumnType::Json(Schema::any())),
                json!(["a'b"]),
            ),
            "tags TEXT NOT NULL DEFAULT '[\"a''b\"]';",
        ),
        (
            field("owner", ColumnType::Uuid),
            "owner BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';",
        ),
    ];
    for (column, expected) in cases {
        let sql = added(column, Database::Sqlite);
        assert_eq!(sql, format!("ALTER TABLE items ADD COLUMN {expected}"));
    }
    let created = ColumnSource::CreatedAt { api_name: None };
    let created = column("created_at", ColumnType::DateTime, created);
    assert_eq!(
        added(created, Database::Postgres),
        "ALTER TABLE items ADD COLUMN created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP;"
    );
}

#[test]
fn adds_and_drops_indexes() {
    let mut new = items();
    new.indexes = vec![vec![1]];
    let add = change(&[items()], vec![new.clone()], Database::Sqlite);
    assert_eq!(add.sql, "CREATE INDEX items_by_name ON items (name, id);\n");
    let drop = change(&[new], vec![items()], Database::Sqlite);
    assert_eq!(drop.sql, "DROP INDEX IF EXISTS items_by_name;\n");
    let mut unique = items();
    unique.unique = vec![vec![1]];
    let add = change(&[items()], vec![unique], Database::Sqlite);
    assert!(
        add.sql
            .contains("CREATE UNIQUE INDEX items_by_name_key ON items (name);")
    );
}

#[test]
fn postgres_allows_null_where_sqlite_cannot() {
    let mut optional = items();
    optional.columns[1].nullable = true;
    let change = change(&[items()], vec![optional], Database::Postgres);
    assert_eq!(
        change.sql,
        "ALTER TABLE items ALTER COLUMN name DROP NOT NULL;\n"
    );
}

/// Users, and tasks that name one of them, or do not.
fn tasks(on_delete: Option<OnDelete>) -> Vec<Resource> {
    let users = table("users", vec![key(ColumnType::Integer(IntegerKind::I64))]);
    let assignee = nullable(field("assignee", ColumnType::Integer(IntegerKind::I64)));
    let integer = ColumnType::Integer(IntegerKind::I64);
    let mut tasks = table("tasks", vec![key(integer), assignee]);
    tasks.indexes = vec![vec![1]];
    let reference = on_delete.map(|on_delete| Reference {
        columns: vec![1],
        resource: ResourceId(0),
        table: "users".to_owned(),
        key: vec!["id".to_owned()],
        on_delete,
    });
    tasks.rules.references.extend(reference);
    vec![users, tasks]
}

#[test]
fn references_come_change_and_go() {
    let steps = [
        None,
        Some(OnDelete::SetNull),
        Some(OnDelete::Restrict),
        None,
    ];
    let database = rusqlite::Connection::open_in_memory().expect("a database");
    let run = |sql: &str| database.execute_batch(sql);
    run("PRAGMA foreign_keys = ON").expect("foreign keys");
    run(&change(&[], tasks(None), Database::Sqlite).sql).expect("tables");
    run("INSERT INTO users VALUES (1), (2); INSERT INTO tasks VALUES (1, 1), (2, 2), (3, 9)")
        .expect("rows");
    let assignees = || -> Vec<Option<i64>> {
        let sql = "SELECT assignee FROM tasks ORDER BY id";
        let mut statement = database.prepare(sql).expect("SQL");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    };
    let next = |index: usize| {
        let (old, new) = (tasks(steps[index]), tasks(steps[index + 1]));
        change(&old, new, Database::Sqlite)
    };
    let added = next(0);
    assert!(added.notes[0].contains("names no row"), "{added:?}");
    run(&added.sql).expect("a reference");
    assert_eq!(assignees(), [Some(1), Some(2), None]);
    run("DELETE FROM users WHERE id = 2").expect("nobody minds");
    assert_eq!(assignees(), [Some(1), None, None]);
    run(&next(1).sql).expect("another rule");
    assert!(run("DELETE FROM users WHERE id = 1").is_err());
    run(&next(2).sql).expect("no reference");
    run("DELETE FROM users WHERE id = 1").expect("nobody minds");
    assert_eq!(assignees(), [Some(1), None, None]);
    let indexes = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'tasks_by_assignee'";
    let count: i64 = database
        .query_row(indexes, [], |row| row.get(0))
        .expect("SQL");
    assert_eq!(count, 1);
}

#[test]
fn postgres_alters_references_and_makes_them_after_all_tables() {
    let cascade = || tasks(Some(OnDelete::Cascade));
    let mut circle = cascade();
    circle.reverse();
    circle[0].rules.references[0].resource = ResourceId(1);
    let made = change(&[], circle, Database::Postgres).sql;
    let add = "ALTER TABLE tasks ADD CONSTRAINT tasks_assignee_fkey FOREIGN KEY (assignee) \
               REFERENCES users (id) ON DELETE CASCADE";
    let place = made.find(add).expect("a constraint");
    assert!(
        made.find("CREATE TABLE users")
            .is_some_and(|table| table < place),
        "{made}"
    );
    let added = change(&tasks(None), cascade(), Database::Postgres);
    assert!(
        added.sql.contains(&format!("{add} NOT VALID;")),
        "{added:?}"
    );
    assert!(added.notes[0].contains("not looked at"), "{added:?}");
    let gone = change(&cascade(), tasks(None), Database::Postgres).sql;
    assert_eq!(
        gone,
        "ALTER TABLE tasks DROP CONSTRAINT IF EXISTS tasks_assignee_fkey;\n"
    );
}

#[test]
fn deleted_rows_leave_unique_keys() {
    let with = |hides: bool| {
        let deleted = nullable(column(
            "deleted_at",
            ColumnType::DateTime,
            ColumnSource::DeletedAt,
        ));
        let mut items = items();
        items.unique = vec![vec![1]];
        if hides {
            items.columns.push(deleted);
            items.rules.deleted_at = Some(2);
        }
        vec![items]
    };
    for database in [Database::Sqlite, Database::Postgres] {
        let sql = change(&with(false), with(true), database).sql;
        let index =
            "CREATE UNIQUE INDEX items_by_name_key ON items (name) WHERE deleted_at IS NULL;";
        assert!(
            sql.contains("DROP INDEX IF EXISTS items_by_name_key;"),
            "{sql}"
        );
        assert!(sql.contains(index), "{sql}");
    }
}
