//! `[lint]`: which advice a project wants on its document.

use toml_edit::{Item, TableLike};

use super::{
    reader::{Range, Reader, key_span},
    unknown,
};
use crate::lint::{Choice, Level, Rule, rule, rules};

impl Reader {
    /// Reads the table: a rule with its level, or with a table of it and its option.
    pub(super) fn lint(&mut self, item: &Item, at: Range) {
        let Some(table) = self.table("lint", item, at) else {
            return;
        };
        for (id, item) in table.iter() {
            let at = key_span(table, id);
            let Some(rule) = rule(id) else {
                let ids: Vec<_> = rules().iter().map(|rule| rule.id).collect();
                self.refuse("config-value", at, format!("there is no rule `{id}`"));
                let place = "`apigen lint` shows the rule of each piece of advice in brackets";
                self.hint(unknown(id, &ids).unwrap_or_else(|| place.to_owned()));
                continue;
            };
            match item.as_table_like() {
                Some(table) => self.lint_rule(rule, table),
                None => self.lint_level(rule, item),
            }
        }
    }

    fn lint_rule(&mut self, rule: &'static Rule, table: &dyn TableLike) {
        let known = rule.choice.map(Choice::key);
        for (key, item) in table.iter() {
            let path = format!("lint.{}.{key}", rule.id);
            match (key, rule.choice) {
                ("level", _) => self.lint_level(rule, item),
                ("max", Some(Choice::Max(_))) => {
                    match item.as_integer().and_then(|max| usize::try_from(max).ok()) {
                        Some(max) => self.config.lint.max(rule, max),
                        None => {
                            let message = format!("`{path}` must be a number");
                            self.refuse("config-value", item.span(), message);
                        }
                    }
                }
                ("style", Some(Choice::Style)) => {
                    let mut lint = std::mem::take(&mut self.config.lint);
                    self.text(&path, item, |style| lint.style(rule, style));
                    self.config.lint = lint;
                }
                ("allow", Some(Choice::Allow)) => {
                    let words = self.texts(&path, item);
                    self.config.lint.allow(rule, words);
                }
                _ => {
                    let possible: Vec<_> = ["level"].into_iter().chain(known).collect();
                    self.no_option(&path, key, key_span(table, key), &possible);
                }
            }
        }
    }

    fn lint_level(&mut self, rule: &'static Rule, item: &Item) {
        match item.as_str().and_then(Level::named) {
            Some(level) => self.config.lint.level(rule, level),
            None => {
                let message = format!("this is no level for `{}`", rule.id);
                self.refuse("config-value", item.span(), message);
                self.hint(unknown(item.as_str().unwrap_or_default(), Level::NAMES));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, FILE, tests::problems};
    use crate::lint::{Level, rule};

    #[test]
    fn rules_have_levels_and_options() {
        let text = "name = \"a\"\nspec = \"a\"\n[lint]\npath-verb = \"off\"\npath-depth = { level = \"error\", max = 4 }\n[lint.property-case]\nstyle = \"snake\"\n";
        let config = Config::parse(FILE, text).expect("it");
        let level = |id| config.lint.level_of(rule(id).expect("a rule"));
        assert_eq!(level("path-verb"), Level::Off);
        assert_eq!(level("path-depth"), Level::Error);
        assert_eq!(level("property-case"), Level::Warn);
        let mut other = config.lint.clone();
        other.set("path-depth.max", "4").expect("the same");
        other.set("property-case.style", "snake").expect("the same");
        assert_eq!(other, config.lint);
    }

    #[test]
    fn mistakes_are_told_at_their_places() {
        let text = "name = \"a\"\nspec = \"a\"\n[lint]\npath-plurals = \"off\"\npath-verb = \"none\"\npath-depth = { max = \"x\", style = \"y\" }\nproperty-case = { style = \"sneak\" }\n";
        let told: Vec<_> = problems(text)
            .into_iter()
            .map(|(told, hint)| format!("{told} | {hint}"))
            .collect();
        let expected = [
            "4:1 there is no rule `path-plurals` | did you mean `path-plural`?",
            "5:13 this is no level for `path-verb` | there are `off`, `info`, `warn` and `error`",
            "6:22 `lint.path-depth.max` must be a number | ",
            "6:27 there is no option `lint.path-depth.style` | there are `level` and `max`",
            "7:27 `lint.property-case.style` cannot be `sneak` | there are `camel`, `snake`, `kebab`, `pascal`",
        ];
        assert_eq!(told, expected);
    }
}
