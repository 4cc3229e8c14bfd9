//! The log in tiles (C2SP tlog-tiles): pieces of the tree that a log serves as plain files, and
//! proofs made from them by somebody who trusts only the checkpoint's root.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use tlog_tiles::tile::{Tile as Place, TileHashReader, TileReader};
use tlog_tiles::tlog::{self, Error, HashReader as _, stored_hash_index};

use crate::{Checkpoint, Hash, MAX_SIZE, leaf_hash};

/// A full tile spans eight levels of the tree: 256 hashes.
const HEIGHT: u8 = 8;

/// Hashes in a full tile, and entries in a full bundle.
pub const WIDTH: u64 = 1 << HEIGHT;

/// What a tile's address asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile(Place);

impl Tile {
    /// Reads an address below the log's prefix: `tile/0/x001/234`, `tile/1/000.p/7` or
    /// `tile/entries/000`. None when it is not exactly as the specification writes it.
    pub fn parse(path: &str) -> Option<Tile> {
        let rest = path.strip_prefix("tile/")?;
        let rest = match rest.strip_prefix("entries/") {
            Some(n) => format!("data/{n}"),
            // The library's name for entries is not one of the specification.
            None if rest.starts_with("data/") => return None,
            None => rest.to_owned(),
        };
        // The library panics on what is out of range. Level 7 spans more acts than a log may hold.
        let (level, n) = rest.split_once('/')?;
        let known = matches!(level, "data" | "0" | "1" | "2" | "3" | "4" | "5" | "6");
        let width = n
            .split_once(".p/")
            .map_or(1, |(_, w)| w.parse().unwrap_or(0));
        if !known || width == 0 {
            return None;
        }
        let place = Place::from_path(&format!("tile/{HEIGHT}/{rest}")).ok()?;
        Some(Tile(place))
    }

    /// The address below the log's prefix.
    pub fn path(&self) -> String {
        let path = self.0.path();
        let rest = path.trim_start_matches("tile/8/");
        match rest.strip_prefix("data/") {
            Some(n) => format!("tile/entries/{n}"),
            None => format!("tile/{rest}"),
        }
    }

    /// Whether it holds entries and not hashes.
    pub fn is_entries(&self) -> bool {
        self.0.is_data()
    }

    /// Whether it will never get longer.
    pub fn is_full(&self) -> bool {
        u64::from(self.0.width()) == WIDTH
    }

    /// The acts whose entries it holds.
    pub fn acts(&self) -> Range<u64> {
        let first = self.0.level_index().saturating_mul(WIDTH);
        first..first.saturating_add(self.0.width().into())
    }

    /// Whether a log of this size has it.
    pub fn is_in(&self, size: u64) -> bool {
        let level = u32::from(self.0.level()) * u32::from(HEIGHT);
        self.acts().end <= size >> level
    }

    /// Positions of its hashes among the stored nodes, in order.
    pub fn nodes(&self) -> Vec<u64> {
        let level = HEIGHT * self.0.level();
        self.acts().map(|n| stored_hash_index(level, n)).collect()
    }
}

/// The bytes of an entry bundle: each entry after its length in two bytes.
///
/// # Errors
/// When an entry is longer than 65,535 bytes.
pub fn bundle(entries: &[Vec<u8>]) -> Result<Vec<u8>, std::num::TryFromIntError> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend(u16::try_from(entry.len())?.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The leaf hashes of the entries in a bundle; none if the bundle is cut off.
pub fn bundle_leaves(mut bytes: &[u8]) -> Option<Vec<Hash>> {
    let mut leaves = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        leaves.push(leaf_hash(entry));
        bytes = rest;
    }
    Some(leaves)
}

/// The entry bundles that hold these acts of a log of `size` acts.
pub fn bundles(acts: Range<u64>, size: u64) -> Vec<Tile> {
    let mut wanted = Vec::new();
    let mut n = acts.start / WIDTH;
    while n * WIDTH < acts.end.min(size) {
        let width = (size - n * WIDTH).min(WIDTH);
        let width = u32::try_from(width).expect("at most 256");
        wanted.push(Tile(Place::new(HEIGHT, 0, n, width, true)));
        n += 1;
    }
    wanted
}

/// Tiles as a log served them. Nothing in here is believed until it is proven by a root.
#[derive(Debug, Clone, Default)]
pub struct Tiles(BTreeMap<String, Vec<u8>>);

/// Why a question could not be answered from tiles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileFault {
    /// These tiles (addresses below the log's prefix) are needed too.
    #[error("tiles are needed: {0:?}")]
    Wanted(Vec<String>),
    /// The tiles do not make the signed root.
    #[error("the tiles of the log do not give the root of its checkpoint of {0} acts")]
    NotTheRoot(u64),
}

impl Tiles {
    /// Adds a tile that was read.
    pub fn add(&mut self, path: String, bytes: Vec<u8>) {
        self.0.insert(path, bytes);
    }

    /// The root of the log's first `old` acts, proven by a later checkpoint.
    ///
    /// # Errors
    /// As long as tiles are wanted, and when they do not give the checkpoint's root.
    pub fn root_at(&self, old: u64, proven_by: &Checkpoint) -> Result<Hash, TileFault> {
        if old == 0 {
            return Ok(crate::EMPTY_ROOT);
        }
        self.ask(proven_by, |reader| tlog::tree_hash(old, reader))
            .map(|hash| hash.0)
    }

    /// The leaf hashes of some acts, proven by a checkpoint that covers them.
    ///
    /// # Errors
    /// As [`Tiles::root_at`].
    pub fn leaves(&self, acts: Range<u64>, proven_by: &Checkpoint) -> Result<Vec<Hash>, TileFault> {
        let indexes: Vec<u64> = acts.map(|n| stored_hash_index(0, n)).collect();
        let hashes = self.ask(proven_by, |reader| reader.read_hashes(&indexes))?;
        Ok(hashes.into_iter().map(|hash| hash.0).collect())
    }

    fn ask<T>(
        &self,
        proven_by: &Checkpoint,
        question: impl FnOnce(&TileHashReader<'_>) -> Result<T, Error>,
    ) -> Result<T, TileFault> {
        let size = proven_by.size;
        let refused = TileFault::NotTheRoot(size);
        if size == 0 || size > MAX_SIZE {
            return Err(refused);
        }
        let served = Served {
            tiles: &self.0,
            wanted: RefCell::default(),
        };
        let root = tlog::Hash(proven_by.root);
        let answer = question(&TileHashReader::new(size, root, &served));
        let wanted = served.wanted.into_inner();
        match answer {
            Ok(answer) => Ok(answer),
            Err(_) if !wanted.is_empty() => Err(TileFault::Wanted(wanted.into_iter().collect())),
            Err(_) => Err(refused),
        }
    }
}

/// Answers the library from what was read so far, and notes what is missing.
struct Served<'a> {
    tiles: &'a BTreeMap<String, Vec<u8>>,
    wanted: RefCell<BTreeSet<String>>,
}

impl TileReader for Served<'_> {
    fn height(&self) -> u8 {
        HEIGHT
    }

    fn read_tiles(&self, tiles: &[Place]) -> Result<Vec<Vec<u8>>, Error> {
        let mut read = Vec::with_capacity(tiles.len());
        for tile in tiles {
            let path = Tile(*tile).path();
            match self.tiles.get(&path) {
                Some(bytes) => read.push(bytes.clone()),
                None => {
                    self.wanted.borrow_mut().insert(path);
                }
            }
        }
        if self.wanted.borrow().is_empty() {
            Ok(read)
        } else {
            Err(Error::IndexesNotInTree)
        }
    }

    fn save_tiles(&self, _: &[Place], _: &[Vec<u8>]) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_only_as_the_specification_writes_them() {
        for path in [
            "tile/0/000",
            "tile/0/x001/x234/067",
            "tile/3/005.p/255",
            "tile/entries/x001/000.p/1",
        ] {
            assert_eq!(Tile::parse(path).unwrap().path(), path);
        }
        for path in [
            "tile/0/0",
            "tile/0/000.p/0",
            "tile/0/000.p/00",
            "tile/0/000.p/256",
            "tile/0/000.p/99999999999",
            "tile/7/000",
            "tile/200/000",
            "tile/data/000",
            "tile/8/0/000",
            "tile/entries/entries/000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile//000",
            "tile/0/",
            "checkpoint",
        ] {
            assert_eq!(Tile::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_bundle_is_read_back_and_never_half() {
        let bytes = bundle(&[b"one".to_vec(), Vec::new(), b"three".to_vec()]).unwrap();
        let leaves = bundle_leaves(&bytes).unwrap();
        assert_eq!(leaves[0], leaf_hash(b"one"));
        assert_eq!(leaves.len(), 3);
        assert_eq!(bundle_leaves(&bytes[..bytes.len() - 1]), None);
        assert!(bundle(&[vec![0; 65_536]]).is_err());
    }
}
