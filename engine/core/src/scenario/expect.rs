//! What a scenario expects, and how things stand.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::DateTime;

use crate::words::{Date, StepPath, Text, Value};

/// How things stand, as people see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// The steps that wait now: tasks, waits, effects; sorted, as often as they are active.
    pub waiting: Vec<StepPath>,
    /// The deadlines that are set, by step and name (`request/await.expired`; without a step for the case itself).
    pub deadlines: BTreeMap<Arc<str>, ViewDeadline>,
    /// The last days of grace of the deadlines that have one.
    pub grace: BTreeMap<Arc<str>, Date>,
    /// The deadlines of which people are warned now, in order.
    pub warned: Vec<Arc<str>>,
    /// What steps wrote.
    pub results: Value,
    /// The outcome by which a step was left last.
    pub outcomes: BTreeMap<StepPath, Arc<str>>,
    /// Whether the case has ended, and how.
    pub ended: Option<Option<Arc<str>>>,
    /// The titles of the documents, in the order in which they came.
    pub documents: Vec<Arc<str>>,
    /// The text of the last letter of each step.
    pub letters: BTreeMap<StepPath, Arc<str>>,
    /// What was sent to other cases: `call x`, `message x`, `signal x`, in order.
    pub sent: Vec<Arc<str>>,
    /// How many notes there are.
    pub notes: usize,
    /// The file number.
    pub number: Option<Arc<str>>,
    /// The codes of the open incidents.
    pub incidents: Vec<Arc<str>>,
    /// What they say: shown beside a line that did not go as written.
    pub troubles: Vec<Text>,
    /// The application.
    pub data: Value,
    /// The parties, as rules see them.
    pub parties: Value,
    /// The acts, as rules see them.
    pub acts: Value,
    /// Internal due days of open tasks.
    pub due: BTreeMap<StepPath, Date>,
    /// The errands that wait for somebody now, by their text, oldest first.
    pub errands: Vec<Arc<str>>,
}

/// A deadline as it is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewDeadline {
    /// It ends with this day.
    Ends(Date),
    /// It ends at this time by the clock on the wall in Germany: it runs in hours.
    EndsAt(DateTime),
    /// It waits for a dispatch.
    NotRunning,
    /// It does not run for the time being.
    Suspended,
}

impl std::fmt::Display for ViewDeadline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ViewDeadline::Ends(day) => day.fmt(f),
            ViewDeadline::EndsAt(time) => time.strftime("%Y-%m-%dT%H:%M").fmt(f),
            ViewDeadline::NotRunning => f.write_str("not running"),
            ViewDeadline::Suspended => f.write_str("suspended"),
        }
    }
}

/// What a scenario expects; what it does not name is not compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expectation {
    /// Exactly these steps wait; sorted, as often as they are active. A block stands for all that waits inside.
    pub waiting: Option<Vec<StepPath>>,
    /// These deadlines are set so. A step or block stands for the one deadline that is set there.
    pub deadlines: BTreeMap<Arc<str>, ViewDeadline>,
    /// These deadlines have a grace until these days.
    pub grace: BTreeMap<Arc<str>, Date>,
    /// People are warned of exactly these deadlines; sorted.
    pub warned: Option<Vec<Arc<str>>>,
    /// The results have these parts.
    pub results: Option<Value>,
    /// These steps were left last by these outcomes.
    pub outcomes: BTreeMap<StepPath, Arc<str>>,
    /// The case has ended, by this outcome if one is named; `false`: it goes on.
    pub ended: Option<Ended>,
    /// Exactly these documents are there.
    pub documents: Option<Vec<Arc<str>>>,
    /// The last letters of these steps contain these words.
    pub letters: BTreeMap<StepPath, Vec<Arc<str>>>,
    /// Exactly this was sent to other cases.
    pub sent: Option<Vec<Arc<str>>>,
    /// So many notes are there.
    pub notes: Option<usize>,
    /// The file number is this.
    pub number: Option<Arc<str>>,
    /// Exactly these incidents are open.
    pub incidents: Option<Vec<Arc<str>>>,
    /// The application has these parts.
    pub data: Option<Value>,
    /// The parties have these parts.
    pub parties: Option<Value>,
    /// The acts have these parts.
    pub acts: Option<Value>,
    /// These tasks are due on these days.
    pub due: BTreeMap<StepPath, Date>,
    /// Exactly these errands wait for somebody now.
    pub errands: Option<Vec<Arc<str>>>,
}

/// Whether and how a case shall have ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It goes on.
    No,
    /// It has ended, however.
    Yes,
    /// It has ended with this outcome.
    With(Arc<str>),
}
