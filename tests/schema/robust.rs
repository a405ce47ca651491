//! Real, weird and hostile documents.

use apigen::{
    lower::schema::{Direction, Finished, Place, Schemas},
    model::{TypeDef, TypeKind},
    spec::Document,
};

use super::{print, shared::shared};

/// Every component of every document, both ways: nothing panics, identifiers are valid and
/// distinct, and the result does not depend on the run.
#[test]
fn real_documents_are_lowered() {
    let Some(folder) = shared("corpus") else {
        return;
    };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
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
    if let Some(folder) = shared("corpus-bad") {
        let (document, _) = apigen::spec::load(&folder.join("weird-names.yaml")).unwrap();
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

/// What an event carries is decoded however far it reaches.
#[test]
fn a_long_chain_below_an_event_ends() {
    let chain = (0..20_000).map(|n| {
        let next = n + 1;
        let step = "{type: object, properties: {a: {$ref: '#/components/schemas/C";
        format!("    C{n}: {step}{next}'}}}}}}\n")
    });
    let text = format!(
        "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths: {{}}\nx-apigen-events:\n  \
         subscribes:\n    a: {{payload: {{$ref: '#/components/schemas/C0'}}}}\ncomponents:\n  \
         schemas:\n{}    C20000: {{type: object, properties: {{a: {{type: string}}}}}}\n",
        chain.collect::<String>()
    );
    let (document, _) = apigen::spec::parse("t.yaml", text).expect("a document");
    let config = apigen::config::Config::default();
    let (service, diagnostics) = apigen::lower::lower(&document, &config);
    let service = service.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let decoded = service.types.iter().filter(|def| def.uses.decoded);
    assert_eq!(decoded.count(), 20_001);
}
