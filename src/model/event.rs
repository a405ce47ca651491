//! Events: what a service tells others, and what it hears of them.

use serde::{Deserialize, Serialize};

use super::{Group, OperationId, TypeId};

/// The events of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Events {
    /// The module, the struct and the trait of what it does with those that it hears of; no group
    /// of operations has one of these names.
    pub group: Group,
    /// Sorted by name.
    pub published: Vec<Published>,
    /// Sorted by name.
    pub heard: Vec<Event>,
}

/// What happened, and what is told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Such as `items.created`, verbatim.
    pub api_name: String,
    /// The method that handles it, such as `items_created`.
    pub name: String,
    /// The struct that publishes it, such as `ItemsCreated`.
    pub type_name: String,
    /// What it carries.
    pub payload: TypeId,
}

/// An event that the service publishes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// The event.
    pub event: Event,
    /// The field of the payload, by its place, whose values tell which events keep their order.
    pub key: Option<usize>,
    /// The packages of the services that hear of it.
    pub subscribers: Vec<String>,
    /// The operations whose success it tells of.
    pub sources: Vec<Source>,
}

/// An operation that publishes an event when it succeeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Which.
    pub operation: OperationId,
    /// The variants of its response enum that are successes, by their places.
    pub responses: Vec<usize>,
    /// What the event carries.
    pub payload: SourcePayload,
}

/// Where an operation has what its event carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SourcePayload {
    /// In the body of the answer.
    Body,
    /// In its parameters, by their places, in the order of the payload's fields.
    Parameters(Vec<usize>),
}
