//! Who has a place at an event. A place is held while somebody has yet to confirm; a freed one is offered to the first on the
//! waiting list, and after a while to the next.

/// One event's rules. Times are UTC microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub capacity: usize,
    /// For how long a place is held or offered, and a confirmation is waited for. Microseconds.
    pub hold: i64,
    /// Registration closes then.
    pub starts_at: i64,
}

/// Offers end this long before the start. Microseconds.
const LAST_OFFER: i64 = 2 * 60 * 60 * 1_000_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Register(String),
    /// The link in the mail was pressed.
    Confirm(String),
    Cancel(String),
    Capacity(usize),
}

/// What an act leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// A place is held; a mail asks to confirm.
    Asked,
    /// It is full; a mail asks to confirm the wish to wait.
    AskedToWait,
    In,
    Waiting,
    Cancelled,
    Changed,
    /// The event has begun.
    Closed,
    /// What was held, asked or offered has run out.
    TooLate,
    /// Nothing changes, and the page does not say who is on a list.
    SamePage,
}

/// Somebody for whom something runs out. The moment is the first that is too late.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Until {
    who: String,
    until: i64,
}

#[derive(Debug, Clone)]
pub struct Places {
    settings: Settings,
    /// In the order of confirmation.
    confirmed: Vec<String>,
    held: Vec<Until>,
    asked_to_wait: Vec<Until>,
    /// In the order of confirmation.
    waiting: Vec<String>,
    offered: Vec<Until>,
}

impl Places {
    pub fn new(settings: Settings) -> Places {
        Places {
            settings,
            confirmed: Vec::new(),
            held: Vec::new(),
            asked_to_wait: Vec::new(),
            waiting: Vec::new(),
            offered: Vec::new(),
        }
    }

    /// Who has a place.
    pub fn confirmed(&self) -> &[String] {
        &self.confirmed
    }

    pub fn waiting(&self) -> &[String] {
        &self.waiting
    }

    /// To whom a place is offered.
    pub fn offered(&self) -> impl Iterator<Item = &str> {
        self.offered.iter().map(|offered| offered.who.as_str())
    }

    /// Places that are given, held or offered. More than the capacity once it was lowered.
    pub fn taken(&self) -> usize {
        self.confirmed.len() + self.held.len() + self.offered.len()
    }

    /// Does an act. Acts must come in the order of their times.
    pub fn act(&mut self, at: i64, act: &Act) -> Registration {
        self.advance(at);
        match act {
            Act::Register(who) => self.register(at, who),
            Act::Confirm(who) => self.confirm(at, who),
            Act::Cancel(who) => self.cancel(at, who),
            Act::Capacity(to) => {
                self.settings.capacity = *to;
                self.offer(at);
                Registration::Changed
            }
        }
    }

    /// Lets run out what has run out by `now`, each in its turn: what comes free is offered from that moment on.
    pub fn advance(&mut self, now: i64) {
        loop {
            let all = self
                .held
                .iter()
                .chain(&self.asked_to_wait)
                .chain(&self.offered);
            let Some(next) = all.map(|one| one.until).filter(|until| *until <= now).min() else {
                return;
            };
            for list in [&mut self.held, &mut self.asked_to_wait, &mut self.offered] {
                list.retain(|one| one.until > next);
            }
            self.offer(next);
        }
    }

    fn register(&mut self, at: i64, who: &str) -> Registration {
        if at >= self.settings.starts_at {
            return Registration::Closed;
        }
        if self.knows(who) {
            return Registration::SamePage;
        }
        let entry = Until {
            who: who.to_owned(),
            until: at.saturating_add(self.settings.hold),
        };
        if self.taken() < self.settings.capacity {
            self.held.push(entry);
            Registration::Asked
        } else {
            self.asked_to_wait.push(entry);
            Registration::AskedToWait
        }
    }

    fn confirm(&mut self, at: i64, who: &str) -> Registration {
        if at >= self.settings.starts_at {
            return Registration::Closed;
        }
        if self
            .confirmed
            .iter()
            .chain(&self.waiting)
            .any(|one| one == who)
        {
            return Registration::SamePage;
        }
        if take(&mut self.held, who) || take(&mut self.offered, who) {
            self.confirmed.push(who.to_owned());
            return Registration::In;
        }
        if !take(&mut self.asked_to_wait, who) {
            return Registration::TooLate;
        }
        if self.taken() < self.settings.capacity {
            self.confirmed.push(who.to_owned());
            return Registration::In;
        }
        self.waiting.push(who.to_owned());
        Registration::Waiting
    }

    /// Whoever cancels is out of every list.
    fn cancel(&mut self, at: i64, who: &str) -> Registration {
        if !self.knows(who) {
            return Registration::SamePage;
        }
        for list in [&mut self.confirmed, &mut self.waiting] {
            list.retain(|one| one != who);
        }
        for list in [&mut self.held, &mut self.asked_to_wait, &mut self.offered] {
            take(list, who);
        }
        self.offer(at);
        Registration::Cancelled
    }

    fn knows(&self, who: &str) -> bool {
        let until = self
            .held
            .iter()
            .chain(&self.asked_to_wait)
            .chain(&self.offered);
        let lists = self.confirmed.iter().chain(&self.waiting);
        lists.chain(until.map(|one| &one.who)).any(|one| one == who)
    }

    /// Offers free places to the first who wait, while there is time.
    fn offer(&mut self, at: i64) {
        let until = at
            .saturating_add(self.settings.hold)
            .min(self.settings.starts_at.saturating_sub(LAST_OFFER));
        while until > at && self.taken() < self.settings.capacity && !self.waiting.is_empty() {
            let who = self.waiting.remove(0);
            self.offered.push(Until { who, until });
        }
    }
}

fn take(list: &mut Vec<Until>, who: &str) -> bool {
    let before = list.len();
    list.retain(|one| one.who != who);
    list.len() < before
}
