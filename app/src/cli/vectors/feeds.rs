//! Records in the formats of their fields: JSON in, files out. The rules are in `crates/feeds`.

use ::feeds::{
    Api, Area, Calendar, Cell, Contract, ContractState, Dataset, Event, Identifier, Offer, Opening,
    Party, Provider, Run, Status, When,
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Number, Value, json};

use super::cases::{Answers, Cases};

/// The address of the service in all cases.
const BASE: &str = "https://aldgate.example";

/// What stands for a day that depends on the run.
const DAY: &str = "(day)";

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct File {
    calendars: Cases<CalendarCase>,
    api: Cases<GivenCase<ApiCase>>,
    ocds: Cases<GivenCase<ContractCase>>,
    oruk: Cases<GivenCase<OfferCase>>,
    dcat: Cases<GivenCase<DatasetCase>>,
    csv: Cases<RowCase>,
}

impl File {
    pub fn answer(self, answers: &mut Answers) {
        answers.add(self.calendars, calendar);
        answers.add(self.api, |case| Ok(api(case.given)));
        answers.add(self.ocds, |case| contract(case.given));
        answers.add(self.oruk, |case| offer(case.given));
        answers.add(self.dcat, |case| Ok(dataset(case.given)));
        answers.add(self.csv, row);
    }
}

#[derive(Deserialize)]
struct GivenCase<T> {
    given: T,
}

fn read<T: std::str::FromStr<Err = jiff::Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: jiff::Error| error.to_string())
}

fn day(text: &Option<String>) -> Result<Option<Date>, String> {
    text.as_deref()
        .filter(|text| !text.is_empty())
        .map(read)
        .transpose()
}

#[derive(Deserialize)]
struct CalendarCase {
    #[serde(default = "host")]
    host: String,
    name: String,
    path: String,
    events: Vec<EventCase>,
}

fn host() -> String {
    "aldgate.example".to_owned()
}

#[derive(Deserialize)]
struct EventCase {
    id: String,
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    all_day: bool,
    starts: Option<String>,
    ends: Option<String>,
    first_day: Option<String>,
    last_day: Option<String>,
    state: String,
    changed_at: String,
    #[serde(default)]
    sequence: u32,
}

fn calendar(case: CalendarCase) -> Result<Value, String> {
    let events = case
        .events
        .into_iter()
        .map(|event| {
            Ok(Event {
                when: when(&event)?,
                url: format!("https://{}/open/events/{}", case.host, event.id),
                status: match event.state.as_str() {
                    "proposed" => Status::Tentative,
                    "cancelled" => Status::Cancelled,
                    _ => Status::Confirmed,
                },
                changed_at: read(&event.changed_at)?,
                id: event.id,
                title: event.title,
                text: event.text,
                place: event.place,
                kinds: event.kinds,
                sequence: event.sequence,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let calendar = Calendar {
        name: case.name,
        source: format!("https://{}{}", case.host, case.path),
        host: case.host,
        events,
    };
    Ok(json!(calendar.text()))
}

fn when(event: &EventCase) -> Result<When, String> {
    if event.all_day {
        let first = day(&event.first_day)?.ok_or("an event of whole days says its first day")?;
        let last = day(&event.last_day)?.unwrap_or(first);
        return Ok(When::Days { first, last });
    }
    let starts = event
        .starts
        .as_deref()
        .ok_or("an event says when it starts")?;
    Ok(When::Times {
        starts: read(starts)?,
        ends: event.ends.as_deref().map(read).transpose()?,
    })
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct ApiCase {
    name: String,
    description: String,
    url: String,
    contact: String,
    organisation: String,
    #[serde(rename = "documentation-url", alias = "documentation")]
    documentation: String,
    #[serde(alias = "license")]
    licence: String,
    #[serde(alias = "areaServed")]
    area_served: String,
    #[serde(alias = "startDate", alias = "start")]
    starts: String,
    #[serde(alias = "endDate", alias = "end")]
    ends: String,
}

fn api(case: ApiCase) -> Value {
    let api = Api {
        name: case.name,
        description: case.description,
        url: case.url,
        documentation: case.documentation,
        licence: case.licence,
        contact: case.contact,
        area_served: case.area_served,
        starts: case.starts,
        ends: case.ends,
        organisation: case.organisation,
    };
    let run = Run {
        added: DAY,
        updated: DAY,
    };
    json!({ "row": api.row(run), "v1alpha": api.v1alpha() })
}

#[derive(Deserialize)]
struct ContractCase {
    id: String,
    title: String,
    summary: Option<String>,
    buyer: PartyCase,
    supplier: PartyCase,
    start: Option<String>,
    end: Option<String>,
    longest: Option<String>,
    review: Option<String>,
    signed: Option<String>,
    value: Option<u64>,
    #[serde(default)]
    withheld: Vec<String>,
    state: String,
    version: u64,
    tag: Vec<String>,
    published: String,
    prefix: Option<String>,
    ocid: Option<String>,
}

#[derive(Deserialize)]
struct PartyCase {
    name: String,
    scheme: Option<String>,
    number: Option<String>,
    scale: Option<String>,
}

/// What of a contract can be withheld. Another name is refused: what it means might be published.
const CAN_BE_WITHHELD: [&str; 8] = [
    "value", "summary", "supplier", "start", "end", "longest", "review", "signed",
];

/// No file is offered without a registered prefix.
fn contract(case: ContractCase) -> Result<Value, String> {
    let made = case
        .prefix
        .as_ref()
        .map(|prefix| format!("{prefix}-{}", case.id));
    let Some(ocid) = case.ocid.clone().or(made) else {
        return Ok(Value::Null);
    };
    let unknown = |name: &&String| !CAN_BE_WITHHELD.contains(&name.as_str());
    if let Some(name) = case.withheld.iter().find(unknown) {
        return Err(format!("“{name}” cannot be withheld"));
    }
    let shown = |name: &str| !case.withheld.iter().any(|withheld| withheld == name);
    let days = |name: &str, text: &Option<String>| {
        if shown(name) { day(text) } else { Ok(None) }
    };
    let contract = Contract {
        ocid,
        start: days("start", &case.start)?,
        end: days("end", &case.end)?,
        longest: days("longest", &case.longest)?,
        review: days("review", &case.review)?,
        signed: days("signed", &case.signed)?,
        value: case.value.filter(|_| shown("value")),
        summary: case.summary.clone().filter(|_| shown("summary")),
        supplier: shown("supplier").then(|| party(case.supplier)),
        state: match case.state.as_str() {
            "pending" => ContractState::Pending,
            "active" => ContractState::Active,
            "cancelled" => ContractState::Cancelled,
            "terminated" => ContractState::Terminated,
            other => return Err(format!("state “{other}” is not known")),
        },
        id: case.id,
        title: case.title,
        buyer: party(case.buyer),
        version: case.version,
        tags: case.tag,
        published: case.published,
    };
    Ok(contract.package(BASE))
}

fn party(case: PartyCase) -> Party {
    Party {
        name: case.name,
        identifier: case
            .scheme
            .zip(case.number)
            .map(|(scheme, number)| Identifier { scheme, number }),
        scale: case.scale.map(|scale| match scale.as_str() {
            "micro" | "small" | "medium" => "sme".to_owned(),
            _ => scale,
        }),
    }
}

#[derive(Deserialize)]
struct OfferCase {
    id: String,
    title: String,
    summary: Option<String>,
    provider: ProviderCase,
    link: Option<String>,
    contact: Option<String>,
    notice: Option<String>,
    age_from: Option<u32>,
    age_to: Option<u32>,
    confirmed_on: Option<String>,
    confirmed_by: Option<String>,
    valid_until: Option<String>,
    today: String,
    changed_at: Option<String>,
    #[serde(default)]
    areas: Vec<(String, String)>,
    #[serde(default)]
    opening: Vec<OpeningCase>,
}

#[derive(Deserialize)]
struct ProviderCase {
    id: String,
    name: String,
    about: Option<String>,
    #[serde(alias = "link")]
    website: Option<String>,
}

#[derive(Deserialize)]
struct OpeningCase {
    #[serde(default)]
    days: Vec<String>,
    from: Option<String>,
    to: Option<String>,
    freq: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    description: Option<String>,
}

fn offer(case: OfferCase) -> Result<Value, String> {
    let opening = case
        .opening
        .into_iter()
        .map(|opening| {
            Ok(Opening {
                valid_from: day(&opening.valid_from)?,
                valid_to: day(&opening.valid_to)?,
                days: opening.days,
                opens: opening.from,
                closes: opening.to,
                frequency: opening.freq.unwrap_or_else(|| "WEEKLY".to_owned()),
                description: opening.description,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let offer = Offer {
        confirmed_on: day(&case.confirmed_on)?,
        valid_until: day(&case.valid_until)?,
        id: case.id,
        title: case.title,
        summary: case.summary,
        provider: Provider {
            id: case.provider.id,
            name: case.provider.name,
            about: case.provider.about,
            website: case.provider.website,
        },
        link: case.link,
        contact: case.contact,
        notice: case.notice,
        age_from: case.age_from,
        age_to: case.age_to,
        confirmed_by: case.confirmed_by,
        changed_at: case.changed_at,
        areas: case
            .areas
            .into_iter()
            .map(|(code, name)| Area { code, name })
            .collect(),
        opening,
    };
    Ok(offer.service(BASE, read(&case.today)?))
}

#[derive(Deserialize)]
struct DatasetCase {
    plural: String,
    title: String,
    summary: String,
    version: String,
    modified: String,
    publisher: String,
    frequency: String,
    contact_name: String,
    contact: String,
}

fn dataset(case: DatasetCase) -> Value {
    let dataset = Dataset {
        plural: case.plural,
        title: case.title,
        summary: case.summary,
        version: case.version,
        modified: case.modified,
        publisher: case.publisher,
        frequency: case.frequency,
        contact_name: case.contact_name,
        contact: case.contact,
    };
    dataset.json_ld(BASE)
}

#[derive(Deserialize)]
struct RowCase {
    cells: Vec<CellCase>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum CellCase {
    Text(String),
    Pence(i64),
    Number(Number),
    Date(String),
    List(Vec<String>),
    Withheld(bool),
}

fn row(case: RowCase) -> Result<Value, String> {
    let cells = case
        .cells
        .into_iter()
        .map(|cell| {
            Ok(match cell {
                CellCase::Text(text) => Cell::Text(text),
                CellCase::Pence(pence) => Cell::Pence(pence),
                CellCase::Number(number) => Cell::Number(number),
                CellCase::Date(date) => Cell::Date(read(&date)?),
                CellCase::List(list) => Cell::List(list),
                CellCase::Withheld(true) => Cell::Withheld,
                CellCase::Withheld(false) => Cell::Text(String::new()),
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    Ok(json!(::feeds::row(&cells)))
}
