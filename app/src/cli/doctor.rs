//! `aldgate doctor`: what is wrong with this installation, and what to do about it.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use db::{Db, Durability, Engine, sql};

use crate::adapters::smtp::Mailer;
use crate::adapters::undelivered_mail;
use crate::cli::behind_proxy;
use crate::cli::open::load_packs_with_holidays;
use crate::cli::security;
use crate::cli::security::Finding;
use crate::cli::settings::without_password;
use crate::cli::{load_packs, secret_file};
use crate::kernel::app::MIGRATIONS;
use crate::kernel::clock::{Clock, moment};
use crate::ledger::keys::{Owner, is_made_from};
use crate::records::outlived;
use crate::settings::Settings;

sql! {
    APPLIED = "select name, text from migrations";
    LATEST = "select max(at) as at from (select max(from_at) as at from keys where owner = 'log'
        union all select at from (select at from checkpoints order by size desc limit 1) as newest) as signed";
    LOG_KEY = "select id, vkey from keys where owner = 'log' and until_at is null";
}

/// How long PostgreSQL may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How far ahead bank holidays must be known. Half a year is the longest clock.
const HOLIDAYS_AHEAD_DAYS: i32 = 200;
/// In microseconds.
const WEEK: i64 = 7 * 86_400_000_000;

#[derive(clap::Args)]
pub struct Asked {
    /// Look at what the gateway's safety rests on, and say what is not safe.
    #[arg(long)]
    security: bool,
    /// Ask the running gateway through the proxy in front, at the address people use, and say what of a request
    /// arrives.
    #[arg(long, value_name = "URL")]
    behind_proxy: Option<String>,
}

pub async fn doctor(settings: Result<Settings, String>, asked: &Asked) -> ExitCode {
    let findings = match settings {
        Ok(settings) if asked.behind_proxy.is_some() => {
            let url = asked.behind_proxy.as_deref().unwrap_or_default();
            behind_proxy::examine(&settings, url).await
        }
        Ok(settings) if asked.security => security::examine(&settings),
        Ok(settings) => examine(&settings).await,
        Err(error) => vec![Finding {
            about: "settings",
            found: Err(format!(
                "{error}. Run `aldgate settings --markdown` for the list of settings"
            )),
        }],
    };
    let mut well = true;
    for finding in findings {
        match finding.found {
            Ok(what) => println!("OK       {}: {what}", finding.about),
            Err(what) => {
                well = false;
                println!("PROBLEM  {}: {what}", finding.about);
            }
        }
    }
    if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn examine(settings: &Settings) -> Vec<Finding> {
    let finding = |about, found| Finding { about, found };
    vec![
        finding("settings", Ok("they can be read".to_owned())),
        finding("demo mode", demo(settings)),
        finding("address", address(settings)),
        finding("packs", packs(settings)),
        finding("bank holidays", holidays(settings)),
        finding("e-mail", mail(settings).await),
        finding("data folder", folder(settings)),
        finding("database", database(settings).await),
        finding("records", records(settings).await),
        finding("delivery of email", delivery(settings).await),
        finding("keys", keys(settings).await),
        finding("clock", clock(settings).await),
    ]
}

fn demo(settings: &Settings) -> Result<String, String> {
    settings.check_demo()?;
    Ok(if settings.demo {
        format!("on; anyone who reaches {} can sign in", settings.listen)
    } else {
        "off".to_owned()
    })
}

fn address(settings: &Settings) -> Result<String, String> {
    settings.check_url()?;
    if !settings.listen.ip().is_loopback() && !settings.is_https() {
        return Err(format!(
            "other machines can reach {}, but people do not come over https, so their passwords can be read on \
             the way. Put a web server with a certificate in front and set url to its https:// address",
            settings.listen
        ));
    }
    Ok(if settings.url.is_empty() {
        format!("http://{}", settings.listen)
    } else {
        settings.url.clone()
    })
}

async fn mail(settings: &Settings) -> Result<String, String> {
    let mailer = Mailer::new(settings)?;
    if !mailer.is_on() {
        return Ok("off; pages show the links that people are to be given".to_owned());
    }
    let server = without_password(&settings.mail);
    mailer.reach().await.map_err(|why| {
        format!("{server} does not take email: {why}. Check mail, mail_user and mail_password_file")
    })?;
    Ok(format!("{server} takes email from {}", settings.mail_from))
}

fn packs(settings: &Settings) -> Result<String, String> {
    let packs = load_packs(&settings.packs)?;
    let report = packs::check(&packs);
    if !report.ok() {
        return Err(format!(
            "{} of their scenarios and cases fail. Run `aldgate packs check` to see which",
            report.failed
        ));
    }
    Ok(format!(
        "{} {}, {} scenarios and cases hold",
        packs.name,
        packs.version_name(),
        report.passed
    ))
}

/// Last days are counted by lists of bank holidays, which end.
fn holidays(settings: &Settings) -> Result<String, String> {
    let packs = load_packs_with_holidays(settings)?;
    let holidays = &packs.clocks.holidays;
    let newest = holidays
        .divisions()
        .map(|(division, days)| (days.keys().next_back().copied(), division))
        .min();
    let Some((Some(newest), division)) = newest else {
        return Err("there are none. Put law/holidays back into the packs".to_owned());
    };
    let today = Clock::System.now().today();
    if (newest - today).get_days() < HOLIDAYS_AHEAD_DAYS {
        return Err(format!(
            "the list of {division} ends on {newest}. Set holidays to a file of the government's newer list \
             (https://www.gov.uk/bank-holidays.json)"
        ));
    }
    Ok(format!("known to {newest}"))
}

fn folder(settings: &Settings) -> Result<String, String> {
    let folder = &settings.data;
    if !folder.exists() {
        let parent = folder
            .ancestors()
            .skip(1)
            .map(|p| {
                if p.as_os_str().is_empty() {
                    Path::new(".")
                } else {
                    p
                }
            })
            .find(|p| p.exists())
            .unwrap_or(Path::new("."));
        return writable(parent).map(|()| {
            format!(
                "{} is not there yet; it is made at the first start",
                folder.display()
            )
        });
    }
    writable(folder).map(|()| format!("{} can be written", folder.display()))
}

/// Tries it: permissions alone do not tell about read-only disks and full ones.
fn writable(folder: &Path) -> Result<(), String> {
    let probe = folder.join(format!(".aldgate-doctor-{}", std::process::id()));
    let tried = std::fs::write(&probe, b"aldgate").and_then(|()| std::fs::remove_file(&probe));
    tried.map_err(|e| {
        format!(
            "{} cannot be written: {e}. Give the user who runs aldgate the right to write there, or choose another \
             folder with --data",
            folder.display()
        )
    })
}

async fn database(settings: &Settings) -> Result<String, String> {
    let Some(db) = connect(settings).await? else {
        return Ok("it is not there yet; it is made at the first start".to_owned());
    };
    let found = schema(&db).await;
    db.close().await;
    found
}

/// Whether the packs know every record, and which drafts they leave answers of behind.
async fn records(settings: &Settings) -> Result<String, String> {
    let Ok(Some(db)) = connect(settings).await else {
        return Ok("there are none yet".to_owned());
    };
    let Ok(packs) = load_packs(&settings.packs) else {
        return Ok("the finding about the packs comes first".to_owned());
    };
    let found = outlived::examine(&db, &packs).await;
    db.close().await;
    let Ok(found) = found else {
        // The finding about the database says why it cannot be read.
        return Ok("there are none yet".to_owned());
    };
    match (found.is_well(), found.of_drafts()) {
        (true, None) => Ok("the packs know each type and state, and take every answer".to_owned()),
        (true, Some(drafts)) => Ok(format!("the packs know each type and state. {drafts}")),
        (false, None) => Err(found.to_string()),
        (false, Some(drafts)) => Err(format!("{found}. {drafts}")),
    }
}

/// Whether e-mail arrives: what was given up in the last week.
async fn delivery(settings: &Settings) -> Result<String, String> {
    let Ok(Some(db)) = connect(settings).await else {
        return Ok("nothing was sent yet".to_owned());
    };
    let since = Clock::System.now().0 - WEEK;
    let lately = undelivered_mail::since(&db, since).await;
    db.close().await;
    match lately {
        // The finding about the database says why it cannot be read.
        Err(_) | Ok(None) => Ok("nothing came back in the last 7 days".to_owned()),
        Ok(Some((count, why))) => Err(format!(
            "{count} {} could not be delivered in the last 7 days. The latest was refused with: {why}. The pages of those \
             who had them sent say so; if many are refused, check mail_from and what the mail server asks of senders",
            if count == 1 { "e-mail" } else { "e-mails" }
        )),
    }
}

/// The secret is there, nobody else reads it, and it is the one that the log's key was made from.
async fn keys(settings: &Settings) -> Result<String, String> {
    let file = secret_file::place(settings);
    let secret = secret_file::read(settings)?;
    if settings.secret.is_empty() && secret_file::is_open_to_others(&file) {
        return Err(format!(
            "other users can read {0}. Run `chmod 600 {0}`, and follow “The secret leaked” in docs/keys.md if \
             someone may have read it",
            file.display()
        ));
    }
    let Some(db) = connect(settings).await? else {
        return Ok("they are made at the first start".to_owned());
    };
    let kept = db.optional(&LOG_KEY, &[]).await;
    db.close().await;
    let Some(kept) = kept.map_err(|_| "the database has no table of them yet".to_owned())? else {
        return Ok("they are made at the first start".to_owned());
    };
    let id = kept.text("id").map_err(|e| e.to_string())?;
    let vkey = kept.text("vkey").map_err(|e| e.to_string())?;
    match secret {
        Some(secret) if is_made_from(&secret, &Owner::Log, &id, &vkey) => {
            Ok(format!("the log signs with {vkey}"))
        }
        Some(_) => Err(format!(
            "the secret is not the one that the key {vkey} was made from. Bring the right one back from a copy, or \
             follow “The secret is lost” in docs/keys.md"
        )),
        None => Err(format!(
            "{} is missing. Bring it back from a copy, or follow “The secret is lost” in docs/keys.md",
            file.display()
        )),
    }
}

/// Whether the clock stands where the log already was: what is signed before its key began does not hold.
async fn clock(settings: &Settings) -> Result<String, String> {
    let now = Clock::System.now().0;
    let said = moment(now);
    let Ok(Some(db)) = connect(settings).await else {
        return Ok(format!("it says {said}"));
    };
    let latest = db.optional(&LATEST, &[]).await;
    db.close().await;
    let latest = latest
        .ok()
        .flatten()
        .and_then(|row| row.opt_int("at").ok().flatten());
    match latest {
        Some(at) if now < at => Err(format!(
            "it says {said}, but something was signed here on {}. The clock was set back: until it is right, nothing is \
             signed and no evidence is handed out. Set it right, and see that it is kept so (NTP)",
            moment(at)
        )),
        _ => Ok(format!("it says {said}")),
    }
}

/// The database as it stands, or none where it is not made yet.
pub(super) async fn connect(settings: &Settings) -> Result<Option<Db>, String> {
    if settings.database.is_empty() {
        let file = settings.data.join("aldgate.db");
        if !file.exists() {
            return Ok(None);
        }
        let opened = Db::sqlite(&file, Durability::Full).await;
        return opened
            .map(Some)
            .map_err(|e| format!("{} cannot be opened: {e}", file.display()));
    }
    let opening = Db::postgres(&settings.database, None);
    let opened = match tokio::time::timeout(PATIENCE, opening).await {
        Ok(opened) => opened.map_err(|e| e.to_string()),
        Err(_) => Err(format!("no answer within {} seconds", PATIENCE.as_secs())),
    };
    opened.map(Some).map_err(|why| {
        format!(
            "{} cannot be reached: {why}. Check the connection string, and that PostgreSQL runs",
            without_password(&settings.database)
        )
    })
}

pub(super) async fn schema(db: &Db) -> Result<String, String> {
    let behind = "Stop the gateway, make a copy of the database, then run `aldgate migrate`";
    let rows = db
        .all(&APPLIED, &[])
        .await
        .map_err(|_| format!("it has no tables of ours yet. {behind}"))?;
    let mut applied = Vec::new();
    for row in &rows {
        let name = row.text("name").map_err(|e| e.to_string())?;
        let text = row.text("text").map_err(|e| e.to_string())?;
        if let Some(why) = db::moving::mark(&name, &text) {
            return Err(why.to_string());
        }
        applied.push((name, text));
    }
    for migration in MIGRATIONS {
        match applied.iter().find(|(name, _)| name == migration.name) {
            None => {
                return Err(format!(
                    "schema step {} is not applied. {behind}",
                    migration.name
                ));
            }
            Some((_, text)) if text != migration.sql(db.engine()) => {
                return Err(format!(
                    "schema step {} is not the one this version brings. Use the version of aldgate that made this \
                     database",
                    migration.name
                ));
            }
            Some(_) => {}
        }
    }
    if applied.len() > MIGRATIONS.len() {
        return Err(
            "a newer version of aldgate has changed this database. Use that version".to_owned(),
        );
    }
    let engine = match db.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    Ok(format!("{engine}, the schema is up to date"))
}
