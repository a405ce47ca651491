//! GitHub's workflow commands: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use crate::commands::findings::{Finding, Level};

/// An annotation for each finding.
pub fn github(findings: &[Finding]) -> String {
    findings.iter().map(annotation).collect()
}

/// The characters that would end a command are escaped.
fn annotation(finding: &Finding) -> String {
    let data = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let command = match finding.level {
        Level::Note => "notice",
        Level::Warning => "warning",
        Level::Drift | Level::Waits | Level::Blocks => "error",
    };
    let title = property(&format!("apigen: {}", finding.reason.as_str()));
    let message = data(&finding.message);
    match &finding.place {
        Some(place) => {
            let file = property(&place.file);
            let (line, column) = (place.line, place.column);
            format!("::{command} file={file},line={line},col={column},title={title}::{message}\n")
        }
        None => format!("::{command} title={title}::{message}\n"),
    }
}
