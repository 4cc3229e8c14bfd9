//! The one secret of a gateway, from which every private key is made.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;

use crate::kernel::entropy::Entropy;

/// 32 secret random bytes. Nothing prints them but [`Secret::to_text`], for the secret's own file.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    pub fn random(entropy: &Entropy) -> Secret {
        Secret(entropy.bytes())
    }

    /// Reads 64 hexadecimal digits; space around them does not matter.
    ///
    /// # Errors
    /// When it is anything else. The message does not repeat the text.
    pub fn parse(text: &str) -> Result<Secret, String> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes)
            .map_err(|_| "the secret is not 64 hexadecimal digits".to_owned())?;
        Ok(Secret(bytes))
    }

    /// What [`Secret::parse`] reads.
    pub fn to_text(&self) -> String {
        hex::encode(self.0)
    }

    /// 32 secret bytes for one purpose (HKDF-SHA256, RFC 5869). Who learns them learns neither the
    /// secret nor those of another purpose.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut seed = [0; 32];
        Hkdf::<Sha256>::new(None, &self.0)
            .expand(purpose.as_bytes(), &mut seed)
            .expect("32 bytes are not too many for HKDF");
        seed
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_its_own_bytes_and_nothing_is_shown() {
        let secret = Secret::parse(&"0b".repeat(32)).unwrap();
        assert_ne!(secret.derive("one"), secret.derive("two"));
        assert_eq!(secret.derive("one"), secret.derive("one"));
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
        assert!(!Secret::parse("0b0b").unwrap_err().contains("0b0b"));
        let text = format!("{}\n", secret.to_text());
        assert_eq!(
            Secret::parse(&text).unwrap().derive("x"),
            secret.derive("x")
        );
    }
}
