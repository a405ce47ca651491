//! Rows to begin with: which rows they are, and what is said of those that cannot be.

use apigen::{
    config::Config,
    lower::lower,
    model::{Seed, Service},
    spec,
};

use crate::documents::load;

const RESOURCES: &str = "apigen: 1
name: team
auth: accounts
resources:
  users:
    fields: { email: email, nick: string(1..20)? unique }
    seed: USERS
  projects:
    fields: { name: string(1..20) unique, lead_id: ref(users)?, state: \"enum(open, closed) = open readonly\" }
    seed: PROJECTS
  tasks:
    parent: projects
    owner: true
    fields: { title: string(1..9), done: boolean = false, after_id: ref(tags)? }
    seed: TASKS
  tags:
    key: slug
    timestamps: false
    fields: { slug: \"string(1..9)\", above_slug: ref(tags)? }
    seed: TAGS
";

const USERS: &str =
    "[{ email: ada@a.org, password: correct horse }, { email: bob@a.org, nick: bob }]";
const PROJECTS: &str = "[{ name: Web }, { name: App, lead_id: bob, state: closed }]";

fn document(users: &str, projects: &str, tasks: &str, tags: &str) -> String {
    let text = RESOURCES
        .replace("USERS", users)
        .replace("PROJECTS", projects);
    text.replace("TASKS", tasks).replace("TAGS", tags)
}

fn sown(text: &str) -> Service {
    let (service, problems) = lower(&load(text), &Config::default());
    assert!(problems.is_empty(), "{text}\n{problems:#?}");
    service.expect("a service")
}

/// The rows of a table: what each is known by, what it names, and some of its values.
fn rows(service: &Service, table: &str, columns: &[&str]) -> Vec<String> {
    let of = |seed: &&Seed| service[seed.resource].table == table;
    let tell = |seed: &Seed| {
        let columns = columns.iter().map(|name| {
            let mut all = service[seed.resource].columns.iter();
            let place = all
                .position(|column| column.name == *name)
                .expect("the column");
            seed.values[place].to_string()
        });
        let values: Vec<String> = columns.collect();
        format!(
            "{} <- {} = {}",
            seed.name,
            seed.after.join(" "),
            values.join(" ")
        )
    };
    service.seeds.iter().filter(of).map(tell).collect()
}

#[test]
fn rows_name_each_other_by_what_only_they_have() {
    let tasks = "[{ title: A, project_id: App, owner_id: 2 }, { title: B, done: true, project_id: { name: Web } }, { title: C }]";
    let tags = "[{ slug: b, above_slug: a }, { slug: a }]";
    let service = sown(&document(USERS, PROJECTS, tasks, tags));
    assert_eq!(
        rows(&service, "projects", &["state"]),
        [
            "projects/Web <-  = \"open\"",
            "projects/App <- users/bob@a.org = \"closed\"",
        ]
    );
    let tasks = rows(&service, "tasks", &["title", "done", "created_at"]);
    // The second project waits for its user, and what is below it for the project.
    let expected = [
        "projects/Web users/ada@a.org = \"B\" true \"2025-01-01T00:02:00Z\"",
        "projects/Web users/ada@a.org = \"C\" false \"2025-01-01T00:03:00Z\"",
        "projects/App users/bob@a.org = \"A\" false \"2025-01-01T00:01:00Z\"",
    ];
    assert_eq!(tasks.len(), expected.len());
    for (told, expected) in tasks.iter().zip(expected) {
        assert!(told.ends_with(&format!(" <- {expected}")), "{told}");
    }
    // A row comes after those that it names.
    assert_eq!(
        rows(&service, "tags", &["slug"]),
        ["tags/a <-  = \"a\"", "tags/b <- tags/a = \"b\""]
    );
    let passwords: Vec<_> = service
        .seeds
        .iter()
        .filter_map(|seed| seed.password.clone())
        .collect();
    assert_eq!(
        passwords,
        [("password".to_owned(), "correct horse".to_owned())]
    );
}

#[test]
fn the_same_rows_have_the_same_keys_wherever_they_stand() {
    let first = sown(&document(USERS, PROJECTS, "[]", "[]"));
    let more = "[{ name: New }, { name: App, state: open }, { name: Web }]";
    let later = sown(&document(USERS, more, "[]", "[]"));
    let key = |service: &Service, name: &str| {
        let told = rows(service, "projects", &["id"]);
        let row = told
            .iter()
            .find(|row| row.starts_with(name))
            .expect("the row")
            .clone();
        row.split(" = ").nth(1).expect("its key").to_owned()
    };
    for name in ["projects/Web ", "projects/App "] {
        assert_eq!(key(&first, name), key(&later, name));
    }
    assert_ne!(key(&later, "projects/New "), key(&later, "projects/App "));
}

#[test]
fn rows_are_made_up_and_go_round() {
    let service = sown(&document("2", "3", "4", "2"));
    let users = rows(&service, "users", &["email", "role"]);
    assert_eq!(users[0], "users/1 <-  = \"user1@example.com\" \"admin\"");
    assert_eq!(users[1], "users/2 <-  = \"user2@example.com\" \"member\"");
    let tasks = rows(&service, "tasks", &["title"]);
    assert_eq!(
        tasks[0],
        "tasks/1 <- projects/1 tags/1 users/1 = \"Title 1\""
    );
    assert_eq!(
        tasks[3],
        "tasks/4 <- projects/1 tags/2 users/2 = \"Title 4\""
    );
}

/// What is said of a document: line, column, message and hint.
fn told(text: &str) -> Vec<String> {
    let (document, sources) = match spec::parse("resources.yaml", text) {
        Ok((document, _)) => {
            let sources = document.sources.clone();
            (Some(document), sources)
        }
        Err(refusal) => {
            return refusal
                .diagnostics
                .iter()
                .map(|d| d.message.clone())
                .collect();
        }
    };
    let document = document.expect("a document");
    let (service, problems) = lower(&document, &Config::default());
    assert!(
        service.is_none() || problems.is_empty(),
        "an error stops it"
    );
    let tell = |problem: &apigen::diagnostic::Diagnostic| {
        let at = sources.origin(problem.span.unwrap_or_default());
        let hint = problem.hint.as_deref().unwrap_or("-");
        format!("{}:{} {} | {hint}", at.line, at.column, problem.message)
    };
    problems.iter().map(tell).collect()
}

#[test]
fn what_cannot_be_is_told_at_its_place() {
    let cases = [
        (
            document(USERS, PROJECTS, "[{ title: A, project_id: Ap }]", "[]"),
            "15:24 `Ap` is no row of the seed of `/projects` | did you mean `App`?",
        ),
        (
            document(USERS, PROJECTS, "[{ title: A, dune: true }]", "[]"),
            "15:24 rows of `/projects/{project_id}/tasks` have no property `dune` | did you mean `done`?",
        ),
        (
            document(USERS, PROJECTS, "[{ done: true }]", "[]"),
            "15:12 a row of `/projects/{project_id}/tasks` must have `title` | -",
        ),
        (
            document(USERS, PROJECTS, "[{ title: A, id: seven }]", "[]"),
            "15:24 `seven` does not fit `id` | -",
        ),
        (
            document(USERS, "[]", "[{ title: A }]", "[]"),
            "15:12 the row needs one of `/projects`, and there is none in the seed | give `/projects` a `seed` too: rows, or how many to make up",
        ),
        (
            document("[{ email: a@a.org, password: short }]", "[]", "[]", "[]"),
            "7:30 a password is a text of 8 to 128 characters | -",
        ),
        (
            document("[]", "[{ name: A }, { name: A }]", "[]", "[]"),
            "10:25 an earlier row of `/projects` has the same `name` | -",
        ),
        (
            document(
                "[]",
                "[]",
                "[]",
                "[{ slug: a, above_slug: b }, { slug: b, above_slug: a }]",
            ),
            "20:12 the row names others that name it: none of them can be written first | -",
        ),
        (
            document("[]", "[]", "[]", "1001"),
            "20:11 `seed` is a list of rows, or how many to make up: at most 1000 | -",
        ),
        (
            document("many", "[]", "[]", "[]"),
            "`seed` must be a list of rows, or how many to make up",
        ),
        (
            document("[]", "[{ name: 5 }]", "[]", "[]"),
            "the value `5` must be",
        ),
    ];
    let others = cases.into_iter().filter_map(|(text, expected)| {
        let told = told(&text);
        let is_told = told.iter().any(|said| said.starts_with(expected));
        (!is_told).then_some((expected, told))
    });
    let others: Vec<_> = others.collect();
    assert!(others.is_empty(), "{others:#?}");
}
