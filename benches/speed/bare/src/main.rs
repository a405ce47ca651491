//! Three operations of the shop as somebody in a hurry writes them: the same statements, and nothing around them.

use std::{collections::BTreeMap, env, error::Error};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::{FromRow, PgPool, postgres::PgPoolOptions, types::Json as Column};
use tokio::net::TcpListener;
use uuid::Uuid;

#[derive(Clone)]
struct App {
    db: PgPool,
    key: DecodingKey,
}

#[derive(Serialize, FromRow)]
struct Item {
    id: Uuid,
    sku: String,
    name: String,
    price: f64,
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Column<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Column<BTreeMap<String, String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<Column<Value>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct NewItem {
    sku: String,
    name: String,
    price: f64,
    currency: Option<String>,
    tags: Option<Vec<String>>,
    attributes: Option<BTreeMap<String, String>>,
    discount: Option<f64>,
    payment: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    scope: String,
}

fn failed(_: sqlx::Error) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn get_item(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Item>, StatusCode> {
    let item = sqlx::query_as("SELECT * FROM items WHERE id = $1").bind(id);
    let item = item.fetch_optional(&app.db).await.map_err(failed)?;
    item.map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn list_items(State(app): State<App>) -> Result<Json<Value>, StatusCode> {
    let sql = "SELECT * FROM items WHERE TRUE ORDER BY created_at DESC, id DESC LIMIT $1";
    let mut items: Vec<Item> = sqlx::query_as(sql)
        .bind(21_i64)
        .fetch_all(&app.db)
        .await
        .map_err(failed)?;
    let has_next = items.len() > 20;
    items.truncate(20);
    let cursor = items.last().map(|item| item.id);
    Ok(Json(
        json!({ "items": items, "meta": { "limit": 20, "has_next": has_next, "next_cursor": cursor } }),
    ))
}

async fn create_item(
    State(app): State<App>,
    headers: HeaderMap,
    Json(new): Json<NewItem>,
) -> Result<impl IntoResponse, StatusCode> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token = token.ok_or(StatusCode::UNAUTHORIZED)?;
    let claims =
        jsonwebtoken::decode::<Claims>(token, &app.key, &Validation::new(Algorithm::HS256));
    let claims = claims.map_err(|_| StatusCode::UNAUTHORIZED)?.claims;
    if !claims.scope.split(' ').any(|scope| scope == "items:write") {
        return Err(StatusCode::FORBIDDEN);
    }
    let now = Utc::now();
    let item = Item {
        id: Uuid::now_v7(),
        sku: new.sku,
        name: new.name,
        price: new.price,
        currency: new.currency.unwrap_or_else(|| "KRW".to_owned()),
        tags: new.tags.map(Column),
        attributes: new.attributes.map(Column),
        discount: new.discount,
        payment: new.payment.map(Column),
        created_at: now,
        updated_at: now,
    };
    sqlx::query(
        "INSERT INTO items (id, sku, name, price, currency, tags, attributes, discount, payment, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(item.id)
    .bind(&item.sku)
    .bind(&item.name)
    .bind(item.price)
    .bind(&item.currency)
    .bind(&item.tags)
    .bind(&item.attributes)
    .bind(item.discount)
    .bind(&item.payment)
    .bind(item.created_at)
    .bind(item.updated_at)
    .execute(&app.db)
    .await
    .map_err(failed)?;
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, format!("/api/v1/items/{}", item.id))],
        Json(item),
    ))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = App {
        db: PgPoolOptions::new()
            .max_connections(10)
            .connect(&env::var("DATABASE_URL")?)
            .await?,
        key: DecodingKey::from_secret(env::var("JWT_SECRET")?.as_bytes()),
    };
    let router = Router::new()
        .route("/api/v1/items", get(list_items).post(create_item))
        .route("/api/v1/items/{item_id}", get(get_item))
        .with_state(app);
    axum::serve(TcpListener::bind(env::var("LISTEN")?).await?, router).await?;
    Ok(())
}
