//! An organisation sets itself up, names its people, helps others, and keeps what it typed.

use aldgate::organisations::trust;
use jiff::SignedDuration;
use packs::Role;

use crate::support::{Client, PASSWORD, Page, TestApp};

const CAMDEN: [(&str, &str); 8] = [
    ("name", "Camden Council"),
    ("kind", "borough"),
    ("area", "E09000007"),
    ("fee_number", "z123 4567"),
    ("ods_code", ""),
    ("person_name", "Asha Rai"),
    ("email", "Asha.Rai@camden.example"),
    ("password", PASSWORD),
];

/// The fields with one of them changed.
fn with<'a>(name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    CAMDEN
        .iter()
        .map(|(n, v)| (*n, if *n == name { value } else { *v }))
        .collect()
}

/// The path of the link that a page shows to pass on.
fn invitation(page: &Page) -> String {
    let links = page.all("#invitation");
    let link = links.first().unwrap_or_else(|| panic!("{}", page.words()));
    let at = link.find("/invitations/").expect("a link to an invitation");
    link[at..].to_owned()
}

async fn sign_in(app: &TestApp, email: &str) -> Client {
    let client = app.nobody();
    let page = client
        .post("/sign-in", &[("email", email), ("password", PASSWORD)])
        .await;
    assert_eq!(page.status, 303, "{}", page.words());
    client
}

async fn camden(app: &TestApp) -> Client {
    let client = app.nobody();
    let page = client.done("/organisations/new", &CAMDEN).await;
    assert_eq!(page.h1(), "In-tray");
    client
}

#[tokio::test]
async fn an_organisation_registers_itself_and_names_its_people() {
    let app = TestApp::new().await;
    let admin = camden(&app).await;
    let tray = admin.get("/in-tray").await;
    assert!(tray.says("20% done: 1 of 5 steps."), "{}", tray.words());
    assert_eq!(tray.link("Name a senior officer"), "/organisation/people");

    // The details were tidied, and can be changed.
    let details = admin.get("/organisation/details").await;
    assert_eq!(details.value("fee_number"), "Z1234567");
    let revision = details.value("revision");
    let mut changed = vec![("revision", revision.as_str())];
    changed.extend(&with("area", "London Borough of Camden")[..5]);
    let page = admin.done("/organisation/details", &changed).await;
    assert!(page.says("The details are saved.") && page.says("London Borough of Camden"));

    // A person is invited, accepts once, and holds what they were given.
    let new = [
        ("person_name", "Dev Patel"),
        ("email", "dev.patel@camden.example"),
        ("roles", "senior_officer"),
        ("roles", "data_protection_officer"),
    ];
    let page = admin.post("/organisation/people/new", &new).await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (200, "Dev Patel is invited")
    );
    let link = invitation(&page);
    let people = admin.get("/organisation/people").await;
    assert!(people.says("Invited, not joined yet"), "{}", people.words());

    let dev = app.nobody();
    let page = dev.get(&link).await;
    assert_eq!(page.h1(), "Join Camden Council");
    let short = dev.post(&link, &[("password", "too short")]).await;
    assert_eq!(short.status, 422);
    assert_eq!(short.errors()[0].0, "password");
    let tray = dev.done(&link, &[("password", "three random words")]).await;
    assert!(tray.says("60% done: 3 of 5 steps."), "{}", tray.words());
    let again = app.nobody().get(&link).await;
    assert_eq!(again.status, 422);
    assert!(again.says("has been used"), "{}", again.words());
    assert!(!admin.get("/organisation/people").await.says("not joined"));

    // Signed out is signed out, and the password lets one in again.
    dev.done("/sign-out", &[]).await;
    assert!(dev.get("/in-tray").await.location.starts_with("/sign-in"));
    let wrong = dev
        .post(
            "/sign-in",
            &[("email", "dev.patel@camden.example"), ("password", "wrong")],
        )
        .await;
    let unknown = dev
        .post(
            "/sign-in",
            &[("email", "nobody@camden.example"), ("password", "wrong")],
        )
        .await;
    assert_eq!((wrong.status, wrong.errors()), (422, unknown.errors()));
    let page = dev
        .post(
            "/sign-in",
            &[
                ("email", "DEV.Patel@camden.example"),
                ("password", "three random words"),
                ("next", "//evil.example/"),
            ],
        )
        .await;
    assert_eq!((page.status, page.location.as_str()), (303, "/in-tray"));
    app.ends_clean().await;
}

#[tokio::test]
async fn bad_input_keeps_what_was_typed() {
    let app = TestApp::new().await;
    let visitor = app.nobody();
    let long = "x".repeat(201);
    for (field, value) in [
        ("name", ""),
        ("name", long.as_str()),
        ("kind", "castle"),
        ("fee_number", "12345"),
        ("ods_code", "R-1"),
        ("person_name", "  "),
        ("email", "asha.rai"),
        ("password", "short"),
    ] {
        let page = visitor
            .post("/organisations/new", &with(field, value))
            .await;
        assert_eq!(page.status, 422, "{field} {value}");
        let errors = page.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].0, field);
        assert!(
            !page.all(&format!("#{field}")).is_empty(),
            "{field} is not on the page"
        );
        assert_eq!(page.value("area"), "E09000007");
        if field != "name" {
            assert_eq!(page.value("name"), "Camden Council");
        }
        if !matches!(field, "kind" | "password") {
            assert_eq!(page.value(field), value);
        }
    }
    assert_eq!(
        visitor.get("/in-tray").await.status,
        303,
        "no one is signed in"
    );
    let admin = camden(&app).await;
    for (field, value) in [("email", "no"), ("person_name", "")] {
        let mut fields = vec![("roles", "viewer")];
        fields.extend(
            with(field, value)
                .into_iter()
                .filter(|(n, _)| matches!(*n, "email" | "person_name")),
        );
        let page = admin.post("/organisation/people/new", &fields).await;
        assert_eq!((page.status, page.errors()[0].0.as_str()), (422, field));
    }
    let page = admin
        .post(
            "/organisation/people/new",
            &[
                ("person_name", "Dev Patel"),
                ("email", "dev@camden.example"),
                ("roles", "king"),
            ],
        )
        .await;
    assert_eq!((page.status, page.errors()[0].0.as_str()), (422, "roles"));
    assert_eq!(page.value("person_name"), "Dev Patel");
    app.ends_clean().await;
}

#[tokio::test]
async fn one_organisation_is_set_up_once() {
    let app = TestApp::new().await;
    camden(&app).await;
    let second = app.nobody();
    let mut fields = with("email", "other@camden.example");
    fields.retain(|(name, _)| *name != "name");
    fields.push(("name", "Another name"));
    let page = second.post("/organisations/new", &fields).await;
    assert_eq!(
        (page.status, page.errors()[0].0.as_str()),
        (422, "fee_number")
    );
    assert!(
        page.says("Camden Council uses this gateway already"),
        "{}",
        page.words()
    );

    // Nor does an account begin twice.
    let fields = [
        ("name", "Other Trust"),
        ("kind", "nhs_trust"),
        ("person_name", "Asha Rai"),
        ("email", "asha.rai@camden.example"),
        ("password", PASSWORD),
    ];
    let page = second.post("/organisations/new", &fields).await;
    assert_eq!((page.status, page.errors()[0].0.as_str()), (422, "email"));

    // Signed in, the same person sets up another organisation, and can go between the two.
    let asha = sign_in(&app, "asha.rai@camden.example").await;
    let tray = asha.done("/organisations/new", &fields[..2]).await;
    assert_eq!(tray.all(".govuk-caption-l"), ["Other Trust"]);
    let choice = asha.get("/organisation/choose").await;
    assert!(choice.says("Camden Council") && choice.says("Other Trust"));
    let back = sign_in(&app, "asha.rai@camden.example")
        .await
        .get("/in-tray")
        .await;
    assert_eq!(
        back.location, "/organisation/choose",
        "several organisations: the person is asked"
    );
    let none = asha
        .post("/organisation/choose", &[("organisation", "org_none")])
        .await;
    assert_eq!(none.status, 422);
    app.ends_clean().await;
}

#[tokio::test]
async fn an_external_entry_is_linked_when_it_registers() {
    let app = TestApp::new().await;
    let admin = camden(&app).await;
    // Whose word counts is confirmed first.
    let ctx = app.operator();
    for one in trust::not_confirmed(&ctx).await.unwrap() {
        ctx.commit(trust::confirm(&ctx, &one.id)).await.unwrap();
    }
    let charity = [
        ("name", "Helping Hands"),
        ("kind", "vcs"),
        ("area", ""),
        ("fee_number", "ZA654321"),
        ("ods_code", ""),
    ];
    let page = admin.done("/organisations/external/new", &charity).await;
    assert!(
        page.says("It is listed.") && page.says("Listed only"),
        "{}",
        page.words()
    );
    let again = admin.post("/organisations/external/new", &charity).await;
    assert_eq!((again.status, again.errors()[0].0.as_str()), (422, "name"));
    assert!(again.says("It is here already."), "{}", again.words());
    let found = admin.get("/organisations?q=ZA654321").await;
    let id = found.link("Helping Hands");

    // A name like it is asked about first.
    let like = [("name", "helping"), ("kind", "vcs")];
    let asked = admin.post("/organisations/external/new", &like).await;
    assert_eq!(
        (asked.status, asked.h1().as_str()),
        (200, "Is it one of these?")
    );

    let registering = [
        &charity[..],
        &[
            ("person_name", "Hal Hand"),
            ("email", "hal@hands.example"),
            ("password", PASSWORD),
        ],
    ]
    .concat();
    let hal = app.nobody();
    let waiting = hal.done("/organisations/new", &registering).await;
    assert_eq!(waiting.h1(), "Waiting for confirmation");
    let question = admin.get("/in-tray").await.link("Does Hal Hand act for");
    admin
        .done(
            &question,
            &[("decision", "confirm"), ("password", PASSWORD)],
        )
        .await;
    let organisation = id.rsplit('/').next().unwrap();
    hal.done("/organisation/choose", &[("organisation", organisation)])
        .await;
    let page = admin.get(&id).await;
    assert!(
        page.says("Uses this gateway"),
        "the same entry: {}",
        page.words()
    );
    let found = admin.get("/organisations?q=helping+hands").await;
    assert_eq!(found.all("tbody tr").len(), 1);
    let own = hal.get("/organisations?kind=borough").await;
    assert_eq!(own.all("tbody th"), ["Camden Council"]);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_deputy_stands_in_between_two_days() {
    let app = TestApp::new().await;
    let council = app.organisation("Camden Council", "borough").await;
    let admin = app
        .client(&council, "Amir Admin", &[Role::Administrator])
        .await;
    let senior = app
        .person(&council, "Sol Senior", &[Role::SeniorOfficer])
        .await;
    let deputy = app.person(&council, "Dee Deputy", &[Role::Viewer]).await;
    let path = format!("/organisation/people/{deputy}/roles");
    let grant = [
        ("role", "senior_officer"),
        ("standing", "deputy"),
        ("deputy_for", senior.as_str()),
        ("from-day", "22"),
        ("from-month", "11"),
        ("from-year", "2026"),
        ("until-day", "30"),
        ("until-month", "11"),
        ("until-year", "2026"),
    ];
    for (field, value) in [
        ("from-day", "32"),
        ("until-year", "26"),
        ("until-month", "10"),
        ("deputy_for", deputy.as_str()),
    ] {
        let wrong: Vec<_> = grant
            .iter()
            .map(|(n, v)| (*n, if *n == field { value } else { *v }))
            .collect();
        let page = admin.post(&path, &wrong).await;
        let expected = field.replace("year", "day").replace("month", "day");
        assert_eq!(
            (page.status, page.errors()[0].0.as_str()),
            (422, expected.as_str()),
            "{field}"
        );
        if field != "deputy_for" {
            assert_eq!(page.value(field), value);
        }
    }
    let people = admin.done(&path, &grant).await;
    assert!(
        people
            .says("Deputy for Sol Senior, from 22 November 2026, until 30 November 2026 (not yet)"),
        "{}",
        people.words()
    );
    let viewer = people.link("the role of viewer for Dee Deputy");
    admin.done(&viewer, &[]).await;
    let before = sign_in(&app, DEPUTY).await;
    let tray = before.get("/in-tray").await;
    assert!(
        tray.says("You hold no role in Camden Council today"),
        "{}",
        tray.words()
    );
    assert!(tray.says("Senior officer: Deputy for Sol Senior"));
    for path in ["/organisation/people", "/organisations"] {
        assert_eq!(before.get(path).await.status, 404, "{path}");
    }

    app.app.clock.advance(SignedDuration::from_hours(24));
    let on_the_day = sign_in(&app, DEPUTY).await;
    let tray = on_the_day.get("/in-tray").await;
    assert!(tray.says("Nothing waits for you."), "{}", tray.words());
    assert_eq!(on_the_day.get("/organisation/people").await.status, 200);

    app.app.clock.advance(SignedDuration::from_hours(9 * 24));
    let after = sign_in(&app, DEPUTY).await;
    let page = after.get("/organisation/choose").await;
    assert_eq!(page.h1(), "You have no role yet");
    assert_eq!(after.get("/organisation/people").await.status, 404);
    app.ends_clean().await;
}

const DEPUTY: &str = "dee-deputy@camden-council.example";

#[tokio::test]
async fn the_last_administrator_is_kept() {
    let app = TestApp::new().await;
    let admin = camden(&app).await;
    let end = |people: &Page, role: &str| -> String { people.link(&format!("the role of {role}")) };
    let own = end(&admin.get("/organisation/people").await, "administrator");
    let page = admin.get(&own).await;
    assert_eq!(page.status, 422);
    assert!(page.says("at least one administrator"), "{}", page.words());
    assert_eq!(admin.post(&own, &[]).await.status, 422);

    // Somebody invited who has not joined does not count; once joined they do.
    let new = [
        ("person_name", "Dev Patel"),
        ("email", "dev@camden.example"),
        ("roles", "administrator"),
        ("roles", "senior_officer"),
    ];
    let link = invitation(&admin.post("/organisation/people/new", &new).await);
    assert_eq!(admin.post(&own, &[]).await.status, 422);
    let dev = app.nobody();
    dev.done(&link, &[("password", PASSWORD)]).await;
    let officer = end(&admin.get("/organisation/people").await, "senior officer");
    let question = admin.get(&officer).await;
    assert!(
        question.says("No one else can sign for your organisation"),
        "{}",
        question.words()
    );

    // Two end each other's role at once: one of them stays.
    let people = dev.get("/organisation/people").await;
    let both: Vec<String> = {
        let html = scraper::Html::parse_document(&people.text);
        let links = scraper::Selector::parse("a").unwrap();
        html.select(&links)
            .filter(|a| {
                a.text()
                    .collect::<String>()
                    .contains("the role of administrator")
            })
            .map(|a| a.attr("href").unwrap().to_owned())
            .collect()
    };
    assert_eq!(both.len(), 2);
    let (one, other) = tokio::join!(admin.post(&both[0], &[]), dev.post(&both[1], &[]));
    let mut outcomes = [one.status, other.status];
    outcomes.sort_unstable();
    assert!(
        outcomes == [303, 422] || outcomes == [303, 403],
        "{outcomes:?}"
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_lead_sets_up_an_organisation_it_supports() {
    let app = TestApp::new().await;
    let lead = camden(&app).await;
    let fields = [
        ("name", "Helping Hands"),
        ("kind", "vcs"),
        ("area", "Camden"),
        ("fee_number", "ZA654321"),
        ("ods_code", ""),
        ("person_name", "Hal Hand"),
        ("email", "hal@hands.example"),
        ("permission", "yes"),
    ];
    let page = lead.post("/organisation/supported/new", &fields[..7]).await;
    assert_eq!(
        (page.status, page.errors()[0].0.as_str()),
        (422, "permission")
    );
    assert_eq!(page.value("person_name"), "Hal Hand");
    let page = lead.post("/organisation/supported/new", &fields).await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (200, "Helping Hands is set up")
    );
    let link = invitation(&page);
    let list = lead.get("/organisation/supported").await;
    assert!(
        list.says("Helping Hands") && list.says("20% done: 1 of 5 steps."),
        "{}",
        list.words()
    );

    let hal = app.nobody();
    let tray = hal.done(&link, &[("password", PASSWORD)]).await;
    assert_eq!(tray.all(".govuk-caption-l"), ["Helping Hands"]);
    let people = hal.get("/organisation/people").await;
    assert!(
        people.says("Asha Rai"),
        "the lead's administrator helps: {}",
        people.words()
    );
    assert!(
        !hal.get("/organisation/supported").await.says("20%"),
        "it supports no one itself"
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn what_belongs_to_another_organisation_is_not_found() {
    let app = TestApp::new().await;
    let council = app.organisation("Camden Council", "borough").await;
    let trust = app.organisation("Royal Trust", "nhs_trust").await;
    let ours = app.person(&council, "Ola Ours", &[Role::Author]).await;
    let admin = app
        .client(&council, "Amir Admin", &[Role::Administrator])
        .await;
    let people = admin.get("/organisation/people").await;
    let role = people.link("the role of author");
    let theirs = app
        .client(&trust, "Thea Theirs", &[Role::Administrator])
        .await;
    for path in [
        format!("/organisation/people/{ours}/roles"),
        role.clone(),
        "/organisations/org_none".to_owned(),
    ] {
        assert_eq!(theirs.get(&path).await.status, 404, "{path}");
    }
    for path in [
        format!("/organisation/people/{ours}/roles"),
        format!("/organisation/people/{ours}/invitation"),
        role.clone(),
    ] {
        assert_eq!(theirs.post(&path, &[]).await.status, 404, "{path}");
    }
    // One's own, without the role: told what is needed.
    let author = app.signed_in(&council, &ours).await;
    for path in [
        "/organisation/details",
        "/organisation/people/new",
        role.as_str(),
    ] {
        let page = author.get(path).await;
        assert_eq!(page.status, 403, "{path}");
        assert!(page.says("administrator role"), "{}", page.words());
        assert_eq!(author.post(path, &[]).await.status, 403, "{path}");
    }
    app.ends_clean().await;
}

/// Whoever invites somebody that another organisation invited gets no link to become them.
#[tokio::test]
async fn an_invitation_hands_over_nothing_elsewhere() {
    let app = TestApp::new().await;
    let admin = camden(&app).await;
    let new = [
        ("person_name", "Dev Patel"),
        ("email", "dev@camden.example"),
        ("roles", "senior_officer"),
    ];
    let first = invitation(&admin.post("/organisation/people/new", &new).await);
    let trust = app.organisation("Royal Trust", "nhs_trust").await;
    let other = app
        .client(&trust, "Thea Theirs", &[Role::Administrator])
        .await;
    let page = other
        .post(
            "/organisation/people/new",
            &[
                ("person_name", "Dev"),
                ("email", "dev@camden.example"),
                ("roles", "viewer"),
            ],
        )
        .await;
    let second = invitation(&page);
    let dev = app.nobody();
    let tray = dev.done(&first, &[("password", PASSWORD)]).await;
    assert_eq!(tray.h1(), "In-tray");
    let thief = app.nobody().post(&second, &[("password", PASSWORD)]).await;
    assert_eq!(thief.status, 422, "{}", thief.words());
    let people = other.get("/organisation/people").await;
    assert!(!people.says("Dev Patel"), "only the name that was typed");
    let accepted = dev.post(&second, &[("decision", "accept")]).await;
    assert_eq!(accepted.location, "/organisation/choose");
    let people = other.get("/organisation/people").await;
    assert!(people.says("Dev Patel"));

    // A lost invitation is replaced, and the old link stops working.
    let new = [
        ("person_name", "Eve Early"),
        ("email", "eve@camden.example"),
        ("roles", "viewer"),
    ];
    let lost = invitation(&admin.post("/organisation/people/new", &new).await);
    let again = invitation(&admin.post("/organisation/people/new", &new).await);
    assert_eq!(app.nobody().get(&lost).await.status, 422);
    assert_eq!(app.nobody().get(&again).await.h1(), "Join Camden Council");
    app.ends_clean().await;
}

#[tokio::test]
async fn made_up_people_exist_only_in_a_demonstration() {
    let settings = aldgate::settings::Settings {
        demo: true,
        ..Default::default()
    };
    let demo = TestApp::with(settings).await;
    let plain = TestApp::new().await;
    for app in [&demo, &plain] {
        // Its people have addresses at camden.demo.example.
        let council = app.organisation("camden.demo", "borough").await;
        let real = app.organisation("Real Council", "borough").await;
        let ctx = app.operator();
        let (person, change) =
            aldgate::identity::people::add(&ctx, "Ria Review", "ria@camden.demo.example", None);
        let role =
            aldgate::organisations::roles::grant(&ctx, &council.id, &person, &Role::Viewer.into());
        ctx.commit(change.and(role)).await.unwrap();
        let actual = app.person(&real, "Rob Real", &[Role::Viewer]).await;
        let page = app.nobody().get("/sign-in").await;
        assert_eq!(page.says("Ria Review"), app.app.settings.demo);
        assert!(!page.says("Rob Real"), "someone real can be signed in as");
        let visitor = app.nobody();
        let fields = [
            ("person", person.as_str()),
            ("organisation", council.id.as_str()),
        ];
        let page = visitor.post("/demo/sign-in", &fields).await;
        assert_eq!(page.status, if app.app.settings.demo { 303 } else { 404 });
        let fields = [
            ("person", actual.as_str()),
            ("organisation", real.id.as_str()),
        ];
        assert_eq!(
            app.nobody().post("/demo/sign-in", &fields).await.status,
            404
        );
        app.ends_clean().await;
    }
}
