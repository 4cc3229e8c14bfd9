//! Signing in, and one's own account.

use super::case::{Case, OWN, get, post};
use super::scenes::Scene::{
    App, AtProvider, CodeSignIn, Demo, Disowning, Forgotten, Invited, KeptText, LinkingProvider,
    MakingPasskey, OtherSession, Passkey, PasskeySignIn, Person, Provider, SettingUpApp, World,
};

pub fn table() -> Vec<Case> {
    vec![
        get("/sign-in", "nobody", World),
        post("/sign-in", "nobody", Person)
            .sends(&[("email", "{email}"), ("password", "{password}")]),
        post("/sign-in/passkey", OWN, PasskeySignIn)
            .sends(&[("nonce", "{nonce}"), ("passkey", "{passkey}")]),
        // Whoever reloads the page begins again.
        get("/sign-in/code", "nobody", World).leads_to("/sign-in?next=%2Fsign-in%2Fcode"),
        post("/sign-in/code", OWN, CodeSignIn).sends(&[
            ("person", "{person}"),
            ("nonce", "{nonce}"),
            ("code", "{code}"),
        ]),
        get("/sign-in/organisation", "nobody", World),
        post("/sign-in/organisation", "nobody", Provider)
            .sends(&[("email", "somebody@lead.gov.uk")]),
        get("/sign-in/organisations/{id}/back", OWN, AtProvider)
            .given("id", "{lead}")
            .query("?{answer}"),
        get("/sign-out", "lead viewer", World),
        post("/sign-out", "lead viewer", World),
        get("/invitations/{token}", "nobody", Invited),
        post("/invitations/{token}", "nobody", Invited).sends(&[("password", "{new_password}")]),
        post("/demo/sign-in", "nobody", Demo)
            .sends(&[("person", "{person}"), ("organisation", "{lead}")]),
        get("/me", "lead viewer", World),
        get("/me/passkeys/new", "lead viewer", World),
        post("/me/passkeys/new", "lead viewer", World).sends(&[("passkey_name", "Phone")]),
        post("/me/passkeys", OWN, MakingPasskey).sends(&[
            ("nonce", "{nonce}"),
            ("passkey_name", "Phone"),
            ("passkey", "{passkey}"),
        ]),
        get("/me/passkeys/{passkey}/remove", OWN, Passkey),
        post("/me/passkeys/{passkey}/remove", OWN, Passkey).sends(&[("code", "{code}")]),
        get("/me/authenticator", "lead viewer", World),
        post("/me/authenticator", "lead viewer", World),
        post("/me/authenticator/confirm", OWN, SettingUpApp).sends(&[
            ("nonce", "{nonce}"),
            ("secret", "{secret}"),
            ("code", "{code}"),
        ]),
        get("/me/authenticator/remove", OWN, App),
        post("/me/authenticator/remove", OWN, App).sends(&[("code", "{code}")]),
        get("/me/password", "lead viewer", World),
        post("/me/password", OWN, Person).sends(&[("new_password", "three other random words")]),
        get("/me/sessions", "lead viewer", World),
        get("/me/sessions/{session}/end", OWN, OtherSession),
        post("/me/sessions/{session}/end", OWN, OtherSession),
        get("/me/sign-out-everywhere", OWN, OtherSession),
        post("/me/sign-out-everywhere", OWN, OtherSession),
        get("/me/recovery-codes", "lead viewer", World),
        post("/me/recovery-codes", OWN, Person),
        get("/me/organisation-sign-in", OWN, LinkingProvider),
        post("/me/organisation-sign-in", OWN, LinkingProvider),
        // They sign in with their organisation again, and begin with a new account.
        post("/me/organisation-sign-in/disown", OWN, Disowning).leads_to("/sign-in/organisation"),
        get("/forgotten-password", "nobody", World),
        post("/forgotten-password", "nobody", Person).sends(&[("email", "{email}")]),
        get("/account-links/{token}", "nobody", Forgotten),
        post("/account-links/{token}", "nobody", Forgotten)
            .sends(&[("new_password", "{new_password}")]),
        post("/me/address", OWN, Person),
        get("/kept/{kept}", OWN, KeptText),
        post("/kept/{kept}/remove", OWN, KeptText),
        get("/in-tray", "lead viewer", World),
        get("/in-tray/{list}", "lead viewer", World).given("list", "mine"),
    ]
}
