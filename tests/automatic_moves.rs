//! What a pack makes automatic happens as soon as nothing stands in its way, whatever took the last thing away; and what
//! is signed takes effect behind its signatures only.

use aldgate::cli::load_files;
use aldgate::records::decisions;
use aldgate::records::decisions::Decision;
use aldgate::records::lines::{Advice, Stage};
use packs::{Files, Role};

use crate::support::TestApp;
use crate::support::journey::{self, Party};

const WORKFLOW: &str = "agreements/agreement/workflow.toml";

/// Asking for sign-off, made by the engine.
const BY_HAND: &str = "to = \"sign_off\"\nby = [\"author\", \"administrator\"]\nof = \"lead\"";

async fn two(app: &TestApp) -> (Party, Party) {
    (
        Party::new(app, "Camden Council", "borough").await,
        Party::new(app, "London Fire Brigade", "fire").await,
    )
}

#[tokio::test]
async fn the_last_review_and_the_last_answer_move_a_record_on() {
    let app = TestApp::with_packs(WORKFLOW, BY_HAND, "to = \"sign_off\"\nauto = true").await;
    let (camden, fire) = two(&app).await;
    let state = async |id| journey::situation(&app, &camden, id).await.record.state;

    let id = journey::in_review(&app, &[&camden, &fire]).await;
    journey::agree(&app, &camden, &id).await;
    assert_eq!(state(&id).await, "review", "one has not decided yet");
    journey::agree(&app, &fire, &id).await;
    assert_eq!(state(&id).await, "sign_off", "after a review");
    assert_eq!(
        journey::situation(&app, &camden, &id)
            .await
            .lines_of(1, Stage::SignOff)
            .count(),
        2
    );

    let id = journey::in_review(&app, &[&camden, &fire]).await;
    journey::agree(&app, &camden, &id).await;
    let line = journey::open_line(&app, &fire, &id, Stage::Review).await;
    let ctx = fire.as_dpo(&app);
    let proof = decisions::password_proof(&ctx);
    let advice = Advice::Conditions;
    decisions::review(
        &ctx,
        &id,
        &line.id,
        &line.digest,
        advice,
        "Train first.",
        &proof,
    )
    .await
    .unwrap();
    assert_eq!(
        state(&id).await,
        "review",
        "the conditions are not answered"
    );
    let author = camden.author_client(&app).await;
    let path = format!("/records/{id}/lines/{}/answer", line.id);
    author.done(&path, &[("text", "They are trained.")]).await;
    assert_eq!(state(&id).await, "sign_off", "after an answer");
    app.ends_clean().await;
}

#[tokio::test]
async fn a_draft_moves_on_when_its_last_answer_is_in() {
    let app = TestApp::with_packs(
        WORKFLOW,
        "to = \"review\"\nby = [\"author\", \"administrator\"]\nof = \"lead\"",
        "to = \"review\"\nauto = true",
    )
    .await;
    let (camden, fire) = two(&app).await;
    let both = [&camden, &fire];
    let mut content = journey::complete(&both);
    content.answers.remove("not_shared");
    let id = journey::draft(&app, &both, &content).await;
    let author = camden.author_client(&app).await;
    let section = format!("/records/{id}/sections/purpose");
    author
        .fill(&section, &[("not_shared", "People would be missed.")])
        .await;
    let situation = journey::situation(&app, &camden, &id).await;
    assert_eq!(situation.record.state, "review");
    assert_eq!(situation.lines_of(1, Stage::Review).count(), 2);
    app.ends_clean().await;
}

/// Two lines of one party are not two parties; and whoever the pack names signs, whatever their role.
#[tokio::test]
async fn a_text_is_in_force_between_parties_and_not_between_lines() {
    let app = TestApp::with_packs(
        "agreements/agreement/type.toml",
        "sign_off = [\"senior_officer\"]",
        "sign_off = [\"senior_officer\", \"data_protection_officer\"]",
    )
    .await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&camden, &fire]).await;
    let sign = async |party: &Party, role: Role| {
        let situation = journey::situation(&app, party, &id).await;
        let line = situation
            .lines_of(1, Stage::SignOff)
            .find(|l| l.organisation == *party.id() && l.role == role)
            .expect("a line for each role")
            .clone();
        let ctx = match role {
            Role::SeniorOfficer => party.as_officer(&app),
            _ => party.as_dpo(&app),
        };
        let proof = decisions::password_proof(&ctx);
        decisions::sign_off(&ctx, &id, &line.id, &line.digest, &Decision::Sign, &proof)
            .await
            .unwrap_or_else(|refusal| panic!("{refusal}"));
        let now = journey::situation(&app, party, &id).await.record;
        (now.state, now.effective_version)
    };
    let waits = ("sign_off".to_owned(), None);
    assert_eq!(sign(&camden, Role::SeniorOfficer).await, waits);
    assert_eq!(
        sign(&camden, Role::DataProtectionOfficer).await,
        waits,
        "one party"
    );
    assert_eq!(sign(&fire, Role::SeniorOfficer).await, waits, "and a half");
    let both = ("in_force".to_owned(), Some(1));
    assert_eq!(sign(&fire, Role::DataProtectionOfficer).await, both);
    app.ends_clean().await;
}

#[test]
fn no_pack_takes_an_agreement_around_its_signatures() {
    let around = "[[move]]\nid = \"force\"\nname = \"In force at once\"\nfrom = [\"draft\"]\nto = \"in_force\"\n\
                  by = [\"author\"]\nof = \"lead\"\neffects = [\"fix_version\", \"take_effect\"]\n";
    let files = aldgate::cli::pack_files("").unwrap();
    let changed = files.iter().map(|(path, text)| {
        let more = if path == WORKFLOW { around } else { "" };
        (path.to_owned(), format!("{text}\n{more}"))
    });
    let faults = load_files(&Files::new(changed)).expect_err("it can go around its signatures");
    let named = |what: &str| {
        faults
            .iter()
            .any(|f| f.file == WORKFLOW && f.line > 100 && f.what.contains(what))
    };
    assert!(
        named("without the guard \"signed_by_every_party\""),
        "{faults:?}"
    );
    assert!(named("that no one can have signed"), "{faults:?}");
}

#[test]
fn packs_without_a_type_that_pages_are_about_are_refused() {
    let files = aldgate::cli::pack_files("").unwrap();
    let without = files
        .iter()
        .filter(|(path, _)| !path.starts_with("agreements/memorandum/"));
    let without = without.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let faults = load_files(&Files::new(without)).expect_err("there is no memorandum");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].what.contains("There is no type \"memorandum\""));
    assert_eq!(faults[0].file, "agreements/memorandum/type.toml");
}
