//! The second program. Days are numbers since 1 January 1970.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use clocks::Holidays;
use serde_json::{Map, Value, json};

pub struct Naive {
    /// Titles by day, for each division in its order.
    divisions: Vec<(String, BTreeMap<i64, String>)>,
    /// Those of sets that were asked for already.
    known: RefCell<BTreeMap<String, Rc<Titles>>>,
}

type Titles = BTreeMap<i64, String>;

/// Days since 1 January 1970, after Howard Hinnant's `days_from_civil`.
pub fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

fn civil(day: i64) -> (i64, i64, i64) {
    let mut year = 1970 + day / 366;
    while day_number(year + 1, 1, 1) <= day {
        year += 1;
    }
    let mut month = 12;
    while day_number(year, month, 1) > day {
        month -= 1;
    }
    (year, month, day - day_number(year, month, 1) + 1)
}

pub fn iso(day: i64) -> String {
    let (y, m, d) = civil(day);
    format!("{y:04}-{m:02}-{d:02}")
}

fn read(text: &str) -> i64 {
    let part = |from: usize, to: usize| text[from..to].parse::<i64>().expect("a number");
    day_number(part(0, 4), part(5, 7), part(8, 10))
}

fn days_in(year: i64, month: i64) -> i64 {
    let (next_year, next) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    day_number(next_year, next, 1) - day_number(year, month, 1)
}

fn months_on(day: i64, months: i64) -> (i64, bool) {
    let (y, m, d) = civil(day);
    let (y, m) = (y + (m - 1 + months) / 12, (m - 1 + months) % 12 + 1);
    let exists = d <= days_in(y, m);
    (day_number(y, m, d.min(days_in(y, m))), exists)
}

/// 1 January 1970 was a Thursday: Monday is 0.
fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

/// The second at which the clocks change in a year, forward and back: 01:00 UTC on the last Sunday.
fn changes(year: i64) -> (i64, i64) {
    let last_sunday = |month: i64| {
        let mut day = day_number(year, month, 31);
        while weekday(day) != 6 {
            day -= 1;
        }
        day * 86_400 + 3_600
    };
    (last_sunday(3), last_sunday(10))
}

/// Seconds that London is ahead of UTC.
fn ahead(second: i64) -> i64 {
    let (forward, back) = changes(civil(second.div_euclid(86_400)).0);
    if forward <= second && second < back {
        3_600
    } else {
        0
    }
}

fn written(second: i64, offset: i64) -> String {
    let local = second + offset;
    let (day, time) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    format!("{}T{:02}:{:02}", iso(day), time / 3_600, time / 60 % 60)
}

fn utc(second: i64) -> String {
    format!("{}:{:02}Z", written(second, 0), second.rem_euclid(60))
}

/// Seconds of "2026-12-18T16:30:00+01:00"; the offset is left out for a wall-clock time.
fn seconds(text: &str) -> i64 {
    let two = |at: usize| text[at..at + 2].parse::<i64>().expect("a number");
    let wall = read(text) * 86_400 + two(11) * 3_600 + two(14) * 60;
    match text.get(19..) {
        None | Some("Z") => wall,
        Some(offset) => {
            let size = offset[1..3].parse::<i64>().expect("hours") * 3_600
                + offset[4..6].parse::<i64>().expect("minutes") * 60;
            if offset.starts_with('-') {
                wall + size
            } else {
                wall - size
            }
        }
    }
}

fn london_day(text: &str) -> i64 {
    if text.len() == 10 {
        return read(text);
    }
    let at = seconds(text);
    (at + ahead(at)).div_euclid(86_400)
}

impl Naive {
    pub fn new(holidays: &Holidays) -> Naive {
        let divisions = holidays.divisions().map(|(id, days)| {
            let days = days
                .iter()
                .map(|(day, holiday)| (read(&day.to_string()), holiday.title.clone()));
            (id.to_owned(), days.collect())
        });
        Naive {
            divisions: divisions.collect(),
            known: RefCell::default(),
        }
    }

    /// The holidays of some divisions, with those a case adds.
    fn titles(&self, of: &[&str], case: &Value) -> Rc<Titles> {
        if case["extra_holidays"].is_array() {
            return Rc::new(self.work_out(of, case));
        }
        let mut known = self.known.borrow_mut();
        let titles = known.entry(of.join(" "));
        titles
            .or_insert_with(|| Rc::new(self.work_out(of, case)))
            .clone()
    }

    fn work_out(&self, of: &[&str], case: &Value) -> Titles {
        let extra = || case["extra_holidays"].as_array().into_iter().flatten();
        let mut titles = Titles::new();
        for (id, days) in self
            .divisions
            .iter()
            .filter(|(id, _)| of.contains(&id.as_str()))
        {
            for (day, title) in days {
                titles.entry(*day).or_insert_with(|| title.clone());
            }
            for extra in extra().filter(|extra| extra["division"] == id.as_str()) {
                let day = read(extra["date"].as_str().expect("a date"));
                let title = || extra["title"].as_str().expect("a title").to_owned();
                titles.entry(day).or_insert_with(title);
            }
        }
        titles
    }

    /// What the keys of a result must be.
    pub fn count(&self, case: &Value) -> Value {
        let clock = case["clock"].as_str().expect("a clock");
        let all: Vec<&str> = self.divisions.iter().map(|(id, _)| id.as_str()).collect();
        let uk = || self.titles(&all, case);
        let scotland = || self.titles(&["scotland"], case);
        let england = || self.titles(&["england-and-wales"], case);
        let nation = case["nation"].as_str().unwrap_or("england-and-wales");
        let own = || self.titles(&[nation], case);
        match clock {
            "breach_72h" => hours(case, 72),
            "hours" => hours(case, case["hours"].as_i64().expect("hours")),
            "rights" | "part3" => rights(case, &own()),
            "complaint_ack" => complaint(case, &own()),
            "foi" => working(case, &uk(), 20, Some(&england()), Some(40)),
            "eir" => working(case, &uk(), 20, Some(&england()), Some(40)),
            "eir_review" => working(case, &uk(), 40, Some(&england()), None),
            "foi_review" => working(
                case,
                &uk(),
                case["days"].as_i64().unwrap_or(20),
                Some(&england()),
                None,
            ),
            "foisa" | "foisa_review" => working(case, &scotland(), 20, None, None),
            "policy" => working(
                case,
                &own(),
                case["days"].as_i64().expect("days"),
                None,
                None,
            ),
            "school_foi" => school(case, &uk()),
            "fee_notice_lapse" => {
                let (end, exists) =
                    months_on(read(case["fees_notice"].as_str().expect("a day")), 3);
                json!({ "last_day_to_pay": iso(if exists { end - 1 } else { end }) })
            }
            "eir_payment_lapse" => {
                let notice = read(case["fees_notice"].as_str().expect("a day"));
                json!({ "last_day_to_pay": iso(walk(notice, 60, &uk(), &[]).0) })
            }
            "review_request_by" => {
                let titles = if case["regime"] == "foisa" {
                    scotland()
                } else {
                    uk()
                };
                let from = read(case["from"].as_str().expect("a day"));
                json!({ "last_day_to_ask": iso(walk(from, 40, &titles, &[]).0) })
            }
            other => panic!("{other}"),
        }
    }
}

fn is_working(day: i64, titles: &Titles) -> bool {
    let (_, month, of_month) = civil(day);
    weekday(day) < 5 && !titles.contains_key(&day) && (month, of_month) != (12, 25)
}

fn walk(start: i64, count: i64, titles: &Titles, without: &[(i64, i64)]) -> (i64, Vec<Value>) {
    let (mut day, mut left, mut skipped) = (start, count, Vec::new());
    while left > 0 {
        day += 1;
        if weekday(day) < 5
            && let Some(title) = titles.get(&day)
        {
            skipped.push(json!({ "date": iso(day), "title": title }));
        }
        if is_working(day, titles) && !without.iter().any(|(a, b)| (*a..=*b).contains(&day)) {
            left -= 1;
        }
    }
    (day, skipped)
}

fn on_or_after(mut day: i64, titles: &Titles) -> i64 {
    while !is_working(day, titles) {
        day += 1;
    }
    day
}

fn on_or_before(mut day: i64, titles: &Titles) -> i64 {
    while !is_working(day, titles) {
        day -= 1;
    }
    day
}

fn closes(day: i64) -> String {
    let midnight = (day + 1) * 86_400;
    utc(midnight - ahead(midnight - 3_600).min(ahead(midnight)))
}

fn hours(case: &Value, count: i64) -> Value {
    let aware = match case["aware"].as_str() {
        Some(text) => seconds(text),
        None => {
            let wall = seconds(case["aware_local"].as_str().expect("a time"));
            let fitting: Vec<i64> = [wall - 3_600, wall]
                .into_iter()
                .filter(|at| at + ahead(*at) == wall)
                .collect();
            match (fitting.as_slice(), case["fold"].as_str()) {
                ([], _) => return json!({ "refused": "no_such_time" }),
                ([one], _) => *one,
                (_, None) => return json!({ "refused": "ambiguous_time" }),
                (both, Some(fold)) => both[usize::from(fold == "second")],
            }
        }
    };
    let due = aware + count * 3_600;
    let offset = if ahead(due) > 0 { "+01:00" } else { "+00:00" };
    json!({ "due": format!("{}{offset}", written(due, ahead(due))), "due_utc": utc(due) })
}

fn rights(case: &Value, titles: &Titles) -> Value {
    let day = |key: &str| case[key].as_str().map(london_day);
    let received = day("received").expect("received");
    let start = ["identity_received", "fee_paid"]
        .into_iter()
        .filter_map(day)
        .fold(received, i64::max);
    let new_rule = received >= day_number(2026, 2, 5);
    // Under the old rule Part 3 knew no longer time.
    let can_extend = new_rule || case["clock"] == "rights";
    let extended = case["extended"] == true && can_extend;
    let length = months_on(start, if extended { 3 } else { 1 }).0 - start;
    let access = case["right"].as_str().is_none_or(|right| right == "access");
    let mut questions: Vec<(i64, Option<i64>)> = case["pauses"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|q| {
            (
                read(q["asked"].as_str().expect("asked")),
                q["answered"].as_str().map(read),
            )
        })
        .collect();
    questions.sort_unstable();
    // Day by day, leaving out the days of questions.
    let leave_out = |out: &BTreeSet<i64>| {
        let (mut day, mut left) = (start, length);
        while left > 0 {
            day += 1;
            if !out.contains(&day) {
                left -= 1;
            }
        }
        day
    };
    let (mut out, mut counted, mut late, mut open) = (BTreeSet::new(), 0, false, false);
    if access && new_rule {
        for (asked, answered) in questions {
            if asked > leave_out(&out) {
                late = true;
                continue;
            }
            counted += 1;
            open |= answered.is_none();
            out.extend(asked..=answered.unwrap_or_else(|| day("as_of").expect("as_of")));
        }
    }
    let nominal = leave_out(&out);
    let taken = out.iter().filter(|day| **day > start).count() as i64;
    let mut result = Map::new();
    if late {
        result.insert("late_question_ignored".into(), json!(true));
    }
    if open {
        result.insert("state".into(), json!("paused"));
        result.insert("due".into(), Value::Null);
        result.insert(
            "due_if_answered_today".into(),
            json!(iso(on_or_after(nominal, titles))),
        );
        return Value::Object(result);
    }
    let due = on_or_after(nominal, titles);
    result.insert("due".into(), json!(iso(due)));
    result.insert("nominal".into(), json!(iso(nominal)));
    result.insert(
        "target".into(),
        json!(iso(on_or_before(nominal - 1 - counted, titles))),
    );
    result.insert("closes_utc".into(), json!(closes(due)));
    result.insert("days_not_counted".into(), json!(taken));
    if can_extend {
        let notice = on_or_after(months_on(start, 1).0 + taken, titles);
        result.insert("extension_notice_by".into(), json!(iso(notice)));
    }
    Value::Object(result)
}

fn complaint(case: &Value, titles: &Titles) -> Value {
    let received = london_day(case["received"].as_str().expect("received"));
    if received < day_number(2026, 6, 19) {
        return json!({ "due": null, "reason": "received before 19 June 2026" });
    }
    let due = on_or_after(received + 30, titles);
    json!({
        "due": iso(due), "nominal": iso(received + 30), "closes_utc": closes(due),
        "target": iso(on_or_before(received + 29, titles)),
    })
}

fn fees(case: &Value) -> Vec<(i64, i64)> {
    match (case["fees_notice"].as_str(), case["fee_paid"].as_str()) {
        (Some(notice), Some(paid)) => vec![(read(notice), read(paid))],
        _ => Vec::new(),
    }
}

/// The day from which is counted; `None` where the answer came before the request.
fn start(case: &Value) -> i64 {
    case["clarified"].as_str().map_or_else(
        || london_day(case["received"].as_str().expect("received")),
        read,
    )
}

fn working(
    case: &Value,
    titles: &Titles,
    count: i64,
    target: Option<&Titles>,
    longer: Option<i64>,
) -> Value {
    let without = fees(case);
    let extended = longer.filter(|_| case["extended"] == true);
    let (due, skipped) = walk(start(case), extended.unwrap_or(count), titles, &without);
    let mut result = json!({ "due": iso(due), "closes_utc": closes(due), "skipped": skipped });
    if let Some(target) = target {
        let (day, _) = walk(start(case), extended.unwrap_or(count), target, &without);
        result["target"] = json!(iso(day));
    }
    if extended.is_some() {
        result["tell_requester_by"] = json!(iso(walk(start(case), count, titles, &without).0));
    }
    result
}

fn school(case: &Value, titles: &Titles) -> Value {
    let mut closed = fees(case);
    let sixtieth = walk(start(case), 60, titles, &closed).0;
    for period in case["closed"].as_array().into_iter().flatten() {
        let end = |at: usize| read(period[at].as_str().expect("a day"));
        closed.push((end(0), end(1)));
    }
    let twentieth = walk(start(case), 20, titles, &closed).0;
    json!({
        "due": iso(sixtieth.min(twentieth)), "twentieth_school_day": iso(twentieth),
        "sixtieth_working_day": iso(sixtieth),
    })
}
