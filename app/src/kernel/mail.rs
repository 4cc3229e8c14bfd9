//! E-mail: plain text through an SMTP server. Without one nothing is sent, and pages show the
//! links that would have been.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde_json::json;

use super::jobs::Job;
use crate::settings::Settings;

/// The server that takes our e-mail.
pub enum Mailer {
    Off,
    Smtp {
        transport: Box<AsyncSmtpTransport<Tokio1Executor>>,
        from: Mailbox,
    },
}

impl Mailer {
    /// # Errors
    /// Says which setting is wrong. No connection is made yet.
    pub fn new(settings: &Settings) -> Result<Mailer, String> {
        if settings.mail.is_empty() {
            return Ok(Mailer::Off);
        }
        let from = settings
            .mail_from
            .parse()
            .map_err(|_| "mail_from must be an e-mail address, such as aldgate@example.org")?;
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.mail)
            .map_err(|e| format!("mail is not the address of an SMTP server: {e}"))?
            .timeout(Some(Duration::from_secs(20)));
        if !settings.mail_password_file.as_os_str().is_empty() {
            let file = &settings.mail_password_file;
            let password = std::fs::read_to_string(file).map_err(|e| {
                format!("mail_password_file {} cannot be read: {e}", file.display())
            })?;
            transport = transport.credentials(Credentials::new(
                settings.mail_user.clone(),
                password.trim_end().to_owned(),
            ));
        }
        Ok(Mailer::Smtp {
            transport: Box::new(transport.build()),
            from,
        })
    }

    pub fn is_on(&self) -> bool {
        matches!(self, Mailer::Smtp { .. })
    }

    /// Whether the server answers and lets us in.
    ///
    /// # Errors
    /// Why not.
    pub async fn reach(&self) -> Result<(), String> {
        match self {
            Mailer::Off => Ok(()),
            Mailer::Smtp { transport, .. } => match transport.test_connection().await {
                Ok(true) => Ok(()),
                Ok(false) => Err("it refuses us".to_owned()),
                Err(e) => Err(e.to_string()),
            },
        }
    }

    /// Sends one e-mail.
    ///
    /// # Errors
    /// Why the server did not take it. The text names no secret.
    pub async fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), String> {
        let Mailer::Smtp { transport, from } = self else {
            return Err("no mail server is set".to_owned());
        };
        let to: Mailbox = to
            .parse()
            .map_err(|_| "the address is not one".to_owned())?;
        let message = Message::builder()
            .from(from.clone())
            .to(to)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|e| e.to_string())?;
        transport
            .send(message)
            .await
            .map(|_| ())
            .map_err(|e| e.to_string())
    }
}

/// An e-mail to one person.
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

impl Mail {
    /// The job that sends it.
    pub fn job(self, id: String) -> Job {
        Job {
            id,
            kind: "mail.send",
            payload: json!({ "to": self.to, "subject": self.subject, "text": self.text }),
        }
    }
}

/// What somebody else named, as an e-mail of ours quotes it: on one line, in quotes, short, and without what a mail
/// program would make a link of.
pub fn quoted(name: &str) -> String {
    if holds_address(name) {
        return "(a name with a web address, left out)".to_owned();
    }
    let line = name
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let marks = ['“', '”', '"'];
    let line: String = line
        .chars()
        .map(|c| if marks.contains(&c) { '’' } else { c })
        .collect();
    let mut short: String = line.chars().take(MAX_QUOTED).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    format!("“{short}”")
}

/// The most characters of a name that an e-mail quotes.
const MAX_QUOTED: usize = 120;

/// Whether a text holds something that a mail program or a reader would take for a web or an e-mail address.
pub fn holds_address(text: &str) -> bool {
    let text = text.to_lowercase();
    let is_link = |word: &str| {
        word.split_once(['/', '?', '#', ':'])
            .is_some_and(|(host, rest)| !rest.is_empty() && is_host(host))
    };
    let is_mailbox = |word: &str| word.split_once('@').is_some_and(|(_, host)| is_host(host));
    text.contains("://")
        || text.contains("www.")
        || text
            .split(|c: char| c.is_whitespace() || "()<>[]\"'“”‘’,;".contains(c))
            .any(|word| is_link(word) || is_mailbox(word))
}

/// Labels with dots between, the last of letters.
fn is_host(text: &str) -> bool {
    let mut labels = text.trim_end_matches('.').rsplit('.');
    let last = labels.next().unwrap_or_default();
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let before: Vec<&str> = labels.collect();
    last.chars().count() >= 2
        && last.chars().all(char::is_alphabetic)
        && !before.is_empty()
        && before.into_iter().all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hold_addresses_are_told_from_names_that_do_not() {
        for bad in [
            "Keep it: https://evil.example/login",
            "see WWW.evil.example",
            "evil.example/login",
            "(evil.example/x)",
            "evil.example:8080",
            "write to help@evil.example",
            "ftp://x",
        ] {
            assert!(holds_address(bad), "{bad}");
        }
        for good in [
            "St. Mary’s Hospital",
            "Dr. J.R. Smith",
            "Camden/Islington Housing",
            "N/A",
            "24/7 Care",
            "Care @ Home",
            "Mind: the charity",
            "Anne-Marie O'Neill",
            "Wrexham C.B.C.",
        ] {
            assert!(!holds_address(good), "{good}");
        }
    }

    #[test]
    fn a_name_is_quoted_on_one_line() {
        assert_eq!(quoted("A\r\nBcc: x\u{2028}y ”z"), "“A Bcc: x y ’z”");
        assert_eq!(quoted(&"x".repeat(500)).chars().count(), 123);
        assert!(!quoted("https://evil.example").contains("evil"));
    }
}
