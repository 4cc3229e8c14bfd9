//! Packs: what can be governed, as data. Reads, checks and evaluates pack files; the only
//! I/O is [`Files::from_dir`]. See the crate's README for the shape of it.

mod answer;
mod check;
mod condition;
mod content;
mod document;
mod expr;
mod fault;
mod files;
mod form;
mod law;
mod packs;
mod plan;
mod record_type;
mod rule;
mod scenario;
mod view;
mod workflow;

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
