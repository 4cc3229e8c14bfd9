//! The powers that parties chose: whether each is law on the day asked, and whether it fits who
//! gives, who gets and what for. Conditions read this by names made from the question's own:
//! for `gateway`, `gateway_in_force` (law on the day, and fits), `gateway_not_in_force`,
//! `gateway_unfit` and `gateway_types`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::evaluate::{Slot, Values};
use crate::law::{GatewayType, Law, Power};
use crate::names::{Name, Source};

/// What conditions may ask of the powers chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Law on the day, and fits.
    InForce,
    /// Not law on the day, or not known to be.
    NotInForce,
    /// Law or not, it does not fit giver, receiver or purpose.
    Unfit,
    /// The types of those that fit.
    Types,
}

impl Fact {
    pub const ALL: [(&'static str, Fact); 4] = [
        ("in_force", Fact::InForce),
        ("not_in_force", Fact::NotInForce),
        ("unfit", Fact::Unfit),
        ("types", Fact::Types),
    ];
}

/// The types as conditions see them.
pub(crate) fn type_words() -> impl Iterator<Item = &'static str> {
    GatewayType::ALL.into_iter().map(|(word, _)| word)
}

/// A power that was chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice<'a> {
    /// Section and question of the form.
    pub asked: (usize, usize),
    pub power: &'a Power,
    pub fits: bool,
}

/// Who gives and gets the data, by kind, and what for. What is not known is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scene {
    pub givers: Vec<String>,
    pub receivers: Vec<String>,
    pub purposes: Vec<String>,
    /// Everyone, also those whose direction is not known.
    pub everyone: Vec<String>,
}

/// A party among the others of a scene.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seat {
    pub kind: String,
    pub gives: bool,
    pub receives: bool,
}

/// The questions whose answers decide whether a power fits.
pub(crate) const LOOKED_AT: [&str; 3] = ["from", "to", "purposes"];

impl Scene {
    /// The scene of one place: the answers `from`, `to` and `purposes`.
    pub fn of(names: &BTreeMap<String, Name>, parties: usize, values: Values) -> Scene {
        let list = |name: &str| {
            let value = names.get(name).map(|known| values.get(known.number));
            texts(value.unwrap_or(&Value::Null))
        };
        let everyone = values.get(parties).as_array().into_iter().flatten();
        Scene {
            givers: list("from"),
            receivers: list("to"),
            purposes: list("purposes"),
            everyone: everyone
                .filter_map(|party| party["kind"].as_str().map(str::to_owned))
                .collect(),
        }
    }

    fn serves(&self, power: &Power) -> bool {
        let asked: Vec<&String> = self.purposes.iter().filter(|p| *p != "other").collect();
        power.purposes.is_empty()
            || asked.is_empty()
            || asked.iter().any(|purpose| power.purposes.contains(purpose))
    }

    /// One end of every share is a body the law asks for.
    fn has_end(&self, power: &Power) -> bool {
        let known = || {
            self.givers
                .iter()
                .chain(&self.receivers)
                .chain(&self.everyone)
        };
        power.one_end.is_empty()
            || known().next().is_none()
            || known().any(|kind| power.one_end.contains(kind))
    }

    /// Whether a power fits what is known of all who take part.
    pub fn fits(&self, power: &Power) -> bool {
        let among = |all: &[String], allowed: &[String]| {
            all.is_empty() || all.iter().any(|kind| names(allowed, kind))
        };
        let ends = match (self.givers.is_empty() && self.receivers.is_empty(), power) {
            // No directions: someone must at least be named.
            (true, power) => {
                among(&self.everyone, &power.givers) || among(&self.everyone, &power.receivers)
            }
            // A job is done by whoever has it, giving or getting.
            (false, power) if power.only_function() => self
                .givers
                .iter()
                .chain(&self.receivers)
                .any(|kind| names(&power.givers, kind)),
            (false, power) => {
                among(&self.givers, &power.givers) && among(&self.receivers, &power.receivers)
            }
        };
        ends && self.serves(power) && self.has_end(power)
    }

    /// Whether a power fits one party among the others of this scene.
    pub fn fits_seat(&self, power: &Power, seat: &Seat, others: &Scene) -> bool {
        let other = |all: &[String], allowed: &[String]| {
            all.is_empty() || all.iter().any(|kind| names(allowed, kind))
        };
        let gives = names(&power.givers, &seat.kind)
            && (power.only_function() || other(&others.receivers, &power.receivers));
        // One that gets the data uses a law that names it as receiver, or does its own job.
        let receives = names(&power.receivers, &seat.kind) && other(&others.givers, &power.givers)
            || power.only_function() && names(&power.givers, &seat.kind);
        let unknown = !seat.gives && !seat.receives;
        let ends = (unknown || seat.gives) && gives || (unknown || seat.receives) && receives;
        ends && self.serves(power) && self.has_end(power)
    }
}

fn names(allowed: &[String], kind: &str) -> bool {
    allowed.iter().any(|known| known == kind || known == "any")
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// The powers in an answer that the law knows.
pub(crate) fn chosen<'a>(law: &'a Law, answer: &Value) -> Vec<&'a Power> {
    let ids = answer
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    ids.filter_map(|id| law.power(id).map(|(_, power)| power))
        .collect()
}

/// What conditions see of the powers chosen, on a day; without a day, as if every power that
/// has started were law.
pub(crate) fn on_day(
    names: &BTreeMap<String, Name>,
    choices: &[Choice],
    date: Option<Date>,
) -> Vec<Slot<'static>> {
    let mut slots: Vec<Slot> = vec![None; names.len()];
    for known in names.values() {
        let Source::Chosen {
            section,
            question,
            fact,
        } = known.source
        else {
            continue;
        };
        let of = || choices.iter().filter(|c| c.asked == (section, question));
        let ids = |test: &dyn Fn(&Choice) -> bool| -> Value {
            of().filter(|c| test(c))
                .map(|c| json!(c.power.id))
                .collect()
        };
        let value = match fact {
            Fact::InForce => ids(&|c| c.fits && c.power.lets_share() && c.power.in_force(date)),
            Fact::NotInForce => ids(&|c| !c.power.in_force(date)),
            Fact::Unfit => ids(&|c| !c.fits),
            Fact::Types => {
                let mut words: Vec<Value> = Vec::new();
                for kind in of().filter(|c| c.fits).flat_map(|c| &c.power.types) {
                    let word = json!(kind.as_str());
                    if !words.contains(&word) {
                        words.push(word);
                    }
                }
                Value::Array(words)
            }
        };
        slots[known.number] = Some(Cow::Owned(value));
    }
    slots
}
