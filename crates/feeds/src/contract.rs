//! A contract as a release of the Open Contracting Data Standard, version 1.1.

use jiff::civil::Date;
use serde_json::{Map, Number, Value, json};

use crate::LICENCE;

/// What of a contract may be published: what is withheld is left out by whoever makes this.
#[derive(Debug, Clone)]
pub struct Contract {
    pub id: String,
    /// The id of the process: that of the public notice, or a registered prefix and the id of the record.
    pub ocid: String,
    pub title: String,
    pub summary: Option<String>,
    pub buyer: Party,
    pub supplier: Option<Party>,
    pub start: Option<Date>,
    pub end: Option<Date>,
    /// The end with all extensions.
    pub longest: Option<Date>,
    pub review: Option<Date>,
    pub signed: Option<Date>,
    /// Whole pence, for the whole life of the contract.
    pub value: Option<u64>,
    pub state: ContractState,
    pub version: u64,
    /// What this release is about, such as "contractUpdate".
    pub tags: Vec<String>,
    /// A moment as RFC 3339 has it.
    pub published: String,
}

#[derive(Debug, Clone)]
pub struct Party {
    pub name: String,
    pub identifier: Option<Identifier>,
    /// "sme" or "large".
    pub scale: Option<String>,
}

/// A number in a register of organisations, by its scheme in org-id.guide.
#[derive(Debug, Clone)]
pub struct Identifier {
    pub scheme: String,
    pub number: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractState {
    Pending,
    Active,
    Cancelled,
    Terminated,
}

impl Contract {
    /// A package with one release. `base` is the address of the service, without a slash at its end.
    pub fn package(&self, base: &str) -> Value {
        json!({
            "uri": format!("{base}/open/contracts/{}.ocds.json", self.id),
            "version": "1.1",
            "publishedDate": self.published,
            "publisher": { "name": self.buyer.name },
            "license": LICENCE,
            "releases": [self.release()],
        })
    }

    fn release(&self) -> Value {
        let supplier = self.supplier.as_ref();
        let parties = [self.buyer.party("buyer")]
            .into_iter()
            .chain(supplier.map(|supplier| supplier.party("supplier")));
        let mut award = json!({
            "id": self.award(),
            "title": self.title,
            "status": "active",
        });
        if let Some(supplier) = supplier {
            award["suppliers"] = json!([supplier.reference()]);
        }
        json!({
            "ocid": self.ocid,
            "id": self.version.to_string(),
            "date": self.published,
            "tag": self.tags,
            "initiationType": "tender",
            "language": "en",
            "buyer": self.buyer.reference(),
            "parties": parties.collect::<Value>(),
            "awards": [award],
            "contracts": [self.contract()],
        })
    }

    fn award(&self) -> String {
        format!("{}-award", self.id)
    }

    fn contract(&self) -> Value {
        let mut out = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                out.insert(name.to_owned(), value);
            }
        };
        put("id", Some(json!(self.id)));
        put("awardID", Some(json!(self.award())));
        put("title", Some(json!(self.title)));
        put(
            "description",
            self.summary.as_ref().map(|summary| json!(summary)),
        );
        let status = match self.state {
            ContractState::Pending => "pending",
            ContractState::Active => "active",
            ContractState::Cancelled => "cancelled",
            ContractState::Terminated => "terminated",
        };
        put("status", Some(json!(status)));
        put("period", self.period());
        let value = |pence| json!({ "amount": pounds(pence), "currency": "GBP" });
        put("value", self.value.map(value));
        put("dateSigned", self.signed.map(first_moment));
        let review = |day| {
            json!([{
                "id": "review",
                "title": "Review",
                "type": "reporting",
                "dueDate": first_moment(day),
                "status": "scheduled",
            }])
        };
        put("milestones", self.review.map(review));
        Value::Object(out)
    }

    fn period(&self) -> Option<Value> {
        let days = [
            ("startDate", self.start.map(first_moment)),
            ("endDate", self.end.map(last_moment)),
            ("maxExtentDate", self.longest.map(last_moment)),
        ];
        let period: Map<String, Value> = days
            .into_iter()
            .filter_map(|(name, day)| Some((name.to_owned(), day?)))
            .collect();
        (!period.is_empty()).then_some(Value::Object(period))
    }
}

impl Party {
    fn id(&self) -> String {
        self.identifier.as_ref().map_or_else(
            || self.name.clone(),
            |identifier| format!("{}-{}", identifier.scheme, identifier.number),
        )
    }

    fn reference(&self) -> Value {
        json!({ "id": self.id(), "name": self.name })
    }

    fn party(&self, role: &str) -> Value {
        let mut out = self.reference();
        if let Some(identifier) = &self.identifier {
            out["identifier"] = json!({
                "scheme": identifier.scheme,
                "id": identifier.number,
                "legalName": self.name,
            });
        }
        out["roles"] = json!([role]);
        if let Some(scale) = &self.scale {
            out["details"] = json!({ "scale": scale });
        }
        out
    }
}

fn first_moment(day: Date) -> Value {
    json!(format!("{day}T00:00:00Z"))
}

fn last_moment(day: Date) -> Value {
    json!(format!("{day}T23:59:59Z"))
}

/// Whole pounds as a whole number, others with their pence.
fn pounds(pence: u64) -> Value {
    if pence.is_multiple_of(100) {
        return json!(pence / 100);
    }
    let text = format!("{}.{:02}", pence / 100, pence % 100);
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}
