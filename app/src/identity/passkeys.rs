//! Passkeys (WebAuthn level 3): what the browser is asked, and whether its answer holds. The
//! challenge is always the digest of a statement, so that the authenticator signs what is meant.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use db::{Row, args, sql};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use url::{Host, Url};
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{
    AuthenticationState, COSEAlgorithm, COSEKey, COSEKeyType, Credential, PublicKeyCredential,
    RegisterPublicKeyCredential, RegistrationState, UserVerificationPolicy,
};

use crate::kernel::ids::PersonId;
use crate::kernel::{Ctx, Refusal};
use crate::settings::Settings;

sql! {
    OF_PERSON = "select id, person_id, name, credential, created_at, used_at from passkeys
        where person_id = $1 order by created_at, id";
    BY_CREDENTIAL = "select id, person_id, name, credential, created_at, used_at from passkeys
        where credential_id = $1";
}

/// How long the browser waits for the person.
const PATIENCE: Duration = Duration::from_secs(300);

/// A passkey of a person.
pub struct Passkey {
    pub id: String,
    pub person: PersonId,
    pub name: String,
    pub created_at: i64,
    pub used_at: Option<i64>,
    pub credential: Credential,
}

impl Passkey {
    fn read(row: &Row) -> Result<Passkey, Refusal> {
        Ok(Passkey {
            id: row.text("id")?,
            person: row.text("person_id")?.into(),
            name: row.text("name")?,
            created_at: row.int("created_at")?,
            used_at: row.opt_int("used_at")?,
            credential: serde_json::from_str(&row.text("credential")?).map_err(Refusal::broken)?,
        })
    }
}

pub async fn of_person(ctx: &Ctx, person: &PersonId) -> Result<Vec<Passkey>, Refusal> {
    ctx.app
        .db
        .all(&OF_PERSON, args![person])
        .await?
        .iter()
        .map(Passkey::read)
        .collect()
}

/// The relying party, from the address people reach the gateway at. None where that is an IP
/// address: browsers offer passkeys for names only.
pub struct RelyingParty {
    core: WebauthnCore,
    id: String,
}

impl RelyingParty {
    pub fn of(settings: &Settings) -> Option<RelyingParty> {
        // Without an address of its own it is tried on this machine, where the name is localhost.
        let address = if settings.url.is_empty() {
            format!("http://localhost:{}", settings.listen.port())
        } else {
            settings.address()
        };
        let origin = Url::parse(&address).ok()?;
        let Some(Host::Domain(id)) = origin.host() else {
            return None;
        };
        let id = id.to_owned();
        // The library's safe front makes the challenge itself. Here it has to be a statement's digest.
        let core = WebauthnCore::new_unsafe_experts_only(
            "Aldgate",
            &id,
            vec![origin],
            PATIENCE,
            None,
            None,
        );
        Some(RelyingParty { core, id })
    }

    /// The name that its passkeys belong to.
    pub fn name(&self) -> &str {
        &self.id
    }

    /// What the browser is asked to make a passkey: the options, but for the challenge.
    ///
    /// # Errors
    /// [`Refusal::Broken`] when the library refuses a name.
    pub fn creation(
        &self,
        person: &PersonId,
        email: &str,
        name: &str,
        had: &[Passkey],
        challenge: &str,
    ) -> Result<(Json, RegistrationState), Refusal> {
        let builder = self
            .core
            .new_challenge_register_builder(person.as_str().as_bytes(), email, name)
            .map_err(Refusal::broken)?
            .user_verification_policy(UserVerificationPolicy::Required)
            .require_resident_key(true)
            // What a verifier needs to know about is kept short.
            .credential_algorithms(vec![
                COSEAlgorithm::ES256,
                COSEAlgorithm::EDDSA,
                COSEAlgorithm::RS256,
            ])
            .exclude_credentials(Some(
                had.iter().map(|p| p.credential.cred_id.clone()).collect(),
            ));
        let (options, state) = self
            .core
            .generate_challenge_register(builder)
            .map_err(Refusal::broken)?;
        let mut options = serde_json::to_value(options).map_err(Refusal::broken)?;
        options["publicKey"]["challenge"] = challenge.into();
        let mut state = serde_json::to_value(state).map_err(Refusal::broken)?;
        state["challenge"] = challenge.into();
        Ok((
            options["publicKey"].take(),
            serde_json::from_value(state).map_err(Refusal::broken)?,
        ))
    }

    /// The passkey the browser made, or none when the answer does not hold.
    pub fn created(&self, state: &RegistrationState, answer: &str) -> Option<Credential> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
        self.core.register_credential(&answer, state, None).ok()
    }

    /// What the browser is asked to use one of these passkeys, or any it has: the options, but for
    /// the challenge.
    pub fn request(&self, passkeys: &[Passkey]) -> Json {
        json!({
            "rpId": self.id,
            "timeout": PATIENCE.as_millis() as u64,
            "userVerification": "required",
            "allowCredentials": passkeys.iter().map(|p| json!({
                "type": "public-key",
                "id": URL_SAFE_NO_PAD.encode(&p.credential.cred_id),
            })).collect::<Vec<_>>(),
        })
    }

    /// The passkey that answered this challenge, or none when the answer does not hold: another
    /// challenge, page or passkey, or a person who was not verified by their device.
    ///
    /// # Errors
    /// [`Refusal::Broken`] when the database cannot be read.
    pub async fn answered(
        &self,
        ctx: &Ctx,
        challenge: &str,
        answer: &str,
    ) -> Result<Option<Answered>, Refusal> {
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else {
            return Ok(None);
        };
        let id = URL_SAFE_NO_PAD.encode(&answer.raw_id);
        let row = ctx.app.db.optional(&BY_CREDENTIAL, args![id]).await?;
        let Some(mut passkey) = row.as_ref().map(Passkey::read).transpose()? else {
            return Ok(None);
        };
        if answer
            .get_user_unique_id()
            .is_some_and(|handle| handle != passkey.person.as_str().as_bytes())
        {
            return Ok(None);
        }
        let state: AuthenticationState = serde_json::from_value(json!({
            "credentials": [],
            "policy": "required",
            "challenge": challenge,
            "appid": null,
            "allow_backup_eligible_upgrade": false,
        }))
        .map_err(Refusal::broken)?;
        let Ok(result) =
            self.core
                .authenticate_single_credential(&answer, &state, &passkey.credential)
        else {
            return Ok(None);
        };
        passkey.credential.counter = result.counter();
        passkey.credential.backup_state = result.backup_state();
        Ok(Some(Answered { passkey, answer }))
    }
}

/// A passkey that was just used, and what its authenticator said.
pub struct Answered {
    pub passkey: Passkey,
    answer: PublicKeyCredential,
}

impl Answered {
    /// Everything a third party needs to check the signature.
    pub fn proof(&self, checked_at: i64, nonce: &str) -> Json {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let response = &self.answer.response;
        json!({
            "credential": "passkey",
            "checked_at": checked_at,
            "credential_id": text(&self.passkey.credential.cred_id),
            "public_key": text(&cose(&self.passkey.credential.cred)),
            "authenticator_data": text(&response.authenticator_data),
            "client_data": text(&response.client_data_json),
            "signature": text(&response.signature),
            "nonce": nonce,
        })
    }
}

/// The challenge that stands for a statement: its SHA-256 digest, base64url.
pub fn challenge(statement: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(statement.as_bytes()))
}

/// A public key as COSE writes it (RFC 9052, section 7; RFC 9053; RFC 8230 for RSA).
fn cose(key: &COSEKey) -> Vec<u8> {
    let number = |n: i64| Cbor::Integer(n.into());
    let bytes = |b: &[u8]| Cbor::Bytes(b.to_vec());
    let (kind, rest) = match &key.key {
        COSEKeyType::EC_OKP(key) => (
            1,
            vec![
                (number(-1), number(key.curve.clone() as i64)),
                (number(-2), bytes(&key.x)),
            ],
        ),
        COSEKeyType::EC_EC2(key) => (
            2,
            vec![
                (number(-1), number(key.curve.clone() as i64)),
                (number(-2), bytes(&key.x)),
                (number(-3), bytes(&key.y)),
            ],
        ),
        COSEKeyType::RSA(key) => (
            3,
            vec![(number(-1), bytes(&key.n)), (number(-2), bytes(&key.e))],
        ),
    };
    let mut map = vec![
        (number(1), number(kind)),
        (number(3), number(key.type_ as i64)),
    ];
    map.extend(rest);
    let mut written = Vec::new();
    ciborium::into_writer(&Cbor::Map(map), &mut written).expect("writing to memory");
    written
}
