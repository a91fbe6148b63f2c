//! An item of the incoming post that is a remedy against an act of the case that it is handed to, or may be one.

use serde_json::json;

use super::turn::{Deciding, trouble};
use crate::{
    event::{EffectError, HandedItem, HandedRemedy},
    words::{CaseId, Date, Text, Value, day_text},
};

impl Deciding<'_> {
    /// Why an item is not taken over as the remedy that it was handed on as. Asked before it is taken: it then waits on, and
    /// nothing is lost.
    pub fn takes_no_remedy(&self, item: Option<&HandedItem>) -> Option<EffectError> {
        let item = item?;
        let Some(HandedRemedy::Against { act, party, received_on, .. }) = &item.remedy else { return None };
        let on = received_on.unwrap_or(item.received_on);
        let why = self.check_remedy(*act, *party, on).err()?.text();
        let message = Text::new(
            format!(
                "Als Rechtsbehelf kann der Vorgang das nicht aufnehmen: {} Dieser Eingang wartet weiter.",
                why.de
            ),
            format!("The case cannot take this as a remedy: {} This item waits on.", why.en),
        );
        Some(EffectError { code: "remedy_refused".into(), message, retry: false })
    }

    /// Whoever handed an item on takes no part in the process and said that it may be a remedy.
    pub fn tell_of_remedy_to_record(&mut self, title: &str, received_on: Date) {
        let day = day_text(received_on);
        let incident = trouble(
            "remedy_to_record",
            None,
            Text::new(
                format!(
                    "Mit der Post ist am {} „{title}“ eingegangen; es kann ein Rechtsbehelf gegen einen Bescheid dieses Vorgangs sein. Vermerkt ist noch keiner.",
                    day.de
                ),
                format!(
                    "On {} “{title}” came in with the post; it may be a remedy against an act of this case. None is recorded yet.",
                    day.en
                ),
            ),
            Text::new(
                "Das Dokument lesen. Ist es ein Rechtsbehelf: „Rechtsbehelf vermerken“ beim Bescheid, mit diesem Tag des Eingangs; sonst wird der Bescheid bestandskräftig. Danach „Wiederholen“, um die Störung abzuschließen.",
                "Read the document. If it is a remedy, record it at the act with this day of receipt; else the act becomes final. Then retry, to settle the incident.",
            ),
            json!({ "received_on": received_on }),
        );
        self.stuck(None, *incident);
    }

    /// An item that was recorded as a remedy went back to the incoming post: the remedy stays recorded, and somebody must look.
    pub fn tell_of_remedy_given_back(&mut self, item: CaseId) {
        let mut acts = self.case.acts.values();
        let of_item = acts.find(|act| {
            let mut remedies = act.addressees.values().flat_map(|addressed| &addressed.remedies);
            remedies.any(|remedy| remedy.item == Some(item))
        });
        let Some(act) = of_item else { return };
        let title = act.issued.as_ref().map(|issued| issued.content.title.clone()).unwrap_or_default();
        let incident = trouble(
            "item_given_back",
            None,
            Text::new(
                format!(
                    "Ein Eingang, der als Rechtsbehelf gegen „{}“ zugeordnet war, gehörte nicht hierher und liegt wieder im Posteingang. Der Rechtsbehelf steht noch im Vorgang.",
                    title.de
                ),
                format!(
                    "An item that was assigned as a remedy against “{}” did not belong here and lies in the incoming post again. The remedy still stands in the case.",
                    title.en
                ),
            ),
            Text::new(
                "Prüfen, ob überhaupt ein Rechtsbehelf vorliegt und was daraufhin geschehen ist; mit einem Vermerk festhalten, dass dieser nicht zählt, und die Bestandskraft selbst überwachen. Danach „Wiederholen“, um die Störung abzuschließen.",
                "Check whether there is a remedy at all and what has happened upon it; note that this one does not count, and watch the period yourself. Then retry, to settle the incident.",
            ),
            Value::Null,
        );
        self.stuck(None, *incident);
    }
}
