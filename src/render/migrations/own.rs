//! What the migrations on disk made beside the model: a user's own columns, indexes, triggers and
//! views, which stay when apigen changes a table.
//!
//! Statements are read no further than these questions need, and what is not understood is passed
//! by. apigen's own statements are read alike, so that a renamed column is followed.

use crate::config::Database;

/// What the migrations made, of what apigen must know.
#[derive(Debug, Default)]
pub(super) struct Own {
    columns: Vec<OwnColumn>,
    objects: Vec<Object>,
    /// A table, and one that it refers to.
    references: Vec<[String; 2]>,
}

/// A column that a statement added to a table.
#[derive(Debug, Clone)]
pub(super) struct OwnColumn {
    table: String,
    pub(super) name: String,
    /// The statement's words from the name on: `legacy_id INTEGER DEFAULT 0`.
    pub(super) definition: String,
}

/// An index, a trigger or a view.
#[derive(Debug, Clone)]
pub(super) struct Object {
    /// `INDEX`, `TRIGGER`, `VIEW`
    pub(super) kind: &'static str,
    pub(super) name: String,
    /// The table that it is on, where it is on one.
    table: Option<String>,
    words: Vec<Word>,
}

/// A piece of a statement: a name, a sign, a literal, or the space between.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    /// What it names, where it is a name: folded to lower case unless it is quoted.
    name: Option<String>,
}

impl Own {
    /// Reads the migrations, in order.
    pub(super) fn read<'a>(migrations: impl IntoIterator<Item = &'a String>) -> Self {
        let mut own = Self::default();
        for sql in migrations {
            for statement in statements(&words(sql)) {
                own.statement(statement);
            }
        }
        own
    }

    /// The columns that statements added to a table.
    pub(super) fn columns<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a OwnColumn> {
        self.columns.iter().filter(move |c| c.table == table)
    }

    /// What mentions the table, and one of these columns where it is an index.
    pub(super) fn objects<'a>(
        &'a self,
        table: &'a str,
        columns: &'a [String],
    ) -> impl Iterator<Item = &'a Object> {
        let touches = move |object: &&Object| {
            let is_on = object.table.as_deref() == Some(table) || object.mentions(table);
            is_on && (object.kind != "INDEX" || columns.iter().any(|c| object.mentions(c)))
        };
        self.objects.iter().filter(touches)
    }

    /// There is an index, a trigger or a view of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.objects.iter().any(|object| object.name == name)
    }

    /// The tables that refer to this one.
    pub(super) fn referring<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a str> {
        let all = self.references.iter().filter(move |[_, to]| to == table);
        all.map(|[from, _]| from.as_str())
    }

    fn statement(&mut self, all: &[Word]) {
        let said: Vec<&Word> = all.iter().filter(|word| !word.is_space()).collect();
        let is = |place: usize, wanted: &[&str]| {
            let name = said.get(place).and_then(|word| word.name.as_deref());
            name.is_some_and(|name| wanted.contains(&name))
        };
        if is(0, &["create"]) {
            self.create(all, &said);
        } else if is(0, &["alter"]) && is(1, &["table"]) {
            let mut rest = &said[2..];
            skip(&mut rest, &["if", "exists", "only"]);
            self.alter(all, rest);
        } else if is(0, &["drop"]) {
            let mut rest = &said[2.min(said.len())..];
            skip(&mut rest, &["if", "exists", "concurrently"]);
            let Some(name) = first(rest) else { return };
            match is(1, &["table"]) {
                true => self.forget(&name),
                false => self.objects.retain(|object| object.name != name),
            }
        }
    }

    fn create(&mut self, all: &[Word], said: &[&Word]) {
        let mut rest = &said[1..];
        skip(
            &mut rest,
            &[
                "or",
                "replace",
                "temp",
                "temporary",
                "unique",
                "materialized",
            ],
        );
        let kind = match first(rest).as_deref() {
            Some("index") => "INDEX",
            Some("trigger") => "TRIGGER",
            Some("view") => "VIEW",
            Some("table") => "TABLE",
            _ => return,
        };
        rest = &rest[1..];
        skip(&mut rest, &["concurrently", "if", "not", "exists"]);
        let Some(name) = first(rest) else { return };
        if kind == "TABLE" {
            let after = rest.windows(2).filter(|pair| pair[0].is("references"));
            let targets = after.filter_map(|pair| pair[1].name.clone());
            self.references.extend(targets.map(|to| [name.clone(), to]));
            return;
        }
        let mut after = rest.iter().skip_while(|word| !word.is("on")).skip(1);
        let table = after.find(|word| !word.is("only"));
        self.objects.push(Object {
            kind,
            name,
            table: table.and_then(|word| word.name.clone()),
            words: all.to_vec(),
        });
    }

    fn alter(&mut self, all: &[Word], rest: &[&Word]) {
        let (Some(table), Some(action)) = (first(rest), rest.get(1)) else {
            return;
        };
        let mut rest = &rest[2..];
        if action.is("rename") && rest.first().is_some_and(|word| word.is("to")) {
            if let Some(to) = first(&rest[1..]) {
                self.rename_table(&table, &to);
            }
            return;
        }
        skip(&mut rest, &["column", "if", "not", "exists"]);
        let Some(name) = first(rest) else { return };
        if action.is("add") && !is_constraint(&name) {
            // Everything from the name on, as it is written.
            let from = all.iter().position(|word| std::ptr::eq(word, rest[0]));
            self.columns.push(OwnColumn {
                table,
                name,
                definition: text(&all[from.unwrap_or(0)..]),
            });
        } else if action.is("drop") {
            self.columns.retain(|c| c.table != table || c.name != name);
        } else if action.is("rename")
            && let Some(to) = first(rest.get(2..).unwrap_or_default())
        {
            self.rename_column(&table, &name, &to);
        }
    }

    fn forget(&mut self, table: &str) {
        self.columns.retain(|column| column.table != table);
        let is_on = |object: &Object| object.table.as_deref() == Some(table);
        self.objects.retain(|object| !is_on(object));
        self.references.retain(|[from, _]| from != table);
    }

    pub(super) fn rename_table(&mut self, from: &str, to: &str) {
        let columns = self.columns.iter_mut().map(|column| &mut column.table);
        let objects = self.objects.iter_mut().filter_map(|o| o.table.as_mut());
        let references = self.references.iter_mut().flatten();
        for name in columns.chain(objects).chain(references) {
            if name == from {
                to.clone_into(name);
            }
        }
        for object in &mut self.objects {
            object.rename(from, to);
        }
    }

    pub(super) fn rename_column(&mut self, table: &str, from: &str, to: &str) {
        let columns = self.columns.iter_mut();
        for column in columns.filter(|column| column.table == table && column.name == from) {
            let rest = words(&column.definition);
            let rest: String = rest[1..].iter().map(|word| word.text.as_str()).collect();
            column.definition = quoted(to) + &rest;
            to.clone_into(&mut column.name);
        }
        let objects = self.objects.iter_mut();
        for object in objects.filter(|object| object.table.as_deref() == Some(table)) {
            object.rename(from, to);
        }
    }
}

impl Object {
    /// The statement that makes it.
    pub(super) fn create(&self) -> String {
        text(&self.words) + ";"
    }

    pub(super) fn drop(&self, table: &str, database: Database) -> String {
        let name = quoted(&self.name);
        match (self.kind, database) {
            ("TRIGGER", Database::Postgres) => {
                format!("DROP TRIGGER IF EXISTS {name} ON {};", quoted(table))
            }
            (kind, _) => format!("DROP {kind} IF EXISTS {name};"),
        }
    }

    pub(super) fn mentions(&self, name: &str) -> bool {
        self.words.iter().any(|word| word.is(name))
    }

    fn rename(&mut self, from: &str, to: &str) {
        for word in &mut self.words {
            if word.name.as_deref() == Some(from) {
                *word = Word {
                    text: quoted(to),
                    name: Some(to.to_owned()),
                };
            }
        }
    }
}

impl Word {
    fn is(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name)
    }

    fn is_space(&self) -> bool {
        self.text.trim().is_empty() || self.text.starts_with("--") || self.text.starts_with("/*")
    }
}

fn quoted(name: &str) -> String {
    super::super::sql::identifier(name)
}

/// The words without comments, which could swallow what follows.
fn text(words: &[Word]) -> String {
    let words = words.iter().map(|word| match word.is_space() {
        true if !word.text.contains('\n') => " ",
        true => "\n",
        false => &word.text,
    });
    words.collect::<String>().trim().to_owned()
}

/// `ADD CONSTRAINT …` and its like add no column.
fn is_constraint(word: &str) -> bool {
    ["constraint", "unique", "primary", "foreign", "check"].contains(&word)
}

fn first(rest: &[&Word]) -> Option<String> {
    rest.first()?.name.clone()
}

fn skip(rest: &mut &[&Word], words: &[&str]) {
    while let Some(word) = rest.first()
        && words.iter().any(|skipped| word.is(skipped))
    {
        *rest = &rest[1..];
    }
}

/// The statements: those of a trigger's body belong to the trigger.
fn statements(words: &[Word]) -> Vec<&[Word]> {
    let (mut all, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    let mut is_trigger = false;
    for (place, word) in words.iter().enumerate() {
        is_trigger |= word.is("trigger");
        match word.name.as_deref() {
            Some("begin" | "case") if is_trigger => depth += 1,
            Some("end") => depth = depth.saturating_sub(1),
            _ => {}
        }
        if word.text == ";" && depth == 0 {
            all.push(&words[start..place]);
            (start, is_trigger) = (place + 1, false);
        }
    }
    all.push(&words[start..]);
    all
}

/// Takes SQL apart; together the words are the text.
fn words(sql: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\'' | '"' | '`' => quoted_length(rest, c),
            '[' => rest.find(']').map_or(rest.len(), |end| end + 1),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '$' => dollar_length(rest),
            c if is_letter(c) => rest.find(|c| !is_letter(c)).unwrap_or(rest.len()),
            c if c.is_whitespace() => {
                let end = rest.find(|c: char| !c.is_whitespace());
                end.unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        let (text, after) = rest.split_at(length);
        let name = match c {
            '"' | '`' => {
                let inner = text.trim_start_matches(c);
                Some(inner.strip_suffix(c).unwrap_or(inner).replace("\"\"", "\""))
            }
            c if is_letter(c) => Some(text.to_lowercase()),
            _ => None,
        };
        let text = text.to_owned();
        words.push(Word { text, name });
        rest = after;
    }
    words
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How long the quoted text at the start is; a doubled quote is one of its characters.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut inside = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = inside.next() {
        if c == quote {
            match inside.peek() {
                Some((_, next)) if *next == quote => drop(inside.next()),
                _ => return at + 1,
            }
        }
    }
    text.len()
}

/// `$$ … $$` and `$body$ … $body$` of PostgreSQL are literals.
fn dollar_length(text: &str) -> usize {
    let Some(end) = text[1..].find('$') else {
        return 1;
    };
    let tag = &text[..end + 2];
    if !tag[1..tag.len() - 1].chars().all(is_letter) {
        return 1;
    }
    let after = text[tag.len()..].find(tag);
    after.map_or(text.len(), |found| tag.len() + found + tag.len())
}
