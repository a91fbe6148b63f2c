//! In which language somebody is answered.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, header::ACCEPT_LANGUAGE, request::Parts},
};
use fachwerk_core::words::Language;

/// The language of an answer: `?lang=de|en`, else `Accept-Language`, else German.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lang(pub Language);

impl<S: Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Lang, Infallible> {
        Ok(Lang(language_of(&parts.uri, &parts.headers)))
    }
}

/// The language of a request.
pub fn language_of(uri: &Uri, headers: &HeaderMap) -> Language {
    let asked = uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("lang=")));
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(best);
    asked.and_then(known).or_else(accepted).unwrap_or_default()
}

/// The language with the greatest weight that we speak (RFC 9110, section 12.5.4); the first of equals.
fn best(accepted: &str) -> Option<Language> {
    let mut found: Option<(u32, Language)> = None;
    for entry in accepted.split(',').take(20) {
        let (range, parameters) = entry.split_once(';').unwrap_or((entry, ""));
        let weight = match parameters.trim().strip_prefix("q=") {
            Some(weight) => {
                weight.parse::<f64>().map_or(0, |weight| (weight.clamp(0.0, 1.0) * 1_000.0) as u32)
            }
            None => 1_000,
        };
        if let Some(language) = known(range.trim())
            && weight > found.map_or(0, |(weight, _)| weight)
        {
            found = Some((weight, language));
        }
    }
    found.map(|(_, language)| language)
}

fn known(range: &str) -> Option<Language> {
    match range.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "de" => Some(Language::De),
        "en" => Some(Language::En),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, accepted: &str, expected: Language) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, accepted.parse().unwrap());
        assert_eq!(language_of(&uri.parse().unwrap(), &headers), expected, "{uri} {accepted}");
    }

    #[test]
    fn the_best_language_is_spoken() {
        check("/tasks", "", Language::De);
        check("/tasks", "fr", Language::De);
        check("/tasks", "en", Language::En);
        check("/tasks", "en-GB,de;q=0.9", Language::En);
        check("/tasks", "en;q=0.1, de-AT;q=0.2", Language::De);
        check("/tasks", "de;q=0, en;q=0.1", Language::En);
        check("/tasks", "en;q=high, de;q=0.1", Language::De);
        check("/tasks?lang=en", "de", Language::En);
        check("/tasks?q=x&lang=de", "en", Language::De);
        check("/tasks?lang=fr", "en", Language::En);
    }
}
