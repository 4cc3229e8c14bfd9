//! A coalition of any size with the skew of the real world, for measuring and for trying out.
//!
//! Organisations and people are made by the functions that the pages use. Of each kind of record one is
//! made through the application in a gateway beside this one, cut at what changes, and copied: with other
//! parties, ids and times, its texts fixed and its decisions sealed anew, its acts told to this ledger in
//! the order of time. The same seed gives the same coalition; only keys, and what they sign, differ.

mod chance;
mod coalition;
mod cut;
mod mould;
mod names;
mod stamp;
mod tables;
mod workshop;
mod writing;

use std::collections::BTreeMap;
use std::sync::Arc;

use chance::Chance;
use coalition::{Member, is_care, is_registered};
use stamp::Stamp;
use workshop::{BEGIN, END, Shape, Stage, Workshop};
use writing::Writing;

use crate::demo::fill::{explain, moment};
use crate::identity::credential;
use crate::kernel::clock::Now;
use crate::kernel::entropy::Entropy;
use crate::kernel::{App, Ctx, Refusal};
use crate::ledger::{keys, log};
use crate::pages::sign_in::demo::DEMO_PASSWORD;

pub use coalition::FEWEST;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Order {
    pub organisations: usize,
    pub people: usize,
    pub agreements: usize,
    /// How many of the agreements are published.
    pub published: usize,
    pub seed: u64,
}

/// The days from today on which the first organisation and the first agreement are there, and on which
/// the last agreement is begun.
const FIRST_ORGANISATION: i64 = -1_100;
const FIRST_AGREEMENT: i64 = -1_050;
const LAST_AGREEMENT: i64 = -30;
const DAY: i64 = 86_400_000_000;
// Nothing is told of the future.
const _: () = assert!(LAST_AGREEMENT - BEGIN + END < 0);

/// Of a hundred agreements that are not published, how many are how far.
const STAGES: &[(u32, Stage)] = &[
    (56, Stage::Draft),
    (15, Stage::Review),
    (6, Stage::SignOff),
    (18, Stage::InForce),
    (5, Stage::Ended),
];
/// Of a thousand agreements, how many have more parties, and how many more.
const MORE: &[(u32, usize)] = &[(880, 0), (70, 2), (35, 5), (12, 12), (3, 30)];

/// Fills an empty gateway. `say` hears how far it is.
///
/// # Errors
/// When the order cannot be met, or something cannot be written. What was written until then is there,
/// and is not a whole coalition.
pub async fn generate(app: &App, order: &Order, say: impl Fn(&str)) -> Result<(), String> {
    check(order)?;
    let ctx = Ctx::new(seeded(app, order.seed), None);
    let password = credential::hash(&ctx, DEMO_PASSWORD.to_owned())
        .await
        .map_err(|e| explain(&e))?;
    let mut filling = Filling {
        ctx,
        workshop: Workshop::open(app, order.seed).await?,
        chance: Chance::new(order.seed),
        origin: String::new(),
        pools: BTreeMap::new(),
        members: Vec::new(),
    };
    let done = filling.fill(order, &password, &say).await;
    done.map_err(|refusal| format!("The coalition cannot be made: {}", explain(&refusal)))
}

fn check(order: &Order) -> Result<(), String> {
    if order.organisations < FEWEST || order.people < 2 * FEWEST {
        return Err(format!(
            "A coalition has at least {FEWEST} organisations and {} people.",
            2 * FEWEST
        ));
    }
    if order.published > order.agreements {
        return Err("There cannot be more published agreements than agreements.".to_owned());
    }
    Ok(())
}

/// The same gateway with randomness from a seed.
fn seeded(app: &App, seed: u64) -> Arc<App> {
    App::new(
        app.db.clone(),
        app.packs.clone(),
        app.clock.clone(),
        Entropy::seeded(seed),
        app.secret.clone(),
        app.settings.clone(),
    )
}

struct Filling {
    ctx: Ctx,
    workshop: Workshop,
    chance: Chance,
    origin: String,
    members: Vec<Member>,
    /// The members that can sit at a seat of each kind.
    pools: BTreeMap<String, Vec<usize>>,
}

impl Filling {
    async fn fill(
        &mut self,
        order: &Order,
        password: &str,
        say: &impl Fn(&str),
    ) -> Result<(), Refusal> {
        self.origin = keys::origin(&self.ctx).await?;
        let mut writing = Writing::start(self.ctx.app.clone());
        let told = say;
        told(&format!(
            "{} organisations, {} people",
            order.organisations, order.people
        ));
        self.organisations(order, password, &mut writing, say)
            .await?;
        told(&format!("{} agreements", order.agreements));
        self.agreements(order, &mut writing, say).await?;
        let acts = writing.finish().await?;
        let size = log::size(&self.ctx).await?;
        log::checkpoint(&self.ctx, size).await?;
        told(&format!(
            "{acts} acts. Everyone’s password is: {DEMO_PASSWORD}"
        ));
        Ok(())
    }

    async fn organisations(
        &mut self,
        order: &Order,
        password: &str,
        writing: &mut Writing,
        say: &impl Fn(&str),
    ) -> Result<(), Refusal> {
        let today = self.ctx.now.today();
        let plans = coalition::plan(&mut self.chance, order.organisations, order.people);
        let assurances = [
            Arc::new(self.workshop.statement("assurance", "school").await?),
            Arc::new(self.workshop.statement("assurance", "gp").await?),
        ];
        let memorandum = Arc::new(self.workshop.statement("memorandum", "school").await?);
        let mut progress = writing::Progress::new(plans.len());
        for (place, plan) in plans.iter().enumerate() {
            // Forty days for all of them.
            let later = 40 * DAY / plans.len() as i64 * place as i64;
            let at = Now(moment(today, FIRST_ORGANISATION, 0).0 + later);
            writing.until(at).await?;
            let mut ctx = self.ctx.clone();
            ctx.now = at;
            let (member, change) =
                coalition::register(&ctx, &mut self.chance, plan, password).await?;
            writing.add(ctx, change);
            if plan.people > 0 {
                let care = is_care(&self.ctx.app.packs, plan.kind);
                let soon = self.chance.below(30) == 0;
                for (mould, after) in [
                    (&assurances[usize::from(care)], DAY),
                    (&memorandum, 2 * DAY),
                ] {
                    let told = Stamp {
                        ctx: &self.ctx,
                        origin: &self.origin,
                        mould,
                        members: vec![&member],
                        title: String::new(),
                        days: 0,
                        later: at.0 + after - mould.begun_at,
                        text_days: if soon { -170 } else { 0 },
                    };
                    writing.add_all(told.press()?);
                }
            }
            if plan.people > 0 || !is_registered(plan.kind) {
                let pool = self.pools.entry(plan.kind.to_owned()).or_default();
                pool.push(self.members.len());
            }
            self.members.push(member);
            progress.tick(place + 1, say);
        }
        Ok(())
    }

    async fn agreements(
        &mut self,
        order: &Order,
        writing: &mut Writing,
        say: &impl Fn(&str),
    ) -> Result<(), Refusal> {
        let mut progress = writing::Progress::new(order.agreements);
        let span = LAST_AGREEMENT - FIRST_AGREEMENT;
        for number in 0..order.agreements {
            let published = |n: usize| n * order.published / order.agreements;
            let stage = if published(number + 1) > published(number) {
                Stage::Published
            } else {
                self.chance.one_of(STAGES)
            };
            let day = FIRST_AGREEMENT + span * number as i64 / order.agreements as i64;
            let (shape, seats) = self.shape(stage);
            let mould = self.workshop.agreement(shape).await?;
            let days = day - BEGIN;
            // Agreements of one day begin one after the other, in office hours.
            let of_day = span * number as i64 % order.agreements as i64;
            let later = 7 * DAY / 24 * of_day / order.agreements as i64;
            writing
                .until(Now(mould.begun_at + days * DAY + later))
                .await?;
            let told = Stamp {
                ctx: &self.ctx,
                origin: &self.origin,
                mould: &mould,
                members: seats.iter().map(|seat| &self.members[*seat]).collect(),
                title: names::work(&mut self.chance),
                days,
                later,
                text_days: -((-days) % 365),
            };
            writing.add_all(told.press()?);
            progress.tick(number + 1, say);
        }
        Ok(())
    }

    /// What an agreement is like, and who sits at its seats.
    fn shape(&mut self, stage: Stage) -> (Shape, Vec<usize>) {
        let likes = self.workshop.likes(stage);
        let like = likes[self.chance.below(likes.len())];
        let own = self.workshop.parties(like);
        let parties = own + self.chance.one_of(MORE);
        for parties in [parties, own] {
            if let Some(seats) = self.seated(like, parties) {
                let shape = Shape {
                    like,
                    parties,
                    stage,
                };
                return (shape, seats);
            }
        }
        unreachable!("the first organisations fill the seats of each agreement of the demo")
    }

    /// A member for each seat, each once; none where there are too few of a kind.
    fn seated(&mut self, like: usize, parties: usize) -> Option<Vec<usize>> {
        let mut seated: Vec<usize> = Vec::with_capacity(parties);
        for kind in self.workshop.seats(like, parties) {
            let pool = self.pools.get(&kind)?;
            let first = self.chance.skewed(pool.len());
            let mut from = pool.iter().cycle().skip(first).take(pool.len());
            seated.push(*from.find(|member| !seated.contains(member))?);
        }
        Some(seated)
    }
}
