//! The details of an organisation, each checked for form.

use packs::Law;
use text::{Name, NameFault};

use crate::adapters::smtp::holds_address;
use crate::kernel::Problem;

/// Details as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Details {
    pub name: String,
    /// A kind of the law pack, such as `borough`.
    pub kind: String,
    /// A nine-character ONS area code, or the name of the area.
    pub area: String,
    /// The number in the regulator's fee register, such as Z1234567 or ZA123456.
    pub fee_number: String,
    /// The NHS Organisation Data Service code. Only care bodies have one.
    pub ods_code: String,
}

impl Details {
    /// Tidies what was typed: no spaces around, codes in capitals without spaces.
    pub fn tidy(self) -> Details {
        let code = |text: String| text.split_whitespace().collect::<String>().to_uppercase();
        let line = |text: String| {
            let kept = text::kept(&text).text;
            kept.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        Details {
            name: line(self.name),
            kind: self.kind.trim().to_owned(),
            area: line(self.area),
            fee_number: code(self.fee_number),
            ods_code: code(self.ods_code),
        }
    }

    /// What is wrong with the form of the details. Only name and kind must be there; the rest can
    /// be given later.
    pub fn problems(&self, law: &Law) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut add = |field: &str, message: &str| problems.push(Problem::new(field, message));
        match Name::new(&self.name) {
            Err(NameFault::Empty) => add("name", "Enter the name of the organisation"),
            Err(fault) => add("name", &fault.to_string()),
            Ok(_) if holds_address(&self.name) => {
                add("name", "The name must not include a web or email address");
            }
            Ok(_) => {}
        }
        if law.kind(&self.kind).is_none() {
            add("kind", "Choose what kind of organisation it is");
        }
        if let Err(fault @ NameFault::Unseen(_)) = Name::new(&self.area) {
            add("area", &fault.to_string().replace("name", "area"));
        } else if self.area.chars().count() > 100 {
            add("area", "The area must be 100 characters or fewer");
        }
        if !self.fee_number.is_empty() && !is_fee_number(&self.fee_number) {
            add(
                "fee_number",
                "Enter a fee register number in the form Z1234567 or ZA123456, or leave it empty",
            );
        }
        if !self.ods_code.is_empty() && !is_ods_code(&self.ods_code) {
            add(
                "ods_code",
                "Enter an ODS code of 3 to 10 letters and digits, like RRV or F84077, or leave it empty",
            );
        }
        problems
    }
}

/// Z and seven digits, or Z, a letter and six digits.
pub fn is_fee_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 8
        && bytes[0] == b'Z'
        && (bytes[1].is_ascii_digit() || bytes[1].is_ascii_uppercase())
        && bytes[2..].iter().all(u8::is_ascii_digit)
}

pub fn is_ods_code(text: &str) -> bool {
    (3..=10).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked_for_form() {
        for good in ["Z1234567", "ZA123456", "ZB987654"] {
            assert!(is_fee_number(good), "{good}");
        }
        for bad in [
            "Z123456",
            "ZAB12345",
            "A1234567",
            "Z12345678",
            "z1234567",
            "",
        ] {
            assert!(!is_fee_number(bad), "{bad}");
        }
        assert!(is_ods_code("RRV") && is_ods_code("F84077"));
        assert!(!is_ods_code("R") && !is_ods_code("F84-77"));
    }
}
