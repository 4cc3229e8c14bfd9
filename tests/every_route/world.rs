//! A gateway with the organisations that the scenes are about, and what scenes share.

use std::sync::atomic::{AtomicU64, Ordering};

use aldgate::ledger::keys;
use aldgate::ledger::log;
use aldgate::organisations::domains;
use aldgate::settings::Settings;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use packs::Role;
use tokio::sync::{Mutex, OnceCell};

use super::case::Things;
use crate::support::journey::{self, Party};
use crate::support::provider::{CLIENT, Provider, Question, SECRET};
use crate::support::{Client, Page, Partner, TestApp, settings};

/// People with an address here sign in at the lead's provider.
pub const DOMAIN: &str = "lead.gov.uk";

pub struct World {
    pub app: TestApp,
    pub lead: Party,
    pub party: Party,
    pub former: Partner,
    pub stranger: Partner,
    /// Whom nobody has to do with.
    pub another: Partner,
    count: AtomicU64,
    provider: OnceCell<Provider>,
    /// Another gateway, whose log this one witnesses, and the size that was witnessed last.
    other: TestApp,
    witnessed: Mutex<u64>,
}

impl World {
    pub async fn make() -> World {
        let other = TestApp::new().await;
        let log_key = keys::log(&other.operator()).await.unwrap().remove(0);
        let app = TestApp::with(Settings {
            // Its people have addresses that end in demo.example; nobody else does.
            demo: true,
            openid_loopback: true,
            witnessed_logs: vec![log_key.verifier().to_string()],
            limit_session: 0,
            limit_address: 0,
            ..settings()
        })
        .await;
        World {
            lead: Party::new(&app, "Lead Council", "borough").await,
            party: Party::new(&app, "Party Brigade", "fire").await,
            former: app.organisation("Former Trust", "nhs_trust").await,
            stranger: app.organisation("Stranger Council", "borough").await,
            another: app.organisation("Another Council", "borough").await,
            count: AtomicU64::new(0),
            provider: OnceCell::new(),
            other,
            witnessed: Mutex::new(0),
            app,
        }
    }

    /// A number that no scene had before, for names and addresses.
    pub fn number(&self) -> u64 {
        self.count.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// A new person of the lead, who is signed in.
    pub async fn somebody(&self, role: Role) -> (aldgate::kernel::ids::PersonId, Client) {
        let partner = &self.lead.partner;
        let name = format!("Sam Body {}", self.number());
        let person = self.app.person(partner, &name, &[role]).await;
        let client = self.app.signed_in(partner, &person).await;
        (person, client)
    }

    /// The address of the person that [`World::somebody`] made last.
    pub fn last_address(&self) -> String {
        let number = self.count.load(Ordering::SeqCst);
        format!("sam-body-{number}@lead-council.example")
    }

    /// The lead's provider, as its administrator has set it up: again, where somebody has removed it.
    pub async fn provider(&self) -> &Provider {
        let provider = self.provider.get_or_init(Provider::start).await;
        let administrator = self.lead.administrator_client(&self.app).await;
        let fields = [
            ("issuer", provider.issuer.as_str()),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
        ];
        let stands = administrator.get("/organisation/sign-in").await;
        if !(stands.text.contains(&provider.issuer) && stands.text.contains(CLIENT)) {
            // A provider is asked ten times a minute at most.
            let minute = jiff::SignedDuration::from_secs(61);
            self.app.app.clock.advance(minute);
            let set = administrator.post("/organisation/sign-in", &fields).await;
            assert_eq!(set.status, 303, "{}", set.words());
        }
        let ctx = self.app.operator();
        let named = async || {
            let all = domains::all(&ctx).await.unwrap();
            all.into_iter().find(|one| one.domain == DOMAIN)
        };
        if named().await.is_none() {
            administrator
                .done("/organisation/domains", &[("domain", DOMAIN)])
                .await;
            let change = domains::decide(&ctx, &named().await.unwrap(), true).await;
            ctx.commit(change.unwrap()).await.unwrap();
        }
        provider
    }

    /// A browser that was sent to the provider, and the address at which it comes back with an answer.
    pub async fn at_provider(&self, client: &Client, email: &str) -> String {
        let provider = self.provider().await;
        let sent = client
            .post("/sign-in/organisation", &[("email", email)])
            .await;
        assert_eq!(sent.status, 200, "{}", sent.words());
        let question = Question::read(&sent.hrefs("main a.govuk-button").remove(0));
        let now = self.app.app.clock.now().0 / 1_000_000;
        let claims = provider.claims(&question, now, email, email);
        provider.answer(&question, &claims)
    }

    /// A checkpoint of the other gateway's log that is newer than the last one, with the proof that it is.
    pub async fn checkpoint(&self) -> String {
        let ctx = self.other.operator();
        let partner = Partner {
            id: "org_none".into(),
            name: String::new(),
        };
        let name = format!("One more {}", self.number());
        self.other.person(&partner, &name, &[]).await;
        let mut last = self.witnessed.lock().await;
        let (checkpoint, note) = log::checkpoint(&ctx, *last + 1).await.unwrap();
        let proof = match *last {
            0 => Vec::new(),
            old => log::consistency(&ctx, old, checkpoint.size).await.unwrap(),
        };
        let proof: String = proof
            .iter()
            .map(|hash| BASE64_STANDARD.encode(hash) + "\n")
            .collect();
        let old = std::mem::replace(&mut *last, checkpoint.size);
        format!("old {old}\n{proof}\n{note}")
    }

    /// Somebody with a link that is good, for an agreement that no scene is about.
    pub async fn holder_of_another_link(&self) -> Client {
        let id = journey::in_sign_off(&self.app, &[&self.lead, &self.party]).await;
        let things = super::scenes_of_records::linked(self, &id).await;
        things.own.expect("the holder")
    }
}

/// The address of the first link that begins so, from there to the next slash.
pub fn id_in(page: &Page, before: &str) -> String {
    let hrefs = page.hrefs("main a");
    let found = hrefs.iter().find_map(|href| href.strip_prefix(before));
    let rest = found.unwrap_or_else(|| panic!("no link to {before} in {hrefs:?}"));
    rest.split(['/', '?', '#']).next().unwrap().to_owned()
}

/// What a link on `after` has that no link on `earlier` has.
pub fn new_id(earlier: &Page, after: &Page, before: &str) -> String {
    let known = earlier.hrefs("main a");
    let hrefs = after.hrefs("main a");
    let found = hrefs
        .iter()
        .filter(|href| !known.contains(href))
        .find_map(|href| href.strip_prefix(before));
    let rest = found.unwrap_or_else(|| panic!("no new link to {before} in {hrefs:?}"));
    rest.split(['/', '?', '#']).next().unwrap().to_owned()
}

/// The secret part of a link that a page shows, such as `/invitations/…`.
pub fn token_in(page: &Page, before: &str) -> String {
    let (_, rest) = page
        .text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in: {}", page.words()));
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
    rest[..end.unwrap_or(rest.len())].to_owned()
}

/// The world's own organisations, by the names that addresses use, and a new number.
pub fn known(world: &World) -> Things {
    let number = world.number();
    Things::of([
        ("lead", world.lead.id().as_str()),
        ("party", world.party.id().as_str()),
        ("another", world.another.id.as_str()),
        ("n", &number.to_string()),
        ("n6", &format!("{number:06}")),
    ])
}
