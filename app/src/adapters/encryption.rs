//! Text that must be read again later but not by whoever reads the database: encrypted with a key
//! made from the gateway's secret (AES-256-GCM).

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::kernel::App;

/// Locks a text. What it belongs to is bound to it: moved to another row, it does not open.
pub fn lock(app: &App, belongs_to: &str, text: &[u8]) -> String {
    let nonce = app.entropy.bytes::<12>();
    let payload = Payload {
        msg: text,
        aad: belongs_to.as_bytes(),
    };
    let locked = cipher(app)
        .encrypt(&Nonce::from(nonce), payload)
        .expect("short texts can be encrypted");
    URL_SAFE_NO_PAD.encode([&nonce[..], &locked].concat())
}

/// Opens it, or none when it is not ours, was changed, or belongs to something else.
pub fn unlock(app: &App, belongs_to: &str, locked: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(locked).ok()?;
    let (nonce, msg) = bytes.split_first_chunk::<12>()?;
    let payload = Payload {
        msg,
        aad: belongs_to.as_bytes(),
    };
    cipher(app).decrypt(&Nonce::from(*nonce), payload).ok()
}

fn cipher(app: &App) -> Aes256Gcm {
    Aes256Gcm::new(&app.secret.derive("locked texts").into())
}
