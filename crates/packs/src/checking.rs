//! How a piece of law was checked, by whom, and what a reader should be told of it.

use jiff::civil::Date;
use serde::Serialize;

/// How far a piece of law was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Mark {
    /// The text of the law was read.
    #[serde(rename = "V")]
    Read,
    /// Somebody else's account of it was read.
    #[serde(rename = "V2")]
    SecondHand,
    /// Written from knowledge; nothing was read.
    #[default]
    #[serde(rename = "K")]
    Unchecked,
}

impl Mark {
    pub(crate) const ALL: [(&'static str, Mark); 3] = [
        ("V", Mark::Read),
        ("V2", Mark::SecondHand),
        ("K", Mark::Unchecked),
    ];

    /// The mark used in pack files: `V`, `V2` or `K`.
    pub fn as_str(self) -> &'static str {
        match self {
            Mark::Read => "V",
            Mark::SecondHand => "V2",
            Mark::Unchecked => "K",
        }
    }

    /// The mark in two or three words.
    pub fn words(self) -> &'static str {
        match self {
            Mark::Read => "Text of the law read",
            Mark::SecondHand => "Second-hand",
            Mark::Unchecked => "Not yet checked",
        }
    }
}

/// How a provision, a power or a rule was checked.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Checking {
    pub mark: Mark,
    /// The day on which the text, or the account of it, was read.
    pub read_on: Option<Date>,
    /// Which copy of the text, or which account, was read.
    pub copy: Option<String>,
    /// Reviewers who approved it.
    pub approvals: Vec<Approval>,
    /// Who should check it.
    pub for_whom: String,
}

/// A reviewer's approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approval {
    pub name: String,
    pub role: String,
    pub date: Date,
}

impl Checking {
    /// The whole of it in one or two sentences, for anyone to read.
    pub fn words(&self) -> String {
        let day = |date: Date| date.strftime("%-d %B %Y").to_string();
        let on = self.read_on.map(|date| format!(" on {}", day(date)));
        let on = on.unwrap_or_default();
        let mut words = match (self.mark, &self.copy) {
            (Mark::Read, Some(copy)) => format!("Text read{on}: {copy}"),
            (Mark::Read, None) => format!("Text read{on} in a stored copy of the law"),
            (Mark::SecondHand, Some(copy)) => format!("Second-hand, read{on}: {copy}"),
            (Mark::SecondHand, None) => {
                format!("Second-hand: an account of the law was read{on}, not its text")
            }
            (Mark::Unchecked, _) => "Not yet checked against the law itself".to_owned(),
        };
        match self.approvals.as_slice() {
            [] => words += ". Not yet approved by a reviewer",
            all => {
                for approval in all {
                    words += &format!(
                        ". Approved by {}, {}, {}",
                        approval.name,
                        approval.role,
                        day(approval.date)
                    );
                }
            }
        }
        words
    }
}
