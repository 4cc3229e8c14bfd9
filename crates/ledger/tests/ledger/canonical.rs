//! RFC 8785 and the leaf's exact bytes.

use ledger::{canonical, digest, leaf, leaf_hash, leaf_of_canonical};
use proptest::prelude::*;
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    String::from_utf8(canonical(value)).expect("UTF-8")
}

#[test]
fn the_example_of_rfc_8785_section_3_2() {
    let value: Value = serde_json::from_str(
        r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#,
    )
    .expect("JSON");
    assert_eq!(
        text(&value),
        r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
    );
}

#[test]
fn names_sort_by_utf_16_as_in_section_3_2_3() {
    let value: Value = serde_json::from_str(
        r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
            "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#,
    )
    .expect("JSON");
    let text = text(&value);
    let order = [
        "Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew",
    ];
    let places: Vec<_> = order.iter().map(|word| text.find(word)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{text}"
    );
}

#[test]
fn numbers_of_appendix_b() {
    for (bits, want) in [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
    ] {
        assert_eq!(text(&json!(f64::from_bits(bits))), want, "{bits:x}");
    }
}

#[test]
fn digest_is_sha_256_in_lower_case() {
    assert_eq!(
        digest(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

/// The bytes, worked out with another program (Python's hashlib and base64).
#[test]
fn the_leaf_is_what_the_readme_says() {
    let salt: [u8; 32] = std::array::from_fn(|n| n as u8);
    let entry = leaf(&salt, &json!({"b": 1, "a": "é"}));
    assert_eq!(
        String::from_utf8(entry.clone()).expect("ASCII"),
        "aldgate-act-v1\nI7HHkyhZZsxSYz5epUxFQFQwUh+i01UseYNk6nvV/kU=\n"
    );
    assert_eq!(entry.len(), 60);
    assert_eq!(
        leaf_hash(&entry),
        crate::hash("c88f44b3719b04a0eb40e3fa955ca773b7b50ffa53b6202885b33a66dca1fb97")
    );
}

proptest! {
    #[test]
    fn the_order_of_names_does_not_matter(names in prop::collection::btree_set("\\PC{0,6}", 0..8)) {
        let there: Vec<String> = names.iter().map(|n| format!("{}:1", json!(n))).collect();
        let back: Vec<String> = there.iter().rev().cloned().collect();
        let [there, back] = [there, back].map(|members| {
            let value = serde_json::from_str(&format!("{{ {} }}", members.join(" , ")));
            canonical(&value.expect("JSON"))
        });
        prop_assert_eq!(there, back);
    }

    #[test]
    fn canonical_form_is_its_own_canonical_form(text in "\\PC{0,40}", number: f64, whole: i64) {
        let first = canonical(&json!({"text": text, "number": number, "whole": whole}));
        let again: Value = serde_json::from_slice(&first).expect("JSON");
        prop_assert_eq!(canonical(&again), first);
    }

    #[test]
    fn salt_and_act_both_count(a: [u8; 32], b: [u8; 32], x: u32, y: u32) {
        let [p, q] = [(a, x), (b, y)].map(|(salt, act)| leaf_of_canonical(&salt, &canonical(&json!(act))));
        prop_assert_eq!(p == q, (a, x) == (b, y));
    }
}
