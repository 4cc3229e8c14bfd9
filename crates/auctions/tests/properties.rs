//! What holds of every auction.

use auctions::{Auction, Bidding, Need};
use proptest::collection::vec;
use proptest::prelude::*;

const SUPPLIERS: [&str; 3] = ["s1", "s2", "s9"];

fn auction() -> Auction {
    let need = |id: &str, unit_value, most| Need {
        id: id.to_owned(),
        unit_value,
        most,
    };
    Auction {
        needs: vec![need("a", 3, 20), need("b", 7, 10)],
        suppliers: vec!["s1".to_owned(), "s2".to_owned()],
        opens_at: 100,
        closes_at: 1_000,
        latest_close: 1_500,
        window: 100,
        extension: 150,
        least_step: 5,
        opening: 10,
        points: 20,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn totals_only_rise_and_the_close_only_moves_later_and_never_past_the_latest(
        bids in vec((0..3_usize, 0..120_i64, 0..25_u64, 0..12_u64, 0..12_u8), 0..30),
    ) {
        let rules = auction();
        let mut bidding = Bidding::new(&rules);
        let mut at = 0;
        for (supplier, later, a, b, act) in bids {
            at += later;
            let supplier = SUPPLIERS[supplier];
            let before = bidding.clone();
            let own = |bidding: &Bidding| {
                bidding.ranks().iter().find(|rank| rank.supplier == supplier).map(|rank| rank.total)
            };
            if act == 0 {
                let had = own(&bidding);
                prop_assert_eq!(bidding.void(supplier).is_ok(), had.is_some());
                prop_assert!(own(&bidding) < had || had.is_none());
                prop_assert_eq!(bidding.closes_at(), before.closes_at());
                continue;
            }
            let lines = [("a".to_owned(), a), ("b".to_owned(), b)];
            match bidding.bid(supplier, at, &lines) {
                Ok(total) => {
                    prop_assert_eq!(total, 3 * a + 7 * b);
                    prop_assert!(supplier != "s9" && at >= 100 && at < before.closes_at());
                    prop_assert!(a <= 20 && b <= 10);
                    prop_assert!(own(&before).map_or(total >= 10, |last| total >= last + 5));
                    prop_assert!(bidding.closes_at() >= before.closes_at() && bidding.closes_at() <= 1_500);
                    prop_assert!(bidding.closes_at() == before.closes_at() || before.closes_at() - at <= 100);
                }
                Err(_) => {
                    prop_assert_eq!(bidding.closes_at(), before.closes_at());
                    prop_assert_eq!(bidding.ranks(), before.ranks());
                }
            }
            let ranks = bidding.ranks();
            prop_assert!(ranks.is_sorted_by(|one, next| one.total >= next.total && one.rank < next.rank));
            if let Some(best) = ranks.first().filter(|best| best.total > 0) {
                prop_assert_eq!(best.points, 2_000);
            }
            prop_assert!(ranks.iter().all(|rank| rank.points <= 2_000));
        }
    }
}
