//! Whether the address of an account was proved, and by what. An address that someone typed proves
//! nothing: an account that rests on one receives nothing from others, and keeps the address from no one.

use db::{args, sql};

use crate::adapters::mail_limits::Mailing;
use crate::identity::people;
use crate::identity::people::Account;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    SET = "update people set proof = $2 where id = $1";
    VOUCH = "update people set proof = $2 where id = $1 and proof is null";
    // Others who work with this person in an organisation, and roles in the one that asks.
    AROUND = "select (select count(*) from roles own join roles other
                on other.organisation_id = own.organisation_id and other.person_id <> own.person_id
            where own.person_id = $1 and own.ended_at is null and other.ended_at is null) as others,
        (select count(*) from roles where person_id = $1 and organisation_id = $2 and ended_at is null) as here";
    TAKE_BACK = "update people set email = $2, password = null
        where id = $1 and email = $3 and coalesce(proof, '') = $4";
    END_ROLES = "update roles set ended_at = $2 where person_id = $1 and ended_at is null";
    END_TOKENS = "update api_tokens set ended_at = $2 where person_id = $1 and ended_at is null";
    REFUSE_CLAIMS = "update claims set decided_at = $2, confirmed = 0, decided_by = ''
        where person_id = $1 and decided_at is null";
    REFUSE_JOINERS = "update joiners set decided_at = $2, granted = 0, decided_by = ''
        where person_id = $1 and decided_at is null";
    DROP_FORMS = "update held_forms set used_at = $2 where person_id = $1 and used_at is null";
}

/// What proved that an address is the account's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A link that went to the address.
    Mail,
    /// The identity provider of the organisation whose domain it is, confirmed by the operator.
    Provider,
    /// The operator, who handed a link over.
    Operator,
    /// An administrator of this organisation, who handed a link over: it counts there only.
    HandedBy(OrganisationId),
}

impl Proof {
    pub fn as_str(&self) -> &str {
        match self {
            Proof::Mail => "mail",
            Proof::Provider => "provider",
            Proof::Operator => "operator",
            Proof::HandedBy(organisation) => organisation.as_str(),
        }
    }

    pub(super) fn parse(word: &str) -> Proof {
        match word {
            "mail" => Proof::Mail,
            "provider" => Proof::Provider,
            "operator" => Proof::Operator,
            organisation => Proof::HandedBy(organisation.into()),
        }
    }

    /// What a link of this organisation proves, as it is stored with the link ([`LinkProof`]).
    pub fn of_link(stored: &str, organisation: &OrganisationId) -> Proof {
        match stored {
            "" => Proof::HandedBy(organisation.clone()),
            word => Proof::parse(word),
        }
    }

    /// Whether every organisation can rely on it.
    pub fn counts_everywhere(&self) -> bool {
        !matches!(self, Proof::HandedBy(_))
    }
}

/// A link's part of a proof: who gave it out is stored beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkProof(&'static str);

impl LinkProof {
    /// Of a link that goes by this e-mail, or, where none goes, is handed over: whoever made it sees it then.
    pub fn by(ctx: &Ctx, mailing: &Mailing) -> LinkProof {
        match (&ctx.acting, mailing.goes()) {
            (None, _) => LinkProof("operator"),
            (Some(_), true) => LinkProof("mail"),
            (Some(_), false) => LinkProof(""),
        }
    }

    /// Of a link that the operator hands over.
    pub const OPERATOR: LinkProof = LinkProof("operator");

    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// From now on the account rests on this.
pub fn set(person: &PersonId, proof: &Proof) -> Change {
    let act = Act::new("address.proved", person).with("by", proof.as_str());
    Change::new(act).write_one(&SET, args![person, proof.as_str()])
}

/// The account rests on this from now on, unless it rests on something already.
pub fn vouch(person: &PersonId, proof: &Proof) -> Change {
    let act = Act::new("address.vouched_for", person).with("by", proof.as_str());
    Change::new(act).write(&VOUCH, args![person, proof.as_str()])
}

/// A new person whose address is proved; `password` is already hashed.
pub fn add(
    ctx: &Ctx,
    name: &str,
    email: &str,
    password: Option<String>,
    proof: &Proof,
) -> (PersonId, Change) {
    people::add_with(ctx, name, email, password, Some(proof))
}

/// What becomes of an account when someone else proves that its address is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivesWay {
    Yes,
    /// Another organisation gave its link to someone. It gives way to the better proof if that person says
    /// that the account is not theirs.
    WhenDisowned,
    No,
}

/// Whether whoever brings this proof to this organisation gets the address of an account. One with a role
/// in the organisation is known there. A link that was handed over is a word against a word: it ends no
/// account of someone who works with others.
///
/// # Errors
/// When the database cannot be read.
pub async fn gives_way(
    ctx: &Ctx,
    account: &Account,
    organisation: &OrganisationId,
    proof: &Proof,
) -> Result<GivesWay, Refusal> {
    let strong = proof.counts_everywhere();
    let around = args![&account.id, organisation];
    let around = ctx.app.db.one(&AROUND, around).await?;
    let known_here = around.int("here")? > 0;
    let alone = around.int("others")? == 0;
    Ok(match &account.proof {
        _ if known_here || account.password.is_none() => GivesWay::No,
        None if alone || strong => GivesWay::Yes,
        Some(Proof::HandedBy(by)) if strong && by != organisation => GivesWay::WhenDisowned,
        _ => GivesWay::No,
    })
}

/// Whoever made an account with an address that is not theirs loses it, with everything it could do.
/// The account keeps its name for what it did; its address is free for the one who proved it, who begins
/// afresh: nothing that belonged to the one comes to the other.
pub fn take_back(ctx: &Ctx, account: &Account) -> Change {
    let person = &account.id;
    let gone = format!("gone:{person}");
    let rested_on = account.proof.as_ref().map_or("", Proof::as_str);
    let now = ctx.now.0;
    Change::new(Act::new("address.taken_back", person))
        .write_one(&TAKE_BACK, args![person, gone, &*account.email, rested_on])
        .write(&END_ROLES, args![person, now])
        .write(&END_TOKENS, args![person, now])
        .write(&REFUSE_CLAIMS, args![person, now])
        .write(&REFUSE_JOINERS, args![person, now])
        .write(&DROP_FORMS, args![person, now])
        .and(people::forget_credentials(ctx, person))
}
