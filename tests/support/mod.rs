//! A whole gateway for a test: its own database, a held clock, seeded randomness, and clients.

mod client;
pub mod device;
pub mod edited;
pub mod form;
pub mod journey;
pub mod post;
pub mod proof;
pub mod provider;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use aldgate::identity::people as identity;
use aldgate::identity::proofs;
use aldgate::identity::proofs::Proof;
use aldgate::kernel::app::MIGRATIONS;
use aldgate::kernel::clock::Clock;
use aldgate::kernel::entropy::Entropy;
use aldgate::kernel::ids::{OrganisationId, PersonId};
use aldgate::kernel::{Acting, App, Ctx, Secret};
use aldgate::organisations::details::Details;
use aldgate::organisations::roles;
use aldgate::organisations::store as organisations;
use aldgate::organisations::store::OrganisationStanding;
use aldgate::organisations::trust;
use aldgate::router::router;
use aldgate::settings::Settings;
use axum::Router;
use db::{Db, Durability};
use packs::{Packs, Role};

pub use client::{Client, Page};
pub use device::Device;

/// The password of everybody made by a test.
pub const PASSWORD: &str = "correct horse battery";

pub struct TestApp {
    pub app: Arc<App>,
    pub router: Router,
    _folder: Option<tempfile::TempDir>,
}

/// An organisation with one person in every role, and one with none but viewer.
#[derive(Clone)]
pub struct Partner {
    pub id: OrganisationId,
    pub name: String,
}

/// The PostgreSQL that `tools/postgres.sh run` started: for stories in modules of the name `on_postgresql`, which
/// run there only. Those in `on_sqlite` do not.
pub fn postgres() -> String {
    std::env::var("ALDGATE_TEST_POSTGRES").expect("run it with `tools/postgres.sh run`")
}

/// A file of somebody else's. The checks on them stand in modules of the name `other_peoples_files`, which
/// `.config/nextest.toml` leaves out: `make test-others` runs them where the folder is, and says so where it is not.
pub fn other_peoples_file(name: &str) -> std::path::PathBuf {
    let folder = std::env::var("OTHER_PEOPLES_FILES")
        .expect("OTHER_PEOPLES_FILES names the folder of their files");
    std::path::Path::new(&folder).join(name)
}

pub fn packs() -> Arc<Packs> {
    static PACKS: OnceLock<Arc<Packs>> = OnceLock::new();
    PACKS
        .get_or_init(|| {
            Arc::new(aldgate::cli::load_packs("").unwrap_or_else(|faults| panic!("{faults}")))
        })
        .clone()
}

/// One hash for everybody: hashing is slow on purpose.
async fn password_hash(ctx: &Ctx) -> String {
    static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    HASH.get_or_init(async || {
        aldgate::identity::credential::hash(ctx, PASSWORD.to_owned())
            .await
            .expect("a hash")
    })
    .await
    .clone()
}

/// An empty database, a number that no other has, and the folder it may be in.
pub async fn database() -> (Db, u64, tempfile::TempDir) {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let seed = COUNT.fetch_add(1, Ordering::SeqCst);
    let folder = tempfile::tempdir().expect("a folder");
    let db = match std::env::var("ALDGATE_TEST_POSTGRES") {
        Ok(url) => {
            let schema = format!("story_{}_{seed}", std::process::id());
            Db::postgres(&url, None)
                .await
                .expect("PostgreSQL")
                .create_schema(&schema)
                .await
                .expect("a schema");
            Db::postgres(&url, Some(&schema)).await.expect("PostgreSQL")
        }
        Err(_) => Db::sqlite(&folder.path().join("aldgate.db"), Durability::Relaxed)
            .await
            .expect("SQLite"),
    };
    (db, seed, folder)
}

/// As they come, but a password is enough to sign in: whoever has to set up more is what `second_step.rs` is about.
pub fn settings() -> Settings {
    Settings {
        second_step: false,
        ..Settings::default()
    }
}

impl TestApp {
    pub async fn new() -> TestApp {
        TestApp::with(settings()).await
    }

    pub async fn with(settings: Settings) -> TestApp {
        TestApp::made(settings, packs()).await
    }

    async fn made(settings: Settings, packs: Arc<Packs>) -> TestApp {
        let (db, seed, folder) = database().await;
        let clock = Clock::held("2026-11-21T10:00:00Z".parse().expect("a time"));
        db.migrate(MIGRATIONS, clock.now().0)
            .await
            .expect("the schema");
        let entropy = Entropy::seeded(seed);
        let secret = Secret::random(&Entropy::seeded(seed + 1_000_000));
        let app = App::new(db, packs, clock, entropy, secret, settings);
        TestApp {
            router: router(app.clone()),
            app,
            _folder: Some(folder),
        }
    }

    /// A gateway with packs in which a piece of one file reads otherwise.
    pub async fn with_packs(path: &str, old: &str, new: &str) -> TestApp {
        let files = aldgate::cli::pack_files("").expect("the embedded packs");
        let text = files.get(path).expect("the file is there");
        assert!(text.contains(old), "{path} does not contain {old}");
        let changed = files.iter().map(|(known, text)| {
            let text = if known == path {
                text.replacen(old, new, 1)
            } else {
                text.to_owned()
            };
            (known.to_owned(), text)
        });
        let packs =
            Packs::load(&packs::Files::new(changed)).unwrap_or_else(|faults| panic!("{faults:?}"));
        TestApp::made(settings(), Arc::new(packs)).await
    }

    /// The same gateway, started again with other packs.
    pub fn restarted_with(&self, packs: Arc<Packs>) -> TestApp {
        let app = &self.app;
        TestApp::of(App::new(
            app.db.clone(),
            packs,
            app.clock.clone(),
            Entropy::seeded(9_000_000),
            app.secret.clone(),
            Settings::default(),
        ))
    }

    /// A gateway that was opened elsewhere.
    pub fn of(app: Arc<App>) -> TestApp {
        TestApp {
            router: router(app.clone()),
            app,
            _folder: None,
        }
    }

    /// The same database under a gateway that was started anew.
    pub fn restarted_as(self, app: Arc<App>) -> TestApp {
        TestApp {
            router: router(app.clone()),
            app,
            _folder: self._folder,
        }
    }

    /// A context in which nobody acts, as on the command line.
    pub fn operator(&self) -> Ctx {
        Ctx::new(self.app.clone(), None)
    }

    /// A context in which this person acts with these roles, for calling below the pages.
    pub fn acting(&self, organisation: &Partner, person: &PersonId, roles: &[Role]) -> Ctx {
        let acting = Acting {
            person: person.clone(),
            name: "Test Person".to_owned(),
            organisation: organisation.id.clone(),
            organisation_name: organisation.name.clone(),
            roles: roles.iter().copied().collect::<BTreeSet<_>>(),
        };
        Ctx::new(self.app.clone(), Some(acting))
    }

    /// A registered organisation with its details, and nobody in it yet.
    pub async fn organisation(&self, name: &str, kind: &str) -> Partner {
        self.organisation_that_is(OrganisationStanding::Registered, name, kind)
            .await
    }

    pub async fn organisation_that_is(
        &self,
        standing: OrganisationStanding,
        name: &str,
        kind: &str,
    ) -> Partner {
        let ctx = self.operator();
        let details = Details {
            name: name.to_owned(),
            kind: kind.to_owned(),
            area: "E12000007".to_owned(),
            fee_number: "Z1234567".to_owned(),
            ods_code: String::new(),
        };
        let (id, mut change) = organisations::add(&ctx, &details, standing, None);
        if standing == OrganisationStanding::Registered {
            change = change.and(trust::confirm(&ctx, &id));
        }
        ctx.commit(change).await.expect("an organisation");
        Partner {
            id,
            name: name.to_owned(),
        }
    }

    /// A person with a password and roles. The e-mail address is made from name and organisation.
    pub async fn person(&self, partner: &Partner, name: &str, held: &[Role]) -> PersonId {
        let ctx = self.operator();
        let word = |text: &str| {
            text.to_lowercase()
                .replace(|c: char| !c.is_ascii_alphanumeric(), "-")
        };
        let email = format!("{}@{}.example", word(name), word(&partner.name));
        let hash = Some(password_hash(&ctx).await);
        let (id, mut change) = proofs::add(&ctx, name, &email, hash, &Proof::Operator);
        for role in held {
            change = change.and(roles::grant(&ctx, &partner.id, &id, &(*role).into()));
        }
        ctx.commit(change).await.expect("a person");
        id
    }

    /// A browser in which this person is signed in.
    pub async fn signed_in(&self, partner: &Partner, person: &PersonId) -> Client {
        let ctx = self.operator();
        let (token, change) =
            identity::start_session(&ctx, person, Some(&partner.id), &Default::default());
        ctx.commit(change).await.expect("a session");
        Client::new(self, Some(token))
    }

    /// A person with these roles, signed in.
    pub async fn client(&self, partner: &Partner, name: &str, held: &[Role]) -> Client {
        let person = self.person(partner, name, held).await;
        self.signed_in(partner, &person).await
    }

    /// Somebody at this address, as the proxy in front says it.
    pub fn from(&self, forwarded: &str) -> Client {
        self.nobody().behind(forwarded)
    }

    pub fn nobody(&self) -> Client {
        Client::new(self, None)
    }

    /// Somebody who made a session up.
    pub fn made_up_session(&self) -> Client {
        Client::new(self, Some("made-up".to_owned()))
    }

    /// Somebody without an account, at the same gateway started with other settings.
    pub fn nobody_at(&self, router: Router) -> Client {
        Client::at(router)
    }

    /// How many acts the ledger holds.
    pub async fn acts(&self) -> i64 {
        db::sql! { SIZE = "select size from ledger_size where id = 1"; }
        let row = self.app.db.one(&SIZE, &[]).await.expect("the ledger");
        row.int("size").expect("a number")
    }

    /// Every story ends with this: the ledger holds every act, and it verifies.
    pub async fn ends_clean(&self) {
        let verified = aldgate::cli::fsck(&self.app.db).await.unwrap();
        if let Err(place) = verified {
            panic!("the ledger does not hold: {place}");
        }
        self.lists_say_what_the_records_say().await;
        db::sql! {
            LEAD = "select count(*) as others from lines l join records r on r.id = l.record_id
                where l.lead_id <> r.organisation_id";
        }
        let row = self.app.db.one(&LEAD, &[]).await.expect("the lines");
        assert_eq!(
            row.int("others").expect("a number"),
            0,
            "lines of another lead"
        );
    }

    /// What lists are ordered by is written beside each party: writing it again, as each save does, changes nothing.
    async fn lists_say_what_the_records_say(&self) {
        db::sql! {
            RECORDS = "select id from records order by id";
            LISTED = "select record_id, organisation_id, type, state, title_key, due_day, changed_at
                from record_parties order by record_id, organisation_id";
        }
        let write = db::registered()
            .find(|statement| statement.name == "aldgate::records::store::LISTED")
            .expect("what each save writes");
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let before = listed(tx.all(&LISTED, &[]).await.expect("the parties"));
        for record in tx.all(&RECORDS, &[]).await.expect("the records") {
            let id = record.text("id").expect("an id");
            tx.execute(write, db::args![id]).await.expect("written");
        }
        let after = listed(tx.all(&LISTED, &[]).await.expect("the parties"));
        // The transaction is given up.
        drop(tx);
        assert_eq!(before, after, "parties in lists");
    }
}

fn listed(rows: Vec<db::Row>) -> Vec<(Vec<String>, i64)> {
    let columns = [
        "record_id",
        "organisation_id",
        "type",
        "state",
        "title_key",
        "due_day",
    ];
    let read = |row: db::Row| {
        let texts = columns.map(|column| row.text(column).expect("a text"));
        (texts.to_vec(), row.int("changed_at").expect("a number"))
    };
    rows.into_iter().map(read).collect()
}
