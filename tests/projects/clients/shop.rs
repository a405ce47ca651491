//! The client of the shop against the generated service itself, at `SHOP_URL`.

use std::env;

use shop_client::{
    Client, Error,
    operations::{
        items::{
            create_item::{CreateItemInput, CreateItemResponse},
            delete_item::{DeleteItemInput, DeleteItemResponse},
            get_item::{GetItemInput, GetItemResponse},
            list_items::{ListItemsInput, ListItemsResponse},
            publish_item::PublishItemInput,
            replace_item::{ReplaceItemInput, ReplaceItemResponse},
            stream_item_events::StreamItemEventsInput,
            update_item::{UpdateItemInput, UpdateItemResponse},
        },
        reviews::{
            create_review::{CreateReviewInput, CreateReviewResponse},
            delete_review::{DeleteReviewInput, DeleteReviewResponse},
            get_review::{GetReviewInput, GetReviewResponse},
            list_reviews::{ListReviewsInput, ListReviewsResponse},
        },
    },
    schemas::{
        item::ItemInput, item_patch::ItemPatch, list_items::ListItemsSort, review::ReviewInput,
    },
};

fn status(error: Error) -> (u16, String) {
    let Error::Status(error) = error else {
        panic!("{error}")
    };
    (error.status.as_u16(), error.code().unwrap_or_default())
}

fn item(sku: &str) -> ItemInput {
    ItemInput {
        sku: sku.to_owned(),
        name: "Book".to_owned(),
        price: 12.5,
        currency: None,
        tags: Some(vec!["new".to_owned()]),
        attributes: None,
        discount: Some(None),
        payment: None,
    }
}

#[tokio::test]
async fn every_operation_is_called() {
    let client = Client::new(&env::var("SHOP_URL").unwrap()).unwrap();
    let sku = format!("AB-{}", std::process::id());
    let create = |key: Option<&str>| CreateItemInput {
        idempotency_key: key.map(str::to_owned),
        body: item(&sku),
    };
    let nobody = client.create_item(create(None)).await.unwrap_err();
    assert_eq!(status(nobody), (401, "unauthorized".to_owned()));

    let client = client.with_bearer(&env::var("SHOP_TOKEN").unwrap());
    let key = format!("key {sku}");
    let CreateItemResponse::Created {
        location,
        body: made,
    } = client.create_item(create(Some(&key))).await.unwrap();
    assert!(location.unwrap().ends_with(&made.id.to_string()));
    assert_eq!(
        (made.price, made.tags.as_deref()),
        (12.5, Some(&["new".to_owned()][..]))
    );
    let CreateItemResponse::Created { body: again, .. } =
        client.create_item(create(Some(&key))).await.unwrap();
    assert_eq!(again, made, "the same key is the same call");
    let twice = client.create_item(create(None)).await.unwrap_err();
    assert_eq!(status(twice).0, 409);

    let item_id = made.id;
    let GetItemResponse::Ok { body: found, .. } = client
        .get_item(GetItemInput {
            item_id,
            if_none_match: None,
        })
        .await
        .unwrap()
    else {
        panic!("it is there")
    };
    assert_eq!(found, made);
    let list = ListItemsInput {
        limit: Some(1),
        sort: Some(ListItemsSort::CreatedAtDesc),
        ..ListItemsInput::default()
    };
    let ListItemsResponse::Ok { body: page, .. } = client.list_items(list.clone()).await.unwrap();
    assert_eq!(page.items.len(), 1);
    let zero = client
        .list_items(ListItemsInput {
            limit: Some(0),
            ..list
        })
        .await
        .unwrap_err();
    assert_eq!(status(zero), (400, "bad_request".to_owned()));

    let body = ItemPatch {
        name: Some("Tome".to_owned()),
        ..ItemPatch::default()
    };
    let UpdateItemResponse::Ok(changed) = client
        .update_item(UpdateItemInput { item_id, body })
        .await
        .unwrap();
    assert_eq!((changed.name.as_str(), changed.price), ("Tome", 12.5));
    let body = ItemInput {
        tags: None,
        ..item(&sku)
    };
    let ReplaceItemResponse::Ok(replaced) = client
        .replace_item(ReplaceItemInput { item_id, body })
        .await
        .unwrap();
    assert_eq!(replaced.tags.unwrap_or_default(), Vec::<String>::new());
    reviews(&client, item_id).await;

    let stub = client
        .publish_item(PublishItemInput { item_id })
        .await
        .unwrap_err();
    assert_eq!(status(stub), (501, "not_implemented".to_owned()));
    let stub = client
        .stream_item_events(StreamItemEventsInput { item_id })
        .await
        .unwrap_err();
    assert_eq!(status(stub).0, 501);
    let gone = client
        .delete_item(DeleteItemInput { item_id })
        .await
        .unwrap();
    assert!(matches!(gone, DeleteItemResponse::NoContent));
    let gone = client
        .get_item(GetItemInput {
            item_id,
            if_none_match: None,
        })
        .await
        .unwrap_err();
    assert_eq!(status(gone), (404, "not_found".to_owned()));
}

async fn reviews(client: &Client, item_id: uuid::Uuid) {
    let body = ReviewInput {
        rating: 5,
        body: None,
    };
    let CreateReviewResponse::Created { body: review, .. } = client
        .create_review(CreateReviewInput { item_id, body })
        .await
        .unwrap();
    let review_id = review.id;
    let GetReviewResponse::Ok(found) = client
        .get_review(GetReviewInput { item_id, review_id })
        .await
        .unwrap();
    assert_eq!(found, review);
    let list = ListReviewsInput {
        item_id,
        limit: None,
        cursor: None,
    };
    let ListReviewsResponse::Ok { body: page, .. } = client.list_reviews(list).await.unwrap();
    assert_eq!(page.items, [review]);
    let body = ReviewInput {
        rating: 9,
        body: None,
    };
    let wrong = client
        .create_review(CreateReviewInput { item_id, body })
        .await
        .unwrap_err();
    assert_eq!(status(wrong), (422, "invalid_body".to_owned()));
    let gone = client
        .delete_review(DeleteReviewInput { item_id, review_id })
        .await
        .unwrap();
    assert!(matches!(gone, DeleteReviewResponse::NoContent));
}
