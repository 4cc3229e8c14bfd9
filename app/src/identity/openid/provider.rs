//! The provider of an organisation, and the rules for the address of one.

use db::{Row, args, sql};
use serde_json::Value as Json;
use url::Url;

use crate::adapters::encryption::{lock, unlock};
use crate::adapters::http_client::NotAnswered;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{App, Ctx, Refusal};

sql! {
    OF = "select p.organisation_id, o.name, p.issuer, p.client_id, p.client_secret, p.revision
        from providers p join organisations o on o.id = p.organisation_id where p.organisation_id = $1";
    // Only for those who have nothing of their own to show.
    ONLY = "select count(*) as held from openid_accounts a join people p on p.id = a.person_id
        where a.person_id = $1 and a.issuer = $2 and p.password is null
            and not exists (select 1 from passkeys k where k.person_id = p.id)";
}

/// Families of providers that need rules of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Microsoft Entra ID: one issuer for each tenant; says nothing about whether an address was verified.
    Entra,
    /// Google: one issuer for everybody; `hd` says for which organisation an account is.
    Google,
    /// Keycloak and everybody else who follows the specification.
    Other,
}

/// Where the people of one organisation sign in.
pub struct Provider {
    pub organisation: OrganisationId,
    pub organisation_name: String,
    pub issuer: String,
    pub client_id: String,
    pub revision: i64,
    locked_secret: String,
}

impl Provider {
    fn read(row: &Row) -> Result<Provider, Refusal> {
        Ok(Provider {
            organisation: row.text("organisation_id")?.into(),
            organisation_name: row.text("name")?,
            issuer: row.text("issuer")?,
            client_id: row.text("client_id")?,
            locked_secret: row.text("client_secret")?,
            revision: row.int("revision")?,
        })
    }

    /// The organisation's provider, if one is set.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn of(ctx: &Ctx, organisation: &OrganisationId) -> Result<Option<Provider>, Refusal> {
        let row = ctx.app.db.optional(&OF, args![organisation]).await?;
        row.as_ref().map(Provider::read).transpose()
    }

    /// The client secret, for the token endpoint only.
    pub(super) fn secret(&self, app: &App) -> Option<String> {
        let belongs_to = belongs_to(&self.organisation, &self.issuer, &self.client_id);
        String::from_utf8(unlock(app, &belongs_to, &self.locked_secret)?).ok()
    }

    /// The name of the provider's machine, for people.
    pub fn host(&self) -> String {
        host(&self.issuer).unwrap_or_default()
    }

    /// The address that the provider vouches for, and for Google the domain of the organisation that
    /// the account belongs to. None when it vouches for none.
    pub(super) fn vouched(&self, claims: &Json) -> Option<(String, Option<String>)> {
        let text = |name: &str| claims[name].as_str().map(str::to_lowercase);
        // Some providers send it as text.
        let said = |word: bool| {
            let text = claims["email_verified"].as_str().unwrap_or_default();
            claims["email_verified"] == word || text.eq_ignore_ascii_case(&word.to_string())
        };
        let (denied, verified) = (said(false), said(true));
        match kind(&self.issuer) {
            _ if denied => None,
            Kind::Entra => {
                // The name to sign in with is made in the tenant's own verified domains, while anything
                // can be written into `email`.
                let name = text("preferred_username").filter(|name| name.contains('@'));
                Some((name?, None))
            }
            Kind::Google => Some((text("email").filter(|_| verified)?, Some(text("hd")?))),
            Kind::Other => Some((text("email").filter(|_| verified)?, None)),
        }
    }
}

/// The provider at which this person can show that it is them: that of the organisation this session
/// began at, when they have no password and no passkey.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_person(
    ctx: &Ctx,
    person: &PersonId,
    organisation: &OrganisationId,
) -> Result<Option<Provider>, Refusal> {
    let Some(provider) = Provider::of(ctx, organisation).await? else {
        return Ok(None);
    };
    let only = args![person, &*provider.issuer];
    let only = ctx.app.db.one(&ONLY, only).await?.int("held")? > 0;
    Ok(only.then_some(provider))
}

/// The client secret as it is kept. It opens only with this issuer and this client, so that nobody who
/// changes either has it sent to somebody else.
pub fn lock_secret(
    app: &App,
    organisation: &OrganisationId,
    issuer: &str,
    client_id: &str,
    secret: &str,
) -> String {
    let belongs_to = belongs_to(organisation, issuer, client_id);
    lock(app, &belongs_to, secret.as_bytes())
}

fn belongs_to(organisation: &OrganisationId, issuer: &str, client_id: &str) -> String {
    format!("client secret\n{organisation}\n{issuer}\n{client_id}")
}

fn host(issuer: &str) -> Option<String> {
    Url::parse(issuer).ok()?.host_str().map(str::to_lowercase)
}

fn kind(issuer: &str) -> Kind {
    match host(issuer).as_deref() {
        Some(
            "login.microsoftonline.com"
            | "login.microsoftonline.us"
            | "login.partner.microsoftonline.cn",
        ) => Kind::Entra,
        Some("accounts.google.com") => Kind::Google,
        _ => Kind::Other,
    }
}

/// The tenant of personal Microsoft accounts.
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// What is wrong with the address of a provider, in words for the administrator.
pub fn issuer_problem(app: &App, issuer: &str) -> Option<String> {
    if issuer.is_empty() {
        return Some("Enter the address of your provider".to_owned());
    }
    let Ok(url) = Url::parse(issuer) else {
        return Some(
            "Enter an address such as https://login.example.org/realms/council".to_owned(),
        );
    };
    if issuer.len() > 500 || !issuer.bytes().all(|b| b.is_ascii_graphic()) {
        return Some("The address must be 500 plain characters or fewer".to_owned());
    }
    if let Err(why) = app.providers.may_ask(issuer) {
        return Some(match why {
            NotAnswered::NotHttps => "The address must begin with https://".to_owned(),
            other => capital(&other.to_string()),
        });
    }
    let bare = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !bare {
        return Some("The address must have no question mark, # or name in it".to_owned());
    }
    if issuer.contains("/.well-known/") {
        return Some("Leave out everything from /.well-known/ on".to_owned());
    }
    match kind(issuer) {
        Kind::Entra => entra_problem(&url),
        Kind::Google if issuer != "https://accounts.google.com" => {
            Some("The address of Google is https://accounts.google.com".to_owned())
        }
        Kind::Google | Kind::Other => None,
    }
}

fn entra_problem(url: &Url) -> Option<String> {
    let parts: Vec<&str> = url.path_segments()?.collect();
    let tenant = parts.first().copied().unwrap_or_default();
    if matches!(tenant, "common" | "organizations" | "consumers" | PERSONAL) {
        return Some(format!(
            "“{tenant}” lets people of any organisation in. Enter the address with the ID of your own tenant"
        ));
    }
    let is_id = tenant.len() == 36
        && tenant.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && tenant.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    (!is_id || parts[1..] != ["v2.0"]).then(|| {
        "The address of Entra ID is https://login.microsoftonline.com/, the ID of your tenant, then /v2.0"
            .to_owned()
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + chars.as_str()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(issuer: &str) -> Provider {
        Provider {
            organisation: "org_1".into(),
            organisation_name: "Camden".to_owned(),
            issuer: issuer.to_owned(),
            client_id: "aldgate".to_owned(),
            revision: 1,
            locked_secret: String::new(),
        }
    }

    #[test]
    fn only_addresses_the_provider_vouches_for_count() {
        let realm = at("https://login.example.org/realms/council");
        let said =
            |verified: Json| json!({ "email": "Asha@Camden.gov.uk", "email_verified": verified });
        let asha = Some(("asha@camden.gov.uk".to_owned(), None));
        assert_eq!(realm.vouched(&said(json!(true))), asha);
        assert_eq!(realm.vouched(&said(json!("true"))), asha);
        assert_eq!(realm.vouched(&said(json!(false))), None);
        assert_eq!(
            realm.vouched(&json!({ "email": "asha@camden.gov.uk" })),
            None
        );

        let tenant = "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0";
        let said = json!({ "email": "victim@camden.gov.uk", "preferred_username": "mallory@brent.gov.uk" });
        let mallory = Some(("mallory@brent.gov.uk".to_owned(), None));
        assert_eq!(at(tenant).vouched(&said), mallory);
        assert_eq!(
            at(tenant).vouched(&json!({ "email": "a@camden.gov.uk" })),
            None
        );

        let google = at("https://accounts.google.com");
        let mut said = json!({ "email": "asha@camden.gov.uk", "email_verified": true });
        assert_eq!(
            google.vouched(&said),
            None,
            "an account of no one's organisation"
        );
        said["hd"] = "camden.gov.uk".into();
        let hosted = Some(("asha@camden.gov.uk".into(), Some("camden.gov.uk".into())));
        assert_eq!(google.vouched(&said), hosted);
    }

    #[test]
    fn entra_is_taken_by_tenant_only() {
        let problem = |path: &str| {
            entra_problem(
                &Url::parse(&format!("https://login.microsoftonline.com/{path}")).unwrap(),
            )
        };
        for anybody in ["common/v2.0", "organizations/v2.0", "consumers/v2.0"] {
            assert!(
                problem(anybody).unwrap().contains("any organisation"),
                "{anybody}"
            );
        }
        assert!(problem(&format!("{PERSONAL}/v2.0")).is_some());
        assert!(problem("camden.onmicrosoft.com/v2.0").is_some());
        assert!(problem("72f988bf-86f1-41af-91ab-2d7cd011db47").is_some());
        assert_eq!(problem("72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"), None);
    }
}
