//! What stands against the law, in words: for the person who designs a process, and the one who puts it to use.

use std::sync::Arc;

use super::{Against, Automatic, said::codes};
use crate::{
    definition::{Hearing, Kind, Release, StepIx},
    diagnostic::Severity,
    procedure::procedure,
    words::Text,
};

codes! {
    Against {
        Against::Automatic(_) => "act_automatic",
        Against::NoWayToOfficial => "no_way_to_official",
        Against::NotHeard => "not_heard",
        Against::EffectUnsaid => "act_effect_unsaid",
        Against::WithoutLetter => "deadline_without_letter",
        Against::BeforeDispatch => "deadline_before_dispatch",
        Against::AfterSilence => "decided_after_silence",
        Against::NotAwaited => "notification_not_awaited",
    }
}

impl Against {
    /// Whether it stops a deployment when it is certain.
    pub fn severity(self) -> Severity {
        match self {
            Against::Automatic(_)
            | Against::NoWayToOfficial
            | Against::AfterSilence
            | Against::NotAwaited => Severity::Error,
            Against::NotHeard | Against::WithoutLetter | Against::BeforeDispatch => Severity::Concern,
            Against::EffectUnsaid => Severity::Warning,
        }
    }

    /// What is found at a step, and what to do.
    pub fn said(self, release: &Release, step: StepIx) -> (Text, Text) {
        let about = About::of(release, step).unwrap_or_default();
        match self {
            Against::Automatic(Automatic::Discretion) => discretion(&about),
            Against::Automatic(Automatic::NoProvision) => no_provision(&about),
            Against::NoWayToOfficial => no_way_to_official(&about),
            Against::NotHeard => not_heard(&about),
            Against::EffectUnsaid => effect_unsaid(&about),
            Against::WithoutLetter => without_letter(),
            Against::BeforeDispatch => before_dispatch(),
            Against::AfterSilence => after_silence(&about),
            Against::NotAwaited => not_awaited(&about),
        }
    }
}

/// For an act before which only another process may have a person decide.
pub fn decided_elsewhere(release: &Release, step: StepIx) -> Text {
    let About { name, automation: norm, .. } = About::of(release, step).unwrap_or_default();
    Text::new(
        format!(
            "Ob ein Mensch etwas entscheidet, bevor „{}“ erlassen wird, ist nicht bekannt: Das liegt in einem anderen Verfahren, das vorher aufgerufen wird ({norm}).",
            name.de
        ),
        format!(
            "Whether a person decides anything before “{}” is issued is not known: that lies in another process, which is called before ({norm}).",
            name.en
        ),
    )
}

/// The act that a step issues, and the norms that count for it.
#[derive(Default)]
struct About {
    id: Arc<str>,
    name: Text,
    automation: &'static str,
    hearing: &'static str,
    exception: &'static str,
    /// Whether steps are named in which somebody is heard.
    heard: bool,
}

impl About {
    fn of(release: &Release, step: StepIx) -> Option<About> {
        let Kind::Issue(issue) = &release.step(step).kind else { return None };
        let act = release.acts.get(&issue.act)?;
        let law = procedure(act.notification)?;
        let title = |id: &Arc<str>| {
            let title = release.acts.get(id).and_then(|act| act.title.clone());
            title.unwrap_or_else(|| Text::new(id.clone(), id.clone()))
        };
        let titles: Vec<Text> = issue.each().map(|issue| title(&issue.act)).collect();
        let named = |of: fn(&Text) -> &str, and: &str| titles.iter().map(of).collect::<Vec<_>>().join(and);
        let ids: Vec<&str> = issue.each().map(|issue| &*issue.act).collect();
        Some(About {
            name: Text::new(named(|title| &title.de, "“ oder „"), named(|title| &title.en, "” or “")),
            id: ids.join(", ").into(),
            automation: &law.automation.norm,
            hearing: &law.hearing.norm,
            exception: law.hearing.exceptions.first().map_or("", String::as_str),
            heard: issue
                .each()
                .filter_map(|issue| release.acts.get(&issue.act))
                .any(|act| matches!(act.hearing, Some(Hearing::Steps(_)))),
        })
    }
}

fn after_silence(About { name, .. }: &About) -> (Text, Text) {
    (
        Text::new(
            format!(
                "„{}“ wird auf diesem Weg erlassen, nachdem die Frist ohne Entscheidung abgelaufen ist und die Genehmigung als erteilt gilt (§ 42a VwVfG). Dann ist nichts mehr zu entscheiden.",
                name.de
            ),
            format!(
                "On this way “{}” is issued after the period has ended without a decision and the permit counts as granted (§ 42a VwVfG). Then there is nothing left to decide.",
                name.en
            ),
        ),
        Text::new(
            "Den Weg nach dem Fristablauf an der Entscheidung vorbeiführen: die Bearbeitung beenden („fork“ mit „wait_for: 1“, oder eine Gruppe, die die Frist verlässt). Danach bleiben Bescheinigung, Gebühr und §§ 48, 49 VwVfG.",
            "Lead the way after the end of the period past the decision: end the work (`fork` with `wait_for: 1`, or a group that the deadline leaves). What is left then is the certificate, the fee and §§ 48, 49 VwVfG.",
        ),
    )
}

fn not_awaited(About { name, .. }: &About) -> (Text, Text) {
    (
        Text::new(
            format!(
                "Nach „{}“ kann die Bearbeitung enden, bevor feststeht, dass der Bescheid rechtzeitig bekannt gegeben ist. Damit endet auch die Frist daneben, und niemand merkt, wenn das Schreiben liegen bleibt und die Genehmigung als erteilt gilt (§ 42a VwVfG).",
                name.de
            ),
            format!(
                "After “{}” the work can end before it is known that the act is notified in time. With it ends the period beside it, and nobody notices when the letter stays in the house and the permit counts as granted (§ 42a VwVfG).",
                name.en
            ),
        ),
        Text::new(
            "Hinter dem Bescheid darauf warten: „wait: { told: { condition: \"acts.all.some(|one| one.in_time)\" } }“. Ist es zu spät, endet dieses Warten mit der Frist.",
            "Wait for that behind the act: `wait: { told: { condition: \"acts.all.some(|one| one.in_time)\" } }`. If it is too late, that wait ends with the period.",
        ),
    )
}

fn discretion(About { name, automation: norm, .. }: &About) -> (Text, Text) {
    (
        Text::new(
            format!(
                "„{}“ ist eine Ermessensentscheidung und wird hier erlassen, ohne dass vorher ein Mensch etwas entschieden hat; das ist nicht zulässig ({norm}).",
                name.de
            ),
            format!(
                "“{}” is a discretionary decision and is issued here although no person has decided anything before; that is not permitted ({norm}).",
                name.en
            ),
        ),
        Text::new(
            "Eine Aufgabe vor den Erlass setzen, in der jemand entscheidet, zum Beispiel den Baustein „draft-decision“.",
            "Put a task before the act in which somebody decides, for example the block `draft-decision`.",
        ),
    )
}

fn no_provision(About { name, id, automation: norm, .. }: &About) -> (Text, Text) {
    (
        Text::new(
            format!(
                "„{}“ wird hier erlassen, ohne dass vorher ein Mensch etwas entschieden hat; das muss eine Rechtsvorschrift zulassen ({norm}), und es ist keine genannt.",
                name.de
            ),
            format!(
                "“{}” is issued here although no person has decided anything before; a provision must permit that ({norm}), and none is named.",
                name.en
            ),
        ),
        Text::new(
            format!(
                "Eine Aufgabe vor den Erlass setzen; oder beim Bescheid die Vorschrift nennen: „acts: {{ {id}: {{ automated: … }} }}“."
            ),
            format!(
                "Put a task before the act; or name the provision at the act: `acts: {{ {id}: {{ automated: … }} }}`."
            ),
        ),
    )
}

fn no_way_to_official(About { name, automation: norm, .. }: &About) -> (Text, Text) {
    (
        Text::new(
            format!(
                "„{}“ wird ohne Menschen erlassen; das geht nur, wenn kein Anlass besteht, den Einzelfall durch Amtsträger zu bearbeiten ({norm}). Hier führt kein Weg zu einem Amtsträger.",
                name.de
            ),
            format!(
                "“{}” is issued without a person; that is possible only where nothing gives occasion to have the case worked by an official ({norm}). No way leads to an official here.",
                name.en
            ),
        ),
        Text::new(
            "Vor dem Erlass verzweigen: Wer etwas Besonderes vorträgt, dessen Fall kommt zu einer Aufgabe. Oder mit „always“ jemanden den Fall an sich ziehen lassen.",
            "Branch before the act: who states something particular gets a task. Or let somebody take the case up with `always`.",
        ),
    )
}

fn not_heard(About { name, id, hearing: norm, exception, heard, .. }: &About) -> (Text, Text) {
    let said = match heard {
        true => Text::new(
            format!(
                "„{}“ greift in Rechte ein und wird hier erlassen, ohne dass angehört oder eine Ausnahme festgehalten wurde ({norm}).",
                name.de
            ),
            format!(
                "“{}” intervenes in rights and is issued here although nobody was heard and no exception was recorded ({norm}).",
                name.en
            ),
        ),
        false => Text::new(
            format!(
                "„{}“ greift in Rechte ein; es steht nirgends, wie vorher angehört wird ({norm}).",
                name.de
            ),
            format!(
                "“{}” intervenes in rights; nothing says how somebody is heard before ({norm}).",
                name.en
            ),
        ),
    };
    let help = Text::new(
        format!(
            "Beim Bescheid die Schritte nennen, in denen angehört oder festgehalten wird, warum nicht: „acts: {{ {id}: {{ hearing: … }} }}“; oder die Ausnahme: „hearing: {{ not_needed: \"{exception}\" }}“."
        ),
        format!(
            "Name at the act the steps in which somebody is heard, or in which it is recorded why not: `acts: {{ {id}: {{ hearing: … }} }}`; or the exception: `hearing: {{ not_needed: \"{exception}\" }}`."
        ),
    );
    (said, help)
}

fn effect_unsaid(About { name, id, hearing: norm, .. }: &About) -> (Text, Text) {
    (
        Text::new(
            format!(
                "Es steht nicht da, ob „{}“ in Rechte eingreift; ob vorher angehört werden muss ({norm}), ist deshalb nicht geprüft.",
                name.de
            ),
            format!(
                "It does not say whether “{}” intervenes in rights; so it is not checked whether somebody must be heard before ({norm}).",
                name.en
            ),
        ),
        Text::new(
            format!(
                "Beim Bescheid „adverse: true“ oder „adverse: false“ schreiben: „acts: {{ {id}: {{ adverse: false }} }}“. Die Ablehnung eines Antrags greift allein noch nicht in Rechte ein."
            ),
            format!(
                "Write `adverse: true` or `adverse: false` at the act: `acts: {{ {id}: {{ adverse: false }} }}`. To refuse what was applied for does not by itself intervene in rights."
            ),
        ),
    )
}

fn without_letter() -> (Text, Text) {
    (
        Text::new(
            "Eine Frist soll hier mit der Bekanntgabe eines Schreibens beginnen, das auf diesem Weg nicht entstanden ist; sie läuft nie.",
            "A deadline shall begin here with the notification of a letter that was not made on this path; it never runs.",
        ),
        Text::new(
            "Das Schreiben auf jedem Weg hierher erstellen, oder für diesen Weg ein eigenes Warten ohne die Frist.",
            "Make the letter on every path that leads here, or let this path wait in a step of its own without the deadline.",
        ),
    )
}

fn before_dispatch() -> (Text, Text) {
    (
        Text::new(
            "Die Frist beginnt hier gleich nach dem Erstellen eines Schreibens, bevor vermerkt ist, dass es abgesandt wurde.",
            "The deadline begins here as soon as a letter is made, before it is noted that it has left.",
        ),
        Text::new(
            "„from: { notification: … }“ mit dem Schritt, der das Schreiben erstellt. Gilt die Frist nicht dem Empfänger: „timer“, oder „from: { day: today }“.",
            "`from: { notification: … }` with the step that makes the letter. If the deadline is not the addressee's: `timer`, or `from: { day: today }`.",
        ),
    )
}

/// What waits for a letter that was not made.
pub fn never_dispatched() -> Text {
    Text::new(
        "Hier wird auf den Versand eines Schreibens gewartet, das auf diesem Weg nicht entstanden ist; versandt wird es nie.",
        "What is waited for here is the dispatch of a letter that was not made on this path; it never leaves.",
    )
}
