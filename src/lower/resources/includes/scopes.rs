//! Who may see what is shown beside rows: who may read it where it is.

use crate::{
    lower::resources::candidates::title,
    model::{Action, Credential, Guard, Operation, ResourceId, Role, SchemeKind, Service},
};

/// What a caller of an operation must be granted beside, to see rows that another operation reads.
pub(super) fn scopes(
    service: &Service,
    guard: Guard,
    target: ResourceId,
    is_many: bool,
) -> Result<Vec<String>, String> {
    let on_rows = service
        .operations
        .iter()
        .filter(|operation| operation.role.resource() == Some(target));
    let rank = |operation: &&Operation| match &operation.role {
        Role::Crud { action, .. } => match action {
            Action::Get => u8::from(is_many),
            Action::List(_) => u8::from(!is_many),
            _ => 2,
        },
        Role::Account { .. } | Role::Stub { .. } => 3,
    };
    let Some(reads) = on_rows.min_by_key(rank) else {
        return Ok(Vec::new());
    };
    let requirement = |guard: Guard| match guard {
        Guard::Secured(id) if !service[id].optional => Some(&service[id]),
        _ => None,
    };
    let Some(asked) = requirement(reads.guard) else {
        return Ok(Vec::new());
    };
    let Some(shown) = requirement(guard) else {
        return Err(format!("it is public, and {} is not", title(reads)));
    };
    let meets = |has: &[Credential], asked: &[Credential], in_full: bool| {
        asked.iter().all(|asked| {
            let mut same = has.iter().filter(|has| has.scheme == asked.scheme);
            let granted = granted(service, asked);
            same.any(|has| !in_full || granted.iter().all(|scope| has.scopes.contains(scope)))
        })
    };
    let mut all = shown.alternatives.iter();
    let met = |has: &Vec<Credential>| {
        asked
            .alternatives
            .iter()
            .any(|asked| meets(has, asked, true))
    };
    if all.clone().all(met) {
        return Ok(Vec::new());
    }
    match asked.alternatives.as_slice() {
        [asked] if all.all(|has| meets(has, asked, false)) => {
            let scopes = asked
                .iter()
                .flat_map(|credential| granted(service, credential));
            Ok(scopes.cloned().collect())
        }
        _ => Err(format!("its callers need not be those of {}", title(reads))),
    }
}

/// The scopes that are looked at: only tokens carry some.
fn granted<'c>(service: &Service, credential: &'c Credential) -> &'c [String] {
    match service[credential.scheme].kind {
        SchemeKind::Bearer => &credential.scopes,
        _ => &[],
    }
}
