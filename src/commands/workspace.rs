//! A workspace of services: its document divided, and each service as a project of its own.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use rayon::prelude::*;

use super::{
    Failure,
    document::Spec,
    findings::{Finding, Level, Reason},
    open::{Given, Project},
    shortcut,
    survey::{Choices, Survey},
    unknown_word,
};
use crate::{
    config::{self, Check, ClientChoice, Config, Layout, Shared, refusal},
    lower::{
        aggregates,
        exchange::{Exchange, exchange},
        joined::joined,
        partition::{Share, parted},
        slices::{Slice, Slices},
    },
    model::Service,
    project::disk,
    render::{
        Before, File, Imprints, Known,
        workspace::{self, Member, Workspace},
    },
};

/// A service of a workspace, looked at.
#[derive(Debug)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its folder from that of the workspace, with its slash.
    pub folder: String,
    /// The project; all paths are relative to its own folder.
    pub survey: Survey,
}

/// What a workspace is divided into.
#[derive(Debug)]
pub struct Divided {
    /// The services, each with its part of the document.
    members: Vec<(Member, Given)>,
    /// What surrounds them.
    pub files: Vec<File>,
    /// What was printed for that.
    pub imprints: Imprints,
    /// What is not as the tags alone would have it.
    pub notes: Vec<Finding>,
}

/// The project that is meant from a folder: where that is in a service of a workspace, the
/// workspace, and the service. A service may be named by its folder, too.
///
/// # Errors
/// A service is named, and there is no workspace.
pub fn target(start: &Path, only: Option<String>) -> anyhow::Result<(PathBuf, Option<String>)> {
    let nearest = disk::find_upward(start, config::FILE);
    let config = |root: &Path| {
        let text = disk::read_text(&root.join(config::FILE)).ok().flatten()?;
        Config::parse(config::FILE, &text).ok()
    };
    let Some((root, own)) = nearest.and_then(|root| Some((root.clone(), config(&root)?))) else {
        return Ok((start.to_owned(), only));
    };
    if let Some(up) = own.workspace {
        let above = disk::normal(&root.join(up));
        let folder = root.strip_prefix(&above).unwrap_or(&root);
        let folder = folder.to_string_lossy().into_owned();
        return Ok((above, only.or(Some(folder))));
    }
    if only.is_some() && own.layout == Layout::Layered {
        let message = "`-p` names a service, and this project is no workspace of services";
        return Err(Failure::hinted(message, "leave it out").into());
    }
    Ok((start.to_owned(), only))
}

/// Divides a workspace's document, and renders what surrounds the services.
///
/// # Errors
/// `apigen.toml` names what the document does not have; or a bug of ours.
pub fn divide(project: &Project, spec: &Spec, before: &Before) -> anyhow::Result<Divided> {
    let config = &project.config;
    let (parts, mut misfits) = parted(&spec.service, config);
    let slices = Slices::new(&spec.document, &spec.service, config, &parts.shares);
    misfits.extend(aggregates::check(&spec.service, config));
    let exchange = exchange(&slices).unwrap_or_else(|more| {
        misfits.extend(more);
        Exchange::default()
    });
    if !misfits.is_empty() {
        return Err(Failure::from(refusal(config::FILE, &project.choices, &misfits)).into());
    }
    let members = parts.shares.par_iter();
    let members = members.map(|share| member(config, (&slices, &exchange), share, &parts.shares));
    let members = members.collect::<anyhow::Result<Vec<_>>>()?;
    let (services, given): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    let events = services
        .iter()
        .find_map(|member| member.service.events.clone());
    let whole = Arc::new(Service {
        events,
        ..spec.service.clone()
    });
    let joined = joined(&slices);
    // What the services share has the addresses of all that some of them call.
    let called = services.iter().flat_map(|member| &member.config.clients);
    let called = called.map(|(name, choice)| (name.clone(), choice.clone()));
    let config = &Config {
        clients: called.collect(),
        ..config.clone()
    };
    let workspace = Workspace {
        config,
        whole: &whole,
        own: joined.as_ref().unwrap_or(&spec.document.own),
        members: &services,
        before,
    };
    let imprints = shortcut::imprints(&project.root);
    let known = Known {
        imprints: &imprints,
        text: &|path| project.disk.text(path),
    };
    let (files, imprints) = workspace::render(workspace, known)?;
    let given = services.iter().zip(given).map(|(member, slice)| Given {
        spec: Spec {
            document: slice.document,
            service: slice.service,
            warnings: slice.warnings,
            asked: Vec::new(),
        },
        common: workspace.common(member),
        imprints: known.below(&format!("{}/", member.folder)),
    });
    let given: Vec<_> = given.collect();
    let note = |text: String| Finding::new(Reason::Change, Level::Note, text);
    Ok(Divided {
        members: services.into_iter().zip(given).collect(),
        files,
        imprints,
        notes: parts
            .notes
            .into_iter()
            .chain(exchange.notes)
            .map(note)
            .collect(),
    })
}

fn member(
    config: &Config,
    (slices, exchange): (&Slices<'_>, &Exchange),
    share: &Share,
    all: &[Share],
) -> anyhow::Result<(Member, Slice)> {
    let extension = config.spec.rsplit('.').next().unwrap_or_default();
    let extension = match extension {
        "json" => "json",
        _ => "yaml",
    };
    let up = share.folder.split('/').map(|_| "..");
    let mut own = Config {
        name: format!("{}-{}", config.name, share.name),
        spec: format!("openapi.{extension}"),
        shared: config.shared,
        workspace: Some(up.collect::<Vec<_>>().join("/")),
        database: share.database,
        errors: config.errors,
        state: config.state,
        traces: config.traces,
        ..Config::default()
    };
    let slice = slices.of(share, &own, &own.spec, &exchange.member(&share.name))?;
    own.clients = clients(config, &slice.service, share, all);
    let member = Member {
        name: share.name.clone(),
        folder: share.folder.clone(),
        service: slice.service.clone(),
        contract: slice.text.clone(),
        config: own,
    };
    Ok((member, slice))
}

/// The services that a service calls: those that it says, and those with what its rows name, which
/// must be there. One that is to be whole without the others calls none by itself.
fn clients(
    config: &Config,
    service: &Service,
    share: &Share,
    all: &[Share],
) -> BTreeMap<String, ClientChoice> {
    let own = config.services.get(&share.name);
    let check = match own.and_then(|choice| choice.check_references) {
        None if config.shared == Shared::Copy => Check::None,
        None => Check::Owners,
        Some(true) => Check::All,
        Some(false) => Check::None,
    };
    let uses = own.into_iter().flat_map(|choice| &choice.uses);
    let elsewhere = service.resources.iter().flat_map(|r| &r.elsewhere);
    let named = elsewhere.filter(|one| one.operation.is_some());
    let named = named.filter(|one| check == Check::All || (check == Check::Owners && one.owns));
    let named = named.map(|one| &one.service);
    let choice = |name: &String| {
        let index = all.iter().position(|share| share.name == *name)?;
        let choice = workspace::clients::choice(config, name, index, &share.folder);
        Some((name.clone(), ClientChoice { check, ..choice }))
    };
    uses.chain(named).filter_map(choice).collect()
}

impl Divided {
    /// The services as they stand; with a name, only that one.
    ///
    /// # Errors
    /// There is no service of this name, or one cannot be read.
    pub fn projects(
        self,
        root: &Path,
        only: Option<&str>,
    ) -> anyhow::Result<Vec<(Member, Project)>> {
        let is_meant =
            |member: &Member| only.is_none_or(|name| name == member.name || name == member.folder);
        if let Some(name) = only
            && !self.members.iter().any(|(member, _)| is_meant(member))
        {
            let names: Vec<_> = self.members.iter().map(|(m, _)| m.name.as_str()).collect();
            let message = format!("there is no service `{name}`");
            return Err(unknown_word(message, name, &names));
        }
        let members = self.members.into_par_iter();
        let members = members.filter(|(member, _)| is_meant(member));
        let projects = members.map(|(member, given)| {
            let at = format!("{}/{}", member.folder, config::FILE);
            let text = self.files.iter().find(|file| file.path == at);
            let text = text.map(|file| file.contents.clone()).unwrap_or_default();
            let folder = root.join(&member.folder);
            let project = Project::read(folder, member.config.clone(), text, Some(given))?;
            Ok((member, project))
        });
        projects.collect()
    }

    /// Looks at the services; with a name, only at that one.
    ///
    /// # Errors
    /// There is no service of this name, or one cannot be looked at.
    pub fn look(
        self,
        root: &Path,
        only: Option<&str>,
        choices: &Choices,
    ) -> anyhow::Result<Vec<Part>> {
        let projects = self.projects(root, only)?.into_par_iter();
        let parts = projects.map(|(member, project)| {
            let survey = Survey::look(project, choices);
            Ok(Part {
                survey: survey.map_err(|error| of_service(&member.name, error))?,
                name: member.name,
                folder: format!("{}/", member.folder),
            })
        });
        parts.collect()
    }
}

/// Says whose files a mistake is about: it names them from the service's folder.
fn of_service(name: &str, error: anyhow::Error) -> anyhow::Error {
    match error.downcast() {
        Ok(Failure::Hinted { message, hint }) => {
            Failure::hinted(format!("service `{name}`: {message}"), hint).into()
        }
        Ok(refused) => refused.into(),
        Err(error) => error,
    }
}
