//! Why a link is shown on a page and not sent.

use maud::{Markup, html};

use crate::adapters::mail_limits::NoMail;
use crate::web::Visit;

/// Nothing where e-mail went out, or where the gateway sends none at all.
pub fn no_mail(visit: &Visit, why: Option<NoMail>) -> Markup {
    let name = visit.acting.as_ref().map_or("your organisation", |acting| {
        acting.organisation_name.as_str()
    });
    html! {
        @if let Some(why) = why.filter(|why| *why != NoMail::Off) {
            p class="govuk-body" { (why.words(name)) }
        }
    }
}
