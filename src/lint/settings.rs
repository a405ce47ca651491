//! How a project has its document looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    rules::{Advice, Choice, Level, Rule, rule},
    words::Style,
};

/// How each rule is applied, where it is not as the table of rules says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    levels: BTreeMap<&'static str, Level>,
    max: BTreeMap<&'static str, usize>,
    styles: BTreeMap<&'static str, Style>,
    allowed: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Settings {
    /// Gives a rule another level.
    pub fn level(&mut self, rule: &'static Rule, level: Level) {
        self.levels.insert(rule.id, level);
    }

    /// Chooses the highest number that is well.
    pub fn max(&mut self, rule: &'static Rule, max: usize) {
        self.max.insert(rule.id, max);
    }

    /// Chooses how names are written.
    ///
    /// # Errors
    /// There is no such style: says which there are.
    pub fn style(&mut self, rule: &'static Rule, style: &str) -> Result<(), String> {
        let style = Style::named(style).ok_or_else(|| {
            let names: Vec<_> = Style::NAMES.iter().map(|n| format!("`{n}`")).collect();
            format!("there are {}", names.join(", "))
        })?;
        self.styles.insert(rule.id, style);
        Ok(())
    }

    /// Lets words pass.
    pub fn allow(&mut self, rule: &'static Rule, words: impl IntoIterator<Item = String>) {
        let words = words.into_iter().map(|word| word.to_lowercase());
        self.allowed.entry(rule.id).or_default().extend(words);
    }

    /// Reads `path-case=error` or `path-depth.max=4`, as the command line has it.
    ///
    /// # Errors
    /// It is none of that: says why.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let (id, choice) = key.split_once('.').unwrap_or((key, ""));
        let rule = rule(id).ok_or_else(|| format!("there is no rule `{id}`"))?;
        match (choice, rule.choice) {
            ("", _) => {
                let level = Level::named(value);
                let names = Level::NAMES.join("`, `");
                let level = level.ok_or_else(|| format!("the levels are `{names}`"))?;
                self.level(rule, level);
            }
            ("max", Some(Choice::Max(_))) => {
                let number = value.parse();
                self.max(rule, number.map_err(|_| "it must be a number".to_owned())?);
            }
            ("style", Some(Choice::Style)) => self.style(rule, value)?,
            ("allow", Some(Choice::Allow)) => {
                self.allow(rule, value.split(',').map(|word| word.trim().to_owned()));
            }
            (_, Some(known)) => {
                return Err(format!("`{id}` has the option `{}` alone", known.key()));
            }
            (_, None) => return Err(format!("`{id}` has no options")),
        }
        Ok(())
    }

    /// The level of a rule here.
    pub fn level_of(&self, rule: &Rule) -> Level {
        self.levels.get(rule.id).copied().unwrap_or(rule.level)
    }

    pub(super) fn max_of(&self, advice: Advice) -> usize {
        let rule = advice.rule();
        let usual = match rule.choice {
            Some(Choice::Max(max)) => max,
            _ => usize::MAX,
        };
        self.max.get(rule.id).copied().unwrap_or(usual)
    }

    pub(super) fn style_of(&self, advice: Advice) -> Option<Style> {
        self.styles.get(advice.rule().id).copied()
    }

    pub(super) fn allows(&self, advice: Advice, word: &str) -> bool {
        let words = self.allowed.get(advice.rule().id);
        words.is_some_and(|words| words.contains(&word.to_lowercase()))
    }
}
