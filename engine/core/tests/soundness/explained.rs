//! Everything that can be found is explained, and each explanation is true: in the process before just that is found, in the
//! one after nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    authority::{Authority, Person, Profile},
    diagnostic::{Diagnostic, Problems, Severity},
    language::{Catalogue, Folder, read_yaml},
    soundness::{Explained, Files, Topic, check, codes, explained, for_authority, frame, listed},
    words::{Date, Land, Object, Place, RoleId, Text},
};

use serde_json::json;

use super::short::root;

/// The process of an example: what it writes itself, over the frame.
fn folder(own: &Files) -> Folder {
    let mut files = frame().clone();
    for (name, text) in own {
        let text = match &**name {
            "process.yaml" => format!("{}{text}", frame()["process.yaml"]).into(),
            _ => text.clone(),
        };
        files.insert(name.clone(), text);
    }
    let bytes = files.into_iter().map(|(name, text)| (name, text.as_bytes().into()));
    Folder { name: "".into(), files: bytes.collect() }
}

fn yaml<T: serde::de::DeserializeOwned>(text: &str) -> T {
    let node = read_yaml(&"example".into(), text.as_bytes(), 0, &mut Problems::default()).expect("YAML");
    serde_json::from_value(node.to_value()).expect("what it is for")
}

/// The authority whose people and settings an example names; its people are those of the frame unless it names them.
fn authority(own: &Files) -> Authority {
    let people = own.get("people.yaml").unwrap_or(&frame()["people.yaml"]);
    let people: BTreeMap<Arc<str>, BTreeSet<RoleId>> = yaml(people);
    let person = |(name, roles): (Arc<str>, BTreeSet<RoleId>)| {
        ((&*name).into(), Person { name: name.clone(), roles: roles.into(), active: true })
    };
    let people: BTreeMap<_, _> = people.into_iter().map(person).collect();
    let set: Object = own.get("settings.yaml").map_or_else(Object::default, |text| yaml(text));
    let settings = [("example".into(), Arc::new(set))].into_iter().collect();
    let current = [("example".into(), "before".into())].into_iter().collect();
    let profile = own.get("authority.yaml").map_or_else(Profile::example, |text| {
        let said: Object = yaml(text);
        let mut profile = json!(Profile::of(Text::new("Behörde", "Authority"), Place::land(Land::ST)));
        profile.as_object_mut().expect("an object").extend(said);
        serde_json::from_value(profile).expect("who it is")
    });
    Authority { profile: profile.into(), people: people.into(), settings, current, ..Authority::default() }
}

/// What is found in an example; for an authority, where it is about one.
fn found(entry: &Explained, own: &Files) -> Vec<Diagnostic> {
    let of_authority = |files: &Files| {
        files.keys().any(|name| matches!(&**name, "people.yaml" | "settings.yaml" | "authority.yaml"))
    };
    let proven = check(&folder(own), &Catalogue::default());
    match of_authority(&entry.before) || of_authority(&entry.after) {
        true => for_authority(proven, &authority(own), Date::constant(2026, 3, 2)).problems,
        false => proven.problems,
    }
}

#[test]
fn every_code_is_explained() {
    let (mut said, mut told): (Vec<_>, Vec<_>) =
        (codes().collect(), explained().iter().map(|it| it.code).collect());
    said.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, said);
}

#[test]
fn every_example_shows_what_it_explains() {
    let mut wrong = Vec::new();
    for entry in explained() {
        let before: Vec<_> = found(entry, &entry.before).iter().map(|it| (it.severity, it.code)).collect();
        if before != [(entry.severity, entry.code)] {
            wrong.push(format!("{} before: {before:?}", entry.code));
        }
        let after = found(entry, &entry.after);
        if !after.is_empty() {
            wrong.push(format!("{} after: {after:#?}", entry.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In both languages, in whole sentences; the frame is no problem of its own.
#[test]
fn every_text_is_written_in_both_languages() {
    let mut wrong = Vec::new();
    for entry in explained() {
        let mut look = |text: &Text, is_good: fn(&str) -> bool| {
            if text.de == text.en || ![&text.de, &text.en].into_iter().all(|text| is_good(text)) {
                wrong.push(format!("{}: {text:?}", entry.code));
            }
        };
        look(&entry.title, |text| !text.is_empty() && !text.ends_with('.'));
        for text in [&entry.meaning, &entry.consequence, &entry.remedy] {
            look(text, |text| text.ends_with('.') && text.len() > 30);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files of an example as a page shows them.
fn shown(files: &Files) -> String {
    let file = |(name, text): (&Arc<str>, &Arc<str>)| {
        let kind = name.rsplit('.').next().unwrap_or_default();
        format!("`{name}`\n\n```{kind}\n{}\n```\n\n", text.trim_end())
    };
    listed(files).map(file).collect()
}

fn section(entry: &Explained) -> String {
    let Explained { code, severity, title, meaning, consequence, remedy, before, after, .. } = entry;
    let severity = match severity {
        Severity::Error => "error (Fehler)",
        Severity::Concern => "concern (Bedenken)",
        Severity::Warning => "warning (Hinweis)",
    };
    let found = found(entry, before);
    let said = &found.first().expect("it is found before").message;
    format!(
        "### `{code}`\n\n**{}** · {} · {severity}\n\n{}\n\n*Why it matters:* {}\n\n*What to do:* {}\n\n\
         **Before.** {}\n\n{}**After.**\n\n{}",
        title.en,
        title.de,
        meaning.en,
        consequence.en,
        remedy.en,
        said.en,
        shown(before),
        shown(after),
    )
}

/// Everything that can be found, as a page.
fn page() -> String {
    let mut page = String::from(
        "# What can be found in a process\n\n\
         What the codes of [soundness, data, law and people](diagnostics.md#soundness) mean, why they matter and what to do, each\n\
         with a process before and after, and what `check` says of the one before; of the one after it says nothing. How\n\
         grave a finding is stands beside its title; what data may exclude counts one less. The application shows the same in\n\
         German and English: *Hilfe* → *Was die Prüfung findet*, where the code of each problem leads to.\n\n\
         This page is written by a test; do not edit it (`make bless`). Its source is `engine/core/src/soundness/explained`.\n\n",
    );
    for topic in Topic::ALL {
        let codes = explained().iter().filter(|it| it.topic == topic);
        let links: Vec<String> = codes.map(|it| format!("[`{0}`](#{0})", it.code)).collect();
        page.push_str(&format!("- {}: {}\n", topic.title().en, links.join(", ")));
    }
    for topic in Topic::ALL {
        page.push_str(&format!("\n## {}\n\n", topic.title().en));
        page.extend(explained().iter().filter(|it| it.topic == topic).map(section));
    }
    page.push_str("## What all examples share\n\n");
    page.push_str(
        "`process.yaml` of an example goes on where this one ends. `people.yaml` says who has which roles, as for\n\
         `check --people`, `settings.yaml` what the authority has set,\n\
         and `authority.yaml` who it is (a town of Saxony-Anhalt, unless it says so).\n\n",
    );
    page.push_str(&shown(frame()));
    page.trim_end().to_owned() + "\n"
}

#[test]
fn the_page_is_written_down() {
    let (path, page) = (root().join("docs/findings.md"), page());
    if std::env::var("FACHWERK_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &page).expect("it can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page, "docs/findings.md is out of date: FACHWERK_BLESS=1, or `make bless`");
    let table =
        std::fs::read_to_string(root().join("docs/diagnostics.md")).expect("the codes are written down");
    let missing: Vec<&str> =
        codes().filter(|code| !table.contains(&format!("(findings.md#{code})"))).collect();
    assert_eq!(missing, [""; 0], "docs/diagnostics.md does not name them");
}
