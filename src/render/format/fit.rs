//! `prettyplease` breaks lines that need not be broken. What fits is put together again, and what
//! hangs too deep is moved back; no token changes but commas before a closing bracket.

/// The width of a line.
const WIDTH: usize = 100;

/// The most that arguments or elements take of a line.
const LIST: usize = 60;

struct Line<'a> {
    indent: usize,
    text: std::borrow::Cow<'a, str>,
    /// It neither starts nor ends inside a literal, and has no comment.
    is_free: bool,
    /// Its indent is no part of a literal.
    can_move: bool,
}

/// Lays the lines of an item out anew.
pub(super) fn lines(text: &str) -> String {
    let mut lines = read(text);
    for index in (0..lines.len()).rev() {
        while move_back(&mut lines, index)
            || join_list(&mut lines, index)
            || join_only(&mut lines, index)
            || join_call(&mut lines, index)
            || join_value(&mut lines, index)
        {}
    }
    let mut out = String::with_capacity(text.len());
    for (index, line) in lines.iter().enumerate() {
        if index > 0 && is_apart(&lines[..index], line) {
            out.push('\n');
        }
        if !line.text.is_empty() {
            out.extend(std::iter::repeat_n(' ', line.indent));
        }
        out += &line.text;
        out.push('\n');
    }
    out
}

/// Whether a member of an `impl` or a `trait` follows on another.
fn is_apart(before: &[Line<'_>], line: &Line<'_>) -> bool {
    let last = &before[before.len() - 1];
    let is_start = |line: &&Line<'_>| line.is_free && !line.text.starts_with('#');
    let Some(block) = before.iter().find(is_start) else {
        return false;
    };
    let words = ["impl", "trait ", "pub trait "];
    let is_block = words.iter().any(|word| block.text.starts_with(word));
    let is_member = |line: &Line<'_>| line.indent == block.indent + 4 && line.can_move;
    let is_end = last.text == "}" || last.text.ends_with(';');
    is_block && is_member(line) && is_member(last) && is_end && !is_closer(&line.text)
}

/// A call at the head of a chain, whose arguments `prettyplease` indents twice, and the chain.
fn move_back(lines: &mut [Line<'_>], index: usize) -> bool {
    let indent = lines[index].indent;
    if !lines[index].is_free || !lines[index].text.ends_with(['(', '[']) {
        return false;
    }
    if end(lines, index, indent + 4).is_none() || lines[index + 1].indent != indent + 8 {
        return false;
    }
    let rest = &mut lines[index + 1..];
    let is_over = |line: &Line<'_>| line.indent <= indent && line.can_move;
    let chain = rest.iter().position(is_over).unwrap_or(rest.len());
    if rest[..chain].iter().any(|line| !line.can_move) {
        return false;
    }
    for line in &mut rest[..chain] {
        line.indent -= 4;
    }
    true
}

/// Arguments, parameters or elements that fit behind their bracket.
fn join_list(lines: &mut Vec<Line<'_>>, index: usize) -> bool {
    let Line { indent, text, .. } = &lines[index];
    let Some((before, bracket)) = text.char_indices().next_back() else {
        return false;
    };
    let before = &text[..before];
    let is_call = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '>');
    if !lines[index].is_free || !(bracket == '(' && is_call || bracket == '[') {
        return false;
    }
    let Some(end) = end(lines, index, *indent) else {
        return false;
    };
    let inner = &lines[index + 1..end];
    if inner.is_empty()
        || inner
            .iter()
            .any(|line| !line.is_free || line.indent != indent + 4)
    {
        return false;
    }
    let list = inner.iter().map(|line| &*line.text);
    let list = list.collect::<Vec<_>>().join(" ");
    let list = list.strip_suffix(',').unwrap_or(&list);
    let is_free = is_signature(text) || list.len() <= LIST;
    let joined = format!("{text}{list}{}", lines[end].text);
    let indent = *indent;
    if !is_free || !lines[end].is_free || indent + joined.len() > WIDTH {
        return false;
    }
    let rest = &mut lines[end + 1..];
    let is_link = |line: &Line<'_>| line.indent == indent && line.text.starts_with('.');
    if rest.first().is_some_and(is_link) {
        // Behind one line, the rest of a chain is indented.
        let is_part =
            |line: &Line<'_>| line.indent > indent || is_link(line) || is_closer(&line.text);
        let chain = rest
            .iter()
            .position(|line| !is_part(line))
            .unwrap_or(rest.len());
        if rest[..chain].iter().any(|line| !line.can_move) {
            return false;
        }
        rest[..chain].iter_mut().for_each(|line| line.indent += 4);
    }
    replace(lines, index, end, joined)
}

/// A block that is the only argument or element: its brackets share their lines.
fn join_only(lines: &mut Vec<Line<'_>>, index: usize) -> bool {
    let Line { indent, text, .. } = &lines[index];
    if !lines[index].is_free || !text.ends_with(['(', '[']) || index + 1 >= lines.len() {
        return false;
    }
    let (Some(outer), Some(inner)) = (
        end(lines, index, *indent),
        end(lines, index + 1, indent + 4),
    ) else {
        return false;
    };
    let next = &lines[index + 1];
    let is_plain = next.is_free && next.text.ends_with(['(', '[', '{']);
    if inner + 1 != outer
        || !is_plain
        || ["if ", "match ", "#["]
            .iter()
            .any(|word| next.text.starts_with(word))
        || next.indent != indent + 4
        || !matches!(&*lines[inner].text, ")," | "]," | "}," | ")" | "]" | "}")
        || lines[index + 2..inner].iter().any(|line| !line.can_move)
        || indent + text.len() + next.text.len() > WIDTH
    {
        return false;
    }
    let first = format!("{text}{}", next.text);
    let last = lines[inner].text.trim_end_matches(',').to_owned() + &lines[outer].text;
    lines[outer].text = last.into();
    for line in &mut lines[index + 2..inner] {
        line.indent -= 4;
    }
    lines.remove(inner);
    replace(lines, index, index + 1, first)
}

/// The only call of a chain, if its line has room for how it starts.
fn join_call(lines: &mut Vec<Line<'_>>, index: usize) -> bool {
    let Some(next) = lines.get(index + 1) else {
        return false;
    };
    let Line { indent, text, .. } = &lines[index];
    let is_link = |line: &Line<'_>| line.indent == indent + 4 && line.text.starts_with('.');
    let is_head = lines[index].is_free && !text.starts_with('.') && !is_closer(text);
    if !is_head || !next.is_free || !is_link(next) {
        return false;
    }
    let last = if next.text.ends_with(['(', '[', '{']) {
        end(lines, index + 1, indent + 4)
    } else {
        Some(index + 1)
    };
    let Some(last) = last else { return false };
    let is_over = lines
        .get(last + 1)
        .is_none_or(|line| line.indent <= *indent);
    let moved = &lines[index + 2..=last.max(index + 1)];
    let fits = indent + text.len() + next.text.len() <= WIDTH;
    if !is_over || !fits || moved.iter().any(|line| !line.can_move) {
        return false;
    }
    let joined = format!("{text}{}", next.text);
    for line in &mut lines[index + 2..=last.max(index + 1)] {
        line.indent -= 4;
    }
    replace(lines, index, index + 1, joined)
}

fn next_is_free(lines: &[Line<'_>], index: usize) -> bool {
    lines[index].is_free && lines[index + 1].is_free
}

/// A value that fits behind its `=`.
fn join_value(lines: &mut Vec<Line<'_>>, index: usize) -> bool {
    let Line { indent, text, .. } = &lines[index];
    let Some(next) = lines.get(index + 1) else {
        return false;
    };
    let is_value = next.indent == indent + 4 && next.text.ends_with(';');
    let fits = indent + text.len() + 1 + next.text.len() <= WIDTH;
    if !text.ends_with(" =") || !is_value || !fits || !next_is_free(lines, index) {
        return false;
    }
    let joined = format!("{text} {}", next.text);
    replace(lines, index, index + 1, joined)
}

/// One line in the place of those up to `end`.
fn replace(lines: &mut Vec<Line<'_>>, index: usize, end: usize, text: String) -> bool {
    lines[index].text = text.into();
    lines.drain(index + 1..=end);
    true
}

/// Where the bracket that a line ends with is closed, by a line of this indent.
fn end(lines: &[Line<'_>], index: usize, indent: usize) -> Option<usize> {
    let mut rest = lines.iter().enumerate().skip(index + 1);
    let (end, line) =
        rest.find(|(_, line)| line.indent <= indent || !line.is_free && !line.can_move)?;
    (line.indent == indent && line.is_free && is_closer(&line.text)).then_some(end)
}

fn is_closer(text: &str) -> bool {
    text.starts_with([')', ']', '}'])
}

/// Lists that may fill the line.
fn is_signature(text: &str) -> bool {
    text.starts_with("#[derive")
        || text.starts_with("fn ")
        || text.contains(" fn ") && text.ends_with('(')
}

/// The lines, and which of them are code alone.
fn read(text: &str) -> Vec<Line<'_>> {
    let mut state = State::Code;
    let mut lines = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim_start_matches(' ');
        let starts = state;
        let has_comment = state.read(line);
        let is_text = starts == State::Text;
        let can_move = starts == State::Code || is_text && is_continued(lines.last());
        let text = if can_move { trimmed } else { line };
        lines.push(Line {
            indent: line.len() - text.len(),
            text: text.into(),
            is_free: starts == State::Code && state == State::Code && !has_comment,
            can_move,
        });
    }
    lines
}

/// Whether a literal swallows the spaces that follow on a line.
fn is_continued(line: Option<&Line<'_>>) -> bool {
    let is_odd = |text: &str| (text.len() - text.trim_end_matches('\\').len()) % 2 == 1;
    line.is_some_and(|line| is_odd(&line.text))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Code,
    Text,
    /// A raw literal, with its count of `#`.
    Raw(usize),
    Comment,
}

impl State {
    /// Reads a line, and tells whether it has a comment.
    fn read(&mut self, line: &str) -> bool {
        let mut rest = line;
        let mut has_comment = *self == Self::Comment;
        while let Some(c) = rest.chars().next() {
            let mut taken = c.len_utf8();
            match *self {
                Self::Text if c == '\\' => {
                    taken += rest[1..].chars().next().map_or(0, char::len_utf8)
                }
                Self::Text if c == '"' => *self = Self::Code,
                Self::Raw(count) if c == '"' => {
                    let hashes = rest[1..].len() - rest[1..].trim_start_matches('#').len();
                    if hashes >= count {
                        *self = Self::Code;
                        taken += count;
                    }
                }
                Self::Comment if rest.starts_with("*/") => {
                    *self = Self::Code;
                    taken = 2;
                }
                Self::Code if rest.starts_with("//") => return true,
                Self::Code if rest.starts_with("/*") => {
                    has_comment = true;
                    *self = Self::Comment;
                }
                Self::Code if c == '"' => *self = Self::Text,
                Self::Code if c == 'r' && raw(rest).is_some() => {
                    let count = raw(rest).unwrap_or(0);
                    taken += count + 1;
                    *self = Self::Raw(count);
                }
                Self::Code if c == '\'' => taken = character(rest),
                Self::Code if c.is_alphanumeric() || c == '_' => {
                    let is_word = |c: char| c.is_alphanumeric() || c == '_';
                    let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                    // `br"…"`
                    let is_prefix = matches!(&rest[..end], "br" | "cr");
                    taken = if is_prefix { 1 } else { end };
                }
                _ => {}
            }
            rest = &rest[taken..];
        }
        has_comment
    }
}

/// The count of `#` of a raw literal that starts here.
fn raw(text: &str) -> Option<usize> {
    let rest = text[1..].trim_start_matches('#');
    let count = text.len() - 1 - rest.len();
    rest.starts_with('"').then_some(count)
}

/// The length of a character, or of the `'` of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text[1..].chars();
    match chars.next() {
        Some('\\') => text
            .get(3..)
            .and_then(|rest| rest.find('\''))
            .map_or(1, |end| end + 4),
        Some(c) if chars.next() == Some('\'') => c.len_utf8() + 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The tokens, without the commas that `prettyplease` and lines of one's own add.
    fn tokens(text: &str) -> String {
        let text = syn::parse_file(text).map(|file| quote::quote!(#file).to_string());
        let text = text.expect("Rust").replace([' ', '\n'], "");
        text.replace(",)", ")").replace(",]", "]")
    }

    fn for_each_source(folder: &Path, check: &mut impl FnMut(&Path)) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                for_each_source(&path, check);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                check(&path);
            }
        }
    }

    #[test]
    fn no_token_changes() {
        let mut checked = 0;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut check = |path: &Path| {
            let text = std::fs::read_to_string(path).expect("text");
            let plain = prettyplease::unparse(&syn::parse_file(&text).expect("Rust"));
            let laid_out = super::lines(&plain);
            let path = path.display();
            assert!(tokens(&plain) == tokens(&laid_out), "{path}:\n{laid_out}");
            checked += 1;
        };
        for_each_source(&root.join("src"), &mut check);
        for_each_source(&root.join("tests"), &mut check);
        assert!(checked > 100, "{checked}");
    }

    #[test]
    fn what_fits_shares_a_line() {
        let text = "fn f(
    cx: &mut Context,
    input: Input,
) -> Output {
    let value = input
        .path(\"id\", |v| v.uuid());
    sqlx::query(
            \"a \\
             b\",
        )
        .bind(value)
        .await;
    let row = books::replace(
            cx.db().await?,
            key,
        )
        .await?;
    let rows = books::all(
            cx.db().await?,
            key,
        )
        .map(|row| {
            row.title
        })
        .await?;
    let text = \"a(
        b
    )\";
}
";
        let wanted = "fn f(cx: &mut Context, input: Input) -> Output {
    let value = input.path(\"id\", |v| v.uuid());
    sqlx::query(
        \"a \\
         b\",
    )
    .bind(value)
    .await;
    let row = books::replace(cx.db().await?, key).await?;
    let rows = books::all(cx.db().await?, key)
        .map(|row| {
            row.title
        })
        .await?;
    let text = \"a(
        b
    )\";
}
";
        assert_eq!(super::lines(text), wanted);
    }
}
