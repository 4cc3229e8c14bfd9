//! `aldgate ledger audit URL`: follows the log of a running gateway, trusting nothing but what was
//! remembered from the days before.

use std::path::Path;

use ledger::tiles::{TileFault, Tiles, bundle_leaves, bundles};
use ledger::{Checkpoint, VerifierKey, WitnessVerifier};
use serde::{Deserialize, Serialize};

use crate::ledger::fetch::Fetch;

/// What an auditor keeps between two audits.
#[derive(Default, Serialize, Deserialize)]
struct Remembered {
    /// The log's public keys: those trusted from the start, and those met on a checkpoint that a trusted
    /// one signed, too.
    keys: Vec<String>,
    /// Every checkpoint seen, the smallest first.
    seen: Vec<Seen>,
    /// The last signed note: with it, others can be shown what the log once signed.
    note: String,
}

#[derive(Serialize, Deserialize)]
struct Seen {
    size: u64,
    /// Hexadecimal.
    root: String,
}

/// What holds, in words; or the place where the log does not hold.
///
/// # Errors
/// When the gateway cannot be reached, or a file cannot be read or written.
pub async fn audit(
    url: &str,
    remember: Option<&Path>,
    key: Option<&str>,
    witnesses: &[String],
) -> Result<Result<String, String>, String> {
    let url = url.trim_end_matches('/');
    let url = url.strip_suffix("/log").unwrap_or(url);
    let log = Log {
        fetch: Fetch::default(),
        url,
    };
    let mut known = recall(remember)?;
    known.keys.extend(key.map(str::to_owned));
    let published = log.keys().await?;
    let mut warnings = String::new();
    if known.keys.is_empty() {
        known.keys.clone_from(&published);
        warnings =
            "\nThe keys were taken from the gateway itself: compare them with a copy you got some \
                    other way."
                .to_owned();
    }
    let note = String::from_utf8(log.file("checkpoint").await?).map_err(|e| e.to_string())?;
    let opened = Checkpoint::open(&note, &parsed(&known.keys)?);
    let checkpoint = match opened {
        Ok(checkpoint) => checkpoint,
        Err(fault) => return Ok(Err(fault.to_string())),
    };
    // The keys that take over sign beside the old ones for a while.
    for key in published {
        let beside = Checkpoint::open(&note, &parsed(std::slice::from_ref(&key))?);
        if !known.keys.contains(&key) && beside.is_ok() {
            warnings += &format!("\nA new key signs beside the old one: {key}");
            known.keys.push(key);
        }
    }
    for witness in witnesses {
        let key: WitnessVerifier = witness.parse().map_err(|e| format!("{witness}: {e}"))?;
        match key.cosigned(&note) {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(Err(format!("the witness {witness} has not cosigned it"))),
            Err(fault) => return Ok(Err(fault.to_string())),
        }
    }
    let from = known.seen.last().map_or(0, |seen| seen.size);
    if let Err(place) = log.follows(&checkpoint, &known.seen).await? {
        return Ok(Err(place));
    }
    if let Err(place) = log.entries(from, &checkpoint).await? {
        return Ok(Err(place));
    }
    let root = hex::encode(checkpoint.root);
    let said = format!(
        "The log {} holds: {} acts, {} of them new.\nroot {root}{warnings}",
        checkpoint.origin,
        checkpoint.size,
        checkpoint.size - from
    );
    if checkpoint.size > from || known.seen.is_empty() {
        let size = checkpoint.size;
        known.seen.push(Seen { size, root });
    }
    known.note = note;
    keep(remember, &known)?;
    Ok(Ok(said))
}

fn parsed(keys: &[String]) -> Result<Vec<VerifierKey>, String> {
    let parsed = keys.iter().map(|key| key.parse::<VerifierKey>());
    parsed.collect::<Result<_, _>>().map_err(|e| e.to_string())
}

fn recall(file: Option<&Path>) -> Result<Remembered, String> {
    let Some(file) = file.filter(|file| file.exists()) else {
        return Ok(Remembered::default());
    };
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))
}

fn keep(file: Option<&Path>, known: &Remembered) -> Result<(), String> {
    let Some(file) = file else { return Ok(()) };
    let text = serde_json::to_string_pretty(known).map_err(|e| e.to_string())?;
    // Written beside it and moved: what was remembered is never half there.
    let beside = file.with_extension("new");
    std::fs::write(&beside, text + "\n")
        .and_then(|()| std::fs::rename(&beside, file))
        .map_err(|e| format!("{}: {e}", file.display()))
}

struct Log<'a> {
    fetch: Fetch,
    url: &'a str,
}

impl Log<'_> {
    /// A file below the log's prefix.
    async fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        self.read(&format!("log/{path}")).await
    }

    async fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let address = format!("{}/{path}", self.url);
        let answer = self.fetch.get(&address).await?;
        match answer.status {
            200 => Ok(answer.body),
            status => Err(format!("{address} answered {status}")),
        }
    }

    /// The log's keys as the gateway publishes them.
    async fn keys(&self) -> Result<Vec<String>, String> {
        let answer = self.read("api/v1/log/keys").await?;
        let all: serde_json::Value = serde_json::from_slice(&answer).map_err(|e| e.to_string())?;
        let keys = all["keys"]
            .as_array()
            .ok_or("the gateway publishes no keys")?;
        let of_log = keys.iter().filter(|key| key["owner"] == "log");
        Ok(of_log
            .filter_map(|key| Some(key["vkey"].as_str()?.to_owned()))
            .collect())
    }

    /// Whether the log begins with everything that was seen of it before.
    async fn follows(&self, now: &Checkpoint, seen: &[Seen]) -> Result<Result<(), String>, String> {
        let mut tiles = Tiles::default();
        let mut holds_to = 0;
        for earlier in seen {
            let size = earlier.size;
            if size > now.size {
                return Ok(Err(format!(
                    "it has {} acts now and had {size}: acts {} to {} were cut off, or an older checkpoint is \
                     replayed",
                    now.size,
                    now.size,
                    size - 1
                )));
            }
            let root = self
                .ask(&mut tiles, |tiles| tiles.root_at(size, now))
                .await?;
            let root = match root {
                Ok(root) => root,
                Err(place) => return Ok(Err(place)),
            };
            if hex::encode(root) != earlier.root {
                let last = size.saturating_sub(1);
                return Ok(Err(format!(
                    "something among acts {holds_to} to {last} was rewritten: the root of the first {size} acts is \
                     {}, and was {}",
                    hex::encode(root),
                    earlier.root
                )));
            }
            holds_to = size;
        }
        Ok(Ok(()))
    }

    /// Whether the entries since the last audit are those of the tree.
    async fn entries(&self, from: u64, now: &Checkpoint) -> Result<Result<(), String>, String> {
        for bundle in bundles(from..now.size, now.size) {
            let acts = bundle.acts();
            let path = bundle.path();
            let mut tiles = Tiles::default();
            let proven = self
                .ask(&mut tiles, |tiles| tiles.leaves(acts.clone(), now))
                .await?;
            let proven = match proven {
                Ok(proven) => proven,
                Err(place) => return Ok(Err(place)),
            };
            let Some(served) = bundle_leaves(&self.file(&path).await?) else {
                return Ok(Err(format!("{path} is cut off")));
            };
            let differs = (0..proven.len()).find(|n| served.get(*n) != proven.get(*n));
            if let Some(n) = differs {
                let act = acts.start + n as u64;
                return Ok(Err(format!(
                    "{path}: the entry of act {act} is not the one in the log"
                )));
            }
            if served.len() != proven.len() {
                return Ok(Err(format!("{path} holds more entries than it should")));
            }
        }
        Ok(Ok(()))
    }

    /// Asks a question of the tiles, fetching those that it turns out to need.
    async fn ask<T>(
        &self,
        tiles: &mut Tiles,
        question: impl Fn(&Tiles) -> Result<T, TileFault>,
    ) -> Result<Result<T, String>, String> {
        loop {
            match question(tiles) {
                Ok(answer) => return Ok(Ok(answer)),
                Err(TileFault::Wanted(wanted)) => {
                    for path in wanted {
                        let bytes = self.file(&path).await?;
                        tiles.add(path, bytes);
                    }
                }
                Err(fault) => return Ok(Err(fault.to_string())),
            }
        }
    }
}
