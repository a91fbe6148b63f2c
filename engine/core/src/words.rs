//! The small words that everything else is said with: ids, addresses and texts.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A JSON value as it lies in a case. Fractions are refused where data enters (money is integer cents).
pub type Value = serde_json::Value;
/// A JSON object.
pub type Object = serde_json::Map<String, Value>;
/// A day without a time of day.
pub type Date = jiff::civil::Date;
/// An instant; stored as integer microseconds since 1970-01-01T00:00Z.
pub type Timestamp = jiff::Timestamp;
pub use fachwerk_deadlines::{
    Begin, Calendar, Extension, Land, Language, Period, Place, Proof, Sentence, Way, date_text,
};

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

name_type!(
    /// One authority, for example `musterstadt`. Part of every key.
    TenantId
);
name_type!(
    /// A person of an authority: the name they log in with.
    PersonId
);
name_type!(
    /// A role, for example `clerk`.
    RoleId
);
name_type!(
    /// An access token of a program: the part of it that is no secret.
    TokenId
);
name_type!(
    /// A process, for example `bonfire`.
    ProcessId
);
name_type!(
    /// The address of a step within its process: the ids of the steps around it and its own, joined by `/`,
    /// for example `completeness/confirm`. In a case, a step inside the rounds of an `each` carries their numbers:
    /// `answer[2]`, nested `answer[2.1]`.
    StepPath
);
name_type!(
    /// A process with the exact block versions that it was checked with: the SHA-256 of its files, in hex.
    ReleaseId
);

impl StepPath {
    /// The address of the step `id` inside this one.
    pub fn child(&self, id: &str) -> StepPath {
        StepPath(format!("{}/{id}", self.0).into())
    }

    /// Whether this is `other` or lies inside it, in whichever rounds.
    pub fn is_within(&self, other: &StepPath) -> bool {
        self.address()
            .strip_prefix(other.address())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The address as it is written in the process: without rounds.
    pub fn address(&self) -> &str {
        self.split().map_or(&*self.0, |(address, _)| address)
    }

    /// The step as it is written in the process.
    pub fn without_rounds(&self) -> StepPath {
        self.split().map_or_else(|| self.clone(), |(address, _)| StepPath(address.into()))
    }

    /// The step in these rounds, the outermost first.
    pub fn in_rounds(&self, rounds: &[u32]) -> StepPath {
        if rounds.is_empty() {
            return self.clone();
        }
        let numbers: Vec<String> = rounds.iter().map(ToString::to_string).collect();
        StepPath(format!("{}[{}]", self.address(), numbers.join(".")).into())
    }

    /// The rounds that it lies in, the outermost first.
    pub fn rounds(&self) -> Vec<u32> {
        let Some((_, rounds)) = self.split() else { return Vec::new() };
        rounds.split('.').filter_map(|round| round.parse().ok()).collect()
    }

    /// The address and the rounds, if it lies in any: most do not, and that is seen at the end.
    fn split(&self) -> Option<(&str, &str)> {
        self.0.strip_suffix(']')?.split_once('[')
    }
}

/// A case. Time-ordered (UUID version 7), drawn outside the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub Uuid);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl FromStr for CaseId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// An instance of a step or scope within a case: counted from 0 (the case's own scope) in the order of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InstanceId(pub u32);

impl InstanceId {
    /// The scope that the case itself is.
    pub const ROOT: InstanceId = InstanceId(0);
    /// No instance: what a case as a whole sends to other cases.
    pub const SENDER: InstanceId = InstanceId(u32::MAX);
}
impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A task: the instance of a task step in its case. Written `<case>.<instance>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId {
    /// The case that the task belongs to.
    pub case: CaseId,
    /// Its instance there.
    pub instance: InstanceId,
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.case, self.instance)
    }
}
impl FromStr for TaskId {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("{text:?} is not a task: expected <case>.<number>");
        let (case, instance) = text.split_once('.').ok_or_else(wrong)?;
        Ok(TaskId {
            case: case.parse().map_err(|_| wrong())?,
            instance: InstanceId(instance.parse().map_err(|_| wrong())?),
        })
    }
}

/// A visible text in every language.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    /// German.
    pub de: Arc<str>,
    /// English.
    pub en: Arc<str>,
}

impl Text {
    /// A text from its two forms.
    pub fn new(de: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Self {
        Self { de: de.into(), en: en.into() }
    }

    /// The text in a language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::De => &self.de,
            Language::En => &self.en,
        }
    }
}

/// A day as people write it: "Freitag, 3. April 2026".
pub fn day_text(day: Date) -> Text {
    let text = |language| fachwerk_deadlines::date_text(day, language);
    Text::new(text(Language::De), text(Language::En))
}

/// A day as it stands in every letter, at its head and in its text: `3. Dezember 2026`.
pub fn letter_day(day: Date) -> String {
    let text = fachwerk_deadlines::date_text(day, Language::De);
    text.split_once(", ").map_or(text.clone(), |(_, day)| day.to_owned())
}

/// Bytes as people read them: `12,5 MB`, `12.5 MB`. Rounded up, so that what is too much never reads like what is allowed.
pub fn megabytes(bytes: u64) -> Text {
    let tenths = bytes.div_ceil(100_000);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    match tenth {
        0 => Text::new(format!("{whole} MB"), format!("{whole} MB")),
        _ => Text::new(format!("{whole},{tenth} MB"), format!("{whole}.{tenth} MB")),
    }
}
