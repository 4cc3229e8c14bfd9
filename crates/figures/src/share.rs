/// How a share is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Some did, but not half of a per cent.
    Under1,
    /// Nearly all did.
    Over99,
    PerCent(u64),
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Share::Under1 => f.write_str("under 1%"),
            Share::Over99 => f.write_str("over 99%"),
            Share::PerCent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// What a share is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// People, as in a survey: neither those who did nor those who did not may be fewer than `k`.
    People { k: u64 },
    /// Work, such as training or phishing tests.
    Work,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareWithheld {
    TooFewAsked,
    SmallGroup,
}

/// A share is shown from so many on.
const LEAST_ASKED: u64 = 10;

/// `n` of `of`, to the whole per cent, half up. Only none is 0%, and only all are 100%.
///
/// # Errors
/// When it would say something about a few people.
pub fn share(n: u64, of: u64, about: About) -> Result<Share, ShareWithheld> {
    if of < LEAST_ASKED {
        return Err(ShareWithheld::TooFewAsked);
    }
    if let About::People { k } = about
        && (n < k || of.saturating_sub(n) < k)
    {
        return Err(ShareWithheld::SmallGroup);
    }
    let percent = (u128::from(n) * 200 + u128::from(of)) / (u128::from(of) * 2);
    Ok(match percent {
        0 if n > 0 => Share::Under1,
        100 if n < of => Share::Over99,
        percent => Share::PerCent(u64::try_from(percent).unwrap_or(u64::MAX)),
    })
}
