//! Tokens as rows.

use db::{Row, args, sql};

use crate::identity::token::token_hash;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Act, Change, Ctx, Refusal};

/// What a token may read. Nothing that is written can be written with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenScope {
    /// Records with their answers, and what the law asks of them.
    Read,
    /// Only what the law asks of records.
    Prompts,
}

impl TokenScope {
    pub const ALL: [TokenScope; 2] = [TokenScope::Read, TokenScope::Prompts];

    pub fn as_str(self) -> &'static str {
        match self {
            TokenScope::Read => "read",
            TokenScope::Prompts => "prompts",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            TokenScope::Read => "Records with their answers, and what the law asks of them",
            TokenScope::Prompts => {
                "Only what the law asks of records, with the answers that decide it"
            }
        }
    }

    pub fn parse(text: &str) -> Option<TokenScope> {
        TokenScope::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// Whether a token with this scope may do what another asks for.
    pub fn covers(self, wanted: TokenScope) -> bool {
        self == wanted || self == TokenScope::Read
    }
}

sql! {
    ADD = "insert into api_tokens (id, token_hash, person_id, organisation_id, name, scopes, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    HELD = "select t.id, t.person_id, p.name as person, t.name, t.scopes, t.created_at, t.expires_at, t.used_at
        from api_tokens t join people p on p.id = t.person_id
        where t.organisation_id = $1 and t.ended_at is null and t.expires_at > $2
        order by p.name, t.created_at, t.id";
    END = "update api_tokens set ended_at = $3 where id = $1 and organisation_id = $2 and ended_at is null";
    END_OF_PERSON = "update api_tokens set ended_at = $3
        where person_id = $1 and organisation_id = $2 and ended_at is null";
}

/// A token that counts, as it is listed. What it is made of is shown once and not kept.
#[derive(Debug, Clone)]
pub struct Token {
    pub id: String,
    pub person: PersonId,
    pub person_name: String,
    pub name: String,
    pub scopes: Vec<TokenScope>,
    pub created_at: i64,
    pub expires_at: i64,
    /// To the day.
    pub used_at: Option<i64>,
}

impl Token {
    fn read(row: &Row) -> Result<Token, Refusal> {
        Ok(Token {
            id: row.text("id")?,
            person: row.text("person_id")?.into(),
            person_name: row.text("person")?,
            name: row.text("name")?,
            scopes: row
                .text("scopes")?
                .split(' ')
                .filter_map(TokenScope::parse)
                .collect(),
            created_at: row.int("created_at")?,
            expires_at: row.int("expires_at")?,
            used_at: row.opt_int("used_at")?,
        })
    }
}

/// Every token that counts for an organisation.
pub async fn held(ctx: &Ctx, organisation: &OrganisationId) -> Result<Vec<Token>, Refusal> {
    let rows = ctx
        .app
        .db
        .all(&HELD, args![organisation, ctx.now.0])
        .await?;
    rows.iter().map(Token::read).collect()
}

/// A new token of the acting person: what is shown once, and the change that keeps its hash.
///
/// # Errors
/// [`Refusal::SignIn`].
pub fn add(
    ctx: &Ctx,
    name: &str,
    scopes: &[TokenScope],
    expires_at: i64,
) -> Result<(String, Change), Refusal> {
    let acting = ctx.acting()?;
    // The first part tells scanners of leaked secrets whose it is.
    let token = format!("aldgate_{}", ctx.app.entropy.token());
    let id = ctx.new_id("tok");
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let words = words.join(" ");
    let act = Act::new("token.made", &id)
        .with("name", name)
        .with("scopes", words.as_str())
        .with("expires_at", expires_at);
    let change = Change::new(act).write_one(
        &ADD,
        args![
            id,
            token_hash(&token),
            &acting.person,
            &acting.organisation,
            name,
            words,
            ctx.now.0,
            expires_at
        ],
    );
    Ok((token, change))
}

pub fn end(ctx: &Ctx, organisation: &OrganisationId, token: &Token) -> Change {
    let act = Act::new("token.ended", &token.id).with("name", token.name.as_str());
    Change::new(act).write_one(&END, args![token.id.as_str(), organisation, ctx.now.0])
}

/// Adds to a change that all tokens of a person for an organisation end.
pub fn end_all(
    ctx: &Ctx,
    organisation: &OrganisationId,
    person: &PersonId,
    change: Change,
) -> Change {
    change.write(&END_OF_PERSON, args![person, organisation, ctx.now.0])
}
