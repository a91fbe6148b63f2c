//! What the letters of acts say: as they are computed first, word for word when they go out anew, and with nothing but
//! what is named changed when they are corrected.

use fachwerk_deadlines::{Language, NotificationLaw, Period};
use fachwerk_rules::{Lang, date_text, markdown_text, money_text};
use serde_json::{Map, Value};

use super::{
    Failed, Oracle,
    act::{Act, Content, Correction},
    commands::{Said, need},
    names::Place,
    view::sorted,
};

/// What is asked of the connector for a letter.
#[derive(Clone, Default)]
pub struct Asked {
    /// All but the notes of corrections, which stand before the text.
    fields: Map<String, Value>,
    notes: usize,
}

const ANEW: &str = " – erneut";
const CORRECTED: &str = " – berichtigt";
const NOTE: &str = "Berichtigung nach ";

impl Asked {
    /// As the engine asks for it; the words of notes are not the oracle's concern.
    pub fn of(request: &Value) -> Asked {
        let mut fields = request.as_object().cloned().unwrap_or_default();
        // Who signs a letter, and the head of the authority, are not the oracle's concern either.
        fields.remove("signed_by");
        fields.remove("letterhead");
        let (mut notes, body) = (0, fields.get("body").and_then(Value::as_str).map(str::to_owned));
        if let Some(body) = body {
            let mut rest = body.as_str();
            while let Some((_, after)) = rest.split_once("\n\n").filter(|_| rest.starts_with(NOTE)) {
                (notes, rest) = (notes + 1, after);
            }
            fields.insert("body".into(), rest.into());
        }
        Asked { fields, notes }
    }

    pub fn line(&self) -> String {
        format!("letter with {} notes {}", self.notes, sorted(&Value::Object(self.fields.clone())))
    }

    /// What can be corrected in it.
    fn texts(&self) -> impl Iterator<Item = (&String, &str)> {
        let known = ["addressee", "reference", "date", "direction", "instruction"];
        let texts = self.fields.iter().filter(move |(name, _)| !known.contains(&name.as_str()));
        texts.filter_map(|(name, value)| Some((name, value.as_str()?)))
    }

    fn says(&self, part: &str) -> usize {
        self.texts().map(|(_, text)| places(text, part).len()).sum()
    }

    fn replaced(&self, wrong: &str, right: &str) -> Asked {
        let mut asked = self.clone();
        for (name, text) in self.texts() {
            let right = if name == "body" { markdown_text(right) } else { right.to_owned() };
            let mut text = text.to_owned();
            for (start, end) in places(&text.clone(), wrong).into_iter().rev() {
                text.replace_range(start..end, &right);
            }
            asked.fields.insert(name.clone(), text.into());
        }
        asked
    }

    fn ends_with(&mut self, ending: &str) {
        if let Some(title) = self.fields.get("title").and_then(Value::as_str) {
            let title = title.trim_end_matches(ANEW).trim_end_matches(ending);
            self.fields.insert("title".into(), format!("{title}{ending}").into());
        }
    }
}

/// Where a text stands in another one as whole words and numbers, whatever white space is between them.
fn places(text: &str, wanted: &str) -> Vec<(usize, usize)> {
    let wanted: Vec<&str> = wanted.split_whitespace().collect();
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let before = |at: usize, back: usize| text[..at].chars().rev().nth(back);
    let behind = |at: usize, on: usize| text[at..].chars().nth(on);
    // 12 stands neither in 2012 nor in 12,50.
    let longer = |edge: Option<char>, next: Option<char>, one_more: Option<char>| {
        let word = edge.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        word || matches!(next, Some('.' | ',')) && digit(edge) && digit(one_more)
    };
    let mut found: Vec<(usize, usize)> = Vec::new();
    for start in ends.iter().copied() {
        let free = found.last().is_none_or(|(_, end)| *end <= start);
        if !free || wanted.is_empty() || behind(start, 0).is_none_or(char::is_whitespace) {
            continue;
        }
        let same = |end: &&usize| {
            **end > start
                && !before(**end, 0).is_none_or(char::is_whitespace)
                && text[start..**end].split_whitespace().eq(wanted.iter().copied())
        };
        let end = ends.iter().find(same).copied().filter(|end| {
            !longer(behind(start, 0), before(start, 0), before(start, 1))
                && !longer(before(*end, 0), behind(*end, 0), behind(*end, 1))
        });
        found.extend(end.map(|end| (start, end)));
    }
    found
}

/// What of an act was decided, as letters say it.
fn decided(content: &Content) -> Vec<String> {
    let mut parts: Vec<String> = content.decision.as_str().map(str::to_owned).into_iter().collect();
    if let Some(cents) = content.fee.as_i64() {
        let amount = money_text(cents, Lang::De).trim_end_matches('€').trim().to_owned();
        let whole = amount.strip_suffix(",00");
        parts
            .extend(whole.into_iter().flat_map(|it| ["€", "Euro", "EUR"].map(|unit| format!("{it} {unit}"))));
        parts.push(amount);
    }
    for condition in &content.conditions {
        parts.extend(condition["text"].as_str().map(str::to_owned));
        parts.extend(condition["due"].as_str().and_then(|day| date_text(day, Lang::De)));
    }
    let Content { period, .. } = content;
    parts.extend([period.text(Language::De), period.after_preposition(Language::De)]);
    parts.extend((*period == Period::Months(1)).then(|| "eines Monats".to_owned()));
    parts
}

fn newest(act: &Act, party: u32) -> Option<&Asked> {
    act.addressees.get(&party)?.letters.last().map(|letter| &letter.asked)
}

/// The town of these cases belongs to a district; whoever attacks its charges pays first.
const OBJECTION: &str = "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Widerspruch bei der Stadt Musterstadt, Markt 1, 39999 Musterstadt, erhoben werden.";
const CHARGES: &str = "Hinweis: Der Widerspruch hat nach § 80 Abs. 2 Satz 1 Nr. 1 der Verwaltungsgerichtsordnung keine aufschiebende Wirkung. Der festgesetzte Betrag ist deshalb auch dann fristgerecht zu zahlen, wenn Widerspruch erhoben wird. Die Aussetzung der Vollziehung kann bei der Stadt Musterstadt beantragt werden.";

impl Oracle {
    fn instruction(&self, kind: &str) -> String {
        match self.law_of_kind(kind) {
            NotificationLaw::AO => format!("{OBJECTION}\n\n{CHARGES}"),
            NotificationLaw::VwVfG | NotificationLaw::SgbX => OBJECTION.to_owned(),
        }
    }

    /// The next letter, to a party at whoever receives it.
    pub fn letter_asked(
        &self,
        number: usize,
        (party, receiver): (u32, u32),
        place: &Place<'_>,
        with: &Value,
    ) -> Result<Asked, Failed> {
        let act = &self.state.acts[number];
        let draft = act.draft.as_ref().expect("it is being made");
        let to = &self.state.parties[&receiver].content;
        let lines: Vec<&str> =
            std::iter::once(&*to.name).chain(to.address.iter().map(|line| &**line)).collect();
        let today = Value::from(date_text(&self.today().to_string(), Lang::De));
        let beside = draft.correction.is_some() || draft.again.is_some();
        let mut asked = newest(act, party).filter(|_| beside).cloned().unwrap_or_default();
        match &draft.correction {
            _ if !beside => {
                for (name, written) in with.as_object().into_iter().flatten() {
                    if !["decision", "conditions", "fee", "remedy", "to"].contains(&name.as_str()) {
                        asked.fields.insert(name.clone(), self.value(place, written)?);
                    }
                }
                let title = asked.fields.get("title").and_then(Value::as_str);
                if let Some(title) = title.filter(|_| draft.content.to.len() > 1 || party != receiver) {
                    let title = format!("{title} ({})", self.state.parties[&party].content.name);
                    asked.fields.insert("title".into(), title.into());
                }
                asked.fields.entry("reference").or_insert(self.state.number.clone().into());
                asked.fields.entry("date").or_insert(today);
                if with.get("remedy").is_none() {
                    asked.fields.insert("instruction".into(), self.instruction(&act.kind).into());
                }
            }
            Some(correction) => {
                asked = asked.replaced(&correction.wrong, &correction.right);
                asked.notes = act.corrections.len() + 1;
                asked.ends_with(CORRECTED);
                asked.fields.insert("date".into(), today);
            }
            None => asked.ends_with(ANEW),
        }
        asked.fields.insert("addressee".into(), lines.join("\n").into());
        Ok(asked)
    }

    /// A correction names what stands in a letter, and changes nothing of what was decided.
    pub fn corrects_only_errors(&self, act: &Act, content: &Content, correction: &Correction) -> Said {
        let Correction { wrong, right, .. } = correction;
        need(wrong != right, "nothing changes")?;
        let letters = || content.to.iter().filter_map(|(party, _)| newest(act, *party));
        let to = |letter: &Asked| letter.fields["addressee"].as_str().map_or(0, |to| places(to, wrong).len());
        need(letters().any(|letter| to(letter) + letter.says(wrong) > 0), "it stands in no letter")?;
        let decided = decided(content);
        let keeps = |letter: &Asked| {
            let after = letter.replaced(wrong, right);
            decided.iter().all(|part| letter.says(part) == after.says(part))
        };
        need(letters().all(keeps), "it was decided")
    }
}
