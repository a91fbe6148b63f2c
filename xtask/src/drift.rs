//! What is generated and committed must be what the generator makes now.

use std::{collections::BTreeMap, path::PathBuf};

use crate::{
    place::{self, Place},
    watch::watch,
    web,
};

const CURE: &str = "If the change is meant: make bless";

/// `fachwerk schema openapi` equals the committed document.
pub fn openapi(place: &Place) -> Result<(), String> {
    let file = document(place);
    let committed = std::fs::read(&file).map_err(|e| format!("designer-api/openapi.json: {e}. {CURE}"))?;
    let generated = place::output(place.built(&["schema", "openapi"]))?;
    match difference(&committed, &generated) {
        None => Ok(()),
        Some(place) => Err(format!("designer-api/openapi.json is not what the API is: {place}. {CURE}")),
    }
}

pub fn document(place: &Place) -> PathBuf {
    place.root.join("designer-api").join("openapi.json")
}

/// `npm run generate` leaves the client in web/src as it is. Puts back what was there, whatever comes out.
pub fn client(place: &Place) -> Result<(), String> {
    if !document(place).is_file() {
        return Err(format!(
            "designer-api/openapi.json is missing, so there is nothing to generate from. {CURE}"
        ));
    }
    let committed = contents(place)?;
    if committed.is_empty() {
        return Err(format!("web/src has no generated client (*.gen.ts). {CURE}"));
    }
    let ended = watch(&mut place.npm(&["run", "generate"]), std::time::Duration::from_secs(300), "", |_| {});
    let generated = contents(place)?;
    restore(&committed, &generated)?;
    ended?;
    for (file, now) in &generated {
        let name = file.strip_prefix(&place.root).unwrap_or(file).display();
        match committed.get(file) {
            None => return Err(format!("{name} is generated but not committed. {CURE}")),
            Some(then) => {
                if let Some(place) = difference(then, now) {
                    return Err(format!("{name} is not what openapi.json gives: {place}. {CURE}"));
                }
            }
        }
    }
    Ok(())
}

fn contents(place: &Place) -> Result<BTreeMap<PathBuf, Vec<u8>>, String> {
    let read = |file: PathBuf| match std::fs::read(&file) {
        Ok(content) => Ok((file, content)),
        Err(error) => Err(format!("{}: {error}", file.display())),
    };
    web::generated(place)?.into_iter().map(read).collect()
}

/// A test leaves the work tree as it was.
fn restore(committed: &BTreeMap<PathBuf, Vec<u8>>, now: &BTreeMap<PathBuf, Vec<u8>>) -> Result<(), String> {
    for (file, content) in committed.iter().filter(|(file, content)| now.get(*file) != Some(content)) {
        std::fs::write(file, content).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    for file in now.keys().filter(|file| !committed.contains_key(*file)) {
        std::fs::remove_file(file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// The first line that differs, for people.
fn difference(committed: &[u8], generated: &[u8]) -> Option<String> {
    if committed == generated {
        return None;
    }
    let (committed, generated) = (String::from_utf8_lossy(committed), String::from_utf8_lossy(generated));
    let (mut then, mut now) = (committed.lines(), generated.lines());
    let mut line = 1;
    loop {
        match (then.next(), now.next()) {
            (None, None) => return Some("only in its line ends".to_owned()),
            (a, b) if a == b => line += 1,
            (a, b) => {
                let show = |side: Option<&str>| {
                    side.map_or("nothing".to_owned(), |text| format!("`{}`", text.trim()))
                };
                return Some(format!("line {line} is {}, generated is {}", show(a), show(b)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(committed: &str, generated: &str, expected: Option<&str>) {
        assert_eq!(difference(committed.as_bytes(), generated.as_bytes()).as_deref(), expected);
    }

    #[test]
    fn the_first_difference_is_named() {
        check("a\nb\n", "a\nb\n", None);
        check("a\n  b\n", "a\n  c\n", Some("line 2 is `b`, generated is `c`"));
        check("a\n", "a\nb\n", Some("line 2 is nothing, generated is `b`"));
        check("a\nb\n", "a\n", Some("line 2 is `b`, generated is nothing"));
        check("a\n", "a", Some("only in its line ends"));
    }
}
