//! Sentences about tasks and notes.

use fachwerk_core::{
    facts::Actor,
    language::OUTCOME_FIELD,
    words::{self, Date, InstanceId, Object, PersonId, RoleId, Value},
};

use super::{Narrator, days};
use crate::shapes::Text;

impl Narrator<'_> {
    pub(super) fn task_opened(&self, title: &words::Text, role: &RoleId, due: Option<Date>) -> Text {
        let role = self.role(role);
        let (de, en) = match due.map(days) {
            None => Default::default(),
            Some((de, en)) => (format!(", fällig am {de}"), format!(", due on {en}")),
        };
        Text::new(
            format!("Die Aufgabe „{}“ liegt für {} bereit{de}.", title.de, role.de),
            format!("The task “{}” is ready for {}{en}.", title.en, role.en),
        )
    }

    pub(super) fn task_claimed(&self, instance: InstanceId, person: &PersonId, actor: &Actor) -> Text {
        let (title, name) = (self.task_title(instance), self.person(person));
        if actor.person() == Some(person) {
            return Text::new(
                format!("{name} hat die Aufgabe „{}“ übernommen.", title.de),
                format!("{name} took the task “{}”.", title.en),
            );
        }
        let by = self.actor(actor);
        Text::new(
            format!("{} hat die Aufgabe „{}“ an {name} übergeben.", by.de, title.de),
            format!("{} handed the task “{}” over to {name}.", by.en, title.en),
        )
    }

    pub(super) fn task_released(&self, instance: InstanceId, actor: &Actor) -> Text {
        let (title, by) = (self.task_title(instance), self.actor(actor));
        Text::new(
            format!("{} hat die Aufgabe „{}“ zurückgegeben.", by.de, title.de),
            format!("{} gave the task “{}” back.", by.en, title.en),
        )
    }

    pub(super) fn task_completed(&self, instance: InstanceId, by: &PersonId, values: &Object) -> Text {
        let (title, name) = (self.task_title(instance), self.person(by));
        let outcome = values.get(OUTCOME_FIELD).and_then(Value::as_str);
        let said =
            outcome.zip(self.step(instance)).map(|(outcome, step)| self.wording.outcome(step, outcome));
        let (de, en) = match said {
            None => Default::default(),
            Some(said) => (format!(": {}", said.de), format!(": {}", said.en)),
        };
        Text::new(
            format!("{name} hat die Aufgabe „{}“ erledigt{de}.", title.de),
            format!("{name} completed the task “{}”{en}.", title.en),
        )
    }

    pub(super) fn note_added(&self, by: &PersonId) -> Text {
        let name = self.person(by);
        Text::new(
            format!("{name} hat einen Aktenvermerk geschrieben."),
            format!("{name} wrote a note for the file."),
        )
    }

    fn task_title(&self, instance: InstanceId) -> Text {
        let task = self.case.task(instance).map(|(_, task)| Text::from(&task.title));
        task.unwrap_or_else(|| self.title_at(instance))
    }
}
