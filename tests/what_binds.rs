//! Whatever binds an organisation, or gives somebody a right, asks for more than a session. Every route that takes a form
//! is in one of two lists: those that bind, and those that do not, with the reason.

use std::collections::BTreeSet;

use aldgate::kernel::right::BINDING;
use aldgate::records::lines::{Advice, Stage};
use aldgate::records::{decisions, moves};
use aldgate::router::ROUTES;

use crate::support::journey::{self, Party};
use crate::support::{Client, PASSWORD, TestApp};

/// A route that binds, and the acts it writes that say so.
const BINDS: &[(&str, &[&str])] = &[
    ("/agreements/export", &[]),
    // In a draft it is drafting; a party that joins a fixed text is asked for.
    ("/records/{id}/parties/add", &["party.added"]),
    (
        "/records/{id}/parties/{party}/join-sign-off",
        &["party.sign_off_asked"],
    ),
    (
        "/records/{id}/parties/{party}/ask-to-sign",
        &["party.sign_off_asked"],
    ),
    ("/records/{id}/moves/{move}", &["record.moved"]),
    (
        "/records/{id}/lines/{line}",
        &["review.decided", "sign_off.signed", "sign_off.declined"],
    ),
    (
        "/records/{id}/lines/{line}/answer",
        &["review.conditions_answered"],
    ),
    ("/records/{id}/lines/{line}/overrule", &["review.overruled"]),
    ("/records/{id}/lines/{line}/link", &["line.link_made"]),
    ("/me/passkeys/new", &[]),
    ("/me/authenticator", &[]),
    ("/me/authenticator/remove", &[]),
    ("/me/passkeys/{passkey}/remove", &[]),
    ("/me/password", &["password.changed"]),
    ("/me/recovery-codes", &[]),
    ("/me/organisation-sign-in", &[]),
    (
        "/claims/{id}",
        &[
            "organisation.claim_confirmed",
            "organisation.claim_refused",
            "role.granted",
        ],
    ),
    ("/organisation/details", &["organisation.changed"]),
    ("/organisation/people/new", &["membership.offered"]),
    ("/organisation/offers/{id}/link", &["membership.offered"]),
    ("/offers/{id}", &["role.granted"]),
    ("/organisation/people/{person}/sign-out", &[]),
    ("/organisation/people/{person}/roles", &["role.granted"]),
    (
        "/organisation/people/{person}/invitation",
        &["person.invited"],
    ),
    ("/organisation/roles/{id}/end", &["role.ended"]),
    (
        "/organisation/supported/new",
        &["role.granted", "organisation.changed"],
    ),
    ("/organisation/sign-in", &["provider.set"]),
    ("/organisation/sign-in/remove", &["provider.removed"]),
    ("/organisation/domains", &["domain.named"]),
    ("/organisation/domains/{id}/remove", &["domain.ended"]),
    ("/organisation/joiners/{id}", &["joiner.decided"]),
    ("/organisation/tokens/new", &["token.made"]),
    ("/records/{id}/publish", &["record.published"]),
    ("/records/{id}/publish/withdraw", &["record.withdrawn"]),
    ("/memorandum/start", &["record.moved"]),
];

/// A route that a session alone may use, and why.
const FREE: &[(&str, &str)] = &[
    ("/agreements/new", "drafting"),
    ("/records/{id}/earlier-answers", "drafting"),
    ("/records/{id}/sections/{section}", "drafting"),
    ("/records/{id}/sections/{section}/{scope}", "drafting"),
    ("/records/{id}/gateways/{question}/{scope}", "drafting"),
    ("/records/{id}/parties/{party}/remove", "drafting"),
    (
        "/records/{id}/parties/{party}/join-review",
        "asks for advice, which binds no one yet",
    ),
    ("/records/{id}/flows/add", "drafting"),
    ("/records/{id}/flows/{flow}/remove", "drafting"),
    ("/records/{id}/attachments/{attachment}/remove", "drafting"),
    ("/records/{id}/comments", "says something, and binds no one"),
    (
        "/records/{id}/law/{rule}/settle",
        "drafting: every reviewer sees it",
    ),
    ("/records/{id}/law/{rule}/reopen", "drafting"),
    ("/records/{id}/lines/{line}/link/end", "takes a right away"),
    ("/assurance/start", "drafting"),
    (
        "/kept/{kept}/remove",
        "throws away text of one's own that was not saved",
    ),
    ("/links/{token}", "has no session: the code is asked for"),
    (
        "/links/{token}/decision",
        "has no session: the code is asked for",
    ),
    ("/sign-in", "shows who it is"),
    ("/sign-in/passkey", "shows who it is"),
    ("/sign-in/code", "shows who it is"),
    ("/sign-in/organisation", "shows who it is"),
    ("/sign-out", "takes a right away"),
    (
        "/invitations/{token}",
        "has no session: the link is the proof",
    ),
    (
        "/account-links/{token}",
        "has no session: the link is the proof",
    ),
    ("/forgotten-password", "sends a link to an address"),
    ("/me/address", "sends a link to one's own address"),
    (
        "/me/organisation-sign-in/disown",
        "has no session: the provider's answer is the proof",
    ),
    (
        "/organisation/offers/{id}/withdraw",
        "takes back what no one has yet",
    ),
    ("/demo/sign-in", "demonstrations only"),
    (
        "/me/passkeys",
        "follows /me/passkeys/new, and carries its proof",
    ),
    (
        "/me/authenticator/confirm",
        "follows /me/authenticator, and carries its proof",
    ),
    ("/me/sessions/{session}/end", "takes a right away"),
    ("/me/sign-out-everywhere", "takes a right away"),
    ("/organisations/new", "gives no one else anything"),
    (
        "/organisations/external/new",
        "a name in a list, which gives nothing",
    ),
    ("/organisation/choose", "a role that is theirs already"),
    (
        "/organisation/sign-in/try",
        "looks at a provider, and keeps nothing",
    ),
    ("/organisation/tokens/{id}/end", "takes a right away"),
    ("/verify", "reads a file"),
    (
        "/log/witness/add-checkpoint",
        "has no session: the note is signed",
    ),
];

#[test]
fn every_form_binds_and_asks_or_says_why_not() {
    let posts: BTreeSet<&str> = ROUTES
        .iter()
        .filter(|(method, _)| *method == "post")
        .map(|(_, path)| *path)
        .collect();
    let listed = || {
        BINDS
            .iter()
            .map(|(path, _)| *path)
            .chain(FREE.iter().map(|(path, _)| *path))
    };
    let known: BTreeSet<&str> = listed().collect();
    assert_eq!(
        known.len(),
        listed().count(),
        "a route is in both lists, or twice in one"
    );
    let unlisted: Vec<&&str> = posts.difference(&known).collect();
    assert!(unlisted.is_empty(), "does it bind or grant? {unlisted:?}");
    let gone: Vec<&&str> = known.difference(&posts).collect();
    assert!(gone.is_empty(), "no such form: {gone:?}");
    // What the routes that bind write is what the writer asks a proof for, and the other way round.
    let acts: BTreeSet<&str> = BINDS
        .iter()
        .flat_map(|(_, acts)| acts.iter().copied())
        .collect();
    let asked: BTreeSet<&str> = BINDING
        .iter()
        .copied()
        .chain(["record.moved", "party.added"])
        .collect();
    assert_eq!(acts, asked);
}

/// What was sent with a session alone: refused on the password, and nothing written.
async fn refused(app: &TestApp, thief: &Client, path: &str, fields: &[(&str, &str)]) {
    let before = app.acts().await;
    let page = thief.post(path, fields).await;
    let on: Vec<String> = page.errors().into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        (page.status, on),
        (422, vec!["password".to_owned()]),
        "{path}: {}",
        page.words()
    );
    assert_eq!(app.acts().await, before, "{path} wrote something");
}

#[tokio::test]
async fn a_stolen_session_binds_nobody_and_grants_nothing() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let both = [&council, &fire];
    let draft = journey::draft(&app, &both, &journey::complete(&both)).await;
    let reviewed = journey::in_review(&app, &both).await;
    for party in both {
        journey::agree(&app, party, &reviewed).await;
    }
    let in_force = journey::in_force(&app, &both).await;
    let conditions = journey::in_review(&app, &both).await;
    let line = journey::open_line(&app, &fire, &conditions, Stage::Review).await;
    let ctx = fire.as_dpo(&app);
    let proof = decisions::password_proof(&ctx);
    let advice = Advice::Conditions;
    decisions::review(
        &ctx,
        &conditions,
        &line.id,
        &line.digest,
        advice,
        "Train first.",
        &proof,
    )
    .await
    .unwrap();

    let author = council.author_client(&app).await;
    let officer = council.officer_client(&app).await;
    let administrator = council.administrator_client(&app).await;
    let reason = [("reason", "x")];
    let at =
        |id: &aldgate::kernel::ids::RecordId, wanted: &str| format!("/records/{id}/moves/{wanted}");
    let ask = at(&reviewed, "ask_for_sign_off");
    let answer = format!("/records/{conditions}/lines/{}/answer", line.id);
    let details = [
        ("name", "Camden Charity"),
        ("kind", "vcs"),
        ("area", "E12000007"),
        ("fee_number", "Z1234567"),
        ("revision", "1"),
    ];
    let supported = [
        ("name", "Small Charity"),
        ("kind", "vcs"),
        ("area", "E12000007"),
        ("person_name", "Mal Lory"),
        ("email", "mal@evil.example"),
        ("permission", "yes"),
    ];
    let evil = app.organisation("Evil Ltd", "vcs").await;
    let joining = [("q", "Evil"), ("party", evil.id.as_str())];
    type Fields<'a> = &'a [(&'a str, &'a str)];
    let tries: Vec<(&Client, String, Fields<'_>)> = vec![
        (&officer, at(&in_force, "end"), &reason),
        (&author, at(&in_force, "change"), &reason),
        (&author, at(&draft, "discard"), &reason),
        (&author, ask.clone(), &[]),
        (&author, at(&reviewed, "take_back"), &[]),
        (&author, answer.clone(), &[("text", "Done.")]),
        (&administrator, "/organisation/details".to_owned(), &details),
        (
            &administrator,
            "/organisation/supported/new".to_owned(),
            &supported,
        ),
        (
            &author,
            format!("/records/{reviewed}/parties/add"),
            &joining,
        ),
    ];
    for (client, path, fields) in &tries {
        refused(&app, &client.thief(), path, fields).await;
    }
    // The page says so before, and the owner of the session goes on with their password.
    assert_eq!(author.get(&ask).await.all("#password").len(), 1);
    for (client, path, fields) in tries {
        let mut fields = fields.to_vec();
        fields.push(("password", PASSWORD));
        let page = client.post(&path, &fields).await;
        // The second of two moves of one record finds it moved on.
        assert!(
            matches!(page.status, 200 | 303 | 422),
            "{path}: {}",
            page.words()
        );
        assert!(
            page.errors().iter().all(|(field, _)| field != "password"),
            "{path}: {}",
            page.words()
        );
    }
    let ended = journey::situation(&app, &council, &in_force).await;
    assert_eq!(ended.record.state, "ended");
    // What only asks for advice stays a matter of the session.
    let second = journey::draft(&app, &both, &journey::complete(&both)).await;
    let asks = author
        .thief()
        .post(&at(&second, "ask_for_review"), &[])
        .await;
    assert_eq!(asks.status, 303, "{}", asks.words());
    moves::make(&council.as_author(&app), &second, "take_back", "")
        .await
        .unwrap();
    app.ends_clean().await;
}
