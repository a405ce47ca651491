//! `apigen lint`: advice on the design of a document.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{
    Console, Failure, Outcome,
    document::{Terms, existing, load, read_on},
    plural,
    report::{Format, Report},
    unknown_word,
};
use crate::{
    config::{self, Config},
    diagnostic::{self, Diagnostic, Severity},
    lint::{Settings, lint, rules},
    project::disk,
    spec::Document,
};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The document; without one, that of the project around here.
    pub spec: Option<PathBuf>,
    /// How it is read.
    pub terms: Terms,
    /// Levels and options of rules, before those of `apigen.toml`.
    pub settings: Vec<(String, String)>,
    /// What makes it exit 2.
    pub fail_on: FailOn,
    /// How it reports.
    pub format: Format,
}

/// From which level advice fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FailOn {
    /// All of it.
    Info,
    /// Warnings and errors.
    Warn,
    /// What `[lint]` calls an error.
    #[default]
    Error,
}

/// Runs it.
///
/// # Errors
/// The document or `apigen.toml` has errors, or there is no such rule.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    let told = look(options).inspect_err(|error| {
        let report = Report::of(error, Path::new("."));
        print(&report, options.format, console);
    });
    let (document, advice) = told?;
    let fails = match options.fail_on {
        FailOn::Info => Severity::Info,
        FailOn::Warn => Severity::Warning,
        FailOn::Error => Severity::Error,
    };
    let has_failed = advice.iter().any(|advice| advice.severity <= fails);
    if options.format == Format::Human {
        console.diagnostics(&document.sources, &advice);
        console.note(&summary(&advice));
    } else {
        let report = Report {
            in_step: Some(!has_failed),
            sources: document.sources,
            diagnostics: advice,
            ..Report::on(Path::new("."))
        };
        print(&report, options.format, console);
    }
    Ok(match has_failed {
        true => Outcome::Drift,
        false => Outcome::Done,
    })
}

/// JSON is a diagnostic on each line, as `apigen validate` prints it.
fn print(report: &Report, format: Format, console: Console) {
    let (diagnostics, sources) = (&report.diagnostics, &report.sources);
    match (format, &report.failure) {
        (Format::Human, _) => {}
        (Format::Json, None) => {
            console.data(&diagnostic::show(
                diagnostics,
                sources,
                diagnostic::Format::Json,
            ));
        }
        (Format::Json, Some((message, hint))) => {
            let failed = Diagnostic {
                span: None,
                hint: hint.clone(),
                ..Diagnostic::error("failed", diagnostic::Span::default(), message)
            };
            console.data(&diagnostic::show(
                &[failed],
                sources,
                diagnostic::Format::Json,
            ));
        }
        (format, _) => console.data(&report.print(format)),
    }
}

/// The document, and all advice on it.
fn look(options: &Options) -> anyhow::Result<(Document, Vec<Diagnostic>)> {
    let project = disk::find_upward(Path::new("."), config::FILE);
    let config = project.as_deref().map(choices).transpose()?;
    let (path, name) = match (&options.spec, &project, &config) {
        (Some(spec), ..) => (spec.clone(), spec.display().to_string()),
        (None, Some(root), Some(config)) => {
            let path = root.strip_prefix(".").unwrap_or(root).join(&config.spec);
            (path, config.spec.clone())
        }
        _ => {
            let hint = "name one, as in `apigen lint openapi.yaml`, or go into a project";
            return Err(Failure::hinted("there is no document to look at", hint).into());
        }
    };
    existing(&path)?;
    let mut settings = config.map(|config| config.lint).unwrap_or_default();
    for (key, value) in &options.settings {
        set(&mut settings, key, value)?;
    }
    let name = if name == "-" {
        "<stdin>".to_owned()
    } else {
        name
    };
    let (document, _) = load(&path, name, &read_on(&options.terms, &path)?)?;
    let advice = lint(&document, &settings);
    Ok((document, advice))
}

/// What `apigen.toml` says.
fn choices(project: &Path) -> anyhow::Result<Config> {
    let text = disk::read_text(&project.join(config::FILE))?.unwrap_or_default();
    Ok(Config::parse(config::FILE, &text).map_err(Failure::from)?)
}

fn set(settings: &mut Settings, key: &str, value: &str) -> anyhow::Result<()> {
    settings.set(key, value).map_err(|why| {
        let message = format!("`--set {key}={value}`: {why}");
        let id = key.split('.').next().unwrap_or_default();
        let ids: Vec<_> = rules().iter().map(|rule| rule.id).collect();
        match ids.contains(&id) {
            true => anyhow::Error::msg(message),
            false => unknown_word(message, id, &ids),
        }
    })
}

/// How much there is, and of which rules.
fn summary(advice: &[Diagnostic]) -> String {
    let Some(counts) = diagnostic::summary(advice) else {
        return "No advice".to_owned();
    };
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for advice in advice {
        *rules.entry(advice.code).or_default() += 1;
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rules = rules.iter().map(|(rule, count)| format!("{count} {rule}"));
    let rules = rules.collect::<Vec<_>>().join(", ");
    format!(
        "{}: {counts} ({rules})\n`apigen explain code RULE` says why; `[lint]` in `apigen.toml` chooses",
        plural(advice.len(), "piece")
            .replace("piece", "piece of advice")
            .replace("piece of advices", "pieces of advice")
    )
}
