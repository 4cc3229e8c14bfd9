//! A named person without an account gets a link and a code, sees one version and decides one line.

use aldgate::jobs;
use aldgate::kernel::ids::RecordId;
use aldgate::records::lines::Stage;
use aldgate::settings::Settings;
use jiff::SignedDuration;
use packs::Role;
use serde_json::json;

use crate::support::journey::{self, Party};
use crate::support::post::Post;
use crate::support::proof::{self, Folder};
use crate::support::{Client, PASSWORD, Page, TestApp};

const TREASURER: [(&str, &str); 3] = [
    ("person_name", "Lindiwe Dube"),
    ("email", "lindiwe@small-charity.example"),
    ("password", PASSWORD),
];

struct Given {
    path: String,
    code: String,
}

/// What the page after naming somebody says to hand over, where no e-mail is sent.
fn given(page: &Page) -> Given {
    assert_eq!(page.status, 200, "{}", page.words());
    let link = page.all("#link").remove(0);
    Given {
        path: link[link.find("/links/").unwrap()..].to_owned(),
        code: page.all("#code").remove(0),
    }
}

/// The line of the charity's sign-off, with a link for its treasurer made by its administrator.
async fn named(app: &TestApp, id: &RecordId, charity: &Party) -> (Client, String, Given) {
    let administrator = charity.administrator_client(app).await;
    let line = journey::line_page(app, charity, id, Stage::SignOff).await;
    let page = administrator
        .post(&format!("{line}/link"), &TREASURER)
        .await;
    (administrator, line, given(&page))
}

async fn two(app: &TestApp) -> (Party, Party) {
    (
        Party::new(app, "Camden Council", "borough").await,
        Party::new(app, "Small Charity", "vcs").await,
    )
}

async fn with_code(app: &TestApp, given: &Given) -> Client {
    let holder = app.nobody();
    let opened = holder.post(&given.path, &[("code", &given.code)]).await;
    assert_eq!(
        (opened.status, opened.location.as_str()),
        (303, given.path.as_str())
    );
    holder
}

#[tokio::test]
async fn a_person_without_an_account_reads_signs_and_keeps_the_document() {
    let app = TestApp::new().await;
    let (council, charity) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&council, &charity]).await;
    journey::sign(&app, &council, &id).await;
    let (_, line, given) = named(&app, &id, &charity).await;

    // Before the code the link says who asks whom, and nothing of the agreement.
    let holder = app.nobody();
    let page = holder.get(&given.path).await;
    assert_eq!(page.h1(), "Enter your code");
    assert!(
        page.says("Small Charity asks Lindiwe Dube to sign"),
        "{}",
        page.words()
    );
    assert!(!page.says("Home fire safety visits"));
    for hidden in ["/document.pdf", "/attachments/att_1"] {
        assert_eq!(
            holder.get(&format!("{}{hidden}", given.path)).await.status,
            404
        );
    }

    let holder = with_code(&app, &given).await;
    let page = holder.get(&given.path).await;
    assert_eq!(page.h1(), "Sign-off by Small Charity");
    assert!(page.says("Home fire safety visits") && page.says("6 years after the visit"));
    assert!(
        page.all("#comments").is_empty(),
        "what parties write to each other"
    );
    assert!(
        page.hrefs("main a")
            .iter()
            .all(|href| !href.starts_with("/records/")),
        "it leads to nothing that needs an account"
    );
    // The code opens this link's pages, and nothing else of the gateway.
    for other in [
        format!("/records/{id}"),
        line.clone(),
        "/in-tray".to_owned(),
    ] {
        assert!(
            holder.get(&other).await.location.starts_with("/sign-in"),
            "{other}"
        );
    }

    // An open page alone decides nothing, and what was typed stays.
    let seen = page.value("seen");
    let decision = format!("{}/decision", given.path);
    let page = holder
        .post(
            &decision,
            &[
                ("seen", &seen),
                ("decision", "decline"),
                ("reason", "We are closing"),
            ],
        )
        .await;
    assert_eq!(page.status, 422);
    assert_eq!(page.errors()[0].0, "code");
    assert!(page.says("We are closing"));

    let sign = [
        ("seen", seen.as_str()),
        ("decision", "sign"),
        ("code", &given.code),
    ];
    let done = holder.post(&decision, &sign).await;
    assert_eq!(done.status, 303, "{}", done.words());
    let page = holder.get(&given.path).await;
    assert!(
        page.says("Signed") && page.says("Lindiwe Dube"),
        "{}",
        page.words()
    );
    let situation = journey::situation(&app, &council, &id).await;
    assert_eq!(situation.record.state, "in_force");

    // It works once.
    let again = holder.post(&decision, &sign).await;
    assert_eq!(again.status, 422, "{}", again.words());
    assert!(again.says("This has been decided already"));

    // What it carries says how the person was known, and both verifiers accept it.
    let pdf = proof::get(&holder, &format!("{}/document.pdf", given.path)).await;
    let folder = Folder::new();
    let file = folder.write("agreement.pdf", &pdf);
    let (code, lines) = proof::both(&file, &["--log-key", &proof::log_key(&app).await]);
    assert_eq!(code, 0, "{lines:#?}");
    let author = council.author_client(&app).await;
    let bundle = proof::get(&author, &format!("/records/{id}/evidence.json")).await;
    let bundle: serde_json::Value = serde_json::from_slice(&bundle).unwrap();
    let decisions = bundle["body"]["decisions"].as_array().unwrap();
    let proofs: Vec<_> = decisions.iter().map(|d| &d["proof"]["value"]).collect();
    let by_link = proofs.iter().find(|p| p["credential"] == "one_time_link");
    let by_link = by_link.unwrap_or_else(|| panic!("{proofs:?}"));
    assert_eq!(by_link["named_by"], "Small Charity");
    assert_eq!(
        (&by_link["by_mail"], &by_link["sent_to"]),
        (&json!(false), &json!("lindiwe@small-charity.example"))
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_party_that_does_not_use_the_gateway_signs() {
    let app = TestApp::new().await;
    let (council, fire) = (
        Party::new(&app, "Camden Council", "borough").await,
        Party::new(&app, "Fire Brigade", "fire").await,
    );
    let shelter = Party::listed(&app, "Night Shelter", "vcs").await;
    let all = [&council, &fire, &shelter];
    let id = journey::in_review(&app, &all).await;
    let author = council.author_client(&app).await;
    let ask = format!("/records/{id}/parties/{}/ask-to-sign", shelter.id());
    let too_early = author.post(&ask, &[]).await;
    assert_eq!(
        too_early.status, 422,
        "no one is asked to sign through a shut gate"
    );
    journey::agree(&app, &council, &id).await;
    journey::agree(&app, &fire, &id).await;
    author
        .done(&format!("/records/{id}/moves/ask_for_sign_off"), &[])
        .await;

    // The author of the lead asks; nobody else can.
    let parties = format!("/records/{id}/parties");
    assert!(
        author
            .get(&parties)
            .await
            .says("Night Shelter can sign without an account")
    );
    let other = fire.author_client(&app).await;
    assert!(
        !other
            .get(&parties)
            .await
            .says("can sign without an account")
    );
    assert_eq!(other.post(&ask, &[]).await.status, 403);
    let asked = author.post(&ask, &[]).await;
    assert_eq!(asked.status, 303, "{}", asked.words());
    assert_eq!(author.post(&ask, &[]).await.status, 422, "it is asked once");
    let page = author.post(&asked.location, &TREASURER).await;
    let given = given(&page);
    let holder = with_code(&app, &given).await;
    let page = holder.get(&given.path).await;
    assert_eq!(page.h1(), "Sign-off by Night Shelter");
    let done = holder
        .post(
            &format!("{}/decision", given.path),
            &[
                ("seen", &page.value("seen")),
                ("decision", "sign"),
                ("code", &given.code),
            ],
        )
        .await;
    assert_eq!(done.status, 303, "{}", done.words());
    for party in [&council, &fire] {
        journey::sign(&app, party, &id).await;
    }
    let situation = journey::situation(&app, &council, &id).await;
    assert_eq!(situation.record.state, "in_force");
    let signed = situation.lines.iter().filter(|l| l.is_signed()).count();
    assert_eq!(signed, 3);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_link_runs_out_is_taken_back_and_wears_out() {
    let app = TestApp::new().await;
    let (council, charity) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&council, &charity]).await;
    let (administrator, line, first) = named(&app, &id, &charity).await;
    let holder = with_code(&app, &first).await;

    // A new one takes its place, also where the old one was open.
    let second = given(
        &administrator
            .post(&format!("{line}/link"), &TREASURER)
            .await,
    );
    assert!(
        holder
            .get(&first.path)
            .await
            .says("another has taken its place")
    );
    let seen = journey::open_line(&app, &charity, &id, Stage::SignOff)
        .await
        .digest;
    let sign = [
        ("seen", seen.as_str()),
        ("decision", "sign"),
        ("code", &first.code),
    ];
    let page = holder
        .post(&format!("{}/decision", first.path), &sign)
        .await;
    assert_eq!(page.status, 422);

    // Taken back.
    let holder = with_code(&app, &second).await;
    administrator.done(&format!("{line}/link/end"), &[]).await;
    assert!(holder.get(&second.path).await.says("was taken back"));

    // Worn out: the right code no longer helps.
    let third = given(
        &administrator
            .post(&format!("{line}/link"), &TREASURER)
            .await,
    );
    for round in 0..10 {
        let somewhere = app.nobody();
        let wrong = somewhere.post(&third.path, &[("code", "0000 0000")]).await;
        assert_eq!(wrong.status, 422, "round {round}");
    }
    let page = app
        .nobody()
        .post(&third.path, &[("code", &third.code)])
        .await;
    assert!(page.says("too many wrong codes"), "{}", page.words());
    assert!(
        administrator
            .get(&format!("{line}/link"))
            .await
            .says("too many wrong codes")
    );

    // Run out.
    let fourth = given(
        &administrator
            .post(&format!("{line}/link"), &TREASURER)
            .await,
    );
    app.app
        .clock
        .advance(SignedDuration::from_hours(24 * 14 + 1));
    let page = app
        .nobody()
        .post(&fourth.path, &[("code", &fourth.code)])
        .await;
    assert!(page.says("has run out"), "{}", page.words());
    let nowhere = format!("/links/{}", "0".repeat(64));
    assert_eq!(app.nobody().get(&nowhere).await.status, 404);
    assert!(
        journey::open_line(&app, &charity, &id, Stage::SignOff)
            .await
            .is_waiting()
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn only_those_may_name_somebody_whose_decision_it_is() {
    let app = TestApp::new().await;
    let (council, charity) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&council, &charity]).await;
    let line = journey::line_page(&app, &charity, &id, Stage::SignOff).await;
    let link = format!("{line}/link");
    for (who, client) in [
        ("author of the lead", council.author_client(&app).await),
        (
            "administrator of the lead",
            council.administrator_client(&app).await,
        ),
        ("author of the charity", charity.author_client(&app).await),
    ] {
        assert!(
            !client.get(&line).await.says("without an account decide"),
            "{who}"
        );
        assert_eq!(client.get(&link).await.status, 403, "{who}");
        assert_eq!(client.post(&link, &TREASURER).await.status, 403, "{who}");
    }
    let stranger = app.organisation("Stranger Council", "borough").await;
    let other = app
        .client(&stranger, "Other", &[Role::Administrator, Role::Author])
        .await;
    assert_eq!(other.get(&link).await.status, 404);
    assert_eq!(other.post(&link, &TREASURER).await.status, 404);

    // A stolen session names nobody: who it is is asked.
    let administrator = charity.administrator_client(&app).await;
    let page = administrator.thief().post(&link, &TREASURER[..2]).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.errors()[0].0, "password");
    assert_eq!(page.value("person_name"), "Lindiwe Dube");
    app.ends_clean().await;
}

#[tokio::test]
async fn the_link_goes_by_mail_and_the_code_does_not() {
    let post = Post::open();
    let app = TestApp::with(Settings {
        mail: post.setting(),
        mail_from: "gateway@example.org".to_owned(),
        ..Settings::default()
    })
    .await;
    let (council, charity) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&council, &charity]).await;
    let administrator = charity.administrator_client(&app).await;
    let line = journey::line_page(&app, &charity, &id, Stage::SignOff).await;
    let page = administrator
        .post(&format!("{line}/link"), &TREASURER)
        .await;
    assert!(
        page.all("#link").is_empty(),
        "the link is not shown where it is sent"
    );
    let code = page.all("#code").remove(0);
    jobs::run_due(&app.app).await.unwrap();
    let mail = post
        .take()
        .into_iter()
        .find(|mail| mail.to.contains("lindiwe@small-charity.example"))
        .expect("an email");
    assert!(!mail.text.contains(&code) && !mail.text.contains(&code.replace(' ', "")));
    let at = mail.text.find("/links/").expect("a link");
    let path = mail.text[at..]
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    with_code(&app, &Given { path, code }).await;
    app.ends_clean().await;
}

/// Ten that come at once count ten times, and the right one after them is too late.
#[tokio::test]
async fn wrong_codes_that_come_at_once_are_each_counted() {
    db::sql! { COUNTED = "select wrong_codes from one_time_links"; }
    let app = TestApp::new().await;
    let (council, charity) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&council, &charity]).await;
    let (_, _, given) = named(&app, &id, &charity).await;
    let at_once = async {
        let mut tries = tokio::task::JoinSet::new();
        for number in 0..12 {
            let (holder, path) = (app.nobody(), given.path.clone());
            let code = format!("{number:08}");
            tries.spawn_local(async move { holder.post(&path, &[("code", &code)]).await.status });
        }
        tries.join_all().await
    };
    let answers = tokio::task::LocalSet::new().run_until(at_once).await;
    assert!(
        answers.iter().all(|status| [422, 429].contains(status)),
        "{answers:?}"
    );
    let row = app.app.db.one(&COUNTED, &[]).await.unwrap();
    assert_eq!(row.int("wrong_codes").unwrap(), 10);
    let late = app
        .nobody()
        .post(&given.path, &[("code", &given.code)])
        .await;
    assert_ne!(late.status, 303, "{}", late.words());
    app.ends_clean().await;
}
