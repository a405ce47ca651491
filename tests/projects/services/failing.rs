//! What runs that fail leave, and what `check` says of a service that lost what apigen remembers.

use std::fs;

use apigen::project::{Moved, disk};

use super::world::World;

#[test]
fn files_are_pretended_only_for_as_long_as_somebody_plans() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a");
    fs::write(&file, "is").expect("written");
    let mut moved = Moved::default();
    let to_be = Some(b"to be".to_vec());
    moved.set(folder.path(), "a", to_be.clone()).expect("set");
    let read = || disk::read(&file).expect("read");
    let plan = || {
        let _pretence = moved.pretend(folder.path());
        assert_eq!(read(), to_be);
        anyhow::bail!("no plan can be made")
    };
    let made: anyhow::Result<()> = plan();
    assert!(made.is_err());
    assert_eq!(read(), Some(b"is".to_vec()));
}

#[test]
fn a_service_that_lost_its_memory_is_not_in_step() {
    let world = World::new("services");
    let torn = |text: &str| format!("<<<<<<< a\n{text}=======\n{text}>>>>>>> b\n");
    for name in ["lock", "model.json"] {
        let path = format!("services/items/.apigen/{name}");
        let text = world.read(&path);
        world.write(&path, &torn(&text));
        let run = world.run(&["check"]).ends(2, &["not in step"]);
        assert!(
            run.out.contains(&path) && run.out.contains("merge conflict"),
            "{}",
            run.out
        );
        world.write(&path, &text);
        world.is_in_step();
    }
    let lock = "services/items/.apigen/lock";
    let text = world.read(lock);
    world.remove(lock);
    for arguments in [&["check"][..], &["check", "-p", "items"]] {
        let run = world.run(arguments).ends(2, &["not in step"]);
        assert!(run.out.contains(lock), "{}", run.out);
    }
    world.write(lock, &text);
    world.remove("services/items/.apigen/model.json");
    let words = ["service `items`: `.apigen/model.json` is gone", "from git"];
    world.run(&["check"]).ends(1, &words);
}
