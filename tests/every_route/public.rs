//! What everybody may see, and the log for everybody who checks it.

use super::case::{Case, get, post};
use super::scenes::Scene::{Checkpoint, Published, World};

pub fn table() -> Vec<Case> {
    vec![
        get("/", "nobody", World),
        get("/about", "nobody", World),
        get("/accessibility", "nobody", World),
        get("/health", "nobody", World),
        get("/assets/{name}", "nobody", World).given("name", "aldgate.css"),
        get("/law", "nobody", World),
        get("/law/provisions/{id}", "nobody", World).given("id", "ukgdpr-art6"),
        get("/law/gateways", "nobody", World),
        get("/law/checks", "nobody", World),
        get("/law/impact", "lead author", World).query("?provision=ukgdpr-art6"),
        get("/law/impact.csv", "lead author", World).query("?provision=ukgdpr-art6"),
        get("/register", "nobody", Published),
        get("/register.rsf", "nobody", Published),
        get("/register/{id}", "nobody", Published),
        get("/register/{id}/document.pdf", "nobody", Published),
        get("/register/{id}/evidence.json", "nobody", Published),
        get("/register/{id}/day.json", "nobody", Published).query("?on=2026-11-21"),
        get("/verify", "nobody", World),
        post("/verify", "nobody", Published).sends_file("file", "evidence.json", "{evidence}"),
        get("/api/v1/register", "nobody", Published),
        get("/api/v1/register/{id}", "nobody", Published),
        get("/api/openapi.json", "nobody", World),
        get("/log/keys", "nobody", World),
        get("/api/v1/log/keys", "nobody", World),
        get("/log/checkpoint", "nobody", World),
        get("/log/tile/{level}/{*path}", "nobody", World)
            .given("level", "0")
            .given("path", "000.p/1"),
        post("/log/witness/add-checkpoint", "nobody", Checkpoint).sends_body("{checkpoint}"),
    ]
}
