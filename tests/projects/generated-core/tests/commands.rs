//! The commands that make hashes of secrets, as people run them.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use full_core::core::secrets::{ApiKeys, Users};

const SECRET: &str = "correct horse";

/// What the program says of a secret on its standard input.
fn say(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_full-core"));
    command.args(arguments).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a program");
    let mut stdin = child.stdin.take().expect("an input");
    // It may end before it reads.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("an end")
}

/// The one line of a command that does what it should, and tells the secret nowhere.
fn hash(command: &str, input: &str) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = say(&[command], input);
    let text = String::from_utf8(stdout).expect("UTF-8");
    assert!(status.success() && stderr.is_empty(), "{status}");
    assert!(!text.contains(SECRET), "{text}");
    let line = text.strip_suffix('\n').expect("a line");
    assert!(!line.contains('\n'), "{text}");
    line.to_owned()
}

#[test]
fn the_hash_of_a_key_stands_for_it() {
    for input in [SECRET.to_owned(), format!("{SECRET}\r\n")] {
        let line = hash("hash-key", &input);
        let keys = ApiKeys::read(vec![format!("ada={line}")]).expect("a setting");
        assert_eq!(keys.owner(SECRET.as_bytes()), Some(Some("ada")));
        assert!(!keys.has_plain());
    }
}

#[tokio::test]
async fn the_hash_of_a_password_stands_for_it() {
    let line = hash("hash-password", &format!("{SECRET}\n"));
    let parts = format!("ada:{line}");
    let users = Users::read(parts.split(',').map(str::to_owned).collect()).expect("a setting");
    for (pair, is_right) in [("ada:correct horse", true), ("ada:wrong", false)] {
        users.verify(pair.as_bytes()).await;
        assert_eq!(users.know(pair.as_bytes()), is_right, "{pair}");
    }
    assert!(!users.has_plain());
}

#[test]
fn what_cannot_be_done_is_a_failure() {
    for (arguments, problem) in [
        // Other users of a machine see the arguments of programs.
        (["hash-key", SECRET], "must be on the standard input"),
        (["hash-password", SECRET], "must be on the standard input"),
    ] {
        let output = say(&arguments, "\n");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(output.stdout.is_empty());
        assert!(text.contains(problem) && !text.contains(SECRET), "{text}");
    }
}
