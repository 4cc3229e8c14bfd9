//! Who is visiting: the session cookie, and the roles it stands for today.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use axum::extract::{FromRequestParts, Request};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use db::{args, sql};
use maud::{Markup, html};
use packs::Role;

use crate::identity::token::{LONGEST_SESSION, token_hash};
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::right::Confirmed;
use crate::kernel::{Acting, App, Ctx, Refusal, Right};
use crate::web::only_text::Dropped;
use crate::web::{origin, sending};

sql! {
    SESSION = "select s.id, s.person_id, s.organisation_id, s.form_token, s.created_at, s.seen_at, s.bound_to, s.credential,
            p.name, o.name as organisation_name, cast(case when p.totp is not null or exists
                (select 1 from passkeys k where k.person_id = p.id) then 1 else 0 end as bigint) as has_second
        from sessions s join people p on p.id = s.person_id
        left join organisations o on o.id = s.organisation_id
        where s.token_hash = $1 and s.ended_at is null";
    KNOWN = "select 1 as found from sessions where token_hash = $1";
    ROLES = "select role from roles where person_id = $1 and organisation_id = $2 and ended_at is null
        and (from_day = '' or from_day <= $3) and (until_day = '' or until_day >= $3)";
}

const HOUR: i64 = 3_600_000_000;

/// A session ends when it was not used this long (microseconds). What binds asks for the credential
/// again in any case.
pub const IDLE: i64 = 2 * HOUR;
/// How exactly it is known when a session was last used (microseconds).
const GLANCE: i64 = HOUR / 12;

const COOKIE: &str = "aldgate";
/// Sent over https only, and by this host only: the browser enforces it by the name.
const SECURE_COOKIE: &str = "__Host-aldgate";

/// A request's context and the token its forms carry.
#[derive(Clone)]
pub struct Visit {
    pub ctx: Ctx,
    /// Empty when nobody is signed in.
    pub form_token: String,
    /// The path asked for, to mark where the visitor is in the navigation.
    pub path: String,
    pub session: Session,
    /// Whether something that is no text was dropped from what was sent.
    pub dropped: Dropped,
    /// The organisation at whose provider the session began: it acts for no other.
    pub bound_to: Option<OrganisationId>,
    /// When the session ends if nothing more is asked for (UTC microseconds).
    pub ends_at: Option<i64>,
    /// Where the request comes from, and which browser says it sent it.
    pub address: String,
    pub device: String,
}

/// The session a request came with. Its token can change while the request is answered; the new
/// cookie goes out with the answer, whatever that is.
#[derive(Clone, Default)]
pub struct Session(Arc<Mutex<Token>>);

#[derive(Default)]
struct Token {
    /// Empty when nobody is signed in.
    hash: String,
    fresh: Option<Cookie<'static>>,
}

impl Session {
    /// The hash of the token that counts now, or "" when nobody is signed in.
    pub fn hash(&self) -> String {
        self.0.lock().expect("not poisoned").hash.clone()
    }

    fn found(&self, token: &str) {
        self.0.lock().expect("not poisoned").hash = token_hash(token);
    }

    /// From now on the session has this token. The caller has stored its hash.
    pub fn renewed(&self, app: &App, token: String) {
        let mut held = self.0.lock().expect("not poisoned");
        held.hash = token_hash(&token);
        held.fresh = Some(cookie(app, token));
    }
}

/// Sends the cookie of a session whose token changed. A handler that sets this cookie itself, because
/// somebody signs in or out, has the last word.
pub async fn send_renewed(mut request: Request, next: Next) -> Response {
    let session = Session::default();
    request.extensions_mut().insert(session.clone());
    let mut response = next.run(request).await;
    let fresh = session.0.lock().expect("not poisoned").fresh.take();
    if let Some(fresh) = fresh
        && !sets(&response, fresh.name())
        && let Ok(value) = HeaderValue::from_str(&fresh.to_string())
    {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

fn sets(response: &Response, name: &str) -> bool {
    let mut set = response.headers().get_all(SET_COOKIE).iter();
    set.any(|value| {
        let named = value.to_str().ok().and_then(|text| text.split_once('='));
        named.is_some_and(|(set, _)| set == name)
    })
}

impl Deref for Visit {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.ctx
    }
}

impl Visit {
    /// A form that posts back to us. It carries the token by construction.
    pub fn form(&self, action: &str, body: Markup) -> Markup {
        html! {
            form method="post" action=(action) novalidate {
                (self.token())
                (body)
            }
        }
    }

    /// A form that may carry files.
    pub fn file_form(&self, action: &str, body: Markup) -> Markup {
        html! {
            form method="post" action=(action) enctype="multipart/form-data" novalidate {
                (self.token())
                (body)
            }
        }
    }

    fn token(&self) -> Markup {
        html! {
            input type="hidden" name="form_token" value=(sending::token(&self.form_token, self.ctx.now));
        }
    }

    /// Whether the person holds this role in the organisation they act for.
    pub fn holds(&self, role: Role) -> bool {
        self.acting
            .as_ref()
            .is_some_and(|acting| acting.holds(role))
    }

    /// The acting person, if they hold this role in their organisation.
    pub fn with_role(&self, role: Role) -> Result<&Acting, Refusal> {
        let acting = self.ctx.acting()?;
        if acting.holds(role) {
            Ok(acting)
        } else {
            Err(Refusal::NotAllowed(format!(
                "For this you need the {} role in {}. An administrator can give it to you.",
                role.title(),
                acting.organisation_name
            )))
        }
    }
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Visit, Refusal> {
        let jar = CookieJar::from_headers(&parts.headers);
        let ctx = Ctx::new(app.clone(), None);
        let visit = Visit {
            ctx,
            form_token: String::new(),
            path: parts.uri.path().to_owned(),
            session: parts.extensions.get().cloned().unwrap_or_default(),
            dropped: parts.extensions.get().cloned().unwrap_or_default(),
            bound_to: None,
            ends_at: None,
            address: origin::address(app, parts),
            device: origin::device(&parts.headers),
        };
        match jar.get(cookie_name(app)) {
            Some(cookie) => signed_in(visit, cookie.value()).await,
            None => Ok(visit),
        }
    }
}

/// Whether a request carries the token of a session that we began, though it may have ended.
pub async fn is_known(app: &App, headers: &HeaderMap) -> Result<bool, Refusal> {
    let jar = CookieJar::from_headers(headers);
    let Some(cookie) = jar.get(cookie_name(app)) else {
        return Ok(false);
    };
    let hash = token_hash(cookie.value());
    Ok(app.db.optional(&KNOWN, args![hash]).await?.is_some())
}

/// The visit of whoever's session this is, or of nobody when it has ended.
async fn signed_in(mut visit: Visit, token: &str) -> Result<Visit, Refusal> {
    let ctx = &mut visit.ctx;
    let Some(row) = ctx
        .app
        .db
        .optional(&SESSION, args![token_hash(token)])
        .await?
    else {
        return Ok(visit);
    };
    let seen_at = row.int("seen_at")?;
    if ctx.now.0 - row.int("created_at")? > LONGEST_SESSION || ctx.now.0 - seen_at > IDLE {
        return Ok(visit);
    }
    let mut idle_from = seen_at;
    if ctx.now.0 - seen_at > GLANCE {
        ctx.session_seen(&token_hash(token)).await?;
        idle_from = ctx.now.0;
    }
    let ends_at = (row.int("created_at")? + LONGEST_SESSION).min(idle_from + IDLE);
    let person = PersonId::from(row.text("person_id")?);
    let organisation = OrganisationId::from(row.opt_text("organisation_id")?.unwrap_or_default());
    let mut roles = BTreeSet::new();
    for row in ctx
        .app
        .db
        .all(
            &ROLES,
            args![&person, &organisation, ctx.now.today().to_string()],
        )
        .await?
    {
        roles.extend(Role::parse(&row.text("role")?));
    }
    ctx.right = Right::Session {
        id: row.text("id")?,
        confirmed: Confirmed::default(),
    };
    ctx.acting = Some(Acting {
        person,
        name: row.text("name")?,
        organisation,
        organisation_name: row.opt_text("organisation_name")?.unwrap_or_default(),
        roles,
    });
    if visit.app.settings.asks_second_step()
        && !row.flag("has_second")?
        && matches!(row.text("credential")?.as_str(), "password" | "invitation")
        && !leads_to_second_step(&visit.path)
    {
        return Err(Refusal::SecondStep);
    }
    visit.form_token = row.text("form_token")?;
    visit.bound_to = row.opt_text("bound_to")?.map(OrganisationId::from);
    visit.session.found(token);
    visit.ends_at = Some(ends_at);
    Ok(visit)
}

/// The pages on which a second step is set up, and what they are made of.
fn leads_to_second_step(path: &str) -> bool {
    let below = |folder: &str| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    matches!(path, "/me" | "/sign-out") || below("/me") || below("/assets")
}

/// The cookie of a new session.
pub fn cookie(app: &App, token: String) -> Cookie<'static> {
    Cookie::build((cookie_name(app), token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.settings.is_https())
        .build()
}

/// The cookie that ends a session in the browser.
pub fn no_cookie(app: &App) -> Cookie<'static> {
    let mut cookie = cookie(app, String::new());
    cookie.make_removal();
    cookie
}

/// The name of the session's cookie.
pub fn named_cookie(app: &App) -> &'static str {
    cookie_name(app)
}

fn cookie_name(app: &App) -> &'static str {
    if app.settings.is_https() {
        SECURE_COOKIE
    } else {
        COOKIE
    }
}
