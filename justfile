# The everyday commands. `just` alone lists them.
default:
    @just --list

# All tests; set TEST_POSTGRES_URL to try generated projects on PostgreSQL too.
test *ARGS:
    cargo test {{ARGS}}

# Only the tests that compile no generated project.
quick:
    cargo test --lib $(cargo metadata --no-deps --format-version 1 | jq -r \
        '.packages[].targets[] | select(.kind == ["test"] and .name != "projects") | "--test=" + .name')

# Accept the golden trees as they are generated now; review them as a diff.
golden:
    UPDATE_GOLDEN=1 cargo test --test golden

# Random cases that nobody tried yet, again and again: what fails is told with what it takes to see it again.
explore TIMES="20":
    for _ in $(seq {{TIMES}}); do \
        cargo test --test doors --test merge --test names --test spec && cargo test --test projects -- random years || exit 1; \
    done

# Looks for texts that break the loader, the doors or a whole project: `just fuzz project 600`; what does is in
# `fuzz/artifacts`. The flags are those that libFuzzer wants, of any Rust.
fuzz TARGET="loader" SECONDS="600" LONGEST="40000":
    mkdir -p fuzz/corpus/{{TARGET}} fuzz/artifacts
    find fixtures ../shared/corpus ../shared/corpus-bad -size -40k -not -path '*/golden/*' \
        \( -name '*.yaml' -o -name '*.yml' -o -name '*.json' \) -exec cp -n -t fuzz/corpus/{{TARGET}} {} +
    RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Ccodegen-units=1" \
        CARGO_PROFILE_RELEASE_LTO=off cargo build --release --features fuzz --example {{TARGET}} \
        --no-default-features --target-dir target/fuzz --target $(rustc -vV | sed -n 's/host: //p')
    target/fuzz/*/release/examples/{{TARGET}} fuzz/corpus/{{TARGET}} -dict=fuzz/openapi.dict -print_final_stats=1 \
        -max_total_time={{SECONDS}} -timeout=20 -rss_limit_mb=4096 -max_len={{LONGEST}} -artifact_prefix=fuzz/artifacts/

# What becomes of the documents of ../shared/corpus, compiled and tested: `just corpus realworld.yml other/api.json`
corpus *DOCUMENTS:
    cargo bench --bench corpus -- {{DOCUMENTS}}

# Values of the documents' schemas, judged by JSON Schema and by compiled types: `just oracle qdrant realworld`
oracle *DOCUMENTS:
    ORACLE="{{DOCUMENTS}}" cargo test --test projects oracle -- --include-ignored --nocapture

# What the large documents cost.
bench:
    cargo bench --bench scale

# Workspaces of services: what they cost, and whether they keep the contract: `just services realworld.yml`
services *DOCUMENTS:
    cargo bench --bench services -- {{DOCUMENTS}}

# Call fixtures with Schemathesis, on both databases: `just schemathesis 500 shop`.
schemathesis *ARGS:
    .ci/schemathesis/run {{ARGS}}

# Two replicas of the shop under load, while what they need goes away: `just faults network-is-cut killed`.
faults *FAULTS:
    .ci/faults/run {{FAULTS}}

# The generated shop beside the same by hand, in axum and in FastAPI: `just speed ROUNDS SECONDS`.
speed *ARGS:
    benches/speed/run {{ARGS}}

# Everything that CI checks.
ci:
    .ci/run
