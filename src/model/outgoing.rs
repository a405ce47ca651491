//! What a service sends by itself: webhooks, and callbacks of operations.

use serde::{Deserialize, Serialize};

use super::Operation;

/// A request that the service makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// What makes it send.
    pub cause: Cause,
    /// Where it goes.
    pub address: Vec<AddressPart>,
    /// The request, as an operation of who receives it: its path is what the document calls it, its
    /// group that of its tag or of its operation, or else the first, and its role says nothing. What
    /// it sends has the types of responses.
    pub operation: Operation,
}

/// What makes a service send a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// Something happened: a webhook.
    Webhook,
    /// Who called this operation, by its id, asked for it: a callback.
    Callback(String),
}

/// A part of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AddressPart {
    /// Text of the document.
    Text(String),
    /// What the request or the answer of an operation says, or the subscriber said.
    Argument {
        /// The argument of the function; unique among those of its address.
        name: String,
        /// The runtime expression, verbatim; empty where the subscriber gave the whole address.
        expression: String,
    },
}
