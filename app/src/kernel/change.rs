use std::borrow::Cow;

use db::{Statement, Value};
use serde_json::{Value as Json, json};

/// What somebody did, for the ledger.
#[derive(Debug, Clone)]
pub struct Act {
    pub kind: Cow<'static, str>,
    /// The id of what it was done to.
    pub subject: String,
    pub detail: Json,
    /// The act says for which organisation it was done, and not by whom.
    pub(super) unnamed: bool,
    /// The act binds somebody or gives a right, whatever its kind.
    pub(super) binds: bool,
}

impl Act {
    pub fn new(kind: &'static str, subject: impl ToString) -> Act {
        Act {
            kind: Cow::Borrowed(kind),
            subject: subject.to_string(),
            detail: json!({}),
            unnamed: false,
            binds: false,
        }
    }

    /// The same act, done to something else elsewhere.
    pub fn again(kind: &str, subject: &str, detail: Json) -> Act {
        Act {
            kind: Cow::Owned(kind.to_owned()),
            subject: subject.to_owned(),
            detail,
            unnamed: false,
            binds: false,
        }
    }

    /// Leaves out who did it, so that everybody may be shown this act and its place in the log. It
    /// stands beside an act that names them.
    pub fn unnamed(mut self) -> Act {
        self.unnamed = true;
        self
    }

    /// With a session alone it is not written: the person shows, with the same request, that it is them.
    pub fn binding(mut self, binds: bool) -> Act {
        self.binds = binds;
        self
    }

    pub fn with(mut self, key: &str, value: impl Into<Json>) -> Act {
        self.detail[key] = value.into();
        self
    }
}

pub(super) struct Write {
    pub statement: &'static Statement,
    pub args: Vec<Value>,
    pub one: bool,
}

/// A thing that is allowed but not yet written. It always carries its act, so nothing is written
/// that the ledger does not know; only [`Ctx::commit`](crate::kernel::Ctx::commit) can write it.
pub struct Change {
    pub(super) acts: Vec<Act>,
    pub(super) writes: Vec<Write>,
}

impl Change {
    pub fn new(act: Act) -> Change {
        Change {
            acts: vec![act],
            writes: Vec::new(),
        }
    }

    /// Adds a write that may touch any number of rows.
    pub fn write(mut self, statement: &'static Statement, args: &[Value]) -> Change {
        self.writes.push(Write {
            statement,
            args: args.to_vec(),
            one: false,
        });
        self
    }

    /// Adds a write that must touch exactly one row; otherwise somebody else was first and
    /// nothing at all is written.
    pub fn write_one(mut self, statement: &'static Statement, args: &[Value]) -> Change {
        self.writes.push(Write {
            statement,
            args: args.to_vec(),
            one: true,
        });
        self
    }

    /// Does both in one transaction, this one first.
    pub fn and(mut self, other: Change) -> Change {
        self.acts.extend(other.acts);
        self.writes.extend(other.writes);
        self
    }
}
