//! What the typesetter may see: one template, one piece of data, three fonts.
//! No file system, no network, no packages, no clock.

use std::sync::OnceLock;

use crate::Attached;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::layout::Abs;
use typst::syntax::{DiagSpan, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontInstance, FontVariant, FontVariations};
use typst::utils::LazyHash;
use typst::{Feature, Features, Library, LibraryExt, World, WorldExt};

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
    fonts: [Font; 3],
    faces: [FontInstance; 3],
    template: Source,
    data: FileId,
}

static SHARED: OnceLock<Shared> = OnceLock::new();

fn shared() -> &'static Shared {
    SHARED.get_or_init(|| {
        let fonts = FONTS.map(|bytes| {
            Font::new(Bytes::new(bytes), 0).expect("a font that is built in can be read")
        });
        // Heading cells of rows are behind this feature in Typst 0.15.
        let features: Features = [Feature::A11yExtras].into_iter().collect();
        Shared {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            faces: fonts.clone().map(|font| {
                font.instantiate(
                    FontVariant::default(),
                    Abs::pt(10.0),
                    &FontVariations::default(),
                )
            }),
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
pub(crate) fn one_font_shows(sign: &[char]) -> bool {
    let shows = |font: &FontInstance| {
        // Some fonts list characters that lead to the sign for "no such
        // character", which PDF/UA forbids.
        sign.iter()
            .all(|c| font.ttf().glyph_index(*c).is_some_and(|glyph| glyph.0 != 0))
    };
    let [regular, bold, wide] = &shared().faces;
    // Either of the two may be asked for it.
    shows(regular) && shows(bold) || shows(wide)
}

/// One document's world.
pub(crate) struct DocumentWorld {
    shared: &'static Shared,
    data: Bytes,
    attached: Option<(FileId, Bytes)>,
}

impl DocumentWorld {
    pub(crate) fn new(data: Vec<u8>, attached: Option<&Attached>) -> Self {
        Self {
            shared: shared(),
            data: Bytes::new(data),
            attached: attached.map(|one| (file(&one.name), Bytes::new(one.bytes.clone()))),
        }
    }

    /// The line of the template a span begins on.
    pub(crate) fn line(&self, span: impl Into<DiagSpan>) -> Option<usize> {
        let start = self.range(span)?.start;
        Some(
            self.shared
                .template
                .text()
                .get(..start)?
                .matches('\n')
                .count()
                + 1,
        )
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
            return Ok(self.data.clone());
        }
        match &self.attached {
            Some((attached, bytes)) if id == *attached => Ok(bytes.clone()),
            _ => Err(FileError::AccessDenied),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shared.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
