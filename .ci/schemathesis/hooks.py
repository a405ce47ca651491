"""What Schemathesis cannot know of the fixtures' contracts. Every exception stands here, with its reason."""

import itertools
import json
import os

import requests
import schemathesis
from schemathesis.specs.openapi.checks import (
    ensure_resource_availability,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
)

# Rules over more than one value, which no schema can say: that something exists already, or that two things are equal.
BEYOND_SCHEMAS = (
    "must name one that is there",
    "must be equal to the one in the path",
    "is not a cursor of this list",
    "is not right",
    "is one of the passwords that are guessed first",
    # PostgreSQL keeps no such text, and so no database does.
    "must not contain U+0000",
)


@schemathesis.check
def valid_data_is_accepted(ctx, response, case):
    """`positive_data_acceptance`, but for what only the service can know."""
    if response.status_code == 412:  # nobody can guess an entity tag
        return None
    problems = dict(violations(response))
    if problems and all(is_beyond(field, said, case) for field, said in problems.items()):
        return None
    return positive_data_acceptance(ctx, response, case)


@schemathesis.check
def required_headers_are_required(ctx, response, case):
    """`missing_required_header`, which does not know 428 (RFC 6585)."""
    return None if response.status_code == 428 else missing_required_header(ctx, response, case)


@schemathesis.check
def invalid_data_is_rejected(ctx, response, case):
    """`negative_data_rejection`, but for cookies that are several, once they are sent, and for a list of one empty text,
    which is sent as the empty list is: `fields=`."""
    if any(";" in str(value) for value in (case.cookies or {}).values()):
        return None
    if any(value in ("", [""]) for value in (case.query or {}).values()):
        return None
    return negative_data_rejection(ctx, response, case)


def violations(response):
    """What the service says of each field."""
    try:
        details = json.loads(response.content)["error"]["details"]
    except (ValueError, KeyError, TypeError):
        return
    for field, messages in details.items():
        yield field, messages


def is_beyond(field, said, case):
    """The coverage phase takes `""` for a value of `type: [string, "null"]` whatever the `format` is."""
    body = case.body if isinstance(case.body, dict) else {}
    is_empty = body.get(field) == ""
    return all(message in BEYOND_SCHEMAS or (is_empty and message.startswith("must be a")) for message in said)


@schemathesis.check
def what_was_made_is_there(ctx, response, case):
    """`ensure_resource_availability`, which does not know `Idempotency-Key`: an answer that is given again is of a row
    that may be gone since."""
    parent = ctx.internals.find_parent(case_id=case.id)
    made = parent and ctx.internals.find_response(case_id=parent.id)
    if made and "idempotency-replayed" in made.headers:
        return None
    return ensure_resource_availability(ctx, response, case)


users = itertools.count()


@schemathesis.auth(refresh_interval=None)
class Caller:
    """Who deletes his account is somebody else than who calls everything."""

    def get(self, case, context):
        if case.method == "DELETE" and case.path == "/users/me":
            return self.leaving(case.operation.base_url)
        return os.environ["TOKEN"]

    def leaving(self, base):
        who = {"email": f"leaves-{next(users)}@example.com", "password": "correct horse battery"}
        requests.post(f"{base}/auth/register", json={**who, "name": "Leaves"}, timeout=10)
        form = {"username": who["email"], "password": who["password"]}
        return requests.post(f"{base}/auth/login", json=form, timeout=10).json()["access_token"]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"
