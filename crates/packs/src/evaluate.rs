//! Deciding conditions: a walk over the tree, with values by number. It copies no values unless
//! a condition makes a list. Tests hold that it decides as the library's virtual machine does.

use std::borrow::Cow;

use serde_json::Value;
use zen_expression::Variable;

use crate::expr::{Arithmetic, Call, Compare, Expr, Over};

static NULL: Value = Value::Null;

/// A value, if there is one: borrowed from the pack or the answers where it can be.
pub(crate) type Slot<'a> = Option<Cow<'a, Value>>;

/// The values at one place, by number of the name: its own, else the record's, else those that
/// depend on the day asked.
#[derive(Clone, Copy)]
pub(crate) struct Values<'v> {
    pub own: &'v [Slot<'v>],
    pub record: &'v [Slot<'v>],
    pub day: &'v [Slot<'v>],
}

impl<'v> Values<'v> {
    /// The value of a name; `Null` when there is none.
    pub fn get(self, number: usize) -> &'v Value {
        let find = |slots: &'v [Slot<'v>]| slots.get(number)?.as_deref();
        find(self.own)
            .or_else(|| find(self.record))
            .or_else(|| find(self.day))
            .unwrap_or(&NULL)
    }
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
pub(crate) fn truth(expr: &Expr, values: Values, items: Option<&Items>) -> bool {
    test(expr, values, items) == Some(true)
}

/// What a test says; `None` for what is no test.
fn test(expr: &Expr, values: Values, items: Option<&Items>) -> Option<bool> {
    let truth = |expr: &Expr| truth(expr, values, items);
    Some(match expr {
        Expr::Not(inner) => !test(inner, values, items)?,
        Expr::And(l, r) => truth(l) && truth(r),
        Expr::Or(l, r) => truth(l) || truth(r),
        Expr::Compare(compare, l, r) => {
            compared(*compare, &eval(l, values, items), &eval(r, values, items))
        }
        Expr::In(item, list) => {
            let item = eval(item, values, items);
            any(list, values, items, &mut |other| same(&item, other))
        }
        Expr::Call(call, arguments) => {
            let [a, b] = arguments.as_slice() else {
                return None;
            };
            related(*call, &eval(a, values, items), &eval(b, values, items))
        }
        Expr::Over(over, list, body) => {
            let mut holds = |value: &Value| holds_of(value, body, values, items);
            match over {
                Over::Some => any(list, values, items, &mut holds),
                Over::All => !any(list, values, items, &mut |value| !holds(value)),
                Over::None => !any(list, values, items, &mut holds),
                Over::One => count(list, body, values, items) == 1,
                _ => return None,
            }
        }
        _ => return eval(expr, values, items).as_bool(),
    })
}

/// Goes over the items of a list until one stops it; whether one did.
fn any(
    list: &Expr,
    values: Values,
    items: Option<&Items>,
    stops: &mut dyn FnMut(&Value) -> bool,
) -> bool {
    match list {
        Expr::List(parts) => parts.iter().any(|part| stops(&eval(part, values, items))),
        Expr::Over(Over::Filter, list, body) => any(list, values, items, &mut |value| {
            holds_of(value, body, values, items) && stops(value)
        }),
        _ => {
            let list = eval(list, values, items);
            list.as_array().into_iter().flatten().any(stops)
        }
    }
}

/// Of how many items a test holds.
fn count(list: &Expr, body: &Expr, values: Values, items: Option<&Items>) -> usize {
    let mut count = 0;
    any(list, values, items, &mut |value| {
        count += usize::from(holds_of(value, body, values, items));
        false
    });
    count
}

/// Whether a test holds of an item.
fn holds_of(value: &Value, body: &Expr, values: Values, outer: Option<&Items>) -> bool {
    truth(body, values, Some(&Items { value, outer }))
}

/// The value of an expression. What cannot be worked out is `Null`.
pub(crate) fn eval<'v>(
    expr: &'v Expr,
    values: Values<'v>,
    items: Option<&'v Items<'v>>,
) -> Cow<'v, Value> {
    match expr {
        Expr::Literal(value) => Cow::Borrowed(value),
        Expr::List(list) => Cow::Owned(
            list.iter()
                .map(|e| eval(e, values, items).into_owned())
                .collect(),
        ),
        Expr::Name(_, number) => Cow::Borrowed(values.get(*number)),
        Expr::Item(depth) => {
            let item = items.and_then(|items| items.nth(*depth));
            Cow::Borrowed(item.map_or(&NULL, |item| item.value))
        }
        Expr::Field(inner, field) => match eval(inner, values, items) {
            Cow::Borrowed(value) => Cow::Borrowed(value.get(field).unwrap_or(&NULL)),
            Cow::Owned(value) => Cow::Owned(value.get(field).cloned().unwrap_or_default()),
        },
        Expr::Arithmetic(arithmetic, l, r) => Cow::Owned(calculated(
            *arithmetic,
            &eval(l, values, items),
            &eval(r, values, items),
        )),
        Expr::If(test, yes, no) => {
            let branch = if truth(test, values, items) { yes } else { no };
            eval(branch, values, items)
        }
        Expr::Call(call @ (Call::Len | Call::Lower | Call::Upper), arguments) => {
            let argument = arguments.first().map(|a| eval(a, values, items));
            Cow::Owned(argument.map_or(Value::Null, |value| called(*call, &value)))
        }
        Expr::Over(Over::Count, list, body) => Cow::Owned(count(list, body, values, items).into()),
        Expr::Over(over @ (Over::Filter | Over::Map | Over::FlatMap), list, body) => {
            let mut all = Vec::new();
            any(list, values, items, &mut |value| {
                let item = Items {
                    value,
                    outer: items,
                };
                match over {
                    Over::Filter if truth(body, values, Some(&item)) => all.push(value.clone()),
                    Over::Filter => {}
                    _ => match eval(body, values, Some(&item)).into_owned() {
                        Value::Array(inner) if *over == Over::FlatMap => all.extend(inner),
                        single => all.push(single),
                    },
                }
                false
            });
            Cow::Owned(Value::Array(all))
        }
        Expr::Not(_)
        | Expr::And(..)
        | Expr::Or(..)
        | Expr::Compare(..)
        | Expr::In(..)
        | Expr::Call(..)
        | Expr::Over(..) => Cow::Owned(test(expr, values, items).map_or(Value::Null, Value::Bool)),
    }
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

/// In decimals, as the library calculates.
fn calculated(arithmetic: Arithmetic, a: &Value, b: &Value) -> Value {
    let (Variable::Number(a), Variable::Number(b)) = (Variable::from(a), Variable::from(b)) else {
        return Value::Null;
    };
    let result = match arithmetic {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide => a.checked_div(b),
    };
    result.map_or(Value::Null, |number| Variable::Number(number).to_value())
}

fn called(call: Call, value: &Value) -> Value {
    match (call, value) {
        (Call::Len, Value::String(text)) => text.len().into(),
        (Call::Len, Value::Array(list)) => list.len().into(),
        (Call::Lower, Value::String(text)) => text.to_lowercase().into(),
        (Call::Upper, Value::String(text)) => text.to_uppercase().into(),
        _ => Value::Null,
    }
}

fn related(call: Call, a: &Value, b: &Value) -> bool {
    let by = |test: fn(&str, &str) -> bool| {
        let texts = a.as_str().zip(b.as_str());
        texts.is_some_and(|(text, part)| test(text, part))
    };
    match call {
        Call::Contains if a.is_array() => among(b, a),
        Call::Contains => by(|text, part| text.contains(part)),
        Call::StartsWith => by(|text, part| text.starts_with(part)),
        Call::EndsWith => by(|text, part| text.ends_with(part)),
        Call::Len | Call::Lower | Call::Upper => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::chosen::on_day;
    use std::borrow::Cow;
    use std::collections::BTreeMap;
    use std::path::Path;

    use proptest::prelude::*;
    use serde_json::{Map, Value, json};
    use zen_expression::vm::VM;
    use zen_expression::{Scope, Variable, compile_expression};

    use super::{Slot, Values, eval};
    use crate::condition::Condition;
    use crate::fault::Place;
    use crate::files::Files;
    use crate::kinds::Kind;
    use crate::names::{Name, Read, Source};
    use crate::packs::Packs;

    /// The values of names, and the same as the library's machine reads them.
    fn both<'v>(
        names: &BTreeMap<String, Name>,
        value: impl Fn(&str, usize) -> Option<&'v Value>,
    ) -> (Vec<Slot<'v>>, Scope) {
        let mut env = Map::new();
        let mut slots = Vec::new();
        for (name, known) in names {
            let value = value(name, known.number);
            env.extend(value.map(|value| (name.clone(), value.clone())));
            slots.push(value.map(Cow::Borrowed));
        }
        (slots, Scope::new(Variable::from(&Value::Object(env))))
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
            (0..9_u8).prop_map(|n| format!("number * 0.1 + 0.2 == 0.{n}")),
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
            let mut condition = Condition::parse(&source, Place::default()).map_err(|(what, _)| TestCaseError::fail(what))?;
            let names = answers.as_object().into_iter().flatten().enumerate();
            let names = names.map(|(number, (name, value))| (name.clone(), Name {
                number,
                kind: Kind::Unknown,
                default: value.clone(),
                source: Source::Parties,
                read: Read::default(),
            })).collect();
            condition.number(&names);
            let (slots, scope) = both(&names, |name, _| answers.get(name));
            let machine = VM::new().run(compile_expression(&source).expect("it was parsed").bytecode(), &scope);
            let holds = condition.holds(Values { own: &[], record: &slots, day: &[] });
            prop_assert_eq!(matches!(machine, Ok(Variable::Bool(true))), holds, "{}", source);
        }
    }

    #[test]
    fn the_conditions_of_the_real_packs_decide_as_on_the_virtual_machine() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
        let files = Files::from_dir(&folder).expect("the packs can be read");
        let packs = Packs::load(&files).expect("the packs have no faults");
        let mut vm = VM::new();
        let mut decided = 0;
        for record_type in packs.types.values() {
            let questions = record_type.form.questions();
            let conditions = questions.filter_map(|(_, question)| question.when.as_ref());
            let conditions: Vec<_> = conditions
                .chain(record_type.rules.iter().map(|rule| &rule.when))
                .chain(record_type.rules.iter().flat_map(|rule| &rule.cleared))
                .chain(record_type.derived.iter().map(|derived| &derived.expr))
                .map(|c| (c, compile_expression(c.source()).expect("it was parsed")))
                .collect();
            let cases = record_type.rules.iter().flat_map(|rule| &rule.cases);
            let scenarios = record_type.scenarios.iter().map(|s| &s.answers);
            for answers in cases.map(|case| &case.answers).chain(scenarios) {
                let view = record_type
                    .flat_view(&packs.law, answers)
                    .expect("known answers");
                let day = on_day(&record_type.plan.names, &view.record.choices, None);
                let (slots, scope) = both(&record_type.plan.names, |_, number| {
                    let own = view.record.values[number].as_deref();
                    own.or(day[number].as_deref())
                });
                let values = Values {
                    own: &slots,
                    record: &[],
                    day: &[],
                };
                for (condition, compiled) in &conditions {
                    let machine = vm.run(compiled.bytecode(), &scope).expect("no fault");
                    let walk = eval(&condition.expr, values, None);
                    assert_eq!(machine.to_value(), *walk, "{}", condition.source());
                    decided += 1;
                }
            }
        }
        assert!(decided > 10_000, "{decided}");
    }
}
