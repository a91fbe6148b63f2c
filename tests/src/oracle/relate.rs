//! Cases that are split and merged.

use fachwerk_core::{
    event::{self, Beginning, Direction, Handover, Relation},
    facts::Actor,
    words::CaseId,
};
use serde_json::{Map, Value};

use super::{
    Oracle,
    commands::{Said, need},
    fields,
    state::Document,
    text::application,
    view::sorted,
};

/// What is handed over, in short: what begins with it, and its documents.
pub fn handover(begins: Option<&Beginning>, handover: &Handover) -> String {
    let begins = begins.map(|it| (&it.data, it.received_on.to_string()));
    line(
        begins,
        handover.by.as_str(),
        &handover.reason,
        &handover.documents.iter().map(received).collect::<Vec<_>>(),
    )
}

fn line(
    begins: Option<(&Map<String, Value>, String)>,
    by: &str,
    reason: &str,
    documents: &[Document],
) -> String {
    let begins = begins.map(|(data, on)| format!("{} of {on}", sorted(&Value::Object(data.clone()))));
    let documents: Vec<_> =
        documents.iter().map(|it| (it.outgoing, it.on, it.sent, it.notified_on, it.proven)).collect();
    format!("handover by {by} ({reason}) of {documents:?}, begins {begins:?}")
}

/// A document as another case hands it over.
fn received(document: &event::Document) -> Document {
    let dispatch = document.dispatch.as_ref();
    Document {
        outgoing: document.content.direction == Direction::Outgoing,
        on: document.on,
        by: None,
        notified_on: dispatch.map(|it| it.notified_on),
        sent: dispatch.map(|it| (it.on, it.way)),
        not_arrived: dispatch.is_some_and(|it| it.not_arrived),
        proven: dispatch.is_some_and(|it| it.proven_receipt.is_some()),
        fired: Default::default(),
    }
}

/// A letter that has not left the house leaves it from here.
fn handed(document: &Document) -> Document {
    let outgoing = document.outgoing && document.sent.is_some();
    Document { outgoing, by: None, ..document.clone() }
}

impl Oracle {
    /// A part of the case goes on in another one.
    pub(super) fn split(
        &mut self,
        actor: &Actor,
        data: &Map<String, Value>,
        numbers: &[u32],
        reason: &str,
    ) -> Said {
        self.may_correct(actor, reason)?;
        need(fields::all_fit(&application(&self.texts), data), "the application does not fit")?;
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        let found = |number: &u32| self.state.documents.get((*number as usize).wrapping_sub(1)).map(handed);
        let documents: Option<Vec<Document>> = numbers.iter().map(found).collect();
        let documents = documents.ok_or("there is no such document")?;
        self.relate(actor, Relation::SplitInto, reason, &documents, Some(data));
        Ok(())
    }

    /// The case ends, and another one goes on for both.
    pub(super) fn merge(&mut self, actor: &Actor, itself: bool, reason: &str) -> Said {
        self.may_correct(actor, reason)?;
        need(!itself, "it cannot be merged into itself")?;
        let documents: Vec<Document> = self.state.documents.iter().map(handed).collect();
        self.relate(actor, Relation::MergedInto, reason, &documents, None);
        self.end(Some("merged"));
        Ok(())
    }

    fn relate(
        &mut self,
        actor: &Actor,
        how: Relation,
        reason: &str,
        documents: &[Document],
        data: Option<&Map<String, Value>>,
    ) {
        let by = actor.person().expect("whoever corrects is a person").to_string();
        let begins = data.map(|data| (data, self.state.received_on.to_string()));
        self.state.send(line(begins, &by, reason, documents));
        self.state.related.push((how, by, reason.to_owned()));
    }

    /// Another case hands something over to this one, whether it has ended or not.
    pub(super) fn take_over(
        &mut self,
        actor: &Actor,
        _: CaseId,
        how: Relation,
        Handover { by, reason, documents }: &Handover,
    ) -> Said {
        need(*actor == Actor::Engine, "only the engine")?;
        self.state.documents.extend(documents.iter().map(received));
        self.state.related.push((how, by.to_string(), reason.to_string()));
        if how == Relation::Merged && self.state.ended.is_some() {
            self.stuck(None, "merged_after_end", None);
        }
        Ok(())
    }
}
