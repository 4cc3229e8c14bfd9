//! One list of settings, read from defaults, a TOML file, the environment and flags, in that order.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};

use figment::providers::{Env, Format as _, Serialized, Toml};
use figment::{Figment, Source};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

/// What a setting is called, and what it does: the source of `docs/settings.md` and of `doctor`.
pub const SETTINGS: &[(&str, &str)] = &[
    (
        "data",
        "The folder of the embedded database. Made when missing.",
    ),
    ("listen", "The address or name, and the port, to serve on."),
    (
        "database",
        "A PostgreSQL connection string. Empty: the embedded database in the data folder.",
    ),
    (
        "packs",
        "A folder of packs to use in place of the ones in the program. Empty: the ones in the program.",
    ),
    (
        "holidays",
        "A JSON file of bank holidays beside the ones in the packs: the government’s list as published, or days to add and to strike (docs/clocks.md). Empty: the ones in the packs.",
    ),
    (
        "url",
        "The address people reach the gateway at, such as https://share.example.org: a scheme and a name, without a path. Empty: http:// and the listen address.",
    ),
    (
        "demo",
        "Fill an empty gateway with the demo coalition and let anyone sign in as its made-up people.",
    ),
    (
        "demo_anywhere",
        "Let demo mode listen on an address that other machines can reach.",
    ),
    (
        "mail",
        "The SMTP server that sends email, such as smtps://user:password@mail.example.org or smtp://127.0.0.1:25. Empty: no email is sent.",
    ),
    (
        "mail_from",
        "The address email is sent from, such as Aldgate <aldgate@example.org>.",
    ),
    (
        "mail_daily_organisation",
        "How many emails go out for one organisation in 24 hours. 0: no limit.",
    ),
    (
        "mail_daily_recipient",
        "How many emails one address is sent in 24 hours, no matter who asks for them. 0: no limit.",
    ),
    (
        "mail_user",
        "The name to sign in to the mail server with, when its password is in a file.",
    ),
    (
        "mail_password_file",
        "A file that holds the password for the mail server.",
    ),
    (
        "secret",
        "The secret that every signing key is made from, 64 hexadecimal digits. Empty: read from the file.",
    ),
    (
        "secret_file",
        "The file of that secret. Made at the first start. Empty: the file secret in the data folder.",
    ),
    (
        "checkpoint_interval",
        "How often new acts are signed as a checkpoint of the log, in seconds.",
    ),
    (
        "witnesses",
        "Who is asked to cosign our checkpoints: a list, each an address and a public key with a space between.",
    ),
    (
        "witnessed_logs",
        "The logs whose checkpoints we cosign: a list of public keys.",
    ),
    (
        "upload_limit",
        "The largest file that can be attached, in bytes.",
    ),
    (
        "behind_proxy",
        "A proxy of yours stands in front: visitors’ addresses are the last entry of its X-Forwarded-For header, or of its Forwarded header where it sends no other.",
    ),
    (
        "second_step",
        "Anyone who signs in with a password needs a passkey or an authenticator app as well, and is led to set one up. Not in demo mode.",
    ),
    (
        "openid_loopback",
        "Let organisations sign in at an identity provider on this machine, over http too: for tests and demonstrations.",
    ),
    (
        "limit_session",
        "How many costly requests (documents, searches, files, exports, API) one session or token may make in a minute. 0: no limit.",
    ),
    (
        "limit_address",
        "How many of them one network address may make in a minute, all its people together. 0: no limit.",
    ),
];

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub data: PathBuf,
    #[serde(deserialize_with = "listen")]
    pub listen: SocketAddr,
    pub database: String,
    pub packs: String,
    pub holidays: String,
    pub url: String,
    pub demo: bool,
    pub demo_anywhere: bool,
    pub mail: String,
    pub mail_from: String,
    pub mail_daily_organisation: u32,
    pub mail_daily_recipient: u32,
    pub mail_user: String,
    pub mail_password_file: PathBuf,
    pub secret: String,
    pub secret_file: String,
    pub checkpoint_interval: u32,
    pub witnesses: Vec<String>,
    pub witnessed_logs: Vec<String>,
    pub upload_limit: usize,
    pub behind_proxy: bool,
    pub second_step: bool,
    pub openid_loopback: bool,
    pub limit_session: u32,
    pub limit_address: u32,
}

/// An address and port, or a name and port: the name is looked up.
fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(from)?;
    let found = text.to_socket_addrs().ok().and_then(|found| {
        let found: Vec<SocketAddr> = found.collect();
        found
            .iter()
            .find(|at| at.is_ipv4())
            .or(found.first())
            .copied()
    });
    found.ok_or_else(|| {
        serde::de::Error::custom(format!(
            "“{text}” is no address to listen on. Write an address and a port, such as 127.0.0.1:8080, [::1]:8080 or \
             localhost:8080"
        ))
    })
}

/// Which setting it is, where it came from, and what is wrong with it.
fn in_words(error: &figment::Error) -> String {
    let faults = error.clone().into_iter().map(|fault| {
        let setting = fault.path.join(".");
        let metadata = fault.metadata.as_ref();
        let from = match metadata.and_then(|m| m.source.as_ref()) {
            Some(Source::File(file)) => file.display().to_string(),
            _ if metadata.is_some_and(|m| m.name.contains("environment")) => {
                format!(
                    "the environment variable ALDGATE_{}",
                    setting.to_uppercase()
                )
            }
            _ => format!("the flag --{}", setting.replace('_', "-")),
        };
        if setting.is_empty() {
            fault.kind.to_string()
        } else {
            format!("{from}: {}", fault.kind)
        }
    });
    faults.collect::<Vec<_>>().join("; ")
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            data: PathBuf::from("data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database: String::new(),
            packs: String::new(),
            holidays: String::new(),
            url: String::new(),
            demo: false,
            demo_anywhere: false,
            mail: String::new(),
            mail_from: String::new(),
            mail_daily_organisation: 300,
            mail_daily_recipient: 20,
            mail_user: String::new(),
            mail_password_file: PathBuf::new(),
            secret: String::new(),
            secret_file: String::new(),
            checkpoint_interval: 60,
            witnesses: Vec::new(),
            witnessed_logs: Vec::new(),
            upload_limit: 10 * 1024 * 1024,
            behind_proxy: false,
            second_step: true,
            openid_loopback: false,
            limit_session: 120,
            limit_address: 1200,
        }
    }
}

impl Settings {
    /// Reads the settings. `flags` holds only those the command line gave.
    ///
    /// # Errors
    /// Names the setting, where it came from and what is wrong with it.
    pub fn read(file: Option<&Path>, flags: impl Serialize) -> Result<Settings, String> {
        let mut figment = Figment::from(Serialized::defaults(Settings::default()));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        figment
            .merge(Env::prefixed("ALDGATE_").ignore(&[
                "config",
                "log",
                "migrate_to",
                "test_postgres",
            ]))
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(|error| in_words(&error))
    }

    /// Cookies are marked Secure when people reach the gateway over https.
    pub fn is_https(&self) -> bool {
        self.url.starts_with("https://")
    }

    /// Whether a password alone opens nothing. Whoever tries the demo out is not asked for more.
    pub fn asks_second_step(&self) -> bool {
        self.second_step && !self.demo
    }

    /// The address people reach the gateway at, without a slash at the end: what links start with.
    pub fn address(&self) -> String {
        if self.url.is_empty() {
            format!("http://{}", self.listen)
        } else {
            self.url.trim_end_matches('/').to_owned()
        }
    }

    /// Whether these settings may be served, or what is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        self.check_text()?;
        self.check_url()?;
        self.check_demo()?;
        crate::adapters::smtp::Mailer::new(self).map(|_| ())
    }

    /// Demo mode lets anybody sign in.
    ///
    /// # Errors
    /// Where other machines can reach it without being told so.
    pub fn check_demo(&self) -> Result<(), String> {
        if self.demo && !self.demo_anywhere && !self.listen.ip().is_loopback() {
            return Err(format!(
                "Demo mode lets anyone sign in, and {} can be reached from other machines. \
                 Listen on 127.0.0.1, or add --demo-anywhere if that is what you want.",
                self.listen
            ));
        }
        Ok(())
    }
}

impl Settings {
    /// Links, cookies and passkeys are for a whole site, so nothing stands behind its name.
    ///
    /// # Errors
    /// Says what is wrong with `url`, and what to write.
    pub fn check_url(&self) -> Result<(), String> {
        if self.url.is_empty() {
            return Ok(());
        }
        let wrong = |why: &str| {
            format!(
                "the url is {}, {why}. Write the scheme and the name only, such as https://share.example.org.",
                self.url
            )
        };
        let url =
            Url::parse(&self.url).map_err(|e| wrong(&format!("which is no address ({e})")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(wrong("which is no web address"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("which holds a user’s name"));
        }
        if url.path() != "/" {
            return Err(wrong(
                "but the gateway cannot be served below a path: it needs a name of its own",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("which holds more than the name of a site"));
        }
        Ok(())
    }

    /// Settings are text on one line, as all that comes in is text.
    fn check_text(&self) -> Result<(), String> {
        let written = serde_json::to_value(self).map_err(|e| e.to_string())?;
        let settings = written.as_object().into_iter().flatten();
        for (name, value) in settings {
            let lists = value.as_array().into_iter().flatten();
            let mut texts = lists.chain([value]).filter_map(|value| value.as_str());
            let found = texts.find_map(|text| {
                text.chars()
                    .find(|c| c.is_control() || text::is_no_text(*c))
            });
            if let Some(c) = found {
                return Err(format!(
                    "The setting {name} holds {}, which is no text. Take it out.",
                    text::called(c)
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_a_scheme_and_a_name() {
        let checked = |url: &str| {
            Settings {
                url: url.to_owned(),
                ..Settings::default()
            }
            .check()
        };
        for good in [
            "",
            "https://a.example",
            "https://a.example/",
            "http://[::1]:8080",
        ] {
            assert_eq!(checked(good), Ok(()), "{good}");
        }
        for bad in [
            "a.example",
            "ftp://a.example",
            "https://a.example/aldgate",
            "https://a.example/aldgate/",
            "https://a.example?a=b",
            "https://a.example/#a",
            "https://me:secret@a.example",
            "https://",
            "/aldgate",
        ] {
            assert!(checked(bad).is_err(), "{bad}");
        }
        assert!(
            checked("https://a.example/x")
                .unwrap_err()
                .contains("below a path")
        );
    }

    #[test]
    fn every_setting_is_documented() {
        let written = serde_json::to_value(Settings::default()).unwrap();
        let mut names: Vec<&str> = written
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut documented: Vec<&str> = SETTINGS.iter().map(|s| s.0).collect();
        names.sort_unstable();
        documented.sort_unstable();
        assert_eq!(names, documented);
    }

    #[test]
    fn demo_stays_on_this_machine_unless_told() {
        let open = Settings {
            demo: true,
            listen: ([0, 0, 0, 0], 80).into(),
            ..Settings::default()
        };
        assert!(open.check().unwrap_err().contains("--demo-anywhere"));
        assert!(
            Settings {
                demo_anywhere: true,
                ..open
            }
            .check()
            .is_ok()
        );
    }
}
