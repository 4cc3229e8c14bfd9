//! Checks a folder of packs: `cargo run -p aldgate-packs --example check -- packs`.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "packs".into());
    let files = match packs::Files::from_dir(Path::new(&folder)) {
        Ok(files) => files,
        Err(error) => {
            eprintln!("{folder} cannot be read: {error}");
            return ExitCode::FAILURE;
        }
    };
    match packs::Packs::load(&files) {
        Ok(packs) => {
            let report = packs::check(&packs);
            println!("{report}");
            if report.ok() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(faults) => {
            for fault in &faults {
                println!("{fault}");
            }
            println!("{} faults", faults.len());
            ExitCode::FAILURE
        }
    }
}
