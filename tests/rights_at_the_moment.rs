//! What somebody may do is asked at the moment at which it is done: when all of a form has arrived, and again where
//! it is written.

use aldgate::identity::people as identity;
use aldgate::kernel::ids::{PersonId, RecordId};
use aldgate::kernel::right::{BINDING, Confirmed};
use aldgate::kernel::{Ctx, Refusal, Right};
use aldgate::organisations::roles;
use aldgate::pages::records::comments;
use aldgate::records::decisions;
use aldgate::records::lines::{Advice, Stage};
use axum::body::Body;
use packs::Role;
use tokio::io::AsyncWriteExt as _;
use tokio_util::io::ReaderStream;

use crate::support::journey::{self, Party};
use crate::support::{Client, PASSWORD, Page, Partner, TestApp};

db::sql! {
    SESSION = "select id from sessions where person_id = $1 and ended_at is null order by created_at desc, id desc limit 1";
    LINE = "select outcome from lines where id = $1";
    SAID = "select count(*) as said from comments where record_id = $1";
}

/// A form of which the beginning is sent at once, and the rest when `meanwhile` has been done.
async fn slowly(
    client: &Client,
    path: &str,
    fields: &[(&str, &str)],
    meanwhile: impl Future<Output = ()>,
) -> Page {
    let token = client.get("/sign-out").await.value("form_token");
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("form_token", &token);
    for (name, value) in fields {
        form.append_pair(name, value);
    }
    let body = form.finish().into_bytes();
    let (mut sends, arrives) = tokio::io::duplex(64);
    let arriving = client.send(
        "POST",
        path,
        "application/x-www-form-urlencoded",
        Body::from_stream(ReaderStream::new(arrives)),
    );
    let sending = async {
        sends.write_all(&body[..10]).await.unwrap();
        meanwhile.await;
        sends.write_all(&body[10..]).await.unwrap();
        drop(sends);
    };
    let (page, ()) = tokio::join!(arriving, sending);
    page
}

/// The administrator ends a role.
async fn end_role(app: &TestApp, partner: &Partner, person: &PersonId, role: Role) {
    let ctx = app.operator();
    let held = roles::held(&ctx, &partner.id).await.unwrap();
    let one = held
        .iter()
        .find(|held| held.person == *person && held.role == role)
        .expect("the role");
    ctx.commit(roles::end(&ctx, &partner.id, one))
        .await
        .unwrap();
}

async fn outcome(app: &TestApp, line: &str) -> Option<String> {
    let row = app.app.db.one(&LINE, db::args![line]).await.unwrap();
    row.opt_text("outcome").unwrap()
}

async fn said(app: &TestApp, id: &RecordId) -> i64 {
    let row = app.app.db.one(&SAID, db::args![id]).await.unwrap();
    row.int("said").unwrap()
}

async fn two(app: &TestApp) -> (Party, Party) {
    (
        Party::new(app, "Camden Council", "borough").await,
        Party::new(app, "London Fire Brigade", "fire").await,
    )
}

#[tokio::test]
async fn who_loses_a_role_while_a_form_arrives_decides_nothing() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let line = journey::open_line(&app, &camden, &id, Stage::Review).await;
    let path = format!("/records/{id}/lines/{}", line.id);
    // They keep another role, so that their session goes on.
    let ctx = app.operator();
    let viewer = roles::grant(&ctx, camden.id(), &camden.dpo, &Role::Viewer.into());
    ctx.commit(viewer).await.unwrap();
    let dpo = camden.dpo_client(&app).await;
    let fields = [
        ("seen", line.digest.as_str()),
        ("advice", "agrees"),
        ("password", PASSWORD),
    ];
    let ends = end_role(
        &app,
        &camden.partner,
        &camden.dpo,
        Role::DataProtectionOfficer,
    );
    let page = slowly(&dpo, &path, &fields, ends).await;
    assert_eq!(page.status, 403, "{}", page.words());
    assert_eq!(outcome(&app, line.id.as_str()).await, None);
    app.ends_clean().await;
}

#[tokio::test]
async fn what_arrives_after_sign_out_is_not_kept() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let author = camden.author_client(&app).await;
    let fields = [("about", "purpose_text:"), ("text", "Kept after all?")];
    let signs_out = async {
        let ctx = app.operator();
        ctx.commit(identity::end_sessions(&ctx, &camden.author))
            .await
            .unwrap();
    };
    let path = format!("/records/{id}/comments");
    let page = slowly(&author, &path, &fields, signs_out).await;
    assert_eq!(page.status, 422, "{}", page.words());
    assert!(
        page.says("Your session ended before this was saved"),
        "{}",
        page.words()
    );
    assert_eq!(said(&app, &id).await, 0);
    app.ends_clean().await;
}

/// A context on a session that the person has now, as a request makes it; whether they have shown who they are.
async fn on_session(
    app: &TestApp,
    party: &Party,
    person: &PersonId,
    role: Role,
    shown: bool,
) -> Ctx {
    app.signed_in(&party.partner, person).await;
    let row = app.app.db.one(&SESSION, db::args![person]).await.unwrap();
    let mut ctx = app.acting(&party.partner, person, &[role]);
    ctx.right = Right::Session {
        id: row.text("id").unwrap(),
        confirmed: Confirmed::default(),
    };
    if shown {
        ctx.right.confirm();
    }
    ctx
}

/// The last moment there is: everything was read, and only the writing is left.
#[tokio::test]
async fn a_right_that_ends_before_the_writing_writes_nothing() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let line = journey::open_line(&app, &camden, &id, Stage::Review).await;
    let dpo = Role::DataProtectionOfficer;

    let ctx = on_session(&app, &camden, &camden.dpo, dpo, true).await;
    let proof = decisions::password_proof(&ctx);
    let agrees = async |ctx: &Ctx| {
        decisions::review(ctx, &id, &line.id, &line.digest, Advice::Agrees, "", &proof).await
    };
    let before = app.acts().await;
    end_role(&app, &camden.partner, &camden.dpo, dpo).await;
    let refused = agrees(&ctx).await.unwrap_err();
    assert!(matches!(refused, Refusal::NotAllowed(_)), "{refused}");

    // The role is back, and the session goes.
    let operator = app.operator();
    let again = roles::grant(&operator, camden.id(), &camden.dpo, &dpo.into());
    operator.commit(again).await.unwrap();
    let end = identity::end_sessions(&operator, &camden.dpo);
    operator.commit(end).await.unwrap();
    let refused = agrees(&ctx).await.unwrap_err();
    assert!(matches!(refused, Refusal::SignIn), "{refused}");
    let refused = comments::comment(&ctx, &id, "purpose_text:", "Too late").await;
    assert!(matches!(refused, Err(Refusal::SignIn)));
    assert_eq!(
        app.acts().await,
        before + 3,
        "nothing but what was done meanwhile"
    );
    assert_eq!(outcome(&app, line.id.as_str()).await, None);
    assert_eq!(said(&app, &id).await, 0);

    // With both they decide.
    let ctx = on_session(&app, &camden, &camden.dpo, dpo, true).await;
    agrees(&ctx).await.unwrap();
    assert_eq!(
        outcome(&app, line.id.as_str()).await.as_deref(),
        Some("agrees")
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_link_that_was_taken_back_decides_nothing() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let line = journey::open_line(&app, &camden, &id, Stage::Review).await;
    let administrator = camden.as_administrator(&app);
    let made = aldgate::identity::one_time_links::make(
        &administrator,
        &id,
        &line.id,
        "Lindiwe Sisulu",
        "lindiwe@camden.example",
    )
    .await
    .unwrap();
    let operator = app.operator();
    let link = aldgate::identity::one_time_links::find(&operator, &made.token)
        .await
        .unwrap();
    let ctx = link.ctx(&operator);
    aldgate::identity::one_time_links::take_back(&administrator, &id, &line.id)
        .await
        .unwrap();
    let proof = link.proof(&ctx);
    let refused = decisions::review(
        &ctx,
        &id,
        &line.id,
        &line.digest,
        Advice::Agrees,
        "",
        &proof,
    )
    .await;
    assert!(matches!(refused, Err(Refusal::NotNow(_))), "{refused:?}");
    assert_eq!(outcome(&app, line.id.as_str()).await, None);
    app.ends_clean().await;
}

/// Whatever a page forgets: with a session alone, nothing that binds is written.
#[tokio::test]
async fn no_act_that_binds_is_written_with_a_session_alone() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let line = journey::open_line(&app, &camden, &id, Stage::Review).await;
    let dpo = Role::DataProtectionOfficer;
    let ctx = on_session(&app, &camden, &camden.dpo, dpo, false).await;
    let author = on_session(&app, &camden, &camden.author, Role::Author, false).await;
    let before = app.acts().await;
    let proof = decisions::password_proof(&ctx);
    let refused = decisions::review(
        &ctx,
        &id,
        &line.id,
        &line.digest,
        Advice::Agrees,
        "",
        &proof,
    )
    .await;
    assert!(matches!(refused, Err(Refusal::Broken(_))), "{refused:?}");
    let refused = aldgate::records::moves::make(&author, &id, "take_back", "").await;
    assert!(matches!(refused, Err(Refusal::Broken(_))), "{refused:?}");
    assert_eq!(app.acts().await, before);
    assert!(BINDING.is_sorted(), "a list that is read");
    app.ends_clean().await;
}
