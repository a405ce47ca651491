//! A workspace with all of its services, and what turns into one or was one.

use super::{
    Choices, Survey,
    notes::{behind, changes, conflicts},
};
use crate::{
    commands::{
        Failure,
        growth::{self, Growth},
        open::Project,
        workspace::{self, Part},
    },
    config,
    project::{Action, trace},
    render::migrations,
};

impl Survey {
    /// Looks at one package, which may have been a workspace.
    pub(super) fn package(project: Project, choices: &Choices) -> anyhow::Result<Self> {
        let Some(growth) = growth::find(&project, None)? else {
            return Self::look(project, choices);
        };
        let (project, _pretence) = growth.begin(project)?;
        let choices = Choices {
            upgrade: true,
            ..*choices
        };
        let mut survey = Self::look(project, &choices)?;
        survey.grow(growth);
        Ok(survey)
    }

    /// Takes what moves into the plan.
    fn grow(&mut self, growth: Growth) {
        drop(trace::end()); // what was looked at is not what is there
        for (folder, plan, disk) in &growth.left {
            self.plan.extend(folder, &plan.entries);
            self.project.disk.extend(folder, disk);
        }
        let entries = self.plan.entries.iter_mut();
        // Its choices are the user's; markers in it would lock the user out.
        for entry in entries.filter(|entry| entry.path == config::FILE && entry.writes()) {
            (entry.action, entry.before, entry.after) = (Action::Keep, None, None);
        }
        self.others = self.plan.take(&growth.moved);
        growth.mark(&mut self.plan, &self.project.disk);
        self.findings.extend(growth.findings);
        self.real = Some(growth.moved.real(self.project.disk.clone()));
    }

    /// Looks at a workspace, and at its services or one of them.
    pub(super) fn workspace(
        mut project: Project,
        choices: &Choices,
        only: Option<&str>,
    ) -> anyhow::Result<Self> {
        let spec = project.spec()?;
        let growth = growth::find(&project, Some(&spec))?;
        if growth.is_some() && only.is_some() {
            let message = "services have other operations or other names than at the last sync";
            let hint = "that is about several: run it for the whole workspace, without `-p`";
            return Err(Failure::hinted(message, hint).into());
        }
        let choices = &Choices {
            upgrade: choices.upgrade || growth.is_some(),
            ..*choices
        };
        let _pretence;
        if let Some(growth) = &growth {
            (project, _pretence) = growth.begin(project)?;
        }
        project.upgrades = choices.upgrade;
        let before = project.before(choices)?;
        let mut divided = workspace::divide(&project, &spec, &before)?;
        let mut plan = project.plan(&spec, &migrations::Change::default(), &divided.files)?;
        let mut findings = changes(&project, &spec);
        findings.extend(divided.notes.iter().cloned());
        findings.extend(conflicts(&project, &plan));
        let imprints = std::mem::take(&mut divided.imprints);
        let parts = divided.look(&project.root, only, choices)?;
        if only.is_some() {
            drop(trace::end()); // it is not all of the workspace that is looked at
            let shared = parts.iter().map(|part| part.folder.as_str());
            let inside: Vec<_> = shared.chain(["crates/common/"]).collect();
            plan.within(&project.lock, |path| {
                inside.iter().any(|at| path.starts_with(at))
            });
        }
        let mut survey = Self::planned(project, spec, plan, findings, imprints);
        parts.into_iter().for_each(|part| survey.add(part));
        survey.findings.extend(behind(&survey.plan));
        if let Some(growth) = growth {
            survey.grow(growth);
        }
        Ok(survey)
    }

    /// Takes a service of the workspace.
    fn add(&mut self, part: Part) {
        let (folder, other) = (&part.folder, &part.survey);
        self.plan.extend(folder, &other.plan.entries);
        self.project.disk.extend(folder, &other.project.disk);
        self.project.lock.extend(folder, &other.project.lock);
        let imprints = other.imprints.iter();
        let below = imprints.map(|(path, of)| (format!("{folder}{path}"), of.clone()));
        self.imprints.extend(below);
        let findings = other.findings.iter();
        let below = findings.map(|finding| finding.clone().below(folder));
        self.findings.extend(below);
        self.parts.push(part);
    }
}
