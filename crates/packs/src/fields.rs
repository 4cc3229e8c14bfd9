//! Reading a TOML file field by field. Every field that is missing, unknown or of the wrong
//! shape is a fault with its line; reading goes on.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::condition::Condition;
use crate::expr;
use crate::fault::{Faults, Place, suggest};

/// A file being read: its path, text and where lines start.
pub(crate) struct Source<'d> {
    pub file: &'d str,
    text: &'d str,
    lines: Vec<usize>,
    faults: &'d RefCell<Faults>,
}

impl<'d> Source<'d> {
    pub fn new(file: &'d str, text: &'d str, faults: &'d RefCell<Faults>) -> Self {
        let lines = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        Source {
            file,
            text,
            lines,
            faults,
        }
    }

    /// Parses the text. What cannot be parsed is a fault; the rest is still read.
    pub fn parse(&self) -> Spanned<DeTable<'d>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let place = self.place(error.span().map_or(0, |span| span.start));
            self.add(
                &place,
                format!("This is not TOML: {}", error.message()),
                "Correct the line; dates are written as 2026-11-21 and texts stand in quotes",
            );
        }
        table
    }

    pub fn place(&self, at: usize) -> Place {
        Place {
            file: self.file.to_owned(),
            line: self.lines.partition_point(|start| *start <= at) + 1,
        }
    }

    fn add(&self, place: &Place, what: impl Into<String>, cure: impl Into<String>) {
        self.faults.borrow_mut().add(place, what, cure);
    }
}

/// A text with the place where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub text: String,
    pub place: Place,
}

/// The fields of one table, read one by one; [`Fields::finish`] names what was not asked for.
pub(crate) struct Fields<'d, 't> {
    source: &'t Source<'d>,
    table: &'t DeTable<'d>,
    /// What the table is, for messages: "rule", "question".
    name: &'static str,
    pub place: Place,
    known: RefCell<BTreeSet<&'static str>>,
}

impl<'d, 't> Fields<'d, 't> {
    pub fn new(
        source: &'t Source<'d>,
        table: &'t DeTable<'d>,
        span: Range<usize>,
        name: &'static str,
    ) -> Self {
        Fields {
            source,
            table,
            name,
            place: source.place(span.start),
            known: RefCell::default(),
        }
    }

    pub fn fault(&self, place: &Place, what: impl Into<String>, cure: impl Into<String>) {
        self.source.add(place, what, cure);
    }

    fn get(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'d>>> {
        self.known.borrow_mut().insert(key);
        self.table.get(key)
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue>, needed: &str) {
        self.fault(
            &self.source.place(value.span().start),
            format!("\"{key}\" of this {} must be {needed}", self.name),
            format!("Write \"{key}\" as {needed}"),
        );
    }

    fn missing(&self, key: &str) {
        self.fault(
            &self.place,
            format!("This {} has no \"{key}\"", self.name),
            format!("Add \"{key} = …\""),
        );
    }

    /// Whether the table has a key at all.
    pub fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// Where a key's value stands, or the table when it is absent.
    pub fn place_of(&self, key: &'static str) -> Place {
        self.get(key).map_or_else(
            || self.place.clone(),
            |value| self.source.place(value.span().start),
        )
    }

    pub fn text(&self, key: &'static str) -> Option<String> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.wrong(key, value, "a text that is not empty, in quotes");
                None
            }
        }
    }

    pub fn need_text(&self, key: &'static str) -> String {
        if !self.has(key) {
            self.missing(key);
        }
        self.text(key).unwrap_or_default()
    }

    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        self.wrong(key, value, "true or false");
        None
    }

    pub fn number(&self, key: &'static str) -> Option<f64> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(n) => n.to_string().replace('_', "").parse().ok(),
            DeValue::Float(n) => n.to_string().replace('_', "").parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(key, value, "a number");
        }
        number
    }

    pub fn date(&self, key: &'static str) -> Option<Date> {
        let value = self.get(key)?;
        let date = match value.get_ref() {
            DeValue::Datetime(moment) if moment.time.is_none() => moment.date.and_then(|date| {
                let parts = (
                    i16::try_from(date.year).ok()?,
                    i8::try_from(date.month).ok()?,
                );
                Date::new(parts.0, parts.1, i8::try_from(date.day).ok()?).ok()
            }),
            _ => None,
        };
        if date.is_none() {
            self.wrong(key, value, "a date without quotes, as in 2026-11-21");
        }
        date
    }

    /// First and last day; the last may not come before the first.
    pub fn period(&self) -> (Option<Date>, Option<Date>) {
        let (from, to) = (self.date("from"), self.date("to"));
        if let (Some(first), Some(last)) = (from, to)
            && last <= first
        {
            self.fault(
                &self.place_of("to"),
                format!(
                    "This {} ends on {last}, before it starts on {first}",
                    self.name
                ),
                "Let \"to\" be later than \"from\"",
            );
        }
        (from, to)
    }

    /// A list of texts with their places; a single text counts as a list of one.
    pub fn words(&self, key: &'static str) -> Vec<Word> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let word = |item: &Spanned<DeValue>| match item.get_ref() {
            DeValue::String(text) => Some(Word {
                text: text.to_string(),
                place: self.source.place(item.span().start),
            }),
            _ => {
                self.wrong(key, item, "a list of texts");
                None
            }
        };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(word).collect(),
            DeValue::String(_) => word(value).into_iter().collect(),
            _ => {
                self.wrong(key, value, "a list of texts");
                Vec::new()
            }
        }
    }

    pub fn texts(&self, key: &'static str) -> Vec<String> {
        self.words(key).into_iter().map(|word| word.text).collect()
    }

    /// A list of whole numbers.
    pub fn numbers(&self, key: &'static str) -> Vec<u16> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, "a list of whole numbers");
            return Vec::new();
        };
        let number = |item: &Spanned<DeValue>| {
            let number = item
                .get_ref()
                .as_integer()
                .and_then(|n| n.as_str().parse().ok());
            if number.is_none() {
                self.wrong(key, item, "a list of whole numbers");
            }
            number
        };
        items.iter().filter_map(number).collect()
    }

    /// One word out of a closed set.
    pub fn one_of<T: Copy>(&self, key: &'static str, known: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(key)?;
        self.pick(
            key,
            &Word {
                text,
                place: self.place_of(key),
            },
            known,
        )
    }

    /// Several words out of a closed set.
    pub fn some_of<T: Copy>(&self, key: &'static str, known: &[(&'static str, T)]) -> Vec<T> {
        self.words(key)
            .iter()
            .filter_map(|word| self.pick(key, word, known))
            .collect()
    }

    fn pick<T: Copy>(&self, key: &str, word: &Word, known: &[(&'static str, T)]) -> Option<T> {
        let found = known.iter().find(|(name, _)| *name == word.text);
        if found.is_none() {
            self.fault(
                &word.place,
                format!(
                    "\"{}\" is not a {} of a {}",
                    word.text,
                    noun(key),
                    self.name
                ),
                suggest(&word.text, known.iter().map(|(name, _)| *name)),
            );
        }
        found.map(|(_, value)| *value)
    }

    /// A condition, parsed and compiled.
    pub fn condition(&self, key: &'static str) -> Option<Condition> {
        let text = self.text(key)?;
        let mut place = self.place_of(key);
        let value = self.get(key)?;
        let raw = &self.source.text[value.span()];
        // The text of a multi-line string starts on the line after its quotes.
        if raw.starts_with("\"\"\"\n") || raw.starts_with("'''\n") {
            place.line += 1;
        }
        match Condition::parse(&text, place.clone()) {
            Ok(condition) => Some(condition),
            Err((what, cure)) => {
                self.fault(&place, what, cure);
                None
            }
        }
    }

    /// A table of answers as JSON.
    pub fn answers(&self, key: &'static str) -> BTreeMap<String, (Value, Place)> {
        let Some(value) = self.get(key) else {
            return BTreeMap::new();
        };
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong(key, value, "a table of answers");
            return BTreeMap::new();
        };
        table
            .iter()
            .map(|(name, value)| {
                let place = self.source.place(value.span().start);
                (name.get_ref().to_string(), (json(value.get_ref()), place))
            })
            .collect()
    }

    /// Any value as JSON.
    pub fn value(&self, key: &'static str) -> Option<Value> {
        self.get(key).map(|value| json(value.get_ref()))
    }

    /// A list of tables, written as `[[key]]` or as a list of inline tables.
    pub fn tables(&self, key: &'static str, name: &'static str) -> Vec<Fields<'d, 't>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, "a list of tables");
            return Vec::new();
        };
        let table = |item: &'t Spanned<DeValue<'d>>| match item.get_ref() {
            DeValue::Table(table) => Some(Fields::new(self.source, table, item.span(), name)),
            _ => {
                self.wrong(key, item, "a list of tables");
                None
            }
        };
        items.iter().filter_map(table).collect()
    }

    /// One table.
    pub fn table(&self, key: &'static str, name: &'static str) -> Option<Fields<'d, 't>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Fields::new(self.source, table, value.span(), name)),
            _ => {
                self.wrong(key, value, "a table");
                None
            }
        }
    }

    /// One table that must be there.
    pub fn need_table(&self, key: &'static str, name: &'static str) -> Option<Fields<'d, 't>> {
        if !self.has(key) {
            self.missing(key);
        }
        self.table(key, name)
    }

    /// Names every field that was not asked for, and gives the Welsh texts (`…_cy`).
    pub fn finish(self) -> BTreeMap<String, String> {
        let known = self.known.borrow();
        let mut welsh = BTreeMap::new();
        for (key, value) in self.table {
            let name = key.get_ref().as_ref();
            if known.contains(name) {
                continue;
            }
            match (name.strip_suffix("_cy"), value.get_ref()) {
                (Some(base), DeValue::String(text)) if known.contains(base) => {
                    welsh.insert(base.to_owned(), text.to_string());
                }
                _ => self.source.add(
                    &self.source.place(key.span().start),
                    format!("\"{name}\" is not known in a {}", self.name),
                    suggest(name, known.iter().copied()),
                ),
            }
        }
        welsh
    }
}

/// What one word under a key is called.
fn noun(key: &str) -> &str {
    match key {
        "by" | "review" | "sign_off" => "role",
        "guards" => "guard",
        "effects" => "effect",
        "of" => "side",
        other => other,
    }
}

fn json(value: &DeValue) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(n) => expr::number(&n.to_string().replace('_', "")),
        DeValue::Float(n) => expr::number(&n.to_string().replace('_', "")),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(moment) => Value::String(moment.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => Value::Object(
            table
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())))
                .collect(),
        ),
    }
}
