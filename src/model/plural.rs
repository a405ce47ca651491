//! One and many: how words are counted in English.

/// Plurals that are no singular with an `s`, and words that only look like plurals.
const IRREGULAR: &[(&str, &str)] = &[
    ("people", "person"),
    ("children", "child"),
    ("men", "man"),
    ("women", "woman"),
    ("indices", "index"),
    ("news", "news"),
    ("series", "series"),
    ("species", "species"),
    ("movies", "movie"),
    ("cookies", "cookie"),
    ("caches", "cache"),
    ("aliases", "alias"),
];

/// One of them: `special_events` are many `special_event`.
pub fn singular(plural: &str) -> String {
    let (head, last) = match plural.rfind('_') {
        Some(place) => plural.split_at(place + 1),
        None => ("", plural),
    };
    let irregular = IRREGULAR.iter().find(|(plural, _)| *plural == last);
    let last = match irregular {
        Some((_, singular)) => (*singular).to_owned(),
        None => regular(last),
    };
    format!("{head}{last}")
}

fn regular(plural: &str) -> String {
    let stem = |suffix: &str| plural.strip_suffix(suffix).filter(|stem| stem.len() > 1);
    if let Some(stem) = stem("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    for suffix in ["sses", "shes", "ches", "xes", "zes", "uses"] {
        if stem(suffix).is_some() {
            return plural[..plural.len() - 2].to_owned();
        }
    }
    if ["ss", "us", "is"].iter().any(|end| plural.ends_with(end)) {
        return plural.to_owned();
    }
    stem("s").unwrap_or(plural).to_owned()
}
