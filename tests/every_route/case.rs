//! One way to try a route: what has to be there, who may rightfully open it, and what they send.

use std::collections::BTreeMap;

use axum::body::Body;

use super::scenes::Scene;
use super::world::World;
use crate::support::{Client, Page, form};

/// What a scene has made, by the names that addresses and forms use: `{id}`, `{line}`, `{digest}`.
#[derive(Default)]
pub struct Things {
    pub values: BTreeMap<&'static str, String>,
    /// A browser that only this scene has: a new person, the holder of a link.
    pub own: Option<Client>,
}

impl Things {
    pub fn of<const N: usize>(values: [(&'static str, &str); N]) -> Things {
        let values = values.map(|(name, value)| (name, value.to_owned()));
        Things {
            values: values.into(),
            own: None,
        }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Things {
        self.values.insert(name, value.to_string());
        self
    }

    pub fn owned_by(mut self, client: Client) -> Things {
        self.own = Some(client);
        self
    }

    /// The text with each `{name}` replaced; `{*name}` too.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').expect("a closed brace");
            let name = name.trim_start_matches('*');
            let value = self.values.get(name).unwrap_or_else(|| {
                panic!("{text} needs {{{name}}}, which its scene does not make")
            });
            filled = filled + before + value;
            rest = after;
        }
        filled + rest
    }

    /// The address with what the scene has made replaced by its names, and any other id by its kind: `org_…`.
    pub fn name(&self, address: &str) -> String {
        let mut values: Vec<_> = self.values.iter().filter(|(_, v)| v.len() > 8).collect();
        values.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        let named = values
            .into_iter()
            .fold(address.to_owned(), |text, (name, value)| {
                text.replace(value.as_str(), &format!("{{{name}}}"))
            });
        let of_its_kind = |part: &str| match part.split_once('_') {
            Some((kind, id)) if kind.len() == 3 && id.len() == 26 => format!("{kind}_…"),
            _ => part.to_owned(),
        };
        let (path, rest) = named.split_at(named.find(['?', '#']).unwrap_or(named.len()));
        let parts: Vec<String> = path.split('/').map(of_its_kind).collect();
        parts.join("/") + rest
    }
}

type Fields = &'static [(&'static str, &'static str)];

/// What a post sends. In each value `{name}` is something that the scene has made.
enum Form {
    Fields(Fields),
    /// The form of a page as it stands for the rightful person, with these fields changed.
    Of(&'static str, Fields),
    /// A file: field, name, and its text.
    File(&'static str, &'static str, &'static str),
    Body(&'static str),
}

pub struct Case {
    pub method: &'static str,
    pub route: &'static str,
    /// What follows the path.
    pub query: &'static str,
    /// The name of an identity, or [`OWN`].
    pub who: &'static str,
    pub scene: Scene,
    /// What the scene does not make, or makes under another name.
    given: Vec<(&'static str, &'static str)>,
    /// Where the rightful person is sent, for the few pages that send them to the sign-in.
    pub leads_to: Option<&'static str>,
    form: Form,
}

/// The browser that the scene has made for this.
pub const OWN: &str = "whoever it was made for";

/// A page that `who` may open.
pub fn get(route: &'static str, who: &'static str, scene: Scene) -> Case {
    Case {
        method: "get",
        route,
        query: "",
        who,
        scene,
        given: Vec::new(),
        leads_to: None,
        form: Form::Fields(&[]),
    }
}

/// A form that `who` may send. Without [`Case::sends`] it has no field but the password.
pub fn post(route: &'static str, who: &'static str, scene: Scene) -> Case {
    Case {
        method: "post",
        ..get(route, who, scene)
    }
}

impl Case {
    pub fn query(mut self, query: &'static str) -> Case {
        self.query = query;
        self
    }

    /// `{name}` is this, in which `{other}` names stand for what the scene makes.
    pub fn given(mut self, name: &'static str, value: &'static str) -> Case {
        self.given.push((name, value));
        self
    }

    pub fn leads_to(mut self, path: &'static str) -> Case {
        self.leads_to = Some(path);
        self
    }

    pub fn sends(mut self, fields: Fields) -> Case {
        self.form = Form::Fields(fields);
        self
    }

    /// Sends the form of this page, with these fields changed.
    pub fn fills(mut self, page: &'static str, fields: Fields) -> Case {
        self.form = Form::Of(page, fields);
        self
    }

    pub fn sends_file(
        mut self,
        field: &'static str,
        name: &'static str,
        text: &'static str,
    ) -> Case {
        self.form = Form::File(field, name, text);
        self
    }

    pub fn sends_body(mut self, body: &'static str) -> Case {
        self.form = Form::Body(body);
        self
    }

    pub async fn make(&self, world: &World) -> Things {
        let mut things = self.scene.make(world).await;
        for (name, value) in &self.given {
            let value = things.fill(value);
            things = things.with(name, value);
        }
        things
    }

    pub fn is_post(&self) -> bool {
        self.method == "post"
    }

    /// The fields with their values, read from the page where they come from one.
    pub async fn fields(&self, things: &Things, rightful: &Client) -> Vec<(String, String)> {
        let (mut all, changed) = match self.form {
            Form::Fields(fields) => (Vec::new(), fields),
            Form::Of(path, changed) => {
                let page = rightful.get(&things.fill(path)).await;
                assert_eq!(page.status, 200, "{path}: {}", page.words());
                let mut fields = form::form(&page).1;
                // The browser fills it in.
                fields.retain(|(name, _)| name != "password");
                (fields, changed)
            }
            Form::File(..) | Form::Body(_) => (Vec::new(), &[][..]),
        };
        all.retain(|(name, _)| changed.iter().all(|(other, _)| other != name));
        let changed = changed.iter();
        all.extend(changed.map(|(name, value)| ((*name).to_owned(), things.fill(value))));
        all
    }

    pub async fn send(
        &self,
        client: &Client,
        things: &Things,
        fields: &[(String, String)],
    ) -> Page {
        let path = things.fill(self.route) + &things.fill(self.query);
        if !self.is_post() {
            return client.get(&path).await;
        }
        match self.form {
            Form::Fields(_) | Form::Of(..) => {
                let fields = fields.iter().map(|(n, v)| (n.as_str(), v.as_str()));
                client.post(&path, &fields.collect::<Vec<_>>()).await
            }
            Form::File(field, name, text) => {
                let file = things.fill(text);
                let file = [(field, name, file.as_bytes())];
                client.post_files(&path, &[], &file).await
            }
            Form::Body(body) => {
                let body = Body::from(things.fill(body));
                client.send("POST", &path, "", body).await
            }
        }
    }
}
