//! Files that are made to cost: each is refused before it takes more than a document of a gateway does.

#![expect(
    clippy::disallowed_methods,
    reason = "tests of what may take how long measure real time"
)]

use std::io::Write as _;
use std::time::{Duration, Instant};

use evidence::{Body, Bundle, Given, MAX_ITEMS, MAX_PARTS, PdfFault, Unreadable, verify};

use crate::python::{Case, both};
use crate::world::{body, given, sealed};

/// What a verification may take here, in a build without optimisation.
const SOON: Duration = Duration::from_secs(10);

fn refused(file: &[u8]) -> Unreadable {
    let begun = Instant::now();
    let fault = verify(file, &Given::default()).unwrap_err();
    assert!(
        begun.elapsed() < SOON,
        "{} bytes: {:?}",
        file.len(),
        begun.elapsed()
    );
    fault
}

fn sealed_with(change: impl FnOnce(&mut Body)) -> Vec<u8> {
    let mut body = body();
    change(&mut body);
    sealed(body).to_bytes()
}

/// A stream that inflates beyond what is read, under as many names as one likes.
fn bomb(names: usize) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(b"{\"body\":{").unwrap();
    packer.write_all(&vec![b' '; evidence::LARGEST]).unwrap();
    let packed = packer.finish().unwrap();
    [
        b"1 0 obj/FlateDecode".as_slice(),
        &b"/EmbeddedFile".repeat(names),
        b"stream\n",
        &packed,
        b"\nendstream\nendobj\n",
    ]
    .concat()
}

#[test]
fn a_pdf_that_names_files_without_end_is_searched_once() {
    let start = b"%PDF-1.7\n".to_vec();
    // One dictionary with many names; many with few; none with an end.
    let many = [start.clone(), bomb(240).repeat(40)].concat();
    assert_eq!(refused(&many), Unreadable::Pdf(PdfFault::TooMany));
    let few = [start.clone(), bomb(1)].concat();
    assert_eq!(refused(&few), Unreadable::Pdf(PdfFault::NoEvidence));
    let twice = [start.clone(), bomb(1), bomb(1)].concat();
    assert_eq!(refused(&twice), Unreadable::Pdf(PdfFault::Several));
    let unit = [
        b"1 0 obj".as_slice(),
        &b"/EmbeddedFile".repeat(240),
        b"stream\n{\"body\":{",
    ]
    .concat();
    let endless = [start.clone(), unit.repeat(10 * 1024 * 1024 / unit.len())].concat();
    assert_eq!(refused(&endless), Unreadable::Pdf(PdfFault::TooMany));
    let unit = b"1 0 obj/EmbeddedFile stream\n{\"body\":{";
    let endless = [start.as_slice(), unit, &vec![b'x'; 10 * 1024 * 1024]].concat();
    assert_eq!(refused(&endless), Unreadable::Pdf(PdfFault::NoEvidence));
    both(&[
        Case::new("many names", many),
        Case::new("one bomb", few),
        Case::new("two bombs", twice),
    ]);
}

#[test]
fn a_file_of_millions_of_values_is_never_held() {
    let small = [
        b"[".as_slice(),
        &b"{\"\":0},".repeat(1_500_000),
        b"{\"\":0}]",
    ]
    .concat();
    assert_eq!(refused(&small), Unreadable::TooMany);
    let zeros = [b"[".as_slice(), &b"0,".repeat(5_000_000), b"0]"].concat();
    assert_eq!(refused(&zeros), Unreadable::TooMany);
    let deep = [b"[".repeat(8_000_000), b"]".repeat(8_000_000)].concat();
    assert_eq!(refused(&deep), Unreadable::TooDeep);
    let string = [b"\"".as_slice(), &b"\\\"".repeat(5_000_000), b"\""].concat();
    assert!(matches!(refused(&string), Unreadable::Shape(_)));
    both(&[
        Case::new("objects", small),
        Case::new("zeros", zeros),
        Case::new("deep", deep),
    ]);
}

#[test]
fn texts_inside_a_file_count_as_well() {
    let many = format!("[{}0]", "{\"\":0},".repeat(MAX_PARTS / 3));
    let act = sealed_with(|body| body.decisions[0].act.text = many.clone());
    let text = sealed_with(|body| body.versions[0].text = Some(many.clone()));
    let value = sealed_with(|body| {
        let who = body.decisions[0].who.as_mut().unwrap();
        who.value = serde_json::from_str(&many).unwrap();
    });
    // The text of a version that is given along.
    let digest = evidence::digest(many.as_bytes());
    let given_along = sealed_with(|body| {
        body.versions[0].digest = digest;
        body.versions[0].text = None;
    });
    for file in [&act, &text, &value] {
        assert_eq!(refused(file), Unreadable::TooMany);
    }
    let mut along = Case::new("given along", given_along);
    along.given.files = vec![("text.json".to_owned(), many.into_bytes())];
    assert_eq!(
        verify(&along.file, &along.given).unwrap_err(),
        Unreadable::TooMany
    );
    both(&[
        Case::new("act", act),
        Case::new("text", text),
        Case::new("value", value),
        along,
    ]);
}

#[test]
fn lists_end_and_nothing_is_named_twice() {
    let keys = sealed_with(|body| {
        let key = body.keys[0].clone();
        for number in 0..MAX_ITEMS as i64 {
            let mut key = key.clone();
            key.owner = format!("org_{number}");
            body.keys.push(key);
        }
    });
    let decisions = sealed_with(|body| {
        let decision = body.decisions[0].clone();
        body.decisions = vec![decision; MAX_ITEMS + 1];
    });
    let key_twice = sealed_with(|body| {
        let mut key = body.keys[0].clone();
        key.from -= 1;
        body.keys.push(key);
    });
    let version_twice = sealed_with(|body| {
        let mut version = body.versions[0].clone();
        version.number += 1;
        body.versions.push(version);
    });
    assert_eq!(refused(&keys), Unreadable::TooMany);
    assert_eq!(refused(&decisions), Unreadable::TooMany);
    assert_eq!(refused(&key_twice), Unreadable::Twice);
    assert_eq!(refused(&version_twice), Unreadable::Twice);
    both(&[
        Case::new("keys", keys),
        Case::new("decisions", decisions),
        Case::new("a key twice", key_twice),
        Case::new("a version twice", version_twice),
    ]);
}

/// As many decisions as are taken, none of which holds, by an owner of as many keys.
#[test]
fn the_most_that_is_taken_is_checked_soon() {
    let mut body = body();
    let decision = body.decisions[0].clone();
    body.decisions = vec![decision; 1000];
    let file = sealed(body);
    let begun = Instant::now();
    let report = verify(&file.to_bytes(), &given()).unwrap();
    assert!(!report.holds());
    assert!(begun.elapsed() < 4 * SOON, "{:?}", begun.elapsed());
    assert!(Bundle::read(&file.to_bytes()).is_ok());
}
