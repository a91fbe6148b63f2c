//! What stands against the law, on which path.

use std::sync::Arc;

use fachwerk_core::{
    authority::{Authority, Profile},
    diagnostic::Diagnostic,
    soundness::{Proven, for_authority, lawful},
    words::{Land, Language, Object, Place, Text},
};

use super::{release, told};

/// A process with an act of this kind; `roles` are those of every process here.
#[track_caller]
fn check(act: &str, steps: &str, expected: &[&str]) {
    let parties = "! parties: { applicant: { count: 1.., from: '[#{ name: \"A\", address: \"B\" }]' } }";
    let release = release(&format!(
        "{parties}\n! acts: {{ permit: {{ sphere: own, to: each applicant, {act} }} }}\n{steps}"
    ));
    let found: Vec<String> = lawful(&release).iter().map(|finding| told(&release, finding)).collect();
    assert_eq!(found, expected);
}

/// The act is bound, favours, and names no provision.
const PLAIN: &str = "law: VwVfG, adverse: false";

#[test]
fn acts_that_no_person_decides() {
    let no_provision = |run: &str| format!("Unsound Law(Automatic(NoProvision)): i after [{run}]");
    check(PLAIN, "i: { I }", &[&no_provision("")]);
    check(PLAIN, "a: { N, then: i }\ni: { I, then: t }\nt: { T }", &[&no_provision("a")]);
    check(
        "law: VwVfG, adverse: false, automated: BauO LSA § 64, discretion: true",
        "i: { I }",
        &["Unsound Law(Automatic(Discretion)): i after []"],
    );
    // Only for some data.
    check(
        PLAIN,
        "a: { choose: [{ when: \"application.dogs > 2\", then: t }, { else: i }] }\nt: { T, then: i }\ni: { I }",
        &[&no_provision("a#2")],
    );
    // Somebody does something beside it, which nothing waits for.
    check(PLAIN, "a: { N, then: [t, i] }\nt: { T }\ni: { I }", &[&no_provision("a")]);
    check(
        PLAIN,
        "f: { fork: { t: { T }, n: { N } }, wait_for: \"1\", join: i }\ni: { I }",
        &[&no_provision("n, f")],
    );
    // A program brings a message; a person would have to do more.
    check(
        PLAIN,
        "w: { wait: { came: { message: came } }, then: { came: i } }\ni: { I }",
        &[&no_provision("w=came")],
    );
    // The task may be left out: nobody chooses it, or there is nothing to go through.
    check(
        PLAIN,
        "e: { each: { times: application.dogs, steps: { t: { T } } }, then: i }\ni: { I }",
        &[&no_provision("e")],
    );
    // The same rule decides on both sides, so data exclude it.
    check(
        PLAIN,
        "a: { choose: [{ when: \"application.dogs > 2\", then: t }, { else: b }] }\nt: { T, then: b }\nb: { choose: [{ when: \"application.dogs > 2\", then: i }, { else: e }] }\ni: { I }\ne: { end: true }",
        &["PossiblyUnsound Law(Automatic(NoProvision)): i after [a#2, b#1]"],
    );
    // Whether a person decides there is not known here.
    check(
        PLAIN,
        "c: { call: other, with: {}, then: i }\ni: { I }",
        &["NotDecided Law(Automatic(NoProvision)): i after [c]"],
    );
    for law in ["AO", "SGBX"] {
        let act = format!("law: {law}, adverse: false");
        check(&act, "i: { I, then: t }\nt: { T }", &["Unsound Law(NoWayToOfficial): i after []"]);
        check(
            &format!("{act}, discretion: true"),
            "a: { choose: [{ when: \"application.dogs > 2\", then: t }, { else: i }] }\nt: { T, then: i }\ni: { I }",
            &["Unsound Law(Automatic(Discretion)): i after [a#2]"],
        );
    }
    // Nobody can take up what never waits.
    check(
        "law: AO, adverse: false",
        "! always: { take: { by: clerk, title: { de: Nehmen, en: Take }, then: t } }\ni: { I }\nt: { T }",
        &["Unsound Law(NoWayToOfficial): i after []"],
    );
}

#[test]
fn acts_that_a_person_decides_or_a_provision_permits() {
    let sound = |act: &str, steps: &str| check(act, steps, &[]);
    sound("law: VwVfG, adverse: false, automated: BauO LSA § 64", "i: { I }");
    sound(PLAIN, "t: { T, then: i }\ni: { I }");
    sound(
        "law: VwVfG, adverse: false, discretion: true",
        "t: { T(x,y), then: { x: i, y: e } }\ni: { I }\ne: { end: true }",
    );
    // All paths must come, so the task is done.
    sound(
        PLAIN,
        "a: { N, then: [t, n] }\nt: { T, then: m }\nn: { N, then: m }\nm: { join: all, then: i }\ni: { I }",
    );
    sound(PLAIN, "f: { fork: { t: { T }, n: { N } }, join: i }\ni: { I }");
    sound(
        PLAIN,
        "g: { group: { steps: { t: { T } }, repeat: { max: 3, until: \"application.dogs > 2\" } }, then: { max-reached: i, else: i } }\ni: { I }",
    );
    sound(PLAIN, "e: { each: { in: parties.applicant, steps: { t: { T } } }, then: i }\ni: { I }");
    sound(PLAIN, "g: { group: { steps: { t: { T } }, ad_hoc: { role: clerk } }, then: i }\ni: { I }");
    // A person causes it.
    sound(
        PLAIN,
        "! always: { again: { by: clerk, title: { de: Neu, en: Anew }, interrupt: false, then: i } }\nt: { T }\ni: { I }",
    );
    sound(
        PLAIN,
        "w: { wait: { said: { by: clerk, title: { de: Neu, en: Anew } } }, then: { said: i } }\ni: { I }",
    );
    // Whoever gives occasion to it comes to an official.
    for law in ["AO", "SGBX"] {
        let act = format!("law: {law}, adverse: false");
        sound(
            &act,
            "a: { choose: [{ when: \"application.dogs > 2\", then: t }, { else: i }] }\nt: { T, then: i }\ni: { I }",
        );
        sound(
            &act,
            "! always: { take: { by: clerk, title: { de: Nehmen, en: Take }, then: t } }\nw: { wait: { came: { message: came } }, then: { came: i } }\ni: { I }\nt: { T }",
        );
    }
}

#[test]
fn nobody_was_heard() {
    let check = |hearing: &str, steps: &str, expected: &[&str]| {
        check(&format!("law: VwVfG, automated: X § 1{hearing}"), steps, expected);
    };
    let not_heard = |run: &str| format!("Unsound Law(NotHeard): i after [{run}]");
    check("", "i: { I }", &["Unsound Law(EffectUnsaid): i after []"]);
    check(", adverse: true", "t: { T, then: i }\ni: { I }", &[&not_heard("t")]);
    check(
        ", hearing: h",
        "t: { T(x,y), then: { x: h, y: i } }\nh: { T, then: i }\ni: { I }",
        &[&not_heard("t=y")],
    );
    check(", hearing: h", "i: { I, then: h }\nh: { T }", &[&not_heard("")]);
    check(", hearing: h", "t: { T, then: [h, i] }\nh: { T }\ni: { I }", &[&not_heard("t")]);
    check(
        ", hearing: h",
        "g: { group: { steps: { h: { T } }, ad_hoc: { role: clerk } }, then: i }\ni: { I }",
        &[&not_heard("g")],
    );
    check(
        ", hearing: h",
        "e: { each: { times: application.dogs, steps: { h: { T } } }, then: i }\ni: { I }",
        &[&not_heard("e")],
    );
    check(
        ", hearing: h",
        "g: { group: { steps: { h: { T, then: $done } }, on: { stop: { message: stop, then: $done } } }, then: { done: i } }\ni: { I }",
        &[&not_heard("g!stop, g=done")],
    );
    // It is ended before anybody was heard.
    check(
        ", hearing: h",
        "g: { group: { steps: { a: { N, then: [h, t] }, h: { T }, t: { T, then: c }, c: { cancel: h } } }, then: i }\ni: { I }",
        &[&not_heard("a, t, c, g")],
    );
    // The others are enough.
    check(
        ", hearing: h",
        "f: { fork: { h: { T }, n: { T }, t: { T } }, wait_for: \"2\", join: i }\ni: { I }",
        &[&not_heard("n, t, f")],
    );
    check(
        ", hearing: [h, r]",
        "a: { T(x,y,z), then: { x: h, y: r, z: i } }\nh: { T, then: i }\nr: { T, then: i }\ni: { I }",
        &[&not_heard("a=z")],
    );
    check(
        ", hearing: h",
        "a: { choose: [{ when: \"application.dogs > 2\", then: h }, { else: b }] }\nh: { T, then: b }\nb: { choose: [{ when: \"application.dogs > 2\", then: i }, { else: e }] }\ni: { I }\ne: { end: true }",
        &["PossiblyUnsound Law(NotHeard): i after [a#2, b#1]"],
    );
}

#[test]
fn somebody_was_heard_or_need_not_be() {
    let sound =
        |hearing: &str, steps: &str| check(&format!("law: VwVfG, automated: X § 1, {hearing}"), steps, &[]);
    sound("adverse: false", "i: { I }");
    sound("hearing: { not_needed: VwVfG § 28 Abs. 2 Nr. 4 }", "i: { I }");
    sound("hearing: h", "h: { T, then: i }\ni: { I }");
    sound(
        "hearing: [h, r]",
        "a: { T(x,y), then: { x: h, y: r } }\nh: { T, then: i }\nr: { T, then: i }\ni: { I }",
    );
    sound("hearing: h", "e: { each: { in: parties.applicant, steps: { h: { T } } }, then: i }\ni: { I }");
    sound("hearing: e", "e: { each: { times: application.dogs, steps: { h: { T } } }, then: i }\ni: { I }");
    // Whoever comes back to the draft was heard before.
    sound("hearing: h", "h: { T, then: d }\nd: { T(again,enough), then: { again: d, enough: i } }\ni: { I }");
    sound("hearing: h", "f: { fork: { h: { T }, n: { T } }, join: i }\ni: { I }");
    sound("hearing: h", "f: { fork: { h: { T }, n: { T } }, wait_for: \"2\", join: i }\ni: { I }");
    sound(
        "hearing: h",
        "a: { T, then: [h, n] }\nh: { T, then: m }\nn: { T, then: m }\nm: { join: all, then: i }\ni: { I }",
    );
    let period = "deadline: { title: { de: Frist, en: Period }, period: 2 weeks, from: { notification: l } }";
    sound(
        "hearing: w",
        &format!(
            "l: {{ L, then: w }}\nw: {{ wait: {{ said: {{ message: said }}, silent: {{ {period} }} }}, then: i }}\ni: {{ I }}"
        ),
    );
    // The reaction comes from the period of the hearing itself.
    sound(
        "hearing: g",
        &format!(
            "g: {{ group: {{ steps: {{ l: {{ L, then: r }}, r: {{ T, then: $heard }} }}, on: {{ silent: {{ {period}, then: $heard }} }} }}, then: {{ heard: i }} }}\ni: {{ I }}"
        ),
    );
    // Without a way to the act nobody must be heard.
    sound("hearing: h", "a: { T(x,y), then: { x: h, y: e } }\nh: { T, then: i }\ne: { end: true }\ni: { I }");
}

const FROM_LETTER: &str =
    "deadline: { title: { de: Frist, en: Period }, period: 2 weeks, from: { notification: l } }";
const AT_ONCE: &str = "deadline: { title: { de: Frist, en: Period }, period: 2 weeks }";

#[track_caller]
fn check_deadlines(steps: &str, expected: &[&str]) {
    let steps = steps.replace("FROM_LETTER", FROM_LETTER).replace("AT_ONCE", AT_ONCE);
    let release = release(&steps);
    let found: Vec<String> = lawful(&release).iter().map(|finding| told(&release, finding)).collect();
    assert_eq!(found, expected);
}

#[test]
fn deadlines_without_a_dispatch() {
    let wait = "w: { wait: { said: { message: said }, over: { FROM_LETTER } } }";
    check_deadlines(
        &format!("a: {{ T(x,y), then: {{ x: l, y: w }} }}\nl: {{ L, then: w }}\n{wait}"),
        &["Unsound Law(WithoutLetter): w after [a=y]"],
    );
    check_deadlines(
        &format!(
            "a: {{ choose: [{{ when: \"application.dogs > 2\", then: l }}, {{ else: w }}] }}\nl: {{ L, then: w }}\n{wait}"
        ),
        &["Unsound Law(WithoutLetter): w after [a#2]"],
    );
    // Nor does it leave.
    check_deadlines(
        "a: { T(x,y), then: { x: l, y: w } }\nl: { L, then: w }\nw: { wait: { sent: { dispatch: l } } }",
        &["Unsound Law(WithoutLetter): w after [a=y]"],
    );
    check_deadlines("l: { L, then: w }\nw: { wait: { sent: { dispatch: l } } }", &[]);
    // The letter comes only afterwards.
    check_deadlines(
        "w: { wait: { said: { message: said }, over: { FROM_LETTER } }, then: l }\nl: { L, then: e }\ne: { end: true }",
        &["Unsound Law(WithoutLetter): w after []"],
    );
    check_deadlines(
        "a: { T(x,y), then: { x: l, y: g } }\nl: { L, then: g }\ng: { group: { steps: { t: { T } }, on: { over: { FROM_LETTER, then: $over } } }, then: { over: e, else: e } }\ne: { end: true }",
        &["Unsound Law(WithoutLetter): g after [a=y]"],
    );
    check_deadlines(
        "l: { L, then: w }\nw: { wait: { said: { message: said }, over: { AT_ONCE } } }",
        &["Unsound Law(BeforeDispatch): w after [l]"],
    );
    check_deadlines(
        "a: { T, then: l }\nl: { L, then: n }\nn: { N, then: g }\ng: { group: { steps: { w: { wait: { over: { AT_ONCE } } } } } }",
        &["Unsound Law(BeforeDispatch): w after [a, l, n]"],
    );
    check_deadlines(
        "g: { group: { steps: { l: { L, then: $sent } } }, then: { sent: w } }\nw: { wait: { over: { AT_ONCE } } }",
        &["Unsound Law(BeforeDispatch): w after [l, g=sent]"],
    );
}

#[test]
fn deadlines_that_run_as_they_shall() {
    let sound = |steps: &str| check_deadlines(steps, &[]);
    sound("l: { L, then: w }\nw: { wait: { over: { FROM_LETTER } } }");
    // It goes back to the letter, and beside each other.
    sound(
        "l: { L, then: w }\nw: { wait: { said: { message: said }, over: { FROM_LETTER } }, then: { said: l, over: e } }\ne: { end: true }",
    );
    sound("f: { fork: { l: { L }, w: { wait: { over: { FROM_LETTER } } } } }");
    sound("a: { N, then: [l, w] }\nl: { L }\nw: { wait: { over: { FROM_LETTER } } }");
    // The letter is made while it waits.
    sound(
        "! always: { over: { FROM_LETTER, then: e } }\na: { T, then: l }\nl: { L, then: t }\nt: { T }\ne: { end: true }",
    );
    sound(
        "g: { group: { steps: { a: { T, then: l }, l: { L, then: t }, t: { T } }, on: { over: { FROM_LETTER, then: $over } } }, then: { over: e, else: e } }\ne: { end: true }",
    );
    // It is not the addressee's, and says so.
    sound(
        "l: { L, then: w }\nw: { wait: { over: { deadline: { title: { de: Frist, en: Period }, period: 2 weeks, from: { day: today } } } } }",
    );
    sound("l: { L, then: w }\nw: { wait: { over: { timer: { after: 2 weeks } } } }");
    sound(
        "l: { effect: letter, with: { title: X, body: B, direction: internal }, then: w }\nw: { wait: { over: { AT_ONCE } } }",
    );
    // The dispatch is waited for before, or by the step itself.
    sound(
        "l: { L, then: s }\ns: { wait: { sent: { dispatch: l } }, then: w }\nw: { wait: { over: { AT_ONCE } } }",
    );
    sound("l: { L, then: w }\nw: { wait: { sent: { dispatch: l }, late: { AT_ONCE } } }");
    sound("l: { L, then: t }\nt: { T, then: w }\nw: { wait: { over: { AT_ONCE } } }");
    sound("w: { wait: { over: { AT_ONCE } } }");
}

/// What is told of the instruction on remedies at an authority in Saxony-Anhalt that set this.
/// In place of what is set: the authority is another one, and has not said what it is.
const BAVARIAN: &str = "Bavarian";

#[track_caller]
fn check_instruction(act: &str, remedy: &str, set: Option<&str>, expected: &[&str]) {
    let (act, in_use) = act.strip_suffix("# not in use").map_or((act, true), |act| (act, false));
    let law = if act.contains("law: ") { "" } else { "law: VwVfG, " };
    let beside = format!(
        "! parties: {{ applicant: {{ count: 1.., from: '[#{{ name: \"A\", address: \"B\" }}]' }} }}\n! settings: {{ words: {{ type: long-text, default: \"\", title: {{ de: Belehrung, en: Instruction }} }} }}\n! acts: {{ permit: {{ {law}sphere: transferred, to: each applicant, adverse: false{act} }} }}"
    );
    let steps = format!("t: {{ T, then: i }}\ni: {{ issue: permit, with: {{ title: X, body: B{remedy} }} }}");
    let release = release(&format!("{beside}\n{steps}"));
    let profile = match set {
        Some(BAVARIAN) => Profile::of(Text::default(), Place::land(Land::BY)),
        _ => Profile::example(),
    };
    let mut authority = Authority { profile: profile.into(), ..Authority::default() };
    if in_use {
        authority.current.insert(release.process.clone(), release.id.clone());
    }
    if let Some(text) = set {
        let values: Object = [("words".to_owned(), text.into())].into_iter().collect();
        authority.settings.insert(release.process.clone(), Arc::new(values));
    }
    let compiled = for_authority(
        Proven { release: Some(release), problems: Vec::new(), verdict: None },
        &authority,
        fachwerk_core::words::Date::constant(2026, 3, 2),
    );
    // Nobody works there; that is told besides.
    let told = compiled.problems.iter().filter(|it| it.code != "process_without_people");
    let said = |it: &Diagnostic| format!("{:?} {} {}", it.severity, it.code, it.message.get(Language::De));
    assert_eq!(told.map(said).collect::<Vec<_>>(), expected);
}

#[test]
fn instructions_on_remedies() {
    let blank = "Concern act_without_instruction Für „permit“ (übertragener Wirkungskreis, Sachsen-Anhalt) ist bei dieser Behörde keine Rechtsbehelfsbelehrung hinterlegt; die Frist für den Rechtsbehelf wäre dann ein Jahr (§ 58 Abs. 2 VwGO), hier ist eine andere gesetzt.";
    let named = ", instruction: words";
    check_instruction(named, "", None, &[blank]);
    // What is not in use yet has no settings that could be filled in.
    let first = blank.replace("Concern", "Warning");
    check_instruction(&format!("{named}# not in use"), "", None, &[&first]);
    check_instruction(named, "", Some("  "), &[blank]);
    check_instruction(named, ", remedy: { period: 2 weeks }", None, &[blank]);
    check_instruction(named, "", Some("Gegen diesen Bescheid …"), &[]);
    // Each kind of court has its own provision.
    for (law, norm) in [
        ("law: AO", "§ 356 Abs. 2 AO"),
        ("law: KAG-LSA", "§ 58 Abs. 2 VwGO oder § 356 Abs. 2 AO"),
        ("law: SGBX", "§ 66 Abs. 2 SGG oder § 58 Abs. 2 VwGO"),
    ] {
        let expected = blank.replace("§ 58 Abs. 2 VwGO", norm);
        check_instruction(&format!("{named}, {law}"), "", None, &[&expected]);
    }
    // The process itself reckons with a year where there is none.
    check_instruction(named, ", remedy: { period: 1 year }", None, &[]);
    let chosen = ", remedy: { period: '= if settings.words == \"\" { \"1 year\" } else { \"1 month\" }' }";
    check_instruction(named, chosen, None, &[]);
    // The law says it, if it is known where and by whom.
    check_instruction("", "", None, &[]);
    check_instruction(", subject: charges", "", None, &[]);
    check_instruction(
        "",
        "",
        Some(BAVARIAN),
        &[
            "Error remedy_unknown „permit“ hätte bei dieser Behörde keine Rechtsbehelfsbelehrung. Die Behörde hat nicht angegeben: die Art der Behörde.",
        ],
    );
    check_instruction(
        ", law: AO",
        "",
        None,
        &[
            "Error remedy_unknown „permit“ hätte bei dieser Behörde keine Rechtsbehelfsbelehrung. In den Rechtsdaten fehlt der Rechtsbehelf (Sachsen-Anhalt, kreisangehörige Gemeinde, übertragener Wirkungskreis, taxes).",
        ],
    );
    // Whoever says the period answers for the words.
    check_instruction(
        "",
        ", remedy: { period: 2 weeks }",
        None,
        &[
            "Warning instruction_unsaid Es steht nicht da, woher die Rechtsbehelfsbelehrung für „permit“ kommt.",
        ],
    );
    check_instruction("", ", remedy: { period: 1 year }", None, &[]);
}
