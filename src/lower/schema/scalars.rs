//! Texts and numbers.

use serde_json::Number;

use crate::{
    diagnostic::Span,
    model::{
        DecimalRules, Format, IntegerKind, NumberRules, StringRules, Type,
        fits::{compare, whole},
    },
    spec::Node,
};

use super::{Schemas, facts::Facts, pattern::translate};

impl<'a> Schemas<'a> {
    pub(super) fn string(&mut self, facts: &Facts<'a>) -> StringRules {
        let max = self.upper(facts.min_length, facts.max_length, "minLength", facts.span);
        StringRules {
            format: format(facts.format),
            min: facts.min_length.filter(|min| *min > 0),
            max,
            pattern: facts.pattern.and_then(|node| self.pattern(node)),
        }
    }

    /// A pattern in Rust's dialect; dropped with a warning where that cannot say it.
    pub(super) fn pattern(&mut self, node: &'a Node) -> Option<String> {
        let pattern = node.as_str()?;
        let translated = self
            .patterns
            .entry(pattern)
            .or_insert_with(|| translate(pattern));
        match translated.clone() {
            Ok(pattern) => Some(pattern),
            Err(reason) => {
                let message = format!("the pattern is not enforced: {reason} cannot be checked");
                self.warn("pattern-not-enforced", node.span, message);
                None
            }
        }
    }

    pub(super) fn integer(&mut self, facts: &Facts<'a>) -> Type {
        let beyond = |bound: &Option<Number>| {
            let integer = bound.as_ref().and_then(whole);
            integer.is_some_and(|bound| bound > i128::from(i64::MAX))
        };
        let kind = match facts.format {
            Some("int8") => IntegerKind::I8,
            Some("int16") => IntegerKind::I16,
            Some("int32") => IntegerKind::I32,
            Some("uint8") => IntegerKind::U8,
            Some("uint16") => IntegerKind::U16,
            Some("uint32") => IntegerKind::U32,
            Some("uint" | "uint64") => IntegerKind::U64,
            _ if beyond(&facts.max) || beyond(&facts.below) => IntegerKind::U64,
            _ => IntegerKind::I64,
        };
        let mut rules = self.number_rules(facts);
        let (low, high) = kind.range();
        // Bounds in whole numbers of the type; those that the type keeps anyway are dropped.
        let mut fit =
            |bound: &mut Option<Number>, round: fn(f64) -> f64, is_min: bool, slack: i128| {
                let Some(number) = bound.take() else { return };
                let rounded = || whole(&Number::from_f64(round(number.as_f64()?))?);
                let Some(integer) = whole(&number).or_else(rounded) else {
                    return;
                };
                let (is_idle, is_impossible) = match is_min {
                    true => (integer + slack <= low, integer + slack > high),
                    false => (integer - slack >= high, integer - slack < low),
                };
                if is_impossible {
                    let message = "a bound lies outside the range of the format: it is left out";
                    self.warn("impossible-bounds", facts.span, message);
                } else if !is_idle {
                    *bound = Number::from_i128(integer);
                }
            };
        fit(&mut rules.min, f64::ceil, true, 0);
        fit(&mut rules.above, f64::floor, true, 1);
        fit(&mut rules.max, f64::floor, false, 0);
        fit(&mut rules.below, f64::ceil, false, 1);
        let one = Number::from(1);
        let step = rules
            .multiple_of
            .take()
            .filter(|step| !crate::model::fits::is_multiple(&one, step));
        rules.multiple_of = step.and_then(|step| Number::from_i128(whole(&step)?));
        Type::Integer(kind, rules)
    }

    pub(super) fn number(&mut self, facts: &Facts<'a>) -> Type {
        match facts.format {
            Some("decimal") => self.decimal(facts, None),
            _ => Type::Number(self.number_rules(facts)),
        }
    }

    /// Text, or a decimal that is written as text.
    pub(super) fn text(&mut self, facts: &Facts<'a>) -> Type {
        let rules = self.string(facts);
        match facts.format {
            Some("decimal") => self.decimal(facts, Some(rules)),
            _ => Type::String(rules),
        }
    }

    fn decimal(&mut self, facts: &Facts<'a>, text: Option<StringRules>) -> Type {
        let number = self.number_rules(facts);
        Type::Decimal(Box::new(DecimalRules { number, text }))
    }

    fn number_rules(&mut self, facts: &Facts<'a>) -> NumberRules {
        let above = |low: &Option<Number>, high: &Option<Number>| match (low, high) {
            (Some(low), Some(high)) => compare(low, high).is_some_and(|order| order.is_gt()),
            _ => false,
        };
        let crossed = above(&facts.min, &facts.max)
            || above(&facts.above, &facts.below)
            || above(&facts.min, &facts.below)
            || above(&facts.above, &facts.max);
        if crossed {
            self.impossible("minimum", facts.span);
        }
        NumberRules {
            min: facts.min.clone(),
            max: facts.max.clone().filter(|_| !crossed),
            above: facts.above.clone(),
            below: facts.below.clone().filter(|_| !crossed),
            multiple_of: facts.multiple_of.clone(),
            one_of: Vec::new(),
        }
    }

    /// The upper bound, unless the lower one is above it: no value would fit.
    pub(super) fn upper(
        &mut self,
        min: Option<u64>,
        max: Option<u64>,
        name: &str,
        span: Span,
    ) -> Option<u64> {
        let crossed = min.zip(max).is_some_and(|(min, max)| min > max);
        if crossed {
            self.impossible(name, span);
        }
        max.filter(|_| !crossed)
    }

    fn impossible(&mut self, name: &str, span: Span) {
        let upper = name.replacen("min", "max", 1);
        let message = format!("`{name}` is above `{upper}`, which is left out: no value would fit");
        self.warn("impossible-bounds", span, message);
    }
}

fn format(name: Option<&str>) -> Format {
    match name {
        Some("uuid") => Format::Uuid,
        Some("date-time") => Format::DateTime,
        Some("date") => Format::Date,
        Some("time") => Format::Time,
        Some("duration") => Format::Duration,
        Some("email") => Format::Email,
        Some("uri") => Format::Uri,
        Some("byte") => Format::Byte,
        Some("ipv4") => Format::Ipv4,
        Some("ipv6") => Format::Ipv6,
        Some("hostname") => Format::Hostname,
        _ => Format::Text,
    }
}
