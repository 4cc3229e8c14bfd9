//! Why a rule fired, and what would make a silent one fire.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::condition::{Condition, root};
use crate::evaluate::{Items, Lookup, eval, truth};
use crate::expr::{Call, Compare, Expr, Over};
use crate::names::Source;
use crate::view::{Because, Need, View};

/// Most ways and needs shown for a silent rule.
const MOST_WAYS: usize = 12;

/// The answers that made a condition hold: those of its true alternatives only. A derived
/// answer is followed by the answers it was worked out from.
pub(crate) fn because(view: &View, condition: &Condition, answers: &dyn Lookup) -> Vec<Because> {
    let mut walk = Walk {
        answers,
        roots: Vec::new(),
        reads: Reads::default(),
    };
    walk.decisive(&condition.expr, None);
    let mut reads = walk.reads;
    let mut open: Vec<&str> = reads.names();
    let mut expanded: BTreeSet<String> = BTreeSet::new();
    while let Some(name) = open.pop() {
        let derived = match view
            .record_type
            .plan
            .names
            .get(name)
            .map(|known| known.source)
        {
            Some(Source::Derived(i)) if !view.given.contains(name) => &view.record_type.derived[i],
            _ => continue,
        };
        if expanded.insert(name.to_owned()) {
            let mut walk = Walk {
                answers,
                roots: Vec::new(),
                reads: Reads::default(),
            };
            walk.behind(&derived.expr.expr, None);
            open.extend(walk.reads.names());
            reads.join(walk.reads);
        }
    }
    reads
        .0
        .into_iter()
        .map(|read| {
            let question = view.question_of(read.field.unwrap_or(read.name));
            Because {
                answer: read.path(),
                value: told(read.name, read.field, read.value),
                question: question.map(|question| question.id.clone()),
            }
        })
        .collect()
}

/// Whole parties and flows are told by their kinds and ids.
fn told(name: &str, field: Option<&str>, value: Value) -> Value {
    let key = match (name, field) {
        ("parties", None) => "kind",
        ("flows", None) => "id",
        _ => return value,
    };
    let items = value.as_array().into_iter().flatten();
    items.filter_map(|item| item.get(key).cloned()).collect()
}

struct Read<'e> {
    name: &'e str,
    field: Option<&'e str>,
    value: Value,
}

impl Read<'_> {
    fn path(&self) -> String {
        match self.field {
            Some(field) => format!("{}.{field}", self.name),
            None => self.name.to_owned(),
        }
    }
}

/// What was read, in order, each path once; fields of items gather their values.
#[derive(Default)]
struct Reads<'e>(Vec<Read<'e>>);

impl<'e> Reads<'e> {
    fn names(&self) -> Vec<&'e str> {
        self.0.iter().map(|read| read.name).collect()
    }

    fn name(&mut self, name: &'e str, answers: &dyn Lookup) {
        if !self
            .0
            .iter()
            .any(|read| read.name == name && read.field.is_none())
        {
            self.0.push(Read {
                name,
                field: None,
                value: answers.get(name).into_owned(),
            });
        }
    }

    fn field(&mut self, name: &'e str, field: &'e str, value: &Value) {
        let known = self
            .0
            .iter_mut()
            .find(|read| read.name == name && read.field == Some(field));
        match known {
            Some(Read {
                value: Value::Array(values),
                ..
            }) => {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
            _ => self.0.push(Read {
                name,
                field: Some(field),
                value: json!([value]),
            }),
        }
    }

    fn join(&mut self, more: Reads<'e>) {
        for read in more.0 {
            if !self
                .0
                .iter()
                .any(|known| known.name == read.name && known.field == read.field)
            {
                self.0.push(read);
            }
        }
    }
}

/// A walk that gathers reads.
struct Walk<'e, 'x> {
    answers: &'x dyn Lookup,
    /// Per enclosing closure, the answer its list came from.
    roots: Vec<Option<&'e str>>,
    reads: Reads<'e>,
}

impl<'e> Walk<'e, '_> {
    /// Reads of the parts that decided a test.
    fn decisive(&mut self, expr: &'e Expr, items: Option<&Items>) {
        match expr {
            Expr::And(l, r) | Expr::Or(l, r) => {
                let result = truth(expr, self.answers, items);
                for side in [l, r] {
                    if truth(side, self.answers, items) == result {
                        self.decisive(side, items);
                    }
                }
            }
            Expr::Not(inner) => self.decisive(inner, items),
            _ => self.behind(expr, items),
        }
    }

    /// Reads behind a value.
    fn behind(&mut self, expr: &'e Expr, items: Option<&Items>) {
        match expr {
            Expr::Literal(_) => {}
            Expr::Name(name) => self.reads.name(name, self.answers),
            Expr::Item(_) => {
                if let Some(name) = root(expr, &self.roots) {
                    self.reads.name(name, self.answers);
                }
            }
            Expr::Field(inner, field) => match (root(inner, &self.roots), inner.as_ref()) {
                (Some(name), Expr::Item(_)) => {
                    let value = eval(expr, self.answers, items).into_owned();
                    self.reads.field(name, field, &value);
                }
                _ => self.behind(inner, items),
            },
            Expr::And(..) | Expr::Or(..) | Expr::Not(_) => self.decisive(expr, items),
            Expr::If(test, yes, no) => {
                self.decisive(test, items);
                let branch = if truth(test, self.answers, items) {
                    yes
                } else {
                    no
                };
                self.behind(branch, items);
            }
            Expr::List(parts) | Expr::Call(_, parts) => {
                parts.iter().for_each(|part| self.behind(part, items));
            }
            Expr::Compare(_, l, r) | Expr::In(l, r) | Expr::Arithmetic(_, l, r) => {
                self.behind(l, items);
                self.behind(r, items);
            }
            Expr::Over(over, list, body) => self.over(*over, list, body, items),
        }
    }

    /// Reads of the items that decided, or of the list where no item did.
    fn over(&mut self, over: Over, list: &'e Expr, body: &'e Expr, items: Option<&Items>) {
        let values = eval(list, self.answers, items);
        let all = values.as_array().map_or(&[][..], Vec::as_slice);
        let before = self.reads.0.len();
        if !matches!(list, Expr::Name(_)) {
            self.behind(list, items);
        }
        let tests: Vec<bool> = all
            .iter()
            .map(|value| {
                truth(
                    body,
                    self.answers,
                    Some(&Items {
                        value,
                        outer: items,
                    }),
                )
            })
            .collect();
        let any = tests.contains(&true);
        let decided = |holds: bool| match over {
            Over::Some | Over::None if any => holds,
            Over::All if tests.contains(&false) => !holds,
            _ => true,
        };
        self.roots.push(root(list, &self.roots));
        for (value, holds) in all.iter().zip(&tests).filter(|(_, holds)| decided(**holds)) {
            let item = Items {
                value,
                outer: items,
            };
            if matches!(over, Over::Map | Over::FlatMap) {
                self.behind(body, Some(&item));
            } else if *holds || !matches!(over, Over::Filter | Over::Count) {
                self.decisive(body, Some(&item));
            }
        }
        self.roots.pop();
        if self.reads.0.len() == before {
            self.behind_list(list, items);
        }
    }

    fn behind_list(&mut self, list: &'e Expr, items: Option<&Items>) {
        if let Some(name) = root(list, &self.roots) {
            self.reads.name(name, self.answers);
        } else {
            self.behind(list, items);
        }
    }
}

/// The ways in which other answers would make a condition hold.
pub(crate) fn ways(view: &View, condition: &Condition, answers: &dyn Lookup) -> Vec<Vec<Need>> {
    let needs = Needs { view, answers };
    let mut ways = needs.ways(&condition.expr, true);
    ways.sort_by_key(Vec::len);
    ways.truncate(MOST_WAYS);
    ways
}

struct Needs<'x, 'a> {
    view: &'x View<'a>,
    answers: &'x dyn Lookup,
}

impl Needs<'_, '_> {
    /// One empty way where the test already comes out as wanted.
    fn ways(&self, expr: &Expr, wanted: bool) -> Vec<Vec<Need>> {
        if truth(expr, self.answers, None) == wanted {
            return vec![Vec::new()];
        }
        match (expr, wanted) {
            (Expr::Not(inner), _) => self.ways(inner, !wanted),
            (Expr::And(l, r), true) | (Expr::Or(l, r), false) => {
                let (left, right) = (self.ways(l, wanted), self.ways(r, wanted));
                left.iter()
                    .flat_map(|a| right.iter().map(move |b| [a.as_slice(), b].concat()))
                    .take(MOST_WAYS * 4)
                    .collect()
            }
            (Expr::Or(l, r), true) | (Expr::And(l, r), false) => {
                [self.ways(l, wanted), self.ways(r, wanted)].concat()
            }
            _ => self
                .need(expr, wanted)
                .into_iter()
                .map(|need| vec![need])
                .collect(),
        }
    }

    fn need(&self, expr: &Expr, wanted: bool) -> Option<Need> {
        let mut walk = Walk {
            answers: self.answers,
            roots: Vec::new(),
            reads: Reads::default(),
        };
        walk.behind(expr, None);
        let read = walk.reads.0.into_iter().next()?;
        let question = self.view.question_of(read.field.unwrap_or(read.name));
        Some(Need {
            answer: read.path(),
            question: question.map(|question| question.id.clone()),
            test: self.phrase(expr, wanted, read.field.unwrap_or(read.name)),
            value: told(read.name, read.field, read.value),
        })
    }

    /// A test in plain words, to be read after the name of the answer.
    fn phrase(&self, expr: &Expr, wanted: bool, name: &str) -> String {
        let not = |words: &str, other: &str| {
            if wanted {
                words.to_owned()
            } else {
                other.to_owned()
            }
        };
        match expr {
            Expr::Compare(compare, l, r) => {
                if let (Expr::Call(Call::Len, _), Expr::Literal(number)) = (l.as_ref(), r.as_ref())
                {
                    let filled = matches!(compare, Compare::More) == wanted;
                    if *number == 0 {
                        return if filled { "is filled in" } else { "is empty" }.to_owned();
                    }
                    return format!("has {} {number} items", bound(*compare, wanted));
                }
                let other = [l, r]
                    .into_iter()
                    .find_map(|side| self.literals(side, name));
                let other = other.unwrap_or_else(|| "the other answer".into());
                match compare {
                    Compare::Equal | Compare::NotEqual => {
                        let equal = (*compare == Compare::Equal) == wanted;
                        format!("{} {other}", if equal { "is" } else { "is not" })
                    }
                    _ => format!("is {} {other}", bound(*compare, wanted)),
                }
            }
            Expr::In(item, list) => match (self.literals(item, name), self.literals(list, name)) {
                (_, Some(list)) => format!("{} {list}", not("is", "is not")),
                (Some(item), None) => format!("{} {item}", not("includes", "does not include")),
                (None, None) => not("fits", "does not fit"),
            },
            Expr::Over(_, _, body) => {
                let inner = self.phrase(body, true, name);
                not(
                    &format!("{inner} for one of them"),
                    &format!("{inner} for none of them"),
                )
            }
            Expr::Not(inner) => self.phrase(inner, !wanted, name),
            Expr::And(l, r) => format!(
                "{} and {}",
                self.phrase(l, wanted, name),
                self.phrase(r, wanted, name)
            ),
            Expr::Or(l, r) => format!(
                "{} or {}",
                self.phrase(l, wanted, name),
                self.phrase(r, wanted, name)
            ),
            _ => not("is different", "is different"),
        }
    }

    /// Literals as their labels: "Yes" or "No".
    fn literals(&self, expr: &Expr, name: &str) -> Option<String> {
        match expr {
            Expr::Literal(Value::String(id)) => Some(self.label(name, id)),
            Expr::Literal(value) => Some(value.to_string()),
            Expr::List(items) => {
                let labels: Option<Vec<String>> =
                    items.iter().map(|item| self.literals(item, name)).collect();
                Some(labels?.join(" or "))
            }
            _ => None,
        }
    }

    fn label(&self, name: &str, id: &str) -> String {
        let question = self.view.question_of(name);
        let label = match question.map(|question| question.show(&json!(id))) {
            Some(shown) if !shown.is_empty() => shown.join(", "),
            _ => match self.view.law.kind(id).filter(|_| name == "kind") {
                Some(kind) => kind.name.clone(),
                None => id.replace('_', " "),
            },
        };
        format!("\"{label}\"")
    }
}

fn bound(compare: Compare, wanted: bool) -> &'static str {
    match (compare, wanted) {
        (Compare::Less, true) | (Compare::MoreOrEqual, false) => "less than",
        (Compare::LessOrEqual, true) | (Compare::More, false) => "at most",
        (Compare::More, true) | (Compare::LessOrEqual, false) => "more than",
        (Compare::MoreOrEqual, true) | (Compare::Less, false) => "at least",
        (Compare::Equal, true) | (Compare::NotEqual, false) => "exactly",
        (Compare::Equal, false) | (Compare::NotEqual, true) => "other than",
    }
}
