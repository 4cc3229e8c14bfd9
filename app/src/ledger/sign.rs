//! Signing the log while the gateway serves: a checkpoint each interval, shown to the witnesses.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ledger::WitnessVerifier;

use crate::kernel::{App, Ctx};
use crate::ledger::fetch::Fetch;
use crate::ledger::log;

/// Signs and asks for cosignatures again and again, until the gateway stops.
pub async fn keep_signing(app: Arc<App>) {
    let interval = Duration::from_secs(u64::from(app.settings.checkpoint_interval.max(1)));
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for fault in sign_once(&Ctx::new(app.clone(), None)).await {
            tracing::warn!(fault, "the log");
        }
    }
}

/// Makes a checkpoint where there are new acts and asks each witness that has not cosigned it. Returns
/// what did not work; the next time tries again.
pub async fn sign_once(ctx: &Ctx) -> Vec<String> {
    let made = async {
        let size = log::size(ctx).await?;
        log::checkpoint(ctx, size).await
    };
    let (checkpoint, note) = match made.await {
        Ok(made) => made,
        Err(crate::kernel::Refusal::Broken(e)) => return vec![format!("cannot be signed: {e}")],
        Err(other) => return vec![format!("cannot be signed: {other}")],
    };
    let witnesses = &ctx.app.settings.witnesses;
    if witnesses.is_empty() {
        return Vec::new();
    }
    let fetch = Fetch::default();
    let mut faults = Vec::new();
    for witness in witnesses {
        if let Err(e) = ask(ctx, &fetch, witness, checkpoint.size, &note).await {
            faults.push(format!("the witness {witness}: {e}"));
        }
    }
    faults
}

async fn ask(ctx: &Ctx, fetch: &Fetch, witness: &str, size: u64, note: &str) -> Result<(), String> {
    let (address, key) = witness
        .split_once(' ')
        .ok_or("the setting must be an address and a public key")?;
    let key: WitnessVerifier = key.trim().parse().map_err(|e| format!("{e}"))?;
    let words = |refusal: crate::kernel::Refusal| format!("{refusal}");
    let mut old = log::last_cosigned(ctx, &key).await.map_err(words)?;
    if old == size {
        return Ok(());
    }
    let address = format!("{}/add-checkpoint", address.trim_end_matches('/'));
    // Where the witness remembers another size than we do, it says so, and we start from there.
    for _ in 0..2 {
        let mut body = format!("old {old}\n");
        for hash in log::consistency(ctx, old, size).await.map_err(words)? {
            body += &format!("{}\n", BASE64_STANDARD.encode(hash));
        }
        let answer = fetch.post(&address, format!("{body}\n{note}")).await?;
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        match answer.status {
            200 => {
                let kept = log::keep_cosignature(ctx, note, size, &key, &said).await;
                return kept.map_err(|_| "its answer is not its cosignature".to_owned());
            }
            409 => {
                let known = said.trim().parse().map_err(|_| "409 without a size")?;
                if known > size || known == old {
                    return Err(format!(
                        "it has cosigned another history: it knows {known} acts, we have {size}"
                    ));
                }
                old = known;
            }
            status => return Err(format!("answered {status}: {}", said.trim())),
        }
    }
    Err("it answers 409 again and again".to_owned())
}
