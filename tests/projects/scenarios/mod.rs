//! What becomes of a project over the years, as data: the files in `cases/` are what a user does
//! and what must come of it, through the real command. Each ends in a project that a further sync
//! leaves alone and whose generated files are those of a new project.

mod script;
mod world;

use std::{collections::BTreeSet, fs, panic, path::Path};

use script::Script;
use world::World;

/// Runs a case; a failure tells the step.
fn run(name: &str) {
    let script = Script::read(name);
    let mut world = World::new(name, &script);
    for step in &script.steps {
        let taken = panic::catch_unwind(panic::AssertUnwindSafe(|| world.step(step)));
        let words = step.words.join(" ");
        assert!(taken.is_ok(), "in cases/{name}.txt:{}: {words}", step.line);
    }
    world.settles();
    if script.all("compiles").next().is_some() {
        world.compiles();
    }
}

/// A test for each case, and one that none is forgotten.
macro_rules! cases {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(stringify!($name));
        })*

        #[test]
        fn every_case_runs() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/scenarios/cases");
            let names = fs::read_dir(folder).expect("cases").flatten();
            let names: BTreeSet<_> = names.map(|e| e.file_name().into_string().expect("UTF-8")).collect();
            let known = [$(concat!(stringify!($name), ".txt")),*].map(str::to_owned);
            assert_eq!(names, BTreeSet::from(known));
        }
    };
}

cases! {
    column_dropped
    column_dropped_later
    column_renamed
    column_renamed_late
    column_renamed_likely
    column_type
    conflict_in_generated
    conflict_in_spec
    crlf
    database_and_back
    database_switched
    ejected_conflict
    ejected_merged
    errors_switched
    field_added
    field_removed
    field_removed_in_use
    field_required
    folders_for_files
    formatting_only
    formatting_stale
    generated_file_edited
    generated_files_deleted
    in_the_way
    lock_deleted
    lock_in_conflict
    manifest_deleted
    manifest_edited
    migration_deleted
    model_deleted
    name_switched
    not_text
    operation_added
    operation_removed
    operation_removed_in_use
    operation_renamed
    operation_renamed_in_use
    operations_swapped
    own_routes
    parameter_added
    parameter_removed
    parameter_retyped
    path_parameter_renamed
    renamed_applied
    resource_added
    resource_removed
    restored
    role_accepted
    role_held
    role_lost_blocks
    role_new_operation_at_once
    role_overridden_not_asked
    role_table_held
    role_table_named
    scaffolds_deleted
    schema_renamed
    service_deleted
    service_edited
    service_moved
    services_deleted
    spec_as_json
    spec_broken
    spec_linked
    spec_moved
    state_deleted
    strangers
    tag_renamed
    tag_renamed_late
    tags_swapped
    unique_added
    upgraded
    upgraded_conflict
}
