//! `apigen check`: is the project what its spec says?

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use super::{
    Console, Failure, Outcome, diff,
    findings::{Finding, Level, Reason},
    open::Project,
    plural,
    report::{self, Format, Report},
    shortcut::Shortcut,
    survey::{Choices, Survey},
    workspace,
};
use crate::project::{LOCK, disk};

/// What `check` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// The service of a workspace that it is about; else all of them.
    pub service: Option<String>,
    /// Operations that answer 501 are drift too.
    pub strict: bool,
    /// A revision, such as `git:main`: what breaks its clients is drift too.
    pub base: Option<String>,
    /// How it reports.
    pub format: Format,
}

/// How many findings a terminal is shown.
const SHOWN: usize = 20;

/// Runs it.
///
/// # Errors
/// It could not tell: the spec has errors, or something cannot be read.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    let (directory, service) = workspace::target(&options.directory, options.service.clone())?;
    let options = &Options {
        directory,
        service,
        ..options.clone()
    };
    let plain = !options.strict && options.base.is_none() && options.service.is_none();
    if plain && let Some(shortcut) = Shortcut::find(&options.directory) {
        match options.format {
            Format::Human => {
                shortcut.warn(console);
                human(&shortcut.report(), console);
            }
            format => console.data(shortcut.print(format)),
        }
        return Ok(Outcome::Done);
    }
    let report = match look(options) {
        Ok(report) => report,
        Err(error) => {
            if options.format != Format::Human {
                let folder = disk::find_upward(&options.directory, crate::config::FILE);
                let folder = folder.as_ref().unwrap_or(&options.directory);
                console.data(&Report::of(&error, folder).print(options.format));
            }
            return Err(error);
        }
    };
    match options.format {
        Format::Human => human(&report, console),
        format => console.data(&report.print(format)),
    }
    Ok(match report.in_step {
        Some(true) => Outcome::Done,
        _ => Outcome::Drift,
    })
}

/// Looks at the project; writes nothing.
fn look(options: &Options) -> anyhow::Result<Report> {
    let project = Project::find(&options.directory)?;
    if disk::read(&project.root.join(LOCK))?.is_none() {
        let message = format!("`{LOCK}` is gone: apigen cannot tell your edits from what it wrote");
        return Err(Failure::hinted(message, "bring it back from git, and commit it").into());
    }
    let survey = Survey::new(project, &Choices::default(), options.service.as_deref())?;
    if survey.writes().is_empty() {
        Shortcut::remember(&survey, &[]);
    }
    let mut findings = survey.all();
    if options.strict {
        findings.extend(survey.stubs());
    }
    if let Some(base) = &options.base {
        let now = &survey.spec.document;
        findings.extend(diff::breaking(base, &survey.project, now)?);
    }
    let in_step = findings.iter().all(|finding| finding.level < Level::Drift);
    Ok(Report {
        in_step: Some(in_step),
        spec: Some(survey.project.config.spec),
        findings,
        sources: survey.spec.document.sources,
        diagnostics: survey.spec.warnings,
        ..Report::on(&survey.project.root)
    })
}

/// Notes and warnings are said; drift is data.
fn human(report: &Report, console: Console) {
    console.diagnostics(&report.sources, &report.diagnostics);
    let (drift, told): (Vec<_>, Vec<_>) = report
        .findings
        .iter()
        .cloned()
        .partition(|finding| finding.level >= Level::Drift);
    let limit = (io::stdout().is_terminal() && !console.verbose).then_some(SHOWN);
    console.data(&report::lines(&drift, console.verbose, limit));
    for finding in &told {
        match finding.level {
            Level::Note => console.note(&report::told(finding)),
            _ => console.warning(&report::told(finding)),
        }
    }
    let spec = report.spec.as_deref().unwrap_or_default();
    let verdict = verdict(&drift, spec);
    match &verdict {
        Some((message, _)) => console.error(message, None),
        None => console.note(&format!("In step with `{spec}`")),
    }
    let is_stub = |finding: &&Finding| finding.reason == Reason::Stub;
    let others = report.findings.iter().filter(|f| !is_stub(f)).cloned();
    report::hints(&others.collect::<Vec<_>>(), console);
    if let Some((_, hint)) = verdict {
        console.hint(hint);
    }
}

/// What is wrong in one line, and what to do.
fn verdict(drift: &[Finding], spec: &str) -> Option<(String, &'static str)> {
    let count = |reason| drift.iter().filter(|f| f.reason == reason).count();
    let (stubs, breaks) = (count(Reason::Stub), count(Reason::BreakingChange));
    let is_step = |f: &&Finding| !matches!(f.reason, Reason::Stub | Reason::BreakingChange);
    let others = drift.iter().filter(is_step);
    let message = format!("not in step with `{spec}`");
    Some(match others.map(|finding| finding.level).max() {
        None if breaks > 0 => (
            format!("{} in `{spec}`", plural(breaks, "breaking change")),
            "`apigen explain code RULE` tells what a rule means; `[diff]` in `apigen.toml` may \
             judge it otherwise",
        ),
        None if stubs == 0 => return None,
        None => (
            format!("{} without an implementation", plural(stubs, "operation")),
            "`apigen override OPERATION` starts one",
        ),
        Some(Level::Blocks) => (
            message,
            "`apigen sync` shows what stands in its way, and what to do about it",
        ),
        Some(Level::Waits) => (
            message,
            "`apigen sync` does what it can; the rest is told above",
        ),
        Some(_) => (
            message,
            "`apigen sync` brings it up to date; `apigen sync --diff` shows what that changes",
        ),
    })
}
