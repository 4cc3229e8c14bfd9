//! Changes that others propose to a published text, part by part.

use std::collections::BTreeMap;

/// A text in named parts, with all its versions. The first is version 1.
#[derive(Debug, Clone)]
pub struct Guide {
    versions: Vec<BTreeMap<String, String>>,
}

/// What becomes of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It went in, as this version.
    Accepted { version: usize },
    /// Parts that it touches were changed since the version it began from.
    NeedsRework { clash: Vec<String>, version: usize },
    /// The text already says so.
    NoChange,
}

/// A proposal names a version that there is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownBase;

impl std::fmt::Display for UnknownBase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a proposal names a version that there is not")
    }
}

impl std::error::Error for UnknownBase {}

impl Guide {
    pub fn new(text: BTreeMap<String, String>) -> Guide {
        Guide {
            versions: vec![text],
        }
    }

    pub fn version(&self) -> usize {
        self.versions.len()
    }

    pub fn text(&self) -> &BTreeMap<String, String> {
        &self.versions[self.versions.len() - 1]
    }

    /// Takes in a proposal that began from version `base`. Parts that it does not touch may have changed since.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn propose(
        &mut self,
        base: usize,
        changes: &BTreeMap<String, String>,
    ) -> Result<Outcome, UnknownBase> {
        let base = base.checked_sub(1).and_then(|base| self.versions.get(base));
        let base = base.ok_or(UnknownBase)?;
        let now = self.text();
        let clash: Vec<String> = changes
            .keys()
            .filter(|part| base.get(*part) != now.get(*part))
            .cloned()
            .collect();
        if !clash.is_empty() {
            let version = self.version();
            return Ok(Outcome::NeedsRework { clash, version });
        }
        if changes
            .iter()
            .all(|(part, text)| now.get(part) == Some(text))
        {
            return Ok(Outcome::NoChange);
        }
        let mut next = now.clone();
        next.extend(changes.clone());
        self.versions.push(next);
        Ok(Outcome::Accepted {
            version: self.version(),
        })
    }
}
