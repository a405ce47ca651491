//! `.env`: what `.env.example` says, with fresh secrets.

/// Fills each empty variable that is called a secret with 32 random bytes.
///
/// # Errors
/// The system has no randomness.
pub fn fill(example: &str) -> Result<String, getrandom::Error> {
    let mut text = String::with_capacity(example.len() + 64);
    for line in example.split_inclusive('\n') {
        match line.trim_end().strip_suffix("_SECRET=") {
            Some(name) if !name.starts_with('#') => {
                text.push_str(&format!("{name}_SECRET={}\n", random()?));
            }
            _ => text.push_str(line),
        }
    }
    Ok(text)
}

fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
