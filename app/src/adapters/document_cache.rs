//! Documents that were made lately, so that thirty parties who open one on the same day wait for it once.

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// Bytes that are kept, at most; the ones asked for least go first.
const MOST: u64 = 32 << 20;
/// About how many documents that is.
const DOCUMENTS: usize = 200;

/// By a digest of everything that the document is made of.
pub struct Kept(Cache<String, Bytes, Size>);

#[derive(Clone)]
struct Size;

impl Weighter<String, Bytes> for Size {
    fn weight(&self, _: &String, document: &Bytes) -> u64 {
        document.len() as u64
    }
}

impl Default for Kept {
    fn default() -> Kept {
        Kept(Cache::with_weighter(DOCUMENTS, MOST, Size))
    }
}

impl Kept {
    pub fn get(&self, key: &str) -> Option<Bytes> {
        self.0.get(key)
    }

    pub fn keep(&self, key: String, document: Bytes) {
        self.0.insert(key, document);
    }
}
