//! Everything that can be found, explained to whoever designs processes: what it means, why it matters, what to do, and a
//! process before and after. One file a code; a test carries all of it out.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use serde::Deserialize;

use super::{Against, Lack, Property, fee::Charged, fiction::Silent, instruction::Instructed};
use crate::{
    diagnostic::{Problems, Severity},
    language::read_yaml,
    words::Text,
};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Whether cases can end.
    Soundness,
    /// What values can be when they are asked for.
    Data,
    /// What laws of procedure ask for.
    Law,
    /// Whether there are enough people.
    People,
}

impl Topic {
    /// In the order in which they are told.
    pub const ALL: [Topic; 4] = [Topic::Soundness, Topic::Data, Topic::Law, Topic::People];

    /// Stable, for programs and addresses.
    pub fn code(self) -> &'static str {
        match self {
            Topic::Soundness => "soundness",
            Topic::Data => "data",
            Topic::Law => "law",
            Topic::People => "people",
        }
    }

    /// What people read.
    pub fn title(self) -> Text {
        match self {
            Topic::Soundness => Text::new("Ablauf und Ende", "Course and end"),
            Topic::Data => Text::new("Angaben, Bedingungen und Tabellen", "Data, conditions and tables"),
            Topic::Law => Text::new("Verfahrensrecht", "Law of procedure"),
            Topic::People => Text::new("Personen und Rollen", "People and roles"),
        }
    }
}

/// A code, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The code that a problem has.
    pub code: &'static str,
    /// What it is about.
    pub topic: Topic,
    /// How grave it is when it is certain; what data may exclude counts one less.
    pub severity: Severity,
    /// What it is called.
    pub title: Text,
    /// What was found.
    pub meaning: Text,
    /// What becomes of a case or a person.
    pub consequence: Text,
    /// What to do.
    pub remedy: Text,
    /// The files of a process, over those of the [`frame`], in which exactly this is found; by name.
    pub before: Files,
    /// The same process in which nothing is found.
    pub after: Files,
}

/// Texts by the name of their file. `process.yaml` goes on where that of the frame ends, `people.yaml` says which people an
/// authority has, and `settings.yaml` what it has set.
pub type Files = BTreeMap<Arc<str>, Arc<str>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    severity: String,
    title: Words,
    meaning: Words,
    consequence: Words,
    remedy: Words,
    before: Files,
    after: Files,
}

/// A comma in braces would begin another key, so none but these is taken.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    de: Arc<str>,
    en: Arc<str>,
}

impl From<Words> for Text {
    fn from(Words { de, en }: Words) -> Text {
        Text { de, en }
    }
}

macro_rules! entries {
    ($($topic:ident { $($code:literal)* })*) => {
        [$($((Topic::$topic, $code, include_str!(concat!("explained/", $code, ".yaml"))),)*)*]
    };
}

static ALL: LazyLock<Vec<Explained>> = LazyLock::new(|| {
    let entries = entries! {
        Soundness {
            "step_never_reached" "step_cut_off" "join_waits_in_vain" "never_ends" "locks_in_circle" "error_unhandled"
            "goes_in_circles" "paths_multiply" "soundness_not_decided"
        }
        Data {
            "result_never_there" "result_may_be_missing" "written_at_the_same_time" "read_while_written"
            "condition_never_holds" "way_never_taken" "else_never_taken" "no_option_left" "conditions_not_decided" "table_gap"
            "table_rows_overlap" "table_row_never_counts" "table_not_decided"
        }
        Law {
            "act_automatic" "no_way_to_official" "not_heard" "act_effect_unsaid" "deadline_without_letter"
            "deadline_before_dispatch" "act_without_instruction" "instruction_unsaid"
            "remedy_unknown" "fee_not_here" "fee_sample" "account_unsaid" "decided_after_silence"
            "notification_not_awaited" "fiction_not_here"
        }
        People { "nobody_left" "role_without_people" "process_without_people" "staff_not_decided" }
    };
    entries.into_iter().map(|(topic, code, text)| entry(topic, code, text)).collect()
});

fn entry(topic: Topic, code: &'static str, text: &str) -> Explained {
    let Written { severity, title, meaning, consequence, remedy, before, after } = read(code, text);
    let severity = match severity.as_str() {
        "error" => Severity::Error,
        "concern" => Severity::Concern,
        "warning" => Severity::Warning,
        other => unreachable!("{code}: `{other}` is no severity; a test reads every entry"),
    };
    Explained {
        code,
        topic,
        severity,
        title: title.into(),
        meaning: meaning.into(),
        consequence: consequence.into(),
        remedy: remedy.into(),
        before,
        after,
    }
}

fn read<T: serde::de::DeserializeOwned>(code: &str, text: &str) -> T {
    let mut problems = Problems::default();
    let node = read_yaml(&format!("{code}.yaml").into(), text.as_bytes(), 0, &mut problems);
    let read = node.map(|node| serde_json::from_value(node.to_value()));
    match read {
        Some(Ok(read)) => read,
        Some(Err(error)) => unreachable!("{code}: {error}; a test reads every entry"),
        None => unreachable!("{code}: {:?}; a test reads every entry", problems.into_sorted()),
    }
}

static FRAME: LazyLock<Files> = LazyLock::new(|| {
    let files = [
        ("process.yaml", include_str!("explained/frame/process.yaml")),
        ("application.schema.json", include_str!("explained/frame/application.schema.json")),
        ("forms/check.yaml", include_str!("explained/frame/forms/check.yaml")),
        ("forms/note.yaml", include_str!("explained/frame/forms/note.yaml")),
        ("people.yaml", include_str!("explained/frame/people.yaml")),
    ];
    files.into_iter().map(|(name, text)| (name.into(), text.into())).collect()
});

/// Every code that a proof can say, in the order in which they are told.
pub fn explained() -> &'static [Explained] {
    &ALL
}

/// The files that all examples share: `process.yaml` as far as the steps, the application,
/// forms, and people.
pub fn frame() -> &'static Files {
    &FRAME
}

/// Files as they are read: the process first.
pub fn listed(files: &Files) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
    let is_first = |name: &str| name == "process.yaml";
    let first = files.iter().filter(move |(name, _)| is_first(name));
    first.chain(files.iter().filter(move |(name, _)| !is_first(name)))
}

/// Every code that a proof can say, from where it is said.
pub fn codes() -> impl Iterator<Item = &'static str> {
    [Property::CODES, Against::CODES, Lack::CODES, Instructed::CODES, Charged::CODES, Silent::CODES]
        .into_iter()
        .flatten()
        .copied()
}
