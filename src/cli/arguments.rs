//! What may stand on the command line, and the plain options that it becomes.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use clap::{
    Args, ColorChoice, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser as _},
};

use crate::{
    commands::{
        Console, check, document::Terms, explain, extend, init, new, report, survey::Choices, sync,
    },
    config::{Database, Errors, Layout},
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
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Args)]
pub(super) struct Global {
    /// Only data, warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Every file
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// When to use colours
    #[arg(long, global = true, default_value = "auto", value_name = "WHEN")]
    pub(super) color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a project from a spec
    New(New),
    /// Write a resource spec to start from
    Init(Init),
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
        #[command(flatten)]
        reading: Reading,
        /// Tell every place that ends as any JSON value or raw bytes, and why
        #[arg(long)]
        report_untyped: bool,
        /// How to report
        #[arg(long, default_value = "human")]
        format: CheckFormat,
    },
    /// Give advice on the design of a document
    Lint {
        /// The document; `-` is the standard input [default: the project's]
        spec: Option<PathBuf>,
        #[command(flatten)]
        reading: Reading,
        /// The level of a rule, or an option of one: `path-plural=off`, `path-depth.max=4`
        #[arg(long = "set", value_name = "RULE=VALUE", value_parser = setting)]
        settings: Vec<(String, String)>,
        /// From which level advice makes it exit 2
        #[arg(long, default_value = "error", value_parser = ["info", "warn", "error"])]
        fail_on: String,
        /// How to report
        #[arg(long, default_value = "human")]
        format: CheckFormat,
    },
    /// Print a document as it is served: in one piece, in its own dialect
    Expand {
        /// The OpenAPI document; `-` is the standard input
        spec: PathBuf,
        #[command(flatten)]
        reading: Reading,
    },
    /// Make a typed client from a spec, or bring one up to date
    Client {
        /// The folder of the crate
        path: PathBuf,
        /// The OpenAPI document; `-` is the standard input
        #[arg(short, long, value_name = "FILE")]
        spec: PathBuf,
        #[command(flatten)]
        reading: Reading,
        /// The package's name [default: the one it has, else the folder's]
        #[arg(long)]
        name: Option<String>,
        /// Give up your edits of generated files
        #[arg(long, value_name = "FILE", num_args = 1..)]
        discard: Vec<PathBuf>,
    },
    /// Add a service to a workspace, or a resource to a resource spec
    Add {
        #[command(subcommand)]
        what: Add,
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

#[derive(Debug, Subcommand)]
pub(super) enum Add {
    /// A service: for tags of the document, or empty
    Service {
        /// What it is called
        name: String,
        /// The tag whose operations are its own; may be repeated
        #[arg(short, long = "tag", value_name = "TAG")]
        tags: Vec<String>,
        #[command(flatten)]
        directory: Directory,
    },
    /// A resource: its lines are written into the project's resource spec, or into `resources.yaml`
    Resource {
        /// What it is called; the plural is made of it
        name: String,
        /// A field of it, such as `name:string(1..100)`; may be repeated
        #[arg(short, long = "field", value_name = "NAME:TYPE", required = true)]
        fields: Vec<String>,
        /// The resource that it stands below
        #[arg(long, value_name = "RESOURCE")]
        parent: Option<String>,
        #[command(flatten)]
        directory: Directory,
    },
}

#[derive(Debug, Args)]
pub(super) struct Directory {
    /// The project's folder, or one inside it
    #[arg(short = 'C', value_name = "DIR", default_value = ".", global = true)]
    pub(super) directory: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The file to write; `-` prints it
    #[arg(default_value = extend::USUAL)]
    pub(super) file: PathBuf,
    /// The service's name [default: the folder's]
    #[arg(long)]
    pub(super) name: Option<String>,
    /// How callers say who they are
    #[arg(long, value_parser = PossibleValuesParser::new(init::AUTH))]
    pub(super) auth: Option<String>,
    /// What it keeps, such as `item:name:string(1..100),price:decimal`; may be repeated
    #[arg(short, long = "resource", value_name = "NAME:FIELDS")]
    pub(super) resources: Vec<String>,
    /// Draft it from the tables of a database: an SQLite file, or `postgres://user@host/name`
    #[arg(long, value_name = "URL", conflicts_with = "resources")]
    pub(super) from_db: Option<String>,
    /// Overwrite the file
    #[arg(long)]
    pub(super) force: bool,
    /// Ask nothing
    #[arg(short, long)]
    pub(super) yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct Reading {
    /// An OpenAPI Overlay that changes the document; again for more, in their order
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// The folder below which the document may refer to files [default: the git work tree, else
    /// the document's own folder]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl Reading {
    pub(super) fn into_terms(self) -> Terms {
        Terms {
            root: self.root,
            overlays: self.overlays,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// The folder of the project
    pub(super) path: PathBuf,
    /// The OpenAPI document; `-` is the standard input
    #[arg(short, long, value_name = "FILE")]
    pub(super) spec: Option<PathBuf>,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// The package's name [default: the folder's]
    #[arg(long)]
    pub(super) name: Option<String>,
    /// One package in layers, or a workspace of services [default: layered]
    #[arg(long, value_name = "LAYOUT", value_parser = choices::<Layout>(Layout::NAMES))]
    pub(super) layout: Option<Layout>,
    /// Where the service keeps its data [default: sqlite]
    #[arg(long, value_name = "DATABASE", value_parser = choices::<Database>(Database::NAMES))]
    pub(super) db: Option<Database>,
    /// The form of errors, where the document has none of its own [default: envelope]
    #[arg(long, value_name = "FORM", value_parser = choices::<Errors>(Errors::NAMES))]
    pub(super) errors: Option<Errors>,
    /// Choose any option of `apigen.toml`
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    pub(super) settings: Vec<(String, String)>,
    /// Leave the document where it is
    #[arg(long)]
    pub(super) link: bool,
    /// Add the project to a folder that is not empty; nothing in it is overwritten
    #[arg(long)]
    pub(super) force: bool,
    /// Start no git repository
    #[arg(long)]
    pub(super) no_git: bool,
    /// Ask nothing
    #[arg(short, long)]
    pub(super) yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct Sync {
    #[command(flatten)]
    pub(super) directory: Directory,
    /// Only this service of a workspace
    #[arg(short = 'p', long = "service", value_name = "SERVICE")]
    pub(super) service: Option<String>,
    /// Only list what would change
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Only show what would change
    #[arg(long)]
    pub(super) diff: bool,
    /// Give up your edits of generated files
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) discard: Vec<PathBuf>,
    /// Agree to what operations would do by default now
    #[arg(long)]
    pub(super) accept: bool,
    /// Carry renames into your code and into the tables
    #[arg(long)]
    pub(super) apply_renames: bool,
    /// Let migrations drop what the document no longer names, with its values
    #[arg(long)]
    pub(super) allow_destructive: bool,
    /// Refuse to change files with edits that git does not know
    #[arg(long)]
    pub(super) require_clean: bool,
    /// Go on, and sync with each save
    #[arg(long, conflicts_with_all = ["dry_run", "diff"])]
    pub(super) watch: bool,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) directory: Directory,
    /// Only this service of a workspace
    #[arg(short = 'p', long = "service", value_name = "SERVICE")]
    pub(super) service: Option<String>,
    /// Operations that answer 501 are drift too
    #[arg(long)]
    pub(super) strict: bool,
    /// What breaks the clients of this revision's document is drift too, such as `git:main`
    #[arg(long, value_name = "REVISION")]
    pub(super) base: Option<String>,
    /// How to report
    #[arg(long, default_value = "human")]
    pub(super) format: CheckFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum CheckFormat {
    Human,
    Json,
    Github,
    Sarif,
}

#[derive(Debug, Subcommand)]
pub(super) enum Topic {
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

impl Global {
    pub(super) fn console(&self) -> Console {
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
    pub(super) fn into_options(self) -> new::Options {
        new::Options {
            path: self.path,
            spec: self.spec,
            terms: self.reading.into_terms(),
            name: self.name,
            layout: self.layout,
            database: self.db,
            errors: self.errors,
            settings: self.settings,
            link: self.link,
            force: self.force,
            git: !self.no_git,
            yes: self.yes,
        }
    }
}

impl From<Init> for init::Options {
    fn from(options: Init) -> Self {
        Self {
            file: options.file,
            name: options.name,
            auth: options.auth,
            resources: options.resources,
            from_db: options.from_db,
            force: options.force,
            yes: options.yes,
        }
    }
}

impl From<Sync> for sync::Options {
    fn from(options: Sync) -> Self {
        Self {
            directory: options.directory.directory,
            service: options.service,
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
            service: options.service,
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
