//! A gateway beside the one that is filled, in which each kind of record is made once, through the same
//! functions as the pages use. What is copied is therefore what the application wrote.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use db::{Db, Durability, args, sql};
use packs::Role;
use serde_json::{Value, json};

use crate::demo::cast::Cast;
use crate::demo::data;
use crate::demo::data::{Act as Step, Agreement, Demo, Organisation, Person};
use crate::demo::fill::moment;
use crate::demo::generate::coalition::{UNDER, is_care, is_registered};
use crate::demo::generate::cut::{CODE, DOMAIN, FEE, Known, ORGANISATION, PERSON, Slot, TITLE};
use crate::demo::generate::mould::Mould;
use crate::demo::plot::Plot;
use crate::kernel::app::MIGRATIONS;
use crate::kernel::entropy::Entropy;
use crate::kernel::ids::RecordId;
use crate::kernel::{App, Refusal, Secret};
use crate::records::publication::Extent;
use crate::settings::Settings;

sql! {
    STATEMENT = "select id from records where organisation_id = $1 and type = $2";
}

/// How far an agreement's story is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    Draft,
    Review,
    SignOff,
    InForce,
    Published,
    Ended,
}

/// What an agreement is: which of the demo's it is like, with how many parties, how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    pub like: usize,
    pub parties: usize,
    pub stage: Stage,
}

pub struct Workshop {
    cast: Cast,
    demo: Demo,
    folder: PathBuf,
    /// The organisations of each kind: key and number.
    made: BTreeMap<String, Vec<(String, usize)>>,
    count: usize,
    moulds: HashMap<Shape, Arc<Mould>>,
}

/// Organisations are set up on this day, counted from today, and agreements begun on that.
const SET_UP: i64 = -400;
pub const BEGIN: i64 = -60;
/// The last day of an agreement's story.
pub const END: i64 = -34;

impl Workshop {
    pub async fn open(app: &App, seed: u64) -> Result<Workshop, String> {
        let name = format!("aldgate-moulds-{}", Entropy::System.token());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder)
            .map_err(|e| format!("{} cannot be made: {e}", folder.display()))?;
        let db = Db::sqlite(&folder.join("aldgate.db"), Durability::Relaxed)
            .await
            .map_err(|e| e.to_string())?;
        let now = app.clock.now();
        db.migrate(MIGRATIONS, now.0)
            .await
            .map_err(|e| e.to_string())?;
        let entropy = Entropy::seeded(seed);
        let secret = Secret::random(&entropy);
        let packs = app.packs.clone();
        let clock = app.clock.clone();
        let app = App::new(db, packs, clock, entropy, secret, Settings::default());
        Ok(Workshop {
            cast: Cast::new(app, now.today()),
            demo: data::read()?,
            folder,
            made: BTreeMap::new(),
            count: 0,
            moulds: HashMap::new(),
        })
    }

    /// The demo's agreements that one of this stage can be like: what the demo leaves unanswered stays
    /// short of sign-off.
    pub fn likes(&self, stage: Stage) -> Vec<usize> {
        let agreements = self.demo.agreements.iter().enumerate();
        agreements
            .filter(|(_, like)| stage <= Stage::Review || like.leave.record.is_empty())
            .map(|(place, _)| place)
            .collect()
    }

    /// The kinds of organisation at the seats of an agreement. More parties than the demo's agreement
    /// has are of the kinds of its own, the lead's aside.
    pub fn seats(&self, like: usize, parties: usize) -> Vec<String> {
        let names = self.names(like, parties);
        names.iter().map(|key| self.kind(key)).collect()
    }

    pub fn parties(&self, like: usize) -> usize {
        self.demo.agreements[like].parties.names.len()
    }

    fn names(&self, like: usize, parties: usize) -> Vec<String> {
        let names = &self.demo.agreements[like].parties.names;
        let more = names[1..].iter().cycle();
        let more = more.take(parties.saturating_sub(names.len()));
        names.iter().chain(more).cloned().collect()
    }

    fn kind(&self, key: &str) -> String {
        let mut organisations = self.demo.organisations.iter();
        let found = organisations.find(|o| o.key == key);
        found.map_or_else(String::new, |o| o.kind.clone())
    }

    /// An agreement of this shape, made now if it is the first.
    pub async fn agreement(&mut self, shape: Shape) -> Result<Arc<Mould>, Refusal> {
        if let Some(mould) = self.moulds.get(&shape) {
            return Ok(mould.clone());
        }
        let names = self.names(shape.like, shape.parties);
        let mut keys: Vec<(String, usize)> = Vec::new();
        let mut of_kind: BTreeMap<String, usize> = BTreeMap::new();
        for name in &names {
            let kind = self.kind(name);
            let nth = of_kind.entry(kind.clone()).or_default();
            keys.push(self.organisation(&kind, *nth).await?);
            *nth += 1;
        }
        let agreement = self.like(shape, &names, &keys);
        let mut plot = Plot {
            agreement: &agreement,
            library: &self.demo.library,
            id: None,
        };
        for step in &agreement.acts {
            let at = moment(self.cast.today, step.day, 0);
            plot.act(&self.cast, step, at).await?;
        }
        let id = plot
            .id
            .ok_or_else(|| Refusal::broken("nothing was begun"))?;
        let ctx = self.cast.operator(self.cast.app.clock.now());
        let mould = Arc::new(Mould::of(&ctx, &id, self.known(&keys)?).await?);
        self.moulds.insert(shape, mould.clone());
        Ok(mould)
    }

    /// The statement of a type that an organisation of this kind made.
    pub async fn statement(&mut self, type_id: &str, kind: &str) -> Result<Mould, Refusal> {
        let (key, number) = self.organisation(kind, 0).await?;
        let member = self.cast.member(&key)?;
        let ctx = self.cast.operator(self.cast.app.clock.now());
        let row = ctx
            .app
            .db
            .one(&STATEMENT, args![&member.id, type_id])
            .await?;
        let id = RecordId::from(row.text("id")?);
        Mould::of(&ctx, &id, self.known(&[(key, number)])?).await
    }

    fn known(&self, keys: &[(String, usize)]) -> Result<Known, Refusal> {
        let mut known = Known::default();
        for (seat, (key, number)) in keys.iter().enumerate() {
            let member = self.cast.member(key)?;
            known.seats.insert(*number, seat);
            let words = &mut known.words;
            words.insert(member.id.to_string(), Slot::Organisation(seat));
            for (person, _, roles) in member.people() {
                if let Some(role) = roles.iter().next() {
                    words.insert(person.as_str().to_owned(), Slot::Person(seat, *role));
                }
            }
        }
        Ok(known)
    }

    /// The n-th organisation of a kind, with one person in each role, its statement and its memorandum.
    async fn organisation(&mut self, kind: &str, nth: usize) -> Result<(String, usize), Refusal> {
        if let Some(found) = self.made.get(kind).and_then(|made| made.get(nth)) {
            return Ok(found.clone());
        }
        let number = self.count;
        self.count += 1;
        let key = format!("o{number}");
        let today = self.cast.today;
        let at = |day: i64| moment(today, SET_UP + day, number as i64);
        let mut like = self.demo.organisations.iter();
        let like = like.find(|o| o.kind == kind && !o.task.is_empty());
        let about = Organisation {
            key: key.clone(),
            name: format!("{ORGANISATION}{number}"),
            kind: kind.to_owned(),
            area: "E12000007".to_owned(),
            fee_number: format!("Z{}", FEE as usize + number),
            ods_code: if is_care(&self.cast.app.packs, kind) {
                format!("{CODE}{number}")
            } else {
                String::new()
            },
            listed: !is_registered(kind),
            domain: format!("{DOMAIN}{number}{UNDER}"),
            task: like.map_or_else(|| "its public task".to_owned(), |o| o.task.clone()),
            assurance_expires: String::new(),
            people: Role::ALL
                .iter()
                .enumerate()
                .map(|(place, (word, _))| Person {
                    name: format!("{PERSON}{number}{place}"),
                    roles: vec![(*word).to_owned()],
                    deputy_for: String::new(),
                    from: String::new(),
                    until: String::new(),
                })
                .collect(),
        };
        if about.listed {
            self.cast.list(at(0), vec![about]).await?;
        } else {
            self.cast.register(at(0), about, "").await?;
            self.cast.assure(&key, at(2), &self.demo.assurance).await?;
            let memorandum = self.cast.ask_for_memorandum(&key, at(3)).await?;
            self.cast.sign(&memorandum, &key, at(4)).await?;
        }
        let made = (key, number);
        self.made
            .entry(kind.to_owned())
            .or_default()
            .push(made.clone());
        Ok(made)
    }

    /// The demo's agreement with other parties and a story of this length.
    fn like(&self, shape: Shape, names: &[String], keys: &[(String, usize)]) -> Agreement {
        let like = &self.demo.agreements[shape.like];
        let key = |name: &str| {
            names
                .iter()
                .position(|n| n == name)
                .map(|seat| keys[seat].0.clone())
        };
        let mut agreement = like.clone();
        let title = like.answers.get("title").and_then(Value::as_str);
        let title = format!("{}: {TITLE}", title.unwrap_or_default());
        agreement.answers.insert("title".to_owned(), title.into());
        agreement.leave = data::Leave::default();
        agreement.parties = data::Parties {
            lead: keys[0].0.clone(),
            names: keys.iter().map(|(key, _)| key.clone()).collect(),
        };
        let own = names.iter().zip(keys);
        let own = own
            .filter_map(|(name, (key, _))| Some((key.clone(), like.party_of.get(name)?.clone())));
        agreement.party_of = own.collect();
        for flow in &mut agreement.flows {
            for question in ["flow_from", "flow_to"] {
                let ends = flow.get(question).and_then(Value::as_array);
                let ends: Vec<String> = ends
                    .into_iter()
                    .flatten()
                    .filter_map(|name| key(name.as_str()?))
                    .collect();
                flow.insert(question.to_owned(), json!(ends));
            }
        }
        let second = keys.iter().skip(1).find(|(key, _)| {
            let member = self.cast.member(key);
            member.is_ok_and(|member| !member.about.listed)
        });
        agreement.acts = story(shape, &keys[0].0, second.map(|(key, _)| key.as_str()));
        agreement
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What is left there says nothing of anybody.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// What happens to an agreement up to its stage.
fn story(shape: Shape, lead: &str, second: Option<&str>) -> Vec<Step> {
    let step = |day: i64, what: &str, by: &str| Step {
        day: BEGIN + day,
        what: what.to_owned(),
        by: by.to_owned(),
        ..Step::default()
    };
    let author = format!("{lead}.author");
    let mut story = vec![step(0, "start", &author)];
    if let Some(second) = second
        && shape.like.is_multiple_of(2)
    {
        story.push(Step {
            question: "purpose_text".to_owned(),
            text: "Could this say in two more words what we get, and who of ours will see it? Our \
                   people asked, and it would save a question at the review."
                .to_owned(),
            ..step(3, "comment", &format!("{second}.author"))
        });
    }
    if shape.stage == Stage::Draft {
        return story;
    }
    story.push(step(5, "ask_for_review", &author));
    if shape.stage == Stage::InForce && shape.like.is_multiple_of(3) {
        story.push(step(6, "take_back", &author));
        story.push(step(7, "save", &author));
        story.push(step(8, "ask_for_review", &author));
    }
    if let Some(second) = second {
        let officer = format!("{second}.data_protection_officer");
        story.push(Step {
            advice: "conditions".to_owned(),
            text: "We agree, if the list is deleted once the visits are done, and if we are told when \
                   something goes wrong within a day."
                .to_owned(),
            ..step(10, "review", &officer)
        });
        if shape.stage == Stage::Review {
            return story;
        }
        story.push(Step {
            of: officer,
            text:
                "The list is deleted within a week; section four now says so, and the contact for \
                   incidents is named."
                    .to_owned(),
            ..step(12, "answer_conditions", &author)
        });
    }
    if shape.stage == Stage::Review {
        return story;
    }
    story.push(step(14, "everybody_reviews", ""));
    story.push(step(17, "ask_for_sign_off", &author));
    if shape.stage == Stage::SignOff {
        if second.is_some() {
            story.push(step(19, "sign", &format!("{lead}.senior_officer")));
        }
        return story;
    }
    story.push(step(19, "everybody_signs", ""));
    if shape.stage == Stage::Published {
        story.push(Step {
            extent: Some(match shape.like % 2 {
                0 => Extent::Full,
                _ => Extent::Summary,
            }),
            ..step(22, "publish", &author)
        });
    }
    if shape.stage == Stage::Ended {
        story.push(Step {
            text: "The work is done, and no one needs the data any more.".to_owned(),
            ..step(25, "end", &format!("{lead}.administrator"))
        });
    }
    story
}
