//! Who decides and what the law asks of an issued version is in its text. What a party becomes afterwards opens
//! no gate and shuts nobody out.

use aldgate::kernel::ids::{LineId, OrganisationId};
use aldgate::organisations::store;
use aldgate::records::decisions;
use aldgate::records::gate;
use aldgate::records::gate::Obstacle;
use aldgate::records::lines::{Advice, Line, LineState, Said, Stage};
use aldgate::records::versions::{Issued, VersionText};
use packs::{Content, RecordType, Role};
use serde_json::json;

use crate::support::journey::{self, Party};
use crate::support::{Client, TestApp, packs as embedded};

async fn two(app: &TestApp) -> (Party, Party) {
    (
        Party::new(app, "Camden Council", "borough").await,
        Party::new(app, "London Fire Brigade", "fire").await,
    )
}

/// An administrator changes what kind of organisation theirs is, and what it is called.
async fn becomes(client: &Client, name: &str, kind: &str) {
    let fields = [
        ("name", name),
        ("kind", kind),
        ("password", crate::support::PASSWORD),
    ];
    let page = client.filled("/organisation/details", &fields).await;
    assert!(page.says(name), "{}", page.words());
}

/// Health data that is confidential: a care body's Caldicott Guardian reviews it too.
fn about_health(parties: &[&Party]) -> Content {
    let mut content = journey::complete(parties);
    content.answers.extend(journey::answers(
        json!({ "special": ["health"], "confidential": "yes" }),
    ));
    for part in content.parties.values_mut() {
        part.extend(journey::answers(json!({
            "art9": ["h"], "confidence_route": ["direct_care"],
        })));
    }
    content
}

const ASK: &str = "moves/ask_for_sign_off";

#[tokio::test]
async fn a_guardian_who_was_asked_keeps_the_gate_shut_whatever_the_party_becomes() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let both = [&camden, &fire];
    let id = journey::draft(&app, &both, &about_health(&both)).await;
    journey::ask_for_review(&app, &camden, &id).await;
    let asked = journey::situation(&app, &camden, &id).await;
    let guardians = asked
        .lines
        .iter()
        .filter(|l| l.role == Role::CaldicottGuardian);
    assert_eq!(
        guardians.count(),
        1,
        "Camden gives care, the brigade does not"
    );
    for party in both {
        let line = asked
            .lines
            .iter()
            .find(|l| l.organisation == *party.id() && l.role == DPO)
            .expect("a line of its data protection officer");
        let ctx = party.as_dpo(&app);
        let proof = decisions::password_proof(&ctx);
        decisions::review(
            &ctx,
            &id,
            &line.id,
            &line.digest,
            Advice::Agrees,
            "",
            &proof,
        )
        .await
        .unwrap();
    }

    let administrator = camden.administrator_client(&app).await;
    becomes(&administrator, "Camden Charity", "vcs").await;
    let author = camden.author_client(&app).await;
    let page = author.get(&format!("/records/{id}/{ASK}")).await;
    assert!(
        page.says("Camden Council: its Caldicott Guardian has not decided yet"),
        "{}",
        page.words()
    );
    assert_eq!(
        author
            .post(&format!("/records/{id}/{ASK}"), &[])
            .await
            .status,
        422
    );
    let situation = journey::situation(&app, &camden, &id).await;
    assert_eq!(situation.record.state, "review");
    assert!(situation.lines.iter().all(|l| l.stage == Stage::Review));
    app.ends_clean().await;
}

#[tokio::test]
async fn what_the_law_blocks_stays_blocked_whatever_the_party_becomes() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let both = [&camden, &fire];
    let mut content = journey::complete(&both);
    let part = content.parties.get_mut(fire.id().as_str()).unwrap();
    part.insert("gateway".to_owned(), json!([]));
    let id = journey::draft(&app, &both, &content).await;
    journey::ask_for_review(&app, &camden, &id).await;
    for party in both {
        journey::agree(&app, party, &id).await;
    }
    let author = camden.author_client(&app).await;
    let law = async || {
        let page = author.get(&format!("/records/{id}/law")).await;
        page.all("h2").join(" | ")
    };
    let before = law().await;
    assert!(before.contains("What blocks signing (1)"), "{before}");

    // A charity needs no power to share: were the brigade one, nothing would block.
    let administrator = fire.administrator_client(&app).await;
    becomes(&administrator, "London Fire Brigade", "vcs").await;
    assert_eq!(
        law().await,
        before,
        "the page of the law reads the issued text"
    );
    let programs = author.get(&format!("/api/v1/records/{id}/prompts")).await;
    let prompts: serde_json::Value = serde_json::from_slice(&programs.bytes).unwrap();
    let open = |p: &&serde_json::Value| p["severity"] == "block" && p["open"] == true;
    let blocks = prompts["prompts"].as_array().unwrap().iter().filter(open);
    assert_eq!(blocks.count(), 1, "and so does the API");
    assert_eq!(
        author
            .post(&format!("/records/{id}/{ASK}"), &[])
            .await
            .status,
        422
    );

    // With a new text the party is what it is then.
    author
        .done(&format!("/records/{id}/moves/take_back"), &[])
        .await;
    assert!(
        !law().await.contains("What blocks signing"),
        "a draft is of today"
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_party_that_registers_meanwhile_changes_nothing_of_a_running_version() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let shelter = Party::listed(&app, "Night Shelter", "vcs").await;
    let id = journey::in_review(&app, &[&camden, &fire, &shelter]).await;
    let register = async || {
        let ctx = app.operator();
        let listed = store::one(&ctx, shelter.id()).await.unwrap();
        ctx.commit(store::register_external(&listed, None))
            .await
            .unwrap();
    };
    register().await;
    let officer = app
        .client(&shelter.partner, "Nina Night", &[Role::SeniorOfficer])
        .await;
    let manager = app
        .client(&shelter.partner, "Max Night", &[Role::Administrator])
        .await;
    for party in [&camden, &fire] {
        journey::agree(&app, party, &id).await;
    }
    let author = camden.author_client(&app).await;
    author.done(&format!("/records/{id}/{ASK}"), &[]).await;
    let situation = journey::situation(&app, &camden, &id).await;
    assert!(
        situation
            .lines
            .iter()
            .all(|l| l.organisation != *shelter.id()),
        "it was listed in what was issued, so no one there was asked"
    );

    // It can be asked to sign, as before; and now its own people decide who does.
    let page = author.get(&format!("/records/{id}/parties")).await;
    assert!(page.says("Night Shelter can sign"), "{}", page.words());
    let ask = format!("/records/{id}/parties/{}/ask-to-sign", shelter.id());
    let asked = author.post(&ask, &[]).await;
    assert_eq!(asked.status, 303, "{}", asked.words());
    assert!(asked.location.contains("/lines/") && !asked.location.ends_with("/link"));
    let link = format!("{}/link", asked.location);
    assert_eq!(
        author.get(&link).await.status,
        403,
        "no one else names who decides"
    );
    assert_eq!(manager.get(&link).await.status, 200);
    let page = officer.get(&asked.location).await;
    let fields = [
        ("seen", page.value("seen")),
        ("decision", "sign".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    officer.done(&asked.location, &fields).await;
    for party in [&camden, &fire] {
        journey::sign(&app, party, &id).await;
    }
    let situation = journey::situation(&app, &camden, &id).await;
    assert_eq!(situation.record.state, "in_force");
    app.ends_clean().await;
}

#[tokio::test]
async fn a_decision_names_the_party_as_the_text_does() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&camden, &fire]).await;
    let administrator = fire.administrator_client(&app).await;
    becomes(&administrator, "Anything Ltd", "vcs").await;
    journey::sign(&app, &fire, &id).await;
    journey::sign(&app, &camden, &id).await;
    let author = camden.author_client(&app).await;
    let evidence = author.get(&format!("/records/{id}/evidence.json")).await;
    assert!(evidence.text.contains("London Fire Brigade"));
    assert!(
        !evidence.text.contains("Anything Ltd"),
        "sealed under the name that was issued"
    );
    let page = author.get(&format!("/records/{id}")).await;
    assert!(page.says("London Fire Brigade") && !page.says("Anything Ltd"));
    app.ends_clean().await;
}

// The gate itself, as the function of text, lines and law that it is.

struct Text {
    content: Content,
    parties: serde_json::Value,
}

impl Text {
    fn of(parties: &[(&str, &str, bool)]) -> Text {
        let listed: Vec<serde_json::Value> = parties
            .iter()
            .map(|(id, kind, registered)| {
                json!({ "id": id, "name": format!("Party {id}"), "kind": kind, "registered": registered })
            })
            .collect();
        Text {
            content: Content::default(),
            parties: json!(listed),
        }
    }

    fn issued(&self, number: i64) -> VersionText {
        serde_json::from_value(json!({
            "format": "aldgate-version-1", "record": "agr_1", "type": "agreement", "number": number,
            "title": "A text", "lead": "a", "parties": self.parties, "content": self.content,
            "attachments": [], "packs": { "name": "", "version": "", "digest": "" },
        }))
        .expect("a text as it was always written")
    }
}

fn line(version: i64, party: &str, role: Role, state: LineState) -> Line {
    Line {
        id: LineId::from(format!("lin_{version}_{party}_{}", role.as_str())),
        version,
        organisation: OrganisationId::from(party),
        organisation_name: format!("Party {party}"),
        stage: Stage::Review,
        role,
        digest: String::new(),
        opened_at: 0,
        closed: false,
        state,
    }
}

fn advice(advice: Advice, answer: Option<Said>) -> LineState {
    LineState::Reviewed {
        advice,
        said: said(),
        answer,
        overruled: None,
    }
}

fn said() -> Said {
    Said {
        by: "Dina".to_owned(),
        at: 0,
        text: String::new(),
    }
}

/// What the reviews keep the gate shut with.
fn stops(issued: &Issued, lines: &[Line]) -> Vec<String> {
    let packs = embedded();
    let agreement: &RecordType = packs.record_type("agreement").unwrap();
    let day = "2026-11-21".parse().unwrap();
    let found = gate::open(agreement, &packs.law, issued, lines, day);
    let law = |o: &Obstacle| matches!(o, Obstacle::Blocker { .. } | Obstacle::Must { .. });
    let found = found.err().unwrap_or_default();
    found
        .iter()
        .filter(|o| !law(o))
        .map(ToString::to_string)
        .collect()
}

const DPO: Role = Role::DataProtectionOfficer;
const GUARDIAN: Role = Role::CaldicottGuardian;

#[test]
fn the_gate_needs_each_registered_party_of_the_text_and_nobody_else() {
    let text = Text::of(&[("a", "borough", true), ("b", "vcs", false)]);
    let issued = Issued::whole(text.issued(1));
    assert_eq!(
        stops(&issued, &[]),
        ["Party a: its data protection officer has not been asked to review this version"]
    );
    let agreed = line(1, "a", DPO, advice(Advice::Agrees, None));
    assert_eq!(stops(&issued, std::slice::from_ref(&agreed)), [""; 0]);
    // Advice on another version says nothing about this one.
    let older = Issued::whole(text.issued(2));
    assert_eq!(stops(&older, &[agreed]).len(), 1);
}

#[test]
fn whoever_was_asked_keeps_the_gate_shut_until_they_answer_or_are_replaced() {
    let text = Text::of(&[("a", "borough", true), ("b", "vcs", false)]);
    let issued = Issued::whole(text.issued(2));
    let agreed = line(2, "a", DPO, advice(Advice::Agrees, None));
    // Asked of nobody whom the text of today would ask: another role, a party that is only listed, a party that
    // the text does not name, and an older text that nothing closed.
    let asked = [
        line(2, "a", GUARDIAN, LineState::Waiting),
        line(2, "b", DPO, LineState::Waiting),
        line(2, "z", DPO, advice(Advice::Against, None)),
        line(1, "a", DPO, advice(Advice::Conditions, None)),
    ];
    for open in asked {
        let mut lines = vec![agreed.clone(), open];
        assert_eq!(stops(&issued, &lines).len(), 1, "{:?}", lines[1]);
        // Replaced in the open, it stands in nobody's way.
        lines[1].closed = true;
        assert_eq!(stops(&issued, &lines), [""; 0], "{:?}", lines[1]);
    }
    let mut answered = vec![
        agreed,
        line(2, "a", GUARDIAN, advice(Advice::Conditions, Some(said()))),
    ];
    assert_eq!(stops(&issued, &answered), [""; 0]);
    // Whoever the text needs is not done away with by closing their line.
    answered[0].state = LineState::Superseded;
    answered[0].closed = true;
    assert_eq!(stops(&issued, &answered).len(), 1);
}

#[test]
fn a_part_that_joins_waits_for_its_own_reviews_and_those_of_the_text_it_joins() {
    let base = Text::of(&[("a", "borough", true)]);
    let part = Text::of(&[("c", "fire", true)]);
    let issued = Issued {
        text: part.issued(3),
        joined: Some(base.issued(1)),
    };
    let own = line(3, "c", DPO, advice(Advice::Agrees, None));
    assert_eq!(stops(&issued, std::slice::from_ref(&own)), [""; 0]);
    let waits = |version| line(version, "a", DPO, LineState::Waiting);
    assert_eq!(stops(&issued, &[own.clone(), waits(1)]).len(), 1);
    assert_eq!(
        stops(&issued, &[own, waits(2)]),
        [""; 0],
        "another part that joins"
    );
}

#[test]
fn all_have_signed_when_each_party_of_the_text_has_signed_this_version() {
    let packs = embedded();
    let agreement = packs.record_type("agreement").unwrap();
    let assurance = packs.record_type("assurance").unwrap();
    let text = Text::of(&[
        ("a", "borough", true),
        ("b", "fire", true),
        ("c", "vcs", false),
    ])
    .issued(1);
    let signs = |version, party| Line {
        stage: Stage::SignOff,
        ..line(
            version,
            party,
            Role::SeniorOfficer,
            LineState::Signed {
                by: "Sol".to_owned(),
                at: 0,
                proof: String::new(),
            },
        )
    };
    let all = |lines: &[Line]| gate::all_signed(agreement, &text, lines).is_some();
    assert!(
        all(&[signs(1, "a"), signs(1, "b")]),
        "who is only listed need not"
    );
    assert!(!all(&[signs(1, "a")]));
    assert!(
        !all(&[signs(1, "a"), signs(1, "c")]),
        "two lines are not two of those who must"
    );
    assert!(!all(&[signs(1, "a"), signs(2, "b")]), "another version");
    let both = [signs(1, "a"), signs(1, "b")];
    assert!(
        gate::all_signed(assurance, &text, &both).is_none(),
        "where no one signs, no one has"
    );
}
