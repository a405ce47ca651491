//! What the shop does: run_job, RunJobInput.

use crate::{
    core::{context::Context, error::Result},
    crud::jobs::JobsService,
    operations::jobs::run_job::{RunJobInput, RunJobResponse},
    schemas::{order::Order, receipt::Receipt},
};
use async_trait::async_trait;

#[derive(Default)]
pub struct Jobs;

#[async_trait]
impl JobsService for Jobs {
    // run_job runs with RunJobInput.limit.
    async fn run_job(&self, _cx: &mut Context, input: RunJobInput) -> Result<RunJobResponse> {
        let run_job = format!("run_job {} {:?} RunJobInput", input.id, input.limit);
        Ok(RunJobResponse::Ok(receipt(&input.body, run_job)))
    }
}

/// Order, limit and Receipt.
fn receipt(order: &Order, note: String) -> Receipt {
    let Order { title, weight, .. } = order;
    let text = format!("Order {title} {}", weight.unwrap_or(0));
    Receipt { text, note: Some(note) }
}
