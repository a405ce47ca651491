//! Pairs of schemas: what is different about each, told for every use.
//!
//! Each pair is compared once, whoever uses it, and its inner pairs are pairs of their own: that makes
//! schemas that hold themselves harmless, and documents in which everything refers to everything fast.

mod bounds;
mod inner;
mod kinds;
mod unions;
mod values;
mod view;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    rc::Rc,
};

use super::{
    Found, Use,
    rules::{Aspect, Event, Rule, Site},
};
use crate::{
    diagnostic::Span,
    spec::{Document, Node},
};

use self::view::{View, Views};

/// One step into a schema.
#[derive(Debug, Clone)]
enum Step<'a> {
    Property(&'a str),
    Items,
    Tuple(usize),
    /// The properties that are not listed.
    Values,
    /// One of a union, by its name.
    Alternative(String),
}

/// What happened to a schema, by whoever uses it.
#[derive(Debug, Clone, Copy)]
enum What {
    Aspect(Aspect),
    /// A kind of values, in JSON and where values are written as text.
    Kind(Option<Aspect>, Option<Aspect>),
    /// A property, in requests and in responses.
    Property(Option<Event>, Option<Event>),
}

/// What is different about a schema itself.
#[derive(Debug)]
struct Own<'a> {
    what: What,
    step: Option<Step<'a>>,
    words: String,
    /// Where it stands, unless nothing is written there.
    old: Option<Span>,
    new: Option<Span>,
}

/// A pair within a pair.
#[derive(Debug)]
struct Inner<'a> {
    step: Step<'a>,
    pair: usize,
    in_requests: bool,
    in_responses: bool,
}

#[derive(Debug, Default)]
struct Pair<'a> {
    own: Vec<Own<'a>>,
    inner: Vec<Inner<'a>>,
    old: Option<Span>,
    new: Option<Span>,
    /// It, or something within it, is different.
    differs: bool,
}

/// All pairs of schemas that are compared.
pub(super) struct Schemas<'a> {
    old: Views<'a>,
    new: Views<'a>,
    known: HashMap<(usize, usize), usize>,
    pairs: Vec<Pair<'a>>,
    open: Vec<(usize, Rc<View<'a>>, Rc<View<'a>>)>,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(old: &'a Document, new: &'a Document) -> Self {
        Self {
            old: Views::new(old),
            new: Views::new(new),
            known: HashMap::new(),
            pairs: Vec::new(),
            open: Vec::new(),
        }
    }

    /// The pair of two schemas; no schema is one that takes everything.
    pub(super) fn pair(&mut self, old: Option<&'a Node>, new: Option<&'a Node>) -> usize {
        let list = |node: Option<&'a Node>| node.into_iter().collect();
        self.pair_of(list(old), list(new))
    }

    /// The pair of what all of these say together.
    fn pair_of(&mut self, old: Vec<&'a Node>, new: Vec<&'a Node>) -> usize {
        let (old, before) = self.old.view(old);
        let (new, after) = self.new.view(new);
        let next = self.pairs.len();
        let pair = *self.known.entry((old, new)).or_insert(next);
        if pair == next {
            self.pairs.push(Pair::default());
            self.open.push((pair, before, after));
        }
        pair
    }

    /// Compares all pairs, those found on the way too, and spreads what differs to those that hold it.
    pub(super) fn spread(&mut self) {
        while let Some((pair, old, new)) = self.open.pop() {
            let mut compared = Pair {
                old: old.place,
                new: new.place,
                ..Pair::default()
            };
            self.compare(&mut compared, &old, &new);
            self.pairs[pair] = compared;
        }
        let mut holders: Vec<Vec<usize>> = vec![Vec::new(); self.pairs.len()];
        for (holder, pair) in self.pairs.iter().enumerate() {
            for inner in &pair.inner {
                holders[inner.pair].push(holder);
            }
        }
        let own = |(place, pair): (usize, &Pair<'a>)| (!pair.own.is_empty()).then_some(place);
        let mut open: Vec<_> = self.pairs.iter().enumerate().filter_map(own).collect();
        while let Some(pair) = open.pop() {
            if !std::mem::replace(&mut self.pairs[pair].differs, true) {
                open.extend(&holders[pair]);
            }
        }
    }

    fn compare(&mut self, pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
        if self.wrapped(pair, old, new) {
            return;
        }
        if kinds::compare(pair, old, new) {
            bounds::compare(pair, old, new);
            values::compare(pair, old, new);
            self.properties(pair, old, new);
            self.items(pair, old, new);
            self.unions(pair, old, new);
        }
        values::words(pair, old, new);
    }

    /// What the uses of one body have to tell, each change once.
    pub(super) fn told(&self, uses: &[Use<'a>]) -> Vec<Found<'a>> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for one in uses {
            self.tell(one, &mut |rule, message, old, new| {
                if seen.insert((rule.id, old, new)) || (old, new) == Default::default() {
                    found.push(Found {
                        at: one.at,
                        rule,
                        message,
                        old,
                        new,
                    });
                }
            });
        }
        found
    }

    /// Goes through what differs, each pair once and by the shortest way.
    fn tell(&self, one: &Use<'a>, tell: &mut impl FnMut(&'static Rule, String, Span, Span)) {
        let mut seen = HashSet::from([one.pair]);
        let mut open = VecDeque::from([(one.pair, Way::default(), one.places)]);
        while let Some((pair, way, (old, new))) = open.pop_front() {
            let pair = &self.pairs[pair];
            if !pair.differs {
                continue;
            }
            let places = (pair.old.unwrap_or(old), pair.new.unwrap_or(new));
            for own in &pair.own {
                let way = match &own.step {
                    Some(step) => way.then(step),
                    None => way.clone(),
                };
                if let Some(rule) = own.what.rule(one.site, way.is_inside) {
                    let message = format!("{} {}", way.subject(one), own.words);
                    let old = own.old.unwrap_or(places.0);
                    tell(rule, message, old, own.new.unwrap_or(places.1));
                }
            }
            for inner in &pair.inner {
                let is_meant = match one.site.is_request() {
                    true => inner.in_requests,
                    false => inner.in_responses,
                };
                if is_meant && self.pairs[inner.pair].differs && seen.insert(inner.pair) {
                    open.push_back((inner.pair, way.then(&inner.step), places));
                }
            }
        }
    }
}

impl What {
    fn rule(self, site: Site, is_inside: bool) -> Option<&'static Rule> {
        match self {
            Self::Aspect(aspect) => Some(aspect.rule(site, is_inside)),
            Self::Kind(json, text) => {
                let aspect = if site.is_text() { text } else { json };
                aspect.map(|aspect| aspect.rule(site, is_inside))
            }
            Self::Property(request, response) => {
                let event = if site.is_request() { request } else { response };
                event.map(Event::rule)
            }
        }
    }
}

impl<'a> Pair<'a> {
    /// Something about a keyword, at its places.
    fn tell(&mut self, aspect: Aspect, words: String, old: Option<Span>, new: Option<Span>) {
        self.own.push(Own {
            what: What::Aspect(aspect),
            step: None,
            words,
            old,
            new,
        });
    }

    fn hold(&mut self, step: Step<'a>, pair: usize) {
        self.inner.push(Inner {
            step,
            pair,
            in_requests: true,
            in_responses: true,
        });
    }
}

/// The way from a body or a parameter to something inside of it.
#[derive(Debug, Clone, Default)]
struct Way {
    text: String,
    is_inside: bool,
}

impl Way {
    fn then(&self, step: &Step<'_>) -> Self {
        let text = &self.text;
        let text = match step {
            Step::Property(name) if text.is_empty() => (*name).to_owned(),
            Step::Property(name) => format!("{text}.{name}"),
            Step::Items => format!("{text}[]"),
            Step::Tuple(place) => format!("{text}[{place}]"),
            Step::Values if text.is_empty() => "*".to_owned(),
            Step::Values => format!("{text}.*"),
            Step::Alternative(name) => format!("{text}<{name}>"),
        };
        let is_inside = self.is_inside || !matches!(step, Step::Alternative(_));
        Self { text, is_inside }
    }

    fn subject(&self, one: &Use<'_>) -> String {
        let (text, subject) = (&self.text, &one.subject);
        let whose = match one.site {
            Site::Parameter | Site::Header if text.is_empty() => return subject.clone(),
            Site::Parameter | Site::Header => return format!("`{text}` in {subject}"),
            Site::RequestBody if one.at.is_outgoing => "awaited",
            Site::RequestBody => "request",
            Site::ResponseBody if one.at.is_outgoing => "sent",
            Site::ResponseBody => "response",
        };
        match (text.as_str(), self.is_inside) {
            ("", _) => format!("the {whose} body{subject}"),
            (_, true) => format!("the {whose} property `{text}`{subject}"),
            (_, false) => format!("the {whose} body `{text}`{subject}"),
        }
    }
}
