//! The law a pack knows: kinds of body, provisions and gateways, each with its dates.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::checking::Checking;

/// Kinds of body, provisions and gateways.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Law {
    pub kinds: Vec<Kind>,
    pub provisions: BTreeMap<String, Provision>,
    pub gateways: Vec<Gateway>,
}

/// A kind of body that can be a party.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kind {
    pub id: String,
    pub name: String,
    /// A public authority under the Freedom of Information Act.
    pub public: bool,
    /// A health or adult social care body.
    pub care: bool,
    /// Heading under which it is offered.
    pub group: String,
    pub welsh: BTreeMap<String, String>,
}

/// Whether a law has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    InForce,
    NotStarted,
    Repealed,
    Unknown,
}

impl Status {
    pub(crate) const ALL: [(&'static str, Status); 4] = [
        ("in_force", Status::InForce),
        ("not_started", Status::NotStarted),
        ("repealed", Status::Repealed),
        ("unknown", Status::Unknown),
    ];

    /// The word used in pack files.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::InForce => "in_force",
            Status::NotStarted => "not_started",
            Status::Repealed => "repealed",
            Status::Unknown => "unknown",
        }
    }

    /// Whether an author must check that the law has started before leaning on it.
    pub fn check_if_started(self) -> bool {
        matches!(self, Status::NotStarted | Status::Unknown)
    }
}

/// One provision of the law, in plain words, with its dates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Provision {
    pub id: String,
    pub title: String,
    pub link: String,
    pub jurisdiction: String,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub status: Status,
    pub plain: String,
    pub checking: Checking,
    pub welsh: BTreeMap<String, String>,
}

impl Provision {
    /// Whether it is law on a date.
    pub fn in_force(&self, date: Date) -> bool {
        in_force(self.status, self.from, self.to, Some(date))
    }
}

/// Whether something with this status and these dates is law on a date; without a date, whether
/// it is law at some time.
fn in_force(status: Status, from: Option<Date>, to: Option<Date>, date: Option<Date>) -> bool {
    status == Status::InForce
        && date.is_none_or(|date| {
            from.is_none_or(|from| from <= date) && to.is_none_or(|to| date < to)
        })
}

/// What a gateway does for those who share under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayType {
    /// A duty to share: the law makes the giver pass information on.
    Duty,
    /// A duty to do a job. It backs a public task; it does not make anyone share.
    Function,
    Power,
    Cooperation,
    Limit,
    Transparency,
}

impl GatewayType {
    pub(crate) const ALL: [(&'static str, GatewayType); 6] = [
        ("duty", GatewayType::Duty),
        ("function", GatewayType::Function),
        ("power", GatewayType::Power),
        ("cooperation", GatewayType::Cooperation),
        ("limit", GatewayType::Limit),
        ("transparency", GatewayType::Transparency),
    ];

    /// The word used in pack files.
    pub fn as_str(self) -> &'static str {
        match self {
            GatewayType::Duty => "duty",
            GatewayType::Function => "function",
            GatewayType::Power => "power",
            GatewayType::Cooperation => "cooperation",
            GatewayType::Limit => "limit",
            GatewayType::Transparency => "transparency",
        }
    }

    /// Whether a party can lean on it to share, so that it must offer a power to choose.
    pub fn lets_share(self) -> bool {
        matches!(
            self,
            GatewayType::Duty
                | GatewayType::Function
                | GatewayType::Power
                | GatewayType::Cooperation
        )
    }
}

/// A way in law by which bodies may or must share, or a limit on sharing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gateway {
    pub id: String,
    pub title: String,
    pub types: Vec<GatewayType>,
    pub givers: Vec<String>,
    pub receivers: Vec<String>,
    pub from_to: String,
    pub purposes: Vec<String>,
    pub purpose: String,
    pub limits: String,
    pub plain: String,
    pub provisions: Vec<String>,
    pub status: Status,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub checking: Checking,
    pub note: Option<String>,
    pub powers: Vec<Power>,
    pub welsh: BTreeMap<String, String>,
}

/// The answer a party picks when it leans on a gateway.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Power {
    pub id: String,
    pub title: String,
    pub types: Vec<GatewayType>,
    pub status: Status,
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Kinds of body that may or must give under it; `any` is every kind.
    pub givers: Vec<String>,
    pub receivers: Vec<String>,
    /// Purposes it serves; none means any purpose.
    pub purposes: Vec<String>,
    /// One end of every share must be one of these kinds; none means no such limit.
    pub one_end: Vec<String>,
    pub checking: Checking,
}

impl Power {
    /// Whether it is law on a date, as far as the pack knows; without a date, whether it has
    /// started at all.
    pub fn in_force(&self, date: Option<Date>) -> bool {
        in_force(self.status, self.from, self.to, date)
    }

    /// Whether anyone can share under it. A limit, or a duty to be open, can be chosen and lets no
    /// one share.
    pub fn lets_share(&self) -> bool {
        self.types.iter().any(|kind| kind.lets_share())
    }

    /// Whether it is nothing but a duty to do a job.
    pub fn only_function(&self) -> bool {
        self.types == [GatewayType::Function]
    }
}

impl Gateway {
    /// Whether it, or one of its powers, is law on a date, as far as the pack knows.
    pub fn in_force(&self, date: Date) -> bool {
        if self.powers.is_empty() {
            in_force(self.status, self.from, self.to, Some(date))
        } else {
            self.powers.iter().any(|power| power.in_force(Some(date)))
        }
    }

    fn names_kind(&self, kind: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|k| k == kind || k == "any");
        named(&self.givers) || named(&self.receivers)
    }

    /// How well the words of a search match; `None` when a word is nowhere.
    fn match_words(&self, words: &[String]) -> Option<u32> {
        let mut score = 0;
        for word in words {
            let has = |text: &str| text.to_lowercase().contains(word.as_str());
            let power = |p: &Power| has(&p.id) || has(&p.title);
            score += if self.id.to_lowercase() == *word {
                100
            } else if has(&self.title) {
                10
            } else if self.powers.iter().any(power) {
                8
            } else if has(&self.purpose) || self.purposes.iter().any(|p| has(&p.replace('_', " ")))
            {
                4
            } else if [&self.plain, &self.from_to, &self.limits]
                .iter()
                .any(|t| has(t))
            {
                2
            } else if self.provisions.iter().any(|p| has(p)) {
                1
            } else {
                return None;
            };
        }
        Some(score)
    }
}

impl Law {
    /// The kind of body with this id.
    pub fn kind(&self, id: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.id == id)
    }

    /// The provision with this id.
    pub fn provision(&self, id: &str) -> Option<&Provision> {
        self.provisions.get(id)
    }

    /// The gateway with this id.
    pub fn gateway(&self, id: &str) -> Option<&Gateway> {
        self.gateways.iter().find(|gateway| gateway.id == id)
    }

    /// The gateway and power behind an answer.
    pub fn power(&self, power: &str) -> Option<(&Gateway, &Power)> {
        self.gateways.iter().find_map(|gateway| {
            let found = gateway.powers.iter().find(|p| p.id == power)?;
            Some((gateway, found))
        })
    }

    /// Gateways for a search: every word of the text, the kind as giver or receiver and the
    /// purpose must match. Best match first; gateways that are law on the date come before
    /// those that are not, and repealed or ended ones are left out.
    pub fn find_gateways(
        &self,
        text: &str,
        kind: Option<&str>,
        purpose: Option<&str>,
        date: Date,
    ) -> Vec<&Gateway> {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let mut found: Vec<(bool, u32, &Gateway)> = self
            .gateways
            .iter()
            .filter(|g| g.status != Status::Repealed && g.to.is_none_or(|to| date < to))
            .filter(|g| kind.is_none_or(|kind| g.names_kind(kind)))
            .filter(|g| purpose.is_none_or(|purpose| g.purposes.iter().any(|p| p == purpose)))
            .filter_map(|g| Some((g.in_force(date), g.match_words(&words)?, g)))
            .collect();
        found.sort_by(|a, b| {
            (b.0, b.1)
                .cmp(&(a.0, a.1))
                .then_with(|| a.2.id.cmp(&b.2.id))
        });
        found.into_iter().map(|(_, _, gateway)| gateway).collect()
    }
}
