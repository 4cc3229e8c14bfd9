//! What the typesetter may see: one template, one piece of data, three fonts.
//! No file system, no network, no packages, no clock.

use std::sync::OnceLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Features, Library, LibraryExt, World};

/// In order of preference: the template asks for them in this order too.
const FONTS: [&[u8]; 3] = [
    include_bytes!("../fonts/LiberationSans-Regular.ttf"),
    include_bytes!("../fonts/LiberationSans-Bold.ttf"),
    include_bytes!("../fonts/DejaVuSans.ttf"),
];

/// What every document shares; made once.
struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    data: FileId,
}

static SHARED: OnceLock<Shared> = OnceLock::new();

fn shared() -> &'static Shared {
    SHARED.get_or_init(|| {
        let fonts: Vec<Font> = FONTS
            .iter()
            .flat_map(|bytes| Font::iter(Bytes::new(*bytes)))
            .collect();
        // Heading cells of rows are behind this feature in Typst 0.15.
        let features: Features = [Feature::A11yExtras].into_iter().collect();
        Shared {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            template: Source::new(
                file("document.typ"),
                include_str!("document.typ").to_owned(),
            ),
            data: file("document.json"),
        }
    })
}

fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain file name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// Whether one font has a glyph for each of these characters, which stand
/// together as one sign (a letter and its accents).
pub(crate) fn one_font_shows(mut sign: impl Iterator<Item = char> + Clone) -> bool {
    let fonts = &shared().fonts;
    // The regular and the bold face must both have it: either may be asked.
    let shows = |font: &Font, mut sign: &mut dyn Iterator<Item = char>| {
        (&mut sign).all(|c| font.info().coverage.contains(c as u32))
    };
    (shows(&fonts[0], &mut sign.clone()) && shows(&fonts[1], &mut sign.clone()))
        || shows(&fonts[2], &mut sign)
}

/// One document's world.
pub(crate) struct DocumentWorld {
    shared: &'static Shared,
    data: Bytes,
}

impl DocumentWorld {
    pub(crate) fn new(data: Vec<u8>) -> Self {
        Self {
            shared: shared(),
            data: Bytes::new(data),
        }
    }
}

impl World for DocumentWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shared.book
    }

    fn main(&self) -> FileId {
        self.shared.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.shared.template.id() {
            Ok(self.shared.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.shared.data {
            Ok(self.data.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shared.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
