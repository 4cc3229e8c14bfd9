//! Files that somebody hands in to be checked: bundles, days and PDF documents, as they come and as a real one with
//! pieces exchanged. No changed file is taken for the real one.
#![no_main]

use std::sync::LazyLock;

use evidence::{Bundle, Given, insert_seal, verify};
use libfuzzer_sys::fuzz_target;

static REAL: &[u8] = include_bytes!("../../crates/evidence/tests/evidence/agreement.json");

/// A PDF with the bundle in it and a seal after it that is nobody's.
static PDF: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut pdf = format!(
        "%PDF-1.7\n2 0 obj\n<</Type/EmbeddedFile/Length {}>>\nstream\n",
        REAL.len()
    )
    .into_bytes();
    pdf.extend(REAL);
    pdf.extend(b"\nendstream\nendobj\ntrailer\n<</Root 3 0 R>>\nstartxref\n9\n%%EOF");
    let note = "aldgate-pdf-v1\n\n\u{2014} fuzz.example AAAAAAAA\n";
    insert_seal(&pdf, note).unwrap_or(pdf)
});

/// Which file, and at which places other bytes stand.
type Input<'a> = (u8, Vec<(u16, u8, &'a [u8])>);

fn changed(file: &[u8], edits: &[(u16, u8, &[u8])]) -> Vec<u8> {
    let mut file = file.to_vec();
    for (at, length, with) in edits {
        let from = usize::from(*at) * file.len() / 65_536;
        let to = (from + usize::from(*length)).min(file.len());
        file.splice(from..to, with.iter().copied());
    }
    file
}

fuzz_target!(|input: Input<'_>| {
    let (which, edits) = input;
    let given = Given::default();
    let file = match which % 4 {
        0 => edits.iter().flat_map(|(_, _, with)| *with).copied().collect(),
        1 => [b"%PDF-".to_vec(), edits.iter().flat_map(|(_, _, with)| *with).copied().collect()].concat(),
        2 => changed(REAL, &edits),
        _ => changed(&PDF, &edits),
    };
    let Ok(report) = verify(&file, &given) else {
        return;
    };
    if let (2, true, Ok(real), Ok(read)) =
        (which % 4, report.holds(), Bundle::read(REAL), Bundle::read(&file))
    {
        assert_eq!(read.to_bytes(), real.to_bytes(), "a changed bundle holds");
    }
});
