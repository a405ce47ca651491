//! Patterns: which texts match them, and how such a text is made.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use regex::Regex;
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

/// How many pieces a text may be made of: repetitions inside of repetitions multiply.
const MAX_STEPS: usize = 20_000;

/// A piece of a text that matches.
pub(super) enum Piece<'p> {
    /// As it is.
    Literal(&'p str),
    /// One of these.
    Class(&'p ClassUnicode),
}

/// Whether a text matches; nothing matches what is no pattern.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    thread_local! {
        static KNOWN: RefCell<HashMap<String, Option<Rc<Regex>>>> = RefCell::default();
    }
    let known = KNOWN.with_borrow(|known| known.get(pattern).cloned());
    let regex = known.unwrap_or_else(|| {
        let regex = Regex::new(pattern).ok().map(Rc::new);
        KNOWN.with_borrow_mut(|known| known.insert(pattern.to_owned(), regex.clone()));
        regex
    });
    regex.is_some_and(|regex| regex.is_match(text))
}

/// The pieces of a text that matches, in order, with about `length` repetitions where the pattern
/// has a choice; of alternatives the one of the seed. `None` where none was found, or `visit` says so.
pub(super) fn pieces(
    pattern: &str,
    (seed, length): (u64, usize),
    visit: &mut impl FnMut(Piece<'_>) -> Option<()>,
) -> Option<()> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut walk = Walk {
        seed,
        length,
        steps: MAX_STEPS,
        visit,
    };
    walk.hir(&hir)
}

struct Walk<'v, V> {
    seed: u64,
    length: usize,
    /// How many may come yet.
    steps: usize,
    visit: &'v mut V,
}

impl<V: FnMut(Piece<'_>) -> Option<()>> Walk<'_, V> {
    fn hir(&mut self, hir: &Hir) -> Option<()> {
        self.steps = self.steps.checked_sub(1)?;
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Some(()),
            HirKind::Literal(text) => (self.visit)(Piece::Literal(str::from_utf8(&text.0).ok()?)),
            HirKind::Class(Class::Unicode(class)) => (self.visit)(Piece::Class(class)),
            HirKind::Class(Class::Bytes(_)) => None,
            HirKind::Repetition(repetition) => {
                let least = repetition.min as usize;
                let most = repetition.max.map_or(usize::MAX, |most| most as usize);
                let count = self.length.clamp(least, most).min(10_000);
                (0..count).try_for_each(|_| self.hir(&repetition.sub))
            }
            HirKind::Capture(capture) => self.hir(&capture.sub),
            HirKind::Concat(all) => all.iter().try_for_each(|part| self.hir(part)),
            HirKind::Alternation(all) => {
                let count = u64::try_from(all.len()).ok()?;
                self.hir(all.get(usize::try_from(self.seed % count).ok()?)?)
            }
        }
    }
}
