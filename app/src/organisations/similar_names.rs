//! Is it here already? Two entries for one organisation would split its agreements.

use crate::kernel::{Ctx, Problem, Refusal, phrases};
use crate::organisations::details::Details;
use crate::organisations::store;
use crate::organisations::store::Organisation;

/// In what two organisations are the same: the field and its words.
pub fn same(details: &Details, other: &Details) -> Option<(&'static str, &'static str)> {
    let equal = |mine: &str, theirs: &str| !mine.is_empty() && mine == theirs;
    if phrases::fold(&details.name) == phrases::fold(&other.name) {
        Some(("name", "name"))
    } else if look_alike(&details.name, &other.name) {
        Some(("name", "name, or one that looks the same,"))
    } else if equal(&details.fee_number, &other.fee_number) {
        Some(("fee_number", "data protection fee number"))
    } else if equal(&details.ods_code, &other.ods_code) {
        Some(("ods_code", "ODS code"))
    } else {
        None
    }
}

fn look_alike(mine: &str, theirs: &str) -> bool {
    text::looks(mine) == text::looks(theirs) || text::looks_folded(mine) == phrases::fold(theirs)
}

/// The external entry that these details belong to, if there is one.
///
/// # Errors
/// [`Refusal::Invalid`] when a registered organisation, or more than one entry, is the same.
pub async fn to_register(ctx: &Ctx, details: &Details) -> Result<Option<Organisation>, Refusal> {
    let mut alike = store::alike(ctx, details).await?;
    if let Some(other) = alike.iter().find(|other| other.is_registered()) {
        let (field, what) = same(details, &other.details).unwrap_or(("name", "name"));
        return Err(Refusal::invalid(
            field,
            format!(
                "{} uses this gateway already and has this {what}. If it is yours, ask its administrator to add you",
                other.details.name
            ),
        ));
    }
    if alike.len() > 1 {
        let names: Vec<&str> = alike.iter().map(|o| o.details.name.as_str()).collect();
        return Err(Refusal::invalid(
            "name",
            format!(
                "These details match more than one listed organisation: {}. Check the name, fee number and ODS code",
                phrases::list(&names)
            ),
        ));
    }
    Ok(alike.pop())
}

/// What stands in the way of these details, because another entry has the same.
pub async fn problems(
    ctx: &Ctx,
    details: &Details,
    own: Option<&Organisation>,
) -> Result<Vec<Problem>, Refusal> {
    let alike = store::alike(ctx, details).await?;
    Ok(alike
        .iter()
        .filter(|other| own.is_none_or(|own| own.id != other.id))
        .filter_map(|other| {
            let (field, what) = same(details, &other.details)?;
            // What an organisation already had in common with another is not this change's fault.
            if own.is_some_and(|own| same(&own.details, &other.details) == Some((field, what))) {
                return None;
            }
            Some(Problem::new(
                field,
                format!("{} has this {what} already", other.details.name),
            ))
        })
        .collect())
}
