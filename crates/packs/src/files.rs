//! The files of a pack as texts, so that everything after reading is pure.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

/// Path relative to the packs folder, with `/` between the parts, and the text of the file.
#[derive(Clone, Debug, Default)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// Reads every `.toml` file below a folder.
    pub fn from_dir(root: &Path) -> io::Result<Files> {
        let mut files = BTreeMap::new();
        let mut open = vec![(root.to_path_buf(), String::new())];
        while let Some((folder, prefix)) = open.pop() {
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = if prefix.is_empty() {
                    name
                } else {
                    format!("{prefix}/{name}")
                };
                if entry.file_type()?.is_dir() {
                    open.push((entry.path(), path));
                } else if path.ends_with(".toml") {
                    files.insert(path, std::fs::read_to_string(entry.path())?);
                }
            }
        }
        Ok(Files(files))
    }

    /// Files from pairs of path and text: embedded packs, tests.
    pub fn new<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Files {
        Files(
            files
                .into_iter()
                .map(|(path, text)| (path.into(), text.into()))
                .collect(),
        )
    }

    /// SHA-256 over paths and contents in the order of the paths, as hex. Each part is
    /// preceded by its length, so no two sets of files share a digest by shifting bytes.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (path, text) in &self.0 {
            for part in [path, text] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
        hex::encode(hash.finalize())
    }

    /// All files in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The text of one file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}
