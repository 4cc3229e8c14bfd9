//! No statement reads the whole of a table that grows, but for those that say why.

use std::collections::BTreeMap;

use aldgate::kernel::app::MIGRATIONS;
use db::{Engine, Prefer};

use crate::support::TestApp;

/// Tables that stay small, however large the gateway is.
const SMALL: &[&str] = &["migrations", "ledger_size", "pack_sets", "witnessed"];

/// Statements that read a whole table or a whole index, each with its reason.
const READ_WHOLE: &[(&str, &str)] = &[
    ("cli::open::KEYS", "at the start, once"),
    (
        "ledger::log::NEWEST",
        "the last of the primary key, and no other",
    ),
    (
        "ledger::log::ADD",
        "the last of the primary key, and no other",
    ),
    (
        "cli::doctor::LATEST",
        "the last of the primary key, and no other",
    ),
    (
        "pages::sign_in::demo::PEOPLE",
        "demonstrations only, and at most a thousand",
    ),
    ("cli::ledger_fsck::CHECKPOINTS", "checks all of it"),
    ("cli::ledger_fsck::COSIGNATURES", "checks all of it"),
    ("cli::ledger_fsck::KEYS", "checks all of it"),
    ("cli::ledger_fsck::KEY_ACTS", "checks all of it"),
    ("ledger::keys::ALL", "the operator's list of all keys"),
    ("ledger::keys::END_EVERY", "ends all of them"),
    ("demo::fill::ANY", "any one"),
    (
        "organisations::claims::OPEN",
        "the claims that wait, which are few",
    ),
    (
        "organisations::claims::FOR_KNOWING",
        "the claims that wait, which are few",
    ),
    (
        "organisations::trust::NOT_CONFIRMED",
        "the operator's list, from an index that holds no others",
    ),
    ("organisations::domains::OPEN", "the operator's list"),
    (
        "organisations::offers::TO_PERSON",
        "PostgreSQL may take the index that holds no offers but the open ones",
    ),
    (
        "organisations::offers::ANSWER",
        "PostgreSQL may take the index that holds no offers but the open ones",
    ),
    (
        "adapters::undelivered_mail::OF_RECORD",
        "PostgreSQL may take the index that holds no lines but the undecided ones",
    ),
    (
        "records::outlived::STATES",
        "counts all records, at the start and for the operator",
    ),
    (
        "records::outlived::TEXTS",
        "reads the drafts one after the other, at the start and for the operator",
    ),
    (
        "kernel::jobs::LEFT",
        "counts what waits, when the operator asks",
    ),
];

#[tokio::test]
async fn no_statement_reads_a_whole_table_that_grows() {
    let app = TestApp::new().await;
    let mut found = Vec::new();
    for statement in db::registered() {
        let plan = app
            .app
            .db
            .plan(statement, Prefer::Conditions)
            .await
            .unwrap();
        let whole = match app.app.db.engine() {
            Engine::Sqlite => sqlite(&plan),
            Engine::Postgres => postgres(&plan),
        };
        let Some(called) = statement.name.strip_prefix("aldgate::") else {
            continue;
        };
        // A page of a list comes in the order of an index, and not from sorting all of it.
        let sorts = |line: &String| {
            line.contains("TEMP B-TREE")
                || line.trim_start_matches(['-', '>', ' ']).starts_with("Sort")
        };
        let ordered = app.app.db.plan(statement, Prefer::Order).await.unwrap();
        if statement.is_page() && ordered.iter().any(sorts) {
            found.push(format!(
                "{called} sorts a whole list for one page: {ordered:#?}"
            ));
        }
        let tables = tables(statement.sql);
        for (name, line) in whole {
            // A name of no table is that of a subquery, whose own scans are lines of their own.
            let Some(table) = tables.get(name.as_str()).filter(|table| is_table(table)) else {
                continue;
            };
            let excused = READ_WHOLE.iter().any(|(excused, _)| *excused == called);
            if !SMALL.contains(table) && !excused {
                found.push(format!("{called} reads the whole of {table}: {line}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn is_table(name: &str) -> bool {
    MIGRATIONS
        .iter()
        .any(|step| step.sqlite.contains(&format!("create table {name} (")))
}

/// What SQLite scans: the name in the statement, and the line of the plan.
fn sqlite(plan: &[String]) -> Vec<(String, String)> {
    plan.iter()
        .filter_map(|line| {
            let name = line.strip_prefix("SCAN ")?.split(' ').next()?;
            let is_table = name != "CONSTANT" && !name.starts_with('(');
            is_table.then(|| (name.to_owned(), line.clone()))
        })
        .collect()
}

/// What PostgreSQL scans without a condition on an index.
fn postgres(plan: &[String]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (place, line) in plan.iter().enumerate() {
        let Some((_, scanned)) = line
            .split_once(" on ")
            .filter(|(node, _)| node.contains("Scan"))
        else {
            continue;
        };
        if line.contains("Bitmap Heap Scan") {
            // Its index scans follow.
            continue;
        }
        let depth = |line: &str| line.len() - line.trim_start().len();
        let own = plan[place + 1..]
            .iter()
            .take_while(|next| !next.contains("->") || depth(next) > depth(line));
        let has_condition = own
            .take_while(|next| !next.contains("->"))
            .any(|next| next.trim_start().starts_with("Index Cond"));
        if !has_condition && !line.contains("CTE Scan") && !line.contains("Subquery Scan") {
            let name = scanned.split_whitespace().last().unwrap_or_default();
            found.push((name.to_owned(), line.trim().to_owned()));
        }
    }
    found
}

/// Which table each name in a statement stands for.
fn tables(sql: &str) -> BTreeMap<&str, &str> {
    let words: Vec<&str> = sql
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let mut tables = BTreeMap::new();
    for pair in words.windows(3) {
        if let [before @ ("from" | "join" | "update" | "into"), table, name] = pair {
            tables.insert(*table, *table);
            if *before != "into" {
                tables.insert(*name, *table);
            }
        }
    }
    tables
}
