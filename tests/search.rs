//! Words find organisations and published agreements, whether few have them or many, page by page.

use aldgate::demo::generate::{FEWEST, Order, generate};
use aldgate::kernel::app::MIGRATIONS;
use aldgate::kernel::phrases::fold;
use db::{Value, args, sql};
use packs::Role;

use crate::support::{Client, TestApp, database};

sql! {
    ADD = "insert into organisations (id, name, name_key, kind, area, fee_number, ods_code, standing, revision,
            created_at)
        values ($1, $2, $3, $4, '', '', '', 'external', 1, 0)";
    NAMES = "select name, kind from organisations order by name_key, id";
    RECORD = "insert into records (id, type, organisation_id, title, title_key, state, revision, version, created_by,
            created_at, changed_at, content)
        values ('agr_1', 'agreement', 'org_1', '', '', 'in_force', 1, 1, '', 0, 0, '{}')";
    PUBLISHED = "insert into publications (record_id, revision, at, until_at, withdrawn, version, title, lead, parties,
            parties_key, purposes, search_key, extent, withheld, look_again_day, item, published_by)
        values ('agr_1', $1, $1, $2, $3, 1, '', '', '', 'camden council', ' fire_safety ', $4, 'full', '', '', '{}', '')";
    FOUND = "select record_id, revision from publication_words($1) w order by rowid desc";
    LISTED = "select id from organisation_words($1) w";
    TEXTS = "select p.record_id, p.search_key, p.parties_key, p.purposes, p.at from publications p
        where p.until_at is null and p.withdrawn = 0";
}

/// What is listed on this page and on those that follow it.
async fn listed(client: &Client, first: &str, more: &str) -> Vec<(String, String)> {
    let (mut found, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(path) = next.take() {
        let page = client.get(&path).await;
        let links = page.hrefs("tbody th a").into_iter();
        found.extend(links.zip(page.all("tbody th a")));
        next = page.says(more).then(|| page.link(more));
    }
    found
}

fn has_words(text: &str, words: &str) -> bool {
    let begins = |word: &str| text.split(' ').any(|other| other.starts_with(word));
    fold(words).split_terminator(' ').all(begins)
}

#[tokio::test]
async fn organisations_are_found_by_words_of_their_name() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    let admin = app
        .client(&camden, "Amir Admin", &[Role::Administrator])
        .await;
    let places = ["Ashwell", "Brightwater", "Dŵr y Felin", "St Olave’s"];
    let rows: Vec<Vec<Value>> = (0..640)
        .map(|n| {
            let (kind, word) =
                [("school", "Primary School"), ("charity", "Schooling Trust")][n % 2];
            let name = format!("{} {word} {n}", places[n % places.len()]);
            args![format!("org_test{n}"), name.as_str(), fold(&name), kind].to_vec()
        })
        .collect();
    let rows: Vec<&[Value]> = rows.iter().map(Vec::as_slice).collect();
    let mut tx = app.app.db.begin().await.unwrap();
    tx.insert(&ADD, &rows).await.unwrap();
    tx.commit().await.unwrap();

    let names = app.app.db.all(&NAMES, &[]).await.unwrap();
    for (words, kind) in [
        ("school", ""),
        ("trust SCHOOL", ""),
        ("school", "charity"),
        ("", "charity"),
        ("", "borough"),
        ("olaves", ""),
        ("dŵr", "school"),
        ("dwr", "school"),
        ("dw\u{302}r", ""),
        ("st olave\u{27}s", ""),
        ("sch ash 12", ""),
        ("a b c d e", ""),
        ("chool", ""),
        ("o' \" * OR NOT (", ""),
        ("council", "nothing' or"),
    ] {
        let expected: Vec<String> = names
            .iter()
            .filter(|row| has_words(&fold(&row.text("name").unwrap()), words))
            .filter(|row| kind.is_empty() || row.text("kind").unwrap() == kind)
            .map(|row| row.text("name").unwrap())
            .collect();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("q", words)
            .append_pair("kind", kind)
            .finish();
        let path = format!("/organisations?{query}");
        let found = listed(&admin, &path, "Show more organisations").await;
        let found: Vec<String> = found.into_iter().map(|(_, name)| name).collect();
        assert_eq!(found, expected, "{words} {kind}");
    }

    // A new name is found by its words, and no longer by those it had.
    let details = admin.get("/organisation/details").await;
    let revision = details.value("revision");
    let changed = [
        ("name", "Kentish Borough"),
        ("kind", "borough"),
        ("area", "E12000007"),
        ("fee_number", "Z1234567"),
        ("revision", revision.as_str()),
    ];
    admin.done("/organisation/details", &changed).await;
    for (words, count) in [("kentish", 1), ("camden", 0), ("z1234567", 1)] {
        let path = format!("/organisations?q={words}");
        let found = listed(&admin, &path, "Show more organisations").await;
        assert_eq!(found.len(), count, "{words}");
    }
    app.ends_clean().await;
}

/// What was there before the index came is in it.
#[tokio::test]
async fn an_older_gateway_is_searched_whole() {
    let (db, _, _folder) = database().await;
    db.migrate(&MIGRATIONS[..2], 0).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    // As it was folded then.
    let (name, key) = ("Dŵr y Felin", "dŵr y felin");
    tx.execute(&ADD, args!["org_1", name, key, "school"])
        .await
        .unwrap();
    tx.execute(&RECORD, &[]).await.unwrap();
    let long = "x".repeat(5_000);
    for (revision, until, withdrawn, text) in [
        (1, Some(2), 0, "home visits ".to_owned() + &long),
        (2, Some(3), 0, "home safety visits".to_owned()),
        (3, None, 1, String::new()),
    ] {
        let args = args![revision, until, withdrawn, text];
        tx.execute(&PUBLISHED, args).await.unwrap();
    }
    tx.commit().await.unwrap();
    db.migrate(MIGRATIONS, 0).await.unwrap();

    for (words, revisions) in [
        ("home* o_cam* p_fire_safety", vec![2, 1]),
        ("safe*", vec![2]),
        ("xxx*", vec![1]),
        ("p_fire", vec![]),
        ("o_*", vec![2, 1]),
        ("cam*", vec![]),
    ] {
        let found = db.all(&FOUND, args![words]).await.unwrap();
        let found: Vec<i64> = found
            .iter()
            .map(|row| row.int("revision").unwrap())
            .collect();
        assert_eq!(found, revisions, "{words}");
    }
    for (words, count) in [("dw* k_school", 1), ("dŵ*", 0), ("fel* y*", 1)] {
        let found = db.all(&LISTED, args![words]).await.unwrap();
        assert_eq!(found.len(), count, "{words}");
    }
}

#[tokio::test]
async fn published_agreements_are_found_by_their_words() {
    let app = TestApp::new().await;
    let order = Order {
        organisations: 2 * FEWEST,
        people: 4 * FEWEST,
        agreements: 70,
        published: 60,
        seed: 3,
    };
    generate(&app.app, &order, |_| ()).await.unwrap();
    let texts = app.app.db.all(&TEXTS, &[]).await.unwrap();
    assert_eq!(texts.len(), 60);
    let parties = texts[7].text("parties_key").unwrap();
    let party = parties.split(' ').next().unwrap();
    for (text, organisation, purpose) in [
        ("information", "", ""),
        ("shar info", "", ""),
        ("information", party, ""),
        ("", party, ""),
        ("", "", "service_delivery"),
        ("share", "", "service_delivery"),
        ("", "", "service"),
        ("nothinghasthis", "", ""),
        ("haring", "", ""),
        ("\" OR *", "", ""),
    ] {
        let expected = texts.iter().filter(|row| {
            let purposes = row.text("purposes").unwrap();
            has_words(&row.text("search_key").unwrap(), text)
                && has_words(&row.text("parties_key").unwrap(), organisation)
                && (purpose.is_empty() || purposes.split(' ').any(|other| other == purpose))
        });
        let mut expected: Vec<(i64, String)> = expected
            .map(|row| (-row.int("at").unwrap(), row.text("record_id").unwrap()))
            .collect();
        expected.sort();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("text", text)
            .append_pair("organisation", organisation)
            .append_pair("purpose", purpose)
            .finish();
        let path = format!("/register?{query}");
        let mut found = listed(&app.nobody(), &path, "More agreements").await;
        let time = |link: &str| {
            let of = |row: &&db::Row| link.ends_with(&row.text("record_id").unwrap());
            -texts.iter().find(of).unwrap().int("at").unwrap()
        };
        let times: Vec<i64> = found.iter().map(|(link, _)| time(link)).collect();
        assert!(times.is_sorted(), "{query}");
        found.sort_by_key(|(link, _)| (time(link), link.clone()));
        let found: Vec<&str> = found
            .iter()
            .filter_map(|(link, _)| link.strip_prefix("/register/"))
            .collect();
        let expected: Vec<&str> = expected.iter().map(|(_, id)| id.as_str()).collect();
        assert_eq!(found, expected, "{query}");
    }
    app.ends_clean().await;
}
