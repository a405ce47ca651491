//! The command line: arguments in, an exit code out.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{
    Args, ColorChoice, CommandFactory as _, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser as _},
};

use crate::{
    commands::{
        Console, Failure, Outcome, check, diff,
        document::{existing, refused},
        eject, expand, explain, new, override_, report, restore,
        survey::Choices,
        sync, upgrade, validate, watch,
    },
    config::{Database, Errors, LATER},
};

/// Reads an API description and writes a complete Rust service, then keeps the two in step
#[derive(Debug, Parser)]
#[command(
    name = "apigen",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(after_help = "Exit codes: 0 done or in step, 1 could not, 2 something differs")]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Global {
    /// Only data, warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Every file
    #[arg(short, long, global = true)]
    verbose: bool,
    /// When to use colours
    #[arg(long, global = true, default_value = "auto", value_name = "WHEN")]
    color: ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a project from a spec
    New(New),
    /// Bring the project to what its spec says
    Sync(Sync),
    /// Tell whether the project is what its spec says
    Check(Check),
    /// Merge the scaffolds of this apigen into the project, and move its pin
    Upgrade {
        #[command(flatten)]
        directory: Directory,
        /// Agree to what operations would do by default now
        #[arg(long)]
        accept: bool,
        /// Only list what would change
        #[arg(long)]
        dry_run: bool,
        /// Only show what would change
        #[arg(long)]
        diff: bool,
    },
    /// Tell what changed between two documents, and whom it breaks
    Diff {
        /// The older document: a file, or `git:REV:path`
        old: String,
        /// The newer one
        new: String,
        /// Which changes make it exit 2
        #[arg(long, default_value = "breaking", value_parser = ["breaking", "any"])]
        fail_on: String,
        /// How to report
        #[arg(long, default_value = "human")]
        format: CheckFormat,
    },
    /// Tell everything that is wrong with a document
    Validate {
        /// The OpenAPI document; `-` is the standard input
        spec: PathBuf,
        /// How to report
        #[arg(long, default_value = "human")]
        format: CheckFormat,
    },
    /// Print a document as it is served: in one piece, in its own dialect
    Expand {
        /// The OpenAPI document; `-` is the standard input
        spec: PathBuf,
    },
    /// Take over an operation: put its default into your service as a starting point
    Override {
        /// The operation, by its `operationId`
        operation: String,
        #[command(flatten)]
        directory: Directory,
    },
    /// Make generated files yours; later syncs merge what they change into them
    Eject {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        directory: Directory,
    },
    /// Bring deleted scaffolds back, or give ejected files to apigen again
    Restore {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Give up what you wrote into them
        #[arg(long)]
        discard: bool,
        #[command(flatten)]
        directory: Directory,
    },
    /// Tell why the project is as it is
    Explain {
        #[command(subcommand)]
        topic: Option<Topic>,
        #[command(flatten)]
        directory: Directory,
    },
    /// Print what a shell needs to complete apigen's commands
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
struct Directory {
    /// The project's folder, or one inside it
    #[arg(short = 'C', value_name = "DIR", default_value = ".", global = true)]
    directory: PathBuf,
}

#[derive(Debug, Args)]
struct New {
    /// The folder of the project
    path: PathBuf,
    /// The OpenAPI document; `-` is the standard input
    #[arg(short, long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// The package's name [default: the folder's]
    #[arg(long)]
    name: Option<String>,
    /// One package in layers, or a workspace of services
    #[arg(long, default_value = "layered", value_parser = ["layered", "services"])]
    layout: String,
    /// Where the service keeps its data [default: sqlite]
    #[arg(long, value_name = "DATABASE", value_parser = choices::<Database>(Database::NAMES))]
    db: Option<Database>,
    /// The form of errors, where the document has none of its own [default: envelope]
    #[arg(long, value_name = "FORM", value_parser = choices::<Errors>(Errors::NAMES))]
    errors: Option<Errors>,
    /// Choose any option of `apigen.toml`
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
    /// Leave the document where it is
    #[arg(long)]
    link: bool,
    /// Add the project to a folder that is not empty; nothing in it is overwritten
    #[arg(long)]
    force: bool,
    /// Start no git repository
    #[arg(long)]
    no_git: bool,
    /// Ask nothing
    #[arg(short, long)]
    yes: bool,
}

#[derive(Debug, Args)]
struct Sync {
    #[command(flatten)]
    directory: Directory,
    /// Only list what would change
    #[arg(long)]
    dry_run: bool,
    /// Only show what would change
    #[arg(long)]
    diff: bool,
    /// Give up your edits of generated files
    #[arg(long, value_name = "FILE", num_args = 1..)]
    discard: Vec<PathBuf>,
    /// Agree to what operations would do by default now
    #[arg(long)]
    accept: bool,
    /// Carry renames into your code and into the tables
    #[arg(long)]
    apply_renames: bool,
    /// Let migrations drop what the document no longer names, with its values
    #[arg(long)]
    allow_destructive: bool,
    /// Refuse to change files with edits that git does not know
    #[arg(long)]
    require_clean: bool,
    /// Go on, and sync with each save
    #[arg(long, conflicts_with_all = ["dry_run", "diff"])]
    watch: bool,
}

#[derive(Debug, Args)]
struct Check {
    #[command(flatten)]
    directory: Directory,
    /// Operations that answer 501 are drift too
    #[arg(long)]
    strict: bool,
    /// What breaks the clients of this revision's document is drift too, such as `git:main`
    #[arg(long, value_name = "REVISION")]
    base: Option<String>,
    /// How to report
    #[arg(long, default_value = "human")]
    format: CheckFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CheckFormat {
    Human,
    Json,
    Github,
    Sarif,
}

#[derive(Debug, Subcommand)]
enum Topic {
    /// The operations that answer 501, and why
    Stubs,
    /// The tables that were inferred, or one of them
    Resource {
        /// Its module or its table
        name: Option<String>,
    },
    /// A file: whose it is, and what it is made from
    File {
        /// In the project
        path: PathBuf,
    },
    /// What the code of a diagnostic means
    Code {
        /// Such as `dangling-ref`
        code: String,
    },
    /// How the form of errors was chosen
    Errors,
}

fn choices<T>(names: &'static [&'static str]) -> impl clap::builder::TypedValueParser<Value = T>
where
    T: std::str::FromStr<Err = String> + Clone + Send + std::marker::Sync + 'static,
{
    PossibleValuesParser::new(names.iter().copied()).try_map(|name| name.parse::<T>())
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it must be `key=value`")?;
    Ok((key.to_owned(), value.to_owned()))
}

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
        Command::New(options) => new::run(&options.into_options()?, console),
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
        Command::Validate { spec, format } => validate::tell(spec, format.into(), console),
        Command::Expand { spec } => expand(spec, console),
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

fn completions(shell: clap_complete::Shell, console: Console) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "apigen", &mut script);
    console.data(&String::from_utf8_lossy(&script));
    Outcome::Done
}

fn expand(spec: PathBuf, console: Console) -> anyhow::Result<Outcome> {
    existing(&spec)?;
    match expand::run(&expand::Options { spec })? {
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

impl Global {
    fn console(&self) -> Console {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Console {
            quiet: self.quiet,
            verbose: self.verbose,
            color: match self.color {
                ColorChoice::Always => true,
                ColorChoice::Never => false,
                ColorChoice::Auto => io::stderr().is_terminal() && !set("NO_COLOR"),
            },
        }
    }
}

impl New {
    fn into_options(self) -> anyhow::Result<new::Options> {
        if self.layout == "services" {
            return Err(Failure::hinted(LATER, "`--layout layered`, or leave it out").into());
        }
        Ok(new::Options {
            path: self.path,
            spec: self.spec,
            name: self.name,
            database: self.db,
            errors: self.errors,
            settings: self.settings,
            link: self.link,
            force: self.force,
            git: !self.no_git,
            yes: self.yes,
        })
    }
}

impl From<Sync> for sync::Options {
    fn from(options: Sync) -> Self {
        Self {
            directory: options.directory.directory,
            dry_run: options.dry_run,
            diff: options.diff,
            discard: options.discard,
            require_clean: options.require_clean,
            watch: options.watch,
            choices: Choices {
                accept: options.accept,
                apply_renames: options.apply_renames,
                allow_destructive: options.allow_destructive,
                ..Choices::default()
            },
        }
    }
}

impl From<Check> for check::Options {
    fn from(options: Check) -> Self {
        Self {
            directory: options.directory.directory,
            strict: options.strict,
            base: options.base,
            format: options.format.into(),
        }
    }
}

impl From<CheckFormat> for report::Format {
    fn from(format: CheckFormat) -> Self {
        match format {
            CheckFormat::Human => Self::Human,
            CheckFormat::Json => Self::Json,
            CheckFormat::Github => Self::Github,
            CheckFormat::Sarif => Self::Sarif,
        }
    }
}

impl From<Topic> for explain::Topic {
    fn from(topic: Topic) -> Self {
        match topic {
            Topic::Stubs => Self::Stubs,
            Topic::Resource { name } => Self::Resource(name),
            Topic::File { path } => Self::File(path),
            Topic::Code { code } => Self::Code(code),
            Topic::Errors => Self::Errors,
        }
    }
}
