//! An offer of help as a service of Open Referral UK 3 (a profile of HSDS 3.0). Empty fields are left out.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::uuid;

#[derive(Debug, Clone)]
pub struct Offer {
    pub id: String,
    pub title: String,
    pub summary: Option<String>,
    pub provider: Provider,
    pub link: Option<String>,
    /// A mailbox of a team.
    pub contact: Option<String>,
    pub notice: Option<String>,
    pub age_from: Option<u32>,
    pub age_to: Option<u32>,
    /// The day and the mailbox of the last confirmation that it is right.
    pub confirmed_on: Option<Date>,
    pub confirmed_by: Option<String>,
    /// The last day on which it is offered.
    pub valid_until: Option<Date>,
    /// The last visible change, as RFC 3339 has it, with milliseconds.
    pub changed_at: Option<String>,
    pub areas: Vec<Area>,
    pub opening: Vec<Opening>,
}

#[derive(Debug, Clone)]
pub struct Provider {
    pub id: String,
    pub name: String,
    pub about: Option<String>,
    pub website: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Area {
    /// Of the statistics service, such as "E09000005".
    pub code: String,
    pub name: String,
}

#[derive(Debug, Clone)]
pub struct Opening {
    /// Two letters each, such as "TU".
    pub days: Vec<String>,
    pub opens: Option<String>,
    pub closes: Option<String>,
    /// "WEEKLY" or "MONTHLY".
    pub frequency: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub description: Option<String>,
}

impl Offer {
    /// `base` is the address of the service, without a slash at its end.
    pub fn service(&self, base: &str, today: Date) -> Value {
        let address = format!("{base}/open/support-offers/{}", self.id);
        let provider = format!("{base}/open/organisations/{}", self.provider.id);
        let is_over = self.valid_until.is_some_and(|last| last < today);
        fields([
            ("id", Some(json!(uuid::of_url(&address)))),
            ("organization_id", Some(json!(uuid::of_url(&provider)))),
            ("name", Some(json!(self.title))),
            ("description", text(&self.summary)),
            ("url", text(&self.link)),
            ("email", text(&self.contact)),
            (
                "status",
                Some(json!(if is_over { "inactive" } else { "active" })),
            ),
            ("minimum_age", self.age_from.map(|age| json!(age))),
            ("maximum_age", self.age_to.map(|age| json!(age))),
            ("assured_date", self.confirmed_on.map(day)),
            ("assurer_email", text(&self.confirmed_by)),
            ("alert", text(&self.notice)),
            ("last_modified", text(&self.changed_at)),
            ("organization", Some(self.organization(&provider))),
            (
                "service_areas",
                list(self.areas.iter().map(|area| area.json(&address))),
            ),
            (
                "schedules",
                list(
                    self.opening
                        .iter()
                        .zip(1..)
                        .map(|(opening, nth)| opening.json(&address, nth)),
                ),
            ),
        ])
    }

    fn organization(&self, address: &str) -> Value {
        fields([
            ("id", Some(json!(uuid::of_url(address)))),
            ("name", Some(json!(self.provider.name))),
            ("description", text(&self.provider.about)),
            ("website", text(&self.provider.website)),
        ])
    }
}

impl Area {
    fn json(&self, offer: &str) -> Value {
        let uri = format!(
            "http://statistics.data.gov.uk/id/statistical-geography/{}",
            self.code
        );
        fields([
            (
                "id",
                Some(json!(uuid::of_url(&format!("{offer}/area/{}", self.code)))),
            ),
            ("name", Some(json!(self.name))),
            ("uri", Some(json!(uri))),
        ])
    }
}

impl Opening {
    fn json(&self, offer: &str, nth: usize) -> Value {
        fields([
            (
                "id",
                Some(json!(uuid::of_url(&format!("{offer}/opening/{nth}")))),
            ),
            ("freq", Some(json!(self.frequency))),
            ("byday", text(&Some(self.days.join(",")))),
            ("opens_at", text(&self.opens)),
            ("closes_at", text(&self.closes)),
            ("valid_from", self.valid_from.map(day)),
            ("valid_to", self.valid_to.map(day)),
            ("description", text(&self.description)),
        ])
    }
}

fn fields<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let there = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(there.collect::<Map<String, Value>>())
}

fn text(text: &Option<String>) -> Option<Value> {
    text.as_ref()
        .filter(|text| !text.is_empty())
        .map(|text| json!(text))
}

fn day(day: Date) -> Value {
    json!(day.to_string())
}

fn list(items: impl Iterator<Item = Value>) -> Option<Value> {
    let items: Vec<Value> = items.collect();
    (!items.is_empty()).then_some(Value::Array(items))
}
