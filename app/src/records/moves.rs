//! Moves of a record from state to state, and the decisions on its lines. Packs arrange the moves;
//! what a guard means, what an effect does and when a signature counts is decided here.

use db::{args, sql};
use packs::{Effect, Guard, Move, Of, Role};
use serde_json::json;

use super::gate::{self, OpenGate};
use super::lines::{self, Advice, Line, LineState, Stage};
use super::setup;
use super::store::{PartyRow, Record, fetch};
use super::versions::{self, Version};
use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, OrganisationId, RecordId};
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    MOVE = "update records set state = $3, version = $4, effective_version = $5, changed_at = $6,
            revision = revision + 1
        where id = $1 and revision = $2";
    TOUCH = "update records set revision = revision + 1, changed_at = $3 where id = $1 and revision = $2";
    SETTLE_JOINERS = "update record_parties set joining = null where record_id = $1 and joining is not null";
    JOIN = "update record_parties set joining = $3 where record_id = $1 and organisation_id = $2 and joining = 0";
    OPEN_LINE = "insert into lines (id, record_id, version, organisation_id, stage, role, digest, opened_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    CLOSE_LINES = "update lines set closed_at = $2 where record_id = $1 and closed_at is null";
    DECIDE = "update lines set outcome = $2, reason = $3, decided_by = $4, decided_at = $5, proof = $6
        where id = $1 and outcome is null and closed_at is null";
    ANSWER = "update lines set answer = $2, answered_by = $3, answered_at = $4
        where id = $1 and outcome = 'conditions' and closed_at is null";
    OVERRULE = "update lines set overruled_by = $2, overruled_reason = $3, overruled_at = $4
        where id = $1 and outcome = 'against' and overruled_at is null and closed_at is null";
}

/// Why a move cannot be made yet, and where to go to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    pub what: String,
    pub link: String,
}

/// A record with its lines and versions: what a decision is made from.
pub struct Situation {
    pub record: Record,
    pub lines: Vec<Line>,
    pub versions: Vec<Version>,
}

impl Situation {
    pub async fn load(ctx: &Ctx, id: &RecordId, action: Action) -> Result<Situation, Refusal> {
        let record = fetch(ctx, id, action).await?;
        let lines = lines::of_record(ctx, id).await?;
        let versions = versions::of_record(ctx, id).await?;
        Ok(Situation {
            record,
            lines,
            versions,
        })
    }

    /// The newest version that holds the whole text, not only a joining party's part.
    pub fn whole_version(&self) -> Option<&Version> {
        self.versions.iter().find(|v| v.joins.is_none())
    }

    pub fn version(&self, number: i64) -> Option<&Version> {
        self.versions.iter().find(|v| v.number == number)
    }

    /// The lines of one version, of either stage.
    pub fn lines_of(&self, version: i64, stage: Stage) -> impl Iterator<Item = &Line> {
        self.lines
            .iter()
            .filter(move |l| l.version == version && l.stage == stage)
    }

    /// Whether everybody asked to sign a version has.
    pub fn is_signed(&self, version: i64) -> bool {
        let mut lines = self.lines_of(version, Stage::SignOff).peekable();
        lines.peek().is_some() && lines.all(Line::is_signed)
    }

    /// The versions, before this one, by which other parties have joined the same text and signed.
    pub fn joined(&self, base: i64, before: i64) -> Vec<i64> {
        let mut joined: Vec<i64> = self
            .versions
            .iter()
            .filter(|v| v.joins.is_some() && v.number > base && v.number < before)
            .map(|v| v.number)
            .filter(|number| self.is_signed(*number))
            .collect();
        joined.sort_unstable();
        joined
    }

    pub fn line(&self, id: &LineId) -> Result<&Line, Refusal> {
        self.lines
            .iter()
            .find(|line| line.id == *id)
            .ok_or(Refusal::NotFound)
    }

    /// The parties whose decisions a version needs.
    fn reviewed(&self, version: &Version) -> Vec<&PartyRow> {
        self.record
            .parties
            .iter()
            .filter(|p| match &version.joins {
                Some(joins) => p.id == *joins,
                None => p.joining.is_none(),
            })
            .collect()
    }

    /// The gate of a version.
    pub fn gate(
        &self,
        ctx: &Ctx,
        version: &Version,
    ) -> Result<Result<OpenGate, Vec<gate::Obstacle>>, Refusal> {
        Ok(gate::open(
            self.record.record_type(ctx)?,
            &self.record.view_of(ctx, version.joins.as_ref())?,
            &self.reviewed(version),
            &self.lines,
            version.number,
            ctx.now.today(),
        ))
    }

    /// Everything that stops a move, in plain words. Empty: it can be made.
    pub async fn unmet(&self, ctx: &Ctx, wanted: &Move) -> Result<Vec<Unmet>, Refusal> {
        let mut unmet = Vec::new();
        for guard in &wanted.guards {
            unmet.extend(self.guard(ctx, *guard).await?);
        }
        if wanted.effects.contains(&Effect::OpenSignOffs)
            && !wanted.effects.contains(&Effect::FixVersion)
        {
            // Whatever a pack lists as guards, sign-off is never asked for through a shut gate.
            let version = self.whole_version().ok_or_else(no_version)?;
            if let Err(obstacles) = self.gate(ctx, version)? {
                for obstacle in obstacles {
                    let found = self.unmet_obstacle(&obstacle);
                    if !unmet.contains(&found) {
                        unmet.push(found);
                    }
                }
            }
        }
        Ok(unmet)
    }

    fn unmet_obstacle(&self, obstacle: &gate::Obstacle) -> Unmet {
        let place = match obstacle {
            gate::Obstacle::Blocker { rule, .. } | gate::Obstacle::Must { rule, .. } => {
                format!("/law#{rule}")
            }
            _ => "#reviews".to_owned(),
        };
        Unmet {
            what: obstacle.to_string(),
            link: format!("/records/{}{place}", self.record.id),
        }
    }

    async fn guard(&self, ctx: &Ctx, guard: Guard) -> Result<Vec<Unmet>, Refusal> {
        let record = &self.record;
        let at = |place: &str| format!("/records/{}{place}", record.id);
        let one = |holds: bool, what: &str, link: String| {
            if holds {
                Vec::new()
            } else {
                vec![Unmet {
                    what: what.to_owned(),
                    link,
                }]
            }
        };
        let obstacles = |wanted: fn(&gate::Obstacle) -> bool| -> Result<Vec<Unmet>, Refusal> {
            let version = self.whole_version().ok_or_else(no_version)?;
            let found = self.gate(ctx, version)?.err().unwrap_or_default();
            Ok(found
                .iter()
                .filter(|o| wanted(o))
                .map(|o| self.unmet_obstacle(o))
                .collect())
        };
        Ok(match guard {
            Guard::SetupComplete => setup::of(ctx, &record.lead)
                .await?
                .missing()
                .map(|step| Unmet {
                    what: format!(
                        "Your organisation is not set up yet: {}",
                        lower_first(step.title())
                    ),
                    link: step.link().to_owned(),
                })
                .collect(),
            Guard::TwoParties => one(
                record.parties.len() >= 2,
                "Add at least one other party",
                at("/parties"),
            ),
            Guard::HasFlow => one(
                !record.content.flows.is_empty(),
                "Add at least one data flow",
                at("#tasks"),
            ),
            Guard::RequiredAnswered => record
                .view(ctx)?
                .missing()
                .into_iter()
                .map(|(scope, section, question)| Unmet {
                    what: format!("Answer “{}”{}", question.text, self.of_scope(&scope)),
                    link: at(&format!(
                        "/sections/{}{}#{}",
                        section.id,
                        scope_path(&scope),
                        question.id
                    )),
                })
                .collect(),
            Guard::ReviewsDecided => obstacles(|o| {
                !matches!(
                    o,
                    gate::Obstacle::Blocker { .. } | gate::Obstacle::Must { .. }
                )
            })?,
            Guard::NoOpenBlocker => obstacles(|o| matches!(o, gate::Obstacle::Blocker { .. }))?,
            Guard::MustsSettled => obstacles(|o| matches!(o, gate::Obstacle::Must { .. }))?,
            Guard::SignedByEveryParty => one(
                self.signed_by_every_party(ctx)?,
                "Not every party has signed",
                at("#sign-offs"),
            ),
        })
    }

    /// " for Camden Council" where a question belongs to a party or a flow.
    pub fn of_scope(&self, scope: &packs::Scope) -> String {
        match scope {
            packs::Scope::Record => String::new(),
            packs::Scope::Party(id) => self
                .record
                .party(id)
                .map_or_else(String::new, |p| format!(" for {}", p.name)),
            packs::Scope::Flow(id) => {
                let number = self.record.content.flows.iter().position(|f| f.id == *id);
                number.map_or_else(String::new, |n| format!(" for data flow {}", n + 1))
            }
        }
    }

    fn signed_by_every_party(&self, ctx: &Ctx) -> Result<bool, Refusal> {
        let Some(version) = self.whole_version() else {
            return Ok(false);
        };
        let roles = &self.record.record_type(ctx)?.sign_off;
        let mut signers = self
            .reviewed(version)
            .into_iter()
            .filter(|p| p.registered)
            .peekable();
        if signers.peek().is_none() {
            return Ok(false);
        }
        Ok(signers.all(|party| {
            roles.iter().all(|role| {
                self.lines.iter().any(|line| {
                    line.version == version.number
                        && line.organisation == party.id
                        && line.role == *role
                        && line.is_signed()
                })
            })
        }))
    }

    /// The move, written as a change. The caller has checked who asks.
    async fn make(&self, ctx: &Ctx, wanted: &Move, reason: &str) -> Result<Change, Refusal> {
        let record = &self.record;
        let record_type = record.record_type(ctx)?;
        let mut version = record.version;
        let mut effective = record.effective_version;
        let act = Act::new("record.moved", &record.id)
            .with("move", wanted.id.as_str())
            .with("from", record.state.as_str())
            .with("to", wanted.to.as_str())
            .with("reason", reason);
        let mut change = Change::new(act);
        let mut fixed: Option<String> = None;
        for effect in &wanted.effects {
            change = match effect {
                Effect::FixVersion => {
                    version += 1;
                    let text = versions::text(ctx, record, version, None).await?;
                    let (change, digest) = versions::fix(ctx, &text, change)?;
                    fixed = Some(digest);
                    change
                }
                Effect::CloseLines => change.write(&CLOSE_LINES, args![&record.id, ctx.now.0]),
                Effect::OpenReviews => {
                    let digest = fixed.clone().ok_or_else(no_version)?;
                    let view = record.view(ctx)?;
                    record.parties.iter().fold(change, |change, party| {
                        gate::reviewers(record_type, &view, party).into_iter().fold(
                            change,
                            |change, role| {
                                self.open_line(
                                    ctx,
                                    change,
                                    version,
                                    &party.id,
                                    Stage::Review,
                                    role,
                                    &digest,
                                )
                            },
                        )
                    })
                }
                Effect::OpenSignOffs => {
                    let (number, digest) = match (&fixed, self.whole_version()) {
                        (Some(digest), _) => (version, digest.clone()),
                        (None, Some(whole)) => (whole.number, whole.digest.clone()),
                        (None, None) => return Err(no_version()),
                    };
                    let about = Version {
                        number,
                        joins: None,
                        digest,
                        fixed_at: ctx.now.0,
                        fixed_by: String::new(),
                    };
                    let gate = self
                        .gate(ctx, &about)?
                        .map_err(|obstacles| shut(&obstacles))?;
                    self.open_sign_offs(ctx, &gate, change, &about)?
                }
                Effect::TakeEffect => {
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
        Ok(change.write_one(
            &MOVE,
            args![
                &record.id,
                record.revision,
                wanted.to.as_str(),
                version,
                effective,
                ctx.now.0
            ],
        ))
    }

    #[expect(clippy::too_many_arguments, reason = "a line is made of exactly these")]
    fn open_line(
        &self,
        ctx: &Ctx,
        change: Change,
        version: i64,
        organisation: &OrganisationId,
        stage: Stage,
        role: Role,
        digest: &str,
    ) -> Change {
        let id = LineId::make(ctx.now, &ctx.app.entropy);
        change.write_one(
            &OPEN_LINE,
            args![
                &id,
                &self.record.id,
                version,
                organisation,
                stage.as_str(),
                role.as_str(),
                digest,
                ctx.now.0
            ],
        )
    }

    /// Sign-off lines exist only behind an open gate.
    fn open_sign_offs(
        &self,
        ctx: &Ctx,
        _gate: &OpenGate,
        change: Change,
        version: &Version,
    ) -> Result<Change, Refusal> {
        let roles = &self.record.record_type(ctx)?.sign_off;
        Ok(self
            .reviewed(version)
            .into_iter()
            .filter(|p| p.registered)
            .fold(change, |change, party| {
                roles.iter().fold(change, |change, role| {
                    self.open_line(
                        ctx,
                        change,
                        version.number,
                        &party.id,
                        Stage::SignOff,
                        *role,
                        &version.digest,
                    )
                })
            }))
    }

    fn touch(&self, ctx: &Ctx, change: Change) -> Change {
        change.write_one(
            &TOUCH,
            args![&self.record.id, self.record.revision, ctx.now.0],
        )
    }
}

fn no_version() -> Refusal {
    Refusal::NotNow("No version has been fixed yet. Ask for review first.".to_owned())
}

fn shut(obstacles: &[gate::Obstacle]) -> Refusal {
    let list: Vec<String> = obstacles.iter().map(ToString::to_string).collect();
    Refusal::NotNow(format!(
        "This cannot go to sign-off yet. {}.",
        list.join(". ")
    ))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

/// The last part of a section's address: "", "/org_…" or "/flw_…".
pub fn scope_path(scope: &packs::Scope) -> String {
    match scope {
        packs::Scope::Record => String::new(),
        packs::Scope::Party(id) | packs::Scope::Flow(id) => format!("/{id}"),
    }
}

/// Whether the acting person may ask for this move, its guards aside.
pub fn may_ask(ctx: &Ctx, record: &Record, wanted: &Move) -> bool {
    let stands = match wanted.of {
        Of::Lead => record.standing.leads(),
        Of::Party => record.standing.takes_part(),
    };
    !wanted.auto && stands && wanted.by.iter().any(|role| record.holds(ctx, *role))
}

/// Makes a move that a person asks for.
///
/// # Errors
/// [`Refusal::NotNow`] names everything that stops it; nothing is changed.
pub async fn make(ctx: &Ctx, id: &RecordId, move_id: &str, reason: &str) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::See).await?;
        let record_type = situation.record.record_type(ctx)?;
        let wanted = record_type
            .workflow
            .moves_from(&situation.record.state)
            .find(|m| m.id == move_id)
            .ok_or_else(|| {
                Refusal::NotNow(
                    "Somebody has moved this on already. Look at the page again.".to_owned(),
                )
            })?;
        if !may_ask(ctx, &situation.record, wanted) {
            return Err(Refusal::NotAllowed(format!(
                "“{}” is for {} of the organisation that leads.",
                wanted.name,
                crate::kernel::words::list(
                    &wanted.by.iter().map(|r| r.title()).collect::<Vec<_>>()
                )
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
        Ok((situation.make(ctx, wanted, reason).await?, ()))
    })
    .await
}

/// A reviewer decides a line, about the version whose digest they saw.
pub async fn review(
    ctx: &Ctx,
    id: &RecordId,
    line: &LineId,
    seen: &str,
    advice: Advice,
    text: &str,
) -> Result<(), Refusal> {
    if advice != Advice::Agrees && text.trim().is_empty() {
        return Err(Refusal::invalid(
            "text",
            if advice == Advice::Conditions {
                "Say what the conditions are"
            } else {
                "Say why you advise against"
            },
        ));
    }
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::See).await?;
        let found = own_line(ctx, &situation, line, Stage::Review, seen)?;
        let change = Change::new(
            Act::new("review.decided", id)
                .with("line", line.as_str())
                .with("role", found.role.as_str())
                .with("outcome", advice.as_str())
                .with("text", text)
                .with("version", found.version)
                .with("digest", found.digest.as_str()),
        )
        .write_one(
            &DECIDE,
            args![
                line,
                advice.as_str(),
                text,
                &ctx.acting()?.person,
                ctx.now.0,
                None::<String>
            ],
        );
        Ok((situation.touch(ctx, change), ()))
    })
    .await
}

/// The author answers a reviewer's conditions.
pub async fn answer_conditions(
    ctx: &Ctx,
    id: &RecordId,
    line: &LineId,
    text: &str,
) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::invalid("text", "Say how the conditions are met"));
    }
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::AnswerConditions).await?;
        let found = situation.line(line)?;
        if found.closed {
            return Err(superseded());
        }
        let change = Change::new(
            Act::new("review.conditions_answered", id)
                .with("line", line.as_str())
                .with("text", text),
        )
        .write_one(&ANSWER, args![line, text, &ctx.acting()?.person, ctx.now.0]);
        Ok((situation.touch(ctx, change), ()))
    })
    .await
}

/// A senior officer of the same party overrules advice against, with a reason every signer sees.
pub async fn overrule(
    ctx: &Ctx,
    id: &RecordId,
    line: &LineId,
    reason: &str,
) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::invalid("text", "Say why you overrule this advice"));
    }
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::Overrule).await?;
        let found = situation.line(line)?;
        if found.organisation != ctx.acting()?.organisation {
            return Err(Refusal::NotAllowed(format!(
                "Only a senior officer of {} can overrule this advice.",
                found.organisation_name
            )));
        }
        if found.closed {
            return Err(superseded());
        }
        let change = Change::new(
            Act::new("review.overruled", id)
                .with("line", line.as_str())
                .with("reason", reason),
        )
        .write_one(
            &OVERRULE,
            args![line, &ctx.acting()?.person, reason, ctx.now.0],
        );
        Ok((situation.touch(ctx, change), ()))
    })
    .await
}

/// What a senior officer decides.
#[derive(Debug, Clone)]
pub enum Decision {
    Sign,
    Decline { reason: String },
}

/// A senior officer signs or declines exactly the text whose digest they saw. The caller has just
/// checked their credential; `proof` says how.
pub async fn sign_off(
    ctx: &Ctx,
    id: &RecordId,
    line: &LineId,
    seen: &str,
    decision: &Decision,
    proof: &serde_json::Value,
) -> Result<(), Refusal> {
    if let Decision::Decline { reason } = decision
        && reason.trim().is_empty()
    {
        return Err(Refusal::invalid("reason", "Say why you decline"));
    }
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::Sign).await?;
        let found = own_line(ctx, &situation, line, Stage::SignOff, seen)?.clone();
        let version = situation
            .versions
            .iter()
            .find(|v| v.number == found.version)
            .ok_or_else(no_version)?;
        let change = match decision {
            Decision::Sign => {
                // The gate is asked again at the moment of signing: law may have changed since.
                let gate = situation
                    .gate(ctx, version)?
                    .map_err(|obstacles| shut(&obstacles))?;
                signed(ctx, &situation, &found, &gate, proof)?
            }
            Decision::Decline { reason } => Change::new(
                Act::new("sign_off.declined", id)
                    .with("line", line.as_str())
                    .with("reason", reason.as_str())
                    .with("version", found.version)
                    .with("digest", found.digest.as_str()),
            )
            .write_one(
                &DECIDE,
                args![
                    line,
                    "declined",
                    reason.as_str(),
                    &ctx.acting()?.person,
                    ctx.now.0,
                    proof.to_string()
                ],
            ),
        };
        Ok((
            with_automatic_moves(ctx, situation, found, decision, change).await?,
            (),
        ))
    })
    .await
}

fn signed(
    ctx: &Ctx,
    situation: &Situation,
    line: &Line,
    _gate: &OpenGate,
    proof: &serde_json::Value,
) -> Result<Change, Refusal> {
    let act = Act::new("sign_off.signed", &situation.record.id)
        .with("line", line.id.as_str())
        .with("version", line.version)
        .with("digest", line.digest.as_str())
        .with("proof", proof.clone());
    Ok(Change::new(act).write_one(
        &DECIDE,
        args![
            &line.id,
            "signed",
            "",
            &ctx.acting()?.person,
            ctx.now.0,
            proof.to_string()
        ],
    ))
}

/// Adds what follows from a decision: in force for those who signed, and the moves a pack makes
/// automatic.
async fn with_automatic_moves(
    ctx: &Ctx,
    mut situation: Situation,
    decided: Line,
    decision: &Decision,
    change: Change,
) -> Result<Change, Refusal> {
    if let Decision::Sign = decision
        && let Some(line) = situation.lines.iter_mut().find(|l| l.id == decided.id)
    {
        line.state = LineState::Signed {
            by: ctx.acting()?.name.clone(),
            at: ctx.now.0,
            proof: String::new(),
        };
    }
    let record_type = situation.record.record_type(ctx)?;
    for automatic in record_type
        .workflow
        .moves_from(&situation.record.state)
        .filter(|m| m.auto)
    {
        if situation.unmet(ctx, automatic).await?.is_empty() {
            return Ok(change.and(situation.make(ctx, automatic, "").await?));
        }
    }
    let signed = situation
        .lines
        .iter()
        .filter(|l| l.version == decided.version && l.stage == Stage::SignOff && l.is_signed())
        .count();
    let whole = situation
        .whole_version()
        .is_some_and(|v| v.number == decided.version);
    let effective = if whole && signed >= 2 {
        Some(decided.version)
    } else {
        situation.record.effective_version
    };
    let record = &situation.record;
    Ok(change.write_one(
        &MOVE,
        args![
            &record.id,
            record.revision,
            record.state.as_str(),
            record.version,
            effective,
            ctx.now.0
        ],
    ))
}

/// Fixes a joining party's own part and asks its reviewers.
pub async fn ask_joining_review(
    ctx: &Ctx,
    id: &RecordId,
    party: &OrganisationId,
) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::AddLateParty).await?;
        let record = &situation.record;
        let row = record
            .party(party.as_str())
            .filter(|p| p.joining == Some(0))
            .ok_or(Refusal::NotFound)?;
        if !row.registered {
            return Err(Refusal::NotNow(format!(
                "{} does not use this gateway yet, so nobody there can review or sign.",
                row.name
            )));
        }
        let view = record.view(ctx)?;
        let missing: Vec<String> = view
            .missing()
            .into_iter()
            .filter(|(scope, ..)| *scope == packs::Scope::Party(party.to_string()))
            .map(|(_, _, question)| question.text.clone())
            .collect();
        if !missing.is_empty() {
            return Err(Refusal::NotNow(format!(
                "Answer these for {} first: {}.",
                row.name,
                missing.join("; ")
            )));
        }
        let base = situation.whole_version().ok_or_else(no_version)?;
        let number = record.version + 1;
        let text = versions::text(ctx, record, number, Some((party, base))).await?;
        let act = Act::new("party.review_asked", id)
            .with("party", party.as_str())
            .with("version", number);
        let (mut change, digest) = versions::fix(ctx, &text, Change::new(act))?;
        for role in gate::reviewers(record.record_type(ctx)?, &view, row) {
            change = situation.open_line(ctx, change, number, party, Stage::Review, role, &digest);
        }
        let change = change.write_one(&JOIN, args![id, party, number]).write_one(
            &MOVE,
            args![
                id,
                record.revision,
                record.state.as_str(),
                number,
                record.effective_version,
                ctx.now.0
            ],
        );
        Ok((change, ()))
    })
    .await
}

/// Asks the senior officer of a joining party to sign, once its own reviews are settled.
pub async fn ask_joining_sign_off(
    ctx: &Ctx,
    id: &RecordId,
    party: &OrganisationId,
) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::AddLateParty).await?;
        let row = situation
            .record
            .party(party.as_str())
            .ok_or(Refusal::NotFound)?;
        let number = row.joining.filter(|n| *n > 0).ok_or_else(no_version)?;
        let version = situation
            .versions
            .iter()
            .find(|v| v.number == number)
            .ok_or_else(no_version)?;
        if situation
            .lines
            .iter()
            .any(|l| l.version == number && l.stage == Stage::SignOff)
        {
            return Err(Refusal::NotNow(format!(
                "{} has been asked to sign already.",
                row.name
            )));
        }
        let gate = situation
            .gate(ctx, version)?
            .map_err(|obstacles| shut(&obstacles))?;
        let act = Act::new("party.sign_off_asked", id)
            .with("party", party.as_str())
            .with("version", number);
        let change = situation.open_sign_offs(ctx, &gate, Change::new(act), version)?;
        Ok((situation.touch(ctx, change), ()))
    })
    .await
}

/// The acting person's own open line, on exactly the text they saw.
fn own_line<'a>(
    ctx: &Ctx,
    situation: &'a Situation,
    id: &LineId,
    stage: Stage,
    seen: &str,
) -> Result<&'a Line, Refusal> {
    let line = situation.line(id)?;
    let acting = ctx.acting()?;
    if line.stage != stage {
        return Err(Refusal::NotFound);
    }
    if line.organisation != acting.organisation || !acting.holds(line.role) {
        return Err(Refusal::NotAllowed(format!(
            "This decision belongs to the {} of {}.",
            line.role.title(),
            line.organisation_name
        )));
    }
    if line.closed {
        return Err(superseded());
    }
    if !line.is_waiting() {
        return Err(Refusal::NotNow("This has been decided already.".to_owned()));
    }
    if line.digest != seen {
        return Err(Refusal::NotNow(
            "The text is not the one you saw. Nothing was decided. Read the current version, then decide."
                .to_owned(),
        ));
    }
    Ok(line)
}

fn superseded() -> Refusal {
    Refusal::NotNow(
        "This version has been replaced by a newer one. Nothing was decided. Look at the newest version."
            .to_owned(),
    )
}

/// How a person was authenticated, for the line and the ledger.
pub fn password_proof(ctx: &Ctx) -> serde_json::Value {
    json!({ "credential": "password", "checked_at": ctx.now.0 })
}
