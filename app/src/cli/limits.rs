//! Every limit in one table, made from the constants that hold it.

use std::time::Duration;

use crate::adapters::rate_limit::Rate;
use crate::adapters::sign_in_limits::{
    KEPT, MAX_WRONG_ACCOUNT, MAX_WRONG_NETWORK, MAX_WRONG_PAIR, USUAL, WINDOW,
};
use crate::cli::connections::{HEADER_TIMEOUT, STOP_TIMEOUT};
use crate::identity::credential::{LONGEST, PATIENCE, SHORTEST};
use crate::identity::one_time_links::{LINK_TTL, MAX_WRONG_CODES};
use crate::identity::token::LONGEST_SESSION;
use crate::kernel::app::{MAX_CHECKS, MAX_RENDERS};
use crate::kernel::health::MIN_ROOM;
use crate::pages::organisation::{provider, sign_up};
use crate::pages::records::attachments;
use crate::pages::sign_in::openid;
use crate::router::REQUEST_TIMEOUT;
use crate::settings::Settings;
use crate::web::body_limits::{
    FORM_TIMEOUT, MAX_ADDRESS_BYTES, MAX_EVIDENCE_BYTES, MAX_FORM_BYTES, MAX_FORM_FIELDS,
    MAX_HEADER_BYTES, MAX_TEXT_BYTES, MAX_TEXT_FIELDS, UPLOAD_TIMEOUT,
};
use crate::web::{route_limits, session};

/// Where the table is kept as a page.
pub const LIMITS: &str = "docs/limits.md";

/// The page that names every limit, with the defaults of those that can be set.
pub fn limits_page() -> String {
    let mut page = String::from(
        "# Limits\n\nMade from the program (`make docs`); a test holds it. Names in `code` are settings \
         (docs/settings.md). Times by which something is counted go on evenly, whatever is done to the clock.\n",
    );
    for (title, rows) in tables() {
        page += &format!("\n## {title}\n\n| what | limit | beyond it |\n|---|---|---|\n");
        for [what, limit, beyond] in rows {
            page += &format!("| {what} | {limit} | {beyond} |\n");
        }
    }
    page += "\nCounts by address are by network for IPv6 (/64). Several gateways on one database each count for \
             themselves.\n";
    page
}

type Row = [String; 3];

fn row(what: &str, limit: impl Into<String>, beyond: &str) -> Row {
    [what.to_owned(), limit.into(), beyond.to_owned()]
}

fn tables() -> Vec<(&'static str, Vec<Row>)> {
    vec![
        ("What a request may hold", requests()),
        ("How long it may take", times()),
        ("How much one visitor may ask for", rates()),
        ("Passwords and codes", attempts()),
        (
            "Evidence to check, here, with `aldgate verify` and with `tools/verify/verify.py`",
            evidence_files(),
        ),
        ("How much is worked on at once", turns()),
        ("Sessions and links", sessions()),
    ]
}

fn requests() -> Vec<Row> {
    let settings = Settings::default();
    let form = |bytes, fields| format!("{}, {fields} fields", size(bytes));
    vec![
        row("the address", size(MAX_ADDRESS_BYTES), "414"),
        row("all headers", size(MAX_HEADER_BYTES), "431"),
        row("`Host`", "exactly one (none at `/health`)", "400"),
        row("a form", form(MAX_FORM_BYTES, MAX_FORM_FIELDS), "413"),
        row(
            "a form with long answers, of someone who is signed in",
            form(MAX_TEXT_BYTES, MAX_TEXT_FIELDS),
            "413",
        ),
        row(
            "a form with files, of someone who is signed in",
            format!(
                "`upload_limit` ({}) and {}",
                size(settings.upload_limit),
                form(MAX_TEXT_BYTES, MAX_TEXT_FIELDS)
            ),
            "413",
        ),
        row(
            "files to check, together",
            form(MAX_EVIDENCE_BYTES, MAX_FORM_FIELDS),
            "413",
        ),
        row(
            "one attached file",
            format!("`upload_limit` ({})", size(settings.upload_limit)),
            "the form again, 422",
        ),
        row(
            "files attached to a record",
            attachments::MAX_FILES.to_string(),
            "the form again, 422",
        ),
    ]
}

fn times() -> Vec<Row> {
    vec![
        row(
            "until the headers are here, and between two requests of a connection",
            time(HEADER_TIMEOUT),
            "the connection ends",
        ),
        row("until a form is here", time(FORM_TIMEOUT), "408"),
        row(
            "until a form with long answers or files is here",
            time(UPLOAD_TIMEOUT),
            "408",
        ),
        row("until a request is answered", time(REQUEST_TIMEOUT), "503"),
        row(
            "until requests have ended when the gateway is told to stop",
            time(STOP_TIMEOUT),
            "they are broken off",
        ),
    ]
}

fn rates() -> Vec<Row> {
    let settings = Settings::default();
    vec![
        row(
            "costly requests (documents, searches, files, exports, API) of one session or token",
            format!("`limit_session` ({}) a minute", settings.limit_session),
            "429",
        ),
        row(
            "costly requests of one address",
            format!("`limit_address` ({}) a minute", settings.limit_address),
            "429",
        ),
        row(
            "forms of one address, of each kind",
            format!("`limit_address` ({}) a minute", settings.limit_address),
            "429",
        ),
        row(
            "files to check, of one address",
            rate(route_limits::CHECKS),
            "429",
        ),
        row(
            "organisations set up without an account, from one address",
            rate(sign_up::REGISTRATIONS),
            "429",
        ),
        row(
            "answers of identity providers that one address brings",
            rate(openid::PER_MINUTE),
            "429",
        ),
        row(
            "trying an identity provider, of one organisation",
            rate(provider::PER_MINUTE),
            "429",
        ),
    ]
}

fn attempts() -> Vec<Row> {
    let wrong = |count: u32| format!("{count} wrong in {}", micros(WINDOW));
    vec![
        row(
            "one account from one address, or in one browser that it was signed in to before",
            wrong(MAX_WRONG_PAIR),
            "429 there",
        ),
        row(
            "one account from all addresses that are no usual place of it",
            wrong(MAX_WRONG_ACCOUNT),
            "429 at all of them; not at usual places and in known browsers",
        ),
        row(
            "one address, on accounts that it is no usual place of",
            wrong(MAX_WRONG_NETWORK),
            "429 for such accounts there; not for those who usually sign in there",
        ),
        row(
            "an address is a usual place, and a browser known, after a right password",
            format!("for {}", micros(USUAL)),
            "it is like any other",
        ),
        row(
            "wrong attempts are remembered, as keyed hashes, over a restart too",
            format!("for {}", micros(KEPT)),
            "they are forgotten",
        ),
        row(
            "codes of a one-time link",
            format!("{MAX_WRONG_CODES} wrong"),
            "the link has ended",
        ),
        row(
            "a password",
            format!("{SHORTEST} to {LONGEST} characters"),
            "the form again, 422",
        ),
    ]
}

fn evidence_files() -> Vec<Row> {
    vec![
        row(
            "a PDF document",
            size(evidence::LARGEST_PDF),
            "it cannot be read",
        ),
        row(
            "an evidence file, also the one in a document",
            size(evidence::LARGEST),
            "it cannot be read",
        ),
        row(
            "how often a document names attached files",
            evidence::MAX_NAMES.to_string(),
            "it cannot be read",
        ),
        row(
            "how deep it is nested",
            evidence::MAX_DEPTH.to_string(),
            "it cannot be read",
        ),
        row(
            "strings, objects, arrays and commas, its texts included",
            evidence::MAX_PARTS.to_string(),
            "it cannot be read",
        ),
        row(
            "versions, decisions, acts, keys, attachments, each",
            evidence::MAX_ITEMS.to_string(),
            "it cannot be read",
        ),
    ]
}

fn turns() -> Vec<Row> {
    let wait = format!("waits {}, then “try again”", time(PATIENCE));
    vec![
        row(
            "passwords of people who sign in",
            "one for each processor",
            &wait,
        ),
        row("new passwords", "1", &wait),
        row(
            "files received to be checked",
            MAX_CHECKS.to_string(),
            "waits 10 seconds, then 429",
        ),
        row("files being checked", "1", "waits 10 seconds, then 429"),
        row("documents being typeset", MAX_RENDERS.to_string(), "waits"),
        row(
            "room on the disk of the embedded database",
            format!("{} free", size(MIN_ROOM as usize)),
            "`/health` answers 503",
        ),
    ]
}

fn sessions() -> Vec<Row> {
    vec![
        row(
            "a session that is not used",
            micros(session::IDLE),
            "it ends",
        ),
        row("a session", micros(LONGEST_SESSION), "it ends"),
        row("a one-time link", micros(LINK_TTL), "it ends"),
    ]
}

fn size(bytes: usize) -> String {
    match bytes {
        b if b % (1024 * 1024) == 0 => format!("{} MB", b / (1024 * 1024)),
        b => format!("{} kB", b / 1024),
    }
}

fn time(time: Duration) -> String {
    format!("{} seconds", time.as_secs())
}

fn micros(micros: i64) -> String {
    let hours = micros / 3_600_000_000;
    match hours {
        0 => format!("{} minutes", micros / 60_000_000),
        48.. => format!("{} days", hours / 24),
        _ => format!("{hours} hours"),
    }
}

fn rate(rate: Rate) -> String {
    let per = if rate.seconds == 60 {
        "a minute"
    } else {
        "an hour"
    };
    format!("{} {per}", rate.count)
}
