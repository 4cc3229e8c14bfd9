//! A record's text as a person reads it: a fixed version, or the working text.

use packs::{Answers, Content, Each, Law, Question, QuestionKind, RecordType, Scope, View};
use serde_json::{Map, Value as Json};

use crate::kernel::ids::OrganisationId;
use crate::kernel::{Ctx, Refusal};
use crate::records::Record;
use crate::records::answers::{answers_at, is_blank, standing, types};
use crate::records::leftovers;
use crate::records::leftovers::{Known, Leftover, Why};
use crate::records::pack_sets;
use crate::records::pack_sets::Under;
use crate::records::situation::Situation;
use crate::records::store::PartyRow;
use crate::records::versions;
use crate::records::versions::{Attached, PackStamp, VersionText};

/// What is read, with the packs it was written under. A joining party's version is shown together
/// with the text it joins.
#[derive(Debug, Clone)]
pub struct Reading {
    pub record: String,
    pub type_id: String,
    pub title: String,
    pub lead: String,
    /// `None` for the working text.
    pub number: Option<i64>,
    pub digest: Option<String>,
    pub fixed_at: i64,
    pub fixed_by: String,
    /// Who joins with this version, and the version joined.
    pub joins: Option<(OrganisationId, i64)>,
    /// Every party, for its name; whose answers are read here is said by [`Reading::places`].
    pub parties: Vec<PartyRow>,
    pub content: Content,
    pub attachments: Vec<Attached>,
    pub clauses: Option<Json>,
    pub packs: PackStamp,
    pub under: Under,
    /// Answers that do not count, with why.
    leftovers: Vec<Leftover>,
    /// Parts of parties that joined under other packs than the text they joined.
    pub parts: Vec<Reading>,
    /// For such a part: whose it is.
    part_of: Option<OrganisationId>,
}

impl Reading {
    /// The working text of a record that is held.
    pub async fn working(ctx: &Ctx, record: &Record) -> Result<Reading, Refusal> {
        let text = versions::text(ctx, record, record.version + 1, None).await?;
        let under = Under {
            packs: record.packs(ctx).clone(),
            substitute: false,
        };
        Reading::new(text, under).look(ctx).await
    }

    /// A fixed version of a record that is held.
    pub async fn fixed(ctx: &Ctx, situation: &Situation, number: i64) -> Result<Reading, Refusal> {
        let id = &situation.record.id;
        let (version, text) = versions::read(ctx, id, number).await?;
        let mut reading = match &text.joins {
            None => Reading::from_text(ctx, text).await?,
            Some(joins) => {
                let base = joins.version;
                let (_, whole) = versions::read(ctx, id, base).await?;
                let mut reading = Reading::from_text(ctx, whole).await?;
                for joined in situation.joined(base, number) {
                    let (_, part) = versions::read(ctx, id, joined).await?;
                    reading.join(Reading::from_text(ctx, part).await?);
                }
                let stamp = text.packs.clone();
                reading.join(Reading::from_text(ctx, text).await?);
                reading.complete_parts();
                reading.joins = version.joins.clone().map(|party| (party, base));
                reading.packs = stamp;
                reading
            }
        };
        reading.number = Some(number);
        reading.digest = Some(version.digest);
        reading.fixed_at = version.fixed_at;
        reading.fixed_by = version.fixed_by;
        reading.look(ctx).await
    }

    /// The text of one version as it stands, with the packs it names.
    pub async fn from_text(ctx: &Ctx, text: VersionText) -> Result<Reading, Refusal> {
        let mut under = pack_sets::under(ctx, &text.packs.digest).await?;
        if under.packs.record_type(&text.type_id).is_none() {
            under.packs = pack_sets::last_that_knew(ctx, &text.type_id, "").await?;
        }
        Ok(Reading::new(text, under))
    }

    pub(crate) fn new(text: VersionText, under: Under) -> Reading {
        let parties = text.parties.into_iter().map(|p| PartyRow {
            id: p.id.into(),
            name: p.name,
            kind: p.kind,
            registered: p.registered,
            registered_today: p.registered,
            joining: None,
        });
        Reading {
            record: text.record,
            type_id: text.type_id,
            title: text.title,
            lead: text.lead,
            number: None,
            digest: None,
            fixed_at: 0,
            fixed_by: String::new(),
            joins: None,
            parties: parties.collect(),
            content: text.content,
            attachments: text.attachments,
            clauses: text.clauses,
            packs: text.packs,
            under,
            leftovers: Vec::new(),
            parts: Vec::new(),
            part_of: None,
        }
    }

    /// Adds a joining party's part: to the whole where both were written under the same packs, and
    /// beside it otherwise.
    fn join(&mut self, part: Reading) {
        self.parties.extend(part.parties.iter().cloned());
        self.attachments.extend(part.attachments.iter().cloned());
        if part.under.packs.digest == self.under.packs.digest {
            self.content.parties.extend(part.content.parties);
            self.content.settled.extend(part.content.settled);
        } else if let Some(party) = part.parties.first() {
            self.parts.push(Reading {
                part_of: Some(party.id.clone()),
                ..part
            });
        }
    }

    /// A part is asked what the whole's answers make relevant, and names its parties.
    fn complete_parts(&mut self) {
        for part in &mut self.parts {
            part.content.answers.clone_from(&self.content.answers);
            part.content.flows.clone_from(&self.content.flows);
            part.parties.clone_from(&self.parties);
            part.attachments.clone_from(&self.attachments);
        }
    }

    /// The whole text, then each part that was written under other packs.
    pub fn texts(&self) -> impl Iterator<Item = &Reading> {
        std::iter::once(self).chain(&self.parts)
    }

    /// Whether this is a part of a whole that is shown beside it.
    pub fn is_part(&self) -> bool {
        self.part_of.is_some()
    }

    /// Where a section is answered here.
    pub fn places(&self, each: Each) -> Vec<Scope> {
        match each {
            Each::Party => self
                .own_parties()
                .map(|p| Scope::Party(p.id.to_string()))
                .collect(),
            _ if self.is_part() => Vec::new(),
            Each::Record => vec![Scope::Record],
            Each::Flow => self
                .content
                .flows
                .iter()
                .map(|f| Scope::Flow(f.id.clone()))
                .collect(),
        }
    }

    /// The parties whose answers are read here, and not in a part beside it.
    pub fn own_parties(&self) -> impl Iterator<Item = &PartyRow> {
        self.parties.iter().filter(|p| match &self.part_of {
            Some(own) => p.id == *own,
            None => !self
                .parts
                .iter()
                .any(|part| part.part_of.as_ref() == Some(&p.id)),
        })
    }

    /// The text that holds a party's answers: this one or a part beside it.
    pub fn of_party(&self, party: &OrganisationId) -> &Reading {
        let part = self
            .parts
            .iter()
            .find(|part| part.part_of.as_ref() == Some(party));
        part.unwrap_or(self)
    }

    /// The type as it was when the text was written.
    pub fn record_type(&self) -> Result<&RecordType, Refusal> {
        crate::records::store::type_in(&self.under.packs, &self.type_id)
    }

    /// The law as it was when the text was written.
    pub fn law(&self) -> &Law {
        &self.under.packs.law
    }

    /// The answers as rules see them.
    pub fn view<'a>(&'a self, record_type: &'a RecordType) -> View<'a> {
        let parties: Vec<packs::Party> = self
            .own_parties()
            .map(|p| packs::Party {
                id: p.id.to_string(),
                name: p.name.clone(),
                kind: p.kind.clone(),
                registered: p.registered,
            })
            .collect();
        record_type.view(self.law(), &self.content, &parties)
    }

    pub fn party_name(&self, id: &str) -> Option<&str> {
        self.parties
            .iter()
            .find(|p| p.id.as_str() == id)
            .map(|p| p.name.as_str())
    }

    pub fn answers(&self, scope: &Scope) -> Option<&Answers> {
        answers_at(&self.content, scope)
    }

    /// An answer in plain words, a line for each item; empty when there is none.
    pub fn shown(&self, question: &Question, scope: &Scope) -> Vec<String> {
        let Some(answers) = self.answers(scope) else {
            return Vec::new();
        };
        let Some(value) = answers
            .get(&question.id)
            .filter(|v| !is_blank(v) && question.fits(v))
        else {
            return Vec::new();
        };
        let each = |show: &dyn Fn(&str) -> String| -> Vec<String> {
            match value {
                Json::Array(items) => items.iter().filter_map(Json::as_str).map(show).collect(),
                single => single.as_str().map(show).into_iter().collect(),
            }
        };
        match question.kind {
            QuestionKind::Parties => each(&|id| {
                self.party_name(id)
                    .unwrap_or("An organisation that has left")
                    .to_owned()
            }),
            QuestionKind::Gateways => each(&|id| match self.law().power(id) {
                Some((_, power)) => format!(
                    "{} ({}{})",
                    power.title,
                    types(&power.types),
                    standing(power)
                ),
                None => id.to_owned(),
            }),
            QuestionKind::Files => each(&|id| {
                let file = self.attachments.iter().find(|a| a.id == id);
                file.map_or_else(|| "A file that was removed".to_owned(), |a| a.name.clone())
            }),
            QuestionKind::Choice | QuestionKind::Choices => {
                each(&|id| chosen(question, id, answers))
            }
            _ => question.show(value),
        }
    }

    /// The rows of a table question, cell by cell.
    pub fn rows(&self, question: &Question, scope: &Scope) -> Vec<Vec<String>> {
        let value = self
            .answers(scope)
            .and_then(|a| a.get(&question.id))
            .filter(|v| question.fits(v));
        let rows = value.and_then(Json::as_array).into_iter().flatten();
        rows.filter_map(Json::as_object)
            .map(|row| question.columns.iter().map(|c| cell(row, c)).collect())
            .collect()
    }

    /// Answers that do not count, because other answers changed or the packs did, with where they were given. They
    /// are part of the text, so nobody decides without seeing them.
    pub fn leftovers(
        &self,
        record_type: &RecordType,
        of_packs: bool,
    ) -> Vec<(String, Vec<String>)> {
        let wanted = self
            .leftovers
            .iter()
            .filter(|l| (l.why == Why::NoLongerFits) == of_packs);
        wanted
            .map(|leftover| {
                let label = match self.place_name(record_type, &leftover.scope) {
                    place if place.is_empty() => leftover.label.clone(),
                    place => format!("{} ({place})", leftover.label),
                };
                (label, leftover.shown.clone())
            })
            .collect()
    }

    /// The answers that a change of the packs left behind.
    pub fn left_behind(&self) -> impl Iterator<Item = &Leftover> {
        self.leftovers.iter().filter(|l| l.why.is_of_packs())
    }

    /// Finds what does not count, here and in the parts.
    pub(crate) async fn look(mut self, ctx: &Ctx) -> Result<Reading, Refusal> {
        self.leftovers = self.look_at(ctx).await?;
        let mut parts = std::mem::take(&mut self.parts);
        for part in &mut parts {
            part.leftovers = part.look_at(ctx).await?;
        }
        self.parts = parts;
        Ok(self)
    }

    async fn look_at(&self, ctx: &Ctx) -> Result<Vec<Leftover>, Refusal> {
        let record_type = self.record_type()?;
        let view = self.view(record_type);
        let own = self.own_parties().map(|p| Scope::Party(p.id.to_string()));
        let scopes: Vec<Scope> = self
            .places(Each::Record)
            .into_iter()
            .chain(own)
            .chain(self.places(Each::Flow))
            .collect();
        let found = leftovers::raw(record_type, &view, &self.content, &scopes, |q, v| q.fits(v));
        let known = Known {
            law: self.law(),
            parties: &self.parties,
            attachments: &self.attachments,
        };
        leftovers::in_words(ctx, record_type, &self.content, known, found).await
    }

    /// "" for the record, else the name of the party or the flow.
    pub fn place_name(&self, record_type: &RecordType, scope: &Scope) -> String {
        match scope {
            Scope::Record => String::new(),
            Scope::Party(id) => self.party_name(id).unwrap_or(id).to_owned(),
            Scope::Flow(id) => {
                let place = self.content.flows.iter().position(|f| f.id == *id);
                place.map_or_else(String::new, |n| {
                    crate::records::answers::flow_name(record_type, &self.content.flows[n], n)
                })
            }
        }
    }
}

fn chosen(question: &Question, id: &str, answers: &Answers) -> String {
    let label = question.option(id).map_or(id, |option| &option.label);
    match answers
        .get(&question.explain_name(id))
        .and_then(Json::as_str)
    {
        Some(own) if !own.is_empty() => format!("{label}: {own}"),
        _ => label.to_owned(),
    }
}

fn cell(row: &Map<String, Json>, column: &packs::Column) -> String {
    let text = row
        .get(&column.id)
        .and_then(Json::as_str)
        .unwrap_or_default();
    let option = column.options.iter().find(|option| option.id == text);
    option.map_or_else(|| text.to_owned(), |option| option.label.clone())
}
