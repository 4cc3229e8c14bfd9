//! The description of the API names every route of it, and no other.

use std::collections::BTreeSet;

use aldgate::router::ROUTES;
use serde_json::Value;

use crate::support::journey::{self, Party};
use crate::support::{Client, TestApp};

#[tokio::test]
async fn every_route_for_programs_is_described() {
    let app = TestApp::new().await;
    let page = app.nobody().get("/api/openapi.json").await;
    let document: Value = serde_json::from_slice(&page.bytes).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let described: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods.keys().map(|method| (method.clone(), path.clone()))
        })
        .collect();
    let routed: BTreeSet<(String, String)> = ROUTES
        .iter()
        .filter(|(_, path)| path.starts_with("/api/v1/"))
        .map(|(method, path)| (method.to_string(), path.to_string()))
        .collect();
    assert_eq!(described, routed);
}

/// What a value has that its description does not say, or has otherwise; each by its place.
fn differs(document: &Value, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let path = name.trim_start_matches('#');
        let schema = document.pointer(path).expect("what is referred to");
        return differs(document, schema, value, place, found);
    }
    let ways = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(ways) = ways {
        let fits = |way: &Value| {
            let mut inside = Vec::new();
            differs(document, way, value, place, &mut inside);
            inside.is_empty()
        };
        if !ways.iter().any(fits) {
            found.push(format!("{place}: fits none of {ways:?}"));
        }
        return;
    }
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let named = &schema["type"];
    let said = |kind: &str| match named {
        Value::Array(kinds) => kinds.iter().any(|k| k == kind),
        Value::Null => true,
        other => other == kind,
    };
    if !(said(is) || is == "integer" && said("number")) {
        found.push(format!("{place}: {is}, described as {named}"));
    }
    match value {
        Value::Array(items) => {
            for item in items {
                differs(
                    document,
                    &schema["items"],
                    item,
                    &format!("{place}[]"),
                    found,
                );
            }
        }
        Value::Object(members) if schema["properties"].is_object() => {
            for (name, member) in members {
                match schema["properties"].get(name) {
                    Some(schema) => {
                        differs(document, schema, member, &format!("{place}.{name}"), found);
                    }
                    None => found.push(format!("{place}.{name}: not described")),
                }
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                if !members.contains_key(name.as_str().unwrap()) {
                    found.push(format!(
                        "{place}.{name}: described as always there, and is not"
                    ));
                }
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn what_is_handed_out_is_as_it_is_described() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let both = [&camden, &fire];
    let id = journey::in_force(&app, &both).await;
    let author: Client = camden.author_client(&app).await;
    journey::publish(&author, &id, "full").await;
    // One with open prompts, of which one is dismissed.
    let draft = author
        .done("/agreements/new", &[("title", "Prompted")])
        .await;
    let drafted = draft.hrefs("main a");
    let drafted = drafted
        .iter()
        .find_map(|href| href.strip_prefix("/records/"));
    let draft = drafted.unwrap().split('/').next().unwrap().to_owned();
    author
        .filled(
            &format!("/records/{draft}/sections/data"),
            &[("data_kind", "yes")],
        )
        .await;
    let prompts = author
        .get(&format!("/api/v1/records/{draft}/prompts"))
        .await;
    let prompts: Value = serde_json::from_slice(&prompts.bytes).unwrap();
    let all = prompts["prompts"].as_array().unwrap();
    assert!(!all.is_empty());
    let mut dismissed = 0;
    for prompt in all {
        let [rule, scope] = ["id", "scope"].map(|name| prompt[name].as_str().unwrap());
        let path = format!("/records/{draft}/law/{rule}/settle?scope={scope}");
        let settled = author.post(&path, &[("reason", "We looked at it")]).await;
        dismissed += usize::from(settled.status == 303);
    }
    assert!(dismissed > 0);

    let page = author.get("/api/openapi.json").await;
    let document: Value = serde_json::from_slice(&page.bytes).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let content = &methods["get"]["responses"]["200"]["content"]["application/json"];
        for record in [id.as_str(), &draft] {
            let path = path.replace("{id}", record).replace("{rule}", "R004");
            let answer = author.get(&path).await;
            if answer.status == 404 && path.contains("/register/") && record == draft {
                continue;
            }
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let value: Value = serde_json::from_slice(&answer.bytes).unwrap();
            assert!(content["schema"].is_object(), "{path} has no description");
            differs(&document, &content["schema"], &value, &path, &mut found);
        }
        // What is refused, too.
        let wrong = path.replace("{id}", "none").replace("{rule}", "none");
        if wrong != *path {
            let answer = author.get(&wrong).await;
            let described = &methods["get"]["responses"][answer.status.to_string()];
            assert!(described.is_object(), "{wrong}: {}", answer.status);
            let content = &described["content"]["application/problem+json"];
            let value: Value = serde_json::from_slice(&answer.bytes).unwrap();
            differs(&document, &content["schema"], &value, &wrong, &mut found);
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(found, Vec::<String>::new());
    app.ends_clean().await;
}

/// What a program is told about who dismissed a prompt is their name.
#[tokio::test]
async fn who_dismissed_a_prompt_is_described_as_a_name() {
    let app = TestApp::new().await;
    let page = app.nobody().get("/api/openapi.json").await;
    let document: Value = serde_json::from_slice(&page.bytes).unwrap();
    let by = &document["components"]["schemas"]["SetAside"]["properties"]["by"];
    assert_eq!(by["description"], "The name of the person.");
}
