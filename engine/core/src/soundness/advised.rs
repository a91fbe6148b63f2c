//! What whoever designs a process is told before a citizen gets a bad letter: an addressee without an address, a letter
//! without a day, reasons that a clerk was asked for and that no letter says, a stuck case that nobody can put right. Each may
//! be meant so; none stops a deployment.

use fachwerk_rules::{Presence, Shape, ShapeMembers};

use super::presence::{Asked, asked};
use crate::{
    definition::{Dynamic, FormField, FrameIx, Kind, LETTER, Part, PartyKind, Release, Step},
    diagnostic::{Diagnostic, Severity},
    language::{data_key, sandbox},
    words::{Text, Value},
};

/// What a letter says at its head, besides its text.
const HEAD: [(&str, &str, &str); 3] = [
    ("addressee", "die Anschrift (addressee)", "the address (`addressee`)"),
    ("date", "das Datum (date)", "the day (`date`)"),
    ("reference", "das Aktenzeichen (reference)", "the file number (`reference`)"),
];

/// What should be looked at in a process, besides what is proven of it.
pub fn advised(release: &Release) -> Vec<Diagnostic> {
    let numbered = |step: &Step| matches!(&step.kind, Kind::Number(number) if number.file_number);
    let numbered = release.steps.iter().any(numbered);
    let mut found: Vec<Diagnostic> = release
        .steps
        .iter()
        .filter(|step| !is_given(release, step))
        .filter_map(|step| incomplete(step, numbered))
        .collect();
    found.extend(release.parties.iter().filter_map(|kind| without_address(release, kind)));
    found.extend(not_printed(release));
    found.extend(nobody_corrects(release));
    found.sort_by(|a, b| a.span.cmp(&b.span));
    // A block that is used twice has its faults twice.
    found.dedup_by(|a, b| a.says_the_same(b));
    found
}

fn warning(span: &crate::diagnostic::Span, code: &'static str, message: Text, help: Text) -> Diagnostic {
    Diagnostic { help: Some(help), ..Diagnostic::new(Severity::Warning, span.clone(), code, message) }
}

/// Whether a step makes a letter that leaves the house.
fn sends(step: &Step) -> Option<&[(std::sync::Arc<str>, Dynamic)]> {
    let Kind::Effect(effect) = &step.kind else { return None };
    let Dynamic::Map(said) = &effect.request else { return None };
    let outgoing =
        |value: &Dynamic| matches!(value, Dynamic::Constant(Value::String(way)) if way == "outgoing");
    let stays = said.iter().any(|(name, value)| &**name == "direction" && !outgoing(value));
    (&*effect.connector == LETTER && !stays).then_some(said)
}

/// Whether the use of a block says which connector it asks: the block does not know that it is the one for letters.
fn is_given(release: &Release, step: &Step) -> bool {
    let params = release.frames[step.frame.0 as usize].params.as_object();
    params.into_iter().flatten().any(|(_, value)| value.as_str() == Some(LETTER))
}

/// A letter without what its reader needs. Letters of acts get it from the engine. `numbered`: the cases have a file number.
fn incomplete(step: &Step, numbered: bool) -> Option<Diagnostic> {
    let said = sends(step)?;
    let head = HEAD.iter().filter(|(name, ..)| numbered || *name != "reference");
    let lacks = head.filter(|(name, ..)| !said.iter().any(|(known, _)| &**known == *name));
    let (de, en): (Vec<&str>, Vec<&str>) = lacks.map(|(_, de, en)| (*de, *en)).unzip();
    let title = &step.title;
    (!de.is_empty()).then(|| {
        warning(
            &step.span,
            "letter_incomplete",
            Text::new(
                format!("Dem Schreiben „{}“ fehlt: {}.", title.de, de.join(", ")),
                format!("The letter “{}” lacks {}.", title.en, en.join(", ")),
            ),
            Text::new(
                "Unter „with“ angeben: addressee mit Name und Anschrift, reference: \"= file.number\", date: \"= date_text(today)\"; mit null, was wirklich nicht dastehen soll. Was im Haus bleibt, hat „direction: internal“.",
                "Say it under `with`: `addressee` with name and address, `reference: \"= file.number\"`, `date: \"= date_text(today)\"`; null for what shall not be there. What stays in the house has `direction: internal`.",
            ),
        )
    })
}

/// A kind of parties that get acts, and whose address the application does not say.
fn without_address(release: &Release, kind: &PartyKind) -> Option<Diagnostic> {
    let rule = kind.from.as_ref()?;
    release.acts.values().find(|act| act.to.contains(&kind.name))?;
    let vocabulary = release.vocabulary(rule.frame, None);
    let types = sandbox().expression_types(&rule.source, &vocabulary).ok()?;
    let mut made = types.made;
    made.extend(members(&types.shape).filter(|members| !members.open).cloned());
    let lacks = made.iter().any(|members| members.get("address").is_none());
    let unsure = made.iter().filter_map(|members| members.get("address"));
    let unsure = unsure.into_iter().any(|address| address.presence != Presence::Always);
    if !lacks && !unsure {
        return None;
    }
    let title = kind.title.clone().unwrap_or_else(|| Text::new(kind.name.clone(), kind.name.clone()));
    let message = match lacks {
        true => Text::new(
            format!(
                "„{}“ bekommt Bescheide, und die Regel nennt keine Anschrift (address); der Brief hätte keine.",
                title.de
            ),
            format!("“{}” gets acts, and the rule says no `address`; the letter would have none.", title.en),
        ),
        false => Text::new(
            format!(
                "„{}“ bekommt Bescheide, und die Anschrift (address) kann leer bleiben; der Brief hätte dann keine.",
                title.de
            ),
            format!(
                "“{}” gets acts, and the `address` may be left out; then the letter would have none.",
                title.en
            ),
        ),
    };
    Some(warning(
        &rule.span,
        "party_without_address",
        message,
        Text::new(
            "Die Anschrift im Antrag als Pflichtfeld erheben und hier nennen: #{ name: application.name, address: application.address }. Geht wirklich nichts mit der Post, steht hier address: \"\" oder ein Ersatz mit „??“.",
            "Ask for the address in the application as a field that must be filled in, and say it here: #{ name: application.name, address: application.address }. If nothing goes by post, write address: \"\", or what to take instead with `??`.",
        ),
    ))
}

/// What an object, or the entries of a list, hold.
fn members(shape: &Shape) -> impl Iterator<Item = &ShapeMembers> {
    let object = match shape {
        Shape::List(item) => item,
        shape => shape,
    };
    let members = match object {
        Shape::Object(members) => Some(&**members),
        _ => None,
    };
    members.into_iter()
}

/// Fields that shall stand in a letter, and that nothing takes there.
fn not_printed(release: &Release) -> Vec<Diagnostic> {
    if !release.steps.iter().any(|step| matches!(step.kind, Kind::Issue(_)) || sends(step).is_some()) {
        return Vec::new();
    }
    let asked = asked(release);
    let writes = |asked: &&Asked<'_>| {
        matches!(
            release.step(asked.step).kind,
            Kind::Issue(_) | Kind::Effect(_) | Kind::Compute(_) | Kind::Texts(_) | Kind::Decide(_)
        )
    };
    let writing: Vec<&Asked<'_>> = asked.iter().filter(writes).collect();
    let mut found = Vec::new();
    for step in &release.steps {
        let Kind::Task(task) = &step.kind else { continue };
        for field in task.form.fields.iter().filter(|field| field.printed) {
            let (key, name) = (result_of(release, step), &field.field.name);
            let own = |asked: &&&Asked<'_>| {
                let frame = release.step(asked.step).frame;
                frame == step.frame && release.frames[frame.0 as usize].in_block
            };
            let outside = writing.iter().filter(|asked| !own(asked));
            if !outside.flat_map(|asked| asked.rule.paths()).any(|path| reads(&path.names(), &key, name)) {
                found.push(unprinted(release, step, field));
            }
        }
    }
    found
}

/// The last name of where the results of a step lie.
fn result_of(release: &Release, step: &Step) -> std::sync::Arc<str> {
    let frame = &release.frames[step.frame.0 as usize];
    let last = frame.at.iter().rev().find_map(|part| match part {
        Part::Key(key) => Some(key.clone()),
        Part::Round(_) => None,
    });
    last.filter(|_| frame.in_block).unwrap_or_else(|| data_key(&step.id))
}

/// Whether a path reads the field, or all of which it is part.
fn reads(path: &[&str], key: &str, field: &str) -> bool {
    path == ["steps"] || path.last() == Some(&key) || path.windows(2).any(|pair| pair == [key, field])
}

fn unprinted(release: &Release, step: &Step, field: &FormField) -> Diagnostic {
    let (place, asked) = (use_of(release, step), &field.field.title);
    warning(
        &place.span,
        "not_printed",
        Text::new(
            format!(
                "Wer „{}“ bearbeitet, gibt „{}“ ({}) für das Schreiben an; keine Vorlage übernimmt es.",
                place.title.de, asked.de, field.field.name
            ),
            format!(
                "Whoever does “{}” says “{}” (`{}`) for the letter; no template takes it.",
                place.title.en, asked.en, field.field.name
            ),
        ),
        Text::new(
            format!(
                "In die Vorlage des Bescheids aufnehmen: {{{{ steps.{}.{} }}}}.",
                result_of(release, step),
                field.field.name
            ),
            format!(
                "Put it into the template of the act: {{{{ steps.{}.{} }}}}.",
                result_of(release, step),
                field.field.name
            ),
        ),
    )
}

/// The step of the process that a step lies in: the use of a block, or itself.
fn use_of<'r>(release: &'r Release, step: &'r Step) -> &'r Step {
    let frame = |ix: FrameIx| &release.frames[ix.0 as usize];
    if !frame(step.frame).in_block {
        return step;
    }
    let begins = |it: &&Step| {
        let at = &frame(it.frame).at;
        let inside = &frame(step.frame).at;
        !frame(it.frame).in_block
            && it.block.is_some()
            && inside.starts_with(at)
            && matches!(inside.get(at.len()), Some(Part::Key(key)) if *key == data_key(&it.id))
    };
    release.steps.iter().find(begins).unwrap_or(step)
}

/// A process whose acts go wrong has somebody who can put it right.
fn nobody_corrects(release: &Release) -> Option<Diagnostic> {
    let issues = |step: &&Step| matches!(step.kind, Kind::Issue(_));
    let first = release.steps.iter().find(issues).filter(|_| release.correctors.is_empty())?;
    Some(warning(
        &use_of(release, first).span,
        "nobody_corrects",
        Text::new(
            "Das Verfahren erlässt Bescheide, und keine seiner Rollen darf laufende Vorgänge berichtigen: Scheitert ein Schreiben oder war ein Versand falsch vermerkt, kann niemand aus dem Verfahren das richten.",
            "The process issues acts, and none of its roles may correct running cases: when a letter fails, or a dispatch was noted wrongly, nobody of the process can put it right.",
        ),
        Text::new(
            "Bei einer Rolle, meist der Leitung, „corrects: true“ dazuschreiben.",
            "Add `corrects: true` to a role, usually that of the team lead.",
        ),
    ))
}
