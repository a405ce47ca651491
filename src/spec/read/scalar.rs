//! What a scalar means: the YAML 1.2 core schema, of which JSON's numbers are a part.

use serde_json::Number;

use super::super::Kind;

/// The value of a plain (unquoted) scalar.
pub(super) fn plain(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ => match number(text) {
            Some(number) => Kind::Number(number, text.to_owned()),
            None => Kind::String(text.to_owned()),
        },
    }
}

/// A number of the core schema, where the text is one.
///
/// JSON knows no infinity: what is too large, `.inf` too, becomes the largest finite number, which bounds the
/// same values; `.nan` stays a text.
pub(in super::super) fn number(text: &str) -> Option<Number> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if matches!(digits, ".inf" | ".Inf" | ".INF") {
        return Number::from_f64(sign * f64::MAX);
    }
    if sign > 0.0 && digits.len() == text.len() {
        if let Some(octal) = digits.strip_prefix("0o") {
            return radix(octal, 8);
        }
        if let Some(hex) = digits.strip_prefix("0x") {
            return radix(hex, 16);
        }
    }
    if !is_decimal(digits) {
        return None;
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Ok(integer) = unsigned.parse::<u64>() {
        return Some(integer.into());
    }
    if let Ok(integer) = unsigned.parse::<i64>() {
        return Some(integer.into());
    }
    Number::from_f64(unsigned.parse::<f64>().ok()?.clamp(f64::MIN, f64::MAX))
}

fn radix(digits: &str, radix: u32) -> Option<Number> {
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    plain.then(|| {
        u64::from_str_radix(digits, radix)
            .unwrap_or(u64::MAX)
            .into()
    })
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.map(|text| text.strip_prefix(['-', '+']).unwrap_or(text));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|text| !text.is_empty() && digits(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_schema() {
        let number = |text| number(text).map(|number| number.to_string());
        let cases = [
            ("12", "12"),
            ("+12", "12"),
            ("-0", "0"),
            ("007", "7"),
            ("0o17", "15"),
            ("0xfF", "255"),
            ("1.10", "1.1"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("1e3", "1000.0"),
            ("-.inf", "-1.7976931348623157e+308"),
            ("1e999", "1.7976931348623157e+308"),
            ("18446744073709551615", "18446744073709551615"),
        ];
        for (text, expected) in cases {
            assert_eq!(number(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            ".", "-", "+", "1.2.3", "0x", "0o8", "-0x1", "1e", "1_000", ".nan", "e3", "12:30",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
