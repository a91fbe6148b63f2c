use super::*;

/// Compares what a log reads as, or why it is refused, with a short text.
#[track_caller]
fn check(log: impl AsRef<[u8]>, expected: &str) {
    let said = match read(log.as_ref()) {
        Ok(traces) => traces.iter().map(spoken).collect::<Vec<_>>().join("\n"),
        Err(error) => error.to_string(),
    };
    assert_eq!(said, expected);
}

fn spoken(trace: &Trace) -> String {
    let pairs = |attributes: &Attributes| {
        attributes.iter().map(|(key, value)| format!(" {key}={value}")).collect::<String>()
    };
    let events = trace
        .events
        .iter()
        .map(|event| format!("; {} {}{}", event.activity, event.at, pairs(&event.attributes)));
    format!("{}{}{}", trace.name, pairs(&trace.attributes), events.collect::<String>())
}

/// A log with one event that holds these lines.
fn one_event(inside: &str) -> String {
    format!("<log>\n<trace>\n<event>\n{inside}\n</event>\n</trace>\n</log>")
}

const NAME_LINE: &str = r#"<string key="concept:name" value="pay"/>"#;
const TIME_LINE: &str = r#"<date key="time:timestamp" value="2006-07-24T00:00:00+02:00"/>"#;

#[test]
fn good_logs() {
    check("<log/>", "");
    check("\u{feff}<?xml version='1.0' encoding='utf-8'?><!-- empty --><log></log>", "");
    check("<log><trace/></log>", "#1");
    let named = r#"<x:log xmlns:x="http://www.xes-standard.org/">
        <x:extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
        <x:global scope="event"><x:string key="concept:name" value="ignored"/></x:global>
        <x:string key="creator" value="ignored"/>
        <x:trace>
          <x:string key="concept:name" value="A&amp;B &#8364;"><x:int key="inner" value="1"/></x:string>
          <x:event>
            <x:date key="time:timestamp" value="2010-12-30T14:32:00.000+01:00"/>
            <x:list key="ignored"><x:values><x:string key="inner" value="1"/></x:values></x:list>
            <x:string key="concept:name" value="pay"/>
            <x:float key="amount" value="35.0"/>
          </x:event>
        </x:trace>
      </x:log>"#;
    check(named, "A&B € concept:name=A&B €; pay 2010-12-30T13:32:00Z amount=35.0");
    // Without a zone a time is German: winter and summer.
    let winter = TIME_LINE.replace("2006-07-24T00:00:00+02:00", "2006-01-24T00:00:00");
    check(one_event(&format!("{NAME_LINE}{winter}")), "#1; pay 2006-01-23T23:00:00Z");
}

#[test]
fn broken_xml() {
    check("", "1:1: [xes_no_log] there is no <log> in this file");
    check("   \n", "2:1: [xes_no_log] there is no <log> in this file");
    check("<html/>", "1:1: [xes_no_log] the root element is <html>; an event log begins with <log>");
    check(
        "<log>\n<trace>",
        "2:8: [xes_xml_broken] the file ends too early: </trace> is missing; was it cut off?",
    );
    check(
        "<log>\n <trace>\n </log>",
        "3:2: [xes_xml_broken] this is not well-formed XML: ill-formed document: expected `</trace>`, but `</log>` was found",
    );
    check("<log/><log/>", "1:7: [xes_xml_broken] there is a second root element");
    check("<log/>more", "1:7: [xes_xml_broken] there is text outside the root element");
    check(
        "<log><trace><string key=\"a\" key=\"b\"/></trace></log>",
        "1:13: [xes_xml_broken] this element cannot be read: position 15: duplicated attribute, previous declaration at position 7",
    );
    check(b"<log>\n<trace/>\xff</log>", "2:9: [xes_not_utf8] this is not UTF-8; convert the log to UTF-8");
    check(
        "<?xml version='1.0' encoding='ISO-8859-1'?><log/>",
        "1:1: [xes_encoding_refused] the encoding ISO-8859-1 is not read; convert the log to UTF-8",
    );
}

#[test]
fn hostile_xml() {
    let laughs = "<?xml version=\"1.0\"?>\n<!DOCTYPE log [ <!ENTITY a \"ha\"> <!ENTITY b \"&a;&a;&a;&a;\"> ]>\n<log>&b;</log>";
    check(
        laughs,
        "2:1: [xes_dtd_refused] document types (<!DOCTYPE ...>) are refused; remove it from the log",
    );
    check("<log>&b;</log>", "1:6: [xes_entity_refused] the entity &b; is refused; write the text out");
    check(
        one_event(r#"<string key="concept:name" value="&secret;"/>"#),
        "4:1: [xes_entity_refused] the entity &secret; is refused; write the text out",
    );
    let deep = format!("<log>{}{}</log>", "<trace>".repeat(10_000), "</trace>".repeat(10_000));
    check(deep, "1:223: [xes_too_deep] elements are nested deeper than 32 (limit `xes_depth`)");
    let event = format!("<event>{NAME_LINE}{TIME_LINE}</event>");
    let long = format!("<log><trace>{}</trace></log>", event.repeat(MAX_EVENTS_PER_TRACE + 1));
    let at = 13 + event.len() * MAX_EVENTS_PER_TRACE;
    check(
        long,
        &format!(
            "1:{at}: [xes_too_many_events] the trace #1 has more than 10000 events (limit `xes_events_per_trace`)"
        ),
    );
    let many: String = (0..=MAX_ATTRIBUTES).map(|n| format!("<int key=\"k{n}\" value=\"1\"/>\n")).collect();
    check(
        one_event(&many),
        "204:1: [xes_too_many_attributes] there are more than 200 attributes here (limit `xes_attributes`)",
    );
    let long = format!(r#"<string key="a" value="{}"/>"#, "x".repeat(MAX_VALUE_BYTES + 1));
    check(
        one_event(&long),
        "4:1: [xes_value_too_long] a key or value has more than 10000 bytes (limit `xes_value_bytes`)",
    );
}

#[test]
fn incomplete_events() {
    check(
        one_event(TIME_LINE),
        "3:1: [xes_event_without_name] this event has no `concept:name`: nobody knows what happened",
    );
    let blank = NAME_LINE.replace("pay", " ");
    check(
        one_event(&format!("{blank}{TIME_LINE}")),
        "3:1: [xes_event_without_name] this event has no `concept:name`: nobody knows what happened",
    );
    check(
        "<log><trace><event/></trace></log>",
        "1:13: [xes_event_without_name] this event has no `concept:name`: nobody knows what happened",
    );
    check(one_event(NAME_LINE), "3:1: [xes_event_without_time] the event `pay` has no `time:timestamp`");
    for time in ["yesterday", "", "2006-13-24T00:00:00+02:00", "24.07.2006", "2006-07-24T00:00:00+99:00"] {
        let line = TIME_LINE.replace("2006-07-24T00:00:00+02:00", time);
        let expected = format!(
            "3:1: [xes_time_invalid] `{time}` is not a time; expected something like 2006-07-24T09:30:00+02:00"
        );
        check(one_event(&format!("{NAME_LINE}{line}")), &expected);
    }
    check(
        one_event(r#"<string key="a"/>"#),
        "4:1: [xes_attribute_incomplete] an attribute of the log needs `key` and `value`",
    );
    check(
        one_event(&format!("{NAME_LINE}\n{NAME_LINE}")),
        "5:1: [xes_attribute_twice] the attribute `concept:name` stands here twice",
    );
}
