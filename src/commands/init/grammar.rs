//! Resources as they are written on the command line: `item:name:string(1..100),price:decimal`.

use heck::ToSnakeCase as _;

use super::draft::{Field, Resource};
use crate::lint::{is_plural, plural};

/// Reads `item:name:string(1..100),price:decimal`.
///
/// # Errors
/// It is not written so: says how.
pub fn resource(text: &str) -> Result<Resource, String> {
    let (name, rest) = text.split_once(':').unwrap_or((text, ""));
    let fields = split(rest)
        .into_iter()
        .filter(|part| !part.trim().is_empty());
    let fields: Vec<_> = fields.map(field).collect::<Result<_, _>>()?;
    if fields.is_empty() {
        return Err(format!(
            "`{name}` has no fields: write `{name}:name:string(1..100),price:decimal`"
        ));
    }
    Ok(Resource {
        name: collection(name)?,
        fields,
        ..Resource::default()
    })
}

/// Reads `name:string(1..100) unique`.
///
/// # Errors
/// It is not written so: says how.
pub fn field(text: &str) -> Result<Field, String> {
    let (name, form) = text.split_once(':').unwrap_or((text, ""));
    let (name, form) = (name.trim(), form.trim());
    if name.is_empty() || form.is_empty() {
        let text = text.trim();
        return Err(format!("`{text}` is no field: write `name:string(1..100)`"));
    }
    Ok(Field {
        name: name.to_owned(),
        form: form.to_owned(),
        ..Field::default()
    })
}

/// Several fields, by commas.
///
/// # Errors
/// One of them is not written as a field is.
pub fn fields(text: &str) -> Result<Vec<Field>, String> {
    let parts = split(text)
        .into_iter()
        .filter(|part| !part.trim().is_empty());
    parts.map(field).collect()
}

/// The name of a resource, in the plural.
///
/// # Errors
/// There is none.
pub fn collection(name: &str) -> Result<String, String> {
    let name = name.trim().to_snake_case();
    if name.is_empty() {
        return Err("a resource has a name: write `item:name:string`".to_owned());
    }
    Ok(match is_plural(&name) {
        true => name,
        false => plural(&name),
    })
}

/// The parts between the commas that stand in no parentheses and no quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut start) = (0_usize, None, 0);
    let mut parts = Vec::new();
    for (index, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_inside_of_types_belong_to_them() {
        let item = resource(
            "item:name:string(1..100) unique, price:decimal(0..,3)?,state:enum(a, b) = a,note:string = \"a, b\",tags:string[] = [a, b]",
        );
        let item = item.expect("a resource");
        assert_eq!(item.name, "items");
        let fields: Vec<_> = item
            .fields
            .iter()
            .map(|f| format!("{}|{}", f.name, f.form))
            .collect();
        let expected = [
            "name|string(1..100) unique",
            "price|decimal(0..,3)?",
            "state|enum(a, b) = a",
            "note|string = \"a, b\"",
            "tags|string[] = [a, b]",
        ];
        assert_eq!(fields, expected);
        for (given, name) in [
            ("OrderLine", "order_lines"),
            ("people", "people"),
            ("order-line", "order_lines"),
        ] {
            assert_eq!(collection(given).expect("a name"), name);
        }
    }

    #[test]
    fn what_is_not_written_so_is_told() {
        for (text, told) in [
            ("item", "`item` has no fields"),
            ("item:", "`item` has no fields"),
            (":name:string", "a resource has a name"),
            ("item:name", "`name` is no field"),
            ("item:name:,b:string", "`name:` is no field"),
        ] {
            let error = resource(text).expect_err(text);
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
