//! Schemas: what each becomes in the model, printed compactly.
//!
//! `a: T` is required, `a?: T` optional, `a?: T = v` defaulted, `a~: T` part of a PATCH.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write;

use apigen::{
    lower::schema::{Direction, Finished, Place, Schemas},
    model::{
        Additional, Field, NumberRules, Presence, Schema, StringRules, Type, TypeDef, TypeKind,
        UnionMode,
    },
    spec::{Document, parse},
};

/// Lowers components, each use being `request`, `response` or `patch` and a schema, and compares
/// the uses' types, the types and the codes of the diagnostics.
#[track_caller]
fn check(components: &str, uses: &[&str], expected: &str) {
    assert_eq!(
        print(components, uses).trim(),
        unindent(expected),
        "\n{components}"
    );
}

fn print(components: &str, uses: &[&str]) -> String {
    let document = document(components, uses);
    let (finished, uses) = lower(&document, uses);
    let mut out = String::new();
    for schema in &uses {
        writeln!(out, "{}", schema_text(schema, &finished.types)).unwrap();
    }
    for def in &finished.types {
        writeln!(out, "{}", def_text(def, &finished.types)).unwrap();
    }
    for diagnostic in &finished.diagnostics {
        writeln!(out, "! {}", diagnostic.code).unwrap();
    }
    out
}

fn unindent(text: &str) -> String {
    let lines = text.trim().lines().map(str::trim);
    lines.collect::<Vec<_>>().join("\n")
}

fn document(components: &str, uses: &[&str]) -> Document {
    let mut text = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n".to_owned();
    for (index, one) in uses.iter().enumerate() {
        let (_, schema) = one.split_once(' ').unwrap();
        let body = format!("{{content: {{application/json: {{schema: {schema}}}}}}}");
        writeln!(text, "  /u{index}: {{post: {{operationId: u{index}, requestBody: {body}, responses: {{'204': {{description: d}}}}}}}}").unwrap();
    }
    writeln!(
        text,
        "components:\n  schemas:\n    {}",
        components.trim().replace('\n', "\n    ")
    )
    .unwrap();
    match parse("t.yaml", text.clone()) {
        Ok((document, _)) => document,
        Err(refusal) => panic!("{:#?}\n{text}", refusal.diagnostics),
    }
}

fn lower(document: &Document, uses: &[&str]) -> (Finished, Vec<Schema>) {
    let mut schemas = Schemas::new(document);
    let mut lowered = Vec::new();
    for (index, one) in uses.iter().enumerate() {
        let pointer =
            format!("/paths/~1u{index}/post/requestBody/content/application~1json/schema");
        let direction = if one.starts_with("response") {
            Direction::Response
        } else {
            Direction::Request
        };
        let place = Place {
            direction,
            is_patch: one.starts_with("patch"),
            module: format!("use{index}"),
            type_name: format!("Use{index}"),
            api_name: format!("use{index}"),
        };
        lowered.push(schemas.lower(document.root.pointer(&pointer).unwrap(), &place));
    }
    let finished = schemas.finish();
    lowered.iter_mut().for_each(|schema| finished.remap(schema));
    (finished, lowered)
}

fn def_text(def: &TypeDef, types: &[TypeDef]) -> String {
    let (name, module) = (&def.name, &def.module);
    let mut text = match &def.kind {
        TypeKind::Struct(item) => {
            let fields: Vec<String> = item
                .fields
                .iter()
                .map(|field| field_text(field, types))
                .collect();
            let mut text = format!("{module}::{name} {{{}}}", fields.join(", "));
            match &item.additional {
                Additional::Ignore => {}
                Additional::Deny => text += " deny",
                Additional::Keep { name, values } => {
                    text += &format!(" {name}: {}", schema_text(values, types))
                }
            }
            text += &bounds("properties", item.min_properties, item.max_properties);
            if !item.ignored.is_empty() {
                text += &format!(" ignored {}", item.ignored.join(" "));
            }
            text
        }
        TypeKind::Enum(list) => {
            let variants = list
                .variants
                .iter()
                .map(|v| format!("{}={}", v.name, v.value));
            let default = list
                .default
                .map(|index| format!(" default {}", list.variants[index].name));
            let variants = variants.collect::<Vec<_>>().join(" ");
            format!("{module}::{name} {variants}{}", default.unwrap_or_default())
        }
        TypeKind::Union(union) => {
            let mode = if union.mode == UnionMode::OneOf {
                "oneOf"
            } else {
                "anyOf"
            };
            let tag = union.tag.as_ref().map(|tag| {
                format!(
                    " by {}{}",
                    tag.api_name,
                    if tag.declared { "" } else { " (undeclared)" }
                )
            });
            let variants = union.variants.iter().map(|v| {
                let tags = if v.tags.is_empty() {
                    String::new()
                } else {
                    format!(" {}", v.tags.join("/"))
                };
                let boxed = if v.boxed { "box " } else { "" };
                format!("{}{tags}: {boxed}{}", v.name, schema_text(&v.schema, types))
            });
            format!(
                "{module}::{name} {mode}{} {{{}}}",
                tag.unwrap_or_default(),
                variants.collect::<Vec<_>>().join(", ")
            )
        }
        TypeKind::Newtype(schema) => format!("{module}::{name} = {}", schema_text(schema, types)),
    };
    if let Some(description) = &def.description {
        text += &format!(" // {description}");
    }
    text
}

fn field_text(field: &Field, types: &[TypeDef]) -> String {
    let sign = match field.presence {
        Presence::Required => "",
        Presence::Defaulted | Presence::Optional => "?",
        Presence::Patch => "~",
    };
    let boxed = if field.boxed { "box " } else { "" };
    let side = match (field.read_only, field.write_only) {
        (true, _) => "ro ",
        (_, true) => "wo ",
        _ => "",
    };
    let doc = field
        .description
        .as_ref()
        .map(|text| format!(" // {text}"))
        .unwrap_or_default();
    format!(
        "{side}{}{sign}: {boxed}{}{doc}",
        field.name,
        schema_text(&field.schema, types)
    )
}

fn schema_text(schema: &Schema, types: &[TypeDef]) -> String {
    let mut text = match &schema.ty {
        Type::String(rules) => string_text(rules),
        Type::Integer(kind, rules) => format!("{kind:?}").to_lowercase() + &number_text(rules),
        Type::Number(rules) => "number".to_owned() + &number_text(rules),
        Type::Boolean => "bool".to_owned(),
        Type::Array {
            items,
            min,
            max,
            unique,
        } => {
            let unique = if *unique { " unique" } else { "" };
            format!(
                "[{}]{}{unique}",
                schema_text(items, types),
                bounds("items", *min, *max)
            )
        }
        Type::Map {
            values,
            min,
            max,
            key_pattern,
        } => {
            let keys = key_pattern
                .as_ref()
                .map(|p| format!(" keys /{p}/"))
                .unwrap_or_default();
            format!(
                "{{{}}}{}{keys}",
                schema_text(values, types),
                bounds("properties", *min, *max)
            )
        }
        Type::Any { one_of } if one_of.is_empty() => "any".to_owned(),
        Type::Any { one_of } => format!("any of {}", serde_json::to_string(one_of).unwrap()),
        Type::Named(id) => types[id.0].name.clone(),
    };
    if schema.nullable {
        text += "|null";
    }
    if let Some(default) = &schema.default {
        text += &format!(" = {default}");
    }
    if let Some(example) = &schema.example {
        text += &format!(" e.g. {example}");
    }
    text
}

fn string_text(rules: &StringRules) -> String {
    let format = match format!("{:?}", rules.format).to_lowercase() {
        format if format == "text" => "string".to_owned(),
        format => format,
    };
    let pattern = rules
        .pattern
        .as_ref()
        .map(|p| format!(" /{p}/"))
        .unwrap_or_default();
    format!("{format}{}{pattern}", bounds("chars", rules.min, rules.max))
}

fn number_text(rules: &NumberRules) -> String {
    let mut text = String::new();
    let signs = [
        (">=", &rules.min),
        ("<=", &rules.max),
        (">", &rules.above),
        ("<", &rules.below),
        ("%", &rules.multiple_of),
    ];
    for (sign, bound) in signs {
        if let Some(bound) = bound {
            text += &format!(" {sign}{bound}");
        }
    }
    if !rules.one_of.is_empty() {
        text += &format!(" of {}", serde_json::to_string(&rules.one_of).unwrap());
    }
    text
}

fn bounds(of: &str, min: Option<u64>, max: Option<u64>) -> String {
    let text = |bound: Option<u64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
    match (min, max) {
        (None, None) => String::new(),
        _ => format!(" {}..{} {of}", text(min), text(max)),
    }
}

#[test]
fn scalars_keep_their_rules() {
    check(
        r#"
X: {type: object, properties: {
  a: {type: integer},
  b: {type: integer, format: int32, minimum: 0.5, exclusiveMaximum: 10},
  c: {type: integer, maximum: 18446744073709551615},
  d: {type: number, multipleOf: 0.01, minimum: 0},
  e: {type: string, format: uuid},
  f: {type: string, format: binary, minLength: 0, maxLength: 3},
  g: {type: string, pattern: '^\d+$'},
  h: {type: string, pattern: '(?=a)'},
  i: {type: boolean, default: true},
  j: {type: [string, 'null'], default: null},
  k: {format: date-time},
  l: {minimum: 3},
  m: {type: integer, minimum: 5, maximum: 3},
  n: {type: integer, format: uint8, maximum: 300},
  o: true,
  p: {},
  q: false}}
"#,
        &["request {$ref: '#/components/schemas/X'}"],
        r#"
        X
        x::X {a?: i64, b?: i32 >=1 <10, c?: u64, d?: number >=0 %0.01, e?: uuid, f?: string ..3 chars, g?: string /^[0-9]+$/, h?: string, i?: bool = true, j?: string|null, k?: datetime, l?: number >=3, m?: i64 >=5, n?: u8, o?: any, p?: any, q?: any}
        ! pattern-not-enforced
        ! impossible-bounds
        ! never
        "#,
    );
}

#[test]
fn arrays_maps_and_empty_objects() {
    check(
        r#"
X: {type: object, properties: {
  a: {type: array, items: {type: string, default: x, example: y}, uniqueItems: true, minItems: 1},
  b: {type: object},
  c: {additionalProperties: {type: integer}},
  d: {type: object, additionalProperties: false},
  e: {type: object, propertyNames: {pattern: '^x'}, maxProperties: 3},
  f: {type: object, patternProperties: {'^x': {type: string}}, additionalProperties: false},
  g: {type: object, required: [z]},
  h: {type: object, properties: {z: {type: string}}, additionalProperties: {type: integer}},
  i: {type: array},
  j: {type: object, properties: {additional: {}}, additionalProperties: true}}}
"#,
        &["request {$ref: '#/components/schemas/X'}"],
        r#"
        X
        x::X {a?: [string e.g. "y"] 1.. items unique, b?: {any}, c?: {i64}, d?: XD, e?: {any} ..3 properties keys /^x/, f?: {any}, g?: XG, h?: XH, i?: [any], j?: XJ}
        x::XD {} deny
        x::XG {z: any}
        x::XH {z?: string} additional: i64
        x::XJ {additional?: any} additional_2: any
        ! keyword-not-enforced
        "#,
    );
}

#[test]
fn closed_sets_are_enums_where_rust_can_say_them() {
    check(
        r#"
X: {type: object, properties: {
  a: {enum: [x, y, x, null]},
  b: {type: integer, enum: [1, 2]},
  c: {type: number, enum: [1.5, 2]},
  d: {enum: [1, a]},
  e: {const: v},
  f: {type: boolean, enum: [true]},
  g: {type: string, enum: [1, true]},
  h: {type: integer, enum: ['1', '2']},
  i: {type: integer, enum: [1, '2']},
  j: {type: ['string', 'null'], enum: [a, null], default: a},
  k: {$ref: '#/components/schemas/C'},
  l: {$ref: '#/components/schemas/C', default: b, description: mine},
  m: {enum: [null]},
  n: {enum: []}}}
C: {type: string, enum: [a, b], default: a, description: A C}
"#,
        &["request {$ref: '#/components/schemas/X'}"],
        r#"
        X
        c::C A="a" B="b" default A // A C
        x::X {a?: XA|null, b?: XB, c?: number of [1.5,2], d?: any of [1,"a"], e?: XE, f?: any of [true], g?: XG, h?: XH, i?: XI, j?: XJ|null = "a", k?: C = "a", l?: C = "b" // mine, m?: any of [null]|null, n?: any}
        x::XA X="x" Y="y"
        x::XB N1=1 N2=2
        x::XE V="v"
        x::XG N1="1" True="true"
        x::XH N1="1" N2="2"
        x::XI N1=1
        x::XJ A="a" default A
        ! enum-type
        ! enum-type
        ! enum-type
        ! enum-type
        ! enum-type
        "#,
    );
}

#[test]
fn references_and_wrappers_are_looked_through() {
    check(
        r#"
X: {type: object, properties: {
  a: {$ref: '#/components/schemas/S'},
  b: {$ref: '#/components/schemas/S', maxLength: 3},
  c: {anyOf: [{$ref: '#/components/schemas/Y'}, {type: 'null'}], description: maybe},
  d: {allOf: [{$ref: '#/components/schemas/Y'}], description: sure},
  e: {$ref: '#/components/schemas/X/properties/f'},
  f: {type: object, properties: {z: {type: integer}}},
  g: {$ref: '#/components/schemas/L'}}}
S: {type: string, minLength: 1, description: Some text}
Y: {type: object, properties: {q: {type: boolean}}, description: A Y}
L: {type: array, items: {$ref: '#/components/schemas/L'}}
"#,
        &[
            "request {$ref: '#/components/schemas/X'}",
            "request {$ref: '#/components/schemas/L'}",
        ],
        r#"
        X
        L
        l::L = [L]
        x::X {a?: string 1.. chars // Some text, b?: string 1..3 chars, c?: Y|null // maybe, d?: Y // sure, e?: XE, f?: XE, g?: L}
        x::XE {z?: i64}
        y::Y {q?: bool} // A Y
        "#,
    );
}

#[test]
fn all_of_is_merged() {
    check(
        r#"
X: {allOf: [{$ref: '#/components/schemas/A'}, {type: object, required: [b], properties: {b: {type: string, maxLength: 5}, c: {type: string}}}], description: merged}
A: {type: object, required: [a], properties: {
  a: {type: object, properties: {z: {type: string}}},
  b: {type: string, minLength: 2}}}
"#,
        &[
            "request {$ref: '#/components/schemas/X'}",
            "response {$ref: '#/components/schemas/A'}",
        ],
        r#"
        X
        A
        a::A {a: AA, b?: string 2.. chars}
        a::AA {z?: string}
        x::X {a: AA, b: string 2..5 chars, c?: string} // merged
        "#,
    );
}

#[test]
fn variants_by_direction() {
    check(
        r#"
Item: {type: object, required: [id, name], properties: {
  id: {type: integer, readOnly: true},
  name: {type: string},
  secret: {type: string, writeOnly: true},
  inner: {$ref: '#/components/schemas/Inner'},
  same: {$ref: '#/components/schemas/Same'},
  kids: {type: array, items: {$ref: '#/components/schemas/Item'}},
  n: {type: integer, default: 3},
  p: {type: object, properties: {q: {type: string}}}}}
Inner: {type: object, properties: {at: {$ref: '#/components/schemas/At'}, x: {type: integer}}}
At: {type: string, format: date-time, readOnly: true}
Same: {type: object, properties: {s: {type: string}, self: {$ref: '#/components/schemas/Same'}}}
"#,
        &[
            "request {$ref: '#/components/schemas/Item'}",
            "response {$ref: '#/components/schemas/Item'}",
            "patch {$ref: '#/components/schemas/Item'}",
        ],
        r#"
        ItemInput
        Item
        ItemPatch
        inner::Inner {ro at?: datetime, x?: i64}
        inner::InnerInput {x?: i64} ignored at
        item::Item {ro id: i64, name: string, inner?: Inner, same?: Same, kids?: [Item], n?: i64 = 3, p?: ItemP}
        item::ItemInput {name: string, wo secret?: string, inner?: InnerInput, same?: Same, kids?: [ItemInput], n?: i64 = 3, p?: ItemP} ignored id
        item::ItemP {q?: string}
        item::ItemPatch {name: string, wo secret~: string, inner~: InnerInput, same~: Same, kids~: [ItemInput], n~: i64, p~: ItemP} ignored id
        same::Same {s?: string, self_?: box Same}
        "#,
    );
}

#[test]
fn a_mapped_discriminator() {
    check(
        r#"
P: {oneOf: [{$ref: '#/components/schemas/Card'}, {$ref: '#/components/schemas/Bank'}], discriminator: {propertyName: method, mapping: {card: '#/components/schemas/Card', b: Bank}}}
Card: {type: object, properties: {n: {type: string}}}
Bank: {type: object, properties: {iban: {type: string}}}
"#,
        &["request {$ref: '#/components/schemas/P'}"],
        r#"
        P
        bank::Bank {iban?: string}
        card::Card {n?: string}
        p::P oneOf by method (undeclared) {Card card: Card, Bank b: Bank}
        "#,
    );
}

#[test]
fn constants_tell_alternatives_apart() {
    check(
        r#"
P: {oneOf: [{$ref: '#/components/schemas/Card'}, {$ref: '#/components/schemas/Bank'}]}
Card: {type: object, required: [kind], properties: {kind: {const: card}}}
Bank: {type: object, required: [kind], properties: {kind: {enum: [bank, iban]}}}
"#,
        &["request {$ref: '#/components/schemas/P'}"],
        r#"
        P
        bank::Bank {kind: BankKind}
        bank::BankKind Bank="bank" Iban="iban"
        card::Card {kind: CardKind}
        card::CardKind Card="card"
        p::P oneOf by kind {Card card: Card, Bank bank/iban: Bank}
        "#,
    );
}

#[test]
fn a_base_with_a_mapping_is_its_children() {
    check(
        r#"
Pet: {type: object, required: [type], properties: {
  type: {type: string}}, discriminator: {propertyName: type,
  mapping: {cat: '#/components/schemas/Cat'}}}
Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {meow: {type: boolean}}}]}
Dog: {allOf: [{$ref: '#/components/schemas/Pet'}]}
"#,
        &[
            "request {$ref: '#/components/schemas/Pet'}",
            "request {$ref: '#/components/schemas/Cat'}",
        ],
        r#"
        Pet
        Cat
        cat::Cat {r#type: string, meow?: bool}
        dog::Dog {r#type: string}
        pet::Pet oneOf by type {Cat cat: Cat, Dog Dog: Dog}
        "#,
    );
}

#[test]
fn a_base_without_a_mapping_is_itself_too() {
    check(
        r#"
Pet: {type: object, required: [type], properties: {
  type: {type: string}}, discriminator: {propertyName: type}}
Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {meow: {type: boolean}}}]}
Dog: {allOf: [{$ref: '#/components/schemas/Pet'}]}
"#,
        &["response {type: array, items: {$ref: '#/components/schemas/Pet'}}"],
        r#"
        [Pet]
        cat::Cat {r#type: string, meow?: bool}
        dog::Dog {r#type: string}
        pet::Pet oneOf by type {Cat Cat: Cat, Dog Dog: Dog, Pet Pet: PetBase}
        pet::PetBase {r#type: string}
        "#,
    );
}

#[test]
fn alternatives_of_many_kinds() {
    check(
        r#"
X: {type: object, properties: {
  a: {type: [string, integer]},
  b: {anyOf: [{enum: [a]}, {enum: [b]}]},
  c: {oneOf: [{const: 1}, {const: 2}, {type: 'null'}]},
  d: {anyOf: [{type: string, format: uuid}, {type: array, items: {type: string}}, {type: object, properties: {z: {type: string}}}]},
  e: {type: [string, 'null', integer, object, array, boolean]},
  f: {type: object, required: [k], properties: {k: {type: string}}, oneOf: [{properties: {l: {type: string}}, required: [l]}, {title: Other, properties: {m: {type: string}}}]},
  g: {type: object, properties: {k: {type: string}}, anyOf: [{required: [k]}, {required: [l]}]},
  h: {oneOf: [{type: string}], anyOf: [{minLength: 3}, {maxLength: 1}]}}}
"#,
        &["request {$ref: '#/components/schemas/X'}"],
        r#"
        X
        x::X {a?: XA, b?: XB, c?: XC|null, d?: XD, e?: any|null, f?: XF, g?: XG, h?: any}
        x::XA anyOf {Integer: i64, String: string}
        x::XB A="a" B="b"
        x::XC N1=1 N2=2
        x::XD anyOf {String: uuid, List: [string], Object: XDObject}
        x::XDObject {z?: string}
        x::XF oneOf {Object: XFObject, Other: XFOther}
        x::XFObject {k: string, l: string}
        x::XFOther {k: string, m?: string}
        x::XG {k?: string}
        ! keyword-not-enforced
        ! union-too-complex
        "#,
    );
}

#[test]
fn recursion_gets_names_and_boxes() {
    check(
        r#"
Expr: {oneOf: [{type: string}, {$ref: '#/components/schemas/Not'}, {type: array, items: {$ref: '#/components/schemas/Expr'}}]}
Not: {type: object, required: [not], properties: {not: {$ref: '#/components/schemas/Expr'}}}
Tree: {additionalProperties: {$ref: '#/components/schemas/Tree'}}
Maybe: {type: [array, 'null'], items: {$ref: '#/components/schemas/Maybe'}}
"#,
        &[
            "request {$ref: '#/components/schemas/Expr'}",
            "response {$ref: '#/components/schemas/Tree'}",
            "request {$ref: '#/components/schemas/Maybe'}",
        ],
        r#"
        Expr
        Tree
        Maybe|null
        expr::Expr oneOf {String: string, Not: box Not, List: [Expr]}
        maybe::Maybe = [Maybe|null]
        not::Not {not: box Expr}
        tree::Tree = {Tree}
        "#,
    );
}

#[test]
fn names_never_meet() {
    check(
        r#"
user-name: {type: object, properties: {x-y: {enum: [a]}, xY: {enum: [b]}}}
user_name: {type: object, properties: {x-y: {enum: [a]}}}
UserNameXY: {type: object, properties: {q: {}}}
ItemInput: {type: object, properties: {a: {}}}
Item: {type: object, properties: {a: {type: string, readOnly: true}, b: {}}}
"#,
        &[
            "request {$ref: '#/components/schemas/user-name'}",
            "request {$ref: '#/components/schemas/user_name'}",
            "request {$ref: '#/components/schemas/UserNameXY'}",
            "request {$ref: '#/components/schemas/ItemInput'}",
            "request {$ref: '#/components/schemas/Item'}",
            "response {$ref: '#/components/schemas/Item'}",
            "request {type: object, properties: {sort: {enum: [a, -a]}}}",
        ],
        r#"
        UserName
        UserName2
        UserNameXy
        ItemInput
        ItemInput2
        Item
        Use6
        item::Item {ro a?: string, b?: any}
        item::ItemInput2 {b?: any} ignored a
        item_input::ItemInput {a?: any}
        use6::Use6 {sort?: Use6Sort}
        use6::Use6Sort A="a" ADesc="-a"
        user_name::UserName {x_y?: UserNameXY, x_y_2?: UserNameXY2}
        user_name::UserName2 {x_y?: UserName2XY}
        user_name::UserName2XY A="a"
        user_name::UserNameXY A="a"
        user_name::UserNameXY2 B="b"
        user_name_xy::UserNameXy {q?: any}
        "#,
    );
}

#[test]
fn what_is_not_enforced_is_told() {
    check(
        r#"
X: {type: object, unevaluatedProperties: false, not: {required: [z]}, if: {}, dependentRequired: {a: [b]}, properties: {
  a: {prefixItems: [{}]},
  b: {type: integer, default: abc, example: 3},
  c: {type: array, items: {$ref: '#/components/schemas/X'}, default: [], example: [{}]}}}
"#,
        &[
            "request {$ref: '#/components/schemas/X'}",
            "patch {$ref: '#/components/schemas/X'}",
        ],
        r#"
        X
        XPatch
        x::X {a?: [any], b?: i64 e.g. 3, c?: [X] = [] e.g. [{}]} deny
        x::XPatch {a~: [any], b~: i64 e.g. 3, c~: [X] e.g. [{}]} deny
        ! keyword-not-enforced
        ! keyword-not-enforced
        ! keyword-not-enforced
        ! keyword-not-enforced
        ! default-misfit
        "#,
    );
}

/// Every component of every document, both ways: nothing panics, identifiers are valid and
/// distinct, and the result does not depend on the run.
#[test]
fn real_documents_are_lowered() {
    let Ok(folder) = std::fs::read_dir("/work/shared/corpus") else {
        return;
    };
    let mut count = 0;
    for entry in folder {
        let path = entry.unwrap().path();
        let Ok((document, _)) = apigen::spec::load(&path) else {
            continue;
        };
        let finished = lower_components(&document);
        assert_sound(&finished.types);
        assert!(
            finished.types == lower_components(&document).types,
            "{path:?}"
        );
        count += finished.types.len();
    }
    assert!(count > 3000, "{count}");
}

fn lower_components(document: &Document) -> Finished {
    let mut schemas = Schemas::new(document);
    let components = document.root.pointer("/components/schemas");
    for (name, member) in components.into_iter().flat_map(apigen::spec::Node::members) {
        for direction in [Direction::Request, Direction::Response] {
            let place = Place {
                direction,
                is_patch: direction == Direction::Request && name.ends_with('e'),
                module: "other".to_owned(),
                type_name: "Other".to_owned(),
                api_name: name.to_owned(),
            };
            schemas.lower(&member.value, &place);
        }
    }
    schemas.finish()
}

#[track_caller]
fn assert_sound(types: &[TypeDef]) {
    let idents = |names: Vec<&str>| {
        let distinct: std::collections::BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
        for name in names {
            assert!(syn::parse_str::<syn::Ident>(name).is_ok(), "{name:?}");
        }
    };
    idents(types.iter().map(|def| def.name.as_str()).collect());
    assert!(types.is_sorted_by_key(|def| (&def.module, &def.name)));
    for def in types {
        assert!(
            syn::parse_str::<syn::Ident>(&def.module).is_ok(),
            "{:?}",
            def.module
        );
        match &def.kind {
            TypeKind::Struct(item) => idents(
                item.fields
                    .iter()
                    .map(|field| field.name.as_str())
                    .collect(),
            ),
            TypeKind::Enum(list) => idents(list.variants.iter().map(|v| v.name.as_str()).collect()),
            TypeKind::Union(union) => {
                idents(union.variants.iter().map(|v| v.name.as_str()).collect())
            }
            TypeKind::Newtype(_) => {}
        }
    }
}

#[test]
fn weird_names_stay_apart() {
    let path = std::path::Path::new("/work/shared/corpus-bad/weird-names.yaml");
    if path.exists() {
        let (document, _) = apigen::spec::load(path).unwrap();
        let finished = lower_components(&document);
        assert_sound(&finished.types);
        let alike = finished
            .types
            .iter()
            .filter(|def| def.module == "user_name");
        let alike: std::collections::BTreeSet<&str> =
            alike.map(|def| def.api_name.as_str()).collect();
        assert_eq!(alike.len(), 7);
    }
}

#[test]
fn deep_and_circular_schemas_end() {
    let deep = |open: &str, close: &str, depth: usize| {
        format!(
            "X: {}{{type: string}}{}",
            open.repeat(depth),
            close.repeat(depth)
        )
    };
    for text in [
        deep("{type: array, items: ", "}", 110),
        deep("{type: object, properties: {a: ", "}}", 50),
        deep("{allOf: [{description: x, type: object}, ", "]}", 50),
        deep("{oneOf: [{type: integer}, ", "]}", 50),
        deep(
            "{type: object, properties: {a: {}}, oneOf: [{title: A, properties: {b: {}}}, ",
            "]}",
            40,
        ),
    ] {
        print(&text, &["request {$ref: '#/components/schemas/X'}"]);
    }
    let chain = |step: &str| {
        let names = (0..3000).map(|n| {
            format!(
                "C{n}: {}",
                step.replace("NEXT", &format!("#/components/schemas/C{}", n + 1))
            )
        });
        names
            .chain(["C3000: {type: string}".to_owned()])
            .collect::<Vec<_>>()
            .join("\n")
    };
    for step in [
        "{type: object, properties: {a: {$ref: 'NEXT'}}}",
        "{type: object, properties: {a: {}}, oneOf: [{$ref: 'NEXT'}, {type: object}]}",
        "{type: array, items: {$ref: 'NEXT'}}",
        "{oneOf: [{$ref: 'NEXT'}, {type: integer}]}",
    ] {
        print(
            &chain(step),
            &["response {$ref: '#/components/schemas/C0'}"],
        );
    }
    let doubling: Vec<String> = (0..40).map(|n| format!("D{n}: {{allOf: [{{$ref: '#/components/schemas/D{0}'}}, {{$ref: '#/components/schemas/D{0}'}}], properties: {{p{n}: {{}}}}}}", n + 1)).collect();
    let doubling = doubling.join("\n") + "\nD40: {type: object, properties: {z: {}}}";
    print(&doubling, &["request {$ref: '#/components/schemas/D0'}"]);
    let circle = (0..12).map(|n| {
        let others = (0..12).map(|other| format!("{{$ref: '#/components/schemas/E{other}'}}"));
        format!(
            "E{n}: {{properties: {{p{n}: {{}}}}, oneOf: [{}]}}",
            others.collect::<Vec<_>>().join(", ")
        )
    });
    print(
        &circle.collect::<Vec<_>>().join("\n"),
        &["request {type: array, items: {$ref: '#/components/schemas/E0'}}"],
    );
}

#[test]
fn null_has_many_spellings() {
    check(
        r#"
X: {type: object, properties: {
  a: {anyOf: [{$ref: '#/components/schemas/Y'}, {nullable: true}]},
  b: {oneOf: [{$ref: '#/components/schemas/Y'}, {enum: [null]}]},
  c: {$ref: '#/components/schemas/Y', nullable: true},
  d: {nullable: true},
  e: {type: 'null'},
  f: {$ref: '#/components/schemas/Z'},
  g: {type: [string, 'null'], enum: [a, null]}}}
Y: {type: object, properties: {y: {}}}
Z: {nullable: true, allOf: [{type: object, properties: {z: {}}}]}
"#,
        &["request {$ref: '#/components/schemas/X'}"],
        r#"
        X
        x::X {a?: Y|null, b?: Y|null, c?: Y|null, d?: any|null, e?: any of [null]|null, f?: Z|null, g?: XG|null}
        x::XG A="a"
        y::Y {y?: any}
        z::Z {z?: any}
        "#,
    );
}
