//! Reads event logs in XES (IEEE 1849): traces of events with a name, a time and attributes.
//!
//! A log comes from outside, so it is read with suspicion: no document type, no entities besides the five of XML,
//! limits on size, depth and number of everything. What is broken is said with line and column.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{facts::instant_of, words::Timestamp};
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// The largest log, in bytes.
pub const MAX_BYTES: u64 = 100_000_000;
/// How deeply elements may be nested.
pub const MAX_DEPTH: usize = 32;
/// How many traces a log may have.
pub const MAX_TRACES: usize = 200_000;
/// How many events a trace may have.
pub const MAX_EVENTS_PER_TRACE: usize = 10_000;
/// How many attributes an event or trace may have.
pub const MAX_ATTRIBUTES: usize = 200;
/// How many bytes a key or value may have.
pub const MAX_VALUE_BYTES: usize = 10_000;

/// The key of the name of traces and events.
const NAME: &str = "concept:name";
/// The key of the time of events. Its value lies in [`LogEvent::at`].
pub const TIME: &str = "time:timestamp";
/// The elements that are attributes. Lists and containers are skipped.
const ATTRIBUTES: [&str; 6] = ["string", "date", "int", "float", "boolean", "id"];

/// Attributes by key, each value as written.
pub type Attributes = BTreeMap<Arc<str>, Arc<str>>;

/// One recorded case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Its name; `#3` for the third one when it has none.
    pub name: Arc<str>,
    /// What is said of the case as a whole.
    pub attributes: Attributes,
    /// What happened, in the order of the log.
    pub events: Vec<LogEvent>,
}

/// One recorded event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// What happened.
    pub activity: Arc<str>,
    /// When. A time without a zone is taken as German.
    pub at: Timestamp,
    /// What is said of it.
    pub attributes: Attributes,
}

/// Why a log cannot be used. Handling: tell the person; the log has to be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XesError {
    /// Stable, for example `xes_dtd_refused`.
    pub code: &'static str,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl std::fmt::Display for XesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: [{}] {}", self.line, self.column, self.code, self.message)
    }
}

/// Reads a log.
pub fn read(bytes: &[u8]) -> Result<Vec<Trace>, XesError> {
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("the log has more than {MAX_BYTES} bytes (limit `xes_bytes`)");
        return Err(XesError { code: "xes_too_large", line: 1, column: 1, message });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let sound = std::str::from_utf8(&bytes[..at]).unwrap_or_default();
        place(sound, at, "xes_not_utf8", "this is not UTF-8; convert the log to UTF-8".to_owned())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reading =
        Reading { xml: Reader::from_str(text), open: Vec::new(), begun: false, traces: Vec::new() };
    match reading.run() {
        Ok(()) => Ok(reading.traces),
        Err(Wrong { at, code, message }) => Err(place(text, at, code, message)),
    }
}

/// The line and column of a byte.
fn place(text: &str, at: usize, code: &'static str, message: String) -> XesError {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    XesError { code, line, column, message }
}

/// What is wrong at a byte.
struct Wrong {
    at: usize,
    code: &'static str,
    message: String,
}

/// An element that has begun and not ended.
enum Open {
    Log,
    Trace(Trace),
    Event {
        begin: usize,
        attributes: Attributes,
    },
    /// An attribute with attributes of its own, or anything else: skipped with all inside it.
    Other,
}

struct Reading<'t> {
    xml: Reader<&'t [u8]>,
    open: Vec<Open>,
    /// Whether the one root has been seen.
    begun: bool,
    traces: Vec<Trace>,
}

impl Reading<'_> {
    fn run(&mut self) -> Result<(), Wrong> {
        loop {
            let at = self.at();
            let event = match self.xml.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = usize::try_from(self.xml.error_position()).unwrap_or(at);
                    return Err(wrong(at, "xes_xml_broken", format!("this is not well-formed XML: {error}")));
                }
            };
            match event {
                Event::Start(tag) => {
                    let open = self.begin(&tag, at)?;
                    self.open.push(open);
                    if self.open.len() > MAX_DEPTH {
                        let message =
                            format!("elements are nested deeper than {MAX_DEPTH} (limit `xes_depth`)");
                        return Err(wrong(at, "xes_too_deep", message));
                    }
                }
                Event::Empty(tag) => {
                    let open = self.begin(&tag, at)?;
                    self.end(open, at)?;
                }
                Event::End(_) => {
                    // The reader has checked that it is the end of what is open.
                    let open = self.open.pop().unwrap_or(Open::Other);
                    self.end(open, at)?;
                }
                Event::Eof => return self.finish(at),
                other => self.besides(&other, at)?,
            }
        }
    }

    fn at(&self) -> usize {
        usize::try_from(self.xml.buffer_position()).unwrap_or(usize::MAX)
    }

    /// Everything that is no element.
    fn besides(&self, event: &Event<'_>, at: usize) -> Result<(), Wrong> {
        match event {
            Event::DocType(_) => Err(wrong(
                at,
                "xes_dtd_refused",
                "document types (<!DOCTYPE ...>) are refused; remove it from the log".to_owned(),
            )),
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(name))
                    if !name.eq_ignore_ascii_case("utf-8") && !name.eq_ignore_ascii_case("us-ascii") =>
                {
                    let message = format!("the encoding {name} is not read; convert the log to UTF-8");
                    Err(wrong(at, "xes_encoding_refused", message))
                }
                Some(Err(error)) => {
                    Err(wrong(at, "xes_xml_broken", format!("the XML declaration cannot be read: {error}")))
                }
                _ => Ok(()),
            },
            Event::GeneralRef(reference) if !reference.is_char_ref() => {
                let known = ["amp", "lt", "gt", "quot", "apos"].contains(&&**reference);
                if known { Ok(()) } else { Err(entity_refused(at, reference)) }
            }
            Event::Text(text) if self.open.is_empty() && !text.trim().is_empty() => {
                Err(wrong(at, "xes_xml_broken", "there is text outside the root element".to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>, at: usize) -> Result<Open, Wrong> {
        let local = tag.local_name();
        let name: &str = local.as_ref();
        let is_attribute = ATTRIBUTES.contains(&name);
        let traces = self.traces.len();
        match self.open.last_mut() {
            None if self.begun => {
                Err(wrong(at, "xes_xml_broken", "there is a second root element".to_owned()))
            }
            None if name == "log" => {
                self.begun = true;
                Ok(Open::Log)
            }
            None => {
                let message = format!("the root element is <{name}>; an event log begins with <log>");
                Err(wrong(at, "xes_no_log", message))
            }
            Some(Open::Log) if name == "trace" => {
                if traces >= MAX_TRACES {
                    let message = format!("the log has more than {MAX_TRACES} traces (limit `xes_traces`)");
                    return Err(wrong(at, "xes_too_many_traces", message));
                }
                let name = format!("#{}", traces + 1).into();
                Ok(Open::Trace(Trace { name, attributes: Attributes::new(), events: Vec::new() }))
            }
            Some(Open::Trace(trace)) if name == "event" => {
                if trace.events.len() >= MAX_EVENTS_PER_TRACE {
                    let message = format!(
                        "the trace {} has more than {MAX_EVENTS_PER_TRACE} events (limit `xes_events_per_trace`)",
                        trace.name
                    );
                    return Err(wrong(at, "xes_too_many_events", message));
                }
                Ok(Open::Event { begin: at, attributes: Attributes::new() })
            }
            Some(Open::Trace(trace)) if is_attribute => {
                if let Some((key, value)) = keep(tag, at, &mut trace.attributes)?
                    && *key == *NAME
                {
                    trace.name = value;
                }
                Ok(Open::Other)
            }
            Some(Open::Event { attributes, .. }) if is_attribute => {
                keep(tag, at, attributes)?;
                Ok(Open::Other)
            }
            Some(_) => Ok(Open::Other),
        }
    }

    fn end(&mut self, open: Open, at: usize) -> Result<(), Wrong> {
        match open {
            Open::Log | Open::Other => {}
            Open::Trace(trace) => self.traces.push(trace),
            Open::Event { begin, attributes } => {
                let event = event(attributes, begin)?;
                match self.open.last_mut() {
                    Some(Open::Trace(trace)) => trace.events.push(event),
                    _ => return Err(wrong(at, "xes_xml_broken", "an event outside a trace".to_owned())),
                }
            }
        }
        Ok(())
    }

    fn finish(&self, at: usize) -> Result<(), Wrong> {
        let missing = match self.open.last() {
            None if self.begun => return Ok(()),
            None => return Err(wrong(at, "xes_no_log", "there is no <log> in this file".to_owned())),
            Some(Open::Log) => "</log>",
            Some(Open::Trace(_)) => "</trace>",
            Some(Open::Event { .. }) => "</event>",
            Some(Open::Other) => "the end tag of an element",
        };
        let message = format!("the file ends too early: {missing} is missing; was it cut off?");
        Err(wrong(at, "xes_xml_broken", message))
    }
}

fn wrong(at: usize, code: &'static str, message: String) -> Wrong {
    Wrong { at, code, message }
}

fn entity_refused(at: usize, name: &str) -> Wrong {
    let message = format!("the entity &{name}; is refused; write the text out");
    wrong(at, "xes_entity_refused", message)
}

/// A key and its value.
type Attribute = (Arc<str>, Arc<str>);

/// Keeps an attribute of the log among the others. Nothing is kept of one whose key is empty.
fn keep(tag: &BytesStart<'_>, at: usize, attributes: &mut Attributes) -> Result<Option<Attribute>, Wrong> {
    let (mut key, mut value) = (None, None);
    for found in tag.attributes() {
        let found = found
            .map_err(|error| wrong(at, "xes_xml_broken", format!("this element cannot be read: {error}")))?;
        let slot = match found.key.as_ref() {
            "key" => &mut key,
            "value" => &mut value,
            _ => continue,
        };
        let text = found.normalized_value(XmlVersion::Implicit1_0).map_err(|error| match error {
            quick_xml::Error::Escape(quick_xml::escape::EscapeError::UnrecognizedEntity(_, name)) => {
                entity_refused(at, &name)
            }
            error => wrong(at, "xes_xml_broken", format!("this value cannot be read: {error}")),
        })?;
        if text.len() > MAX_VALUE_BYTES {
            let message =
                format!("a key or value has more than {MAX_VALUE_BYTES} bytes (limit `xes_value_bytes`)");
            return Err(wrong(at, "xes_value_too_long", message));
        }
        *slot = Some(Arc::<str>::from(&*text));
    }
    let (Some(key), Some(value)) = (key, value) else {
        let message = "an attribute of the log needs `key` and `value`".to_owned();
        return Err(wrong(at, "xes_attribute_incomplete", message));
    };
    if attributes.len() >= MAX_ATTRIBUTES {
        let message =
            format!("there are more than {MAX_ATTRIBUTES} attributes here (limit `xes_attributes`)");
        return Err(wrong(at, "xes_too_many_attributes", message));
    }
    if attributes.insert(key.clone(), value.clone()).is_some() {
        return Err(wrong(at, "xes_attribute_twice", format!("the attribute `{key}` stands here twice")));
    }
    Ok(Some((key, value)))
}

/// An event from its attributes.
fn event(mut attributes: Attributes, begin: usize) -> Result<LogEvent, Wrong> {
    let name = attributes.remove(NAME).filter(|name| !name.trim().is_empty());
    let activity = name.ok_or_else(|| {
        wrong(
            begin,
            "xes_event_without_name",
            format!("this event has no `{NAME}`: nobody knows what happened"),
        )
    })?;
    let time = attributes.remove(TIME).ok_or_else(|| {
        wrong(begin, "xes_event_without_time", format!("the event `{activity}` has no `{TIME}`"))
    })?;
    let at = instant(&time).ok_or_else(|| {
        let message = format!("`{time}` is not a time; expected something like 2006-07-24T09:30:00+02:00");
        wrong(begin, "xes_time_invalid", message)
    })?;
    Ok(LogEvent { activity, at, attributes })
}

/// An instant as XML writes it; without a zone it is German.
pub fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse().ok().and_then(instant_of))
}

#[cfg(test)]
mod tests;
