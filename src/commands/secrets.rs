//! `.env`: what `.env.example` says, with fresh secrets.

use crate::render::secrets::Secret;

/// In the place of what `.env.example` says of itself.
const HEAD: &str =
    "# The settings of this machine, with secrets of its own: git ignores this file.\n";

/// Gives each secret that the service does not start without 32 random bytes.
///
/// # Errors
/// The system has no randomness.
pub fn fill(example: &str, secrets: &[Secret]) -> Result<String, getrandom::Error> {
    let mut text = HEAD.to_owned();
    for line in example
        .split_inclusive('\n')
        .skip_while(|line| line.starts_with('#'))
    {
        let name = line.trim_end().strip_suffix('=').unwrap_or_default();
        match secrets.iter().find(|secret| secret.variable == name) {
            Some(secret) => {
                text.push_str(&format!("{name}={}{}\n", secret.start(), random()?));
            }
            None => text.push_str(line),
        }
    }
    Ok(text)
}

fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
