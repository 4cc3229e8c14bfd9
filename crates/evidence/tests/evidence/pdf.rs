//! Evidence in a PDF: nothing in the file can be changed or exchanged without it showing.

use std::io::Write as _;

use evidence::{Bundle, insert_seal, pdf_seal_text, verify};

use crate::python::{Case, both, found, ours};
use crate::world::{body, given, log_key, sealed};

/// A file with the parts that matter here; documents as they are typeset are tested with the gateway.
fn pages(bundle: &Bundle, words: &str, packed: bool) -> Vec<u8> {
    let bytes = bundle.to_bytes();
    let (filter, content) = if packed {
        let mut packer =
            flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(&bytes).unwrap();
        ("/Filter/FlateDecode", packer.finish().unwrap())
    } else {
        ("", bytes)
    };
    let mut pdf = format!("%PDF-1.7\n1 0 obj\n<</Length 99>>\nstream\n({words}) Tj\nendstream\nendobj\n2 0 obj\n<</Type/EmbeddedFile{filter}/Length {}>>\nstream\n", content.len()).into_bytes();
    pdf.extend(content);
    pdf.extend(b"\nendstream\nendobj\n3 0 obj\n<</Names<</EmbeddedFiles 4 0 R>>>>\nendobj\ntrailer\n<</Root 3 0 R>>\nstartxref\n9\n%%EOF");
    pdf
}

fn signed(bundle: &Bundle, words: &str, packed: bool) -> Vec<u8> {
    let pdf = pages(bundle, words, packed);
    let text = pdf_seal_text(&bundle.body, &bundle.to_bytes(), &pdf);
    insert_seal(&pdf, &log_key().seal(&text)).unwrap()
}

fn replaced(pdf: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = pdf.windows(from.len()).position(|w| w == from).unwrap();
    [&pdf[..at], to, &pdf[at + from.len()..]].concat()
}

#[test]
fn a_signed_pdf_holds() {
    let bundle = sealed(body());
    for packed in [true, false] {
        let found = both(&[Case::new(
            "signed",
            signed(&bundle, "We share names.", packed),
        )]);
        let lines = found[0].as_ref().unwrap();
        assert_eq!(lines[0].0, "HOLDS");
        assert_eq!(lines[0].1, "pdf.seal");
        assert!(lines.iter().all(|l| l.0 != "DOES NOT HOLD"));
    }
}

#[test]
fn every_byte_flipped() {
    let pdf = signed(&sealed(body()), "We share names.", true);
    let given = given();
    let mut sampled = Vec::new();
    for place in 0..pdf.len() {
        let mut altered = pdf.clone();
        altered[place] ^= [1, 0x20, 0x80][place % 3];
        let result = verify(&altered, &given);
        assert!(found(&ours(&result)), "byte {place} of {}", pdf.len());
        if place % 401 == 0 {
            sampled.push(Case::new(format!("byte {place}"), altered));
        }
    }
    both(&sampled);
}

#[test]
fn edited_pages_and_moved_evidence() {
    let bundle = sealed(body());
    let mut other = body();
    other.made_at += 1;
    let other = sealed(other);
    let pdf = signed(&bundle, "We share names.", true);
    let foreign = signed(&other, "We share names.", true);
    let seal = |pdf: &[u8]| {
        let at = pdf
            .windows(17)
            .position(|w| w == b"%aldgate-seal-v1 ")
            .unwrap();
        let end = at + pdf[at..].iter().position(|b| *b == b'\n').unwrap() + 1;
        (at, end)
    };
    let (at, end) = seal(&pdf);
    let without = [&pdf[..at], &pdf[end..]].concat();
    let (from, to) = seal(&foreign);
    let exchanged = [&pdf[..at], &foreign[from..to], &pdf[end..]].concat();
    let elsewhere = [
        b"%PDF-1.7\n",
        &pdf[at..end],
        without.strip_prefix(b"%PDF-1.7\n").unwrap(),
    ]
    .concat();
    let doubled = [&pdf[..end], &pdf[at..end], &pdf[end..]].concat();
    let moved = replaced(
        &pages(&bundle, "Anything goes.", true),
        b"startxref",
        &[&pdf[at..end], b"startxref".as_slice()].concat(),
    );
    let cases = [
        Case::new("edited page", replaced(&pdf, b"names", b"money")),
        Case::new("evidence moved to another PDF", moved),
        Case::new("seal left out", without),
        Case::new("seal of another PDF", exchanged),
        Case::new("seal elsewhere", elsewhere),
        Case::new("seal twice", doubled),
        Case::new(
            "something after the end",
            [&pdf, b"\n5 0 obj".as_slice()].concat(),
        ),
        Case::new(
            "pages put over it afterwards",
            [
                &pdf,
                b"\n1 0 obj\n(other)\nendobj\nstartxref\n1\n%%EOF".as_slice(),
            ]
            .concat(),
        ),
    ];
    for (case, found) in cases.iter().zip(both(&cases)) {
        let lines = found.unwrap_or_else(|| panic!("{} was not read", case.name));
        assert_eq!(lines[0].0, "DOES NOT HOLD", "{}", case.name);
        assert_eq!(
            (lines[0].1.as_str(), lines[0].2.as_str()),
            ("pdf.seal", "pdf")
        );
        // The evidence itself is untouched, and says so.
        assert!(
            lines[1..].iter().all(|l| l.0 != "DOES NOT HOLD"),
            "{}",
            case.name
        );
    }
}

#[test]
fn two_bundles_in_one_file_are_refused() {
    let bundle = sealed(body());
    let pdf = signed(&bundle, "We share names.", true);
    let twice = replaced(
        &pdf,
        b"trailer",
        &[
            b"6 0 obj\n<</Type/EmbeddedFile>>\nstream\n".as_slice(),
            &bundle.to_bytes(),
            b"\nendstream\nendobj\ntrailer",
        ]
        .concat(),
    );
    let none = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF".to_vec();
    let cases = [
        Case::new("two bundles", twice),
        Case::new("no bundle", none),
    ];
    assert!(both(&cases).iter().all(Option::is_none));
}
