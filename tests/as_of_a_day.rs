//! What was in force and what the register said on any day, each with what proves it.

use aldgate::kernel::ids::RecordId;
use evidence::{DayFile, verify};
use jiff::SignedDuration;

use crate::support::TestApp;
use crate::support::journey::{self, Party};
use crate::support::proof::{Folder, both, get, log_key};

/// Drafted and signed on the first day, published on the third, changed on the fifth, ended on the
/// seventh and withdrawn on the ninth. Gives the days.
async fn history(app: &TestApp, lead: &Party, id: &RecordId) -> [String; 10] {
    let clock = &app.app.clock;
    let day = |n: i64| {
        let then = clock.now().0 + n * 86_400_000_000;
        aldgate::kernel::clock::Now(then).today().to_string()
    };
    let days = std::array::from_fn(|n| day(n as i64));
    let two_days = SignedDuration::from_hours(48);
    clock.advance(two_days);
    journey::publish(&lead.author_client(app).await, id, "full").await;
    clock.advance(two_days);
    journey::publish(&lead.author_client(app).await, id, "summary").await;
    clock.advance(two_days);
    let officer = lead.officer_client(app).await;
    let reason = [("reason", "The service closed")];
    officer
        .done(&format!("/records/{id}/moves/end"), &reason)
        .await;
    clock.advance(two_days);
    let author = lead.author_client(app).await;
    author
        .done(&format!("/records/{id}/publish/withdraw"), &reason)
        .await;
    clock.advance(two_days);
    days
}

#[tokio::test]
async fn every_day_has_its_answer_and_its_proof() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let days = history(&app, &camden, &id).await;
    let nobody = app.nobody();
    let folder = Folder::new();
    let key = log_key(&app).await;

    // Day by day: in the register or not, and in force or not.
    let expected = [
        (1, false, None),
        (2, true, Some(true)),
        (4, true, Some(true)),
        (6, true, Some(false)),
        (8, false, None),
    ];
    let mut entries = 0;
    for (n, listed, in_force) in expected {
        let on = format!("on={}", days[n]);
        let list = nobody.get(&format!("/register?{on}")).await;
        assert_eq!(
            list.says("Home fire safety visits"),
            listed,
            "{on}: {}",
            list.words()
        );
        let api = nobody.get(&format!("/api/v1/register?{on}")).await;
        let api: serde_json::Value = serde_json::from_slice(&api.bytes).unwrap();
        let status = api["agreements"][0]["status"].as_str();
        assert_eq!(status.map(|s| s == "in_force"), in_force, "{on}");

        let page = nobody.get(&format!("/register/{id}?{on}")).await;
        assert_eq!(
            page.says("Not in the register on that day"),
            !listed,
            "{}",
            page.words()
        );
        assert!(page.says("It is not published today"));

        // The register of that day begins the register of today.
        let rsf = nobody.get(&format!("/register.rsf?{on}")).await.text;
        let read = ledger::register::read(&rsf).expect("a register");
        let user = read
            .entries
            .iter()
            .filter(|e| e.kind == ledger::register::Kind::User)
            .count();
        assert!(user >= entries, "{on}");
        entries = user;

        for path in [format!("/register/{id}/day.json?{on}")] {
            let bytes = get(&nobody, &path).await;
            let file = folder.write("day.json", &bytes);
            let (code, lines) = both(&file, &["--log-key", &key]);
            assert_eq!(code, 0, "{on}: {lines:#?}");
            let file = DayFile::read(&bytes).unwrap();
            assert_eq!(file.body.published.is_some(), listed, "{on}");
            assert_eq!(file.body.in_force.is_some(), n < 6, "{on}");
            assert!(
                !String::from_utf8(bytes).unwrap().contains("per_"),
                "someone is named"
            );
        }
    }
    assert_eq!(entries, 3, "two publications and a withdrawal");

    // An agreement that was withdrawn shows nothing of its passages on any day.
    let then = nobody.get(&format!("/register/{id}?on={}", days[2])).await;
    assert!(
        then.says("Camden Council") && !then.says("Counts would not show"),
        "{}",
        then.words()
    );
    assert_eq!(nobody.get(&format!("/register/{id}")).await.status, 404);

    // Those who take part see the same in its history.
    let viewer = fire.dpo_client(&app).await;
    let history = viewer
        .get(&format!("/records/{id}/history?on={}", days[3]))
        .await;
    assert!(
        history.says("version 1 was in force"),
        "{}",
        history.words()
    );
    assert!(!history.says("The service closed"), "{}", history.words());
    let history = viewer
        .get(&format!("/records/{id}/history?on={}", days[7]))
        .await;
    assert!(history.says("no version was in force") && history.says("The service closed"));
    let bytes = get(&viewer, &format!("/records/{id}/day.json?on={}", days[3])).await;
    let (code, lines) = both(&folder.write("own.json", &bytes), &["--log-key", &key]);
    assert_eq!(code, 0, "{lines:#?}");
    let given = evidence::Given {
        log_keys: vec![key.parse().unwrap()],
        ..evidence::Given::default()
    };
    let report = verify(&bytes, &given).unwrap();
    let said: Vec<&str> = report.checks.iter().map(|c| c.said.as_str()).collect();
    assert!(
        said.iter()
            .any(|s| s.contains("version 1") && s.contains("The next change")),
        "{said:#?}"
    );

    // Edited, it does not hold.
    let edited = String::from_utf8(bytes)
        .unwrap()
        .replace("\"version\":1}", "\"version\":2}");
    let (code, _) = both(&folder.write("edited.json", edited.as_bytes()), &[]);
    assert_eq!(code, 1);
    app.ends_clean().await;
}

#[tokio::test]
async fn only_those_who_may_ask_and_only_about_days_that_were() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let today = app.app.clock.now().today().to_string();
    let stranger = Party::without_statements(&app, "Elsewhere Council", "borough").await;
    let stranger = stranger.author_client(&app).await;
    let nobody = app.nobody();
    // Never published: the register knows nothing of it, and a stranger neither.
    for path in [
        format!("/register/{id}?on={today}"),
        format!("/register/{id}/day.json?on={today}"),
    ] {
        assert_eq!(nobody.get(&path).await.status, 404, "{path}");
    }
    for path in ["history", "day.json"] {
        let path = format!("/records/{id}/{path}?on={today}");
        assert_eq!(stranger.get(&path).await.status, 404, "{path}");
        assert_eq!(nobody.get(&path).await.status, 303, "{path}");
    }
    let author = camden.author_client(&app).await;
    for (query, said) in [
        ("on-day=31&on-month=2&on-year=2026", "Enter a real date"),
        ("on=2999-01-01", "The day must be today or before"),
        ("on=soon", "Enter a real date"),
    ] {
        for (client, path) in [
            (&nobody, "/register".to_owned()),
            (&author, format!("/records/{id}/history")),
        ] {
            let page = client.get(&format!("{path}?{query}")).await;
            assert_eq!(page.status, 422, "{path}?{query}");
            assert!(
                page.errors().iter().any(|(_, m)| m.contains(said)),
                "{}",
                page.words()
            );
        }
        assert_eq!(
            nobody
                .get(&format!("/api/v1/register?{query}"))
                .await
                .status,
            422
        );
    }
    let typed = nobody
        .get("/register?on-day=31&on-month=2&on-year=2026")
        .await;
    assert_eq!(typed.value("on-day"), "31");
    let asked = nobody
        .get(&format!(
            "/register?on-day={}&on-month={}&on-year={}",
            &today[8..],
            &today[5..7],
            &today[..4]
        ))
        .await;
    assert_eq!(asked.status, 200);
    assert_eq!(
        author.get(&format!("/records/{id}/day.json")).await.status,
        422
    );
    app.ends_clean().await;
}

/// What an organisation was called when it signed stays beside its signature.
#[tokio::test]
async fn past_signatures_keep_the_name_of_their_day() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let administrator = camden.administrator_client(&app).await;
    let revision = administrator
        .get("/organisation/details")
        .await
        .value("revision");
    let renamed = [
        ("name", "Kentish Borough"),
        ("kind", "borough"),
        ("area", "E12000007"),
        ("fee_number", "Z1234567"),
        ("revision", &revision),
        ("password", crate::support::PASSWORD),
    ];
    administrator.done("/organisation/details", &renamed).await;
    let author = camden.author_client(&app).await;
    author
        .done(
            &format!("/records/{id}/moves/change"),
            &[("reason", "A new name")],
        )
        .await;
    let page = author.get(&format!("/records/{id}/history")).await;
    assert!(page.says("Signed version 1"), "{}", page.words());
    let (after, before) = page
        .words()
        .split_once("Signed version 1")
        .map(|(after, before)| (after.to_owned(), before.to_owned()))
        .unwrap();
    assert!(after.contains("Kentish Borough"), "{after}");
    assert!(
        before.contains("Camden Council") && !before.contains("Kentish Borough"),
        "{before}"
    );
    app.ends_clean().await;
}
