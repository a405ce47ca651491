//! Alternatives, discriminators and recursion.

use super::check;

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
fn an_undeclared_discriminator_has_a_variant_for_each_name() {
    check(
        r#"
P: {oneOf: [{$ref: '#/components/schemas/Card'}, {$ref: '#/components/schemas/Bank'}], discriminator: {propertyName: method, mapping: {card: Card, visa: Card, b: Bank}}}
Card: {type: object, properties: {n: {type: string}}}
Bank: {type: object, properties: {iban: {type: string}}}
"#,
        &["request {$ref: '#/components/schemas/P'}"],
        r#"
        P
        bank::Bank {iban?: string}
        card::Card {n?: string}
        p::P oneOf by method (undeclared) {Card card: Card, Visa visa: Card, Bank b: Bank}
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
fn alternatives_that_derive_from_what_they_are_alternatives_of() {
    check(
        r#"
Step: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind},
  oneOf: [{$ref: '#/components/schemas/Walk'}, {$ref: '#/components/schemas/Jump'}]}
Walk: {allOf: [{$ref: '#/components/schemas/Step'}], properties: {far: {type: integer}}}
Move: {allOf: [{$ref: '#/components/schemas/Step'}]}
Jump: {allOf: [{$ref: '#/components/schemas/Move'}, {properties: {high: {type: integer}}}]}
Way: {anyOf: [{$ref: '#/components/schemas/Road'}, {type: string}]}
Road: {type: object, allOf: [{$ref: '#/components/schemas/Way'}]}
"#,
        &[
            "request {$ref: '#/components/schemas/Step'}",
            "request {$ref: '#/components/schemas/Way'}",
        ],
        r#"
        Step
        Way
        jump::Jump {kind: string, high?: i64}
        step::Step oneOf by kind {Walk Walk: Walk, Jump Jump: Jump}
        walk::Walk {kind: string, far?: i64}
        way::Way anyOf {Road: {any}, String: string}
        "#,
    );
}

#[test]
fn names_that_the_alternatives_rule_out_tell_nothing() {
    check(
        r#"
Event: {oneOf: [{$ref: '#/components/schemas/Opened'}, {$ref: '#/components/schemas/Closed'}], discriminator: {propertyName: event}}
Opened: {type: object, required: [event, by], properties: {event: {type: string, enum: [opened, closed]}, by: {type: string}}}
Closed: {type: object, required: [event, why], properties: {event: {type: string, enum: [opened, closed]}, why: {type: string}}}
"#,
        &["request {$ref: '#/components/schemas/Event'}"],
        r#"
        Event
        closed::Closed {event: ClosedEvent, why: string}
        closed::ClosedEvent Opened="opened" Closed="closed"
        event::Event oneOf {Opened: Opened, Closed: Closed}
        opened::Opened {event: OpenedEvent, by: string}
        opened::OpenedEvent Opened="opened" Closed="closed"
        ! discriminator-unclear
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
        x::X {a?: XA, b?: XB, c?: XC|null, d?: XD, e?: any|null, f?: XF, g?: XG, h?: any keeping {"oneOf":[{"type":"string"}],"anyOf":[{"minLength":3},{"maxLength":1}]}}
        x::XA anyOf {Integer: i64, String: string}
        x::XB A="a" B="b"
        x::XC N1=1 N2=2
        x::XD anyOf {String: uuid, List: [string], Object: XDObject}
        x::XDObject {z?: string}
        x::XF oneOf {Object: XFObject, Other: XFOther}
        x::XFObject {k: string, l: string}
        x::XFOther {k: string, m?: string}
        x::XG {k?: string} keeping {"anyOf":[{"required":["k"]},{"required":["l"]}]}
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
