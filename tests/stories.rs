//! Stories: what people do with a gateway, from the outside. `ALDGATE_TEST_POSTGRES` runs the same
//! stories on PostgreSQL.

mod support;

mod access;
mod arrows;
mod at_the_same_moment;
mod document;
mod every_move;
mod every_route;
mod from_draft_to_published;
mod front_door;
mod law_impact;
mod own_statements;
mod publish;
mod statements;
mod the_gate_holds;
