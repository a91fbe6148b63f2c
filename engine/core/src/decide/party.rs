//! Who takes part: taken from the application when the case begins, put in, changed and removed by persons.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Rejection,
    correct::check_reason,
    turn::{Deciding, trouble},
};
use crate::{
    case::Activity,
    definition::PartyKind,
    event::{Event, Handled, PartyAdded, PartyChanged, PartyRemoved, TookPart, Trouble},
    party::{MAX_ADDRESS_LINES, MAX_NAME, Party, PartyContent},
    planted::{Fault, planted},
    words::{InstanceId, Object, PersonId, Text, Value},
};

/// So many parties may a case have at most, those that do not take part any more among them.
pub const MOST_PARTIES: usize = 1_000;

/// A party as a rule says it: whom it represents may be a kind, whose numbers are known when all are there.
struct Said {
    content: PartyContent,
    represents_kind: Option<Arc<str>>,
}

impl Deciding<'_> {
    /// Begins the case, or goes on where it was stuck before its first step: its parties, then its steps.
    pub fn begin_case(&mut self) {
        let begun = self.case.instance(InstanceId::ROOT).is_some_and(|root| root.begun);
        if !begun && let Err(trouble) = self.take_parties() {
            return self.stuck(Some(InstanceId::ROOT), *trouble);
        }
        self.run_scope(InstanceId::ROOT);
    }

    fn take_parties(&mut self) -> Result<(), Box<Trouble>> {
        let mut said: Vec<Said> = Vec::new();
        for kind in &self.release.parties {
            let known = self.case.parties.values().any(|party| party.content.kind == kind.name);
            let Some(rule) = kind.from.as_ref().filter(|_| !known) else { continue };
            let value = self.evaluate(InstanceId::ROOT, rule)?;
            let found = said_parties(kind, &value).map_err(|why| parties_invalid(kind, &why, &value))?;
            said.extend(found);
            if self.case.parties.len() + said.len() > MOST_PARTIES {
                let why = Text::new(
                    format!("es sind mehr als {MOST_PARTIES}"),
                    format!("there are more than {MOST_PARTIES}"),
                );
                return Err(parties_invalid(kind, &why, &Value::Null));
            }
        }
        let first = self.next_party();
        let numbers_of = |kind: &str| -> BTreeSet<u32> {
            let new = (first..)
                .zip(&said)
                .filter(|(_, said)| *said.content.kind == *kind)
                .map(|(number, _)| number);
            let known = self.case.parties_now().filter(|party| *party.content.kind == *kind);
            new.chain(known.map(|party| party.number)).collect()
        };
        let resolved = said.iter().map(|said| {
            let mut content = said.content.clone();
            content.represents.extend(said.represents_kind.iter().flat_map(|kind| numbers_of(kind)));
            content
        });
        let resolved: Vec<PartyContent> = resolved.collect();
        for (number, party) in (first..).zip(resolved) {
            self.record(Event::PartyAdded(PartyAdded { number, party, by: None, merged: None }));
        }
        Ok(())
    }

    fn next_party(&self) -> u32 {
        self.case.parties.get_max().map_or(0, |(number, _)| *number) + 1
    }

    /// Puts in a party.
    pub fn add_party(&mut self, party: &PartyContent) -> Result<(), Rejection> {
        let by = self.who_takes_part()?;
        let kind = self.check_party(party, None)?;
        let there = self.count_of(&kind.name);
        if self.case.parties.len() >= MOST_PARTIES {
            return Err(invalid(
                format!("An einem Vorgang können höchstens {MOST_PARTIES} beteiligt sein."),
                format!("At most {MOST_PARTIES} can take part in a case."),
            ));
        }
        if let Some(most) = kind.count.max.filter(|max| there >= *max as usize) {
            return Err(invalid(
                format!("Von dieser Art („{}“) können höchstens {most} beteiligt sein.", title(kind).de),
                format!("Of this kind ({}) at most {most} can take part.", title(kind).en),
            ));
        }
        let number = self.next_party();
        let (party, added_by) = (party.clone(), Some(by.clone()));
        self.record(Event::PartyAdded(PartyAdded { number, party, by: added_by, merged: None }));
        self.has_a_hand_in_all(by, Handled::Party);
        Ok(())
    }

    /// The parties of a case that is merged into this one take part here, too, since when they took part there. Nobody is
    /// taken twice; those for whom there is no place are told.
    pub fn take_over_parties(&mut self, parties: &[Party], by: &PersonId, reason: &Arc<str>) {
        let mut here: BTreeMap<u32, u32> = BTreeMap::new();
        let (mut new, mut left): (Vec<&Party>, Vec<&str>) = Default::default();
        let mut next = self.next_party();
        for party in parties {
            // Whoever took part here once and takes part there now, takes part anew.
            let known = self.case.parties.values().find(|known| {
                known.content.is_same(&party.content) && (known.removed.is_none() || party.removed.is_some())
            });
            if let Some(known) = known.filter(|_| !planted(Fault::PartiesComeTwice)) {
                here.insert(party.number, known.number);
            } else if self.has_place(party, &new) {
                here.insert(party.number, next);
                new.push(party);
                next += 1;
            } else {
                left.push(&party.content.name);
            }
        }
        let acts_for = |content: &PartyContent| -> BTreeSet<u32> {
            content.represents.iter().filter_map(|number| here.get(number).copied()).collect()
        };
        // Whoever acts for somebody there does so here, too.
        let mut known: BTreeMap<u32, PartyContent> = BTreeMap::new();
        let acting = parties.iter().filter(|party| party.removed.is_none());
        for party in acting.filter(|_| !planted(Fault::MergedAreNotRepresented)) {
            let found = here.get(&party.number).and_then(|number| self.case.parties.get(number));
            if let Some(found) = found.filter(|found| found.removed.is_none()) {
                let content = known.entry(found.number).or_insert_with(|| found.content.clone());
                content.represents.extend(acts_for(&party.content));
            }
        }
        known.retain(|number, content| {
            self.case.parties.get(number).is_some_and(|found| found.content != *content)
        });
        let added: Vec<PartyAdded> = new
            .iter()
            .map(|party| PartyAdded {
                number: here[&party.number],
                party: PartyContent { represents: acts_for(&party.content), ..party.content.clone() },
                by: Some(by.clone()),
                merged: Some(TookPart { since: party.since, removed: party.removed.clone() }),
            })
            .collect();
        let changed = !known.is_empty() || !added.is_empty();
        added.into_iter().for_each(|added| self.record(Event::PartyAdded(added)));
        for (number, party) in known {
            let (by, reason) = (by.clone(), reason.clone());
            self.record(Event::PartyChanged(PartyChanged { number, party, by, reason }));
        }
        if changed {
            self.has_a_hand_in_all(by.clone(), Handled::Party);
        }
        if !left.is_empty() {
            let incident = parties_left(&left.join(", "));
            self.stuck(None, *incident);
        }
    }

    /// Whether the process has a place for a party besides those that are there and those that come with it.
    fn has_place(&self, party: &Party, new: &[&Party]) -> bool {
        let kind = &party.content.kind;
        let Some(known) = self.release.party_kind(kind) else { return false };
        let coming = new.iter().filter(|it| it.content.kind == *kind && it.removed.is_none()).count();
        let there = self.count_of(kind) + coming;
        self.case.parties.len() + new.len() < MOST_PARTIES
            && (party.removed.is_some() || known.count.max.is_none_or(|max| there < max as usize))
    }

    /// Changes what is known of a party.
    pub fn change_party(
        &mut self,
        number: u32,
        party: &PartyContent,
        reason: &Arc<str>,
    ) -> Result<(), Rejection> {
        let by = self.who_takes_part()?;
        let before = self.party_here(number)?;
        if before.kind != party.kind {
            return Err(invalid(
                "Die Art eines Beteiligten lässt sich nicht ändern. Bitte entfernen und neu aufnehmen.",
                "The kind of a party cannot be changed. Please remove it and add it anew.",
            ));
        }
        self.check_party(party, Some(number))?;
        check_reason(reason)?;
        let (party, reason) = (party.clone(), reason.clone());
        self.record(Event::PartyChanged(PartyChanged { number, party, by: by.clone(), reason }));
        self.has_a_hand_in_all(by, Handled::Party);
        Ok(())
    }

    /// Removes a party; what was sent to it stays in the file.
    pub fn remove_party(&mut self, number: u32, reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.who_takes_part()?;
        let kind = self.party_here(number)?.kind.clone();
        check_reason(reason)?;
        if let Some(kind) = self.release.party_kind(&kind)
            && self.count_of(&kind.name) <= kind.count.min as usize
        {
            let least = kind.count.min;
            return Err(invalid(
                format!(
                    "Von dieser Art („{}“) müssen mindestens {least} beteiligt sein. Bitte zuerst den Nachfolger aufnehmen.",
                    title(kind).de
                ),
                format!(
                    "Of this kind ({}) at least {least} must take part. Please add the successor first.",
                    title(kind).en
                ),
            ));
        }
        self.record(Event::PartyRemoved(PartyRemoved { number, by: by.clone(), reason: reason.clone() }));
        self.has_a_hand_in_all(by, Handled::Party);
        Ok(())
    }

    /// The person who asks for something about parties and acts, when they may.
    pub fn who_takes_part(&self) -> Result<PersonId, Rejection> {
        self.need_part_in_process()?;
        if !self.case.is_open() {
            return Err(Rejection::CaseEnded);
        }
        self.need_room()?;
        self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)
    }

    fn party_here(&self, number: u32) -> Result<&PartyContent, Rejection> {
        let party = self.case.parties.get(&number).filter(|party| party.removed.is_none());
        party.map(|party| &party.content).ok_or(Rejection::PartyUnknown)
    }

    fn count_of(&self, kind: &str) -> usize {
        self.case.parties_now().filter(|party| *party.content.kind == *kind).count()
    }

    fn check_party(&self, party: &PartyContent, number: Option<u32>) -> Result<&PartyKind, Rejection> {
        let Some(kind) = self.release.party_kind(&party.kind) else {
            return Err(invalid(
                format!("Eine Art von Beteiligten „{}“ kennt dieses Verfahren nicht.", party.kind),
                format!("This process has no kind of party `{}`.", party.kind),
            ));
        };
        if let Some(why) = unfit_content(party) {
            return Err(Rejection::PartyInvalid { why });
        }
        for other in &party.represents {
            if Some(*other) == number || self.party_here(*other).is_err() {
                return Err(invalid(
                    format!(
                        "Vertreten werden kann nur ein anderer Beteiligter dieses Vorgangs; Nr. {other} ist keiner."
                    ),
                    format!("Only another party of this case can be represented; no. {other} is none."),
                ));
            }
        }
        Ok(kind)
    }

    /// Whether an instance makes letters beside the flow: of an act that was corrected, or one that did not arrive.
    pub fn is_beside_the_flow(&self, instance: InstanceId) -> bool {
        let makes = self.case.instance(instance).is_some_and(|it| !matches!(it.activity, Activity::Task(_)));
        makes && self.case.act_made_by(instance).is_some_and(|(_, draft)| draft.is_beside_the_flow())
    }
}

fn invalid(de: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Rejection {
    Rejection::PartyInvalid { why: Text { de: de.into(), en: en.into() } }
}

fn title(kind: &PartyKind) -> Text {
    kind.title.clone().unwrap_or_else(|| Text::new(kind.name.clone(), kind.name.clone()))
}

/// What is wrong with a name or address.
fn unfit_content(party: &PartyContent) -> Option<Text> {
    let too_long = |line: &str| line.chars().count() > MAX_NAME || line.contains('\n');
    if party.name.trim().is_empty() || too_long(&party.name) {
        return Some(Text::new(
            format!("Der Name fehlt oder ist länger als eine Zeile mit {MAX_NAME} Zeichen."),
            format!("The name is missing or longer than one line of {MAX_NAME} characters."),
        ));
    }
    let lines = &party.address;
    if lines.len() > MAX_ADDRESS_LINES || lines.iter().any(|line| line.trim().is_empty() || too_long(line)) {
        return Some(Text::new(
            format!(
                "Die Anschrift hat höchstens {MAX_ADDRESS_LINES} Zeilen mit je höchstens {MAX_NAME} Zeichen, keine davon leer."
            ),
            format!(
                "The address has at most {MAX_ADDRESS_LINES} lines of at most {MAX_NAME} characters, none blank."
            ),
        ));
    }
    let email = party.email.as_deref().is_none_or(|email| email.contains('@') && !too_long(email));
    (!email).then(|| Text::new("Die E-Mail-Adresse ist keine.", "The e-mail address is none."))
}

/// The parties that a rule says: nothing, one object, or a list of them.
fn said_parties(kind: &PartyKind, value: &Value) -> Result<Vec<Said>, Text> {
    let entries = match value {
        Value::Null => &[],
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let said = entries.iter().map(|entry| match entry {
        Value::Object(fields) => said_party(kind, fields),
        _ => Err(Text::new("kein Objekt #{ name, address }", "not an object #{ name, address }")),
    });
    let said: Vec<Said> = said.collect::<Result<_, _>>()?;
    let (count, number) = (kind.count, said.len());
    if number < count.min as usize || count.max.is_some_and(|max| number > max as usize) {
        return Err(Text::new(
            format!("{number} ist nicht die vorgesehene Anzahl"),
            format!("{number} is not the number that is provided for"),
        ));
    }
    Ok(said)
}

fn said_party(kind: &PartyKind, fields: &Object) -> Result<Said, Text> {
    let line =
        |name: &str| fields.get(name).and_then(Value::as_str).map(str::trim).filter(|line| !line.is_empty());
    let lines = |text: &str| -> Vec<Arc<str>> {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Into::into).collect()
    };
    let address = match fields.get("address") {
        Some(Value::String(text)) => lines(text),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).flat_map(lines).collect(),
        _ => Vec::new(),
    };
    let content = PartyContent {
        kind: kind.name.clone(),
        name: line("name").unwrap_or_default().into(),
        address,
        email: line("email").map(Into::into),
        represents: BTreeSet::new(),
    };
    match unfit_content(&content) {
        Some(why) => Err(why),
        None => Ok(Said { content, represents_kind: line("represents").map(Into::into) }),
    }
}

fn parties_left(names: &str) -> Box<Trouble> {
    trouble(
        "parties_not_taken_over",
        None,
        Text::new(
            format!(
                "Aus dem Vorgang, der mit diesem verbunden worden ist, sind diese Beteiligten nicht übernommen worden: {names}. Dieses Verfahren sieht sie nicht vor, oder nicht so viele von ihrer Art."
            ),
            format!(
                "These parties of the case that was merged into this one were not taken over: {names}. This process does not provide for them, or not for so many of their kind."
            ),
        ),
        Text::new(
            "Prüfen, ob und als was sie hier zu beteiligen sind, und sie gegebenenfalls von Hand aufnehmen. Danach „Wiederholen“, um die Störung abzuschließen.",
            "Check whether and as what they take part here, and add them by hand if so. Then retry, to settle the incident.",
        ),
        Value::Null,
    )
}

fn parties_invalid(kind: &PartyKind, why: &Text, said: &Value) -> Box<Trouble> {
    let title = title(kind);
    trouble(
        "parties_invalid",
        None,
        Text::new(
            format!("Die Beteiligten „{}“ lassen sich nicht aus dem Antrag übernehmen: {}", title.de, why.de),
            format!("The parties `{}` cannot be taken from the application: {}", title.en, why.en),
        ),
        Text::new(
            "Den Antrag berichtigen, dann wiederholen. Liegt es an der Regel, braucht es eine berichtigte Version des Verfahrens.",
            "Correct the application, then retry. If it is the rule, a mended version of the process is needed.",
        ),
        said.clone(),
    )
}
