//! What goes wrong between two versions: renames that are told late, keys of another kind, values
//! that are missing or twice, and what a user's own migration made.

use apigen::config::Database as Kind;

use super::{
    database::kinds,
    project::{Allowed, Project, document},
};

const ITEMS: (&str, &str, &str) = ("/items", "item_id", "Item");
const NOTES: (&str, &str, &str) = ("/items/{item_id}/notes", "note_id", "Note");
const NOTE: &str = "
    Note:
      type: object
      required: [id, text]
      properties: { id: { type: string, format: uuid, readOnly: true }, text: { type: string } }
";

/// A collection of items with these properties.
fn items(required: &str, properties: &str) -> String {
    let schema = format!(
        "
    Item:
      type: object
      required: [id, {required}]
      properties:
        id: {{ type: string, format: uuid, readOnly: true }}
        name: {{ type: string }}
{properties}"
    );
    document(&[ITEMS], &schema)
}

fn renames() -> Allowed {
    Allowed {
        renames: true,
        ..Allowed::default()
    }
}

#[test]
fn a_rename_that_is_told_late_brings_the_values_along() {
    let before = items("name", "        color: { type: string }\n");
    let after = items("name", "        colour: { type: string }\n");
    let said = after.replace(
        "colour: { type: string }",
        "colour: { type: string, x-apigen-was: color }",
    );
    for kind in kinds() {
        for (late, allowed) in [(&after, renames()), (&said, Allowed::default())] {
            let mut project = Project::new(kind, "late");
            project.sync(&before, Allowed::default());
            project.insert();
            let change = project.sync(&after, Allowed::default());
            assert_eq!(change.renames.len(), 1, "{:?}", change.renames);
            // A row that came since, and has another value.
            project.insert();
            let new = project
                .database
                .column("SELECT colour FROM items WHERE colour IS NOT NULL");
            assert_eq!(new.len(), 1);
            let change = project.sync(late, allowed);
            assert_eq!(change.notes.len(), 1, "{:?}", change.notes);
            project.loses_nothing();
            let all = project
                .database
                .column("SELECT colour FROM items WHERE colour IS NOT NULL");
            assert_eq!(all.len(), 2);
            assert!(all.contains(&new[0]));
            // Once is enough.
            assert_eq!(project.sync(late, allowed).sql, "");
        }
    }
}

#[test]
fn who_goes_on_did_not_take_it_for_a_rename() {
    let before = items("name", "        color: { type: string }\n");
    let after = items("name", "        colour: { type: string }\n");
    let more = items(
        "name",
        "        colour: { type: string }\n        more: { type: boolean }\n",
    );
    let mut project = Project::new(Kind::Sqlite, "on");
    for document in [&before, &after, &more] {
        project.sync(document, Allowed::default());
        project.insert();
    }
    assert_eq!(project.sync(&more, renames()).sql, "");
}

#[test]
fn a_table_that_is_told_late_brings_its_rows_along() {
    let tags = |name: &str, was: &str| {
        let path = format!("/{}s", name.to_lowercase());
        let schema = format!(
            "
    {name}:
      type: object
{was}      required: [id, word]
      properties: {{ id: {{ type: string, format: uuid, readOnly: true }}, word: {{ type: string }} }}
"
        );
        document(&[(&path, "tag_id", name)], &schema)
    };
    let (before, after) = (tags("Label", ""), tags("Tag", ""));
    let said = tags("Tag", "      x-apigen-was: Label\n");
    for kind in kinds() {
        for (late, allowed) in [(&after, renames()), (&said, Allowed::default())] {
            let mut project = Project::new(kind, "rows");
            project.sync(&before, Allowed::default());
            project.insert();
            project.sync(&after, Allowed::default());
            project.insert();
            project.sync(late, allowed);
            project.moved("labels", "tags");
            project.loses_nothing();
            assert_eq!(project.sync(late, allowed).sql, "");
        }
    }
}

#[test]
fn keys_of_another_kind_take_their_rows_and_those_below_along() {
    let item = |id: &str, more: &str| {
        let schema = format!(
            "
    Item:
      type: object
      required: [id, name]
      properties:
        id: {{ {id}, readOnly: true }}
        name: {{ type: string }}
{more}"
        );
        document(&[ITEMS, NOTES], &(schema + NOTE))
    };
    let (uuid, text) = ("type: string, format: uuid", "type: string");
    let color = "        color: { type: string }\n";
    for kind in kinds() {
        let mut project = Project::new(kind, "keys");
        project.sync(&item(uuid, ""), Allowed::default());
        project.insert();
        project.sync(&item(uuid, color), Allowed::default());
        project.own("ALTER TABLE items ADD COLUMN legacy_id INTEGER DEFAULT 42;");
        project.insert();
        let change = project.sync(&item(text, color), Allowed::default());
        assert!(!change.withheld.is_empty());
        let legacy = project.database.column("SELECT legacy_id FROM items");
        assert_eq!(legacy, ["42", "42"], "{}", change.sql);
        for (table, count) in [("items", 2), ("notes", 2), ("items_was", 2)] {
            assert_eq!(
                project.database.rows(table).len(),
                count,
                "{table}: {}",
                change.sql
            );
        }
        project.loses_nothing();
    }
}

#[test]
fn rows_without_a_value_get_one_and_it_is_told() {
    for kind in kinds() {
        let mut project = Project::new(kind, "required");
        project.sync(
            &items("name", "        size: { type: integer }\n"),
            Allowed::default(),
        );
        project.insert();
        let sql = "UPDATE items SET size = NULL;";
        project.database.run(sql);
        let both = "        size: { type: integer }\n        place: { type: string }\n";
        let change = project.sync(&items("name, size, place", both), Allowed::default());
        let told = change.notes.join("\n");
        assert!(
            told.contains("rows of `items` without a value get 0 for `size`"),
            "{told}"
        );
        assert!(
            told.contains("rows of `items` that exist get '' for `place`"),
            "{told}"
        );
        assert_eq!(project.database.column("SELECT size FROM items"), ["0"]);
        project.insert();
    }
}

#[test]
fn a_migration_that_fails_leaves_nothing_behind() {
    for kind in kinds() {
        let mut project = Project::new(kind, "twice");
        project.sync(&items("name", ""), Allowed::default());
        project.insert();
        project.insert();
        project.database.run("UPDATE items SET name = 'the same';");
        let shape = project.database.shape("items");
        let unique = items("name, size", "        size: { type: integer }\n");
        let unique = unique.replace(
            "name: { type: string }",
            "name: { type: string, description: A unique name }",
        );
        let change = project.change(&unique);
        assert!(
            change.notes.join("\n").contains("unique by `name`"),
            "{:?}",
            change.notes
        );
        assert!(change.sql.contains("ADD COLUMN size"), "{}", change.sql);
        assert!(project.database.try_run(&change.sql).is_err());
        assert_eq!(project.database.shape("items"), shape);
        // Once they are apart, it runs.
        project.database.run("DELETE FROM items;");
        project.database.run(&change.sql);
    }
}

#[test]
fn triggers_of_the_users_outlive_a_column_of_another_type() {
    let trigger = |kind| {
        match kind {
        Kind::Postgres => {
            "CREATE TABLE seen (price TEXT);
CREATE FUNCTION note_it() RETURNS trigger AS $$ BEGIN INSERT INTO seen VALUES (NEW.price); RETURN NEW; END $$ LANGUAGE plpgsql;
CREATE TRIGGER watch AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION note_it();"
        }
        _ => {
            "CREATE TABLE seen (price TEXT);
CREATE TRIGGER watch AFTER INSERT ON items BEGIN
    INSERT INTO seen VALUES (CASE WHEN NEW.price IS NULL THEN 'none' ELSE NEW.price END);
END;
CREATE INDEX \"My Index\" ON items (price) WHERE price IS NOT NULL;"
        }
    }
    };
    for kind in kinds() {
        let mut project = Project::new(kind, "trigger");
        let price = |ty: &str| items("name, price", &format!("        price: {{ type: {ty} }}\n"));
        project.sync(&price("string"), Allowed::default());
        project.own(trigger(kind));
        project.insert();
        project.sync(&price("number"), Allowed::default());
        project.insert();
        let seen = project.database.column("SELECT price FROM seen");
        assert_eq!(seen.len(), 2, "{seen:?}");
        project.loses_nothing();
    }
}

#[test]
fn the_numbers_of_rows_that_are_there_go_on_where_they_were() {
    let item = |more: &str| {
        let schema = format!(
            "
    Item:
      type: object
      required: [id, name]
      properties:
        id: {{ type: integer, format: int64, readOnly: true, minimum: 3 }}
        name: {{ type: string }}
{more}"
        );
        document(&[ITEMS, NOTES], &(schema + NOTE))
    };
    let uncounted = Allowed {
        uncounted: true,
        ..Allowed::default()
    };
    let color = "        color: { type: string }\n";
    for kind in kinds() {
        let mut fresh = Project::new(kind, "fresh");
        fresh.sync(&item(color), Allowed::default());
        let mut project = Project::new(kind, "counted");
        project.sync(&item(""), uncounted);
        project.own("ALTER TABLE items ADD COLUMN legacy_id INTEGER DEFAULT 42;");
        for _ in 0..4 {
            project.insert();
        }
        let change = project.sync(&item(color), Allowed::default());
        let told = change.notes.join("\n");
        assert!(told.contains("`items` that are deleted"), "{told}");
        project.loses_nothing();
        project
            .database
            .run("ALTER TABLE items DROP COLUMN legacy_id;");
        let shape = fresh.database.shape("items");
        assert_eq!(project.database.shape("items"), shape, "{}", change.sql);
        assert!(shape.contains("counted"), "{shape:?}");
        // Another branch did it, too: what is counted stays so.
        let again = change.sql.replace("ADD COLUMN color", "ADD COLUMN colour");
        for (project, numbers) in [(&project, ["8", "9"]), (&fresh, ["3", "4"])] {
            for number in numbers {
                let insert = "INSERT INTO items (name) VALUES ('new');";
                project.database.run(insert);
                let last = project.database.column("SELECT MAX(id) FROM items");
                assert_eq!(last, [number], "{}", change.sql);
                let delete = format!("DELETE FROM items WHERE id = {number};");
                project.database.run(&delete);
                if number == "8" {
                    project.database.run(&again);
                }
            }
        }
        assert_eq!(project.sync(&item(color), Allowed::default()).sql, "");
    }
}
