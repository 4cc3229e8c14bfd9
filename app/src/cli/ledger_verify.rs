//! `aldgate ledger verify`: recomputes the whole ledger from what is stored.

use std::process::ExitCode;

use clap::Subcommand;
use db::{Db, args, sql};
use ledger::{StoredAct, Verification, Verified};

use super::open::{Opening, open_as};
use crate::settings::Settings;

sql! {
    SIZE = "select size from ledger_size where id = 1";
    ACTS = "select sequence, act, salt, entry from acts where sequence >= $1 order by sequence limit $2";
    NODES = "select position, hash from ledger_nodes where position >= $1 and position < $2 order by position";
    MORE_NODES = "select position from ledger_nodes where position >= $1 order by position limit 1";
}

/// Acts checked at a time, so that a long ledger needs little memory.
const PAGE: i64 = 2_000;

#[derive(Subcommand)]
pub enum Asked {
    /// Check every act and every node of the tree, and print the size and the root.
    Verify,
}

pub async fn ledger(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    let Asked::Verify = asked;
    let app = open_as(settings, Opening::ToRead).await?;
    let found = verify(&app.db).await;
    app.db.close().await;
    Ok(match found? {
        Ok(verified) => {
            println!("The ledger holds.");
            println!("size {}", verified.size);
            println!("root {}", hex::encode(verified.root));
            if !verified.erased.is_empty() {
                println!(
                    "acts of which only the leaf is left: {}",
                    verified.erased.len()
                );
            }
            ExitCode::SUCCESS
        }
        Err(place) => {
            println!("The ledger does not hold: {place}");
            ExitCode::FAILURE
        }
    })
}

/// The ledger's size and root, or the first place where it does not hold.
///
/// # Errors
/// When the database cannot be read.
pub async fn verify(db: &Db) -> Result<Result<Verified, String>, String> {
    let broken = |e: db::DbError| e.to_string();
    let size = db.one(&SIZE, &[]).await.map_err(broken)?;
    let size = size.int("size").map_err(broken)?;
    let mut verification = Verification::new(Vec::new()).map_err(|e| e.to_string())?;
    let mut next = 0;
    loop {
        let rows = db.all(&ACTS, args![next, PAGE]).await.map_err(broken)?;
        if rows.is_empty() {
            break;
        }
        let to = next + rows.len() as i64;
        let mut acts = Vec::with_capacity(rows.len());
        for row in &rows {
            acts.push(StoredAct {
                seq: row.int("sequence").map_err(broken)? as u64,
                salt: row.opt_bytes("salt").map_err(broken)?,
                act: row.opt_text("act").map_err(broken)?,
                entry: row.bytes("entry").map_err(broken)?,
            });
        }
        let range = ledger::nodes_of(next as u64..to as u64);
        let rows = db
            .all(&NODES, args![range.start as i64, range.end as i64])
            .await
            .map_err(broken)?;
        let mut nodes = Vec::with_capacity(rows.len());
        for row in &rows {
            nodes.push((
                row.int("position").map_err(broken)? as u64,
                row.bytes("hash").map_err(broken)?,
            ));
        }
        if let Err(finding) = verification.page(acts, nodes) {
            return Ok(Err(finding.to_string()));
        }
        next = to;
    }
    if verification.size() as i64 != size {
        return Ok(Err(format!(
            "the log has {} acts, but its size is kept as {size}",
            verification.size()
        )));
    }
    let end = ledger::nodes_of(0..verification.size()).end as i64;
    if let Some(row) = db.optional(&MORE_NODES, args![end]).await.map_err(broken)? {
        return Ok(Err(format!(
            "stored node {} belongs to no act",
            row.int("position").map_err(broken)?
        )));
    }
    Ok(verification.finish().map_err(|finding| finding.to_string()))
}
