//! An interface for programs in the government's API catalogue: a row of its CSV file, and its JSON.

use serde_json::{Value, json};

#[derive(Debug, Clone, Default)]
pub struct Api {
    pub name: String,
    pub description: String,
    pub url: String,
    pub documentation: String,
    pub licence: String,
    /// A team mailbox, never a person.
    pub contact: String,
    pub area_served: String,
    pub starts: String,
    pub ends: String,
    pub organisation: String,
}

/// Days that depend on when an entry was added and changed, as the file says them.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    pub added: &'a str,
    pub updated: &'a str,
}

const VERSION: &str = "api.gov.uk/v1alpha";

impl Api {
    /// The columns of the catalogue's CSV file by name. What is not known is empty.
    pub fn row(&self, run: Run<'_>) -> Value {
        json!({
            "dateAdded": run.added,
            "dateUpdated": run.updated,
            "url": self.url,
            "name": self.name,
            "description": self.description,
            "documentation": self.documentation,
            "license": self.licence,
            "maintainer": self.contact,
            "areaServed": self.area_served,
            "startDate": self.starts,
            "endDate": self.ends,
            "provider": slug(&self.organisation),
        })
    }

    /// One of the `apis` of the JSON.
    pub fn v1alpha(&self) -> Value {
        json!({
            "api-version": VERSION,
            "data": {
                "name": self.name,
                "description": self.description,
                "url": self.url,
                "contact": self.contact,
                "organisation": self.organisation,
                "documentation-url": self.documentation,
            },
        })
    }
}

/// "London Borough of Hackney" as "london-borough-of-hackney".
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
    {
        match c {
            '&' => slug.push_str("and"),
            c if c.is_alphanumeric() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.trim_end_matches('-').to_owned()
}
