//! Two branches that both synced, merged by git: `apigen sync` heals what git could not.

mod migrations;
mod repository;

use crate::run::told;
use repository::{Repository, apigen};

pub(crate) const STARS: &str = "        stars: { type: integer, minimum: 0, maximum: 5 }\n";
pub(crate) const TITLE: &str = "        title: { type: string, maxLength: 80 }\n";
pub(crate) const COLOR: &str = "        color: { type: string }\n";
pub(crate) const PLACE: &str = "        place: { type: string }\n";
pub(crate) const STATS: &str = "  /stats:\n";
pub(crate) const COMPONENTS: &str = "components:\n";

pub(crate) fn operation(name: &str) -> String {
    format!(
        "  /{name}:\n    get:\n      operationId: {name}\n      tags: [{name}]\n      responses: {{ \"204\": {{ description: Done }} }}\n"
    )
}

pub(crate) fn with(new: &str, before: &str) -> String {
    new.to_owned() + before
}

/// Two branches, each with an operation of its own in another place of the document.
fn ping_and_pong() -> Repository {
    let repository = Repository::new();
    let (ping, pong) = (operation("ping"), operation("pong"));
    repository.branch("one", &[("openapi.yaml", STATS, &with(&ping, STATS))]);
    repository.branch(
        "two",
        &[("openapi.yaml", COMPONENTS, &with(&pong, COMPONENTS))],
    );
    repository
}

#[test]
fn different_operations() {
    let repository = ping_and_pong();
    repository.try_git(&["merge", "one"]);
    assert!(!repository.conflicts().contains(&".apigen/lock".to_owned()));
    repository.sync(0);
    repository.is_healed();
    repository.commit();
}

#[test]
fn the_spec_s_own_conflict_comes_first() {
    let repository = Repository::new();
    let (ping, pong) = (operation("ping"), operation("pong"));
    repository.branch("one", &[("openapi.yaml", STATS, &with(&ping, STATS))]);
    repository.branch("two", &[("openapi.yaml", STATS, &with(&pong, STATS))]);
    repository.try_git(&["merge", "one"]);
    for command in ["check", "sync"] {
        let told = repository.run(command, 1);
        assert!(
            told.contains("merge-conflict") && told.contains("openapi.yaml:"),
            "{told}"
        );
    }
    repository.git(&["checkout", "--quiet", "main", "--", "openapi.yaml"]);
    let both = ping + &pong + STATS;
    repository.replace("openapi.yaml", STATS, &both);
    repository.sync(0);
    repository.is_healed();
    repository.commit();
}

#[test]
fn one_edits_a_service_and_the_other_renames() {
    let repository = Repository::new();
    let mine = "/// Mine.\n#[derive(Default)]";
    repository.branch(
        "one",
        &[("src/services/notes.rs", "#[derive(Default)]", mine)],
    );
    repository.branch(
        "two",
        &[(
            "openapi.yaml",
            "operationId: archiveNote",
            "operationId: shelveNote",
        )],
    );
    repository.git(&["merge", "--quiet", "one"]);
    repository.sync(0);
    repository.is_healed();
    assert!(repository.read("src/services/notes.rs").contains(mine));
}

#[test]
fn a_branch_is_rebased_and_a_commit_is_picked() {
    for way in ["rebase", "cherry-pick"] {
        let repository = Repository::new();
        let (ping, pong) = (operation("ping"), operation("pong"));
        repository.branch("one", &[("openapi.yaml", STATS, &with(&ping, STATS))]);
        repository.branch(
            "two",
            &[("openapi.yaml", COMPONENTS, &with(&pong, COMPONENTS))],
        );
        let stopped = repository.try_git(&[way, "one"]);
        repository.sync(0);
        repository.git(&["add", "--all"]);
        if !stopped.status.success() {
            repository.git(&[way, "--continue"]);
        }
        repository.is_healed();
    }
}

#[test]
fn both_need_a_dependency() {
    let repository = Repository::new();
    let pattern = "        title: { type: string, pattern: '^[A-Z][a-z]+$' }\n";
    repository.branch("one", &[("openapi.yaml", TITLE, pattern)]);
    repository.branch(
        "two",
        &[(
            "Cargo.toml",
            "[dependencies]\n",
            "[dependencies]\nrand = \"0.9\" # mine\n",
        )],
    );
    repository.try_git(&["merge", "one"]);
    if repository.conflicts().contains(&"Cargo.toml".to_owned()) {
        let told = repository.run("sync", 1);
        assert!(told.contains("Cargo.toml"), "{told}");
        repository.take_both("Cargo.toml");
    }
    repository.sync(0);
    repository.is_healed();
    let manifest = repository.read("Cargo.toml");
    assert!(
        manifest.contains("rand = \"0.9\" # mine") && manifest.contains("regex"),
        "{manifest}"
    );
}

#[test]
fn neither_branch_s_change_stays() {
    let repository = ping_and_pong();
    repository.try_git(&["merge", "one"]);
    repository.commit();
    repository.git(&["checkout", "--quiet", "main", "--", "openapi.yaml"]);
    let api = repository.read("src/api/openapi.json");
    assert!(api.contains("ping") && api.contains("pong"), "{api}");
    repository.sync(0);
    repository.is_healed();
}

#[test]
fn a_line_of_a_person_s_between_markers_is_not_lost() {
    let repository = Repository::new();
    let (file, stars) = ("src/schemas/note.rs", "    pub stars:");
    repository.branch("one", &[("openapi.yaml", STARS, &with(COLOR, STARS))]);
    repository.git(&["checkout", "--quiet", "-b", "two", "main"]);
    repository.replace(file, stars, &with("    // mine\n", stars));
    repository.commit();
    repository.try_git(&["merge", "one"]);
    assert_eq!(repository.conflicts(), [file]);
    let torn = repository.read(file);
    for command in ["check", "sync"] {
        let told = repository.run(command, 2);
        assert!(told.contains(file), "{told}");
        assert_eq!(repository.read(file), torn);
    }
    let given_up = apigen(&repository.root(), &["sync", "--discard", file]);
    assert!(given_up.status.success(), "{}", told(&given_up));
    repository.is_healed();
}
