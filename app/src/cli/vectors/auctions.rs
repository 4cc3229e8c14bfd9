//! Ascending auctions: JSON in, JSON out. The rules are in `crates/auctions`.

use ::auctions::{Auction, BidRefusal, Bidding, Need};
use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::cases::{Answers, Cases, Pairs};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct File {
    auctions: Cases<AuctionCase>,
}

impl File {
    pub fn answer(self, answers: &mut Answers) {
        answers.add(self.auctions, |case| auction(&case));
    }
}

#[derive(Deserialize)]
struct AuctionCase {
    needs: Vec<NeedCase>,
    suppliers: Vec<String>,
    opens_at: String,
    closes_at: String,
    latest_close: Option<String>,
    #[serde(default)]
    window_minutes: i64,
    #[serde(default)]
    extend_minutes: i64,
    #[serde(default)]
    least_step: u64,
    #[serde(default)]
    opening: u64,
    points: u64,
    bids: Vec<ActCase>,
}

#[derive(Deserialize)]
struct NeedCase {
    id: String,
    unit_value: u64,
    most: u64,
}

#[derive(Deserialize)]
struct ActCase {
    act: Option<String>,
    supplier: String,
    at: Option<String>,
    #[serde(default)]
    lines: Pairs<u64>,
}

const MINUTE: i64 = 60 * 1_000_000;

fn auction(case: &AuctionCase) -> Result<Value, String> {
    let latest = case.latest_close.as_ref().unwrap_or(&case.closes_at);
    let rules = Auction {
        needs: case
            .needs
            .iter()
            .map(|need| Need {
                id: need.id.clone(),
                unit_value: need.unit_value,
                most: need.most,
            })
            .collect(),
        suppliers: case.suppliers.clone(),
        opens_at: micros(&case.opens_at)?,
        closes_at: micros(&case.closes_at)?,
        latest_close: micros(latest)?,
        window: case.window_minutes.saturating_mul(MINUTE),
        extension: case.extend_minutes.saturating_mul(MINUTE),
        least_step: case.least_step,
        opening: case.opening,
        points: case.points,
    };
    let offset = Pieces::parse(&case.closes_at)
        .map_err(|error| error.to_string())?
        .to_numeric_offset();
    let shown = |at: i64| show(at, offset);
    let mut bidding = Bidding::new(&rules);
    let mut log = Vec::new();
    for act in &case.bids {
        let mut out = match act.act.as_deref() {
            None | Some("bid") => {
                let at = act.at.as_deref().ok_or("a bid says when it was made")?;
                match bidding.bid(&act.supplier, micros(at)?, &act.lines.0) {
                    Ok(total) => json!({ "ok": true, "total": total }),
                    Err(why) => json!({ "ok": false, "why": refusal(why) }),
                }
            }
            Some("void") => json!({ "ok": bidding.void(&act.supplier).is_ok(), "what": "void" }),
            Some(other) => return Err(format!("act “{other}” is not known")),
        };
        let ranks: Map<String, Value> = bidding
            .ranks()
            .iter()
            .map(|rank| (rank.supplier.to_owned(), json!(rank.rank)))
            .collect();
        out["ranks"] = Value::Object(ranks);
        out["closes_at"] = json!(shown(bidding.closes_at())?);
        log.push(out);
    }
    let last: Vec<Value> = bidding
        .ranks()
        .iter()
        .map(|rank| {
            json!({
                "supplier": rank.supplier,
                "rank": rank.rank,
                "total": rank.total,
                "points": format!("{}.{:02}", rank.points / 100, rank.points % 100),
            })
        })
        .collect();
    let closed_at = shown(bidding.closes_at())?;
    Ok(json!({ "log": log, "final": last, "closed_at": closed_at }))
}

fn refusal(why: BidRefusal) -> &'static str {
    match why {
        BidRefusal::NotInvited => "not_invited",
        BidRefusal::NotOpen => "not_open",
        BidRefusal::Closed => "closed",
        BidRefusal::MoreThanNeeded => "more_than_needed",
        BidRefusal::LineFell => "line_fell",
        BidRefusal::StepTooSmall => "step_too_small",
        BidRefusal::BelowOpening => "below_opening",
    }
}

fn micros(moment: &str) -> Result<i64, String> {
    moment
        .parse()
        .map(Timestamp::as_microsecond)
        .map_err(|error: jiff::Error| error.to_string())
}

/// With the offset that the case is written in, or in UTC.
fn show(micros: i64, offset: Option<Offset>) -> Result<String, String> {
    let at = Timestamp::from_microsecond(micros).map_err(|error| error.to_string())?;
    Ok(match offset {
        Some(offset) if offset != Offset::UTC => at
            .to_zoned(offset.to_time_zone())
            .strftime("%Y-%m-%dT%H:%M:%S%.f%:z")
            .to_string(),
        _ => at.to_string(),
    })
}
