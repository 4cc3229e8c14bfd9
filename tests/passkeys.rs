//! A person adds passkeys, signs in and decides with them; a stolen session can do none of it.

use aldgate::records::lines::Stage;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::args;
use evidence::Code;
use packs::Role;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::support::journey::{self, Party};
use crate::support::proof::{Folder, both, get, log_key};
use crate::support::{Client, Device, PASSWORD, Page, TestApp};

db::sql! {
    PROOF = "select proof from lines where id = $1";
}

/// The fields with which a page is answered by passkey.
fn with_passkey(device: &Device, page: &Page, choice: &str) -> [(&'static str, String); 3] {
    [
        ("nonce", page.value("nonce")),
        ("passkey", device.answer(page, choice)),
        ("password", String::new()),
    ]
}

fn fields<'a>(
    given: &'a [(&'static str, String)],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<(&str, &str)> = given.iter().map(|(n, v)| (*n, v.as_str())).collect();
    all.extend(more);
    all
}

#[tokio::test]
async fn passkeys_are_added_named_used_and_removed() {
    let app = TestApp::new().await;
    let council = app.organisation("Camden Council", "borough").await;
    let asha = app.client(&council, "Asha Rai", &[Role::Author]).await;
    let account = asha.get(&asha.get("/in-tray").await.link("Asha Rai")).await;
    assert_eq!(account.h1(), "Your account");

    // Without the password no passkey is added: whoever stole the session cannot make it theirs.
    let thief = asha.thief();
    let refused = thief
        .post("/me/passkeys/new", &[("passkey_name", "Thief")])
        .await;
    assert_eq!(
        (refused.status, refused.errors()[0].0.as_str()),
        (422, "password")
    );
    let none = asha
        .post("/me/passkeys/new", &[("passkey_name", " ")])
        .await;
    assert_eq!(none.errors()[0].0, "passkey_name");

    let phone = Device::new();
    let codes = phone.add_to(&asha, "Phone").await;
    assert_eq!(
        codes.all("#recovery-codes li").len(),
        10,
        "{}",
        codes.words()
    );
    let stale = thief.get("/me").await;
    assert!(
        stale.location.starts_with("/sign-in"),
        "a step-up renews the token"
    );
    assert_eq!(asha.get("/me").await.all("tbody tr").len(), 1);

    // A second one, shown by the first; the same device is told that it has one already.
    let key = Device::new();
    let page = asha.get("/me/passkeys/new").await;
    let given = with_passkey(&phone, &page, "");
    let page = asha
        .post(
            "/me/passkeys/new",
            &fields(&given, &[("passkey_name", "Key")]),
        )
        .await;
    let options: Json = serde_json::from_str(&page.attribute(".app-proof", "data-create")).unwrap();
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(
        options["authenticatorSelection"]["userVerification"],
        "required"
    );
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(key.finish(&asha, &page).await.location, "/me?done=passkey");

    // Signing in, without an address typed; the answer counts once.
    let browser = app.nobody();
    let page = browser.get("/sign-in?next=/agreements").await;
    let given = with_passkey(&key, &page, "");
    let sent = fields(&given, &[("next", "/agreements")]);
    let entered = browser.post("/sign-in/passkey", &sent).await;
    assert_eq!(
        (entered.status, entered.location.as_str()),
        (303, "/agreements")
    );
    assert!(browser.get("/me").await.says("Asha Rai"));
    let again = app.nobody().post("/sign-in/passkey", &sent).await;
    assert_eq!(again.status, 422, "{}", again.words());

    // A page of another site gets an answer for itself, not for us.
    let elsewhere = Device::at("http://localhost:9090");
    let page = asha.get("/me/passkeys/new").await;
    let given = with_passkey(&phone, &page, "");
    let page = asha
        .post(
            "/me/passkeys/new",
            &fields(&given, &[("passkey_name", "False")]),
        )
        .await;
    let refused = elsewhere.finish(&asha, &page).await;
    assert_eq!(
        (refused.status, refused.errors()[0].0.as_str()),
        (422, "proof")
    );

    // Removed, it opens nothing any more.
    let list = asha.get("/me").await;
    assert_eq!(list.all("tbody tr").len(), 2);
    let remove = list.link("Remove Key");
    let question = asha.get(&remove).await;
    let given = with_passkey(&phone, &question, "");
    assert_eq!(
        asha.post(&remove, &fields(&given, &[])).await.location,
        "/me?done=removed"
    );
    let page = browser.get("/sign-out").await;
    assert_eq!(page.status, 200);
    let nobody = app.nobody();
    let page = nobody.get("/sign-in").await;
    let given = with_passkey(&key, &page, "");
    let refused = nobody.post("/sign-in/passkey", &fields(&given, &[])).await;
    assert_eq!(refused.status, 422);

    // Somebody else's passkey is not there to remove.
    let dev = app.client(&council, "Dev Patel", &[Role::Author]).await;
    assert_eq!(dev.get(&remove).await.status, 404);
    let theirs = asha.get("/me").await.link("Remove Phone");
    assert_eq!(dev.get(&theirs).await.status, 404);
    assert_eq!(dev.post(&theirs, &[]).await.status, 404);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_passkey_signs_exactly_the_decision() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let id = journey::in_sign_off(&app, &[&council, &fire]).await;
    let officer = council.officer_client(&app).await;
    let phone = Device::new();
    let codes = phone
        .add_to(&officer, "Phone")
        .await
        .all("#recovery-codes li");

    let path = journey::line_page(&app, &council, &id, Stage::SignOff).await;
    let page = officer.get(&path).await;
    let seen = page.value("seen");
    // Agreed by touch to decline; what arrives says sign.
    let given = with_passkey(&phone, &page, "decline");
    let turned = officer
        .post(
            &path,
            &fields(&given, &[("seen", &seen), ("decision", "sign")]),
        )
        .await;
    assert_eq!(
        (turned.status, turned.errors()[0].0.as_str()),
        (422, "proof")
    );
    // For another text.
    let given = with_passkey(&phone, &page, "sign");
    let other = "0".repeat(64);
    let turned = officer
        .post(
            &path,
            &fields(&given, &[("seen", &other), ("decision", "sign")]),
        )
        .await;
    assert_eq!(turned.status, 422);
    assert!(
        turned.says("The text is not the one you saw"),
        "{}",
        turned.words()
    );
    // With a nonce of another session.
    let elsewhere = council.officer_client(&app).await;
    let foreign = elsewhere.get(&path).await;
    let given = with_passkey(&phone, &foreign, "sign");
    let turned = officer
        .post(
            &path,
            &fields(&given, &[("seen", &seen), ("decision", "sign")]),
        )
        .await;
    assert_eq!(
        (turned.status, turned.errors()[0].0.as_str()),
        (422, "proof")
    );
    // The password alone, which was enough before there was a passkey.
    let alone = [
        ("seen", seen.as_str()),
        ("decision", "sign"),
        ("password", PASSWORD),
    ];
    let refused = officer.post(&path, &alone).await;
    assert_eq!(
        (refused.status, refused.errors()[0].0.as_str()),
        (422, "password")
    );

    let page = officer.get(&path).await;
    let given = with_passkey(&phone, &page, "sign");
    let signed = officer
        .done(
            &path,
            &fields(&given, &[("seen", &seen), ("decision", "sign")]),
        )
        .await;
    assert!(signed.says("Signed"), "{}", signed.words());

    // The authenticator's signature covers the line, the version and the outcome.
    let line = path.rsplit('/').next().unwrap();
    let row = app.app.db.one(&PROOF, args![line]).await.unwrap();
    let proof: Json = serde_json::from_str(&row.text("proof").unwrap()).unwrap();
    assert_eq!(proof["credential"], "passkey");
    let nonce = proof["nonce"].as_str().unwrap();
    let statement = format!("aldgate-decision-v1\n{line}\n{seen}\nsigned\n{nonce}\n");
    let client_data = URL_SAFE_NO_PAD
        .decode(proof["client_data"].as_str().unwrap())
        .unwrap();
    let client_data: Json = serde_json::from_slice(&client_data).unwrap();
    assert_eq!(
        client_data["challenge"],
        URL_SAFE_NO_PAD.encode(Sha256::digest(statement))
    );
    for part in [
        "credential_id",
        "public_key",
        "authenticator_data",
        "signature",
    ] {
        let bytes = URL_SAFE_NO_PAD
            .decode(proof[part].as_str().unwrap())
            .unwrap();
        assert!(!bytes.is_empty(), "{part}");
    }

    // Elsewhere, without the phone: the password and a recovery code, which works once.
    let other = fire.officer_client(&app).await;
    let codes_of_fire = Device::new()
        .add_to(&other, "Key")
        .await
        .all("#recovery-codes li");
    let path = journey::line_page(&app, &fire, &id, Stage::SignOff).await;
    let sign = |code| {
        [
            ("seen", seen.as_str()),
            ("decision", "sign"),
            ("password", PASSWORD),
            ("code", code),
        ]
    };
    let refused = other.post(&path, &sign(codes[0].as_str())).await;
    assert_eq!(refused.status, 422, "a code of someone else");
    other.done(&path, &sign(codes_of_fire[0].as_str())).await;
    let used = other
        .post(
            "/me/recovery-codes",
            &[("password", PASSWORD), ("code", codes_of_fire[0].as_str())],
        )
        .await;
    assert_eq!(used.status, 422, "a code works once");
    assert!(other.get("/me").await.says("You have 9 left"));

    // Both programs find the device's own signature in the evidence, and the password's where it was one.
    let folder = Folder::new();
    let bundle = get(&officer, &format!("/records/{id}/evidence.json")).await;
    let file = folder.write("evidence.json", &bundle);
    let (code, lines) = both(&file, &["--log-key", &log_key(&app).await]);
    assert_eq!(code, 0, "{lines:#?}");
    let report = evidence::verify(&bundle, &evidence::Given::default()).unwrap();
    let proofs = report.checks.iter().filter(|c| c.code == Code::Proof);
    let said: Vec<&str> = proofs.map(|c| c.said.as_str()).collect();
    let by = |words: &str| said.iter().filter(|said| said.contains(words)).count();
    assert_eq!(by("This is the device’s own signature"), 1, "{said:#?}");
    assert_eq!(by("their password and a code"), 1, "{said:#?}");
    app.ends_clean().await;
}

/// Whoever has a stolen session, where they send a form, and what is in it.
type Try<'a> = (&'a Client, String, Vec<(&'a str, &'a str)>);

#[tokio::test]
async fn a_stolen_session_decides_nothing() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let in_review = journey::in_review(&app, &[&council, &fire]).await;
    let in_sign_off = journey::in_sign_off(&app, &[&council, &fire]).await;
    let in_force = journey::in_force(&app, &[&council, &fire]).await;
    let administrator = council.administrator_client(&app).await.thief();
    let dpo = council.dpo_client(&app).await.thief();
    let officer = council.officer_client(&app).await.thief();
    let author = council.author_client(&app).await.thief();
    let review = journey::line_page(&app, &council, &in_review, Stage::Review).await;
    let sign = journey::line_page(&app, &council, &in_sign_off, Stage::SignOff).await;
    let seen_review = dpo.get(&review).await.value("seen");
    let seen_sign = officer.get(&sign).await.value("seen");
    let people = administrator.get("/organisation/people").await;
    let end = people.link("End");
    let person = format!("/organisation/people/{}", council.author);
    let version = "1";
    let choice = r#"{"extent":"full","withheld":[]}"#;
    let publish = format!("/records/{in_force}/publish");
    let tries: Vec<Try<'_>> = vec![
        (
            &dpo,
            review,
            vec![("seen", &seen_review), ("advice", "agrees")],
        ),
        (
            &officer,
            sign,
            vec![("seen", &seen_sign), ("decision", "sign")],
        ),
        (
            &administrator,
            "/organisation/people/new".into(),
            vec![
                ("person_name", "Thief"),
                ("email", "t@thief.example"),
                ("roles", "senior_officer"),
            ],
        ),
        (
            &administrator,
            format!("{person}/roles"),
            vec![("role", "senior_officer"), ("standing", "own")],
        ),
        (&administrator, format!("{person}/invitation"), vec![]),
        (&administrator, end, vec![]),
        (
            &author,
            publish,
            vec![
                ("step", "publish"),
                ("version", version),
                ("choice", choice),
            ],
        ),
        (
            &author,
            "/me/passkeys/new".into(),
            vec![("passkey_name", "Mine")],
        ),
        (&author, "/me/recovery-codes".into(), vec![]),
    ];
    for (thief, path, fields) in tries {
        let page = thief.post(&path, &fields).await;
        let on: Vec<String> = page.errors().into_iter().map(|(field, _)| field).collect();
        assert_eq!(
            (page.status, on),
            (422, vec!["password".to_owned()]),
            "{path}: {}",
            page.words()
        );
    }
    app.ends_clean().await;
}
