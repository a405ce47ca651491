//! What schemas hold: properties and items.

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};

use super::{Aspect, Event, Inner, Own, Pair, Schemas, Step, View, What};
use crate::{
    diagnostic::Span,
    spec::{Kind, Node},
};

/// A property: all that is said of it, and where it is named.
#[derive(Default)]
struct Property<'a> {
    nodes: Vec<&'a Node>,
    span: Option<Span>,
    is_required: bool,
}

type Properties<'a> = IndexMap<&'a str, Property<'a>>;

/// What a property is in one document.
#[derive(Clone, Copy)]
struct State {
    is_required: bool,
    read_only: bool,
    write_only: bool,
    has_default: bool,
}

impl<'a> Schemas<'a> {
    pub(super) fn properties(&mut self, pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
        let (mut before, mut after) = (properties(old), properties(new));
        let names: IndexSet<_> = after.keys().chain(before.keys()).copied().collect();
        for name in names {
            let (old, new) = (before.swap_remove(name), after.swap_remove(name));
            self.property(pair, name, old, new);
        }
        self.additional(pair, old, new);
    }

    fn property(
        &mut self,
        pair: &mut Pair<'a>,
        name: &'a str,
        old: Option<Property<'a>>,
        new: Option<Property<'a>>,
    ) {
        let spans = |property: &Option<Property<'a>>| property.as_ref().and_then(|p| p.span);
        let (was, is) = (spans(&old), spans(&new));
        let mut tell = |what: What, words: &str| {
            pair.own.push(Own {
                what,
                step: Some(Step::Property(name)),
                words: words.to_owned(),
                old: was,
                new: is,
            });
        };
        let mut state = |property: &Property<'a>, is_old: bool| {
            let views = if is_old { &mut self.old } else { &mut self.new };
            let (_, view) = views.view(property.nodes.clone());
            State {
                is_required: property.is_required,
                read_only: view.flag("readOnly"),
                write_only: view.flag("writeOnly"),
                has_default: view.first("default").is_some(),
            }
        };
        match (old, new) {
            (None, Some(new)) => added(state(&new, false), &mut tell),
            (Some(old), None) => removed(state(&old, true), &mut tell),
            (Some(old), Some(new)) => {
                let (was, is) = (state(&old, true), state(&new, false));
                changed(was, is, &mut tell);
                let inner = self.pair_of(old.nodes, new.nodes);
                pair.inner.push(Inner {
                    step: Step::Property(name),
                    pair: inner,
                    in_requests: !was.read_only && !is.read_only,
                    in_responses: !was.write_only && !is.write_only,
                });
            }
            (None, None) => {}
        }
    }

    /// Compares what is said of properties that are not listed.
    fn additional(&mut self, pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
        const WORD: &str = "additionalProperties";
        let words = [WORD, "unevaluatedProperties"];
        let is_closed = |view: &View<'a>| {
            let mut all = words.iter().flat_map(|word| view.all(word));
            all.any(|member| member.value.as_bool() == Some(false))
        };
        let place = |view: &View<'a>| view.key(WORD).or(view.key(words[1]));
        match (is_closed(old), is_closed(new)) {
            (true, true) => return,
            (false, true) => {
                let words = "may no longer have properties that are not listed";
                return pair.tell(
                    Aspect::AdditionalRemoved,
                    words.to_owned(),
                    place(old),
                    place(new),
                );
            }
            (true, false) => {
                let words = "may have properties that are not listed";
                return pair.tell(
                    Aspect::AdditionalAdded,
                    words.to_owned(),
                    place(old),
                    place(new),
                );
            }
            (false, false) => {}
        }
        let schemas = |view: &View<'a>| schemas(view, WORD);
        self.hold(pair, Step::Values, schemas(old), schemas(new));
    }

    pub(super) fn items(&mut self, pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
        self.hold(
            pair,
            Step::Items,
            schemas(old, "items"),
            schemas(new, "items"),
        );
        let tuple = |view: &View<'a>| -> Vec<&'a Node> {
            let listed = view.first("prefixItems").or(view.first("items"));
            listed.map_or(&[][..], Node::items).iter().collect()
        };
        let (before, after) = (tuple(old), tuple(new));
        if before.len() != after.len() {
            let words = format!("lists {} items, listed {}", after.len(), before.len());
            let place = |view: &View<'a>| view.key("prefixItems");
            return pair.tell(Aspect::KeywordChanged, words, place(old), place(new));
        }
        for (place, (old, new)) in before.into_iter().zip(after).enumerate() {
            self.hold(pair, Step::Tuple(place), vec![old], vec![new]);
        }
    }

    /// Compares what is within, if there is anything.
    fn hold(
        &mut self,
        pair: &mut Pair<'a>,
        step: Step<'a>,
        old: Vec<&'a Node>,
        new: Vec<&'a Node>,
    ) {
        if !old.is_empty() || !new.is_empty() {
            let inner = self.pair_of(old, new);
            pair.hold(step, inner);
        }
    }
}

/// All schemas that a keyword has; `true` says nothing.
fn schemas<'a>(view: &View<'a>, word: &str) -> Vec<&'a Node> {
    let all = view.all(word).iter().map(|member| &member.value);
    all.filter(|node| !matches!(node.kind, Kind::Bool(true) | Kind::Array(_)))
        .collect()
}

fn properties<'a>(view: &View<'a>) -> Properties<'a> {
    let mut properties = Properties::new();
    for member in view.all("properties") {
        for (name, property) in member.value.members() {
            let known = properties.entry(name).or_default();
            known.nodes.push(&property.value);
            known.span = known.span.or(Some(property.key));
        }
    }
    let lists = view
        .all("required")
        .iter()
        .flat_map(|member| member.value.items());
    let required: BTreeSet<_> = lists.filter_map(Node::as_str).collect();
    for name in required {
        let known = properties.entry(name).or_default();
        known.is_required = true;
        known.span = known.span.or(view.key("required"));
    }
    properties
}

fn added(is: State, tell: &mut impl FnMut(What, &str)) {
    let request = match is {
        State {
            read_only: true, ..
        } => None,
        State {
            is_required: false, ..
        } => Some(Event::PropertyAdded),
        State {
            has_default: true, ..
        } => Some(Event::PropertyAddedDefault),
        _ => Some(Event::PropertyAddedRequired),
    };
    let response = match is {
        State {
            write_only: true, ..
        } => None,
        State {
            is_required: true, ..
        } => Some(Event::AnswerAddedRequired),
        _ => Some(Event::AnswerAdded),
    };
    let words = match is.is_required {
        true => "is new, and required",
        false => "is new, and optional",
    };
    tell(What::Property(request, response), words);
}

fn removed(was: State, tell: &mut impl FnMut(What, &str)) {
    let request = (!was.read_only).then_some(Event::PropertyRemoved);
    let response = match was {
        State {
            write_only: true, ..
        } => None,
        State {
            is_required: true, ..
        } => Some(Event::AnswerRemovedRequired),
        _ => Some(Event::AnswerRemoved),
    };
    let words = match was.is_required {
        true => "is gone; it was required",
        false => "is gone",
    };
    tell(What::Property(request, response), words);
}

fn changed(was: State, is: State, tell: &mut impl FnMut(What, &str)) {
    use Event::*;
    let pick =
        |required: Event, optional: Event| Some(if is.is_required { required } else { optional });
    match (was.read_only, is.read_only) {
        (false, true) => {
            let request = pick(RequiredReadOnly, OptionalReadOnly);
            let response = pick(AnswerRequiredReadOnly, AnswerOptionalReadOnly);
            tell(What::Property(request, response), "is read-only");
        }
        (true, false) => {
            let request = pick(RequiredNotReadOnly, OptionalNotReadOnly);
            let response = pick(AnswerRequiredNotReadOnly, AnswerOptionalNotReadOnly);
            tell(What::Property(request, response), "is no longer read-only");
        }
        _ => {}
    }
    match (was.write_only, is.write_only) {
        (false, true) => {
            let request = pick(RequiredWriteOnly, OptionalWriteOnly);
            let response = pick(AnswerRequiredWriteOnly, AnswerOptionalWriteOnly);
            tell(What::Property(request, response), "is write-only");
        }
        (true, false) => {
            let request = pick(RequiredNotWriteOnly, OptionalNotWriteOnly);
            let response = pick(AnswerRequiredNotWriteOnly, AnswerOptionalNotWriteOnly);
            tell(What::Property(request, response), "is no longer write-only");
        }
        _ => {}
    }
    let in_requests = |event| (!was.read_only && !is.read_only).then_some(event);
    let in_responses = |event| (!was.write_only && !is.write_only).then_some(event);
    match (was.is_required, is.is_required) {
        (false, true) => {
            let request = match is.has_default {
                true => PropertyRequiredDefault,
                false => PropertyRequired,
            };
            tell(
                What::Property(in_requests(request), in_responses(AnswerRequired)),
                "became required",
            );
        }
        (true, false) => {
            tell(
                What::Property(in_requests(PropertyOptional), in_responses(AnswerOptional)),
                "became optional",
            );
        }
        _ => {}
    }
}
