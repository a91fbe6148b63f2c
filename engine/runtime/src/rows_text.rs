//! What a file is before it is rows: its bytes as text, and whether its quotes are as they must be.

use fachwerk_core::words::Text;

/// What the bytes 0x80 to 0x9f are in files that are not UTF-8 (Windows-1252, as office programs write them); 0: nothing.
const WINDOWS: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d,
    0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0,
    0x17e, 0x178,
];

/// UTF-8, with or without a mark before it; else as office programs in Germany write files. Each line ends alike, so that lines
/// are counted as people count them. What is meant as UTF-8 and is not all of it is told with its line: read otherwise, every
/// name with an umlaut would be wrong.
pub fn decoded(bytes: &[u8]) -> Result<String, (u64, Text)> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err((
            1,
            Text::new(
                "Die Datei ist als „Unicode-Text“ (UTF-16) gespeichert. Bitte als CSV (UTF-8) speichern.",
                "The file is saved as “Unicode text” (UTF-16). Please save it as CSV (UTF-8).",
            ),
        ));
    }
    let marked = bytes.strip_prefix(b"\xef\xbb\xbf");
    let bytes = marked.unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if marked.is_none() && !is_meant_as_utf8(bytes) => {
            bytes.iter().map(|byte| of_windows(*byte)).collect()
        }
        Err(error) => {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
            let line = lines_alike(&before).matches('\n').count() as u64 + 1;
            return Err((
                line,
                Text::new(
                    "Hier steht ein Zeichen, das es in dieser Datei (UTF-8) nicht gibt. Bitte die Datei neu als CSV (UTF-8) speichern.",
                    "Here stands a character that this file (UTF-8) cannot have. Please save the file anew as CSV (UTF-8).",
                ),
            ));
        }
    };
    Ok(lines_alike(&text))
}

fn lines_alike(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Whether most of what is no ASCII is UTF-8.
fn is_meant_as_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    good > bad
}

fn of_windows(byte: u8) -> char {
    let code = match byte {
        0x80..=0x9f => u32::from(WINDOWS[usize::from(byte - 0x80)]),
        _ => u32::from(byte),
    };
    char::from_u32(code).filter(|letter| *letter != '\0').unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Where quotes are wrong, first of all one that nothing closes: what is behind it would be read as one cell, and the rows that
/// it swallows would be missed by nobody.
pub fn faults_of_quotes(text: &str, separator: u8) -> Vec<(u64, Text)> {
    let separator = char::from(separator);
    let mut faults = Vec::new();
    let (mut line, mut opened) = (1_u64, None);
    let mut begins = true;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let was_begin = std::mem::replace(&mut begins, false);
        match (letter, opened) {
            ('"', None) if was_begin => opened = Some(line),
            ('"', Some(_)) if letters.peek() == Some(&'"') => drop(letters.next()),
            ('"', Some(from)) => {
                opened = None;
                if letters.peek().is_some_and(|next| *next != separator && *next != '\n') {
                    faults.push((from, not_doubled()));
                }
            }
            (_, None) => begins = letter == separator || letter == '\n',
            _ => {}
        }
        line += u64::from(letter == '\n');
    }
    faults.extend(opened.map(|from| (from, not_closed())));
    faults
}

fn not_closed() -> Text {
    Text::new(
        "Hier beginnt ein Anführungszeichen, das nirgends endet: Alles dahinter wäre eine einzige Zelle. Bitte schließen oder entfernen.",
        "Here a quote begins that ends nowhere: all behind it would be one cell. Please close or remove it.",
    )
}

fn not_doubled() -> Text {
    Text::new(
        "In der Zelle, die hier beginnt, steht hinter dem schließenden Anführungszeichen noch etwas. Anführungszeichen im Text bitte verdoppeln (\"\").",
        "In the cell that begins here something stands behind the closing quote. Please double quotes within a text (\"\").",
    )
}
