//! Whether each act has an instruction on remedies (Rechtsbehelfsbelehrung) at the authority that shall issue it: it differs
//! by Land, kind of authority and sphere, so each authority sets its own.

use std::sync::Arc;

use fachwerk_deadlines::NotificationLaw;

use super::said::codes;
use crate::{
    authority::Authority,
    definition::{ActKind, Dynamic, IssueKind, Kind, Release, Sphere, Step},
    diagnostic::{Diagnostic, Severity},
    law::Lack,
    words::{Date, Text, Value},
};

/// What is wrong with the instruction of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructed {
    /// The law does not say it for this authority.
    Unknown,
    /// The process says the period itself, and not where the words come from.
    Unsaid,
    /// The authority has not set it.
    Blank,
}

codes! {
    Instructed {
        Instructed::Unknown => "remedy_unknown",
        Instructed::Unsaid => "instruction_unsaid",
        Instructed::Blank => "act_without_instruction",
    }
}

/// What an act is called in a letter of its own.
const THIS_LETTER: &str = "diesen Bescheid";

/// Acts of a process without one.
pub fn without_instruction(release: &Release, authority: &Authority, on: Date) -> Vec<Diagnostic> {
    let issues = release.steps.iter().flat_map(|step| {
        let issues = match &step.kind {
            Kind::Issue(issue) => Some(issue.each()),
            _ => None,
        };
        let acts = issues.into_iter().flatten();
        acts.filter_map(move |issue| Some((step, issue, release.acts.get(&issue.act)?)))
    });
    let mut found: Vec<Diagnostic> = Vec::new();
    for (step, issue, act) in issues {
        let Some(setting) = &act.instruction else {
            if act.takes_remedy_from_law(issue) {
                let asked = act.asks_for_remedy(&authority.profile, on, THIS_LETTER);
                let lack = authority.law.data.remedies.instruction(&asked).err();
                found.extend(lack.map(|lack| unknown(step, &name(issue, act), &lack)));
            } else if !is_a_year(&issue.period) {
                found.push(unsaid(step, &name(issue, act), &issue.act));
            }
            continue;
        };
        if is_blank(release, authority, setting)
            && !is_read_by(&issue.period, setting)
            && !is_a_year(&issue.period)
        {
            found.push(blank(step, (release, authority), (&name(issue, act), act), setting));
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

/// Where it is written that the period for a remedy is a year without an instruction. Where an act is notified by the AO or
/// SGB X it is not known from that to which courts it belongs.
fn norm_of_year(act: &ActKind) -> Text {
    match (act.notification, &*act.law) {
        (NotificationLaw::VwVfG, _) => Text::new("§ 58 Abs. 2 VwGO", "§ 58 Abs. 2 VwGO"),
        (NotificationLaw::AO, "AO") => Text::new("§ 356 Abs. 2 AO", "§ 356 Abs. 2 AO"),
        (NotificationLaw::AO, _) => {
            Text::new("§ 58 Abs. 2 VwGO oder § 356 Abs. 2 AO", "§ 58 Abs. 2 VwGO or § 356 Abs. 2 AO")
        }
        (NotificationLaw::SgbX, _) => {
            Text::new("§ 66 Abs. 2 SGG oder § 58 Abs. 2 VwGO", "§ 66 Abs. 2 SGG or § 58 Abs. 2 VwGO")
        }
    }
}

/// Whether the period is a year in any case.
fn is_a_year(period: &Option<Dynamic>) -> bool {
    matches!(period, Some(Dynamic::Constant(Value::String(text))) if ["1 year", "P1Y"].contains(&text.trim()))
}

/// Whether the period for a remedy is chosen by what the setting holds: a year where there is none (§ 58 Abs. 2 VwGO).
fn is_read_by(period: &Option<Dynamic>, setting: &str) -> bool {
    match period {
        Some(Dynamic::Rule(rule)) => {
            rule.compiled.variables().iter().any(|path| path.names() == ["settings", setting])
        }
        _ => false,
    }
}

fn unknown(step: &Step, name: &Text, lack: &Lack) -> Diagnostic {
    let why = lack.text();
    Diagnostic {
        help: Some(lack.help()),
        ..Diagnostic::new(
            Severity::Error,
            step.span.clone(),
            Instructed::Unknown.code(),
            Text::new(
                format!("„{}“ hätte bei dieser Behörde keine Rechtsbehelfsbelehrung. {}.", name.de, why.de),
                format!("At this authority “{}” would have no instruction on remedies: {}.", name.en, why.en),
            ),
        )
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
    (name, act): (&Text, &ActKind),
    setting: &str,
) -> Diagnostic {
    let land = authority.profile.place.as_ref().map(|place| place.land);
    let (de, en) = land.map_or_else(Default::default, |land| {
        (format!(", {}", land.name()), format!(", {}", land.name_en()))
    });
    let norm = norm_of_year(act);
    let sphere = match act.sphere {
        Sphere::Own => Text::new("eigener Wirkungskreis", "own sphere"),
        Sphere::Transferred => Text::new("übertragener Wirkungskreis", "transferred sphere"),
    };
    let title = release.settings.field(setting).map(|field| field.title.clone()).unwrap_or_default();
    // What is not in use yet has no settings that could be filled in.
    let was_in_use =
        authority.current.contains_key(&release.process) || authority.retired.contains_key(&release.process);
    let (severity, when) = match was_in_use {
        true => (Severity::Concern, Text::default()),
        false => (
            Severity::Warning,
            Text::new(
                "Sobald das Verfahren im Einsatz ist, vor dem ersten Vorgang: ",
                "Once the process is in use, before its first case: ",
            ),
        ),
    };
    Diagnostic {
        help: Some(Text::new(
            format!(
                "{}Die Einstellung „{}“ ausfüllen; den Wortlaut legt das Rechtsamt fest.",
                when.de, title.de
            ),
            format!("{}Fill in the setting “{}”; the legal office says its words.", when.en, title.en),
        )),
        ..Diagnostic::new(
            severity,
            step.span.clone(),
            Instructed::Blank.code(),
            Text::new(
                format!(
                    "Für „{}“ ({}{de}) ist bei dieser Behörde keine Rechtsbehelfsbelehrung hinterlegt; die Frist für den Rechtsbehelf wäre dann ein Jahr ({}), hier ist eine andere gesetzt.",
                    name.de, sphere.de, norm.de
                ),
                format!(
                    "This authority has no instruction on remedies for “{}” ({}{en}); the period for a remedy would then be a year ({}), and another one is set here.",
                    name.en, sphere.en, norm.en
                ),
            ),
        )
    }
}
