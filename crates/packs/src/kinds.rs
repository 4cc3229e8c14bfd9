//! The types of conditions: what each part gives, and whether what is compared can be equal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::condition::{Condition, Root, root};
use crate::expr::{Call, Compare, Expr, Over};
use crate::fault::{Faults, suggest};
use crate::names::Name;

/// What a part of a condition gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A fault has been named already; anything goes.
    Unknown,
    Bool,
    Number,
    /// A text; with options where only these can be answered.
    Text(Option<BTreeSet<String>>),
    List(Box<Kind>),
    Object(Arc<BTreeMap<String, Kind>>),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Unknown => "unknown",
            Kind::Bool => "a test",
            Kind::Number => "a number",
            Kind::Text(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Object(_) => "an item with fields",
        })
    }
}

pub(crate) fn choices<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

pub(crate) fn options<'a>(words: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
    words.into_iter().cloned().collect()
}

/// Checks a condition that must hold or not.
pub(crate) fn check_test(
    condition: &Condition,
    names: &BTreeMap<String, Name>,
    faults: &mut Faults,
) {
    let kind = check(condition, names, faults);
    if !matches!(kind, Kind::Bool | Kind::Unknown) {
        faults.add(
            &condition.place,
            format!("This condition gives {kind}, not whether it holds"),
            "Compare it, as in personal_data == 'yes' or len(art6) > 0",
        );
    }
}

/// Checks a condition and gives its kind.
pub(crate) fn check(
    condition: &Condition,
    names: &BTreeMap<String, Name>,
    faults: &mut Faults,
) -> Kind {
    Checker {
        condition,
        names,
        faults,
        items: Vec::new(),
        roots: Vec::new(),
    }
    .kind(&condition.expr)
}

struct Checker<'c> {
    condition: &'c Condition,
    names: &'c BTreeMap<String, Name>,
    faults: &'c mut Faults,
    items: Vec<Kind>,
    roots: Vec<Option<Root<'c>>>,
}

impl<'c> Checker<'c> {
    fn fault(&mut self, word: &str, what: String, cure: impl Into<String>) -> Kind {
        let place = self.condition.place_of(word);
        self.faults.add(&place, what, cure);
        Kind::Unknown
    }

    /// What to call a part in a message.
    fn called(&self, expr: &Expr) -> String {
        match expr {
            Expr::Name(name, _) => format!("\"{name}\""),
            Expr::Field(inner, field) => match root(inner, &self.roots) {
                Some((name, _)) => format!("\"{field}\" of {name}"),
                None => format!("\"{field}\""),
            },
            Expr::Item(depth) => match self.roots.iter().rev().nth(*depth) {
                Some(Some((name, _))) => format!("an item of \"{name}\""),
                _ => "an item".into(),
            },
            Expr::Literal(Value::String(text)) => format!("'{text}'"),
            Expr::Literal(value) => value.to_string(),
            _ => "this part".into(),
        }
    }

    fn word<'e>(&self, expr: &'e Expr) -> &'e str {
        match expr {
            Expr::Name(word, _) | Expr::Field(_, word) => word,
            Expr::Literal(Value::String(word)) => word,
            Expr::Call(_, items) | Expr::List(items) => items.first().map_or("", |e| self.word(e)),
            _ => "",
        }
    }

    fn kind(&mut self, expr: &'c Expr) -> Kind {
        match expr {
            Expr::Literal(Value::Bool(_)) => Kind::Bool,
            Expr::Literal(Value::Number(_)) => Kind::Number,
            Expr::Literal(Value::String(text)) => Kind::Text(Some(choices([text.as_str()]))),
            // Answers are never null, so a test for it is needless but does no harm.
            Expr::Literal(_) => Kind::Unknown,
            Expr::List(items) => self.list(items),
            Expr::Name(name, _) => match self.names.get(name) {
                Some(known) => known.kind.clone(),
                None => {
                    let cure = suggest(name, self.names.keys().map(String::as_str));
                    self.fault(name, format!("There is no answer \"{name}\""), cure)
                }
            },
            Expr::Item(depth) => self
                .items
                .iter()
                .rev()
                .nth(*depth)
                .cloned()
                .unwrap_or(Kind::Unknown),
            Expr::Field(inner, field) => self.field(inner, field),
            Expr::Not(inner) => self.tests([inner]),
            Expr::And(l, r) | Expr::Or(l, r) => self.tests([l, r]),
            Expr::Compare(compare, l, r) => self.compare(*compare, l, r),
            Expr::In(item, list) => self.contains(item, list),
            Expr::Arithmetic(_, l, r) => {
                for side in [l, r] {
                    let kind = self.kind(side);
                    self.expect(side, kind, &Kind::Number);
                }
                Kind::Number
            }
            Expr::If(test, yes, no) => {
                self.tests([test]);
                let (yes, no) = (self.kind(yes), self.kind(no));
                self.join(yes, no)
            }
            Expr::Call(call, arguments) => self.call(*call, arguments),
            Expr::Over(over, list, body) => self.over(*over, list, body),
        }
    }

    fn list(&mut self, items: &'c [Expr]) -> Kind {
        let mut all = Kind::Unknown;
        for item in items {
            let kind = self.kind(item);
            all = if all == Kind::Unknown {
                kind
            } else {
                self.join(all, kind)
            };
        }
        if items.is_empty() {
            all = Kind::Text(Some(BTreeSet::new()));
        }
        Kind::List(Box::new(all))
    }

    fn join(&mut self, a: Kind, b: Kind) -> Kind {
        match (a, b) {
            (Kind::Text(Some(mut a)), Kind::Text(Some(b))) => {
                a.extend(b);
                Kind::Text(Some(a))
            }
            (Kind::Text(_), Kind::Text(_)) => Kind::Text(None),
            (Kind::List(a), Kind::List(b)) => Kind::List(Box::new(self.join(*a, *b))),
            (Kind::Unknown, other) | (other, Kind::Unknown) => other,
            (a, b) if a == b => a,
            (a, b) => self.fault(
                "",
                format!("One value is {a} and the other {b}"),
                "Let both be of the same kind",
            ),
        }
    }

    fn tests<const N: usize>(&mut self, sides: [&'c Expr; N]) -> Kind {
        for side in sides {
            let kind = self.kind(side);
            self.expect(side, kind, &Kind::Bool);
        }
        Kind::Bool
    }

    fn expect(&mut self, expr: &Expr, kind: Kind, wanted: &Kind) {
        if kind == Kind::Unknown || std::mem::discriminant(&kind) == std::mem::discriminant(wanted)
        {
            return;
        }
        let cure = match wanted {
            Kind::Bool => "Compare it, as in x == 'yes'; brackets may be missing",
            _ => "Compare texts with == or in; use len(…) for how many",
        };
        let called = self.called(expr);
        self.fault(
            self.word(expr),
            format!("{called} is {kind} where {wanted} is needed"),
            cure,
        );
    }

    fn field(&mut self, inner: &'c Expr, field: &str) -> Kind {
        match self.kind(inner) {
            Kind::Unknown => Kind::Unknown,
            Kind::Object(fields) => match fields.get(field) {
                Some(kind) => kind.clone(),
                None => {
                    let called = self.called(inner);
                    let cure = suggest(field, fields.keys().map(String::as_str));
                    self.fault(field, format!("There is no \"{field}\" in {called}"), cure)
                }
            },
            kind => {
                let called = self.called(inner);
                self.fault(
                    field,
                    format!("{called} is {kind} and has no \"{field}\""),
                    "Go over the items, as in some(parties, #.kind == 'vcs')",
                )
            }
        }
    }

    fn compare(&mut self, compare: Compare, l: &'c Expr, r: &'c Expr) -> Kind {
        let (left, right) = (self.kind(l), self.kind(r));
        if left == Kind::Unknown || right == Kind::Unknown {
            return Kind::Bool;
        }
        if !matches!(compare, Compare::Equal | Compare::NotEqual) {
            self.expect(l, left, &Kind::Number);
            self.expect(r, right, &Kind::Number);
            return Kind::Bool;
        }
        match (&left, &right) {
            (Kind::Text(_), Kind::Text(_)) => {
                self.possible(l, &left, r);
                self.possible(r, &right, l);
            }
            (Kind::Number, Kind::Number) | (Kind::Bool, Kind::Bool) => {}
            (Kind::List(_), _) | (_, Kind::List(_)) => {
                let (list, other) = if matches!(left, Kind::List(_)) {
                    (l, r)
                } else {
                    (r, l)
                };
                let (list, other) = (self.called(list), self.called(other));
                self.fault(
                    self.word(l),
                    format!("{list} is a list and cannot equal {other}"),
                    "Write as in 'health' in special, or len(special) == 0",
                );
            }
            _ => {
                let (a, b) = (self.called(l), self.called(r));
                self.fault(
                    self.word(l),
                    format!("{a} is {left} and {b} is {right}: they are never equal"),
                    "Compare values of the same kind",
                );
            }
        }
        Kind::Bool
    }

    fn contains(&mut self, item: &'c Expr, list: &'c Expr) -> Kind {
        let (one, many) = (self.kind(item), self.kind(list));
        match (&one, &many) {
            (Kind::Unknown, _) | (_, Kind::Unknown) => {}
            (_, Kind::List(of)) => {
                if let Expr::List(literals) = list {
                    for literal in literals {
                        self.possible(item, &one, literal);
                    }
                }
                self.possible(list, of, item);
                let same = std::mem::discriminant(of.as_ref()) == std::mem::discriminant(&one);
                if !same && **of != Kind::Unknown {
                    let (a, b) = (self.called(item), self.called(list));
                    let cure = if matches!(one, Kind::List(_)) {
                        "Go over the list, as in some(purposes, # in ['fraud', 'debt'])"
                    } else {
                        "Compare values of the same kind"
                    };
                    self.fault(
                        self.word(item),
                        format!("{a} is {one} and cannot be among the items of {b}"),
                        cure,
                    );
                }
            }
            _ => {
                let called = self.called(list);
                self.fault(
                    self.word(list),
                    format!("{called} is {many}, not a list"),
                    "Write as in regime == 'mixed', or regime in ['mixed', 'part3']",
                );
            }
        }
        Kind::Bool
    }

    /// A literal must be among what the other side can be.
    fn possible(&mut self, side: &Expr, kind: &Kind, literal: &Expr) {
        let (Kind::Text(Some(known)), Expr::Literal(Value::String(text))) = (kind, literal) else {
            return;
        };
        if matches!(side, Expr::Literal(_) | Expr::List(_)) || known.contains(text) {
            return;
        }
        let called = self.called(side);
        let cure = suggest(text, known.iter().map(String::as_str));
        self.fault(text, format!("{called} can never be '{text}'"), cure);
    }

    fn call(&mut self, call: Call, arguments: &'c [Expr]) -> Kind {
        let kinds: Vec<Kind> = arguments.iter().map(|a| self.kind(a)).collect();
        let text = Kind::Text(None);
        match (call, kinds.as_slice()) {
            (Call::Len, [Kind::Text(_) | Kind::List(_) | Kind::Unknown]) => Kind::Number,
            (Call::Contains, [Kind::List(_), _]) => self.contains(&arguments[1], &arguments[0]),
            (Call::Len, [kind]) => {
                let called = self.called(&arguments[0]);
                self.fault(
                    self.word(&arguments[0]),
                    format!("{called} is {kind} and has no length"),
                    "Use len() on a text or a list",
                )
            }
            _ => {
                for (argument, kind) in arguments.iter().zip(kinds) {
                    self.expect(argument, kind, &text);
                }
                if matches!(call, Call::Lower | Call::Upper) {
                    text
                } else {
                    Kind::Bool
                }
            }
        }
    }

    fn over(&mut self, over: Over, list: &'c Expr, body: &'c Expr) -> Kind {
        let item = match self.kind(list) {
            Kind::List(item) => *item,
            Kind::Unknown => Kind::Unknown,
            kind => {
                let called = self.called(list);
                self.fault(
                    self.word(list),
                    format!("{called} is {kind}, not a list to go over"),
                    "Name a list, as in some(parties, #.kind == 'vcs')",
                )
            }
        };
        self.roots.push(root(list, &self.roots));
        self.items.push(item.clone());
        let body_kind = self.kind(body);
        if !matches!(over, Over::Map | Over::FlatMap) {
            self.expect(body, body_kind.clone(), &Kind::Bool);
        }
        self.items.pop();
        self.roots.pop();
        match over {
            Over::Some | Over::All | Over::None | Over::One => Kind::Bool,
            Over::Count => Kind::Number,
            Over::Filter => Kind::List(Box::new(item)),
            Over::Map => Kind::List(Box::new(body_kind)),
            Over::FlatMap => match body_kind {
                Kind::List(inner) => Kind::List(inner),
                other => Kind::List(Box::new(other)),
            },
        }
    }
}
