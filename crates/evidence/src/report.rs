//! What a verification answers: one line for each thing that was looked at.

use std::fmt;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Holds,
    DoesNotHold,
    /// What it takes is not in the file and was not given.
    NotChecked,
}

impl Outcome {
    /// As programs print it.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Holds => "HOLDS",
            Outcome::DoesNotHold => "DOES NOT HOLD",
            Outcome::NotChecked => "NOT CHECKED",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Outcome::Holds => "Holds",
            Outcome::DoesNotHold => "Does not hold",
            Outcome::NotChecked => "Cannot be checked here",
        }
    }
}

macro_rules! codes {
    ($($code:ident $name:literal $means:literal;)+) => {
        /// The kinds of checks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($code),+ }

        impl Code {
            pub const ALL: &[Code] = &[$(Code::$code),+];

            /// As programs print it.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$code => $name),+ }
            }

            /// What such a check shows when it holds, and what it does not show.
            pub fn means(self) -> &'static str {
                match self { $(Code::$code => $means),+ }
            }
        }
    };
}

codes! {
    PdfSeal "pdf.seal" "The gateway sealed this PDF together with the evidence in it, and not a byte was changed since. That the pages say what the signed text says is the gateway’s word: to be sure, read the signed text in the evidence.";
    BundleSeal "bundle.seal" "The gateway sealed the whole file, and nothing in it was changed, left out or added since. What happened after the file was made, it cannot show.";
    LogKey "log.key" "The gateway’s key is one that you trust. Without a key from you, all that holds here only shows that the file agrees with itself.";
    Keys "keys" "Each public key in the file has the published form.";
    Checkpoint "checkpoint" "The gateway signed the root of its log, in which the decisions stand. That it shows everybody the same log, only witnesses or a remembered checkpoint can show.";
    Witness "checkpoint.witness" "A witness saw this same root at the time it says. It does not vouch for what the acts say.";
    Text "version.text" "This is letter by letter the text with the digest that the decisions name.";
    Law "version.law" "Names the questions and the law the text was written under, by digest. Whether the law was stated rightly is not shown.";
    Attachment "attachment" "The file you gave is the one attached to the text.";
    Given "attachment.given" "A file you gave belongs to this agreement.";
    About "decision.about" "The decision is about this agreement, on this gateway, and exactly this text.";
    Seal "decision.seal" "The statement was sealed with the key the gateway keeps for this organisation, while that key was in use. The gateway holds these keys: a seal is the gateway’s signed statement in the name of the organisation, not the person’s own signature.";
    Logged "decision.log" "The decision was written in the gateway’s log, and the signed root covers it: it cannot be taken out or dated back without a sign.";
    Who "decision.who" "This is the name that the sealed statement is bound to. That the account is this person’s is the organisation’s and the gateway’s word.";
    Proof "decision.proof" "How the person was authenticated. A password is the gateway’s word. A passkey’s signature is made by the person’s own device, over this line, this exact text and this decision: the gateway cannot make it. That the passkey is this person’s is the gateway’s word.";
    Act "act.log" "The act stands in the gateway’s log, and the signed root covers it.";
    InForce "day.in_force" "Which version was in force at the end of the day, from the acts that say so. They are numbered, so none is missing between two of them. That no later one came before the end of the day is the gateway’s word, unless the file holds a later one.";
    Published "day.published" "What the public register said at the end of the day, from the acts that say so. They are numbered, so none is missing between two of them. That no later one came before the end of the day is the gateway’s word, unless the file holds a later one.";
    Once "decisions.once" "No decision stands in the file twice.";
    Answers "decisions.answers" "How a reviewer’s conditions were answered is sealed for the organisation that leads, after the conditions and before the first signature on the text. That the answer is true is not shown.";
    Everybody "decisions.everybody" "Every organisation that the text asks to sign has signed it.";
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub outcome: Outcome,
    pub code: Code,
    /// Where in the file: `decisions[2]`, `versions[0].attachments[1]`, `seal`.
    pub place: String,
    /// What was found, in plain words.
    pub said: String,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<13}  {:<19}  {}\n{:17}{}",
            self.outcome.as_str(),
            self.code.as_str(),
            self.place,
            "",
            self.said
        )
    }
}

/// Every line, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub title: String,
    pub record: String,
    /// `version 2`, or `as of 2026-05-01`.
    pub about: String,
    pub gateway: String,
    /// When the file was made: UTC microseconds.
    pub made_at: i64,
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether everything that was checked holds.
    pub fn holds(&self) -> bool {
        self.checks
            .iter()
            .all(|check| check.outcome != Outcome::DoesNotHold)
    }

    pub(crate) fn add(
        &mut self,
        outcome: Outcome,
        code: Code,
        place: impl Into<String>,
        said: impl Into<String>,
    ) {
        self.checks.push(Check {
            outcome,
            code,
            place: place.into(),
            said: said.into(),
        });
    }

    /// Adds a line that holds with these words, or does not for the reason given.
    pub(crate) fn found(
        &mut self,
        code: Code,
        place: impl Into<String>,
        found: Result<String, String>,
    ) {
        match found {
            Ok(said) => self.add(Outcome::Holds, code, place, said),
            Err(said) => self.add(Outcome::DoesNotHold, code, place, said),
        }
    }
}
