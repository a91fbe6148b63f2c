//! XML as a tree without namespaces.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
    pub text: String,
    inside: Vec<Element>,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn children<'e>(&'e self, name: &str) -> impl Iterator<Item = &'e Element> {
        self.inside.iter().filter(move |child| child.name == name)
    }

    /// All of a name, at any depth.
    pub fn all<'e>(&'e self, name: &str) -> Vec<&'e Element> {
        let mut found: Vec<&Element> = self.children(name).collect();
        for child in &self.inside {
            found.extend(child.all(name));
        }
        found
    }

    /// The text of the first `text` within a child of a name.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.children(name).next()?.children("text").next().map(|text| text.text.trim())
    }
}

pub fn read(text: &str) -> Element {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().expect("the kit is XML") {
            Event::Start(start) => open.push(element(&start)),
            Event::Empty(start) => {
                let element = element(&start);
                open.last_mut().expect("the root").inside.push(element);
            }
            Event::End(_) => {
                let element = open.pop().expect("an element");
                open.last_mut().expect("the root").inside.push(element);
            }
            Event::Text(text) => {
                open.last_mut().expect("the root").text.push_str(&text);
            }
            Event::GeneralRef(reference) => {
                let character = quick_xml::escape::resolve_xml_entity(&reference).expect("an entity of XML");
                open.last_mut().expect("the root").text.push_str(character);
            }
            Event::Eof => return open.swap_remove(0),
            _ => {}
        }
    }
}

fn element(start: &BytesStart) -> Element {
    let local = |name: &str| name.rsplit(':').next().unwrap_or_default().to_owned();
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.expect("an attribute");
        (local(attribute.key.as_ref()), attribute.value.to_string())
    });
    Element { name: local(start.name().as_ref()), attributes: attributes.collect(), ..Element::default() }
}
