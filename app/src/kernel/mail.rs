//! E-mail: plain text through an SMTP server. Without one nothing is sent, and pages show the
//! links that would have been.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde_json::json;

use super::jobs::Job;
use super::{Change, Ctx};
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

impl Change {
    /// Sends the e-mail once the change is written, where a mail server is set.
    pub fn mail(self, ctx: &Ctx, mail: Mail) -> Change {
        if !ctx.app.mailer.is_on() {
            return self;
        }
        let id = ctx.new_id("job");
        self.job(ctx, mail.job(id))
    }
}

impl Ctx {
    /// Whether e-mail is sent: where it is not, pages show links to be passed on.
    pub fn sends_mail(&self) -> bool {
        self.app.mailer.is_on()
    }
}
