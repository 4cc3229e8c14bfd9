//! What can be there when a route is tried.

use aldgate::records::lines::Advice;

use super::case::Things;
use super::scenes_of_accounts as accounts;
use super::scenes_of_records as records;
use super::world::{World, known};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scene {
    /// The organisations, and a new number `{n}`.
    World,

    // Agreements of the lead with a party; another organisation was a party and was removed.
    /// With a file and a comment.
    Draft,
    /// With an answer to a question that is gone.
    Leftover,
    /// The lead's own part of it: `{section}`, `{scope}`.
    OwnPart,
    /// A prompt that can be dismissed: `{rule}`, `{scope}`.
    Prompted,
    /// A prompt that was.
    Dismissed,
    /// Waiting for reviews; `{line}` is the lead's.
    Review,
    /// The lead's review is there.
    Reviewed,
    /// It has conditions.
    Conditions,
    /// It advises against.
    AdvisedAgainst,
    /// Waiting for signatures; `{line}` is the lead's.
    SignOff,
    /// A third party is only listed, and was not asked to sign yet.
    ListedParty,
    /// A person without an account was given a link for the lead's line.
    Linked,
    /// And has given the code.
    Holder,
    InForce,
    /// A third party joins, and its review was not asked for yet.
    Joining,
    /// Its data protection officer agrees.
    JoiningReviewed,
    /// What would be published was looked at.
    Previewed,
    Published,
    /// The party's assurance statement names a file.
    AssuranceFile,

    // Accounts
    Invited,
    Forgotten,
    Disowning,
    Demo,
    Person,
    KeptText,
    Passkey,
    MakingPasskey,
    PasskeySignIn,
    SettingUpApp,
    App,
    CodeSignIn,
    OtherSession,
    /// Back from the provider.
    AtProvider,
    /// And the account is there already.
    LinkingProvider,

    // Organisations
    WithoutStatements,
    Claim,
    Claimant,
    Joiner,
    Token,
    Role,
    NotJoined,
    /// A role is offered to somebody of another organisation.
    Offered,
    Provider,
    Domain,
    Checkpoint,
}

impl Scene {
    /// Whether the page that is read can be read once.
    pub fn is_used_up_by_reading(self) -> bool {
        self == Scene::AtProvider
    }

    pub async fn make(self, world: &World) -> Things {
        use Scene::*;
        let things = known(world);
        match self {
            World => things,
            Draft => records::draft(world, things).await,
            Leftover => records::leftover(world, things).await,
            OwnPart => records::draft(world, things)
                .await
                .with("section", "keeping"),
            Prompted => records::prompted(world, things).await,
            Dismissed => records::dismissed(world, things).await,
            Review => records::review(world, things).await,
            Reviewed => records::reviewed(world, things, Advice::Agrees).await,
            Conditions => records::reviewed(world, things, Advice::Conditions).await,
            AdvisedAgainst => records::reviewed(world, things, Advice::Against).await,
            SignOff => records::sign_off(world, things).await,
            ListedParty => records::listed_party(world, things).await,
            Linked => records::link(world, things).await,
            Holder => records::holder(world, things).await,
            InForce => records::in_force(world, things).await,
            Joining => records::joining(world, things).await,
            JoiningReviewed => records::joining_reviewed(world, things).await,
            Previewed => records::previewed(world, things).await,
            Published => records::published(world, things).await,
            AssuranceFile => records::assurance_file(world, things).await,
            Invited => accounts::invited(world, things).await,
            Forgotten => accounts::forgotten(world, things).await,
            Disowning => accounts::disowning(world, things).await,
            Offered => accounts::offered(world, things).await,
            Demo => accounts::demo(world, things).await,
            KeptText => accounts::kept_text(world, things).await,
            Person => accounts::person(world, things).await,
            Passkey => accounts::passkey(world, things).await,
            MakingPasskey => accounts::making_passkey(world, things).await,
            PasskeySignIn => accounts::passkey_sign_in(world, things).await,
            SettingUpApp => accounts::setting_up_app(world, things).await,
            App => accounts::app(world, things).await,
            CodeSignIn => accounts::code_sign_in(world, things).await,
            OtherSession => accounts::other_session(world, things).await,
            AtProvider => accounts::at_provider(world, things).await,
            LinkingProvider => accounts::linking_provider(world, things).await,
            WithoutStatements => accounts::without_statements(world, things).await,
            Claim => accounts::claim(world, things).await,
            Claimant => accounts::claimant(world, things).await,
            Joiner => accounts::joiner(world, things).await,
            Token => accounts::token(world, things).await,
            Role => accounts::role(world, things).await,
            NotJoined => accounts::not_joined(world, things).await,
            Provider => things.with("issuer", &world.provider().await.issuer),
            Domain => accounts::domain(world, things).await,
            Checkpoint => things.with("checkpoint", world.checkpoint().await),
        }
    }
}
