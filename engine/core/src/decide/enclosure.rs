//! Enclosures (Anlagen): documents of the file that go with a letter. A process, a form or a person names them by their numbers;
//! the letter that is asked for says what they are, hash included, so that a signature is given for them, too.

use serde_json::{json, to_value};

use super::turn::{Deciding, trouble};
use crate::{
    event::{Document, Enclosure, MAX_ENCLOSURES, Trouble},
    schema::{Misfit, Type},
    words::{Object, StepPath, Text, Value},
};

/// Where the enclosures stand in what is asked of the connector of letters.
pub const ENCLOSURES: &str = "enclosures";

impl Deciding<'_> {
    /// Puts the documents in place of their numbers. Numbers may be `()` among others, and twice.
    pub fn enclose(&self, request: &mut Value, path: Option<&StepPath>) -> Result<(), Box<Trouble>> {
        let Value::Object(request) = request else { return Ok(()) };
        let Some(said) = request.get(ENCLOSURES) else { return Ok(()) };
        let enclosures = match said {
            Value::Null => Vec::new(),
            Value::Array(numbers) => {
                let found =
                    numbers.iter().filter(|number| !number.is_null()).map(|number| self.enclosed(number));
                found.collect::<Result<_, _>>().map_err(|why| cannot_enclose(path, &why, said))?
            }
            _ => {
                let why = Text::new(
                    "„enclosures“ ist keine Liste von Nummern",
                    "`enclosures` is not a list of numbers",
                );
                return Err(cannot_enclose(path, &why, said));
            }
        };
        put(request, enclosures, path)
    }

    /// The document of a number, if it may go with a letter.
    fn enclosed(&self, number: &Value) -> Result<Enclosure, Text> {
        let known = number.as_u64().and_then(|number| u32::try_from(number).ok());
        let document = known.and_then(|number| self.case.documents.get(&number)).ok_or_else(|| {
            Text::new(
                format!("Ein Dokument mit der Nummer {number} gibt es in der Akte nicht."),
                format!("There is no document with the number {number} in the file."),
            )
        })?;
        let Document { content, taken_out, .. } = &**document;
        if taken_out.is_some() {
            return Err(Text::new(
                format!("„{}“ ist der Akte entnommen worden.", content.title),
                format!("“{}” was taken out of the file.", content.title),
            ));
        }
        let (title, media_type, hash) =
            (content.title.clone(), content.media_type.clone(), content.hash.clone());
        Ok(Enclosure { title, media_type, hash })
    }

    /// What is wrong with a field that names documents.
    pub fn misfits_of_documents(&self, name: &str, ty: &Type, value: &Value) -> Vec<Misfit> {
        let numbers = match (ty, value) {
            (Type::Documents, Value::Array(numbers)) => numbers.as_slice(),
            _ => &[],
        };
        let wrong = numbers.iter().enumerate().filter_map(|(at, number)| {
            let message = self.enclosed(number).err()?;
            Some(Misfit { at: format!("/{name}/{at}"), code: "document_unknown", message })
        });
        wrong.collect()
    }

    /// The letter that has not left yet and that a document goes with.
    pub fn waits_with(&self, document: &Document) -> Option<&Document> {
        let goes_with = |letter: &&std::sync::Arc<Document>| {
            letter.waits_to_leave()
                && letter.content.enclosures.iter().any(|enclosed| enclosed.hash == document.content.hash)
        };
        self.case.documents.values().find(goes_with).map(|letter| &**letter)
    }
}

fn put(
    request: &mut Object,
    enclosures: Vec<Enclosure>,
    path: Option<&StepPath>,
) -> Result<(), Box<Trouble>> {
    let mut once: Vec<Enclosure> = Vec::new();
    for enclosure in enclosures {
        if !once.contains(&enclosure) {
            once.push(enclosure);
        }
    }
    if once.len() > MAX_ENCLOSURES {
        let why = Text::new(
            format!("Mehr als {MAX_ENCLOSURES} Anlagen kann ein Schreiben nicht haben."),
            format!("A letter cannot have more than {MAX_ENCLOSURES} enclosures."),
        );
        return Err(cannot_enclose(path, &why, &json!(once.len())));
    }
    if once.is_empty() {
        request.shift_remove(ENCLOSURES);
        return Ok(());
    }
    request.insert(ENCLOSURES.into(), to_value(once).unwrap_or_default());
    Ok(())
}

fn cannot_enclose(path: Option<&StepPath>, why: &Text, said: &Value) -> Box<Trouble> {
    trouble(
        "enclosure_missing",
        path,
        Text::new(
            format!("Das Schreiben kann mit diesen Anlagen nicht erstellt werden. {}", why.de),
            format!("The letter cannot be made with these enclosures. {}", why.en),
        ),
        Text::new(
            "Das Dokument in die Akte nehmen, oder mit „Zurück zu einem Schritt“ andere Anlagen auswählen, dann wiederholen.",
            "Put the document into the file, or choose other enclosures by going back to a step, then retry.",
        ),
        json!({ "said": said }),
    )
}
