//! The words of names: what is compared where documents spell one thing in many ways.

use heck::ToSnakeCase as _;

pub(in crate::lower) use crate::model::plural::singular;

/// `petId`, `pet-id` and `PetID` are all `pet_id`.
pub(in crate::lower) fn plain(text: &str) -> String {
    text.to_snake_case()
}

/// `pet_id`, `pet_uuid` and `id` name a thing rather than say something of it.
pub(super) fn is_id(plain: &str) -> bool {
    matches!(plain, "id" | "uuid" | "guid")
        || ["_id", "_uuid", "_guid"]
            .iter()
            .any(|end| plain.ends_with(end))
}

/// A value that nobody may read back.
pub(super) fn is_secret(plain: &str) -> bool {
    let words: Vec<&str> = plain.split('_').collect();
    let secret = |word: &&str| {
        matches!(
            *word,
            "password"
                | "passwd"
                | "passphrase"
                | "pwd"
                | "secret"
                | "token"
                | "pin"
                | "cvc"
                | "cvv"
                | "otp"
        )
    };
    words.iter().any(secret) || plain.ends_with("private_key") || plain.ends_with("api_key")
}

/// The time of creation.
pub(super) fn is_created(plain: &str) -> bool {
    matches!(
        plain,
        "created"
            | "created_at"
            | "created_on"
            | "created_time"
            | "created_date"
            | "date_created"
            | "creation_date"
            | "creation_time"
            | "create_time"
            | "creation_timestamp"
            | "created_timestamp"
            | "inserted_at"
    )
}

/// The time of the last change.
pub(super) fn is_updated(plain: &str) -> bool {
    matches!(
        plain,
        "updated"
            | "updated_at"
            | "updated_on"
            | "updated_time"
            | "updated_date"
            | "date_updated"
            | "update_time"
            | "last_updated"
            | "last_updated_at"
            | "modified"
            | "modified_at"
            | "modified_on"
            | "modified_time"
            | "modified_date"
            | "date_modified"
            | "last_modified"
            | "last_modified_at"
            | "changed_at"
    )
}

/// The words of `description` hold `unique` and nothing that turns it around, or say that no two
/// share it; and, unless an owner bounds it anyhow, nothing that makes it narrower.
pub(super) fn says_unique(description: &str, owned: bool) -> bool {
    let lower = description.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let turned = ["not", "non", "no", "t", "never", "necessarily"];
    let narrow = ["per", "within", "each", "every"];
    let any = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let alike = ["share", "same", "equal", "identical"];
    let no_two = words.windows(2).any(|pair| pair == ["no", "two"]) && any(&alike);
    let says = no_two || (words.contains(&"unique") && !any(&turned));
    says && (owned || !any(&narrow))
}

#[cfg(test)]
mod tests {
    use super::says_unique;

    #[test]
    fn unique_is_said_in_words() {
        for says in [
            "A unique name",
            "The number on the shelf; no two items share one",
        ] {
            assert!(says_unique(says, false), "{says}");
        }
        for silent in ["Not unique", "Unique per user", "No two days pass"] {
            assert!(!says_unique(silent, false), "{silent}");
        }
        assert!(says_unique("Unique per user", true));
    }
}
