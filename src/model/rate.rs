//! How often something may be done.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// So many times in each of a stretch of time, such as `10/minute`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// How many times.
    pub count: u32,
    /// In which time.
    pub per: Unit,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Unit {
    Second = 1,
    Minute = 60,
    Hour = 60 * 60,
    Day = 24 * 60 * 60,
}

const UNITS: [(&str, Unit); 4] = [
    ("second", Unit::Second),
    ("minute", Unit::Minute),
    ("hour", Unit::Hour),
    ("day", Unit::Day),
];

impl Rate {
    /// How long its stretch of time is.
    pub fn seconds(&self) -> u32 {
        self.per as u32
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().find(|(_, unit)| *unit == self.per);
        write!(f, "{}/{}", self.count, unit.map_or("", |(name, _)| name))
    }
}

impl FromStr for Rate {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (count, unit) = text.split_once('/').ok_or(())?;
        let known = |(name, _): &&(&str, Unit)| *name == unit.trim();
        let (_, per) = UNITS.iter().find(known).ok_or(())?;
        let count = count.trim().parse().ok().filter(|count| *count > 0);
        count.map(|count| Self { count, per: *per }).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_told() {
        for (text, count, seconds) in [
            ("10/minute", 10, 60),
            ("1/day", 1, 86_400),
            ("5/second", 5, 1),
        ] {
            let rate: Rate = text.parse().expect(text);
            assert_eq!((rate.count, rate.seconds()), (count, seconds));
            assert_eq!(rate.to_string(), text);
        }
        for text in [
            "",
            "10",
            "0/minute",
            "-1/minute",
            "10/week",
            "/minute",
            "10/",
            "1.5/hour",
        ] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
