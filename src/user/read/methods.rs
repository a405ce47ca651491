//! The methods of the traits that the user implements.

use syn::{Expr, ItemImpl};

use super::{Reader, words};
use crate::user::{
    history::Now,
    misfit::{Edit, Kind},
};

impl<'a> Reader<'a> {
    /// The trait of an impl: its path now, and as it was.
    pub(super) fn implemented(&self, item: &ItemImpl) -> Option<(String, String)> {
        let (path, _) = item.trait_.as_ref()?;
        let words = words(path);
        let mention = self.resolve(&words).map(|mention| mention.path.join("::"));
        let mention = mention.filter(|path| path.starts_with("crud::"));
        let last = &words.last()?.0;
        let was = mention
            .or_else(|| self.contract.trait_named(last).map(str::to_owned))
            .or_else(|| self.history.trait_named(last).map(str::to_owned))?;
        let parts: Vec<String> = was.split("::").map(str::to_owned).collect();
        match self.fate(&parts) {
            None if self.contract.has_trait(&was) => Some((was.clone(), was)),
            Some(Some(now)) => Some((now.path.map_or(String::new(), |p| p.join("::")), was)),
            _ => None,
        }
    }

    /// Judges a method of an impl.
    pub(super) fn method(&mut self, ident: &syn::Ident) {
        let Some((now, was)) = self.implemented.clone() else {
            return;
        };
        let name = ident.to_string();
        let name = name.trim_start_matches("r#");
        self.methods
            .push((now.clone(), name.to_owned(), ident.span()));
        if self.contract.has_method(&now, name) {
            return;
        }
        let path: Vec<String> = format!("{was}::{name}")
            .split("::")
            .map(str::to_owned)
            .collect();
        let moved = self
            .history
            .now(&path)
            .filter(|known| known.was.path == path.join("::"));
        let trait_name = now.rsplit("::").next().unwrap_or_default();
        let Some(moved) = moved else {
            let message = format!(
                "no operation belongs to `{name}` any more: `{trait_name}` has no such method"
            );
            self.tell(Kind::Removed, ident.span(), message);
            self.hint(REMOVED.to_owned());
            return;
        };
        self.moved(&moved, ident, &now);
        self.remember(moved.was);
    }

    /// A method whose operation is another one's, or nobody's, now.
    fn moved(&mut self, moved: &Now<'a>, ident: &syn::Ident, now: &str) {
        let name = ident.to_string();
        let name = name.trim_start_matches("r#");
        let of = &moved.was.of;
        let new = moved.path.as_ref().map(|path| path.join("::"));
        match new.as_deref().and_then(|path| path.rsplit_once("::")) {
            None => {
                let message = format!(
                    "no operation belongs to `{name}` any more ({of} is gone from the document)"
                );
                self.tell(Kind::Removed, ident.span(), message);
                self.hint(REMOVED.to_owned());
            }
            Some((path, new)) if path == now => {
                self.tell(
                    Kind::Renamed,
                    ident.span(),
                    format!("`{name}` is called `{new}` now ({of})"),
                );
                let is_taken = self.siblings.contains(new);
                if let Some(found) = self.found.last_mut() {
                    found.is_method = true;
                    match is_taken {
                        true => found.hint = Some(format!("remove it: `{new}` is there already")),
                        false => {
                            found.edits = vec![Edit::replace(ident.span().byte_range(), new)];
                            found.is_editable = true;
                        }
                    }
                }
            }
            Some((path, new)) => {
                let owner = path.rsplit("::").next().unwrap_or_default();
                let module = path.split("::").nth(1).unwrap_or_default();
                let message = format!("`{name}` belongs to `{owner}` now, as `{new}` ({of})");
                self.tell(Kind::Renamed, ident.span(), message);
                self.hint(format!(
                    "move it into `impl {owner} for …` in `src/services/{module}.rs`"
                ));
                if let Some(found) = self.found.last_mut() {
                    found.is_method = true;
                }
            }
        }
    }

    /// `self.list_items(…)` inside of the trait's impl.
    pub(super) fn call_of_self(&mut self, call: &syn::ExprMethodCall) {
        let (Expr::Path(on), Some((now, was))) = (&*call.receiver, self.implemented.clone()) else {
            return;
        };
        let name = call.method.to_string();
        if !on.path.is_ident("self") || self.contract.has_method(&now, &name) {
            return;
        }
        let path: Vec<String> = format!("{was}::{name}")
            .split("::")
            .map(str::to_owned)
            .collect();
        let Some(known) = self
            .history
            .now(&path)
            .filter(|n| n.was.path == path.join("::"))
        else {
            return;
        };
        let new = known.path.map(|path| path.join("::"));
        if let Some((path, new)) = new.as_deref().and_then(|path| path.rsplit_once("::"))
            && path == now
        {
            let span = call.method.span();
            let message = format!("`{name}` is called `{new}` now ({})", known.was.of);
            self.tell(Kind::Renamed, span, message);
            self.remember(known.was);
            if let Some(found) = self.found.last_mut() {
                found.edits = vec![Edit::replace(span.byte_range(), new)];
                found.is_editable = true;
            }
        }
    }
}

const REMOVED: &str = "remove the method, or keep it as a plain function outside of the trait";
