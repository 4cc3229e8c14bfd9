//! A record with its lines and versions: what a decision is made from, and what stands in its way.

use packs::{Content, Effect, Guard, Move};

use super::gate::{self, OpenGate};
use super::lines::{self, Line, Stage};
use super::setup;
use super::store::{PartyRow, Record, fetch};
use super::versions::{self, Version};
use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, OrganisationId, RecordId};
use crate::kernel::{Ctx, Refusal};

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
        let situation = Situation {
            record,
            lines,
            versions,
        };
        match (situation.record.left_at, &ctx.acting) {
            (Some(left_at), Some(acting)) => {
                situation
                    .of_former(ctx, &acting.organisation, left_at)
                    .await
            }
            _ => Ok(situation),
        }
    }

    /// What a party that has left keeps: the versions it signed, as they stood when it left.
    async fn of_former(
        mut self,
        ctx: &Ctx,
        organisation: &OrganisationId,
        left_at: i64,
    ) -> Result<Situation, Refusal> {
        let signed: Vec<i64> = self
            .lines
            .iter()
            .filter(|l| l.organisation == *organisation && l.stage == Stage::SignOff)
            .filter(|l| l.is_signed())
            .map(|l| l.version)
            .collect();
        self.versions.retain(|v| signed.contains(&v.number));
        let newest = self.versions.first().ok_or(Refusal::NotFound)?.number;
        let mut kept = signed;
        for version in self.versions.iter().filter(|v| v.joins.is_some()) {
            // Who joined signed their part and, with its digest, the text they joined.
            let (_, text) = versions::read(ctx, &self.record.id, version.number).await?;
            kept.extend(text.joins.map(|joins| joins.version));
        }
        self.lines
            .retain(|l| kept.contains(&l.version) && l.was_decided_by(left_at));
        // The title, the answers, the parties and the state of today are not theirs to see.
        let (_, text) = versions::read(ctx, &self.record.id, newest).await?;
        self.record.title = text.title;
        self.record.content = Content::default();
        self.record.parties.clear();
        self.record.effective_version = None;
        self.record.version = 0;
        Ok(self)
    }

    /// What the public register reads. It has checked that the record is published.
    pub(crate) async fn of_published(ctx: &Ctx, id: &RecordId) -> Result<Situation, Refusal> {
        Ok(Situation {
            record: super::store::fetch_published(ctx, id).await?,
            lines: lines::of_record(ctx, id).await?,
            versions: versions::of_record(ctx, id).await?,
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

    /// The newest version on which somebody has decided.
    pub fn proved_version(&self) -> Option<i64> {
        self.versions
            .iter()
            .map(|v| v.number)
            .find(|number| self.is_decided_on(*number))
    }

    /// Whether somebody has decided on a version.
    pub fn is_decided_on(&self, version: i64) -> bool {
        self.lines.iter().any(|line| {
            line.version == version
                && !matches!(
                    line.state,
                    lines::LineState::Waiting | lines::LineState::Superseded
                )
        })
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
    pub(super) fn reviewed(&self, version: &Version) -> Vec<&PartyRow> {
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
}

pub(super) fn no_version() -> Refusal {
    Refusal::NotNow("No version has been fixed yet. Ask for review first.".to_owned())
}

pub(super) fn shut(obstacles: &[gate::Obstacle]) -> Refusal {
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
