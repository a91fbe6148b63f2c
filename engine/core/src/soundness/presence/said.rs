//! What is said of a value that is read too early.

use super::super::Detail;
use crate::{diagnostic::Span, words::Text};

/// So many of the steps that write a value are named.
const MOST_WRITERS: usize = 3;

/// At a step a path is read of which the first names may be missing; what writes it, and whether any of that can come
/// before.
pub fn detail(
    span: Span,
    (names, length): (&[&str], usize),
    step: &Text,
    (writers, ever): (&[Text], bool),
) -> Detail {
    let (whole, path) = (names.join("."), names[..length].join("."));
    let list = |pick: fn(&Text) -> &str, (open, close): (&str, &str)| {
        let some = writers.iter().take(MOST_WRITERS);
        let mut names: Vec<String> = some.map(|text| format!("{open}{}{close}", pick(text))).collect();
        if writers.len() > MOST_WRITERS {
            names.push("…".into());
        }
        names.join(", ")
    };
    let (de, en) = (list(|text| &text.de, ("„", "“")), list(|text| &text.en, ("“", "”")));
    let (why_de, why_en) = match (ever, writers.is_empty()) {
        (false, true) => {
            ("Nichts im Verfahren setzt diese Angabe.".into(), "Nothing in the process sets it.".into())
        }
        (false, false) => (
            format!(
                "Die Angabe ist hier nie schon da: Gesetzt wird sie bei {de}, und dorthin führt vorher kein Weg."
            ),
            format!("It is never there by then: it is set at {en}, and no way leads there before."),
        ),
        (true, _) => (
            format!("Die Angabe ist hier nicht auf jedem Weg schon da; gesetzt wird sie bei {de}."),
            format!("It is not there by then on every way; it is set at {en}."),
        ),
    };
    let before = length.min(names.len() - 1);
    let guarded = format!("{}?.{}", names[..before].join("."), names[before..].join("."));
    Detail {
        span,
        message: Text::new(
            format!("Bei „{}“ wird „{whole}“ gelesen. {why_de}", step.de),
            format!("At “{}” `{whole}` is read. {why_en}", step.en),
        ),
        help: Text::new(
            format!(
                "Vorher fragen („{guarded} != () && …“, in Texten „{{% if {path} %}}“) oder sagen, was sonst gilt („{guarded} ?? …“); oder den Schritt so legen, dass die Angabe immer schon da ist."
            ),
            format!(
                "Ask first (`{guarded} != () && …`, in templates `{{% if {path} %}}`) or say what else (`{guarded} ?? …`); or place the step where it is always there."
            ),
        ),
        path: Some(path.into()),
    }
}
