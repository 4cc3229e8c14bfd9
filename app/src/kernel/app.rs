use std::sync::Arc;

use db::{Db, Migration};
use packs::Packs;
use tokio::sync::Semaphore;

use super::clock::Clock;
use super::entropy::Entropy;
use super::mail::Mailer;
use super::secret::Secret;
use crate::settings::Settings;

/// The schema, step by step.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_start",
    sql: include_str!("../../../migrations/0001_start.sql"),
}];

/// Everything a running gateway has.
pub struct App {
    pub db: Db,
    pub packs: Arc<Packs>,
    pub clock: Clock,
    pub entropy: Entropy,
    pub secret: Secret,
    pub settings: Settings,
    pub mailer: Mailer,
    /// Documents rendered at once: each takes up to 220 MB while it runs.
    pub renders: Semaphore,
    /// What the nonces on pages are authenticated with.
    pub nonce_key: [u8; 32],
}

impl App {
    pub fn new(
        db: Db,
        packs: Arc<Packs>,
        clock: Clock,
        entropy: Entropy,
        secret: Secret,
        settings: Settings,
    ) -> Arc<App> {
        let nonce_key = secret.derive("nonces");
        Arc::new(App {
            db,
            packs,
            clock,
            entropy,
            mailer: Mailer::new(&settings).expect("the settings were checked"),
            secret,
            settings,
            renders: Semaphore::new(2),
            nonce_key,
        })
    }
}
