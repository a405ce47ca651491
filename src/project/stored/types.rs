//! What the user's code calls beside operations: groups, types, and what it still calls by an
//! old name.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    model::{Group, TypeDef},
    render::surface::{Def, Surface},
};

/// The names of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredGroup {
    /// The tag, verbatim.
    pub tag: String,
    /// The module in every layer.
    pub module: String,
    /// The user's struct.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The trait.
    #[serde(rename = "trait")]
    pub trait_name: String,
}

impl StoredGroup {
    pub(super) fn of(group: &Group) -> Self {
        Self {
            tag: group.api_name.clone(),
            module: group.module.clone(),
            type_name: group.type_name.clone(),
            trait_name: group.trait_name.clone(),
        }
    }
}

/// A type of `schemas/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredType {
    /// The file.
    pub module: String,
    /// Unique among all types.
    pub name: String,
    /// Its members.
    #[serde(flatten)]
    pub def: Def,
}

impl StoredType {
    pub(super) fn of(surface: &Surface<'_>, def: &TypeDef) -> Self {
        Self {
            module: def.module.clone(),
            name: def.name.clone(),
            def: surface.def(def),
        }
    }
}

/// Something that is gone, called otherwise or of another type, while code of the user still
/// takes it for what it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Was {
    /// Its path, such as `operations::items::get_item::GetItemInput::id`.
    pub path: String,
    /// Its path now, unless it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// What it belongs to, in words: an operation with method and path, a tag or a schema.
    pub of: String,
    /// The type that it had, where that is another one now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ty: Option<String>,
    /// The hashes of the user's functions that were written for that type.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub code: BTreeSet<String>,
}

/// The text of a stored model, with what is to be remembered of the user's code.
///
/// # Errors
/// Never: texts are all there is in it.
pub fn with_was(model: &str, was: &[Was]) -> anyhow::Result<String> {
    let mut text = model.strip_suffix("\n]\n").unwrap_or(model).to_owned();
    for was in was {
        text.push_str(",\n");
        text.push_str(&serde_json::to_string(&super::Fact::Was(was.clone()))?);
    }
    Ok(text + "\n]\n")
}
