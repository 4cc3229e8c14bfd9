//! `aldgate demo generate`.

use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::open;
use crate::demo;
use crate::demo::generate::{Order, generate};
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// Fill an empty gateway with a made-up coalition of any size, to measure it or to try it out.
    /// Everybody in it has the demo's password: it is not for a gateway that others can reach.
    Generate(Generate),
}

#[derive(clap::Args)]
pub struct Generate {
    #[arg(long, default_value_t = 33_000)]
    organisations: usize,
    #[arg(long, default_value_t = 60_000)]
    people: usize,
    #[arg(long, default_value_t = 200_000)]
    agreements: usize,
    /// How many of the agreements are published. Unless given, one in twenty.
    #[arg(long)]
    published: Option<usize>,
    /// The same seed gives the same coalition on the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub async fn demo(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    let Asked::Generate(asked) = asked;
    let order = Order {
        organisations: asked.organisations,
        people: asked.people,
        agreements: asked.agreements,
        published: asked.published.unwrap_or(asked.agreements / 20),
        seed: asked.seed,
    };
    let app = open(settings).await?;
    if !demo::is_empty(&app).await.map_err(|e| e.to_string())? {
        return Err(
            "This gateway has organisations in it. A coalition is only made in an empty one."
                .to_owned(),
        );
    }
    generate(&app, &order, |line| eprintln!("{line}")).await?;
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}
