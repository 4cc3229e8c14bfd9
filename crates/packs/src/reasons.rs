//! Why a rule fired, and what would make a silent one fire.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::condition::{Condition, Root, root};
use crate::evaluate::{Items, Values, eval, truth};
use crate::expr::{Call, Compare, Expr, Over};
use crate::form::Question;
use crate::names::Source;
use crate::view::{Because, Need, View};

/// Most ways and needs shown for a silent rule.
const MOST_WAYS: usize = 12;

/// The answers that made a condition hold: those of its true alternatives only. A derived
/// answer is followed by the answers it was worked out from.
pub(crate) fn because(view: &View, condition: &Condition, values: Values) -> Vec<Because> {
    let mut walk = Walk::new(values);
    walk.decisive(&condition.expr, None);
    let mut reads = walk.reads;
    let mut open: Vec<usize> = reads.numbers();
    let mut expanded: Vec<usize> = Vec::new();
    while let Some(number) = open.pop() {
        let derived = match view.source(number) {
            Some(Source::Derived(i)) if !view.given.contains(&i) && !expanded.contains(&i) => i,
            _ => continue,
        };
        expanded.push(derived);
        let mut walk = Walk::new(values);
        walk.behind(&view.record_type.derived[derived].expr.expr, None);
        open.extend(walk.reads.numbers());
        reads.join(walk.reads);
    }
    reads
        .0
        .into_iter()
        .map(|read| Because {
            answer: read.path(),
            question: read.question(view).map(|question| question.id.clone()),
            value: read.told(),
        })
        .collect()
}

struct Read<'e, 'x> {
    name: &'e str,
    number: usize,
    field: Option<&'e str>,
    value: Cow<'x, Value>,
}

impl Read<'_, '_> {
    fn path(&self) -> String {
        match self.field {
            Some(field) => format!("{}.{field}", self.name),
            None => self.name.to_owned(),
        }
    }

    fn question<'a>(&self, view: &View<'a>) -> Option<&'a Question> {
        match self.field {
            Some(field) => view.question_of(field),
            None => view.question_from(view.source(self.number)?),
        }
    }

    /// The value; whole parties and flows are told by their kinds and ids.
    fn told(self) -> Value {
        let key = match (self.name, self.field) {
            ("parties", None) => "kind",
            ("flows", None) => "id",
            _ => return self.value.into_owned(),
        };
        let items = self.value.as_array().into_iter().flatten();
        items.filter_map(|item| item.get(key).cloned()).collect()
    }
}

/// What was read, in order, each path once; fields of items gather their values.
#[derive(Default)]
struct Reads<'e, 'x>(Vec<Read<'e, 'x>>);

impl<'e, 'x> Reads<'e, 'x> {
    fn numbers(&self) -> Vec<usize> {
        self.0.iter().map(|read| read.number).collect()
    }

    fn find(&mut self, number: usize, field: Option<&str>) -> Option<&mut Read<'e, 'x>> {
        let mut reads = self.0.iter_mut();
        reads.find(|read| read.number == number && read.field == field)
    }

    fn name(&mut self, (name, number): Root<'e>, values: Values<'x>) {
        if self.find(number, None).is_none() {
            self.0.push(Read {
                name,
                number,
                field: None,
                value: Cow::Borrowed(values.get(number)),
            });
        }
    }

    fn field(&mut self, (name, number): Root<'e>, field: &'e str, value: &Value) {
        match self.find(number, Some(field)) {
            Some(Read {
                value: Cow::Owned(Value::Array(values)),
                ..
            }) => {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
            _ => self.0.push(Read {
                name,
                number,
                field: Some(field),
                value: Cow::Owned(json!([value])),
            }),
        }
    }

    fn join(&mut self, more: Reads<'e, 'x>) {
        for read in more.0 {
            if self.find(read.number, read.field).is_none() {
                self.0.push(read);
            }
        }
    }
}

/// A walk that gathers reads.
struct Walk<'e, 'x> {
    values: Values<'x>,
    /// Per enclosing closure, the answer its list came from.
    roots: Vec<Option<Root<'e>>>,
    reads: Reads<'e, 'x>,
}

impl<'e, 'x> Walk<'e, 'x> {
    fn new(values: Values<'x>) -> Self {
        Walk {
            values,
            roots: Vec::new(),
            reads: Reads::default(),
        }
    }

    /// Reads of the parts that decided a test.
    fn decisive(&mut self, expr: &'e Expr, items: Option<&Items>) {
        match expr {
            Expr::And(l, r) | Expr::Or(l, r) => {
                let result = truth(expr, self.values, items);
                for side in [l, r] {
                    if truth(side, self.values, items) == result {
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
            Expr::Name(name, number) => self.reads.name((name, *number), self.values),
            Expr::Item(_) => {
                if let Some(name) = root(expr, &self.roots) {
                    self.reads.name(name, self.values);
                }
            }
            Expr::Field(inner, field) => match (root(inner, &self.roots), inner.as_ref()) {
                (Some(name), Expr::Item(_)) => {
                    let value = eval(expr, self.values, items);
                    self.reads.field(name, field, &value);
                }
                _ => self.behind(inner, items),
            },
            Expr::And(..) | Expr::Or(..) | Expr::Not(_) => self.decisive(expr, items),
            Expr::If(test, yes, no) => {
                self.decisive(test, items);
                let branch = if truth(test, self.values, items) {
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
        let values = eval(list, self.values, items);
        let all = values.as_array().map_or(&[][..], Vec::as_slice);
        let before = self.reads.0.len();
        if !matches!(list, Expr::Name(..)) {
            self.behind(list, items);
        }
        let tests: Vec<bool> = all
            .iter()
            .map(|value| {
                truth(
                    body,
                    self.values,
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
            self.reads.name(name, self.values);
        } else {
            self.behind(list, items);
        }
    }
}

/// The ways in which other answers would make a condition hold.
pub(crate) fn ways(view: &View, condition: &Condition, values: Values) -> Vec<Vec<Need>> {
    let needs = Needs { view, values };
    let mut ways = needs.ways(&condition.expr, true);
    ways.sort_by_key(Vec::len);
    ways.truncate(MOST_WAYS);
    ways
}

struct Needs<'x, 'a> {
    view: &'x View<'a>,
    values: Values<'x>,
}

impl Needs<'_, '_> {
    /// One empty way where the test already comes out as wanted.
    fn ways(&self, expr: &Expr, wanted: bool) -> Vec<Vec<Need>> {
        if truth(expr, self.values, None) == wanted {
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
        let mut walk = Walk::new(self.values);
        walk.behind(expr, None);
        let read = walk.reads.0.into_iter().next()?;
        Some(Need {
            answer: read.path(),
            question: read.question(self.view).map(|question| question.id.clone()),
            test: self.phrase(expr, wanted, read.field.unwrap_or(read.name)),
            value: read.told(),
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
