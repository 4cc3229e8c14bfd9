//! Who is in the demo: organisations, people in their roles, their statements and memoranda.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use packs::{Content, Role};

use crate::demo::data::{Assurance, Organisation, Person};
use crate::demo::words::Words;
use crate::identity::proofs as identity;
use crate::identity::proofs::Proof;
use crate::kernel::access::Action;
use crate::kernel::clock::Now;
use crate::kernel::ids::{OrganisationId, PersonId, RecordId};
use crate::kernel::{Act, Acting, App, Change, Ctx, Refusal};
use crate::organisations::details::Details;
use crate::organisations::roles;
use crate::organisations::roles::Grant;
use crate::organisations::store as organisations;
use crate::organisations::store::OrganisationStanding;
use crate::records;
use crate::records::decisions;
use crate::records::decisions::Decision;
use crate::records::lines::Stage;
use crate::records::situation::Situation;
use crate::records::{moves, store};

/// An organisation that the other files name.
pub struct Member {
    pub id: OrganisationId,
    pub about: Organisation,
    people: Vec<(PersonId, String, BTreeSet<Role>)>,
}

impl Member {
    /// Everybody in it: id, name and roles.
    pub fn people(&self) -> &[(PersonId, String, BTreeSet<Role>)] {
        &self.people
    }

    /// The name of the person who holds a role, or nothing.
    pub fn name_of(&self, role: Role) -> String {
        let mut people = self.people.iter();
        let found = people.find(|(_, _, roles)| roles.contains(&role));
        found.map_or_else(String::new, |(_, name, _)| name.clone())
    }
}

/// Every member, by its key.
pub struct Cast {
    pub app: Arc<App>,
    pub today: Date,
    members: BTreeMap<String, Member>,
}

impl Cast {
    pub fn new(app: Arc<App>, today: Date) -> Cast {
        Cast {
            app,
            today,
            members: BTreeMap::new(),
        }
    }

    pub fn member(&self, key: &str) -> Result<&Member, Refusal> {
        self.members
            .get(key)
            .ok_or_else(|| Refusal::broken(format!("no one in the demo is called {key}")))
    }

    /// The key of an organisation.
    pub fn key(&self, id: &OrganisationId) -> Option<&str> {
        let mut members = self.members.iter();
        members
            .find(|(_, m)| m.id == *id)
            .map(|(key, _)| key.as_str())
    }

    /// The operator, at a moment.
    pub fn operator(&self, at: Now) -> Ctx {
        let mut ctx = Ctx::new(self.app.clone(), None);
        ctx.now = at;
        ctx
    }

    /// `camden.author`, at a moment: the person who holds the role, with all of their roles.
    pub fn at_work(&self, who: &str, at: Now) -> Result<Ctx, Refusal> {
        let nobody = || Refusal::broken(format!("no one in the demo is {who}"));
        let (key, role) = who.split_once('.').ok_or_else(nobody)?;
        let member = self.member(key)?;
        let role = Role::parse(role).ok_or_else(nobody)?;
        let (person, name, roles) = member
            .people
            .iter()
            .find(|(_, _, roles)| roles.contains(&role))
            .ok_or_else(nobody)?;
        let mut ctx = self.operator(at);
        ctx.acting = Some(Acting {
            person: person.clone(),
            name: name.clone(),
            organisation: member.id.clone(),
            organisation_name: member.about.name.clone(),
            roles: roles.clone(),
        });
        Ok(ctx)
    }

    /// What the words in braces stand for, in this organisation's answers.
    pub fn words(&self, key: &str) -> Result<Words<'static>, Refusal> {
        let member = self.member(key)?;
        let about = &member.about;
        Ok(Words {
            today: self.today,
            stand_for: vec![
                ("party", about.name.clone()),
                ("task", about.task.clone()),
                ("domain", about.domain.clone()),
                ("fee_number", about.fee_number.clone()),
                (
                    "number",
                    about.fee_number.trim_start_matches(['Z', '0']).to_owned(),
                ),
                ("ods_code", about.ods_code.clone()),
                ("dpo", member.name_of(Role::DataProtectionOfficer)),
                ("caldicott", member.name_of(Role::CaldicottGuardian)),
            ],
        })
    }

    /// Organisations that do not use the gateway, all at once.
    pub async fn list(&mut self, at: Now, listed: Vec<Organisation>) -> Result<(), Refusal> {
        let ctx = self.operator(at);
        let mut change: Option<Change> = None;
        for about in listed {
            let (id, added) =
                organisations::add(&ctx, &details(&about), OrganisationStanding::External, None);
            change = Some(match change {
                None => added,
                Some(before) => before.and(added),
            });
            if !about.key.is_empty() {
                let people = Vec::new();
                self.members
                    .insert(about.key.clone(), Member { id, about, people });
            }
        }
        match change {
            Some(change) => ctx.commit(change).await,
            None => Ok(()),
        }
    }

    /// An organisation that uses the gateway, with its people and their roles.
    pub async fn register(
        &mut self,
        at: Now,
        about: Organisation,
        password: &str,
    ) -> Result<(), Refusal> {
        let ctx = self.operator(at);
        let (id, mut change) = organisations::add_confirmed(&ctx, &details(&about));
        let words = Words {
            today: self.today,
            stand_for: Vec::new(),
        };
        let mut people: Vec<(PersonId, String, BTreeSet<Role>)> = Vec::new();
        for person in &about.people {
            let email = email(&person.name, &about.domain);
            let (who, added) = identity::add(
                &ctx,
                &person.name,
                &email,
                Some(password.to_owned()),
                &Proof::Operator,
            );
            change = change.and(added);
            for held in grants(person, &people, &words)? {
                change = change.and(roles::grant(&ctx, &id, &who, &held));
            }
            // A deputy acts only between two days, so not in the demo's past.
            let mut held = BTreeSet::new();
            if person.deputy_for.is_empty() {
                held.extend(person.roles.iter().filter_map(|role| Role::parse(role)));
            }
            people.push((who, person.name.clone(), held));
        }
        ctx.commit(change).await?;
        self.members
            .insert(about.key.clone(), Member { id, about, people });
        Ok(())
    }

    /// Publishes an organisation's assurance statement.
    pub async fn assure(&self, key: &str, at: Now, assurance: &Assurance) -> Result<(), Refusal> {
        let member = self.member(key)?;
        let ctx = self.at_work(&format!("{key}.administrator"), at)?;
        let mut words = self.words(key)?;
        let expires = match member.about.assurance_expires.as_str() {
            "" => "@+190",
            day => day,
        };
        words.stand_for.push(("expires", words.text(expires)));
        let mut answers = words.answers(&assurance.answers);
        let care = ctx
            .app
            .packs
            .law
            .kind(&member.about.kind)
            .is_some_and(|kind| kind.care);
        answers.extend(
            words.answers(match (care, member.about.ods_code.is_empty()) {
                (true, false) => &assurance.care,
                _ => &assurance.other,
            }),
        );
        let record_type = store::record_type(&ctx, "assurance")?;
        let (id, change) = store::create(
            &ctx,
            record_type,
            "Assurance statement",
            &Content::default(),
        )?;
        ctx.commit(change).await?;
        let content = Content {
            answers,
            ..Content::default()
        };
        let record = records::fetch(&ctx, &id, Action::Draft).await?;
        let act = Act::new("record.answered", &id);
        ctx.commit(record.save(&ctx, &content, act)?).await?;
        moves::make(&ctx, &id, "publish", "").await
    }

    /// Asks an organisation's senior officer to sign the memorandum.
    pub async fn ask_for_memorandum(&self, key: &str, at: Now) -> Result<RecordId, Refusal> {
        let ctx = self.at_work(&format!("{key}.administrator"), at)?;
        let record_type = store::record_type(&ctx, "memorandum")?;
        let title = record_type
            .text
            .as_ref()
            .map_or("Memorandum", |text| text.title.as_str());
        let (id, change) = store::create(&ctx, record_type, title, &Content::default())?;
        ctx.commit(change).await?;
        moves::make(&ctx, &id, "ask_for_signature", "").await?;
        Ok(id)
    }

    /// The senior officer of an organisation signs its line.
    pub async fn sign(&self, id: &RecordId, key: &str, at: Now) -> Result<(), Refusal> {
        let ctx = self.at_work(&format!("{key}.senior_officer"), at)?;
        let situation = Situation::load(&ctx, id, Action::See).await?;
        let own = &ctx.acting()?.organisation;
        let line = situation
            .lines
            .iter()
            .find(|l| l.stage == Stage::SignOff && l.organisation == *own && l.is_waiting())
            .ok_or_else(|| Refusal::broken(format!("{key} has nothing to sign")))?;
        let proof = decisions::password_proof(&ctx);
        decisions::sign_off(&ctx, id, &line.id, &line.digest, &Decision::Sign, &proof).await
    }
}

fn details(about: &Organisation) -> Details {
    Details {
        name: about.name.clone(),
        kind: about.kind.clone(),
        area: about.area.clone(),
        fee_number: about.fee_number.clone(),
        ods_code: about.ods_code.clone(),
    }
}

/// "Asha Brightwater" at "camden.demo.example": asha.brightwater@camden.demo.example.
fn email(name: &str, domain: &str) -> String {
    let name: String = name
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('.'),
            c if c.is_ascii_alphanumeric() || c == '-' => Some(c),
            _ => None,
        })
        .collect();
    format!("{name}@{domain}")
}

fn grants(
    person: &Person,
    known: &[(PersonId, String, BTreeSet<Role>)],
    words: &Words<'_>,
) -> Result<Vec<Grant>, Refusal> {
    let deputy_for = known.iter().find(|(_, name, _)| *name == person.deputy_for);
    person
        .roles
        .iter()
        .map(|role| {
            let role = Role::parse(role)
                .ok_or_else(|| Refusal::broken(format!("{} has no role {role}", person.name)))?;
            Ok(Grant {
                role,
                deputy_for: deputy_for.map(|(id, ..)| id.clone()),
                from_day: words.text(&person.from),
                until_day: words.text(&person.until),
            })
        })
        .collect()
}
