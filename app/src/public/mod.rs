//! What everybody may see: the register, its publications, and the page that checks a document.

pub mod earlier_versions;
pub mod published_page;
pub mod register;
pub mod rsf;
pub mod verify;
