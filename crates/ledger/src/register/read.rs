//! Reading RSF.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::state::{State, name_item, quote_numbers};
use super::{Kind, Note, Register, Root, RsfFault};
use crate::canonical::hex;

/// Reads a register and checks all that the format lets anyone check: that every item is in
/// canonical form, every entry's items are there, and every asserted root holds.
///
/// The file must begin with an assertion (of the empty root) and end with one, or the last
/// entries would be covered by nothing. What does not enter a root cannot break one: an item
/// that no entry uses, or that is there twice, is noted.
///
/// System entries are in no root. Of them a reader can check the items and, for `field:` and
/// `register:` keys, that the item names nothing else; other changes to their key or time go unseen.
///
/// # Errors
/// The first line that does not hold.
pub fn read(text: &str) -> Result<Register, RsfFault> {
    let mut state = State::default();
    let mut added = BTreeMap::new();
    let mut notes = Vec::new();
    let mut line = 0;
    let mut asserted = false;
    for whole in text.split_inclusive('\n') {
        line += 1;
        let refuse = |what: String| RsfFault { line, what };
        let content = whole
            .strip_suffix('\n')
            .ok_or_else(|| refuse("the file is cut off: the line has no end".to_owned()))?;
        saved_otherwise(line, content).map_err(refuse)?;
        let (command, rest) = content.split_once('\t').unwrap_or((content, ""));
        if line == 1 && command != "assert-root-hash" {
            return Err(refuse(
                "the file must begin by asserting the root it starts from".to_owned(),
            ));
        }
        match command {
            "add-item" => {
                let name = name_as_written(rest).map_err(refuse)?;
                if state.add(name.clone(), rest.to_owned()) {
                    added.insert(name, line);
                } else {
                    let what = "this item was added before".to_owned();
                    notes.push(Note { line, what });
                }
            }
            "append-entry" => append_entry(&mut state, rest).map_err(refuse)?,
            "assert-root-hash" => assert_root(&mut state, line, rest).map_err(refuse)?,
            other => return Err(refuse(format!("‘{other}’ is not a command of the format"))),
        }
        asserted = command == "assert-root-hash";
    }
    if !asserted {
        return Err(RsfFault {
            line: line.max(1),
            what: "the file is cut off: it must end by asserting its root".to_owned(),
        });
    }
    let unused = added.iter().filter(|(name, _)| !state.is_used(name));
    notes.extend(unused.map(|(_, &line)| Note {
        line,
        what: "no entry uses this item".to_owned(),
    }));
    notes.sort_by_key(|note| note.line);
    state.register.notes = notes;
    Ok(state.register)
}

/// What a program made of the file when it was saved: the bytes that were hashed are others.
fn saved_otherwise(line: usize, content: &str) -> Result<(), String> {
    if line == 1 && content.starts_with('\u{feff}') {
        return Err(
            "the file begins with a byte order mark, which the format does not have: save it again as \
             UTF-8 without one, or download it again"
                .to_owned(),
        );
    }
    if content.ends_with('\r') {
        return Err(
            "the line ends with a carriage return and a line feed (CR LF), as on Windows, and the format \
             has a line feed alone (LF): save the file again with these line ends, or download it again"
                .to_owned(),
        );
    }
    Ok(())
}

/// An item's name, when its text is in canonical form but for its numbers: these stay as they are written, as
/// doubles do not hold every number that registers do.
fn name_as_written(text: &str) -> Result<String, String> {
    let not_json = |fault| format!("the item is not JSON: {fault}");
    let _: IgnoredAny = serde_json::from_str(text).map_err(not_json)?;
    let quoted = quote_numbers(text);
    let item: Value = serde_json::from_str(&quoted).map_err(not_json)?;
    let (_, form) = name_item(&item)?;
    if form != quoted {
        return Err(
            "the item is not in canonical form (sorted keys, none twice, no spaces)".to_owned(),
        );
    }
    Ok(format!("sha-256:{}", crate::digest(text.as_bytes())))
}

fn append_entry(state: &mut State, text: &str) -> Result<(), String> {
    let fields: Vec<&str> = text.split('\t').collect();
    let [kind, key, timestamp, items] = fields[..] else {
        return Err(format!(
            "an entry has four fields (system or user, key, time, items), this one has {}",
            fields.len()
        ));
    };
    let kind = match kind {
        "system" => Kind::System,
        "user" => Kind::User,
        other => return Err(format!("an entry is ‘system’ or ‘user’, not ‘{other}’")),
    };
    let items = items.split(';').map(str::to_owned).collect();
    state.append(kind, key, timestamp, items)
}

fn assert_root(state: &mut State, line: usize, text: &str) -> Result<(), String> {
    let (size, hash) = (state.size(), state.root());
    let found = format!("sha-256:{}", hex(&hash));
    if text != found {
        return Err(format!(
            "the root after {size} user entries is {found}, not ‘{text}’ as asserted: an entry \
             since the last assertion was altered, dropped or moved, or the assertion is wrong"
        ));
    }
    state.register.roots.push(Root { line, size, hash });
    Ok(())
}
