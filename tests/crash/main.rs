//! Runs that end too early: killed at every step or at any time, out of space, refused, or met by
//! another run or an editor. What a person wrote is always there afterwards, and the project is
//! the old or the new one.
#![cfg(unix)]
#![allow(clippy::print_stderr, reason = "says what it skips")]

mod case;
mod growth;
#[path = "../support/run.rs"]
mod run;

use std::{
    fs::{self, File, Permissions},
    os::unix::{
        fs::{PermissionsExt as _, symlink},
        process::ExitStatusExt as _,
    },
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use case::*;
use run::told;

#[test]
fn killed_at_every_step() {
    let case = Case::new();
    let steps = steps(|| case.project("killed"), &["sync"]);
    for step in 1..=steps {
        let root = case.project("killed");
        let killed = run(&root, &["sync"], &format!("kill:{step}"));
        assert!(
            killed.status.signal().is_some(),
            "{step}: {}",
            told(&killed)
        );
        case.heals(&root, &format!("killed at step {step}"));
    }
}

#[test]
fn killed_while_it_finishes_or_puts_back() {
    let case = Case::new();
    let steps = steps(|| case.project("twice"), &["sync"]);
    // Strides that meet each phase of the one run with each of the other.
    for first in (1..=steps).step_by(13) {
        for second in (1 + first % 11..=steps).step_by(17) {
            let root = case.project("twice");
            run(&root, &["sync"], &format!("kill:{first}"));
            run(&root, &["sync"], &format!("kill:{second}"));
            case.heals(&root, &format!("killed at step {first}, then at {second}"));
        }
        for later in (1 + first % 7..steps).step_by(15) {
            let (root, then) = (case.project("back"), first + later);
            run(&root, &["sync"], &format!("enospc:{first},kill:{then}"));
            case.heals(&root, &format!("full at step {first}, killed at {then}"));
        }
    }
}

#[test]
fn killed_at_any_time() {
    let case = Case::new();
    let start = Instant::now();
    ends(&run(&case.project("timed"), &["sync"], ""), 0, "In step");
    let whole = start.elapsed();
    let (mut seed, mut killed, mut interrupted) = (20_u64, 0, 0);
    while killed < 40 || interrupted == 0 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let delay = whole * u32::try_from(seed >> 40).expect("24 bits") / (1 << 24);
        let root = case.project("random");
        let mut command = command(&root, &["sync"], "");
        let child = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = child
            .env_remove("RAYON_NUM_THREADS")
            .spawn()
            .expect("apigen");
        thread::sleep(delay);
        child.kill().expect("killed");
        killed += usize::from(child.wait().expect("over").signal() == Some(9));
        interrupted += usize::from(is_interrupted(&root));
        case.heals(&root, &format!("killed after {delay:?} of {whole:?}"));
    }
    eprintln!("{killed} killed, {interrupted} of them while they wrote");
}

#[test]
fn an_error_at_any_step_changes_nothing() {
    let case = Case::new();
    let steps = steps(|| case.project("failed"), &["sync"]);
    let mut failed = 0;
    for (fault, words) in [
        ("enospc", "No space left on device"),
        ("eacces", "Permission denied"),
    ] {
        let first = if fault == "enospc" { 1 } else { 2 };
        for step in (first..=steps).step_by(first) {
            let (root, what) = (case.project("failed"), format!("{fault} at step {step}"));
            let output = run(&root, &["sync"], &format!("{fault}:{step}"));
            // Only what removes our own leftovers has nothing to fail.
            if output.status.success() {
                case.is_new(&root, &what);
            } else {
                ends(&output, 1, words);
                ends(&output, 1, "nothing was changed: cannot write `");
                case.is_old(&root, &what);
                failed += 1;
            }
            fs::remove_dir_all(&root).expect("removed");
        }
    }
    assert!(failed > steps, "{failed} of {steps}");
}

#[test]
fn an_editor_that_saves_meanwhile_wins() {
    let case = Case::new();
    let steps = steps(|| case.project("edited"), &["sync"]);
    let mut stopped = 0;
    for path in [UPDATED, REMOVED, CREATED, "Cargo.toml"] {
        // One file at each step; what is different for the others is whether it is there before.
        let stride = if path == UPDATED { 1 } else { 3 };
        for step in (1..=steps).step_by(stride) {
            let (root, what) = (
                case.project("edited"),
                format!("`{path}` saved at step {step}"),
            );
            let output = run(&root, &["sync"], &format!("edit:{step}:{path}"));
            let mut expected = match output.status.success() {
                true => case.new.clone(),
                false => {
                    stopped += 1;
                    ends(&output, 1, &format!("`{path}`"));
                    case.old.clone()
                }
            };
            expected.insert(path.to_owned(), b"saved by an editor\n".to_vec());
            let now = tree(&root);
            assert!(
                now == expected,
                "{what}: {}\n{}",
                differing(&now, &expected),
                told(&output)
            );
            fs::remove_dir_all(&root).expect("removed");
        }
    }
    assert!(stopped > steps, "{stopped} of {steps}");
}

#[test]
fn what_was_saved_after_a_crash_is_kept_and_told() {
    let case = Case::new();
    let steps = steps(|| case.project("later"), &["sync"]);
    let mut kept = 0;
    for step in (1..=steps).step_by(3) {
        let root = case.project("later");
        run(&root, &["sync"], &format!("kill:{step}"));
        let goes_on = root.join(".apigen/journal").exists();
        fs::write(root.join(UPDATED), "// saved later\n").expect("written");
        let output = run(&root, &["sync"], "");
        ends(&output, 2, "is edited by hand");
        if goes_on {
            ends(&output, 2, "An interrupted run is finished");
            ends(
                &output,
                2,
                &format!("`{UPDATED}` was saved since, and is kept"),
            );
            kept += 1;
        }
        let saved = fs::read(root.join(UPDATED)).expect("there");
        assert_eq!(saved, b"// saved later\n", "{step}");
        ends(
            &run(&root, &["sync", "--discard", UPDATED], ""),
            0,
            "In step",
        );
        case.is_new(&root, &format!("killed at step {step}"));
        fs::remove_dir_all(&root).expect("removed");
    }
    assert!(kept > 0);
}

#[test]
fn one_run_at_a_time() {
    let case = Case::new();
    let root = case.project("busy");
    let running = File::create(root.join(".apigen/running")).expect("created");
    running.lock().expect("locked");
    ends(
        &run(&root, &["sync"], ""),
        1,
        "another apigen is at work in",
    );
    case.is_old(&root, "while another one is at work");
    let waiting: Vec<Child> = (0..3)
        .map(|_| command(&root, &["sync"], "").spawn().expect("apigen"))
        .collect();
    thread::sleep(Duration::from_millis(300));
    drop(running);
    for child in waiting {
        ends(&child.wait_with_output().expect("over"), 0, "");
    }
    case.is_new(&root, "three at once");
}

#[test]
fn read_only_files_are_not_replaced() {
    let case = Case::new();
    for path in [UPDATED, REMOVED] {
        let root = case.project("read-only");
        let file = root.join(path);
        fs::set_permissions(&file, Permissions::from_mode(0o444)).expect("set");
        let output = run(&root, &["sync"], "");
        ends(
            &output,
            1,
            &format!("cannot write `{}`: it is read-only", file.display()),
        );
        case.is_old(&root, path);
        fs::remove_dir_all(&root).expect("removed");
    }
    let root = case.project("read-only");
    let folder = root.join("src/schemas");
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).expect("set");
    if File::create(folder.join("probe")).is_ok() {
        return eprintln!("skipped: this user may write into a read-only folder");
    }
    let output = run(&root, &["sync"], "");
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).expect("set");
    ends(&output, 1, "Permission denied");
    case.is_old(&root, "a read-only folder");
}

#[test]
fn links_lead_inside_or_nowhere() {
    let case = Case::new();
    let root = case.project("linked");
    let file = root.join(UPDATED);
    fs::rename(&file, root.join("note.rs")).expect("moved");
    symlink("../../note.rs", &file).expect("linked");
    ends(&run(&root, &["sync"], ""), 0, "In step");
    assert!(file.is_symlink());
    assert_eq!(
        fs::read(root.join("note.rs")).expect("there"),
        case.new[UPDATED]
    );

    for outside in ["../outside.rs", "../nowhere.rs"] {
        let root = case.project("leads-out");
        let file = root.join(UPDATED);
        let to = root.join(outside);
        fs::rename(&file, root.join("../outside.rs")).expect("moved");
        symlink(&to, &file).expect("linked");
        let output = run(&root, &["sync"], "");
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains(UPDATED), "{}", told(&output));
        let outside = fs::read(root.join("../outside.rs")).expect("there");
        assert_eq!(outside, case.old[UPDATED]);
        fs::remove_dir_all(&root).expect("removed");
    }
}

#[test]
fn new_can_be_killed_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    fs::write(here.join("spec.yaml"), SPEC).expect("written");
    let start = || {
        let root = here.join("project");
        fs::create_dir(&root).expect("created");
        root
    };
    let new = ["new", ".", "--spec", "../spec.yaml", "--no-git"];
    let made = |root: &Path| {
        let mut made = tree(root);
        assert!(made.remove(".env").is_some());
        fs::remove_dir_all(root).expect("removed");
        made
    };
    let root = start();
    ends(&run(&root, &new, ""), 0, "Created");
    let expected = made(&root);
    for step in (1..=steps(start, &new)).step_by(6) {
        let root = start();
        run(&root, &new, &format!("kill:{step}"));
        let again = run(&root, &new, "");
        if !again.status.success() {
            ends(&again, 1, "is an apigen project already");
            ends(&run(&root, &["sync"], ""), 0, "In step");
        }
        let found = made(&root);
        assert!(
            found == expected,
            "step {step}: {}",
            differing(&found, &expected)
        );
    }
    let root = start();
    ends(&run(&root, &new, "enospc:50"), 1, "nothing was changed");
    assert!(tree(&root).is_empty() && !root.join(".apigen").exists());
}

/// A real disk that is really full, where this user may mount one.
#[test]
fn a_full_disk_keeps_the_old_state() {
    let case = Case::new();
    let disk = case.folder.path().join("disk");
    fs::create_dir(&disk).expect("created");
    let mount = ["-t", "tmpfs", "-o", "size=1m", "tmpfs"];
    let mounted = Command::new("mount").args(mount).arg(&disk).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: this user may not mount a small disk");
    }
    let root = case.project("disk/project");
    let filler = vec![0; 1 << 20];
    let full = std::io::Write::write_all(
        &mut File::create(disk.join("filler")).expect("created"),
        &filler,
    );
    let (output, now) = (run(&root, &["sync"], ""), tree(&root));
    fs::remove_file(disk.join("filler")).expect("removed");
    let healed = (run(&root, &["sync"], ""), tree(&root));
    let unmounted = Command::new("umount").arg(&disk).status().expect("umount");
    assert!(unmounted.success() && full.is_err());
    ends(&output, 1, "No space left on device");
    assert!(now == case.old, "{}", differing(&now, &case.old));
    ends(&healed.0, 0, "In step");
    assert!(healed.1 == case.new, "{}", differing(&healed.1, &case.new));
}
