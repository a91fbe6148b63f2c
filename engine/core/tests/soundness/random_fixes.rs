//! Slips of the pen and steps in vain in every example: what is offered against one gives back what was written before, or nothing is
//! offered. When a name is said in one place only, nobody can know which of the two has the slip.

use std::sync::Arc;

use fachwerk_core::{
    fix::{Depth, offer},
    language::{Catalogue, Folder},
};

use crate::{
    EXAMPLES,
    short::{catalogue, entries, folder, root},
};

/// xorshift64*
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = u32::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32).expect("32 bits");
        usize::try_from(high).expect("it fits") % end
    }
}

/// Where words of at least five letters begin and end.
fn words(text: &str) -> Vec<(usize, usize)> {
    let is_letter = |byte: &u8| byte.is_ascii_lowercase();
    let mut found = Vec::new();
    let (bytes, mut at) = (text.as_bytes(), 0);
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| is_letter(byte)).count();
        if length >= 5 {
            found.push((at, at + length));
        }
        at += length.max(1);
    }
    found
}

/// A letter is left out, written twice, or changes places with the one behind it.
fn slip(word: &str, random: &mut Random) -> String {
    let at = 1 + random.below(word.len() - 2);
    let (before, rest) = word.split_at(at);
    match random.below(3) {
        0 => format!("{before}{}", &rest[1..]),
        1 => format!("{before}{}{rest}", &rest[..1]),
        _ => format!("{before}{}{}{}", &rest[1..2], &rest[..1], &rest[2..]),
    }
}

/// The process after what is offered against what was written into it.
fn mended(original: &Folder, slipped: &str, depth: Depth, catalogue: &Catalogue) -> Option<String> {
    let mut folder = original.clone();
    folder.files.insert("process.yaml".into(), Arc::from(slipped.as_bytes()));
    let check = |folder: &Folder, depth: Depth| depth.check(folder, catalogue).problems;
    let mut problems = check(&folder, depth);
    offer(&folder, &mut problems, depth, &check);
    let fix = problems.into_iter().find_map(|problem| problem.fix)?;
    let mended = fix.apply(&folder).expect("it can be applied").files.remove("process.yaml")?;
    Some(std::str::from_utf8(&mended).expect("a text").to_owned())
}

/// Whether a name and the one place that says it have the same slip.
fn is_renamed(original: &str, (begin, end): (usize, usize), written: &str, mended: &str) -> bool {
    let of_word = |sign: char| sign.is_alphanumeric() || "_-".contains(sign);
    let before = &original[original[..begin].trim_end_matches(of_word).len()..begin];
    let behind = original[end..].len() - original[end..].trim_start_matches(of_word).len();
    let word = &original[begin - before.len()..end + behind];
    let written = format!("{before}{written}{}", &original[end..end + behind]);
    let whole =
        |at: &usize| !original[..*at].ends_with(of_word) && !original[at + word.len()..].starts_with(of_word);
    let places: Vec<usize> = original.match_indices(word).map(|(at, _)| at).filter(whole).collect();
    let [first, second] = *places else { return false };
    let between = &original[first + word.len()..second];
    mended == format!("{}{written}{between}{written}{}", &original[..first], &original[second + word.len()..])
}

/// Every example, with the text of its process.
fn examples() -> impl Iterator<Item = (Folder, String)> {
    let all = EXAMPLES.into_iter().flat_map(|of| entries(&root().join(of)));
    all.filter(|path| path.join("process.yaml").exists()).map(|path| {
        let original = folder(&path);
        let text = std::str::from_utf8(&original.files["process.yaml"]).expect("a text").to_owned();
        (original, text)
    })
}

fn seed() -> Random {
    let seed = std::env::var("FACHWERK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_126);
    println!("FACHWERK_SEED={seed}");
    Random(seed)
}

#[test]
fn a_slip_is_undone_or_left_alone() {
    let (mut random, catalogue) = (seed(), catalogue());
    let (mut right, mut renamed, mut none, mut wrong) = (0, 0, 0, Vec::new());
    for (original, text) in examples() {
        let words = words(&text);
        for _ in 0..6 {
            let (begin, end) = words[random.below(words.len())];
            let written = slip(&text[begin..end], &mut random);
            let slipped = format!("{}{written}{}", &text[..begin], &text[end..]);
            match mended(&original, &slipped, Depth::Reading, &catalogue) {
                Some(mended) if mended == text => right += 1,
                Some(mended) if is_renamed(&text, (begin, end), &written, &mended) => renamed += 1,
                None => none += 1,
                Some(mended) => {
                    let mut lines = mended.lines().zip(text.lines());
                    let other = lines.find(|(mended, was)| mended != was).map(|(mended, _)| mended.trim());
                    let slip = format!("{}: {} -> {written}", original.name, &text[begin..end]);
                    wrong.push(format!("{slip}, mended: {}", other.unwrap_or_default()));
                }
            }
        }
    }
    println!("undone {right}, said once and renamed {renamed}, left alone or not noticed {none}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(right > 100, "only {right} were undone");
}

/// A step to which no way leads, written before any other one, is taken out again, and nothing else is.
#[test]
fn a_step_in_vain_is_taken_out_again() {
    const STEP: &str = "  in-vain-once:
    # A comment within it.
    compute:
      amount: >
        1 +

        2

    title: { de: Vergeblich, en: In vain }
";
    let (mut random, catalogue) = (seed(), catalogue());
    for (original, text) in examples() {
        let begin = text.find("\nsteps:\n").expect("steps") + "\nsteps:\n".len();
        let is_step = |at: &usize| {
            let line = text[*at..].strip_prefix("  ");
            line.is_some_and(|line| line.starts_with(|sign: char| sign.is_ascii_lowercase()))
        };
        let lines = text[begin - 1..].match_indices('\n').map(|(at, _)| begin + at).filter(is_step);
        // The first step is the one that begins.
        let places: Vec<usize> = lines.skip(1).collect();
        let Some(last) = places.len().checked_sub(1) else { continue };
        let at = places[random.below(last + 1)];
        let written = format!("{}{STEP}{}", &text[..at], &text[at..]);
        let mended = mended(&original, &written, Depth::Proof, &catalogue);
        assert_eq!(mended.as_deref(), Some(&*text), "{}", original.name);
    }
}
