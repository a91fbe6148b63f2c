//! Restoration (Wiedereinsetzung in den vorigen Stand): until when it can be applied for after a period was missed, and
//! whether it was. Whether somebody missed it without fault is a decision of people and not arithmetic.

use jiff::civil::Date;

use crate::{
    calendar::Calendar,
    compute::{DeadlineInput, Occasion, compute},
    error::DeadlineError,
    law::Law,
    period::Period,
    sentence::{Sentence, dates},
};

/// What is known of an application, and what the law says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestorationInput {
    /// The law by which periods are reckoned.
    pub law: Law,
    /// The last day of the period that was missed.
    pub missed: Date,
    /// The day on which the obstacle ended.
    pub obstacle_ended_on: Date,
    /// The day on which it was applied for, or the act that was missed was made up for.
    pub applied_on: Date,
    /// How long after the end of the obstacle it can be applied for, and where that is written.
    pub within: (Period, String),
    /// How long after the end of the missed period at most, and where that is written.
    pub at_most: (Period, String),
    /// Whether force majeure kept them from applying before that.
    pub force_majeure: bool,
}

/// The limits of an application, and whether it keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restoration {
    /// The last day on which it could be applied for, and the act be made up for.
    pub until: Date,
    /// The last day before it is excluded.
    pub limit: Date,
    /// Whether it was applied for in time.
    pub kept: Result<(), RestorationMissed>,
    /// Why, sentence by sentence.
    pub derivation: Vec<Sentence>,
}

/// Which limit was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestorationMissed {
    /// It was applied for too long after the obstacle had ended.
    TooLate,
    /// Too long after the end of the missed period.
    Excluded,
}

/// The limits of an application for restoration, and whether it keeps them.
pub fn restoration(input: &RestorationInput, calendar: &Calendar) -> Result<Restoration, DeadlineError> {
    let RestorationInput { law, missed, obstacle_ended_on, applied_on, within, at_most, force_majeure } =
        input;
    let reckoned = |start: Date, period: Period, de: &str, en: &str| {
        let occasion = Occasion::Other { de: de.to_owned(), en: en.to_owned() };
        let input = DeadlineInput { law: *law, occasion, ..DeadlineInput::new(start, period) };
        compute(&input, calendar)
    };
    let application =
        reckoned(*obstacle_ended_on, within.0, "dem Wegfall des Hindernisses", "the end of the obstacle")?;
    let most = reckoned(*missed, at_most.0, "dem Ende der versäumten Frist", "the end of the missed period")?;
    let ((missed_de, missed_en), (limit_de, limit_en)) = (dates(*missed), dates(most.end));
    let ((until_de, until_en), (on_de, on_en)) = (dates(application.end), dates(*applied_on));
    let mut derivation = vec![Sentence::plain(
        format!("Versäumt ist eine Frist, deren letzter Tag {missed_de}, war"),
        format!("The period that was missed had its last day on {missed_en}"),
    )];
    derivation.extend(application.derivation);
    derivation.push(Sentence::cited(
        format!("Der Antrag ist bis {until_de}, zu stellen und die versäumte Handlung bis dahin nachzuholen"),
        format!("It is to be applied for by {until_en}, and the act to be made up for by then"),
        &within.1,
    ));
    derivation.push(Sentence::cited(
        format!("Nach {limit_de}, ist die Wiedereinsetzung ausgeschlossen, außer bei höherer Gewalt"),
        format!("After {limit_en}, restoration is excluded, except for force majeure"),
        &at_most.1,
    ));
    let kept = match (*applied_on <= application.end, *applied_on <= most.end || *force_majeure) {
        (_, false) => Err(RestorationMissed::Excluded),
        (false, true) => Err(RestorationMissed::TooLate),
        (true, true) => Ok(()),
    };
    derivation.push(match kept {
        Ok(()) => Sentence::plain(
            format!("Beantragt oder nachgeholt wurde sie am {on_de}, also rechtzeitig"),
            format!("It was applied for or made up for on {on_en}, in time"),
        ),
        Err(_) => Sentence::plain(
            format!("Beantragt oder nachgeholt wurde sie erst am {on_de}"),
            format!("It was applied for or made up for on {on_en} only"),
        ),
    });
    Ok(Restoration { until: application.end, limit: most.end, kept, derivation })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Land, Place};

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[track_caller]
    fn check(
        (missed, obstacle, applied, force_majeure): (&str, &str, &str, bool),
        (until, limit): (&str, &str),
        kept: Result<(), RestorationMissed>,
    ) {
        let calendar = Calendar::new(&Place::land(Land::ST)).expect("a calendar");
        let input = RestorationInput {
            law: Law::VwVfG,
            missed: day(missed),
            obstacle_ended_on: day(obstacle),
            applied_on: day(applied),
            within: (Period::Weeks(2), "§ 32 Abs. 2 Satz 1 VwVfG".to_owned()),
            at_most: (Period::Years(1), "§ 32 Abs. 3 VwVfG".to_owned()),
            force_majeure,
        };
        let found = restoration(&input, &calendar).expect("it is reckoned");
        assert_eq!((found.until, found.limit, found.kept), (day(until), day(limit), kept), "{applied}");
        assert!(found.derivation.iter().any(|it| it.norm.as_deref() == Some("§ 32 Abs. 3 VwVfG")));
    }

    #[test]
    fn two_weeks_from_the_end_of_the_obstacle_and_a_year_at_most() {
        use RestorationMissed::{Excluded, TooLate};
        // Two weeks after Friday, 20 March 2026, end on Good Friday, and move to the Tuesday after Easter.
        let spring = ("2026-04-07", "2027-03-02");
        check(("2026-03-02", "2026-03-20", "2026-04-07", false), spring, Ok(()));
        check(("2026-03-02", "2026-03-20", "2026-04-08", false), spring, Err(TooLate));
        let year = ("2027-03-16", "2027-03-02");
        check(("2026-03-02", "2027-03-02", "2027-03-02", false), year, Ok(()));
        check(("2026-03-02", "2027-03-02", "2027-03-03", false), year, Err(Excluded));
        check(("2026-03-02", "2027-03-02", "2027-03-03", true), year, Ok(()));
    }
}
