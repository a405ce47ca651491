//! Numbers of migrations: each has one of its own, also where two branches were merged.

use std::collections::{BTreeMap, BTreeSet};

/// When a migration came to the branch that is looked at: the earliest keeps its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    /// The branch that everybody merges into does not have it yet.
    pub is_apart: bool,
    /// Which commit brought it, counted from the first; the largest for one that is not committed.
    pub commit: usize,
}

impl Age {
    /// Of what is newer than everything else.
    pub const NEWEST: Self = Self {
        is_apart: true,
        commit: usize::MAX,
    };
}

/// The number that a migration's name starts with.
pub fn number(path: &str) -> Option<usize> {
    let name = path.rsplit('/').next()?;
    let number = name.split('_').next()?.parse();
    // What a database keeps of it has a sign.
    number.ok().filter(|number| i64::try_from(*number).is_ok())
}

/// Two of these have one number.
pub fn collide<'a>(paths: impl IntoIterator<Item = &'a str>) -> bool {
    let mut seen = BTreeSet::new();
    let mut numbers = paths.into_iter().filter_map(number);
    numbers.any(|number| !seen.insert(number))
}

/// The path of each migration, once no two have one number. What is newer moves behind what stays,
/// in its order, together with what the same side has after it.
pub fn renumbered(files: &[(String, Age)]) -> Vec<String> {
    let mut by_number: BTreeMap<usize, Vec<&(String, Age)>> = BTreeMap::new();
    for file in files {
        if let Some(number) = number(&file.0) {
            by_number.entry(number).or_default().push(file);
        }
    }
    let (mut stays, mut moves) = (0, Vec::<&(String, Age)>::new());
    for (number, mut rivals) in by_number {
        rivals.sort_by_key(|(path, age)| (age, path));
        let first = moves.iter().map(|(_, age)| age).min().copied();
        let is_behind = |age: &Age| first.is_some_and(|first| first <= *age);
        let keeps = rivals.first().is_some_and(|(_, age)| !is_behind(age));
        if keeps {
            stays = number;
        }
        moves.extend(rivals.into_iter().skip(usize::from(keeps)));
    }
    let mut paths: Vec<_> = files.iter().map(|(path, _)| path.clone()).collect();
    for (next, moving) in (stays + 1..).zip(moves) {
        let place = files.iter().position(|file| std::ptr::eq(file, moving));
        if let Some(path) = place.and_then(|place| paths.get_mut(place)) {
            *path = with_number(path, next);
        }
    }
    paths
}

fn with_number(path: &str, number: usize) -> String {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    let end = path[name..].find('_').map_or(path.len(), |end| name + end);
    format!("{}{number:04}{}", &path[..name], &path[end..])
}

#[cfg(test)]
mod tests {
    use super::{Age, renumbered};

    /// Names, each with whether it is apart and the commit that brought it.
    fn is(files: &[(&str, bool, usize)], wanted: &[&str]) {
        let file = |(name, is_apart, commit): &(&str, bool, usize)| {
            let (is_apart, commit) = (*is_apart, *commit);
            (format!("m/{name}.sql"), Age { is_apart, commit })
        };
        let wanted: Vec<_> = wanted.iter().map(|name| format!("m/{name}.sql")).collect();
        let mut files: Vec<_> = files.iter().map(file).collect();
        assert_eq!(renumbered(&files), wanted);
        // Whatever the order.
        files.reverse();
        let found: Vec<_> = renumbered(&files).into_iter().rev().collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn what_everybody_has_keeps_its_number() {
        is(
            &[("0001_x", false, 0), ("0002_y", false, 1)],
            &["0001_x", "0002_y"],
        );
        is(
            &[
                ("0001_x", false, 0),
                ("0002_a", true, 1),
                ("0002_b", false, 2),
            ],
            &["0001_x", "0003_a", "0002_b"],
        );
    }

    #[test]
    fn a_side_moves_together() {
        is(
            &[
                ("0002_a", false, 1),
                ("0002_b", true, 0),
                ("0003_b", true, 0),
            ],
            &["0002_a", "0003_b", "0004_b"],
        );
        is(
            &[
                ("0002_a", false, 1),
                ("0003_a", false, 1),
                ("0002_b", true, 0),
                ("0003_b", true, 0),
                ("0004_b", true, 1),
            ],
            &["0002_a", "0003_a", "0004_b", "0005_b", "0006_b"],
        );
        // What was added after a merge that nobody had put right comes after it still.
        is(
            &[
                ("0002_a", false, 1),
                ("0002_b", false, 2),
                ("0003_b", false, 2),
                ("0004_c", false, 3),
            ],
            &["0002_a", "0003_b", "0004_b", "0005_c"],
        );
    }

    #[test]
    fn names_decide_last() {
        is(
            &[
                ("0002_a", true, 0),
                ("0002_b", true, 0),
                ("0003_c", true, 0),
                ("2_d", true, 0),
            ],
            &["0002_a", "0003_b", "0005_c", "0004_d"],
        );
        is(&[("x", true, 0), ("0002_b", true, 0)], &["x", "0002_b"]);
    }
}
