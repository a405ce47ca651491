//! Sends what `requests.http` says, as REST Client does: variables, named requests and their answers.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::project::Server;

/// What was sent and answered by a name, and the address of what was made.
type Known = BTreeMap<String, (Value, Value, String)>;

/// Sends every request of the file, in order: each is answered well, or is yours to write. The number of them.
pub(crate) fn all_are_answered(server: &Server, file: &Path, variables: &[(&str, &str)]) -> usize {
    let text = fs::read_to_string(file).expect("the file");
    let mut variables: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    variables.insert("host".to_owned(), server.url.clone());
    let mut known = Known::new();
    let mut sent = 0;
    for block in text.split("\n###").skip(1) {
        let mut name = None;
        let mut lines = block.lines().skip(1).peekable();
        while let Some(line) = lines.next_if(|line| line.is_empty() || line.starts_with(['#', '@']))
        {
            if let Some(found) = line.strip_prefix("# @name ") {
                name = Some(found.to_owned());
            } else if let Some((variable, value)) =
                line.strip_prefix('@').and_then(|l| l.split_once(" = "))
            {
                let value = filled(value, &variables, &known);
                variables.insert(variable.to_owned(), value);
            }
        }
        let Some(first) = lines.next() else { continue };
        let (method, url) = first.split_once(' ').expect("a method and an address");
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(filled(url, &variables, &known));
        for line in lines.by_ref().take_while(|line| !line.is_empty()) {
            let (header, value) = line.split_once(": ").expect("a header");
            request = request.header(header, filled(value, &variables, &known));
        }
        let body = lines.collect::<Vec<_>>().join("\n");
        let body = filled(&body, &variables, &known);
        let agent = ureq::Agent::config_builder().http_status_as_error(false);
        let agent: ureq::Agent = agent.allow_non_standard_methods(true).build().into();
        let asked = serde_json::from_str(&body).unwrap_or_default();
        let request = request.body(body.clone().into_bytes()).expect("a request");
        let mut response = agent.run(request).expect("an answer");
        let status = response.status().as_u16();
        let made = response.headers().get("location");
        let made = made.map_or("", |address| address.to_str().expect("an address"));
        let made = made.to_owned();
        let answer = response.body_mut().read_to_string().unwrap_or_default();
        assert!(
            status < 400 || status == 501,
            "{block}\n{body}\n{status} {answer}"
        );
        let answered = serde_json::from_str(&answer).unwrap_or_default();
        known.extend(name.map(|name| (name, (asked, answered, made))));
        sent += 1;
    }
    sent
}

/// The text with what stands for variables.
fn filled(text: &str, variables: &BTreeMap<String, String>, known: &Known) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (wanted, after) = after.split_once("}}").expect("an end");
        out.push_str(before);
        out.push_str(&value(wanted, variables, known));
        rest = after;
    }
    out + rest
}

fn value(wanted: &str, variables: &BTreeMap<String, String>, known: &Known) -> String {
    if wanted == "$guid" {
        return format!(
            "{:032x}",
            std::time::UNIX_EPOCH.elapsed().expect("a time").as_nanos()
        );
    }
    if let Some(value) = variables.get(wanted) {
        return value.clone();
    }
    let (name, path) = wanted.split_once('.').expect("a variable that is there");
    let (asked, answered, made) = &known[name];
    if path == "response.headers.Location" {
        return made.clone();
    }
    let (part, path) = path.split_once(".body.$.").expect("a part of an answer");
    let whole = if part == "request" { asked } else { answered };
    let found = &whole.pointer(&format!("/{}", path.replace('.', "/")));
    let found = found.unwrap_or_else(|| panic!("{wanted} in {whole}"));
    found
        .as_str()
        .map_or_else(|| found.to_string(), str::to_owned)
}
