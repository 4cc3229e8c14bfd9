//! What keeps registers useful: JSON in, JSON out. The rules are in `crates/registers`.

use std::collections::BTreeMap;

use ::registers::{
    Candidate, Cell, Contract, Entry, Freshness, Guide, Outcome, Snapshot, StaleRule, State,
    Supplier, Words,
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::cases::{Answers, Cases};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct File {
    similar: Cases<SimilarCase>,
    duplicates: Cases<DuplicateCase>,
    coverage: Cases<CoverageCase>,
    baselines: Cases<BaselineCase>,
    radar: Cases<RenewalCase>,
    proposals: Cases<ProposalCase>,
    stale: Cases<StaleCase>,
}

impl File {
    /// `fold` folds text as the index of words does.
    pub fn answer(self, fold: Fold, answers: &mut Answers) {
        answers.add(self.similar, |case| similar(case, fold));
        answers.add(self.duplicates, |case| Ok(duplicate(&case, fold)));
        answers.add(self.coverage, coverage);
        answers.add(self.baselines, baseline);
        answers.add(self.radar, |case| renewals(&case, fold));
        answers.add(self.proposals, proposals);
        answers.add(self.stale, stale);
    }
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|error: jiff::Error| error.to_string())
}

type Fold = fn(&str) -> String;

#[derive(Deserialize)]
struct SimilarCase {
    text: String,
    records: Vec<CandidateCase>,
}

#[derive(Deserialize)]
struct CandidateCase {
    id: String,
    title: String,
    #[serde(default)]
    keywords: String,
    #[serde(default)]
    summary: String,
    published: Option<String>,
}

fn similar(case: SimilarCase, fold: Fold) -> Result<Value, String> {
    let words = |text: &str| Words::of(&fold(text));
    let candidates = case
        .records
        .into_iter()
        .map(|record| {
            Ok(Candidate {
                title: words(&record.title),
                keywords: words(&record.keywords),
                summary: words(&record.summary),
                published: record.published.as_deref().map(day).transpose()?,
                id: record.id,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let found = ::registers::similar(&words(&case.text), &candidates);
    Ok(found
        .iter()
        .map(|found| json!({ "id": found.id, "score": found.shown() }))
        .collect())
}

#[derive(Deserialize)]
struct DuplicateCase {
    a: DuplicateSide,
    b: DuplicateSide,
}

#[derive(Deserialize)]
struct DuplicateSide {
    title: String,
    #[serde(default)]
    organisations: Vec<String>,
    #[serde(default)]
    areas: Vec<String>,
}

fn duplicate(case: &DuplicateCase, fold: Fold) -> Value {
    let words = |text: &str| Words::of(&fold(text));
    let (a, b) = (&case.a, &case.b);
    let shares = |one: &[String], other: &[String]| one.iter().any(|id| other.contains(id));
    let shares = shares(&a.organisations, &b.organisations) || shares(&a.areas, &b.areas);
    let overlap = ::registers::overlap(&words(&a.title), &words(&b.title));
    json!({
        "title_overlap": overlap.shown(),
        "probable_duplicate": overlap.is_probable_duplicate(shares),
    })
}

#[derive(Deserialize)]
struct CoverageCase {
    rows: Vec<String>,
    columns: Vec<String>,
    records: Vec<EntryCase>,
}

#[derive(Deserialize)]
struct EntryCase {
    rows: Vec<String>,
    columns: Vec<String>,
    state: String,
}

fn coverage(case: CoverageCase) -> Result<Value, String> {
    let entries = case
        .records
        .into_iter()
        .map(|record| {
            Ok(Entry {
                whole_region: record.rows.iter().any(|row| row == "*"),
                rows: record.rows,
                columns: record.columns,
                state: match record.state.as_str() {
                    "live" => State::Live,
                    "planned" => State::Planned,
                    "ended" => State::Ended,
                    "none" => State::None,
                    other => return Err(format!("state “{other}” is not known")),
                },
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let matrix = ::registers::matrix(&case.rows, &case.columns, &entries);
    let grid: Vec<Vec<String>> = matrix
        .grid
        .iter()
        .map(|row| row.iter().map(|cell| cell_words(*cell)).collect())
        .collect();
    Ok(json!({ "grid": grid, "gaps": matrix.gaps, "unknown": matrix.unknown }))
}

fn cell_words(cell: Cell) -> String {
    let Cell::Known {
        state,
        records,
        whole_region,
    } = cell
    else {
        return "unknown".to_owned();
    };
    let star = if whole_region { "*" } else { "" };
    match state {
        State::None => format!("none{star}"),
        State::Ended => format!("ended ({records}){star}"),
        State::Planned => format!("planned ({records}){star}"),
        State::Live => format!("live ({records}){star}"),
    }
}

#[derive(Deserialize)]
struct BaselineCase {
    baseline: Snapshot<Value>,
    now: Snapshot<Value>,
    #[serde(default)]
    merged: BTreeMap<String, String>,
}

fn baseline(case: BaselineCase) -> Result<Value, String> {
    let found = ::registers::compare(&case.baseline, &case.now, &case.merged);
    let merged: Value = found
        .merged
        .iter()
        .map(|merge| json!({ "id": merge.id, "into": merge.into }))
        .collect();
    let changed: Value = found
        .changed
        .iter()
        .map(|(id, fields)| json!({ "id": id, "fields": fields }))
        .collect();
    Ok(json!({
        "added": found.added,
        "gone": found.gone,
        "merged": merged,
        "changed": changed,
        "same": found.same,
        "then": found.then,
        "now": found.now,
    }))
}

#[derive(Deserialize)]
struct RenewalCase {
    today: String,
    until: String,
    #[serde(default = "two")]
    least_bodies: usize,
    contracts: Vec<ContractCase>,
}

fn two() -> usize {
    2
}

#[derive(Deserialize)]
struct ContractCase {
    id: String,
    body: String,
    supplier: String,
    supplier_number: Option<String>,
    end: String,
    #[serde(rename = "break")]
    break_on: Option<String>,
    notice_by: Option<String>,
    state: String,
}

fn renewals(case: &RenewalCase, fold: Fold) -> Result<Value, String> {
    let contracts = case
        .contracts
        .iter()
        .filter(|contract| contract.state == "active")
        .map(|contract| {
            let folded = fold(&contract.supplier);
            Ok(Contract {
                id: contract.id.clone(),
                body: contract.body.clone(),
                supplier: Supplier::new(contract.supplier_number.as_deref(), &folded),
                end: day(&contract.end)?,
                break_on: contract.break_on.as_deref().map(day).transpose()?,
                notice_by: contract.notice_by.as_deref().map(day).transpose()?,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let (today, until) = (day(&case.today)?, day(&case.until)?);
    let found = ::registers::renewals(&contracts, today, until, case.least_bodies);
    Ok(found
        .iter()
        .map(|renewal| {
            let supplier = match renewal.supplier {
                Supplier::Number(number) => number.clone(),
                Supplier::Name(name) => format!("name:{name}"),
            };
            json!({
                "supplier": supplier,
                "bodies": renewal.bodies,
                "contracts": renewal.contracts,
                "first": renewal.first.to_string(),
            })
        })
        .collect())
}

#[derive(Deserialize)]
struct ProposalCase {
    guide: BTreeMap<String, String>,
    proposals: Vec<Proposal>,
}

#[derive(Deserialize)]
struct Proposal {
    base: usize,
    changes: BTreeMap<String, String>,
}

fn proposals(case: ProposalCase) -> Result<Value, String> {
    let mut guide = Guide::new(case.guide);
    let mut log = Vec::new();
    for proposal in case.proposals {
        let outcome = guide
            .propose(proposal.base, &proposal.changes)
            .map_err(|fault| fault.to_string())?;
        log.push(match outcome {
            Outcome::Accepted { version } => json!({ "result": "accepted", "version": version }),
            Outcome::NeedsRework { clash, version } => {
                json!({ "result": "needs_rework", "clash": clash, "version": version })
            }
            Outcome::NoChange => json!({ "result": "no_change" }),
        });
    }
    let text: Map<String, Value> = guide
        .text()
        .iter()
        .map(|(part, text)| (part.clone(), json!(text)))
        .collect();
    Ok(json!({ "log": log, "text": text }))
}

#[derive(Deserialize)]
struct StaleCase {
    ask_after_days: i32,
    again_days: i32,
    mark_days: Option<i32>,
    signs: Vec<String>,
    days: Vec<String>,
}

fn stale(case: StaleCase) -> Result<Value, String> {
    let rule = StaleRule {
        ask_after_days: case.ask_after_days,
        again_days: case.again_days,
        mark_days: case.mark_days.unwrap_or(case.again_days),
    };
    let signs = case
        .signs
        .iter()
        .map(|sign| day(sign))
        .collect::<Result<Vec<_>, _>>()?;
    case.days
        .iter()
        .map(|text| {
            let is = match rule.freshness(&signs, day(text)?) {
                Freshness::Fresh => "fresh",
                Freshness::Asked => "asked",
                Freshness::AskedTwice => "asked_twice",
                Freshness::Stale => "stale",
            };
            Ok(json!({ "day": text, "is": is }))
        })
        .collect()
}
