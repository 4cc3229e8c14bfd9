//! The packs lose a state or a whole type while records stand there. Such a record is read with the packs that knew it
//! last, nothing can be done with it, and whoever looks after the service is told how many there are and what to do.

use std::process::Command;
use std::sync::Arc;

use aldgate::kernel::ids::RecordId;
use aldgate::records::lines::Stage;
use aldgate::records::pack_sets;
use packs::{Content, Packs};

use crate::support::edited::Edited;
use crate::support::journey::{self, Party};
use crate::support::{Client, PASSWORD, Page, TestApp};

const WORKFLOW: &str = "agreements/agreement/workflow.toml";

/// A type that only tests know.
fn with_notes() -> Edited {
    Edited::packs()
        .add("agreements/note/type.toml", "id = \"note\"\nname = \"note\"\nplural = \"notes\"\nprefix = \"nte\"\nparties = \"many\"\nflows = false\nreview = []\nsign_off = []\n")
        .add("agreements/note/form/01-note.toml", "[section]\nid = \"note\"\ntitle = \"The note\"\neach = \"record\"\n[[question]]\nid = \"colour\"\ntext = \"Which colour is it?\"\nkind = \"choice\"\noptions = [{ id = \"r\", label = \"Crimson\" }]\n")
        .add("agreements/note/workflow.toml", "initial = \"open\"\n[[state]]\nid = \"open\"\nname = \"Open for notes\"\ntag = \"blue\"\neditable = true\nfinal = false\n[[state]]\nid = \"shut\"\nname = \"Shut\"\ntag = \"grey\"\neditable = false\nfinal = true\n[[move]]\nid = \"shut\"\nname = \"Shut it\"\nfrom = [\"open\"]\nto = \"shut\"\nby = [\"author\"]\nof = \"lead\"\n")
        .add("agreements/note/document.toml", "title = \"Note\"\n[[part]]\nheading = \"The note\"\nshow = \"section\"\nsection = \"note\"\n")
}

async fn two(app: &TestApp) -> (Party, Party) {
    (
        Party::new(app, "Camden Council", "borough").await,
        Party::new(app, "London Fire Brigade", "fire").await,
    )
}

async fn keep(app: &TestApp, edited: &Edited) {
    pack_sets::keep(&app.operator(), &edited.files())
        .await
        .unwrap();
}

fn is_read_only(path: &str, page: &Page) {
    assert_eq!(page.status, 200, "{path}: {}", page.words());
    assert!(
        page.all("main form[method=post]").is_empty(),
        "{path} has a form: {}",
        page.words()
    );
    assert!(
        page.all("main a.govuk-button").is_empty(),
        "{path}: {}",
        page.words()
    );
}

/// Every page of a record, which each answers 200 and has nothing to press.
async fn every_page(client: &Client, id: &RecordId, sections: &[String]) {
    let mut paths: Vec<String> = [
        "",
        "/law",
        "/comments",
        "/versions",
        "/history",
        "/parties",
        "/earlier-answers",
    ]
    .iter()
    .map(|place| format!("/records/{id}{place}"))
    .collect();
    paths.extend(
        sections
            .iter()
            .map(|section| format!("/records/{id}/sections/{section}")),
    );
    for path in &paths {
        is_read_only(path, &client.get(path).await);
    }
    // The page of all answers has a link that looks like a button, back to the record.
    for path in [
        format!("/records/{id}/check"),
        format!("/records/{id}/document.pdf"),
        format!("/api/v1/records/{id}"),
        format!("/api/v1/records/{id}/prompts"),
    ] {
        let page = client.get(&path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.words());
    }
}

/// Whatever would change it is refused, and the page that says so keeps its sense.
async fn nothing_is_done(client: &Client, id: &RecordId, posts: &[(String, Vec<(&str, &str)>)]) {
    let before = client.get(&format!("/api/v1/records/{id}")).await.text;
    for (path, fields) in posts {
        let page = client.post(path, fields).await;
        assert!(
            (400..500).contains(&page.status),
            "POST {path}: {} {}",
            page.status,
            page.words()
        );
    }
    assert_eq!(
        client.get(&format!("/api/v1/records/{id}")).await.text,
        before
    );
}

#[tokio::test]
async fn a_record_in_a_state_that_is_gone_is_read_only() {
    let app = TestApp::new().await;
    keep(&app, &Edited::packs()).await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let line = journey::line_page(&app, &fire, &id, Stage::Review).await;
    let renamed = Edited::packs().everywhere(WORKFLOW, "\"review\"", "\"checking\"");
    let later = app.restarted_with(renamed.read());
    let author = camden.author_client(&later).await;

    let page = author.get(&format!("/records/{id}")).await;
    assert!(
        page.says("In review") && page.says("This can only be read."),
        "{}",
        page.words()
    );
    every_page(
        &author,
        &id,
        &["purpose".to_owned(), format!("power/{}", camden.id())],
    )
    .await;
    for path in ["versions/1", "versions/1.json"] {
        let page = author.get(&format!("/records/{id}/{path}")).await;
        assert_eq!(page.status, 200, "{path}: {}", page.words());
    }
    let list = author.get("/agreements").await;
    assert!(
        list.says("Home fire safety visits") && list.says("In review"),
        "{}",
        list.words()
    );
    assert_eq!(author.get("/in-tray").await.status, 200);
    let dpo = fire.dpo_client(&later).await;
    assert_eq!(dpo.get("/in-tray").await.status, 200);
    is_read_only(&line, &dpo.get(&line).await);
    let export = author
        .post("/agreements/export", &[("password", PASSWORD)])
        .await;
    assert_eq!(export.status, 200, "{}", export.words());

    let digest = journey::situation(&later, &camden, &id).await.versions[0]
        .digest
        .clone();
    nothing_is_done(
        &author,
        &id,
        &[
            (
                format!("/records/{id}/moves/take_back"),
                vec![("reason", "x")],
            ),
            (
                format!("/records/{id}/sections/purpose"),
                vec![("seen", "not_shared:x"), ("not_shared", "y")],
            ),
            (format!("/records/{id}/comments"), vec![("text", "Hello")]),
            (format!("/records/{id}/parties/add"), vec![("party", "x")]),
            (format!("/records/{id}/flows/add"), vec![]),
            (
                format!("/records/{id}/publish"),
                vec![("step", "choose"), ("extent", "full"), ("withhold", "no")],
            ),
            (
                format!("/records/{id}/earlier-answers"),
                vec![("name", "title"), ("scope", "")],
            ),
        ],
    )
    .await;
    nothing_is_done(
        &dpo,
        &id,
        &[(
            line,
            vec![
                ("seen", digest.as_str()),
                ("outcome", "agrees"),
                ("password", PASSWORD),
            ],
        )],
    )
    .await;
    assert_eq!(
        author
            .get(&format!("/records/{id}/moves/take_back"))
            .await
            .status,
        422
    );

    // With the state back it goes on as if nothing had been.
    let again = later.restarted_with(crate::support::packs());
    journey::agree(&again, &fire, &id).await;
    again.ends_clean().await;
}

#[tokio::test]
async fn a_draft_in_a_state_that_is_gone_is_read_only() {
    let app = TestApp::new().await;
    keep(&app, &Edited::packs()).await;
    let (camden, fire) = two(&app).await;
    let id = journey::draft(
        &app,
        &[&camden, &fire],
        &journey::complete(&[&camden, &fire]),
    )
    .await;
    let renamed = Edited::packs().everywhere(WORKFLOW, "\"draft\"", "\"writing\"");
    let later = app.restarted_with(renamed.read());
    let author = camden.author_client(&later).await;
    every_page(
        &author,
        &id,
        &["purpose".to_owned(), "flow/flw_first".to_owned()],
    )
    .await;
    let gone = [("name", "title"), ("scope", "")];
    nothing_is_done(
        &author,
        &id,
        &[
            (format!("/records/{id}/moves/ask_for_review"), vec![]),
            (format!("/records/{id}/moves/discard"), vec![]),
            (format!("/records/{id}/flows/flw_first/remove"), vec![]),
            (format!("/records/{id}/earlier-answers"), gone.to_vec()),
        ],
    )
    .await;
    later.ends_clean().await;
}

#[tokio::test]
async fn a_record_whose_type_is_gone_is_read_only() {
    let first = TestApp::new().await;
    let (camden, fire) = two(&first).await;
    let app = first.restarted_with(with_notes().read());
    keep(&app, &with_notes()).await;
    let ctx = camden.as_author(&app);
    let kind = aldgate::records::store::record_type(&ctx, "note").unwrap();
    let mut content = Content::default();
    content.answers.insert("colour".to_owned(), "r".into());
    let (id, change) =
        aldgate::records::store::create(&ctx, kind, "A crimson note", &content).unwrap();
    ctx.commit(change).await.unwrap();
    assert!(
        camden
            .author_client(&app)
            .await
            .get(&format!("/records/{id}"))
            .await
            .says("Shut it")
    );

    let later = app.restarted_with(crate::support::packs());
    let author = camden.author_client(&later).await;
    let page = author.get(&format!("/records/{id}")).await;
    assert!(
        page.says("A crimson note") && page.says("Open for notes"),
        "{}",
        page.words()
    );
    every_page(&author, &id, &["note".to_owned()]).await;
    assert!(
        author
            .get(&format!("/records/{id}/check"))
            .await
            .says("Crimson")
    );
    let listed = author.get("/api/v1/records").await;
    assert!(listed.text.contains(id.as_str()), "{}", listed.text);
    nothing_is_done(
        &author,
        &id,
        &[
            (format!("/records/{id}/moves/shut"), vec![]),
            (format!("/records/{id}/comments"), vec![("text", "Hello")]),
        ],
    )
    .await;
    // Others still do not find it.
    assert_eq!(
        fire.author_client(&later)
            .await
            .get(&format!("/records/{id}"))
            .await
            .status,
        404
    );
    later.ends_clean().await;
}

#[tokio::test]
async fn a_record_whose_packs_were_never_kept_is_read_all_the_same() {
    let app = TestApp::new().await;
    let (camden, _) = two(&app).await;
    let with = app.restarted_with(with_notes().read());
    let ctx = camden.as_author(&with);
    let kind = aldgate::records::store::record_type(&ctx, "note").unwrap();
    let mut content = Content::default();
    content.answers.insert("colour".to_owned(), "r".into());
    let (id, change) = aldgate::records::store::create(&ctx, kind, "A note", &content).unwrap();
    ctx.commit(change).await.unwrap();
    let author = camden.author_client(&app).await;
    every_page(&author, &id, &[]).await;
    let page = author.get(&format!("/records/{id}/earlier-answers")).await;
    assert!(page.says("colour"), "{}", page.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn signed_and_published_it_is_shown_without_its_type() {
    let app = TestApp::new().await;
    keep(&app, &Edited::packs()).await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let author = camden.author_client(&app).await;
    journey::publish(&author, &id, "full").await;
    let public = [
        format!("/register/{id}"),
        format!("/register/{id}/document.pdf"),
        format!("/api/v1/register/{id}"),
        "/register".to_owned(),
        "/api/v1/register".to_owned(),
    ];
    let nobody = app.nobody();
    let before = nobody.get(&public[0]).await.text;

    let none: Arc<Packs> = Edited::packs().without("agreements/agreement/").read();
    let later = app.restarted_with(none);
    for path in &public {
        let page = later.nobody().get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.words());
    }
    assert_eq!(later.nobody().get(&public[0]).await.text, before);
    let author = camden.author_client(&later).await;
    every_page(&author, &id, &["purpose".to_owned()]).await;
    for path in [
        format!("/records/{id}/versions/1"),
        format!("/records/{id}/evidence.json?version=1"),
        "/agreements".to_owned(),
        "/agreements/export".to_owned(),
        "/in-tray".to_owned(),
        "/organisation".to_owned(),
        "/law".to_owned(),
    ] {
        let page = author.get(&path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.words());
    }
    let list = author.get("/agreements").await;
    assert!(
        list.says("Home fire safety visits") && list.says("In force"),
        "{}",
        list.words()
    );
    for path in [
        "/agreements/new".to_owned(),
        format!("/agreements/new?copy={id}"),
    ] {
        assert_eq!(author.get(&path).await.status, 422, "{path}");
    }
    let officer = camden.officer_client(&later).await;
    nothing_is_done(
        &officer,
        &id,
        &[
            (
                format!("/records/{id}/moves/end"),
                vec![("reason", "x"), ("password", PASSWORD)],
            ),
            (format!("/records/{id}/withdraw"), vec![("reason", "x")]),
        ],
    )
    .await;
    later.ends_clean().await;
}

mod on_sqlite {
    use super::*;

    fn aldgate(
        data: &std::path::Path,
        packs: &std::path::Path,
        arguments: &[&str],
    ) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aldgate"));
        command
            .args(arguments)
            .env("ALDGATE_DATA", data)
            .env("ALDGATE_PACKS", packs)
            .env("ALDGATE_LOG", "error");
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8(said).unwrap(),
        )
    }

    #[tokio::test]
    async fn whoever_looks_after_it_is_told_how_many_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let settings = aldgate::settings::Settings {
            data: data.clone(),
            second_step: false,
            ..Default::default()
        };
        let app = TestApp::of(aldgate::cli::open(settings).await.unwrap());
        let (camden, fire) = two(&app).await;
        journey::in_review(&app, &[&camden, &fire]).await;
        journey::in_review(&app, &[&camden, &fire]).await;
        journey::draft(
            &app,
            &[&camden, &fire],
            &journey::complete(&[&camden, &fire]),
        )
        .await;
        app.app.db.close().await;

        let same = folder.path().join("same");
        Edited::packs().write_to(&same);
        let other = folder.path().join("other");
        Edited::packs()
            .everywhere(WORKFLOW, "\"review\"", "\"checking\"")
            .edit(
                "agreements/agreement/form/03-purpose.toml",
                "id = \"continuing\"",
                "id = \"continuing\", label = \"Again and again\"",
                "id = \"ongoing\", label = \"All the time\"",
            )
            .write_to(&other);
        let told = "2 records stand where these packs have nothing: 2 records of the type \"agreement\" in the state \
            \"review\", which is gone.";
        let cure = "Put each type and state back into the packs";
        let drafts = "1 draft holds answers that no longer fit their questions.";

        let where_it_is = data.to_str().unwrap();
        let check = |packs: &std::path::Path, place: &str| {
            aldgate(
                &data,
                &same,
                &[
                    "packs",
                    "check",
                    packs.to_str().unwrap(),
                    "--against",
                    place,
                ],
            )
        };
        let (code, said) = check(&same, where_it_is);
        assert_eq!(code, 0, "{said}");
        assert!(
            said.contains("Every record stands where these packs know it"),
            "{said}"
        );
        for place in [where_it_is, data.join("aldgate.db").to_str().unwrap(), ""] {
            let (code, said) = check(&other, place);
            assert_eq!(code, 1, "{place}: {said}");
            for words in [told, cure, drafts] {
                assert!(said.contains(words), "{words}: {said}");
            }
        }
        let (code, said) = check(&other, folder.path().join("none").to_str().unwrap());
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("There is no gateway in"), "{said}");

        let (_, said) = aldgate(&data, &same, &["doctor"]);
        assert!(
            said.contains("OK       records: the packs know each type and state"),
            "{said}"
        );
        let (code, said) = aldgate(&data, &other, &["doctor"]);
        assert_eq!(code, 1, "{said}");
        for words in [&format!("PROBLEM  records: {told}"), cure, drafts] {
            assert!(said.contains(words), "{words}: {said}");
        }

        // The start says it too, and goes on.
        let mut child = Command::new(env!("CARGO_BIN_EXE_aldgate"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("ALDGATE_DATA", &data)
            .env("ALDGATE_PACKS", &other)
            .env("ALDGATE_LOG", "error")
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
        let mut said = Vec::new();
        for line in lines.map_while(Result::ok) {
            let is_up = line.starts_with("Aldgate is at");
            said.push(line);
            if is_up {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let said = said.join("\n");
        for words in [told, cure, drafts, "Aldgate is at"] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }
}
