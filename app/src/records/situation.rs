//! A record with its lines and versions: what a decision is made from, and what stands in its way.

use std::collections::BTreeMap;

use packs::{Content, Effect, Guard, Move};

use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, OrganisationId, RecordId};
use crate::kernel::{Ctx, Refusal};
use crate::organisations::setup;
use crate::records::gate;
use crate::records::gate::{Obstacle, OpenGate};
use crate::records::lines;
use crate::records::lines::{Line, Stage};
use crate::records::store::{Record, fetch};
use crate::records::versions;
use crate::records::versions::{Issued, Version};

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
            record: crate::records::store::fetch_published(ctx, id).await?,
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

    /// How many parties stand by a version: each of the lines on which one of them was asked to sign is signed.
    pub fn parties_signed(&self, version: i64) -> usize {
        let mut parties: BTreeMap<&OrganisationId, bool> = BTreeMap::new();
        for line in self.lines_of(version, Stage::SignOff) {
            *parties.entry(&line.organisation).or_insert(true) &= line.is_signed();
        }
        parties.values().filter(|signed| **signed).count()
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

    /// The gate of a version, as it was issued.
    pub async fn gate(
        &self,
        ctx: &Ctx,
        version: i64,
    ) -> Result<Result<OpenGate, Vec<Obstacle>>, Refusal> {
        let issued = Issued::read(ctx, &self.record.id, version).await?;
        self.gate_of(ctx, &issued)
    }

    /// The open gate that a signature needs at the moment it is given: law may have changed since it was asked for.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] names everything that keeps it shut.
    pub async fn may_sign(&self, ctx: &Ctx, line: &Line) -> Result<OpenGate, Refusal> {
        self.gate(ctx, line.version)
            .await?
            .map_err(|obstacles| shut(&obstacles))
    }

    /// The gate of a text that is at hand.
    pub(super) fn gate_of(
        &self,
        ctx: &Ctx,
        issued: &Issued,
    ) -> Result<Result<OpenGate, Vec<Obstacle>>, Refusal> {
        Ok(gate::open(
            self.record.record_type(ctx)?,
            self.record.law(ctx),
            issued,
            &self.lines,
            ctx.now.today(),
        ))
    }

    /// Everything that stops a move, in plain words. Empty: it can be made.
    pub async fn unmet(&self, ctx: &Ctx, wanted: &Move) -> Result<Vec<Unmet>, Refusal> {
        let gates = [
            Guard::ReviewsDecided,
            Guard::NoOpenBlocker,
            Guard::MustsSettled,
        ];
        // Whatever a pack lists as guards, sign-off is never asked for through a shut gate. Where the move itself
        // issues the text, there is nothing to ask before.
        let opens = wanted.effects.contains(&Effect::OpenSignOffs)
            && !wanted.effects.contains(&Effect::FixVersion);
        let obstacles = if opens || wanted.guards.iter().any(|guard| gates.contains(guard)) {
            let Some(version) = self.whole_version() else {
                return Ok(vec![self.not_issued()]);
            };
            self.gate(ctx, version.number).await?.err()
        } else {
            None
        }
        .unwrap_or_default();
        let mut unmet = Vec::new();
        for guard in &wanted.guards {
            unmet.extend(self.guard(ctx, *guard, &obstacles).await?);
        }
        if opens {
            for obstacle in &obstacles {
                let found = self.unmet_obstacle(obstacle);
                if !unmet.contains(&found) {
                    unmet.push(found);
                }
            }
        }
        Ok(unmet)
    }

    fn not_issued(&self) -> Unmet {
        Unmet {
            what: "No version has been issued yet".to_owned(),
            link: format!("/records/{}#next", self.record.id),
        }
    }

    fn unmet_obstacle(&self, obstacle: &Obstacle) -> Unmet {
        let place = match obstacle {
            Obstacle::Blocker { rule, .. } | Obstacle::Must { rule, .. } => {
                format!("/law#{rule}")
            }
            _ => "#reviews".to_owned(),
        };
        Unmet {
            what: obstacle.to_string(),
            link: format!("/records/{}{place}", self.record.id),
        }
    }

    async fn guard(
        &self,
        ctx: &Ctx,
        guard: Guard,
        obstacles: &[Obstacle],
    ) -> Result<Vec<Unmet>, Refusal> {
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
        let obstacles = |wanted: fn(&Obstacle) -> bool| -> Vec<Unmet> {
            let found = obstacles.iter().filter(|o| wanted(o));
            found.map(|o| self.unmet_obstacle(o)).collect()
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
            Guard::ReviewsDecided => {
                obstacles(|o| !matches!(o, Obstacle::Blocker { .. } | Obstacle::Must { .. }))
            }
            Guard::NoOpenBlocker => obstacles(|o| matches!(o, Obstacle::Blocker { .. })),
            Guard::MustsSettled => obstacles(|o| matches!(o, Obstacle::Must { .. })),
            Guard::SignedByEveryParty => one(
                self.signed_by_every_party(ctx).await?.is_some(),
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

    /// Whether every party that must sign the newest whole text has signed it.
    pub(super) async fn signed_by_every_party(
        &self,
        ctx: &Ctx,
    ) -> Result<Option<gate::AllSigned>, Refusal> {
        let Some(version) = self.whole_version() else {
            return Ok(None);
        };
        let (_, text) = versions::read(ctx, &self.record.id, version.number).await?;
        let record_type = self.record.record_type(ctx)?;
        Ok(gate::all_signed(record_type, &text, &self.lines))
    }
}

pub(super) fn no_version() -> Refusal {
    Refusal::NotNow("No version has been fixed yet. Ask for review first.".to_owned())
}

pub(super) fn shut(obstacles: &[Obstacle]) -> Refusal {
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
