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

use crate::kernel::{App, Refusal};
use crate::web::assets::asset;
use crate::web::body_limits::{MAX_FORM_BYTES, Takes, bounded};
use crate::web::host::is_foreign;
use crate::web::only_text::only_text;
use crate::web::route_limits::hold_back;
use crate::web::session::send_renewed;
use crate::{api, openapi, pages, public, web};

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
    get "/" pages::start::home;
    get "/about" pages::start::about;
    get "/accessibility" pages::start::accessibility;
    get "/health" pages::start::health;
    get "/assets/{name}" asset;

    // Drafting a record
    get "/agreements" pages::agreements::list::show;
    get "/agreements/new" pages::agreements::start::show;
    post "/agreements/new" pages::agreements::start::start;
    get "/agreements/export" pages::agreements::export::show;
    post "/agreements/export" pages::agreements::export::save;
    get "/records/{id}" pages::records::overview::show;
    get "/records/{id}/check" pages::records::check::show;
    get "/records/{id}/earlier-answers" pages::records::earlier_answers::show;
    post "/records/{id}/earlier-answers" pages::records::earlier_answers::remove;
    get "/records/{id}/sections/{section}" pages::records::section::show;
    post "/records/{id}/sections/{section}" pages::records::section::save, Files;
    get "/records/{id}/sections/{section}/{scope}" pages::records::section::show_scoped;
    post "/records/{id}/sections/{section}/{scope}" pages::records::section::save_scoped, Files;
    get "/records/{id}/gateways/{question}/{scope}" pages::records::powers::show;
    post "/records/{id}/gateways/{question}/{scope}" pages::records::powers::choose;
    get "/records/{id}/parties" pages::records::parties::list;
    get "/records/{id}/parties/add" pages::records::parties_add::show;
    post "/records/{id}/parties/add" pages::records::parties_add::add;
    get "/records/{id}/parties/{party}/remove" pages::records::parties::ask_remove;
    post "/records/{id}/parties/{party}/remove" pages::records::parties::remove;
    post "/records/{id}/parties/{party}/join-review" pages::records::parties::join_review;
    get "/records/{id}/parties/{party}/join-sign-off" pages::records::ask_to_sign::joins;
    post "/records/{id}/parties/{party}/join-sign-off" pages::records::ask_to_sign::save_joins;
    post "/records/{id}/flows/add" pages::records::flows::add;
    get "/records/{id}/flows/{flow}/remove" pages::records::flows::ask_remove;
    post "/records/{id}/flows/{flow}/remove" pages::records::flows::remove;
    get "/records/{id}/attachments/{attachment}" pages::records::attachments::file;
    get "/records/{id}/attachments/{attachment}/remove" pages::records::attachments::ask_remove;
    post "/records/{id}/attachments/{attachment}/remove" pages::records::attachments::remove;
    get "/records/{id}/comments" pages::records::comments::show;
    post "/records/{id}/comments" pages::records::comments::add, Text;
    // What the law asks of it
    get "/records/{id}/law" pages::records::law::show;
    get "/records/{id}/law/why-not/{rule}" pages::records::why_not::show;
    get "/records/{id}/law/{rule}/settle" pages::records::dismiss_prompt::ask;
    post "/records/{id}/law/{rule}/settle" pages::records::dismiss_prompt::settle, Text;
    get "/records/{id}/law/{rule}/reopen" pages::records::dismiss_prompt::ask_reopen;
    post "/records/{id}/law/{rule}/reopen" pages::records::dismiss_prompt::reopen;
    get "/api/v1/records" api::records::list;
    get "/api/v1/records/{id}" api::records::show;
    get "/api/v1/records/{id}/prompts" api::prompts::prompts;
    get "/api/v1/records/{id}/why-not/{rule}" api::prompts::why_not;
    // The law, for everybody
    get "/law" pages::law::provisions::list;
    get "/law/provisions/{id}" pages::law::provisions::show;
    get "/law/gateways" pages::law::powers::show;
    get "/law/checks" pages::law::checks::show;
    // When law changes
    get "/law/impact" pages::law::impact::show;
    get "/law/impact.csv" pages::law::impact::csv;
    // Decisions on a record, and its text
    get "/records/{id}/moves/{move}" pages::records::moves::show;
    post "/records/{id}/moves/{move}" pages::records::moves::save, Text;
    get "/records/{id}/moved/{move}" pages::records::moves::made;
    get "/records/{id}/lines/{line}" pages::records::lines::show;
    post "/records/{id}/lines/{line}" pages::records::lines::decide, Text;
    get "/records/{id}/lines/{line}/done" pages::records::lines::done;
    get "/records/{id}/lines/{line}/answer" pages::records::follow_up::answer;
    post "/records/{id}/lines/{line}/answer" pages::records::follow_up::save_answer, Text;
    get "/records/{id}/lines/{line}/overrule" pages::records::follow_up::overrule;
    post "/records/{id}/lines/{line}/overrule" pages::records::follow_up::save_overrule, Text;
    get "/records/{id}/parties/{party}/ask-to-sign" pages::records::ask_to_sign::external;
    post "/records/{id}/parties/{party}/ask-to-sign" pages::records::ask_to_sign::save_external;
    get "/records/{id}/lines/{line}/link" pages::links::create::show;
    post "/records/{id}/lines/{line}/link" pages::links::create::save;
    post "/records/{id}/lines/{line}/link/end" pages::links::create::end;
    get "/links/{token}" pages::links::holder::show;
    post "/links/{token}" pages::links::holder::enter;
    post "/links/{token}/decision" pages::links::holder::decide;
    get "/links/{token}/attachments/{attachment}" pages::links::holder::attachment;
    get "/links/{token}/document.pdf" pages::links::holder::document;
    get "/records/{id}/versions" pages::records::versions::list;
    get "/records/{id}/versions/{number}" pages::records::versions::show;
    get "/records/{id}/history" pages::records::history::show;
    get "/records/{id}/day.json" pages::records::history::proof;
    get "/records/{id}/document.pdf" pages::records::pdf::show;
    get "/records/{id}/evidence.json" pages::records::pdf::evidence_file;

    // Signing in
    get "/sign-in" pages::sign_in::password::show;
    post "/sign-in" pages::sign_in::password::save;
    post "/sign-in/passkey" pages::sign_in::passkey::save;
    get "/sign-in/code" pages::sign_in::second_step::show;
    post "/sign-in/code" pages::sign_in::second_step::save;
    get "/forgotten-password" pages::sign_in::forgotten::show;
    post "/forgotten-password" pages::sign_in::forgotten::save;
    get "/account-links/{token}" pages::sign_in::forgotten::open;
    post "/account-links/{token}" pages::sign_in::forgotten::finish;
    get "/sign-in/organisation" pages::sign_in::openid::show;
    post "/sign-in/organisation" pages::sign_in::openid::save;
    get "/sign-in/organisations/{id}/back" pages::sign_in::openid::back;
    get "/kept/{kept}" pages::kept_text::show;
    post "/kept/{kept}/remove" pages::kept_text::remove;
    get "/sign-out" pages::sign_in::sign_out::show;
    post "/sign-out" pages::sign_in::sign_out::save;
    get "/invitations/{token}" pages::sign_in::invitation::show;
    post "/invitations/{token}" pages::sign_in::invitation::save;
    post "/demo/sign-in" pages::sign_in::demo::save;

    // Your account
    get "/me" pages::account::overview::show;
    post "/me/address" pages::sign_in::forgotten::send_proof;
    get "/me/passkeys/new" pages::account::add_passkey::show;
    post "/me/passkeys/new" pages::account::add_passkey::start;
    post "/me/passkeys" pages::account::add_passkey::save;
    get "/me/passkeys/{passkey}/remove" pages::account::remove_passkey::show;
    post "/me/passkeys/{passkey}/remove" pages::account::remove_passkey::save;
    get "/me/authenticator" pages::account::authenticator::show;
    post "/me/authenticator" pages::account::authenticator::start;
    post "/me/authenticator/confirm" pages::account::authenticator::save;
    get "/me/authenticator/remove" pages::account::authenticator::ask_remove;
    post "/me/authenticator/remove" pages::account::authenticator::remove;
    get "/me/password" pages::account::password::show;
    post "/me/password" pages::account::password::save;
    get "/me/sessions" pages::account::sessions::show;
    get "/me/sessions/{session}/end" pages::account::sessions::ask_end;
    post "/me/sessions/{session}/end" pages::account::sessions::end;
    get "/me/sign-out-everywhere" pages::account::sessions::ask_end_all;
    post "/me/sign-out-everywhere" pages::account::sessions::end_all;
    get "/me/recovery-codes" pages::account::recovery_codes::show;
    post "/me/recovery-codes" pages::account::recovery_codes::save;
    post "/me/organisation-sign-in/disown" pages::account::organisation_sign_in::disown;
    get "/me/organisation-sign-in" pages::account::organisation_sign_in::show;
    post "/me/organisation-sign-in" pages::account::organisation_sign_in::save;

    get "/in-tray" pages::in_tray::show;
    get "/in-tray/{list}" pages::in_tray::whole::show;

    get "/offers/{id}" pages::organisation::membership_offers::show;
    post "/offers/{id}" pages::organisation::membership_offers::save;
    // Organisations
    get "/organisations/new" pages::organisation::sign_up::show;
    post "/organisations/new" pages::organisation::sign_up::save;
    get "/organisations/external/new" pages::organisation::listed::show;
    post "/organisations/external/new" pages::organisation::listed::save;
    get "/organisations" pages::organisation::directory::list;
    get "/organisations/waiting" pages::organisation::claims::waiting;
    get "/claims/{id}" pages::organisation::claims::show;
    post "/claims/{id}" pages::organisation::claims::save;
    get "/organisations/{id}" pages::organisation::directory::one;
    get "/organisation" pages::organisation::overview::show;
    get "/organisation/details" pages::organisation::change::show;
    post "/organisation/details" pages::organisation::change::save;
    get "/organisation/activity" pages::organisation::activity::show;
    get "/organisation/people" pages::organisation::people::show;
    get "/organisation/people/new" pages::organisation::new_person::show;
    post "/organisation/people/new" pages::organisation::new_person::save;
    get "/organisation/people/{person}/roles" pages::organisation::person_roles::show;
    post "/organisation/people/{person}/roles" pages::organisation::person_roles::save;
    get "/organisation/people/{person}/invitation" pages::organisation::reissue_link::show;
    post "/organisation/people/{person}/invitation" pages::organisation::reissue_link::save;
    get "/organisation/people/{person}/sign-out" pages::organisation::end_sessions::show;
    post "/organisation/people/{person}/sign-out" pages::organisation::end_sessions::save;
    get "/organisation/offers/{id}/link" pages::organisation::membership_offers::ask_link;
    post "/organisation/offers/{id}/link" pages::organisation::membership_offers::link;
    get "/organisation/offers/{id}/withdraw" pages::organisation::membership_offers::ask_withdraw;
    post "/organisation/offers/{id}/withdraw" pages::organisation::membership_offers::withdraw;
    get "/organisation/roles/{id}/end" pages::organisation::end_role::show;
    post "/organisation/roles/{id}/end" pages::organisation::end_role::save;
    get "/organisation/choose" pages::organisation::choose::show;
    post "/organisation/choose" pages::organisation::choose::save;
    get "/organisation/supported" pages::organisation::supported::show;
    get "/organisation/supported/new" pages::organisation::supported::form;
    post "/organisation/supported/new" pages::organisation::supported::save;
    get "/organisation/sign-in" pages::organisation::provider::show;
    post "/organisation/sign-in" pages::organisation::provider::save;
    post "/organisation/sign-in/try" pages::organisation::provider::try_it;
    get "/organisation/sign-in/remove" pages::organisation::provider::ask_remove;
    post "/organisation/sign-in/remove" pages::organisation::provider::remove;
    get "/organisation/domains" pages::organisation::domains::show;
    post "/organisation/domains" pages::organisation::domains::save;
    get "/organisation/domains/{id}/remove" pages::organisation::domains::ask_remove;
    post "/organisation/domains/{id}/remove" pages::organisation::domains::remove;
    get "/organisation/joiners/{id}" pages::organisation::access_request::show;
    post "/organisation/joiners/{id}" pages::organisation::access_request::save;
    // Programs that read for people
    get "/organisation/tokens" pages::organisation::api_tokens::list::show;
    get "/organisation/tokens/new" pages::organisation::api_tokens::create::show;
    post "/organisation/tokens/new" pages::organisation::api_tokens::create::save;
    get "/organisation/tokens/{id}/end" pages::organisation::api_tokens::end::show;
    post "/organisation/tokens/{id}/end" pages::organisation::api_tokens::end::save;
    // The public register
    get "/records/{id}/publish" pages::records::publish::show;
    post "/records/{id}/publish" pages::records::publish::save, Text;
    get "/records/{id}/publish/withdraw" pages::records::withdraw::show;
    post "/records/{id}/publish/withdraw" pages::records::withdraw::save, Text;
    get "/register" public::register::list;
    get "/register.rsf" public::rsf::show;
    get "/register/{id}" public::register::show;
    get "/register/{id}/document.pdf" public::register::pdf;
    get "/register/{id}/evidence.json" public::register::evidence_file;
    get "/register/{id}/day.json" public::earlier_versions::proof;
    get "/verify" public::verify::show;
    post "/verify" public::verify::check, Evidence;
    get "/api/v1/register" api::register::list;
    get "/api/v1/register/{id}" api::register::show;
    get "/api/openapi.json" openapi::show;

    // The log, for everybody who checks it
    get "/log/keys" pages::log::keys::show;
    get "/api/v1/log/keys" pages::log::keys::list;
    get "/log/checkpoint" pages::log::tiles::checkpoint;
    get "/log/tile/{level}/{*path}" pages::log::tiles::tile;
    post "/log/witness/add-checkpoint" pages::log::witness::add;

    // What an organisation says about itself
    get "/memorandum" pages::statements::memorandum::show;
    post "/memorandum/start" pages::statements::memorandum::start;
    get "/assurance" pages::statements::assurance::show;
    post "/assurance/start" pages::statements::assurance::start;
    get "/organisations/{id}/assurance" pages::statements::partner::show;
    get "/organisations/{id}/assurance/files/{attachment}" pages::statements::partner::file;
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
        .layer(middleware::from_fn_with_state(
            app.clone(),
            pages::kept_text::keep,
        ))
        .layer(middleware::from_fn(send_renewed))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            web::sending::remember,
        ))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(middleware::from_fn_with_state(app.clone(), hold_back))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            web::security_log::note,
        ))
        .layer(middleware::from_fn_with_state(app.clone(), only_text))
        .layer(middleware::from_fn_with_state(app.clone(), bounded))
        .layer(CatchPanicLayer::custom(|_| {
            Refusal::broken("a request panicked").into_response()
        }))
        .layer(TimeoutLayer::with_status_code(
            http::StatusCode::SERVICE_UNAVAILABLE,
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
