//! What events say of approval by silence (Genehmigungsfiktion).

use std::sync::Arc;

use fachwerk_deadlines::Sentence;
use serde::{Deserialize, Serialize};

use super::{ChangeReason, Deadline};
use crate::{
    act::ActContent,
    law::{FictionBegin, KeptBy, LawUsed},
    words::{Date, InstanceId, StepPath, Text},
};

/// What happens when a deadline ends before anything is decided: an act counts as granted. As the law said when it was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fiction {
    /// The kind of act.
    pub act: Arc<str>,
    /// What people read of it.
    pub title: Text,
    /// The row of law that orders it.
    pub law: LawUsed,
    /// What the period begins with.
    pub begin: FictionBegin,
    /// Where that is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begin_norm: Option<Arc<str>>,
    /// Where it is written that it may be extended once; none: it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Arc<str>>,
    /// What of a decision must lie within the period.
    pub kept_by: KeptBy,
    /// Whether the law gives a certificate on demand.
    #[serde(default)]
    pub certificate: bool,
    /// What one should know of the row, above all what the dispute is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// An act came to be because nothing was decided in time: it exists, without a letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActDeemed {
    /// Its number.
    pub act: u32,
    /// Its kind.
    pub kind: Arc<str>,
    /// The step whose deadline ended.
    pub step: StepPath,
    /// The first day on which it counts as granted.
    pub on: Date,
    /// What it says.
    pub content: ActContent,
    /// Those of its addressees who applied: from that day they are notified. The others are when they are told.
    pub applicants: Vec<u32>,
    /// The row of law that orders it.
    pub law: LawUsed,
}

/// What silence grants ends on another day by what is known now, and nobody waits for it any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockFollowed {
    /// The instance whose deadline it was.
    pub clock: InstanceId,
    /// The deadline as it is now.
    pub deadline: Deadline,
}

/// A person has said whether an act counts as granted, after what is known had changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FictionRuled {
    /// The instance whose deadline it was.
    pub clock: InstanceId,
    /// The kind of act.
    pub act: Arc<str>,
    /// What people read of it.
    pub title: Text,
    /// Whether it counts as granted.
    pub deemed: bool,
    /// The act that counted as granted until now; none: none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The first day on which it counts as granted, when that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// Who, and why.
    pub because: ChangeReason,
}

impl Fiction {
    /// Why the deadline is as it is and what follows, sentence by sentence.
    pub fn sentences(&self) -> Vec<Sentence> {
        let say = |de: String, en: String, norm: Option<&Arc<str>>| {
            let with = |text: String| match norm {
                Some(norm) => format!("{} ({norm}).", text.trim_end_matches('.')),
                None => text,
            };
            Sentence { de: with(de), en: with(en), norm: norm.map(ToString::to_string) }
        };
        let mut all = vec![say(
            format!(
                "Ist über „{}“ bis zum Ende dieser Frist nicht entschieden, gilt sie als erteilt (Genehmigungsfiktion).",
                self.title.de
            ),
            format!("If `{}` is not decided by the end of this period, it counts as granted.", self.title.en),
            self.law.norm.as_ref(),
        )];
        let (de, en) = match self.begin {
            FictionBegin::CompleteDocuments => (
                "Sie beginnt mit dem Eingang der letzten Unterlage, die der Antragsteller beizubringen hat; was unmittelbar von anderen Stellen kommt, hält sie nicht auf.",
                "It begins with the receipt of the last document that the applicant has to bring; what comes directly from other bodies does not hold it up.",
            ),
            FictionBegin::Application => {
                ("Sie beginnt mit dem Eingang des Antrags.", "It begins with the receipt of the application.")
            }
            FictionBegin::Notice => {
                ("Sie beginnt mit dem Eingang der Anzeige.", "It begins with the receipt of the notice.")
            }
        };
        all.push(say(de.into(), en.into(), self.begin_norm.as_ref()));
        let (de, en) = match self.kept_by {
            KeptBy::Notification => (
                "Gewahrt ist sie nur, wenn die Entscheidung innerhalb der Frist bekannt gegeben ist; dass sie erlassen oder abgesandt ist, genügt vorsichtshalber nicht.",
                "It is kept only when the decision is notified within it; that it is issued or sent does not do, to be careful.",
            ),
            KeptBy::Issue => (
                "Gewahrt ist sie, wenn die Entscheidung innerhalb der Frist erlassen ist.",
                "It is kept when the decision is issued within it.",
            ),
        };
        all.push(say(de.into(), en.into(), None));
        if let Some(note) = self.note.as_ref().filter(|_| self.law.disputed) {
            all.push(say(
                format!("In den Rechtsdaten ist dazu als umstritten vermerkt: {}", note.de),
                format!("The legal data say that sources disagree: {}", note.en),
                None,
            ));
        }
        all
    }
}
