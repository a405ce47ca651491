//! Every kind of schema, one at a time.

use super::check;

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
fn decimals_are_exact_numbers() {
    check(
        r#"
X: {type: object, properties: {
  a: {type: number, format: decimal, minimum: 0, multipleOf: 0.01},
  b: {type: string, format: decimal, multipleOf: 0.050, maxLength: 9, exclusiveMaximum: 10},
  c: {type: [number, 'null'], format: decimal},
  d: {type: number, format: decimal, multipleOf: 1, default: 2},
  e: {type: string, format: decimal, default: '1.50'},
  f: {type: string, format: decimal, default: many},
  g: {type: number, format: decimal, enum: [0.5, 1.5]},
  h: {type: integer, format: decimal},
  i: {type: array, items: {type: string, format: decimal}},
  j: {type: string, format: duration}}}
"#,
        &["request {$ref: '#/components/schemas/X'}"],
        r#"
        X
        x::X {a?: decimal >=0 %0.01 2 places, b?: decimal <10 %0.05 2 places as string ..9 chars, c?: decimal|null, d?: decimal %1 0 places = 2, e?: decimal as string = "1.50", f?: decimal as string, g?: decimal of [0.5,1.5], h?: i64, i?: [decimal as string], j?: duration}
        ! default-misfit
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
        x::X {a?: [string e.g. "y"] 1.. items unique, b?: {any}, c?: {i64}, d?: XD, e?: {any} ..3 properties keys /^x/, f?: {any} keeping {"patternProperties":{"^x":{"type":"string"}},"additionalProperties":false}, g?: XG, h?: XH, i?: [any], j?: XJ}
        x::XD {} deny
        x::XG {z: any}
        x::XH {z?: string} additional: i64
        x::XJ {additional?: any} additional_2: any
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
  g: {$ref: '#/components/schemas/L'},
  h: {allOf: [{$ref: '#/components/schemas/Y'}, {description: beside, x-note: true}]}}}
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
        x::X {a?: string 1.. chars // Some text, b?: string 1..3 chars, c?: Y|null // maybe, d?: Y // sure, e?: XE, f?: XE, g?: L, h?: Y // beside}
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

/// By the letter of JSON Schema, `Shut` takes no `b` and `Whole` no `a`: both are read as the sum of their parts.
#[test]
fn a_part_that_is_closed_to_others_is_told_once() {
    check(
        r#"
Shut: {allOf: [{$ref: '#/components/schemas/A'}, {properties: {b: {type: string}}, additionalProperties: false}]}
Whole: {allOf: [{$ref: '#/components/schemas/A'}], properties: {b: {type: string}}, additionalProperties: false}
Same: {allOf: [{$ref: '#/components/schemas/A'}], properties: {a: {type: string}}, additionalProperties: false}
A: {type: object, properties: {a: {type: string}}, additionalProperties: false}
"#,
        &[
            "request {$ref: '#/components/schemas/Shut'}",
            "request {$ref: '#/components/schemas/Whole'}",
            "request {$ref: '#/components/schemas/Same'}",
        ],
        r#"
        Shut
        Whole
        Same
        same::Same {a?: string} deny
        shut::Shut {a?: string, b?: string} deny
        whole::Whole {a?: string, b?: string} deny
        ! closed-part
        ! closed-part
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
fn what_no_type_says_is_kept_beside_it() {
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
        x::X {a?: [any] keeping {"prefixItems":[{}]}, b?: i64 e.g. 3, c?: [X] = [] e.g. [{}]} additional: any keeping {"unevaluatedProperties":false,"not":{"required":["z"]},"if":{},"dependentRequired":{"a":["b"]},"properties":{"a":true,"b":true,"c":true}}
        x::XPatch {a~: [any] keeping {"prefixItems":[{}]}, b~: i64 e.g. 3, c~: [X] e.g. [{}]} additional: any keeping {"unevaluatedProperties":false,"not":{"required":["z"]},"if":{},"dependentRequired":{"a":["b"]},"properties":{"a":true,"b":true,"c":true}}
        ! default-misfit
        "#,
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

#[test]
fn keywords_carry_along_what_they_refer_to() {
    check(
        r#"
X: {type: object, properties: {
  a: {not: {$ref: '#/components/schemas/Y'}},
  b: {type: array, items: [{type: string, nullable: true}], additionalItems: {minimum: 3, exclusiveMinimum: true}},
  c: {type: object, properties: {k: {}}, propertyNames: {pattern: '^x'}},
  d: {type: object, propertyNames: {pattern: '^x', maxLength: 3}},
  e: {allOf: [{$ref: '#/components/schemas/Z'}, {properties: {n: {}}}]},
  f: {type: object, dependencies: {a: [b], c: {properties: {d: {type: integer}}}}}}}
Y: {description: Y, type: object, required: [id, y], properties: {id: {type: string, readOnly: true}, y: {$ref: '#/components/schemas/Y'}}}
Z: {type: object, if: {properties: {m: {const: 1}}}, then: {required: [n]}}
"#,
        &["request {$ref: '#/components/schemas/X'}"],
        r##"
        X
        x::X {a?: any keeping {"not":{"$ref":"#/$defs/Y"},"$defs":{"Y":{"type":"object","required":["y"],"properties":{"id":true,"y":{"$ref":"#/$defs/Y"}}}}}, b?: [any] keeping {"prefixItems":[{"anyOf":[{"type":"string"},{"type":"null"}]}],"items":{"exclusiveMinimum":3}}, c?: XC, d?: {any} keeping {"propertyNames":{"pattern":"^x","maxLength":3}}, e?: XE, f?: {any} keeping {"dependentRequired":{"a":["b"]},"dependentSchemas":{"c":{"properties":{"d":{"type":"integer"}}}}}}
        x::XC {k?: any} keeping {"propertyNames":{"pattern":"^x"}}
        x::XE {n?: any} keeping {"if":{"properties":{"m":{"const":1}}},"then":{"required":["n"]}}
        "##,
    );
}

#[test]
fn keywords_that_nothing_can_judge_are_told() {
    check(
        r#"
X: {type: object, properties: {
  a: {type: string, not: {pattern: '(?=a)'}},
  b: {not: {$ref: '#/components/schemas/L'}}}}
L: {anyOf: [{type: string}, {allOf: [{$ref: '#/components/schemas/L'}]}]}
"#,
        &["request {$ref: '#/components/schemas/X'}"],
        r#"
        X
        x::X {a?: string, b?: any}
        ! keyword-not-enforced
        ! keyword-not-enforced
        "#,
    );
}
