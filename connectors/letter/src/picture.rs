//! Logos and seals: small PNG or SVG pictures, written into the request as `data:` addresses.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

/// The largest picture, in bytes: it is kept with every letter.
const MAX_BYTES: usize = 200_000;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A picture that a letter shows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Picture(Vec<u8>);

impl Picture {
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for Picture {
    type Error = String;

    /// `data:image/png;base64,...` or `data:image/svg+xml;base64,...`.
    fn try_from(address: String) -> Result<Picture, String> {
        let wrong = "a picture is `data:image/png;base64,...` or `data:image/svg+xml;base64,...`";
        let (kind, coded) =
            address.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")).ok_or(wrong)?;
        if coded.len() > MAX_BYTES.div_ceil(3) * 4 {
            return Err(format!("a picture has more than {MAX_BYTES} bytes"));
        }
        let bytes = STANDARD.decode(coded).map_err(|error| format!("a picture is no base64: {error}"))?;
        let fits = match kind {
            "image/png" => bytes.starts_with(PNG),
            "image/svg+xml" => std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg")),
            _ => return Err(wrong.to_owned()),
        };
        if !fits {
            return Err(format!("a picture is no {kind}"));
        }
        Ok(Picture(bytes))
    }
}
