//! People with credentials of every kind, and what administrators look after.

use aldgate::identity::account_links;
use aldgate::identity::account_links::Kind;
use aldgate::identity::api_tokens as tokens;
use aldgate::identity::api_tokens::TokenScope;
use aldgate::identity::proofs;
use aldgate::identity::proofs::Proof;
use aldgate::kernel::ids::PersonId;
use aldgate::organisations::roles;
use db::args;
use packs::Role;
use totp_rs::{Builder, Secret};

use super::case::Things;
use super::world::{DOMAIN, World, id_in, new_id, token_in};
use crate::support::journey::Party;
use crate::support::{Client, Device, PASSWORD, Page};

db::sql! {
    END = "update sessions set ended_at = $2 where person_id = $1 and ended_at is null";
    SENT = "select payload from jobs where kind = 'account_link.send' and payload like $1";
}

const NEW_PASSWORD: &str = "three random words";

async fn add_person(world: &World, things: &Things) -> Page {
    let administrator = world.lead.administrator_client(&world.app).await;
    let email = things.fill("new-{n}@lead.example");
    let new = [
        ("person_name", "New Person"),
        ("email", email.as_str()),
        ("roles", "viewer"),
    ];
    let page = administrator.post("/organisation/people/new", &new).await;
    assert_eq!(page.status, 200, "{}", page.words());
    page
}

pub async fn invited(world: &World, things: Things) -> Things {
    let page = add_person(world, &things).await;
    things
        .with("token", token_in(&page, "/invitations/"))
        .with("new_password", NEW_PASSWORD)
}

/// A person who has a role and no password yet.
pub async fn not_joined(world: &World, things: Things) -> Things {
    let ctx = world.app.operator();
    let email = things.fill("not-joined-{n}@lead.example");
    let proof = Proof::Operator;
    let (person, change) = proofs::add(&ctx, "Not Joined", &email, None, &proof);
    let role = Role::Viewer.into();
    let change = change.and(roles::grant(&ctx, world.lead.id(), &person, &role));
    ctx.commit(change).await.unwrap();
    things.with("person", person)
}

/// The lead offers a role to somebody of the party.
pub async fn offered(world: &World, things: Things) -> Things {
    let name = things.fill("Offered {n}");
    let party = &world.party.partner;
    let person = world.app.person(party, &name, &[Role::Viewer]).await;
    let client = world.app.signed_in(party, &person).await;
    let administrator = world.lead.administrator_client(&world.app).await;
    let before = administrator.get("/organisation/people").await;
    let email = things.fill("offered-{n}@party-brigade.example");
    let new = [
        ("person_name", name.as_str()),
        ("email", email.as_str()),
        ("roles", "viewer"),
    ];
    let page = administrator.post("/organisation/people/new", &new).await;
    assert_eq!(page.status, 200, "{}", page.words());
    let after = administrator.get("/organisation/people").await;
    let id = new_id(&before, &after, "/organisation/offers/");
    things.with("id", id).owned_by(client)
}

/// Somebody has forgotten their password, and reads their mail.
pub async fn forgotten(world: &World, things: Things) -> Things {
    let things = person(world, things).await;
    let ctx = world.app.operator();
    let email = &things.values["email"];
    let change = account_links::ask(&ctx, Kind::Reset, email).await.unwrap();
    ctx.commit(change.expect("the first link")).await.unwrap();
    let like = format!("%{email}%");
    let job = world.app.app.db.one(&SENT, args![like]).await.unwrap();
    let sent: serde_json::Value = serde_json::from_str(&job.text("payload").unwrap()).unwrap();
    let token = sent["token"].as_str().unwrap().to_owned();
    things
        .with("token", token)
        .with("new_password", "three other random words")
}

/// Another organisation invited somebody with an address of the lead's, and the lead's provider says who that is.
pub async fn disowning(world: &World, things: Things) -> Things {
    let administrator = world.party.administrator_client(&world.app).await;
    let email = format!("{}@{DOMAIN}", things.fill("disowning-{n}"));
    let new = [
        ("person_name", "Asha Rai"),
        ("email", email.as_str()),
        ("roles", "viewer"),
    ];
    let page = administrator.post("/organisation/people/new", &new).await;
    let link = format!("/invitations/{}", token_in(&page, "/invitations/"));
    let invited = world.app.nobody();
    invited.done(&link, &[("password", NEW_PASSWORD)]).await;
    let browser = world.app.nobody();
    let back = world.at_provider(&browser, &email).await;
    assert_eq!(
        browser.get(&back).await.location,
        "/me/organisation-sign-in"
    );
    let asked = browser.get("/me/organisation-sign-in").await;
    assert_eq!(asked.h1(), "Is this account yours?", "{}", asked.words());
    things.owned_by(browser)
}

pub async fn demo(world: &World, things: Things) -> Things {
    let ctx = world.app.operator();
    let email = things.fill("made-up-{n}@lead.demo.example");
    let proof = Proof::Operator;
    let (person, change) = proofs::add(&ctx, "Made Up", &email, None, &proof);
    let change = change.and(roles::grant(
        &ctx,
        world.lead.id(),
        &person,
        &Role::Viewer.into(),
    ));
    ctx.commit(change).await.unwrap();
    things.with("person", person)
}

/// Their session ended while they wrote, and they are back.
pub async fn kept_text(world: &World, things: Things) -> Things {
    let things = person(world, things).await;
    let page = own(&things).get("/agreements/new").await;
    let person: PersonId = things.values["person"].as_str().into();
    let mut tx = world.app.app.db.begin().await.unwrap();
    let now = world.app.app.clock.now().0;
    tx.execute(&END, args![&person, now]).await.unwrap();
    tx.commit().await.unwrap();
    let token = page.value("form_token");
    let fields = [("form_token", token.as_str()), ("title", "Typed too late")];
    let asked = own(&things).post_form("/agreements/new", &fields).await;
    let kept = asked.value("next");
    let id = kept.strip_prefix("/kept/").expect("it is kept").to_owned();
    let client = world.app.signed_in(&world.lead.partner, &person).await;
    things.with("kept", id).owned_by(client)
}

/// A new author of the lead, with a password, signed in.
pub async fn person(world: &World, things: Things) -> Things {
    let (person, client) = world.somebody(Role::Author).await;
    things
        .with("person", person)
        .with("email", world.last_address())
        .with("password", PASSWORD)
        .owned_by(client)
}

fn own(things: &Things) -> &Client {
    things.own.as_ref().expect("a browser")
}

/// Whose device has a passkey; `{code}` is a recovery code.
async fn with_device(world: &World, things: Things) -> (Things, Device) {
    let things = person(world, things).await;
    let device = Device::new();
    let made = device.add_to(own(&things), "Phone").await;
    let code = made.all("#recovery-codes li").remove(0);
    let list = own(&things).get("/me").await;
    let passkey = id_in(&list, "/me/passkeys/");
    (things.with("code", code).with("passkey", passkey), device)
}

pub async fn passkey(world: &World, things: Things) -> Things {
    with_device(world, things).await.0
}

pub async fn making_passkey(world: &World, things: Things) -> Things {
    let things = person(world, things).await;
    let page = own(&things)
        .post("/me/passkeys/new", &[("passkey_name", "Phone")])
        .await;
    assert_eq!(page.status, 200, "{}", page.words());
    let made = Device::new().create(&page);
    things
        .with("nonce", page.value("nonce"))
        .with("passkey", made)
}

pub async fn passkey_sign_in(world: &World, things: Things) -> Things {
    let (things, device) = with_device(world, things).await;
    let browser = world.app.nobody();
    let page = browser.get("/sign-in").await;
    let answer = device.answer(&page, "");
    things
        .with("nonce", page.value("nonce"))
        .with("passkey", answer)
        .owned_by(browser)
}

pub async fn setting_up_app(world: &World, things: Things) -> Things {
    let things = person(world, things).await;
    let page = own(&things).post("/me/authenticator", &[]).await;
    assert_eq!(page.status, 200, "{}", page.words());
    let shown = page.all("#secret").concat().replace(' ', "");
    let at = u64::try_from(world.app.app.clock.now().0 / 1_000_000).unwrap();
    let secret = Secret::try_from_base32(shown).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    things
        .with("nonce", page.value("nonce"))
        .with("secret", page.value("secret"))
        .with("code", totp.generate(at))
}

/// `{code}` is a recovery code.
pub async fn app(world: &World, things: Things) -> Things {
    let things = setting_up_app(world, things).await;
    let fields = ["nonce", "secret", "code"].map(|name| (name, things.values[name].clone()));
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let done = own(&things)
        .post("/me/authenticator/confirm", &fields)
        .await;
    let code = done.all("#recovery-codes li").remove(0);
    things.with("code", code)
}

/// The password was right, and the code is asked for.
pub async fn code_sign_in(world: &World, things: Things) -> Things {
    let things = app(world, things).await;
    let browser = world.app.nobody();
    let fields = [
        ("email", things.values["email"].as_str()),
        ("password", PASSWORD),
    ];
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(page.status, 200, "{}", page.words());
    things
        .with("nonce", page.value("nonce"))
        .with("person", page.value("person"))
        .owned_by(browser)
}

/// A person who is signed in elsewhere too.
pub async fn other_session(world: &World, things: Things) -> Things {
    let things = person(world, things).await;
    let id = things.values["person"].as_str().into();
    world.app.signed_in(&world.lead.partner, &id).await;
    let page = own(&things).get("/me/sessions").await;
    let session = id_in(&page, "/me/sessions/");
    things.with("session", session)
}

pub async fn at_provider(world: &World, things: Things) -> Things {
    let browser = world.app.nobody();
    let email = format!("{}@{DOMAIN}", things.fill("back-{n}"));
    let back = world.at_provider(&browser, &email).await;
    let (_, query) = back.split_once('?').unwrap();
    things.with("answer", query).owned_by(browser)
}

/// Somebody with a password of their own, whose provider has said who they are.
pub async fn linking_provider(world: &World, things: Things) -> Things {
    let ctx = world.app.operator();
    let email = format!("{}@{DOMAIN}", things.fill("linking-{n}"));
    let hash = aldgate::identity::credential::hash(&ctx, PASSWORD.to_owned())
        .await
        .unwrap();
    let (person, change) = proofs::add(&ctx, "Asha Rai", &email, Some(hash), &Proof::Mail);
    let lead = &world.lead.partner;
    let role = Role::Author.into();
    let change = change.and(roles::grant(&ctx, &lead.id, &person, &role));
    ctx.commit(change).await.unwrap();
    let browser = world.app.nobody();
    let back = world.at_provider(&browser, &email).await;
    let page = browser.get(&back).await;
    assert_eq!(page.location, "/me/organisation-sign-in");
    let fields = [("email", email.as_str()), ("password", PASSWORD)];
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(page.status, 303, "{}", page.words());
    things.with("person", person).owned_by(browser)
}

pub async fn without_statements(world: &World, things: Things) -> Things {
    let name = things.fill("Bare Council {n}");
    let bare = Party::without_statements(&world.app, &name, "borough").await;
    things.owned_by(bare.author_client(&world.app).await)
}

/// Somebody says that an organisation which the lead has listed is theirs; `{claim}`.
pub async fn claim(world: &World, things: Things) -> Things {
    let author = world.lead.author_client(&world.app).await;
    let administrator = world.lead.administrator_client(&world.app).await;
    let before = administrator.get("/in-tray").await;
    let fee = format!("ZB{:06}", world.number());
    let name = things.fill("Helping Hands {n}");
    let listed = [
        ("name", name.as_str()),
        ("kind", "vcs"),
        ("fee_number", fee.as_str()),
        ("seen", "yes"),
    ];
    author.done("/organisations/external/new", &listed).await;
    let browser = world.app.nobody();
    let email = things.fill("hal-{n}@hands.example");
    let registers = [
        ("name", name.as_str()),
        ("kind", "vcs"),
        ("area", "Camden"),
        ("fee_number", fee.as_str()),
        ("person_name", "Hal Hand"),
        ("email", email.as_str()),
        ("password", PASSWORD),
    ];
    let page = browser.done("/organisations/new", &registers).await;
    assert_eq!(page.h1(), "Waiting for confirmation", "{}", page.words());
    let after = administrator.get("/in-tray").await;
    let id = new_id(&before, &after, "/claims/");
    things.with("id", id).owned_by(browser)
}

pub async fn claimant(world: &World, things: Things) -> Things {
    claim(world, things).await
}

/// Somebody whom the provider knows waits for a role.
pub async fn joiner(world: &World, things: Things) -> Things {
    let administrator = world.lead.administrator_client(&world.app).await;
    let before = administrator.get("/in-tray").await;
    let browser = world.app.nobody();
    let email = format!("{}@{DOMAIN}", things.fill("joiner-{n}"));
    let back = world.at_provider(&browser, &email).await;
    assert_eq!(browser.get(&back).await.location, "/in-tray");
    let after = administrator.get("/in-tray").await;
    let id = new_id(&before, &after, "/organisation/joiners/");
    things.with("id", id).owned_by(browser)
}

pub async fn token(world: &World, things: Things) -> Things {
    let (person, client) = world.somebody(Role::Author).await;
    let partner = &world.lead.partner;
    let ctx = world.app.acting(partner, &person, &[Role::Author]);
    let name = things.fill("Token {n}");
    let until = ctx.now.0 + 86_400_000_000;
    let (_, change) = tokens::add(&ctx, &name, &[TokenScope::Read], until).unwrap();
    ctx.commit(change).await.unwrap();
    let held = tokens::held(&ctx, &partner.id).await.unwrap();
    let token = held.iter().find(|token| token.name == name).unwrap();
    things.with("id", &token.id).owned_by(client)
}

/// Somebody else's role; `{person}`.
pub async fn role(world: &World, things: Things) -> Things {
    let administrator = world.lead.administrator_client(&world.app).await;
    let before = administrator.get("/organisation/people").await;
    let (person, _) = world.somebody(Role::Viewer).await;
    let after = administrator.get("/organisation/people").await;
    let id = new_id(&before, &after, "/organisation/roles/");
    things.with("id", id).with("person", person)
}

pub async fn domain(world: &World, things: Things) -> Things {
    let administrator = world.lead.administrator_client(&world.app).await;
    let before = administrator.get("/organisation/domains").await;
    let domain = things.fill("borough-{n}.gov.uk");
    let named = [("domain", domain.as_str())];
    let after = administrator.done("/organisation/domains", &named).await;
    let id = new_id(&before, &after, "/organisation/domains/");
    things.with("id", id)
}
