//! A device with passkeys: what a browser and its authenticator would answer to a page.

use std::sync::Mutex;

use serde_json::{Value as Json, json};
use webauthn_authenticator_rs::WebauthnAuthenticator as _;
use webauthn_authenticator_rs::prelude::Url;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::{Client, Page};

pub struct Device {
    authenticator: Mutex<SoftPasskey>,
    made: Mutex<Vec<String>>,
    origin: &'static str,
}

impl Device {
    pub fn new() -> Device {
        Device::at("http://localhost:8080")
    }

    /// A device whose browser is at this origin.
    pub fn at(origin: &'static str) -> Device {
        Device {
            authenticator: Mutex::new(SoftPasskey::new(true)),
            made: Mutex::default(),
            origin,
        }
    }

    fn origin(&self) -> Url {
        Url::parse(self.origin).unwrap()
    }

    /// What the browser answers to the page that asks it to make a passkey.
    pub fn create(&self, page: &Page) -> String {
        let mut options: Json =
            serde_json::from_str(&page.attribute(".app-proof", "data-create")).unwrap();
        // This authenticator keeps nothing itself; `made` does it in its place.
        options["authenticatorSelection"]["requireResidentKey"] = false.into();
        options["authenticatorSelection"]["residentKey"] = "discouraged".into();
        let options = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let made = self
            .authenticator
            .lock()
            .unwrap()
            .do_registration(self.origin(), options)
            .unwrap();
        self.made.lock().unwrap().push(made.id.clone());
        serde_json::to_string(&made).unwrap()
    }

    /// What the browser answers to a page that asks for a passkey, when this is chosen on it ("" where
    /// the form does one thing).
    pub fn answer(&self, page: &Page, choice: &str) -> String {
        let mut options: Json =
            serde_json::from_str(&page.attribute(".app-proof", "data-passkey")).unwrap();
        let challenges: Json =
            serde_json::from_str(&page.attribute(".app-proof", "data-challenges")).unwrap();
        options["challenge"] = challenges[choice].clone();
        assert!(
            options["challenge"].is_string(),
            "{challenges} has no {choice:?}"
        );
        // Signing in names no passkey: the device offers those it has.
        if options["allowCredentials"].as_array().unwrap().is_empty() {
            options["allowCredentials"] = self
                .made
                .lock()
                .unwrap()
                .iter()
                .map(|id| json!({ "type": "public-key", "id": id }))
                .collect();
        }
        let options = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let used = self
            .authenticator
            .lock()
            .unwrap()
            .do_authentication(self.origin(), options)
            .unwrap();
        serde_json::to_string(&used).unwrap()
    }

    /// Adds a passkey of this device to the account of whoever is signed in. Gives the page after it.
    pub async fn add_to(&self, client: &Client, name: &str) -> Page {
        let page = client
            .post("/me/passkeys/new", &[("passkey_name", name)])
            .await;
        assert_eq!(page.h1(), "Create the passkey", "{}", page.words());
        self.finish(client, &page).await
    }

    /// Answers the page that asks to make a passkey.
    pub async fn finish(&self, client: &Client, page: &Page) -> Page {
        let made = self.create(page);
        let fields = [
            ("nonce", page.value("nonce")),
            ("passkey_name", page.value("passkey_name")),
            ("passkey", made),
        ];
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        client.post("/me/passkeys", &fields).await
    }
}
