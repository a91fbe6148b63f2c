//! The second format: what came with the catalogue of building blocks. It only adds, so all that the first one says is read
//! as it stands; what the first has no words for is listed here.

use super::Step;
use crate::words::Value;

/// From the first format to the second.
pub const STEP: Step = Step { up: Ok, down };

/// Kinds of events that are new.
const KINDS: [&str; 21] = [
    "act_deemed",
    "act_undone",
    "cases_followed",
    "clock_followed",
    "deadline_recomputed",
    "document_not_arrived",
    "fiction_ruled",
    "dispatch_changed",
    "holiday_removed",
    "law_row_removed",
    "law_row_set",
    "letters_signed",
    "paper_placed",
    "profile_set",
    "publisher_distrusted",
    "publisher_trusted",
    "reinstated",
    "remedy_in_time",
    "remedy_period_recomputed",
    "run_changed",
    "signature_withdrawn",
];

/// What older kinds of events may say that is new, by its place in the event.
const VALUES: [(&str, &str, &str); 2] =
    [("case_related", "/related/how", "post"), ("hand_had", "/hand/what/kind", "run")];

/// Fields of older kinds of events that are new, by their place in the event: written only where they say something.
const FIELDS: [(&str, &str); 25] = [
    ("holiday_added", "/norm"),
    ("document_dispatched", "/dispatch/awaited"),
    ("document_dispatched", "/dispatch/others"),
    ("receipt_recorded", "/dispatch/others"),
    ("act_began", "/content/costs"),
    ("act_began", "/content/remedy"),
    ("act_began", "/content/decides"),
    ("deadline_set", "/deadline/basis"),
    ("deadline_set", "/deadline/changes"),
    ("deadline_set", "/deadline/fiction"),
    ("deadline_set", "/deadline/run/since"),
    ("deadline_set", "/deadline/run/until"),
    ("deadline_set", "/deadline/run/grace_until"),
    ("deadline_set", "/deadline/run/warn_on"),
    ("rule_evaluated", "/matched/0/law"),
    ("document_added", "/document/paper"),
    ("document_moved_here", "/document/paper"),
    ("document_added", "/document/own_day"),
    ("document_moved_here", "/document/own_day"),
    ("document_added", "/document/content/enclosures"),
    ("document_moved_here", "/document/content/enclosures"),
    ("merge_asked", "/outcome"),
    ("remedy_recorded", "/remedy/item"),
    ("sent", "/parcel/handover/item"),
    ("sent", "/parcel/begins/channel"),
];

fn down(turn: Value) -> Option<Value> {
    let events = turn.get("events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_new = |event: &Value| {
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
        KINDS.contains(&kind)
            || FIELDS.iter().any(|(of, field)| *of == kind && event.pointer(field).is_some())
            || VALUES.iter().any(|(of, at, new)| *of == kind && event.pointer(at).is_some_and(|it| it == new))
    };
    (!events.iter().any(is_new)).then_some(turn)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::format::{FIRST, Formats, Unwritable};
    use crate::{authority::AuthorityEvent, event::Event};

    #[test]
    fn what_the_first_format_has_no_words_for_is_not_written_in_it() {
        let turn = |kind: &str| json!({ "version": 2, "events": [{ "type": kind, "day": "2026-05-15" }] });
        let written =
            |kind| Formats::OURS.write(&turn(kind), FIRST).map(|json| String::from_utf8(json).unwrap());
        let older = r#"{"format":1,"version":2,"events":[{"type":"holiday_added","day":"2026-05-15"}]}"#;
        assert_eq!(written("holiday_added").as_deref(), Ok(older));
        assert_eq!(
            Formats::OURS.read::<Value>(older.as_bytes()).map(|turn| turn["version"].clone()),
            Ok(2.into())
        );
        for kind in KINDS {
            assert_eq!(written(kind), Err(Unwritable::NoWords { format: FIRST }), "{kind}");
        }
        let act = |content: Value| json!({ "events": [{ "type": "act_began", "content": content }] });
        let written = |content| Formats::OURS.write(&act(content), FIRST).map(|_| ());
        assert_eq!(written(json!({ "law": "VwVfG" })), Ok(()));
        assert_eq!(written(json!({ "remedy": {} })), Err(Unwritable::NoWords { format: FIRST }));
        let related =
            |how: &str| json!({ "events": [{ "type": "case_related", "related": { "how": how } }] });
        let written = |how| Formats::OURS.write(&related(how), FIRST).map(|_| ());
        assert_eq!(written("merged"), Ok(()));
        assert_eq!(written("post"), Err(Unwritable::NoWords { format: FIRST }));
    }

    /// Every kind is one of the first format or stands in the list: what an older server cannot read is not written for it.
    #[test]
    fn every_kind_of_event_has_its_format() {
        let told = |error: Option<String>| {
            let all = error.unwrap_or_default();
            let kinds = all.split('`').skip(3).step_by(2).map(str::to_owned);
            kinds.collect::<Vec<String>>()
        };
        let unknown = json!({ "type": "?" });
        let mut kinds = told(serde_json::from_value::<Event>(unknown.clone()).err().map(|it| it.to_string()));
        kinds.extend(told(serde_json::from_value::<AuthorityEvent>(unknown).err().map(|it| it.to_string())));
        let older: Vec<&str> = kinds.iter().map(|it| &**it).filter(|it| !KINDS.contains(it)).collect();
        insta::assert_snapshot!(older.join("\n"));
        let unknown: Vec<&str> =
            KINDS.into_iter().filter(|it| !kinds.iter().any(|kind| kind == it)).collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }
}
