//! Packs: what can be governed, as data. Reads, checks and evaluates pack files; the only
//! I/O is [`Files::from_dir`]. See the crate's README for the shape of it.

mod answer;
mod check;
mod checks;
mod condition;
mod content;
mod document;
mod evaluate;
mod expr;
mod fault;
mod fields;
mod files;
mod form;
mod kinds;
mod law;
mod load_form;
mod load_law;
mod load_rules;
mod load_type;
mod never;
mod packs;
mod plan;
mod record_type;
mod rule;
mod scenario;
mod type_files;
mod view;
mod workflow;
mod workflow_checks;

pub use answer::AnswerFault;
pub use check::{Failure, HardToRead, Report, check};
pub use condition::Condition;
pub use content::{Answers, Content, Flow, How, Party, Scope, Settled};
pub use document::{Clause, DocumentTemplate, Part, Show, Text};
pub use fault::Fault;
pub use files::Files;
pub use form::{AnswerOption, Column, Each, Form, Question, QuestionKind, Section};
pub use law::{Gateway, GatewayType, Kind, Law, Power, Provision, Status};
pub use packs::{Packs, Regulator};
pub use record_type::{Derived, DerivedKind, Parties, RecordType, ReviewWhen, Role};
pub use rule::{Case, Rule, Severity};
pub use scenario::Scenario;
pub use view::{Because, FiredBrief, Need, Progress, Prompt, PromptState, Silent, View};
pub use workflow::{Effect, Guard, Move, Of, State, Workflow};
