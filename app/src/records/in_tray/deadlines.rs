//! What comes up soon: days that run out, agreements to look at again, a newer memorandum.

use db::{args, sql};
use jiff::ToSpan as _;

use crate::kernel::clock::day_text;
use crate::kernel::{Acting, Ctx, Refusal};
use crate::organisations::setup;
use crate::organisations::setup::{Setup, Step};

sql! {
    DUE = "select r.id, r.title, r.review_day, r.expiry_day
        from record_parties p join records r on r.id = p.record_id
        where p.organisation_id = $1 and p.left_at is null and p.due_day <> '' and p.due_day <= $2
        order by p.due_day, p.record_id limit 20";
    LOOK_AGAIN = "select r.id, r.title, p.look_again_day
        from publications p join records r on r.id = p.record_id
        where p.lead_id = $1 and p.until_at is null and p.withdrawn = 0
            and p.look_again_day <> '' and p.look_again_day <= $2
        order by p.look_again_day, p.record_id limit 20";
}

const ASSURANCE_DAYS: i32 = 60;
const AGREEMENT_DAYS: i32 = 90;
const LOOK_AGAIN_DAYS: i32 = 30;

pub struct Soon {
    pub what: String,
    pub when: String,
    pub link: String,
}

pub async fn of(ctx: &Ctx, acting: &Acting, setup: &Setup) -> Result<Vec<Soon>, Refusal> {
    let today = ctx.now.today();
    let until = |days: i32| today.saturating_add(days.days()).to_string();
    let today = today.to_string();
    let mut soon = Vec::new();
    if let Some(day) = setup.assurance_expires.as_deref()
        && !day.is_empty()
        && *day <= *until(ASSURANCE_DAYS)
    {
        soon.push(Soon {
            what: "Renew your assurance statement".to_owned(),
            when: runs_out(day, &today),
            link: "/assurance".to_owned(),
        });
    }
    if let (Some(signed), false) = (&setup.memorandum_signed, setup.has(Step::Memorandum)) {
        let current = setup::current_text_version(ctx).unwrap_or_default();
        soon.push(Soon {
            what: "Sign the newer memorandum of understanding".to_owned(),
            when: format!(
                "Your organisation signed version {signed}. Version {current} has taken its place."
            ),
            link: "/memorandum".to_owned(),
        });
    }
    let limit = until(AGREEMENT_DAYS);
    let db = &ctx.app.db;
    for row in db
        .all(&DUE, args![&acting.organisation, limit.as_str()])
        .await?
    {
        let due = |day: String| (!day.is_empty() && day <= limit).then_some(day);
        let review = due(row.text("review_day")?).map(|day| {
            if day < today {
                format!("It was to be looked at again by {}.", day_text(&day))
            } else {
                format!("It is to be looked at again by {}.", day_text(&day))
            }
        });
        let ends = due(row.text("expiry_day")?).map(|day| {
            if day < today {
                format!(
                    "It was to end on {}, and is still in force here.",
                    day_text(&day)
                )
            } else {
                format!("It ends on {}.", day_text(&day))
            }
        });
        let when: Vec<String> = review.into_iter().chain(ends).collect();
        soon.push(Soon {
            what: row.text("title")?,
            when: when.join(" "),
            link: format!("/records/{}", row.text("id")?),
        });
    }
    let limit = until(LOOK_AGAIN_DAYS);
    for row in db
        .all(&LOOK_AGAIN, args![&acting.organisation, limit])
        .await?
    {
        soon.push(Soon {
            what: row.text("title")?,
            when: format!(
                "Look again by {} at what is withheld from the public.",
                day_text(&row.text("look_again_day")?)
            ),
            link: format!("/records/{}", row.text("id")?),
        });
    }
    Ok(soon)
}

fn runs_out(day: &str, today: &str) -> String {
    if day < today {
        format!("It ran out on {}.", day_text(day))
    } else {
        format!("It runs out on {}.", day_text(day))
    }
}
