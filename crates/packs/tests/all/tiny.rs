//! A pack small enough to read, whole enough to load.

use packs::{Fault, Files, Packs};

/// Path and text of every file.
pub const FILES: &[(&str, &str)] = &[
    (
        "pack.toml",
        r#"name = "Tiny"
version = "2026.11"
date = 2026-11-21
[regulator]
name = "ICO"
url = "https://ico.org.uk"
phone = "0303 123 1113"
"#,
    ),
    (
        "law/kinds.toml",
        r#"[[kind]]
id = "borough"
name = "Borough"
public = true
care = true
group = "Councils"

[[kind]]
id = "vcs"
name = "Charity"
public = false
care = false
group = "Others"

[[kind]]
id = "supplier"
name = "Supplier"
public = false
care = false
group = "Others"
"#,
    ),
    (
        "law/provisions/uk-gdpr.toml",
        r#"[[provision]]
id = "ukgdpr-art6"
title = "UK GDPR Article 6"
link = "https://www.legislation.gov.uk/eur/2016/679/article/6"
jurisdiction = "UK"
from = 2018-05-25
status = "in_force"
plain = "You need a reason in law."
plain_cy = "Mae angen rheswm yn y gyfraith."
mark = "V"
checked = 2026-11-21

[[provision]]
id = "old-law"
title = "An old law"
link = "https://www.legislation.gov.uk/"
jurisdiction = "UK"
from = 2000-01-01
to = 2026-02-05
status = "in_force"
plain = "It has ended."
mark = "K"
"#,
    ),
    (
        "law/gateways/crime.toml",
        r#"[[gateway]]
id = "G01"
title = "Crime and Disorder Act 1998 s.115"
type = ["power"]
givers = ["any"]
receivers = ["borough"]
from_to = "anyone to a relevant authority"
purposes = ["crime_prevention"]
purpose = "crime and disorder"
limits = "Not a duty."
plain = "Lets you share to prevent crime."
provisions = ["ukgdpr-art6"]
mark = "V2"
status = "in_force"
checked = 2026-11-21
[[gateway.power]]
id = "cda115"
title = "Crime and Disorder Act 1998 s.115"

[[gateway]]
id = "G02"
title = "A duty that has not started"
type = ["duty", "transparency"]
givers = ["vcs"]
receivers = ["borough"]
from_to = "charity to borough"
purposes = ["care"]
purpose = "care"
limits = "None."
plain = "Will make you share for care."
provisions = []
mark = "K"
status = "not_started"
[[gateway.power]]
id = "new_duty"
title = "New duty"
type = "duty"
"#,
    ),
    (
        "agreements/agreement/type.toml",
        r#"id = "agreement"
name = "information sharing agreement"
plural = "information sharing agreements"
prefix = "agr"
parties = "many"
flows = true
review = ["data_protection_officer"]
sign_off = ["senior_officer"]
[[review_when]]
role = "caldicott_guardian"
when = "'health' in special and some(parties, #.care == 'yes')"
[title]
question = "title"
"#,
    ),
    (
        "agreements/agreement/form/01-data.toml",
        r#"[section]
id = "data"
title = "The data"
each = "record"
[[question]]
id = "title"
text = "What is it called?"
kind = "text"
max = 20
required = true
[[question]]
id = "data_kind"
text = "Is it personal data?"
kind = "choice"
required = true
options = [ {id = "yes", label = "Yes"}, {id = "no", label = "No"}, {id = "unset", label = "Not sure"} ]
[[question]]
id = "special"
text = "Which sensitive data?"
kind = "choices"
when = "data_kind == 'yes'"
options = [ {id = "health", label = "Health"}, {id = "race", label = "Race", explain = true} ]
[[question]]
id = "purposes"
text = "What for?"
kind = "choices"
options = [ {id = "crime_prevention", label = "Crime"}, {id = "care", label = "Care"} ]
[[question]]
id = "people"
text = "How many people?"
kind = "number"
min = 0
max = 1000
[[question]]
id = "review_on"
text = "When will you review it?"
kind = "date"
[[question]]
id = "items"
text = "Which items?"
kind = "table"
columns = [ {id = "item", label = "Item", kind = "text", required = true}, {id = "why", label = "Why", kind = "text"}, {id = "from", label = "Where from", kind = "choice", options = [{id = "us", label = "Us"}]} ]
[[question]]
id = "minimum"
text = "Why is less not enough?"
kind = "long_text"
asked_by = "R003"
[[question]]
id = "policy"
text = "Attach the policy document"
kind = "files"
attached = "yes"
[[question]]
id = "stopped"
kind = "yes_no"
hidden = true
"#,
    ),
    (
        "agreements/agreement/form/02-law.toml",
        r#"[section]
id = "law"
title = "The law, party by party"
each = "party"
[[question]]
id = "direction"
text = "Does this party give or get data?"
kind = "choice"
options = [ {id = "sends", label = "Gives"}, {id = "receives", label = "Gets"} ]
[[question]]
id = "art6"
text = "Which basis?"
kind = "choices"
required = true
when = "personal_data == 'yes'"
options = [ {id = "a", label = "Consent"}, {id = "e", label = "Public task"}, {id = "f", label = "Legitimate interests"} ]
[[question]]
id = "gateway"
text = "Which power?"
kind = "gateways"
[[question]]
id = "task"
text = "Which task?"
kind = "text"
required = true
asked_by = "R002"
"#,
    ),
    (
        "agreements/agreement/form/03-flows.toml",
        r#"[section]
id = "flow"
title = "The flow"
each = "flow"
[[question]]
id = "method"
text = "How is it sent?"
kind = "choice"
required = true
options = [ {id = "email", label = "Email"}, {id = "portal", label = "Portal"} ]
[[question]]
id = "email_safe"
text = "Is the email safe?"
kind = "yes_no"
when = "method == 'email'"
[[question]]
id = "receivers"
text = "Who gets it?"
kind = "parties"
"#,
    ),
    (
        "agreements/agreement/derived.toml",
        r#"[[derived]]
name = "personal_data"
kind = "choice"
options = ["yes", "no", "unset"]
expr = "len(special) > 0 ? 'yes' : data_kind"
[[derived]]
name = "public_body"
kind = "yes_no"
expr = "some(parties, #.public == 'yes')"
[[derived]]
name = "from"
kind = "choices"
options = ["borough", "vcs", "supplier"]
expr = "map(filter(parties, #.direction == 'sends'), #.kind)"
[[derived]]
name = "public_relies_f"
kind = "yes_no"
expr = "some(parties, #.public == 'yes' and 'f' in #.art6) ? 'yes' : 'no'"
"#,
    ),
    (
        "agreements/agreement/rules/basics.toml",
        r#"[[rule]]
id = "R001"
severity = "block"
scope = "party"
when = "personal_data == 'yes' and public_body == 'yes'"
cleared = "len(art6) > 0"
prompt = "Choose a basis."
clears = "Choose at least one basis."
provisions = ["ukgdpr-art6"]
refs = "UK GDPR Art 6"
[[rule.case]]
answers = { data_kind = "yes", parties = ["borough"] }
fires = true
cleared = false
[[rule.case]]
answers = { data_kind = "no", parties = ["borough"] }
fires = false

[[rule]]
id = "R002"
severity = "must"
scope = "party"
when = "'e' in art6"
cleared = "len(task) > 0"
prompt = "Name the task."
clears = "Name the task."
[[rule.case]]
answers = { art6 = ["e"], task = "Care" }
fires = true
cleared = true
[[rule.case]]
answers = { art6 = ["a"] }
fires = false

[[rule]]
id = "R003"
severity = "must"
when = "'health' in special or people > 500"
cleared = "len(minimum) > 0"
prompt = "Say why less is not enough."
clears = "Say why."
[[rule.case]]
answers = { people = 501 }
fires = true
[[rule.case]]
answers = { people = 500 }
fires = false

[[rule]]
id = "R004"
severity = "consider"
scope = "flow"
when = "method == 'email' and email_safe != 'yes'"
prompt = "Think about a safer way."
from = 2026-02-05
[[rule.case]]
answers = { method = "email" }
fires = true
[[rule.case]]
answers = { method = "portal" }
fires = false

[[rule]]
id = "R005"
severity = "block"
when = "public_relies_f == 'yes'"
cleared = "public_relies_f == 'no'"
prompt = "A public body cannot use this basis."
clears = "Choose another."
[[rule.case]]
answers = { public_relies_f = "yes" }
fires = true
[[rule.case]]
answers = { public_relies_f = "no" }
fires = false

[[rule]]
id = "R006"
severity = "info"
when = "stopped == 'yes' or some(parties, #.kind in ['vcs', 'supplier'])"
prompt = "An outside body takes part."
to = 2027-01-01
[[rule.case]]
answers = { parties = ["vcs"] }
fires = true
[[rule.case]]
answers = { parties = ["borough"] }
fires = false
"#,
    ),
    (
        "agreements/agreement/workflow.toml",
        r#"initial = "draft"
[[state]]
id = "draft"
name = "Draft"
tag = "grey"
editable = true
final = false
[[state]]
id = "review"
name = "In review"
tag = "blue"
[[state]]
id = "sign_off"
name = "To sign"
tag = "purple"
[[state]]
id = "in_force"
name = "In force"
tag = "green"
final = true
[[move]]
id = "ask_for_review"
name = "Ask for review"
from = ["draft"]
to = "review"
by = ["author"]
of = "lead"
guards = ["required_answered"]
effects = ["fix_version", "open_reviews"]
[[move]]
id = "ask_for_sign_off"
name = "Ask for sign-off"
from = ["review"]
to = "sign_off"
by = ["author"]
guards = ["reviews_decided", "no_open_blocker", "musts_settled"]
effects = ["open_sign_offs"]
[[move]]
id = "come_into_force"
name = "Come into force"
from = ["sign_off"]
to = "in_force"
auto = true
guards = ["signed_by_every_party"]
effects = ["take_effect"]
"#,
    ),
    (
        "agreements/agreement/document.toml",
        r#"title = "Information sharing agreement"
[[part]]
heading = "The data"
show = "section"
section = "data"
[[part]]
heading = "The law"
show = "matrix"
questions = ["art6", "gateway"]
"#,
    ),
    (
        "agreements/agreement/scenarios/s01.toml",
        r#"id = "S01"
title = "A charity and a borough"
expects = ["G01"]
date = 2026-11-21
must_fire = ["R001", "R006"]
must_not_fire = ["R002"]
only_fires = true
open_blockers = ["R001"]
ignore = ["R005"]
[answers]
data_kind = "yes"
parties = ["borough", "vcs"]
"#,
    ),
    (
        "agreements/agreement/scenarios/s02.toml",
        r#"id = "S02"
title = "The same with health data"
base = "S01"
must_fire = ["R001", "R003", "R006"]
must_not_fire = []
[add]
special = ["health"]
"#,
    ),
];

/// The tiny pack with one piece of one file replaced; the piece must be there.
pub fn changed(path: &str, old: &str, new: &str) -> Files {
    let mut found = false;
    let files = Files::new(FILES.iter().map(|(known, text)| {
        if *known != path {
            return (*known, (*text).to_owned());
        }
        assert!(text.contains(old), "{path} does not contain {old}");
        found = true;
        (*known, text.replacen(old, new, 1))
    }));
    assert!(found, "there is no {path}");
    files
}

/// The tiny pack as it is.
pub fn packs() -> Packs {
    Packs::load(&Files::new(FILES.iter().copied()))
        .unwrap_or_else(|faults| panic!("{}", listed(&faults)))
}

/// Faults line by line.
pub fn listed(faults: &[Fault]) -> String {
    faults
        .iter()
        .map(Fault::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}
