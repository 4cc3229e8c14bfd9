//! The one route table.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Router};
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::features::identity::{account, kept_text};
use crate::features::{self, organisations};
use crate::kernel::{App, Refusal};
use crate::openapi;
use crate::records::{self, pages};
use crate::web::assets::asset;
use crate::web::bounds::{MAX_FORM_BYTES, Takes, bounded};
use crate::web::host::is_foreign;
use crate::web::limits::hold_back;
use crate::web::only_text::only_text;
use crate::web::session::send_renewed;
use crate::web::{security_log, sending};

/// Makes the router and the list that the access tests walk, from one table. A route that takes more than a
/// form of short fields says so at its end, with a name of [`Takes`].
macro_rules! table {
    ($($method:ident $path:literal $handler:path $(, $takes:ident)?;)+) => {
        /// Every route: method and path.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),+];

        fn table() -> Router<Arc<App>> {
            Router::new()$(.route(
                $path,
                axum::routing::$method($handler)$(.layer(Extension(Takes::$takes)))?,
            ))+
        }
    };
}

table! {
    // For everybody
    get "/" features::start::home;
    get "/about" features::start::about;
    get "/accessibility" features::start::accessibility;
    get "/health" features::start::health;
    get "/assets/{name}" asset;

    // Drafting a record
    get "/agreements" pages::list::show;
    get "/agreements/new" pages::start::show;
    post "/agreements/new" pages::start::start;
    get "/agreements/export" pages::export::show;
    post "/agreements/export" pages::export::save;
    get "/records/{id}" pages::overview::show;
    get "/records/{id}/check" pages::check::show;
    get "/records/{id}/earlier-answers" pages::earlier_answers::show;
    post "/records/{id}/earlier-answers" pages::earlier_answers::remove;
    get "/records/{id}/sections/{section}" pages::section::show;
    post "/records/{id}/sections/{section}" pages::section::save, Files;
    get "/records/{id}/sections/{section}/{scope}" pages::section::show_scoped;
    post "/records/{id}/sections/{section}/{scope}" pages::section::save_scoped, Files;
    get "/records/{id}/gateways/{question}/{scope}" pages::gateways::show;
    post "/records/{id}/gateways/{question}/{scope}" pages::gateways::choose;
    get "/records/{id}/parties" pages::parties::list;
    get "/records/{id}/parties/add" pages::parties_add::show;
    post "/records/{id}/parties/add" pages::parties_add::add;
    get "/records/{id}/parties/{party}/remove" pages::parties::ask_remove;
    post "/records/{id}/parties/{party}/remove" pages::parties::remove;
    post "/records/{id}/parties/{party}/join-review" pages::parties::join_review;
    get "/records/{id}/parties/{party}/join-sign-off" pages::ask_to_sign::joins;
    post "/records/{id}/parties/{party}/join-sign-off" pages::ask_to_sign::save_joins;
    post "/records/{id}/flows/add" pages::flows::add;
    get "/records/{id}/flows/{flow}/remove" pages::flows::ask_remove;
    post "/records/{id}/flows/{flow}/remove" pages::flows::remove;
    get "/records/{id}/attachments/{attachment}" pages::attachments::file;
    get "/records/{id}/attachments/{attachment}/remove" pages::attachments::ask_remove;
    post "/records/{id}/attachments/{attachment}/remove" pages::attachments::remove;
    get "/records/{id}/comments" pages::comments::show;
    post "/records/{id}/comments" pages::comments::add, Text;
    // What the law asks of it
    get "/records/{id}/law" pages::law::show;
    get "/records/{id}/law/why-not/{rule}" pages::silent::show;
    get "/records/{id}/law/{rule}/settle" pages::settle::ask;
    post "/records/{id}/law/{rule}/settle" pages::settle::settle, Text;
    get "/records/{id}/law/{rule}/reopen" pages::settle::ask_reopen;
    post "/records/{id}/law/{rule}/reopen" pages::settle::reopen;
    get "/api/v1/records" records::api_records::list;
    get "/api/v1/records/{id}" records::api_records::show;
    get "/api/v1/records/{id}/prompts" records::api::prompts;
    get "/api/v1/records/{id}/why-not/{rule}" records::api::why_not;
    // The law, for everybody
    get "/law" features::law::provisions::list;
    get "/law/provisions/{id}" features::law::provisions::show;
    get "/law/gateways" features::law::gateways::show;
    get "/law/checks" features::law::checks::show;
    // When law changes
    get "/law/impact" features::impact::page::show;
    get "/law/impact.csv" features::impact::page::csv;
    // Decisions on a record, and its text
    get "/records/{id}/moves/{move}" pages::moves::show;
    post "/records/{id}/moves/{move}" pages::moves::save, Text;
    get "/records/{id}/moved/{move}" pages::moves::made;
    get "/records/{id}/lines/{line}" pages::lines::show;
    post "/records/{id}/lines/{line}" pages::lines::decide, Text;
    get "/records/{id}/lines/{line}/done" pages::lines::done;
    get "/records/{id}/lines/{line}/answer" pages::follow_up::answer;
    post "/records/{id}/lines/{line}/answer" pages::follow_up::save_answer, Text;
    get "/records/{id}/lines/{line}/overrule" pages::follow_up::overrule;
    post "/records/{id}/lines/{line}/overrule" pages::follow_up::save_overrule, Text;
    get "/records/{id}/parties/{party}/ask-to-sign" pages::ask_to_sign::external;
    post "/records/{id}/parties/{party}/ask-to-sign" pages::ask_to_sign::save_external;
    get "/records/{id}/lines/{line}/link" features::one_time_links::make::show;
    post "/records/{id}/lines/{line}/link" features::one_time_links::make::save;
    post "/records/{id}/lines/{line}/link/end" features::one_time_links::make::end;
    get "/links/{token}" features::one_time_links::holder::show;
    post "/links/{token}" features::one_time_links::holder::enter;
    post "/links/{token}/decision" features::one_time_links::holder::decide;
    get "/links/{token}/attachments/{attachment}" features::one_time_links::holder::attachment;
    get "/links/{token}/document.pdf" features::one_time_links::holder::document;
    get "/records/{id}/versions" pages::versions::list;
    get "/records/{id}/versions/{number}" pages::versions::show;
    get "/records/{id}/history" pages::history::show;
    get "/records/{id}/day.json" pages::history::proof;
    get "/records/{id}/document.pdf" pages::pdf::show;
    get "/records/{id}/evidence.json" pages::pdf::evidence_file;

    // Signing in
    get "/sign-in" features::identity::sign_in::show;
    post "/sign-in" features::identity::sign_in::save;
    post "/sign-in/passkey" features::identity::passkey::save;
    get "/sign-in/code" features::identity::second_step::show;
    post "/sign-in/code" features::identity::second_step::save;
    get "/forgotten-password" features::identity::forgotten::show;
    post "/forgotten-password" features::identity::forgotten::save;
    get "/account-links/{token}" features::identity::forgotten::open;
    post "/account-links/{token}" features::identity::forgotten::finish;
    get "/sign-in/organisation" features::identity::openid::show;
    post "/sign-in/organisation" features::identity::openid::save;
    get "/sign-in/organisations/{id}/back" features::identity::openid::back;
    get "/kept/{kept}" kept_text::show;
    post "/kept/{kept}/remove" kept_text::remove;
    get "/sign-out" features::identity::sign_out::show;
    post "/sign-out" features::identity::sign_out::save;
    get "/invitations/{token}" features::identity::invitation::show;
    post "/invitations/{token}" features::identity::invitation::save;
    post "/demo/sign-in" features::identity::demo::save;

    // Your account
    get "/me" account::overview::show;
    post "/me/address" features::identity::forgotten::send_proof;
    get "/me/passkeys/new" account::add_passkey::show;
    post "/me/passkeys/new" account::add_passkey::start;
    post "/me/passkeys" account::add_passkey::save;
    get "/me/passkeys/{passkey}/remove" account::remove_passkey::show;
    post "/me/passkeys/{passkey}/remove" account::remove_passkey::save;
    get "/me/authenticator" account::authenticator::show;
    post "/me/authenticator" account::authenticator::start;
    post "/me/authenticator/confirm" account::authenticator::save;
    get "/me/authenticator/remove" account::authenticator::ask_remove;
    post "/me/authenticator/remove" account::authenticator::remove;
    get "/me/password" account::password::show;
    post "/me/password" account::password::save;
    get "/me/sessions" account::sessions::show;
    get "/me/sessions/{session}/end" account::sessions::ask_end;
    post "/me/sessions/{session}/end" account::sessions::end;
    get "/me/sign-out-everywhere" account::sessions::ask_end_all;
    post "/me/sign-out-everywhere" account::sessions::end_all;
    get "/me/recovery-codes" account::recovery_codes::show;
    post "/me/recovery-codes" account::recovery_codes::save;
    post "/me/organisation-sign-in/disown" account::organisation_sign_in::disown;
    get "/me/organisation-sign-in" account::organisation_sign_in::show;
    post "/me/organisation-sign-in" account::organisation_sign_in::save;

    get "/in-tray" features::in_tray::show;
    get "/in-tray/{list}" features::in_tray::whole::show;

    get "/offers/{id}" organisations::offer_pages::show;
    post "/offers/{id}" organisations::offer_pages::save;
    // Organisations
    get "/organisations/new" organisations::register::show;
    post "/organisations/new" organisations::register::save;
    get "/organisations/external/new" organisations::external::show;
    post "/organisations/external/new" organisations::external::save;
    get "/organisations" organisations::directory::list;
    get "/organisations/waiting" organisations::claim_pages::waiting;
    get "/claims/{id}" organisations::claim_pages::show;
    post "/claims/{id}" organisations::claim_pages::save;
    get "/organisations/{id}" organisations::directory::one;
    get "/organisation" organisations::overview::show;
    get "/organisation/details" organisations::change::show;
    post "/organisation/details" organisations::change::save;
    get "/organisation/activity" organisations::activity::show;
    get "/organisation/people" organisations::people::show;
    get "/organisation/people/new" organisations::new_person::show;
    post "/organisation/people/new" organisations::new_person::save;
    get "/organisation/people/{person}/roles" organisations::person_roles::show;
    post "/organisation/people/{person}/roles" organisations::person_roles::save;
    get "/organisation/people/{person}/invitation" organisations::fresh_link::show;
    post "/organisation/people/{person}/invitation" organisations::fresh_link::save;
    get "/organisation/people/{person}/sign-out" organisations::end_sessions::show;
    post "/organisation/people/{person}/sign-out" organisations::end_sessions::save;
    get "/organisation/offers/{id}/link" organisations::offer_pages::ask_link;
    post "/organisation/offers/{id}/link" organisations::offer_pages::link;
    get "/organisation/offers/{id}/withdraw" organisations::offer_pages::ask_withdraw;
    post "/organisation/offers/{id}/withdraw" organisations::offer_pages::withdraw;
    get "/organisation/roles/{id}/end" organisations::end_role::show;
    post "/organisation/roles/{id}/end" organisations::end_role::save;
    get "/organisation/choose" organisations::choose::show;
    post "/organisation/choose" organisations::choose::save;
    get "/organisation/supported" organisations::supported::show;
    get "/organisation/supported/new" organisations::supported::form;
    post "/organisation/supported/new" organisations::supported::save;
    get "/organisation/sign-in" organisations::provider::show;
    post "/organisation/sign-in" organisations::provider::save;
    post "/organisation/sign-in/try" organisations::provider::try_it;
    get "/organisation/sign-in/remove" organisations::provider::ask_remove;
    post "/organisation/sign-in/remove" organisations::provider::remove;
    get "/organisation/domains" organisations::domain_pages::show;
    post "/organisation/domains" organisations::domain_pages::save;
    get "/organisation/domains/{id}/remove" organisations::domain_pages::ask_remove;
    post "/organisation/domains/{id}/remove" organisations::domain_pages::remove;
    get "/organisation/joiners/{id}" organisations::joiner_page::show;
    post "/organisation/joiners/{id}" organisations::joiner_page::save;
    // Programs that read for people
    get "/organisation/tokens" features::programs::tokens::show;
    get "/organisation/tokens/new" features::programs::new_token::show;
    post "/organisation/tokens/new" features::programs::new_token::save;
    get "/organisation/tokens/{id}/end" features::programs::end_token::show;
    post "/organisation/tokens/{id}/end" features::programs::end_token::save;
    // The public register
    get "/records/{id}/publish" features::register::publish::show;
    post "/records/{id}/publish" features::register::publish::save, Text;
    get "/records/{id}/publish/withdraw" features::register::withdraw::show;
    post "/records/{id}/publish/withdraw" features::register::withdraw::save, Text;
    get "/register" features::register::pages::list;
    get "/register.rsf" features::register::rsf::show;
    get "/register/{id}" features::register::pages::show;
    get "/register/{id}/document.pdf" features::register::pages::pdf;
    get "/register/{id}/evidence.json" features::register::pages::evidence_file;
    get "/register/{id}/day.json" features::register::past::proof;
    get "/verify" features::verify::show;
    post "/verify" features::verify::check, Evidence;
    get "/api/v1/register" features::register::api::list;
    get "/api/v1/register/{id}" features::register::api::show;
    get "/api/openapi.json" openapi::show;

    // The log, for everybody who checks it
    get "/log/keys" features::log::keys::show;
    get "/api/v1/log/keys" features::log::keys::list;
    get "/log/checkpoint" features::log::tiles::checkpoint;
    get "/log/tile/{level}/{*path}" features::log::tiles::tile;
    post "/log/witness/add-checkpoint" features::log::witness::add;

    // What an organisation says about itself
    get "/memorandum" features::statements::memorandum::show;
    post "/memorandum/start" features::statements::memorandum::start;
    get "/assurance" features::statements::assurance::show;
    post "/assurance/start" features::statements::assurance::start;
    get "/organisations/{id}/assurance" features::statements::partner::show;
    get "/organisations/{id}/assurance/files/{attachment}" features::statements::partner::file;
}

/// A request is answered after this time, or with 503.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// The whole application.
pub fn router(app: Arc<App>) -> Router {
    let https = app.settings.is_https();
    table()
        .fallback(async || Refusal::NotFound)
        .layer(middleware::from_fn_with_state(app.clone(), same_site))
        .layer(middleware::from_fn(return_after_sign_in))
        .layer(middleware::from_fn_with_state(app.clone(), kept_text::keep))
        .layer(middleware::from_fn(send_renewed))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            sending::remember,
        ))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(middleware::from_fn_with_state(app.clone(), hold_back))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            security_log::note,
        ))
        .layer(middleware::from_fn_with_state(app.clone(), only_text))
        .layer(middleware::from_fn_with_state(app.clone(), bounded))
        .layer(CatchPanicLayer::custom(|_| {
            Refusal::broken("a request panicked").into_response()
        }))
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            REQUEST_TIMEOUT,
        ))
        .layer(CompressionLayer::new())
        .layer(set(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // For browsers that do not know frame-ancestors.
        .layer(set(header::X_FRAME_OPTIONS, "DENY"))
        // What says nothing else is about one person; pages for everybody say so themselves.
        .layer(set(header::CACHE_CONTROL, "no-store"))
        .layer(set(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .layer(set(
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ))
        .layer(set(
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=()",
        ))
        .layer(option_layer(https.then(|| {
            set(
                header::STRICT_TRANSPORT_SECURITY,
                "max-age=63072000; includeSubDomains",
            )
        })))
        .layer(set(header::REFERRER_POLICY, "same-origin"))
        .with_state(app)
}

fn set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Refuses posts that another site's page sends.
async fn same_site(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if !safe && is_foreign(&app.settings, request.headers()) {
        return Refusal::Malformed(
            "This form was sent by another site. Nothing was changed.".to_owned(),
        )
        .into_response();
    }
    next.run(request).await
}

/// Somebody who has to sign in first comes back to the page they asked for.
async fn return_after_sign_in(request: Request, next: Next) -> Response {
    let asked = (request.method() == Method::GET).then(|| request.uri().to_string());
    let mut response = next.run(request).await;
    let to_sign_in = response
        .headers()
        .get(header::LOCATION)
        .is_some_and(|l| l == "/sign-in");
    if let (true, Some(asked)) = (to_sign_in, asked.filter(|asked| asked != "/sign-out")) {
        let next: String = form_urlencoded::byte_serialize(asked.as_bytes()).collect();
        if let Ok(location) = HeaderValue::from_str(&format!("/sign-in?next={next}")) {
            response.headers_mut().insert(header::LOCATION, location);
        }
    }
    response
}
