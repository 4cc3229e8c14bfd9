//! `/in-tray`: what waits for me, for my organisation, and whom we wait for. All of it is worked
//! out from the records when the page is asked for; nothing is kept.

pub mod whole;

use std::collections::BTreeSet;

use axum::response::Response;
use govuk::{Colour, InsetText, Tag};
use maud::{Markup, html};
use packs::Role;

use crate::identity::kept_texts;
use crate::kernel::clock::moment;
use crate::kernel::{Acting, Refusal, phrases};
use crate::organisations::access_requests;
use crate::organisations::access_requests::Joiner;
use crate::organisations::claims;
use crate::organisations::claims::Claim;
use crate::organisations::offers;
use crate::organisations::offers::Offer;
use crate::organisations::roles;
use crate::organisations::roles::Holding;
use crate::organisations::setup;
use crate::pages::organisation::end_role::is_left;
use crate::pages::organisation::membership_offers;
use crate::pages::organisation::people::{capital, dates};
use crate::pages::organisation::progress;
use crate::web::{Sheet, Visit, see_other};

use crate::records::in_tray::deadlines::Soon;
use crate::records::in_tray::lists::{Draft, Lines, Listed, Waiting};

/// What the in-tray itself shows of each list.
const SHOWN: usize = 10;

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    let acting = visit.ctx.acting()?;
    if acting.organisation.as_str().is_empty() {
        return Ok(see_other("/organisation/choose"));
    }
    let kept = kept_texts::waiting(&visit).await?;
    let list = if acting.roles.is_empty() {
        no_role_today(&visit).await?
    } else {
        tray(&visit).await?
    };
    let body = html! { (kept_texts(&kept)) (list) };
    Ok(visit.show(Sheet::new("In-tray", body).caption(acting.organisation_name.clone())))
}

/// What was typed when a session ended, and is not saved yet.
fn kept_texts(kept: &[(String, i64)]) -> Markup {
    html! {
        @for (id, at) in kept {
            div class="govuk-inset-text" {
                a class="govuk-link" href=(format!("/kept/{id}")) { "Get back what you typed on " (moment(*at)) }
                ". It was not saved, because your session had ended."
            }
        }
    }
}

async fn no_role_today(visit: &Visit) -> Result<Markup, Refusal> {
    let acting = visit.ctx.acting()?;
    let held = roles::held(&visit.ctx, &acting.organisation).await?;
    let today = visit.now.today().to_string();
    let later: Vec<&Holding> = held
        .iter()
        .filter(|h| h.person == acting.person && !h.is_over(&today))
        .collect();
    let joiner = access_requests::of_person(visit, &acting.person, &acting.organisation).await?;
    let offered = offers::to_person(visit, &acting.person).await?;
    let name = &acting.organisation_name;
    let told = match joiner.map(|joiner| joiner.granted) {
        Some(None) => format!(
            "You are known to {name}, and have no role there yet. Its administrators see that you wait. Until one of \
             them gives you a role, nothing is shown."
        ),
        Some(Some(false)) => format!(
            "{name} has not given you a role, so nothing is shown. If that is wrong, ask one of its administrators."
        ),
        _ => format!("You hold no role in {name} today, so nothing is shown."),
    };
    Ok(html! {
        (InsetText::new(told))
        @if !offered.is_empty() {
            ul class="app-lines" { @for one in &offered { (offer(one, visit.now.0)) } }
        }
        @if !later.is_empty() {
            p class="govuk-body" { "You will be:" }
            ul class="govuk-list govuk-list--bullet" {
                @for holding in later { li { (capital(holding.role.title())) ": " (dates(holding, &today)) } }
            }
        }
        p class="govuk-body" { a class="govuk-link" href="/organisation/choose" { "Act for another organisation" } }
    })
}

async fn tray(visit: &Visit) -> Result<Markup, Refusal> {
    let ctx = &visit.ctx;
    let acting = ctx.acting()?;
    let setup = setup::of(ctx, &acting.organisation).await?;
    // Asked together, so that a database on another machine is waited for once.
    let (mine, ours, advice, conditions, drafts, awaited, claims, joiners, offered, soon) = tokio::try_join!(
        Lines::Mine.page(ctx, acting, None, SHOWN),
        Lines::Ours.page(ctx, acting, None, SHOWN),
        Lines::Against.page(ctx, acting, None, SHOWN),
        Lines::Conditions.page(ctx, acting, None, SHOWN),
        crate::records::in_tray::lists::drafts(ctx, acting, None, SHOWN),
        Lines::Awaited.page(ctx, acting, None, SHOWN),
        claims::to_confirm(ctx, acting),
        access_requests::waiting(ctx, acting),
        offers::to_person(ctx, &acting.person),
        crate::records::in_tray::deadlines::of(ctx, acting, &setup),
    )?;
    let mut asked: BTreeSet<Role> = ours.items.iter().map(|item| item.role).collect();
    asked.insert(Role::Administrator);
    let held = roles::held_as(ctx, &acting.organisation, &asked).await?;
    let senior = acting.holds(Role::SeniorOfficer);
    let author = acting.holds(Role::Author);
    let (advised, conditioned) = (!advice.items.is_empty(), !conditions.items.is_empty());
    let for_me = !mine.items.is_empty() || senior && advised || author && conditioned;
    let for_us = !ours.items.is_empty() || !senior && advised || !author && conditioned;
    let now = ctx.now.0;
    let shown = |list: Lines, listed: &Listed<Waiting>| {
        lines(listed, list.as_str(), |item| one(visit, &held, list, item))
    };
    Ok(html! {
        @if !setup.is_complete() {
            h2 class="govuk-heading-m" { "Set-up progress" }
            (progress::show(visit, &setup))
        }
        h2 class="govuk-heading-m" id="for-me" { "Waiting for you" }
        @if !for_me && claims.is_empty() && joiners.is_empty() && offered.is_empty() { p class="govuk-body" { "Nothing waits for you." } }
        @if !offered.is_empty() { ul class="app-lines" { @for one in &offered { (offer(one, now)) } } }
        @if !claims.is_empty() { ul class="app-lines" { @for one in &claims { (claim(one, now)) } } }
        @if !joiners.is_empty() { ul class="app-lines" { @for one in &joiners { (joiner(one, now)) } } }
        (shown(Lines::Mine, &mine))
        @if senior { (shown(Lines::Against, &advice)) }
        @if author { (shown(Lines::Conditions, &conditions)) }

        @if for_us {
            h2 class="govuk-heading-m" id="for-us" { "Waiting for your organisation" }
            (shown(Lines::Ours, &ours))
            @if !senior { (shown(Lines::Against, &advice)) }
            @if !author { (shown(Lines::Conditions, &conditions)) }
        }
        @if !drafts.items.is_empty() {
            h2 class="govuk-heading-m" id="drafts" { "Drafts you can work on" }
            (lines(&drafts, "drafts", draft))
        }
        @if !awaited.items.is_empty() {
            h2 class="govuk-heading-m" id="awaited" { "Whom you are waiting for" }
            (shown(Lines::Awaited, &awaited))
        }
        @if is_only_administrator(acting, &held, &ctx.now.today().to_string()) {
            (InsetText::new(html! {
                "You are the only administrator of " (acting.organisation_name) ". If you are away, no one can add people \
                 or give roles. "
                a class="govuk-link" href="/organisation/people" { "Make someone else administrator too" } "."
            }))
        }
        @if !soon.is_empty() {
            h2 class="govuk-heading-m" id="soon" { "Soon" }
            ul class="app-lines" { @for item in &soon { (soon_line(item)) } }
        }
        @if setup.is_complete() && author {
            p class="govuk-body" { a class="govuk-link" href="/agreements" { "See all agreements, or start one" } }
        }
    })
}

/// The first items of a list, and where the rest is.
fn lines<T>(listed: &Listed<T>, name: &str, item: impl Fn(&T) -> Markup) -> Markup {
    html! {
        @if !listed.items.is_empty() {
            ul class="app-lines" { @for one in &listed.items { (item(one)) } }
        }
        @if listed.next.is_some() {
            p class="govuk-body" { a class="govuk-link" href={ "/in-tray/" (name) } { "See all of them" } }
        }
    }
}

/// A line as the list it stands in shows it.
fn one(visit: &Visit, held: &[Holding], list: Lines, item: &Waiting) -> Markup {
    let now = visit.now.0;
    match list {
        Lines::Mine => line(item, "", "decide", now, html! {}),
        Lines::Ours => line(item, "", "decide", now, who_holds(item.role, held, visit)),
        Lines::Against => {
            let note =
                html! { " A senior officer of your organisation may overrule it, with a reason." };
            line(item, "/overrule", "advised against", now, note)
        }
        Lines::Conditions => {
            let note = html! { " " (item.organisation) " waits for the author’s answer." };
            line(item, "/answer", "set conditions", now, note)
        }
        Lines::Awaited => awaited_line(item, now),
    }
}

fn line(item: &Waiting, page: &str, doing: &str, now: i64, note: Markup) -> Markup {
    let (word, colour) = match (doing, item.is_review) {
        ("decide", true) => ("Review", Colour::Blue),
        ("decide", false) => ("Sign-off", Colour::Purple),
        ("set conditions", _) => ("Conditions", Colour::Yellow),
        _ => ("Advised against", Colour::Red),
    };
    html! {
        li class="app-lines__line" {
            span class="app-lines__who" {
                a class="govuk-link" href={ "/records/" (item.record) "/lines/" (item.line) (page) } { (item.title) }
            }
            (Tag::new(word, colour))
            p class="app-lines__note" {
                "As " (item.role.title()) ", " (waited(item.opened_at, now)) "." (note)
            }
        }
    }
}

fn who_holds(role: Role, held: &[Holding], visit: &Visit) -> Markup {
    let today = visit.now.today().to_string();
    let mut names: Vec<&str> = held
        .iter()
        .filter(|h| h.role == role && h.is_on(&today))
        .map(|h| h.name.as_str())
        .collect();
    names.dedup();
    html! {
        @if names.is_empty() {
            " No one holds this role today. "
            a class="govuk-link" href="/organisation/people" { "Name someone" span class="govuk-visually-hidden" { " as " (role.title()) } }
            "."
        } @else {
            " Held by " (phrases::list(&names)) "."
        }
    }
}

fn offer(item: &Offer, now: i64) -> Markup {
    html! {
        li class="app-lines__line" {
            span class="app-lines__who" { (membership_offers::line(item)) }
            (Tag::new("Offer", Colour::Orange))
            p class="app-lines__note" {
                (capital(&phrases::list(&item.titles()))) ", " (waited(item.made_at, now)) "."
            }
        }
    }
}

fn claim(item: &Claim, now: i64) -> Markup {
    html! {
        li class="app-lines__line" {
            span class="app-lines__who" {
                a class="govuk-link" href={ "/claims/" (item.id) } {
                    "Does " (item.person_name) " act for " (item.organisation_name) "?"
                }
            }
            (Tag::new("Confirm", Colour::Orange))
            p class="app-lines__note" {
                "Your organisation knows it, so you can say, " (waited(item.asked_at, now)) "."
            }
        }
    }
}

fn joiner(item: &Joiner, now: i64) -> Markup {
    html! {
        li class="app-lines__line" {
            span class="app-lines__who" {
                a class="govuk-link" href={ "/organisation/joiners/" (item.id) } { (item.name) " waits for a role" }
            }
            (Tag::new("Waiting for a role", Colour::Orange))
            p class="app-lines__note" {
                "Came in with your organisation’s sign-in as " (item.email) ", " (waited(item.asked_at, now)) "."
            }
        }
    }
}

/// Whether nobody else who has joined holds the role for good.
fn is_only_administrator(acting: &Acting, held: &[Holding], today: &str) -> bool {
    let others: Vec<Holding> = held
        .iter()
        .filter(|h| h.person != acting.person)
        .cloned()
        .collect();
    acting.holds(Role::Administrator) && !is_left(Role::Administrator, &others, today)
}

fn draft(item: &Draft) -> Markup {
    html! {
        li class="app-lines__line" {
            span class="app-lines__who" {
                a class="govuk-link" href={ "/records/" (item.record) } { (item.title) }
            }
            @if item.joining { (Tag::new("Joining", Colour::Blue)) } @else { (Tag::new("Draft", Colour::Grey)) }
            @if let Some(lead) = &item.lead {
                p class="app-lines__note" { "Led by " (lead) ". Your organisation answers its own part." }
            }
        }
    }
}

fn awaited_line(item: &Waiting, now: i64) -> Markup {
    html! {
        li class="app-lines__line" {
            span class="app-lines__who" {
                (item.organisation) ", " (item.role.title()) ": "
                a class="govuk-link" href={ "/records/" (item.record) "/lines/" (item.line) } { (item.title) }
            }
            @if item.is_review { (Tag::new("Review", Colour::Blue)) } @else { (Tag::new("Sign-off", Colour::Purple)) }
            p class="app-lines__note" { (capital(&waited(item.opened_at, now))) "." }
        }
    }
}

fn soon_line(item: &Soon) -> Markup {
    html! {
        li class="app-lines__line" {
            span class="app-lines__who" { a class="govuk-link" href=(item.link) { (item.what) } }
            p class="app-lines__note" { (item.when) }
        }
    }
}

/// "asked today", "asked 12 days ago".
fn waited(opened_at: i64, now: i64) -> String {
    match (now - opened_at) / 86_400_000_000 {
        ..1 => "asked in the last day".to_owned(),
        1 => "asked 1 day ago".to_owned(),
        days => format!("asked {days} days ago"),
    }
}
