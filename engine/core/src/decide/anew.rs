//! Letters of an act once more, beside the flow: to somebody whom the last one did not reach, or corrected to all. Neither
//! decides anything: what went out is the text that they begin with.

use std::sync::Arc;

use fachwerk_deadlines::{Language, NotificationLaw, Period};
use fachwerk_rules::{Lang, date_text, markdown_text, money_text};

use super::{Rejection, correct::check_reason, passage, signature::SIGNED_BY, turn::Deciding};
use crate::{
    act::{Act, ActContent, Correction, Draft, Issued, Letter},
    command::CorrectAct,
    definition::{IssueKind, Kind},
    event::{ActAbandoned, ActBegan, Direction, Event, LetterNotArrived, LettersWithdrawn},
    planted::{Fault, planted},
    words::{Date, InstanceId, Object, Text, Value, letter_day},
};

/// What stands behind the title of a letter that goes out anew, and of one that was corrected.
const ANEW: &str = " – erneut";
const CORRECTED: &str = " – berichtigt";
/// The longest text that can be named as wrong or right, in characters: an obvious error is a word or a number, not a
/// paragraph.
const MAX_NAMED: usize = 200;
/// What of a letter is not its text: it is known from the parties, the case, the day, the law and who signed.
const NOT_TEXT: [&str; 10] = [
    "addressee",
    "reference",
    "date",
    "direction",
    "costs",
    "instruction",
    "letterhead",
    "logo",
    "seal",
    SIGNED_BY,
];

impl<'a> Deciding<'a> {
    /// Corrects an obvious error in an act (§ 42 VwVfG): all addressees get it anew. What was decided stays what it is, and of
    /// the letters only what is named changes.
    pub fn correct_act(&mut self, what: &CorrectAct) -> Result<(), Rejection> {
        let by = self.may_correct(&what.reason)?;
        self.need_room()?;
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= MAX_NAMED;
        if !fits(&what.wrong) || !fits(&what.right) {
            return Err(not_corrected(
                &format!(
                    "Bitte kurz angeben, was falsch und was richtig ist (je höchstens {MAX_NAMED} Zeichen)."
                ),
                &format!(
                    "Please say shortly what is wrong and what is right (at most {MAX_NAMED} characters each)."
                ),
            ));
        }
        let act = self.case.acts.get(&what.act).cloned().ok_or(Rejection::ActUnknown)?;
        let Issued { on, content, .. } = act.issued.clone().ok_or(Rejection::ActUnknown)?;
        if act.deemed.is_some() {
            return Err(not_corrected(
                "Diese Genehmigung gilt kraft Gesetzes als erteilt; es gibt keinen Text der Behörde, der zu berichtigen wäre. Eine unrichtige Bescheinigung wird neu ausgestellt.",
                "This permit counts as granted by law; there is no text of the authority that could be corrected. A wrong certificate is made anew.",
            ));
        }
        if self.case.draft_of(&act).is_some() {
            return Err(not_corrected(
                "Zu diesem Bescheid werden gerade schon Schreiben ausgefertigt; bitte warten, bis sie vorliegen, oder das aufgeben.",
                "Letters of this act are being made already; please wait until they are there, or give that up.",
            ));
        }
        let correction = Correction {
            wrong: what.wrong.trim().into(),
            right: what.right.trim().into(),
            reason: what.reason.clone(),
            begins_anew: what.begins_anew,
            by,
            on: self.facts.today,
        };
        if !planted(Fault::CorrectedAtWill) {
            check_correction(&act, (&content, on), &correction)?;
        }
        let most = if planted(Fault::CorrectedForOne) { 1 } else { usize::MAX };
        let parties = content.addressees.iter().map(|(party, _)| *party).take(most);
        let addressees = parties.map(|party| (party, self.case.receives_for(party))).collect();
        let addressees: Vec<(u32, u32)> = addressees;
        let acts = self.case.in_one_letter(&act);
        let mut begun = Vec::new();
        for other in acts {
            let Some(Issued { on, version, content }) = other.issued.clone() else { continue };
            if other.number != act.number && !planted(Fault::CorrectedAtWill) {
                // The text of all of them is one.
                check_correction(&other, (&content, on), &correction)?;
            }
            begun.push((other, version + 1, ActContent { addressees: addressees.clone(), ..content }));
        }
        self.begin_beside(&begun, (Some(correction), None))
    }

    /// A letter of an act did not arrive (§ 41 (2) sentence 3 VwVfG), or cannot, because where it should go is wrong: nobody
    /// was notified by it. The same goes out anew, to where the addressee lives by now, unless another letter has reached
    /// them. None: the newest letter to the addressee.
    pub fn send_anew(
        &mut self,
        number: u32,
        (party, document): (u32, Option<u32>),
        reason: &Arc<str>,
    ) -> Result<(), Rejection> {
        let by = self.who_takes_part()?;
        check_reason(reason)?;
        let act = self.case.acts.get(&number).cloned().ok_or(Rejection::ActUnknown)?;
        let Issued { version, .. } = act.issued.clone().ok_or(Rejection::ActUnknown)?;
        let letters = &act.addressees.get(&party).ok_or(Rejection::PartyUnknown)?.letters;
        if self.case.draft_of(&act).is_some() {
            return Err(not_sent_anew(
                "Zu diesem Bescheid wird gerade schon ein Schreiben ausgefertigt; bitte warten, bis es vorliegt, oder das aufgeben.",
                "A letter of this act is being made already; please wait until it is there, or give that up.",
            ));
        }
        let newest = letters.last().map(|letter| letter.document);
        let dispatch_of = |number| self.case.documents.get(&number).and_then(|found| found.dispatch.as_ref());
        let sent =
            |letter: &&Letter| newest == Some(letter.document) || dispatch_of(letter.document).is_some();
        let named = document.or(newest);
        let letter = letters.iter().filter(sent).find(|letter| named == Some(letter.document));
        let document = letter.ok_or(Rejection::DocumentUnknown)?.document;
        let dispatch = dispatch_of(document);
        if dispatch.is_some_and(|dispatch| dispatch.proven_receipt.is_some()) {
            return Err(not_sent_anew(
                "Der Zugang dieses Schreibens ist nachgewiesen.",
                "The receipt of this letter is proven.",
            ));
        }
        let acts = self.case.in_one_letter(&act);
        for other in &acts {
            let (by, reason) = (by.clone(), reason.clone());
            self.letter_not_arrived(
                document,
                LetterNotArrived { act: other.number, party, document, by, reason },
            );
        }
        let reached = letters.iter().any(|letter| letter.version == version && self.is_under_way(letter));
        if reached {
            return Ok(());
        }
        let receiver = self.case.receives_for(party);
        let again = Some(party).filter(|_| !planted(Fault::AnewToAll));
        let mut begun = Vec::new();
        for other in acts {
            let Some(Issued { version, mut content, .. }) = other.issued.clone() else { continue };
            content.addressees.iter_mut().filter(|(to, _)| *to == party).for_each(|(_, it)| *it = receiver);
            begun.push((other, version, content));
        }
        self.begin_beside(&begun, (None, again))
    }

    /// Whether a letter has left the house and has not come back.
    fn is_under_way(&self, letter: &Letter) -> bool {
        let dispatch = self.case.documents.get(&letter.document).and_then(|found| found.dispatch.as_ref());
        dispatch.is_some_and(|dispatch| !dispatch.not_arrived)
    }

    /// Makes letters of an act on the case as a whole: the step that issued it may be long past, and its scope with it.
    fn begin_beside(
        &mut self,
        acts: &[(Arc<Act>, u32, ActContent)],
        (correction, again): (Option<Correction>, Option<u32>),
    ) -> Result<(), Rejection> {
        let Some((act, ..)) = acts.first() else { return Err(Rejection::ActUnknown) };
        let issue = self.issued_by(act)?;
        let instance = InstanceId(self.case.next_instance);
        let step = act.step.clone();
        self.record(Event::StepEntered { instance, parent: InstanceId::ROOT, step, after: None });
        for (act, version, content) in acts {
            self.record(Event::ActBegan(Box::new(ActBegan {
                act: act.number,
                kind: act.kind.clone(),
                step: act.step.clone(),
                instance,
                version: *version,
                content: content.clone(),
                correction: correction.clone(),
                again,
            })));
        }
        self.next_letter(instance, issue);
        Ok(())
    }

    /// The step that issued an act.
    fn issued_by(&self, act: &Act) -> Result<&'a IssueKind, Rejection> {
        match self.release.find(&act.step).map(|step| &step.kind) {
            Some(Kind::Issue(issue)) => Ok(issue),
            _ => Err(Rejection::StepNotActive),
        }
    }

    /// What is asked of the connector for a letter beside the flow; none: the letter is one of the first version.
    pub fn once_more(&self, instance: InstanceId, party: u32, addressee: &str) -> Option<Value> {
        let (act, draft) = self.case.act_made_by(instance)?;
        let Draft { correction, .. } = draft;
        if !draft.is_beside_the_flow() {
            return None;
        }
        let mut request = newest(act, party).cloned().unwrap_or_default();
        request.insert("addressee".into(), addressee.into());
        match correction {
            Some(correction) => self.corrected(&mut request, act, correction),
            None => title_with(&mut request, ANEW),
        }
        Some(Value::Object(request))
    }

    fn corrected(&self, request: &mut Object, act: &Act, correction: &Correction) {
        let Some(Issued { on, content, .. }) = &act.issued else { return };
        let law = content.notification;
        let before: String = act.corrections.iter().map(|before| note(before, *on, law)).collect();
        replace_in(request, correction, &before);
        title_with(request, CORRECTED);
        request.insert("date".into(), letter_day(self.facts.today).into());
        let body = request.get("body").and_then(Value::as_str).unwrap_or_default();
        let body = format!("{before}{}{body}", note(correction, *on, law));
        request.insert("body".into(), body.into());
    }

    /// Letters of an act that are still to be sent stay in the house when they are not needed any more. They are told apart
    /// by addressee, letter, and whether it is the newest one to them.
    pub fn withdraw_letters(&mut self, act: u32, not_needed: impl Fn((u32, &Letter), bool) -> bool) {
        let Some(act) = self.case.acts.get(&act).filter(|_| !planted(Fault::SupersededLettersLeave)) else {
            return;
        };
        let unsent = |letter: &Letter| {
            let found = self.case.documents.get(&letter.document);
            found.is_some_and(|it| it.dispatch.is_none() && it.content.direction == Direction::Outgoing)
        };
        let letters = act.addressees.iter().flat_map(|(party, addressed)| {
            let newest = addressed.letters.last().map(|letter| letter.document);
            let letters = addressed.letters.iter();
            letters.map(move |letter| (*party, letter, newest == Some(letter.document)))
        });
        let documents: Vec<u32> = letters
            .filter(|(party, letter, newest)| unsent(letter) && not_needed((*party, *letter), *newest))
            .map(|(_, letter, _)| letter.document)
            .collect();
        if !documents.is_empty() {
            self.record(Event::LettersWithdrawn(LettersWithdrawn { documents }));
        }
    }

    /// A letter that was thought not to have arrived has arrived: the one that was to stand in for it is not needed.
    pub fn not_needed_anew(&mut self, document: u32) {
        let Some((act, party, version)) = self.case.act_of_document(document) else { return };
        let number = act.number;
        let draft = self.case.draft_of(act).filter(|draft| draft.again == Some(party));
        if let Some(instance) = draft.filter(|draft| draft.version == version).map(|draft| draft.instance) {
            self.cancel_beside(instance, "arrived");
        }
        self.withdraw_letters(number, |(to, letter), _| to == party && letter.version == version);
    }

    /// Gives up what is made beside the steps: a letter, a correction, a letter that goes out anew.
    pub fn give_up(&mut self, instance: InstanceId, reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        self.need_part_or_administration()?;
        if !self.case.is_made_beside(instance) {
            return Err(Rejection::StepNotActive);
        }
        let draft = self.case.act_made_by(instance).map(|(_, draft)| draft);
        if draft.is_some_and(|draft| draft.correction.is_some()) {
            self.may_correct(reason)?;
        }
        check_reason(reason)?;
        self.record(Event::GivenUp { instance, by, reason: reason.clone() });
        if self.case.instance(instance).is_some() {
            self.cancel_beside(instance, "given_up");
        }
        Ok(())
    }

    /// Ends what is made beside the steps.
    pub fn cancel_beside(&mut self, instance: InstanceId, because: &str) {
        self.cancel(vec![instance], because.into());
        self.abandon_drafts();
        self.path_ended(InstanceId::ROOT);
    }

    /// What is made of an act ends with the step that makes it, however that was ended.
    pub fn abandon_drafts(&mut self) {
        let dead = |act: &&Arc<Act>| {
            let over = act.draft.is_some() && self.case.draft_of(act).is_none();
            over && !planted(Fault::AbandonedLettersLeave)
        };
        let dead: Vec<u32> = self.case.acts.values().filter(dead).map(|act| act.number).collect();
        for act in dead {
            self.record(Event::ActAbandoned(ActAbandoned { act }));
        }
    }
}

fn not_corrected(de: &str, en: &str) -> Rejection {
    Rejection::ActNotCorrected { why: Text::new(de, en) }
}

fn not_sent_anew(de: &str, en: &str) -> Rejection {
    Rejection::LetterNotSentAnew { why: Text::new(de, en) }
}

/// What was asked for the newest letter to an addressee.
fn newest(act: &Act, party: u32) -> Option<&Object> {
    act.addressees.get(&party)?.letters.last()?.asked.as_object()
}

fn title_with(request: &mut Object, ending: &str) {
    if let Some(title) = request.get("title").and_then(Value::as_str) {
        let title = title.strip_suffix(ANEW).unwrap_or(title);
        let title = title.strip_suffix(ending).unwrap_or(title);
        let title = format!("{title}{ending}");
        request.insert("title".into(), title.into());
    }
}

/// The texts of a letter, without the notes of earlier corrections.
fn texts<'r>(request: &'r Object, notes: &'r str) -> impl Iterator<Item = (&'r String, &'r str)> {
    let texts = request.iter().filter(|(name, _)| !NOT_TEXT.contains(&name.as_str()));
    texts.filter_map(move |(name, value)| Some((name, value.as_str()?))).map(move |(name, text)| {
        let body = text.strip_prefix(notes).filter(|_| name == "body");
        (name, body.unwrap_or(text))
    })
}

fn replace_in(request: &mut Object, correction: &Correction, notes: &str) {
    let Correction { wrong, right, .. } = correction;
    let replaced: Vec<(String, Value)> = texts(request, notes)
        .map(|(name, text)| {
            let right = if name == "body" { markdown_text(right) } else { right.to_string() };
            (name.clone(), passage::replace(text, wrong, &right).into())
        })
        .collect();
    request.extend(replaced);
}

/// That only what is named changes: it stands in a letter, and is no part of what was decided.
fn check_correction(
    act: &Act,
    (content, on): (&ActContent, Date),
    correction: &Correction,
) -> Result<(), Rejection> {
    let (wrong, law) = (&correction.wrong, content.notification);
    let notes: String = act.corrections.iter().map(|before| note(before, on, law)).collect();
    let letters = content.addressees.iter().filter_map(|(party, _)| newest(act, *party));
    let mut named = false;
    for letter in letters {
        let to = letter.get("addressee").and_then(Value::as_str).unwrap_or_default();
        named |= passage::count(to, wrong) > 0
            || texts(letter, &notes).any(|(_, text)| passage::count(text, wrong) > 0);
        let mut after = letter.clone();
        replace_in(&mut after, correction, &notes);
        let times = |letter: &Object, part: &str| -> usize {
            texts(letter, &notes).map(|(_, text)| passage::count(text, part)).sum()
        };
        let changed = decided(content).into_iter().find(|part| times(letter, part) != times(&after, part));
        if let Some(part) = changed {
            return Err(not_corrected(
                &format!(
                    "„{part}“ gehört zu dem, was entschieden ist (Entscheidung, Gebühr, Nebenbestimmungen, Rechtsbehelfsfrist). Das ändert keine Berichtigung, sondern nur ein neuer Bescheid."
                ),
                &format!(
                    "`{part}` belongs to what was decided (decision, fee, conditions, period for a remedy). No correction changes that, only a new act does."
                ),
            ));
        }
    }
    if wrong == &correction.right || !named {
        return Err(not_corrected(
            &format!(
                "„{wrong}“ steht so in keinem Schreiben dieses Bescheids. Bitte genau angeben, was dort falsch ist; geändert wird nur das."
            ),
            &format!(
                "`{wrong}` does not stand in any letter of this act. Please name exactly what is wrong there; only that changes."
            ),
        ));
    }
    Ok(())
}

/// What of an act was decided, as letters say it.
fn decided(content: &ActContent) -> Vec<String> {
    let mut parts: Vec<String> = content.decision.iter().map(ToString::to_string).collect();
    if let Some(cents) = content.fee {
        let money = money_text(cents, Lang::De);
        let amount = money.trim_end_matches('€').trim().to_owned();
        if let Some(whole) = amount.strip_suffix(",00") {
            parts.extend([format!("{whole} €"), format!("{whole} Euro"), format!("{whole} EUR")]);
        }
        parts.push(amount);
    }
    for condition in &content.conditions {
        parts.push(condition.text.to_string());
        if let Some(due) = condition.due {
            parts.extend(date_text(&due.to_string(), Lang::De));
        }
    }
    if let Ok(period) = Period::parse(&content.period) {
        parts.extend([period.text(Language::De), period.after_preposition(Language::De)]);
        if period == Period::Months(1) {
            parts.push("eines Monats".to_owned());
        }
    }
    parts
}

/// What stands before the text of a letter that was corrected.
fn note(correction: &Correction, on: Date, law: NotificationLaw) -> String {
    let norm = match law {
        NotificationLaw::VwVfG => "§ 42 VwVfG",
        NotificationLaw::AO => "§ 129 AO",
        NotificationLaw::SgbX => "§ 38 SGB X",
    };
    let (wrong, right) = (markdown_text(&correction.wrong), markdown_text(&correction.right));
    let on = date_text(&on.to_string(), Lang::De).unwrap_or_default();
    format!("Berichtigung nach {norm}: Der Bescheid vom {on} lautet richtig „{right}“ statt „{wrong}“.\n\n")
}
