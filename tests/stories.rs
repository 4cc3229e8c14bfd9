//! Stories: what people do with a gateway, from the outside. `ALDGATE_TEST_POSTGRES` runs the same
//! stories on PostgreSQL.

mod support;

mod access;
mod arrows;
mod attach_files;
mod command_line;
mod demo;
mod draft_an_agreement;
mod every_move;
mod every_route;
mod front_door;
mod import_agreements;
mod law_impact;
mod law_prompts;
mod parties_and_flows;
mod statements;
mod the_gate_holds;
mod two_people_edit;
