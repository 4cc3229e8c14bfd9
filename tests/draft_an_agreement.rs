//! An author drafts an agreement: sections, questions that appear, tables, mistakes, comments, and
//! a copy of it.

use packs::Role;

use crate::support::{Client, Page, Partner, TestApp};

/// The record's address in what came back from "Start drafting".
pub fn record_of(page: &Page) -> String {
    let path = page.location.split('?').next().unwrap_or_default();
    assert!(path.starts_with("/records/agr_"), "{}", page.words());
    path.to_owned()
}

/// An author of a council, and a new agreement that it leads.
pub async fn drafting(app: &TestApp, title: &str) -> (Partner, Client, String) {
    let camden = app.organisation("Camden Council", "borough").await;
    let asha = app.client(&camden, "Asha Rai", &[Role::Author]).await;
    let record = record_of(&asha.post("/agreements/new", &[("title", title)]).await);
    (camden, asha, record)
}

#[tokio::test]
async fn an_author_starts_and_finds_it_again() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    let asha = app.client(&camden, "Asha Rai", &[Role::Author]).await;
    let viewer = app.client(&camden, "Vic", &[Role::Viewer]).await;

    let page = asha.post("/agreements/new", &[("title", " ")]).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.errors(),
        [("title".to_owned(), "Enter what it is called".to_owned())]
    );
    let page = asha
        .post("/agreements/new", &[("title", &"x".repeat(151))])
        .await;
    assert_eq!((page.status, page.value("title").len()), (422, 151));
    assert_eq!(viewer.get("/agreements/new").await.status, 403);
    assert_eq!(
        viewer
            .post("/agreements/new", &[("title", "No")])
            .await
            .status,
        403
    );
    assert_eq!(app.nobody().get("/agreements").await.status, 303);

    for title in ["Home fire safety visits", "Licensing, and crime"] {
        let page = asha.done("/agreements/new", &[("title", title)]).await;
        assert_eq!(page.h1(), title);
        assert!(page.says("This text has not been approved."));
    }
    let page = viewer.get("/agreements").await;
    assert!(page.says("Home fire safety visits") && page.says("Licensing, and crime"));
    let page = viewer
        .get("/agreements?q=FIRE&state=draft&sort=title")
        .await;
    assert!(page.says("Home fire safety visits") && !page.says("Licensing"));
    assert!(
        viewer
            .get("/agreements?state=ended")
            .await
            .says("No agreement fits")
    );

    // Another organisation neither sees it listed nor finds it by its address.
    let brent = app.organisation("Brent Council", "borough").await;
    let other = app.client(&brent, "Olu", &[Role::Author]).await;
    assert!(
        other
            .get("/agreements")
            .await
            .says("takes part in no agreement yet")
    );
    let path = page.link("Home fire safety visits");
    for below in [
        "",
        "/check",
        "/law",
        "/comments",
        "/parties",
        "/sections/purpose",
    ] {
        assert_eq!(
            other.get(&format!("{path}{below}")).await.status,
            404,
            "{below}"
        );
    }
    // A viewer reads the sections but has no form to change them.
    let page = viewer.get(&format!("{path}/sections/about")).await;
    assert_eq!((page.status, page.all("main form").len()), (200, 0));
    app.ends_clean().await;
}

#[tokio::test]
async fn a_list_goes_on_on_the_next_page() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    let asha = app.client(&camden, "Asha Rai", &[Role::Author]).await;
    for number in 0..30 {
        let title = format!("Agreement {number:02}");
        asha.done("/agreements/new", &[("title", &title)]).await;
    }
    for sort in ["title", "changed"] {
        let first = asha.get(&format!("/agreements?sort={sort}")).await;
        let second = asha.get(&first.link("Next page")).await;
        let mut titles = first.all("tbody th");
        titles.extend(second.all("tbody th"));
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), 30, "{sort}");
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn saving_and_coming_back() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Home visits").await;
    let section = format!("{record}/sections/purpose");
    let before = asha.get(&record).await;
    let tasks = before.all(".govuk-task-list__item");
    assert!(
        tasks.contains(&"PurposeNot started".to_owned()),
        "{tasks:?}"
    );

    // Nothing has to be complete to be saved.
    let page = asha
        .filled(
            &section,
            &[
                (
                    "purpose_text",
                    "Offer a fire safety visit.\r\nTo everyone in care.",
                ),
                ("purposes", "fire_safety"),
                ("purposes", "other"),
                ("purposes_other", "A pilot"),
                ("needed_by-day", "27"),
                ("needed_by-month", "3"),
                ("needed_by-year", "2027"),
            ],
        )
        .await;
    assert_eq!(page.h1(), "Home visits");
    assert!(page.says("Your answers were saved."));
    assert!(page.says("needed answers"), "{}", page.words());
    let page = asha.get(&section).await;
    assert_eq!(
        page.value("purpose_text"),
        "Offer a fire safety visit.\nTo everyone in care."
    );
    assert_eq!(page.value("purposes_other"), "A pilot");
    assert_eq!(page.value("needed_by-month"), "3");
    // An option's own text goes with the option.
    asha.filled(&section, &[("purposes", "fire_safety")]).await;
    let page = asha.get(&format!("{record}/check")).await;
    assert!(page.says("Fire safety") && !page.says("A pilot"));
    assert!(page.says("27 March 2027"));
    let change = page.link("Change");
    assert!(change.contains("/sections/"), "{change}");

    // The title question is the title.
    let page = asha
        .filled(
            &format!("{record}/sections/about"),
            &[("title", "Home fire visits")],
        )
        .await;
    assert_eq!(page.h1(), "Home fire visits");
    app.ends_clean().await;
}

#[tokio::test]
async fn mistakes_lose_nothing() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Mistakes").await;
    let section = format!("{record}/sections/purpose");
    let long = "x".repeat(4001);
    let page = asha
        .fill(
            &section,
            &[
                ("purpose_text", "Kept as typed"),
                ("data_help", &long),
                ("needed_by-day", "31"),
                ("needed_by-month", "2"),
                ("needed_by-year", "2026"),
                ("continuing", "perhaps"),
            ],
        )
        .await;
    assert_eq!(page.status, 422);
    let fields: Vec<String> = page.errors().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["data_help", "continuing", "needed_by-day"]);
    for field in &fields {
        assert!(
            page.text.contains(&format!("id=\"{field}\"")),
            "{field} is not on the page"
        );
    }
    assert_eq!(page.value("purpose_text"), "Kept as typed");
    assert_eq!(page.value("data_help").len(), 4001);
    assert_eq!(page.value("needed_by-day"), "31");
    // Nothing of it was stored, and mending it on the same page stores all.
    assert_eq!(asha.get(&section).await.value("purpose_text"), "");
    let mended = [
        ("data_help", "It does"),
        ("continuing", "one_off"),
        ("needed_by-day", "28"),
    ];
    assert_eq!(asha.submit(&page, &mended).await.status, 303);
    assert_eq!(
        asha.get(&section).await.value("purpose_text"),
        "Kept as typed"
    );

    let flow = format!("{record}/sections/flow/flw_none");
    for unknown in [
        &format!("{record}/sections/nonsense"),
        &format!("{record}/sections/purpose/org_none"),
        &format!("{record}/sections/power/org_none"),
        &format!("{record}/sections/power"),
        &flow,
        &format!("{record}/gateways/purpose_text/record"),
        &format!("{record}/gateways/gateway/org_none"),
        &format!("{record}/law/R999/settle"),
        &format!("{record}/law/why-not/R999"),
        &format!("{record}/attachments/att_none"),
        &format!("{record}/flows/flw_none/remove"),
        &format!("{record}/parties/org_none/remove"),
        &"/records/agr_none".to_owned(),
        &"/law/provisions/none".to_owned(),
    ] {
        assert_eq!(asha.get(unknown).await.status, 404, "{unknown}");
    }
    for (path, fields) in [
        (&flow, vec![("seen", "flow_name:x"), ("flow_name", "x")]),
        (
            &format!("{record}/sections/nonsense"),
            vec![("seen", "x:y")],
        ),
    ] {
        assert_eq!(asha.post(path, &fields).await.status, 404, "{path}");
    }
    // A crafted post that shows no question, or names other sections' questions, changes nothing.
    for seen in ["", "special:0", ":::"] {
        let page = asha
            .post(&section, &[("seen", seen), ("special", "health")])
            .await;
        assert_eq!(page.status, 400, "{seen}");
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn questions_appear_when_they_matter() {
    let app = TestApp::new().await;
    let (camden, asha, record) = drafting(&app, "Relevance").await;
    let data = format!("{record}/sections/data");
    let page = asha.get(&data).await;
    assert!(page.all("#anon_test").is_empty() && page.all("#subjects").is_empty());
    // What the answers bring up is asked at once, on the same page, and named at its top.
    let page = asha
        .filled(&data, &[("data_kind", "no"), ("volume", "2,500")])
        .await;
    assert_eq!(page.h1(), "The data");
    assert!(
        page.says("Because of them there is more to ask here"),
        "{}",
        page.words()
    );
    assert_eq!(
        page.link("How do you know that no one can be picked out"),
        "#anon_test"
    );
    assert_eq!(page.all("#anon_test").len(), 1);
    assert_eq!(page.value("volume"), "2500");

    let basis = format!("{record}/sections/basis/{}", camden.id);
    let power = format!("{record}/sections/parties/{}", camden.id);
    asha.filled(
        &power,
        &[("party_role", "controller"), ("party_direction", "both")],
    )
    .await;
    assert!(asha.get(&basis).await.all("#art6").is_empty());
    // The trap: "no personal data" is ticked, yet health data is shared. The basis is still asked.
    asha.filled(&data, &[("special", "health"), ("anon_test", "Checked")])
        .await;
    let page = asha.get(&basis).await;
    assert_eq!(page.all("#art6").len(), 1, "{}", page.words());
    assert_eq!(page.all("#art9").len(), 1);
    // A hidden answer is kept: it is there again when its question is.
    asha.filled(&data, &[("data_kind", "yes")]).await;
    assert!(asha.get(&data).await.all("#anon_test").is_empty());
    asha.filled(&data, &[("data_kind", "anonymised"), ("special", "")])
        .await;
    assert_eq!(asha.get(&data).await.value("anon_test"), "Checked");
    app.ends_clean().await;
}

#[tokio::test]
async fn rows_of_a_table() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Rows").await;
    let data = format!("{record}/sections/data");
    let page = asha
        .filled(
            &data,
            &[
                ("data_items-0-item", "Birth date"),
                ("data_items-0-why", "To find people over 75"),
                ("data_items-0-minimum", "banded"),
                ("go", "row:data_items"),
            ],
        )
        .await;
    assert_eq!(page.h1(), "The data");
    assert_eq!(page.value("data_items-0-item"), "Birth date");
    assert_eq!(page.value("data_items-1-item"), "");
    let page = asha
        .submit(
            &page,
            &[("data_items-1-item", "Address"), ("go", "row:data_items")],
        )
        .await;
    let page = asha.get(&page.location).await;
    // A row without what it needs, and an option nobody offers.
    let wrong = asha
        .submit(
            &page,
            &[
                ("data_items-2-why", "No item"),
                ("data_items-1-minimum", "everything"),
            ],
        )
        .await;
    assert_eq!(wrong.status, 422);
    let fields: Vec<String> = wrong.errors().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["data_items-1-minimum", "data_items-2-item"]);
    assert_eq!(wrong.value("data_items-2-why"), "No item");
    let page = asha.submit(&page, &[("go", "unrow:data_items:0")]).await;
    let page = asha.get(&page.location).await;
    assert_eq!(page.value("data_items-0-item"), "Address");
    let page = asha.get(&format!("{record}/check")).await;
    assert!(page.all("td").contains(&"Address".to_owned()) && !page.says("Birth date"));
    app.ends_clean().await;
}

#[tokio::test]
async fn everybody_who_takes_part_comments() {
    let app = TestApp::new().await;
    let (camden, asha, record) = drafting(&app, "Comments").await;
    let reviewer = app
        .client(&camden, "Dee", &[Role::DataProtectionOfficer])
        .await;
    let viewer = app.client(&camden, "Vic", &[Role::Viewer]).await;
    let comments = format!("{record}/comments");
    let link = asha
        .get(&format!("{record}/sections/purpose"))
        .await
        .link("Comment on this question");
    assert!(link.starts_with(&format!("{comments}?question=")), "{link}");
    let page = reviewer
        .filled(
            &format!("{comments}?question=purpose_text&scope="),
            &[("text", "Which <b>homes</b>?")],
        )
        .await;
    assert!(page.says("Your comment was added."));
    assert!(page.says("Which <b>homes</b>?") && page.says("Dee, Camden Council"));
    let page = reviewer
        .post(
            &comments,
            &[("about", "nonsense:"), ("text", &"x".repeat(4001))],
        )
        .await;
    assert_eq!(page.status, 422);
    assert_eq!(page.errors().len(), 2);
    assert_eq!(page.value("text").len(), 4001);
    assert_eq!(
        viewer
            .post(&comments, &[("about", "purpose_text:"), ("text", "x")])
            .await
            .status,
        403
    );
    assert!(viewer.get(&comments).await.says("Which <b>homes</b>?"));
    assert!(
        asha.get(&format!("{record}/sections/purpose"))
            .await
            .says("(1 so far)")
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_copy_takes_the_answers_and_leaves_the_rest() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "First").await;
    let brent = app.organisation("Brent Council", "borough").await;
    asha.done(
        &format!("{record}/parties/add"),
        &[("party", brent.id.as_str())],
    )
    .await;
    asha.done(&format!("{record}/flows/add"), &[]).await;
    let use_of = format!("{record}/sections/use");
    asha.fill(&use_of, &[("dpia", "done")]).await;
    let page = asha.get(&use_of).await;
    let pdf: (&str, &str, &[u8]) = ("dpia_files", "dpia.pdf", b"%PDF-1.7\n");
    assert_eq!(
        asha.submit_files(&page, &[("matching", "yes")], &[pdf])
            .await
            .status,
        303
    );
    asha.filled(
        &format!("{record}/sections/purpose"),
        &[("purpose_text", "To visit")],
    )
    .await;
    asha.post(
        &format!("{record}/comments"),
        &[("about", "purpose_text:"), ("text", "Hm")],
    )
    .await;

    let link = asha
        .get(&record)
        .await
        .link("Start a new agreement from this one");
    let page = asha.get(&link).await;
    assert!(page.says("“First”"));
    let copy = record_of(&asha.submit(&page, &[("title", "Second")]).await);
    assert_ne!(copy, record);
    let page = asha.get(&copy).await;
    assert_eq!(page.h1(), "Second");
    assert!(page.says("Brent Council") && page.says("Data flow 1"));
    assert_eq!(
        asha.get(&format!("{copy}/sections/purpose"))
            .await
            .value("purpose_text"),
        "To visit"
    );
    assert!(
        asha.get(&format!("{copy}/comments"))
            .await
            .says("There are no comments yet.")
    );
    assert!(!asha.get(&format!("{copy}/check")).await.says("dpia.pdf"));
    assert!(asha.get(&format!("{record}/check")).await.says("dpia.pdf"));
    // Nobody copies what they may not see.
    let stranger = app.organisation("Ealing Council", "borough").await;
    let olu = app.client(&stranger, "Olu", &[Role::Author]).await;
    assert_eq!(olu.get(&link).await.status, 404);
    let id = record.trim_start_matches("/records/");
    let page = olu
        .post("/agreements/new", &[("title", "Mine"), ("copy", id)])
        .await;
    assert_eq!(page.status, 404);
    app.ends_clean().await;
}

/// The same pages serve a record of one owner, which has neither parties nor flows.
#[tokio::test]
async fn a_statement_of_one_owner_is_drafted_on_the_same_pages() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    let person = app.person(&camden, "Asha Rai", &[Role::Author]).await;
    let ctx = app.acting(&camden, &person, &[Role::Author]);
    let kind = app.app.packs.record_type("assurance").unwrap();
    let (id, change) =
        aldgate::records::store::create(&ctx, kind, "Assurance", &packs::Content::default())
            .unwrap();
    ctx.commit(change).await.unwrap();
    let asha = app.signed_in(&camden, &person).await;
    let record = format!("/records/{id}");
    let page = asha.get(&record).await;
    assert_eq!(page.h1(), "Assurance");
    assert!(!page.says("Data flows") && !page.says("Organisations that take part"));
    let page = asha
        .filled(&format!("{record}/sections/fee"), &[("fee", "paid")])
        .await;
    assert!(page.says("more to ask here") && page.all("#fee_number").len() == 1);
    let email = format!("{record}/sections/contacts");
    let page = asha
        .fill(&email, &[("dpo_email", "nobody"), ("dpo_name", "Kept")])
        .await;
    assert_eq!(
        (page.status, page.errors()[0].0.as_str()),
        (422, "dpo_email")
    );
    assert_eq!(page.value("dpo_name"), "Kept");
    let people = format!("{record}/sections/people");
    let page = asha.fill(&people, &[("training_rate", "101")]).await;
    assert_eq!(
        (page.status, page.errors()[0].0.as_str()),
        (422, "training_rate")
    );
    for below in ["parties", "parties/add"] {
        assert_eq!(asha.get(&format!("{record}/{below}")).await.status, 404);
    }
    assert_eq!(
        asha.post(&format!("{record}/flows/add"), &[]).await.status,
        404
    );
    assert_eq!(
        asha.get(&format!("/agreements/new?copy={id}")).await.status,
        404
    );
    app.ends_clean().await;
}
