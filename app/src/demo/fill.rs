//! Tells the whole story of the demo in the order in which it happened.

use std::sync::Arc;

use db::sql;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::demo::cast::Cast;
use crate::demo::data;
use crate::demo::data::Organisation;
use crate::demo::plot::Plot;
use crate::identity::credential;
use crate::kernel::clock::{Now, london};
use crate::kernel::{App, Ctx, Refusal};
use crate::pages::sign_in::demo::DEMO_PASSWORD;

sql! {
    ANY = "select id from organisations limit 1";
}

/// The coalition was set up this many days ago.
const BEGINNING: i64 = -300;

/// Whether the gateway has nobody in it yet.
pub async fn is_empty(app: &App) -> Result<bool, Refusal> {
    Ok(app.db.optional(&ANY, &[]).await?.is_none())
}

/// Fills an empty gateway. `say` hears how far it is.
///
/// # Errors
/// Names the agreement and the act that could not be done.
pub async fn fill(app: Arc<App>, say: impl Fn(&str)) -> Result<(), String> {
    let demo = data::read()?;
    let today = app.clock.now().today();
    let mut cast = Cast::new(app.clone(), today);
    let broken = |what: &str| {
        let what = what.to_owned();
        move |refusal: Refusal| format!("The demo cannot be filled: {what}: {}", explain(&refusal))
    };

    let (listed, members): (Vec<Organisation>, Vec<Organisation>) = demo
        .organisations
        .iter()
        .cloned()
        .partition(|organisation| organisation.listed);
    say(&format!("{} organisations in the directory", listed.len()));
    let at = |day: i64, minute: i64| moment(today, day, minute);
    cast.list(at(BEGINNING, 0), listed)
        .await
        .map_err(broken("the directory"))?;
    let hasher = Ctx::new(app.clone(), None);
    let password = credential::hash(&hasher, DEMO_PASSWORD.to_owned())
        .await
        .map_err(broken("the password"))?;
    say(&format!(
        "{} organisations with their people",
        members.len()
    ));
    let keys: Vec<String> = members.iter().map(|member| member.key.clone()).collect();
    for (number, member) in members.into_iter().enumerate() {
        let name = member.name.clone();
        cast.register(at(BEGINNING + 1, 11 * number as i64), member, &password)
            .await
            .map_err(broken(&name))?;
    }
    say("Their assurance statements and memoranda");
    for (number, key) in keys.iter().enumerate() {
        let minute = 17 * number as i64;
        cast.assure(key, at(BEGINNING + 3, minute), &demo.assurance)
            .await
            .map_err(broken(&format!("the assurance of {key}")))?;
    }
    let mut memoranda = Vec::new();
    for (number, key) in keys.iter().enumerate() {
        let at = at(BEGINNING + 5, 19 * number as i64);
        let asked = cast.ask_for_memorandum(key, at).await;
        memoranda.push(asked.map_err(broken(&format!("the memorandum of {key}")))?);
    }
    for (number, (key, id)) in keys.iter().zip(&memoranda).enumerate() {
        cast.sign(id, key, at(BEGINNING + 7, 19 * number as i64))
            .await
            .map_err(broken(&format!("the memorandum of {key}")))?;
    }

    let mut plots: Vec<Plot> = demo
        .agreements
        .iter()
        .map(|agreement| Plot {
            agreement,
            library: &demo.library,
            id: None,
        })
        .collect();
    say(&format!("{} agreements", plots.len()));
    let mut acts: Vec<(i64, usize, usize)> = Vec::new();
    for (number, agreement) in demo.agreements.iter().enumerate() {
        acts.extend(
            agreement
                .acts
                .iter()
                .enumerate()
                .map(|(n, act)| (act.day, number, n)),
        );
    }
    acts.sort_unstable();
    for (day, number, n) in acts {
        let agreement = &demo.agreements[number];
        let act = &agreement.acts[n];
        plots[number]
            .act(&cast, act, at(day, 23 * number as i64))
            .await
            .map_err(broken(&format!(
                "{} on day {day} of {}",
                act.what, agreement.answers["title"]
            )))?;
    }
    say(&format!("Everyone’s password is: {DEMO_PASSWORD}"));
    Ok(())
}

/// A moment in office hours, some days from today.
pub(super) fn moment(today: Date, day: i64, minute: i64) -> Now {
    let opens = today
        .checked_add(day.days())
        .unwrap_or(today)
        .at(9, 10, 0, 0);
    let london = london();
    let opens = opens
        .to_zoned(london)
        .map_or(0, |z| z.timestamp().as_microsecond());
    Now(opens + minute * 60_000_000)
}

pub(super) fn explain(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid(problems) => problems
            .iter()
            .map(|problem| format!("{}: {}", problem.field, problem.message))
            .collect::<Vec<_>>()
            .join("; "),
        Refusal::Broken(source) => source.to_string(),
        other => other.to_string(),
    }
}
