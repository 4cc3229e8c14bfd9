//! `/me`.

use axum::extract::RawQuery;
use axum::response::Response;
use govuk::{Button, ButtonStyle, InsetText, Table};
use maud::{Markup, html};

use crate::identity::passkeys;
use crate::identity::passkeys::{Passkey, RelyingParty};
use crate::identity::{authenticator, codes};
use crate::identity::{people, providers};
use crate::kernel::clock::moment;
use crate::kernel::{Ctx, Refusal};
use crate::organisations::offers;
use crate::pages::organisation::membership_offers;
use crate::web::{Fields, Sheet, Visit};

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let acting = visit.ctx.acting()?;
    let query = Fields::parse(&query.unwrap_or_default());
    let done = match query.one("done") {
        "passkey" => Some("Your passkey is added."),
        "removed" => Some("The passkey is removed."),
        "authenticator" => Some("Your authenticator app is set up."),
        "no-authenticator" => Some("The authenticator app is removed."),
        "password" => Some("Your password is changed."),
        "address" => Some("Your email address is confirmed."),
        "link" => Some(
            "We have sent you a link. If it does not arrive within 10 minutes, look in your spam folder.",
        ),
        "organisation" => Some("You can now sign in with your organisation."),
        _ => None,
    };
    let account = people::by_id(&visit, &acting.person)
        .await?
        .ok_or(Refusal::SignIn)?;
    let email = &account.email;
    let offered = offers::to_person(&visit, &acting.person).await?;
    let held = passkeys::of_person(&visit, &acting.person).await?;
    let linked = providers::of_person(&visit, &acting.person).await?;
    let body = html! {
        p class="govuk-body" {
            "You are " strong { (acting.name) } " and sign in with " strong class="app-break" { (email) } "."
        }
        @if account.proof.is_none() { (unproved(&visit)) }
        @if !offered.is_empty() {
            h2 class="govuk-heading-m" id="offers" { "Offered to you" }
            ul class="govuk-list govuk-list--bullet" { @for offer in &offered { li { (membership_offers::line(offer)) } } }
        }
        @if visit.app.settings.asks_second_step() && held.is_empty() && !authenticator::is_set(&visit, &acting.person).await? {
            (InsetText::new(
                "This gateway asks for more than a password. Add a passkey, or set up an authenticator app. Until then you \
                 can see only this page. After that, choose “In-tray”."
            ))
        }
        (of_passkeys(&visit, &held))
        (of_app(&visit).await?)
        (of_codes(&visit, &held).await?)
        @if !linked.is_empty() {
            h2 class="govuk-heading-m" id="organisations" { "Signing in with an organisation" }
            ul class="govuk-list govuk-list--bullet" {
                @for one in &linked {
                    li { (one.organisation_name) ", at " span class="app-break" { (one.issuer) } ", since " (moment(one.linked_at)) }
                }
            }
        }
        h2 class="govuk-heading-m" { "Password and sessions" }
        ul class="govuk-list" {
            li { a class="govuk-link" href="/me/password" { "Change your password" } }
            li { a class="govuk-link" href="/me/sessions" { "See where you are signed in" } }
            li { a class="govuk-link" href="/me/sign-out-everywhere" { "Sign out everywhere" } }
        }
    };
    Ok(visit.show(Sheet::new("Your account", body).done(done.map(str::to_owned))))
}

/// What it means that no one has proved the address.
fn unproved(visit: &Visit) -> Markup {
    html! {
        @if visit.app.mailer.is_on() {
            (InsetText::new(
                "Confirm that this email address is yours: open the link that we sent to it. Until then organisations cannot \
                 offer you roles here."
            ))
            (visit.form("/me/address", html! { (Button::secondary("Send a new link")) }))
        } @else { (InsetText::new(
            "No one has proved that this email address is yours. You can use what you set up yourself. Organisations \
             cannot offer you roles here until then: when one invites you, open its link while you are signed in. If \
             someone else uses an invitation to this address, and you work here alone, this account ends."
        )) }
    }
}

fn of_passkeys(visit: &Visit, held: &[Passkey]) -> Markup {
    let rows = held
        .iter()
        .map(|passkey| {
            vec![
                html! { span class="app-break" { (passkey.name) } }.into(),
                moment(passkey.created_at).into(),
                passkey
                    .used_at
                    .map_or_else(|| "Not yet".to_owned(), moment)
                    .into(),
                html! {
                    a class="govuk-link" href=(format!("/me/passkeys/{}/remove", passkey.id)) {
                        "Remove" span class="govuk-visually-hidden" { " " (passkey.name) }
                    }
                }
                .into(),
            ]
        })
        .collect::<Vec<_>>();
    html! {
        h2 class="govuk-heading-m" id="passkeys" { "Passkeys" }
        p class="govuk-body" {
            "A passkey is kept on your phone, computer or security key. You use it with your fingerprint, face or PIN. \
             It cannot be guessed, or given to a false page by mistake."
        }
        @if RelyingParty::of(&visit.app.settings).is_none() {
            p class="govuk-body" { "Passkeys need an address with a name. This gateway is reached at a number." }
        } @else {
            @if !rows.is_empty() {
                (Table {
                    caption: "Your passkeys",
                    caption_hidden: true,
                    head: vec!["Name".into(), "Added".into(), "Last used".into(), html! { span class="govuk-visually-hidden" { "Remove" } }.into()],
                    rows,
                    ..Table::default()
                })
                p class="govuk-body" {
                    "When you decide or change who may do what, you are asked for a passkey, or for your password and a code."
                }
            }
            (Button { style: ButtonStyle::Secondary, ..Button::link("Add a passkey", "/me/passkeys/new") })
        }
    }
}

async fn of_app(ctx: &Ctx) -> Result<Markup, Refusal> {
    let is_set = authenticator::is_set(ctx, &ctx.acting()?.person).await?;
    Ok(html! {
        h2 class="govuk-heading-m" id="authenticator" { "Authenticator app" }
        @if is_set {
            p class="govuk-body" {
                "Signing in with your password also asks for the code of your app. "
                a class="govuk-link" href="/me/authenticator/remove" { "Remove the app" }
            }
        } @else {
            p class="govuk-body" { "An app on your phone shows a code that is asked for with your password." }
        }
        (Button { style: ButtonStyle::Secondary, ..Button::link(if is_set { "Set up another app" } else { "Set up an authenticator app" }, "/me/authenticator") })
    })
}

async fn of_codes(ctx: &Ctx, held: &[Passkey]) -> Result<Markup, Refusal> {
    let left = codes::left(ctx, &ctx.acting()?.person).await?;
    Ok(html! {
        @if !held.is_empty() || left > 0 {
            h2 class="govuk-heading-m" id="codes" { "Recovery codes" }
            p class="govuk-body" {
                "For when your passkey or app is not at hand. You have " strong { (left) } " left."
            }
            (Button { style: ButtonStyle::Secondary, ..Button::link("Make new recovery codes", "/me/recovery-codes") })
        }
    })
}
