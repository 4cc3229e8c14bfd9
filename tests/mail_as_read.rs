//! An e-mail as several readers see it that have no code in common, two of them strict: the same words,
//! the same whole link, and everything that says how to read it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use aldgate::jobs;
use aldgate::settings::Settings;
use packs::Role;
use serde_json::{Value as Json, json};

use crate::support::TestApp;
use crate::support::post::Post;

const TO: &str = "ŵyn.o'brien+isg@camden.example";

/// An invitation from an organisation whose name is not ASCII to somebody whose name is not.
async fn invitation() -> Vec<u8> {
    let post = Post::open();
    let app = TestApp::with(Settings {
        mail: post.setting(),
        mail_from: "Porth Aldgate – Cyngor <aldgate@gateway.example>".to_owned(),
        url: "http://share.example".to_owned(),
        ..Settings::default()
    })
    .await;
    let camden = app
        .organisation("Cyngor Tŷ “Gŵyl” & <Sons>", "borough")
        .await;
    let admin = app
        .client(&camden, "Amir Admin", &[Role::Administrator])
        .await;
    let address = TO.replace('ŵ', "w");
    let fields = [
        ("person_name", "Ŵyn O’Brien"),
        ("email", address.as_str()),
        ("roles", "author"),
    ];
    let page = admin.post("/organisation/people/new", &fields).await;
    assert!(page.says("We will now send"), "{}", page.words());
    jobs::run_due(&app.app).await.unwrap();
    let people = admin.get("/organisation/people").await;
    assert!(people.says("Invited, not joined yet"), "{}", people.words());
    let raw = post.take().remove(0).raw;
    app.ends_clean().await;
    raw
}

/// What another program sees.
fn seen_by(command: &mut Command, raw: &[u8]) -> Json {
    let mut reader = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{command:?}: {e}; `make need-test` installs it"));
    reader.stdin.take().unwrap().write_all(raw).unwrap();
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn by_mailparse(raw: &[u8]) -> Json {
    use mailparse::MailHeaderMap as _;
    let mail = mailparse::parse_mail(raw).unwrap();
    let header = |name: &str| mail.headers.get_first_value(name).unwrap();
    let part = |kind: &str| {
        let part = mail.parts().find(|p| p.ctype.mimetype == kind).unwrap();
        assert_eq!(part.ctype.charset, "utf-8");
        part.get_body().unwrap()
    };
    json!({
        "version": header("MIME-Version"), "id": header("Message-ID"), "from": header("From"), "to": header("To"),
        "subject": header("Subject"), "text": part("text/plain"), "html": part("text/html"), "defects": [],
    })
}

fn by_mail_parser(raw: &[u8]) -> Json {
    let mail = mail_parser::MessageParser::default().parse(raw).unwrap();
    let address = |list: Option<&mail_parser::Address<'_>>| {
        list.unwrap().first().unwrap().address().unwrap().to_owned()
    };
    json!({
        "version": mail.header_raw("MIME-Version").unwrap().trim(),
        "id": format!("<{}>", mail.message_id().unwrap()),
        "from": address(mail.from()), "to": address(mail.to()), "subject": mail.subject().unwrap(),
        "text": mail.body_text(0).unwrap(), "html": mail.body_html(0).unwrap(), "defects": [],
    })
}

#[tokio::test]
async fn five_readers_see_the_same_words_and_a_whole_link() {
    let raw = invitation().await;
    let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/mail");
    let python = |policy: &str| {
        let mut command = Command::new("python3");
        command.arg(format!("{tools}/read.py")).arg(policy);
        seen_by(&mut command, &raw)
    };
    let mut go = Command::new("go");
    go.arg("run").arg(format!("{tools}/read.go"));
    let seen = [
        ("mailparse", by_mailparse(&raw)),
        ("mail-parser", by_mail_parser(&raw)),
        ("Python", python("default")),
        ("Python, strict", python("strict")),
        ("Go, strict", seen_by(&mut go, &raw)),
    ];
    for (reader, mail) in &seen {
        let text = |key: &str| mail[key].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(mail["defects"], json!([]), "{reader}");
        assert_eq!(text("version"), "1.0", "{reader}");
        assert!(text("id").ends_with("@gateway.example>"), "{reader}");
        assert!(text("from").contains("aldgate@gateway.example"), "{reader}");
        assert!(text("to").contains(&TO.replace('ŵ', "w")), "{reader}");
        assert!(
            text("subject").contains("Cyngor Tŷ ’Gŵyl’ & <Sons>"),
            "{reader}"
        );
        let words = text("text");
        assert!(words.contains("for “Ŵyn O’Brien”"), "{reader}: {words}");
        let links: Vec<&str> = words
            .split_whitespace()
            .filter(|w| w.starts_with("http://share.example/invitations/"))
            .collect();
        assert_eq!(links.len(), 1, "{reader}: {words}");
        let html = text("html");
        let linked = format!("<a href=\"{0}\">{0}</a>", links[0]);
        assert!(html.contains(&linked), "{reader}: {html}");
        assert!(
            html.contains("Cyngor Tŷ ’Gŵyl’ &amp; &lt;Sons&gt;"),
            "{reader}"
        );
        assert_eq!(
            (&words, &html),
            (
                &seen[0].1["text"].as_str().unwrap().replace("\r\n", "\n"),
                &seen[0].1["html"].as_str().unwrap().replace("\r\n", "\n")
            ),
            "{reader}"
        );
    }
    assert_eq!(seen[2].1["date"], "2026-11-21T10:00:00+00:00");
    assert!(raw.is_ascii());
    assert!(raw.split(|b| *b == b'\n').all(|line| line.len() <= 79));
}
