//! Review lines and sign-off lines: whose decision is needed, on which exact text, and what they
//! decided.

use db::{Row, args, sql};
use packs::Role;

use crate::kernel::ids::{LineId, OrganisationId, RecordId};
use crate::kernel::{Ctx, Refusal};

sql! {
    LINES = "select l.id, l.version, l.organisation_id,
            coalesce(l.organisation_name, o.name) as organisation_name, l.stage, l.role, l.outcome,
            l.reason, l.digest, l.decided_at, l.proof, l.answer, l.answered_at, l.overruled_reason,
            l.overruled_at, l.opened_at, l.closed_at, d.name as decided_by, a.name as answered_by,
            v.name as overruled_by
        from lines l
        join organisations o on o.id = l.organisation_id
        left join people d on d.id = l.decided_by
        left join people a on a.id = l.answered_by
        left join people v on v.id = l.overruled_by
        where l.record_id = $1 order by l.version desc, l.stage, o.name_key, l.role";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Review,
    SignOff,
}

impl Stage {
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Review => "review",
            Stage::SignOff => "sign_off",
        }
    }
}

/// What a reviewer advises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    Agrees,
    Conditions,
    Against,
}

impl Advice {
    pub const ALL: [Advice; 3] = [Advice::Agrees, Advice::Conditions, Advice::Against];

    pub fn as_str(self) -> &'static str {
        match self {
            Advice::Agrees => "agrees",
            Advice::Conditions => "conditions",
            Advice::Against => "against",
        }
    }

    pub fn parse(text: &str) -> Option<Advice> {
        Advice::ALL.into_iter().find(|a| a.as_str() == text)
    }

    pub fn words(self) -> &'static str {
        match self {
            Advice::Agrees => "Agrees",
            Advice::Conditions => "Agrees with conditions",
            Advice::Against => "Advises against",
        }
    }
}

/// Something a named person said at a time (UTC microseconds).
#[derive(Debug, Clone)]
pub struct Said {
    pub by: String,
    pub at: i64,
    pub text: String,
}

/// A line's state carries its data.
#[derive(Debug, Clone)]
pub enum LineState {
    Waiting,
    /// A newer version took its place before anybody decided.
    Superseded,
    Reviewed {
        advice: Advice,
        said: Said,
        answer: Option<Said>,
        overruled: Option<Said>,
    },
    Signed {
        by: String,
        at: i64,
        proof: String,
    },
    Declined(Said),
}

#[derive(Debug, Clone)]
pub struct Line {
    pub id: LineId,
    pub version: i64,
    pub organisation: OrganisationId,
    /// As the version names it.
    pub organisation_name: String,
    pub stage: Stage,
    pub role: Role,
    /// SHA-256 of the version the line is about.
    pub digest: String,
    pub opened_at: i64,
    /// A newer version took its place.
    pub closed: bool,
    pub state: LineState,
}

impl Line {
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, LineState::Waiting)
    }

    /// A review that no longer stands in the way: agreed, conditions answered, or overruled.
    pub fn is_settled(&self) -> bool {
        match &self.state {
            LineState::Reviewed {
                advice: Advice::Agrees,
                ..
            } => true,
            LineState::Reviewed {
                advice: Advice::Conditions,
                answer,
                ..
            } => answer.is_some(),
            LineState::Reviewed {
                advice: Advice::Against,
                overruled,
                ..
            } => overruled.is_some(),
            _ => false,
        }
    }

    /// Whether it was decided at this moment or before (UTC microseconds).
    pub fn was_decided_by(&self, moment: i64) -> bool {
        match &self.state {
            LineState::Waiting | LineState::Superseded => false,
            LineState::Reviewed { said, .. } | LineState::Declined(said) => said.at <= moment,
            LineState::Signed { at, .. } => *at <= moment,
        }
    }

    pub fn is_signed(&self) -> bool {
        matches!(self.state, LineState::Signed { .. })
    }
}

/// Every line of a record, newest version first. The caller holds the record, so may see them.
pub async fn of_record(ctx: &Ctx, record: &RecordId) -> Result<Vec<Line>, Refusal> {
    ctx.app
        .db
        .all(&LINES, args![record])
        .await?
        .iter()
        .map(read)
        .collect()
}

fn read(row: &Row) -> Result<Line, Refusal> {
    let said = |by: &str, at: &str, text: &str| -> Result<Option<Said>, Refusal> {
        Ok(match (row.opt_text(by)?, row.opt_int(at)?) {
            (Some(by), Some(at)) => Some(Said {
                by,
                at,
                text: row.opt_text(text)?.unwrap_or_default(),
            }),
            _ => None,
        })
    };
    let closed = row.opt_int("closed_at")?.is_some();
    let decided = said("decided_by", "decided_at", "reason")?;
    let outcome = row.opt_text("outcome")?;
    let state = match (outcome.as_deref(), decided) {
        (None, _) if closed => LineState::Superseded,
        (None, _) => LineState::Waiting,
        (Some("signed"), Some(said)) => LineState::Signed {
            by: said.by,
            at: said.at,
            proof: row.opt_text("proof")?.unwrap_or_default(),
        },
        (Some("declined"), Some(said)) => LineState::Declined(said),
        (Some(outcome), Some(decided)) => LineState::Reviewed {
            advice: Advice::parse(outcome)
                .ok_or_else(|| Refusal::broken(format!("a line has the outcome {outcome}")))?,
            said: decided,
            answer: said("answered_by", "answered_at", "answer")?,
            overruled: said("overruled_by", "overruled_at", "overruled_reason")?,
        },
        (Some(_), None) => return Err(Refusal::broken("a decided line names no one")),
    };
    Ok(Line {
        id: row.text("id")?.into(),
        version: row.int("version")?,
        organisation: row.text("organisation_id")?.into(),
        organisation_name: row.text("organisation_name")?,
        stage: if row.text("stage")? == "review" {
            Stage::Review
        } else {
            Stage::SignOff
        },
        role: Role::parse(&row.text("role")?)
            .ok_or_else(|| Refusal::broken("a line has an unknown role"))?,
        digest: row.text("digest")?,
        opened_at: row.int("opened_at")?,
        closed,
        state,
    })
}
