//! Whether each act has an instruction on remedies (Rechtsbehelfsbelehrung) at the authority that shall issue it: it differs
//! by Land, kind of authority and sphere, so each authority sets its own.

use std::sync::Arc;

use super::said::codes;
use crate::{
    authority::Authority,
    definition::{ActKind, Dynamic, IssueKind, Kind, Release, Sphere, Step},
    diagnostic::{Diagnostic, Severity},
    words::{Text, Value},
};

/// What is wrong with the instruction of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructed {
    /// The act does not name the setting that holds it.
    Unsaid,
    /// The authority has not set it.
    Blank,
}

codes! {
    Instructed {
        Instructed::Unsaid => "instruction_unsaid",
        Instructed::Blank => "act_without_instruction",
    }
}

/// Acts of a process without one.
pub fn without_instruction(release: &Release, authority: &Authority) -> Vec<Diagnostic> {
    let issues = release.steps.iter().filter_map(|step| match &step.kind {
        Kind::Issue(issue) => Some((step, &**issue, release.acts.get(&issue.act)?)),
        _ => None,
    });
    let mut found: Vec<Diagnostic> = Vec::new();
    for (step, issue, act) in issues {
        let Some(setting) = &act.instruction else {
            found.push(unsaid(step, &name(issue, act), &issue.act));
            continue;
        };
        if is_blank(release, authority, setting) && !is_read_by(&issue.period, setting) {
            found.push(blank(step, (release, authority), (&name(issue, act), act.sphere), setting));
        }
    }
    // What several steps issue is told once.
    found.dedup_by(|later, first| later.message == first.message);
    found
}

fn name(issue: &IssueKind, act: &ActKind) -> Text {
    act.title.clone().unwrap_or_else(|| Text::new(issue.act.clone(), issue.act.clone()))
}

fn is_blank(release: &Release, authority: &Authority, setting: &str) -> bool {
    let own = authority.settings.get(&release.process).and_then(|own| own.get(setting));
    let default = release.settings.field(setting).and_then(|field| field.default.as_ref());
    own.or(default).and_then(Value::as_str).is_none_or(|text| text.trim().is_empty())
}

/// Whether the period for a remedy is chosen by what the setting holds: a year where there is none (§ 58 Abs. 2 VwGO).
fn is_read_by(period: &Dynamic, setting: &str) -> bool {
    match period {
        Dynamic::Rule(rule) => {
            rule.compiled.variables().iter().any(|path| path.names() == ["settings", setting])
        }
        _ => false,
    }
}

fn unsaid(step: &Step, name: &Text, id: &Arc<str>) -> Diagnostic {
    Diagnostic {
        help: Some(Text::new(
            format!(
                "Beim Bescheid die Einstellung nennen, die sie enthält: „acts: {{ {id}: {{ instruction: … }} }}“."
            ),
            format!("Name the setting that holds it at the act: `acts: {{ {id}: {{ instruction: … }} }}`."),
        )),
        ..Diagnostic::new(
            Severity::Warning,
            step.span.clone(),
            Instructed::Unsaid.code(),
            Text::new(
                format!("Es steht nicht da, woher die Rechtsbehelfsbelehrung für „{}“ kommt.", name.de),
                format!("It does not say where the instruction on remedies for “{}” comes from.", name.en),
            ),
        )
    }
}

fn blank(
    step: &Step,
    (release, authority): (&Release, &Authority),
    (name, sphere): (&Text, Sphere),
    setting: &str,
) -> Diagnostic {
    let land = authority.place.as_ref().map(|place| place.land);
    let (de, en) = land.map_or(("", ""), |land| (land.name(), land.name_en()));
    let sphere = match sphere {
        Sphere::Own => Text::new("eigener Wirkungskreis", "own sphere"),
        Sphere::Transferred => Text::new("übertragener Wirkungskreis", "transferred sphere"),
    };
    let title = release.settings.field(setting).map(|field| field.title.clone()).unwrap_or_default();
    Diagnostic {
        help: Some(Text::new(
            format!("Die Einstellung „{}“ ausfüllen; den Wortlaut legt das Rechtsamt fest.", title.de),
            format!("Fill in the setting “{}”; the legal office says its words.", title.en),
        )),
        ..Diagnostic::new(
            Severity::Concern,
            step.span.clone(),
            Instructed::Blank.code(),
            Text::new(
                format!(
                    "Für „{}“ ({}, {de}) ist bei dieser Behörde keine Rechtsbehelfsbelehrung hinterlegt; die Frist für den Rechtsbehelf wäre dann ein Jahr (§ 58 Abs. 2 VwGO), hier ist eine andere gesetzt.",
                    name.de, sphere.de
                ),
                format!(
                    "This authority has no instruction on remedies for “{}” ({}, {en}); the period for a remedy would then be a year (§ 58 Abs. 2 VwGO), and another one is set here.",
                    name.en, sphere.en
                ),
            ),
        )
    }
}
