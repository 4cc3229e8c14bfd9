use std::sync::Arc;

use db::{Db, Migration};
use packs::Packs;
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use crate::adapters::document_cache::Kept;
use crate::adapters::openid_discovery::Providers;
use crate::adapters::rate_limit::Limits;
use crate::adapters::sent_forms::Sent;
use crate::adapters::sign_in_limits::Attempts;
use crate::adapters::smtp::Mailer;
use crate::kernel::clock::Clock;
use crate::kernel::entropy::Entropy;
use crate::kernel::health::Health;
use crate::kernel::secret::Secret;
use crate::kernel::writer::Writer;
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
        refill: &[],
    },
    Migration::both(
        "0004_trust",
        include_str!("../../../migrations/0004_trust.sql"),
    ),
    Migration::both(
        "0005_issued",
        include_str!("../../../migrations/0005_issued.sql"),
    ),
    Migration::both(
        "0006_attempts",
        include_str!("../../../migrations/0006_attempts.sql"),
    ),
    Migration::both(
        "0007_people",
        include_str!("../../../migrations/0007_people.sql"),
    ),
    Migration::both(
        "0008_account_links",
        include_str!("../../../migrations/0008_account_links.sql"),
    ),
    Migration::both(
        "0009_mail_and_kept_texts",
        include_str!("../../../migrations/0009_mail_and_kept_texts.sql"),
    ),
    Migration {
        name: "0010_folded",
        sqlite: include_str!("../../../migrations/0010_folded.sqlite.sql"),
        postgres: include_str!("../../../migrations/0010_folded.postgres.sql"),
        refill: crate::kernel::refold::AGAIN,
    },
];

/// Files to be checked that are received at once.
pub const MAX_CHECKS: usize = 4;

/// Documents typeset at once.
pub const MAX_RENDERS: usize = 2;

/// Earlier sets of packs kept in memory, a few megabytes each.
pub const MAX_OLD_PACKS: usize = 4;

/// Types and states that today's packs do not know, whose last packs are kept in memory.
pub const MAX_LAST_PACKS: usize = 8;

/// Answers that no longer fit, kept in memory in plain words.
pub const MAX_OLD_ANSWERS: usize = 1000;

/// Everything a running gateway has.
pub struct App {
    pub db: Db,
    pub(super) writer: Writer,
    pub packs: Arc<Packs>,
    /// Earlier packs by their digest, which texts issued under them are read with.
    pub old_packs: Cache<String, Arc<Packs>>,
    /// The packs that last knew a type and a state, by both, for records that those of today do not know.
    pub last_packs: Cache<(String, String), Arc<Packs>>,
    /// Answers that no longer fit, as they were when they did, by type, name and value.
    pub old_answers: Cache<String, Arc<(String, Vec<String>)>>,
    pub clock: Clock,
    pub entropy: Entropy,
    pub secret: Secret,
    pub settings: Settings,
    /// What visitors have asked for lately.
    pub limits: Limits,
    pub mailer: Mailer,
    /// Documents rendered at once: each takes up to 220 MB while it runs.
    pub renders: Arc<Semaphore>,
    /// Signed documents, which are costly to make and do not change.
    pub documents: Kept,
    /// What the nonces on pages are authenticated with.
    pub nonce_key: [u8; 32],
    pub attempts: Attempts,
    /// What identity providers say about themselves, and the way to ask them.
    pub providers: Providers,
    /// Passwords of people who sign in, compared at once: each takes a core and 19 MiB while it runs.
    pub sign_in_turns: Arc<Semaphore>,
    /// New passwords, looked at and hashed at once. Apart from the others, so that nobody who registers holds up
    /// whoever signs in.
    pub new_password_turns: Arc<Semaphore>,
    /// Files that are received to be checked, at once: their bytes are in memory.
    pub checks: Semaphore,
    /// Of these, how many are being checked. Each takes a core.
    pub verifications: Arc<Semaphore>,
    /// Held while a code that is counted in the database is compared, so that each is counted before the next.
    pub codes: tokio::sync::Mutex<()>,
    /// Whether what is written is kept.
    pub health: Health,
    /// Forms that were sent a moment ago, and what came of them.
    pub sent: Sent,
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
        let attempts = Attempts::new(secret.derive("attempts"));
        Arc::new(App {
            writer: Writer::start(db.clone()),
            db,
            packs,
            old_packs: Cache::new(MAX_OLD_PACKS),
            last_packs: Cache::new(MAX_LAST_PACKS),
            old_answers: Cache::new(MAX_OLD_ANSWERS),
            clock,
            entropy,
            mailer: Mailer::new(&settings).expect("the settings were checked"),
            secret,
            providers: Providers::new(settings.openid_loopback),
            settings,
            limits: Limits::default(),
            renders: Arc::new(Semaphore::new(MAX_RENDERS)),
            documents: Kept::default(),
            nonce_key,
            attempts,
            sign_in_turns: Arc::new(Semaphore::new(
                std::thread::available_parallelism().map_or(2, usize::from),
            )),
            new_password_turns: Arc::new(Semaphore::new(1)),
            checks: Semaphore::new(MAX_CHECKS),
            verifications: Arc::new(Semaphore::new(1)),
            codes: tokio::sync::Mutex::default(),
            health: Health::default(),
            sent: Sent::default(),
        })
    }
}
