//! Stories: what people do with a gateway, from the outside. `ALDGATE_TEST_POSTGRES` runs the same
//! stories on PostgreSQL.

mod support;

mod access;
mod arrows;
mod attach_files;
mod draft_an_agreement;
mod at_the_same_moment;
mod document;
mod command_line;
mod demo;
mod every_move;
mod every_route;
mod from_draft_to_published;
mod front_door;
mod import_organisations;
mod in_tray;
mod import_agreements;
mod law_impact;
mod set_up_an_organisation;
mod law_prompts;
mod parties_and_flows;
mod own_statements;
mod publish;
mod statements;
mod the_gate_holds;
mod two_people_edit;
