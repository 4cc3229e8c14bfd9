//! Writes one of the sample documents, for the validator and for the eye:
//! `sample OUT.pdf [agreement | evidence | hostile | matrix]`.

#[path = "../tests/samples/mod.rs"]
mod samples;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments
        .next()
        .ok_or("usage: sample OUT.pdf [agreement | evidence | hostile | matrix]")?;
    let name = arguments.next();
    let document = match name.as_deref() {
        None | Some("agreement") => samples::agreement(),
        Some("evidence") => samples::evidence(),
        Some("hostile") => samples::hostile(),
        Some("matrix") => samples::matrix(),
        Some(other) => return Err(format!("no sample {other:?}").into()),
    };
    let bytes = documents::pdf(&document)?;
    std::fs::write(&out, &bytes)?;
    println!("{out}: {} bytes", bytes.len());
    Ok(())
}
