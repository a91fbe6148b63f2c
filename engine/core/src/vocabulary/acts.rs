//! What rules may read of parties and acts.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_rules::{Choice, Named, Presence, Shape};

use super::{always, object, words};
use crate::{
    act::ConditionKind,
    definition::{ActKind, PartyKind},
    language::data_key,
    words::Text,
};

fn may_be_null(name: &str, title: Text, shape: Shape) -> Named {
    Named { presence: Presence::MayBeNull, ..always(name, title, shape) }
}

/// A list for each kind.
pub fn parties(kinds: &[PartyKind]) -> Vec<Named> {
    let kind = |kind: &PartyKind| {
        let title = kind.title.clone().unwrap_or_else(|| Text::new(kind.name.clone(), kind.name.clone()));
        always(&data_key(&kind.name), title, Shape::list(party()))
    };
    kinds.iter().map(kind).collect()
}

fn party() -> Shape {
    object(vec![
        always("number", Text::new("Nummer", "Number"), Shape::Number),
        always("kind", Text::new("Art", "Kind"), Shape::Text),
        always("name", Text::new("Name", "Name"), Shape::Text),
        always("address", Text::new("Anschrift", "Address"), Shape::list(Shape::Text)),
        may_be_null("email", Text::new("E-Mail-Adresse", "E-mail address"), Shape::Text),
        always("represents", Text::new("vertritt", "represents"), Shape::list(Shape::Number)),
    ])
}

/// The latest act of each kind, if there is one, and all of them.
pub fn acts(kinds: &BTreeMap<Arc<str>, ActKind>) -> Vec<Named> {
    let kind = |(name, kind): (&Arc<str>, &ActKind)| {
        let title = kind.title.clone().unwrap_or_else(|| Text::new(name.clone(), name.clone()));
        may_be_null(&data_key(name), title, act())
    };
    let all = always("all", Text::new("alle Bescheide", "all acts"), Shape::list(act()));
    kinds.iter().map(kind).chain([all]).collect()
}

fn act() -> Shape {
    let corrected = object(vec![
        always("wrong", Text::new("falsch war", "was wrong"), Shape::Text),
        always("right", Text::new("richtig ist", "is right"), Shape::Text),
        always("reason", Text::new("Grund", "Reason"), Shape::Text),
    ]);
    object(vec![
        always("number", Text::new("Nummer", "Number"), Shape::Number),
        always("kind", Text::new("Art", "Kind"), Shape::Text),
        always("issued", Text::new("ist erlassen", "is issued"), Shape::Boolean),
        may_be_null("issued_on", Text::new("Tag des Erlasses", "Day of issue"), Shape::Date),
        may_be_null("decision", Text::new("Entscheidung", "Decision"), Shape::Text),
        always("conditions", Text::new("Nebenbestimmungen", "Conditions"), Shape::list(condition())),
        may_be_null("fee", Text::new("Gebühr", "Fee"), Shape::Money),
        always("addressees", Text::new("Adressaten", "Addressees"), Shape::list(addressee())),
        always("notified", Text::new("ist allen bekannt gegeben", "is notified to all"), Shape::Boolean),
        always("final", Text::new("ist bestandskräftig", "is final"), Shape::Boolean),
        always(
            "objected",
            Text::new("ist mit einem Rechtsbehelf angegriffen", "is contested"),
            Shape::Boolean,
        ),
        may_be_null("correction", Text::new("Berichtigung", "Correction"), corrected),
        always("deemed", Text::new("gilt als erteilt", "counts as granted"), Shape::Boolean),
        may_be_null("decides", Text::new("entscheidet über", "decides on"), Shape::Text),
        always("in_time", Text::new("hat rechtzeitig entschieden", "has decided in time"), Shape::Boolean),
        may_be_null("writing_to", Text::new("Adressat des Schreibens", "Addressee of the letter"), party()),
    ])
}

fn condition() -> Shape {
    let kinds = ConditionKind::ALL.map(|(id, kind)| Choice { id: id.into(), title: words(&kind.text()) });
    object(vec![
        always("text", Text::new("Text", "Text"), Shape::Text),
        may_be_null("kind", Text::new("Art", "Kind"), Shape::Choice(kinds.into_iter().collect())),
        may_be_null("due", Text::new("bis", "until"), Shape::Date),
    ])
}

fn addressee() -> Shape {
    object(vec![
        always("number", Text::new("Nummer", "Number"), Shape::Number),
        always("name", Text::new("Name", "Name"), Shape::Text),
        always("receiver", Text::new("Nummer des Empfängers", "Number of the receiver"), Shape::Number),
        may_be_null("notified_on", Text::new("bekannt gegeben am", "notified on"), Shape::Date),
        may_be_null(
            "remedy_ends",
            Text::new("Ende der Rechtsbehelfsfrist", "End of the remedy period"),
            Shape::Date,
        ),
        always("final", Text::new("ist bestandskräftig", "is final"), Shape::Boolean),
        may_be_null("final_since", Text::new("bestandskräftig seit", "final since"), Shape::Date),
        always(
            "objected",
            Text::new("ist mit einem Rechtsbehelf angegriffen", "is contested"),
            Shape::Boolean,
        ),
        always("objected_late", Text::new("verspäteter Rechtsbehelf", "late remedy"), Shape::Boolean),
    ])
}
