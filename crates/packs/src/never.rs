//! Conditions that can never hold. Each answer a condition reads is tried with the values
//! that can make a difference: those the condition mentions, the default and one other.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::condition::Condition;
use crate::evaluate::{Slot, Values, truth};
use crate::expr::Expr;
use crate::fault::Faults;
use crate::kinds::Kind;
use crate::names::Name;

/// Past this many combinations a condition is taken to be possible.
const MOST: usize = 20_000;
/// Values tried for one list or one item of a list.
const MOST_VALUES: usize = 24;

/// Adds a fault when no answers make the condition hold.
pub(crate) fn check(
    condition: &Condition,
    names: &BTreeMap<String, Name>,
    what: &str,
    faults: &mut Faults,
) {
    if !branches(&condition.expr)
        .into_iter()
        .any(|branch| possible(&branch, names))
    {
        faults.add(
            &condition.place,
            format!("{what}: no answers make its condition hold"),
            "Look for parts that exclude each other, as in x == 'yes' and x == 'no'",
        );
    }
}

/// The alternatives of a condition: it can hold when one of them can.
fn branches(expr: &Expr) -> Vec<Vec<&Expr>> {
    match expr {
        Expr::Or(l, r) => [branches(l), branches(r)].concat(),
        Expr::And(l, r) => {
            let (left, right) = (branches(l), branches(r));
            if left.len() * right.len() > 64 {
                return vec![vec![expr]];
            }
            left.iter()
                .flat_map(|a| right.iter().map(move |b| [a.as_slice(), b].concat()))
                .collect()
        }
        _ => vec![vec![expr]],
    }
}

fn possible(branch: &[&Expr], names: &BTreeMap<String, Name>) -> bool {
    let mut literals = Literals::default();
    let mut read: BTreeSet<&str> = BTreeSet::new();
    for expr in branch {
        expr.walk(&mut |node| match node {
            Expr::Name(name, _) => {
                read.insert(name);
            }
            Expr::Literal(Value::String(text)) => {
                literals.texts.insert(text);
            }
            Expr::Literal(Value::Number(number)) => {
                literals.numbers.extend(number.as_f64());
            }
            // Two answers compared with each other may be equal in ways not tried.
            Expr::Compare(_, l, r) if !fixed(l) && !fixed(r) => literals.partial.set(true),
            _ => {}
        });
    }
    let mut axes: Vec<(usize, Vec<Value>)> = Vec::new();
    for name in read {
        let Some(known) = names.get(name) else {
            return true;
        };
        let tried = values(&known.kind, &known.default, &literals, branch);
        axes.push((known.number, tried));
    }
    let product = axes.iter().try_fold(1_usize, |product, (_, values)| {
        product.checked_mul(values.len())
    });
    if product.is_none_or(|product| product > MOST) {
        return true;
    }
    let mut at = vec![0; axes.len()];
    let mut trial: Vec<Slot> = vec![None; names.len()];
    loop {
        for ((number, values), i) in axes.iter().zip(&at) {
            trial[*number] = Some(Cow::Borrowed(&values[*i]));
        }
        let values = Values {
            own: &trial,
            record: &[],
            day: &[],
        };
        if branch.iter().all(|expr| truth(expr, values, None)) {
            return true;
        }
        let Some(turn) = (0..at.len()).find(|axis| at[*axis] + 1 < axes[*axis].1.len()) else {
            return literals.partial.get();
        };
        at[turn] += 1;
        at[..turn].fill(0);
    }
}

#[derive(Default)]
struct Literals<'e> {
    texts: BTreeSet<&'e str>,
    numbers: Vec<f64>,
    /// Not every value that can make a difference is tried.
    partial: Cell<bool>,
}

fn fixed(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(_) | Expr::List(_))
}

/// The values of a kind that can make a difference, likeliest first.
fn values(kind: &Kind, default: &Value, literals: &Literals, branch: &[&Expr]) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    let mut add = |value: Value| {
        if values.contains(&value) {
        } else if values.len() < MOST_VALUES {
            values.push(value);
        } else {
            literals.partial.set(true);
        }
    };
    match kind {
        Kind::Text(options) => {
            let known = |text: &str| {
                options
                    .as_ref()
                    .is_none_or(|options| options.contains(text))
            };
            literals
                .texts
                .iter()
                .filter(|text| known(text))
                .for_each(|text| add(json!(text)));
            add(default.clone());
            match options {
                Some(options) => options
                    .iter()
                    .find(|option| {
                        !literals.texts.contains(option.as_str())
                            && default.as_str() != Some(option)
                    })
                    .into_iter()
                    .for_each(|other| add(json!(other))),
                None => {
                    add(json!("other text"));
                    // A length may be compared with a number.
                    for number in &literals.numbers {
                        add(json!("x".repeat((*number as usize).min(10_000) + 1)));
                    }
                }
            }
        }
        Kind::Number => {
            for number in &literals.numbers {
                [0.0, 1.0, -1.0]
                    .into_iter()
                    .for_each(|step| add(json!(number + step)));
            }
            add(default.clone());
        }
        Kind::Bool => [true, false].into_iter().for_each(|flag| add(json!(flag))),
        Kind::List(of) => {
            let items = match of.as_ref() {
                Kind::Object(fields) => objects(fields, literals, branch),
                of => self::values(of, &json!(""), literals, branch),
            };
            lists(&items, literals).into_iter().for_each(&mut add);
        }
        Kind::Object(_) | Kind::Unknown => add(default.clone()),
    }
    values
}

/// Lists: each item alone, all together, none, pairs, and long ones where a length is asked.
fn lists(items: &[Value], literals: &Literals) -> Vec<Value> {
    let mut lists: Vec<Value> = items.iter().map(|item| json!([item])).collect();
    lists.push(json!(items));
    lists.push(json!([]));
    if let Some(most) = literals.numbers.iter().copied().reduce(f64::max)
        && let Some(first) = items.first()
    {
        lists.push(json!(vec![first; (most as usize).min(200) + 1]));
    }
    for (i, a) in items.iter().enumerate() {
        lists.extend(items[i + 1..].iter().map(|b| json!([a, b])));
    }
    lists
}

/// Items with fields: those the condition reads vary, one combination after another.
fn objects(fields: &BTreeMap<String, Kind>, literals: &Literals, branch: &[&Expr]) -> Vec<Value> {
    let mut read: BTreeSet<&str> = BTreeSet::new();
    for expr in branch {
        expr.walk(&mut |node| {
            if let Expr::Field(_, field) = node {
                read.insert(field);
            }
        });
    }
    let mut objects: Vec<Map<String, Value>> = vec![Map::new()];
    for (field, kind) in fields
        .iter()
        .filter(|(field, _)| read.contains(field.as_str()))
    {
        let values = values(kind, &json!(""), literals, branch);
        if objects.len() * values.len() > MOST_VALUES * 4 {
            literals.partial.set(true);
        }
        objects = objects
            .iter()
            .flat_map(|object| {
                values.iter().map(move |value| {
                    let mut object = object.clone();
                    object.insert(field.clone(), value.clone());
                    object
                })
            })
            .take(MOST_VALUES * 4)
            .collect();
    }
    objects.into_iter().map(Value::Object).collect()
}
