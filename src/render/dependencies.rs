//! What the generated crates depend on. Each version stands here once.

use super::{core::Needs, doors};

/// Dependencies, sorted, with their values in TOML.
pub(super) type Lines = Vec<(&'static str, String)>;

/// A crate of the registry, and its version.
struct Crate(&'static str, &'static str);

const AHO_CORASICK: Crate = Crate("aho-corasick", "1");
const AIDE: Crate = Crate("aide", "0.15");
const ARGON2: Crate = Crate("argon2", "0.6");
const ASYNC_NATS: Crate = Crate("async-nats", "0.51");
const ASYNC_TRAIT: Crate = Crate("async-trait", "0.1");
const AXUM: Crate = Crate("axum", "0.8");
const BASE64: Crate = Crate("base64", "0.22");
const CHRONO: Crate = Crate("chrono", "0.4");
const DOTENVY: Crate = Crate("dotenvy", "0.15");
const FORM_URLENCODED: Crate = Crate("form_urlencoded", "1.2");
const FUTURES_CORE: Crate = Crate("futures-core", "0.3");
const FUTURES_UTIL: Crate = Crate("futures-util", "0.3");
const GOVERNOR: Crate = Crate("governor", "0.10");
const GETRANDOM: Crate = Crate("getrandom", "0.4");
const HMAC: Crate = Crate("hmac", "0.12");
const HTTP_BODY: Crate = Crate("http-body", "1");
const HTTP_BODY_UTIL: Crate = Crate("http-body-util", "0.1");
const HTTPDATE: Crate = Crate("httpdate", "1");
const HYPER: Crate = Crate("hyper", "1");
const HYPER_RUSTLS: Crate = Crate("hyper-rustls", "0.27");
const HYPER_UTIL: Crate = Crate("hyper-util", "0.1");
const IPNET: Crate = Crate("ipnet", "2");
const JSONSCHEMA: Crate = Crate("jsonschema", "0.60");
const JSONWEBTOKEN: Crate = Crate("jsonwebtoken", "11");
const MIMALLOC: Crate = Crate("mimalloc", "0.1");
const OPENTELEMETRY: Crate = Crate("opentelemetry", "0.33");
const OPENTELEMETRY_HTTP: Crate = Crate("opentelemetry-http", "0.33");
const OPENTELEMETRY_OTLP: Crate = Crate("opentelemetry-otlp", "0.33");
const OPENTELEMETRY_SDK: Crate = Crate("opentelemetry_sdk", "0.33");
const PERCENT_ENCODING: Crate = Crate("percent-encoding", "2.3");
const PROMETHEUS_CLIENT: Crate = Crate("prometheus-client", "0.25");
const REDIS: Crate = Crate("redis", "1");
const REGEX: Crate = Crate("regex", "1");
const RUST_DECIMAL: Crate = Crate("rust_decimal", "1");
const SERDE: Crate = Crate("serde", "1");
const SERDE_JSON: Crate = Crate("serde_json", "1");
const SHA2: Crate = Crate("sha2", "0.10");
const SQLX: Crate = Crate("sqlx", "0.9");
const TOKIO: Crate = Crate("tokio", "1");
const TOKIO_IO_TIMEOUT: Crate = Crate("tokio-io-timeout", "1.2");
const TOKIO_RUSTLS: Crate = Crate("tokio-rustls", "0.26");
const TOWER: Crate = Crate("tower", "0.5");
const TOWER_HTTP: Crate = Crate("tower-http", "0.7");
const TRACING: Crate = Crate("tracing", "0.1");
const TRACING_OPENTELEMETRY: Crate = Crate("tracing-opentelemetry", "0.34");
const TRACING_SUBSCRIBER: Crate = Crate("tracing-subscriber", "0.3");
const UUID: Crate = Crate("uuid", "1");

const NOTHING: &[&str] = &[];
const JSON: &[&str] = &["float_roundtrip"];
const JSON_AS_WRITTEN: &[&str] = &["float_roundtrip", "raw_value"];
const SERVER: &[&str] = &["macros", "net", "rt-multi-thread", "signal", "sync", "time"];
const TLS: &[&str] = &["http1", "ring", "tls12", "webpki-tokio"];
const SERVER_TLS: &[&str] = &["ring", "tls12"];
const TRACES: &[&str] = &["trace"];
const OTLP: &[&str] = &["http-proto", "trace"];
const LOGS: &[&str] = &["env-filter"];
const SQLITE: &[&str] = &[
    "chrono",
    "json",
    "migrate",
    "runtime-tokio",
    "sqlite-bundled",
    "uuid",
];
const POSTGRES: &[&str] = &[
    "chrono",
    "json",
    "migrate",
    "postgres",
    "runtime-tokio",
    "tls-rustls",
    "uuid",
];

const POSTGRES_DECIMALS: &[&str] = &[
    "chrono",
    "json",
    "migrate",
    "postgres",
    "runtime-tokio",
    "rust_decimal",
    "tls-rustls",
    "uuid",
];

/// What a crate needs of another.
struct Need {
    of: Crate,
    features: &'static [&'static str],
    defaults: bool,
    is_optional: bool,
}

impl Crate {
    fn plain(self) -> Need {
        self.with(NOTHING)
    }

    /// With these features, and those that it has by default.
    fn with(self, features: &'static [&'static str]) -> Need {
        Need {
            of: self,
            features,
            defaults: true,
            is_optional: false,
        }
    }

    /// With these features alone.
    fn only(self, features: &'static [&'static str]) -> Need {
        Need {
            defaults: false,
            ..self.with(features)
        }
    }
}

impl Need {
    fn optional(self) -> Self {
        Self {
            is_optional: true,
            ..self
        }
    }

    fn toml(&self) -> String {
        let version = doors::toml_literal(self.of.1);
        let literals = self.features.iter().map(|name| doors::toml_literal(name));
        let features = literals.collect::<Vec<_>>().join(", ");
        let parts = [
            (!self.defaults, ", default-features = false".to_owned()),
            (!features.is_empty(), format!(", features = [{features}]")),
            (self.is_optional, ", optional = true".to_owned()),
        ];
        let parts = parts.into_iter().filter(|(is_there, _)| *is_there);
        match parts.map(|(_, part)| part).collect::<String>() {
            rest if rest.is_empty() => version,
            rest => format!("{{ version = {version}{rest} }}"),
        }
    }
}

fn lines(needs: impl IntoIterator<Item = Need>) -> Lines {
    let line = |need: Need| (need.of.0, need.toml());
    needs.into_iter().map(line).collect()
}

/// Those that there is a reason for.
fn chosen<const N: usize>(all: [(bool, Need); N]) -> Lines {
    let needed = all.into_iter().filter(|(is_needed, _)| *is_needed);
    lines(needed.map(|(_, need)| need))
}

/// Who has a dependency of a service.
#[derive(PartialEq)]
enum User {
    All,
    /// Only `core`.
    Core,
    /// All but `core`.
    Others,
}

/// Of a program, beside these: its allocator.
pub(super) fn program(mut others: Lines) -> Lines {
    let allocator = MIMALLOC.only(NOTHING).optional();
    others.extend(lines([allocator]));
    others.sort_by_key(|(name, _)| *name);
    others
}

/// Of a service; of the layers above `core`, where that is a crate elsewhere.
pub(super) fn service(needs: Needs, has_core: bool) -> Lines {
    let all = of_service(needs).into_iter();
    lines(all.filter_map(|(user, need)| (has_core || user != User::Core).then_some(need)))
}

/// Of `core`.
pub(super) fn core(needs: Needs) -> Lines {
    let all = of_service(needs).into_iter();
    lines(all.filter_map(|(user, need)| (user != User::Others).then_some(need)))
}

fn of_service(needs: Needs) -> impl IntoIterator<Item = (User, Need)> {
    use User::{All, Core, Others};
    let database = match needs {
        Needs { sqlite: true, .. } => SQLITE,
        Needs { decimals: true, .. } => POSTGRES_DECIMALS,
        _ => POSTGRES,
    };
    let calls = needs.issuer || needs.traces || needs.sends;
    let hyper_util: &[&str] = match calls {
        true => &["client-legacy", "http1", "service", "tokio"],
        false => &["service", "tokio"],
    };
    let digests = needs.database || needs.api_key || needs.basic || needs.caching || needs.sends;
    let json = match needs.events && needs.long_numbers {
        true => JSON_AS_WRITTEN,
        false => JSON,
    };
    let all = [
        (true, Core, AHO_CORASICK.plain()),
        (true, Core, AIDE.only(&["redoc", "swagger"])),
        (needs.accounts || needs.basic, Core, ARGON2.plain()),
        (needs.events, Core, ASYNC_NATS.only(&["ring"])),
        (
            true,
            if needs.traces { All } else { Others },
            ASYNC_TRAIT.plain(),
        ),
        (true, All, AXUM.plain()),
        (needs.basic, All, BASE64.plain()), // the contract tests sign in
        (
            (needs.database || needs.caching || needs.sends) && !needs.basic,
            Core,
            BASE64.plain(),
        ),
        (true, All, CHRONO.only(&["now", "serde"])),
        (true, Others, DOTENVY.plain()),
        (needs.database, Core, FORM_URLENCODED.plain()),
        (true, Core, FUTURES_UTIL.only(&["std"])),
        (needs.accounts, Core, GETRANDOM.plain()),
        (true, Core, GOVERNOR.only(&["no_std"])),
        (needs.sends, Core, HMAC.plain()),
        (true, Core, HTTP_BODY.plain()),
        (calls, Core, HTTP_BODY_UTIL.plain()),
        (true, Core, HYPER.with(&["http1", "server"])),
        (calls, Core, HYPER_RUSTLS.only(TLS)),
        (true, Core, HYPER_UTIL.with(hyper_util)),
        (true, Core, IPNET.plain()),
        (needs.keywords, Core, JSONSCHEMA.only(NOTHING)),
        (
            needs.bearer,
            All,
            JSONWEBTOKEN.only(&["rust_crypto", "use_pem"]),
        ),
        (needs.traces, Core, OPENTELEMETRY.only(TRACES)),
        (needs.traces, Core, OPENTELEMETRY_HTTP.only(NOTHING)),
        (needs.traces, Core, OPENTELEMETRY_OTLP.only(OTLP)),
        (needs.traces, Core, OPENTELEMETRY_SDK.only(TRACES)),
        (true, Core, PERCENT_ENCODING.plain()),
        (true, Core, PROMETHEUS_CLIENT.plain()),
        (
            needs.redis,
            Core,
            REDIS.only(&["connection-manager", "script", "tokio-comp"]),
        ),
        (needs.patterns, All, REGEX.plain()),
        (needs.decimals, All, RUST_DECIMAL.plain()),
        (true, All, SERDE.with(&["derive"])),
        (true, All, SERDE_JSON.with(json)),
        (digests, Core, SHA2.plain()),
        (needs.database, All, SQLX.only(database)),
        (true, All, TOKIO.with(SERVER)),
        (true, Core, TOKIO_IO_TIMEOUT.plain()),
        (needs.tls, Core, TOKIO_RUSTLS.only(SERVER_TLS)),
        (true, Core, TOWER.with(&["util"])),
        (true, Core, TOWER_HTTP.with(&["compression-gzip"])),
        (true, All, TRACING.plain()),
        (needs.traces, Core, TRACING_OPENTELEMETRY.only(NOTHING)),
        (true, Core, TRACING_SUBSCRIBER.with(LOGS)),
        (true, All, UUID.with(&["serde", "v7"])),
    ];
    let needed = all.into_iter().filter(|(is_needed, ..)| *is_needed);
    needed.map(|(_, user, need)| (user, need))
}

/// Of a gateway; with a part of `core` of its own, where that is no crate elsewhere.
pub(super) fn gateway(has_core: bool, has_aggregates: bool, needs: Needs) -> Lines {
    let hyper_util: &[&str] = match has_core {
        true => &["client-legacy", "http1", "service", "tokio"],
        false => &["client-legacy", "http1", "tokio"],
    };
    let json: &[&str] = match has_aggregates {
        true => JSON_AS_WRITTEN,
        false => JSON,
    };
    let sends = has_core && needs.traces;
    chosen([
        (has_core, AHO_CORASICK.plain()),
        (has_core, AIDE.only(&["redoc", "swagger"])),
        (sends, ASYNC_TRAIT.plain()),
        (true, AXUM.plain()),
        (has_core, CHRONO.only(&["now"])),
        (true, DOTENVY.plain()),
        (has_aggregates, FORM_URLENCODED.plain()),
        (has_core || has_aggregates, FUTURES_UTIL.only(&["std"])),
        (has_core, GOVERNOR.only(&["no_std"])),
        (true, HTTP_BODY.plain()),
        (true, HTTP_BODY_UTIL.plain()),
        (has_core, HYPER.with(&["http1", "server"])),
        (sends, HYPER_RUSTLS.only(TLS)),
        (true, HYPER_UTIL.with(hyper_util)),
        (has_core, IPNET.plain()),
        (sends, OPENTELEMETRY.only(TRACES)),
        (sends, OPENTELEMETRY_HTTP.only(NOTHING)),
        (sends, OPENTELEMETRY_OTLP.only(OTLP)),
        (sends, OPENTELEMETRY_SDK.only(TRACES)),
        (has_core || has_aggregates, PERCENT_ENCODING.plain()),
        (has_core, PROMETHEUS_CLIENT.plain()),
        (true, SERDE_JSON.with(json)),
        (true, TOKIO.with(SERVER)),
        (has_core, TOKIO_IO_TIMEOUT.plain()),
        (has_core && needs.tls, TOKIO_RUSTLS.only(SERVER_TLS)),
        (true, TOWER.with(&["retry", "util"])),
        (true, TOWER_HTTP.with(&["compression-gzip", "timeout"])),
        (true, TRACING.plain()),
        (sends, TRACING_OPENTELEMETRY.only(NOTHING)),
        (has_core, TRACING_SUBSCRIBER.with(LOGS)),
        (true, UUID.with(&["v7"])),
    ])
}

/// Of a client.
pub(super) fn client(needs: Needs) -> Lines {
    let always = lines([
        BASE64.plain(),
        CHRONO.only(&["alloc"]),
        FUTURES_CORE.only(NOTHING),
        HTTP_BODY_UTIL.plain(),
        HTTPDATE.plain(),
        HYPER.with(&["client", "http1"]),
        HYPER_RUSTLS.only(TLS).optional(),
        HYPER_UTIL.with(&["client-legacy", "http1", "tokio"]),
        PERCENT_ENCODING.plain(),
        SERDE_JSON.with(JSON),
        TOKIO.with(&["time"]),
        UUID.plain(),
    ]);
    let decimals = chosen([(needs.decimals, RUST_DECIMAL.plain())]);
    let mut all = [always, decimals].concat();
    all.sort_by_key(|(name, _)| *name);
    all
}
