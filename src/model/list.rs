//! Lists: what they are filtered and ordered by, and how they are cut into pages.

use serde::{Deserialize, Serialize};

/// How a list is filtered, ordered and cut into pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListPlan {
    /// How it is cut into pages.
    pub pagination: Pagination,
    /// What rows must be like.
    pub filters: Vec<Filter>,
    /// What it is ordered by.
    pub sort: Sort,
    /// The answer says how many rows match: they are counted.
    pub counts: bool,
}

/// A query parameter that rows are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// The parameter, by its place in the operation's.
    pub parameter: usize,
    /// The column, by its place in the resource's.
    pub column: usize,
    /// How the column's value must compare with the parameter's.
    pub comparison: Comparison,
}

/// How the value of a column compares with that of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Comparison {
    /// It is equal.
    Equal,
    /// It is another, or there is none.
    Differs,
    /// It is greater, or later.
    Above,
    /// It is not less, or not earlier.
    AtLeast,
    /// It is less, or earlier.
    Below,
    /// It is not greater, or not later.
    AtMost,
    /// It is equal to one of several.
    OneOf,
    /// It is equal to none of several, or there is none.
    NoneOf,
}

/// How a list is cut into pages. Parameters are named by their place in the operation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pagination {
    /// All rows at once, up to a limit of 1,000.
    None,
    /// The first rows only.
    Limit {
        /// How many.
        limit: usize,
    },
    /// Rows after a place that the previous page told.
    Cursor {
        /// The place.
        cursor: usize,
        /// How many; 20 without one.
        limit: Option<usize>,
    },
    /// Pages counted from 1.
    Page {
        /// Which.
        page: usize,
        /// How many rows; 20 without one.
        size: Option<usize>,
    },
    /// Rows after so many.
    Offset {
        /// So many.
        offset: usize,
        /// How many; 20 without one.
        limit: Option<usize>,
    },
}

/// What a list is ordered by; the key always breaks ties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Sort {
    /// One order.
    Fixed(SortKey),
    /// An enum parameter names the order.
    Parameter {
        /// By its place in the operation's parameters; its type is a named string enum, or an array
        /// of one.
        parameter: usize,
        /// It is an array: rows that tie in one key are ordered by the next.
        several: bool,
        /// For each variant of the enum, in order.
        keys: Vec<SortKey>,
        /// The order where the parameter is absent and has no default.
        default: SortKey,
        /// The parameter that turns the order round.
        direction: Option<Direction>,
    },
}

/// An enum parameter that says in which direction rows are ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Direction {
    /// By its place in the operation's parameters; its type is a named string enum.
    pub parameter: usize,
    /// For each variant of the enum, in order: the largest first.
    pub descending: Vec<bool>,
}

/// A column and a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortKey {
    /// By its place in the resource's columns; never a JSON one. Rows without a value come last.
    pub column: usize,
    /// Largest first.
    pub descending: bool,
}

impl Sort {
    /// Every order that it allows.
    pub fn keys(&self) -> impl Iterator<Item = &SortKey> {
        let (keys, default) = match self {
            Self::Fixed(key) => (&[][..], key),
            Self::Parameter { keys, default, .. } => (&keys[..], default),
        };
        keys.iter().chain([default])
    }
}

impl Comparison {
    /// It compares with several values.
    pub fn is_of_many(self) -> bool {
        matches!(self, Self::OneOf | Self::NoneOf)
    }

    /// It in words, such as `at least`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::Differs => "not ",
            Self::Above => "above ",
            Self::AtLeast => "at least ",
            Self::Below => "below ",
            Self::AtMost => "at most ",
            Self::OneOf => "one of ",
            Self::NoneOf => "none of ",
        }
    }
}
