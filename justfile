# The everyday commands. `just` alone lists them.
default:
    @just --list

# All tests; set TEST_POSTGRES_URL to try generated projects on PostgreSQL too.
test *ARGS:
    cargo test {{ARGS}}

# Only the tests that compile no generated project.
quick:
    cargo test --workspace -- --skip sound --skip compile

# Accept the golden trees as they are generated now; review them as a diff.
golden:
    UPDATE_GOLDEN=1 cargo test --test golden

# Generate, compile and test the real documents of ../shared/corpus.
corpus:
    cargo test --test projects

# What the large documents cost.
bench:
    cargo bench --bench scale

# Workspaces of services: what they cost, and whether they keep the contract: `just services realworld.yml`
services *DOCUMENTS:
    cargo bench --bench services -- {{DOCUMENTS}}

# Everything that CI checks.
ci:
    .ci/run
