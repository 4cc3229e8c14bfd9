//! Agreements in every state, made quickly through the same functions the pages call.

use aldgate::kernel::access::Action;
use aldgate::kernel::ids::{LineId, OrganisationId, PersonId, RecordId};
use aldgate::kernel::{Act, Ctx};
use aldgate::organisations::store::OrganisationStanding;
use aldgate::records::decisions;
use aldgate::records::decisions::Decision;
use aldgate::records::lines::{Advice, Line, Stage};
use aldgate::records::moves;
use aldgate::records::situation::Situation;
use aldgate::records::{fetch, store};
use packs::{Answers, Content, Flow, Role};
use serde_json::json;

use super::{Client, Partner, TestApp};

/// An organisation that is set up: one person in each role, assurance in force, memorandum signed.
pub struct Party {
    pub partner: Partner,
    pub author: PersonId,
    pub administrator: PersonId,
    pub dpo: PersonId,
    pub officer: PersonId,
}

impl Party {
    pub async fn new(app: &TestApp, name: &str, kind: &str) -> Party {
        let party = Party::without_statements(app, name, kind).await;
        party.sign_memorandum(app).await;
        party.publish_assurance(app).await;
        party
    }

    pub async fn without_statements(app: &TestApp, name: &str, kind: &str) -> Party {
        let partner = app.organisation(name, kind).await;
        let person = async |name: &str, role| app.person(&partner, name, &[role]).await;
        Party {
            author: person("Ada Author", Role::Author).await,
            administrator: person("Amir Admin", Role::Administrator).await,
            dpo: person("Dina Protect", Role::DataProtectionOfficer).await,
            officer: person("Sol Senior", Role::SeniorOfficer).await,
            partner,
        }
    }

    /// One that does not use the gateway: there is nobody in it.
    pub async fn listed(app: &TestApp, name: &str, kind: &str) -> Party {
        let nobody = || PersonId::from("");
        let external = OrganisationStanding::External;
        Party {
            partner: app.organisation_that_is(external, name, kind).await,
            author: nobody(),
            administrator: nobody(),
            dpo: nobody(),
            officer: nobody(),
        }
    }

    pub fn id(&self) -> &OrganisationId {
        &self.partner.id
    }

    pub fn as_author(&self, app: &TestApp) -> Ctx {
        app.acting(&self.partner, &self.author, &[Role::Author])
    }

    pub fn as_dpo(&self, app: &TestApp) -> Ctx {
        app.acting(&self.partner, &self.dpo, &[Role::DataProtectionOfficer])
    }

    pub fn as_officer(&self, app: &TestApp) -> Ctx {
        app.acting(&self.partner, &self.officer, &[Role::SeniorOfficer])
    }

    pub fn as_administrator(&self, app: &TestApp) -> Ctx {
        app.acting(&self.partner, &self.administrator, &[Role::Administrator])
    }

    pub async fn author_client(&self, app: &TestApp) -> Client {
        app.signed_in(&self.partner, &self.author).await
    }

    pub async fn dpo_client(&self, app: &TestApp) -> Client {
        app.signed_in(&self.partner, &self.dpo).await
    }

    pub async fn officer_client(&self, app: &TestApp) -> Client {
        app.signed_in(&self.partner, &self.officer).await
    }

    pub async fn administrator_client(&self, app: &TestApp) -> Client {
        app.signed_in(&self.partner, &self.administrator).await
    }

    async fn sign_memorandum(&self, app: &TestApp) {
        let ctx = self.as_administrator(app);
        let kind = store::record_type(&ctx, "memorandum").unwrap();
        let (id, change) = store::create(&ctx, kind, "Memorandum", &Content::default()).unwrap();
        ctx.commit(change).await.unwrap();
        moves::make(&ctx, &id, "ask_for_signature", "")
            .await
            .unwrap();
        sign(app, self, &id).await;
    }

    pub async fn publish_assurance(&self, app: &TestApp) {
        let ctx = self.as_administrator(app);
        let kind = store::record_type(&ctx, "assurance").unwrap();
        let content = Content {
            answers: answers(json!({
                "fee": "paid", "fee_number": "Z1234567", "fee_expires": "2027-10-01",
                "dspt": "not_needed", "cyber_essentials": "none", "iso27001": "no",
                "training": "yes", "policies": ["data_protection", "security"],
                "dpo_name": "Data protection officer", "dpo_email": "dpo@partner.example",
                "incident_email": "incident@partner.example", "expires": "2027-11-01",
            })),
            ..Content::default()
        };
        let (id, change) = store::create(&ctx, kind, "Assurance statement", &content).unwrap();
        ctx.commit(change).await.unwrap();
        moves::make(&ctx, &id, "publish", "").await.unwrap();
    }
}

pub fn answers(value: serde_json::Value) -> Answers {
    value.as_object().expect("an object").clone()
}

/// What an agreement between these parties says, complete: nothing missing, no blocker open.
pub fn complete(parties: &[&Party]) -> Content {
    let mut content = Content {
        answers: answers(json!({
            "title": "Home fire safety visits",
            "theme": "emergencies",
            "areas": ["Camden, E09000007"],
            "purpose_text": "We want to offer a fire safety visit to each person who is at high risk of a fire.",
            "data_help": "The fire service will know which homes to visit first.",
            "purposes": ["service_delivery"],
            "public_benefit": ["better_services"],
            "public_benefit_better_services": "Fewer fires in homes.",
            "not_shared": "People at high risk would be missed.",
            "necessity": "Counts would not show which homes to visit.",
            "continuing": "continuing",
            "le_purpose": "no",
            "data_kind": "yes",
            "criminal_data": "no",
            "subjects": ["adults"],
            "children_included": "no",
            "data": ["name_contact"],
            "data_items": [{ "item": "Name", "why": "To know whom to visit", "minimum": "exact" }],
            "overseas": "no",
            "dpia": "done",
            "dpia_outcome": "Low risk once the measures are in place.",
            "dpo_advice": "Go ahead.",
            "security": "Encrypted on its way and at rest.",
            "security_summary": "The data is encrypted.",
            "breach_plan": "Each party tells the others within 24 hours.",
            "start_date": "2026-12-01",
            "review_date": "2027-12-01",
            "signatories": "Sol Senior, Director, Z1234567",
            "equality": "No group is treated worse.",
        })),
        ..Content::default()
    };
    for (place, party) in parties.iter().enumerate() {
        content.parties.insert(
            party.id().to_string(),
            own_part(if place == 0 { "sends" } else { "receives" }),
        );
    }
    content.flows.push(Flow {
        id: "flw_first".to_owned(),
        answers: answers(json!({
            "flow_name": "Weekly list of homes",
            "flow_from": [parties[0].id().as_str()],
            "flow_to": [parties[1].id().as_str()],
            "frequency": "weekly",
            "method": "sftp",
        })),
    });
    content
}

/// A party's own part, complete.
pub fn own_part(direction: &str) -> Answers {
    answers(json!({
        "party_role": "controller",
        "party_direction": direction,
        "contact": "private-mailbox@party.example",
        "party_function": "Preventing fires",
        "legal_power": "yes",
        "gateway": ["s111"],
        "limits_checked": "yes",
        "art6": ["e"],
        "task_law": "Fire and Rescue Services Act 2004 section 6",
        "told": "updated",
        "privacy_link": "https://party.example/privacy",
        "rights_lead": "Our information team",
        "complaints_route": "The form on our site",
        "ropa": "yes",
        "retention": "6 years after the visit",
        "retention_reason": "Limitation Act 1980",
        "disposal": "Deleted each month",
    }))
}

/// A draft with this content, led by the first party.
pub async fn draft(app: &TestApp, parties: &[&Party], content: &Content) -> RecordId {
    let ctx = parties[0].as_author(app);
    let kind = store::record_type(&ctx, "agreement").unwrap();
    let (id, change) = store::create(&ctx, kind, "Home fire safety visits", content).unwrap();
    ctx.commit(change).await.unwrap();
    for party in &parties[1..] {
        let record = fetch(&ctx, &id, Action::Draft).await.unwrap();
        let change = record
            .save(&ctx, content, Act::new("party.added", &id))
            .unwrap();
        let change = record
            .add_party(&ctx, party.id(), false, change)
            .await
            .unwrap();
        ctx.commit(change).await.unwrap();
    }
    id
}

/// A complete draft whose review has been asked for.
pub async fn in_review(app: &TestApp, parties: &[&Party]) -> RecordId {
    let id = draft(app, parties, &complete(parties)).await;
    ask_for_review(app, parties[0], &id).await;
    id
}

pub async fn ask_for_review(app: &TestApp, lead: &Party, id: &RecordId) {
    moves::make(&lead.as_author(app), id, "ask_for_review", "")
        .await
        .unwrap_or_else(|refusal| panic!("{refusal}"));
}

/// Every data protection officer agrees, and sign-off is asked for.
pub async fn in_sign_off(app: &TestApp, parties: &[&Party]) -> RecordId {
    let id = in_review(app, parties).await;
    for party in parties {
        agree(app, party, &id).await;
    }
    moves::make(&parties[0].as_author(app), &id, "ask_for_sign_off", "")
        .await
        .unwrap_or_else(|refusal| panic!("{refusal}"));
    id
}

/// Signed by everybody.
pub async fn in_force(app: &TestApp, parties: &[&Party]) -> RecordId {
    let id = in_sign_off(app, parties).await;
    for party in parties {
        sign(app, party, &id).await;
    }
    id
}

pub async fn agree(app: &TestApp, party: &Party, id: &RecordId) {
    let line = open_line(app, party, id, Stage::Review).await;
    let ctx = party.as_dpo(app);
    let proof = decisions::password_proof(&ctx);
    decisions::review(&ctx, id, &line.id, &line.digest, Advice::Agrees, "", &proof)
        .await
        .unwrap_or_else(|refusal| panic!("{refusal}"));
}

pub async fn sign(app: &TestApp, party: &Party, id: &RecordId) {
    let line = open_line(app, party, id, Stage::SignOff).await;
    let ctx = party.as_officer(app);
    let proof = decisions::password_proof(&ctx);
    decisions::sign_off(&ctx, id, &line.id, &line.digest, &Decision::Sign, &proof)
        .await
        .unwrap_or_else(|refusal| panic!("{refusal}"));
}

pub async fn situation(app: &TestApp, party: &Party, id: &RecordId) -> Situation {
    Situation::load(&party.as_author(app), id, Action::See)
        .await
        .expect("a record of this party")
}

/// The party's line that waits for a decision.
pub async fn open_line(app: &TestApp, party: &Party, id: &RecordId, stage: Stage) -> Line {
    situation(app, party, id)
        .await
        .lines
        .into_iter()
        .find(|l| l.organisation == *party.id() && l.stage == stage && l.is_waiting() && !l.closed)
        .unwrap_or_else(|| {
            panic!(
                "no {} line waits for {}",
                stage.as_str(),
                party.partner.name
            )
        })
}

pub async fn line_page(app: &TestApp, party: &Party, id: &RecordId, stage: Stage) -> String {
    let line: LineId = open_line(app, party, id, stage).await.id;
    format!("/records/{id}/lines/{line}")
}

/// Changes one answer of the working text, as the author of the lead.
pub async fn change_answer(
    app: &TestApp,
    lead: &Party,
    id: &RecordId,
    question: &str,
    answer: &str,
) {
    let ctx = lead.as_author(app);
    let record = fetch(&ctx, id, Action::Draft).await.expect("an open text");
    let mut content = record.content.clone();
    content.answers.insert(question.to_owned(), json!(answer));
    ctx.commit(
        record
            .save(&ctx, &content, Act::new("record.answered", id))
            .unwrap(),
    )
    .await
    .expect("saved");
}

/// Publishes the version in force: `extent` is "full" or "summary", nothing is withheld.
pub async fn publish(author: &Client, id: &RecordId, extent: &str) {
    let path = format!("/records/{id}/publish");
    let choose = [("step", "choose"), ("extent", extent), ("withhold", "no")];
    let preview = author.post(&path, &choose).await;
    let (choice, version) = (preview.value("choice"), preview.value("version"));
    let publish = [
        ("step", "publish"),
        ("choice", &choice),
        ("version", &version),
    ];
    author.done(&path, &publish).await;
}
