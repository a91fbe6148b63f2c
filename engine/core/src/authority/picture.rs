//! Pictures that stand on the letters of an authority: its logo and its seal.
//!
//! The profile holds them as `data:` addresses. What is asked of the connector, and so kept in the journal with each letter,
//! holds their name only: the hash of what they are. All that an authority ever had are known by it, so that a letter that goes
//! out anew looks as it did.

use std::{collections::BTreeMap, sync::Arc};

use sha2::{Digest, Sha256};

use crate::words::Value;

/// The largest picture as it is written, in bytes: a crest at the head of a letter, not a photograph.
pub const MAX_PICTURE: usize = 82_000;
/// How PNG files begin (`\x89PNG\r\n\x1a\n`), in base64 as far as eight bytes decide it.
const PNG: &str = "iVBORw0KGg";
/// What pictures are called in a letter, before their hash.
const NAMED: &str = "picture:";
/// Where a letter names pictures.
const FIELDS: [&str; 2] = ["logo", "seal"];

/// Whether a picture may be kept: `data:image/png;base64,...` or `data:image/svg+xml;base64,...`, not too large. Whether it can
/// be printed is known by whoever prints it.
pub fn is_picture(address: &str) -> bool {
    let Some((kind, coded)) = address.split_once(";base64,") else { return false };
    let coded_signs = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'+' | b'/' | b'=');
    let kind_fits = match kind {
        "data:image/png" => coded.starts_with(PNG),
        "data:image/svg+xml" => !coded.is_empty(),
        _ => false,
    };
    kind_fits && address.len() <= MAX_PICTURE && coded.bytes().all(coded_signs)
}

/// What a picture is called in a letter.
pub fn name_of(picture: &str) -> Arc<str> {
    let hash = Sha256::digest(picture.as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{NAMED}{hash}").into()
}

/// A letter with the pictures that it names; one that nobody knows is left out.
pub fn with_pictures(request: &Value, pictures: &BTreeMap<Arc<str>, Arc<str>>) -> Value {
    let mut request = request.clone();
    if let Value::Object(fields) = &mut request {
        for name in FIELDS {
            let named = fields.get(name).and_then(Value::as_str).filter(|said| said.starts_with(NAMED));
            if let Some(named) = named {
                let picture = pictures.get(named).map_or(Value::Null, |picture| (&**picture).into());
                fields.insert(name.to_owned(), picture);
            }
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pictures_are_small_png_or_svg() {
        #[track_caller]
        fn check(address: &str, expected: bool) {
            assert_eq!(is_picture(address), expected, "{}", address.chars().take(60).collect::<String>());
        }
        check("data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==", true);
        check("data:image/svg+xml;base64,PHN2Zy8+", true);
        check("data:image/png;base64,R0lGODlhAQABAAAAACw=", false);
        check("data:image/jpeg;base64,iVBORw0KGgoA", false);
        check("data:image/svg+xml;base64,", false);
        check("data:image/svg+xml;base64,<svg/>", false);
        check("data:image/svg+xml,PHN2Zy8+", false);
        check("https://example.org/logo.png", false);
        check(&format!("data:image/svg+xml;base64,{}", "A".repeat(MAX_PICTURE)), false);
    }

    #[test]
    fn letters_name_pictures_by_what_they_are() {
        let picture: Arc<str> = "data:image/svg+xml;base64,PHN2Zy8+".into();
        let name = name_of(&picture);
        let known = BTreeMap::from([(name.clone(), picture.clone())]);
        let letter = json!({ "body": name, "logo": name, "seal": "picture:gone" });
        assert_eq!(with_pictures(&letter, &known), json!({ "body": name, "logo": picture, "seal": null }));
        let own = json!({ "logo": "data:image/svg+xml;base64,AAAA" });
        assert_eq!(with_pictures(&own, &known), own);
    }
}
