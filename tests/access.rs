//! Who may do what, printed whole. A change of policy shows as a change of these snapshots.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use aldgate::kernel::access::{Action, Phase, Standing, may};
use packs::Role;

use crate::support::TestApp;

/// Every action for every standing, role and phase.
#[test]
fn the_access_matrix() {
    let mut text = String::new();
    for phase in Phase::ALL {
        for standing in Standing::ALL {
            writeln!(text, "\n{standing:?}, {phase:?}").unwrap();
            for action in Action::ALL {
                let held: Vec<&str> = Role::ALL
                    .into_iter()
                    .filter(|(_, role)| may(action, standing, &BTreeSet::from([*role]), phase))
                    .map(|(name, _)| name)
                    .collect();
                let held = if held.len() == Role::ALL.len() {
                    "everybody".to_owned()
                } else {
                    held.join(", ")
                };
                let held = if held.is_empty() {
                    "nobody".to_owned()
                } else {
                    held
                };
                writeln!(text, "  {:<32} {held}", format!("{action:?}")).unwrap();
            }
        }
    }
    insta::assert_snapshot!("access_matrix", text);
}

/// Without a role nobody may do anything, whatever their organisation is to the record.
#[test]
fn no_role_no_access() {
    for action in Action::ALL {
        for standing in Standing::ALL {
            for phase in Phase::ALL {
                assert!(
                    !may(action, standing, &BTreeSet::new(), phase),
                    "{action:?} {standing:?} {phase:?}"
                );
            }
        }
    }
}

/// Every workflow as a table: what each state allows, to whom, and under which guards.
#[tokio::test]
async fn the_workflow_tables() {
    let app = TestApp::new().await;
    let mut text = String::new();
    for record_type in app.app.packs.types.values() {
        writeln!(text, "\n{}", record_type.name).unwrap();
        for state in &record_type.workflow.states {
            writeln!(text, "  {}", state.name).unwrap();
            for wanted in record_type.workflow.moves_from(&state.id) {
                let by: Vec<&str> = wanted.by.iter().map(|role| role.title()).collect();
                let by = if wanted.auto {
                    "the gateway itself".to_owned()
                } else {
                    by.join(", ")
                };
                let guards: Vec<&str> = wanted.guards.iter().map(|guard| guard.as_str()).collect();
                let effects: Vec<&str> = wanted
                    .effects
                    .iter()
                    .map(|effect| effect.as_str())
                    .collect();
                writeln!(
                    text,
                    "    {} → {} by {by}; when {}; does {}",
                    wanted.id,
                    wanted.to,
                    if guards.is_empty() {
                        "always".to_owned()
                    } else {
                        guards.join(", ")
                    },
                    if effects.is_empty() {
                        "nothing more".to_owned()
                    } else {
                        effects.join(", ")
                    },
                )
                .unwrap();
            }
        }
    }
    insta::assert_snapshot!("workflow_tables", text);
}
