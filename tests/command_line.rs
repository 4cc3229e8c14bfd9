//! The command line as scripts use it: exit codes, what stands on which stream, and exact JSON.

use std::path::Path;
use std::process::Command;

use aldgate::kernel::{Act, Change};
use db::args;
use packs::Severity;
use serde_json::{Value, json};

use crate::support::TestApp;

fn run(arguments: &[&str]) -> (i32, String, String) {
    run_with(arguments, &[])
}

fn run_with(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aldgate"));
    command.args(arguments).env("ALDGATE_LOG", "error");
    for (name, value) in variables {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Writes answers to a file and asks the rules about it.
fn evaluate(folder: &Path, answers: &Value, more: &[&str]) -> (i32, String, String) {
    let file = folder.join("answers.json");
    std::fs::write(&file, answers.to_string()).unwrap();
    let mut arguments = vec!["rules", "evaluate", "--answers", file.to_str().unwrap()];
    arguments.extend(more);
    run(&arguments)
}

#[test]
fn every_scenario_comes_out_as_written() {
    let packs = aldgate::cli::load_packs("").unwrap();
    let agreement = packs.record_type("agreement").unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert!(agreement.scenarios.len() >= 15);
    for scenario in &agreement.scenarios {
        let date = scenario.date.to_string();
        let answers = Value::Object(scenario.answers.clone());
        let (code, said, errors) = evaluate(folder.path(), &answers, &["--date", &date]);
        assert_eq!(code, 0, "{}: {errors}", scenario.id);
        let result: Value = serde_json::from_str(&said).unwrap();
        let fired: Vec<&str> = result["fired"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| rule["id"].as_str().unwrap())
            .collect();
        assert!(fired.is_sorted(), "{fired:?}");
        for rule in &scenario.must_fire {
            assert!(fired.contains(&rule.as_str()), "{}: {rule}", scenario.id);
        }
        for rule in &scenario.must_not_fire {
            assert!(!fired.contains(&rule.as_str()), "{}: {rule}", scenario.id);
        }
        let mut open: Vec<&str> = result["open_blockers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| rule.as_str().unwrap())
            .collect();
        open.retain(|rule| !scenario.ignore.iter().any(|ignored| ignored == rule));
        if let Some(expected) = &scenario.open_blockers {
            let mut expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            expected.sort_unstable();
            assert_eq!(open, expected, "{}", scenario.id);
        }
        // What the output says hangs together.
        for rule in result["fired"].as_array().unwrap() {
            let known = agreement.rules.iter().find(|r| r.id == rule["id"]).unwrap();
            assert_eq!(rule["severity"], known.severity.as_str());
            assert!(!rule["refs"].as_array().unwrap().is_empty(), "{rule}");
            let listed = result["open_blockers"]
                .as_array()
                .unwrap()
                .contains(&rule["id"]);
            let blocks = known.severity == Severity::Block && rule["cleared"] == json!(false);
            assert_eq!(listed, blocks, "{rule}");
        }
    }
}

#[test]
fn the_json_is_exactly_as_promised() {
    let folder = tempfile::tempdir().unwrap();
    let answers = json!({ "personal_data": "no", "data": ["noise_levels"] });
    let (code, said, _) = evaluate(folder.path(), &answers, &["--date", "2026-11-21"]);
    assert_eq!(code, 0);
    let (told, derived) = said.split_once(",\"derived\":").unwrap();
    assert_eq!(
        told,
        "{\"fired\":[{\"id\":\"R001\",\"severity\":\"must\",\"cleared\":false,\
         \"because\":{\"personal_data\":\"no\"},\"refs\":[\"UK GDPR Art 4(1), recital 26\"]}],\
         \"open_blockers\":[]"
    );
    let derived: Value =
        serde_json::from_str(derived.trim_end().strip_suffix('}').unwrap()).unwrap();
    assert_eq!(derived["personal_data"], "no");
    let (code, said, _) = evaluate(folder.path(), &answers, &["--format", "text"]);
    assert_eq!(code, 0);
    assert!(said.contains("R001 (must): ") && said.contains("because personal_data is \"no\""));
    assert!(said.ends_with("Nothing blocks signing.\n"), "{said}");
}

#[test]
fn what_is_cleared_no_longer_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let open = json!({ "personal_data": "yes" });
    let (_, said, _) = evaluate(folder.path(), &open, &[]);
    let result: Value = serde_json::from_str(&said).unwrap();
    assert!(
        result["open_blockers"]
            .as_array()
            .unwrap()
            .contains(&json!("R004"))
    );
    let answered = json!({ "personal_data": "yes", "purpose_text": "Keep children safe." });
    let (_, said, _) = evaluate(folder.path(), &answered, &[]);
    let result: Value = serde_json::from_str(&said).unwrap();
    assert!(
        !result["open_blockers"]
            .as_array()
            .unwrap()
            .contains(&json!("R004"))
    );
    let fired = result["fired"].as_array().unwrap();
    let rule = fired.iter().find(|rule| rule["id"] == "R004").unwrap();
    assert_eq!(rule["cleared"], json!(true));
}

#[test]
fn what_is_unknown_is_named_and_nothing_is_guessed() {
    let folder = tempfile::tempdir().unwrap();
    for (answers, named) in [
        (
            json!({ "personal_dat": "yes" }),
            &["personal_dat", "personal_data"][..],
        ),
        (
            json!({ "personal_data": "perhaps" }),
            &["personal_data", "perhaps"],
        ),
        (
            json!({ "purposes": ["fraud", "world_peace"] }),
            &["purposes", "world_peace"],
        ),
        (
            json!({ "from": ["borough", "wizard"] }),
            &["from", "wizard"],
        ),
        (
            json!({ "nothing": 1, "nor_this": 2 }),
            &["nothing", "nor_this"],
        ),
        (json!({ "large_scale": 7 }), &["large_scale"]),
    ] {
        let (code, said, errors) = evaluate(folder.path(), &answers, &[]);
        assert_eq!((code, said.as_str()), (2, ""), "{answers}");
        for name in named {
            assert!(errors.contains(name), "{answers}: {errors}");
        }
    }
}

#[test]
fn a_file_that_holds_no_object_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.json");
    for text in ["", "[]", "\"yes\"", "{\"personal_data\":", "null"] {
        std::fs::write(&file, text).unwrap();
        let (code, said, errors) = run(&["rules", "evaluate", "--answers", file.to_str().unwrap()]);
        assert_eq!((code, said.as_str()), (2, ""), "{text}");
        assert!(errors.contains("answers.json"), "{errors}");
    }
    let (code, said, errors) = run(&["rules", "evaluate", "--answers", "/nowhere.json"]);
    assert_eq!((code, said.as_str()), (2, ""));
    assert!(errors.contains("/nowhere.json cannot be read"), "{errors}");
    let (code, ..) = evaluate(folder.path(), &json!({}), &["--date", "soon"]);
    assert_eq!(code, 2);
    let (code, ..) = evaluate(folder.path(), &json!({}), &["--format", "yaml"]);
    assert_eq!(code, 2);
}

/// What was worked out is printed; answers and what is worked out from them may be given flat.
#[test]
fn what_was_worked_out_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let derived = |answers: Value| -> Value {
        let (code, said, errors) = evaluate(folder.path(), &answers, &["--date", "2026-11-26"]);
        assert_eq!(code, 0, "{errors}");
        let result: Value = serde_json::from_str(&said).unwrap();
        result["derived"].clone()
    };
    let of = derived(json!({
        "data_kind": "anonymised", "special": ["health"], "from": ["borough"], "to": ["borough"],
        "purposes": ["service_delivery"], "gateway": ["msa52", "s111", "vpa13"],
    }));
    assert_eq!(of["personal_data"], "anonymised");
    assert_eq!(of["gateway_in_force"], json!(["s111"]));
    assert_eq!(of["gateway_unfit"], json!(["msa52", "vpa13"]));
    assert_eq!(of["gateway_not_in_force"], json!(["vpa13"]));
    assert_eq!(of["apd_needed"], "no");
    // A one-way disclosure under paragraph 10 needs no policy document only to a competent authority.
    let flow = |to: &str| json!({ "sch1": ["10"], "disclosure_only": "yes", "from": ["borough"], "to": [to] });
    assert_eq!(derived(flow("police"))["apd_needed"], "no");
    assert_eq!(derived(flow("vcs"))["apd_needed"], "yes");
    assert_eq!(derived(json!({ "apd_needed": "yes" }))["apd_needed"], "yes");
    let (code, said, errors) = evaluate(folder.path(), &json!({ "apd_need": "yes" }), &[]);
    assert_eq!((code, said.as_str()), (2, ""), "{errors}");
}

#[test]
fn the_law_that_is_still_to_be_checked_is_listed() {
    let (code, said, errors) = run(&["law", "checklist", "--format", "json"]);
    assert_eq!(code, 0, "{errors}");
    let items: Vec<Value> = serde_json::from_str(&said).unwrap();
    let uses: Vec<u64> = items
        .iter()
        .map(|item| item["uses"].as_u64().unwrap())
        .collect();
    assert!(uses.is_sorted_by(|a, b| a >= b));
    for kind in ["provision", "power", "rule"] {
        assert!(items.iter().any(|item| item["kind"] == kind), "{kind}");
    }
    for item in &items {
        assert_eq!(item["mark"] == "K", item["read_on"].is_null(), "{item}");
    }
    let (code, said, _) = run(&["law", "checklist", "--format", "csv"]);
    assert_eq!(code, 0);
    assert_eq!(
        said.lines().next(),
        Some("id,kind,mark,read_on,uses,for_whom")
    );
    assert_eq!(said.lines().count(), items.len() + 1);
}

#[test]
fn packs_are_checked_and_counted() {
    let (code, said, errors) = run(&["packs", "check"]);
    assert_eq!(code, 0, "{said}{errors}");
    assert!(
        said.contains("(preview)") && said.contains("a release without it"),
        "{said}"
    );
    for word in [
        "provisions",
        "gateways",
        "rules",
        "questions",
        "scenarios",
        "passed, 0 failed",
    ] {
        assert!(said.contains(word), "{said}");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs");
    let (code, from_folder, _) = run(&["packs", "check", folder.to_str().unwrap()]);
    assert_eq!(
        (code, from_folder),
        (0, said),
        "the embedded packs are those of the folder"
    );
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}

#[test]
fn a_broken_pack_is_told_with_file_line_and_cure() {
    let folder = tempfile::tempdir().unwrap();
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs");
    copy(&packs, folder.path());
    let place = folder.path().to_str().unwrap();
    let rules = folder.path().join("agreements/agreement/rules/basics.toml");
    let good = std::fs::read_to_string(&rules).unwrap();

    let broken = good.replacen("when = \"personal_data ==", "when = \"personal_dat ==", 1);
    assert_ne!(broken, good);
    std::fs::write(&rules, broken).unwrap();
    let (code, said, _) = run(&["packs", "check", place]);
    assert_eq!(code, 1);
    let line = said.lines().next().unwrap();
    assert!(
        line.starts_with("agreements/agreement/rules/basics.toml:"),
        "{said}"
    );
    assert!(
        line.contains("personal_dat") && line.contains("personal_data"),
        "{said}"
    );
    assert!(said.trim_end().ends_with("found"), "{said}");

    // The same packs are refused by everything that would use them.
    let (code, _, errors) = run(&[
        "rules",
        "evaluate",
        "--answers",
        "/dev/null",
        "--packs",
        place,
    ]);
    assert_ne!(code, 0, "{errors}");
    let (code, said, _) = run(&["doctor", "--packs", place, "--data", place]);
    assert_eq!(code, 1);
    assert!(said.contains("PROBLEM  packs: "), "{said}");

    // A case that does not hold is a failure with its place.
    let wrong = good.replacen("fires = true", "fires = false", 1);
    assert_ne!(wrong, good);
    std::fs::write(&rules, wrong).unwrap();
    let (code, said, _) = run(&["packs", "check", place]);
    assert_eq!(code, 1);
    assert!(said.contains("1 failed"), "{said}");
    assert!(
        said.contains("agreements/agreement/rules/basics.toml:"),
        "{said}"
    );
}

#[test]
fn the_doctor_names_problem_and_cure() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let (code, said, _) = run(&["doctor", "--data", data]);
    assert_eq!(code, 0, "{said}");
    assert!(said.lines().all(|line| line.starts_with("OK ")), "{said}");
    for looked_at in ["delivery of email", "clock"] {
        assert!(said.contains(looked_at), "{said}");
    }
    let (code, _, errors) = run(&["migrate", "--data", data]);
    assert_eq!(code, 0, "{errors}");
    let (code, said, _) = run(&["doctor", "--data", data]);
    assert_eq!(code, 0);
    assert!(said.contains("SQLite, the schema is up to date"), "{said}");

    // Everything wrong at once.
    let file = folder.path().join("a-file");
    std::fs::write(&file, "no folder").unwrap();
    let (code, said, _) = run(&[
        "doctor",
        "--demo",
        "--listen",
        "0.0.0.0:80",
        "--url",
        "share.example.org",
        "--data",
        file.to_str().unwrap(),
    ]);
    assert_eq!(code, 1);
    for problem in [
        "PROBLEM  demo mode: ",
        "PROBLEM  address: the url is share.example.org",
        "PROBLEM  data folder: ",
    ] {
        assert!(said.contains(problem), "{problem}: {said}");
    }
    assert!(said.contains("--demo-anywhere"), "{said}");
    let (code, said, _) = run(&["doctor", "--listen", "0.0.0.0:80", "--data", data]);
    assert_eq!(code, 1);
    assert!(said.contains("do not come over https"), "{said}");
    let (code, said, _) = run_with(&["doctor"], &[("ALDGATE_LISTEN", "nowhere")]);
    assert_eq!(code, 1);
    assert!(
        said.starts_with("PROBLEM  settings: ") && said.contains("LISTEN"),
        "{said}"
    );
    let (code, said, _) = run(&["doctor", "--listen", "localhost:8080", "--data", data]);
    assert_eq!(code, 0, "{said}");
    let (_, said, _) = run(&["doctor", "--listen", "localhost", "--data", data]);
    let why =
        "the flag --listen: “localhost” is no address to listen on. Write an address and a port";
    assert!(said.contains(why) && !said.contains(".rs"), "{said}");
    let (code, said, _) = run(&[
        "doctor",
        "--database",
        "postgres://u:s3cret@127.0.0.1:1/none",
    ]);
    assert_eq!(code, 1);
    assert!(
        said.contains("PROBLEM  database: ") && !said.contains("s3cret"),
        "{said}"
    );
}

#[test]
fn settings_are_listed_without_secrets() {
    let (code, said, _) = run_with(
        &["settings"],
        &[(
            "ALDGATE_DATABASE",
            "postgres://aldgate:s3cret@db.example/aldgate",
        )],
    );
    assert_eq!(code, 0);
    for (name, _) in aldgate::settings::SETTINGS {
        let variable = format!("ALDGATE_{} = ", name.to_uppercase());
        assert!(said.contains(&variable), "{variable}: {said}");
    }
    assert!(
        said.contains("postgres://aldgate:(hidden)@db.example/aldgate"),
        "{said}"
    );
    assert!(!said.contains("s3cret"));
}

#[test]
fn the_page_of_settings_is_fresh() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(aldgate::cli::LISTING);
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == aldgate::cli::listing().unwrap(),
        "{} is not what the settings are: run `make docs`",
        aldgate::cli::LISTING
    );
}

#[test]
fn the_page_of_limits_is_fresh() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(aldgate::cli::LIMITS);
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == aldgate::cli::limits_page(),
        "{} is not what the limits are: run `make docs`",
        aldgate::cli::LIMITS
    );
}

#[test]
fn a_new_ledger_holds() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let (code, said, _) = run(&["ledger", "fsck", "--data", data]);
    assert_eq!(code, 0);
    assert!(
        said.starts_with("The ledger holds.\nsize ") && said.contains("\nroot "),
        "{said}"
    );
}

#[tokio::test]
async fn an_altered_act_is_found_out() {
    db::sql! { ALTER = "update acts set act = $1 where sequence = 0"; }
    let app = TestApp::new().await;
    app.organisation("Camden", "borough").await;
    app.ends_clean().await;
    let ctx = app.operator();
    let forged = Change::new(Act::new("test.forged", "")).write(&ALTER, args!["{}"]);
    ctx.commit(forged).await.unwrap();
    let found = aldgate::cli::fsck(&app.app.db).await.unwrap();
    let place = found.unwrap_err();
    assert!(place.contains("act 0"), "{place}");
}

#[test]
fn demo_mode_is_not_served_to_other_machines() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let (code, _, errors) = run(&["serve", "--demo", "--listen", "0.0.0.0:1", "--data", data]);
    assert_eq!(code, 1);
    assert!(errors.contains("--demo-anywhere"), "{errors}");
    assert!(!folder.path().join("aldgate.db").exists());
}

#[test]
fn registers_are_read_and_a_wrong_line_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fruit.rsf");
    let row = |key: &str, name: &str| {
        ledger::register::Row::user(
            key,
            "2026-11-21T10:00:00Z",
            json!({ "fruit": key, "name": name }),
        )
    };
    let text = ledger::register::write(&[row("1", "Apple"), row("2", "Pear")]).unwrap();
    std::fs::write(&file, &text).unwrap();
    let (code, said, _) = run(&["register", "read", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("user\t2\t2\t2026-11-21T10:00:00Z\t{\"fruit\":\"2\",\"name\":\"Pear\"}"),
        "{said}"
    );
    let last = text.lines().last().unwrap().split('\t').nth(1).unwrap();
    assert!(
        said.ends_with(&format!("2 user entries\t{last}\n")),
        "{said}"
    );
    std::fs::write(&file, text.replace("Pear", "Bear")).unwrap();
    let (code, said, _) = run(&["register", "read", file.to_str().unwrap()]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(": line "), "{said}");
    let data = folder.path().to_str().unwrap();
    let (code, said, _) = run(&["register", "export", "--data", data]);
    assert_eq!(code, 0);
    assert_eq!(ledger::register::read(&said).unwrap().records().len(), 0);
}

#[tokio::test]
async fn what_the_operator_imports_is_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let organisations = |arguments: &[&str]| {
        let mut all = vec!["organisations"];
        all.extend(arguments);
        all.extend(["--data", data]);
        run(&all)
    };
    let (code, said, errors) = organisations(&["list"]);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(said.trim(), "Every registered organisation is confirmed.");
    let file = folder.path().join("list.csv");
    std::fs::write(
        &file,
        "name,kind,standing\nCamden Council,borough,registered\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let (code, _, errors) = run(&["import", "organisations", file, "--write", "--data", data]);
    assert_eq!(code, 0, "{errors}");
    let (_, said, _) = organisations(&["list"]);
    assert_eq!(said.trim(), "Every registered organisation is confirmed.");
    let (code, _, errors) = organisations(&["confirm", "org_none"]);
    assert_eq!(code, 1);
    assert!(errors.contains("There is no such organisation"), "{errors}");
}
