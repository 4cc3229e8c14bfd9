//! The description of the API names every route of it, and no other.

use std::collections::BTreeSet;

use aldgate::router::ROUTES;

use crate::support::TestApp;

#[tokio::test]
async fn every_route_for_programs_is_described() {
    let app = TestApp::new().await;
    let page = app.nobody().get("/api/openapi.json").await;
    let document: serde_json::Value = serde_json::from_slice(&page.bytes).unwrap();
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
