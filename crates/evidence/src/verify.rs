//! The checks on a whole file, in the order in which a reader meets its parts.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::bounds::{self, Budget};
use crate::decision::{self, Decided};
use crate::note::Note;
use crate::report::{Code, Outcome, Report};
use crate::tree::Checkpoint;
use crate::{
    Body, Bundle, DayFile, Key, Unreadable, VerifierKey, Version, answers, bundle, day, digest, pdf,
};

/// What the reader brings along.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Keys of the log that the reader trusts.
    pub log_keys: Vec<VerifierKey>,
    /// Keys of witnesses that the reader trusts.
    pub witness_keys: Vec<VerifierKey>,
    /// Attached files, or the text of a version: name and content.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What every file says of where it comes from.
pub(crate) struct Origin<'a> {
    pub gateway: &'a str,
    pub made_at: i64,
    /// The time of the last act that the checkpoint has to cover.
    pub last: i64,
    pub checkpoint: &'a str,
    pub keys: Keys<'a>,
}

/// Checks a bundle, a PDF that carries one, or what stood on a day.
///
/// # Errors
/// When the file cannot be read as evidence at all; then nothing in it was checked.
pub fn verify(file: &[u8], given: &Given) -> Result<Report, Unreadable> {
    if !file.starts_with(b"%PDF-") {
        let mut report = Report::default();
        if bundle::format_of(file) == day::FORMAT {
            day::check(&DayFile::read(file)?, given, &mut report);
        } else {
            let budget = Budget::new();
            let bundle = Bundle::read_within(file, &budget)?;
            check(&bundle, given, &budget, &mut report)?;
        }
        return Ok(report);
    }
    let bytes = pdf::extract(file)?;
    let budget = Budget::new();
    let bundle = Bundle::read_within(&bytes, &budget)?;
    let mut report = Report::default();
    let sealed = pdf::parts(file).is_some_and(|(rest, seal)| {
        let text = pdf::seal_text(&bundle.body, &bytes, &rest);
        let note = format!("{text}\n— {} {seal}\n", bundle.body.gateway);
        sealing_key(&note, &text, &bundle.body.origin()).is_some()
    });
    report.found(
        Code::PdfSeal,
        "pdf",
        if sealed {
            Ok("The PDF is, byte for byte, the one that the gateway made with this evidence.".into())
        } else {
            Err("The PDF is not the one that the gateway made with this evidence: its pages or the evidence in it were changed or exchanged, or another program has saved it anew.".into())
        },
    );
    check(&bundle, given, &budget, &mut report)?;
    Ok(report)
}

fn check(
    bundle: &Bundle,
    given: &Given,
    budget: &Budget,
    report: &mut Report,
) -> Result<(), Unreadable> {
    let body = &bundle.body;
    report.title = body.record.title.clone();
    report.record = body.record.id.clone();
    report.about = format!("version {}", body.version);
    let from = body.origin();
    let checkpoint = origin(&from, &bundle.seal, &Bundle::seal_text(body), given, report);
    let brought: Vec<Brought<'_>> = given
        .files
        .iter()
        .map(|(name, bytes)| Brought {
            name,
            bytes,
            digest: digest(bytes),
        })
        .collect();
    let texts: Vec<Option<Value>> = (0..body.versions.len())
        .map(|place| version(body, place, &brought, budget, report))
        .collect::<Result<_, _>>()?;
    files(body, &texts, &brought, report)?;
    let decided: Vec<Option<Decided>> = body
        .decisions
        .iter()
        .enumerate()
        .map(|(place, _)| decision::check(body, place, &from.keys, checkpoint.as_ref(), report))
        .collect();
    once(&decided, report);
    answers::check(body, &texts, &decided, report);
    everybody(body, &texts, &decided, report);
    Ok(())
}

/// A file that the reader brought along.
struct Brought<'a> {
    name: &'a str,
    bytes: &'a [u8],
    digest: String,
}

/// Seal, keys and checkpoint; the checkpoint where it holds.
pub(crate) fn origin(
    origin: &Origin<'_>,
    seal: &str,
    seal_text: &str,
    given: &Given,
    report: &mut Report,
) -> Option<Checkpoint> {
    report.gateway = origin.gateway.to_owned();
    report.made_at = origin.made_at;
    let sealed_by = sealing_key(seal, seal_text, origin);
    report.found(
        Code::BundleSeal,
        "seal",
        match &sealed_by {
            Some(key) => Ok(format!("The gateway sealed the whole file with the key {key}.")),
            None => Err("The file is not as the gateway sealed it, or the key was not the log’s or not in use when the file was made.".into()),
        },
    );
    for (place, (_, read)) in origin.keys.0.iter().enumerate() {
        if read.is_none() {
            let said = "This is not a public key of the published form.".to_owned();
            report.found(Code::Keys, format!("keys[{place}]"), Err(said));
        }
    }
    let (checkpoint, signed_by) = checkpoint(origin, given, report);
    trusted(given, sealed_by.as_ref(), signed_by.as_ref(), report);
    checkpoint
}

/// The log's key that sealed a note with this text, if it was in use when the file was made.
fn sealing_key(note: &str, text: &str, origin: &Origin<'_>) -> Option<VerifierKey> {
    let note = Note::read(note).filter(|note| note.text == text)?;
    let mut keys = origin.keys.of("log", origin.made_at);
    keys.find(|key| key.name == origin.gateway && note.sealed_by(key))
        .cloned()
}

/// The keys of a file, each read once.
pub(crate) struct Keys<'a>(Vec<(&'a Key, Option<VerifierKey>)>);

impl<'a> Keys<'a> {
    pub fn read(keys: &'a [Key]) -> Keys<'a> {
        let read = |key: &'a Key| (key, key.vkey.parse().ok());
        Keys(keys.iter().map(read).collect())
    }

    /// The keys of an owner that were in use at a time.
    pub fn of(&self, owner: &str, at: i64) -> impl Iterator<Item = &VerifierKey> {
        self.between(owner, at, at)
    }

    /// The keys of an owner that were in use at some time from the first to the last.
    fn between(&self, owner: &str, first: i64, last: i64) -> impl Iterator<Item = &VerifierKey> {
        self.0
            .iter()
            .filter(move |(key, _)| {
                key.owner == owner
                    && key.from <= last
                    && key.until.is_none_or(|until| first < until)
            })
            .filter_map(|(_, read)| read.as_ref())
    }
}

/// The checkpoint, where it is signed by a key of this log that was in use at the last act it
/// has to cover.
fn checkpoint(
    origin: &Origin<'_>,
    given: &Given,
    report: &mut Report,
) -> (Option<Checkpoint>, Option<VerifierKey>) {
    let place = "checkpoint";
    let read = Note::read(origin.checkpoint)
        .and_then(|note| Checkpoint::read(&note.text).map(|checkpoint| (note, checkpoint)));
    let Some((note, checkpoint)) = read else {
        let said = "This is not a checkpoint of a log.".to_owned();
        report.found(Code::Checkpoint, place, Err(said));
        return (None, None);
    };
    // It was signed between that act and the making of the file.
    let mut keys = origin.keys.between("log", origin.last, origin.made_at);
    let signed_by = keys.find(|key| {
        key.name == checkpoint.origin
            && note
                .by(key)
                .is_some_and(|signature| key.holds(&note.text, &signature.bytes))
    });
    let signed_by = signed_by.cloned();
    let found = if checkpoint.origin != origin.gateway {
        Err(format!(
            "The checkpoint is of another log, {}.",
            checkpoint.origin
        ))
    } else {
        match &signed_by {
            Some(_) => Ok(format!(
                "The gateway signed the root of its log with {} acts.",
                checkpoint.size
            )),
            None => Err(
                "The checkpoint is not signed by a key of the log that was in use at the last act."
                    .into(),
            ),
        }
    };
    let holds = found.is_ok();
    report.found(Code::Checkpoint, place, found);
    for (number, signature) in note.signatures.iter().enumerate() {
        if signature.name == checkpoint.origin {
            continue;
        }
        let place = format!("checkpoint.signatures[{number}]");
        let known = given
            .witness_keys
            .iter()
            .find(|k| k.name == signature.name && k.hash == signature.hash);
        match known {
            None => report.add(
                Outcome::NotChecked,
                Code::Witness,
                place,
                format!(
                    "Give the key of the witness {} to check it.",
                    signature.name
                ),
            ),
            Some(key) => report.found(
                Code::Witness,
                place,
                key.cosigned(&note.text, &signature.bytes)
                    .map(|time| format!("{} saw this root at {time} (UTC seconds).", key.name))
                    .ok_or_else(|| format!("The signature of {} does not hold.", key.name)),
            ),
        }
    }
    (holds.then_some(checkpoint), signed_by)
}

fn trusted(
    given: &Given,
    sealed_by: Option<&VerifierKey>,
    signed_by: Option<&VerifierKey>,
    report: &mut Report,
) {
    if given.log_keys.is_empty() {
        report.add(
            Outcome::NotChecked,
            Code::LogKey,
            "keys",
            "No key of the log was given. Compare the key with the one the gateway publishes, or with one you kept.",
        );
        return;
    }
    let known = |key: Option<&VerifierKey>| key.is_some_and(|key| given.log_keys.contains(key));
    report.found(
        Code::LogKey,
        "keys",
        if known(sealed_by) && known(signed_by) {
            Ok("The file and the log are signed with a key you gave.".into())
        } else {
            Err("The file or the log is not signed with any key you gave.".into())
        },
    );
}

/// One version's text; its JSON where the text is there and holds.
fn version(
    body: &Body,
    place: usize,
    brought: &[Brought<'_>],
    budget: &Budget,
    report: &mut Report,
) -> Result<Option<Value>, Unreadable> {
    let version = &body.versions[place];
    let at = format!("versions[{place}]");
    let shown = version.text.as_deref().map(str::as_bytes);
    let mut brought = brought.iter().filter(|b| b.digest == version.digest);
    let text = match (shown, brought.next()) {
        (Some(text), _) => Some(text),
        (None, Some(file)) => {
            budget.count(file.bytes)?;
            Some(file.bytes)
        }
        (None, None) => None,
    };
    let Some(text) = text else {
        report.add(
            Outcome::NotChecked,
            Code::Text,
            at,
            format!("The text of version {} is not in this file. Whoever has it can give it along: its digest must be {}.", version.number, version.digest),
        );
        return Ok(None);
    };
    let read = read_text(body, version, text);
    report.found(
        Code::Text,
        at.as_str(),
        read.as_ref()
            .map(|_| {
                format!(
                    "The text of version {} has the digest {}.",
                    version.number, version.digest
                )
            })
            .map_err(|&fault| fault.to_owned()),
    );
    let Ok(text) = read else {
        return Ok(None);
    };
    let stamp = |name: &str| text["packs"][name].as_str().unwrap_or("unknown").to_owned();
    report.add(
        Outcome::NotChecked,
        Code::Law,
        format!("{at}.packs"),
        format!(
            "The text was written under {} {}, with the digest {}.",
            stamp("name"),
            stamp("version"),
            stamp("digest")
        ),
    );
    Ok(Some(text))
}

fn read_text(body: &Body, version: &Version, text: &[u8]) -> Result<Value, &'static str> {
    if digest(text) != version.digest {
        return Err("The text is not the one with this digest: one of them was changed.");
    }
    let text: Value =
        serde_json::from_slice(text).map_err(|_| "The text is not a version of an agreement.")?;
    if text["record"] != body.record.id.as_str() || text["number"] != version.number {
        return Err("The text is of another agreement or another version.");
    }
    if version.number == body.version && text["title"] != body.record.title.as_str() {
        return Err("The text has another title than the file.");
    }
    if let Some(joins) = text.get("joins") {
        let joined = body
            .versions
            .iter()
            .any(|v| joins["version"] == v.number && joins["digest"] == v.digest.as_str());
        if !joined {
            return Err("The text joins a version that is not in the file.");
        }
    }
    Ok(text)
}

/// Attachments of the texts, and files given that belong to none.
fn files(
    body: &Body,
    texts: &[Option<Value>],
    brought: &[Brought<'_>],
    report: &mut Report,
) -> Result<(), Unreadable> {
    let attachments = texts.iter().flatten();
    bounds::items(
        attachments
            .map(|text| text["attachments"].as_array().map_or(0, Vec::len))
            .sum(),
    )?;
    let mut known: BTreeSet<&str> = body.versions.iter().map(|v| v.digest.as_str()).collect();
    for (place, text) in texts.iter().enumerate() {
        let attached = text.as_ref().and_then(|t| t["attachments"].as_array());
        for (number, file) in attached.into_iter().flatten().enumerate() {
            let named = |key: &str| file[key].as_str().unwrap_or_default();
            known.insert(named("digest"));
            let at = format!("versions[{place}].attachments[{number}]");
            let is_given = brought.iter().any(|file| file.digest == named("digest"));
            let (outcome, said) = if is_given {
                (
                    Outcome::Holds,
                    format!("“{}” is the file that was attached.", named("name")),
                )
            } else {
                (
                    Outcome::NotChecked,
                    format!(
                        "Give “{}” along to check it: its digest must be {}.",
                        named("name"),
                        named("digest")
                    ),
                )
            };
            report.add(outcome, Code::Attachment, at, said);
        }
    }
    for (number, Brought { name, digest, .. }) in brought.iter().enumerate() {
        if !known.contains(digest.as_str()) {
            let said = format!(
                "“{name}” is neither attached to this agreement nor its text, or it was changed. Its digest is {digest}."
            );
            report.found(Code::Given, format!("given[{number}]"), Err(said));
        }
    }
    Ok(())
}

fn once(decided: &[Option<Decided>], report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (place, decided) in decided.iter().enumerate() {
        let Some(decided) = decided else { continue };
        let s = &decided.statement;
        // Advice can be overruled or answered; each of them stands once.
        let kind = match s.outcome.as_str() {
            after @ ("overruled" | "answered") => after,
            _ => "decided",
        };
        if !seen.insert((s.line.as_str(), kind)) {
            let said = format!("The line {} is decided twice in this file.", s.line);
            report.found(Code::Once, format!("decisions[{place}]"), Err(said));
        }
    }
}

/// Whether each organisation that a text asks to sign has done so on it.
fn everybody(
    body: &Body,
    texts: &[Option<Value>],
    decided: &[Option<Decided>],
    report: &mut Report,
) {
    let signed: BTreeSet<(i64, &str)> = decided
        .iter()
        .flatten()
        .filter(|d| d.holds && d.statement.outcome == "signed")
        .map(|d| (d.statement.version, d.statement.party.id.as_str()))
        .collect();
    for (place, (version, text)) in body.versions.iter().zip(texts).enumerate() {
        let at = format!("versions[{place}]");
        let Some(text) = text else {
            report.add(
                Outcome::NotChecked,
                Code::Everybody,
                at,
                "Who had to sign stands in the text, which is not in this file.",
            );
            continue;
        };
        let missing: Vec<&str> = text["parties"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|party| party["registered"] == true)
            .filter(|party| {
                let id = party["id"].as_str();
                !id.is_some_and(|id| signed.contains(&(version.number, id)))
            })
            .map(|party| party["name"].as_str().unwrap_or("a party without a name"))
            .collect();
        if missing.is_empty() {
            let said = format!(
                "Every organisation that uses the gateway has signed version {}.",
                version.number
            );
            report.add(Outcome::Holds, Code::Everybody, at, said);
        } else {
            let said = format!(
                "This file shows no valid signature on version {} by: {}.",
                version.number,
                missing.join(", ")
            );
            report.add(Outcome::NotChecked, Code::Everybody, at, said);
        }
    }
}
