//! Citations as they are written, and what is read.

use super::{Citation, Fit, Last, Level, Number, Part, Place, in_prose, read, shown};

/// What is read, printed in the normal form; or why nothing can be.
#[track_caller]
fn check(written: &str, expected: Result<&[&str], &str>) {
    let found = read(written);
    let printed = found.as_ref().map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>());
    let printed = printed.map_err(|wrong| wrong.why.en.to_string());
    let expected = expected.map(|all| all.iter().map(ToString::to_string).collect()).map_err(str::to_owned);
    assert_eq!(printed, expected, "{written}");
    // Printed, it is read as the same.
    for one in found.iter().flatten() {
        assert_eq!(read(&one.to_string()).as_deref(), Ok(std::slice::from_ref(one)), "{written}");
    }
}

#[test]
fn places_are_read_however_they_are_written() {
    check("§ 41 Abs. 2a Satz 3 VwVfG", Ok(&["§ 41 Abs. 2a Satz 3 VwVfG"]));
    check("§\u{202f}41 Abs.\u{a0}2a Satz\u{2009}3 VwVfG", Ok(&["§ 41 Abs. 2a Satz 3 VwVfG"]));
    check("§41 Abs.2a S.3 VwVfG", Ok(&["§ 41 Abs. 2a Satz 3 VwVfG"]));
    check("VwVfG § 41 IIa 3", Ok(&["§ 41 Abs. 2a Satz 3 VwVfG"]));
    check("§ 31 VII VwVfG", Ok(&["§ 31 Abs. 7 VwVfG"]));
    check("§ 28 II Nr. 4 VwVfG", Ok(&["§ 28 Abs. 2 Nr. 4 VwVfG"]));
    check("Art. 6 I e DSGVO", Ok(&["Art. 6 Abs. 1 Buchst. e DSGVO"]));
    check("Art. 6 Abs. 1 UAbs. 1 lit. e DSGVO", Ok(&["Art. 6 Abs. 1 UAbs. 1 Buchst. e DSGVO"]));
    check(
        "§ 12 Abs. 3 Satz 2 Nr. 4 lit. a VwKostG LSA",
        Ok(&["§ 12 Abs. 3 Satz 2 Nr. 4 Buchst. a VwKostG LSA"]),
    );
    check("§ 14 II DenkmSchG LSA", Ok(&["§ 14 Abs. 2 DenkmSchG LSA"]));
    check("§ 13 KAG-LSA", Ok(&["§ 13 KAG-LSA"]));
    check("§ 24 Abs. 1 1. SprengV", Ok(&["§ 24 Abs. 1 1. SprengV"]));
    check("1. SprengV § 24 Abs. 1", Ok(&["§ 24 Abs. 1 1. SprengV"]));
    check("§ 23 1. SprengV", Ok(&["§ 23 1. SprengV"]));
    check("§ 1 VwVfG LSA", Ok(&["§ 1 VwVfG LSA"]));
    check("§ 25 Abs. 2 SGB X", Ok(&["§ 25 Abs. 2 SGB X"]));
    check("§ 41 Absatz 4 Satz 4 Halbsatz 2 VwVfG", Ok(&["§ 41 Abs. 4 Satz 4 Halbs. 2 VwVfG"]));
    check("Verordnung (EU) Nr. 910/2014 Art. 25", Ok(&["Art. 25 Verordnung (EU) Nr. 910/2014"]));
    check("Art. 35 der Verordnung (EU) Nr. 910/2014", Ok(&["Art. 35 Verordnung (EU) Nr. 910/2014"]));
    check("Codice della Strada Art. 204-bis", Ok(&["Art. 204-bis Codice della Strada"]));
    check("Codice della Strada Art. 204", Ok(&["Art. 204 Codice della Strada"]));
    check(
        "§ 6 der Gefahrenabwehrverordnung der Stadt Musterstadt",
        Ok(&["§ 6 Gefahrenabwehrverordnung der Stadt Musterstadt"]),
    );
}

#[test]
fn several_places_are_read_one_by_one() {
    check("§§ 48, 49 VwVfG", Ok(&["§ 48 VwVfG", "§ 49 VwVfG"]));
    check("BGB §§ 187, 188", Ok(&["§ 187 BGB", "§ 188 BGB"]));
    check("§§ 68–73, 80 VwGO", Ok(&["§§ 68 bis 73 VwGO", "§ 80 VwGO"]));
    check("§§ 68-73 VwGO", Ok(&["§§ 68 bis 73 VwGO"]));
    check("§ 68 bis § 73 VwGO", Ok(&["§§ 68 bis 73 VwGO"]));
    check("§§ 68 ff. VwGO", Ok(&["§§ 68 ff. VwGO"]));
    check("§§ 68 f. VwGO", Ok(&["§§ 68 bis 69 VwGO"]));
    check(
        "§§ 68, 70, 73 Abs. 1 Satz 2 Nr. 1, § 80 Abs. 2 Satz 1 Nr. 1 VwGO",
        Ok(&["§ 68 VwGO", "§ 70 VwGO", "§ 73 Abs. 1 Satz 2 Nr. 1 VwGO", "§ 80 Abs. 2 Satz 1 Nr. 1 VwGO"]),
    );
    check("§§ 68 Abs. 1, 70 VwGO", Ok(&["§ 68 Abs. 1 VwGO", "§ 70 VwGO"]));
    check("§ 71b Abs. 3 und 4 VwVfG", Ok(&["§ 71b Abs. 3 VwVfG", "§ 71b Abs. 4 VwVfG"]));
    check("§ 3 Abs. 2 bis 4 VwVfG", Ok(&["§ 3 Abs. 2 bis 4 VwVfG"]));
    check(
        "§ 8a Abs. 1 Satz 2 Nr. 4 Buchst. a und b AG VwGO LSA",
        Ok(&[
            "§ 8a Abs. 1 Satz 2 Nr. 4 Buchst. a AG VwGO LSA",
            "§ 8a Abs. 1 Satz 2 Nr. 4 Buchst. b AG VwGO LSA",
        ]),
    );
    check(
        "§ 8a Abs. 1 Satz 1, Abs. 2 AG VwGO LSA",
        Ok(&["§ 8a Abs. 1 Satz 1 AG VwGO LSA", "§ 8a Abs. 2 AG VwGO LSA"]),
    );
    check("§ 6a Abs. 1 i. V. m. § 55 Abs. 2 GewO", Ok(&["§ 6a Abs. 1 GewO", "§ 55 Abs. 2 GewO"]));
    check(
        "§ 122a Abs. 5 i. V. m. Abs. 4 Satz 1 AO a. F.",
        Ok(&["§ 122a Abs. 5 AO a. F.", "§ 122a Abs. 4 Satz 1 AO a. F."]),
    );
    check(
        "§ 57 Abs. 2 VwGO in Verbindung mit § 222 ZPO, §§ 187 bis 193 BGB",
        Ok(&["§ 57 Abs. 2 VwGO", "§ 222 ZPO", "§§ 187 bis 193 BGB"]),
    );
    check("§ 67 Abs. 2 SGG; für den Widerspruch § 84 SGG", Ok(&["§ 67 Abs. 2 SGG", "§ 84 SGG"]));
    check("KrWG § 28, BNatSchG § 29 Abs. 2", Ok(&["§ 28 KrWG", "§ 29 Abs. 2 BNatSchG"]));
    check("§ 6a StVG; GebOSt", Ok(&["§ 6a StVG", "GebOSt"]));
}

#[test]
fn laws_as_a_whole_and_their_annexes() {
    check("SOG LSA", Ok(&["SOG LSA"]));
    check("Aktenordnung der Behörde", Ok(&["Aktenordnung der Behörde"]));
    check(
        "§§ 2, 4 KAG-LSA; örtliche Hundesteuersatzung",
        Ok(&["§ 2 KAG-LSA", "§ 4 KAG-LSA", "örtliche Hundesteuersatzung"]),
    );
    check("Hundesteuersatzung (Steuersatz)", Ok(&["Hundesteuersatzung (Steuersatz)"]));
    check("Verwaltungskostensatzung Jessen (Elster)", Ok(&["Verwaltungskostensatzung Jessen (Elster)"]));
    check(
        "Gesetz über den Tag der deutschen Einheit vom 4. August 1953",
        Ok(&["Gesetz über den Tag der deutschen Einheit vom 4. August 1953"]),
    );
    check(
        "§ 8a AG VwGO LSA as amended by the bill Drs. 8/3425; § 74 VwGO",
        Ok(&["§ 8a AG VwGO LSA as amended by the bill Drs. 8/3425", "§ 74 VwGO"]),
    );
    check(
        "lfd. Nr. 66 Tarifstelle 1.3.2 der Anlage 1 zur AllGO LSA",
        Ok(&["lfd. Nr. 66 Tarifstelle 1.3.2 der Anlage 1 zur AllGO LSA"]),
    );
    check("Nr. 263 der Anlage zu § 1 GebOSt", Ok(&["Nr. 263 der Anlage zu § 1 GebOSt"]));
    check("Nr. 4 der Verwaltungskostensatzung", Ok(&["Nr. 4 der Verwaltungskostensatzung"]));
}

#[test]
fn what_cannot_be_read_says_why() {
    check("", Err("`` names no provision."));
    check("siehe oben", Err("At `siehe` it cannot be read as a citation."));
    check("§ 41", Err("The law of `§ 41` is missing."));
    check("§ 41 Abs. 2 und 3", Err("The law of `§ 41 Abs. 2 und 3` is missing."));
    check("41 VwVfG", Err("The `§` before `41` is missing."));
    check("§ VwVfG", Err("The number behind `§` is missing."));
    check("§ 41 Abs. VwVfG", Err("The number behind `Abs.` is missing."));
    check("§ 41 Absatz zwei VwVfG", Err("The number behind `Absatz` is missing."));
    check("§ 0 VwVfG", Err("The number behind `§` is missing."));
    check("§ 4294967296 VwVfG", Err("The number behind `§` is missing."));
    check("Nr. 4", Err("The law of `Nr.` is missing."));
    check("VwVfG § 28 AO", Err("At `AO` it cannot be read as a citation."));
    check(&"§ ".repeat(600), Err("The citation has more than 1000 characters."));
}

#[track_caller]
fn check_fit(asked: &str, cited: &str, expected: Option<Fit>) {
    let one = |text: &str| read(text).map(|mut all| all.remove(0));
    assert_eq!(
        one(asked).and_then(|asked| one(cited).map(|cited| asked.fit(&cited))),
        Ok(expected),
        "{asked}, {cited}"
    );
}

#[test]
fn places_lie_in_others() {
    check_fit("§ 41 VwVfG", "§ 41 VwVfG", Some(Fit::Same));
    check_fit("§ 13 KAG LSA", "§ 13 KAG-LSA", Some(Fit::Same));
    check_fit("§ 80 VwGO", "§ 80 Verwaltungsgerichtsordnung", Some(Fit::Same));
    check_fit("§ 35 VwVfG", "§ 35 des Verwaltungsverfahrensgesetzes", Some(Fit::Same));
    check_fit("§ 41 IIa VwVfG", "§ 41 Abs. 2a VwVfG", Some(Fit::Same));
    check_fit("§ 41 VwVfG", "§ 41 Abs. 2a Satz 3 VwVfG", Some(Fit::Inside));
    check_fit("VwVfG", "§ 41 VwVfG", Some(Fit::Inside));
    check_fit("AllGO LSA", "Nr. 1 der Anlage zur AllGO LSA", Some(Fit::Inside));
    check_fit("§ 70 VwGO", "§§ 68 bis 73 VwGO", Some(Fit::Around));
    check_fit("§§ 68 bis 73 VwGO", "§ 70 VwGO", Some(Fit::Inside));
    check_fit("§ 90 VwGO", "§§ 68 ff. VwGO", Some(Fit::Around));
    check_fit("§ 41 Abs. 2 VwVfG", "§ 41 VwVfG", Some(Fit::Around));
    check_fit("§ 41 Abs. 2 VwVfG", "VwVfG", Some(Fit::Around));
    // Whoever leaves the sentence out may mean it.
    check_fit("§ 26 Abs. 1 Nr. 4 VwVfG", "§ 26 Abs. 1 Satz 2 Nr. 4 VwVfG", Some(Fit::Inside));
    check_fit("§ 26 Abs. 1 Satz 2 Nr. 4 VwVfG", "§ 26 Abs. 1 Nr. 4 VwVfG", Some(Fit::Around));
    check_fit("§ 41 VwVfG", "§ 41a VwVfG", None);
    check_fit("§ 41 Abs. 2 VwVfG", "§ 41 Abs. 2a VwVfG", None);
    check_fit("§ 41 VwVfG", "§ 41 VwVfG LSA", None);
    check_fit("§ 4 VwVfG", "§ 41 VwVfG", None);
    check_fit("§ 6 DSGVO", "Art. 6 DSGVO", None);
    check_fit("§ 70 VwGO", "§ 74 VwGO", None);
}

#[track_caller]
fn check_order(written: &[&str]) {
    let mut all: Vec<Citation> = written.iter().rev().flat_map(|one| read(one).unwrap_or_default()).collect();
    all.sort();
    assert_eq!(all.iter().map(ToString::to_string).collect::<Vec<_>>(), written);
}

#[test]
fn citations_have_an_order() {
    check_order(&[
        "AO",
        "§ 2 AO",
        "§ 2 Abs. 1 AO",
        "§ 2 Abs. 1 Satz 2 AO",
        "§ 2 Abs. 2 AO",
        "§ 2 Abs. 2a AO",
        "§ 2 Abs. 10 AO",
        "§ 2a AO",
        "§ 10 AO",
        "§§ 10 bis 12 AO",
        "Nr. 1 der Anlage zur AO",
        "§ 1 VwVfG",
    ]);
}

#[track_caller]
fn check_prose(text: &str, expected: &[(&str, &[&str])]) {
    let found = in_prose(text);
    let printed: Vec<(&str, Vec<String>)> = found
        .iter()
        .map(|(place, all)| (&text[place.clone()], all.iter().map(ToString::to_string).collect()))
        .collect();
    let expected: Vec<(&str, Vec<String>)> =
        expected.iter().map(|(place, all)| (*place, all.iter().map(ToString::to_string).collect())).collect();
    assert_eq!(printed, expected);
}

#[test]
fn citations_are_found_in_running_text() {
    check_prose(
        "Von einer Anhörung wurde nach § 28 Abs. 2 Nr. 1 VwVfG abgesehen. Die Bühne droht einzustürzen.",
        &[("§ 28 Abs. 2 Nr. 1 VwVfG", &["§ 28 Abs. 2 Nr. 1 VwVfG"])],
    );
    check_prose(
        "Gemäß §§ 35 und 36 VwVfG LSA, § 3 der Gefahrenabwehrverordnung der Stadt (vgl. Art. 6 I e DSGVO).",
        &[
            ("§§ 35 und 36 VwVfG LSA", &["§ 35 VwVfG LSA", "§ 36 VwVfG LSA"]),
            ("§ 3 der Gefahrenabwehrverordnung", &["§ 3 Gefahrenabwehrverordnung"]),
            ("Art. 6 I e DSGVO", &["Art. 6 Abs. 1 Buchst. e DSGVO"]),
        ],
    );
    check_prose("Es gilt VwVfG § 28 Abs. 3.", &[]);
    check_prose("Es gilt VwVfG § 28 Abs. 3, sonst nichts.", &[("VwVfG § 28 Abs. 3", &["§ 28 Abs. 3 VwVfG"])]);
    check_prose("nach § 41 VwVfG. Die AO gilt nicht.", &[("§ 41 VwVfG", &["§ 41 VwVfG"])]);
    check_prose(
        "nach § 24 Abs. 1 1. SprengV erlaubt",
        &[("§ 24 Abs. 1 1. SprengV", &["§ 24 Abs. 1 1. SprengV"])],
    );
    check_prose("Die Art der Nutzung, § 3 dieser Ordnung, § {{ nummer }} VwVfG, § 4.", &[]);
}

#[track_caller]
fn check_shown(written: &str, expected: &str) {
    assert_eq!(&*shown(&written.into()), expected);
}

#[test]
fn norms_are_shown_with_the_section_first() {
    check_shown("VwVfG § 35", "§ 35 VwVfG");
    check_shown("VwVfG § 37 Abs. 6", "§ 37 Abs. 6 VwVfG");
    check_shown("AllGO LSA § 1", "§ 1 AllGO LSA");
    check_shown("BGB §§ 187, 188", "§§ 187, 188 BGB");
    check_shown("1. SprengV § 24 Abs. 1", "§ 24 Abs. 1 1. SprengV");
    check_shown("§ 36 VwVfG", "§ 36 VwVfG");
    check_shown("§ 41 Abs. 5 VwVfG i. V. m. §§ 3 bis 5 VwZG", "§ 41 Abs. 5 VwVfG i. V. m. §§ 3 bis 5 VwZG");
    check_shown("§ 28 Abs. 1 KrWG, § 39 Abs. 1 BNatSchG", "§ 28 Abs. 1 KrWG, § 39 Abs. 1 BNatSchG");
    check_shown("KrWG § 28, BNatSchG § 29", "KrWG § 28, BNatSchG § 29");
    check_shown("Ortsrecht (Anmeldefrist)", "Ortsrecht (Anmeldefrist)");
    check_shown("siehe VwVfG § 35", "siehe VwVfG § 35");
}

/// xorshift: the same numbers for the same seed, for ever.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap_or_default()].clone()
    }
}

fn generated(dice: &mut Dice) -> Citation {
    let laws =
        ["VwVfG", "AG VwGO LSA", "KAG-LSA", "SGB X", "1. SprengV", "Hundesteuersatzung der Stadt Burg", "AO"];
    let levels = [
        Level::Paragraph,
        Level::Subparagraph,
        Level::Sentence,
        Level::Half,
        Level::Number,
        Level::Letter,
        Level::Alternative,
    ];
    let number = |dice: &mut Dice, level| match level {
        Level::Letter => Number { value: 0, suffix: dice.of(&["a", "c", "bb"]).into() },
        _ => Number {
            value: u32::try_from(dice.below(400) + 1).unwrap_or(1),
            suffix: dice.of(&["", "", "", "a", "c"]).into(),
        },
    };
    let mut parts = Vec::new();
    let outermost = dice.of(&[Level::Section, Level::Article]);
    for level in std::iter::once(outermost).chain(levels) {
        if !parts.is_empty() && dice.below(3) > 0 {
            continue;
        }
        let (first, second) = (number(dice, level), number(dice, level));
        let last = match dice.below(8) {
            0 if second > first => Some(Last::To(second)),
            1 => Some(Last::Open),
            _ => None,
        };
        parts.push(Part { level, first, last });
    }
    let place = match dice.below(10) {
        0 => Place::Whole,
        1 => Place::Annex(
            dice.of(&["Nr. 263 der Anlage zu § 1", "Teil A Nr. 3 der Anlage zur", "Nr. 4 der"]).into(),
        ),
        _ => Place::Parts(parts),
    };
    let remark =
        dice.of(&[None, None, Some("a. F."), Some("(Steuersatz)"), Some("n. F. (alt)")]).map(Into::into);
    Citation { law: dice.of(&laws).into(), place, remark }
}

#[test]
fn what_is_printed_is_read_as_the_same() {
    let seed = std::env::var("FACHWERK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(4711);
    println!("FACHWERK_SEED={seed}");
    let mut dice = Dice(seed);
    for _ in 0..20_000 {
        let one = generated(&mut dice);
        let printed = one.to_string();
        assert_eq!(read(&printed), Ok(vec![one]), "{printed}");
    }
}

#[test]
fn hostile_texts_neither_stop_nor_slow_the_reader() {
    let seed = std::env::var("FACHWERK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(815);
    println!("FACHWERK_SEED={seed}");
    let mut dice = Dice(seed);
    let pieces = [
        "§", "§§", "Art.", "Abs.", "Satz", "Nr.", "Buchst.", "a", "VII", "1", "73a", "1.", ",", ";", "und",
        "bis", "–", "f.", "ff.", "i. V. m.", "VwVfG", "LSA", "der", "zur", "Anlage", "(", ")", "(EU)",
        "910/2014", "a. F.", "\u{a0}", "ß", "𝔸", "\"", "{{", "für",
    ];
    for _ in 0..20_000 {
        let length = dice.below(14);
        let text: String =
            (0..length).map(|_| dice.of(&pieces).to_owned() + dice.of(&[" ", " ", ""])).collect();
        for one in read(&text).unwrap_or_default() {
            assert!(!one.law.is_empty(), "{text}");
        }
        for (place, all) in in_prose(&text) {
            assert!(!text[place].is_empty() && !all.is_empty(), "{text}");
        }
        shown(&text.as_str().into());
    }
    // Steps grow with the text, not with its square: of each a hundred thousand signs are read at once.
    for piece in pieces {
        let long = format!("{piece} ").repeat(100_000 / (piece.len() + 1));
        in_prose(&long);
        in_prose(&format!("§ 1 {long}"));
        in_prose(&format!("§ 1 Abs. 1, {piece} (").repeat(4_000));
    }
}
