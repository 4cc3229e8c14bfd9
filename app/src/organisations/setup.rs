//! How far an organisation is with setting itself up, computed from what is there.

use std::collections::BTreeMap;

use db::{Row, args, sql};
use packs::Role;
use serde::Deserialize;

use crate::kernel::ids::OrganisationId;
use crate::kernel::{Ctx, Refusal};

sql! {
    DETAILS = "select id, kind, area, fee_number from organisations where id = $1";
    HELD = "select distinct organisation_id, role from roles where organisation_id = $1 and ended_at is null
        and (from_day = '' or from_day <= $2) and (until_day = '' or until_day >= $2)";
    OWN = "select r.organisation_id, r.type, v.text
        from records r join versions v on v.record_id = r.id and v.number = r.effective_version
        where r.organisation_id = $1 and r.type in ('assurance', 'memorandum')
        order by r.created_at desc";
    SUPPORTED_DETAILS = "select id, kind, area, fee_number from organisations
        where lead_id = $1 and name_key >= $2 and name_key <= $3";
    SUPPORTED_HELD = "select distinct r.organisation_id, r.role
        from organisations o join roles r on r.organisation_id = o.id and r.ended_at is null
        where o.lead_id = $1 and o.name_key >= $2 and o.name_key <= $3
            and (r.from_day = '' or r.from_day <= $4) and (r.until_day = '' or r.until_day >= $4)";
    SUPPORTED_OWN = "select r.organisation_id, r.type, v.text
        from organisations o join records r on r.organisation_id = o.id
        join versions v on v.record_id = r.id and v.number = r.effective_version
        where o.lead_id = $1 and o.name_key >= $2 and o.name_key <= $3
            and r.type in ('assurance', 'memorandum')
        order by r.created_at desc";
    STAMP = "select text from versions where record_id = $1 and number = $2";
}

/// One step, in the order they are best taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Details,
    SeniorOfficer,
    DataProtectionOfficer,
    Assurance,
    Memorandum,
}

impl Step {
    pub const ALL: [Step; 5] = [
        Step::Details,
        Step::SeniorOfficer,
        Step::DataProtectionOfficer,
        Step::Assurance,
        Step::Memorandum,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Step::Details => "Give your organisation’s details",
            Step::SeniorOfficer => "Name a senior officer",
            Step::DataProtectionOfficer => "Name a data protection officer",
            Step::Assurance => "Make your assurance statement",
            Step::Memorandum => "Sign the memorandum of understanding",
        }
    }

    pub fn link(self) -> &'static str {
        match self {
            Step::Details => "/organisation/details",
            Step::SeniorOfficer | Step::DataProtectionOfficer => "/organisation/people",
            Step::Assurance => "/assurance",
            Step::Memorandum => "/memorandum",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Setup {
    pub done: Vec<Step>,
    /// The last day of the assurance statement in force; "" when it names none.
    pub assurance_expires: Option<String>,
    /// The version of the memorandum's words that was signed last.
    pub memorandum_signed: Option<String>,
}

impl Setup {
    pub fn has(&self, step: Step) -> bool {
        self.done.contains(&step)
    }

    pub fn is_complete(&self) -> bool {
        self.done.len() == Step::ALL.len()
    }

    pub fn percentage(&self) -> usize {
        self.done.len() * 100 / Step::ALL.len()
    }

    pub fn missing(&self) -> impl Iterator<Item = Step> {
        Step::ALL.into_iter().filter(|step| !self.has(*step))
    }
}

/// Works out the set-up of one organisation.
pub async fn of(ctx: &Ctx, organisation: &OrganisationId) -> Result<Setup, Refusal> {
    let db = &ctx.app.db;
    let today = ctx.now.today().to_string();
    let details = db.all(&DETAILS, args![organisation]).await?;
    let held = db.all(&HELD, args![organisation, today]).await?;
    let own = db.all(&OWN, args![organisation]).await?;
    work_out(ctx, &details, &held, &own)?
        .remove(organisation)
        .ok_or(Refusal::NotFound)
}

/// Works out the set-up of the organisations that this one supports, from one folded name to
/// another.
pub async fn of_supported(
    ctx: &Ctx,
    lead: &OrganisationId,
    names: (&str, &str),
) -> Result<BTreeMap<OrganisationId, Setup>, Refusal> {
    let db = &ctx.app.db;
    let today = ctx.now.today().to_string();
    let (from, to) = names;
    let details = db.all(&SUPPORTED_DETAILS, args![lead, from, to]).await?;
    let held = db
        .all(&SUPPORTED_HELD, args![lead, from, to, today])
        .await?;
    let own = db.all(&SUPPORTED_OWN, args![lead, from, to]).await?;
    work_out(ctx, &details, &held, &own)
}

fn work_out(
    ctx: &Ctx,
    details: &[Row],
    held: &[Row],
    own: &[Row],
) -> Result<BTreeMap<OrganisationId, Setup>, Refusal> {
    let mut setups = BTreeMap::new();
    for row in details {
        let mut setup = Setup {
            done: Vec::new(),
            assurance_expires: None,
            memorandum_signed: None,
        };
        if !row.text("kind")?.is_empty()
            && !row.text("area")?.is_empty()
            && !row.text("fee_number")?.is_empty()
        {
            setup.done.push(Step::Details);
        }
        setups.insert(OrganisationId::from(row.text("id")?), setup);
    }
    for row in held {
        let Some(setup) = setups.get_mut(&row.text("organisation_id")?.into()) else {
            continue;
        };
        match Role::parse(&row.text("role")?) {
            Some(Role::SeniorOfficer) => setup.done.push(Step::SeniorOfficer),
            Some(Role::DataProtectionOfficer) => setup.done.push(Step::DataProtectionOfficer),
            _ => {}
        }
    }
    let today = ctx.now.today().to_string();
    let current = current_text_version(ctx);
    for row in own {
        let Some(setup) = setups.get_mut(&row.text("organisation_id")?.into()) else {
            continue;
        };
        let text: Looked = serde_json::from_str(&row.text("text")?).map_err(Refusal::broken)?;
        match row.text("type")?.as_str() {
            "assurance" if setup.assurance_expires.is_none() => {
                // The working text may name a later day; partners rely on the one in force.
                let expires = text.content.answers.expires.unwrap_or_default();
                if expires.is_empty() || expires >= today {
                    setup.done.push(Step::Assurance);
                }
                setup.assurance_expires = Some(expires);
            }
            "memorandum" if !setup.has(Step::Memorandum) => {
                let signed = text.clauses.and_then(|clauses| clauses.version);
                if signed == current {
                    setup.done.push(Step::Memorandum);
                }
                if setup.memorandum_signed.is_none() {
                    setup.memorandum_signed = signed;
                }
            }
            _ => {}
        }
    }
    Ok(setups)
}

/// The version of the memorandum's words that the packs hold now.
pub fn current_text_version(ctx: &Ctx) -> Option<String> {
    ctx.app
        .packs
        .record_type("memorandum")?
        .text
        .as_ref()
        .map(|text| text.version.clone())
}

/// The version of the words that a signed memorandum holds.
pub async fn signed_text_version(
    ctx: &Ctx,
    record: &str,
    number: i64,
) -> Result<Option<String>, Refusal> {
    let Some(row) = ctx.app.db.optional(&STAMP, args![record, number]).await? else {
        return Ok(None);
    };
    let text: Looked = serde_json::from_str(&row.text("text")?).map_err(Refusal::broken)?;
    Ok(text.clauses.and_then(|clauses| clauses.version))
}

/// What of a [`VersionText`](crate::records::versions::VersionText) is looked at here; the rest is long.
#[derive(Deserialize)]
struct Looked {
    content: LookedContent,
    clauses: Option<LookedClauses>,
}

#[derive(Deserialize)]
struct LookedContent {
    #[serde(default)]
    answers: LookedAnswers,
}

#[derive(Default, Deserialize)]
struct LookedAnswers {
    expires: Option<String>,
}

#[derive(Deserialize)]
struct LookedClauses {
    version: Option<String>,
}
