//! Drafting a record: its text, its parties, what the law asks of it.

use super::case::{Case, get, post};
use super::scenes::Scene::{
    Dismissed, Draft, Joining, JoiningReviewed, Leftover, ListedParty, OwnPart, Prompted, World,
};

pub fn table() -> Vec<Case> {
    vec![
        get("/agreements", "lead viewer", World),
        get("/agreements/new", "lead author", World),
        post("/agreements/new", "lead author", World).sends(&[("title", "Agreement {n}")]),
        get("/agreements/export", "lead author", Draft),
        post("/agreements/export", "lead author", Draft),
        get("/records/{id}", "lead viewer", Draft),
        get("/records/{id}/check", "lead author", Draft),
        get("/records/{id}/earlier-answers", "lead author", Leftover),
        post("/records/{id}/earlier-answers", "lead author", Leftover)
            .sends(&[("name", "asked_before"), ("scope", "")]),
        get("/records/{id}/sections/{section}", "lead author", Draft),
        post("/records/{id}/sections/{section}", "lead author", Draft).fills(
            "/records/{id}/sections/{section}",
            &[("dpia_outcome", "Low risk")],
        ),
        get(
            "/records/{id}/sections/{section}/{scope}",
            "lead author",
            OwnPart,
        ),
        post(
            "/records/{id}/sections/{section}/{scope}",
            "lead author",
            OwnPart,
        )
        .fills(
            "/records/{id}/sections/{section}/{scope}",
            &[("retention", "7 years")],
        ),
        get(
            "/records/{id}/gateways/{question}/{scope}",
            "lead author",
            Draft,
        ),
        post(
            "/records/{id}/gateways/{question}/{scope}",
            "lead author",
            Draft,
        )
        .sends(&[("power", "cda115"), ("do", "add")]),
        get("/records/{id}/parties", "lead viewer", Draft),
        get("/records/{id}/parties/add", "lead author", Draft),
        post("/records/{id}/parties/add", "lead author", Draft).sends(&[("party", "{another}")]),
        get("/records/{id}/parties/{party}/remove", "lead author", Draft),
        post("/records/{id}/parties/{party}/remove", "lead author", Draft),
        post(
            "/records/{id}/parties/{party}/join-review",
            "lead author",
            Joining,
        ),
        get(
            "/records/{id}/parties/{party}/join-sign-off",
            "lead author",
            JoiningReviewed,
        ),
        post(
            "/records/{id}/parties/{party}/join-sign-off",
            "lead author",
            JoiningReviewed,
        ),
        get(
            "/records/{id}/parties/{party}/ask-to-sign",
            "lead author",
            ListedParty,
        ),
        post(
            "/records/{id}/parties/{party}/ask-to-sign",
            "lead author",
            ListedParty,
        ),
        post("/records/{id}/flows/add", "lead author", Draft),
        get("/records/{id}/flows/{flow}/remove", "lead author", Draft),
        post("/records/{id}/flows/{flow}/remove", "lead author", Draft),
        get(
            "/records/{id}/attachments/{attachment}",
            "lead viewer",
            Draft,
        ),
        get(
            "/records/{id}/attachments/{attachment}/remove",
            "lead author",
            Draft,
        ),
        post(
            "/records/{id}/attachments/{attachment}/remove",
            "lead author",
            Draft,
        ),
        get("/records/{id}/comments", "lead viewer", Draft),
        post("/records/{id}/comments", "lead author", Draft)
            .sends(&[("text", "Is this so?"), ("about", "purpose_text:")]),
        get("/records/{id}/law", "lead viewer", Draft),
        get("/records/{id}/law/why-not/{rule}", "lead viewer", Draft),
        get("/records/{id}/law/{rule}/settle", "lead author", Prompted).query("?scope={scope}"),
        post("/records/{id}/law/{rule}/settle", "lead author", Prompted)
            .query("?scope={scope}")
            .sends(&[("reason", "We looked at it")]),
        get("/records/{id}/law/{rule}/reopen", "lead author", Dismissed).query("?scope={scope}"),
        post("/records/{id}/law/{rule}/reopen", "lead author", Dismissed).query("?scope={scope}"),
        get("/api/v1/records", "token to read", Draft),
        get("/api/v1/records/{id}", "token to read", Draft),
        get(
            "/api/v1/records/{id}/prompts",
            "token of another scope",
            Draft,
        ),
        get(
            "/api/v1/records/{id}/why-not/{rule}",
            "token to read",
            Draft,
        ),
    ]
}
