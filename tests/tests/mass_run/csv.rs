//! Lists for mass runs: what people's programs write is read, and what is wrong is told with its line and column.

use fachwerk_core::language::{Catalogue, Folder, compile};
use fachwerk_runtime::Rows;
use serde_json::json;

const SCHEMA: &str = r#"{
  "type": "object", "additionalProperties": false, "required": ["name", "dogs", "proofs"],
  "properties": {
    "name": { "type": "string", "maxLength": 30, "x-title": { "de": "Halter", "en": "Keeper" } },
    "dogs": { "type": "integer", "minimum": 1, "x-title": { "de": "Hunde", "en": "Dogs" } },
    "paid": { "type": "integer", "format": "money", "x-title": { "de": "Gezahlt", "en": "Paid" } },
    "born": { "type": "string", "format": "date", "x-title": { "de": "Geboren", "en": "Born" } },
    "note": { "type": "string", "format": "lines", "x-title": { "de": "Notiz", "en": "Note" } },
    "exempt": { "type": "boolean", "x-title": { "de": "Befreit", "en": "Exempt" } },
    "why": { "type": "string", "enum": ["yearly", "found"], "x-titles": { "yearly": { "de": "Jahresbescheid (von Amts wegen)", "en": "Yearly notice" }, "found": { "de": "gefunden", "en": "Found" } }, "x-title": { "de": "Anlass", "en": "Occasion" } },
    "proofs": { "type": "array", "maxItems": 2, "items": { "type": "string", "enum": ["chip", "other"], "x-titles": { "chip": { "de": "Chip, Transponder", "en": "Chip" }, "other": { "de": "anderes", "en": "Other" } } }, "x-title": { "de": "Nachweise", "en": "Proofs" } },
    "names": { "type": "array", "items": { "type": "string", "x-title": { "de": "Name", "en": "Name" } }, "x-title": { "de": "Namen", "en": "Names" } }
  }
}"#;

fn read(bytes: &[u8]) -> Rows {
    let process = "process: list\nversion: 1.0.0\ndata: application.schema.json\ntitle: { de: L, en: L }\nroles: { clerk: { title: { de: S, en: C } } }\nsteps: { look: { task: { title: { de: A, en: L } }, role: clerk } }\n";
    let files = [("process.yaml", process), ("application.schema.json", SCHEMA)];
    let files = files.map(|(name, text)| (name.into(), text.as_bytes().into()));
    let folder = Folder { name: "list".into(), files: files.into_iter().collect() };
    let compiled = compile(&folder, &Catalogue::default());
    let release = compiled.release.unwrap_or_else(|| panic!("{:?}", compiled.problems));
    Rows::read(bytes, &release.data, &release.data_validator)
}

#[track_caller]
fn check(bytes: &[u8], rows: serde_json::Value, faults: &[(u64, &str, &str)]) {
    let read = read(bytes);
    let mut found: Vec<serde_json::Value> = read.rows.iter().map(|(line, row)| json!([line, row])).collect();
    // A list that no cell fills is empty; it is looked at by itself.
    for row in found.iter_mut().filter_map(|row| row[1].as_object_mut()) {
        row.retain(|_, value| *value != json!([]));
    }
    let told: Vec<(u64, &str, &str)> = read
        .faults
        .iter()
        .map(|fault| (fault.line, fault.column.as_deref().unwrap_or(""), &*fault.why.en))
        .collect();
    assert_eq!((json!(found), told.as_slice()), (rows, faults), "{}", String::from_utf8_lossy(bytes));
    assert_eq!(read.all_faults, faults.len());
}

#[test]
fn rows_are_read_as_office_programs_write_them() {
    let two = json!([[2, { "name": "Müller", "dogs": 2 }], [3, { "name": "Groß; Söhne", "dogs": 1 }]]);
    check("name;dogs\nMüller;2\n\"Groß; Söhne\";1\n".as_bytes(), two.clone(), &[]);
    // With a mark, Windows line ends, commas, tabs, titles, another order, blank rows.
    check(
        "\u{feff}Hunde;Halter\r\n2;Müller\r\n1;\"Groß; Söhne\"\r\n".as_bytes(),
        json!([[2, { "dogs": 2, "name": "Müller" }], [3, { "dogs": 1, "name": "Groß; Söhne" }]]),
        &[],
    );
    check(
        "Keeper,Dogs\nMüller,2\nGroß; Söhne,1\n;;\n,\n".as_bytes(),
        two.clone(),
        &[(4, "", "The row has 1 cells, the first line 2. Cells with separators need quotes.")],
    );
    check("name\tdogs\nMüller\t2\nGroß; Söhne\t1\n".as_bytes(), two, &[]);
    // As Windows writes it, with a line break and quotes in a cell.
    check(
        b"name;dogs;note\nM\xfcller \x80;2;\n\"A \"\"B\"\"\";3;\"x\ny\"\n5\" C;1;\n",
        json!([[2, { "name": "Müller €", "dogs": 2 }], [3, { "name": "A \"B\"", "dogs": 3, "note": "x\ny" }], [5, { "name": "5\" C", "dogs": 1 }]]),
        &[],
    );
    check(
        "name;dogs;paid;born;exempt\nA;1;1.234,50 €;1.3.2020;ja\nB;1;70;2020-03-01;nein\nC;1;-0,05;;\n"
            .as_bytes(),
        json!([
            [2, { "name": "A", "dogs": 1, "paid": 123_450, "born": "2020-03-01", "exempt": true }],
            [3, { "name": "B", "dogs": 1, "paid": 7_000, "born": "2020-03-01", "exempt": false }],
            [4, { "name": "C", "dogs": 1, "paid": -5 }],
        ]),
        &[],
    );
}

/// What may be chosen is named by its title or id, several things in one cell; lists that nothing is said of are empty.
#[test]
fn cells_hold_what_is_chosen() {
    let said = "name;dogs;Anlass;Nachweise\nA;1;Jahresbescheid (von Amts wegen);\nB;1;found;anderes, chip\nC;1;;\"Chip, Transponder\"\nD;1;;\"Chip, Transponder|other\"\n";
    check(
        said.as_bytes(),
        json!([
            [2, { "name": "A", "dogs": 1, "why": "yearly" }],
            [3, { "name": "B", "dogs": 1, "why": "found", "proofs": ["other", "chip"] }],
            [4, { "name": "C", "dogs": 1, "proofs": ["chip"] }],
            [5, { "name": "D", "dogs": 1, "proofs": ["chip", "other"] }],
        ]),
        &[],
    );
    let rows = read(said.as_bytes()).rows;
    assert_eq!(rows[0].1["proofs"], json!([]));
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_column() {
    let whole = "This is not a whole number.";
    check(b"name;dogs\nA;zwei\nB;1\n", json!([[3, { "name": "B", "dogs": 1 }]]), &[(2, "dogs", whole)]);
    check(
        "Halter;Hunde\nA;0\n;1\n".as_bytes(),
        json!([[2, { "name": "A", "dogs": 0 }], [3, { "dogs": 1 }]]),
        &[(2, "Hunde", "At least 1."), (3, "Halter", "This is missing.")],
    );
    check(
        b"name;dogs;paid;born;exempt\nA;1;1,2,3;gestern;vielleicht\n",
        json!([]),
        &[(2, "paid", "This is no amount like 1.234,50 or 1234.50."), (2, "exempt", "This is yes or no.")],
    );
    check(
        b"name;dogs;paid\nA;1;0.125\n",
        json!([]),
        &[(2, "paid", "This is no amount like 1.234,50 or 1234.50.")],
    );
    check(
        b"name;dogs;born\nA;1;31.2.2020\n",
        json!([[2, { "name": "A", "dogs": 1, "born": "2020-02-31" }]]),
        &[(2, "born", "This is not a day (YYYY-MM-DD) of the years 1000 to 2199.")],
    );
    check(
        b"name;dogs;names;colour;name\nA;1;x;y;z\n",
        json!([[2, { "name": "A", "dogs": 1 }]]),
        &[
            (1, "names", "This is a list; it cannot come from a file."),
            (
                1,
                "colour",
                "This column is no field of the process. The first line holds the names or titles of fields.",
            ),
            (1, "name", "This column stands twice."),
        ],
    );
    check(
        b"name\nA\nB\n",
        json!([[2, { "name": "A" }], [3, { "name": "B" }]]),
        &[(1, "dogs", "The column \u{201c}Dogs\u{201d} (dogs) is missing.")],
    );
    check(b"name;dogs\n", json!([]), &[(1, "", "The file has no rows below its first line.")]);
    check(
        b"name;dogs\nA;1;2\n",
        json!([]),
        &[(2, "", "The row has 3 cells, the first line 2. Cells with separators need quotes.")],
    );
}

/// Rows that a quote swallows, and letters that are read as others, are missed by nobody: so they are told.
#[test]
fn nothing_vanishes_in_a_cell() {
    let open =
        "Here a quote begins that ends nowhere: all behind it would be one cell. Please close or remove it.";
    let behind = "In the cell that begins here something stands behind the closing quote. Please double quotes within a text (\"\").";
    let lines =
        "This cell has a line break. Perhaps a quote is missing, and the next row has vanished in it.";
    check(b"dogs;name\n1;\"alt\n2;B\n3;C\n", json!([]), &[(2, "", open)]);
    check(b"dogs;name\n1;\"alt\n2;\"B\"\n3;C\n", json!([]), &[(2, "", behind)]);
    check(
        b"dogs;name\n1;\"alt\n2;B\"\n3;C\n",
        json!([[4, { "dogs": 3, "name": "C" }]]),
        &[(2, "name", lines)],
    );
    check(
        b"dogs;name\n1;A\n2;\"B\"",
        json!([[2, { "dogs": 1, "name": "A" }], [3, { "dogs": 2, "name": "B" }]]),
        &[],
    );
    let wrong = "Here stands a character that this file (UTF-8) cannot have. Please save the file anew as CSV (UTF-8).";
    check(b"name;dogs\nM\xc3\xbcller;1\n\xc3\xa7elik;2\nGro\xdf;1\n", json!([]), &[(4, "", wrong)]);
    check(b"\xef\xbb\xbfname;dogs\r\nGro\xdf;1\r\n", json!([]), &[(2, "", wrong)]);
    let utf16 = "The file is saved as \u{201c}Unicode text\u{201d} (UTF-16). Please save it as CSV (UTF-8).";
    check(b"\xff\xfen\0a\0", json!([]), &[(1, "", utf16)]);
}

#[test]
fn no_bytes_break_the_reader() {
    for seed in fachwerk_tests::seeds(200) {
        println!("FACHWERK_SEED={seed}");
        let mut dice = fachwerk_tests::dice::Dice::new(seed);
        let parts: [&[u8]; 9] = [b"name", b";", b",", b"\n", b"\"", b"\xff\x81", b"dogs", b"1", b"\r"];
        let length = dice.below(60);
        let bytes: Vec<u8> =
            (0..length).flat_map(|_| parts[dice.below(parts.len())].iter().copied()).collect();
        let read = read(&bytes);
        assert!(!read.rows.is_empty() || !read.faults.is_empty(), "nothing is said: {bytes:?}");
    }
}
