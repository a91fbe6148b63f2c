//! Sentences about the course: the case begins, blocks begin and end, tables decide, something is stuck.

use std::sync::Arc;

use fachwerk_core::{
    definition::{FeeStep, Kind, TriggerKind, Way},
    event::{MatchedRow, Trouble},
    facts::Actor,
    schema::Field,
    words::{Date, InstanceId, Language, StepPath, Value},
};

use super::{Narrator, days};
use crate::{channels, shapes::Text, value_text};

/// Why steps end that neither a handler nor an outcome has ended.
const CAUSES: [(&str, &str, &str); 7] = [
    ("join", "genug Zweige sind beendet", "enough branches have ended"),
    ("skip", "Überspringen", "skipping"),
    ("move", "Zurückgehen", "going back"),
    ("take_back", "Zurücknahme einer Aufgabe", "a task was taken back"),
    ("signature_withdrawn", "hinfällige Schlusszeichnung", "a signature that is void"),
    ("called_off", "der aufrufende Vorgang wartet nicht mehr", "the calling case does not wait any more"),
    ("end", "Abschluss des Vorgangs", "the end of the case"),
];
/// The most norms that one sentence names.
const MOST_ROWS: usize = 5;

impl Narrator<'_> {
    pub(super) fn case_started(&self, channel: &str, received_on: Date, actor: &Actor) -> Text {
        let (day_de, day_en) = days(received_on);
        let way = channels::title(channel);
        let (way_de, way_en) = (way.de, way.en);
        let who = self.actor(actor);
        Text::new(
            format!("{} hat den Vorgang angelegt; eingegangen am {day_de}, {way_de}.", who.de),
            format!("{} began the case; received on {day_en}, {way_en}.", who.en),
        )
    }

    /// Blocks are told; single steps tell what they do themselves.
    pub(super) fn step_entered(&self, path: &StepPath) -> Option<Text> {
        let step = self.release.find(path).filter(|step| step.block.is_some())?;
        Some(Text::new(
            format!("„{}“ hat begonnen.", step.title.de),
            format!("“{}” has begun.", step.title.en),
        ))
    }

    pub(super) fn step_left(&self, instance: InstanceId, outcome: Option<&str>) -> Option<Text> {
        let step = self.step(instance).filter(|step| step.block.is_some())?;
        let Some(outcome) = outcome else {
            return Some(Text::new(
                format!("„{}“ ist beendet.", step.title.de),
                format!("“{}” is over.", step.title.en),
            ));
        };
        let said = self.wording.outcome(step, outcome);
        Some(Text::new(
            format!("„{}“ ist beendet: {}.", step.title.de, said.de),
            format!("“{}” is over: {}.", step.title.en, said.en),
        ))
    }

    pub(super) fn steps_cancelled(&self, instances: &[InstanceId], because: &str) -> Option<Text> {
        // Only what people know of: tasks, waits, effects. What lies around them ends with them.
        let known = instances.iter().filter_map(|instance| self.step(*instance));
        let ended: Vec<_> = known.filter(|step| !matches!(step.kind, Kind::Scope(_))).collect();
        if ended.is_empty() {
            return None;
        }
        let list = |quoted: fn(&str) -> String, language| {
            let titles: Vec<String> = ended.iter().map(|step| quoted(step.title.get(language))).collect();
            titles.join(", ")
        };
        let de = list(|title| format!("„{title}“"), Language::De);
        let en = list(|title| format!("“{title}”"), Language::En);
        let scope = instances.last().and_then(|instance| self.case.instance(*instance)?.parent);
        let why = self.reason(scope, because);
        Some(Text::new(
            format!("Damit hat sich erledigt: {de} (Anlass: {}).", why.de),
            format!("With this is settled: {en} (because of: {}).", why.en),
        ))
    }

    /// Why the steps of a scope were ended: one of its handlers, or an outcome of it.
    fn reason(&self, scope: Option<InstanceId>, because: &str) -> Text {
        let step = scope.and_then(|scope| self.case.instance(scope)).and_then(|scope| scope.step.as_ref());
        let handlers = self.release.scope_of(step).map_or(&[][..], |(_, scope)| &scope.handlers);
        let woken = handlers.iter().find(|handler| &*handler.name == because);
        let said = match woken.map(|handler| &handler.trigger) {
            Some(TriggerKind::Deadline(deadline)) => deadline.title.clone(),
            Some(TriggerKind::Message(name, _)) => self.wording.message_or_name(name),
            Some(TriggerKind::ByHand(kind)) => kind.title.clone(),
            _ => {
                if let Some((_, de, en)) = CAUSES.iter().find(|(id, ..)| *id == because) {
                    return Text::new(*de, *en);
                }
                let owner = step.and_then(|path| self.release.find(path));
                let plain = || self.release.outcome_title(because);
                owner.map_or_else(plain, |owner| self.wording.outcome(owner, because))
            }
        };
        said.into()
    }

    /// Tables are told, with their norms, and why a choice went its way; other rules stand in the raw events.
    pub(super) fn rule_evaluated(
        &self,
        instance: InstanceId,
        rule: &str,
        result: &Value,
        matched: &[MatchedRow],
    ) -> Option<Text> {
        match &self.step(instance)?.kind {
            Kind::Decide(decision) => {
                let said = |language| decided(&decision.titled, result, language);
                Some(self.decided(instance, [said(Language::De), said(Language::En)], rule, matched))
            }
            Kind::Fee(_) => {
                let said = |language| decided(&FeeStep::titled()[..1], result, language);
                Some(self.decided(instance, [said(Language::De), said(Language::En)], rule, matched))
            }
            Kind::Texts(texts) => {
                let named = matched
                    .iter()
                    .filter_map(|row| texts.blocks.get(usize::try_from(row.row).ok()?.checked_sub(1)?));
                let titles: Vec<Text> = named.map(|block| block.title.clone().into()).collect();
                Some(self.texts_said(instance, &titles))
            }
            Kind::Choose(ways) if *result == Value::Bool(true) => self.way_chosen(instance, ways, rule),
            _ => None,
        }
    }

    fn decided(
        &self,
        instance: InstanceId,
        [de, en]: [String; 2],
        rule: &str,
        matched: &[MatchedRow],
    ) -> Text {
        let title = self.title_at(instance);
        let name = |row: &MatchedRow| match &row.law {
            Some(law) => law.id.to_string(),
            None => row.row.to_string(),
        };
        let rows: Vec<String> = matched.iter().take(MOST_ROWS).map(name).collect();
        let norms: Vec<&Arc<str>> =
            matched.iter().take(MOST_ROWS).filter_map(|row| row.norm.as_ref()).collect();
        let norms = norms.iter().map(|norm| norm.to_string()).collect::<Vec<_>>().join(", ");
        let why = |word: &str| match (rows.is_empty(), norms.is_empty()) {
            (true, _) => format!(" ({rule})"),
            (false, true) => format!(" ({rule}, {word} {})", rows.join(", ")),
            (false, false) => format!(" ({rule}, {word} {}; {norms})", rows.join(", ")),
        };
        if de.is_empty() {
            return Text::new(
                format!("„{}“ ist nach der Tabelle entschieden{}.", title.de, why("Zeile")),
                format!("“{}” is decided by the table{}.", title.en, why("row")),
            );
        }
        Text::new(
            format!("„{}“ ergab: {de}{}.", title.de, why("Zeile")),
            format!("“{}” gave: {en}{}.", title.en, why("row")),
        )
    }

    fn texts_said(&self, instance: InstanceId, said: &[Text]) -> Text {
        let title = self.title_at(instance);
        if said.is_empty() {
            return Text::new(
                format!("„{}“: Kein Textbaustein trifft zu.", title.de),
                format!("“{}”: no text block applies.", title.en),
            );
        }
        let listed = |of: fn(&Text) -> &Arc<str>| {
            said.iter().map(of).map(|text| &**text).collect::<Vec<_>>().join(", ")
        };
        Text::new(
            format!("„{}“ übernahm die Textbausteine: {}.", title.de, listed(|text| &text.de)),
            format!("“{}” took the text blocks: {}.", title.en, listed(|text| &text.en)),
        )
    }

    fn way_chosen(&self, instance: InstanceId, ways: &[Way], rule: &str) -> Option<Text> {
        let rule = ways.iter().filter_map(|way| way.when.as_ref()).find(|known| &*known.source == rule)?;
        let said = Text::from(&self.release.sentence(rule, None)?).within_quotes();
        let title = self.title_at(instance);
        Some(Text::new(
            format!("„{}“: Es gilt „{}“.", title.de, said.de),
            format!("“{}”: “{}” holds.", title.en, said.en),
        ))
    }

    pub(super) fn incident_raised(&self, number: u32, incident: &Trouble) -> Text {
        let place = incident.step.as_ref().map(|step| self.title(step));
        let (de, en) = place.map_or_else(Default::default, |place| {
            (format!(" bei „{}“", place.de), format!(" at “{}”", place.en))
        });
        Text::new(
            format!("Störung Nr. {number}{de}: {}", incident.message.de),
            format!("Incident no. {number}{en}: {}", incident.message.en),
        )
    }

    pub(super) fn incident_resolved(&self, number: u32, actor: &Actor) -> Text {
        let who = self.actor(actor);
        Text::new(
            format!("{} hat die Störung Nr. {number} als behoben vermerkt; es geht weiter.", who.de),
            format!("{} marked incident no. {number} as settled; the case goes on.", who.en),
        )
    }
}

/// What a table said, as far as people read it.
fn decided(titled: &[Field], result: &Value, language: Language) -> String {
    let said = titled.iter().filter_map(|field| {
        let value = result.get(&*field.name).filter(|value| !value.is_null())?;
        let text = value_text::text(value, Some(&field.ty), language);
        // Its own full stop comes behind the reasons.
        Some(format!("{}: {}", field.title.get(language), text.trim_end_matches('.')))
    });
    said.collect::<Vec<_>>().join("; ")
}
