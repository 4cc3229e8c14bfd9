//! How far an organisation is with setting itself up, computed from what is there.

use std::collections::BTreeSet;

use db::{args, sql};
use packs::Role;

use super::versions::VersionText;
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Ctx, Refusal};

sql! {
    DETAILS = "select kind, area, fee_number, standing from organisations where id = $1";
    HELD = "select distinct role from roles where organisation_id = $1 and ended_at is null
        and (from_day = '' or from_day <= $2) and (until_day = '' or until_day >= $2)";
    OWN = "select id, type, effective_version from records
        where organisation_id = $1 and type in ('assurance', 'memorandum') order by created_at desc";
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
    /// The last day of the assurance statement in force.
    pub assurance_expires: String,
}

impl Setup {
    pub fn has(&self, step: Step) -> bool {
        self.done.contains(&step)
    }

    pub fn is_complete(&self) -> bool {
        self.done.len() == Step::ALL.len()
    }

    pub fn missing(&self) -> impl Iterator<Item = Step> {
        Step::ALL.into_iter().filter(|step| !self.has(*step))
    }
}

/// Works out the set-up of one organisation.
pub async fn of(ctx: &Ctx, organisation: &OrganisationId) -> Result<Setup, Refusal> {
    let db = &ctx.app.db;
    let details = db
        .optional(&DETAILS, args![organisation])
        .await?
        .ok_or(Refusal::NotFound)?;
    let today = ctx.now.today().to_string();
    let mut held = BTreeSet::new();
    for row in db.all(&HELD, args![organisation, today.as_str()]).await? {
        held.extend(Role::parse(&row.text("role")?));
    }
    let mut setup = Setup {
        done: Vec::new(),
        assurance_expires: String::new(),
    };
    for step in Step::ALL {
        let done = match step {
            Step::Details => {
                !details.text("kind")?.is_empty()
                    && !details.text("area")?.is_empty()
                    && !details.text("fee_number")?.is_empty()
            }
            Step::SeniorOfficer => held.contains(&Role::SeniorOfficer),
            Step::DataProtectionOfficer => held.contains(&Role::DataProtectionOfficer),
            Step::Assurance | Step::Memorandum => false,
        };
        if done {
            setup.done.push(step);
        }
    }
    for row in db.all(&OWN, args![organisation]).await? {
        let Some(version) = row.opt_int("effective_version")? else {
            continue;
        };
        match row.text("type")?.as_str() {
            "assurance" if !setup.has(Step::Assurance) => {
                // The working text may name a later day; partners rely on the one in force.
                let expires = stamped(ctx, &row.text("id")?, version)
                    .await?
                    .and_then(|text| {
                        Some(text.content.answers.get("expires")?.as_str()?.to_owned())
                    })
                    .unwrap_or_default();
                if expires.is_empty() || expires >= today {
                    setup.done.push(Step::Assurance);
                }
                setup.assurance_expires = expires;
            }
            "memorandum" if !setup.has(Step::Memorandum) => {
                if signed_text_version(ctx, &row.text("id")?, version).await?
                    == current_text_version(ctx)
                {
                    setup.done.push(Step::Memorandum);
                }
            }
            _ => {}
        }
    }
    Ok(setup)
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
    Ok(stamped(ctx, record, number)
        .await?
        .and_then(|text| text.clauses)
        .and_then(|c| c.get("version").and_then(|v| v.as_str().map(str::to_owned))))
}

async fn stamped(ctx: &Ctx, record: &str, number: i64) -> Result<Option<VersionText>, Refusal> {
    let row = ctx.app.db.optional(&STAMP, args![record, number]).await?;
    row.map(|row| serde_json::from_str(&row.text("text")?).map_err(Refusal::broken))
        .transpose()
}
