use std::sync::Arc;

use db::{Db, Migration};
use packs::Packs;
use tokio::sync::Semaphore;

use super::attempts::Attempts;
use super::clock::Clock;
use super::entropy::Entropy;
use super::kept::Kept;
use super::limits::Limits;
use super::mail::Mailer;
use super::providers::Providers;
use super::secret::Secret;
use super::writer::Writer;
use crate::settings::Settings;

/// The schema, step by step.
pub const MIGRATIONS: &[Migration] = &[
    Migration::both(
        "0001_start",
        include_str!("../../../migrations/0001_start.sql"),
    ),
    Migration::both(
        "0002_lists",
        include_str!("../../../migrations/0002_lists.sql"),
    ),
    Migration {
        name: "0003_words",
        sqlite: include_str!("../../../migrations/0003_words.sqlite.sql"),
        postgres: include_str!("../../../migrations/0003_words.postgres.sql"),
    },
    Migration::both(
        "0004_trust",
        include_str!("../../../migrations/0004_trust.sql"),
    ),
    Migration::both(
        "0005_issued",
        include_str!("../../../migrations/0005_issued.sql"),
    ),
];

/// Everything a running gateway has.
pub struct App {
    pub db: Db,
    pub(super) writer: Writer,
    pub packs: Arc<Packs>,
    pub clock: Clock,
    pub entropy: Entropy,
    pub secret: Secret,
    pub settings: Settings,
    /// What visitors have asked for lately.
    pub limits: Limits,
    pub mailer: Mailer,
    /// Documents rendered at once: each takes up to 220 MB while it runs.
    pub renders: Semaphore,
    /// Signed documents, which are costly to make and do not change.
    pub documents: Kept,
    /// What the nonces on pages are authenticated with.
    pub nonce_key: [u8; 32],
    pub attempts: Attempts,
    /// What identity providers say about themselves, and the way to ask them.
    pub providers: Providers,
    /// Passwords hashed at once: each takes a core and 19 MiB while it runs.
    pub hashes: Semaphore,
}

impl App {
    /// Must be called within a Tokio runtime, where its writer runs from then on.
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
            writer: Writer::start(db.clone()),
            db,
            packs,
            clock,
            entropy,
            mailer: Mailer::new(&settings).expect("the settings were checked"),
            secret,
            providers: Providers::new(settings.openid_loopback),
            settings,
            limits: Limits::default(),
            renders: Semaphore::new(2),
            documents: Kept::default(),
            nonce_key,
            attempts: Attempts::default(),
            hashes: Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)),
        })
    }
}
