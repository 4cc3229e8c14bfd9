//! Stories: what people do with a gateway, from the outside. `ALDGATE_TEST_POSTGRES` runs the same
//! stories on PostgreSQL.

mod support;

mod access;
mod arrows;
mod as_of_a_day;
mod at_the_same_moment;
mod attach_files;
mod auditor;
mod claims;
mod command_line;
mod demo;
mod document;
mod draft_an_agreement;
mod every_move;
mod every_route;
mod evidence;
mod from_draft_to_published;
mod front_door;
mod generate;
mod import_agreements;
mod import_organisations;
mod in_tray;
mod isolation;
mod killed;
mod law_impact;
mod law_prompts;
mod log_keys;
mod log_over_http;
mod mail;
mod one_time_links;
mod openapi;
mod organisation_sign_in;
mod own_statements;
mod parties_and_flows;
mod passkeys;
mod publish;
mod query_plans;
mod second_step;
mod set_up_an_organisation;
mod statements;
mod statements_per_page;
mod surface;
mod the_gate_holds;
mod tokens;
mod two_people_edit;
