//! What is no text comes in by no door, and names cannot lie. The databases take the same characters.

use aldgate::router::ROUTES;
use aldgate::settings::Settings;
use packs::Role;

use crate::draft_an_agreement::{drafting, record_of};
use crate::support::{Client, PASSWORD, Page, TestApp};

const WORD: &str = "had characters in it that cannot be seen";

/// The path of a route with this in the place of each parameter.
fn path(pattern: &str, value: &str) -> String {
    let parts = pattern.split('/').map(|part| match part.split_once('}') {
        Some((_, rest)) if part.starts_with('{') => format!("{value}{rest}"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// So many requests are made that some would be held back.
fn unlimited() -> Settings {
    Settings {
        limit_session: 0,
        limit_address: 0,
        ..Settings::default()
    }
}

#[tokio::test]
async fn no_address_of_any_route_is_an_error_of_ours() {
    let app = TestApp::with(unlimited()).await;
    let (_, asha, record) = drafting(&app, "Tried").await;
    let id = record.rsplit('/').next().unwrap();
    let names = [
        "q",
        "state",
        "after",
        "before",
        "id",
        "kind",
        "title",
        "on",
        "rule",
        "next",
        "organisation",
        "purpose",
        "page",
        "number",
        "version",
        "person",
        "code",
        "new",
        "done",
        "sort",
        "type",
    ];
    let hostile = ["%00", "a%00b", "%E2%80%AE", "%FF"];
    for (method, pattern) in ROUTES {
        for who in [&asha, &app.nobody()] {
            for bad in hostile {
                let query: Vec<String> = names.iter().map(|name| format!("{name}={bad}")).collect();
                for path in [
                    path(pattern, bad),
                    path(pattern, &format!("agr_{bad}")),
                    format!("{}?{}", path(pattern, id), query.join("&")),
                ] {
                    let page = if *method == "get" {
                        who.get(&path).await
                    } else {
                        who.post(&path, &[]).await
                    };
                    assert!(page.status < 500, "{method} {path}: {}", page.status);
                    if path.contains("/api/") && path.contains("?q=%00") {
                        assert_ne!(page.status, 200, "{path}");
                    }
                }
            }
        }
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn no_form_of_any_route_is_an_error_of_ours() {
    let app = TestApp::with(unlimited()).await;
    let (camden, _, record) = drafting(&app, "Tried").await;
    let every: Vec<Role> = Role::ALL.iter().map(|(_, role)| *role).collect();
    let amir = app.client(&camden, "Amir Admin", &every).await;
    let id = record.rsplit('/').next().unwrap();
    let names = [
        "title",
        "copy",
        "name",
        "kind",
        "area",
        "fee_number",
        "ods_code",
        "person_name",
        "email",
        "roles",
        "text",
        "about",
        "reason",
        "conditions",
        "scope",
        "life",
        "domain",
        "issuer",
        "client_id",
        "client_secret",
        "q",
        "organisation",
        "person",
        "words",
        "role",
        "from-day",
        "code",
        "password",
        "new_password",
        "passkey_name",
        "nonce",
        "answer",
        "outcome",
        "go",
        "seen",
        "keep",
        "revision",
        "next",
        "proof",
        "openid",
        "gateway",
    ];
    for value in ["\0", "a\0b", "a\0b@c.example", "\u{ffff}x"] {
        let fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, value)).collect();
        let forms = ROUTES.iter().filter(|(method, _)| *method == "post");
        // But those that end the session that the others are sent with.
        for (_, pattern) in forms.filter(|(_, pattern)| !pattern.contains("sign-out")) {
            for who in [&amir, &app.nobody()] {
                let path = path(pattern, id);
                let page = who.post(&path, &fields).await;
                assert!(page.status < 500, "POST {path} {value:?}: {}", page.words());
            }
        }
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn what_is_no_text_is_dropped_with_a_word() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    let asha = app.client(&camden, "Asha Rai", &[Role::Author]).await;
    let page = asha
        .post(
            "/agreements/new",
            &[("title", "Youth\0 of\u{202e}fer\u{7}")],
        )
        .await;
    let record = record_of(&page);
    let page = asha.get(&record).await;
    assert_eq!(page.h1(), "Youth offer");
    assert!(page.says(WORD), "{}", page.words());
    assert!(!asha.get(&record).await.says(WORD), "said once");

    // Word's line break is one; e and its accent are one letter.
    let section = format!("{record}/sections/purpose");
    let typed = "One\u{b}two\r\nCafe\u{301}\0";
    let saved = asha.filled(&section, &[("purpose_text", typed)]).await;
    assert!(saved.says(WORD), "{}", saved.words());
    let page = asha.get(&section).await;
    assert_eq!(page.value("purpose_text").trim_start(), "One\ntwo\nCafé");
    let quiet = asha
        .filled(&section, &[("purpose_text", "Plain £5 – Tŷ")])
        .await;
    assert!(!quiet.says(WORD));

    // A search says what it searched for.
    let page = asha.get("/organisations?q=cam%00den%E2%80%AE").await;
    assert_eq!((page.status, page.value("q").as_str()), (200, "camden"));
    assert!(page.says(WORD) && page.says("Camden Council"));
    let program = Client::program(&app, "aldgate_none");
    let page = program.get("/api/v1/register?q=a%00").await;
    assert_eq!(page.status, 400);
    assert_eq!(page.headers["content-type"], "application/problem+json");
    app.ends_clean().await;
}

fn signing_up<'a>(name: &'a str, person: &'a str, email: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("name", name),
        ("kind", "vcs"),
        ("person_name", person),
        ("email", email),
        ("password", "gravel-otter-timetable"),
    ]
}

async fn sign_up(app: &TestApp, name: &str, person: &str, email: &str) -> Page {
    let fields = signing_up(name, person, email);
    app.nobody().post("/organisations/new", &fields).await
}

#[tokio::test]
async fn names_cannot_lie() {
    let app = TestApp::new().await;
    app.organisation("London Borough of Camden", "borough")
        .await;
    app.organisation("Islington Council", "borough").await;
    let zalgo = format!("A{}", "\u{301}".repeat(190));
    for (number, name) in [
        "London Bor\u{200b}ough of Camden",
        "London Borough of Cam\u{ad}den",
        "London B\u{43e}rough of Camden",
        "London Borough of \u{202e}nedmaC",
        "\u{2067}Camden\u{2069} London",
        "\u{ff2c}ondon Borough of Camden",
        "London Boro\u{34f}ugh of Camden",
        "London Bo\0rough of Camden",
        "London Bo\u{1b}rough of Camden",
        "London Borough of Camden \u{e0061}",
        "London Borough of Camd\u{fe0f}en",
        "London Borough of Camden.",
        "London Bor\u{3164}ough of Camden",
        "London Borough of Carnden",
        "London B0rough of Camden",
        "lslington Council",
        "New\u{200d} Trust",
        zalgo.as_str(),
    ]
    .into_iter()
    .enumerate()
    {
        let page = sign_up(&app, name, "Rosa Newcomb", &format!("u{number}@x.example")).await;
        assert_eq!(page.status, 422, "{name:?}: {}", page.words());
        assert!(
            page.errors().iter().any(|(field, _)| field == "name"),
            "{name:?}"
        );
        assert!(
            page.value("name").chars().all(|c| !text_is_unseen(c)),
            "{name:?}"
        );
    }
    for person in [
        "Rosa \u{202e}Newcomb",
        "Rosa\u{200b}",
        "R\u{43e}sa",
        "\0",
        "\u{3164}",
    ] {
        let page = sign_up(&app, "A New Trust", person, "rosa@x.example").await;
        assert_eq!(page.status, 422, "{person:?}");
        assert!(
            page.errors()
                .iter()
                .any(|(field, _)| field == "person_name"),
            "{person:?}"
        );
    }
    for (number, name) in [
        "Cymdeithas Ŵyn",
        "O’Brien’s Trust",
        "مؤسسة الرحمة الخيرية",
        "Союз українців",
    ]
    .into_iter()
    .enumerate()
    {
        let page = sign_up(
            &app,
            name,
            "Siân Ní Bhriain",
            &format!("good{number}@x.example"),
        )
        .await;
        assert_eq!(
            (page.status, page.location.as_str()),
            (303, "/in-tray"),
            "{name}: {}",
            page.words()
        );
    }
    app.ends_clean().await;
}

fn text_is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{ad}' | '\u{3164}')
}

#[tokio::test]
async fn what_people_typed_keeps_its_direction_to_itself() {
    let app = TestApp::new().await;
    let name = "مؤسسة الرحمة";
    let partner = app.organisation(name, "vcs").await;
    let amina = app.client(&partner, "أمينة", &[Role::Author]).await;
    let page = record_of(
        &amina
            .post("/agreements/new", &[("title", "مشاركة 7")])
            .await,
    );
    for path in [
        "/organisations".to_owned(),
        page.clone(),
        format!("{page}/parties"),
    ] {
        let page = amina.get(&path).await;
        assert!(page.text.contains(&format!("<bdi>{name}</bdi>")), "{path}");
        assert!(
            !page.text.contains(&format!(">{name}")) || page.text.contains("<bdi>"),
            "{path}"
        );
    }
    let title = amina.get(&page).await;
    assert!(
        title.text.contains("<title>\u{2068}مشاركة\u{2069} 7"),
        "{}",
        &title.text[..600]
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn addresses_that_are_taken_can_be_sent_to() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    let amir = app
        .client(&camden, "Amir Admin", &[Role::Administrator])
        .await;
    let add = async |email: &str| {
        let fields = [
            ("person_name", "Zoe Rai"),
            ("email", email),
            ("roles", "viewer"),
            ("password", PASSWORD),
        ];
        amir.post("/organisation/people/new", &fields).await
    };
    for bad in [
        "zoe..b@example.org",
        ".zoe@example.org",
        "zoe@-bad.example",
        "zoe(work)@example.org",
        "a:b@example.org",
        "a\\b@example.org",
        "zoe@[127.0.0.1]",
        "z[oe@example.org",
        "mailto:zoe@example.org",
        "Zoe <zoe@example.org>",
        "zoe@example.org, amy@example.org",
        "zoe@example",
        "zoe@exa mple.org",
    ] {
        let page = add(bad).await;
        assert_eq!(page.status, 422, "{bad}");
        let (field, why) = &page.errors()[0];
        assert!(field == "email" && !why.is_empty(), "{bad}: {why}");
        assert_eq!(page.value("email"), bad);
    }
    // An invisible character of a web page comes along when an address is copied.
    let page = add("\u{202a}zoe\u{200b}@example.org\u{202c}").await;
    assert!(page.status == 200 && page.says(WORD), "{}", page.words());
    let people = amir.get("/organisation/people").await;
    assert!(
        people.text.contains("zoe@example.org"),
        "{}",
        people.words()
    );
    app.ends_clean().await;
}
