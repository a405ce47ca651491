//! What was inferred, in one line for each operation and each table.

use apigen::model::{
    Action, ColumnSource, ColumnType, KeySource, ListPlan, Operation, Pagination, Resource, Role,
    Service, Sort, SortKey, Status, Success, Supply,
};

/// `listItems: list items [cursor, filter currency] 200 Page{items: Rows(Item)}`
pub(crate) fn operation(service: &Service, operation: &Operation) -> String {
    let (resource, action, success, unsupported) = match &operation.role {
        Role::Stub { reason } => return format!("{}: stub, {reason}", operation.id),
        Role::Crud {
            resource,
            action,
            success,
            unsupported,
        } => (&service[*resource], action, success, unsupported),
        Role::Account {
            resource,
            action,
            success,
            ..
        } => {
            let (table, answer) = (
                &service[*resource].table,
                answer(service, operation, success),
            );
            return format!("{}: {action:?} of {table}, {answer}", operation.id);
        }
    };
    let named = |wrapper: &Option<String>| {
        wrapper
            .as_ref()
            .map_or(String::new(), |name| format!(" in {name}"))
    };
    let action = match action {
        Action::List(plan) => format!("list {}{}", resource.table, list(operation, resource, plan)),
        Action::Create { wrapper } => format!("create {}{}", resource.table, named(wrapper)),
        Action::Get => format!("get {}", resource.table),
        Action::Replace {
            wrapper,
            key_in_body,
        } => {
            let by = if *key_in_body { " by its body" } else { "" };
            format!("replace {}{}{by}", resource.table, named(wrapper))
        }
        Action::Update { wrapper } => format!("update {}{}", resource.table, named(wrapper)),
        Action::Delete => format!("delete {}", resource.table),
        Action::Link => format!("link {}", resource.table),
        Action::Transition(transition) => {
            let name = |index: &usize| resource.columns[*index].name.as_str();
            let when = transition.when.iter().map(|(column, values)| {
                format!(
                    "{} in {}",
                    name(column),
                    serde_json::Value::from(values.clone())
                )
            });
            let set = transition
                .set
                .iter()
                .map(|(column, value)| format!("{} = {value}", name(column)));
            let (when, set): (Vec<_>, Vec<_>) = (when.collect(), set.collect());
            format!(
                "bring {} [where {}] to {}",
                resource.table,
                when.join(", "),
                set.join(", ")
            )
        }
    };
    let unsupported = match unsupported.as_slice() {
        [] => String::new(),
        names => format!("; 501 for {}", names.join(", ")),
    };
    format!(
        "{}: {action}, {}{unsupported}",
        operation.id,
        answer(service, operation, success)
    )
}

/// `items: key id Uuid, sku text unique, price? number`
pub(crate) fn resource(service: &Service, resource: &Resource) -> String {
    let columns = resource.columns.iter().map(|column| {
        let source = match &column.source {
            ColumnSource::Key { .. } => match resource.key_source {
                KeySource::Uuid => "key uuid ",
                KeySource::Integer => "key counted ",
                KeySource::Client => "key sent ",
                KeySource::ClientOrUuid => "key sent or uuid ",
                KeySource::ClientOrInteger => "key sent or counted ",
            },
            ColumnSource::Parent { .. } => "of ",
            ColumnSource::Field { .. } => "",
            ColumnSource::CreatedAt { .. } => "created ",
            ColumnSource::UpdatedAt { .. } => "updated ",
            ColumnSource::Caller { .. } => "caller ",
            ColumnSource::Version { .. } => "version ",
            ColumnSource::DeletedAt => "deleted ",
        };
        let ty = match &column.ty {
            ColumnType::Uuid => "uuid".to_owned(),
            ColumnType::Text => "text".to_owned(),
            ColumnType::Integer(_) => "integer".to_owned(),
            ColumnType::Number => "number".to_owned(),
            ColumnType::Decimal(places) => format!("decimal {places:?}"),
            ColumnType::Boolean => "boolean".to_owned(),
            ColumnType::DateTime => "time".to_owned(),
            ColumnType::Date => "date".to_owned(),
            ColumnType::Enum(id) => service[*id].name.clone(),
            ColumnType::Json(_) => "json".to_owned(),
        };
        let null = if column.nullable { "?" } else { "" };
        format!("{source}{}{null} {ty}", column.name)
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    let parent = resource
        .parent
        .as_ref()
        .map(|parent| format!(" below {}", service[parent.resource].table));
    let names = |all: &[Vec<usize>]| {
        let all = all.iter().map(|index| {
            let names: Vec<&str> = index
                .iter()
                .map(|column| resource.columns[*column].name.as_str())
                .collect();
            names.join("+")
        });
        all.collect::<Vec<_>>().join(" ")
    };
    let mut line = format!(
        "{}{}: {columns}",
        resource.table,
        parent.unwrap_or_default()
    );
    if !resource.unique.is_empty() {
        line += &format!("; unique {}", names(&resource.unique));
    }
    if !resource.indexes.is_empty() {
        line += &format!("; indexes {}", names(&resource.indexes));
    }
    line
}

fn list(operation: &Operation, resource: &Resource, plan: &ListPlan) -> String {
    let name = |parameter: usize| operation.parameters[parameter].api_name.as_str();
    let limit =
        |limit: Option<usize>| limit.map_or(String::new(), |limit| format!(" {}", name(limit)));
    let key = |key: &SortKey| {
        format!(
            "{}{}",
            if key.descending { "-" } else { "" },
            resource.columns[key.column].name
        )
    };
    let mut parts = match plan.pagination {
        Pagination::None => vec!["all".to_owned()],
        Pagination::Limit { limit } => vec![format!("first {}", name(limit))],
        Pagination::Cursor {
            cursor,
            limit: size,
        } => vec![format!("after {}{}", name(cursor), limit(size))],
        Pagination::Page { page, size } => vec![format!("pages {}{}", name(page), limit(size))],
        Pagination::Offset {
            offset,
            limit: size,
        } => vec![format!("skip {}{}", name(offset), limit(size))],
    };
    for filter in &plan.filters {
        let column = &resource.columns[filter.column].name;
        let (how, name) = (filter.comparison.words(), name(filter.parameter));
        parts.push(match name == column && how.is_empty() {
            true => format!("where {column}"),
            false => format!("where {column} is {how}{name}"),
        });
    }
    parts.push(match &plan.sort {
        Sort::Fixed(fixed) => format!("by {}", key(fixed)),
        Sort::Parameter {
            parameter,
            several,
            keys,
            default,
            direction,
        } => {
            let keys: Vec<String> = keys.iter().map(key).collect();
            let direction = direction
                .as_ref()
                .map(|direction| format!(" turned by {}", name(direction.parameter)));
            format!(
                "by {}{} of {} or {}{}",
                if *several { "several " } else { "" },
                name(*parameter),
                keys.join(" "),
                key(default),
                direction.unwrap_or_default()
            )
        }
    });
    format!(" [{}]", parts.join(", "))
}

fn answer(service: &Service, operation: &Operation, success: &Success) -> String {
    let response = &operation.responses[success.response];
    let status = match response.status {
        Status::Code(code) => code.to_string(),
        status => format!("{status:?}"),
    };
    let mut answer = format!("{status} {}", supply(service, &success.body));
    for (header, told) in response.headers.iter().zip(&success.headers) {
        if *told != Supply::Absent {
            answer += &format!(" {}={}", header.api_name, supply(service, told));
        }
    }
    if let Some(fields) = success.fields {
        answer += &format!(", only {}", operation.parameters[fields].api_name);
    }
    if let Some(include) = &success.include {
        let name = &operation.parameters[include.parameter].api_name;
        let rows = include.rows.iter().map(|row| {
            let most = row
                .most
                .map_or(String::new(), |most| format!(" up to {most} of"));
            let other = &service[row.resource].table;
            let columns = match row.most {
                Some(_) => &service[row.resource].columns,
                None => &service[operation.role.resource().expect("a table")].columns,
            };
            let columns = row
                .columns
                .iter()
                .map(|index| columns[*index].name.as_str());
            let columns = columns.collect::<Vec<_>>().join("+");
            let scopes = row.scopes.iter().map(|scope| format!(" to {scope}"));
            let scopes = scopes.collect::<String>();
            format!("{}:{most} {other} by {columns}{scopes}", row.property)
        });
        let refused = include.refused.iter().map(|name| format!("{name}: 501"));
        let all = rows.chain(refused).collect::<Vec<_>>().join(", ");
        answer += &format!(", {name} {{{all}}}");
    }
    if success.not_modified.is_some() {
        answer += " or 304";
    }
    answer
}

fn supply(service: &Service, told: &Supply) -> String {
    match told {
        Supply::Absent => "-".to_owned(),
        Supply::Row(id) => service[*id].name.clone(),
        Supply::Rows(id) => format!("[{}]", service[*id].name),
        Supply::Struct(_, members) => {
            let members: Vec<String> = members
                .iter()
                .map(|member| supply(service, member))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Supply::Value(value) => value.to_string(),
        other => format!("{other:?}"),
    }
}
