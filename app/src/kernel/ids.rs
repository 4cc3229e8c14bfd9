use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::kernel::clock::Now;
use crate::kernel::entropy::Entropy;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident $prefix:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn make(now: Now, entropy: &Entropy) -> $name {
                $name(make($prefix, now, entropy))
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> $name { $name(text) }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> $name { $name(text.to_owned()) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
        }
        impl From<&$name> for db::Value {
            fn from(id: &$name) -> db::Value { db::Value::from(id.as_str()) }
        }
    )+};
}

ids! {
    OrganisationId "org";
    PersonId "per";
    /// A record's id starts with its type's prefix, which the pack names: `agr_…`.
    RecordId "rec";
    LineId "lin";
}

/// `prefix_` and 26 characters that sort by time.
pub fn make(prefix: &str, now: Now, entropy: &Entropy) -> String {
    let millis = u64::try_from(now.0 / 1000).unwrap_or(0);
    let random = u128::from_le_bytes(entropy.bytes::<16>());
    format!("{prefix}_{}", Ulid::from_parts(millis, random))
}
