//! Two services, what is between them, and what their databases say.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    nats::Nats,
    project::{Database, Project, Server, address, empty, free_address},
};

/// How long something may take, on a machine that compiles meanwhile.
const PATIENCE: Duration = Duration::from_secs(120);

/// What carries the events.
pub(crate) struct Carrier {
    setting: (String, String),
    server: Option<Nats>,
}

impl Carrier {
    /// A database that is shared.
    pub(crate) fn database(database: Database) -> Self {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("events.db");
        let url = match database {
            Database::Sqlite => {
                for end in ["", "-wal", "-shm"] {
                    let _ = fs::remove_file(format!("{}{end}", file.display()));
                }
                format!("sqlite://{}", file.display())
            }
            Database::Postgres => schema("carried_events"),
        };
        let setting = ("EVENTS_URL".to_owned(), url);
        Self {
            setting,
            server: None,
        }
    }

    pub(crate) fn nats() -> Option<Self> {
        let server = Nats::start()?;
        Some(Self {
            setting: ("NATS_URL".to_owned(), server.url.clone()),
            server: Some(server),
        })
    }

    pub(crate) fn is_nats(&self) -> bool {
        self.server.is_some()
    }

    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        vec![self.setting.clone()]
    }
}

/// A service that publishes, and one that hears it.
pub(crate) struct Pair {
    items: Project,
    offers: Project,
    database: Database,
}

/// A running service.
pub(crate) struct Running(Server);

impl Pair {
    /// `carrier` tells its folders, packages and tables from those of a test that runs beside it.
    pub(crate) fn new(database: Database, carrier: &str) -> Self {
        let name = |name: &str| format!("events/{name}-{carrier}-{database:?}").to_lowercase();
        let (items, offers) = (name("items"), name("offers"));
        let package = |name: &str| name.replace('/', "-");
        let folder = tempfile::tempdir().expect("a folder");
        let spec = folder.path().join("items.yaml");
        let text = include_str!("items.yaml").replace("SUBSCRIBER", &package(&offers));
        fs::write(&spec, text).expect("written");
        let items = Project::named(&items, &spec, database, &package(&items));
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/events/offers.yaml");
        let offers = Project::named(&offers, &spec, database, &package(&offers));
        let handler = offers.root.join("src/services/events.rs");
        fs::write(handler, include_str!("handler.rs.txt")).expect("written");
        Self {
            items,
            offers,
            database,
        }
    }

    pub(crate) fn is_sound(&self) {
        self.items.is_sound();
        self.offers.is_sound();
    }

    pub(crate) fn items(&self, settings: &[(String, String)]) -> Running {
        serve(&self.items, settings)
    }

    pub(crate) fn offers(&self, settings: &[(String, String)]) -> Running {
        serve(&self.offers, settings)
    }

    /// Starts the subscriber whenever it ends, until there is a dead letter; how often it ended.
    pub(crate) fn offers_end(&self, settings: &[(String, String)]) -> usize {
        let own = self.offers.own_database();
        let start = || {
            let mut command = self.offers.built();
            command
                .env("LISTEN", free_address())
                .env("RUST_LOG", "off")
                .envs(own.iter().map(|url| ("DATABASE_URL", url)))
                .envs(settings.iter().map(|(name, value)| (name, value)))
                .stderr(Stdio::null());
            command.spawn().expect("a service")
        };
        let (mut child, mut ends) = (start(), 0);
        let dead = "SELECT count(*) FROM event_inbox WHERE dead_at IS NOT NULL";
        let begun = Instant::now();
        while self.count(&self.offers, dead) == 0 {
            if child.try_wait().expect("a process").is_some() {
                ends += 1;
                assert!(ends < 9, "it ends again and again");
                child = start();
            }
            assert!(begun.elapsed() < Duration::from_secs(240), "no dead letter");
            thread::sleep(Duration::from_millis(20));
        }
        // What it is about when it is killed counts as an attempt, and it may have just one left.
        self.waits_for_nothing();
        let _ = child.kill();
        let _ = child.wait();
        ends
    }

    /// How many messages are in the outbox.
    pub(crate) fn waiting(&self) -> i64 {
        self.count(&self.items, "SELECT count(*) FROM event_outbox")
    }

    /// Everything is delivered, and handled once or given up.
    pub(crate) fn waits_for_nothing(&self) {
        eventually("everything is handled", || {
            let pending =
                "SELECT count(*) FROM event_inbox WHERE done_at IS NULL AND dead_at IS NULL";
            self.waiting() == 0 && self.count(&self.offers, pending) == 0
        });
    }

    /// Puts a message that was handled into the outbox again.
    pub(crate) fn send_again(&self, id: &str) {
        let find = format!("SELECT message FROM event_inbox WHERE message LIKE '%created%{id}%'");
        let message = self.ask(&self.offers, &find).replace('\'', "''");
        assert!(!message.is_empty(), "no message about {id}");
        self.publish(&format!("'{message}'"));
    }

    /// Puts what is no event into the outbox, and into the inbox.
    pub(crate) fn put_rubbish(&self) {
        self.publish("'{}'");
        let store = "INSERT INTO event_inbox (id, ordered_by, message, due_at) \
                     VALUES ('rubbish', '', '{}', '2000-01-01T00:00:00+00:00')";
        self.ask(&self.offers, store);
    }

    /// Puts an event into the outbox that nobody handles, with a payload of so many bytes.
    pub(crate) fn put_message(&self, size: usize) {
        let payload = match self.database {
            Database::Postgres => format!("repeat('0', {size})"),
            Database::Sqlite => format!("hex(zeroblob({}))", size / 2),
        };
        let head = r#"{"id":"00000000-0000-4000-8000-000000000001","name":"x","key":"","time":"2000-01-01T00:00:00Z","payload":""#;
        self.publish(&format!("'{head}' || {payload} || '\"}}'"));
    }

    /// Puts a text into the outbox, an expression of SQL.
    fn publish(&self, message: &str) {
        let offers = self.offers.root.file_name().expect("a name");
        let subscriber = format!("events-{}", offers.to_string_lossy());
        let values = format!("VALUES ('{subscriber}', {message})");
        let publish = format!("INSERT INTO event_outbox (subscriber, message) {values}");
        self.ask(&self.items, &publish);
    }

    /// So many rows of the outbox are given up, and one of the inbox; they are removed.
    pub(crate) fn comes_to_rubbish(&self, number: i64) {
        let dead =
            |table: &str| format!("FROM {table} WHERE dead_at IS NOT NULL AND problem IS NOT NULL");
        for (project, table, number) in [
            (&self.items, "event_outbox", number),
            (&self.offers, "event_inbox", 1),
        ] {
            let count = format!("SELECT count(*) {}", dead(table));
            eventually(table, || self.count(project, &count) == number);
            self.ask(project, &format!("DELETE {}", dead(table)));
        }
    }

    pub(crate) fn comes_to_dead_letters(&self, number: i64) {
        let dead = "SELECT count(*) FROM event_inbox \
                    WHERE dead_at IS NOT NULL AND problem IS NOT NULL AND attempts = 2";
        eventually("dead letters", || self.count(&self.offers, dead) == number);
    }

    pub(crate) fn forget_dead_letters(&self) {
        self.ask(
            &self.offers,
            "DELETE FROM event_inbox WHERE dead_at IS NOT NULL",
        );
    }

    fn count(&self, project: &Project, sql: &str) -> i64 {
        self.ask(project, sql).parse().expect("a number")
    }

    /// The first value of the first row.
    fn ask(&self, project: &Project, sql: &str) -> String {
        match self.database {
            Database::Postgres => {
                let url = project.own_database().expect("an address");
                let output = Command::new("psql").args([&url, "-qAtc", sql]).output();
                let output = output.expect("psql");
                let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
                assert!(output.status.success(), "{sql}");
                text
            }
            Database::Sqlite => ask_sqlite(project, sql),
        }
    }
}

fn ask_sqlite(project: &Project, sql: &str) -> String {
    let files = fs::read_dir(&project.root).expect("a folder").flatten();
    let mut files = files.map(|file| file.path());
    let file = files.find(|path| path.extension().is_some_and(|end| end == "db"));
    let db = rusqlite::Connection::open(file.expect("a database")).expect("open");
    db.busy_timeout(Duration::from_secs(5)).expect("set");
    let mut statement = db.prepare(sql).expect("SQL");
    let mut rows = statement.query([]).expect("rows");
    let Some(row) = rows.next().expect("a row") else {
        return String::new();
    };
    let value: rusqlite::types::Value = row.get(0).expect("a value");
    match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    }
}

fn serve(project: &Project, settings: &[(String, String)]) -> Running {
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let quiet = ("RUST_LOG", "off");
    Running(project.serve(&[&settings[..], &[("RATE_LIMIT_PER_MINUTE", "0"), quiet]].concat()))
}

impl Running {
    pub(crate) fn create(&self, name: &str) -> String {
        let answer = ureq::post(self.at("items")).send_json(json!({ "name": name }));
        let item: Value = answer
            .expect("created")
            .body_mut()
            .read_json()
            .expect("JSON");
        item["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) fn creates(&self, name: &str) -> bool {
        let answer = ureq::post(self.at("items")).send_json(json!({ "name": name }));
        answer.is_ok()
    }

    pub(crate) fn replace(&self, id: &str, name: &str) {
        let answer = ureq::put(self.at(&format!("items/{id}"))).send_json(json!({ "name": name }));
        answer.expect("replaced");
    }

    pub(crate) fn delete(&self, id: &str) {
        ureq::delete(self.at(&format!("items/{id}")))
            .call()
            .expect("deleted");
    }

    pub(crate) fn knows(&self, id: &str) -> bool {
        ureq::get(self.at(&format!("offers/{id}"))).call().is_ok()
    }

    pub(crate) fn offer(&self, id: &str) -> Value {
        let answer = ureq::get(self.at(&format!("offers/{id}"))).call();
        let value = answer
            .ok()
            .and_then(|mut answer| answer.body_mut().read_json().ok());
        value.unwrap_or_default()
    }

    /// What was heard of an item comes to be exactly this, and nothing more.
    pub(crate) fn hears(&self, id: &str, what: &str) {
        eventually(&format!("`{what}` of {id}"), || {
            let heard = self.offer(id)["heard"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            assert!(
                what.starts_with(&heard),
                "{id} heard `{heard}`, not `{what}`"
            );
            heard == what
        });
    }

    /// As `kill -9` does it.
    pub(crate) fn kill(self) {
        drop(self.0);
    }

    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.0.url)
    }
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "it never comes: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// An empty schema of PostgreSQL, by its address.
fn schema(name: &str) -> String {
    empty(name);
    address(name)
}
