//! What each diagnostic code means, for `explain code`.

/// Code and meaning, sorted.
pub(super) const CODES: &[(&str, &str)] = &[
    (
        "config-key",
        "`apigen.toml` has an option that does not exist, or lacks one that it needs.",
    ),
    ("config-syntax", "`apigen.toml` is not TOML."),
    (
        "config-value",
        "An option in `apigen.toml` has a value that is not possible.",
    ),
    (
        "dangling-ref",
        "A `$ref` names a place that the document does not have.",
    ),
    (
        "ref-loop",
        "References lead to each other in a circle, so that there is nothing behind them.",
    ),
];
