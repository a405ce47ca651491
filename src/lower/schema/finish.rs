//! Merges, names, boxes and sorts the types.

use std::collections::{BTreeMap, HashMap};

use crate::{
    diagnostic::Diagnostic,
    model::{
        Schema, Type, TypeDef, TypeId, TypeKind,
        name::{Case, Scope, shorten},
    },
};

use super::{
    Draft, NameId, Schemas, Way,
    names::Names,
    pinned::{self, Pinned},
};

/// What all the lowering came to.
#[derive(Debug)]
pub struct Finished {
    /// Named, sorted, final.
    pub types: Vec<TypeDef>,
    /// By what `x-apigen-types` gives each another name.
    pub keys: Vec<String>,
    /// Sorted by place; each once.
    pub diagnostics: Vec<Diagnostic>,
    /// What has no type.
    pub untyped: Vec<Diagnostic>,
    /// The final place of each provisional type.
    places: Vec<TypeId>,
}

impl Finished {
    /// Gives a schema that [`Schemas::lower`] returned its final type ids.
    pub fn remap(&self, schema: &mut Schema) {
        schema.for_each_id(&mut |id| *id = self.places[id.0]);
    }
}

impl Schemas<'_> {
    /// Names, merges and sorts the types.
    pub fn finish(self) -> Finished {
        let mut types = self.types;
        let merged = merge(&types, &self.drafts);
        for (index, target) in merged.iter().enumerate() {
            let uses = types[index].uses;
            let shared = &mut types[target.0].uses;
            shared.decoded |= uses.decoded;
            shared.encoded |= uses.encoded;
            shared.hashed |= uses.hashed;
        }
        let kept: Vec<usize> = (0..types.len())
            .filter(|index| merged[*index].0 == *index)
            .collect();
        let units = units(&kept, &self.drafts);
        let keys = pinned::keys(&units, &self.drafts, &self.names);
        let (pinned, told) = Pinned::read(self.index.document, &keys);
        let scope = Scope::with(pinned.taken());
        name(&mut types, &units, scope, (&self.drafts, &self.names));
        for (index, (module, name)) in keys
            .iter()
            .filter_map(|(i, key)| Some((*i, pinned.get(key)?)))
        {
            types[index].module.clone_from(module);
            types[index].name.clone_from(name);
        }
        let mut order = kept;
        order.sort_by(|a, b| {
            (&types[*a].module, &types[*a].name).cmp(&(&types[*b].module, &types[*b].name))
        });
        let mut places = vec![TypeId(0); types.len()];
        for (place, index) in order.iter().enumerate() {
            places[*index] = TypeId(place);
        }
        let places: Vec<TypeId> = merged.iter().map(|target| places[target.0]).collect();
        let mut taken: Vec<Option<TypeDef>> = types.into_iter().map(Some).collect();
        let mut types: Vec<TypeDef> = order
            .iter()
            .filter_map(|index| taken[*index].take())
            .collect();
        for schema in types.iter_mut().flat_map(|def| def.kind.schemas_mut()) {
            schema.for_each_id(&mut |id| *id = places[id.0]);
        }
        end_recursion(&mut types);
        let mut diagnostics = self.diagnostics;
        diagnostics.extend(told);
        diagnostics.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        diagnostics.dedup();
        let mut untyped = self.untyped;
        untyped.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        untyped.dedup();
        Finished {
            keys: order.iter().map(|index| keys[index].clone()).collect(),
            types,
            diagnostics,
            untyped,
            places,
        }
    }
}

/// For each type the one that stands for it: requests and responses share a type that is the
/// same for both.
fn merge(types: &[TypeDef], drafts: &[Draft]) -> Vec<TypeId> {
    let mut merged: Vec<TypeId> = (0..types.len()).map(TypeId).collect();
    let mut responses = HashMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if draft.key.1 == Way::Response {
            responses.insert(&draft.key.0, index);
        }
    }
    let mut pairs = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let response = responses
            .get(&draft.key.0)
            .filter(|_| draft.key.1 == Way::Request);
        if let Some(response) = response {
            merged[index] = TypeId(*response);
            pairs.push((index, *response));
        }
    }
    // All pairs are taken for equal until one is found that is not: recursion makes no odds.
    loop {
        let before = pairs.len();
        pairs.retain(|(request, response)| {
            let equal = is_equal(&types[*request].kind, &types[*response].kind, &merged);
            if !equal {
                merged[*request] = TypeId(*request);
            }
            equal
        });
        if pairs.len() == before {
            return merged;
        }
    }
}

fn is_equal(request: &TypeKind, response: &TypeKind, merged: &[TypeId]) -> bool {
    let (mut request, mut response) = (request.clone(), response.clone());
    for kind in [&mut request, &mut response] {
        for schema in kind.schemas_mut() {
            schema.for_each_id(&mut |id| *id = merged[id.0]);
        }
    }
    request == response
}

/// The variants of one schema belong together.
fn units(kept: &[usize], drafts: &[Draft]) -> BTreeMap<(NameId, usize), Vec<usize>> {
    let mut units: BTreeMap<(NameId, usize), Vec<usize>> = BTreeMap::new();
    let mut first = HashMap::new();
    for &index in kept {
        let draft = &drafts[index];
        let unit = *first.entry((draft.name, &draft.key.0)).or_insert(index);
        units.entry((draft.name, unit)).or_default().push(index);
    }
    units
}

/// Names the types: components first, then what stands inside them, then the variants.
fn name(
    types: &mut [TypeDef],
    units: &BTreeMap<(NameId, usize), Vec<usize>>,
    mut scope: Scope,
    (drafts, names): (&[Draft], &Names),
) {
    let mut suffixed = Vec::new();
    let bases = name_bases(units, names, &mut scope);
    for ((_, members), base) in units.iter().zip(bases) {
        let has = |way| members.iter().any(|index| drafts[*index].key.1 == way);
        for &index in members {
            let suffix = match drafts[index].key.1 {
                Way::Request if has(Way::Response) => "Input",
                Way::Patch if members.len() > 1 => "Patch",
                _ => "",
            };
            types[index].module = names.entries[drafts[index].name].module.clone();
            if suffix.is_empty() {
                types[index].name = base.clone();
            } else {
                let key = format!("{} {suffix}", types[index].api_name);
                let wanted = format!("{}{suffix}", base.trim_end_matches('_'));
                suffixed.push((index, (key, wanted)));
            }
        }
    }
    let (indexes, wanted): (Vec<usize>, Vec<_>) = suffixed.into_iter().unzip();
    for (index, name) in indexes
        .into_iter()
        .zip(scope.settle_wanted(Case::Type, &wanted))
    {
        types[index].name = name;
    }
}

/// The name of each unit (the variants of one schema), in order.
fn name_bases(
    units: &BTreeMap<(NameId, usize), Vec<usize>>,
    names: &Names,
    scope: &mut Scope,
) -> Vec<String> {
    let mut levels: BTreeMap<usize, Vec<NameId>> = BTreeMap::new();
    let mut level_of: Vec<usize> = Vec::new();
    for (id, entry) in names.entries.iter().enumerate() {
        let level = match entry.parent {
            Some(parent) => level_of[parent] + 1,
            None => usize::from(!entry.is_component),
        };
        level_of.push(level);
        levels.entry(level).or_default().push(id);
    }
    let mut of_entry: Vec<String> = vec![String::new(); names.entries.len()];
    let mut bases: BTreeMap<(NameId, usize), String> = BTreeMap::new();
    for entries in levels.into_values() {
        let mut wanted = Vec::new();
        let mut wanting = Vec::new();
        for id in entries {
            let entry = &names.entries[id];
            let around = entry
                .parent
                .map_or("", |parent| of_entry[parent].trim_end_matches('_'));
            let name = shorten(format!("{around}{}", entry.part), &entry.api_name);
            for (unit, _) in units.range((id, 0)..=(id, usize::MAX)) {
                wanted.push((
                    entry.api_name.clone(),
                    name.trim_end_matches('_').to_owned(),
                ));
                wanting.push(*unit);
            }
            of_entry[id] = name;
        }
        for (unit, name) in wanting
            .into_iter()
            .zip(scope.settle_wanted(Case::Type, &wanted))
        {
            of_entry[unit.0].clone_from(&name);
            bases.insert(unit, name);
        }
    }
    bases.into_values().collect()
}

/// Boxes the fields and variants through which a type would contain itself.
fn end_recursion(types: &mut [TypeDef]) {
    let direct = |schema: &Schema| match schema.ty {
        Type::Named(id) => Some(id.0),
        _ => None,
    };
    let edges = types.iter().map(|def| match &def.kind {
        TypeKind::Struct(item) => item
            .fields
            .iter()
            .filter_map(|f| direct(&f.schema))
            .collect(),
        TypeKind::Union(union) => union
            .variants
            .iter()
            .filter_map(|v| direct(&v.schema))
            .collect(),
        TypeKind::Enum(_) | TypeKind::Newtype(_) => Vec::new(),
    });
    let circles = circles(&edges.collect::<Vec<_>>());
    for (index, def) in types.iter_mut().enumerate() {
        let boxed = |schema: &Schema| {
            direct(schema).is_some_and(|to| circles[to].is_some() && circles[to] == circles[index])
        };
        match &mut def.kind {
            TypeKind::Struct(item) => {
                item.fields
                    .iter_mut()
                    .for_each(|field| field.boxed = boxed(&field.schema));
            }
            TypeKind::Union(union) => {
                union
                    .variants
                    .iter_mut()
                    .for_each(|variant| variant.boxed = boxed(&variant.schema));
            }
            TypeKind::Enum(_) | TypeKind::Newtype(_) => {}
        }
    }
}

/// For each node of a graph the circle that it lies on, if any (Tarjan's algorithm, without a
/// deep stack).
fn circles(edges: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut circles = vec![None; edges.len()];
    let mut order: Vec<Option<usize>> = vec![None; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut is_open = vec![false; edges.len()];
    let (mut open, mut count) = (Vec::new(), 0);
    for root in 0..edges.len() {
        let mut work = vec![(root, 0)];
        while let Some((node, next)) = work.pop() {
            if next == 0 {
                if order[node].is_some() {
                    continue;
                }
                order[node] = Some(count);
                low[node] = count;
                count += 1;
                open.push(node);
                is_open[node] = true;
            } else if is_open[edges[node][next - 1]] {
                low[node] = low[node].min(low[edges[node][next - 1]]);
            }
            if let Some(&to) = edges[node].get(next) {
                work.push((node, next + 1));
                if order[to].is_none() {
                    work.push((to, 0));
                }
            } else if order[node] == Some(low[node]) {
                let start = open
                    .iter()
                    .rposition(|other| *other == node)
                    .unwrap_or_default();
                let members = open.split_off(start);
                let is_circle = members.len() > 1 || edges[node].contains(&node);
                for member in members {
                    is_open[member] = false;
                    circles[member] = is_circle.then_some(node);
                }
            }
        }
    }
    circles
}
