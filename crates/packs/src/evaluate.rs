//! A plain walk over a condition's tree. Decisions are made by the library's virtual machine;
//! this walk says which answers led to them, and tries conditions out at load. A test holds
//! that both agree.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::expr::{Arithmetic, Call, Compare, Expr, Over};

/// Values by name.
pub(crate) trait Lookup {
    /// The value of a name; `Null` when there is none.
    fn get(&self, name: &str) -> Cow<'_, Value>;
}

/// The items of the closures around an expression, innermost first.
#[derive(Clone, Copy)]
pub(crate) struct Items<'i> {
    pub value: &'i Value,
    pub outer: Option<&'i Items<'i>>,
}

impl<'i> Items<'i> {
    /// The item `depth` closures out.
    pub fn nth(&'i self, depth: usize) -> Option<&'i Items<'i>> {
        match depth {
            0 => Some(self),
            _ => self.outer?.nth(depth - 1),
        }
    }
}

/// Whether a condition holds.
pub(crate) fn holds(expr: &Expr, answers: &dyn Lookup) -> bool {
    truth(expr, answers, None)
}

pub(crate) fn truth(expr: &Expr, answers: &dyn Lookup, items: Option<&Items>) -> bool {
    *eval(expr, answers, items) == Value::Bool(true)
}

/// The value of an expression. What cannot be worked out is `Null`.
pub(crate) fn eval<'v>(
    expr: &'v Expr,
    answers: &'v dyn Lookup,
    items: Option<&'v Items<'v>>,
) -> Cow<'v, Value> {
    match expr {
        Expr::Literal(value) => Cow::Borrowed(value),
        Expr::List(list) => owned(
            list.iter()
                .map(|e| eval(e, answers, items).into_owned())
                .collect(),
        ),
        Expr::Name(name) => answers.get(name),
        Expr::Item(depth) => items
            .and_then(|items| items.nth(*depth))
            .map_or(Cow::Owned(Value::Null), |item| Cow::Borrowed(item.value)),
        Expr::Field(inner, field) => match eval(inner, answers, items) {
            Cow::Borrowed(value) => value
                .get(field)
                .map_or(Cow::Owned(Value::Null), Cow::Borrowed),
            Cow::Owned(value) => owned(value.get(field).cloned().unwrap_or(Value::Null)),
        },
        Expr::Not(inner) => match *eval(inner, answers, items) {
            Value::Bool(flag) => owned(json!(!flag)),
            _ => owned(Value::Null),
        },
        Expr::And(l, r) => owned(json!(truth(l, answers, items) && truth(r, answers, items))),
        Expr::Or(l, r) => owned(json!(truth(l, answers, items) || truth(r, answers, items))),
        Expr::Compare(compare, l, r) => owned(json!(compared(
            *compare,
            &eval(l, answers, items),
            &eval(r, answers, items)
        ))),
        Expr::In(item, list) => owned(json!(among(
            &eval(item, answers, items),
            &eval(list, answers, items)
        ))),
        Expr::Arithmetic(arithmetic, l, r) => {
            let (l, r) = (eval(l, answers, items), eval(r, answers, items));
            owned(match (l.as_f64(), r.as_f64()) {
                (Some(l), Some(r)) => calculated(*arithmetic, l, r),
                _ => Value::Null,
            })
        }
        Expr::If(test, yes, no) => {
            let branch = if truth(test, answers, items) { yes } else { no };
            eval(branch, answers, items)
        }
        Expr::Call(call, arguments) => {
            let values: Vec<_> = arguments.iter().map(|a| eval(a, answers, items)).collect();
            owned(called(*call, &values))
        }
        Expr::Over(over, list, body) => {
            let list = eval(list, answers, items);
            let all: &[Value] = list.as_array().map_or(&[], Vec::as_slice);
            let test = |value: &Value| {
                truth(
                    body,
                    answers,
                    Some(&Items {
                        value,
                        outer: items,
                    }),
                )
            };
            owned(match over {
                Over::Some => json!(all.iter().any(test)),
                Over::All => json!(all.iter().all(test)),
                Over::None => json!(!all.iter().any(test)),
                Over::One => json!(all.iter().filter(|value| test(value)).count() == 1),
                Over::Count => json!(all.iter().filter(|value| test(value)).count()),
                Over::Filter => all.iter().filter(|value| test(value)).cloned().collect(),
                Over::Map | Over::FlatMap => {
                    let mapped = all.iter().map(|value| {
                        let item = Items {
                            value,
                            outer: items,
                        };
                        eval(body, answers, Some(&item)).into_owned()
                    });
                    match over {
                        Over::Map => mapped.collect(),
                        _ => mapped
                            .flat_map(|value| match value {
                                Value::Array(inner) => inner,
                                single => vec![single],
                            })
                            .collect(),
                    }
                }
            })
        }
    }
}

fn owned<'v>(value: Value) -> Cow<'v, Value> {
    Cow::Owned(value)
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Null, Value::Null) => true,
        _ => false,
    }
}

fn compared(compare: Compare, a: &Value, b: &Value) -> bool {
    let numbers = a.as_f64().zip(b.as_f64());
    match compare {
        Compare::Equal => same(a, b),
        Compare::NotEqual => !same(a, b),
        Compare::Less => numbers.is_some_and(|(a, b)| a < b),
        Compare::LessOrEqual => numbers.is_some_and(|(a, b)| a <= b),
        Compare::More => numbers.is_some_and(|(a, b)| a > b),
        Compare::MoreOrEqual => numbers.is_some_and(|(a, b)| a >= b),
    }
}

fn among(item: &Value, list: &Value) -> bool {
    list.as_array()
        .is_some_and(|list| list.iter().any(|other| same(item, other)))
}

fn calculated(arithmetic: Arithmetic, a: f64, b: f64) -> Value {
    match arithmetic {
        Arithmetic::Add => json!(a + b),
        Arithmetic::Subtract => json!(a - b),
        Arithmetic::Multiply => json!(a * b),
        Arithmetic::Divide if b == 0.0 => Value::Null,
        Arithmetic::Divide => json!(a / b),
    }
}

fn called(call: Call, values: &[Cow<Value>]) -> Value {
    let text = |at: usize| values.get(at).and_then(|value| value.as_str());
    let both = || text(0).zip(text(1));
    match call {
        Call::Len => match values.first().map(AsRef::as_ref) {
            Some(Value::String(text)) => json!(text.len()),
            Some(Value::Array(list)) => json!(list.len()),
            _ => Value::Null,
        },
        Call::Contains => match values {
            [list, item] if list.is_array() => json!(among(item, list)),
            _ => json!(both().is_some_and(|(text, part)| text.contains(part))),
        },
        Call::StartsWith => json!(both().is_some_and(|(text, part)| text.starts_with(part))),
        Call::EndsWith => json!(both().is_some_and(|(text, part)| text.ends_with(part))),
        Call::Lower => text(0).map_or(Value::Null, |text| json!(text.to_lowercase())),
        Call::Upper => text(0).map_or(Value::Null, |text| json!(text.to_uppercase())),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;
    use serde_json::{Map, Value, json};
    use zen_expression::vm::VM;
    use zen_expression::{Scope, Variable};

    use super::{Lookup, holds};
    use crate::condition::Condition;
    use crate::fault::Place;

    struct Answers(Map<String, Value>);

    impl Lookup for Answers {
        fn get(&self, name: &str) -> Cow<'_, Value> {
            self.0
                .get(name)
                .map_or(Cow::Owned(Value::Null), Cow::Borrowed)
        }
    }

    /// Tests as packs write them, over two choices, a list, a number, a text and parties.
    fn condition() -> impl Strategy<Value = String> {
        let word = || prop_oneof![Just("a"), Just("b"), Just("c"), Just("")];
        let name = || prop_oneof![Just("one"), Just("two")];
        let leaf = prop_oneof![
            (name(), word()).prop_map(|(n, w)| format!("{n} == '{w}'")),
            (name(), word()).prop_map(|(n, w)| format!("{n} != '{w}'")),
            (name(), word(), word()).prop_map(|(n, v, w)| format!("{n} in ['{v}', '{w}']")),
            (name(), word()).prop_map(|(n, w)| format!("{n} not in ['{w}']")),
            word().prop_map(|w| format!("'{w}' in list")),
            word().prop_map(|w| format!("contains(list, '{w}')")),
            (0..4_u8).prop_map(|n| format!("len(list) > {n}")),
            (0..4_u8).prop_map(|n| format!("number * 2 - 1 <= {n}")),
            Just("len(text) > 0".to_owned()),
            Just("one == two".to_owned()),
            word().prop_map(|w| format!("some(list, # == '{w}')")),
            word().prop_map(|w| format!("some(parties, #.kind == '{w}' and #.public == 'yes')")),
            word().prop_map(|w| format!("all(parties, #.kind != '{w}')")),
            word().prop_map(|w| format!("none(parties as p, p.kind == '{w}' or '{w}' in p.art6)")),
            (word(), 0..3_u8).prop_map(|(w, n)| format!("count(parties, #.kind == '{w}') == {n}")),
            word().prop_map(|w| format!("one(map(parties, #.kind), # == '{w}')")),
            word().prop_map(|w| format!(
                "'{w}' in flatMap(filter(parties, #.public == 'yes'), #.art6)"
            )),
            (name(), word()).prop_map(|(n, w)| format!("(len(list) > 1 ? {n} : two) == '{w}'")),
        ];
        leaf.prop_recursive(4, 24, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
                inner.prop_map(|a| format!("not ({a})")),
            ]
        })
    }

    fn answers() -> impl Strategy<Value = Value> {
        let word = || prop::sample::select(vec!["a", "b", "c", ""]);
        let words = || prop::collection::vec(word(), 0..4);
        let party = (word(), prop::sample::select(vec!["yes", "no"]), words())
            .prop_map(|(kind, public, art6)| json!({"kind": kind, "public": public, "art6": art6}));
        (word(), word(), words(), 0..5_u8, word(), prop::collection::vec(party, 0..4)).prop_map(
            |(one, two, list, number, text, parties)| {
                json!({"one": one, "two": two, "list": list, "number": number, "text": text, "parties": parties})
            },
        )
    }

    proptest! {
        #[test]
        fn the_walk_agrees_with_the_virtual_machine(source in condition(), answers in answers()) {
            let condition = Condition::parse(&source, Place::default()).map_err(|(what, _)| TestCaseError::fail(what))?;
            let scope = Scope::new(Variable::from(&answers));
            let machine = condition.holds(&scope, &mut VM::new());
            let Value::Object(answers) = answers else { unreachable!("answers are an object") };
            prop_assert_eq!(machine, holds(&condition.expr, &Answers(answers)), "{}", source);
        }
    }
}
