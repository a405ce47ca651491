//! Paths, imports and definitions: what the file calls things.

use proc_macro2::Span;

use super::Reader;
use crate::user::{
    misfit::{Edit, Kind},
    names::Mention,
};

impl<'a> Reader<'a> {
    /// Judges a path that the file names.
    pub(super) fn name(&mut self, words: &[(String, Span)]) {
        let Some(mention) = self.resolve(words) else {
            return;
        };
        let Some(span) = mention.spans.iter().rev().find_map(|span| *span) else {
            return;
        };
        let Some(fate) = self.fate(&mention.path) else {
            self.claim(&mention, &mention.path);
            self.member_type(&mention.path.join("::"), span);
            return;
        };
        let path = mention.path.join("::");
        let Some(now) = fate else {
            let message = format!("there is no `crate::{path}`");
            self.tell(Kind::Signature, span, message);
            return;
        };
        let Some(new) = now.path else {
            let of = &now.was.of;
            self.tell(
                Kind::Gone,
                span,
                format!("`crate::{path}` is gone with {of}"),
            );
            self.remember(now.was);
            return;
        };
        self.renamed(&mention, &new, span);
        self.remember(now.was);
    }

    fn renamed(&mut self, mention: &Mention, new: &[String], span: Span) {
        let edits = self.claim(mention, new);
        let pair = mention
            .path
            .iter()
            .zip(new)
            .rev()
            .find(|(was, now)| was != now);
        let renamed = pair.map(|(was, now)| (was.clone(), now.clone()));
        let [was, now] = [&mention.path[..], new].map(|path| path.join("::"));
        let message = format!("`crate::{was}` is called `crate::{now}` now");
        self.tell(Kind::Renamed, span, message);
        let taken = edits.iter().find(|edit| self.is_taken(mention, edit));
        if let Some(Edit { text, .. }) = taken {
            let hint = format!("rename it by hand: `{text}` means something else in this file");
            return self.hint(hint);
        }
        if let Some(found) = self.found.last_mut() {
            found.renamed = renamed;
            found.is_editable = mention.path.len() == new.len();
            found.edits = edits;
        }
    }

    /// Whether an edit would bring a name that already means something here: that of an import or
    /// of an item, which is the last word, or the first of a longer path.
    fn is_taken(&self, mention: &Mention, edit: &Edit) -> bool {
        let bound = [
            mention.spans.last(),
            mention.spans.iter().find(|span| span.is_some()),
        ];
        let starts = bound
            .into_iter()
            .flatten()
            .flatten()
            .map(|span| span.byte_range().start);
        let is_bound = starts.into_iter().any(|start| start == edit.range.0);
        is_bound && self.names.is_taken(&edit.text)
    }

    /// Says what the written words of a path should be; gives the edits for that.
    fn claim(&mut self, mention: &Mention, path: &[String]) -> Vec<Edit> {
        let mut edits = Vec::new();
        let words = mention.path.iter().zip(&mention.spans).zip(path);
        for ((was, span), now) in words {
            if let Some(span) = span {
                let range = span.byte_range();
                self.claims.push((range.start, now.clone()));
                if was != now {
                    edits.push(Edit::replace(range, now));
                }
            }
        }
        edits
    }

    /// An item of the user's that the generated code names.
    pub(super) fn definition(&mut self, ident: &syn::Ident) {
        let mut path = self.names.module();
        let mut spans = vec![None; path.len()];
        path.push(ident.to_string());
        spans.push(Some(ident.span()));
        if let Some(Some(now)) = self.fate(&path)
            && let Some(new) = now.path
            && path.last() != new.last()
        {
            let edits = self.claim(
                &Mention {
                    path: path.clone(),
                    spans,
                },
                &new,
            );
            let now_called = new.last().cloned().unwrap_or_default();
            let message = format!("`{ident}` is to be called `{now_called}` now");
            self.tell(Kind::Renamed, ident.span(), message);
            self.remember(now.was);
            let is_taken = self.names.is_taken(&now_called);
            if let Some(found) = self.found.last_mut() {
                found.renamed = Some((ident.to_string(), now_called));
                if !is_taken {
                    found.edits = edits;
                    found.is_editable = true;
                }
            }
        }
    }
}
