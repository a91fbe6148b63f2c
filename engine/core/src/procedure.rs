//! What the laws of procedure ask for before an act, as data: when it may be issued without a person, and when somebody is
//! heard before.

use std::sync::LazyLock;

use fachwerk_deadlines::NotificationLaw;
use serde::Deserialize;

use crate::{
    diagnostic::Problems,
    language::read_yaml,
    law::citation::{self, Fit},
};

/// What a law of procedure asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Which.
    pub law: NotificationLaw,
    /// When an act may be issued without a person.
    pub automation: Automation,
    /// When somebody is heard.
    pub hearing: HearingLaw,
    /// Where the row comes from.
    pub source: String,
    /// Who compared it with the promulgated text; none: nobody yet.
    pub checked_by: Option<String>,
    /// Whether sources disagree.
    pub disputed: bool,
    /// What the dispute is.
    pub note: Option<String>,
}

/// When an act may be issued without a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Automation {
    /// Where it is written.
    pub norm: String,
    /// Whether another provision must permit it.
    pub provision: bool,
    /// Whether it is possible where there is discretion or a margin of assessment.
    pub discretion: bool,
    /// Whether there must be a way to an official.
    pub occasion: bool,
}

/// When somebody is heard before an act.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HearingLaw {
    /// Where it is written.
    pub norm: String,
    /// The provisions under which it is not needed.
    pub exceptions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    #[serde(rename = "version")]
    _version: u32,
    laws: Vec<Procedure>,
}

/// The data that is compiled in.
static BUILT_IN: LazyLock<Vec<Procedure>> = LazyLock::new(|| {
    let text = include_str!("../../../building-blocks/law/procedure.yaml");
    let node = read_yaml(&"procedure.yaml".into(), text.as_bytes(), 0, &mut Problems::default());
    let file = node.and_then(|node| serde_json::from_value::<FileText>(node.to_value()).ok());
    file.expect("a test reads the built-in laws of procedure").laws
});

/// What a law asks for; none: it is not on record.
pub fn procedure(law: NotificationLaw) -> Option<&'static Procedure> {
    BUILT_IN.iter().find(|row| row.law == law)
}

impl HearingLaw {
    /// Whether a provision dispenses with a hearing as far as is known: one of this law must be among its exceptions, what
    /// other laws say is theirs.
    pub fn is_exception(&self, provision: &str) -> bool {
        let first = |text: &str| citation::read(text).ok().and_then(|all| all.into_iter().next());
        let (Some(cited), Some(own)) = (first(provision), first(&self.norm)) else { return true };
        let of_this_law = matches!(own.fit(&cited), Some(Fit::Same | Fit::Inside));
        let known = |known: &String| first(known).is_some_and(|known| known.fit(&cited) == Some(Fit::Same));
        !of_this_law || self.exceptions.iter().any(known)
    }
}

/// Whether a text names a provision, and not only a reason.
pub fn names_provision(text: &str) -> bool {
    ["§", "Art."].iter().any(|sign| text.contains(sign)) && text.contains(|sign: char| sign.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use fachwerk_deadlines::NotificationLaw;

    use super::{names_provision, procedure};

    #[test]
    fn every_law_of_notification_is_on_record() {
        for law in NotificationLaw::ALL {
            let found = procedure(law).map(|row| {
                (
                    row.automation.provision,
                    row.automation.discretion,
                    row.automation.occasion,
                    row.checked_by.clone(),
                )
            });
            let expected = match law {
                NotificationLaw::VwVfG => (true, false, false, None),
                NotificationLaw::AO | NotificationLaw::SgbX => (false, false, true, None),
            };
            assert_eq!(found, Some(expected), "{law:?}");
        }
    }

    #[track_caller]
    fn check(law: NotificationLaw, provision: &str, expected: (bool, bool)) {
        let is_exception = procedure(law).is_some_and(|row| row.hearing.is_exception(provision));
        assert_eq!((names_provision(provision), is_exception), expected);
    }

    #[test]
    fn exceptions_are_recognised_however_they_are_written() {
        use NotificationLaw::{AO, SgbX, VwVfG};
        check(VwVfG, "§ 28 Abs. 2 Nr. 4 VwVfG", (true, true));
        check(VwVfG, "VwVfG § 28 Abs. 2 Nr. 4", (true, true));
        check(VwVfG, "§ 28 II Nr. 4 VwVfG", (true, true));
        check(VwVfG, "VwVfG § 28 III", (true, true));
        check(VwVfG, "VwVfG § 28 Abs. 2 Nr. 6", (true, false));
        check(VwVfG, "VwVfG § 28 Abs. 1", (true, false));
        check(VwVfG, "VwVfG § 28", (true, false));
        check(AO, "AO § 91 Abs. 2 Nr. 3", (true, true));
        check(AO, "AO § 91 Abs. 4", (true, false));
        check(SgbX, "§ 24 Abs. 2 Nr. 5 SGB X", (true, true));
        check(SgbX, "§ 24 Abs. 3 SGB X", (true, false));
        // A law of its own may dispense with a hearing.
        check(VwVfG, "§ 71 Abs. 2 AufenthG", (true, true));
        check(VwVfG, "Eilfall", (false, true));
    }
}
