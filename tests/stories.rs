//! Stories: what people do with a gateway, from the outside. `ALDGATE_TEST_POSTGRES` runs the same
//! stories on PostgreSQL.

#![expect(
    clippy::disallowed_methods,
    reason = "stories of what may take how long measure real time"
)]

mod support;

mod access;
mod advisories;
mod answers_to_conditions;
mod arrows;
mod as_of_a_day;
mod at_the_same_moment;
mod attach_files;
mod auditor;
mod automatic_moves;
mod backup;
mod bounded;
mod checked_while_writing;
mod claims;
mod clock_set_back;
mod closed_pipe;
mod command_line;
mod comments_by_page;
mod conformance;
mod connections;
mod dates_and_numbers;
mod decisions;
mod demo;
mod document;
mod documentation;
mod draft_an_agreement;
mod earlier_answers;
mod every_move;
mod every_route;
mod evidence;
mod export;
mod forgotten_password;
mod from_draft_to_published;
mod front_door;
mod generate;
mod import_agreements;
mod import_organisations;
mod in_tray;
mod isolation;
mod issued_text;
mod killed;
mod last_days;
mod law_impact;
mod law_prompts;
mod locked_out;
mod log_keys;
mod log_over_http;
mod mail;
mod mail_as_read;
mod mail_for_whom;
mod may_it_be_done;
mod migrate_to;
mod one_time_links;
mod only_text;
mod openapi;
mod organisation_sign_in;
mod outlived;
mod own_statements;
mod parties_and_flows;
mod passkeys;
mod proved_addresses;
mod publish;
mod query_plans;
mod read_only_copy;
mod rights_at_the_moment;
mod role_days;
mod round_trip;
mod search;
mod second_step;
mod security_log;
mod sent_twice;
mod session_ends;
mod set_up_an_organisation;
mod shared_statements;
mod statements;
mod statements_per_page;
mod surface;
mod the_gate_holds;
mod the_issued_text_decides;
mod tokens;
mod trust;
mod two_people_edit;
mod types_in_the_source;
mod upgrade;
mod what_binds;
mod writes;
