//! A contract that differs in a few ways from one version to the next.
#![allow(unreachable_pub, reason = "every test binary uses it")]

use proptest::prelude::*;

/// What may differ between two versions of the contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Contract {
    pub color: u8,
    pub renamed: bool,
    pub action: bool,
    pub tag: u8,
    pub second: bool,
}

/// Any of its versions.
pub fn contract() -> impl Strategy<Value = Contract> {
    let parts = (
        0..3_u8,
        any::<bool>(),
        any::<bool>(),
        0..2_u8,
        any::<bool>(),
    );
    parts.prop_map(|(color, renamed, action, tag, second)| Contract {
        color,
        renamed,
        action,
        tag,
        second,
    })
}

impl Contract {
    /// The document.
    pub fn text(&self) -> String {
        let color = match self.color {
            0 => "",
            1 => ", color: { type: string }",
            _ => ", color: { type: integer }",
        };
        let schema = format!(
            "{{ type: object, required: [id], properties: {{ id: {{ type: string, format: uuid, readOnly: true }}, title: {{ type: string }}{color} }} }}"
        );
        let content = format!("content: {{ application/json: {{ schema: {schema} }} }}");
        let list = format!(
            "content: {{ application/json: {{ schema: {{ type: array, items: {schema} }} }} }}"
        );
        let tag = ["notes", "memos"][usize::from(self.tag)];
        let name = if self.renamed {
            "allNotes"
        } else {
            "listNotes"
        };
        let mut text = format!(
            "openapi: 3.0.3\ninfo: {{ title: Notes, version: 1.0.0 }}\npaths:\n  /notes:\n    get:\n      operationId: {name}\n      tags: [{tag}]\n      responses: {{ \"200\": {{ description: All, {list} }} }}\n    post:\n      operationId: createNote\n      tags: [{tag}]\n      requestBody: {{ required: true, {content} }}\n      responses: {{ \"201\": {{ description: New, {content} }} }}\n"
        );
        for (path, is_there) in [("pin", self.action), ("stats", self.second)] {
            if is_there {
                text += &format!(
                    "  /{path}:\n    post:\n      operationId: {path}\n      tags: [{path}]\n      responses: {{ \"204\": {{ description: Done }} }}\n"
                );
            }
        }
        text
    }
}
