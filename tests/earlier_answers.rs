//! The questions change while drafts hold answers: an option is taken away, a question takes another kind of answer, a
//! table loses a column, a question moves or goes. What was answered is kept and shown as what it was, it counts as no
//! answer, and only somebody who sees it removes it.

use aldgate::kernel::access::Action;
use aldgate::kernel::ids::RecordId;
use aldgate::records::{fetch, pack_sets};
use packs::Content;
use serde_json::{Value, json};

use crate::support::edited::Edited;
use crate::support::journey::{self, Party};
use crate::support::{PASSWORD, TestApp};

const FORM: &str = "agreements/agreement/form";

/// Six edits, each of another kind.
fn edited() -> Edited {
    let purpose = format!("{FORM}/03-purpose.toml");
    let data = format!("{FORM}/04-data.toml");
    let minimum = {
        let files = aldgate::cli::pack_files("").unwrap();
        let text = files.get(&data).unwrap().to_owned();
        let from = text.find("  { id = \"minimum\"").unwrap();
        let to = from + text[from..].find("] },\n").unwrap() + "] },\n".len();
        text[from..to].to_owned()
    };
    Edited::packs()
        .edit(
            &purpose,
            "id = \"continuing\"",
            "{ id = \"continuing\", label = \"Again and again\" }",
            "{ id = \"ongoing\", label = \"All the time\" }",
        )
        .edit(&purpose, "id = \"data_help\"", "\"long_text\"", "\"number\"")
        .edit(&purpose, "id = \"not_shared\"", "\"not_shared\"", "\"anew\"")
        .edit(&purpose, "id = \"public_benefit\"", "id = \"better_services\"", "id = \"services\"")
        .edit(&data, "id = \"data_items\"", &minimum, "")
        .edit(
            &format!("{FORM}/12-security.toml"),
            "id = \"security_summary\"",
            "\"security_summary\"",
            "\"summary_anew\"",
        )
        .append(
            &format!("{FORM}/05-power.toml"),
            "\n[[question]]\nid = \"security_summary\"\ntext = \"Sum up this party's security\"\nkind = \"text\"\nmax = 500\n",
        )
}

async fn content(app: &TestApp, lead: &Party, id: &RecordId) -> Content {
    fetch(&lead.as_author(app), id, Action::See)
        .await
        .unwrap()
        .content
}

async fn drafted() -> (TestApp, Party, Party, RecordId) {
    let app = TestApp::new().await;
    pack_sets::keep(&app.operator(), &aldgate::cli::pack_files("").unwrap())
        .await
        .unwrap();
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::draft(
        &app,
        &[&camden, &fire],
        &journey::complete(&[&camden, &fire]),
    )
    .await;
    (app, camden, fire, id)
}

#[tokio::test]
async fn what_no_longer_fits_is_kept_shown_and_counts_as_no_answer() {
    let (app, camden, fire, id) = drafted().await;
    let before = content(&app, &camden, &id).await;
    let later = app.restarted_with(edited().read());
    let author = camden.author_client(&later).await;

    let purpose = format!("/records/{id}/sections/purpose");
    let page = author.get(&purpose).await;
    for shown in [
        "What was answered before: Again and again.",
        "What was answered before: The fire service will know which homes to visit first.",
        "What was answered before: Better public services.",
        "It no longer fits its question, so the question counts as not answered.",
    ] {
        assert!(page.says(shown), "{shown}: {}", page.words());
    }
    let page = author.get(&format!("/records/{id}/sections/data")).await;
    assert!(
        page.says(
            "What was answered before: Item: Name; Why it is needed: To know whom to visit; \
                   Least detail that will do: The exact detail."
        ),
        "{}",
        page.words()
    );
    // Asked of each party now, it is shown where it is asked.
    let party = camden.id();
    let page = author
        .get(&format!("/records/{id}/sections/power/{party}"))
        .await;
    assert!(
        page.says("What was answered before: The data is encrypted."),
        "{}",
        page.words()
    );

    let page = author.get(&format!("/records/{id}/earlier-answers")).await;
    assert_eq!(page.status, 200, "{}", page.words());
    for shown in [
        "If data is not shared",
        "People at high risk would be missed.",
        "There is no such question any more",
        "Security in brief",
        "The data is encrypted.",
        "Its question is asked somewhere else now",
        "Again and again",
        "Fewer fires in homes.",
    ] {
        assert!(page.says(shown), "{shown}: {}", page.words());
    }
    for path in [format!("/records/{id}"), format!("/records/{id}/check")] {
        let page = author.get(&path).await;
        assert!(
            page.says("7 answers were given to questions that have changed or are gone."),
            "{path}: {}",
            page.words()
        );
    }
    let page = author.get(&format!("/records/{id}/check")).await;
    assert!(
        page.says("Not answered yet: this is needed before review"),
        "{}",
        page.words()
    );

    // Neither a save elsewhere nor one of the same section that touches none of it removes a word.
    for section in [
        "about",
        "data",
        "purpose",
        "security",
        &format!("power/{party}"),
    ] {
        author
            .filled(&format!("/records/{id}/sections/{section}"), &[])
            .await;
        assert_eq!(
            content(&later, &camden, &id).await,
            before,
            "after a save of {section}"
        );
    }
    let text = author.get(&format!("/records/{id}/document.pdf")).await;
    assert_eq!(text.status, 200);

    // It is asked for before review.
    let page = author
        .get(&format!("/records/{id}/moves/ask_for_review"))
        .await;
    for question in ["continuing", "data_help", "data_items", "public_benefit"] {
        let packs = later.app.packs.clone();
        let (_, asked) = packs
            .record_type("agreement")
            .unwrap()
            .form
            .question(question)
            .unwrap();
        assert!(
            page.says(&format!("Answer “{}”", asked.text)),
            "{question}: {}",
            page.words()
        );
    }
    let ctx = camden.as_author(&later);
    let refused = aldgate::records::moves::make(&ctx, &id, "ask_for_review", "").await;
    assert!(refused.is_err());
    // Whoever only reads sees it, too, and has nothing to press.
    let reader = fire.dpo_client(&later).await;
    let page = reader.get(&format!("/records/{id}/earlier-answers")).await;
    assert!(
        page.says("Again and again") && !page.says("Remove this answer"),
        "{}",
        page.words()
    );
    later.ends_clean().await;
}

#[tokio::test]
async fn whoever_sees_it_replaces_it_or_removes_it() {
    let (app, camden, fire, id) = drafted().await;
    let later = app.restarted_with(edited().read());
    let author = camden.author_client(&later).await;
    let purpose = format!("/records/{id}/sections/purpose");
    let data = format!("/records/{id}/sections/data");

    // Another answer replaces it; a typing mistake replaces nothing.
    let page = author
        .fill(
            &purpose,
            &[("continuing", "ongoing"), ("data_help", "many")],
        )
        .await;
    assert_eq!(page.status, 422, "{}", page.words());
    assert!(
        page.says("What was answered before: Again and again."),
        "{}",
        page.words()
    );
    author
        .filled(&purpose, &[("continuing", "ongoing"), ("data_help", "3")])
        .await;
    let now = content(&later, &camden, &id).await;
    assert_eq!(now.answers["continuing"], "ongoing");
    assert_eq!(now.answers["data_help"], 3);
    assert_eq!(
        now.answers["public_benefit"],
        json!(["better_services"]),
        "not touched"
    );

    // What is left of a table is taken as it is when somebody says so, and an answer is emptied in the same way.
    author.filled(&data, &[("replace", "data_items")]).await;
    author
        .filled(&purpose, &[("replace", "public_benefit")])
        .await;
    let now = content(&later, &camden, &id).await;
    assert_eq!(
        now.answers["data_items"],
        json!([{ "item": "Name", "why": "To know whom to visit" }])
    );
    assert_eq!(now.answers.get("public_benefit"), None);

    // Removed one by one, by whoever may write there.
    let earlier = format!("/records/{id}/earlier-answers");
    let not_shared = [("name", "not_shared"), ("scope", "")];
    let page = fire
        .dpo_client(&later)
        .await
        .post(&earlier, &not_shared)
        .await;
    assert_eq!(page.status, 403, "{}", page.words());
    assert_eq!(
        content(&later, &camden, &id).await.answers["not_shared"],
        "People at high risk would be missed."
    );
    let page = author.done(&earlier, &not_shared).await;
    assert!(page.says("The answer was removed."), "{}", page.words());
    assert_eq!(
        content(&later, &camden, &id)
            .await
            .answers
            .get("not_shared"),
        None
    );
    // What counts cannot be removed here, nor what is gone already.
    for name in ["title", "continuing", "not_shared", "no_such"] {
        let page = author
            .post(&earlier, &[("name", name), ("scope", "")])
            .await;
        assert_eq!(page.status, 422, "{name}: {}", page.words());
    }
    assert!(
        content(&later, &camden, &id)
            .await
            .answers
            .contains_key("title")
    );
    for name in ["security_summary", "public_benefit_better_services"] {
        author
            .done(&earlier, &[("name", name), ("scope", "")])
            .await;
    }
    assert!(author.get(&earlier).await.says("Every answer counts."));

    // All of it is in the ledger.
    let history = author.get(&format!("/records/{id}/history")).await;
    assert!(
        history.says("Removed an answer that no longer counted: If data is not shared"),
        "{}",
        history.words()
    );
    db::sql! { ACTS = "select act from acts where subject = $1 and kind = 'record.answered' order by sequence"; }
    let acts: Vec<Value> = later
        .app
        .db
        .all(&ACTS, db::args![&id])
        .await
        .unwrap()
        .iter()
        .map(|row| serde_json::from_str(&row.text("act").unwrap()).unwrap())
        .collect();
    let replaced: Vec<&Value> = acts
        .iter()
        .map(|act| &act["detail"]["no_longer_fitted"])
        .filter(|v| !v.is_null())
        .collect();
    assert_eq!(
        replaced,
        [
            &json!(["data_help", "continuing"]),
            &json!(["data_items"]),
            &json!(["public_benefit"])
        ]
    );

    // With a new answer to each, the text can be issued.
    author
        .filled(
            &purpose,
            &[
                ("public_benefit", "services"),
                ("public_benefit_services", "Fewer fires."),
            ],
        )
        .await;
    journey::ask_for_review(&later, &camden, &id).await;
    later.ends_clean().await;
}

#[tokio::test]
async fn it_is_taken_along_and_told_to_programs() {
    let (app, camden, _, id) = drafted().await;
    let later = app.restarted_with(edited().read());
    let author = camden.author_client(&later).await;
    let page = author
        .post("/agreements/export", &[("password", PASSWORD)])
        .await;
    assert_eq!(page.status, 200, "{}", page.words());
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(page.bytes)).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "Earlier answers").unwrap();
    let cells: Vec<String> = sheet.rows().flatten().map(ToString::to_string).collect();
    for cell in [
        "Again and again",
        "People at high risk would be missed.",
        "The data is encrypted.",
    ] {
        assert!(cells.iter().any(|known| known == cell), "{cell}: {cells:?}");
    }
    let page = author.get(&format!("/api/v1/records/{id}")).await;
    let told: Value = serde_json::from_str(&page.text).unwrap();
    let mut names: Vec<&str> = told["not_counted"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["answer"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "continuing",
            "data_help",
            "data_items",
            "not_shared",
            "public_benefit",
            "public_benefit_better_services",
            "security_summary",
        ]
    );
    assert_eq!(told["content"]["answers"]["continuing"], "continuing");
    assert_eq!(told["read_only"], false);
    // An issued text says with its own packs what it said, and what it left behind.
    later.ends_clean().await;
}

/// Whoever has left is not ticked on any form, and stays named until somebody changes the answer.
#[tokio::test]
async fn a_party_that_was_taken_out_stays_in_answers_until_they_are_changed() {
    let (app, camden, fire, id) = drafted().await;
    let brent = Party::new(&app, "Brent Council", "borough").await;
    let author = camden.author_client(&app).await;
    author
        .done(
            &format!("/records/{id}/parties/add"),
            &[("party", brent.id().as_str())],
        )
        .await;
    let flow = format!("/records/{id}/sections/flow/flw_first");
    author
        .filled(
            &flow,
            &[
                ("flow_to", fire.id().as_str()),
                ("flow_to", brent.id().as_str()),
            ],
        )
        .await;
    author
        .done(&format!("/records/{id}/parties/{}/remove", brent.id()), &[])
        .await;
    let both = json!([fire.id().as_str(), brent.id().as_str()]);
    let named = async || content(&app, &camden, &id).await.flows[0].answers["flow_to"].clone();
    assert_eq!(named().await, both);
    let page = author.get(&flow).await;
    assert!(
        page.says("What was answered before: London Fire Brigade; An organisation that has left."),
        "{}",
        page.words()
    );
    author.filled(&flow, &[("frequency", "monthly")]).await;
    assert_eq!(named().await, both);
    let refused = author
        .get(&format!("/records/{id}/moves/ask_for_review"))
        .await;
    assert!(refused.says("for data flow 1"), "{}", refused.words());
    author.filled(&flow, &[("replace", "flow_to")]).await;
    assert_eq!(named().await, json!([fire.id().as_str()]));
    app.ends_clean().await;
}
