//! Any bytes, read as a document in YAML and in JSON: it loads, or is refused with diagnostics that can be shown.
#![no_main]

use apigen::{
    diagnostic::{self, Format},
    spec,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for name in ["api.yaml", "api.json"] {
        let (sources, diagnostics) = match spec::parse(name, text) {
            Ok((document, warnings)) => (document.sources, warnings),
            Err(refusal) => {
                assert!(!refusal.diagnostics.is_empty(), "refused without a reason");
                (refusal.sources, refusal.diagnostics)
            }
        };
        for format in [Format::Human { color: true }, Format::Json] {
            diagnostic::show(&diagnostics, &sources, format);
        }
    }
});
