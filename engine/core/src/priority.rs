//! What is taken up first (Rangfolge): what has a consequence for the authority on the next day; then, where the authority says so,
//! what people sent digitally as part of their profession; then by the true day of receipt. Whether a citizen's application came
//! on paper or digitally makes no difference: what is digital is no better law.

use serde::{Deserialize, Serialize};

use crate::{
    case::Case,
    channel::Channel,
    definition::{Expr, Release, TriggerKind},
    facts::Local,
    words::{Date, Text, Value},
};

/// What a process says about which of its cases come first.
#[derive(Debug, Default)]
pub struct PriorityRules {
    /// The day of what the application is about.
    pub event_day: Option<Expr>,
    /// Whether whoever applies does so as part of their profession.
    pub professional: Option<Expr>,
}

/// Where a case stands among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priority {
    /// The next day with a consequence for the authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// Whether it was sent digitally, by somebody as part of their profession.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub professional: bool,
    /// The true day of receipt.
    pub received_on: Date,
}

/// A day on which something follows for the authority if nothing is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The day.
    pub on: Date,
    /// The deadline that ends then; none: what the application is about takes place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Text>,
}

/// Comes behind every day that somebody may say.
const NEVER: &str = "9999-12-31";

impl Priority {
    /// By what cases are sorted, as a text: the first one is taken up first.
    pub fn key(&self, digital_first: bool) -> String {
        let risk = self.risk.as_ref().map_or_else(|| NEVER.to_owned(), |risk| risk.on.to_string());
        let class = if digital_first && self.professional { '0' } else { '1' };
        format!("{risk} {class} {}", self.received_on)
    }
}

impl Release {
    /// Where a case stands; none when its process says nothing of it.
    pub fn priority_of(&self, case: &Case, local: &Local) -> Option<Priority> {
        let rules = self.priority.as_ref()?;
        let say = |rule: &Option<Expr>| rule.as_ref().and_then(|rule| self.said_of(case, local, rule));
        let event = match say(&rules.event_day) {
            Some(Value::String(day)) => day.parse().ok().map(|on| Risk { on, deadline: None }),
            _ => None,
        };
        let of_authority = case.deadlines().filter_map(|(instance, deadline)| {
            let step = case.instance(instance)?.step.as_ref();
            let kind = &self.handler(step, &deadline.name)?.0.trigger;
            let risky = matches!(kind, TriggerKind::Deadline(kind) if kind.of_authority);
            let run = deadline.run.as_ref().filter(|_| risky)?;
            Some(Risk { on: run.end, deadline: Some(deadline.title.clone()) })
        });
        let professional = Channel::of(&case.channel).is_some_and(|channel| channel.digital)
            && say(&rules.professional) == Some(Value::Bool(true));
        let risk = of_authority.chain(event).min_by_key(|risk| (risk.on, risk.deadline.is_none()));
        Some(Priority { risk, professional, received_on: case.received_on })
    }
}

/// Why somebody stands where they do, for whoever reads the list.
pub fn reason(priority: &Priority, digital_first: bool) -> Option<(Option<Date>, Text)> {
    match &priority.risk {
        Some(Risk { on, deadline: Some(title) }) => Some((Some(*on), title.clone())),
        Some(Risk { on, deadline: None }) => Some((
            Some(*on),
            Text::new("Tag, um den es im Antrag geht", "the day that the application is about"),
        )),
        None if digital_first && priority.professional => {
            Some((None, Text::new("digital eingereicht, beruflich", "sent digitally by a professional")))
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn priority(seed: &mut u64) -> Priority {
        let mut next = |below: u64| {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (*seed >> 33) % below
        };
        let day = |number: u64| Date::new(2026, 1, 1).unwrap() + jiff::ToSpan::days(number as i64);
        let risk = (next(3) == 0).then(|| Risk { on: day(next(20)), deadline: None });
        Priority { risk, professional: next(4) == 0, received_on: day(next(20)) }
    }

    /// A citizen's application stands where it stands whatever the channel: only professionals are moved, and by nothing but
    /// the switch; and nothing is moved before what has a consequence earlier.
    #[test]
    fn a_citizens_paper_is_never_behind_a_citizens_digital_application() {
        for start in 0..200 {
            let seed = &mut (start * 7_919 + 1);
            let inbox: Vec<Priority> = (0..50).map(|_| priority(seed)).collect();
            for (digital_first, a) in inbox.iter().flat_map(|a| [(false, a), (true, a)]) {
                for b in &inbox {
                    let before = a.key(digital_first) < b.key(digital_first);
                    let risk = |it: &Priority| it.risk.as_ref().map_or(Date::MAX, |risk| risk.on);
                    let expected = if risk(a) != risk(b) {
                        risk(a) < risk(b)
                    } else if digital_first && a.professional != b.professional {
                        a.professional
                    } else {
                        a.received_on < b.received_on
                    };
                    assert_eq!(before, expected, "seed {start}, {digital_first}: {a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn the_reason_is_said() {
        let day = Date::new(2026, 4, 1).unwrap();
        let check = |risk: Option<Risk>, professional: bool, digital_first: bool, expected: Option<&str>| {
            let priority = Priority { risk, professional, received_on: day };
            let said = reason(&priority, digital_first).map(|(_, text)| text.en.to_string());
            assert_eq!(said.as_deref(), expected);
        };
        let deadline = |title: &str| Some(Risk { on: day, deadline: Some(Text::new(title, title)) });
        check(deadline("fiction"), true, true, Some("fiction"));
        check(
            Some(Risk { on: day, deadline: None }),
            false,
            false,
            Some("the day that the application is about"),
        );
        check(None, true, true, Some("sent digitally by a professional"));
        check(None, true, false, None);
        check(None, false, true, None);
    }
}
