//! What came in time, and what came too late: the true day of receipt decides, not the day on which it is registered.

use super::turn::{Deciding, trouble};
use crate::{
    case::{Message, Passed},
    definition::Kind,
    planted::{Fault, planted},
    words::{Date, InstanceId, Text, day_text},
};

impl Deciding<'_> {
    /// Whether a message came after the end of a deadline of the very wait step that waits for it: then it is kept, and
    /// the deadline passes. That is so from the first instant after its end, though it may fire only later: because of
    /// its grace, or because nobody woke it.
    pub fn is_too_late(&self, instance: InstanceId, message: &Message) -> bool {
        let Some(it) = self.case.instance(instance) else { return false };
        let step = it.step.as_ref().and_then(|path| self.release.find(path));
        let waits = step.is_some_and(|step| matches!(step.kind, Kind::Wait(_)));
        let mut runs = it.deadlines.values().filter_map(|deadline| deadline.run.as_ref());
        waits && runs.any(|run| run.end < message.received_on) && !planted(Fault::LateCountsInGrace)
    }

    /// A deadline has passed, and the step waits on: what came after its end is no longer too late.
    pub fn take_what_came_late(&mut self, instance: InstanceId) {
        let Some(it) = self.case.instance(instance).filter(|it| it.incident.is_none()) else { return };
        let step = it.step.as_ref().and_then(|path| self.release.find(path));
        if step.is_some_and(|step| matches!(step.kind, Kind::Wait(_))) {
            self.take_what_is_there(instance);
        }
    }

    /// Nothing took a message. When a deadline has passed meanwhile beside which it was waited for, and it came before
    /// its end, a person must look: what passed was perhaps no silence.
    pub fn tell_of_message_in_time(&mut self, message: &Message) {
        let waited = |passed: &Passed| {
            passed
                .messages
                .iter()
                .any(|(name, key)| *name == message.name && (message.key.is_none() || message.key == *key))
        };
        let Some(passed) = self.passed_meanwhile(message.received_on, waited) else { return };
        let name = self.release.messages.get(&message.name);
        let name = name.map_or_else(|| Text::new(&*message.name, &*message.name), Clone::clone);
        self.in_time_after_all(
            &passed,
            message.received_on,
            (format!("Die Nachricht „{}“", name.de), format!("The message `{}`", name.en)),
        );
    }

    /// A document was filed that came before the end of a deadline which has passed, and beside which something was
    /// waited for.
    pub fn tell_of_document_in_time(&mut self, title: &str, received_on: Date) {
        let any = |passed: &Passed| passed.start <= received_on && !passed.messages.is_empty();
        let Some(passed) = self.passed_meanwhile(received_on, any) else { return };
        let what = (format!("Das Dokument „{title}“"), format!("The document `{title}`"));
        self.in_time_after_all(&passed, received_on, what);
    }

    /// The deadline that passed last of those that ended a wait, and whose end that day does not lie behind.
    fn passed_meanwhile(&self, received_on: Date, fits: impl Fn(&Passed) -> bool) -> Option<Passed> {
        if planted(Fault::InTimeIsKeptSilently) {
            return None;
        }
        let ended = |passed: &&Passed| {
            let handler = self.release.handler(passed.step.as_ref(), &passed.name);
            handler.is_some_and(|(handler, waits)| waits || handler.interrupt)
        };
        let mut passed = self.case.passed.iter().rev();
        passed.find(|passed| received_on <= passed.end && fits(passed) && ended(passed)).cloned()
    }

    fn in_time_after_all(&mut self, passed: &Passed, received_on: Date, what: (String, String)) {
        let (day, end, title) = (day_text(received_on), day_text(passed.end), &passed.title);
        let incident = trouble(
            "in_time_after_all",
            passed.step.as_ref(),
            Text::new(
                format!(
                    "{} ist am {} eingegangen und damit innerhalb der Frist „{}“ (letzter Tag: {}), wird aber erst erfasst, nachdem die Frist als verstrichen behandelt worden ist.",
                    what.0, day.de, title.de, end.de
                ),
                format!(
                    "{} came in on {} and thus within the deadline `{}` (last day: {}), but is registered only after the deadline was treated as passed.",
                    what.1, day.en, title.en, end.en
                ),
            ),
            Text::new(
                "Prüfen, ob damit rechtzeitig vorlag, worauf gewartet wurde. Wenn ja: mit „Zurückgehen“ zu dem Schritt zurückkehren, der gewartet hat; er nimmt eine aufbewahrte Nachricht dann an. Rückgängig gemacht wird nichts von selbst. Danach „Wiederholen“, um die Störung abzuschließen.",
                "Check whether with this there was in time what was waited for. If so: go back to the step that waited; it then takes a message that is kept. Nothing is undone by itself. Then retry, to settle the incident.",
            ),
            serde_json::json!({ "received_on": received_on }),
        );
        self.stuck(None, *incident);
    }
}
