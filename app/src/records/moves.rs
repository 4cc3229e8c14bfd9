//! Moves of a record from state to state. Packs arrange the moves; what a guard means and what an
//! effect does is decided here.

use db::{args, sql};
use packs::{Effect, Move, Of, Role};
use serde_json::json;

use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, RecordId};
use crate::kernel::jobs::Job;
use crate::kernel::{Act, Change, Ctx, Refusal};
use crate::records::gate;
use crate::records::gate::OpenGate;
use crate::records::lines::Stage;
use crate::records::situation::{Situation, no_version, shut};
use crate::records::store::{Record, listed};
use crate::records::versions;
use crate::records::versions::{Issued, VersionParty};

sql! {
    IN_FORCE = "select number from in_force where record_id = $1 and until_at is null";
    NOT_IN_FORCE = "update in_force set until_at = $3 where record_id = $1 and number = $2 and until_at is null";
    NOW_IN_FORCE = "insert into in_force (record_id, number, at, version, digest) values ($1, $2, $3, $4, $5)";
    MOVE = "update records set state = $3, version = $4, effective_version = $5, changed_at = $6,
            revision = revision + 1
        where id = $1 and revision = $2";
    UNCHANGED = "update records set revision = revision where id = $1 and revision = $2";
    TOUCH = "update records set revision = revision + 1, changed_at = $3 where id = $1 and revision = $2";
    SETTLE_JOINERS = "update record_parties set joining = null where record_id = $1 and joining is not null";
    OPEN_LINE = "insert into lines (id, record_id, version, organisation_id, stage, role, digest, opened_at, lead_id,
            organisation_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    CLOSE_LINES = "update lines set closed_at = $2 where record_id = $1 and closed_at is null";
}

/// Whether the acting person may ask for this move, its guards aside.
pub fn may_ask(ctx: &Ctx, record: &Record, wanted: &Move) -> bool {
    let stands = match wanted.of {
        Of::Lead => record.standing.leads(),
        Of::Party => record.standing.takes_part(),
    };
    !record.is_outlived()
        && !wanted.auto
        && stands
        && wanted.by.iter().any(|role| record.holds(ctx, *role))
}

/// Makes a move that a person asks for.
///
/// # Errors
/// [`Refusal::NotNow`] names everything that stops it; nothing is changed.
pub async fn make(ctx: &Ctx, id: &RecordId, move_id: &str, reason: &str) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::See).await?;
        let wanted = may_make(ctx, &situation, move_id, reason).await?;
        Ok((situation.make(ctx, wanted, reason).await?, ()))
    })
    .await?;
    follow(ctx, id).await
}

/// The same after what was done, if it was.
///
/// # Errors
/// Those of what was done, and those of [`follow`].
pub async fn followed<T>(ctx: &Ctx, id: &RecordId, done: Result<T, Refusal>) -> Result<T, Refusal> {
    let done = done?;
    follow(ctx, id).await?;
    Ok(done)
}

/// Makes the moves that a pack makes automatic, as long as one of them can be made. Whatever changes a record is
/// followed by this: what stood in the way may have gone. A signature makes them itself, in its own transaction.
///
/// # Errors
/// When the database cannot be read or written; what came before is written all the same.
pub async fn follow(ctx: &Ctx, id: &RecordId) -> Result<(), Refusal> {
    let record = match super::fetch(ctx, id, Action::See).await {
        Ok(record) => record,
        // Whoever acts has just given up their part in it.
        Err(Refusal::NotFound) => return Ok(()),
        Err(other) => return Err(other),
    };
    if record.is_outlived() {
        return Ok(());
    }
    let workflow = &record.record_type(ctx)?.workflow;
    if !workflow.moves_from(&record.state).any(|wanted| wanted.auto) {
        return Ok(());
    }
    // No workflow has more steps than this in a row, and one that goes round in a circle ends here.
    for _ in 0..8 {
        let situation = Situation::load(ctx, id, Action::See).await?;
        let Some(wanted) = situation.automatic(ctx).await? else {
            return Ok(());
        };
        let change = match situation.make(ctx, wanted, "").await {
            Ok(change) => change,
            Err(Refusal::NotNow(_)) => return Ok(()),
            Err(other) => return Err(other),
        };
        match ctx.commit(change).await {
            Ok(()) | Err(Refusal::Raced) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// The move, if the acting person can make it now. It is asked before somebody shows who they are, and again in what
/// writes the move.
///
/// # Errors
/// [`Refusal::NotNow`] names everything that stops it.
pub async fn may_make<'a>(
    ctx: &'a Ctx,
    situation: &'a Situation,
    move_id: &str,
    reason: &str,
) -> Result<&'a Move, Refusal> {
    let record_type = situation.record.record_type(ctx)?;
    let wanted = record_type
        .workflow
        .moves_from(&situation.record.state)
        .find(|m| m.id == move_id)
        .ok_or_else(|| {
            Refusal::NotNow("Someone has moved this on already. Look at the page again.".to_owned())
        })?;
    if !may_ask(ctx, &situation.record, wanted) {
        return Err(Refusal::NotAllowed(format!(
            "“{}” is for {} of the organisation that leads.",
            wanted.name,
            crate::kernel::phrases::list(&wanted.by.iter().map(|r| r.title()).collect::<Vec<_>>())
        )));
    }
    if wanted.reason && reason.trim().is_empty() {
        return Err(Refusal::invalid("reason", "Give a reason"));
    }
    let unmet = situation.unmet(ctx, wanted).await?;
    if !unmet.is_empty() {
        let list: Vec<&str> = unmet.iter().map(|u| u.what.as_str()).collect();
        return Err(Refusal::NotNow(format!("Not yet. {}.", list.join(". "))));
    }
    Ok(wanted)
}

/// People who can decide a new line are told by e-mail, where e-mail is sent.
fn tell_of(ctx: &Ctx, change: Change, line: &LineId) -> Change {
    if !ctx.app.mailer.is_on() {
        return change;
    }
    change.job(
        ctx,
        Job {
            id: format!("line.opened/{line}"),
            kind: "line.opened",
            about: String::new(),
            person: String::new(),
            payload: json!({ "line": line.as_str() }),
        },
    )
}

impl Situation {
    /// The first automatic move that nothing stops.
    pub(super) async fn automatic<'a>(&'a self, ctx: &'a Ctx) -> Result<Option<&'a Move>, Refusal> {
        let workflow = &self.record.record_type(ctx)?.workflow;
        for wanted in workflow
            .moves_from(&self.record.state)
            .filter(|wanted| wanted.auto)
        {
            if self.unmet(ctx, wanted).await?.is_empty() {
                return Ok(Some(wanted));
            }
        }
        Ok(None)
    }

    /// The move, written as a change. The caller has checked who asks.
    pub(super) async fn make(
        &self,
        ctx: &Ctx,
        wanted: &Move,
        reason: &str,
    ) -> Result<Change, Refusal> {
        let record = &self.record;
        let record_type = record.record_type(ctx)?;
        let mut version = record.version;
        let mut effective = record.effective_version;
        let act = Act::new("record.moved", &record.id)
            .with("move", wanted.id.as_str())
            .with("from", record.state.as_str())
            .with("to", wanted.to.as_str())
            .with("reason", reason)
            .binding(!wanted.auto && record_type.workflow.binds(wanted));
        let mut change = Change::new(act);
        let mut fixed: Option<(Issued, String)> = None;
        for effect in &wanted.effects {
            change = match effect {
                Effect::FixVersion => {
                    version += 1;
                    let text = versions::text(ctx, record, version, None).await?;
                    // What was asked about an older text is replaced by what is asked about this one.
                    let change = change.write(&CLOSE_LINES, args![&record.id, ctx.now.0]);
                    let (change, digest) = versions::fix(ctx, &text, change)?;
                    fixed = Some((Issued::whole(text), digest));
                    change
                }
                Effect::CloseLines => change.write(&CLOSE_LINES, args![&record.id, ctx.now.0]),
                Effect::OpenReviews => {
                    let (issued, digest) = fixed.as_ref().ok_or_else(no_version)?;
                    self.open_reviews(ctx, change, issued, digest)?
                }
                Effect::OpenSignOffs => {
                    let (issued, digest) = match (&fixed, self.whole_version()) {
                        (Some((issued, digest)), _) => (issued.clone(), digest.clone()),
                        (None, Some(whole)) => {
                            let issued = Issued::read(ctx, &record.id, whole.number).await?;
                            (issued, whole.digest.clone())
                        }
                        (None, None) => return Err(no_version()),
                    };
                    let gate = self
                        .gate_of(ctx, &issued)?
                        .map_err(|obstacles| shut(&obstacles))?;
                    self.open_sign_offs(ctx, &gate, change, &issued, &digest)?
                }
                Effect::TakeEffect => {
                    self.behind_signatures(ctx, fixed.is_some()).await?;
                    // A joining party's version is only its own part: the whole text takes effect.
                    let whole = self.whole_version().map(|v| v.number);
                    effective = if fixed.is_some() {
                        Some(version)
                    } else {
                        whole
                    };
                    change
                }
                Effect::EndEffect => {
                    effective = None;
                    change
                }
            };
        }
        if record_type
            .workflow
            .state(&wanted.to)
            .is_some_and(|state| state.editable)
        {
            // The text is open again, so a party that was joining is a party like any other.
            change = change.write(&SETTLE_JOINERS, args![&record.id]);
        }
        let change = self
            .in_force(
                ctx,
                change,
                effective,
                fixed.as_ref().map(|(_, digest)| digest.as_str()),
            )
            .await?;
        let change = change.write_one(
            &MOVE,
            args![
                &record.id,
                record.revision,
                wanted.to.as_str(),
                version,
                effective,
                ctx.now.0
            ],
        );
        Ok(listed(&record.id, change))
    }

    #[expect(clippy::too_many_arguments, reason = "a line is made of exactly these")]
    pub(super) fn open_line(
        &self,
        ctx: &Ctx,
        change: Change,
        version: i64,
        party: &VersionParty,
        stage: Stage,
        role: Role,
        digest: &str,
    ) -> (LineId, Change) {
        let id = LineId::make(ctx.now, &ctx.app.entropy);
        let change = tell_of(ctx, change, &id).write_one(
            &OPEN_LINE,
            args![
                &id,
                &self.record.id,
                version,
                party.id.as_str(),
                stage.as_str(),
                role.as_str(),
                digest,
                ctx.now.0,
                &self.record.lead,
                party.name.as_str()
            ],
        );
        (id, change)
    }

    /// What is signed takes effect only behind the signatures on this very version, whatever a pack arranges.
    async fn behind_signatures(&self, ctx: &Ctx, is_new: bool) -> Result<(), Refusal> {
        let signs = !self.record.record_type(ctx)?.sign_off.is_empty();
        if signs && (is_new || self.signed_by_every_party(ctx).await?.is_none()) {
            return Err(Refusal::NotNow(
                "This takes effect only when every party has signed this version.".to_owned(),
            ));
        }
        Ok(())
    }

    /// Asks everybody whose review an issued text needs.
    pub(super) fn open_reviews(
        &self,
        ctx: &Ctx,
        mut change: Change,
        issued: &Issued,
        digest: &str,
    ) -> Result<Change, Refusal> {
        let record_type = self.record.record_type(ctx)?;
        let view = issued.view(record_type, self.record.law(ctx));
        let number = issued.text.number;
        for party in &issued.text.parties {
            for role in gate::reviewers(record_type, &view, party) {
                (_, change) =
                    self.open_line(ctx, change, number, party, Stage::Review, role, digest);
            }
        }
        Ok(change)
    }

    /// Sign-off lines exist only behind an open gate, for those who decide on the issued text.
    pub(super) fn open_sign_offs(
        &self,
        ctx: &Ctx,
        _gate: &OpenGate,
        mut change: Change,
        issued: &Issued,
        digest: &str,
    ) -> Result<Change, Refusal> {
        let number = issued.text.number;
        for party in issued.text.deciders() {
            for role in &self.record.record_type(ctx)?.sign_off {
                (_, change) =
                    self.open_line(ctx, change, number, party, Stage::SignOff, *role, digest);
            }
        }
        Ok(change)
    }

    /// The change, if the record is still as it was read.
    pub(crate) fn unchanged(&self, change: Change) -> Change {
        change.write_one(&UNCHANGED, args![&self.record.id, self.record.revision])
    }

    pub(super) fn touch(&self, ctx: &Ctx, change: Change) -> Change {
        let change = change.write_one(
            &TOUCH,
            args![&self.record.id, self.record.revision, ctx.now.0],
        );
        listed(&self.record.id, change)
    }

    /// Says for the days to come which version is in force, where that changes.
    pub(super) async fn in_force(
        &self,
        ctx: &Ctx,
        change: Change,
        version: Option<i64>,
        fixed: Option<&str>,
    ) -> Result<Change, Refusal> {
        let id = &self.record.id;
        if version == self.record.effective_version {
            return Ok(change);
        }
        let digest = version.map(|number| {
            let known = self.version(number).map(|v| v.digest.as_str());
            known.or(fixed).ok_or_else(no_version)
        });
        let digest = digest.transpose()?;
        let before = ctx.app.db.optional(&IN_FORCE, args![id]).await?;
        let before = before.map_or(Ok(0), |row| row.int("number"))?;
        let change = if before == 0 {
            change
        } else {
            change.write_one(&NOT_IN_FORCE, args![id, before, ctx.now.0])
        };
        let act = Act::new("record.in_force", id)
            .unnamed()
            .with("number", before + 1)
            .with("version", version)
            .with("digest", digest);
        let row = args![id, before + 1, ctx.now.0, version, digest];
        Ok(change.write_one(&NOW_IN_FORCE, row).and(Change::new(act)))
    }

    /// Stays in its state with another newest version or another version in force.
    pub(super) fn renew(
        &self,
        ctx: &Ctx,
        change: Change,
        version: i64,
        effective: Option<i64>,
    ) -> Change {
        let record = &self.record;
        let change = change.write_one(
            &MOVE,
            args![
                &record.id,
                record.revision,
                record.state.as_str(),
                version,
                effective,
                ctx.now.0
            ],
        );
        listed(&record.id, change)
    }
}
