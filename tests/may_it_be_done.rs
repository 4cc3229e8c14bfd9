//! Who may take which step and decide which line, asked directly; and what the pages of binding steps say.

use aldgate::kernel::access::Action;
use aldgate::kernel::ids::RecordId;
use aldgate::kernel::{Ctx, Refusal};
use aldgate::records::decisions::may_decide;
use aldgate::records::lines::{Line, Stage};
use aldgate::records::moves::may_ask;
use aldgate::records::situation::Situation;
use packs::Role;

use crate::support::TestApp;
use crate::support::journey::{self, Party};

async fn two(app: &TestApp) -> (Party, Party) {
    (
        Party::new(app, "Camden Council", "borough").await,
        Party::new(app, "London Fire Brigade", "fire").await,
    )
}

async fn see(ctx: &Ctx, id: &RecordId) -> Situation {
    Situation::load(ctx, id, Action::See).await.unwrap()
}

fn ask(line: &Line, ctx: &Ctx, now: &Situation, stage: Stage, seen: &str) -> String {
    said(may_decide(ctx, now, &line.id, stage, seen))
}

fn said(answer: Result<&Line, Refusal>) -> String {
    match answer {
        Ok(_) => "may".to_owned(),
        Err(Refusal::NotFound) => "not found".to_owned(),
        Err(refusal) => refusal.to_string(),
    }
}

#[tokio::test]
async fn a_line_is_decided_by_its_role_of_its_party_on_the_text_they_saw() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let line = journey::open_line(&app, &fire, &id, Stage::Review).await;
    let dpo = fire.as_dpo(&app);
    let now = see(&dpo, &id).await;
    assert_eq!(ask(&line, &dpo, &now, Stage::Review, &line.digest), "may");
    assert_eq!(
        ask(&line, &dpo, &now, Stage::SignOff, &line.digest),
        "not found"
    );
    let other = ask(&line, &dpo, &now, Stage::Review, "0000");
    assert!(
        other.contains("The text is not the one you saw."),
        "{other}"
    );
    for ctx in [
        fire.as_officer(&app),
        fire.as_author(&app),
        camden.as_dpo(&app),
    ] {
        let now = see(&ctx, &id).await;
        let refused = ask(&line, &ctx, &now, Stage::Review, &line.digest);
        assert!(
            refused.contains(
                "This decision belongs to the data protection officer of London Fire Brigade."
            ),
            "{refused}"
        );
    }
    journey::agree(&app, &fire, &id).await;
    let decided = ask(
        &line,
        &dpo,
        &see(&dpo, &id).await,
        Stage::Review,
        &line.digest,
    );
    assert!(
        decided.contains("This has been decided already."),
        "{decided}"
    );
    let ctx = camden.as_author(&app);
    aldgate::records::moves::make(&ctx, &id, "take_back", "To mend it")
        .await
        .unwrap();
    let closed = ask(
        &line,
        &dpo,
        &see(&dpo, &id).await,
        Stage::Review,
        &line.digest,
    );
    assert!(
        closed.contains("This version has been replaced by a newer one."),
        "{closed}"
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_step_is_for_the_roles_that_its_workflow_names_in_the_organisation_that_leads() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::draft(
        &app,
        &[&camden, &fire],
        &journey::complete(&[&camden, &fire]),
    )
    .await;
    let packs = app.app.packs.clone();
    let workflow = &packs.record_type("agreement").unwrap().workflow;
    for (word, role) in Role::DOING {
        for (party, leads) in [(&camden, true), (&fire, false)] {
            let person = app
                .person(&party.partner, &format!("A {word}"), &[role])
                .await;
            let ctx = app.acting(&party.partner, &person, &[role]);
            let record = aldgate::records::fetch(&ctx, &id, Action::See)
                .await
                .unwrap();
            for wanted in &workflow.moves {
                let expected = leads && !wanted.auto && wanted.by.contains(&role);
                assert_eq!(
                    may_ask(&ctx, &record, wanted),
                    expected,
                    "{word}, {}",
                    wanted.id
                );
            }
        }
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn replacing_and_leaving_a_memorandum_say_what_follows_and_nothing_of_sharing() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let administrator = camden.administrator_client(&app).await;
    db::sql! { MEMORANDUM = "select id from records where type = 'memorandum' and organisation_id = $1"; }
    let row = app
        .app
        .db
        .one(&MEMORANDUM, db::args![camden.id()])
        .await
        .unwrap();
    let id = row.text("id").unwrap();
    let pages = [
        ("replace", "Your organisation must then sign the newer one."),
        ("end", "Duties about data you already hold go on."),
    ];
    for (step, words) in pages {
        let page = administrator
            .get(&format!("/records/{id}/moves/{step}"))
            .await;
        assert_eq!(page.status, 200, "{}", page.words());
        for words in [words, "This cannot be undone."] {
            assert!(page.says(words), "{step}: {}", page.words());
        }
        assert!(
            !page.says("Sharing under this must stop"),
            "{step}: {}",
            page.words()
        );
    }
    // An agreement is what sharing rests on.
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let page = administrator.get(&format!("/records/{id}/moves/end")).await;
    assert!(
        page.says("Sharing under this must stop. This cannot be undone."),
        "{}",
        page.words()
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn what_is_no_longer_in_force_is_not_published() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let author = camden.author_client(&app).await;
    let path = format!("/records/{id}/publish");
    let preview = author
        .post(
            &path,
            &[("step", "choose"), ("extent", "full"), ("withhold", "no")],
        )
        .await;
    let choice = preview.value("choice");
    let publish = |version| {
        [
            ("step", "publish"),
            ("choice", choice.as_str()),
            ("version", version),
        ]
    };
    // Looked at another version than the one in force.
    let page = author.post(&path, &publish("2")).await;
    assert_eq!(page.status, 422, "{}", page.words());
    assert!(
        page.says("Another version has come into force since you looked."),
        "{}",
        page.words()
    );
    assert_eq!(
        app.nobody().get(&format!("/register/{id}")).await.status,
        404
    );
    // It ends between the look and the press.
    aldgate::records::moves::make(&camden.as_officer(&app), &id, "end", "Done")
        .await
        .unwrap();
    let page = author.post(&path, &publish("1")).await;
    assert!(
        (400..500).contains(&page.status),
        "{} {}",
        page.status,
        page.words()
    );
    assert_eq!(
        app.nobody().get(&format!("/register/{id}")).await.status,
        404
    );
    db::sql! { PUBLISHED = "select count(*) as acts from acts where subject = $1 and kind = 'record.published'"; }
    let row = app.app.db.one(&PUBLISHED, db::args![&id]).await.unwrap();
    assert_eq!(row.int("acts").unwrap(), 0);
    app.ends_clean().await;
}
