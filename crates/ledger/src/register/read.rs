//! Reading RSF.

use std::collections::BTreeMap;

use serde_json::Value;

use super::state::{State, name_item};
use super::{Kind, Register, Root, RsfFault};
use crate::canonical::hex;

/// Reads a register and checks all that the format lets anyone check: that every item is in
/// canonical form and used, every entry's items are there, and every asserted root holds.
///
/// The file must begin with an assertion (of the empty root) and end with one, or the last
/// entries would be covered by nothing. The first line that does not hold is named.
///
/// System entries are in no root. Of them a reader can check the items and, for `field:` and
/// `register:` keys, that key and item agree; other changes to their key or time go unseen.
pub fn read(text: &str) -> Result<Register, RsfFault> {
    let mut state = State::default();
    let mut added = BTreeMap::new();
    let mut line = 0;
    let mut asserted = false;
    for whole in text.split_inclusive('\n') {
        line += 1;
        let refuse = |what: String| RsfFault { line, what };
        let content = whole
            .strip_suffix('\n')
            .ok_or_else(|| refuse("the file is cut off: the line has no end".to_owned()))?;
        let (command, rest) = content.split_once('\t').unwrap_or((content, ""));
        if line == 1 && command != "assert-root-hash" {
            return Err(refuse(
                "the file must begin by asserting the root it starts from".to_owned(),
            ));
        }
        match command {
            "add-item" => {
                let name = add_item(&mut state, rest).map_err(refuse)?;
                added.insert(name, line);
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
    if let Some((_, &line)) = unused.min_by_key(|(_, line)| **line) {
        return Err(RsfFault {
            line,
            what: "no entry refers to this item: it was altered, or its entry is missing"
                .to_owned(),
        });
    }
    Ok(state.register)
}

fn add_item(state: &mut State, text: &str) -> Result<String, String> {
    let item: Value =
        serde_json::from_str(text).map_err(|fault| format!("the item is not JSON: {fault}"))?;
    let (name, form) = name_item(&item)?;
    if form != text {
        return Err(
            "the item is not in canonical form (sorted keys, none twice, no spaces)".to_owned(),
        );
    }
    if !state.add(name.clone(), item) {
        return Err("the item was added before".to_owned());
    }
    Ok(name)
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
