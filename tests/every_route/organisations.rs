//! Organisations: how they come here, their people, and what their administrators look after.

use super::case::{Case, OWN, get, post};
use super::scenes::Scene::{
    Claim, Claimant, Domain, Joiner, NotJoined, Offered, Provider, Role, Token, World,
};

pub fn table() -> Vec<Case> {
    vec![
        get("/organisations/new", "nobody", World),
        post("/organisations/new", "nobody", World).sends(&[
            ("name", "New Council {n}"),
            ("kind", "borough"),
            ("area", "Camden"),
            ("fee_number", "ZC{n6}"),
            ("person_name", "Nia New"),
            ("email", "nia-{n}@new.example"),
            ("password", "three random words"),
        ]),
        get("/organisations/external/new", "lead author", World),
        post("/organisations/external/new", "lead author", World).sends(&[
            ("name", "Listed Charity {n}"),
            ("kind", "vcs"),
            ("fee_number", "ZD{n6}"),
            ("seen", "yes"),
        ]),
        get("/organisations", "lead viewer", World),
        get("/organisations/waiting", OWN, Claimant),
        get("/claims/{id}", "lead administrator", Claim),
        post("/claims/{id}", "lead administrator", Claim).sends(&[("decision", "confirm")]),
        get("/organisations/{id}", "lead viewer", World).given("id", "{party}"),
        get("/organisation", "lead administrator", World),
        get("/organisation/details", "lead administrator", World),
        post("/organisation/details", "lead administrator", World)
            .fills("/organisation/details", &[("area", "Area {n}")]),
        get("/organisation/activity", "lead auditor", World),
        get("/organisation/people", "lead administrator", World),
        get("/organisation/people/new", "lead administrator", World),
        post("/organisation/people/new", "lead administrator", World).sends(&[
            ("person_name", "Dev Patel"),
            ("email", "dev-{n}@lead.example"),
            ("roles", "viewer"),
        ]),
        get(
            "/organisation/people/{person}/roles",
            "lead administrator",
            Role,
        ),
        post(
            "/organisation/people/{person}/roles",
            "lead administrator",
            Role,
        )
        .sends(&[("role", "author"), ("standing", "own")]),
        get(
            "/organisation/people/{person}/invitation",
            "lead administrator",
            NotJoined,
        ),
        post(
            "/organisation/people/{person}/invitation",
            "lead administrator",
            NotJoined,
        ),
        get(
            "/organisation/people/{person}/sign-out",
            "lead administrator",
            Role,
        ),
        post(
            "/organisation/people/{person}/sign-out",
            "lead administrator",
            Role,
        ),
        get(
            "/organisation/offers/{id}/link",
            "lead administrator",
            Offered,
        ),
        post(
            "/organisation/offers/{id}/link",
            "lead administrator",
            Offered,
        ),
        get(
            "/organisation/offers/{id}/withdraw",
            "lead administrator",
            Offered,
        ),
        post(
            "/organisation/offers/{id}/withdraw",
            "lead administrator",
            Offered,
        ),
        get("/offers/{id}", OWN, Offered),
        post("/offers/{id}", OWN, Offered).sends(&[("decision", "accept")]),
        get("/organisation/roles/{id}/end", "lead administrator", Role),
        post("/organisation/roles/{id}/end", "lead administrator", Role),
        get("/organisation/choose", "lead viewer", World),
        post("/organisation/choose", "lead viewer", World).sends(&[("organisation", "{lead}")]),
        get("/organisation/supported", "lead administrator", World),
        get("/organisation/supported/new", "lead administrator", World),
        post("/organisation/supported/new", "lead administrator", World).sends(&[
            ("name", "Supported Charity {n}"),
            ("kind", "vcs"),
            ("area", "Camden"),
            ("fee_number", "ZE{n6}"),
            ("person_name", "Hal Hand"),
            ("email", "hal-{n}@supported.example"),
            ("permission", "yes"),
        ]),
        get("/organisation/sign-in", "lead administrator", Provider),
        post("/organisation/sign-in", "lead administrator", Provider).sends(&[
            ("issuer", "{issuer}"),
            ("client_id", "another-client"),
            ("client_secret", "another secret"),
        ]),
        post("/organisation/sign-in/try", "lead administrator", Provider),
        get(
            "/organisation/sign-in/remove",
            "lead administrator",
            Provider,
        ),
        post(
            "/organisation/sign-in/remove",
            "lead administrator",
            Provider,
        ),
        get("/organisation/domains", "lead administrator", World),
        post("/organisation/domains", "lead administrator", World)
            .sends(&[("domain", "named-{n}.gov.uk")]),
        get(
            "/organisation/domains/{id}/remove",
            "lead administrator",
            Domain,
        ),
        post(
            "/organisation/domains/{id}/remove",
            "lead administrator",
            Domain,
        ),
        get("/organisation/joiners/{id}", "lead administrator", Joiner),
        post("/organisation/joiners/{id}", "lead administrator", Joiner)
            .sends(&[("decision", "take_in"), ("roles", "viewer")]),
        get("/organisation/tokens", "lead author", Token),
        get("/organisation/tokens/new", "lead author", World),
        post("/organisation/tokens/new", "lead author", World).sends(&[
            ("name", "Our register"),
            ("scope", "read"),
            ("life", "30"),
        ]),
        get("/organisation/tokens/{id}/end", OWN, Token),
        post("/organisation/tokens/{id}/end", OWN, Token),
    ]
}
