//! Decimal numbers by their digits: most of them have no exact `f64`.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// The digits of a decimal number, without zeros that say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    /// All of them, as a whole number.
    pub number: i128,
    /// How many of them stand behind the point.
    pub places: u32,
}

impl Digits {
    /// So many places at most has a decimal of a known number of places.
    pub const MOST_PLACES: u32 = 12;
    /// So many digits has such a decimal.
    pub const KNOWN: u32 = 18;
    /// What `rust_decimal::Decimal` keeps.
    const MOST: i128 = (1 << 96) - 1;
    const LAST_PLACE: u32 = 28;

    /// Of a number of JSON.
    pub fn of(number: &Number) -> Option<Self> {
        Self::parse(&number.to_string())
    }

    /// Of a value of JSON: a number, or a text that writes one.
    pub fn of_value(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Self::of(number),
            Value::String(text) => Self::parse(text),
            _ => None,
        }
    }

    /// Of a text, as JSON writes numbers.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Number>().ok()?;
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut number: i128 = format!("{before}{behind}").parse().ok()?;
        let exponent: i32 = exponent.trim_start_matches('+').parse().ok()?;
        let mut places = i32::try_from(behind.len()).ok()?.checked_sub(exponent)?;
        while number % 10 == 0 && places > 0 {
            number /= 10;
            places -= 1;
        }
        if number == 0 {
            places = 0;
        }
        match u32::try_from(places) {
            Ok(places) => Some(Self { number, places }),
            Err(_) => Some(Self {
                number: number.checked_mul(10i128.checked_pow(places.unsigned_abs())?)?,
                places: 0,
            }),
        }
    }

    /// Whether `rust_decimal::Decimal` can be it.
    pub fn is_kept(self) -> bool {
        self.number.abs() <= Self::MOST && self.places <= Self::LAST_PLACE
    }

    /// As a whole number of its last place, of which there are so many.
    pub fn scaled(self, places: u32) -> Option<i128> {
        let missing = places.checked_sub(self.places)?;
        self.number.checked_mul(10i128.checked_pow(missing)?)
    }

    /// Whether it is a multiple of another; what has too many digits to tell is one.
    pub fn is_multiple_of(self, step: Self) -> bool {
        match self.aligned(step) {
            Some((number, step)) => step != 0 && number % step == 0,
            None => true,
        }
    }

    /// Which of two is the larger.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let (whole, rest) = self.parts()?;
        let (other_whole, other_rest) = other.parts()?;
        let (a, b) = rest.aligned(other_rest)?;
        Some(whole.cmp(&other_whole).then(a.cmp(&b)))
    }

    /// What stands before the point, and what is to be added to it: that is never negative.
    fn parts(self) -> Option<(i128, Self)> {
        let one = 10i128.checked_pow(self.places)?;
        let rest = Self {
            number: self.number.rem_euclid(one),
            ..self
        };
        Some((self.number.div_euclid(one), rest))
    }

    fn aligned(self, other: Self) -> Option<(i128, i128)> {
        let places = self.places.max(other.places);
        Some((self.scaled(places)?, other.scaled(places)?))
    }
}

impl std::fmt::Display for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let width = self.places as usize + 1;
        let digits = format!("{:0>width$}", self.number.unsigned_abs());
        let (before, behind) = digits.split_at(digits.len() - self.places as usize);
        let sign = if self.number < 0 { "-" } else { "" };
        match behind {
            "" => write!(f, "{sign}{before}"),
            behind => write!(f, "{sign}{before}.{behind}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_and_written() {
        let shown = |text: &str| Digits::parse(text).map(|digits| digits.to_string());
        for (text, wanted) in [
            ("1.50", Some("1.5")),
            ("-0.00", Some("0")),
            ("0.01", Some("0.01")),
            ("1.5e3", Some("1500")),
            ("25e-3", Some("0.025")),
            ("-1E2", Some("-100")),
            (
                "79228162514264337593543950335",
                Some("79228162514264337593543950335"),
            ),
            ("1e39", None),
            (".5", None),
            ("1.", None),
            ("07", None),
            ("1_000", None),
            ("+1", None),
            ("", None),
        ] {
            assert_eq!(shown(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn multiples_and_orders_are_exact() {
        let digits = |text| Digits::parse(text).expect("digits");
        assert!(digits("0.3").is_multiple_of(digits("0.1")));
        assert!(!digits("19.999").is_multiple_of(digits("0.01")));
        let (a, b) = (digits("9007199254740993"), digits("9007199254740992.5"));
        assert_eq!(a.compare(b), Some(Ordering::Greater));
        let (c, d) = (digits("-4.4500000000000000000000000001"), digits("-4.45"));
        assert_eq!(c.compare(a), Some(Ordering::Less));
        assert_eq!(c.compare(d), Some(Ordering::Less));
        assert!(!digits("79228162514264337593543950336").is_kept());
    }
}
