//! `aldgate doctor --security`: every setting on which the gateway's safety rests, as it stands.

use std::path::Path;

use crate::cli::secret_file;
use crate::identity::credential;
use crate::identity::token::LONGEST_SESSION;
use crate::settings::Settings;

/// One thing that was looked at.
pub struct Finding {
    pub about: &'static str,
    /// What is so; or what is not safe, with the cure.
    pub found: Result<String, String>,
}

/// Looks at each. Nothing is changed.
pub fn examine(settings: &Settings) -> Vec<Finding> {
    let finding = |about, found| Finding { about, found };
    vec![
        finding("https", https(settings)),
        finding("session cookie", cookie(settings)),
        finding("HSTS", hsts(settings)),
        finding("demo mode", demo(settings)),
        finding("identity providers", providers(settings)),
        finding("visitors' addresses", proxy(settings)),
        finding("passwords", Ok(credential::kept_as())),
        finding("second step", second_step(settings)),
        finding("sessions", Ok(sessions())),
        finding("limits", limits(settings)),
        finding("uploads", uploads(settings)),
        finding("secret", secret(settings)),
        finding("data folder", folder(settings)),
        finding("way to the database", database_tls(settings)),
        finding("way to the mail server", mail_tls(settings)),
    ]
}

fn https(settings: &Settings) -> Result<String, String> {
    if settings.is_https() {
        return Ok(format!("people reach it at {}", settings.url));
    }
    if settings.listen.ip().is_loopback() && settings.url.is_empty() {
        return Ok("not used; only this machine can reach it".to_owned());
    }
    Err(
        "people do not come over https, so passwords and sessions can be read on the way. Put a web server with a \
         certificate in front and set url to its https:// address"
            .to_owned(),
    )
}

fn cookie(settings: &Settings) -> Result<String, String> {
    if settings.is_https() {
        Ok("__Host- prefix, Secure, HttpOnly, SameSite=Lax".to_owned())
    } else if settings.listen.ip().is_loopback() && settings.url.is_empty() {
        Ok("HttpOnly, SameSite=Lax; not Secure, as there is no https on this machine".to_owned())
    } else {
        Err("HttpOnly and SameSite=Lax, but not Secure. Set url to an https:// address".to_owned())
    }
}

fn second_step(settings: &Settings) -> Result<String, String> {
    if settings.second_step {
        return Ok("asked for: a password alone opens nothing".to_owned());
    }
    Err(
        "second_step is off: a password alone lets people in who have set up nothing more. Leave it on: they are led to \
         a passkey or an authenticator app at their next sign-in"
            .to_owned(),
    )
}

fn hsts(settings: &Settings) -> Result<String, String> {
    Ok(if settings.is_https() {
        "two years, with subdomains".to_owned()
    } else {
        "not sent, as there is no https".to_owned()
    })
}

fn demo(settings: &Settings) -> Result<String, String> {
    if settings.demo {
        return Err(
            "on: anyone who reaches the gateway can sign in as anyone. Never put real agreements there".to_owned(),
        );
    }
    Ok("off".to_owned())
}

fn providers(settings: &Settings) -> Result<String, String> {
    if settings.openid_loopback {
        return Err(
            "openid_loopback is on: an administrator of any organisation can make the gateway ask whatever listens on \
             this machine. Leave it off but for tests"
                .to_owned(),
        );
    }
    Ok("asked over https, at public addresses only".to_owned())
}

/// Whoever is listened to from elsewhere comes through a proxy, or limits count the proxy.
fn proxy(settings: &Settings) -> Result<String, String> {
    match (settings.behind_proxy, settings.is_https()) {
        (false, true) => Err(
            "the gateway does not speak https itself, so something stands in front, but behind_proxy is off: limits \
             count everyone as one address. Let the proxy set X-Forwarded-For and set behind_proxy"
                .to_owned(),
        ),
        (true, _) => Ok("the last entry of X-Forwarded-For, as the proxy in front sets it".to_owned()),
        (false, false) => Ok("as the connection has them".to_owned()),
    }
}

fn sessions() -> String {
    format!(
        "kept on the server by the hash of their token; each ends after {} hours at the latest",
        LONGEST_SESSION / 3_600_000_000
    )
}

fn limits(settings: &Settings) -> Result<String, String> {
    if settings.limit_session == 0 || settings.limit_address == 0 {
        return Err(
            "limit_session or limit_address is 0, so one visitor can slow the gateway for all. Set both".to_owned(),
        );
    }
    Ok(format!(
        "{} costly requests in a minute for a session, {} for an address",
        settings.limit_session, settings.limit_address
    ))
}

fn uploads(settings: &Settings) -> Result<String, String> {
    const MOST: usize = 100 * 1024 * 1024;
    if settings.upload_limit > MOST {
        return Err(format!(
            "upload_limit is {} bytes; a request of that size is held in memory. Set at most {MOST}",
            settings.upload_limit
        ));
    }
    Ok(format!(
        "at most {} bytes, of ten kinds told by their content, handed out as downloads",
        settings.upload_limit
    ))
}

fn secret(settings: &Settings) -> Result<String, String> {
    if !settings.secret.is_empty() {
        return Ok(
            "from the setting. Keep the file or environment that holds it for the gateway's user"
                .to_owned(),
        );
    }
    let file = secret_file::place(settings);
    if !file.exists() {
        return Ok("it is made at the first start, for its owner only".to_owned());
    }
    if secret_file::is_open_to_others(&file) {
        return Err(format!(
            "other users can read {0}. Run `chmod 600 {0}`, and follow “The secret leaked” in docs/keys.md if \
             someone may have read it",
            file.display()
        ));
    }
    Ok(format!("{}, for its owner only", file.display()))
}

/// The embedded database is every draft there is.
fn folder(settings: &Settings) -> Result<String, String> {
    let folder = &settings.data;
    if !folder.exists() {
        return Ok("not there yet".to_owned());
    }
    let file = folder.join("aldgate.db");
    if settings.database.is_empty() && file.exists() && others_read(folder) && others_read(&file) {
        return Err(format!(
            "other users of this machine can read {}, and with it every draft. Run `chmod 700 {}`",
            file.display(),
            folder.display()
        ));
    }
    Ok(format!("{} is closed to other users", folder.display()))
}

#[cfg(unix)]
fn others_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    // For folders: whether others get in; for files: whether they read.
    std::fs::metadata(path).is_ok_and(|about| {
        let bits = if about.is_dir() { 0o011 } else { 0o044 };
        about.permissions().mode() & bits != 0
    })
}

#[cfg(not(unix))]
fn others_read(_: &Path) -> bool {
    false
}

/// Whether what goes to PostgreSQL is encrypted, and to whom, where it leaves the machine.
fn database_tls(settings: &Settings) -> Result<String, String> {
    if settings.database.is_empty() {
        return Ok("embedded: no network".to_owned());
    }
    if is_local(&settings.database) {
        return Ok("PostgreSQL on this machine".to_owned());
    }
    if settings.database.contains("sslmode=verify-full") {
        return Ok("encrypted, and the server's name is checked".to_owned());
    }
    Err(
        "it may go without encryption, or to someone who pretends to be the database. Write sslmode=verify-full \
         (and sslrootcert) in the connection string"
            .to_owned(),
    )
}

fn mail_tls(settings: &Settings) -> Result<String, String> {
    let server = &settings.mail;
    if server.is_empty() {
        Ok("email is off".to_owned())
    } else if server.starts_with("smtps://") || server.contains("tls=required") {
        Ok("encrypted".to_owned())
    } else if is_local(server) {
        Ok("a server on this machine".to_owned())
    } else {
        Err(
            "email, and the links in it, may go without encryption. Write smtps://, or add ?tls=required to mail"
                .to_owned(),
        )
    }
}

fn is_local(url: &str) -> bool {
    let host = url
        .split_once("://")
        .map_or("", |(_, rest)| rest)
        .split(['/', '?'])
        .next()
        .and_then(|place| place.rsplit('@').next())
        .unwrap_or_default();
    let host = host.trim_start_matches('[');
    let by_socket = host.is_empty() || url.contains("host=/") || url.contains("host=%2F");
    by_socket
        || ["localhost", "127.", "::1"]
            .iter()
            .any(|local| host.starts_with(local))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_on_the_machine_is_known() {
        for local in [
            "postgres://a:b@localhost/x",
            "postgres://127.0.0.1:5432/x",
            "postgres://a@[::1]/x",
            "postgres:///x?host=/run/postgresql",
        ] {
            assert!(is_local(local), "{local}");
        }
        for away in [
            "postgres://a:b@db.example/x",
            "postgres://localhost.example.org@10.0.0.7/x",
        ] {
            assert!(!is_local(away), "{away}");
        }
    }

    #[test]
    fn nothing_is_wrong_with_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: folder.path().join("data"),
            ..Settings::default()
        };
        for finding in examine(&settings) {
            assert_eq!(finding.found.err(), None, "{}", finding.about);
        }
    }

    #[test]
    fn an_open_gateway_is_unsafe() {
        let settings = Settings {
            listen: ([0, 0, 0, 0], 80).into(),
            limit_session: 0,
            openid_loopback: true,
            second_step: false,
            ..Settings::default()
        };
        let unsafe_ones: Vec<&str> = examine(&settings)
            .into_iter()
            .filter(|finding| finding.found.is_err())
            .map(|finding| finding.about)
            .collect();
        assert_eq!(
            unsafe_ones,
            [
                "https",
                "session cookie",
                "identity providers",
                "second step",
                "limits"
            ]
        );
    }
}
