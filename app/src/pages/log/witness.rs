//! `POST /log/witness/add-checkpoint` (C2SP tlog-witness): another log asks us to cosign.

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::kernel::Refusal;
use crate::ledger::witness;
use crate::ledger::witness::NotCosigned;
use crate::web::Visit;

/// A checkpoint with many signatures and the longest proof is far smaller.
const LONGEST: usize = 64 * 1024;

/// Proof lines that the specification allows.
const MOST_LINES: usize = 63;

pub async fn add(visit: Visit, body: Bytes) -> Result<Response, Refusal> {
    let text = std::str::from_utf8(&body).unwrap_or_default();
    let Some((old, proof, note)) = read(text).filter(|_| body.len() <= LONGEST) else {
        return Ok(refused(
            StatusCode::BAD_REQUEST,
            "this is not a request to add a checkpoint",
        ));
    };
    Ok(match witness::add(&visit, old, &proof, note).await {
        Ok(line) => {
            let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            (headers, line).into_response()
        }
        Err(NotCosigned::Conflict(size)) => {
            let headers = [(header::CONTENT_TYPE, "text/x.tlog.size")];
            (StatusCode::CONFLICT, headers, format!("{size}\n")).into_response()
        }
        Err(NotCosigned::Refused(refusal)) => return Err(refusal),
        Err(why) => {
            let status = match why {
                NotCosigned::UnknownOrigin => StatusCode::NOT_FOUND,
                NotCosigned::NotSigned => StatusCode::FORBIDDEN,
                NotCosigned::NotConsistent => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::BAD_REQUEST,
            };
            refused(status, &why.to_string())
        }
    })
}

fn refused(status: StatusCode, why: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, headers, format!("{why}\n")).into_response()
}

/// The old size, the proof and the checkpoint.
fn read(text: &str) -> Option<(u64, Vec<ledger::Hash>, &str)> {
    let (head, note) = text.split_once("\n\n")?;
    let mut lines = head.split('\n');
    let old = lines.next()?.strip_prefix("old ")?;
    let size: u64 = old.parse().ok()?;
    let mut proof = Vec::new();
    for line in lines {
        let hash = BASE64_STANDARD.decode(line).ok()?;
        proof.push(hash.try_into().ok()?);
    }
    (size.to_string() == old && proof.len() <= MOST_LINES).then_some((size, proof, note))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn only_requests_as_the_specification_writes_them_are_read() {
        let hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=";
        let note = "example.com/log\n2\nx\n\n— a b\n";
        assert_eq!(read(&format!("old 0\n\n{note}")), Some((0, vec![], note)));
        assert_eq!(
            read(&format!("old 1\n{hash}\n\n{note}")).unwrap().1.len(),
            1
        );
        for wrong in [
            "old 01\n\n",
            "old +1\n\n",
            "old\n\n",
            "new 1\n\n",
            "old 1\nabcd\n\n",
        ] {
            assert_eq!(read(&format!("{wrong}{note}")), None, "{wrong}");
        }
        let many = format!("old 1\n{}\n{note}", format!("{hash}\n").repeat(64));
        assert_eq!(read(&many), None);
    }
}
