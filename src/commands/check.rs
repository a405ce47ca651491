//! `apigen check`: is the project what its spec says?

use std::path::PathBuf;

use super::{
    Console, Outcome,
    findings::{Finding, Level, Reason},
    report::{self, Format},
    survey::{Choices, Survey},
};

/// What `check` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// Operations that answer 501 are drift too.
    pub strict: bool,
    /// A revision, such as `git:main`: what breaks its clients is drift too.
    pub base: Option<String>,
    /// How it reports.
    pub format: Format,
}

/// Runs it.
///
/// # Errors
/// It could not tell: the spec has errors, or something cannot be read.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    let survey = Survey::of(&options.directory, &Choices::default())?;
    let mut findings = survey.all();
    if options.strict {
        findings.extend(survey.stubs());
    }
    let in_step = findings.iter().all(|finding| finding.level < Level::Drift);
    let spec = &survey.project.config.spec;
    match options.format {
        Format::Human => {
            survey.spec.warn(console);
            human(&findings, spec, console);
        }
        Format::Json | Format::Sarif => {
            console.data(&format!("{:#}\n", report::json(&findings, in_step, spec)));
        }
        Format::Github => console.data(&report::github(&findings)),
    }
    Ok(match in_step {
        true => Outcome::Done,
        false => Outcome::Drift,
    })
}

/// Notes and warnings are said; drift is data.
fn human(findings: &[Finding], spec: &str, console: Console) {
    for finding in findings {
        match finding.level {
            Level::Note => console.note(&finding.message),
            Level::Warning => console.warning(&report::told(finding)),
            Level::Drift | Level::Waits | Level::Blocks => console.data(&report::line(finding)),
        }
    }
    let drift = findings
        .iter()
        .filter(|finding| finding.level >= Level::Drift);
    let (stubs, drift): (Vec<_>, Vec<_>) = drift.partition(|f| f.reason == Reason::Stub);
    let worst = drift.iter().map(|finding| finding.level).max();
    report::hints(findings, console);
    let (message, hint) = match (worst, stubs.len()) {
        (None, 0) => {
            console.note(&format!("In step with `{spec}`"));
            return;
        }
        (None, count) => (
            format!(
                "{} without an implementation",
                super::plural(count, "operation")
            ),
            "`apigen override OPERATION` starts one",
        ),
        (Some(Level::Blocks), _) => (
            not_in_step(drift.len(), spec),
            "`apigen sync` shows what stands in its way, and what to do about it",
        ),
        (Some(Level::Waits), _) => (
            not_in_step(drift.len(), spec),
            "`apigen sync` does what it can; the rest is told above",
        ),
        _ => (not_in_step(drift.len(), spec), "`apigen sync`"),
    };
    console.error(&message, Some(hint));
}

fn not_in_step(count: usize, spec: &str) -> String {
    match count {
        1 => format!("1 thing is not what `{spec}` says"),
        _ => format!("{count} things are not what `{spec}` says"),
    }
}
