//! Cases as files hold them, and what was worked out for them. The crates' tests read their files with this, too.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A list of a file: cases of one kind. One that does not have the kind's shape stands in nobody's way.
pub type Cases<T> = Vec<Read<T>>;

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Read<T> {
    Case(Case<T>),
    Other(Value),
}

#[derive(Deserialize)]
pub struct Case<T> {
    id: String,
    #[serde(flatten)]
    given: T,
}

/// What was worked out, by the id of the case, and which ids were left out, with the reason.
#[derive(Default)]
pub struct Answers {
    pub values: Map<String, Value>,
    pub left_out: Vec<(String, String)>,
}

impl Answers {
    /// Works out each case of a list.
    pub fn add<T: DeserializeOwned>(
        &mut self,
        cases: Cases<T>,
        rule: impl Fn(T) -> Result<Value, String>,
    ) {
        self.add_some(cases, |given| rule(given).map(Some));
    }

    /// Works out the cases of a list that are this rule's.
    pub fn add_some<T: DeserializeOwned>(
        &mut self,
        cases: Cases<T>,
        rule: impl Fn(T) -> Result<Option<Value>, String>,
    ) {
        for case in cases {
            let (id, answer) = match case {
                Read::Case(Case { id, given }) => (id, rule(given)),
                Read::Other(value) => {
                    let id = value["id"].as_str().unwrap_or("(no id)").to_owned();
                    (id, Err(fault::<T>(value)))
                }
            };
            match answer {
                Ok(Some(value)) => {
                    self.values.insert(id, value);
                }
                Ok(None) => {}
                Err(reason) => self.left_out.push((id, reason)),
            }
        }
    }
}

fn fault<T: DeserializeOwned>(value: Value) -> String {
    serde_json::from_value::<Case<T>>(value)
        .err()
        .map_or_else(|| "cannot be read".to_owned(), |error| error.to_string())
}

/// A JSON object whose order counts.
pub struct Pairs<T>(pub Vec<(String, T)>);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Pairs(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Pairs<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<T>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        from.deserialize_map(InOrder(PhantomData))
    }
}
