//! The values of a form or a query, by name.

use std::collections::{BTreeMap, BTreeSet};

/// Field values by name, in the order they were sent. What stands in them is text ([`text::kept`]), but for passwords.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub BTreeMap<String, Vec<String>>, BTreeSet<String>);

impl Fields {
    /// The field's value, or "" when it was not sent.
    pub fn one(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether something that is no text was dropped from this field.
    pub fn lost(&self, name: &str) -> bool {
        self.1.contains(name)
    }

    /// Whether something that is no text was dropped from any field.
    pub fn lost_any(&self) -> bool {
        !self.1.is_empty()
    }

    /// Adds a value as it was sent; what is no text in it is dropped.
    pub fn add(&mut self, name: String, value: String) {
        let name = text::kept(&name).text;
        let value = if is_secret(&name) {
            value
        } else {
            let mut kept = text::kept(&value);
            if is_address(&kept.text) && kept.text.contains(text::is_unseen) {
                kept.text.retain(|c| !text::is_unseen(c));
                kept.dropped = true;
            }
            if kept.dropped {
                self.1.insert(name.clone());
            }
            kept.text
        };
        self.0.entry(name).or_default().push(value);
    }

    /// What was kept of a form that was read before.
    pub fn again(values: BTreeMap<String, Vec<String>>) -> Fields {
        Fields(values, BTreeSet::new())
    }

    /// One field with one value.
    pub fn of(name: &str, value: &str) -> Fields {
        let mut fields = Fields::default();
        fields.add(name.to_owned(), value.to_owned());
        fields
    }

    pub fn parse(query: &str) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            fields.add(name.into_owned(), value.into_owned());
        }
        fields
    }
}

/// Secrets are taken as they were typed: they are hashed or locked, and never shown.
fn is_secret(field: &str) -> bool {
    field.contains("password") || field.contains("secret")
}

/// Whether it looks like an e-mail address, which is often pasted with what cannot be seen.
fn is_address(value: &str) -> bool {
    value.contains('@') && !value.trim().contains(char::is_whitespace)
}
