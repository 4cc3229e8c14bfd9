//! Stories: what people do with a gateway, from the outside. `ALDGATE_TEST_POSTGRES` runs the same
//! stories on PostgreSQL.

mod support;

mod access;
mod arrows;
mod every_move;
mod every_route;
mod front_door;
mod import_organisations;
mod in_tray;
mod law_impact;
mod set_up_an_organisation;
mod statements;
mod the_gate_holds;
