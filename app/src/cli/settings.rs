//! `aldgate settings`: the one list of settings, with their values.

use std::process::ExitCode;

use crate::cli::limits::limits_page;
use crate::settings::{SETTINGS, Settings};

/// Where the list is kept as a page.
pub const LISTING: &str = "docs/settings.md";

#[derive(clap::Args)]
pub struct Asked {
    /// Print the page docs/settings.md, with the defaults.
    #[arg(long)]
    markdown: bool,
    /// Print the page docs/limits.md.
    #[arg(long)]
    limits: bool,
}

pub fn settings(settings: &Settings, asked: &Asked) -> Result<ExitCode, String> {
    if asked.markdown {
        print!("{}", listing()?);
        return Ok(ExitCode::SUCCESS);
    }
    if asked.limits {
        print!("{}", limits_page());
        return Ok(ExitCode::SUCCESS);
    }
    for (name, meaning, value) in values(settings)? {
        println!("{} = {value}\n    {meaning}", variable(name));
    }
    Ok(ExitCode::SUCCESS)
}

/// The page that documents every setting.
///
/// # Errors
/// When a documented setting does not exist.
pub fn listing() -> Result<String, String> {
    let mut page = String::from(
        "# Settings\n\nEach setting is read from its default, then from a TOML file (`--config FILE` or \
         `ALDGATE_CONFIG`), then from the environment, then from flags; the last one counts. \
         `aldgate settings` prints the values in use, `aldgate doctor` checks them.\n\n\
         `ALDGATE_LOG` sets how much is logged, such as `info` or `debug`.\n\n\
         | setting | environment | default | what it does |\n|---|---|---|---|\n",
    );
    for (name, meaning, value) in values(&Settings::default())? {
        let value = if value.is_empty() {
            "empty".to_owned()
        } else {
            format!("`{value}`")
        };
        page += &format!(
            "| `{name}` | `{}` | {value} | {meaning} |\n",
            variable(name)
        );
    }
    Ok(page)
}

fn variable(name: &str) -> String {
    format!("ALDGATE_{}", name.to_uppercase())
}

/// Name, meaning and value of every setting, secrets left out.
fn values(settings: &Settings) -> Result<Vec<(&'static str, &'static str, String)>, String> {
    let all = serde_json::to_value(settings).map_err(|e| e.to_string())?;
    SETTINGS
        .iter()
        .map(|(name, meaning)| {
            let value = match &all[*name] {
                serde_json::Value::Null => return Err(format!("There is no setting {name}")),
                serde_json::Value::String(text) if is_secret(name) => hidden(text),
                serde_json::Value::String(text) => without_password(text),
                other => other.to_string(),
            };
            Ok((*name, *meaning, value))
        })
        .collect()
}

fn is_secret(name: &str) -> bool {
    ["password", "secret", "key", "token"]
        .iter()
        .any(|word| name.ends_with(word))
}

fn hidden(text: &str) -> String {
    if text.is_empty() { "" } else { "(hidden)" }.to_owned()
}

/// An address without the password in it, wherever the form of the address puts it.
pub(super) fn without_password(text: &str) -> String {
    let mut shown = text.to_owned();
    // A password may hold an @ or a slash that nobody escaped: the last @ ends it.
    if let Some((scheme, rest)) = text.split_once("://")
        && let Some((login, place)) = rest.rsplit_once('@')
        && let Some((user, _)) = login.split_once(':')
    {
        shown = format!("{scheme}://{user}:(hidden)@{place}");
    }
    for key in ["password=", "sslpassword="] {
        if let Some(start) = shown.find(key) {
            let from = start + key.len();
            let end = shown[from..]
                .find(['&', ' '])
                .map_or(shown.len(), |n| from + n);
            shown.replace_range(from..end, "(hidden)");
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_never_shown() {
        for (given, shown) in [
            (
                "postgres://aldgate:s3cret@db.example/aldgate",
                "postgres://aldgate:(hidden)@db.example/aldgate",
            ),
            (
                "postgres://aldgate:s3@c/ret@db.example/aldgate",
                "postgres://aldgate:(hidden)@db.example/aldgate",
            ),
            (
                "postgres:///aldgate?host=/run&password=s3cret&user=a",
                "postgres:///aldgate?host=/run&password=(hidden)&user=a",
            ),
            (
                "postgres://db.example/aldgate",
                "postgres://db.example/aldgate",
            ),
            (
                "https://share.example.org:8443/",
                "https://share.example.org:8443/",
            ),
            ("", ""),
        ] {
            assert_eq!(without_password(given), shown);
        }
        let settings = Settings {
            database: "postgres://u:s3cret@h/d".to_owned(),
            ..Settings::default()
        };
        let all = values(&settings).unwrap();
        assert!(all.iter().all(|(_, _, value)| !value.contains("s3cret")));
    }
}
