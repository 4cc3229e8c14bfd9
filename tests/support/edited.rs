//! The packs, edited as whoever looks after them might.

use std::collections::BTreeMap;
use std::sync::Arc;

use packs::{Files, Packs};

pub struct Edited(BTreeMap<String, String>);

impl Edited {
    pub fn packs() -> Edited {
        let files = aldgate::cli::pack_files("").unwrap();
        let texts = files
            .iter()
            .map(|(path, text)| (path.to_owned(), text.to_owned()));
        Edited(texts.collect())
    }

    /// Replaces the first `from` after the first `after`.
    pub fn edit(mut self, path: &str, after: &str, from: &str, to: &str) -> Edited {
        let text = self.0.get_mut(path).expect(path);
        let start = text
            .find(after)
            .unwrap_or_else(|| panic!("{path} holds no {after}"));
        let at = text[start..]
            .find(from)
            .unwrap_or_else(|| panic!("{path} holds no {from} after {after}"));
        text.replace_range(start + at..start + at + from.len(), to);
        self
    }

    /// Replaces each `from`.
    pub fn everywhere(mut self, path: &str, from: &str, to: &str) -> Edited {
        let text = self.0.get_mut(path).expect(path);
        assert!(text.contains(from), "{path} holds no {from}");
        *text = text.replace(from, to);
        self
    }

    pub fn append(mut self, path: &str, more: &str) -> Edited {
        self.0.get_mut(path).expect(path).push_str(more);
        self
    }

    /// Takes away every file of a folder.
    pub fn without(mut self, folder: &str) -> Edited {
        let before = self.0.len();
        self.0.retain(|path, _| !path.starts_with(folder));
        assert_ne!(self.0.len(), before, "nothing is in {folder}");
        self
    }

    pub fn add(mut self, path: &str, text: &str) -> Edited {
        self.0.insert(path.to_owned(), text.to_owned());
        self
    }

    pub fn files(&self) -> Files {
        Files::new(self.0.clone())
    }

    /// The packs, whatever else the edit broke in them.
    pub fn read(&self) -> Arc<Packs> {
        Arc::new(Packs::load_kept(&self.files()).expect("packs"))
    }

    pub fn write_to(&self, folder: &std::path::Path) {
        for (path, text) in &self.0 {
            let file = folder.join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).unwrap();
            std::fs::write(file, text).unwrap();
        }
    }
}
