//! Whatever bytes come, the reader answers: it never panics, and the two verifiers agree.

use evidence::{Bundle, Given, verify};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::python::{Case, both, found, ours};
use crate::world::{body, given, sealed};

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(verify(&bytes, &Given::default()).is_err());
        let pdf = [b"%PDF-1.7\n/EmbeddedFile stream\n".as_slice(), &bytes].concat();
        prop_assert!(verify(&pdf, &Given::default()).is_err());
    }

    /// A bundle with a piece of it put elsewhere, or other bytes in its place.
    #[test]
    fn any_piece_moved(from in 0.0..1.0f64, to in 0.0..1.0f64, size in 1usize..40, other in any::<Option<[u8; 4]>>()) {
        let file = sealed(body()).to_bytes();
        let place = |at: f64| ((file.len() - size) as f64 * at) as usize;
        let piece = match other {
            Some(bytes) => bytes.to_vec(),
            None => file[place(from)..place(from) + size].to_vec(),
        };
        let mut altered = file.clone();
        altered.splice(place(to)..place(to) + piece.len(), piece);
        let result = verify(&altered, &given());
        prop_assert!(altered == file || found(&ours(&result)));
    }
}

/// Each string, number, list and object of a bundle replaced by something else: sealed or not, the
/// two verifiers say the same, and nothing panics.
#[test]
fn any_value_in_place_of_another() {
    let value: Value = serde_json::from_slice(&sealed(body()).to_bytes()).unwrap();
    let mut pointers = Vec::new();
    collect(&value, String::new(), &mut pointers);
    let strange = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0.5),
        json!(9_007_199_254_740_993_i64),
        json!(u64::MAX),
        json!(""),
        json!("\n\n— x\u{7f}\u{feff}"),
        json!([]),
        json!({"é": {"\u{1f600}": 1, "\u{ff5e}": 2}}),
        nested(40),
    ];
    let mut cases = Vec::new();
    for (number, pointer) in pointers.iter().enumerate() {
        for (other, replacement) in strange.iter().enumerate() {
            let mut altered = value.clone();
            *altered.pointer_mut(pointer).unwrap() = replacement.clone();
            let bytes = serde_json_canonicalizer::to_vec(&altered).unwrap();
            let result = verify(&bytes, &given());
            if altered != value {
                assert!(found(&ours(&result)), "{pointer} = {replacement}");
            }
            let slow = result.is_ok();
            // Files that are read cost Python seconds: a sample of them.
            if !slow && number % 3 == 0 || slow && (number + other) % 97 == 0 {
                cases.push(Case::new(format!("{pointer} = {replacement}"), bytes));
            }
        }
    }
    both(&cases);
}

fn collect(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                collect(item, format!("{at}/{place}"), pointers);
            }
        }
        Value::Object(items) => {
            for (name, item) in items {
                collect(item, format!("{at}/{name}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(at);
}

fn nested(deep: usize) -> Value {
    (0..deep).fold(json!(1), |inner, _| json!([inner]))
}

#[test]
fn what_is_no_evidence_is_refused_by_both() {
    let file = String::from_utf8(sealed(body()).to_bytes()).unwrap();
    let twice = file.replacen("\"seal\":", "\"seal\":\"\",\"seal\":", 1);
    let cases: Vec<Case> = [
        String::new(),
        "null".into(),
        "[]".into(),
        "{}".into(),
        "{\"body\":{}}".into(),
        "NaN".into(),
        format!("\u{feff}{file}"),
        format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        file.replace("aldgate-evidence-v1", "aldgate-evidence-v2"),
        file.replace("\"parties\"", "\"everybody\""),
        file.replace("Sol Senior 0", "\\u0053ol Senior 0"),
        file.replace("Sol Senior 0", "\\ud800"),
        file.replace("\"version\":1,", "\"version\":1.0,"),
        file.replace("\"version\":1,", "\"version\":1e0,"),
        file.replace("\"version\":1,", "\"version\":-0,"),
        file.replace("\"version\":1,", "\"more\":1,\"version\":1,"),
        twice,
        "%PDF-1.7\n".into(),
        "%PDF-1.7\n1 0 obj\n<</Type/EmbeddedFile>>\nstream\n{\"body\":{}\nendstream".into(),
    ]
    .into_iter()
    .enumerate()
    .map(|(number, text)| Case::new(format!("no evidence {number}"), text.into_bytes()))
    .collect();
    for (case, found) in cases.iter().zip(both(&cases)) {
        assert!(found.is_none(), "{}", case.name);
    }
    assert!(Bundle::read(&vec![b' '; evidence::LARGEST + 1]).is_err());
}
