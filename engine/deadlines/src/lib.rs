//! Legal deadlines that explain themselves: §§ 187-193 BGB, § 31 VwVfG, § 108 AO, § 26 SGB X, the fiction of
//! notification by law and day of dispatch, and the holidays of the sixteen Länder.
//!
//! Every result carries its derivation: sentences in German and English, each with its norm. What the law may change
//! (holidays, days of the fiction) is data in `building-blocks/law/`, compiled in; other data can be handed over.
//!
//! ```
//! use fachwerk_deadlines::{Calendar, DeadlineInput, Land, Law, Occasion, Period, Place, compute};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let calendar = Calendar::new(&Place::land(Land::HE))?;
//! let input = DeadlineInput {
//!     law: Law::VwVfG,
//!     occasion: Occasion::Notification,
//!     ..DeadlineInput::new("2026-03-06".parse()?, Period::parse("4 weeks")?)
//! };
//! let deadline = compute(&input, &calendar)?;
//! assert_eq!(deadline.raw_end, "2026-04-03".parse()?); // Good Friday
//! assert_eq!(deadline.end, "2026-04-07".parse()?);
//! # Ok(())
//! # }
//! ```
//!
//! # Architecture invariant
//! Pure: no files, no network, no clock, no randomness, no async, no locks; the same input gives the same answer and the
//! same sentences for ever. Deliberately absent: "today" (the caller knows it), time zones other than in an instant that
//! the caller hands over, whether a period may be extended or stopped or was missed without fault, and the choice of the
//! law that applies.

mod around;
mod awaited;
mod calendar;
mod change;
mod compute;
mod easter;
mod error;
mod holidays;
mod hours;
pub mod json;
mod land;
mod law;
mod nearest;
mod notification;
mod notify;
mod period;
mod reckoning;
mod restoration;
mod sentence;
mod shift;
mod working_days;

pub use around::{days_before, grace};
pub use awaited::{Awaited, Proof, awaited_by};
pub use calendar::{Calendar, WorkingDays};
pub use change::{Decided, Extension, Terms, extend, extend_hours, reinstated, resume, suspended};
pub use compute::{Begin, Deadline, DeadlineInput, NoShift, Occasion, Shift, compute};
pub use easter::easter_sunday;
pub use error::{DeadlineError, LegalDataError};
pub use holidays::{Holiday, HolidayLaw, Names, Provenance, Rule};
pub use hours::{HoursDeadline, HoursInput, compute_hours};
pub use land::{Land, Place};
pub use law::{Law, remedy_sentence};
pub use notification::{
    CountsFrom, NotificationLaw, NotificationRule, NotificationRules, OtherDay, RuleKind, Way,
};
pub use notify::{DocumentKind, Notification, NotificationInput, notify, notify_by};
pub use period::Period;
pub use restoration::{Restoration, RestorationInput, RestorationMissed, restoration};
pub use sentence::{Language, Sentence, date_text};

/// The version of the built-in legal data, growing with each change of holidays or notification rules. A decision
/// records it to say which law it was computed with.
pub fn norms_version() -> u32 {
    HolidayLaw::built_in().version() * 1_000 + NotificationRules::built_in().version()
}
