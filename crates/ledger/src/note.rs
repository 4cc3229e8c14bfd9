//! Any text as a C2SP signed note.

use signed_note::{Note, NoteError, Signer, Verifier, VerifierList};

use crate::{CheckpointFault, LogKey, VerifierKey};

/// A note of which at least one signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedNote {
    /// The signed text, with the line feed at its end.
    pub text: String,
    /// The known keys whose signatures hold, in the order of the lines; never none.
    pub signers: Vec<VerifierKey>,
}

/// The text as a signed note with a signature line of each key, in their order.
///
/// # Errors
/// [`CheckpointFault::Malformed`] when the text is empty, does not end in a line feed, or holds control
/// characters.
pub fn sign_note(text: &str, keys: &[&LogKey]) -> Result<String, CheckpointFault> {
    let mut note = Note::new(text.as_bytes(), &[]).map_err(|_| CheckpointFault::Malformed)?;
    for key in keys {
        let signer: &dyn Signer = *key;
        note.add_sigs(&[signer])
            .map_err(|_| CheckpointFault::Malformed)?;
    }
    String::from_utf8(note.to_bytes()).map_err(|_| CheckpointFault::Malformed)
}

/// Reads a signed note. Each signature by one of the keys must hold, and there must be one;
/// signatures by other keys are passed over.
pub fn open_note(note: &str, keys: &[VerifierKey]) -> Result<OpenedNote, CheckpointFault> {
    let note = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointFault::Malformed)?;
    let mut known: Vec<Box<dyn Verifier>> = Vec::new();
    for (n, key) in keys.iter().enumerate() {
        // The same key twice is no ambiguity.
        if !keys[..n].contains(key) {
            known.push(Box::new(key.inner.clone()));
        }
    }
    let (held, _) = note
        .verify(&VerifierList::new(known))
        .map_err(|fault| match fault {
            NoteError::InvalidSignature { name, id } => {
                CheckpointFault::Signature(format!("{name}+{id:08x}"))
            }
            NoteError::UnverifiedNote => CheckpointFault::NoKnownKey,
            _ => CheckpointFault::Malformed,
        })?;
    let of = |name: &str, id: u32| {
        let mut keys = keys.iter();
        keys.find(|key| key.inner.name() == name && key.inner.key_id() == id)
    };
    Ok(OpenedNote {
        text: String::from_utf8(note.text().to_vec()).map_err(|_| CheckpointFault::Malformed)?,
        signers: held
            .iter()
            .filter_map(|s| of(s.name(), s.id()).cloned())
            .collect(),
    })
}
