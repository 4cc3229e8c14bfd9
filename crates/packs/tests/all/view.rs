//! What rules see of a record, what they say, and why.

use jiff::civil::{Date, date};
use packs::{
    Answers, Content, Flow, How, Packs, Party, Progress, PromptState, Role, Scope, Settled, View,
};
use serde_json::{Value, json};

use crate::tiny;

const TODAY: Date = date(2026, 11, 21);

fn answers(value: Value) -> Answers {
    value.as_object().expect("an object").clone()
}

fn party(id: &str, kind: &str) -> Party {
    Party {
        id: id.into(),
        name: id.to_uppercase(),
        kind: kind.into(),
        registered: true,
    }
}

/// Camden is a borough, hope is a charity; one flow by email.
fn content(record: Value, camden: Value, hope: Value, flow: Value) -> Content {
    Content {
        answers: answers(record),
        parties: [
            ("camden".into(), answers(camden)),
            ("hope".into(), answers(hope)),
        ]
        .into(),
        flows: vec![Flow {
            id: "flow_1".into(),
            answers: answers(flow),
        }],
        settled: Vec::new(),
    }
}

fn view<'a>(packs: &'a Packs, content: &Content) -> View<'a> {
    let agreement = packs
        .record_type("agreement")
        .expect("the tiny pack has agreements");
    agreement.view(
        &packs.law,
        content,
        &[party("camden", "borough"), party("hope", "vcs")],
    )
}

fn fired(view: &View) -> Vec<(String, String)> {
    let fired = view.fired(TODAY);
    fired
        .iter()
        .map(|f| (f.rule.id.clone(), f.scope.to_string()))
        .collect()
}

fn has(view: &View, rule: &str, scope: &str) -> bool {
    fired(view).contains(&(rule.to_owned(), scope.to_owned()))
}

#[test]
fn packs_and_views_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Packs>();
    shared::<View>();
}

#[test]
fn a_party_rule_fires_for_each_party_by_itself() {
    let packs = tiny::packs();
    let content = content(json!({"data_kind": "yes"}), json!({}), json!({}), json!({}));
    let view = view(&packs, &content);
    // R001 asks public bodies only: the charity alone is none.
    assert!(has(&view, "R001", "camden"));
    assert!(!has(&view, "R001", "hope"));
}

#[test]
fn derived_answers_are_worked_out_per_party() {
    let packs = tiny::packs();
    let content = content(
        json!({"data_kind": "yes"}),
        json!({"art6": ["e"], "task": "Care", "direction": "sends"}),
        json!({"art6": ["f"], "direction": "receives"}),
        json!({}),
    );
    let view = view(&packs, &content);
    // The charity may rely on (f), so R005 stays silent; the union alone would fire it.
    assert!(!has(&view, "R005", ""));
    let prompts = view.prompts(TODAY);
    let basis = prompts
        .iter()
        .find(|p| p.rule.id == "R001")
        .expect("R001 fires");
    assert_eq!(basis.state, PromptState::ClearedByAnswer);
}

#[test]
fn sensitive_data_makes_the_data_personal_whatever_was_ticked() {
    let packs = tiny::packs();
    let given = answers(json!({"data_kind": "no", "special": ["health"], "parties": ["borough"]}));
    let agreement = packs.record_type("agreement").expect("agreements");
    let view = agreement
        .flat_view(&packs.law, &given)
        .expect("the answers are known");
    assert!(has(&view, "R001", ""));
}

#[test]
fn answers_that_are_no_longer_asked_for_do_not_count() {
    let packs = tiny::packs();
    let stale = json!({"data_kind": "no", "special": ["health"], "minimum": "Because."});
    let stale = content(
        stale,
        json!({"art6": ["e"]}),
        json!({}),
        json!({"method": "portal", "email_safe": "no"}),
    );
    let seen = view(&packs, &stale);
    // `special` hides behind data_kind, `art6` behind personal_data.
    assert!(!has(&seen, "R003", ""), "{:?}", fired(&seen));
    assert!(!has(&seen, "R002", "camden"), "{:?}", fired(&seen));
    let agreement = packs.record_type("agreement").expect("agreements");
    let (_, special) = agreement.form.question("special").expect("special");
    let (_, art6) = agreement.form.question("art6").expect("art6");
    assert!(!seen.relevant(&Scope::Record, special));
    assert!(!seen.relevant(&Scope::Party("camden".into()), art6));
    let again = content(
        json!({"data_kind": "yes", "special": ["health"]}),
        json!({}),
        json!({}),
        json!({}),
    );
    let seen = view(&packs, &again);
    assert!(seen.relevant(&Scope::Record, special));
    assert!(has(&seen, "R003", ""));
}

#[test]
fn a_stale_answer_clears_nothing() {
    let packs = tiny::packs();
    // R003 fires for the number of people; `minimum` is asked by it, so the answer counts.
    let answered = json!({"data_kind": "no", "people": 600, "minimum": "Because."});
    let seen = view(&packs, &content(answered, json!({}), json!({}), json!({}))).prompts(TODAY);
    assert!(
        seen.iter()
            .any(|p| p.rule.id == "R003" && p.state == PromptState::ClearedByAnswer)
    );
    // Hidden questions count never.
    let hidden = json!({"stopped": "yes"});
    let record = content(hidden, json!({}), json!({}), json!({}));
    let agreement = packs.record_type("agreement").expect("agreements");
    let seen = agreement.view(&packs.law, &record, &[party("camden", "borough")]);
    assert!(!has(&seen, "R006", ""));
}

#[test]
fn asked_by_follows_the_rule_in_each_scope() {
    let packs = tiny::packs();
    let content = content(
        json!({"data_kind": "yes"}),
        json!({"art6": ["e"]}),
        json!({"art6": ["a"]}),
        json!({}),
    );
    let view = view(&packs, &content);
    let agreement = packs.record_type("agreement").expect("agreements");
    let (_, task) = agreement.form.question("task").expect("task");
    assert!(view.relevant(&Scope::Party("camden".into()), task));
    assert!(!view.relevant(&Scope::Party("hope".into()), task));
    let missing: Vec<(String, &str)> = view
        .missing()
        .into_iter()
        .map(|(scope, _, q)| (scope.to_string(), q.id.as_str()))
        .collect();
    assert!(missing.contains(&("camden".into(), "task")));
    assert!(!missing.contains(&("hope".into(), "task")));
    assert!(missing.contains(&(String::new(), "title")));
    assert!(missing.contains(&("flow_1".into(), "method")));
}

#[test]
fn flows_see_themselves_and_the_record() {
    let packs = tiny::packs();
    let mut two = content(json!({}), json!({}), json!({}), json!({"method": "email"}));
    two.flows.push(Flow {
        id: "flow_2".into(),
        answers: answers(json!({"method": "email", "email_safe": "yes"})),
    });
    let view = view(&packs, &two);
    assert!(has(&view, "R004", "flow_1"));
    assert!(!has(&view, "R004", "flow_2"));
}

#[test]
fn rules_apply_from_their_first_day_until_their_last() {
    let packs = tiny::packs();
    let content = content(json!({}), json!({}), json!({}), json!({"method": "email"}));
    let view = view(&packs, &content);
    let on = |day: Date, rule: &str| view.fired(day).iter().any(|fired| fired.rule.id == rule);
    assert!(!on(date(2026, 2, 4), "R004"));
    assert!(on(date(2026, 2, 5), "R004"));
    assert!(on(date(2026, 12, 31), "R006"));
    assert!(!on(date(2027, 1, 1), "R006"));
}

#[test]
fn only_the_fitting_kind_of_settling_counts_and_blockers_never_settle() {
    let packs = tiny::packs();
    let mut record = content(
        json!({"data_kind": "yes", "special": ["health"]}),
        json!({}),
        json!({}),
        json!({"method": "email"}),
    );
    let settle = |rule: &str, scope: &str, how: How| Settled {
        rule: rule.into(),
        scope: scope.into(),
        how,
        reason: "Because.".into(),
        by: "usr_1".into(),
        at: 1,
    };
    record.settled = vec![
        settle("R001", "camden", How::NotApplicable),
        settle("R001", "camden", How::Dismissed),
        settle("R003", "", How::Dismissed),
        settle("R004", "flow_1", How::NotApplicable),
    ];
    let open = |record: &Content| -> Vec<String> {
        let prompts = view(&packs, record).prompts(TODAY);
        prompts
            .iter()
            .filter(|p| p.is_open())
            .map(|p| p.rule.id.clone())
            .collect()
    };
    assert_eq!(open(&record), ["R001", "R003", "R004"]);
    record.settled.push(settle("R003", "", How::NotApplicable));
    record
        .settled
        .push(settle("R004", "flow_9", How::Dismissed));
    assert_eq!(open(&record), ["R001", "R004"]);
    record
        .settled
        .push(settle("R004", "flow_1", How::Dismissed));
    assert_eq!(open(&record), ["R001"]);
}

fn because(view: &View, rule: &str) -> Vec<(String, Value)> {
    let prompts = view.prompts(TODAY);
    let prompt = prompts
        .iter()
        .find(|prompt| prompt.rule.id == rule)
        .expect("the rule fires");
    prompt
        .because
        .iter()
        .map(|because| (because.answer.clone(), because.value.clone()))
        .collect()
}

#[test]
fn a_prompt_says_which_answers_made_it_fire() {
    let packs = tiny::packs();
    let record = json!({"data_kind": "yes", "special": ["health"], "people": 3});
    let content = content(record, json!({}), json!({}), json!({}));
    let view = view(&packs, &content);
    // Only the alternative that holds is told.
    assert_eq!(
        because(&view, "R003"),
        [("special".to_owned(), json!(["health"]))]
    );
    // Of the parties, only the one that decided.
    assert_eq!(
        because(&view, "R006"),
        [("parties.kind".to_owned(), json!(["vcs"]))]
    );
    // A derived answer comes with what it was worked out from.
    assert_eq!(
        because(&view, "R001"),
        [
            ("personal_data".to_owned(), json!("yes")),
            ("public_body".to_owned(), json!("yes")),
            ("parties.public".to_owned(), json!(["yes"])),
            ("special".to_owned(), json!(["health"])),
        ]
    );
    let prompts = view.prompts(TODAY);
    let basis = prompts
        .iter()
        .find(|prompt| prompt.rule.id == "R001")
        .expect("R001");
    let questions: Vec<Option<&str>> = basis
        .because
        .iter()
        .map(|b| b.question.as_deref())
        .collect();
    assert_eq!(questions, [None, None, None, Some("special")]);
}

#[test]
fn a_silent_rule_says_what_would_make_it_fire() {
    let packs = tiny::packs();
    let content = content(
        json!({"data_kind": "no"}),
        json!({}),
        json!({}),
        json!({"method": "portal"}),
    );
    let view = view(&packs, &content);
    let silent = view
        .explain_silent("R003", &Scope::Record)
        .expect("R003 is silent");
    let tests: Vec<Vec<(&str, &str)>> = silent
        .ways
        .iter()
        .map(|way| {
            way.iter()
                .map(|need| (need.answer.as_str(), need.test.as_str()))
                .collect()
        })
        .collect();
    assert_eq!(
        tests,
        [
            [("special", "includes \"Health\"")],
            [("people", "is more than 500")]
        ]
    );
    let silent = view
        .explain_silent("R001", &Scope::Party("hope".into()))
        .expect("R001 is silent");
    let needs: Vec<&str> = silent.ways[0]
        .iter()
        .map(|need| need.answer.as_str())
        .collect();
    assert_eq!(needs, ["personal_data", "public_body"]);
    assert_eq!(
        view.explain_silent("R006", &Scope::Record),
        None,
        "R006 fires"
    );
    assert_eq!(view.explain_silent("R999", &Scope::Record), None);
}

#[test]
fn a_caldicott_guardian_reviews_where_the_answers_call_for_one() {
    let packs = tiny::packs();
    let record = json!({"data_kind": "yes", "special": ["health"]});
    let content = content(record, json!({}), json!({}), json!({}));
    let view = view(&packs, &content);
    assert_eq!(
        view.reviewers("camden"),
        [Role::DataProtectionOfficer, Role::CaldicottGuardian]
    );
    assert_eq!(view.reviewers("hope"), [Role::DataProtectionOfficer]);
}

#[test]
fn progress_counts_required_questions_that_are_asked() {
    let packs = tiny::packs();
    let agreement = packs.record_type("agreement").expect("agreements");
    let data = agreement.form.section("data").expect("data");
    let law = agreement.form.section("law").expect("law");
    let progress = |record: Value, camden: Value| {
        let content = content(record, camden, json!({}), json!({}));
        let view = view(&packs, &content);
        let own = view.progress(&Scope::Party("camden".into()), law);
        (view.progress(&Scope::Record, data), own)
    };
    assert_eq!(
        progress(json!({}), json!({})),
        (Progress::NotStarted, Progress::NotStarted)
    );
    assert_eq!(
        progress(json!({"title": "A"}), json!({"direction": "sends"})),
        (
            Progress::InProgress {
                answered: 1,
                needed: 2
            },
            Progress::Complete
        )
    );
    assert_eq!(
        progress(
            json!({"title": "A", "data_kind": "yes"}),
            json!({"art6": ["e"]})
        ),
        (
            Progress::Complete,
            Progress::InProgress {
                answered: 1,
                needed: 2
            }
        )
    );
}

#[test]
fn an_option_that_asks_for_its_own_text_is_complete_with_it() {
    let files = tiny::changed(
        "agreements/agreement/form/01-data.toml",
        "text = \"Which sensitive data?\"",
        "text = \"Which sensitive data?\"\nrequired = true",
    );
    let packs = Packs::load(&files).expect("it loads");
    let missing = |record: Value| -> Vec<String> {
        let content = content(
            record,
            json!({"art6": ["a"]}),
            json!({"art6": ["a"]}),
            json!({"method": "portal"}),
        );
        view(&packs, &content)
            .missing()
            .iter()
            .map(|(_, _, q)| q.id.clone())
            .collect()
    };
    let mut record = json!({"title": "A", "data_kind": "yes", "special": ["race"]});
    assert_eq!(missing(record.clone()), ["special"]);
    record["special_race"] = json!("Only ethnic group.");
    assert_eq!(missing(record), Vec::<String>::new());
}

#[test]
fn a_flat_view_names_unknown_answers_and_options() {
    let packs = tiny::packs();
    let agreement = packs.record_type("agreement").expect("agreements");
    let faults = agreement
        .flat_view(
            &packs.law,
            &answers(json!({"data_knd": "yes", "art6": ["z"], "people": "many", "parties": ["x"]})),
        )
        .expect_err("four faults");
    let messages: Vec<(&str, &str)> = faults
        .iter()
        .map(|f| (f.answer.as_str(), f.message.as_str()))
        .collect();
    assert!(
        messages.contains(&(
            "data_knd",
            "There is no answer \"data_knd\". Did you mean \"data_kind\"?"
        )),
        "{messages:?}"
    );
    assert!(
        messages
            .iter()
            .any(|(name, text)| *name == "art6" && text.contains("cannot contain \"z\""))
    );
    assert!(
        messages
            .iter()
            .any(|(name, text)| *name == "people" && text.contains("must be a number"))
    );
    assert!(
        messages
            .iter()
            .any(|(name, text)| *name == "parties" && text.contains("cannot contain \"x\""))
    );
}

#[test]
fn a_flat_view_makes_the_parties_from_who_gives_and_gets() {
    let packs = tiny::packs();
    let agreement = packs.record_type("agreement").expect("agreements");
    let fires = |given: Value| {
        let given = answers(given);
        let view = agreement
            .flat_view(&packs.law, &given)
            .expect("known answers");
        has(&view, "R006", "")
    };
    assert!(fires(json!({"from": ["vcs"]})));
    assert!(!fires(json!({"from": ["borough"]})));
    assert!(fires(
        json!({"from": ["borough"], "parties": ["borough", "supplier"]})
    ));
    // A derived answer that is given is used as given.
    let worked_out = answers(json!({"public_relies_f": "yes"}));
    let view = agreement
        .flat_view(&packs.law, &worked_out)
        .expect("known answers");
    assert!(has(&view, "R005", ""));
}

#[test]
fn gateways_are_found_by_words_kind_and_purpose() {
    let packs = tiny::packs();
    let ids = |text: &str, kind: Option<&str>, purpose: Option<&str>| -> Vec<String> {
        let found = packs.law.find_gateways(text, kind, purpose, TODAY);
        found.iter().map(|gateway| gateway.id.clone()).collect()
    };
    assert_eq!(ids("", None, None), ["G01", "G02"]);
    assert_eq!(ids("crime 115", None, None), ["G01"]);
    assert_eq!(ids("cda115", None, None), ["G01"]);
    assert_eq!(
        ids("", Some("vcs"), None),
        ["G01", "G02"],
        "any covers every kind"
    );
    assert_eq!(ids("", Some("supplier"), None), ["G01"]);
    assert_eq!(ids("", None, Some("care")), ["G02"]);
    assert_eq!(ids("fishing", None, None), Vec::<String>::new());
    assert_eq!(
        packs
            .law
            .power("cda115")
            .map(|(gateway, _)| gateway.id.as_str()),
        Some("G01")
    );
    let (gateway, _) = packs.law.power("new_duty").expect("the power is known");
    assert!(gateway.status.check_if_started());
}

#[test]
fn the_report_runs_scenarios_and_cases() {
    let packs = tiny::packs();
    let report = packs::check(&packs);
    assert!(report.ok(), "{report}");
    assert_eq!((report.scenarios, report.cases, report.passed), (2, 12, 14));
    let wrong = tiny::changed(
        "agreements/agreement/scenarios/s01.toml",
        "open_blockers = [\"R001\"]",
        "open_blockers = []",
    );
    let report = packs::check(&Packs::load(&wrong).expect("it loads"));
    assert_eq!(report.failed, 1);
    assert_eq!(report.failures[0].name, "S01");
    assert!(report.failures[0].what.contains("R001"), "{report}");
    let wrong = tiny::changed(
        "agreements/agreement/rules/basics.toml",
        "answers = { people = 500 }",
        "answers = { people = 600 }",
    );
    let report = packs::check(&Packs::load(&wrong).expect("it loads"));
    assert_eq!(report.failures[0].name, "R003 case 2");
}
