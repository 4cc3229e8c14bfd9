//! The whole journey over HTTP: review with conditions and with overruled advice, sign-off by both,
//! in force, published; then a party that joins, and a change.

use aldgate::kernel::Act;
use aldgate::kernel::access::Action;
use aldgate::kernel::ids::RecordId;
use aldgate::records::fetch;
use aldgate::records::lines::Stage;

use crate::support::journey::{self, Party};
use crate::support::{Client, PASSWORD, TestApp};

async fn parties(app: &TestApp) -> (Party, Party) {
    (
        Party::new(app, "Camden Council", "borough").await,
        Party::new(app, "London Fire Brigade", "fire").await,
    )
}

const CONDITIONS: &str = "Train the visiting crews first.";
const AGAINST: &str = "Too many people are on the list.";
const ANSWER: &str = "All crews are trained in May.";
const OVERRULED: &str = "The list is limited to those at high risk.";

/// An agreement on its way, and what its parties have seen of it.
struct Way {
    app: TestApp,
    camden: Party,
    fire: Party,
    author: Client,
    id: RecordId,
    /// `/records/ID`
    record: String,
}

#[tokio::test]
async fn an_agreement_is_reviewed_signed_published_and_read_by_anybody() {
    let app = TestApp::new().await;
    let (camden, fire) = parties(&app).await;
    let both = [&camden, &fire];
    let id = journey::draft(&app, &both, &journey::complete(&both)).await;
    let way = Way {
        author: camden.author_client(&app).await,
        record: format!("/records/{id}"),
        app,
        camden,
        fire,
        id,
    };
    way.asks_for_review().await;
    let (line, digest) = way.is_reviewed_with_conditions().await;
    let fire_line = way.is_advised_against(&digest).await;
    way.cannot_be_signed_yet().await;
    way.is_answered_and_overruled(&line, &fire_line).await;
    let sign = way.shows_signers_what_was_said(&digest).await;
    way.is_signed(&sign, &digest).await;
    way.keeps_its_text_and_history(&digest).await;
    way.is_published(&digest).await;
    way.app.ends_clean().await;
}

impl Way {
    async fn asks_for_review(&self) {
        let Way { author, record, .. } = self;
        // The author asks for review.
        let ask = author.get(&format!("{record}/moves/ask_for_review")).await;
        assert_eq!((ask.status, ask.h1().as_str()), (200, "Ask for review"));
        let asked = author
            .done(&format!("{record}/moves/ask_for_review"), &[])
            .await;
        assert!(asked.says("In review"), "{}", asked.words());
        assert!(asked.says("the data protection officer of Camden Council"));
        assert!(asked.says("the data protection officer of London Fire Brigade"));
    }

    async fn is_reviewed_with_conditions(&self) -> (String, String) {
        let Way {
            app, camden, id, ..
        } = self;
        // Camden's reviewer sees everything, the other party's part and statement included.
        let reviewer = camden.dpo_client(app).await;
        let line = journey::line_page(app, camden, id, Stage::Review).await;
        let page = reviewer.get(&line).await;
        assert_eq!(page.h1(), "Review by Camden Council");
        for words in [
            "This decision is yours",
            "private-mailbox@party.example",
            "Weekly list of homes",
            "Encrypted on its way and at rest.",
            "Assurance of the parties",
            "Signed, version 1",
            "Runs out on 1 November 2027",
            "London Fire Brigade: data protection officer",
            "Met by the answers",
        ] {
            assert!(page.says(words), "not shown: {words}");
        }
        let digest = page.value("seen");
        assert_eq!(digest.len(), 64);

        // Conditions need words; what was chosen is kept.
        let again = reviewer
            .post(
                &line,
                &[("seen", &digest), ("advice", "conditions"), ("text", "")],
            )
            .await;
        assert_eq!(again.status, 422);
        assert_eq!(
            again.errors(),
            [("text".to_owned(), "Say what the conditions are".to_owned())]
        );
        assert_eq!(again.all("input[name=advice][checked]").len(), 1);
        let done = reviewer
            .done(
                &line,
                &[
                    ("seen", &digest),
                    ("advice", "conditions"),
                    ("text", CONDITIONS),
                ],
            )
            .await;
        assert!(done.says("Your advice is recorded"), "{}", done.words());
        (line, digest)
    }

    async fn is_advised_against(&self, digest: &str) -> String {
        let Way { app, fire, id, .. } = self;
        // The brigade's reviewer advises against.
        let against = fire.dpo_client(app).await;
        let fire_line = journey::line_page(app, fire, id, Stage::Review).await;
        let page = against.get(&fire_line).await;
        assert!(
            page.says(CONDITIONS),
            "a reviewer sees what the others said"
        );
        let seen = page.value("seen");
        assert_eq!(seen, digest, "both review the same text");
        against
            .done(
                &fire_line,
                &[("seen", &seen), ("advice", "against"), ("text", AGAINST)],
            )
            .await;
        fire_line
    }

    async fn cannot_be_signed_yet(&self) {
        let Way { author, record, .. } = self;
        // Sign-off cannot be asked for; the page says why and where.
        let page = author
            .get(&format!("{record}/moves/ask_for_sign_off"))
            .await;
        assert!(
            page.says("the conditions of its data protection officer are not answered"),
            "{}",
            page.words()
        );
        assert!(page.says(
            "advises against, and no senior officer of London Fire Brigade has overruled that"
        ));
        assert_eq!(
            author
                .post(&format!("{record}/moves/ask_for_sign_off"), &[])
                .await
                .status,
            422
        );
    }

    async fn is_answered_and_overruled(&self, line: &str, fire_line: &str) {
        let Way {
            app, fire, author, ..
        } = self;
        // The author answers; the brigade's own senior officer overrules, with a reason.
        let answered = author
            .done(&format!("{line}/answer"), &[("text", ANSWER)])
            .await;
        assert!(answered.says(ANSWER));
        let fire_officer = fire.officer_client(app).await;
        let empty = fire_officer
            .post(&format!("{fire_line}/overrule"), &[("text", " ")])
            .await;
        assert_eq!((empty.status, empty.errors()[0].0.as_str()), (422, "text"));
        fire_officer
            .done(&format!("{fire_line}/overrule"), &[("text", OVERRULED)])
            .await;
    }

    async fn shows_signers_what_was_said(&self, digest: &str) -> String {
        let Way {
            app,
            camden,
            author,
            id,
            record,
            ..
        } = self;
        // Sign-off: every signer sees the overruled advice, by whom and why.
        let asked = author
            .done(&format!("{record}/moves/ask_for_sign_off"), &[])
            .await;
        assert!(asked.says("Waiting for sign-off"), "{}", asked.words());
        let camden_officer = camden.officer_client(app).await;
        let sign = journey::line_page(app, camden, id, Stage::SignOff).await;
        let page = camden_officer.get(&sign).await;
        for words in [
            "advised against this, and was overruled",
            AGAINST,
            "Sol Senior",
            OVERRULED,
            CONDITIONS,
            ANSWER,
            digest,
        ] {
            assert!(page.says(words), "not shown to the signer: {words}");
        }

        // A wrong password changes nothing and keeps the choice and the reason.
        let wrong = camden_officer
            .post(
                &sign,
                &[
                    ("seen", digest),
                    ("decision", "decline"),
                    ("reason", "Not yet ready"),
                    ("password", "guess"),
                ],
            )
            .await;
        assert_eq!(wrong.status, 422);
        assert_eq!(wrong.errors()[0].0, "password");
        assert_eq!(wrong.value("reason").trim(), "Not yet ready");
        assert_eq!(
            wrong
                .all("input[name=decision][value=decline][checked]")
                .len(),
            1
        );
        assert!(
            !wrong.text.contains("guess"),
            "a password is never sent back"
        );
        sign
    }

    async fn is_signed(&self, sign: &str, digest: &str) {
        let Way {
            app,
            camden,
            fire,
            id,
            ..
        } = self;
        let camden_officer = camden.officer_client(app).await;
        let fire_officer = fire.officer_client(app).await;
        let fields = [
            ("seen", digest),
            ("decision", "sign"),
            ("password", PASSWORD),
        ];
        let signed = camden_officer.done(sign, &fields).await;
        assert!(
            signed.says("Signed") && signed.says(digest),
            "{}",
            signed.words()
        );
        assert!(
            signed.says("London Fire Brigade: senior officer"),
            "who is still waited for"
        );
        assert_eq!(
            journey::situation(app, camden, id).await.record.state,
            "sign_off"
        );
        let fire_sign = journey::line_page(app, fire, id, Stage::SignOff).await;
        let signed = fire_officer.done(&fire_sign, &fields).await;
        assert!(signed.says("In force"), "{}", signed.words());
    }

    async fn keeps_its_text_and_history(&self, digest: &str) {
        let Way { author, record, .. } = self;
        // The exact text can be taken away; its digest is what was signed.
        let exact = author.get(&format!("{record}/versions/1.json")).await;
        assert_eq!(ledger::digest(&exact.bytes), digest);
        let history = author.get(&format!("{record}/history")).await;
        for words in [
            "Ask for review",
            "advises against",
            "Overruled a reviewer’s advice",
            "Signed version 1",
            "Come into force",
        ] {
            assert!(
                history.says(words),
                "not in the history: {words}: {}",
                history.words()
            );
        }
    }

    async fn is_published(&self, digest: &str) {
        let Way {
            app,
            author,
            id,
            record,
            ..
        } = self;
        // Published, and anybody reads it.
        let publish = format!("{record}/publish");
        assert_eq!(
            app.nobody().get(&format!("/register/{id}")).await.status,
            404
        );
        let preview = author
            .post(
                &publish,
                &[("step", "choose"), ("extent", "full"), ("withhold", "no")],
            )
            .await;
        assert_eq!(preview.h1(), "Check what will be published");
        let choice = preview.value("choice");
        author
            .done(
                &publish,
                &[("step", "publish"), ("choice", &choice), ("version", "1")],
            )
            .await;
        let register = app.nobody().get("/register").await;
        assert!(
            register.says("Home fire safety visits"),
            "{}",
            register.words()
        );
        let public = app
            .nobody()
            .get(&register.link("Home fire safety visits"))
            .await;
        assert_eq!(public.h1(), "Home fire safety visits");
        assert!(
            public.says("London Fire Brigade, on 21 November 2026"),
            "{}",
            public.words()
        );
        assert!(public.says(digest));
    }
}

#[tokio::test]
async fn a_change_shows_as_not_approved() {
    let app = TestApp::new().await;
    let (camden, fire) = parties(&app).await;
    let both = [&camden, &fire];
    let id = journey::in_force(&app, &both).await;
    let author = camden.author_client(&app).await;
    let change = format!("/records/{id}/moves/change");
    let no_reason = author.post(&change, &[("reason", "")]).await;
    assert_eq!(
        (no_reason.status, no_reason.errors()[0].0.as_str()),
        (422, "reason")
    );
    let changed = author.done(&change, &[("reason", "A new purpose")]).await;
    assert!(changed.says("shows as not approved"), "{}", changed.words());
    journey::change_answer(
        &app,
        &camden,
        &id,
        "purpose_text",
        "Something quite different.",
    )
    .await;

    let overview = author.get(&format!("/records/{id}")).await;
    assert!(
        overview.says("This text has not been approved"),
        "{}",
        overview.words()
    );
    assert!(overview.says("in force: version 1"));
    let versions = author.get(&format!("/records/{id}/versions")).await;
    assert!(versions.says("In force"), "{}", versions.words());

    journey::ask_for_review(&app, &camden, &id).await;
    let versions = author.get(&format!("/records/{id}/versions")).await;
    assert!(
        versions.says("Not approved") && versions.says("In force"),
        "{}",
        versions.words()
    );
    // The signed version still says what it said.
    let signed = author.get(&format!("/records/{id}/versions/1")).await;
    assert!(
        signed.says("We want to offer a fire safety visit")
            && !signed.says("Something quite different")
    );
    let new = author.get(&format!("/records/{id}/versions/2")).await;
    assert!(new.says("Something quite different"));
    app.ends_clean().await;
}

#[tokio::test]
async fn who_joins_later_needs_only_its_own_lines() {
    let app = TestApp::new().await;
    let (camden, fire) = parties(&app).await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let islington = Party::new(&app, "Islington Council", "borough").await;

    let ctx = camden.as_author(&app);
    let record = fetch(&ctx, &id, Action::AddLateParty).await.unwrap();
    let mut content = record.content.clone();
    content
        .parties
        .insert(islington.id().to_string(), journey::own_part("receives"));
    let change = record
        .save(&ctx, &content, Act::new("party.added", &id))
        .unwrap();
    ctx.commit(
        record
            .add_party(&ctx, islington.id(), true, change)
            .await
            .unwrap(),
    )
    .await
    .unwrap();

    let author = camden.author_client(&app).await;
    author
        .done(
            &format!("/records/{id}/parties/{}/join-review", islington.id()),
            &[],
        )
        .await;
    let situation = journey::situation(&app, &camden, &id).await;
    let waiting: Vec<_> = situation
        .lines
        .iter()
        .filter(|l| l.is_waiting() && !l.closed)
        .collect();
    assert_eq!(waiting.len(), 1, "only the party that joins is asked");
    assert_eq!(waiting[0].organisation, *islington.id());

    // Its reviewer sees the whole agreement, not only its own part.
    let reviewer = islington.dpo_client(&app).await;
    let line = journey::line_page(&app, &islington, &id, Stage::Review).await;
    let page = reviewer.get(&line).await;
    assert!(
        page.says("Islington Council joins version 1"),
        "{}",
        page.words()
    );
    assert!(page.says("We want to offer a fire safety visit") && page.says("London Fire Brigade"));
    let early = author
        .post(
            &format!("/records/{id}/parties/{}/join-sign-off", islington.id()),
            &[],
        )
        .await;
    assert_eq!(early.status, 422, "no sign-off before its own review");
    journey::agree(&app, &islington, &id).await;
    author
        .done(
            &format!("/records/{id}/parties/{}/join-sign-off", islington.id()),
            &[],
        )
        .await;
    journey::sign(&app, &islington, &id).await;

    let situation = journey::situation(&app, &camden, &id).await;
    assert_eq!(
        (
            situation.record.state.as_str(),
            situation.record.effective_version
        ),
        ("in_force", Some(1))
    );
    assert!(
        situation.is_signed(1) && situation.is_signed(2),
        "the others’ signatures stand"
    );

    // What proves its signature holds together with the text it joins, and with theirs.
    let ctx = app.operator();
    let extent = evidence::Extent::Parties;
    let bundle = aldgate::records::evidence::bundle(&ctx, &situation, 2, extent)
        .await
        .unwrap();
    let report = evidence::verify(&bundle.to_bytes(), &evidence::Given::default()).unwrap();
    assert!(report.holds(), "{:#?}", report.checks);
    let signed = evidence::Code::Everybody;
    let everybody = report.checks.iter().filter(|c| c.code == signed);
    let outcomes: Vec<_> = everybody.map(|c| c.outcome).collect();
    assert_eq!(outcomes, [evidence::Outcome::Holds; 2]);
    app.ends_clean().await;
}
