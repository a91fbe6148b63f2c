//! What came of scenarios, for people, for programs and for build servers.

use fachwerk_core::{
    diagnostic::Span,
    scenario::{Compared, Coverage, Step},
    words::{Language, Text},
};
use fachwerk_runtime::ScenarioOutcome;
use serde_json::{Map, Value, json};

use super::{
    Tested,
    beside::{beside, width},
    failures,
};
use crate::output::{Sources, as_text, say};

/// For people.
pub fn text(all: &[Tested], sources: &Sources, language: Language) {
    let mut passed = 0;
    let german = language == Language::De;
    let fail = if german { "FEHLER" } else { "FAIL" };
    for one in all {
        say(&one.folder);
        for outcome in &one.outcomes {
            passed += usize::from(outcome.passed);
            say(format!("  {} {}", if outcome.passed { "ok  " } else { fail }, outcome.title));
            match outcome.report.as_ref().and_then(|report| report.failed()) {
                Some(step) => failed_line(step, sources, language),
                None => outcome.failure.iter().for_each(|why| say(format!("       {why}"))),
            }
            for problem in outcome.problems.iter().filter(|_| !outcome.passed) {
                say(as_text(problem, sources, language));
            }
        }
        if one.outcomes.is_empty() && one.against.is_empty() {
            say(if german {
                "  WARNUNG Es gibt kein Szenario; nichts wurde gespielt."
            } else {
                "  WARNING there is no scenario; nothing was played."
            });
        }
        for against in &one.against {
            say(format!("  {fail} {}", against.get(language)));
        }
        one.coverage.iter().for_each(|coverage| covered(coverage, language));
    }
    let failed = failures(all);
    say(if german {
        format!("{passed} bestanden, {failed} nicht bestanden")
    } else {
        format!("{passed} passed, {failed} failed")
    });
}

fn failed_line(step: &Step, sources: &Sources, language: Language) {
    let source = sources.get(&step.span.file).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let line = source.and_then(|source| source.lines().nth((step.span.line as usize).saturating_sub(1)));
    say(format!("       {}:{}: {}", step.span.file, step.span.line, line.unwrap_or_default().trim()));
    for line in beside(&step.compared, width().saturating_sub(9), language) {
        say(format!("         {line}"));
    }
}

fn covered(coverage: &Coverage, language: Language) {
    let german = language == Language::De;
    let figures = coverage.figures().into_iter().filter(|(_, _, figure)| figure.of > 0);
    let figures: Vec<String> = figures
        .map(|(name, _, figure)| format!("{} {}/{}", name.get(language), figure.reached, figure.of))
        .collect();
    say(format!("  {}: {}", if german { "Abdeckung" } else { "Coverage" }, figures.join(", ")));
    let gaps = coverage.gaps();
    if gaps.is_empty() {
        say(if german { "  Die Szenarien erreichen alles." } else { "  The scenarios reach everything." });
        return;
    }
    say(if german { "  Von keinem Szenario erreicht:" } else { "  Never reached by a scenario:" });
    for gap in gaps {
        let Span { file, line, .. } = &gap.span;
        say(format!("    {file}:{line}: {}", gap.text.get(language)));
    }
}

/// For programs.
pub fn json(all: &[Tested], language: Language) {
    let scenario = |outcome: &ScenarioOutcome| {
        let failed = outcome.report.as_ref().and_then(|report| report.failed());
        json!({
            "title": outcome.title,
            "passed": outcome.passed,
            "failure": outcome.failure,
            "failed": failed.map(|step| failed_json(step, language)),
        })
    };
    let list = all.iter().map(|one| {
        let against: Vec<&str> = one.against.iter().map(|text| text.get(language)).collect();
        let scenarios: Vec<Value> = one.outcomes.iter().map(scenario).collect();
        let mut tested = json!({ "folder": one.folder, "scenarios": scenarios, "against": against });
        if let Some(coverage) = &one.coverage {
            tested["coverage"] = coverage_json(coverage, language);
        }
        tested
    });
    say(Value::Array(list.collect()));
}

fn failed_json(step: &Step, language: Language) -> Value {
    let words = |text: &Option<Text>| text.as_ref().map(|text| text.get(language).to_owned());
    let entry = |Compared { part, expected, actual, same }: &Compared| json!({ "part": part, "expected": words(expected), "actual": words(actual), "same": same });
    let Span { file, line, column, .. } = &step.span;
    let compared: Vec<Value> = step.compared.iter().map(entry).collect();
    json!({ "file": file, "line": line, "column": column, "compared": compared })
}

fn coverage_json(coverage: &Coverage, language: Language) -> Value {
    let figures = coverage.figures().into_iter();
    let figures: Map<String, Value> =
        figures.map(|(_, name, figure)| (name.to_owned(), json!(figure))).collect();
    let marks = coverage.marks().into_iter().map(|mark| {
        let mut shown = json!(mark);
        shown["text"] = mark.text.get(language).into();
        shown
    });
    json!({ "figures": figures, "points": marks.collect::<Vec<_>>() })
}

/// For build servers.
pub fn junit(all: &[Tested], language: Language) {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\n', "&#10;")
    };
    say("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>");
    for one in all {
        let failed = one.outcomes.iter().filter(|outcome| !outcome.passed).count() + one.against.len();
        let tests = one.outcomes.len() + one.against.len();
        let name = escape(&one.folder);
        say(format!("  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failed}\">"));
        let scenarios = one.outcomes.iter().map(|outcome| (&*outcome.title, outcome.failure.as_deref()));
        let against = one.against.iter().map(|against| against.get(language));
        for (title, failure) in scenarios.chain(against.map(|against| (against, Some(against)))) {
            let title = escape(title);
            say(match failure {
                None => format!("    <testcase classname=\"{name}\" name=\"{title}\"/>"),
                Some(failure) => {
                    let failure = escape(failure);
                    format!(
                        "    <testcase classname=\"{name}\" name=\"{title}\"><failure message=\"{failure}\"/></testcase>"
                    )
                }
            });
        }
        say("  </testsuite>");
    }
    say("</testsuites>");
}
