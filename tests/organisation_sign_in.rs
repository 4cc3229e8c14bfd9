//! People sign in at the provider of their organisation: set up by an administrator, found by a confirmed
//! domain, held against everything that a false answer could be, and asked again before they decide.

use aldgate::identity::proofs;
use aldgate::identity::proofs::Proof;
use aldgate::kernel::ids::PersonId;
use aldgate::organisations::domains;
use aldgate::records::lines::Stage;
use aldgate::settings::Settings;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::args;
use jiff::SignedDuration;
use packs::Role;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::support::journey::{self, Party};
use crate::support::provider::{CLIENT, Provider, Question, SECRET};
use crate::support::{Client, PASSWORD, Page, Partner, TestApp, settings};

db::sql! {
    ACTS = "select act from acts order by sequence";
    PROVIDERS = "select client_secret from providers";
    SESSIONS = "select said, id_token from sessions where bound_to is not null and ended_at is null";
    PROOF = "select proof from lines where id = $1";
    GIVE = "update people set password = null where id = $1";
    LINK = "insert into openid_accounts (issuer, subject, person_id, organisation_id, linked_at)
        values ($1, $2, $3, $4, 0)";
}

const DOMAIN: &str = "camden.gov.uk";
const ASHA: &str = "asha.rai@camden.gov.uk";

async fn gateway() -> TestApp {
    TestApp::with(Settings {
        openid_loopback: true,
        ..settings()
    })
    .await
}

fn now(app: &TestApp) -> i64 {
    app.app.clock.now().0 / 1_000_000
}

/// What the administrator fills in.
fn filled(provider: &Provider) -> [(&'static str, String); 3] {
    [
        ("issuer", provider.issuer.clone()),
        ("client_id", CLIENT.to_owned()),
        ("client_secret", SECRET.to_owned()),
    ]
}

async fn set_provider(administrator: &Client, provider: &Provider) -> Page {
    let filled = filled(provider);
    let fields: Vec<(&str, &str)> = filled.iter().map(|(n, v)| (*n, v.as_str())).collect();
    administrator.post("/organisation/sign-in", &fields).await
}

/// Names a domain, and the operator confirms it.
async fn set_domain(app: &TestApp, administrator: &Client, domain: &str) {
    let named = administrator
        .post("/organisation/domains", &[("domain", domain)])
        .await;
    assert_eq!(
        named.location,
        "/organisation/domains?done=named",
        "{}",
        named.words()
    );
    let operator = app.operator();
    let all = domains::all(&operator).await.unwrap();
    let one = all
        .iter()
        .find(|one| one.domain == domain && one.confirmed.is_none())
        .unwrap();
    let change = domains::decide(&operator, one, true).await.unwrap();
    operator.commit(change).await.unwrap();
}

/// An organisation whose people can sign in at a provider, and its administrator.
async fn ready(app: &TestApp) -> (Partner, Client, Provider) {
    let council = app.organisation("Camden Council", "borough").await;
    let administrator = app
        .client(&council, "Amir Admin", &[Role::Administrator])
        .await;
    let provider = Provider::start().await;
    let set = set_provider(&administrator, &provider).await;
    assert_eq!(
        set.location,
        "/organisation/sign-in?done=saved",
        "{}",
        set.words()
    );
    set_domain(app, &administrator, DOMAIN).await;
    (council, administrator, provider)
}

/// What the page that sends people on asks the provider.
fn question(page: &Page) -> Question {
    assert_eq!(page.status, 200, "{}", page.words());
    let refresh = page.headers["refresh"].to_str().unwrap();
    let on = page.hrefs("main a.govuk-button").remove(0);
    assert_eq!(refresh, format!("0; url={on}"));
    Question::read(&on)
}

async fn begin(client: &Client, email: &str) -> Question {
    let page = client
        .post("/sign-in/organisation", &[("email", email)])
        .await;
    let question = question(&page);
    assert_eq!(question.one("login_hint"), email);
    assert_eq!(question.one("response_type"), "code");
    question
}

/// Signs in at the provider, and comes back.
async fn sign_in(
    app: &TestApp,
    provider: &Provider,
    client: &Client,
    subject: &str,
    email: &str,
) -> Page {
    let question = begin(client, email).await;
    let claims = provider.claims(&question, now(app), subject, email);
    client.get(&provider.answer(&question, &claims)).await
}

#[tokio::test]
async fn an_administrator_sets_it_up_and_somebody_joins_gets_a_role_and_signs_out() {
    let app = gateway().await;
    let (_, administrator, provider) = ready(&app).await;
    let asha = app.nobody();
    let entered = sign_in(&app, &provider, &asha, "subject-1", ASHA).await;
    assert_eq!(
        (entered.status, entered.location.as_str()),
        (303, "/in-tray"),
        "{}",
        entered.words()
    );
    let tray = asha.get("/in-tray").await;
    assert!(tray.says("have no role there yet"), "{}", tray.words());
    for closed in ["/organisation/people", "/organisation/sign-in"] {
        assert_ne!(asha.get(closed).await.status, 200, "{closed}");
    }

    let tray = administrator.get("/in-tray").await;
    let page = administrator.get(&tray.link("waits for a role")).await;
    assert!(page.says(ASHA), "{}", page.words());
    let path = tray.link("waits for a role");
    let thief = administrator.thief();
    let give = [("decision", "take_in"), ("roles", "author")];
    assert_eq!(thief.post(&path, &give).await.errors()[0].0, "password");
    assert_eq!(
        asha.post(&path, &give).await.status,
        404,
        "no one takes themselves in"
    );
    let none = administrator.post(&path, &[("decision", "take_in")]).await;
    assert_eq!(none.errors()[0].0, "roles");
    let given = administrator.post(&path, &give).await;
    assert_eq!(given.location, "/organisation/people?done=granted");
    assert_eq!(
        administrator.post(&path, &give).await.status,
        422,
        "decided once"
    );
    assert_eq!(asha.get("/agreements").await.status, 200);
    let people = administrator.get("/organisation/people").await;
    assert!(
        people.says("Asha Rai") && !people.says("not joined yet"),
        "{}",
        people.words()
    );

    // What the provider said is kept with the session, and its token only locked.
    let row = app.app.db.one(&SESSIONS, &[]).await.unwrap();
    let said: Json = serde_json::from_str(&row.text("said").unwrap()).unwrap();
    let expected = json!({ "issuer": provider.issuer, "amr": ["pwd", "otp"], "acr": "2", "auth_time": now(&app) });
    assert_eq!(said, expected);
    assert!(!row.text("id_token").unwrap().contains('.'), "locked");

    let left = asha.post("/sign-out", &[]).await;
    let leaving = question(&left);
    assert_eq!(leaving.one("client_id"), CLIENT);
    assert_eq!(leaving.one("id_token_hint").split('.').count(), 3);
    assert!(leaving.one("post_logout_redirect_uri").ends_with(":8080/"));
    assert!(asha.get("/in-tray").await.location.starts_with("/sign-in"));
    // The subject counts from now on, whatever the address is.
    let again = sign_in(
        &app,
        &provider,
        &asha,
        "subject-1",
        "asha.new@camden.gov.uk",
    )
    .await;
    assert_eq!(again.location, "/in-tray");
    assert_eq!(asha.get("/agreements").await.status, 200);

    // The secret is nowhere but locked.
    let page = administrator.get("/organisation/sign-in").await;
    assert!(!page.text.contains(SECRET));
    for row in app.app.db.all(&ACTS, &[]).await.unwrap() {
        let act = row.opt_text("act").unwrap().unwrap_or_default();
        assert!(!act.contains(SECRET), "{act}");
    }
    let kept = app.app.db.one(&PROVIDERS, &[]).await.unwrap();
    assert!(!kept.text("client_secret").unwrap().contains(SECRET));
    let tried = administrator.post("/organisation/sign-in/try", &[]).await;
    assert_eq!(tried.location, "/organisation/sign-in?done=tried");
    app.ends_clean().await;
}

#[tokio::test]
async fn whoever_is_sent_away_sees_nothing() {
    let app = gateway().await;
    let (_, administrator, provider) = ready(&app).await;
    let asha = app.nobody();
    sign_in(&app, &provider, &asha, "subject-1", ASHA).await;
    let path = administrator.get("/in-tray").await.link("waits for a role");
    let away = administrator
        .post(&path, &[("decision", "send_away")])
        .await;
    assert_eq!(away.location, "/in-tray");
    assert!(
        asha.get("/in-tray").await.location.starts_with("/sign-in"),
        "signed out"
    );
    sign_in(&app, &provider, &asha, "subject-1", ASHA).await;
    let tray = asha.get("/in-tray").await;
    assert!(tray.says("has not given you a role"), "{}", tray.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn false_answers_do_not_count() {
    let app = gateway().await;
    let (_, _, provider) = ready(&app).await;
    let at = now(&app);
    let set =
        |name: &'static str, value: Json| move |claims: &mut Json| claims[name] = value.clone();
    type Change = Box<dyn Fn(&mut Json)>;
    let false_claims: Vec<(&str, Change)> = vec![
        ("wrong nonce", Box::new(set("nonce", json!("another")))),
        (
            "no nonce",
            Box::new(|claims| {
                claims.as_object_mut().unwrap().remove("nonce");
            }),
        ),
        (
            "wrong audience",
            Box::new(set("aud", json!("another-client"))),
        ),
        (
            "another audience too",
            Box::new(set("aud", json!([CLIENT, "another-client"]))),
        ),
        (
            "made for another client",
            Box::new(set("azp", json!("another-client"))),
        ),
        (
            "another issuer",
            Box::new(set("iss", json!("https://login.example.org"))),
        ),
        (
            "of several audiences, and made for another",
            Box::new(|claims| {
                claims["aud"] = json!([CLIENT, "another-client"]);
                claims["azp"] = json!("another-client");
            }),
        ),
        (
            "made for no one that can be named",
            Box::new(set("azp", json!(1))),
        ),
        ("no audience", Box::new(set("aud", json!([])))),
        (
            "expired, as a date",
            Box::new(set("exp", json!("2026-11-21T09:58:59Z"))),
        ),
        ("never expires", Box::new(set("exp", Json::Null))),
        ("counts only later", Box::new(set("nbf", json!(at + 61)))),
        ("expired", Box::new(set("exp", json!(at - 61)))),
        ("from the future", Box::new(set("iat", json!(at + 61)))),
        ("about no one", Box::new(set("sub", json!("")))),
        (
            "not a checked address",
            Box::new(set("email_verified", json!(false))),
        ),
        (
            "silent about the address",
            Box::new(set("email_verified", Json::Null)),
        ),
        (
            "another domain",
            Box::new(set("email", json!("asha@brent.gov.uk"))),
        ),
        (
            "a lookalike domain",
            Box::new(set("email", json!("asha@notcamden.gov.uk"))),
        ),
        (
            "a domain below",
            Box::new(set("email", json!("asha@x.camden.gov.uk"))),
        ),
        (
            "two ats",
            Box::new(set("email", json!("asha@evil.example@camden.gov.uk"))),
        ),
    ];
    for (what, change) in false_claims {
        let browser = app.nobody();
        let asked = begin(&browser, ASHA).await;
        let mut claims = provider.claims(&asked, at, "subject-1", ASHA);
        change(&mut claims);
        let back = browser.get(&provider.answer(&asked, &claims)).await;
        assert_eq!(back.status, 422, "{what}: {}", back.words());
        assert!(
            browser
                .get("/in-tray")
                .await
                .location
                .starts_with("/sign-in"),
            "{what}"
        );
    }

    // Tokens that are signed otherwise than by the provider's key.
    let unsigned = |token: &str, header: Json, signature: &str| {
        let payload = token.split('.').nth(1).unwrap();
        format!(
            "{}.{payload}.{signature}",
            URL_SAFE_NO_PAD.encode(header.to_string())
        )
    };
    let browser = app.nobody();
    for forged in ["none", "HS256", "spoilt"] {
        let asked = begin(&browser, ASHA).await;
        let token = provider.signed(&provider.claims(&asked, at, "subject-1", ASHA));
        let forged = match forged {
            "none" => unsigned(&token, json!({ "alg": "none" }), ""),
            "HS256" => {
                let text = unsigned(&token, json!({ "alg": "HS256" }), "");
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
                let code = ring::hmac::sign(&key, text.trim_end_matches('.').as_bytes());
                format!("{text}{}", URL_SAFE_NO_PAD.encode(code))
            }
            _ => {
                let (text, signature) = token.rsplit_once('.').unwrap();
                let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
                bytes[0] ^= 1;
                format!("{text}.{}", URL_SAFE_NO_PAD.encode(bytes))
            }
        };
        let back = browser.get(&provider.answer_with(&asked, forged)).await;
        assert_eq!(back.status, 422, "{}", back.words());
    }

    // Clocks that differ by a minute are taken for one.
    for (subject, change) in [
        ("old", json!({ "exp": at - 59 })),
        ("new", json!({ "iat": at + 59 })),
    ] {
        let asked = begin(&browser, ASHA).await;
        let email = format!("{subject}@camden.gov.uk");
        let mut claims = provider.claims(&asked, at, subject, &email);
        claims
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let back = browser.get(&provider.answer(&asked, &claims)).await;
        assert_eq!(back.location, "/in-tray", "{subject}: {}", back.words());
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn claims_of_unusual_types_stop_nobody() {
    let app = gateway().await;
    let (_, administrator, provider) = ready(&app).await;
    let at = now(&app);
    let date = "2026-11-21T10:00:00.000Z";
    let unusual = [
        (
            "second audience",
            json!({ "aud": [CLIENT, "project"], "azp": CLIENT }),
        ),
        ("one audience in a list", json!({ "aud": [CLIENT] })),
        ("a date for updated_at", json!({ "updated_at": date })),
        ("a number for acr", json!({ "acr": 1 })),
        ("text for amr", json!({ "amr": "pwd" })),
        ("a date for auth_time", json!({ "auth_time": date })),
        (
            "text for the times",
            json!({ "exp": (at + 300).to_string(), "iat": at.to_string() }),
        ),
        (
            "fractions of seconds",
            json!({ "exp": at as f64 + 300.5, "iat": at as f64 + 0.5 }),
        ),
        (
            "dates for the times",
            json!({ "exp": "2026-11-21T10:05:00Z", "iat": date }),
        ),
        ("a number for sub", json!({ "sub": 4711 })),
        (
            "everything else of another type",
            json!({
                "address": "1 High Street", "birthdate": 1970, "phone_number": 207, "locale": { "name": "cy" },
                "zoneinfo": 1, "gender": 2, "picture": "no address", "website": [], "profile": 3, "nickname": false,
                "given_name": 4, "family_name": 5, "at_hash": 6, "c_hash": [], "phone_number_verified": "yes",
                "preferred_username": 7, "groups": "staff", "_claim_names": 8, "jti": 9, "sid": {}, "email_verified": "True",
            }),
        ),
    ];
    for (number, (what, said)) in unusual.into_iter().enumerate() {
        let browser = app.nobody();
        let email = format!("somebody.{number}@camden.gov.uk");
        let asked = begin(&browser, &email).await;
        let mut claims = provider.claims(&asked, at, &format!("subject-{number}"), &email);
        let more = said.as_object().unwrap().clone();
        claims.as_object_mut().unwrap().extend(more);
        let back = browser.get(&provider.answer(&asked, &claims)).await;
        assert_eq!(back.location, "/in-tray", "{what}: {}", back.words());
    }

    // What goes wrong is said to the administrator, with the name of the claim.
    let page = administrator.get("/organisation/sign-in").await;
    assert!(!page.says("did not count"), "{}", page.words());
    let browser = app.nobody();
    let asked = begin(&browser, ASHA).await;
    let mut claims = provider.claims(&asked, at, "subject-1", ASHA);
    claims["aud"] = json!([CLIENT, "project"]);
    assert_eq!(
        browser.get(&provider.answer(&asked, &claims)).await.status,
        422
    );
    let page = administrator.get("/organisation/sign-in").await;
    let why = "an answer of your provider did not count: its ID token does not count: the claim azp is missing";
    assert!(page.says(why), "{}", page.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn a_description_of_unusual_types_stops_nobody() {
    let app = gateway().await;
    let (_, administrator, provider) = ready(&app).await;
    provider.describes(json!({
        "response_types_supported": "code", "subject_types_supported": Json::Null, "scopes_supported": 1,
        "id_token_signing_alg_values_supported": { "RS256": true }, "claims_supported": "sub", "ui_locales_supported": 2,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", 3], "userinfo_endpoint": Json::Null,
        "display_values_supported": false, "request_parameter_supported": "false", "op_policy_uri": "no address",
    }));
    let set = set_provider(&administrator, &provider).await;
    assert_eq!(
        set.location,
        "/organisation/sign-in?done=saved",
        "{}",
        set.words()
    );
    let asha = app.nobody();
    let entered = sign_in(&app, &provider, &asha, "subject-1", ASHA).await;
    assert_eq!(entered.location, "/in-tray", "{}", entered.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn an_answer_counts_once_in_the_browser_that_asked_and_from_the_provider_that_was_asked() {
    let app = gateway().await;
    let (council, _, provider) = ready(&app).await;
    let at = now(&app);
    let refused = |page: &Page| assert_eq!(page.status, 422, "{}", page.words());

    let browser = app.nobody();
    let asked = begin(&browser, ASHA).await;
    let claims = provider.claims(&asked, at, "subject-1", ASHA);
    let answer = provider.answer(&asked, &claims);
    // Another browser, that asked nothing, or something else.
    let other = app.nobody();
    refused(&other.get(&answer).await);
    begin(&other, ASHA).await;
    refused(&other.get(&answer).await);
    // Another state, another issuer, and no issuer, where the provider says that it names itself.
    let asked = begin(&browser, ASHA).await;
    let answer = provider.answer(&asked, &claims);
    refused(
        &browser
            .get(&answer.replace(asked.one("state"), &"0".repeat(64)))
            .await,
    );
    for mixed_up in ["&iss=https%3A%2F%2Flogin.example.org", ""] {
        let asked = begin(&browser, ASHA).await;
        let answer = provider.answer(&asked, &provider.claims(&asked, at, "subject-1", ASHA));
        let (start, _) = answer.split_once("&iss=").unwrap();
        refused(&browser.get(&format!("{start}{mixed_up}")).await);
    }
    // Brought to another organisation's address.
    let hackney = app.organisation("Hackney Council", "borough").await;
    let asked = begin(&browser, ASHA).await;
    let answer = provider.answer(&asked, &provider.claims(&asked, at, "subject-1", ASHA));
    refused(
        &browser
            .get(&answer.replace(council.id.as_str(), hackney.id.as_str()))
            .await,
    );
    // Later than ten minutes.
    let asked = begin(&browser, ASHA).await;
    app.app.clock.advance(SignedDuration::from_mins(11));
    let late = provider.claims(&asked, now(&app), "subject-1", ASHA);
    refused(&browser.get(&provider.answer(&asked, &late)).await);
    // A person who refuses there.
    let asked = begin(&browser, ASHA).await;
    let path = answer.split_once('?').unwrap().0;
    let denied = format!(
        "{path}?error=access_denied&state={}&iss={}",
        asked.one("state"),
        provider.issuer
    );
    let page = browser.get(&denied).await;
    assert!(page.says("You were not signed in at"), "{}", page.words());

    // The same answer a second time, with the cookie of the first: the code is used up.
    let asked = begin(&browser, ASHA).await;
    let copy = browser.thief();
    let claims = provider.claims(&asked, now(&app), "subject-1", ASHA);
    let answer = provider.answer(&asked, &claims);
    assert_eq!(browser.get(&answer).await.location, "/in-tray");
    refused(&copy.get(&answer).await);
    // Even with a fresh code for it.
    let answer = provider.answer_with(&asked, provider.signed(&claims));
    refused(&copy.get(&answer).await);
    assert!(copy.get("/in-tray").await.location.starts_with("/sign-in"));
    app.ends_clean().await;
}

#[tokio::test]
async fn keys_are_fetched_again_when_they_change_and_not_for_every_false_token() {
    let app = gateway().await;
    let (_, _, provider) = ready(&app).await;
    assert_eq!(
        sign_in(&app, &provider, &app.nobody(), "subject-1", ASHA)
            .await
            .status,
        303
    );
    let before = provider.key_requests();
    provider.new_key();
    assert_eq!(
        sign_in(&app, &provider, &app.nobody(), "subject-1", ASHA)
            .await
            .status,
        303
    );
    assert_eq!(provider.key_requests(), before + 1);
    // Who makes up keys cannot make us ask each time.
    let stranger = Provider::start().await;
    let browser = app.nobody();
    for _ in 0..5 {
        let asked = begin(&browser, ASHA).await;
        let mut claims = stranger.claims(&asked, now(&app), "subject-1", ASHA);
        claims["iss"] = json!(provider.issuer);
        let forged = stranger.signed(&claims);
        let back = browser.get(&provider.answer_with(&asked, forged)).await;
        assert_eq!(back.status, 422);
    }
    assert_eq!(provider.key_requests(), before + 1);
    app.app.clock.advance(SignedDuration::from_secs(61));
    provider.new_key();
    assert_eq!(
        sign_in(&app, &provider, &app.nobody(), "subject-1", ASHA)
            .await
            .status,
        303
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn an_account_is_taken_over_by_nobody_who_has_its_address() {
    let app = gateway().await;
    let (council, administrator, provider) = ready(&app).await;
    let ctx = app.operator();
    // Somebody with a password of their own, and work elsewhere too.
    let hash = aldgate::identity::credential::hash(&ctx, PASSWORD.to_owned())
        .await
        .unwrap();
    let (_, change) = proofs::add(&ctx, "Asha Rai", ASHA, Some(hash), &Proof::Mail);
    ctx.commit(change).await.unwrap();
    let browser = app.nobody();
    let back = sign_in(&app, &provider, &browser, "subject-1", ASHA).await;
    assert_eq!(back.location, "/me/organisation-sign-in");
    let asked = browser.get("/me/organisation-sign-in").await;
    assert_eq!(
        asked.location, "/sign-in?next=%2Fme%2Forganisation-sign-in",
        "not in"
    );
    // As somebody else it is not to be had.
    app.person(&council, "Dev Patel", &[Role::Author]).await;
    let dev = [
        ("email", "dev-patel@camden-council.example"),
        ("password", PASSWORD),
    ];
    assert_eq!(browser.post("/sign-in", &dev).await.status, 303);
    let wrong = browser.get("/me/organisation-sign-in").await;
    assert!(
        wrong.says("here you are signed in as dev-patel"),
        "{}",
        wrong.words()
    );
    // As themselves, and only with the credential.
    browser
        .post("/sign-in", &[("email", ASHA), ("password", PASSWORD)])
        .await;
    let page = browser.get("/me/organisation-sign-in").await;
    assert!(page.says(ASHA), "{}", page.words());
    let refused = browser
        .post(
            "/me/organisation-sign-in",
            &[("password", "guess guess guess")],
        )
        .await;
    assert_eq!(refused.status, 422);
    let linked = browser
        .post("/me/organisation-sign-in", &[("password", PASSWORD)])
        .await;
    assert_eq!(
        linked.location,
        "/me?done=organisation",
        "{}",
        linked.words()
    );
    assert!(
        browser
            .get("/me")
            .await
            .says("Signing in with an organisation")
    );
    let other = app.nobody();
    let back = sign_in(&app, &provider, &other, "subject-1", ASHA).await;
    assert_eq!(back.location, "/in-tray");
    assert!(other.get("/me").await.says("Asha Rai"));
    // What changes the account still asks for its own credential.
    let refused = other
        .post(
            "/me/password",
            &[("new_password", "three other random words")],
        )
        .await;
    assert_eq!(
        (refused.status, refused.errors()[0].0.as_str()),
        (422, "password")
    );

    // Somebody who was invited and has nothing yet comes in at once, and the link is spent.
    let invited = administrator
        .post(
            "/organisation/people/new",
            &[
                ("person_name", "Bo Lee"),
                ("email", "bo@camden.gov.uk"),
                ("roles", "viewer"),
            ],
        )
        .await;
    let link = invited.all("#invitation").concat();
    let bo = app.nobody();
    let back = sign_in(&app, &provider, &bo, "subject-2", "bo@camden.gov.uk").await;
    assert_eq!(back.location, "/in-tray");
    assert_eq!(bo.get("/agreements").await.status, 200);
    let (_, token) = link.split_once("/invitations/").unwrap();
    assert_eq!(
        app.nobody()
            .get(&format!("/invitations/{token}"))
            .await
            .status,
        422
    );
    // Whoever has the address after them at the same provider is another person.
    let next = app.nobody();
    let back = sign_in(&app, &provider, &next, "subject-3", "bo@camden.gov.uk").await;
    assert_eq!(back.location, "/me/organisation-sign-in");
    assert!(next.get("/in-tray").await.location.starts_with("/sign-in"));
    app.ends_clean().await;
}

#[tokio::test]
async fn an_account_that_somebody_made_with_an_address_keeps_its_owner_out_of_nothing() {
    let app = gateway().await;
    let (_, administrator, provider) = ready(&app).await;
    for (number, invited) in [(1, false), (2, true)] {
        let (email, subject) = (
            format!("new{number}@camden.gov.uk"),
            format!("subject-{number}"),
        );
        let squatter = app.nobody();
        let fields = [
            ("name", format!("Squat {number}")),
            ("kind", "supplier".to_owned()),
            ("person_name", "Rosa Newcomb".to_owned()),
            ("email", email.clone()),
            ("password", PASSWORD.to_owned()),
        ];
        let fields = fields.each_ref().map(|(n, v)| (*n, v.as_str()));
        squatter.done("/organisations/new", &fields).await;
        if invited {
            let fields = [
                ("person_name", "Rosa Newcomb"),
                ("email", &*email),
                ("roles", "author"),
            ];
            let page = administrator
                .post("/organisation/people/new", &fields)
                .await;
            assert_eq!(page.status, 200);
        }
        let rosa = app.nobody();
        let back = sign_in(&app, &provider, &rosa, &subject, &email).await;
        assert_eq!(back.location, "/in-tray", "{}", back.words());
        let expected = if invited { 200 } else { 404 };
        assert_eq!(rosa.get("/agreements").await.status, expected);
        assert!(squatter.get("/me").await.location.starts_with("/sign-in"));
        let again = squatter
            .post("/sign-in", &[("email", &email), ("password", PASSWORD)])
            .await;
        assert_eq!(again.status, 422);
    }
    // An account of this organisation's own is asked for as before, proved or not.
    let owner = app.nobody();
    let fields = [
        ("person_name", "Bo Lee"),
        ("email", "bo@camden.gov.uk"),
        ("roles", "viewer"),
    ];
    let page = administrator
        .post("/organisation/people/new", &fields)
        .await;
    let link = page.all("#invitation").concat();
    let path = &link[link.find("/invitations/").unwrap()..];
    owner.done(path, &[("password", PASSWORD)]).await;
    let back = sign_in(
        &app,
        &provider,
        &app.nobody(),
        "subject-3",
        "bo@camden.gov.uk",
    )
    .await;
    assert_eq!(back.location, "/me/organisation-sign-in");
    app.ends_clean().await;
}

#[tokio::test]
async fn a_provider_speaks_for_its_own_organisation_only() {
    let app = gateway().await;
    let (_, administrator, provider) = ready(&app).await;
    let asha = app.nobody();
    sign_in(&app, &provider, &asha, "subject-1", ASHA).await;
    // Another organisation gives the same person a role, and cannot have the account for it.
    let hackney = app.organisation("Hackney Council", "borough").await;
    let boss = app
        .client(&hackney, "Bea Boss", &[Role::Administrator])
        .await;
    let added = boss
        .post(
            "/organisation/people/new",
            &[
                ("person_name", "Asha Rai"),
                ("email", ASHA),
                ("roles", "senior_officer"),
            ],
        )
        .await;
    assert_eq!(added.all("#invitation").len(), 1, "{}", added.words());
    let offer = asha
        .get("/in-tray")
        .await
        .link("Hackney Council offers you a role");
    let asked = question(&asha.post(&offer, &[("decision", "accept")]).await);
    let claims = provider.claims(&asked, now(&app), "subject-1", ASHA);
    let finish = asha.get(&provider.answer(&asked, &claims)).await;
    let shown = finish.value("openid");
    let accepted = asha
        .post(&offer, &[("decision", "accept"), ("openid", &shown)])
        .await;
    assert_eq!(
        accepted.location,
        "/organisation/choose",
        "{}",
        accepted.words()
    );
    let people = boss.get("/organisation/people").await;
    let mut refused = 0;
    for roles in people.hrefs("a[href$='/roles']") {
        if boss.get(&roles).await.h1().contains("Asha") {
            let link = boss
                .post(&roles.replace("/roles", "/invitation"), &[])
                .await;
            assert!(
                link.status == 422 && link.all("#invitation").is_empty(),
                "{}",
                link.words()
            );
            refused += 1;
        }
    }
    assert_eq!(refused, 1);
    let path = administrator.get("/in-tray").await.link("waits for a role");
    administrator
        .post(&path, &[("decision", "take_in"), ("roles", "author")])
        .await;
    let choose = asha.get("/organisation/choose").await;
    assert!(choose.says("Camden Council") && !choose.text.contains(hackney.id.as_str()));
    let refused = asha
        .post(
            "/organisation/choose",
            &[("organisation", hackney.id.as_str())],
        )
        .await;
    assert_eq!(refused.status, 422);
    // Nor can it make credentials with which the person would act for the other.
    let page = asha.get("/me/password").await;
    assert!(
        page.text.contains("name=\"password\""),
        "the provider is not asked"
    );
    let refused = asha
        .post(
            "/me/password",
            &[("new_password", "three other random words")],
        )
        .await;
    assert_eq!(refused.status, 422);
    // Another organisation cannot have the domain.
    let named = boss
        .post("/organisation/domains", &[("domain", DOMAIN)])
        .await;
    assert_eq!(named.status, 303);
    let operator = app.operator();
    let all = domains::all(&operator).await.unwrap();
    let theirs = all
        .iter()
        .find(|one| one.organisation == hackney.id)
        .unwrap();
    assert!(domains::decide(&operator, theirs, true).await.is_err());
    // Removing the sign-in ends what began there.
    let removed = administrator
        .post("/organisation/sign-in/remove", &[])
        .await;
    assert_eq!(removed.location, "/organisation/sign-in?done=removed");
    assert!(asha.get("/in-tray").await.location.starts_with("/sign-in"));
    app.ends_clean().await;
}

/// Makes somebody with a password into somebody who signs in at the provider only.
async fn only_at_provider(app: &TestApp, partner: &Partner, person: &PersonId, issuer: &str) {
    let mut tx = app.app.db.begin().await.unwrap();
    tx.execute(&GIVE, args![person]).await.unwrap();
    tx.execute(&LINK, args![issuer, person.as_str(), person, &partner.id])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_fresh_sign_in_at_the_provider_signs_exactly_the_decision() {
    let app = gateway().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let administrator = council.administrator_client(&app).await;
    let provider = Provider::start().await;
    set_provider(&administrator, &provider).await;
    set_domain(&app, &administrator, DOMAIN).await;
    only_at_provider(&app, &council.partner, &council.officer, &provider.issuer).await;
    let subject = council.officer.as_str();
    let officer = app.nobody();
    let back = sign_in(&app, &provider, &officer, subject, "sol@camden.gov.uk").await;
    assert_eq!(back.location, "/in-tray", "{}", back.words());
    app.app.clock.advance(SignedDuration::from_mins(5));
    let at = now(&app);

    let id = journey::in_sign_off(&app, &[&council, &fire]).await;
    let path = journey::line_page(&app, &council, &id, Stage::SignOff).await;
    let page = officer.get(&path).await;
    assert!(
        page.says("you sign in again at 127.0.0.1"),
        "{}",
        page.words()
    );
    let seen = page.value("seen");
    let decline = [
        ("seen", seen.as_str()),
        ("decision", "decline"),
        ("reason", "Not \u{201c}yet\u{201d}, & so on"),
    ];
    let asked = question(&officer.post(&path, &decline).await);
    assert_eq!((asked.one("prompt"), asked.one("max_age")), ("login", "0"));

    // The session that was there before is no fresh sign-in, nor is somebody else's.
    let claims = provider.claims(&asked, at, subject, "sol@camden.gov.uk");
    let with = |name: &str, value: Json| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    for (what, claims) in [
        ("did not ask you", with("auth_time", json!(at - 61))),
        ("does not say when", with("auth_time", Json::Null)),
        ("Someone else", with("sub", json!("another"))),
    ] {
        let asked_again = question(&officer.post(&path, &decline).await);
        let mut claims = claims;
        claims["nonce"] = json!(asked_again.one("nonce"));
        let back = officer.get(&provider.answer(&asked_again, &claims)).await;
        assert!(
            back.status == 422 && back.says(what),
            "{what}: {}",
            back.words()
        );
    }

    // Shown for declining: what was typed is there again, and it is good for nothing else.
    let asked = question(&officer.post(&path, &decline).await);
    let claims = provider.claims(&asked, at, subject, "sol@camden.gov.uk");
    let finish = officer.get(&provider.answer(&asked, &claims)).await;
    assert_eq!(finish.h1(), "You have shown that it is you");
    assert_eq!(finish.value("reason"), decline[2].1);
    let shown = finish.value("openid");
    let turned = officer
        .post(
            &path,
            &[("seen", &seen), ("decision", "sign"), ("openid", &shown)],
        )
        .await;
    assert_eq!(
        (turned.status, turned.errors()[0].0.as_str()),
        (422, "proof")
    );
    let thief = app.nobody();
    let stolen = thief
        .post(
            &path,
            &[("seen", &seen), ("decision", "decline"), ("openid", &shown)],
        )
        .await;
    assert!(stolen.location.starts_with("/sign-in"));

    // Signing asks for itself.
    let sign = [("seen", seen.as_str()), ("decision", "sign")];
    let asked = question(&officer.post(&path, &sign).await);
    let claims = provider.claims(&asked, at, subject, "sol@camden.gov.uk");
    let finish = officer.get(&provider.answer(&asked, &claims)).await;
    let shown = finish.value("openid");
    let fields = [
        ("seen", seen.as_str()),
        ("decision", "sign"),
        ("openid", shown.as_str()),
    ];
    let signed = officer.done(&path, &fields).await;
    assert!(signed.says("Signed"), "{}", signed.words());
    assert_eq!(officer.post(&path, &fields).await.status, 422, "once");

    // The provider's own token is bound to the line, the version and the outcome.
    let line = path.rsplit('/').next().unwrap();
    let row = app.app.db.one(&PROOF, args![line]).await.unwrap();
    let proof: Json = serde_json::from_str(&row.text("proof").unwrap()).unwrap();
    assert_eq!(
        (&proof["credential"], &proof["issuer"]),
        (&json!("openid"), &json!(provider.issuer))
    );
    let nonce = proof["nonce"].as_str().unwrap();
    let statement = format!("aldgate-decision-v1\n{line}\n{seen}\nsigned\n{nonce}\n");
    let payload = proof["id_token"]
        .as_str()
        .unwrap()
        .split('.')
        .nth(1)
        .unwrap();
    let claims: Json = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!(
        claims["nonce"],
        URL_SAFE_NO_PAD.encode(Sha256::digest(statement))
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn addresses_inside_a_network_and_providers_for_everybody_are_refused_in_words() {
    // Without the setting for tests.
    let app = TestApp::new().await;
    let council = app.organisation("Camden Council", "borough").await;
    let administrator = app
        .client(&council, "Amir Admin", &[Role::Administrator])
        .await;
    let provider = Provider::start().await;
    for (issuer, words) in [
        (provider.issuer.as_str(), "must begin with https://"),
        ("https://127.0.0.1/", "inside a network"),
        ("https://10.0.0.1/realms/x", "inside a network"),
        ("https://169.254.169.254/", "inside a network"),
        ("https://[::1]/", "inside a network"),
        ("https://localhost/", "inside a network"),
        ("http://login.example.org", "must begin with https://"),
        ("login.example.org", "such as https://"),
        ("https://login.example.org/?x=1", "no question mark"),
        ("https://user@login.example.org/", "no question mark"),
        (
            "https://login.microsoftonline.com/common/v2.0",
            "people of any organisation",
        ),
        (
            "https://login.microsoftonline.com/organizations/v2.0",
            "people of any organisation",
        ),
        ("https://accounts.google.com/", "The address of Google is"),
        ("", "Enter the address"),
    ] {
        let fields = [
            ("issuer", issuer),
            ("client_id", "c"),
            ("client_secret", "s"),
        ];
        let page = administrator.post("/organisation/sign-in", &fields).await;
        let errors = page.errors();
        assert_eq!(errors[0].0, "issuer", "{issuer}");
        assert!(errors[0].1.contains(words), "{issuer}: {errors:?}");
        assert_eq!(page.value("issuer"), issuer, "nothing typed is lost");
    }
    for domain in ["gmail.com", "NHS.net", "camden", "10.0.0.1"] {
        let page = administrator
            .post("/organisation/domains", &[("domain", domain)])
            .await;
        assert_eq!(
            (page.status, page.errors()[0].0.as_str()),
            (422, "domain"),
            "{domain}"
        );
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn a_provider_that_does_not_fit_is_not_saved_and_its_secret_goes_nowhere_else() {
    let app = gateway().await;
    let (_, administrator, provider) = ready(&app).await;
    for (described, words) in [
        (
            json!({ "issuer": "https://login.example.org" }),
            "another provider",
        ),
        (
            json!({ "code_challenge_methods_supported": ["plain"] }),
            "S256",
        ),
        (
            json!({ "token_endpoint": null }),
            "no address at which codes",
        ),
        (json!({ "jwks_uri": "http://10.0.0.1/jwks" }), "https://"),
        (
            json!({ "jwks_uri": "https://10.0.0.1/jwks" }),
            "inside a network",
        ),
        (json!({ "jwks_uri": null }), "does not describe itself"),
    ] {
        provider.describes(described.clone());
        let page = set_provider(&administrator, &provider).await;
        assert_eq!(page.status, 422, "{described}");
        assert!(
            page.errors()[0].1.contains(words),
            "{described}: {:?}",
            page.errors()
        );
    }
    // The secret that is kept is not sent to an address that somebody changes the form to.
    let other = Provider::start().await;
    let moved = [
        ("issuer", other.issuer.as_str()),
        ("client_id", CLIENT),
        ("client_secret", ""),
    ];
    let page = administrator.post("/organisation/sign-in", &moved).await;
    assert_eq!(page.errors()[0].0, "client_secret");
    // Nor is anything changed by a session alone.
    provider.describes(Json::Null);
    let page = set_provider(&administrator.thief(), &provider).await;
    assert_eq!(
        (page.status, page.errors()[0].0.as_str()),
        (422, "password")
    );
    // No answer tells who has an account.
    let nobody = app.nobody();
    for email in [ASHA, "nobody.at.all@camden.gov.uk"] {
        begin(&nobody, email).await;
    }
    let unknown = nobody
        .post("/sign-in/organisation", &[("email", "a@brent.gov.uk")])
        .await;
    assert_eq!(
        (unknown.status, unknown.errors()[0].0.as_str()),
        (422, "email")
    );
    app.ends_clean().await;
}

/// What a provider says is held to what a form is: a name that lies is not taken, and what is no text counts for nothing.
#[tokio::test]
async fn what_a_provider_says_is_text() {
    let app = gateway().await;
    let (_, administrator, provider) = ready(&app).await;
    let mut named = Vec::new();
    for (number, (name, kept)) in [
        ("Jose\u{301} Pérez", "José Pérez"),
        ("Rosa \u{202e}Newcomb", "p1"),
        ("Nul\0l", "p2"),
        ("R\u{43e}sa", "p3"),
        (" ", "p4"),
    ]
    .into_iter()
    .enumerate()
    {
        let client = app.nobody();
        let email = format!("p{number}@{DOMAIN}");
        let question = begin(&client, &email).await;
        let mut claims = provider.claims(&question, now(&app), &format!("s{number}"), &email);
        claims["name"] = name.into();
        let entered = client.get(&provider.answer(&question, &claims)).await;
        assert_eq!(
            entered.location,
            "/in-tray",
            "{name:?}: {}",
            entered.words()
        );
        named.push(kept);
    }
    let waiting = administrator.get("/in-tray").await;
    for name in named {
        assert!(waiting.says(name), "{name}: {}", waiting.words());
    }
    for (subject, email) in [
        ("nul\0", "zoe@camden.gov.uk"),
        ("\u{202e}s", "zoe@camden.gov.uk"),
        ("s9", "zoe\0@camden.gov.uk"),
        ("s9", "zoe..rai@camden.gov.uk"),
    ] {
        let client = app.nobody();
        let question = begin(&client, "zoe@camden.gov.uk").await;
        let claims = provider.claims(&question, now(&app), subject, email);
        let refused = client.get(&provider.answer(&question, &claims)).await;
        assert!(
            refused.status < 500 && refused.location != "/in-tray",
            "{subject:?} {email:?}"
        );
        assert!(
            client
                .get("/in-tray")
                .await
                .location
                .starts_with("/sign-in")
        );
    }
    app.ends_clean().await;
}
