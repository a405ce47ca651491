//! `[aggregate.NAME]`: what is wrong is told at its place, and what is right is documented.

use serde_json::{Value, json};

use super::world::World;

const HOME: &str = "\n[aggregate.home]\npath = \"/home/{id}\"\n\n[aggregate.home.calls]\n";
const ITEM: &str = "item = { operation = \"getItem\", with = { item_id = \"path.id\" } }\n";

#[test]
fn what_does_not_fit_is_told_at_its_place() {
    let world = World::new("services");
    let own = world.read("apigen.toml");
    let start = own.lines().count();
    let calls = |calls: &str| format!("{HOME}{calls}");
    let aggregate = |path: &str| {
        format!("\n[aggregate.home]\npath = \"{path}\"\ncalls = {{ all = \"listItems\" }}\n")
    };
    for (choices, place, words) in [
        (
            calls("item = \"getItems\"\n"),
            (6, 8),
            ["no operation `getItems`", "`getItem`?"],
        ),
        (
            calls("all = \"listItems\"\nitem = { operation = \"getItems\" }\n"),
            (7, 1),
            ["no operation `getItems`", "`getItem`?"],
        ),
        (
            calls("item = \"createItem\"\n"),
            (6, 8),
            ["`createItem` is no GET", "is joined"],
        ),
        (
            calls(
                "item = { operation = \"streamItemEvents\", with = { item_id = \"path.id\" } }\n",
            ),
            (6, 1),
            ["`streamItemEvents` answers with no JSON", "is joined"],
        ),
        (
            calls("item = \"getItem\"\n"),
            (6, 8),
            [
                "nothing says what the parameter `item_id` of `getItem` is",
                "path.NAME",
            ],
        ),
        (
            calls(&ITEM.replace("path.id", "path.item")),
            (6, 1),
            ["the path `/home/{id}`", "has no `{item}`"],
        ),
        (
            calls(&ITEM.replace("item_id =", "it =")),
            (6, 1),
            ["`getItem` has no parameter `it`", "item_id"],
        ),
        (
            aggregate("/items/{id}"),
            (2, 12),
            ["the document has the path", "`/items/{item_id}`"],
        ),
        (
            format!(
                "{HOME}{ITEM}{}",
                aggregate("/home/{x}").replace(".home]", ".other]")
            ),
            (8, 12),
            ["`aggregate.home`", "has this path already"],
        ),
    ] {
        world.write("apigen.toml", &format!("{own}{choices}"));
        let run = world.run(&["sync"]).ends(1, &words);
        let place = format!("apigen.toml:{}:{}", start + place.0, place.1);
        assert!(run.err.contains(&place), "no {place} in:\n{}", run.err);
    }
}

/// What the gateway's document says of a path.
fn joined(world: &World, path: &str) -> Value {
    let text = world.read("services/gateway/src/openapi.json");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    document["paths"][path]["get"].clone()
}

#[test]
fn the_document_of_the_gateway_has_what_it_joins() {
    let more = "more = { operation = \"listReviews\", with = { item_id = \"path.id\", cursor = \"query.at\" }, required = false }\n";
    let world = World::new("services");
    let own = world.read("apigen.toml");
    world.write("apigen.toml", &format!("{own}{HOME}{ITEM}{more}"));
    world.run(&["sync"]).ends(0, &["In step"]);
    world.is_in_step();
    let home = joined(&world, "/home/{id}");
    let parameters = json!([
        { "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } },
        {
            "name": "at", "in": "query", "required": false, "schema": { "type": "string" },
            "description": "Where the last page ended, from its `next_cursor`"
        }
    ]);
    assert_eq!(home["parameters"], parameters);
    let schema = &home["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(schema["required"], json!(["item", "more"]));
    let members = &schema["properties"];
    assert_eq!(
        members["item"],
        json!({ "$ref": "#/components/schemas/Item" })
    );
    let page = json!({ "$ref": "#/components/schemas/ReviewPage" });
    assert_eq!(
        members["more"],
        json!({ "allOf": [page], "nullable": true })
    );
    assert!(members["errors"]["additionalProperties"].is_object());
    assert!(home.get("security").is_none(), "{home}");
    // The services' own documents say nothing of it.
    assert!(!world.read("services/items/openapi.yaml").contains("/home"));
    assert!(!world.read("openapi.yaml").contains("/home"));
}

const OLD: &str = "
swagger: '2.0'
info: { title: Old, version: '1' }
securityDefinitions: { key: { type: apiKey, in: header, name: X-Key } }
security: [key: []]
paths:
  /a/{id}:
    get:
      operationId: home
      tags: [a]
      parameters: [{ name: id, in: path, required: true, type: integer, minimum: 1 }]
      responses: { '200': { description: It, schema: { $ref: '#/definitions/A' } } }
  /b:
    get:
      operationId: b
      tags: [b]
      security: []
      parameters: [{ name: id, in: query, type: integer }]
      responses: { '200': { description: It, schema: { type: array, items: { $ref: '#/definitions/A' } } } }
definitions: { A: { type: object, properties: { id: { type: integer } } } }
";

#[test]
fn a_document_of_any_dialect_gains_paths_in_its_own() {
    let world = World::named("old", "services", OLD);
    let text = world.read("apigen.toml");
    let home = HOME.replace("{id}", "{n}");
    let calls = "a = { operation = \"home\", with = { id = \"path.n\" } }\n\
                 b = { operation = \"b\", with = { id = \"path.n\" }, required = false }\n";
    world.write("apigen.toml", &format!("{text}{home}{calls}"));
    world.run(&["sync"]).ends(0, &["In step"]);
    let home = joined(&world, "/home/{n}");
    assert_eq!(home["operationId"], "joined-home");
    assert_eq!(home["security"], json!([{ "key": [] }]));
    let parameter =
        json!({ "name": "n", "in": "path", "required": true, "type": "integer", "minimum": 1 });
    assert_eq!(home["parameters"], json!([parameter]));
    let members = &home["responses"]["200"]["schema"]["properties"];
    assert_eq!(members["a"], json!({ "$ref": "#/definitions/A" }));
    assert_eq!(members["b"]["x-nullable"], true);
    let folder = world.root.join("services/gateway/src");
    let run = crate::run::apigen(&folder, &["validate", "openapi.json"]);
    assert_eq!(run.code, 0, "{}", run.err);
}
