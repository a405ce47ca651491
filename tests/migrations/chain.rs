//! A project through ten versions of its document, with rows stored at each.

use apigen::config::Database as Kind;

use super::{
    database::kinds,
    project::{Allowed, Project, document},
};

const ITEMS: (&str, &str, &str) = ("/items", "item_id", "Item");
const REVIEWS: (&str, &str, &str) = ("/items/{item_id}/reviews", "review_id", "Review");
const LABELS: (&str, &str, &str) = ("/labels", "label_id", "Label");
const TAGS: (&str, &str, &str) = ("/tags", "tag_id", "Tag");

const LABEL: &str = "
    Label:
      type: object
      required: [id, word]
      properties: { id: { type: string, format: uuid, readOnly: true }, word: { type: string } }
";
const TAG: &str = "
    Tag:
      type: object
      x-apigen-was: Label
      required: [id, word]
      properties: { id: { type: string, format: uuid, readOnly: true }, word: { type: string } }
";
const REVIEW: &str = "
    Review:
      type: object
      required: [id, stars, text]
      properties:
        id: { type: string, format: uuid, readOnly: true }
        stars: { type: integer }
        text: { type: string }
";

fn item(required: &str, properties: &str) -> String {
    format!(
        "
    Item:
      type: object
      required: [id, {required}]
      properties:
        id: {{ type: string, format: uuid, readOnly: true }}
{properties}"
    )
}

/// What changes from version to version.
fn versions() -> Vec<String> {
    let review = REVIEW.replace("text", "body");
    let with = |collections: &[_], item: String, rest: &[&str]| {
        document(collections, &(item + &rest.concat()))
    };
    let all = [ITEMS, REVIEWS, LABELS];
    let tags = [ITEMS, REVIEWS, TAGS];
    let rest = [REVIEW, LABEL];
    vec![
        with(
            &all,
            item(
                "sku, name, price, size",
                "        sku: { type: string, description: A unique number }
        name: { type: string }
        price: { type: string }
        size: { type: string, enum: [s, m, l] }
",
            ),
            &rest,
        ),
        // Columns are added: optional, with a default, without one.
        with(
            &all,
            item(
                "sku, name, price, size, stock, origin",
                "        sku: { type: string, description: A unique number }
        name: { type: string }
        price: { type: string }
        size: { type: string, enum: [s, m, l] }
        color: { type: string }
        stock: { type: integer }
        origin: { type: string, default: here }
        created_at: { type: string, format: date-time, readOnly: true }
",
            ),
            &rest,
        ),
        // A type that not all values fit.
        with(
            &all,
            item(
                "sku, name, price, size, stock, origin",
                "        sku: { type: string, description: A unique number }
        name: { type: string }
        price: { type: number }
        size: { type: string, enum: [s, m, l] }
        color: { type: string }
        stock: { type: integer }
        origin: { type: string, default: here }
        created_at: { type: string, format: date-time, readOnly: true }
",
            ),
            &rest,
        ),
        // A required property goes, and so does a unique key.
        with(
            &all,
            item(
                "sku, price, size, stock, origin",
                "        sku: { type: string }
        price: { type: number }
        size: { type: string, enum: [s, m, l] }
        color: { type: string }
        stock: { type: integer }
        origin: { type: string, default: here }
        created_at: { type: string, format: date-time, readOnly: true }
",
            ),
            &rest,
        ),
        // A property and a table are renamed.
        with(
            &tags,
            item(
                "sku, price, size, stock, origin",
                "        sku: { type: string }
        price: { type: number }
        size: { type: string, enum: [s, m, l] }
        colour: { type: string, x-apigen-was: color }
        stock: { type: integer }
        origin: { type: string, default: here }
        created_at: { type: string, format: date-time, readOnly: true }
",
            ),
            &[REVIEW, TAG],
        ),
        // A wider type, less that is required, and more.
        with(
            &tags,
            item(
                "sku, price, size, stock, colour",
                "        sku: { type: string }
        price: { type: number }
        size: { type: string, enum: [s, m, l] }
        colour: { type: string, default: red }
        stock: { type: number }
        origin: { type: string }
        created_at: { type: string, format: date-time, readOnly: true }
",
            ),
            &[REVIEW, TAG],
        ),
        // An enum has another value, and a unique key is back.
        with(
            &tags,
            item(
                "sku, price, size, stock, colour",
                "        sku: { type: string, description: A unique number }
        price: { type: number }
        size: { type: string, enum: [s, m, l, xl] }
        colour: { type: string, default: red }
        stock: { type: number }
        origin: { type: string }
        created_at: { type: string, format: date-time, readOnly: true }
",
            ),
            &[REVIEW, TAG],
        ),
        // An enum loses one, a table goes, and a property is back.
        with(
            &[ITEMS, REVIEWS],
            item(
                "sku, name, price, size, stock, colour",
                "        sku: { type: string, description: A unique number }
        name: { type: string, default: none }
        price: { type: number }
        size: { type: string, enum: [s, l, xl] }
        colour: { type: string, default: red }
        stock: { type: number }
        origin: { type: string }
        created_at: { type: string, format: date-time, readOnly: true }
",
            ),
            &[REVIEW],
        ),
        // What looks renamed, and is.
        with(
            &[ITEMS, REVIEWS],
            item(
                "sku, name, price, size, stock, colour",
                "        sku: { type: string, description: A unique number }
        name: { type: string, default: none }
        price: { type: number }
        size: { type: string, enum: [s, l, xl] }
        colour: { type: string, default: red }
        stock: { type: number }
        origin: { type: string }
        created_at: { type: string, format: date-time, readOnly: true }
",
            ),
            &[&review],
        ),
        // A parameter of the path is renamed, and the type of a property that may be absent.
        with(
            &[
                ("/items", "thing_id", "Item"),
                ("/items/{thing_id}/reviews", "review_id", "Review"),
            ],
            item(
                "sku, name, price, size, stock, colour",
                "        sku: { type: string, description: A unique number }
        name: { type: string, default: none }
        price: { type: string }
        size: { type: string, enum: [s, l, xl] }
        colour: { type: string, default: red }
        stock: { type: integer }
        origin: { type: array, items: { type: string } }
        created_at: { type: string, format: date-time, readOnly: true }
",
            ),
            &[&review],
        ),
    ]
}

#[test]
fn rows_outlive_ten_versions() {
    for kind in kinds() {
        let mut project = Project::new(kind, "chain");
        for (index, version) in versions().iter().enumerate() {
            let allowed = Allowed {
                renames: index == 8,
                ..Allowed::default()
            };
            project.sync(version, allowed);
            if index == 4 {
                project.moved("labels", "tags");
            }
            if index == 1 {
                project.own(
                    "-- A migration of the user's own.
ALTER TABLE items ADD COLUMN legacy_id INTEGER DEFAULT 42;
CREATE INDEX my_index ON items (legacy_id, price);
CREATE VIEW dear AS SELECT id, price FROM items;",
                );
            }
            for _ in 0..3 {
                project.insert();
            }
            project.loses_nothing();
        }
        assert_eq!(project.migrations.len(), 11);
        is_like_fresh(&project, kind);
        let own = project.database.column("SELECT legacy_id FROM items");
        assert!(own.iter().all(|value| value == "42"), "{own:?}");
        let dear = project.database.column("SELECT count(*) FROM dear");
        assert_eq!(dear, ["30"]);
        let tables = project.database.tables();
        assert!(tables.contains("tags"), "{tables:?}");

        // With consent, what is no longer used goes.
        let last = versions().pop().expect("a version");
        let allowed = Allowed {
            uncounted: false,
            destructive: true,
            renames: false,
        };
        let change = project.sync(&last, allowed);
        assert_eq!(change.retired, []);
        assert_eq!(change.withheld, [""; 0]);
        is_like_fresh(&project, kind);
        assert_eq!(project.database.rows("items").len(), 30);
        assert_eq!(project.database.rows("reviews").len(), 30);
        assert!(!project.database.tables().contains("tags"));
    }
}

/// The tables are what they would be in a new database, but for columns that are retired or the
/// user's.
fn is_like_fresh(project: &Project, kind: Kind) {
    let service = project.service.as_ref().expect("a service");
    let mut fresh = Project::new(kind, "fresh");
    let last = versions().pop().expect("a version");
    fresh.sync(&last, Allowed::default());
    let stored = project.stored.as_ref().expect("a memory");
    for resource in &service.resources {
        let table = &resource.table;
        let mut shape = project.database.shape(table);
        let retired = stored.retired.iter().filter(|r| r.table == *table);
        let retired = retired.flat_map(|r| r.columns.iter().map(|c| c.name.as_str()));
        let own = (table == "items").then_some("legacy_id");
        for name in retired.chain(own) {
            let before = shape.len();
            shape.retain(|line| !line.contains(name));
            assert!(shape.len() < before, "{table} has no column `{name}`");
        }
        assert_eq!(shape, fresh.database.shape(table), "{kind:?}");
    }
}
