//! GitHub's workflow commands: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use super::{Item, Report, Weight};

/// An annotation for each item. GitHub shows the first ten of each kind.
pub(super) fn github(report: &Report) -> String {
    report.items().map(|item| annotation(&item)).collect()
}

/// The characters that would end a command are escaped.
fn annotation(item: &Item) -> String {
    let data = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let command = match item.severity {
        Weight::Note => "notice",
        Weight::Warning => "warning",
        Weight::Error => "error",
    };
    let title = property(&format!("apigen: {}", item.rule));
    let message = match &item.hint {
        Some(hint) => data(&format!("{}\nhint: {hint}", item.message)),
        None => data(&item.message),
    };
    match &item.place {
        Some(place) => {
            let file = property(&place.file);
            let (line, column) = (place.line, place.column);
            format!("::{command} file={file},line={line},col={column},title={title}::{message}\n")
        }
        None => format!("::{command} title={title}::{message}\n"),
    }
}
