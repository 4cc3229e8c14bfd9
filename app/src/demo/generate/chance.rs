//! Draws that are the same for the same seed.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

pub struct Chance(StdRng);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(StdRng::seed_from_u64(seed))
    }

    /// From 0 up to, and without, 1.
    pub fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From 0 up to, and without, `count`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.share() * count as f64) as usize
    }

    /// The same, and much oftener a small number: of a thousand organisations the first is drawn once
    /// in a hundred times.
    pub fn skewed(&mut self, count: usize) -> usize {
        (self.share().powf(1.5) * count as f64) as usize
    }

    /// One of these, each as often as its weight says.
    pub fn one_of<T: Copy>(&mut self, weighted: &[(u32, T)]) -> T {
        let whole: u32 = weighted.iter().map(|(weight, _)| weight).sum();
        let mut drawn = self.below(whole as usize) as u32;
        for (weight, item) in weighted {
            if drawn < *weight {
                return *item;
            }
            drawn -= weight;
        }
        unreachable!("a draw is below the sum of the weights")
    }
}
