//! Both branches changed the tables: each migration gets a number of its own, and none comes twice.

use std::fs;

use super::{
    COLOR, COMPONENTS, PLACE, STARS, STATS, TITLE,
    repository::{Repository, apigen},
    with,
};
use crate::run::told;

const PLANTS: &str = "0002_create_plants";
const STONES: &str = "0002_create_stones";

/// The paths of a resource of this name.
fn table(name: &str) -> String {
    let schema = "{ type: object, required: [id], properties: { id: { type: string, format: uuid, readOnly: true }, text: { type: string } } }";
    let content = |schema: &str| format!("content: {{ application/json: {{ schema: {schema} }} }}");
    let (one, list) = (
        content(schema),
        content(&format!("{{ type: array, items: {schema} }}")),
    );
    format!(
        "  /{name}:\n    get:\n      tags: [{name}]\n      responses: {{ \"200\": {{ description: All, {list} }} }}\n    post:\n      tags: [{name}]\n      requestBody: {{ required: true, {one} }}\n      responses: {{ \"201\": {{ description: New, {one} }} }}\n"
    )
}

/// Branch `one` adds plants, branch `two` stones; the last is checked out.
fn two_tables(database: &'static str) -> Repository {
    let repository = Repository::on(database);
    let plants = with(&table("plants"), STATS);
    repository.branch("one", &[("openapi.yaml", STATS, &plants)]);
    let stones = with(&table("stones"), COMPONENTS);
    repository.branch("two", &[("openapi.yaml", COMPONENTS, &stones)]);
    repository
}

/// Branch `one` adds a colour to the notes, branch `two` a place; the last is checked out.
fn two_columns() -> Repository {
    let repository = Repository::new();
    repository.branch("one", &[("openapi.yaml", STARS, &with(COLOR, STARS))]);
    repository.branch("two", &[("openapi.yaml", TITLE, &with(PLACE, TITLE))]);
    repository
}

/// What has one number is told, and put right.
fn is_renumbered(repository: &Repository, wanted: &[&str]) {
    let told = repository.run("check", 2);
    assert!(told.contains("migration-number"), "{told}");
    let told = repository.sync(0);
    assert!(told.contains(" renumbered"), "{told}");
    repository.has_migrations(wanted);
}

/// The plants came to main first, whichever way the stones come.
fn plants_come_first(repository: &Repository) {
    is_renumbered(repository, &["0001_initial", PLANTS, "0003_create_stones"]);
    repository.is_healed();
    for table in ["plants", "stones"] {
        assert_eq!(repository.count(&format!("CREATE TABLE {table} ")), 1);
    }
    let lock = repository.read(".apigen/lock");
    assert!(
        lock.contains("0003_create_stones.sql") && !lock.contains(STONES),
        "{lock}"
    );
    let models = repository.read("src/models/mod.rs");
    assert!(models.contains("0003_create_stones.sql") && !models.contains(STONES));
}

#[test]
fn a_branch_merges_main() {
    let repository = two_tables("sqlite");
    repository.git(&["branch", "--force", "main", "one"]);
    repository.try_git(&["merge", "main"]);
    plants_come_first(&repository);
    repository.commit();
    repository.is_healed();
}

#[test]
fn a_branch_merged_main_and_nobody_synced() {
    let repository = two_tables("postgres");
    repository.git(&["branch", "--force", "main", "one"]);
    repository.try_git(&["merge", "main"]);
    repository.commit();
    plants_come_first(&repository);
}

#[test]
fn main_merges_a_branch() {
    let repository = two_tables("sqlite");
    repository.git(&["branch", "--force", "main", "one"]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository.try_git(&["merge", "two"]);
    repository.commit();
    plants_come_first(&repository);
}

#[test]
fn a_branch_is_squashed_picked_or_rebased() {
    for way in [&["merge", "--squash", "two"][..], &["cherry-pick", "two"]] {
        let repository = two_tables("sqlite");
        repository.git(&["branch", "--force", "main", "one"]);
        repository.git(&["checkout", "--quiet", "main"]);
        repository.try_git(way);
        plants_come_first(&repository);
        repository.commit();
    }
    let repository = two_tables("sqlite");
    repository.git(&["branch", "--force", "main", "one"]);
    repository.try_git(&["rebase", "main"]);
    plants_come_first(&repository);
    repository.git(&["add", "--all"]);
    repository.git(&["rebase", "--continue"]);
    repository.is_healed();
}

#[test]
fn without_git_names_decide() {
    let repository = two_tables("sqlite");
    repository.try_git(&["merge", "one"]);
    fs::remove_dir_all(repository.root().join(".git")).expect("removed");
    let told = repository.run("check", 2);
    assert!(told.contains("git does not know which is older"), "{told}");
    assert!(told.contains(PLANTS) && told.contains(STONES), "{told}");
    repository.sync(0);
    repository.has_migrations(&["0001_initial", PLANTS, "0003_create_stones"]);
}

#[test]
fn a_user_s_own_migration_moves_with_its_bytes() {
    let repository = two_tables("sqlite");
    let own = "migrations/sqlite/0003_own.sql";
    let text = "-- Mine: ä\r\nCREATE INDEX own ON stones (text);\r\n";
    repository.write(own, text);
    repository.sync(0);
    repository.commit();
    repository.git(&["branch", "--force", "main", "one"]);
    repository.try_git(&["merge", "main"]);
    let names = ["0001_initial", PLANTS, "0003_create_stones", "0004_own"];
    let told = repository.run("check", 2);
    assert!(
        told.contains("0003_own.sql") && told.contains("0004_own.sql"),
        "{told}"
    );
    is_renumbered(&repository, &names);
    repository.is_healed();
    assert_eq!(repository.read("migrations/sqlite/0004_own.sql"), text);
}

#[test]
fn both_change_a_table() {
    let repository = two_columns();
    repository.git(&["branch", "--force", "main", "one"]);
    repository.try_git(&["merge", "main"]);
    // Git made one file of two, with markers.
    repository.has_migrations(&["0001_initial", "0002_change_notes"]);
    let names = ["0001_initial", "0002_change_notes", "0003_change_notes"];
    is_renumbered(&repository, &names);
    repository.is_healed();
    let migrations = repository.migrations();
    assert!(
        migrations[1].1.contains("ADD COLUMN color "),
        "{migrations:?}"
    );
    assert!(
        migrations[2].1.contains("ADD COLUMN place "),
        "{migrations:?}"
    );
    for column in ["color", "place"] {
        assert_eq!(repository.count(&format!("ADD COLUMN {column} ")), 1);
    }
}

#[test]
fn both_make_one_thing() {
    let repository = Repository::new();
    let text = "        color: { type: string }\n";
    let number = "        color: { type: integer }\n";
    repository.branch("one", &[("openapi.yaml", STARS, &with(text, STARS))]);
    repository.branch("two", &[("openapi.yaml", STARS, &with(number, STARS))]);
    repository.try_git(&["merge", "one"]);
    repository.git(&["checkout", "--quiet", "two", "--", "openapi.yaml"]);
    for command in ["check", "sync"] {
        let told = repository.run(command, 1);
        assert!(
            told.contains("make the column `color` of `notes`"),
            "{told}"
        );
    }
}

#[test]
fn the_merged_project_runs() {
    let repository = two_tables("sqlite");
    repository.git(&["branch", "--force", "main", "one"]);
    repository.try_git(&["merge", "main"]);
    repository.sync(0);
    let database = rusqlite::Connection::open_in_memory().expect("SQLite");
    for (name, sql) in repository.migrations() {
        database.execute_batch(&sql).expect(&name);
    }
    for table in ["notes", "plants", "stones"] {
        let sql = format!("SELECT count(*) FROM {table}");
        let count = database.query_row(&sql, [], |row| row.get::<_, i64>(0));
        assert_eq!(count.expect("a table"), 0);
    }
    repository.compiles();
}

#[test]
fn the_merged_migrations_run_on_a_server() {
    let Some(server) = std::env::var("TEST_POSTGRES_URL")
        .ok()
        .filter(|u| !u.is_empty())
    else {
        return;
    };
    let repository = two_tables("postgres");
    repository.git(&["branch", "--force", "main", "one"]);
    repository.try_git(&["merge", "main"]);
    repository.sync(0);
    let migrations = repository.migrations();
    let sql: String = migrations.iter().map(|(_, sql)| sql.as_str()).collect();
    let schema = format!("branches_{}", std::process::id());
    let script = format!(
        "CREATE SCHEMA {schema}; SET search_path = {schema}; {sql}; \
         SELECT id FROM plants UNION SELECT id FROM stones; DROP SCHEMA {schema} CASCADE;"
    );
    let psql = std::process::Command::new("psql")
        .args(["-q", "-1", "-v", "ON_ERROR_STOP=1", &server, "-c", &script])
        .output()
        .expect("psql");
    assert!(psql.status.success(), "{}", told(&psql));
}

#[test]
fn both_wrote_a_migration_of_one_name() {
    let repository = Repository::new();
    let own = "migrations/sqlite/0002_own.sql";
    for (branch, text) in [("one", "SELECT 1;\n"), ("two", "SELECT 2;\n")] {
        repository.git(&["checkout", "--quiet", "-b", branch, "main"]);
        repository.write(own, text);
        repository.sync(0);
        repository.commit();
    }
    repository.try_git(&["merge", "one"]);
    for command in ["check", "sync"] {
        let output = apigen(&repository.root(), &[command]);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains("0002_own.sql` holds the markers of a merge conflict"));
    }
}
