//! What a migration makes, as far as two branches may both have made it.

use std::collections::BTreeSet;

/// Each table, column and index, in words.
pub fn makes(sql: &str) -> BTreeSet<String> {
    let lines = sql
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split(';').filter_map(made).collect()
}

fn made(statement: &str) -> Option<String> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',');
    let words = statement.split(is_end).filter(|word| !word.is_empty());
    let plain = |word: &str| word.trim_matches(['"', '`']).to_lowercase();
    let is_filler = |word: &String| {
        [
            "if",
            "not",
            "exists",
            "only",
            "unique",
            "column",
            "concurrently",
        ]
        .contains(&word.as_str())
    };
    let words: Vec<_> = words.map(plain).filter(|word| !is_filler(word)).collect();
    let words: Vec<_> = words.iter().take(5).map(String::as_str).collect();
    match words.as_slice() {
        ["create", kind @ ("table" | "index"), name, ..] => Some(format!("the {kind} `{name}`")),
        [
            "alter",
            "table",
            _,
            "add",
            "constraint" | "primary" | "foreign" | "check",
        ] => None,
        ["alter", "table", table, "add", column] => {
            Some(format!("the column `{column}` of `{table}`"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::makes;

    #[test]
    fn what_is_made() {
        let sql = "-- CREATE TABLE no (x);\nCREATE TABLE IF NOT EXISTS \"a\"(id TEXT);\n\
                   alter table a\n  add column B TEXT;\nALTER TABLE a ADD CONSTRAINT c CHECK (1);\n\
                   CREATE UNIQUE INDEX i ON a (b);\nDROP TABLE z;\nINSERT INTO a VALUES ('x;y');";
        let found = makes(sql).into_iter().collect::<Vec<_>>();
        let wanted = ["the column `b` of `a`", "the index `i`", "the table `a`"];
        assert_eq!(found, wanted);
    }
}
