//! A condition of a pack: its source and its tree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::evaluate::{self, Values};
use crate::expr::{self, Expr};
use crate::fault::Place;
use crate::names::Name;

/// Stands in [`Condition::reads`] for a list that cannot be named.
pub(crate) const ANY: &str = "*";

/// A condition, parsed once at load.
#[derive(Clone, Debug)]
pub struct Condition {
    source: String,
    pub(crate) expr: Arc<Expr>,
    pub(crate) place: Place,
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

impl Condition {
    /// Parses; the error is what is wrong and its cure.
    pub(crate) fn parse(source: &str, place: Place) -> Result<Condition, (String, String)> {
        Ok(Condition {
            source: source.to_owned(),
            expr: Arc::new(expr::parse(source)?),
            place,
        })
    }

    /// The text as written in the pack.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Gives its names their numbers, once the names of the type are known.
    pub(crate) fn number(&mut self, names: &BTreeMap<String, Name>) {
        Arc::make_mut(&mut self.expr).number(names);
    }

    /// Whether it holds for the values at a place.
    pub(crate) fn holds(&self, values: Values) -> bool {
        evaluate::truth(&self.expr, values, None)
    }

    /// The place of a word inside the condition, for faults in conditions over several lines.
    pub(crate) fn place_of(&self, word: &str) -> Place {
        let before = self.source.find(word).map_or("", |at| &self.source[..at]);
        Place {
            file: self.place.file.clone(),
            line: self.place.line + before.matches('\n').count(),
        }
    }

    /// The names it reads, each with the fields it reads of the items of a list of objects.
    pub(crate) fn reads(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut reads = BTreeMap::new();
        collect(&self.expr, &mut Vec::new(), &mut reads);
        reads
    }
}

/// `lists` holds, per enclosing closure, the name whose items it goes over.
fn collect<'e>(
    expr: &'e Expr,
    lists: &mut Vec<Option<Root<'e>>>,
    reads: &mut BTreeMap<String, BTreeSet<String>>,
) {
    match expr {
        Expr::Name(name, _) => {
            reads.entry(name.clone()).or_default();
        }
        Expr::Field(inner, field) => {
            // An item whose list cannot be named may be a party or a flow.
            let name = root(inner, lists).map_or(ANY, |(name, _)| name);
            reads
                .entry(name.to_owned())
                .or_default()
                .insert(field.clone());
            collect(inner, lists, reads);
        }
        Expr::Over(_, list, body) => {
            collect(list, lists, reads);
            lists.push(root(list, lists));
            collect(body, lists, reads);
            lists.pop();
        }
        Expr::Literal(_) | Expr::Item(_) => {}
        Expr::List(items) | Expr::Call(_, items) => {
            items.iter().for_each(|item| collect(item, lists, reads));
        }
        Expr::Not(inner) => collect(inner, lists, reads),
        Expr::And(l, r)
        | Expr::Or(l, r)
        | Expr::Compare(_, l, r)
        | Expr::In(l, r)
        | Expr::Arithmetic(_, l, r) => {
            collect(l, lists, reads);
            collect(r, lists, reads);
        }
        Expr::If(c, a, b) => {
            collect(c, lists, reads);
            collect(a, lists, reads);
            collect(b, lists, reads);
        }
    }
}

/// An answer name and its number.
pub(crate) type Root<'e> = (&'e str, usize);

/// The answer name behind a list or an item of it, through filters.
pub(crate) fn root<'e>(expr: &'e Expr, lists: &[Option<Root<'e>>]) -> Option<Root<'e>> {
    match expr {
        Expr::Name(name, number) => Some((name, *number)),
        Expr::Item(depth) => lists.iter().rev().nth(*depth).copied().flatten(),
        Expr::Over(expr::Over::Filter, list, _) => root(list, lists),
        _ => None,
    }
}
