//! Ascending auctions of social value: suppliers outbid each other in what they give to a place. No file, network, clock or
//! random source is touched; times are UTC microseconds, money is whole pence, and no float decides anything. See the
//! crate's README.

use std::cmp::Reverse;

/// The rules, which are public before it opens.
#[derive(Debug, Clone)]
pub struct Auction {
    pub needs: Vec<Need>,
    /// Who is invited.
    pub suppliers: Vec<String>,
    pub opens_at: i64,
    /// The first moment that is too late, while no bid moves it.
    pub closes_at: i64,
    /// The close is never moved past this.
    pub latest_close: i64,
    /// A bid so shortly before the close moves it. Microseconds.
    pub window: i64,
    /// The close is moved to so long after the bid. Microseconds.
    pub extension: i64,
    pub least_step: u64,
    /// The least first total.
    pub opening: u64,
    /// What the best total earns.
    pub points: u64,
}

#[derive(Debug, Clone)]
pub struct Need {
    pub id: String,
    pub unit_value: u64,
    /// The greatest useful amount.
    pub most: u64,
}

/// Why a bid is refused: the first of these, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BidRefusal {
    NotInvited,
    NotOpen,
    Closed,
    /// Of a need, or of something that is not needed.
    MoreThanNeeded,
    /// Less of something than the supplier's last bid has.
    LineFell,
    StepTooSmall,
    BelowOpening,
}

/// There is no bid of this supplier that could be voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoBid;

/// An auction with the bids that stand.
#[derive(Debug, Clone)]
pub struct Bidding<'a> {
    auction: &'a Auction,
    closes_at: i64,
    /// In the order accepted, without those that are void.
    bids: Vec<Bid>,
}

#[derive(Debug, Clone)]
struct Bid {
    supplier: String,
    /// One amount for each need.
    amounts: Vec<u64>,
    total: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank<'a> {
    pub supplier: &'a str,
    /// 1 is the best. Of equal totals, who was there first.
    pub rank: usize,
    pub total: u64,
    /// Hundredths of a point, half up: the share of the best total.
    pub points: u64,
}

impl<'a> Bidding<'a> {
    pub fn new(auction: &'a Auction) -> Bidding<'a> {
        Bidding {
            auction,
            closes_at: auction.closes_at,
            bids: Vec::new(),
        }
    }

    /// As moved by bids so far.
    pub fn closes_at(&self) -> i64 {
        self.closes_at
    }

    /// Takes a bid, in the order of the log, and says its total.
    ///
    /// # Errors
    /// With the first reason against it. A refused bid moves nothing.
    pub fn bid(
        &mut self,
        supplier: &str,
        at: i64,
        lines: &[(String, u64)],
    ) -> Result<u64, BidRefusal> {
        let auction = self.auction;
        if !auction.suppliers.iter().any(|invited| invited == supplier) {
            return Err(BidRefusal::NotInvited);
        }
        if at < auction.opens_at {
            return Err(BidRefusal::NotOpen);
        }
        if at >= self.closes_at {
            return Err(BidRefusal::Closed);
        }
        let (amounts, total) = self.amounts(lines).ok_or(BidRefusal::MoreThanNeeded)?;
        match self.standing(supplier) {
            Some(last) => {
                if amounts
                    .iter()
                    .zip(&last.amounts)
                    .any(|(now, last)| now < last)
                {
                    return Err(BidRefusal::LineFell);
                }
                if total < last.total.saturating_add(auction.least_step) {
                    return Err(BidRefusal::StepTooSmall);
                }
            }
            None if total < auction.opening => return Err(BidRefusal::BelowOpening),
            None => {}
        }
        self.bids.push(Bid {
            supplier: supplier.to_owned(),
            amounts,
            total,
        });
        if self.closes_at - at <= auction.window {
            let moved = at
                .saturating_add(auction.extension)
                .min(auction.latest_close);
            self.closes_at = self.closes_at.max(moved);
        }
        Ok(total)
    }

    /// Voids the last bid of a supplier, which falls back to the one before. Extensions stay.
    ///
    /// # Errors
    /// When no bid of theirs stands.
    pub fn void(&mut self, supplier: &str) -> Result<(), NoBid> {
        let last = self.bids.iter().rposition(|bid| bid.supplier == supplier);
        self.bids.remove(last.ok_or(NoBid)?);
        Ok(())
    }

    /// Everybody who bids, the best first.
    pub fn ranks(&self) -> Vec<Rank<'_>> {
        let mut standing: Vec<&Bid> = Vec::new();
        for (at, bid) in self.bids.iter().enumerate() {
            if !self.bids[at + 1..]
                .iter()
                .any(|later| later.supplier == bid.supplier)
            {
                standing.push(bid);
            }
        }
        // Stable: of equal totals, the one that stands longer.
        standing.sort_by_key(|bid| Reverse(bid.total));
        let best = standing.first().map_or(0, |bid| bid.total);
        (1..)
            .zip(standing)
            .map(|(rank, bid)| Rank {
                supplier: &bid.supplier,
                rank,
                total: bid.total,
                points: self.points(bid.total, best),
            })
            .collect()
    }

    fn points(&self, total: u64, best: u64) -> u64 {
        let (total, best) = (u128::from(total), u128::from(best));
        let hundredths = u128::from(self.auction.points) * total * 200 + best;
        // No more than all points.
        hundredths.checked_div(2 * best).unwrap_or(0) as u64
    }

    fn standing(&self, supplier: &str) -> Option<&Bid> {
        self.bids.iter().rfind(|bid| bid.supplier == supplier)
    }

    /// None when something is not needed, or more than is needed.
    fn amounts(&self, lines: &[(String, u64)]) -> Option<(Vec<u64>, u64)> {
        let needs = &self.auction.needs;
        let mut amounts = vec![0_u64; needs.len()];
        for (id, amount) in lines {
            let need = needs.iter().position(|need| need.id == *id)?;
            amounts[need] = amounts[need].checked_add(*amount)?;
        }
        let mut total = 0_u64;
        for (need, amount) in needs.iter().zip(&amounts) {
            if *amount > need.most {
                return None;
            }
            total = total.checked_add(amount.checked_mul(need.unit_value)?)?;
        }
        Some((amounts, total))
    }
}
