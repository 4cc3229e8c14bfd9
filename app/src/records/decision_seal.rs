//! A decision as a statement that its organisation's key seals: the part of a decision that can be
//! checked without this gateway.

use db::{args, sql};
use evidence::{Opening, Party, Statement};
use packs::Role;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Act, Ctx, Refusal};
use crate::ledger::keys;
use crate::ledger::keys::Owner;
use crate::records::lines::Line;

sql! {
    SINCE = "select granted_at from roles
        where organisation_id = $1 and person_id = $2 and role = $3 and ended_at is null
        order by granted_at limit 1";
}

/// What was decided on a line.
pub struct Taken<'a> {
    role: Role,
    outcome: &'a str,
    reason: &'a str,
    proof: Option<&'a Json>,
}

impl<'a> Taken<'a> {
    pub fn new(role: Role, outcome: &'a str, reason: &'a str) -> Taken<'a> {
        Taken {
            role,
            outcome,
            reason,
            proof: None,
        }
    }

    /// How the person was authenticated for it.
    pub fn proved_by(self, proof: &'a Json) -> Taken<'a> {
        Taken {
            proof: Some(proof),
            ..self
        }
    }
}

/// What a line keeps of a sealed decision. Without `who` and `proof` the note says nothing of a person.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    pub note: String,
    pub who: Option<Opening>,
    pub proof: Option<Opening>,
}

/// A sealed decision, to be written with the decision itself.
pub struct Sealed {
    /// Names the seal in the log, and nobody.
    pub act: Act,
    /// [`Kept`] as JSON.
    pub row: String,
}

/// The party whose line it is, as the version names it.
pub fn own_party(line: &Line) -> Party {
    Party {
        id: line.organisation.to_string(),
        name: line.organisation_name.clone(),
    }
}

/// Seals what the acting person decides on a line, with the key of their organisation: the line's own, or the one
/// that leads and answers conditions.
///
/// # Errors
/// [`Refusal::NotNow`] in the moment in which the organisation gets its first key.
pub async fn seal(
    ctx: &Ctx,
    record: &RecordId,
    line: &Line,
    party: &Party,
    taken: &Taken<'_>,
) -> Result<Sealed, Refusal> {
    let organisation = OrganisationId::from(party.id.as_str());
    let acting = ctx.acting()?;
    let who = Opening::new(&ctx.app.entropy.bytes(), json!(acting.name));
    let proof = taken
        .proof
        .map(|proof| Opening::new(&ctx.app.entropy.bytes(), proof.clone()));
    let committed = |opening: &Opening| {
        let commitment = opening.commitment();
        commitment.ok_or_else(|| Refusal::broken("a salt has lost its length"))
    };
    let since = ctx
        .app
        .db
        .optional(
            &SINCE,
            args![&acting.organisation, &acting.person, taken.role.as_str()],
        )
        .await?;
    let statement = Statement {
        format: "aldgate-statement-v1".to_owned(),
        gateway: keys::origin(ctx).await?,
        record: record.to_string(),
        version: line.version,
        digest: line.digest.clone(),
        line: line.id.to_string(),
        stage: line.stage.as_str().to_owned(),
        party: party.clone(),
        role: taken.role.as_str().to_owned(),
        role_since: since.map(|row| row.int("granted_at")).transpose()?,
        who: committed(&who)?,
        outcome: taken.outcome.to_owned(),
        reason: taken.reason.to_owned(),
        at: ctx.now.0,
        proof: proof.as_ref().map(committed).transpose()?,
    };
    let text = statement.text();
    let note = keys::seal(ctx, &organisation, &text).await?;
    let owner = Owner::Organisation(organisation);
    let key = keys::history(ctx, &owner).await?.pop();
    let key = key.ok_or_else(|| Refusal::broken("the organisation has no key"))?;
    keys::counts_now(ctx, &owner).await?;
    if key.from > ctx.now.0 {
        // Somebody else opened it while this was under way: a seal before its key would not count.
        return Err(Refusal::NotNow(
            "Someone of your organisation decided something at the same moment. Nothing was lost. Try again."
                .to_owned(),
        ));
    }
    let act = Act::new("decision.sealed", record)
        .unnamed()
        .with("line", line.id.as_str())
        .with("statement", Statement::digest(&text))
        .with("key", key.vkey);
    let kept = Kept {
        note,
        who: Some(who),
        proof,
    };
    Ok(Sealed {
        act,
        row: serde_json::to_string(&kept).map_err(Refusal::broken)?,
    })
}
