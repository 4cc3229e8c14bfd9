//! E-mail: text and HTML through an SMTP server. Without one nothing is sent, and pages show the
//! links that would have been.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use maud::{DOCTYPE, html};
use serde_json::json;

use crate::kernel::clock::Now;
use crate::kernel::jobs::Job;
use crate::settings::Settings;

/// The server that takes our e-mail.
pub enum Mailer {
    Off,
    Smtp {
        transport: Box<AsyncSmtpTransport<Tokio1Executor>>,
        from: Mailbox,
        /// Only links that lead here are links in the HTML part, whatever else names contain.
        home: String,
    },
}

/// Why an e-mail was not sent. The text names no secret.
#[derive(Debug)]
pub enum Unsent {
    /// For good: the mailbox, or the server that speaks for it, does not take it.
    Refused(String),
    /// It may be taken later.
    Later(String),
}

/// Codes with which a server refuses a mailbox or an e-mail for good (RFC 5321, 4.2.3; RFC 7504). What
/// it says about signing in or about a command is the operator's to mend, and is tried again.
const REFUSED: [u16; 8] = [521, 541, 550, 551, 552, 553, 554, 556];

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
            .map_err(|_| "mail_from must be an email address, such as aldgate@example.org")?;
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
            home: format!("{}/", settings.address()),
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

    /// Sends one e-mail. `id` is the same each time it is tried, so that no mailbox keeps it twice.
    ///
    /// # Errors
    /// Why the server did not take it.
    pub async fn send(
        &self,
        id: &str,
        at: Now,
        to: &str,
        subject: &str,
        text: &str,
    ) -> Result<(), Unsent> {
        let Mailer::Smtp {
            transport,
            from,
            home,
        } = self
        else {
            return Err(Unsent::Later("no mail server is set".to_owned()));
        };
        let to: Mailbox = to
            .parse()
            .map_err(|_| Unsent::Refused("the address is not one".to_owned()))?;
        let digest = ledger::digest(id.as_bytes());
        let date = SystemTime::UNIX_EPOCH + Duration::from_micros(at.0.max(0).unsigned_abs());
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let message = Message::builder()
            .from(from.clone())
            .to(to)
            .subject(subject)
            .date(date)
            .message_id(Some(format!("<{}@{}>", &digest[..32], from.email.domain())))
            // No answers by machines (RFC 3834).
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(
                text.to_owned(),
                page(subject, text, home),
            ))
            .map_err(|e| Unsent::Refused(e.to_string()))?;
        transport.send(message).await.map(|_| ()).map_err(unsent)
    }
}

/// The same words as HTML: a paragraph for each, and our own links as links.
fn page(subject: &str, text: &str, home: &str) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en-GB" {
            head { meta charset="utf-8"; title { (subject) } }
            body style="font-family: Arial, sans-serif; font-size: 19px; line-height: 1.4; color: #0b0c0c" {
                @for paragraph in text.trim_end().split("\n\n") {
                    p {
                        @for (number, line) in paragraph.lines().enumerate() {
                            @if number > 0 { br; "\n" }
                            @if line.starts_with(home) && !line.contains(char::is_whitespace) {
                                a href=(line) { (line) }
                            } @else { (line) }
                        }
                    }
                    "\n"
                }
            }
        }
    };
    markup.into_string()
}

fn unsent(fault: smtp::Error) -> Unsent {
    let said = fault.source().map(ToString::to_string);
    let code = fault.status().map(u16::from);
    match (code, said) {
        (Some(code), Some(said)) if REFUSED.contains(&code) => {
            Unsent::Refused(plain(&format!("{code} {said}")))
        }
        // The server has no way to write to such an address (RFC 6531).
        (None, Some(said)) if fault.is_client() => Unsent::Refused(plain(&said)),
        _ => Unsent::Later(plain(&fault.to_string())),
    }
}

/// What a server says, short and on one line.
fn plain(said: &str) -> String {
    let words: Vec<&str> = said
        .split(|c: char| c.is_control() || c.is_whitespace())
        .collect();
    words.join(" ").chars().take(300).collect()
}

/// The longest address (RFC 5321, 4.5.3.1, with the brackets of the path left out), in bytes.
const MAX_ADDRESS: usize = 254;

/// An address as it is sent to: what the mail library takes, at a domain of the net.
///
/// # Errors
/// What is wrong with it, for whoever typed it.
pub fn address(typed: &str) -> Result<String, String> {
    let seen: String = typed.chars().filter(|c| !text::is_unseen(*c)).collect();
    let plain = text::kept(seen.trim()).text;
    let (local, domain) = plain.rsplit_once('@').unwrap_or_default();
    let fault = |what: &str| Err(what.to_owned());
    if local.is_empty() || domain.is_empty() {
        return fault("Enter an email address in the form name@example.org");
    }
    if plain.to_lowercase().starts_with("mailto:") {
        return fault("Leave out “mailto:” and enter the email address alone");
    }
    if plain.chars().any(char::is_whitespace) {
        return fault("Enter one email address, without spaces or a name beside it");
    }
    if plain.len() > MAX_ADDRESS {
        return fault("The email address must be 254 characters or fewer");
    }
    if !domain.contains('.') || domain.ends_with('.') || domain.contains(['[', ']']) {
        return fault(
            "Enter an email address whose part after the @ is a domain, such as example.org",
        );
    }
    let is_one = |text: &str| {
        let address = text.parse::<Address>().ok();
        // What is sent is read once more, with a name that may stand beside it.
        let mailbox = text.parse::<Mailbox>().ok();
        mailbox.is_some_and(|mailbox| mailbox.name.is_none() && Some(mailbox.email) == address)
    };
    if is_one(&plain) {
        return Ok(plain);
    }
    if is_one(&format!("name@{domain}")) {
        fault(
            "Check the part of the email address before the @: email cannot be sent to it as it stands",
        )
    } else {
        fault(
            "Check the part of the email address after the @: email cannot be sent to it as it stands",
        )
    }
}

/// An e-mail to one person.
pub struct Mail {
    pub to: String,
    /// The id of what it is about, whose page says so when it does not arrive: a line, or the person
    /// who is invited.
    pub about: String,
    /// The id of whoever it is written to.
    pub person: String,
    pub subject: String,
    pub text: String,
}

impl Mail {
    /// The job that sends it.
    pub fn job(self, id: String) -> Job {
        Job {
            id,
            kind: "mail.send",
            about: self.about,
            person: self.person,
            payload: json!({
                "to": self.to,
                // What people typed is in a direction of its own.
                "subject": text::isolated(&self.subject),
                "text": text::isolated(&self.text),
            }),
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

    #[test]
    fn what_is_taken_can_be_sent_to() {
        for (typed, kept) in [
            ("a@b.uk", "a@b.uk"),
            (
                " Asha.Rai+isa@Camden.example.org\n",
                "Asha.Rai+isa@Camden.example.org",
            ),
            ("o'brien@example.org", "o'brien@example.org"),
            ("jörg@example.org", "jörg@example.org"),
            ("zoe@bücher.example", "zoe@bücher.example"),
            ("zoe\u{200b}@example.org", "zoe@example.org"),
            ("\u{202a}zoe@example.org\u{202c}\u{a0}", "zoe@example.org"),
            ("zo\u{ad}e@exam\u{2060}ple.org\u{feff}", "zoe@example.org"),
        ] {
            assert_eq!(address(typed).as_deref(), Ok(kept), "{typed:?}");
        }
        for typed in [
            "",
            "a",
            "a@b",
            "@b.uk",
            "a@",
            "a@b..uk",
            "a b@c.uk",
            "a@b@c.uk",
            "<a@b.uk>",
            "Zoe <a@b.uk>",
            "a..b@c.uk",
            ".ab@c.uk",
            "ab.@c.uk",
            "x@-bad.example",
            "x@bad-.example",
            "ab(c)@d.uk",
            "a:b@c.uk",
            "a\\b@c.uk",
            "a@[127.0.0.1]",
            "a[b@c.uk",
            "mailto:x@c.uk",
            "a,b@c.uk",
            "a;b@c.uk",
            "\"a b\"@c.uk",
            "a@b.uk, c@d.uk",
            "a@b.uk.",
            "a@b!.uk",
            "a@b c.uk",
        ] {
            assert!(address(typed).is_err(), "{typed:?}");
        }
        let long = format!("{}@example.org", "x".repeat(65));
        assert!(address(&long).is_err());
    }
}
