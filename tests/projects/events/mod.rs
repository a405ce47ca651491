//! Events between two running services: what one commits takes effect in the other, once and in
//! order, whoever is killed meanwhile.

mod services;

use std::time::Duration;

use crate::project::{Database, databases};
use services::{Carrier, Pair};

#[test]
fn over_postgresql_and_over_sqlite() {
    for database in databases() {
        let pair = Pair::new(database, "rows");
        pair.is_sound();
        everything_holds(&pair, &Carrier::database(database));
    }
}

#[test]
fn over_nats() {
    let Some(nats) = Carrier::nats() else { return };
    let database = match databases().contains(&Database::Postgres) {
        true => Database::Postgres,
        false => Database::Sqlite,
    };
    everything_holds(&Pair::new(database, "nats"), &nats);
}

fn everything_holds(pair: &Pair, carrier: &Carrier) {
    what_is_committed_but_not_sent_arrives_later(pair, carrier);
    order_is_kept_and_nothing_comes_twice(pair, carrier);
    poison_stops_nobody_else(pair, carrier);
    what_ends_the_process_is_given_up(pair, carrier);
    what_can_never_arrive_stops_nobody(pair, carrier);
    killed_services_lose_nothing(pair, carrier);
}

/// The publisher stops between its commit and the sending; the subscriber is down for a while.
fn what_is_committed_but_not_sent_arrives_later(pair: &Pair, carrier: &Carrier) {
    let silent = pair.items(&[]);
    let ids: Vec<String> = (0..20).map(|_| silent.create("early")).collect();
    assert_eq!(pair.waiting(), 20);
    silent.kill();

    let _items = pair.items(&carrier.settings());
    std::thread::sleep(Duration::from_millis(1500));
    let offers = pair.offers(&carrier.settings());
    for id in &ids {
        offers.hears(id, "c");
    }
    pair.waits_for_nothing();
}

/// Two replicas of each service.
fn order_is_kept_and_nothing_comes_twice(pair: &Pair, carrier: &Carrier) {
    let settings = carrier.settings();
    let items = [pair.items(&settings), pair.items(&settings)];
    let offers = [pair.offers(&settings), pair.offers(&settings)];
    let ids: Vec<String> = (0..30)
        .map(|index| {
            let id = items[index % 2].create("item");
            for name in ["once", "twice"] {
                items[index % 2].replace(&id, name);
            }
            items[index % 2].delete(&id);
            id
        })
        .collect();
    for id in &ids {
        offers[0].hears(id, "crrd");
        assert_eq!(offers[1].offer(id)["name"], "twice");
    }
    // What was handled comes again, as after a crash between the sending and its note.
    pair.waits_for_nothing();
    pair.send_again(&ids[0]);
    pair.waits_for_nothing();
    let late = items[0].create("late");
    offers[0].hears(&late, "c");
    offers[0].hears(&ids[0], "crrd");
}

fn poison_stops_nobody_else(pair: &Pair, carrier: &Carrier) {
    let items = pair.items(&carrier.settings());
    let mut settings = carrier.settings();
    settings.push(("EVENT_ATTEMPTS".to_owned(), "2".to_owned()));
    let offers = pair.offers(&settings);
    let bad = ["poison", "panic"].map(|name| items.create(name));
    let good: Vec<String> = (0..5).map(|_| items.create("good")).collect();
    // What follows a dead letter about the same item goes on.
    items.replace(&bad[0], "mended");
    for id in &good {
        offers.hears(id, "c");
    }
    pair.comes_to_dead_letters(2);
    // What a killed service was about counts as an attempt.
    pair.waits_for_nothing();
    for id in &bad {
        assert!(!offers.knows(id), "a handler that failed left something");
    }
    pair.forget_dead_letters();
}

/// A handler that takes its process with it does so as often as it may fail.
fn what_ends_the_process_is_given_up(pair: &Pair, carrier: &Carrier) {
    let items = pair.items(&carrier.settings());
    let mut settings = carrier.settings();
    settings.push(("EVENT_ATTEMPTS".to_owned(), "2".to_owned()));
    let bad = items.create("kill");
    let good = items.create("good");
    items.replace(&bad, "mended");
    assert_eq!(pair.offers_end(&settings), 2);
    let offers = pair.offers(&settings);
    offers.hears(&good, "c");
    pair.waits_for_nothing();
    pair.comes_to_dead_letters(1);
    assert!(!offers.knows(&bad), "a handler that failed left something");
    pair.forget_dead_letters();
}

/// What is no event, and what NATS cannot carry.
fn what_can_never_arrive_stops_nobody(pair: &Pair, carrier: &Carrier) {
    let mut settings = carrier.settings();
    settings.push(("BODY_LIMIT_BYTES".to_owned(), "4000000".to_owned()));
    let (items, offers) = (pair.items(&settings), pair.offers(&settings));
    pair.put_rubbish();
    let size = if carrier.is_nats() { 2_000_000 } else { 1 };
    pair.put_message(size);
    let good = items.create("good");
    offers.hears(&good, "c");
    pair.comes_to_rubbish(if carrier.is_nats() { 2 } else { 1 });
    assert!(
        !items.creates(&"x".repeat(1_100_000)),
        "it is too large to be sent"
    );
    pair.waits_for_nothing();
}

/// `kill -9` of both, in the middle.
fn killed_services_lose_nothing(pair: &Pair, carrier: &Carrier) {
    let settings = carrier.settings();
    let mut items = pair.items(&settings);
    let mut offers = pair.offers(&settings);
    let mut ids = Vec::new();
    for round in 0..6 {
        ids.extend((0..15).map(|_| items.create("kept")));
        if round % 2 == 0 {
            items.kill();
            items = pair.items(&settings);
        }
        if round % 3 == 1 {
            offers.kill();
            offers = pair.offers(&settings);
        }
    }
    for id in &ids {
        offers.hears(id, "c");
    }
    pair.waits_for_nothing();
}
