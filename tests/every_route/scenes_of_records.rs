//! Agreements in every state, of a lead with a party. Another organisation was a party while it was drafted.

use aldgate::kernel::Act;
use aldgate::kernel::access::Action;
use aldgate::kernel::ids::RecordId;
use aldgate::records::decisions;
use aldgate::records::lines::{Advice, Stage};
use aldgate::records::{fetch, moves};
use packs::Content;
use serde_json::{Value, json};

use super::case::Things;
use super::world::{World, id_in, known, token_in};
use crate::support::journey::{self, Party};

const PDF: &[u8] = b"%PDF-1.7\nan assessment";

/// A draft with this content, from which the former party was removed.
async fn drafted(world: &World, content: &Content, more: &[&Party]) -> RecordId {
    let (app, lead) = (&world.app, &world.lead);
    let mut parties = vec![lead, &world.party];
    parties.extend_from_slice(more);
    let id = journey::draft(app, &parties, content).await;
    let author = lead.author_client(app).await;
    let add = format!("/records/{id}/parties/add");
    let former = world.former.id.as_str();
    author.done(&add, &[("party", former)]).await;
    let remove = format!("/records/{id}/parties/{former}/remove");
    author.done(&remove, &[]).await;
    id
}

async fn complete(world: &World) -> RecordId {
    let content = journey::complete(&[&world.lead, &world.party]);
    drafted(world, &content, &[]).await
}

fn of(things: Things, id: &RecordId) -> Things {
    things
        .with("id", id)
        .with("flow", "flw_first")
        .with("section", "use")
        .with("question", "gateway")
        .with("number", 1)
}

pub async fn draft(world: &World, things: Things) -> Things {
    let id = complete(world).await;
    let author = world.lead.author_client(&world.app).await;
    let section = format!("/records/{id}/sections/use");
    let page = author.get(&section).await;
    let sent = author
        .submit_files(&page, &[], &[("dpia_files", "Assessment.pdf", PDF)])
        .await;
    assert_eq!(sent.status, 303, "{}", sent.words());
    let file = id_in(
        &author.get(&section).await,
        &format!("/records/{id}/attachments/"),
    );
    let said = [("text", "Looks right"), ("about", "purpose_text:")];
    author.done(&format!("/records/{id}/comments"), &said).await;
    of(things, &id)
        .with("attachment", file)
        .with("scope", world.lead.id())
        .with("move", "ask_for_review")
        .with("rule", "R004")
}

pub async fn leftover(world: &World, things: Things) -> Things {
    let mut content = journey::complete(&[&world.lead, &world.party]);
    let gone = json!("What was said to it.");
    content.answers.insert("asked_before".to_owned(), gone);
    let id = drafted(world, &content, &[]).await;
    of(things, &id)
}

pub async fn prompted(world: &World, things: Things) -> Things {
    let mut content = journey::complete(&[&world.lead, &world.party]);
    content.answers = json!({ "title": "Prompted", "data_kind": "yes" })
        .as_object()
        .unwrap()
        .clone();
    let id = drafted(world, &content, &[]).await;
    let author = world.lead.author_client(&world.app).await;
    let prompts = author.get(&format!("/api/v1/records/{id}/prompts")).await;
    let prompts: Value = serde_json::from_slice(&prompts.bytes).unwrap();
    for prompt in prompts["prompts"].as_array().unwrap() {
        let [rule, scope] = ["id", "scope"].map(|name| prompt[name].as_str().unwrap_or_default());
        let path = format!("/records/{id}/law/{rule}/settle?scope={scope}");
        if prompt["cleared"] == false && author.get(&path).await.status == 200 {
            return of(things, &id).with("rule", rule).with("scope", scope);
        }
    }
    panic!("no prompt can be dismissed: {prompts}");
}

pub async fn dismissed(world: &World, things: Things) -> Things {
    let things = prompted(world, things).await;
    let author = world.lead.author_client(&world.app).await;
    let path = things.fill("/records/{id}/law/{rule}/settle?scope={scope}");
    author.done(&path, &[("reason", "We looked at it")]).await;
    things
}

async fn with_line(world: &World, things: Things, id: &RecordId, stage: Stage) -> Things {
    let line = journey::open_line(&world.app, &world.lead, id, stage).await;
    of(things, id)
        .with("line", &line.id)
        .with("digest", &line.digest)
}

async fn in_review(world: &World) -> RecordId {
    let id = complete(world).await;
    journey::ask_for_review(&world.app, &world.lead, &id).await;
    id
}

pub async fn review(world: &World, things: Things) -> Things {
    let id = in_review(world).await;
    with_line(world, things, &id, Stage::Review)
        .await
        .with("move", "ask_for_review")
}

pub async fn reviewed(world: &World, things: Things, advice: Advice) -> Things {
    let id = in_review(world).await;
    let things = with_line(world, things, &id, Stage::Review).await;
    let ctx = world.lead.as_dpo(&world.app);
    let proof = decisions::password_proof(&ctx);
    let (line, digest) = (things.values["line"].as_str(), &things.values["digest"]);
    decisions::review(
        &ctx,
        &id,
        &line.into(),
        digest,
        advice,
        "As I said.",
        &proof,
    )
    .await
    .unwrap_or_else(|refusal| panic!("{refusal}"));
    things
}

async fn in_sign_off(world: &World, content: &Content, more: &[&Party]) -> RecordId {
    let (app, lead) = (&world.app, &world.lead);
    let id = drafted(world, content, more).await;
    journey::ask_for_review(app, lead, &id).await;
    for party in [lead, &world.party] {
        journey::agree(app, party, &id).await;
    }
    moves::make(&lead.as_author(app), &id, "ask_for_sign_off", "")
        .await
        .unwrap_or_else(|refusal| panic!("{refusal}"));
    id
}

async fn signing(world: &World) -> RecordId {
    let content = journey::complete(&[&world.lead, &world.party]);
    in_sign_off(world, &content, &[]).await
}

pub async fn sign_off(world: &World, things: Things) -> Things {
    let id = signing(world).await;
    with_line(world, things, &id, Stage::SignOff).await
}

pub async fn listed_party(world: &World, things: Things) -> Things {
    let name = format!("Night Shelter {}", world.number());
    let shelter = Party::listed(&world.app, &name, "vcs").await;
    let content = journey::complete(&[&world.lead, &world.party, &shelter]);
    let id = in_sign_off(world, &content, &[&shelter]).await;
    of(things, &id).with("party", shelter.id())
}

/// A link for the lead's line, whose holder has given the code.
pub async fn linked(world: &World, id: &RecordId) -> Things {
    let administrator = world.lead.administrator_client(&world.app).await;
    let things = with_line(world, known(world), id, Stage::SignOff).await;
    let named = [
        ("person_name", "Lindiwe Dube"),
        ("email", "lindiwe@holder.example"),
    ];
    let path = things.fill("/records/{id}/lines/{line}/link");
    let page = administrator.post(&path, &named).await;
    assert_eq!(page.status, 200, "{}", page.words());
    let things = things
        .with("token", token_in(&page, "/links/"))
        .with("code", page.all("#code").remove(0));
    let holder = world.app.nobody();
    let code = [("code", things.values["code"].as_str())];
    holder.done(&things.fill("/links/{token}"), &code).await;
    things.owned_by(holder)
}

/// Whose link nobody has opened yet.
pub async fn link(world: &World, _: Things) -> Things {
    let id = signing(world).await;
    linked(world, &id).await
}

pub async fn holder(world: &World, _: Things) -> Things {
    let content = journey::complete(&[&world.lead, &world.party]);
    let id = drafted(world, &content, &[]).await;
    let author = world.lead.author_client(&world.app).await;
    let page = author.get(&format!("/records/{id}/sections/use")).await;
    let sent = author
        .submit_files(&page, &[], &[("dpia_files", "Assessment.pdf", PDF)])
        .await;
    assert_eq!(sent.status, 303, "{}", sent.words());
    journey::ask_for_review(&world.app, &world.lead, &id).await;
    for party in [&world.lead, &world.party] {
        journey::agree(&world.app, party, &id).await;
    }
    let ctx = world.lead.as_author(&world.app);
    moves::make(&ctx, &id, "ask_for_sign_off", "")
        .await
        .unwrap();
    let things = linked(world, &id).await;
    let page = things.own.as_ref().unwrap();
    let page = page.get(&things.fill("/links/{token}")).await;
    let file = id_in(&page, &things.fill("/links/{token}/attachments/"));
    things.with("attachment", file)
}

async fn signed(world: &World) -> RecordId {
    let id = signing(world).await;
    for party in [&world.lead, &world.party] {
        journey::sign(&world.app, party, &id).await;
    }
    id
}

pub async fn in_force(world: &World, things: Things) -> Things {
    let id = signed(world).await;
    of(things, &id).with("move", "change")
}

async fn joined(world: &World) -> (RecordId, Party) {
    let id = signed(world).await;
    let name = format!("Joining Council {}", world.number());
    let joining = Party::new(&world.app, &name, "borough").await;
    let ctx = world.lead.as_author(&world.app);
    let record = fetch(&ctx, &id, Action::AddLateParty).await.unwrap();
    let mut content = record.content.clone();
    let own = journey::own_part("receives");
    content.parties.insert(joining.id().to_string(), own);
    let change = record
        .save(&ctx, &content, Act::new("party.added", &id))
        .unwrap();
    let change = record.add_party(&ctx, joining.id(), true, change).await;
    ctx.commit(change.unwrap()).await.unwrap();
    (id, joining)
}

pub async fn joining(world: &World, things: Things) -> Things {
    let (id, joining) = joined(world).await;
    of(things, &id).with("party", joining.id())
}

pub async fn joining_reviewed(world: &World, things: Things) -> Things {
    let (id, joining) = joined(world).await;
    let things = of(things, &id).with("party", joining.id());
    let author = world.lead.author_client(&world.app).await;
    let ask = things.fill("/records/{id}/parties/{party}/join-review");
    author.done(&ask, &[]).await;
    journey::agree(&world.app, &joining, &id).await;
    things
}

pub async fn previewed(world: &World, things: Things) -> Things {
    let id = signed(world).await;
    let author = world.lead.author_client(&world.app).await;
    let choose = [("step", "choose"), ("extent", "full"), ("withhold", "no")];
    let page = author
        .post(&format!("/records/{id}/publish"), &choose)
        .await;
    assert_eq!(page.status, 200, "{}", page.words());
    of(things, &id)
        .with("choice", page.value("choice"))
        .with("version", page.value("version"))
}

pub async fn published(world: &World, things: Things) -> Things {
    let things = previewed(world, things).await;
    let author = world.lead.author_client(&world.app).await;
    let fields = [
        ("step", "publish"),
        ("choice", things.values["choice"].as_str()),
        ("version", &things.values["version"]),
    ];
    author
        .done(&things.fill("/records/{id}/publish"), &fields)
        .await;
    let evidence = author
        .get(&things.fill("/records/{id}/evidence.json"))
        .await;
    assert_eq!(evidence.status, 200);
    things.with("evidence", evidence.text)
}

pub async fn assurance_file(world: &World, things: Things) -> Things {
    // Only who shares an agreement with the party may see its statement.
    let id = complete(world).await;
    let administrator = world.party.administrator_client(&world.app).await;
    let partner = things.fill("/organisations/{party}/assurance");
    let published = administrator.get(&partner).await;
    let files = format!("{partner}/files/");
    let is_there = published
        .hrefs("main a")
        .iter()
        .any(|href| href.starts_with(&files));
    if !is_there {
        let page = administrator.get("/assurance").await;
        administrator
            .done(&page.link("Update the statement"), &[])
            .await;
        let page = administrator.get("/assurance").await;
        let section = administrator.get(&page.link("Data protection fee")).await;
        let sent = administrator
            .submit_files(
                &section,
                &[],
                &[("fee_evidence", "fee.txt", b"The fee is paid.")],
            )
            .await;
        assert_eq!(sent.status, 303, "{}", sent.words());
        let publish = page.link("Publish to partners");
        let sent = administrator.post(&publish, &[]).await;
        assert_eq!(sent.status, 303, "{}", sent.words());
    }
    let file = id_in(&administrator.get(&partner).await, &files);
    of(things, &id).with("attachment", file)
}
