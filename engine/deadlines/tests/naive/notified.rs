//! The law of notification, written down once more by hand, without the table of the crate.

use fachwerk_deadlines::{Land, NotificationLaw, Way};

use crate::almanac::Day;

/// How the day of notification is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// So many days later; whether it then moves on to a working day; whether a later receipt counts; whether another
    /// number of days can be said, and whether the act can name the day itself.
    Later { days: usize, moves: bool, receipt: bool, other_days: bool, named: bool },
    /// One month later (§ 122 Abs. 2 Nr. 2 AO).
    MonthLater,
    /// On that day.
    SameDay,
    /// On the day that is proven.
    Proven,
    /// The day after the proven retrieval, within ten days.
    Retrieved,
    /// Nothing is said for that day.
    Nothing,
}

/// What the law says for a day of dispatch.
pub fn found(law: NotificationLaw, land: Land, way: Way, day: Day) -> Found {
    use NotificationLaw::{AO, SgbX, VwVfG};
    let on = (day.year, day.month, day.day);
    let since_2025 = on >= (2025, 1, 1);
    let moves = law == AO;
    let later = |days, receipt| Found::Later { days, moves, receipt, other_days: true, named: false };
    let third_or_fourth = |receipt| later(if since_2025 { 4 } else { 3 }, receipt);
    let account = on >= (2020, 12, 10);
    match (law, way) {
        (_, Way::InPerson) => Found::SameDay,
        (_, Way::ServiceWithProof) => Found::Proven,
        (_, Way::Post | Way::Electronic) => third_or_fourth(true),
        (AO, Way::PostAbroad) => Found::MonthLater,
        (_, Way::PostAbroad) => Found::Proven,
        (VwVfG, Way::RegisteredLetter) if land == Land::TH => later(3, true),
        (_, Way::RegisteredLetter) => third_or_fourth(true),
        (_, Way::DeMail) if on >= (2011, 5, 3) => third_or_fourth(true),
        (VwVfG, Way::Portal) if on >= (2017, 1, 1) => Found::Retrieved,
        (AO, Way::Portal) if on >= (2017, 1, 1) => third_or_fourth(on < (2026, 1, 1)),
        (SgbX, Way::Portal) if account => third_or_fourth(true),
        (AO, Way::Mailbox) if account => third_or_fourth(on < (2026, 1, 1)),
        (VwVfG | SgbX, Way::Mailbox) if account => later(3, false),
        (_, Way::Public | Way::PublicService) => {
            Found::Later { days: 14, moves, receipt: false, other_days: false, named: way == Way::Public }
        }
        (_, Way::DeMail | Way::Portal | Way::Mailbox) => Found::Nothing,
    }
}
