//! Fetch and authorise in one step: nobody holds a [`Record`] they may not see.

use std::collections::BTreeMap;
use std::sync::Arc;

use db::{Row, args, sql};
use jiff::civil::Date;
use packs::{Content, Law, Packs, Parties, Party, RecordType, Role, View};

use crate::kernel::access::{Action, Phase, Standing, may};
use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Act, Change, Ctx, Refusal, phrases};
use crate::records::{pack_sets, versions};

sql! {
    RECORD = "select r.id, r.type, r.organisation_id, r.title, r.state, r.revision, r.content, r.version,
            r.effective_version, r.created_at, r.changed_at, r.review_day, r.expiry_day
        from records r where r.id = $1";
    PARTIES = "select p.organisation_id, p.joining, o.name, o.kind, o.standing
        from record_parties p join organisations o on o.id = p.organisation_id
        where p.record_id = $1 and p.left_at is null order by p.position";
    // The parties of a record that show their statements to this organisation: those that took it in themselves,
    // as the lead, and those that decided something on a version which names both. A version names who was a
    // party when it was fixed; one of a joining party names those of the version it joins. What somebody decided
    // whom the lead named for a party is not that party's.
    SHARING = "select p.organisation_id, o.confirmed_at, cast(case when exists (
            select 1 from record_parties mine
            join record_parties theirs on theirs.record_id = mine.record_id
            join records r on r.id = mine.record_id
            where mine.organisation_id = $2 and theirs.organisation_id = p.organisation_id
                and mine.left_at is null and theirs.left_at is null
                and (r.organisation_id = p.organisation_id or exists (
                    select 1 from lines d
                    join versions v on v.record_id = d.record_id and v.number = d.version
                    left join versions b on b.record_id = v.record_id and b.number = v.base
                    where d.record_id = mine.record_id and d.organisation_id = p.organisation_id
                        and d.outcome in ('agrees', 'conditions', 'signed')
                        and mine.joined_at <= coalesce(b.fixed_at, v.fixed_at)
                        and not exists (select 1 from one_time_links k where k.line_id = d.id
                            and k.person_id = d.decided_by and k.made_for <> d.organisation_id)))
            ) then 1 else 0 end as bigint) as shared
        from record_parties p join organisations o on o.id = p.organisation_id
        where p.record_id = $1 and p.left_at is null";
    ADD = "insert into records (id, type, organisation_id, title, title_key, state, revision, content, version,
            created_by, created_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, 1, $7, 0, $8, $9, $9)";
    ADD_PARTY = "insert into record_parties (record_id, organisation_id, position, joined_at, joining)
        values ($1, $2, $3, $4, $5)";
    RETURN_PARTY = "update record_parties set left_at = null, joined_at = $3, joining = $4
        where record_id = $1 and organisation_id = $2 and left_at is not null";
    REMOVE_PARTY = "update record_parties set left_at = $3
        where record_id = $1 and organisation_id = $2 and left_at is null";
    SAVE = "update records set title = $3, title_key = $4, content = $5, review_day = $6, expiry_day = $7,
            changed_at = $8, revision = revision + 1
        where id = $1 and revision = $2";
    LISTED = "update record_parties set type = r.type, state = r.state, title_key = r.title_key,
            changed_at = r.changed_at, due_day = case
                when r.effective_version is null or r.type <> 'agreement' then ''
                when r.review_day <> '' and (r.expiry_day = '' or r.review_day < r.expiry_day) then r.review_day
                else r.expiry_day end
        from records r where r.id = record_parties.record_id and record_parties.record_id = $1";
    CLEAR_PURPOSES = "delete from record_purposes where record_id = $1";
    ADD_PURPOSE = "insert into record_purposes (record_id, purpose) values ($1, $2)";
    SIGNED_AND_LEFT = "select p.left_at from record_parties p
        join lines l on l.record_id = p.record_id and l.organisation_id = p.organisation_id
        where p.record_id = $1 and p.organisation_id = $2 and p.left_at is not null
            and l.stage = 'sign_off' and l.outcome = 'signed' limit 1";
    EVER_PARTY = "select left_at from record_parties where record_id = $1 and organisation_id = $2";
}

/// A party as a record shows it.
#[derive(Debug, Clone)]
pub struct PartyRow {
    pub id: OrganisationId,
    /// While the text is open as it is today; once it was issued as that text says it, for good.
    pub name: String,
    pub kind: String,
    /// It uses the gateway, so it has lines; an external organisation is only listed. Like the name and the
    /// kind, as it was issued.
    pub registered: bool,
    /// Whether it uses the gateway today.
    pub registered_today: bool,
    /// It joins an agreement whose text is fixed: `Some(0)` while its own part is drafted, then
    /// the number of the version that holds that part.
    pub joining: Option<i64>,
}

/// A record that the acting person was found allowed to hold, for the action asked.
#[expect(
    clippy::manual_non_exhaustive,
    reason = "closed to the rest of this crate too, not only to other crates"
)]
#[derive(Debug, Clone)]
pub struct Record {
    pub id: RecordId,
    pub type_id: String,
    pub lead: OrganisationId,
    pub title: String,
    pub state: String,
    pub revision: i64,
    pub content: Content,
    /// The newest fixed version; 0 before the first.
    pub version: i64,
    /// The newest version that at least two parties (or the owner) stand by.
    pub effective_version: Option<i64>,
    pub review_day: String,
    pub expiry_day: String,
    pub created_at: i64,
    pub changed_at: i64,
    pub parties: Vec<PartyRow>,
    pub standing: Standing,
    /// When the acting organisation left, if it was a party and signed.
    pub left_at: Option<i64>,
    pub phase: Phase,
    /// The packs that knew its type and its state last, where those of today do not: it can only be read.
    pub last_packs: Option<Arc<Packs>>,
    /// Holds the type to this file: no other code can make one.
    _fetched: (),
}

/// Loads a record and checks in the same step that the acting person may do this with it.
///
/// # Errors
/// [`Refusal::NotFound`] when it does not exist or is not theirs to see; [`Refusal::NotAllowed`]
/// when they may see it but not do this.
pub async fn fetch(ctx: &Ctx, id: &RecordId, action: Action) -> Result<Record, Refusal> {
    let acting = ctx.acting()?;
    let row = ctx
        .app
        .db
        .optional(&RECORD, args![id])
        .await?
        .ok_or(Refusal::NotFound)?;
    let mut record = read(ctx, &row).await?;
    record.standing = if record.lead == acting.organisation {
        match record.record_type(ctx)?.parties {
            Parties::Owner => Standing::Owner,
            Parties::Many => Standing::Lead,
        }
    } else if record.parties.iter().any(|p| p.id == acting.organisation) {
        Standing::Party
    } else if action == Action::SeeInForce
        && record.record_type(ctx)?.parties == Parties::Owner
        && known(ctx, id, &acting.organisation)
            .await?
            .get(&record.lead)
            .is_some_and(|owner| owner.shares)
    {
        Standing::Partner
    } else if action == Action::SeeSigned {
        let left = args![id, &acting.organisation];
        let left = ctx.app.db.optional(&SIGNED_AND_LEFT, left).await?;
        record.left_at = left.map(|row| row.int("left_at")).transpose()?;
        match record.left_at {
            Some(_) => Standing::Former,
            None => Standing::Stranger,
        }
    } else {
        Standing::Stranger
    };
    let only_read = record.is_outlived() && !action.only_reads();
    if may(action, record.standing, &acting.roles, record.phase) && !only_read {
        return Ok(record);
    }
    if !may(Action::See, record.standing, &acting.roles, record.phase) {
        return Err(Refusal::NotFound);
    }
    if only_read {
        return Err(Refusal::NotNow(OUTLIVED.to_owned()));
    }
    Err(
        if may(action, record.standing, &acting.roles, Phase::Editable)
            || may(action, record.standing, &acting.roles, Phase::Fixed)
        {
            Refusal::NotNow(format!(
                "This cannot be done while it is “{}”.",
                record.state_name(ctx)?
            ))
        } else {
            Refusal::NotAllowed(format!("For this you need {}.", action.needs()))
        },
    )
}

/// Why a record that its packs have left behind cannot be changed.
pub const OUTLIVED: &str = "This can only be read. The questions and rules that Aldgate runs on now do not have what \
    it is, or where it stands, any more. It is shown with those that knew it last.";

/// How a party of a record stands to an organisation that looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// It shows its statements. What the other wrote about it in a draft does not count.
    pub shares: bool,
    /// Somebody who knows it said who acts for it.
    pub is_confirmed: bool,
}

/// Every party of a record, as it stands to an organisation.
pub(crate) async fn known(
    ctx: &Ctx,
    record: &RecordId,
    to: &OrganisationId,
) -> Result<BTreeMap<OrganisationId, Known>, Refusal> {
    let rows = ctx.app.db.all(&SHARING, args![record, to]).await?;
    rows.iter()
        .map(|row| {
            let known = Known {
                shares: row.flag("shared")?,
                is_confirmed: row.opt_int("confirmed_at")?.is_some(),
            };
            Ok((row.text("organisation_id")?.into(), known))
        })
        .collect()
}

async fn read(ctx: &Ctx, row: &Row) -> Result<Record, Refusal> {
    let type_id = row.text("type")?;
    let state = row.text("state")?;
    let known = |packs: &Packs| packs.record_type(&type_id)?.workflow.state(&state).cloned();
    let (known, last_packs) = match known(&ctx.app.packs) {
        Some(state) => (Some(state), None),
        None => {
            let last = pack_sets::last_that_knew(ctx, &type_id, &state).await?;
            (known(&last), Some(last))
        }
    };
    let is_open = known.as_ref().is_some_and(|s| s.editable && !s.is_final);
    let phase = match &known {
        Some(state) if !state.is_final && last_packs.is_none() => {
            if state.editable {
                Phase::Editable
            } else {
                Phase::Fixed
            }
        }
        _ => Phase::Final,
    };
    let id = RecordId::from(row.text("id")?);
    let mut parties = ctx
        .app
        .db
        .all(&PARTIES, args![&id])
        .await?
        .iter()
        .map(|row| {
            let registered = row.text("standing")? == "registered";
            Ok(PartyRow {
                id: row.text("organisation_id")?.into(),
                name: row.text("name")?,
                kind: row.text("kind")?,
                registered,
                registered_today: registered,
                joining: row.opt_int("joining")?,
            })
        })
        .collect::<Result<Vec<_>, db::DbError>>()?;
    if !is_open && row.int("version")? > 0 {
        as_issued(ctx, &id, &mut parties).await?;
    }
    Ok(Record {
        id,
        type_id,
        lead: row.text("organisation_id")?.into(),
        title: row.text("title")?,
        state,
        revision: row.int("revision")?,
        content: serde_json::from_str(&row.text("content")?).map_err(Refusal::broken)?,
        version: row.int("version")?,
        effective_version: row.opt_int("effective_version")?,
        review_day: row.text("review_day")?,
        expiry_day: row.text("expiry_day")?,
        created_at: row.int("created_at")?,
        changed_at: row.int("changed_at")?,
        parties,
        standing: Standing::Stranger,
        left_at: None,
        phase,
        last_packs,
        _fetched: (),
    })
}

/// Names, kinds and standings of parties as the issued text has them. Whoever still writes the part with which
/// it joins is in no text, so stays as it is today.
async fn as_issued(ctx: &Ctx, id: &RecordId, parties: &mut [PartyRow]) -> Result<(), Refusal> {
    for issued in versions::issued_parties(ctx, id).await? {
        let known = |p: &&mut PartyRow| p.id.as_str() == issued.id && p.joining != Some(0);
        if let Some(party) = parties.iter_mut().find(known) {
            party.name = issued.name;
            party.kind = issued.kind;
            party.registered = issued.registered;
        }
    }
    Ok(())
}

/// A record for the public register, which itself checks that it is published.
pub(crate) async fn fetch_published(ctx: &Ctx, id: &RecordId) -> Result<Record, Refusal> {
    let row = ctx
        .app
        .db
        .optional(&RECORD, args![id])
        .await?
        .ok_or(Refusal::NotFound)?;
    read(ctx, &row).await
}

pub fn record_type<'a>(ctx: &'a Ctx, id: &str) -> Result<&'a RecordType, Refusal> {
    type_in(&ctx.app.packs, id)
}

/// A type as a set of packs defines it.
pub(crate) fn type_in<'a>(packs: &'a Packs, id: &str) -> Result<&'a RecordType, Refusal> {
    packs
        .record_type(id)
        .ok_or_else(|| Refusal::broken(format!("no pack defines the record type {id}")))
}

impl Record {
    /// The packs it is read with.
    pub fn packs<'a>(&'a self, ctx: &'a Ctx) -> &'a Arc<Packs> {
        self.last_packs.as_ref().unwrap_or(&ctx.app.packs)
    }

    /// Its type, in the packs it is read with.
    ///
    /// # Errors
    /// None that a record could meet: these packs know its type.
    pub fn record_type<'a>(&'a self, ctx: &'a Ctx) -> Result<&'a RecordType, Refusal> {
        type_in(self.packs(ctx), &self.type_id)
    }

    /// The law of the packs it is read with.
    pub fn law<'a>(&'a self, ctx: &'a Ctx) -> &'a Law {
        &self.packs(ctx).law
    }

    /// Whether today's packs do not know its type or its state: it is read with the last that did, and nothing
    /// else can be done with it.
    pub fn is_outlived(&self) -> bool {
        self.last_packs.is_some()
    }

    pub fn state_name(&self, ctx: &Ctx) -> Result<String, Refusal> {
        let state = self.record_type(ctx)?.workflow.state(&self.state);
        Ok(state.map_or_else(|| self.state.clone(), |s| s.name.clone()))
    }

    /// The parties as rules see them. A party that joins later counts from the start of its
    /// drafting, so that its prompts are seen.
    pub fn rule_parties(&self) -> Vec<Party> {
        self.parties
            .iter()
            .map(|p| Party {
                id: p.id.to_string(),
                name: p.name.clone(),
                kind: p.kind.clone(),
                registered: p.registered,
            })
            .collect()
    }

    /// The working answers as rules see them.
    pub fn view<'a>(&'a self, ctx: &'a Ctx) -> Result<View<'a>, Refusal> {
        let record_type = self.record_type(ctx)?;
        Ok(record_type.view(self.law(ctx), &self.content, &self.rule_parties()))
    }

    pub fn party(&self, id: &str) -> Option<&PartyRow> {
        self.parties.iter().find(|p| p.id.as_str() == id)
    }

    pub fn allows(&self, ctx: &Ctx, action: Action) -> bool {
        let may_at_all = action.only_reads() || !self.is_outlived();
        may_at_all
            && ctx
                .acting
                .as_ref()
                .is_some_and(|acting| may(action, self.standing, &acting.roles, self.phase))
    }

    /// Whether the acting person may change this party's own part (or, for "", the shared part).
    pub fn may_draft(&self, ctx: &Ctx, party: &str) -> bool {
        let Some(acting) = &ctx.acting else {
            return false;
        };
        let joining = self.party(party).is_some_and(|p| p.joining == Some(0));
        // A joining party's part is drafted while the rest of the text is fixed.
        let phase = if joining && self.phase == Phase::Fixed {
            Phase::Editable
        } else {
            self.phase
        };
        if may(Action::Draft, self.standing, &acting.roles, phase) {
            return true;
        }
        acting.organisation.as_str() == party
            && may(Action::DraftOwnPart, self.standing, &acting.roles, phase)
    }

    /// Whether the acting person holds this role in an organisation that takes part.
    pub fn holds(&self, ctx: &Ctx, role: Role) -> bool {
        self.standing.takes_part() && ctx.acting.as_ref().is_some_and(|a| a.holds(role))
    }

    /// Writes the working answers, if nobody has changed the record since it was fetched.
    pub fn save(&self, ctx: &Ctx, content: &Content, act: Act) -> Result<Change, Refusal> {
        let record_type = self.record_type(ctx)?;
        let text = |question: &str| {
            content
                .answers
                .get(question)
                .and_then(|v| v.as_str())
                .unwrap_or_default()
                .to_owned()
        };
        let title = match record_type.title_question.as_deref().map(text) {
            Some(title) if !title.is_empty() => title,
            _ => self.title.clone(),
        };
        let day = |question: &str| {
            text(question)
                .parse::<Date>()
                .map(|d| d.to_string())
                .unwrap_or_default()
        };
        let json = serde_json::to_string(content).map_err(Refusal::broken)?;
        let mut change = Change::new(act)
            .write_one(
                &SAVE,
                args![
                    &self.id,
                    self.revision,
                    title.as_str(),
                    phrases::fold(&title),
                    json,
                    day("review_date"),
                    day(if self.type_id == "agreement" {
                        "end_date"
                    } else {
                        "expires"
                    }),
                    ctx.now.0
                ],
            )
            .write(&CLEAR_PURPOSES, args![&self.id]);
        change = listed(&self.id, change);
        for purpose in content
            .answers
            .get("purposes")
            .and_then(|v| v.as_array())
            .into_iter()
            .flatten()
        {
            if let Some(purpose) = purpose.as_str() {
                change = change.write(&ADD_PURPOSE, args![&self.id, purpose]);
            }
        }
        Ok(change)
    }

    /// Adds a party, or brings back one that had left. `joining` when the text is already fixed.
    pub async fn add_party(
        &self,
        ctx: &Ctx,
        party: &OrganisationId,
        joining: bool,
        change: Change,
    ) -> Result<Change, Refusal> {
        let joining = joining.then_some(0_i64);
        let before = ctx
            .app
            .db
            .optional(&EVER_PARTY, args![&self.id, party])
            .await?;
        let change = if before.is_some() {
            change.write_one(&RETURN_PARTY, args![&self.id, party, ctx.now.0, joining])
        } else {
            // Positions only order the list, so the time serves.
            change.write_one(
                &ADD_PARTY,
                args![&self.id, party, ctx.now.0, ctx.now.0, joining],
            )
        };
        Ok(listed(&self.id, change))
    }

    pub fn remove_party(&self, ctx: &Ctx, party: &OrganisationId, change: Change) -> Change {
        change.write_one(&REMOVE_PARTY, args![&self.id, party, ctx.now.0])
    }
}

/// A new record of a type, owned or led by the acting organisation, which is its first party.
pub fn create(
    ctx: &Ctx,
    record_type: &RecordType,
    title: &str,
    content: &Content,
) -> Result<(RecordId, Change), Refusal> {
    let acting = ctx.acting()?;
    let id = RecordId::from(ctx.new_id(&record_type.prefix));
    let json = serde_json::to_string(content).map_err(Refusal::broken)?;
    let change = Change::new(Act::new("record.created", &id).with("type", record_type.id.as_str()))
        .write_one(
            &ADD,
            args![
                &id,
                record_type.id.as_str(),
                &acting.organisation,
                title,
                phrases::fold(title),
                record_type.workflow.initial.as_str(),
                json,
                acting.person.as_str(),
                ctx.now.0
            ],
        )
        .write_one(
            &ADD_PARTY,
            args![&id, &acting.organisation, 0_i64, ctx.now.0, None::<i64>],
        );
    let change = listed(&id, change);
    Ok((id, change))
}

/// Brings what the lists of its parties are ordered by to what the record says. Whatever writes to a
/// record's row is followed by this.
pub(super) fn listed(record: &RecordId, change: Change) -> Change {
    change.write(&LISTED, args![record])
}
