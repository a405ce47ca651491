//! The walk over the syntax.

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::{
    Expr, FieldValue, ItemImpl, Macro, Member, Token,
    parse::Parser as _,
    punctuated::Punctuated,
    spanned::Spanned as _,
    visit::{self, Visit},
};

use super::{Reader, words};
use crate::user::{imports::imports, names::Layer, types::Ty};

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if let Some((_, items)) = &item.content {
            let mut module = self.names.module();
            module.push(item.ident.to_string());
            self.names.push(Layer::of(items, Some(module)));
            visit::visit_item_mod(self, item);
            self.names.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            for import in imports(&item.tree) {
                let words = import.path.iter();
                let words: Vec<_> = words.map(|word| (word.to_string(), word.span())).collect();
                self.name(&words);
            }
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.definition(&item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.definition(&item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.definition(&item.ident);
        visit::visit_item_type(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.unit(item.to_token_stream(), |reader| {
            reader.signature(&item.sig);
            visit::visit_item_fn(reader, item);
        });
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let methods = item.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(item) => Some(item.sig.ident.to_string()),
            _ => None,
        });
        let implemented = self.implemented(item);
        let outer = (
            std::mem::replace(&mut self.implemented, implemented),
            std::mem::replace(&mut self.siblings, methods.collect()),
        );
        visit::visit_item_impl(self, item);
        (self.implemented, self.siblings) = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.unit(item.to_token_stream(), |reader| {
            reader.method(&item.sig.ident);
            reader.signature(&item.sig);
            visit::visit_impl_item_fn(reader, item);
        });
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.name(&words(path));
        visit::visit_path(self, path);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let items = block.stmts.iter().filter_map(|statement| match statement {
            syn::Stmt::Item(item) => Some(item),
            _ => None,
        });
        self.names.push(Layer::of(items, None));
        self.variables.push();
        visit::visit_block(self, block);
        self.variables.pop();
        self.names.pop();
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        visit::visit_local(self, local);
        let ty = local
            .init
            .as_ref()
            .and_then(|init| self.type_of(&init.expr));
        self.bind(&local.pat, ty);
    }

    fn visit_expr_let(&mut self, expression: &'ast syn::ExprLet) {
        visit::visit_expr_let(self, expression);
        let ty = self.type_of(&expression.expr);
        self.bind(&expression.pat, ty);
    }

    fn visit_expr_if(&mut self, expression: &'ast syn::ExprIf) {
        self.variables.push();
        self.visit_expr(&expression.cond);
        self.visit_block(&expression.then_branch);
        self.variables.pop();
        if let Some((_, otherwise)) = &expression.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, expression: &'ast syn::ExprWhile) {
        self.variables.push();
        visit::visit_expr_while(self, expression);
        self.variables.pop();
    }

    fn visit_expr_for_loop(&mut self, expression: &'ast syn::ExprForLoop) {
        self.visit_expr(&expression.expr);
        let item = self.item_of(&expression.expr);
        self.variables.push();
        self.bind(&expression.pat, item);
        self.visit_pat(&expression.pat);
        self.visit_block(&expression.body);
        self.variables.pop();
    }

    fn visit_expr_match(&mut self, expression: &'ast syn::ExprMatch) {
        self.visit_expr(&expression.expr);
        let ty = self.type_of(&expression.expr);
        for arm in &expression.arms {
            self.variables.push();
            self.bind(&arm.pat, ty.clone());
            self.visit_arm(arm);
            self.variables.pop();
        }
        self.exhausts(expression);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        let lent = self.lent.take();
        self.variables.push();
        for (index, input) in closure.inputs.iter().enumerate() {
            let ty = lent.clone().filter(|_| index == 0);
            self.bind(input, ty);
        }
        visit::visit_expr_closure(self, closure);
        self.variables.pop();
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.visit_expr(&call.receiver);
        self.call_of_self(call);
        let lent = self.lent(call);
        for argument in &call.args {
            self.lent = lent
                .clone()
                .filter(|_| matches!(argument, Expr::Closure(_)));
            self.visit_expr(argument);
        }
        self.lent = None;
    }

    fn visit_expr_field(&mut self, expression: &'ast syn::ExprField) {
        visit::visit_expr_field(self, expression);
        if let Member::Named(name) = &expression.member
            && let Some(Ty::Def(path)) = self.type_of(&expression.base)
        {
            self.member(&path, name, false);
        }
    }

    fn visit_expr_struct(&mut self, expression: &'ast syn::ExprStruct) {
        visit::visit_expr_struct(self, expression);
        let named: Vec<_> = expression.fields.iter().filter_map(named_value).collect();
        self.fields(&expression.path, &named, expression.dot2_token.is_some());
    }

    fn visit_pat_struct(&mut self, pattern: &'ast syn::PatStruct) {
        visit::visit_pat_struct(self, pattern);
        let named = pattern
            .fields
            .iter()
            .filter_map(|field| match &field.member {
                Member::Named(name) => Some((name, field.colon_token.is_none(), field.pat.span())),
                Member::Unnamed(_) => None,
            });
        let named: Vec<_> = named.collect();
        self.fields(&pattern.path, &named, pattern.rest.is_some());
    }

    fn visit_pat_tuple_struct(&mut self, pattern: &'ast syn::PatTupleStruct) {
        visit::visit_pat_tuple_struct(self, pattern);
        self.tuple(&pattern.path);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        visit::visit_expr_call(self, call);
        if let Expr::Path(path) = &*call.func {
            self.tuple(&path.path);
        }
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        if item.path.is_ident("macro_rules") {
            return;
        }
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        match parser.parse2(item.tokens.clone()) {
            Ok(list) => list
                .iter()
                .for_each(|expression| self.visit_expr(expression)),
            Err(_) => self.tokens(item.tokens.clone()),
        }
    }
}

fn named_value(field: &FieldValue) -> Option<(&syn::Ident, bool, Span)> {
    match &field.member {
        Member::Named(name) => Some((name, field.colon_token.is_none(), name.span())),
        Member::Unnamed(_) => None,
    }
}
