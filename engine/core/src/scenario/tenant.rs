//! Reads who the authority of a scenario is: all that a profile says, and days off of its own.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_deadlines::{Land, Language, Place};

use super::read::day_in;
use crate::{
    authority::{AuthorityKind, DayOff, Payee, Profile, Superior},
    diagnostic::{Diagnostic, Problems},
    language::{Fields, Node, read_entries, read_text, read_yaml},
    words::{Date, Text},
};

/// Reads who an authority is from a file with what scenarios say under `tenant`; one that gives itself no name has `named`.
pub fn read_profile(name: &str, bytes: &[u8], named: &Text) -> (Profile, Vec<Diagnostic>) {
    let mut problems = Problems::default();
    let node = read_yaml(&name.into(), bytes, 0, &mut problems);
    let (mut profile, days_off) = read(node.as_ref(), &mut problems);
    let entries = node.as_ref().map_or(&[][..], |node| read_entries(node, &mut problems));
    if !entries.iter().any(|(key, _)| &*key.text == "name") {
        profile.name = named.clone();
    }
    if let Some((key, _)) =
        entries.iter().find(|(key, _)| &*key.text == "days_off").filter(|_| !days_off.is_empty())
    {
        let message = Text::new(
            "Freie Tage werden nicht hier eingetragen, sondern unter Verwaltung → Behörde.",
            "Days off are not said here, but under Verwaltung → Behörde (administration, authority).",
        );
        problems.error(&key.span, "unknown_key", message);
    }
    (profile, problems.into_sorted())
}

/// Reads `tenant`; without it, a town of Saxony-Anhalt.
pub fn read(node: Option<&Node>, problems: &mut Problems) -> (Profile, BTreeMap<Date, DayOff>) {
    let example = Profile::example();
    let Some((node, fields)) = node.and_then(|node| Some((node, Fields::of(node, problems)?))) else {
        return (example, BTreeMap::new());
    };
    let line = |name: &'static str, problems: &mut Problems| -> Option<Arc<str>> {
        fields.text(name, problems).cloned()
    };
    let payee = (line("account_holder", problems), line("iban", problems), line("bic", problems));
    let superior = (line("superior", problems), line("superior_address", problems));
    let profile = Profile {
        name: line("name", problems).map_or(example.name, |name| Text::new(name.clone(), name)),
        place: place(&fields, problems).or(example.place),
        kind: kind(&fields, problems),
        key: line("key", problems),
        street: line("street", problems),
        postal_code: line("postal_code", problems),
        town: line("town", problems),
        phone: line("phone", problems),
        email: line("email", problems),
        web: line("web", problems),
        letterhead: line("letterhead", problems)
            .map(|text| text.lines().map(Arc::from).collect())
            .unwrap_or_default(),
        logo: line("logo", problems),
        seal: line("seal", problems),
        superior: superior.0.map(|name| Superior { name, address: superior.1 }),
        payee: match payee {
            (Some(holder), Some(iban), bic) => Some(Payee { holder, iban, bic }),
            _ => None,
        },
    };
    let mut days_off = BTreeMap::new();
    for (key, name) in fields.get("days_off").map_or(&[][..], |node| read_entries(node, problems)) {
        let words = read_text(name, problems).cloned().unwrap_or_default();
        if let Some(day) = day_in(&key.text, &key.span, problems) {
            days_off.insert(day, DayOff { name: Text::new(words.clone(), words), norm: None });
        }
    }
    fields.finish(problems);
    if let Err(flaw) = profile.check() {
        problems.error(&node.span, "profile_invalid", flaw.text());
    }
    (profile, days_off)
}

fn place(fields: &Fields<'_>, problems: &mut Problems) -> Option<Place> {
    let land_node = fields.need("land", problems)?;
    let land = read_text(land_node, problems)?.parse::<Land>();
    let municipality = fields.text("municipality", problems).map(ToString::to_string);
    let categories = fields.items("categories").iter().filter_map(|item| read_text(item, problems));
    let categories = categories.map(ToString::to_string).collect();
    let land = land.map_err(|error| {
        let message = Text::new(error.text(Language::De), error.text(Language::En));
        problems.error(&land_node.span, "unknown_land", message);
    });
    Some(Place { land: land.ok()?, municipality, categories })
}

fn kind(fields: &Fields<'_>, problems: &mut Problems) -> Option<AuthorityKind> {
    let node = fields.get("kind")?;
    let name = read_text(node, problems)?;
    let found = AuthorityKind::named(name);
    if found.is_none() {
        let message = Text::new(
            format!("Eine Art von Behörde „{name}“ gibt es nicht."),
            format!("There is no kind of authority `{name}`."),
        );
        let known = AuthorityKind::ALL.map(AuthorityKind::name);
        problems.error(&node.span, "unknown_authority_kind", message).did_you_mean(name, known);
    }
    found
}
