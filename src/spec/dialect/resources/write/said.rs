//! What OpenAPI cannot say of a collection: `x-apigen-resources`.

use serde_json::json;

use crate::spec::{
    Node,
    dialect::tree::{Members, array, from_pairs, object, put, text},
};

use super::{
    super::blueprint::{At, Resource, Type},
    Writer, at,
};

impl<'b> Writer<'b> {
    pub(super) fn said(&mut self, resource: &'b Resource) {
        let span = resource.name.span;
        let path = self.spec.path(resource);
        if let Some(keeper) = self.spec.rows_of(&path) {
            let said = from_pairs([("rows_of", text(&keeper, span))], span);
            return put(&mut self.said, &path, said);
        }
        let mut said = Members::new();
        let mut add = |name: &str, node: Option<Node>| {
            node.into_iter().for_each(|node| put(&mut said, name, node));
        };
        add("unique", self.unique(resource));
        add("indexes", indexes(resource));
        add("references", self.references(resource));
        let word = |word: &At<String>| text(&word.value, word.span);
        add("on_delete", resource.on_delete.as_ref().map(word));
        let caller = resource.owner.as_ref().map(|owner| {
            let caller = json!({"property": owner.value.field, "others": owner.value.others});
            at(caller, owner.span)
        });
        add("caller", caller);
        add(
            "soft_delete",
            resource.soft_delete.map(|span| at(json!(true), span)),
        );
        add("version", resource.version.as_ref().map(word));
        add("seed", resource.seed.clone());
        if !said.is_empty() {
            put(&mut self.said, &path, object(said, span));
        }
    }

    /// A field that is unique is so among the rows of one parent.
    fn unique(&self, resource: &Resource) -> Option<Node> {
        let parent = self.spec.parent(resource).map(Resource::parameter);
        let fields = resource.fields.iter().filter_map(|field| {
            let span = field.unique?;
            let parent = parent.iter().map(|parent| text(parent, span));
            let own = std::iter::once(text(&field.name.value, field.name.span));
            Some(array(parent.chain(own).collect(), span))
        });
        let sets = fields.chain(resource.unique.iter().map(|set| names(set)));
        sequence(sets.collect())
    }

    fn references(&self, resource: &Resource) -> Option<Node> {
        let mut references = Members::new();
        for field in &resource.fields {
            let Type::Ref(target) = &field.shape.ty else {
                continue;
            };
            let Some(found) = self.spec.find(&target.value) else {
                continue;
            };
            let path = self.spec.path(&self.spec.resources[found]);
            let mut reference = vec![("resource", text(&path, target.span))];
            if let Some(word) = &field.on_delete {
                reference.push(("on_delete", text(&word.value, word.span)));
            }
            let span = target.span;
            put(
                &mut references,
                &field.name.value,
                from_pairs(reference, span),
            );
        }
        (!references.is_empty()).then(|| object(references, resource.name.span))
    }
}

fn indexes(resource: &Resource) -> Option<Node> {
    let fields = resource.fields.iter().filter_map(|field| {
        let span = field.indexed?;
        Some(array(vec![text(&field.name.value, field.name.span)], span))
    });
    sequence(
        fields
            .chain(resource.indexes.iter().map(|set| names(set)))
            .collect(),
    )
}

fn names(set: &[At<String>]) -> Node {
    let span = set.first().map_or_else(Default::default, |word| word.span);
    array(
        set.iter()
            .map(|word| text(&word.value, word.span))
            .collect(),
        span,
    )
}

/// A list, unless it is empty.
fn sequence(items: Vec<Node>) -> Option<Node> {
    let span = items.first()?.span;
    Some(array(items, span))
}
