//! `auth: accounts`: what users must have, and what roles may do.

use crate::spec::{
    Node,
    dialect::tree::{from_pairs, text},
};

use super::{
    blueprint::{At, Resource, Role},
    reader::Reader,
};

/// The resource whose rows have accounts.
pub(super) const USERS: &str = "users";
/// What tells the role of a user.
pub(super) const ROLE: &str = "role";
/// The scopes for the users themselves.
const SCOPES: [(&str, &str); 2] = [("read", "users:read"), ("write", "users:write")];

impl Reader {
    /// The roles of users, the one of the first user first and the one of new users last.
    pub(super) fn roles(&mut self, root: &Node) -> Vec<Role> {
        let Some(node) = root.get("roles") else {
            let span = root.span;
            let all = SCOPES.map(|(_, scope)| At::new(scope.to_owned(), span));
            let role = |name: &str, scopes| Role {
                name: At::new(name.to_owned(), span),
                scopes,
            };
            return vec![role("admin", all.into()), role("member", Vec::new())];
        };
        if node.as_object().is_none() || node.members().next().is_none() {
            self.misfit(node, "roles", "a mapping from roles to lists of scopes");
            return Vec::new();
        }
        let mut roles = Vec::new();
        for (name, member) in node.members() {
            let name = At::new(name.to_owned(), member.key);
            if self.named(&name, "a role", false) {
                let scopes = self.texts(node, &name.value);
                roles.push(Role { name, scopes });
            }
        }
        roles
    }

    /// Gives the users what accounts need beside their own fields.
    pub(super) fn users(&mut self, auth: &At<()>, roles: &[Role], resources: &mut [Resource]) {
        let is_users = |resource: &&mut Resource| resource.name.value == USERS;
        let Some(users) = resources.iter_mut().find(is_users) else {
            let message = "accounts need a resource `users`";
            let hint = "`users: { fields: { email: email, name: string(1..80)? } }`";
            self.hinted(auth.span, message, hint);
            return;
        };
        let span = users.name.span;
        let has = |users: &Resource, name: &str| users.fields.iter().any(|f| f.name.value == name);
        if !has(users, "email") {
            let message = "`users` have no `email`, by which they sign in";
            self.hinted(span, message, "`fields: { email: email }`");
        }
        if !has(users, ROLE) && !roles.is_empty() {
            let names: Vec<&str> = roles.iter().map(|role| role.name.value.as_str()).collect();
            let last = names.last().copied().unwrap_or_default();
            let field = format!("enum({}) = {last}", names.join(", "));
            let field = from_pairs([(ROLE, text(&field, span))], span);
            users.fields.extend(self.fields(&field, 0));
        }
        if users.scopes.is_empty() {
            let pair = |(of, scope): (&str, &str)| {
                (
                    At::new(of.to_owned(), span),
                    At::new(scope.to_owned(), span),
                )
            };
            users.scopes = SCOPES.map(pair).into();
        }
    }
}
