//! An agreement proves itself: its evidence is handed out, checked by two programs that share no code,
//! and whatever is done to it is found.

use aldgate::ledger::keys;
use aldgate::ledger::keys::{Ending, Owner};
use aldgate::records::decisions;
use aldgate::records::lines::{Advice, Stage};
use evidence::{Bundle, Code, Given, Outcome, Report};

use crate::support::TestApp;
use crate::support::journey::{self, Party};
use crate::support::proof::{Folder, both, get, log_key};

fn outcomes(report: &Report, code: Code) -> Vec<Outcome> {
    let of_code = report.checks.iter().filter(|c| c.code == code);
    of_code.map(|c| c.outcome).collect()
}

#[tokio::test]
async fn an_agreement_proves_itself() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let both_parties = [&camden, &fire];
    let id = journey::in_review(&app, &both_parties).await;
    let author = camden.author_client(&app).await;
    let path = format!("/records/{id}/evidence.json");
    assert_eq!(
        author.get(&path).await.status,
        404,
        "nothing is decided yet"
    );

    // One reviewer agrees; one advises against and is overruled.
    journey::agree(&app, &camden, &id).await;
    let line = journey::open_line(&app, &fire, &id, Stage::Review).await;
    let dpo = fire.as_dpo(&app);
    let proof = decisions::password_proof(&dpo);
    decisions::review(
        &dpo,
        &id,
        &line.id,
        &line.digest,
        Advice::Against,
        "Too many people.",
        &proof,
    )
    .await
    .unwrap();
    let officer = fire.as_officer(&app);
    let proof = decisions::password_proof(&officer);
    decisions::overrule(&officer, &id, &line.id, "It is limited.", &proof)
        .await
        .unwrap();
    let lead = camden.as_author(&app);
    aldgate::records::moves::make(&lead, &id, "ask_for_sign_off", "")
        .await
        .unwrap();
    for party in both_parties {
        journey::sign(&app, party, &id).await;
    }

    let folder = Folder::new();
    let bundle = get(&author, &path).await;
    let key = log_key(&app).await;
    let given = Given {
        log_keys: vec![key.parse().unwrap()],
        ..Given::default()
    };
    let report = evidence::verify(&bundle, &given).unwrap();
    assert!(report.holds(), "{:#?}", report.checks);
    // Two reviews, an overruling and two signatures.
    for code in [
        Code::About,
        Code::Seal,
        Code::Logged,
        Code::Who,
        Code::Proof,
    ] {
        assert_eq!(outcomes(&report, code), [Outcome::Holds; 5], "{code:?}");
    }
    assert_eq!(outcomes(&report, Code::Everybody), [Outcome::Holds]);
    let said: String = report.checks.iter().map(|c| c.said.as_str()).collect();
    for words in ["Too many people.", "It is limited.", "Test Person"] {
        assert!(said.contains(words), "{words}");
    }
    let file = folder.write("evidence.json", &bundle);
    let (code, lines) = both(&file, &["--log-key", &key]);
    assert_eq!(code, 0, "{lines:#?}");

    // Nobody else may have it.
    let stranger = Party::without_statements(&app, "Stranger Council", "borough").await;
    let stranger = stranger.author_client(&app).await;
    assert_eq!(stranger.get(&path).await.status, 404);
    assert_eq!(app.nobody().get(&path).await.status, 303);

    // An edited statement, and the key of another log.
    let edited = String::from_utf8(bundle.clone())
        .unwrap()
        .replace("It is limited.", "It is a limit.");
    let (code, lines) = both(&folder.write("edited.json", edited.as_bytes()), &[]);
    assert_eq!(code, 1);
    for place in [
        "bundle.seal          seal",
        "decision.seal        decisions[",
    ] {
        let found = |l: &String| l.starts_with("DOES NOT HOLD") && l.contains(place);
        assert!(lines.iter().any(found), "{place}: {lines:#?}");
    }
    let other = TestApp::new().await;
    let other_key = log_key(&other).await;
    let (code, lines) = both(&file, &["--log-key", &other_key]);
    assert_eq!(code, 1);
    assert!(
        lines.contains(&"DOES NOT HOLD  log.key              keys".to_owned()),
        "{lines:#?}"
    );
    let (code, lines) = both(&folder.write("nothing.json", b"{}"), &[]);
    assert_eq!((code, lines.len()), (2, 0));

    // Keys are changed; what was sealed before still holds.
    app.app.clock.advance(jiff::SignedDuration::from_hours(1));
    keys::rotate(&app.operator(), &Owner::Log, Ending::Leaked)
        .await
        .unwrap();
    app.app.clock.advance(jiff::SignedDuration::from_hours(1));
    let again = get(&author, &path).await;
    let key = log_key(&app).await;
    let first = keys::history(&app.operator(), &Owner::Log).await.unwrap()[0]
        .vkey
        .clone();
    let trusted = ["--log-key", &first, "--log-key", &key];
    let (code, lines) = both(&folder.write("again.json", &again), &trusted);
    assert_eq!(code, 0, "{lines:#?}");
    app.ends_clean().await;
    other.ends_clean().await;
}

#[tokio::test]
async fn the_document_carries_its_evidence() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let author = camden.author_client(&app).await;
    let folder = Folder::new();
    let pdf = get(&author, &format!("/records/{id}/document.pdf")).await;
    let file = folder.write("signed.pdf", &pdf);
    let key = log_key(&app).await;
    let (code, lines) = both(&file, &["--log-key", &key]);
    assert_eq!(code, 0, "{lines:#?}");
    assert_eq!(lines[0], "HOLDS          pdf.seal             pdf");

    // Another reader finds the same attached file, where PDF/A-3 says it is.
    let read = lopdf::Document::load_mem(&pdf).expect("a PDF");
    let attached = read
        .objects
        .values()
        .filter_map(|object| object.as_stream().ok())
        .find(|s| {
            s.dict
                .get(b"Type")
                .and_then(|t| t.as_name())
                .is_ok_and(|t| t == b"EmbeddedFile")
        })
        .expect("an attached file");
    let attached = attached.decompressed_content().unwrap();
    assert_eq!(evidence::extract(&pdf).unwrap(), attached);
    assert!(Bundle::read(&attached).is_ok());

    // Any byte of the pages, of the evidence or of the seal.
    let mut sampled = Vec::new();
    for place in (0..pdf.len()).step_by(pdf.len() / 40) {
        let mut altered = pdf.clone();
        altered[place] ^= 4;
        let found = evidence::verify(&altered, &Given::default());
        assert!(
            found.as_ref().map_or(true, |report| !report.holds()),
            "byte {place}"
        );
        sampled.push(altered);
    }
    let (code, _) = both(&folder.write("altered.pdf", &sampled[20]), &[]);
    assert_ne!(code, 0);

    // The evidence in the document of another agreement.
    let another = journey::in_force(&app, &[&camden, &fire]).await;
    let other = get(&author, &format!("/records/{another}/document.pdf")).await;
    let moved = with_evidence_of(&pdf, &other);
    let (code, lines) = both(&folder.write("moved.pdf", &moved), &[]);
    assert_eq!(code, 1);
    assert_eq!(lines[0], "DOES NOT HOLD  pdf.seal             pdf");

    // A draft carries none.
    let draft = journey::draft(
        &app,
        &[&camden, &fire],
        &journey::complete(&[&camden, &fire]),
    )
    .await;
    let draft = get(&author, &format!("/records/{draft}/document.pdf")).await;
    assert_eq!(both(&folder.write("draft.pdf", &draft), &[]).0, 2);
    app.ends_clean().await;
}

/// The pages of `other`, with the attached file of `pdf`.
fn with_evidence_of(pdf: &[u8], other: &[u8]) -> Vec<u8> {
    let stream = |pdf: &[u8]| {
        let find = |from: usize, what: &[u8]| {
            let found = pdf[from..].windows(what.len()).position(|w| w == what);
            from + found.expect("an attached file")
        };
        let mut start = find(0, b"/EmbeddedFile");
        while pdf[start + b"/EmbeddedFile".len()] == b's' {
            start = find(start + 1, b"/EmbeddedFile");
        }
        let start = find(start, b"stream");
        (start, find(start, b"endstream"))
    };
    let (from, to) = stream(pdf);
    let (at, end) = stream(other);
    [&other[..at], &pdf[from..to], &other[end..]].concat()
}

#[tokio::test]
async fn the_public_checks_what_is_published() {
    let settings = aldgate::settings::Settings {
        url: "http://gateway.example.org".to_owned(),
        ..Default::default()
    };
    let app = TestApp::with(settings).await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let nobody = app.nobody();
    let path = format!("/register/{id}/evidence.json");
    assert_eq!(nobody.get(&path).await.status, 404);
    let author = camden.author_client(&app).await;
    journey::publish(&author, &id, "full").await;

    let bundle = get(&nobody, &path).await;
    let text = String::from_utf8(bundle.clone()).unwrap();
    for never in [
        "Test Person",
        "Sol Senior",
        "password",
        "private-mailbox",
        "per_",
        "\"review\"",
    ] {
        assert!(!text.contains(never), "the public saw {never}");
    }
    let folder = Folder::new();
    let key = log_key(&app).await;
    let file = folder.write("public.json", &bundle);
    let (code, lines) = both(&file, &["--log-key", &key]);
    assert_eq!(code, 0, "{lines:#?}");
    for line in [
        "HOLDS          decision.log         decisions[1]",
        "NOT CHECKED    decision.who         decisions[1]",
        "NOT CHECKED    version.text         versions[0]",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:#?}");
    }
    // Whoever has the text can hold it against the public evidence.
    let signed_text = get(&author, &format!("/records/{id}/versions/1.json")).await;
    let given = folder.write("text.json", &signed_text);
    let (code, lines) = both(&file, &["--attachment", given.to_str().unwrap()]);
    assert_eq!(code, 0);
    assert!(lines.contains(&"HOLDS          version.text         versions[0]".to_owned()));

    // The document leads to the register, and carries no name either.
    let pdf = get(&nobody, &format!("/register/{id}/document.pdf")).await;
    assert_eq!(
        both(&folder.write("public.pdf", &pdf), &["--log-key", &key]).0,
        0
    );
    let read = lopdf::Document::load_mem(&pdf).expect("a PDF");
    let words = read.extract_text(&[1]).expect("text");
    let words: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(
        words.contains(&format!("http://gateway.example.org/register/{id}")),
        "{words}"
    );
    let attached = evidence::extract(&pdf).unwrap();
    assert!(!String::from_utf8(attached).unwrap().contains("Test Person"));
    app.ends_clean().await;
}

#[tokio::test]
async fn anybody_checks_a_file_on_the_page() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let author = camden.author_client(&app).await;
    let pdf = get(&author, &format!("/records/{id}/document.pdf")).await;
    let nobody = app.nobody();
    let page = nobody.get("/verify").await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (200, "Check a signed document")
    );

    let found = nobody
        .post_files("/verify", &[], &[("file", "signed.pdf", &pdf)])
        .await;
    assert_eq!(
        (found.status, found.h1().as_str()),
        (200, "It holds"),
        "{}",
        found.words()
    );
    for words in [
        "Everything that was checked holds.",
        "Home fire safety visits",
        "The gateway says that the person gave their password.",
        "A password is the gateway’s word.",
        "The file and the log are signed with a key you gave.",
    ] {
        assert!(found.says(words), "not shown: {words}");
    }
    let mut altered = evidence::extract(&pdf).unwrap();
    let at = altered.len() / 2;
    altered[at] ^= 1;
    let more = [("file", "evidence.json", altered.as_slice())];
    let found = nobody.post_files("/verify", &[], &more).await;
    assert!(
        found.status == 422 || found.h1() == "It does not hold",
        "{}",
        found.words()
    );

    let other = [
        ("file", "signed.pdf", pdf.as_slice()),
        ("attachments", "other.txt", b"not attached".as_slice()),
    ];
    let found = nobody.post_files("/verify", &[], &other).await;
    assert_eq!(found.h1(), "It does not hold");
    assert!(found.says("“other.txt” is neither attached to this agreement nor its text"));

    // A file of another gateway agrees with itself, and the page promises no more.
    let other = TestApp::new().await;
    let elsewhere = other.nobody();
    let found = elsewhere
        .post_files("/verify", &[], &[("file", "signed.pdf", &pdf)])
        .await;
    assert_eq!(found.h1(), "It agrees with itself");
    assert!(found.says("This file says that it comes from another gateway."));

    for (files, said) in [
        (vec![], "Choose a document or an evidence file"),
        (
            vec![("file", "x.pdf", b"%PDF-1.7".as_slice())],
            "The PDF carries no evidence",
        ),
        (
            vec![("file", "x.json", b"{}".as_slice())],
            "not evidence in a known form",
        ),
    ] {
        let page = nobody.post_files("/verify", &[], &files).await;
        assert_eq!(page.status, 422);
        let (field, message) = page.errors()[0].clone();
        assert_eq!(field, "file");
        let said = said.trim_start_matches("The ");
        assert!(message.contains(said), "{message}");
    }
    app.ends_clean().await;
}

/// A gateway in a folder, as the operator has it.
async fn in_a_folder(folder: &std::path::Path) -> TestApp {
    let secret = "11".repeat(32);
    std::fs::write(folder.join("secret"), &secret).unwrap();
    let file = folder.join("aldgate.db");
    let db = db::Db::sqlite(&file, db::Durability::Full).await.unwrap();
    db.migrate(aldgate::kernel::app::MIGRATIONS, 0)
        .await
        .unwrap();
    TestApp::of(aldgate::kernel::App::new(
        db,
        crate::support::packs(),
        aldgate::kernel::clock::Clock::System,
        aldgate::kernel::entropy::Entropy::System,
        aldgate::kernel::Secret::parse(&secret).unwrap(),
        aldgate::settings::Settings::default(),
    ))
}

/// On the command line, from the folder of a gateway.
#[tokio::test]
async fn the_operator_hands_it_out_as_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let app = in_a_folder(folder.path()).await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let key = log_key(&app).await;
    let exported = |more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_aldgate"));
        command.args(["evidence", "export", id.as_str(), "--data"]);
        let output = command.arg(folder.path()).args(more).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        output.stdout
    };
    let files = Folder::new();
    for (more, named) in [(&[][..], true), (&["--public"][..], false)] {
        let bytes = exported(more);
        let (code, lines) = both(&files.write("exported.json", &bytes), &["--log-key", &key]);
        assert_eq!(code, 0, "{lines:#?}");
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.contains("Test Person"), named, "{more:?}");
    }
    app.ends_clean().await;
}

/// Erased is erased: in the database, in what is read and made from it, and in the next copy; and what
/// others rely on still holds.
#[tokio::test]
async fn what_is_erased_is_gone_and_the_rest_still_proves_itself() {
    db::sql! {
        REVIEW = "select sequence from acts where kind = 'review.decided' and act like '%Unmistakable%'";
    }
    let folder = tempfile::tempdir().unwrap();
    let app = in_a_folder(folder.path()).await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let unrelated = journey::in_force(&app, &[&camden, &fire]).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    journey::agree(&app, &camden, &id).await;
    let line = journey::open_line(&app, &fire, &id, Stage::Review).await;
    let dpo = fire.as_dpo(&app);
    let proof = decisions::password_proof(&dpo);
    let words = "Mr Unmistakable must agree first.";
    let advice = Advice::Conditions;
    decisions::review(&dpo, &id, &line.id, &line.digest, advice, words, &proof)
        .await
        .unwrap();

    let author = camden.author_client(&app).await;
    let files = Folder::new();
    let key = log_key(&app).await;
    let other = get(&author, &format!("/records/{unrelated}/evidence.json")).await;
    let pages = [
        format!("/records/{id}"),
        format!("/records/{id}/history"),
        format!("/records/{id}/lines/{}", line.id),
        format!("/records/{id}/evidence.json"),
        format!("/records/{id}/document.pdf"),
        "/agreements?q=Unmistakable".to_owned(),
    ];
    let said = async || {
        let mut said = String::new();
        for path in &pages {
            let page = author.get(path).await;
            match lopdf::Document::load_mem(&page.bytes) {
                Ok(file) => {
                    let numbers: Vec<u32> = file.get_pages().keys().copied().collect();
                    said += &file.extract_text(&numbers).unwrap();
                }
                Err(_) => said += &page.text,
            }
        }
        said.matches("Mr Unmistakable").count()
    };
    assert!(said().await >= 3, "before, it is read");

    let row = app.app.db.one(&REVIEW, &[]).await.unwrap();
    let sequence = row.int("sequence").unwrap() as u64;
    let reason = "Asked for by the person it named";
    aldgate::records::erasure::erase(&app.operator(), sequence, reason)
        .await
        .unwrap();
    assert_eq!(said().await, 0);
    let line = author.get(&pages[2]).await;
    assert!(line.says("Erased."), "{}", line.words());
    let searched = author.get(&pages[5]).await;
    assert!(!searched.text.contains(id.as_str()), "found by its words");

    // What was handed out of another agreement holds, and so does what is handed out now.
    let again = get(&author, &format!("/records/{unrelated}/evidence.json")).await;
    for bytes in [other, again] {
        let (code, lines) = both(&files.write("other.json", &bytes), &["--log-key", &key]);
        assert_eq!(code, 0, "{lines:#?}");
    }
    // The decision that was not erased is still proved.
    let rest = get(&author, &format!("/records/{id}/evidence.json")).await;
    assert_eq!(Bundle::read(&rest).unwrap().body.decisions.len(), 1);
    let (code, lines) = both(&files.write("rest.json", &rest), &["--log-key", &key]);
    assert_eq!(code, 0, "{lines:#?}");
    app.ends_clean().await;

    // The next copy of the database holds nothing of it.
    app.app.db.close().await;
    let copy = std::fs::read(folder.path().join("aldgate.db")).unwrap();
    assert!(!copy.windows(12).any(|window| window == b"Unmistakable"));
}
