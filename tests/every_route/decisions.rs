//! Decisions on a record, its versions and what proves them, and its publication.

use super::case::{Case, OWN, get, post};
use super::scenes::Scene::{
    AdvisedAgainst, AssuranceFile, Conditions, Draft, Holder, InForce, Linked, Previewed,
    Published, Review, Reviewed, SignOff, WithoutStatements, World,
};

pub fn table() -> Vec<Case> {
    vec![
        get("/records/{id}/moves/{move}", "lead author", Draft),
        post("/records/{id}/moves/{move}", "lead author", Draft),
        get("/records/{id}/moved/{move}", "lead author", Review),
        get(
            "/records/{id}/lines/{line}",
            "lead data_protection_officer",
            Review,
        ),
        post(
            "/records/{id}/lines/{line}",
            "lead data_protection_officer",
            Review,
        )
        .sends(&[("seen", "{digest}"), ("advice", "agrees")]),
        post("/records/{id}/lines/{line}", "lead senior_officer", SignOff)
            .sends(&[("seen", "{digest}"), ("decision", "sign")]),
        get(
            "/records/{id}/lines/{line}/done",
            "lead data_protection_officer",
            Reviewed,
        ),
        get(
            "/records/{id}/lines/{line}/answer",
            "lead author",
            Conditions,
        ),
        post(
            "/records/{id}/lines/{line}/answer",
            "lead author",
            Conditions,
        )
        .sends(&[("text", "They are met")]),
        get(
            "/records/{id}/lines/{line}/overrule",
            "lead senior_officer",
            AdvisedAgainst,
        ),
        post(
            "/records/{id}/lines/{line}/overrule",
            "lead senior_officer",
            AdvisedAgainst,
        )
        .sends(&[("text", "The risk is small")]),
        get(
            "/records/{id}/lines/{line}/link",
            "lead administrator",
            SignOff,
        ),
        post(
            "/records/{id}/lines/{line}/link",
            "lead administrator",
            SignOff,
        )
        .sends(&[
            ("person_name", "Lindiwe Dube"),
            ("email", "lindiwe@holder.example"),
        ]),
        post(
            "/records/{id}/lines/{line}/link/end",
            "lead administrator",
            Linked,
        ),
        get("/links/{token}", OWN, Holder),
        post("/links/{token}", "nobody", Linked).sends(&[("code", "{code}")]),
        post("/links/{token}/decision", OWN, Holder).sends(&[
            ("seen", "{digest}"),
            ("decision", "sign"),
            ("code", "{code}"),
        ]),
        get("/links/{token}/attachments/{attachment}", OWN, Holder),
        get("/links/{token}/document.pdf", OWN, Holder),
        get("/records/{id}/versions", "lead viewer", Review),
        get("/records/{id}/versions/{number}", "lead viewer", Review),
        get("/records/{id}/history", "lead viewer", Review),
        get("/records/{id}/day.json", "lead author", InForce).query("?on=2026-11-21"),
        get("/records/{id}/document.pdf", "lead viewer", InForce),
        get("/records/{id}/evidence.json", "lead viewer", InForce),
        get("/records/{id}/publish", "lead author", InForce),
        post("/records/{id}/publish", "lead author", Previewed).sends(&[
            ("step", "publish"),
            ("choice", "{choice}"),
            ("version", "{version}"),
        ]),
        get("/records/{id}/publish/withdraw", "lead author", Published),
        post("/records/{id}/publish/withdraw", "lead author", Published)
            .sends(&[("reason", "It names a person")]),
        // What an organisation says about itself
        get("/memorandum", "lead viewer", World),
        post("/memorandum/start", OWN, WithoutStatements),
        get("/assurance", "lead viewer", World),
        post("/assurance/start", OWN, WithoutStatements),
        get(
            "/organisations/{id}/assurance",
            "lead author",
            AssuranceFile,
        )
        .given("id", "{party}"),
        get(
            "/organisations/{id}/assurance/files/{attachment}",
            "lead author",
            AssuranceFile,
        )
        .given("id", "{party}"),
    ]
}
