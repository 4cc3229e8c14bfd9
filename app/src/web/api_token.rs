//! Who calls the API: a program with a token (RFC 6750), or a person's browser with its session. Pages
//! and forms read sessions only, so a token can never decide, sign or give a role.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use db::{args, sql};
use packs::Role;

use crate::identity::api_tokens::TokenScope;
use crate::identity::token::token_hash;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Act, Acting, App, Change, Ctx, Refusal};
use crate::web::Visit;
use crate::web::problem_json::ApiRefusal;

sql! {
    TOKEN = "select t.id, t.person_id, t.organisation_id, t.scopes, t.expires_at, t.used_at, t.ended_at, p.name,
            o.name as organisation_name
        from api_tokens t join people p on p.id = t.person_id join organisations o on o.id = t.organisation_id
        where t.token_hash = $1";
    ROLES = "select role from roles where person_id = $1 and organisation_id = $2 and ended_at is null
        and (from_day = '' or from_day <= $3) and (until_day = '' or until_day >= $3)";
    USED = "update api_tokens set used_at = $2 where id = $1";
}

const DAY: i64 = 86_400_000_000;

/// Whoever calls the API.
pub struct Program {
    ctx: Ctx,
    /// None for a person with a session, who may read all that their pages show.
    scopes: Option<Vec<TokenScope>>,
}

impl Deref for Program {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.ctx
    }
}

impl Program {
    /// The context, when the token covers what is asked for.
    ///
    /// # Errors
    /// [`Refusal::SignIn`] for nobody, [`Refusal::NotAllowed`] for a token of another scope.
    pub fn may(&self, wanted: TokenScope) -> Result<&Ctx, Refusal> {
        self.ctx.acting()?;
        let covered = match &self.scopes {
            None => true,
            Some(held) => held.iter().any(|scope| scope.covers(wanted)),
        };
        if covered {
            Ok(&self.ctx)
        } else {
            Err(Refusal::NotAllowed(format!(
                "This token does not have the scope “{}”. Make a token that does.",
                wanted.as_str()
            )))
        }
    }
}

impl FromRequestParts<Arc<App>> for Program {
    type Rejection = ApiRefusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Program, ApiRefusal> {
        let Some(sent) = parts.headers.get(AUTHORIZATION) else {
            let visit = Visit::from_request_parts(parts, app).await?;
            return Ok(Program {
                ctx: visit.ctx,
                scopes: None,
            });
        };
        // A token that does not count is never replaced by a session that came along.
        let bearer = sent.to_str().ok().and_then(|sent| {
            let (scheme, token) = sent.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        match bearer {
            Some(token) => Ok(with_token(app, token).await?),
            None => Err(Refusal::SignIn.into()),
        }
    }
}

async fn with_token(app: &Arc<App>, token: &str) -> Result<Program, Refusal> {
    let mut ctx = Ctx::new(app.clone(), None);
    let hash = args![token_hash(token)];
    let row = app
        .db
        .optional(&TOKEN, hash)
        .await?
        .ok_or(Refusal::SignIn)?;
    if row.opt_int("ended_at")?.is_some() || row.int("expires_at")? <= ctx.now.0 {
        return Err(Refusal::SignIn);
    }
    let person = PersonId::from(row.text("person_id")?);
    let organisation = OrganisationId::from(row.text("organisation_id")?);
    let mut roles = BTreeSet::new();
    let held = args![&person, &organisation, ctx.now.today().to_string()];
    for row in app.db.all(&ROLES, held).await? {
        roles.extend(Role::parse(&row.text("role")?));
    }
    // Without a role today there is nothing the person could read either.
    if roles.is_empty() {
        return Err(Refusal::SignIn);
    }
    ctx.acting = Some(Acting {
        person,
        name: row.text("name")?,
        organisation,
        organisation_name: row.text("organisation_name")?,
        roles,
    });
    let used = row.opt_int("used_at")?;
    if used.is_none_or(|used| ctx.now.0 - used >= DAY) {
        // To the day: reading must not write each time.
        let id = row.text("id")?;
        let act = Act::new("token.used", &id);
        let change = Change::new(act).write(&USED, args![id, ctx.now.0]);
        ctx.commit(change).await?;
    }
    let scopes = row.text("scopes")?;
    Ok(Program {
        ctx,
        scopes: Some(scopes.split(' ').filter_map(TokenScope::parse).collect()),
    })
}
