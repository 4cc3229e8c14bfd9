use crate::ballot::{Counted, Counts, Decision, Fault, Majority, Motion, Position};
use crate::roll::Valid;

/// Abstentions count for the quorum and for nothing else; a tie is not carried.
pub fn count(majority: Majority, papers: &[Valid], roll: usize) -> Result<Counted, Fault> {
    let of = |wanted: Position| {
        papers
            .iter()
            .filter(|paper| matches!(paper, Valid::Motion(position) if *position == wanted))
            .count()
    };
    let (for_it, against) = (of(Position::For), of(Position::Against));
    let needed = match majority {
        Majority::Simple => (for_it + against) / 2 + 1,
        Majority::TwoThirds => (2 * (for_it + against)).div_ceil(3),
        Majority::OfRoll => roll / 2 + 1,
    };
    // Nothing is carried that nobody is for, as two thirds of no votes would be.
    let carried = for_it > 0 && for_it >= needed;
    Ok(Counted {
        decision: if carried {
            Decision::Carried
        } else {
            Decision::NotCarried
        },
        counts: Some(Counts::Motion(Motion {
            for_it,
            against,
            abstained: of(Position::Abstain),
            needed,
        })),
    })
}
