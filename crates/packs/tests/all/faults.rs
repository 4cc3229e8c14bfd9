//! Every kind of fault names file, line, what is wrong and the cure.

use packs::{Fault, Files, Packs};

use crate::tiny;

const TYPE: &str = "agreements/agreement/type.toml";
const DATA: &str = "agreements/agreement/form/01-data.toml";
const RULES: &str = "agreements/agreement/rules/basics.toml";
const DERIVED: &str = "agreements/agreement/derived.toml";
const WORKFLOW: &str = "agreements/agreement/workflow.toml";

/// Changes the tiny pack and expects a fault on the line where the new text stands.
#[track_caller]
fn expect(path: &str, old: &str, new: &str, what: &str, cure: &str) {
    let files = tiny::changed(path, old, new);
    let piece = new.trim_start().lines().next().unwrap_or_default();
    let line = line(&files, path, piece);
    expect_at(&files, path, line, what, cure);
}

/// The line on which a piece of text first stands.
fn line(files: &Files, path: &str, piece: &str) -> usize {
    let text = files.get(path).expect("the file is there");
    let at = text
        .find(piece)
        .unwrap_or_else(|| panic!("{path} does not contain {piece}"));
    text[..at].matches('\n').count() + 1
}

/// The line of the header above the table that starts with a piece of text.
fn header(files: &Files, path: &str, piece: &str) -> usize {
    line(files, path, piece) - 1
}

#[track_caller]
fn expect_at(files: &Files, path: &str, line: usize, what: &str, cure: &str) {
    let faults = Packs::load(files).expect_err("the pack is faulty");
    let fits = |fault: &Fault| {
        fault.file == path
            && fault.line == line
            && fault.what.contains(what)
            && fault.cure.contains(cure)
    };
    assert!(
        faults.iter().any(fits),
        "expected {path}:{line}: {what} … {cure}\n{}",
        tiny::listed(&faults)
    );
}

#[test]
fn the_tiny_pack_has_no_faults() {
    tiny::packs();
}

#[test]
fn unknown_name_in_a_condition() {
    expect(
        RULES,
        "when = \"'e' in art6\"",
        "when = \"'e' in art_6\"",
        "There is no answer \"art_6\"",
        "Did you mean \"art6\"?",
    );
}

#[test]
fn unknown_name_is_found_on_its_own_line() {
    let files = tiny::changed(
        RULES,
        "when = \"'e' in art6\"",
        "when = '''\n'e' in art6\nand artt6 == 'x'\n'''",
    );
    expect_at(
        &files,
        RULES,
        line(&files, RULES, "and artt6"),
        "There is no answer \"artt6\"",
        "Did you mean \"art6\"?",
    );
}

#[test]
fn unknown_field_of_a_party() {
    expect(
        RULES,
        "when = \"stopped == 'yes' or some(parties, #.kind in ['vcs', 'supplier'])\"",
        "when = \"some(parties, #.kin == 'vcs')\"",
        "There is no \"kin\"",
        "Did you mean \"kind\"?",
    );
}

#[test]
fn impossible_option() {
    expect(
        RULES,
        "when = \"personal_data == 'yes' and public_body == 'yes'\"",
        "when = \"personal_data == 'yess' and public_body == 'yes'\"",
        "\"personal_data\" can never be 'yess'",
        "Did you mean \"yes\"?",
    );
    expect(
        RULES,
        "when = \"'e' in art6\"",
        "when = \"'z' in art6\"",
        "\"art6\" can never be 'z'",
        "Use one of: a, e, f",
    );
}

#[test]
fn unknown_kind_of_party_in_a_condition_and_in_a_gateway() {
    expect(
        RULES,
        "when = \"stopped == 'yes' or some(parties, #.kind in ['vcs', 'supplier'])\"",
        "when = \"some(parties, #.kind in ['vcs', 'boro'])\"",
        "\"kind\" of parties can never be 'boro'",
        "Use one of: borough, supplier, vcs",
    );
    expect(
        "law/gateways/crime.toml",
        "receivers = [\"borough\"]",
        "receivers = [\"borugh\"]",
        "There is no kind of party \"borugh\"",
        "Did you mean \"borough\"?",
    );
}

#[test]
fn wrong_types() {
    expect(
        RULES,
        "when = \"'e' in art6\"",
        "when = \"art6 == 'e'\"",
        "\"art6\" is a list",
        "'health' in special",
    );
    expect(
        RULES,
        "cleared = \"len(task) > 0\"",
        "cleared = \"task > 0\"",
        "\"task\" is a text where a number is needed",
        "len(",
    );
    expect(
        RULES,
        "cleared = \"len(task) > 0\"",
        "cleared = \"len(people) > 0\"",
        "has no length",
        "len() on a text",
    );
    expect(
        RULES,
        "cleared = \"len(task) > 0\"",
        "cleared = \"task\"",
        "not whether it holds",
        "Compare it",
    );
    expect(
        RULES,
        "when = \"'e' in art6\"",
        "when = \"'e' in task\"",
        "not a list",
        "regime == 'mixed'",
    );
}

#[test]
fn a_condition_that_cannot_be_read_or_uses_too_much() {
    expect(
        RULES,
        "when = \"'e' in art6\"",
        "when = \"'e' in\"",
        "cannot be read",
        "Write it as in",
    );
    expect(
        RULES,
        "when = \"'e' in art6\"",
        "when = \"d('2026-01-01') == d()\"",
        "not part of the condition language",
        "Use and, or",
    );
}

#[test]
fn bad_dates() {
    expect(
        RULES,
        "from = 2026-02-05",
        "from = 2026-02-30",
        "",
        "2026-11-21",
    );
    expect(
        RULES,
        "from = 2026-02-05",
        "from = \"soon\"",
        "must be a date",
        "2026-11-21",
    );
    expect(
        "law/provisions/uk-gdpr.toml",
        "to = 2026-02-05",
        "to = 1999-01-01",
        "ends on 1999-01-01, before it starts",
        "later than \"from\"",
    );
}

#[test]
fn missing_provision() {
    expect(
        RULES,
        "provisions = [\"ukgdpr-art6\"]",
        "provisions = [\"ukgdpr-art66\"]",
        "There is no provision \"ukgdpr-art66\"",
        "Did you mean \"ukgdpr-art6\"?",
    );
}

#[test]
fn a_question_asked_only_when_its_own_answer_says_so() {
    let files = tiny::changed(
        DATA,
        "text = \"Is it personal data?\"\nkind = \"choice\"",
        "text = \"Is it personal data?\"\nkind = \"choice\"\nwhen = \"len(special) > 0\"",
    );
    expect_at(
        &files,
        DATA,
        line(&files, DATA, "when = \"len(special) > 0\""),
        "data_kind → special → data_kind",
        "not look at the other",
    );
}

#[test]
fn a_question_asked_by_a_rule_that_reads_it() {
    let files = tiny::changed(
        RULES,
        "when = \"'health' in special or people > 500\"",
        "when = \"'health' in special or len(minimum) > 3\"",
    );
    expect_at(
        &files,
        DATA,
        header(&files, DATA, "id = \"minimum\""),
        "minimum → minimum",
        "not look at the other",
    );
}

#[test]
fn a_derived_answer_worked_out_from_a_later_one() {
    expect(
        DERIVED,
        "expr = \"some(parties, #.public == 'yes')\"",
        "expr = \"public_relies_f == 'yes'\"",
        "worked out after it",
        "Move \"public_relies_f\" before \"public_body\"",
    );
}

#[test]
fn a_derived_answer_outside_its_options() {
    expect(
        DERIVED,
        "expr = \"len(special) > 0 ? 'yes' : data_kind\"",
        "expr = \"len(special) > 0 ? 'sure' : data_kind\"",
        "may give 'sure'",
        "Use one of: yes, no, unset",
    );
}

#[test]
fn rules_that_can_never_fire_or_be_cleared() {
    expect(
        RULES,
        "when = \"personal_data == 'yes' and public_body == 'yes'\"",
        "when = \"personal_data == 'yes' and public_body == 'yes' and personal_data == 'no'\"",
        "The rule R001 can never fire",
        "exclude each other",
    );
    expect(
        RULES,
        "when = \"stopped == 'yes' or some(parties, #.kind in ['vcs', 'supplier'])\"",
        "when = \"some(parties, #.kind == 'vcs' and #.kind == 'borough')\"",
        "The rule R006 can never fire",
        "exclude each other",
    );
    expect(
        RULES,
        "cleared = \"len(task) > 0\"",
        "cleared = \"len(task) < 0\"",
        "The rule R002 can never be cleared",
        "exclude",
    );
}

#[test]
fn unknown_keys_and_words() {
    expect(
        RULES,
        "severity = \"must\"",
        "severity = \"blok\"",
        "\"blok\" is not a severity of a rule",
        "Did you mean \"block\"?",
    );
    expect(
        RULES,
        "refs = \"UK GDPR Art 6\"",
        "ref = \"UK GDPR Art 6\"",
        "\"ref\" is not known in a rule",
        "Did you mean \"refs\"?",
    );
    expect(
        DATA,
        "kind = \"date\"",
        "kind = \"dates\"",
        "\"dates\" is not a kind of a question",
        "Did you mean \"date\"?",
    );
    expect(
        TYPE,
        "role = \"caldicott_guardian\"",
        "role = \"caldicot_guardian\"",
        "\"caldicot_guardian\" is not a role",
        "Did you mean \"caldicott_guardian\"?",
    );
}

#[test]
fn ids_given_twice() {
    let files = tiny::changed(RULES, "id = \"R002\"", "id = \"R001\"");
    expect_at(
        &files,
        RULES,
        line(&files, RULES, "id = \"R001\"\nseverity = \"must\"") - 1,
        "The rule \"R001\" is there twice",
        "another id",
    );
    let files = tiny::changed(DATA, "id = \"people\"", "id = \"title\"");
    expect_at(
        &files,
        DATA,
        header(&files, DATA, "id = \"title\"\ntext = \"How many"),
        "The name \"title\" is there twice",
        "another name",
    );
    let files = tiny::changed(
        "law/provisions/uk-gdpr.toml",
        "id = \"old-law\"",
        "id = \"ukgdpr-art6\"",
    );
    expect_at(
        &files,
        "law/provisions/uk-gdpr.toml",
        header(
            &files,
            "law/provisions/uk-gdpr.toml",
            "id = \"ukgdpr-art6\"\ntitle = \"An old",
        ),
        "The provision \"ukgdpr-art6\" is there twice",
        "another id",
    );
}

#[test]
fn unknown_references() {
    let files = tiny::changed(DATA, "asked_by = \"R003\"", "asked_by = \"R999\"");
    expect_at(
        &files,
        DATA,
        header(&files, DATA, "id = \"minimum\""),
        "There is no rule \"R999\"",
        "Use one of: R001",
    );
    expect(
        TYPE,
        "question = \"title\"",
        "question = \"titel\"",
        "There is no question \"titel\"",
        "Did you mean \"title\"?",
    );
    let document = "agreements/agreement/document.toml";
    expect(
        document,
        "section = \"data\"",
        "section = \"date\"",
        "There is no section \"date\"",
        "Did you mean \"data\"?",
    );
    expect(
        "law/gateways/crime.toml",
        "purposes = [\"crime_prevention\"]",
        "purposes = [\"crime\"]",
        "No form offers the purpose \"crime\"",
        "Use one of",
    );
    let scenario = "agreements/agreement/scenarios/s02.toml";
    expect(
        scenario,
        "base = \"S01\"",
        "base = \"S09\"",
        "There is no scenario \"S09\"",
        "Did you mean \"S01\"?",
    );
    expect(
        scenario,
        "must_fire = [\"R001\"",
        "must_fire = [\"R00X\"",
        "There is no rule \"R00X\"",
        "Did you mean",
    );
}

#[test]
fn unreachable_state_and_dead_end() {
    let files = tiny::changed(WORKFLOW, "to = \"in_force\"", "to = \"sign_off\"");
    expect_at(
        &files,
        WORKFLOW,
        header(&files, WORKFLOW, "id = \"in_force\""),
        "No move leads to the state \"in_force\"",
        "Add a move to it",
    );
    let files = tiny::changed(WORKFLOW, "from = [\"sign_off\"]", "from = [\"review\"]");
    expect_at(
        &files,
        WORKFLOW,
        header(&files, WORKFLOW, "id = \"sign_off\""),
        "The state \"sign_off\" is a dead end",
        "Add a move from it",
    );
}

#[test]
fn unknown_role_state_guard_and_effect() {
    expect(
        WORKFLOW,
        "by = [\"author\"]\nof",
        "by = [\"writer\"]\nof",
        "\"writer\" is not a role of a move",
        "administrator",
    );
    expect(
        WORKFLOW,
        "guards = [\"required_answered\"]",
        "guards = [\"all_answered\"]",
        "\"all_answered\" is not a guard of a move",
        "required_answered",
    );
    expect(
        WORKFLOW,
        "effects = [\"take_effect\"]",
        "effects = [\"take_efect\"]",
        "\"take_efect\" is not",
        "Did you mean \"take_effect\"?",
    );
    let files = tiny::changed(WORKFLOW, "to = \"review\"", "to = \"revue\"");
    expect_at(
        &files,
        WORKFLOW,
        header(&files, WORKFLOW, "id = \"ask_for_review\""),
        "There is no state \"revue\"",
        "Did you mean \"review\"?",
    );
}

#[test]
fn sign_off_needs_every_guard_of_the_review() {
    for guard in ["reviews_decided", "no_open_blocker", "musts_settled"] {
        let all = "guards = [\"reviews_decided\", \"no_open_blocker\", \"musts_settled\"]";
        let fewer = all
            .replace(&format!("\"{guard}\""), "")
            .replace("[, ", "[")
            .replace(", ,", ",")
            .replace(", ]", "]");
        let files = tiny::changed(WORKFLOW, all, &fewer);
        expect_at(
            &files,
            WORKFLOW,
            header(&files, WORKFLOW, "id = \"ask_for_sign_off\""),
            &format!("without the guard \"{guard}\""),
            &format!("Add \"{guard}\""),
        );
    }
}

#[test]
fn sign_off_needs_a_review_before_it() {
    let files = tiny::changed(
        WORKFLOW,
        "effects = [\"fix_version\", \"open_reviews\"]",
        "effects = [\"fix_version\"]",
    );
    expect_at(
        &files,
        WORKFLOW,
        header(&files, WORKFLOW, "id = \"ask_for_sign_off\""),
        "without a review before it",
        "fix_version and open_reviews",
    );
    let files = tiny::changed(
        WORKFLOW,
        "from = [\"review\"]",
        "from = [\"review\", \"draft\"]",
    );
    expect_at(
        &files,
        WORKFLOW,
        header(&files, WORKFLOW, "id = \"ask_for_sign_off\""),
        "from \"draft\" without a review before it",
        "fix_version and open_reviews",
    );
}

#[test]
fn many_parties_are_reviewed_by_data_protection_officers() {
    expect(
        TYPE,
        "review = [\"data_protection_officer\"]",
        "review = [\"viewer\"]",
        "not reviewed by the data protection officers",
        "data_protection_officer",
    );
}

#[test]
fn every_fault_is_named_not_only_the_first() {
    let mut files: Vec<(&str, String)> = tiny::FILES
        .iter()
        .map(|(path, text)| (*path, (*text).to_owned()))
        .collect();
    for (path, text) in &mut files {
        match *path {
            RULES => {
                *text = text
                    .replace("'e' in art6", "'e' in art7")
                    .replace("severity = \"info\"", "severity = \"note\"")
            }
            WORKFLOW => *text = text.replace("\"take_effect\"", "\"take\""),
            "law/kinds.toml" => *text = text.replace("public = true", "public = \"yes\""),
            _ => {}
        }
    }
    let faults = Packs::load(&Files::new(files)).expect_err("the pack is faulty");
    let files: std::collections::BTreeSet<&str> =
        faults.iter().map(|fault| fault.file.as_str()).collect();
    assert!(
        files.contains(RULES) && files.contains(WORKFLOW) && files.contains("law/kinds.toml"),
        "{}",
        tiny::listed(&faults)
    );
    assert!(faults.len() >= 4, "{}", tiny::listed(&faults));
}

#[test]
fn law_that_was_not_read_has_no_day_of_reading() {
    let provisions = "law/provisions/uk-gdpr.toml";
    let files = tiny::changed(
        provisions,
        "mark = \"K\"\n",
        "mark = \"K\"\nchecked = 2026-11-20\n",
    );
    let at = line(&files, provisions, "checked = 2026-11-20");
    expect_at(
        &files,
        provisions,
        at,
        "This was not read",
        "Take \"checked\" out",
    );
    let files = tiny::changed(
        provisions,
        "mark = \"V\"\nchecked = 2026-11-21\n",
        "mark = \"V\"\n",
    );
    let at = header(&files, provisions, "id = \"ukgdpr-art6\"");
    expect_at(
        &files,
        provisions,
        at,
        "no day on which it was read",
        "Add checked",
    );
}

#[test]
fn an_approval_says_who_and_when() {
    let files = tiny::changed(
        "law/provisions/uk-gdpr.toml",
        "checked = 2026-11-21\n",
        "checked = 2026-11-21\n[[provision.approval]]\nname = \"Ada Lee\"\nrole = \"Solicitor\"\ndate = 2026-11-25\n",
    );
    let packs = Packs::load(&files).expect("an approval");
    let provision = packs.law.provision("ukgdpr-art6").expect("the provision");
    assert_eq!(
        provision.checking.words(),
        "Text read on 21 November 2026 in a stored copy of the law. Approved by Ada Lee, Solicitor, 25 November 2026"
    );
    let files = tiny::changed(
        "law/provisions/uk-gdpr.toml",
        "checked = 2026-11-21\n",
        "checked = 2026-11-21\n[[provision.approval]]\nname = \"Ada Lee\"\nrole = \"Solicitor\"\n",
    );
    let at = line(
        &files,
        "law/provisions/uk-gdpr.toml",
        "[[provision.approval]]",
    );
    expect_at(
        &files,
        "law/provisions/uk-gdpr.toml",
        at,
        "no \"date\"",
        "the day",
    );
}
