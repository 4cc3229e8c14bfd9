//! The report on a set of packs: every scenario and case run, prompts measured.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use crate::answer::AnswerFault;
use crate::fault::Place;
use crate::law::Law;
use crate::packs::Packs;
use crate::reading::reading_age;
use crate::record_type::RecordType;
use crate::rule::{Case, Rule, Severity};
use crate::scenario::Scenario;
use crate::view::FiredBrief;

/// Prompts aim below this reading age.
const READING_AGE: f64 = 13.0;

/// Terms that a professional looks for.
const LEGAL_TERMS: &[&str] = &[
    "personal data",
    "pseudonymised",
    "anonymous data",
    "purpose limitation",
    "data minimisation",
    "controller",
    "processor",
    "lawful basis",
    "public task",
    "legal obligation",
    "consent",
    "vital interests",
    "legitimate interest",
    "special category data",
    "criminal offence data",
    "appropriate policy document",
    "competent authority",
    "law enforcement",
    "commencement",
    "duty to share",
    "duty to do a job",
    "duty of confidentiality",
    "caldicott",
    "secondary use",
    "exemption",
    "impact assessment",
    "impact screening",
    "privacy notice",
    "data subject rights",
    "legal power",
    "direct marketing",
    "freedom of information",
    "international transfer",
    "best interests",
    "data matching",
    "onward sharing",
    "opt-out",
    "data sharing code",
];

/// Whether a prompt says a legal term, or names the law by its title, section or article.
fn has_legal_term(prompt: &str) -> bool {
    let lower = prompt.to_lowercase();
    LEGAL_TERMS.iter().any(|term| lower.contains(term))
        || [
            "Article ",
            "section ",
            "Schedule ",
            " Act",
            "Annex ",
            "SI ",
            "regulation ",
        ]
        .iter()
        .any(|word| prompt.contains(word))
}

/// What a check of all packs found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    pub provisions: usize,
    pub gateways: usize,
    /// Rules of clocks.
    pub clocks: usize,
    pub rules: usize,
    pub questions: usize,
    pub scenarios: usize,
    pub cases: usize,
    pub passed: usize,
    pub failed: usize,
    pub failures: Vec<Failure>,
    /// Average reading age of the prompts.
    pub reading_age: f64,
    /// Average number of words of a prompt.
    pub prompt_words: f64,
    /// Prompts that say the legal term, or name the law, beside the plain words.
    pub legal_terms: usize,
    /// Prompts above the reading age aimed at. For information: they fail nothing.
    pub hard_to_read: Vec<HardToRead>,
}

/// A scenario or case that did not come out as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    pub record_type: String,
    /// The scenario's id, or the rule's with the number of the case.
    pub name: String,
    pub file: String,
    pub line: usize,
    pub what: String,
}

/// A prompt that asks for more than the reading age aimed at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HardToRead {
    pub record_type: String,
    pub rule: String,
    pub age: f64,
}

impl Report {
    /// Whether every scenario and case came out as written.
    pub fn ok(&self) -> bool {
        self.failed == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} provisions, {} gateways, {} clocks, {} rules, {} questions, {} scenarios, {} cases",
            self.provisions,
            self.gateways,
            self.clocks,
            self.rules,
            self.questions,
            self.scenarios,
            self.cases
        )?;
        writeln!(f, "{} passed, {} failed", self.passed, self.failed)?;
        for failure in &self.failures {
            writeln!(
                f,
                "{}:{}: {} {}: {}",
                failure.file, failure.line, failure.record_type, failure.name, failure.what
            )?;
        }
        write!(
            f,
            "Reading age of prompts: {:.1} on average; {:.1} words; {} of {} say the legal term",
            self.reading_age, self.prompt_words, self.legal_terms, self.rules
        )?;
        for hard in &self.hard_to_read {
            write!(f, "\n  {} {}: {:.1}", hard.record_type, hard.rule, hard.age)?;
        }
        Ok(())
    }
}

/// Runs every scenario and case of every type and measures the prompts.
pub fn check(packs: &Packs) -> Report {
    let mut report = Report {
        provisions: packs.law.provisions.len(),
        gateways: packs.law.gateways.len(),
        clocks: packs.clocks.clocks.len(),
        ..Report::default()
    };
    let mut ages = Vec::new();
    let mut words = 0;
    for record_type in packs.types.values() {
        report.rules += record_type.rules.len();
        report.questions += record_type.form.questions().count();
        for rule in &record_type.rules {
            for (at, case) in rule.cases.iter().enumerate() {
                report.cases += 1;
                let problems = run_case(record_type, &packs.law, rule, case, packs.date);
                report.count(
                    record_type,
                    format!("{} case {}", rule.id, at + 1),
                    &case.place,
                    problems,
                );
            }
            words += rule.prompt.split_whitespace().count();
            report.legal_terms += usize::from(has_legal_term(&rule.prompt));
            let age = reading_age(&rule.prompt);
            ages.push(age);
            if age > READING_AGE {
                report.hard_to_read.push(HardToRead {
                    record_type: record_type.id.clone(),
                    rule: rule.id.clone(),
                    age,
                });
            }
        }
        for scenario in &record_type.scenarios {
            report.scenarios += 1;
            let problems = run_scenario(record_type, &packs.law, scenario);
            report.count(record_type, scenario.id.clone(), &scenario.place, problems);
        }
    }
    if !ages.is_empty() {
        report.reading_age = ages.iter().sum::<f64>() / ages.len() as f64;
        report.prompt_words = words as f64 / ages.len() as f64;
    }
    report
}

impl Report {
    fn count(
        &mut self,
        record_type: &RecordType,
        name: String,
        place: &Place,
        problems: Vec<String>,
    ) {
        if problems.is_empty() {
            self.passed += 1;
            return;
        }
        self.failed += 1;
        self.failures
            .extend(problems.into_iter().map(|what| Failure {
                record_type: record_type.id.clone(),
                name: name.clone(),
                file: place.file.clone(),
                line: place.line,
                what,
            }));
    }
}

fn run_case(
    record_type: &RecordType,
    law: &Law,
    rule: &Rule,
    case: &Case,
    usual: Date,
) -> Vec<String> {
    let view = match record_type.flat_view(law, &case.answers) {
        Ok(view) => view,
        Err(faults) => return told(faults),
    };
    // A rule that starts later or has ended is tried on a day on which it applies.
    let date = match (rule.from, rule.to) {
        _ if rule.in_force(usual) => usual,
        (Some(from), _) => from,
        (None, Some(to)) => to.yesterday().unwrap_or(to),
        (None, None) => usual,
    };
    let fired = view
        .fired(date)
        .into_iter()
        .find(|fired| fired.rule.id == rule.id);
    let mut problems = Vec::new();
    if fired.is_some() != case.fires {
        let words = if case.fires {
            "should fire and does not"
        } else {
            "fires and should not"
        };
        problems.push(words.to_owned());
    }
    if let Some(cleared) = case.cleared {
        let is =
            fired.is_some_and(|fired| fired.state == crate::view::PromptState::ClearedByAnswer);
        if is != cleared {
            let words = if cleared {
                "should be cleared and is not"
            } else {
                "is cleared and should not be"
            };
            problems.push(words.to_owned());
        }
    }
    problems
}

fn run_scenario(record_type: &RecordType, law: &Law, scenario: &Scenario) -> Vec<String> {
    let view = match record_type.flat_view(law, &scenario.answers) {
        Ok(view) => view,
        Err(faults) => return told(faults),
    };
    let fired = view.fired(scenario.date);
    let ids: BTreeSet<&str> = fired.iter().map(|fired| fired.rule.id.as_str()).collect();
    let mut problems = Vec::new();
    let mut expect = |ids: Vec<&str>, words: &str| {
        if !ids.is_empty() {
            problems.push(format!("{words}: {}", ids.join(", ")));
        }
    };
    let must: BTreeSet<&str> = scenario.must_fire.iter().map(String::as_str).collect();
    expect(
        must.difference(&ids).copied().collect(),
        "should fire and do not",
    );
    let must_not = scenario.must_not_fire.iter().map(String::as_str);
    expect(
        must_not.filter(|id| ids.contains(id)).collect(),
        "fire and should not",
    );
    if scenario.only_fires {
        expect(
            ids.difference(&must).copied().collect(),
            "fire though nothing else should",
        );
    }
    if let Some(open) = &scenario.open_blockers {
        let is_open = |fired: &&FiredBrief| {
            fired.rule.severity == Severity::Block
                && fired.is_open()
                && !scenario.ignore.contains(&fired.rule.id)
        };
        let is: BTreeSet<&str> = fired
            .iter()
            .filter(is_open)
            .map(|fired| fired.rule.id.as_str())
            .collect();
        let should: BTreeSet<&str> = open.iter().map(String::as_str).collect();
        expect(
            should.difference(&is).copied().collect(),
            "should be open blockers and are not",
        );
        expect(
            is.difference(&should).copied().collect(),
            "are open blockers and should not be",
        );
    }
    problems
}

fn told(faults: Vec<AnswerFault>) -> Vec<String> {
    faults.into_iter().map(|fault| fault.message).collect()
}
