//! No statement reads the whole of a table that grows, but for those that say why.

use std::collections::BTreeMap;

use db::Engine;

use crate::support::TestApp;

/// Tables that stay small, however large the gateway is.
const SMALL: &[&str] = &["migrations", "ledger_size", "pack_sets", "witnessed"];

/// Statements that read a whole table or a whole index, each with its reason.
const READ_WHOLE: &[(&str, &str)] = &[];

#[tokio::test]
async fn no_statement_reads_a_whole_table_that_grows() {
    let app = TestApp::new().await;
    let mut found = Vec::new();
    for statement in db::registered() {
        let plan = app.app.db.plan(statement).await.unwrap();
        let whole = match app.app.db.engine() {
            Engine::Sqlite => sqlite(&plan),
            Engine::Postgres => postgres(&plan),
        };
        let tables = tables(statement.sql);
        for (name, line) in whole {
            let table = tables.get(name.as_str()).copied().unwrap_or(name.as_str());
            let excused = READ_WHOLE.iter().any(|(excused, _)| *excused == statement.name);
            if !SMALL.contains(&table) && !excused {
                found.push(format!("{} reads the whole of {table}: {line}", statement.name));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
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
        let Some((_, scanned)) = line.split_once(" on ").filter(|(node, _)| node.contains("Scan")) else {
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
