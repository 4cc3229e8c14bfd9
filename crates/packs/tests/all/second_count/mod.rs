//! The clocks counted a second time by a plain program that shares no code with the first: days are numbers, the
//! calendar and London's summer time are worked out here, and everything is a walk from day to day. Thousands of made-up
//! cases per clock must come out alike.

mod naive;

use clocks::CaseFile;
use serde_json::{Map, Value, json};

use super::clocks::{london, real};
use naive::{Naive, day_number, iso};

/// Cases per clock. `SECOND_COUNT=20000` in the environment counts more of them.
fn cases() -> usize {
    let more = std::env::var("SECOND_COUNT").ok();
    more.and_then(|text| text.parse().ok()).unwrap_or(400)
}

/// A small generator, the same on every machine (xorshift64*).
struct Chance(u64);

impl Chance {
    fn upto(&mut self, last: u64) -> i64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).rem_euclid(last + 1) as i64
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.upto(n - 1) == 0
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.upto(items.len() as u64 - 1) as usize]
    }

    /// A day of 2022 to 2029, often a month's end, a day near Christmas, Easter or the change of a rule.
    fn day(&mut self) -> i64 {
        let year = 2022 + self.upto(7);
        match self.upto(5) {
            0 => day_number(year, 1 + self.upto(11), 28),
            1 => day_number(year, 1 + self.upto(11), 28) + self.upto(5),
            2 => day_number(year, 11, 20) + self.upto(50),
            3 => day_number(year, 2, 20) + self.upto(60),
            4 => self.of(&[
                day_number(2026, 2, 4),
                day_number(2026, 2, 5),
                day_number(2026, 6, 18),
                day_number(2026, 6, 19),
            ]),
            _ => day_number(year, 1, 1) + self.upto(364),
        }
    }

    fn questions(&mut self, from: i64) -> Value {
        let mut list = Vec::new();
        for _ in 0..self.upto(3) {
            let asked = from - 2 + self.upto(110);
            let answered = asked + self.upto(25);
            let open = self.one_in(8);
            let answered = if open {
                Value::Null
            } else {
                json!(iso(answered))
            };
            list.push(json!({ "asked": iso(asked), "answered": answered }));
        }
        Value::Array(list)
    }
}

const NATIONS: [&str; 3] = ["england-and-wales", "scotland", "northern-ireland"];

fn made_up(clock: &str, chance: &mut Chance) -> Map<String, Value> {
    let mut case = Map::new();
    let received = chance.day();
    let mut put = |key: &str, value: Value| {
        case.insert(key.to_owned(), value);
    };
    put("clock", json!(clock));
    match clock {
        "breach_72h" | "hours" => {
            let hour = chance.of(&[0, 1, 2, 12, 23]);
            let wall = format!("{}T{hour:02}:{:02}", iso(received), chance.upto(59));
            if clock == "hours" {
                put("hours", json!(1 + chance.upto(200)));
            }
            if chance.one_in(2) {
                let near = chance.of(&["2026-03-29", "2027-03-28", "2026-10-25", "2027-10-31"]);
                put("aware_local", json!(format!("{near}T{}", &wall[11..])));
                if chance.one_in(2) {
                    put("fold", json!(chance.of(&["first", "second"])));
                }
            } else {
                put(
                    "aware",
                    json!(format!(
                        "{wall}:00{}",
                        chance.of(&["Z", "+01:00", "-05:30"])
                    )),
                );
            }
            return case;
        }
        "fee_notice_lapse" | "eir_payment_lapse" => {
            put("fees_notice", json!(iso(received)));
            return case;
        }
        "review_request_by" => {
            put("from", json!(iso(received)));
            put("regime", json!(chance.of(&["foi", "eir", "foisa"])));
            return case;
        }
        _ => {}
    }
    if chance.one_in(4) {
        let time = chance.of(&["00:10", "12:00", "22:59", "23:00", "23:30"]);
        put("received", json!(format!("{}T{time}:00Z", iso(received))));
    } else {
        put("received", json!(iso(received)));
    }
    if chance.one_in(3) {
        put("nation", json!(chance.of(&NATIONS)));
    }
    if chance.one_in(6) {
        let extra = json!([{ "division": chance.of(&NATIONS), "date": iso(received + chance.upto(40)),
            "title": "A special day" }]);
        put("extra_holidays", extra);
    }
    match clock {
        "rights" | "part3" => {
            put("pauses", chance.questions(received));
            put("as_of", json!(iso(received + 130)));
            put("extended", json!(chance.one_in(3)));
            if chance.one_in(4) {
                put("identity_received", json!(iso(received + chance.upto(30))));
            }
            if chance.one_in(6) {
                put("fee_paid", json!(iso(received + chance.upto(30))));
            }
            if chance.one_in(4) {
                put("right", json!(chance.of(&["erasure", "access"])));
            }
        }
        "foi" | "eir" | "foisa" | "school_foi" => {
            if chance.one_in(3) {
                put("clarified", json!(iso(received + 1 + chance.upto(40))));
            }
            if chance.one_in(3) {
                let notice = received + chance.upto(30);
                put("fees_notice", json!(iso(notice)));
                put("fee_paid", json!(iso(notice + chance.upto(60))));
            }
            put("extended", json!(chance.one_in(3)));
            if clock == "school_foi" {
                let first = received + chance.upto(20);
                let second = first + 50 + chance.upto(30);
                put(
                    "closed",
                    json!([
                        [iso(first), iso(first + chance.upto(45))],
                        [iso(second), iso(second + 10)]
                    ]),
                );
            }
        }
        "foi_review" if chance.one_in(2) => put("days", json!(40)),
        "policy" => put("days", json!(1 + chance.upto(60))),
        _ => {}
    }
    case
}

#[test]
fn two_programs_that_share_no_code_agree() {
    let packs = real();
    let naive = Naive::new(&packs.clocks.holidays);
    let clocks = [
        "breach_72h",
        "hours",
        "rights",
        "part3",
        "foi",
        "eir",
        "eir_review",
        "foi_review",
        "foisa",
        "foisa_review",
        "school_foi",
        "complaint_ack",
        "fee_notice_lapse",
        "eir_payment_lapse",
        "review_request_by",
        "policy",
    ];
    let mut chance = Chance(0x5EED_2026_1126);
    let mut vectors = Vec::new();
    for clock in clocks {
        for at in 0..cases() {
            let mut case = made_up(clock, &mut chance);
            case.insert("id".to_owned(), json!(format!("{clock}-{at}")));
            vectors.push(Value::Object(case));
        }
    }
    let file = json!({ "vectors": vectors }).to_string();
    let done = CaseFile::read(&file)
        .expect("the cases can be read")
        .evaluate(&packs.clocks.rules, &packs.clocks.holidays, &london())
        .unwrap_or_else(|unreadable| panic!("{unreadable}"));
    assert_eq!(done.len(), clocks.len() * cases());
    let mut seen = std::collections::BTreeMap::new();
    for (case, evaluated) in vectors.iter().zip(&done) {
        let expected = naive.count(case);
        for (key, value) in expected.as_object().expect("an object") {
            assert_eq!(
                &evaluated.result[key], value,
                "{key} of {case}: {}",
                evaluated.result
            );
            *seen.entry(key.clone()).or_insert(0) += 1;
        }
        let late = evaluated.result.get("late_question_ignored").is_some();
        assert_eq!(
            late,
            expected.get("late_question_ignored").is_some(),
            "{case}"
        );
    }
    // Every kind of answer came up often.
    for key in [
        "refused",
        "late_question_ignored",
        "state",
        "reason",
        "skipped",
        "tell_requester_by",
    ] {
        assert!(
            seen.get(key).is_some_and(|times| *times > 20),
            "{key}: {seen:?}"
        );
    }
}
