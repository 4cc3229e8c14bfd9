//! Answers of an agreement: its own file first, then the library, wherever a question is asked.

use packs::{
    Answers, Content, Each, Flow, How, Party, PromptState, Question, QuestionKind, RecordType,
    Role, Scope, Settled, Severity,
};
use serde_json::{Value, json};

use crate::demo::cast::Cast;
use crate::demo::data::{Agreement, Library};
use crate::demo::words::Words;
use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::pages::records::attachments;
use crate::pages::records::section_scope::Spot;
use crate::records;
use crate::records::store;
use crate::web::Upload;

/// A file that is to be attached.
pub struct Wanted {
    pub question: String,
    pub scope: Scope,
    /// Its name in the library.
    pub file: String,
}

/// Stands in answers for a file that is attached after they are written.
const FILE: &str = "file:";

/// An agreement being drafted.
pub struct Drafting<'a> {
    pub cast: &'a Cast,
    pub library: &'a Library,
    pub agreement: &'a Agreement,
}

impl Drafting<'_> {
    /// The answers with these parties, and the files to attach to them.
    pub fn content(
        &self,
        ctx: &Ctx,
        parties: &[String],
        before: Content,
    ) -> Result<(Content, Vec<Wanted>), Refusal> {
        let record_type = store::record_type(ctx, "agreement")?;
        let law = &ctx.app.packs.law;
        let members: Vec<Party> = parties
            .iter()
            .map(|key| {
                let member = self.cast.member(key)?;
                Ok(Party {
                    id: member.id.to_string(),
                    name: member.about.name.clone(),
                    kind: member.about.kind.clone(),
                    registered: !member.about.listed,
                })
            })
            .collect::<Result<_, Refusal>>()?;
        let mut content = before;
        self.given(ctx, parties, &mut content)?;
        // Each answer may make others relevant.
        for _ in 0..12 {
            let view = record_type.view(law, &content, &members);
            let mut filled = false;
            let mut next = content.clone();
            for (scope, question) in places(record_type, &content, &members) {
                if view.relevant(&scope, question) {
                    filled |= self.fill(&mut next, &scope, question)?;
                }
            }
            content = next;
            if !filled {
                break;
            }
        }
        let view = record_type.view(law, &content, &members);
        for (scope, question) in places(record_type, &content.clone(), &members) {
            if !view.relevant(&scope, question)
                && let Some(answers) = at(&mut content, &scope)
            {
                answers.remove(&question.id);
            }
        }
        self.settle(ctx, record_type, &members, &mut content)?;
        let wanted = take_files(record_type, &mut content, &members);
        Ok((content, wanted))
    }

    /// What the agreement's own file says.
    fn given(&self, ctx: &Ctx, parties: &[String], content: &mut Content) -> Result<(), Refusal> {
        let agreement = self.agreement;
        let shared = self.words(&agreement.parties.lead)?;
        for (name, value) in shared.answers(&agreement.answers) {
            content.answers.entry(name).or_insert(value);
        }
        for key in parties {
            let member = self.cast.member(key)?;
            let words = self.words(key)?;
            let own = content.parties.entry(member.id.to_string()).or_default();
            let of_all = words.answers(&agreement.party);
            let of_one = agreement.party_of.get(key).map(|own| words.answers(own));
            for (name, value) in of_one.into_iter().flatten().chain(of_all) {
                own.entry(name).or_insert(value);
            }
        }
        if content.flows.is_empty() {
            for answers in &agreement.flows {
                let mut answers = shared.answers(answers);
                for question in ["flow_from", "flow_to"] {
                    let keys = answers.get(question).and_then(Value::as_array);
                    let ids: Vec<String> = keys
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_str)
                        .map(|key| Ok(self.cast.member(key)?.id.to_string()))
                        .collect::<Result<_, Refusal>>()?;
                    answers.insert(question.to_owned(), json!(ids));
                }
                let id = ctx.new_id("flw");
                content.flows.push(Flow { id, answers });
            }
        }
        Ok(())
    }

    /// Answers one question from the library, if nobody has. Says whether it did.
    fn fill(
        &self,
        content: &mut Content,
        scope: &Scope,
        question: &Question,
    ) -> Result<bool, Refusal> {
        let (library, left, key) = match scope {
            Scope::Record => (
                &self.library.record,
                self.agreement.leave.record.as_slice(),
                self.agreement.parties.lead.as_str(),
            ),
            Scope::Party(id) => (
                &self.library.party,
                self.agreement.leave.party.as_slice(),
                self.cast.key(&id.as_str().into()).unwrap_or_default(),
            ),
            Scope::Flow(_) => (
                &self.library.flow,
                &[][..],
                self.agreement.parties.lead.as_str(),
            ),
        };
        if left.contains(&question.id) {
            return Ok(false);
        }
        let words = self.words(key)?;
        let Some(answers) = at(content, scope) else {
            return Ok(false);
        };
        let mut filled = false;
        if !answers.contains_key(&question.id)
            && let Some(value) = library.get(&question.id)
        {
            let value = match (question.kind, words.value(value)) {
                (QuestionKind::Files, file) => json!([file]),
                (_, value) => value,
            };
            answers.insert(question.id.clone(), value);
            filled = true;
        }
        // An option that asks for its own words gets them.
        for option in question.options.iter().filter(|option| option.explain) {
            let name = question.explain_name(&option.id);
            let picked = match answers.get(&question.id) {
                Some(Value::String(one)) => *one == option.id,
                Some(Value::Array(many)) => many.iter().any(|one| *one == option.id),
                _ => false,
            };
            if picked
                && !answers.contains_key(&name)
                && let Some(value) = library.get(&name)
            {
                answers.insert(name, words.value(value));
                filled = true;
            }
        }
        Ok(filled)
    }

    /// Puts aside what only asks to be considered, and what does not apply.
    fn settle(
        &self,
        ctx: &Ctx,
        record_type: &RecordType,
        members: &[Party],
        content: &mut Content,
    ) -> Result<(), Refusal> {
        if !self.agreement.leave.record.is_empty() {
            return Ok(());
        }
        let view = record_type.view(&ctx.app.packs.law, content, members);
        let mut settled = Vec::new();
        for prompt in view.prompts(ctx.now.today()) {
            let (how, reasons) = match (prompt.state, prompt.rule.severity) {
                (PromptState::Open, Severity::Consider) => {
                    (How::Dismissed, &self.library.dismissed)
                }
                (PromptState::Open, Severity::Must) => {
                    (How::NotApplicable, &self.library.not_applicable)
                }
                _ => continue,
            };
            let reason = reasons
                .get(&prompt.rule.id)
                .or_else(|| reasons.get("default"));
            settled.push(Settled {
                rule: prompt.rule.id.clone(),
                scope: prompt.scope.as_str().to_owned(),
                how,
                reason: reason.cloned().unwrap_or_default(),
                by: ctx.acting()?.name.clone(),
                at: ctx.now.0,
            });
        }
        content.settled.extend(settled);
        Ok(())
    }

    fn words(&self, key: &str) -> Result<Words<'static>, Refusal> {
        let mut words = self.cast.words(key)?;
        let mut signers = Vec::new();
        for key in &self.agreement.parties.names {
            let member = self.cast.member(key)?;
            let about = &member.about;
            if !about.listed {
                let name = member.name_of(Role::SeniorOfficer);
                let fee = &about.fee_number;
                signers.push(format!("{}: {name}, senior officer, {fee}", about.name));
            }
        }
        words.stand_for.push(("signatories", signers.join("\n")));
        Ok(words)
    }
}

/// Attaches the files, in the way the pages do.
pub async fn attach(
    ctx: &Ctx,
    id: &RecordId,
    library: &Library,
    wanted: &[Wanted],
) -> Result<(), Refusal> {
    for file in wanted {
        let record = records::fetch(ctx, id, Action::See).await?;
        let record_type = record.record_type(ctx)?;
        let (spot, question) =
            Spot::of_question(record_type, &record, &file.question, file.scope.as_str())?;
        let found = library.files.get(&file.file);
        let found = found.ok_or_else(|| Refusal::broken(format!("no file {}", file.file)))?;
        let upload = Upload {
            field: question.id.clone(),
            name: found.name.clone(),
            bytes: found.text.trim_start().as_bytes().to_vec().into(),
        };
        let problems = attachments::take(ctx, &record, &spot, &[upload]).await?;
        if !problems.is_empty() {
            return Err(Refusal::Invalid(problems));
        }
    }
    Ok(())
}

/// Every place where a question of the form stands.
fn places<'a>(
    record_type: &'a RecordType,
    content: &Content,
    members: &[Party],
) -> Vec<(Scope, &'a Question)> {
    let mut places = Vec::new();
    for section in &record_type.form.sections {
        let scopes: Vec<Scope> = match section.each {
            Each::Record => vec![Scope::Record],
            Each::Party => members.iter().map(|m| Scope::Party(m.id.clone())).collect(),
            Each::Flow => content
                .flows
                .iter()
                .map(|f| Scope::Flow(f.id.clone()))
                .collect(),
        };
        for scope in scopes {
            let questions = section.questions.iter().filter(|question| !question.hidden);
            places.extend(questions.map(|question| (scope.clone(), question)));
        }
    }
    places
}

fn at<'c>(content: &'c mut Content, scope: &Scope) -> Option<&'c mut Answers> {
    match scope {
        Scope::Record => Some(&mut content.answers),
        Scope::Party(id) => content.parties.get_mut(id),
        Scope::Flow(id) => content
            .flows
            .iter_mut()
            .find(|flow| flow.id == *id)
            .map(|flow| &mut flow.answers),
    }
}

/// Takes the files out of the answers: they are attached once the answers are written.
fn take_files(record_type: &RecordType, content: &mut Content, members: &[Party]) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    let places = places(record_type, content, members);
    for (scope, question) in places
        .into_iter()
        .filter(|(_, q)| q.kind == QuestionKind::Files)
    {
        let Some(answers) = at(content, &scope) else {
            continue;
        };
        let stands = |value: &Value| value.as_str()?.strip_prefix(FILE).map(str::to_owned);
        let files = answers.get(&question.id).and_then(Value::as_array);
        let file = files.and_then(|files| files.first()).and_then(stands);
        if let Some(file) = file {
            answers.remove(&question.id);
            wanted.push(Wanted {
                question: question.id.clone(),
                scope,
                file,
            });
        }
    }
    wanted
}
