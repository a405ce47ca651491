CREATE TABLE idempotency_keys (
    scope           TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint     TEXT NOT NULL,
    status          INTEGER,
    headers         TEXT,
    body            BLOB,
    created_at      TEXT NOT NULL,
    PRIMARY KEY (scope, idempotency_key)
);
