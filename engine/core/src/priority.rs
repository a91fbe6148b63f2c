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
    /// The deadline that has a consequence for the authority when it ends, of several the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// The day of what the application is about. Once it has passed nothing depends on it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Date>,
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
    /// By what cases are sorted, as texts: the first one is taken up first. Which of them holds depends on the day: one that
    /// ends with `+` and a day holds until that day, one with `-` after it.
    pub fn keys(&self, digital_first: bool) -> Vec<String> {
        let class = if digital_first && self.professional { '0' } else { '1' };
        let key = |risk: Option<Date>| {
            let risk = risk.map_or_else(|| NEVER.to_owned(), |day| day.to_string());
            format!("{risk} {class} {}", self.received_on)
        };
        let risk = self.risk.as_ref().map(|risk| risk.on);
        match self.event {
            None => vec![key(risk)],
            Some(event) => {
                let first = risk.map_or(event, |risk| risk.min(event));
                vec![format!("{}+{event}", key(Some(first))), format!("{}-{event}", key(risk))]
            }
        }
    }

    /// The next day with a consequence for the authority, on a day.
    pub fn next(&self, today: Date) -> Option<Risk> {
        let event = self.event.filter(|event| *event >= today).map(|on| Risk { on, deadline: None });
        self.risk.clone().into_iter().chain(event).min_by_key(|risk| (risk.on, risk.deadline.is_none()))
    }
}

impl Release {
    /// Where a case stands.
    pub fn priority_of(&self, case: &Case, local: &Local) -> Priority {
        let rules = &self.priority;
        let say = |rule: &Option<Expr>| rule.as_ref().and_then(|rule| self.said_of(case, local, rule));
        let event = match say(&rules.event_day) {
            Some(Value::String(day)) => day.parse().ok(),
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
        let risk = of_authority.min_by_key(|risk| risk.on);
        Priority { risk, event, professional, received_on: case.received_on }
    }
}

/// Why somebody stands where they do, for whoever reads the list.
pub fn reason(priority: &Priority, digital_first: bool, today: Date) -> Option<(Option<Date>, Text)> {
    match priority.next(today) {
        Some(Risk { on, deadline: Some(title) }) => Some((Some(on), title)),
        Some(Risk { on, deadline: None }) => Some((
            Some(on),
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
        let event = (next(3) == 0).then(|| day(next(20)));
        Priority { risk, event, professional: next(4) == 0, received_on: day(next(20)) }
    }

    /// The key that holds on a day.
    fn key(priority: &Priority, digital_first: bool, today: Date) -> String {
        let holds = |key: &String| match (key.get(23..24), key.get(24..)) {
            (Some("+"), Some(day)) => day >= &*today.to_string(),
            (Some("-"), Some(day)) => day < &*today.to_string(),
            _ => true,
        };
        let keys: Vec<String> = priority.keys(digital_first).into_iter().filter(holds).collect();
        assert_eq!(keys.len(), 1, "{keys:?}");
        keys[0][..23].to_owned()
    }

    /// A citizen's application stands where it stands whatever the channel: only professionals are moved, and by nothing but
    /// the switch; and nothing is moved before what has a consequence earlier.
    #[test]
    fn a_citizens_paper_is_never_behind_a_citizens_digital_application() {
        for start in 0..200 {
            let seed = &mut (start * 7_919 + 1);
            let inbox: Vec<Priority> = (0..50).map(|_| priority(seed)).collect();
            for (digital_first, a) in inbox.iter().flat_map(|a| [(false, a), (true, a)]) {
                let today = Date::new(2026, 1, 10).unwrap();
                for b in &inbox {
                    let before = key(a, digital_first, today) < key(b, digital_first, today);
                    let risk = |it: &Priority| it.next(today).map_or(Date::MAX, |risk| risk.on);
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
            let event = risk.as_ref().filter(|risk| risk.deadline.is_none()).map(|risk| risk.on);
            let risk = risk.filter(|risk| risk.deadline.is_some());
            let priority = Priority { risk, event, professional, received_on: day };
            assert!(reason(&priority, false, Date::MAX).is_none_or(|_| priority.risk.is_some()));
            let said = reason(&priority, digital_first, day).map(|(_, text)| text.en.to_string());
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
