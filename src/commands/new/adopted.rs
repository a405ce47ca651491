//! A project over a database that is there already: `apigen init --from-db` wrote its baseline beside
//! the spec.

use std::{collections::BTreeMap, path::Path};

use super::super::{
    Console, Failure,
    document::{Spec, refused},
    init::baseline,
};
use crate::{
    config::{Config, Database, Layout},
    project::disk,
    render::{Before, File, Ownership, migrations},
    spec,
};

/// The database that a project begins with.
#[derive(Debug)]
pub(super) struct Adopted {
    /// Where its baseline is.
    path: String,
    /// The first migration.
    text: String,
    pub(super) database: Database,
}

impl Adopted {
    /// The one beside the spec, where there is one.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub(super) fn find(spec: &Path) -> anyhow::Result<Option<Self>> {
        let path = super::super::init::baseline_of(spec);
        if spec.as_os_str() == "-" {
            return Ok(None);
        }
        let Some(text) = disk::read_text(&path)? else {
            return Ok(None);
        };
        let path = path.display().to_string();
        let database = baseline::database(&text).and_then(|name| name.parse().ok());
        let Some(database) = database else {
            let message = format!("`{path}` is no baseline");
            let hint = "`apigen init --from-db URL --force` writes it; move it away to do without";
            return Err(Failure::hinted(message, hint).into());
        };
        Ok(Some(Self {
            path,
            text,
            database,
        }))
    }

    /// Refuses what cannot begin with it.
    pub(super) fn fit(&self, config: &Config) -> anyhow::Result<()> {
        let path = &self.path;
        let message = match (config.database == self.database, config.layout) {
            (true, Layout::Layered) => return Ok(()),
            (true, Layout::Services) => {
                format!("`{path}` is of one database, and each service would have its own")
            }
            (false, _) => {
                let [is, asked] = [self.database, config.database].map(Database::as_str);
                format!("`{path}` is of a database of the kind `{is}`, not `{asked}`")
            }
        };
        let hint = format!("move `{path}` away to begin without the tables that are there");
        Err(Failure::hinted(message, hint).into())
    }

    /// Its first migration.
    pub(super) fn migration(&self) -> File {
        File {
            path: self.place(),
            contents: self.text.clone(),
            ownership: Ownership::Appended,
        }
    }

    fn place(&self) -> String {
        format!("{}/0001_baseline.sql", migrations::folder(self.database))
    }

    /// The project as if it had been made for what the database has.
    pub(super) fn before(&self, config: &Config) -> anyhow::Result<Before> {
        let draft = baseline::first_draft(&self.text);
        let (document, warnings) = spec::parse(&*self.path, draft).map_err(refused)?;
        let mut spec = Spec::lower(document, warnings, config)?;
        // Whoever made the tables: it may be that nothing counts their rows.
        for resource in &mut spec.service.resources {
            resource.numbered_from = None;
        }
        Ok(Before {
            migrations: BTreeMap::from([(self.place(), self.text.clone())]),
            resources: Some(spec.service.resources),
            ..Before::default()
        })
    }

    pub(super) fn tell(&self, console: Console) {
        console.note(&format!(
            "  set `DATABASE_URL` in `.env` to your database: `{}` leaves the tables that it has as they are",
            self.place()
        ));
    }
}
