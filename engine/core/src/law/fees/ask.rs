//! What is asked of a tariff.

use std::sync::Arc;

use fachwerk_deadlines::Land;

use crate::words::Date;

/// When, and where.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The day that says which version of the tariff counts; none: nobody said it, and it is today when the law takes the day
    /// on which the act is ended.
    pub key_day: Option<Date>,
    /// The day on which it is asked.
    pub today: Date,
    /// The Land of the authority; none: it has not said it.
    pub land: Option<Land>,
}

/// What is asked. What is not said is missing: it is told what is needed.
#[derive(Clone, Debug, Default)]
pub struct FeeAsked {
    /// What names the position of the tariff.
    pub tariff: Arc<str>,
    /// What somebody set within a frame, in cents.
    pub amount: Option<i64>,
    /// What was counted, one number a unit.
    pub quantities: Vec<i64>,
    /// The value of what it is about, in cents.
    pub value: Option<i64>,
    /// Minutes, each with the rate.
    pub time: Vec<(Arc<str>, i64)>,
    /// The other fee of which it is a share, in cents.
    pub share_of: Option<i64>,
    /// The share, in percent.
    pub percent: Option<i64>,
    /// What came of it, when it is not what was applied for: `refused`, `withdrawn`, `deemed`.
    pub occasion: Option<Arc<str>>,
    /// The rule by which less is charged, when somebody chose one.
    pub reduction: Option<Arc<str>>,
    /// To how much of the full fee, in percent.
    pub reduced_to: Option<i64>,
    /// Why this amount, why less.
    pub reasons: Option<Arc<str>>,
    /// Expenses (Auslagen), in cents.
    pub expenses: i64,
}
