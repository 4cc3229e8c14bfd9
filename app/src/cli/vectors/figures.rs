//! Figures that are shown to the public: JSON in, JSON out. The rules are in `crates/figures`.

use ::figures::{
    About, Age, Figure, Hidden, Mark, ShareWithheld, Shown, StatisticsRule, StatisticsWithheld,
    Total, TotalRule,
};
use num_rational::Ratio;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Number, Value, json};

use super::cases::{Answers, Cases, Pairs};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct File {
    counts_1d: Cases<ListCase>,
    counts_2d: Cases<TableCase>,
    rounded: Cases<RoundedCase>,
    shares: Cases<ShareCase>,
    statistics: Cases<StatisticsCase>,
    totals: Cases<TotalCase>,
    series: Cases<SeriesCase>,
}

impl File {
    pub fn answer(self, answers: &mut Answers) {
        answers.add(self.counts_1d, list);
        answers.add(self.counts_2d, table);
        answers.add(self.rounded, rounded);
        answers.add(self.shares, share);
        answers.add(self.statistics, statistics);
        answers.add(self.totals, total);
        answers.add_some(self.series, series);
    }
}

/// What stands in the place of a figure that is not shown.
const WITHHELD: &str = "[c]";

/// Counts under this are small, where a case does not say otherwise.
fn five() -> u64 {
    5
}

fn too_great() -> String {
    "the counts are too great, or rows are not equally long".to_owned()
}

#[derive(Deserialize)]
struct ListCase {
    #[serde(default = "five")]
    k: u64,
    cells: Pairs<u64>,
}

fn list(case: ListCase) -> Result<Value, String> {
    let (mut names, counts): (Vec<String>, Vec<u64>) = case.cells.0.into_iter().unzip();
    let list = ::figures::protect_list(case.k, &counts).ok_or_else(too_great)?;
    names.push("Total".to_owned());
    let (mut table, mut hidden) = (Map::new(), Map::new());
    for (name, shown) in names.iter().zip(list.cells.iter().chain([&list.total])) {
        table.insert(name.clone(), shown_json(*shown));
        if let Some(word) = hidden_word(*shown) {
            hidden.insert(name.clone(), json!(word));
        }
    }
    Ok(json!({ "table": table, "hidden": hidden }))
}

#[derive(Deserialize)]
struct TableCase {
    #[serde(default = "five")]
    k: u64,
    rows: Vec<String>,
    columns: Vec<String>,
    cells: Vec<Vec<u64>>,
}

fn table(case: TableCase) -> Result<Value, String> {
    let fits = |row: &Vec<u64>| row.len() == case.columns.len();
    if case.cells.len() != case.rows.len() || !case.cells.iter().all(fits) {
        return Err("the cells are not as many as the rows and columns".to_owned());
    }
    let table = ::figures::protect_table(case.k, &case.cells).ok_or_else(too_great)?;
    let total = "Total".to_owned();
    let mut hidden = Map::new();
    for (row, cells) in case.rows.iter().chain([&total]).zip(&table.grid) {
        for (column, shown) in case.columns.iter().chain([&total]).zip(cells) {
            if let Some(word) = hidden_word(*shown) {
                hidden.insert(format!("{row}|{column}"), json!(word));
            }
        }
    }
    let row_json = |row: &Vec<Shown>| row.iter().copied().map(shown_json).collect::<Value>();
    let grid: Value = table.grid.iter().map(row_json).collect();
    Ok(json!({ "grid": grid, "hidden": hidden }))
}

fn shown_json(shown: Shown) -> Value {
    match shown {
        Shown::Count(count) => json!(count),
        Shown::Hidden(_) => json!(WITHHELD),
    }
}

fn hidden_word(shown: Shown) -> Option<&'static str> {
    match shown {
        Shown::Count(_) => None,
        Shown::Hidden(Hidden::Primary) => Some("primary"),
        Shown::Hidden(Hidden::Secondary) => Some("secondary"),
    }
}

#[derive(Deserialize)]
struct RoundedCase {
    #[serde(default = "five")]
    k: u64,
    #[serde(default = "five")]
    base: u64,
    cells: Pairs<u64>,
}

fn rounded(case: RoundedCase) -> Result<Value, String> {
    let (names, counts): (Vec<String>, Vec<u64>) = case.cells.0.into_iter().unzip();
    let rounded = ::figures::round_list(case.k, case.base, &counts).ok_or_else(too_great)?;
    let shown = |count: Option<u64>| count.map_or(json!(WITHHELD), |count| json!(count));
    let mut table: Map<String, Value> = names
        .into_iter()
        .zip(rounded.cells)
        .map(|(name, count)| (name, shown(count)))
        .collect();
    table.insert("Total".to_owned(), shown(rounded.total));
    Ok(json!({ "table": table }))
}

#[derive(Deserialize)]
struct ShareCase {
    n: u64,
    of: u64,
    about: String,
    #[serde(default = "five")]
    k: u64,
}

fn share(case: ShareCase) -> Result<Value, String> {
    if case.n > case.of {
        return Err("more did than were asked".to_owned());
    }
    let about = match case.about.as_str() {
        "people" => About::People { k: case.k },
        "work" => About::Work,
        other => return Err(format!("a share about “{other}” is not known")),
    };
    Ok(match ::figures::share(case.n, case.of, about) {
        Ok(share) => json!({ "shown": share.to_string() }),
        Err(why) => {
            let why = match why {
                ShareWithheld::TooFewAsked => "too_few_asked",
                ShareWithheld::SmallGroup => "small_group",
            };
            json!({ "shown": WITHHELD, "why": why })
        }
    })
}

#[derive(Deserialize)]
struct StatisticsCase {
    #[serde(default = "five_organisations")]
    least_organisations: usize,
    #[serde(default = "two_fifths")]
    largest_share: String,
    #[serde(default = "twelve")]
    least_for_quartiles: usize,
    #[serde(default = "hundred")]
    round_to: u64,
    period_end: Option<String>,
    age_months: Option<i32>,
    today: Option<String>,
    values: Vec<ValueCase>,
}

fn five_organisations() -> usize {
    5
}

fn two_fifths() -> String {
    "2/5".to_owned()
}

fn twelve() -> usize {
    12
}

fn hundred() -> u64 {
    100
}

#[derive(Deserialize)]
struct ValueCase {
    by: String,
    value: u64,
}

fn statistics(case: StatisticsCase) -> Result<Value, String> {
    let day = |text: &str| text.parse().map_err(|e: jiff::Error| e.to_string());
    let age = match (&case.period_end, &case.today) {
        (Some(period_end), Some(today)) => Some(Age {
            period_end: day(period_end)?,
            months: case.age_months.unwrap_or(3),
            today: day(today)?,
        }),
        _ => None,
    };
    let rule = StatisticsRule {
        least_organisations: case.least_organisations,
        largest_share: case
            .largest_share
            .parse()
            .map_err(|_| format!("“{}” is no share", case.largest_share))?,
        least_for_quartiles: case.least_for_quartiles,
        round_to: case.round_to,
    };
    let values: Vec<::figures::Value> = case
        .values
        .into_iter()
        .map(|value| ::figures::Value {
            by: value.by,
            value: value.value,
        })
        .collect();
    Ok(match ::figures::statistics(&rule, age, &values) {
        Ok(shown) => json!({
            "organisations": shown.organisations.to_string(),
            "median": shown.median,
            "quartiles": match shown.quartiles {
                Some((lower, upper)) => json!([lower, upper]),
                None => json!(WITHHELD),
            },
        }),
        Err(why) => {
            let mut organisations: Vec<&str> = values.iter().map(|v| v.by.as_str()).collect();
            organisations.sort_unstable();
            organisations.dedup();
            let why = match why {
                StatisticsWithheld::TooFewOrganisations => "too_few_organisations",
                StatisticsWithheld::OneOrganisationDominates => "one_organisation_dominates",
                StatisticsWithheld::TooNew => "too_new",
            };
            json!({
                "organisations": organisations.len(),
                "values": values.len(),
                "shown": WITHHELD,
                "why": why,
            })
        }
    })
}

#[derive(Deserialize)]
struct TotalCase {
    p: Number,
    least_organisations: usize,
    contributions: Pairs<u64>,
}

fn total(case: TotalCase) -> Result<Value, String> {
    let rule = TotalRule {
        p: decimal(&case.p)
            .and_then(|p| {
                Some(Ratio::new(
                    (*p.numer()).try_into().ok()?,
                    (*p.denom()).try_into().ok()?,
                ))
            })
            .ok_or("p is a per cent")?,
        least_organisations: case.least_organisations,
    };
    let contributions: Vec<u64> = case.contributions.0.into_iter().map(|(_, n)| n).collect();
    let why = |why: &str| json!({ "shown": WITHHELD, "why": why });
    Ok(
        match ::figures::total(&rule, &contributions).ok_or_else(too_great)? {
            Total::TooFewOrganisations => why("too_few_organisations"),
            Total::TooClose { rest, limit } => {
                let mut out = why("p_percent_rule");
                out["rest"] = json!(rest);
                out["limit"] = json!(two_decimals(limit));
                out
            }
            Total::Shown { total, rest, limit } => {
                json!({ "shown": total, "rest": rest, "limit": two_decimals(limit) })
            }
        },
    )
}

/// Half up.
fn two_decimals(of: Ratio<u128>) -> String {
    let hundredths = (of * Ratio::from(100) + Ratio::new(1, 2)).to_integer();
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// What a number of a JSON file says, exactly.
fn decimal(number: &Number) -> Option<Ratio<i128>> {
    let text = number.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if part.len() > 15 {
        return None;
    }
    let scale = 10_i128.pow(u32::try_from(part.len()).ok()?);
    Some(Ratio::new(format!("{whole}{part}").parse().ok()?, scale))
}

#[derive(Deserialize)]
struct SeriesCase {
    /// Series of events have one, and are another rule's.
    first: Option<IgnoredAny>,
    target: Option<Number>,
    #[serde(default)]
    asked: Vec<String>,
    #[serde(default)]
    values: Vec<FigureCase>,
}

#[derive(Deserialize)]
struct FigureCase {
    organisation: String,
    value: FigureValue,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FigureValue {
    Number(Number),
    Mark(String),
}

fn series(case: SeriesCase) -> Result<Option<Value>, String> {
    if case.first.is_some() {
        return Ok(None);
    }
    let figures = case
        .values
        .into_iter()
        .map(|figure| {
            let value = match figure.value {
                FigureValue::Number(number) => {
                    Figure::Value(decimal(&number).ok_or("a value is no plain decimal")?)
                }
                FigureValue::Mark(mark) => Figure::Mark(match mark.as_str() {
                    "[x]" => Mark::NotAvailable,
                    "[z]" => Mark::NotApplicable,
                    "[c]" => Mark::HeldBack,
                    other => return Err(format!("mark “{other}” is not known")),
                }),
            };
            Ok((figure.organisation, value))
        })
        .collect::<Result<Vec<_>, String>>()?;
    let known = ::figures::known(&case.asked, &figures);
    let mut out = json!({
        "sum": number(known.sum),
        "from": known.from,
        "of": known.of,
        "whole": known.whole(),
        "not_given": known.not_given,
        "not_applicable": known.not_applicable,
    });
    let target = case.target.as_ref().and_then(decimal);
    if let Some(percent) = target.and_then(|target| known.of_target(target)) {
        out["of_target"] = json!(format!("{percent}%"));
    }
    Ok(Some(out))
}

/// A whole number as a number, a decimal as text.
fn number(of: Ratio<i128>) -> Value {
    if let (true, Ok(whole)) = (of.is_integer(), i64::try_from(of.to_integer())) {
        return json!(whole);
    }
    let mut digits = 0_u32;
    let mut scaled = of;
    while !scaled.is_integer() && digits < 15 {
        scaled *= Ratio::from(10);
        digits += 1;
    }
    let scaled = scaled.to_integer();
    let scale = 10_i128.pow(digits);
    let sign = if scaled < 0 { "-" } else { "" };
    let (whole, part) = (scaled.abs() / scale, scaled.abs() % scale);
    json!(format!(
        "{sign}{whole}.{part:0width$}",
        width = digits as usize
    ))
}
