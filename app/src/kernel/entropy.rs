use std::sync::{Arc, Mutex};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng as _, TryRng as _};

/// Where randomness comes from. Tests and the demo's records seed it.
#[derive(Clone)]
pub enum Entropy {
    System,
    Seeded(Arc<Mutex<StdRng>>),
}

impl Entropy {
    pub fn seeded(seed: u64) -> Entropy {
        Entropy::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            // Without randomness nothing safe can be done; the operating system does not refuse it.
            Entropy::System => SysRng
                .try_fill_bytes(&mut bytes)
                .expect("system randomness"),
            Entropy::Seeded(rng) => rng.lock().expect("not poisoned").fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A secret for a cookie or a link: 256 bits, hexadecimal.
    pub fn token(&self) -> String {
        hex::encode(self.bytes::<32>())
    }
}
