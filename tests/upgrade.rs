//! A database of an older version, with data in it, is brought up to date: nothing of it is lost, and the gateway goes
//! on. And both databases end with the same schema.

use std::collections::BTreeMap;

use aldgate::kernel::App;
use aldgate::kernel::app::MIGRATIONS;
use db::{Db, Engine, Row, Statement, Value};

use crate::support::journey::{self, Party};
use crate::support::{TestApp, database};

/// A statement that is only known here. It is never given back: a test has few.
fn statement(sql: String) -> &'static Statement {
    let sql = Box::leak(sql.into_boxed_str());
    Box::leak(Box::new(Statement {
        name: "upgrade",
        sql,
    }))
}

/// Each table with its columns and their types. The indexes of words are the engines' own.
async fn tables(db: &Db) -> BTreeMap<String, Vec<(String, String)>> {
    let columns = match db.engine() {
        Engine::Sqlite => {
            "select m.name as table_name, c.name as column_name, lower(c.type) as kind
            from sqlite_master m join pragma_table_info(m.name) c
            where m.type = 'table' and m.name not like '%words%' and m.name not like 'sqlite%' order by m.name, c.cid"
        }
        Engine::Postgres => {
            "select c.table_name::text as table_name, c.column_name::text as column_name, c.data_type::text as kind
            from information_schema.columns c
            where c.table_schema = current_schema() and c.table_name not like '%words%'
                and c.column_name not in ('words', 'rowid')
            order by c.table_name, c.ordinal_position"
        }
    };
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in db.all(statement(columns.to_owned()), &[]).await.unwrap() {
        let [table, column, kind] =
            ["table_name", "column_name", "kind"].map(|name| row.text(name).unwrap());
        tables.entry(table).or_default().push((column, kind));
    }
    tables.remove("migrations");
    tables
}

/// The tables as they are created, so that what is referred to comes first.
fn in_order(tables: &BTreeMap<String, Vec<(String, String)>>) -> Vec<&String> {
    let text: String = MIGRATIONS.iter().map(|step| step.sqlite).collect();
    let place = |table: &String| text.find(&format!("create table {table} "));
    let mut names: Vec<_> = tables.keys().collect();
    names.sort_by_key(|table| place(table));
    names
}

fn value(row: &Row, (column, kind): &(String, String)) -> Value {
    match kind.as_str() {
        "bigint" => Value::Int(row.opt_int(column).unwrap()),
        "bytea" => Value::Bytes(row.opt_bytes(column).unwrap()),
        "text" => Value::Text(row.opt_text(column).unwrap()),
        other => panic!("{column} is {other}"),
    }
}

/// The rows of a table in these columns, in any order.
async fn rows(db: &Db, table: &str, columns: &[(String, String)]) -> Vec<Vec<Value>> {
    // By name: a statement that a connection keeps prepared must not find other columns after a step.
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let sql = format!("select {} from {table}", names.join(", "));
    let all = db.all(statement(sql), &[]);
    let read = |row: &Row| columns.iter().map(|c| value(row, c)).collect();
    all.await.unwrap().iter().map(read).collect()
}

fn sorted(rows: &[Vec<Value>]) -> Vec<String> {
    let mut texts: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
    texts.sort();
    texts
}

/// What is in `from`, as far as `to` has a place for it.
async fn copy(from: &Db, to: &Db) {
    let (known, full) = (tables(to).await, tables(from).await);
    let mut tx = to.begin().await.unwrap();
    for table in in_order(&known) {
        let columns: Vec<_> = known[table]
            .iter()
            .filter(|column| full[table].contains(column))
            .cloned()
            .collect();
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let places: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
        tx.execute(statement(format!("delete from {table}")), &[])
            .await
            .unwrap();
        let insert = statement(format!(
            "insert into {table} ({}) values ({})",
            names.join(", "),
            places.join(", ")
        ));
        for row in rows(from, table, &columns).await {
            tx.execute(insert, &row)
                .await
                .unwrap_or_else(|fault| panic!("{table}: {fault:?}"));
        }
    }
    tx.commit().await.unwrap();
}

/// A gateway with agreements in several states, and something published.
async fn lived_in(app: &TestApp) -> (Party, Vec<String>) {
    let camden = Party::new(app, "Camden Council", "borough").await;
    let fire = Party::new(app, "London Fire Brigade", "fire").await;
    let both = [&camden, &fire];
    journey::draft(app, &both, &journey::complete(&both)).await;
    let review = journey::in_review(app, &both).await;
    let id = journey::in_force(app, &both).await;
    let author = camden.author_client(app).await;
    journey::publish(&author, &id, "full").await;
    let pages = [
        "/in-tray".to_owned(),
        "/agreements".into(),
        "/organisation/people".into(),
        format!("/records/{review}"),
        format!("/records/{id}"),
        format!("/records/{id}/history"),
        format!("/records/{id}/document.pdf"),
        format!("/records/{id}/evidence.json"),
        format!("/register/{id}"),
        "/register?text=fire".into(),
    ];
    (camden, pages.into())
}

#[tokio::test]
async fn a_database_of_each_older_version_is_brought_up_to_date_with_all_that_is_in_it() {
    let app = TestApp::new().await;
    let (camden, pages) = lived_in(&app).await;
    for steps in 1..MIGRATIONS.len() {
        let (db, _, _folder) = database().await;
        db.migrate(&MIGRATIONS[..steps], 0).await.unwrap();
        copy(&app.app.db, &db).await;
        let older = tables(&db).await;
        let mut before = BTreeMap::new();
        for (table, columns) in &older {
            before.insert(table, rows(&db, table, columns).await);
        }

        let done = db.migrate(MIGRATIONS, 0).await.unwrap();
        assert_eq!(done.len(), MIGRATIONS.len() - steps);
        let newest = tables(&db).await;
        for (table, columns) in &older {
            let kept: Vec<_> = columns
                .iter()
                .filter(|column| newest.get(table).is_some_and(|now| now.contains(column)))
                .cloned()
                .collect();
            if kept.len() == columns.len() {
                let after = rows(&db, table, columns).await;
                let from = MIGRATIONS[steps - 1].name;
                assert_eq!(
                    sorted(&after),
                    sorted(&before[table]),
                    "{table} since {from}"
                );
            }
        }
        let upgraded = TestApp::of(App::new(
            db,
            app.app.packs.clone(),
            app.app.clock.clone(),
            app.app.entropy.clone(),
            app.app.secret.clone(),
            app.app.settings.clone(),
        ));
        let author = camden.author_client(&upgraded).await;
        for page in &pages {
            let read = author.get(page).await;
            assert_eq!(read.status, 200, "{page} since {steps}: {}", read.words());
        }
        let new = [("title", "After the upgrade")];
        author.done("/agreements/new", &new).await;
        upgraded.ends_clean().await;
    }
}

mod on_postgresql {
    use db::Durability;

    use super::*;

    /// Each table's columns with type, whether they must be there and their default; the key; each index with its
    /// columns. As lines.
    async fn schema(db: &Db) -> Vec<String> {
        let parts: &[&str] = match db.engine() {
            Engine::Sqlite => &[
                "select m.name || '.' || c.name || ' ' || lower(c.type)
                    || case when c.\"notnull\" = 1 or c.pk > 0 then ' not null' else '' end
                    || coalesce(' default ' || c.dflt_value, '') as line
                from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'",
                "select 'key of ' || t.name || ': ' || group_concat(t.column_name, ', ') as line from (
                    select m.name, c.name as column_name from sqlite_master m join pragma_table_info(m.name) c
                    where m.type = 'table' and c.pk > 0 order by m.name, c.pk) t group by t.name",
                "select t.line || group_concat(t.column_name, ', ') as line from (
                    select case when i.\"unique\" = 1 then 'unique ' else '' end || 'index ' || i.name || ' of ' || m.name
                        || case when i.partial = 1 then ' partial' else '' end || ': ' as line, c.name as column_name
                    from sqlite_master m join pragma_index_list(m.name) i join pragma_index_info(i.name) c
                    where m.type = 'table' and i.origin = 'c' order by i.name, c.seqno) t group by t.line",
            ],
            Engine::Postgres => &[
                "select c.table_name || '.' || c.column_name || ' ' || c.data_type
                    || case when c.is_nullable = 'NO' then ' not null' else '' end
                    || coalesce(' default ' || replace(replace(c.column_default, '::text', ''), '::bigint', ''), '')
                    as line
                from information_schema.columns c join information_schema.tables t
                    on t.table_schema = c.table_schema and t.table_name = c.table_name
                where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'",
                "select 'key of ' || k.relname || ': ' || string_agg(a.attname, ', ' order by p.place) as line
                from pg_index i join pg_class k on k.oid = i.indrelid
                join pg_namespace n on n.oid = k.relnamespace,
                    unnest(i.indkey) with ordinality p (number, place), pg_attribute a
                where n.nspname = current_schema() and i.indisprimary
                    and a.attrelid = i.indrelid and a.attnum = p.number
                group by k.relname",
                "select case when i.indisunique then 'unique ' else '' end || 'index ' || x.relname || ' of ' || k.relname
                    || case when i.indpred is not null then ' partial' else '' end || ': '
                    || string_agg(a.attname, ', ' order by p.place) as line
                from pg_index i join pg_class k on k.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
                join pg_namespace n on n.oid = k.relnamespace,
                    unnest(i.indkey) with ordinality p (number, place), pg_attribute a
                where n.nspname = current_schema() and not i.indisprimary
                    and a.attrelid = i.indrelid and a.attnum = p.number
                    and not exists (select 1 from pg_constraint u where u.conindid = i.indexrelid)
                group by i.indisunique, x.relname, k.relname, i.indpred",
            ],
        };
        let mut lines = Vec::new();
        for part in parts {
            let rows = db.all(statement((*part).to_owned()), &[]).await.unwrap();
            lines.extend(rows.iter().map(|row| row.text("line").unwrap()));
        }
        // The indexes of words are the engines' own; PostgreSQL's keeps its place in a column.
        lines.retain(|line| !line.contains("words") && !line.contains("rowid"));
        // The directory's index holds all that it is searched by, where the engine has no index of words that does.
        lines.retain(|line| !line.contains("index organisations_name "));
        lines.sort();
        lines
    }

    #[tokio::test]
    async fn both_databases_have_the_same_schema() {
        let (postgres, _, _schema) = database().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("aldgate.db");
        let sqlite = Db::sqlite(&file, Durability::Relaxed).await.unwrap();
        for db in [&postgres, &sqlite] {
            db.migrate(MIGRATIONS, 0).await.unwrap();
        }
        let (one, other) = (schema(&sqlite).await, schema(&postgres).await);
        assert!(one.len() > 200, "{one:#?}");
        let only = |of: &[String], not: &[String]| -> Vec<String> {
            of.iter()
                .filter(|line| !not.contains(line))
                .cloned()
                .collect()
        };
        assert_eq!(
            (only(&one, &other), only(&other, &one)),
            (Vec::new(), Vec::new()),
            "only in SQLite, only in PostgreSQL"
        );
    }
}
