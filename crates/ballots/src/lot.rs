use sha2::{Digest, Sha256};

/// A lot that anybody can draw again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// What nobody could choose: the root of the first checkpoint of the log that holds the close.
    pub seed: String,
    /// Each draw, in the order drawn. Approval and points need at most one; a ranked count may need several.
    pub drawn: Vec<Vec<String>>,
}

/// Options in the order they are drawn: by the SHA-256 of `seed|option` in hexadecimal.
pub fn draw(seed: &str, options: &[&str]) -> Vec<String> {
    let mut drawn: Vec<(String, &str)> = options
        .iter()
        .map(|option| {
            (
                hex::encode(Sha256::digest(format!("{seed}|{option}"))),
                *option,
            )
        })
        .collect();
    drawn.sort();
    drawn
        .into_iter()
        .map(|(_, option)| option.to_owned())
        .collect()
}
