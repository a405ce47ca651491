//! Bounds of numbers, lengths and counts; the tightest one counts where there are several.

use std::cmp::Ordering;

use serde_json::Number;

use super::{Aspect, Pair, View};
use crate::{
    diagnostic::Span,
    spec::{Kind, Node},
};

/// What a bound's rules are: set, unset, tighter, wider.
type Rules = [Aspect; 4];

/// A bound as it is written.
#[derive(Clone)]
struct Bound<'a> {
    keyword: &'static str,
    number: &'a Number,
    raw: &'a str,
    is_exclusive: bool,
    span: Span,
}

const UPPER: [(&str, Rules); 3] = {
    use Aspect::*;
    [
        (
            "maxLength",
            [
                MaxLengthSet,
                MaxLengthUnset,
                MaxLengthDecreased,
                MaxLengthIncreased,
            ],
        ),
        (
            "maxItems",
            [
                MaxItemsSet,
                MaxItemsUnset,
                MaxItemsDecreased,
                MaxItemsIncreased,
            ],
        ),
        (
            "maxProperties",
            [
                MaxPropertiesSet,
                MaxPropertiesUnset,
                MaxPropertiesDecreased,
                MaxPropertiesIncreased,
            ],
        ),
    ]
};

const LOWER: [(&str, Rules); 3] = {
    use Aspect::*;
    [
        (
            "minLength",
            [
                MinLengthSet,
                MinLengthUnset,
                MinLengthIncreased,
                MinLengthDecreased,
            ],
        ),
        (
            "minItems",
            [
                MinItemsSet,
                MinItemsUnset,
                MinItemsIncreased,
                MinItemsDecreased,
            ],
        ),
        (
            "minProperties",
            [
                MinPropertiesSet,
                MinPropertiesUnset,
                MinPropertiesIncreased,
                MinPropertiesDecreased,
            ],
        ),
    ]
};

const MAXIMUM: [(&str, Rules); 2] = {
    use Aspect::*;
    [
        ("maximum", [MaxSet, MaxUnset, MaxDecreased, MaxIncreased]),
        (
            "exclusiveMaximum",
            [
                ExclusiveMaxSet,
                ExclusiveMaxUnset,
                ExclusiveMaxDecreased,
                ExclusiveMaxIncreased,
            ],
        ),
    ]
};

const MINIMUM: [(&str, Rules); 2] = {
    use Aspect::*;
    [
        ("minimum", [MinSet, MinUnset, MinIncreased, MinDecreased]),
        (
            "exclusiveMinimum",
            [
                ExclusiveMinSet,
                ExclusiveMinUnset,
                ExclusiveMinIncreased,
                ExclusiveMinDecreased,
            ],
        ),
    ]
};

/// Compares all bounds.
pub(super) fn compare<'a>(pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
    for row in &UPPER {
        one(pair, old, new, std::slice::from_ref(row), true);
    }
    for row in &LOWER {
        one(pair, old, new, std::slice::from_ref(row), false);
    }
    one(pair, old, new, &MAXIMUM, true);
    one(pair, old, new, &MINIMUM, false);
    multiple(pair, old, new);
}

fn one<'a>(
    pair: &mut Pair<'a>,
    old: &View<'a>,
    new: &View<'a>,
    rows: &[(&'static str, Rules)],
    is_upper: bool,
) {
    let (was, is) = (tightest(old, rows, is_upper), tightest(new, rows, is_upper));
    let rules = |bound: &Bound<'a>| {
        let row = rows.iter().find(|(keyword, _)| *keyword == bound.keyword);
        row.map_or(rows[0].1, |(_, rules)| *rules)
    };
    match (was, is) {
        (None, Some(is)) => {
            let words = format!("has `{}` {}", is.keyword, is.raw);
            pair.tell(rules(&is)[0], words, None, Some(is.span));
        }
        (Some(was), None) => {
            let words = format!("no longer has `{}` {}", was.keyword, was.raw);
            pair.tell(rules(&was)[1], words, Some(was.span), None);
        }
        (Some(was), Some(is)) => {
            let aspect = match tightness(&is, &was, is_upper) {
                Ordering::Greater => rules(&is)[2],
                Ordering::Less => rules(&is)[3],
                Ordering::Equal => return,
            };
            let before = match was.keyword == is.keyword {
                true => was.raw.to_owned(),
                false => format!("`{}` {}", was.keyword, was.raw),
            };
            let words = format!("has `{}` {}, had {before}", is.keyword, is.raw);
            pair.tell(aspect, words, Some(was.span), Some(is.span));
        }
        (None, None) => {}
    }
}

fn tightest<'a>(
    view: &View<'a>,
    rows: &[(&'static str, Rules)],
    is_upper: bool,
) -> Option<Bound<'a>> {
    let bounds = rows.iter().flat_map(|(keyword, _)| {
        view.all(keyword).iter().filter_map(move |member| {
            let Kind::Number(number, raw) = &member.value.kind else {
                return None;
            };
            Some(Bound {
                keyword,
                number,
                raw,
                is_exclusive: keyword.starts_with("exclusive"),
                span: member.key,
            })
        })
    });
    let tightest = bounds.reduce(|a, b| match tightness(&b, &a, is_upper) {
        Ordering::Greater => b,
        _ => a,
    });
    // At least none is no bound.
    let is_bound = |bound: &Bound<'a>| {
        !bound.keyword.starts_with("min")
            || bound.keyword == "minimum"
            || bound.number.as_u64() != Some(0)
    };
    tightest.filter(is_bound)
}

/// Greater is tighter.
fn tightness(a: &Bound<'_>, b: &Bound<'_>, is_upper: bool) -> Ordering {
    let order = order(a.number, b.number);
    let order = if is_upper { order.reverse() } else { order };
    order.then(a.is_exclusive.cmp(&b.is_exclusive))
}

fn order(a: &Number, b: &Number) -> Ordering {
    let whole = |number: &Number| {
        let small = number.as_i64().map(i128::from);
        small.or(number.as_u64().map(i128::from))
    };
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => {
            let (a, b) = (
                a.as_f64().unwrap_or_default(),
                b.as_f64().unwrap_or_default(),
            );
            a.total_cmp(&b)
        }
    }
}

fn multiple<'a>(pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
    const WORD: &str = "multipleOf";
    let number = |view: &View<'a>| view.first(WORD).and_then(Node::as_number);
    let places = (old.key(WORD), new.key(WORD));
    let (aspect, words) = match (number(old), number(new)) {
        (None, Some(is)) => (
            Aspect::MultipleOfAdded,
            format!("must be a multiple of {is}"),
        ),
        (Some(was), None) => {
            let words = format!("need not be a multiple of {was}");
            (Aspect::MultipleOfRemoved, words)
        }
        (Some(was), Some(is)) if order(was, is) != Ordering::Equal => {
            let words = format!("must be a multiple of {is}, was one of {was}");
            (Aspect::MultipleOfChanged, words)
        }
        _ => return,
    };
    pair.tell(aspect, words, places.0, places.1);
}
