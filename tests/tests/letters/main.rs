//! Every letter that a scenario of the examples and building blocks makes, as PDF: its parts are there, in the order in which
//! they are read aloud, tagged as what they are; it says that it keeps PDF/A-2a and PDF/UA-1; made again it is the same.
//!
//! Read with `pdfinfo` and `pdftotext` (poppler-utils). The PDFs lie below the target folder afterwards, to be looked at.

mod reading;

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use fachwerk_core::{
    diagnostic::Problems,
    event::EffectError,
    language::{Catalogue, Folder, compile},
    scenario::Made,
    words::{Object, Text, Value},
};
use fachwerk_runtime::{play_block_scenarios, play_scenarios};
use fachwerk_tests::repository;
use reading::{Pdf, squeezed};
use serde_json::json;

#[test]
fn every_letter_is_a_pdf_with_all_its_parts() {
    let letters = letters_of_the_catalogue();
    assert!(letters.len() > 40, "only {} letters", letters.len());
    for (name, request) in &letters {
        let pdf = Pdf::of(name, request);
        pdf.keeps_its_standards(request);
        pdf.has_all_parts(request);
    }
}

/// Every letter, under a name that says where it comes from; each text once.
fn letters_of_the_catalogue() -> BTreeMap<String, Value> {
    let folders: Vec<Folder> =
        ["building-blocks", "examples"].iter().flat_map(|part| folders(part)).collect();
    let mut problems = Problems::default();
    let mut catalogue = Catalogue::default();
    for folder in folders.iter().filter(|folder| folder.files.contains_key("block.yaml")) {
        catalogue.add(folder.clone(), &mut problems);
    }
    assert!(problems.is_empty(), "{:?}", problems.into_sorted());
    let mut letters: BTreeMap<String, Value> = BTreeMap::new();
    for folder in &folders {
        let asked = RefCell::new(Vec::new());
        let connector = |name: &str, request: &Value| made(name, request, &asked);
        if folder.files.contains_key("block.yaml") {
            play_block_scenarios(folder, &catalogue, &connector);
        } else if let Some(release) = &compile(folder, &catalogue).release {
            play_scenarios(folder, release, &catalogue, &connector);
        }
        for request in asked.into_inner() {
            if !letters.values().any(|known| *known == request) {
                let number = letters.keys().filter(|name| name.starts_with(&*folder.name)).count() + 1;
                letters.insert(format!("{}-{number:02}", folder.name), request);
            }
        }
    }
    letters
}

/// Keeps what was asked for, and answers like the connector does in a simulation.
fn made(name: &str, request: &Value, asked: &RefCell<Vec<Value>>) -> Result<Made, EffectError> {
    if name != fachwerk_letter::NAME {
        let message = Text::new(format!("Eine Anbindung „{name}“ gibt es nicht."), format!("No `{name}`."));
        return Err(EffectError { code: "connector_unknown".into(), message, retry: false });
    }
    let letter = fachwerk_letter::read(request)?;
    asked.borrow_mut().push(request.clone());
    let mut content = letter.content();
    let text: Arc<str> = letter.body.clone().into();
    (content.size, content.hash) = (text.len() as u64, text.clone());
    Ok(Made { values: Object::new(), documents: vec![(content, text)] })
}

/// The processes and blocks below a folder of the repository.
fn folders(part: &str) -> Vec<Folder> {
    let mut found = Vec::new();
    let mut open = vec![repository().join(part)];
    while let Some(path) = open.pop() {
        if ["block.yaml", "process.yaml"].iter().any(|name| path.join(name).is_file()) {
            found.push(folder_at(&path));
        } else {
            open.extend(entries(&path).into_iter().filter(|path| path.is_dir()));
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<PathBuf> = found.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

fn folder_at(base: &Path) -> Folder {
    let mut files = BTreeMap::new();
    let mut open = vec![base.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(entries(&path));
            continue;
        }
        let name = path.strip_prefix(base).expect("below").to_string_lossy().into_owned();
        files.insert(Arc::from(name), Arc::from(fs::read(&path).expect("a file")));
    }
    let name = base.file_name().unwrap_or_default().to_string_lossy();
    Folder { name: name.into(), files }
}

/// A letter that has everything that one can have, over several pages.
fn full() -> Value {
    let long = "Die Erlaubnis wird nach § 41 Abs. 2 Satz 1 VwVfG, z. B. für Grundstückseigentümerversammlungen, erteilt. ";
    let body = format!(
        "Sehr geehrte Frau Muster,\n\n## Bescheid\n\n1. Die **Erlaubnis** wird *erteilt*.\n2. Gebühr: 50,00 €\n\n### Begründung\n\n{}\n\n| Nr. | Tat | Betrag |\n|---|:-:|--:|\n| 1 | Antrag | 20,00 € |\n| 2 | Prüfung | 30,00 € |\n\n> Zitat mit ~~Streichung~~\n\n- Lageplan\n- siehe [die Seite](https://example.org/x)\n\n---\n\n<b>roh</b>\n\nMit freundlichen Grüßen\n\nIn Vertretung",
        format!("{}\n\n", long.repeat(6)).repeat(9)
    );
    json!({
        "title": "Bescheid", "sender": "Stadt Musterstadt\nOrdnungsamt\nMarkt 1\n39104 Musterstadt",
        "addressee": "Frau\nErika Muster\nAm Markt 1\n39104 Musterstadt", "reference": "32.1-2026/00001",
        "date": "2. März 2026", "contact": "Bürgeramt\nTelefon 03999 100", "subject": "Ihr Antrag vom 1. März 2026",
        "body": body, "signed_by": "Lea Lorenz",
    })
}

#[test]
fn a_letter_of_several_pages() {
    let pdf = Pdf::of("full", &full());
    pdf.keeps_its_standards(&full());
    let pages = pdf.pages();
    assert!(pages.len() > 2, "{} pages", pages.len());
    for (at, page) in pages.iter().enumerate() {
        let number = format!("Seite {} von {}", at + 1, pages.len());
        assert!(page.contains(&number), "{number} is missing in\n{page}");
        // Who writes, and about what, stands on further pages, too.
        let head = squeezed("Stadt Musterstadt 32.1-2026/00001 2. März 2026");
        assert_eq!(squeezed(page).starts_with(&head), at > 0, "{page}");
    }
    // Who answers questions stands beside the address, line by line.
    for part in ["Auskunft erteilt", "Bürgeramt", "Telefon 03999 100"] {
        assert!(pages[0].lines().any(|line| line.ends_with(part)), "{part} is missing in\n{}", pages[0]);
    }
    // What closes a letter stays with the end of its text.
    let last = pages.last().expect("a page");
    for part in ["Mit freundlichen Grüßen", "In Vertretung", "Lea Lorenz"] {
        assert!(last.contains(part), "{part} is missing in\n{last}");
    }
    for part in ["<b>roh</b>", "die Seite (https://example.org/x)"] {
        assert!(pages.concat().contains(part), "{part} is missing in\n{}", pages.concat());
    }
    for tag in ["H1", "H2", "H3", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "BlockQuote", "Span"]
    {
        assert!(pdf.tags().iter().any(|found| found == tag), "{tag} is missing in {:?}", pdf.tags());
    }
}

/// Wherever a page ends, what ends in a colon stands on the same page as what follows it.
#[test]
fn what_is_announced_stands_with_what_announces_it() {
    let mut apart = 0;
    for lines in 20..50 {
        let mut request = full();
        let before = vec!["Ein Absatz."; lines].join("\n\n");
        request["body"] = format!("{before}\n\nFragen **beantwortet:**\n\nZimmer 12\n\nGruß").into();
        let pages = Pdf::of(&format!("announced-{lines}"), &request).pages();
        let page_of = |part: &str| pages.iter().position(|page| page.contains(part)).expect("said");
        assert_eq!(page_of("beantwortet:"), page_of("Zimmer 12"), "{lines}");
        apart += usize::from(page_of("Ein Absatz.") < page_of("beantwortet:"));
    }
    assert!(apart > 5, "too few of them come near the end of a page");
}

#[test]
fn what_is_typed_is_never_code() {
    let typed = r##"Preis #sys.version #panic("x") $a^2$ @quelle <marke> = nichts // kein /* Kommentar */ #let x = 1"##;
    let request = json!({
        "title": typed, "addressee": typed, "sender": typed, "reference": typed, "subject": typed, "body": format!("`{typed}`"),
        "signed_by": typed,
    });
    let pdf = Pdf::of("typed", &request);
    let said = squeezed(&pdf.said());
    assert!(said.matches(&squeezed(typed)).count() >= 5, "{}", pdf.said());
}

#[test]
fn what_goes_with_a_letter_stands_at_its_end() {
    let enclosure = |title: &str| json!({ "title": title, "media_type": "application/pdf", "hash": "00" });
    for (titles, heading) in [(vec!["Lageplan"], "Anlage"), (vec!["Lageplan", "Foto *1* #x"], "Anlagen")] {
        let mut request = full();
        request["enclosures"] = titles.iter().map(|title| enclosure(title)).collect();
        let pdf = Pdf::of("enclosures", &request);
        pdf.keeps_its_standards(&request);
        let said = pdf.said();
        let end = said.rsplit_once(heading).map(|(_, end)| squeezed(end)).unwrap_or_default();
        assert!(titles.iter().all(|title| end.contains(&squeezed(title))), "{heading}: {said}");
    }
}

#[test]
fn printed_together_each_letter_begins_on_a_sheet_of_its_own() {
    let one =
        |request: &Value| fachwerk_letter::read(request).and_then(|letter| letter.pdf()).expect("a letter");
    let short = json!({ "title": "Kurz", "body": "Guten Tag.", "reference": "1" });
    let (long, short) = (one(&full()), one(&short));
    let pages = Pdf::of("full", &full()).pages().len();
    let batch =
        fachwerk_letter::batch([short.clone(), long, short].map(|pdf| ("Brief".to_owned(), pdf)).into())
            .expect("a batch");
    let batch = Pdf::kept("batch", batch).pages();
    // A blank back behind what has an odd number of pages, but not at the end.
    assert_eq!(batch.len(), 2 + pages.next_multiple_of(2) + 1);
    assert!(batch[0].contains("Guten Tag.") && batch[1].trim().is_empty(), "{:?}", &batch[..2]);
    assert!(batch[2].contains("Erika Muster") && batch[batch.len() - 1].contains("Guten Tag."));
}

#[test]
fn a_draft_says_so_on_every_page_and_aloud() {
    let mut request = full();
    assert!(!Pdf::of("made", &request).pages().concat().contains("Entwurf"));
    request["draft"] = true.into();
    let pdf = Pdf::of("draft", &request);
    pdf.keeps_its_standards(&request);
    for page in pdf.pages() {
        assert!(page.contains("Entwurf"), "{page}");
    }
    assert!(pdf.said().contains("Entwurf"), "{}", pdf.said());
}
