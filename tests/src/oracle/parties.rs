//! Who takes part in a case: taken from the application, put in, changed and removed by people.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::{facts::Actor, party::PartyContent};
use serde_json::{Map, Value, json};

use super::{
    Failed, Oracle, Refused,
    commands::{Said, need, person, takes_part},
    correct::is_reason,
    names::Place,
    text::key,
};

#[derive(Clone)]
pub struct Party {
    pub content: PartyContent,
    pub removed: bool,
}

impl Party {
    /// As rules see it.
    pub fn seen(&self, number: u32) -> Value {
        let PartyContent { kind, name, address, email, represents } = &self.content;
        json!({
            "number": number, "kind": kind, "name": name, "address": address, "email": email,
            "represents": represents,
        })
    }
}

/// `1`, `1..` or `0..3`.
fn count(written: &Value) -> (usize, usize) {
    let written = if written.is_object() { &written["count"] } else { written };
    let text = written.as_str().map_or_else(|| written.to_string(), str::to_owned);
    let number = |text: &str| text.parse().expect("a number of parties");
    match text.split_once("..") {
        None => (number(&text), number(&text)),
        Some((least, "")) => (number(least), usize::MAX),
        Some((least, most)) => (number(least), number(most)),
    }
}

/// Whether a name and what belongs to it can stand on an envelope.
fn is_sound(party: &PartyContent) -> bool {
    let line = |line: &str| line.chars().count() <= 200 && !line.contains('\n');
    !party.name.trim().is_empty()
        && line(&party.name)
        && party.address.len() <= 10
        && party.address.iter().all(|part| !part.trim().is_empty() && line(part))
        && party.email.as_deref().is_none_or(|email| email.contains('@') && line(email))
}

/// Whether both are one person in one role.
fn is_same(one: &PartyContent, other: &PartyContent) -> bool {
    let words = |text: &str| text.to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let lines = |party: &PartyContent| party.address.iter().map(|line| words(line)).collect::<Vec<_>>();
    let mail = |party: &PartyContent| party.email.as_deref().map(words);
    one.kind == other.kind
        && words(&one.name) == words(&other.name)
        && (lines(one) == lines(other) || mail(one).is_some() && mail(one) == mail(other))
}

/// A party as a rule says it, and the kind that it represents.
fn said(kind: &str, value: &Value) -> Option<(PartyContent, Option<String>)> {
    let fields = value.as_object()?;
    let text =
        |name: &str| fields.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let lines: Vec<&str> = match fields.get("address") {
        Some(Value::String(text)) => text.lines().collect(),
        Some(Value::Array(parts)) => parts.iter().filter_map(Value::as_str).flat_map(str::lines).collect(),
        _ => Vec::new(),
    };
    let lines = lines.into_iter().map(str::trim).filter(|line| !line.is_empty());
    let party = PartyContent {
        kind: kind.into(),
        name: text("name").unwrap_or_default().into(),
        address: lines.map(Into::into).collect(),
        email: text("email").map(Into::into),
        represents: BTreeSet::new(),
    };
    is_sound(&party).then(|| (party, text("represents").map(str::to_owned)))
}

impl Oracle {
    fn kinds(&self) -> Map<String, Value> {
        self.texts.process["parties"].as_object().cloned().unwrap_or_default()
    }

    /// Those that take part now, by number.
    pub fn parties_now(&self) -> impl Iterator<Item = (u32, &Party)> {
        self.state.parties.iter().filter(|(_, party)| !party.removed).map(|(number, party)| (*number, party))
    }

    fn of_kind(&self, kind: &str) -> Vec<u32> {
        self.parties_now()
            .filter(|(_, party)| &*party.content.kind == kind)
            .map(|(number, _)| number)
            .collect()
    }

    pub(super) fn newest_party(&self) -> u32 {
        self.state.parties.keys().last().copied().unwrap_or(0)
    }

    fn next_party(&self) -> u32 {
        self.newest_party() + 1
    }

    /// What rules see of the parties.
    pub fn parties_seen(&self) -> Value {
        let kinds = self.kinds();
        let seen = kinds.keys().map(|kind| {
            let of_kind = self.parties_now().filter(|(_, party)| &*party.content.kind == kind.as_str());
            (key(kind), of_kind.map(|(number, party)| party.seen(number)).collect())
        });
        Value::Object(seen.collect())
    }

    /// Takes the parties from the application.
    pub fn take_parties(&mut self) -> Result<(), Failed> {
        let mut new = Vec::new();
        for (kind, written) in self.kinds() {
            let known = self.state.parties.values().any(|party| *party.content.kind == *kind);
            let Some(rule) = written.get("from").filter(|_| !known) else { continue };
            let place = Place { frame: 0, rounds: &[], node: Some(0), entering: None };
            let entries = match self.rule(&place, rule)? {
                Value::Null => Vec::new(),
                Value::Array(entries) => entries,
                one => vec![one],
            };
            let found: Option<Vec<_>> = entries.iter().map(|entry| said(&kind, entry)).collect();
            let (least, most) = count(&written);
            let found = found.filter(|found| (least..=most).contains(&found.len()));
            new.extend(found.ok_or("parties_invalid")?);
            if self.state.parties.len() + new.len() > 1_000 {
                return Err("parties_invalid".to_owned());
            }
        }
        let first = self.next_party();
        let mut of_kind: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
        for (number, party) in self.parties_now() {
            of_kind.entry(party.content.kind.to_string()).or_default().insert(number);
        }
        for (number, (party, _)) in (first..).zip(&new) {
            of_kind.entry(party.kind.to_string()).or_default().insert(number);
        }
        for (number, (mut content, represents)) in (first..).zip(new) {
            content.represents = represents.and_then(|kind| of_kind.get(&kind).cloned()).unwrap_or_default();
            self.state.parties.insert(number, Party { content, removed: false });
        }
        Ok(())
    }

    /// Those of a case that is merged into this one: whoever is not here yet and has a place comes in, and who acts for whom
    /// comes along.
    pub(super) fn take_over_parties(&mut self, parties: &[(u32, Party)], by: &str) {
        let kinds = self.kinds();
        let before = self.state.parties.clone();
        let (mut here, mut left) = (BTreeMap::new(), false);
        for (there, party) in parties {
            let known = before.iter().find(|(_, known)| {
                is_same(&known.content, &party.content) && (!known.removed || party.removed)
            });
            let place = kinds.get(&*party.content.kind).is_some_and(|kind| {
                let (_, most) = count(kind);
                self.state.parties.len() < 1_000
                    && (party.removed || self.of_kind(&party.content.kind).len() < most)
            });
            match known {
                Some((number, _)) => drop(here.insert(*there, *number)),
                None if place => {
                    let number = self.next_party();
                    let content = PartyContent { represents: BTreeSet::new(), ..party.content.clone() };
                    self.state.parties.insert(number, Party { content, removed: party.removed });
                    here.insert(*there, number);
                }
                None => left = true,
            }
        }
        for (there, party) in parties {
            let Some(found) = here.get(there).and_then(|number| self.state.parties.get_mut(number)) else {
                continue;
            };
            // Whoever does not take part any more acts for nobody new.
            if !before.contains_key(&here[there]) || !(found.removed || party.removed) {
                let acts_for = party.content.represents.iter().filter_map(|number| here.get(number).copied());
                found.content.represents.extend(acts_for);
            }
        }
        if self.state.parties.iter().any(|(number, now)| {
            before.get(number).is_none_or(|then| then.content.represents != now.content.represents)
        }) {
            self.has_a_hand_in_all(&Actor::Person(by.into()));
        }
        if left {
            self.stuck(None, "parties_not_taken_over", None);
        }
    }

    /// Whoever takes part in the process may change who takes part in the case.
    fn may_change_parties(&self, actor: &Actor) -> Said {
        takes_part(actor)?;
        person(actor)?;
        need(self.state.ended.is_none(), "the case has ended")
    }

    fn fits(&self, party: &PartyContent, own: Option<u32>) -> Result<(usize, usize), Refused> {
        let kinds = self.kinds();
        let kind = kinds.get(&*party.kind).ok_or("there is no such kind")?;
        need(is_sound(party), "a name or address does not fit")?;
        let here = |number: &u32| Some(*number) != own && self.party_here(*number).is_ok();
        need(party.represents.iter().all(here), "only another party is represented")?;
        Ok(count(kind))
    }

    fn party_here(&self, number: u32) -> Result<&Party, Refused> {
        self.state.parties.get(&number).filter(|party| !party.removed).ok_or("there is no such party")
    }

    pub(super) fn add_party(&mut self, actor: &Actor, party: &PartyContent) -> Said {
        self.may_change_parties(actor)?;
        let (_, most) = self.fits(party, None)?;
        need(self.of_kind(&party.kind).len() < most && self.state.parties.len() < 1_000, "too many")?;
        let number = self.next_party();
        self.state.parties.insert(number, Party { content: party.clone(), removed: false });
        self.has_a_hand_in_all(actor);
        Ok(())
    }

    pub(super) fn change_party(
        &mut self,
        actor: &Actor,
        number: u32,
        party: &PartyContent,
        reason: &str,
    ) -> Said {
        self.may_change_parties(actor)?;
        need(self.party_here(number)?.content.kind == party.kind, "it stays of its kind")?;
        self.fits(party, Some(number))?;
        is_reason(reason)?;
        self.state.parties.insert(number, Party { content: party.clone(), removed: false });
        self.has_a_hand_in_all(actor);
        Ok(())
    }

    pub(super) fn remove_party(&mut self, actor: &Actor, number: u32, reason: &str) -> Said {
        self.may_change_parties(actor)?;
        let kind = self.party_here(number)?.content.kind.to_string();
        is_reason(reason)?;
        let (least, _) = count(&self.kinds()[&kind]);
        need(self.of_kind(&kind).len() > least, "too few would be left")?;
        self.state.parties.get_mut(&number).expect("it is here").removed = true;
        for party in self.state.parties.values_mut() {
            party.content.represents.remove(&number);
        }
        self.has_a_hand_in_all(actor);
        Ok(())
    }
}
