//! A pot of money: what a ranked list of bids gets from it, and the acts that can never overspend it.
//! All money is whole pence.

use std::collections::BTreeMap;

/// What happens to the next in line when a bid does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FundingRule {
    Stop,
    Skip,
    /// What is left is offered; the bidder must say yes.
    Part,
}

#[derive(Debug, Clone)]
pub struct Bid {
    pub entry: String,
    pub ask: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Award(u64),
    /// Less than was asked for: all that is left.
    OfferPart(u64),
    /// Out, however well ranked.
    OverCap,
    DoesNotFit,
    NotReached,
}

/// Goes down a ranked list: one line for each bid, and what is left in the pot.
pub fn fund(rule: FundingRule, pot: u64, cap: Option<u64>, ranked: &[Bid]) -> (Vec<Line>, u64) {
    let (mut left, mut stopped) = (pot, false);
    let lines = ranked
        .iter()
        .map(|bid| {
            if cap.is_some_and(|cap| bid.ask > cap) {
                return Line::OverCap;
            }
            if stopped {
                return Line::NotReached;
            }
            if bid.ask <= left {
                left -= bid.ask;
                return Line::Award(bid.ask);
            }
            stopped = rule != FundingRule::Skip;
            if rule == FundingRule::Part && left > 0 {
                return Line::OfferPart(std::mem::take(&mut left));
            }
            Line::DoesNotFit
        })
        .collect();
    (lines, left)
}

/// A pot and its awards. At every moment the awards add up to no more than the pot, no award is over the cap, and
/// nothing is spent beyond its award.
#[derive(Debug, Clone)]
pub struct Pot {
    amount: u64,
    cap: Option<u64>,
    awards: BTreeMap<String, Award>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Award {
    amount: u64,
    spent: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub awarded: u64,
    pub left: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PotRefusal {
    OverPot,
    OverCap,
    NoAward,
    OverAward,
    /// A pot is lowered only down to what is awarded.
    BelowAwards,
    /// An award is lowered only down to what is spent.
    UnderSpent,
}

impl Pot {
    pub fn new(amount: u64, cap: Option<u64>) -> Pot {
        Pot {
            amount,
            cap,
            awards: BTreeMap::new(),
        }
    }

    pub fn standing(&self) -> Standing {
        let awarded = self.awards.values().map(|award| award.amount).sum();
        Standing {
            awarded,
            left: self.amount - awarded,
        }
    }

    /// Makes an award, or changes it.
    ///
    /// # Errors
    /// When it is over the cap, below what is spent of it, or over what the pot has left.
    pub fn award(&mut self, entry: &str, amount: u64) -> Result<(), PotRefusal> {
        if self.cap.is_some_and(|cap| amount > cap) {
            return Err(PotRefusal::OverCap);
        }
        let now = self.awards.get(entry).copied().unwrap_or_default();
        if amount < now.spent {
            return Err(PotRefusal::UnderSpent);
        }
        if amount > self.standing().left + now.amount {
            return Err(PotRefusal::OverPot);
        }
        let award = Award { amount, ..now };
        self.awards.insert(entry.to_owned(), award);
        Ok(())
    }

    /// Spends from an award.
    ///
    /// # Errors
    /// When there is no award, or less is left of it.
    pub fn spend(&mut self, entry: &str, amount: u64) -> Result<(), PotRefusal> {
        let award = self.awards.get_mut(entry).ok_or(PotRefusal::NoAward)?;
        if amount > award.amount - award.spent {
            return Err(PotRefusal::OverAward);
        }
        award.spent += amount;
        Ok(())
    }

    /// Takes an award back: what is not spent returns to the pot.
    ///
    /// # Errors
    /// When there is no award.
    pub fn withdraw(&mut self, entry: &str) -> Result<(), PotRefusal> {
        let award = self.awards.get_mut(entry).ok_or(PotRefusal::NoAward)?;
        award.amount = award.spent;
        if award.spent == 0 {
            self.awards.remove(entry);
        }
        Ok(())
    }

    /// Raises or lowers the pot.
    ///
    /// # Errors
    /// When more is awarded than that.
    pub fn change(&mut self, amount: u64) -> Result<(), PotRefusal> {
        if amount < self.standing().awarded {
            return Err(PotRefusal::BelowAwards);
        }
        self.amount = amount;
        Ok(())
    }
}
