//! The command line: arguments in, an exit code out.

mod arguments;

use std::{path::PathBuf, process::ExitCode};

use arguments::{Add, Cli, Command, Topic};
use clap::{CommandFactory as _, Parser as _};

use crate::commands::{
    Console, Failure, Outcome, add, check, client, diff,
    document::{Terms, existing, read_on, refused},
    eject, expand, explain, extend, init, lint, new, override_, restore, sync, upgrade, validate,
    watch,
};

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    let console = cli.global.console();
    match run(cli.command, console) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Drift) => ExitCode::from(2),
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        Err(error) => {
            tell(&error, console);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, console: Console) -> anyhow::Result<Outcome> {
    match command {
        Command::New(options) => new::run(&options.into_options(), console),
        Command::Init(options) => init::run(&options.into(), console),
        Command::Sync(options) if options.watch => watch::run(&options.into(), console, tell),
        Command::Sync(options) => sync::run(&options.into(), console),
        Command::Check(options) => check::run(&options.into(), console),
        Command::Upgrade {
            directory,
            accept,
            dry_run,
            diff,
        } => upgrade::run(
            &upgrade::Options {
                directory: directory.directory,
                accept,
                dry_run,
                diff,
            },
            console,
        ),
        Command::Diff {
            old,
            new,
            fail_on,
            format,
        } => diff::run(
            &diff::Options {
                old,
                new,
                fail_on_any: fail_on == "any",
                format: format.into(),
            },
            console,
        ),
        Command::Validate {
            spec,
            reading,
            report_untyped,
            format,
        } => validate::tell(
            spec,
            &reading.into_terms(),
            report_untyped,
            format.into(),
            console,
        ),
        Command::Lint {
            spec,
            reading,
            settings,
            fail_on,
            format,
        } => lint::run(
            &lint::Options {
                spec,
                terms: reading.into_terms(),
                settings,
                fail_on: match fail_on.as_str() {
                    "info" => lint::FailOn::Info,
                    "warn" => lint::FailOn::Warn,
                    _ => lint::FailOn::Error,
                },
                format: format.into(),
            },
            console,
        ),
        Command::Expand { spec, reading } => expand(spec, &reading.into_terms(), console),
        Command::Client {
            path,
            spec,
            reading,
            name,
            discard,
        } => client::run(
            &client::Options {
                path,
                spec,
                terms: reading.into_terms(),
                name,
                discard,
            },
            console,
        ),
        Command::Add { what } => add(what, console),
        Command::Override {
            operation,
            directory,
        } => override_::run(&directory.directory, &operation, console),
        Command::Eject { files, directory } => {
            let directory = directory.directory;
            eject::run(&eject::Options { directory, files }, console)
        }
        Command::Restore {
            files,
            discard,
            directory,
        } => restore::run(
            &restore::Options {
                directory: directory.directory,
                files,
                discard,
            },
            console,
        ),
        Command::Explain { topic, directory } => {
            let topic = topic.unwrap_or(Topic::Stubs).into();
            explain::run(&directory.directory, &topic, console)
        }
        Command::Completions { shell } => Ok(completions(shell, console)),
    }
}

fn add(what: Add, console: Console) -> anyhow::Result<Outcome> {
    match what {
        Add::Service {
            name,
            tags,
            directory,
        } => {
            let directory = directory.directory;
            let options = add::Options {
                directory,
                name,
                tags,
            };
            add::run(&options, console)
        }
        Add::Resource {
            name,
            fields,
            parent,
            directory,
        } => {
            let directory = directory.directory;
            let options = extend::Options {
                directory,
                name,
                fields,
                parent,
            };
            extend::run(&options, console)
        }
    }
}

fn completions(shell: clap_complete::Shell, console: Console) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "apigen", &mut script);
    console.data(&String::from_utf8_lossy(&script));
    Outcome::Done
}

fn expand(spec: PathBuf, terms: &Terms, console: Console) -> anyhow::Result<Outcome> {
    existing(&spec)?;
    let reading = read_on(terms, &spec)?;
    match expand::run(&expand::Options { spec, reading })? {
        expand::Outcome::Expanded(document, text, warnings) => {
            console.diagnostics(&document.sources, &warnings);
            console.data(&text);
            Ok(Outcome::Done)
        }
        expand::Outcome::Refused(refusal) => Err(refused(refusal).into()),
    }
}

fn tell(error: &anyhow::Error, console: Console) {
    match error.downcast_ref() {
        Some(Failure::Hinted { message, hint }) => console.error(message, Some(hint)),
        Some(Failure::Refused {
            sources,
            diagnostics,
            ..
        }) => {
            console.diagnostics(sources, diagnostics);
            console.error(&error.to_string(), None);
        }
        None => console.error(&format!("{error:#}"), None),
    }
}
