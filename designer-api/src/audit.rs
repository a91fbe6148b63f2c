//! The audit list: every turn of the authority and its cases, newest first, without the content of cases.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Json, extract::State};
use fachwerk_core::{
    authority::{Authority, AuthorityEvent, KeptMessage, RunChange, TokenGrant},
    definition::Release,
    event::Event,
    keeping::{KeepingRecord, Retention},
    words::{ProcessId, RoleId, Timestamp, Value, day_text},
};
use fachwerk_store::{AnyTurn, Stored, Total};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    paging::Page,
    params::Params,
    person::Authenticated,
    problem::Problem,
    server::Server,
    shapes::{ActorName, PersonName, Text},
    visibility::{process_title, releases_in_view},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(read_audit))
}

/// What says how things are called.
struct Titles<'a> {
    authority: &'a Authority,
    /// The current releases of the processes whose settings were changed.
    releases: BTreeMap<ProcessId, Arc<Release>>,
    roles: BTreeMap<RoleId, Text>,
}

/// One turn.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct AuditEntry {
    /// Its place among all turns of the authority.
    position: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who.
    actor: ActorName,
    /// What, without the content of cases.
    what: Text,
    /// The case; none for the authority itself.
    case: Option<String>,
    /// Whether whoever asks may see the case.
    may_open: bool,
}

/// The audit list
///
/// Newest first. For administrators.
#[utoipa::path(
    get, path = "/audit", tag = "administration", operation_id = "readAudit",
    params(
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the audit list.", body = Page<AuditEntry>))
)]
async fn read_audit(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<AuditEntry>>, Problem> {
    who.need_administrator()?;
    let piece = params.piece()?;
    params.finish()?;
    let store = server.runtime().store();
    // Positions have no gaps, so a page is a range of them.
    let last = store.last_position(&who.tenant).await?;
    let end = piece.number()?.unwrap_or(last + 1).min(last + 1);
    let begin = end.saturating_sub(u64::from(piece.limit)).max(1);
    let turns = match u32::try_from(end.saturating_sub(begin)) {
        Ok(count) if count > 0 => store.events_after(&who.tenant, begin - 1, count).await?,
        _ => Vec::new(),
    };
    let titles = Titles {
        authority: &who.authority,
        releases: titled(&server, &who, &turns).await,
        roles: server.roles(&who).await,
    };
    let processes = server.all_of(&who).await?;
    let mut items = Vec::with_capacity(turns.len());
    for stored in turns.iter().rev() {
        let may_open = match &stored.turn {
            AnyTurn::Case(turn) => {
                let row = store.case_row(&who.tenant, turn.case).await?;
                row.is_some_and(|row| processes.contains(&row.process))
            }
            AnyTurn::Authority(_) | AnyTurn::Erased(_) => false,
        };
        items.push(AuditEntry { may_open, ..entry(&titles, stored) });
    }
    let total = Total { count: u32::try_from(last).unwrap_or(u32::MAX), more: false };
    Ok(Json(Page::of(items, (begin > 1).then(|| begin.to_string()), Some(total), &piece)))
}

fn entry(titles: &Titles<'_>, stored: &Stored<AnyTurn>) -> AuditEntry {
    let (at, actor, case, said) = match &stored.turn {
        AnyTurn::Case(turn) => (
            turn.now,
            &turn.actor,
            Some(turn.case.to_string()),
            turn.events.iter().filter_map(of_case).collect(),
        ),
        AnyTurn::Erased(turn) => {
            let said = Text::new("Vorgang inzwischen gelöscht", "case erased since");
            (turn.now, &turn.actor, Some(turn.case.to_string()), vec![said])
        }
        AnyTurn::Authority(turn) => {
            let said = turn.events.iter().map(|event| of_authority(titles, event)).collect();
            (turn.now, &turn.actor, None, said)
        }
    };
    AuditEntry {
        position: stored.position,
        at,
        actor: ActorName::of(titles.authority, actor),
        what: joined(said),
        case,
        may_open: false,
    }
}

/// Each once, in order.
fn joined(said: Vec<Text>) -> Text {
    let mut once: Vec<Text> = Vec::new();
    for text in said {
        if !once.contains(&text) {
            once.push(text);
        }
    }
    let list = |pick: fn(&Text) -> &str| once.iter().map(pick).collect::<Vec<_>>().join(", ");
    Text::new(list(|text| &text.de), list(|text| &text.en))
}

/// The current releases of the processes whose settings were changed: they say what the settings are called.
async fn titled(
    server: &Server,
    who: &Authenticated,
    turns: &[Stored<AnyTurn>],
) -> BTreeMap<ProcessId, Arc<Release>> {
    let mut releases = BTreeMap::new();
    for turn in turns {
        let AnyTurn::Authority(turn) = &turn.turn else { continue };
        for event in &turn.events {
            if let AuthorityEvent::SettingsChanged { process, .. } = event
                && let Some(id) = releases_in_view(&who.authority).get(process)
                // A release that cannot be read any more hides nothing: its settings are shown by their names.
                && let Ok(release) = server.runtime().release(&who.tenant, id).await
            {
                releases.insert(process.clone(), release);
            }
        }
    }
    releases
}

impl Titles<'_> {
    /// The title of a setting, or its name.
    fn setting(&self, process: &ProcessId, name: &str) -> Text {
        let field = self.releases.get(process).and_then(|release| release.settings.field(name));
        field.map_or_else(|| Text::new(name, name), |field| (&field.title).into())
    }

    /// The roles that somebody or something has.
    fn roles(&self, roles: &BTreeSet<RoleId>) -> Text {
        if roles.is_empty() {
            return Text::new("ohne Rolle", "no role");
        }
        let plain = |role: &RoleId| Text::new(role.as_str(), role.as_str());
        let title = |role: &RoleId| self.roles.get(role).cloned().unwrap_or_else(|| plain(role));
        let Text { de, en } = joined(roles.iter().map(title).collect());
        Text::new(format!("Rollen: {de}"), format!("roles: {en}"))
    }
}

fn of_authority(titles: &Titles<'_>, event: &AuthorityEvent) -> Text {
    let Titles { authority, .. } = titles;
    match event {
        AuthorityEvent::Founded { .. } => Text::new("Mandant angelegt", "authority set up"),
        AuthorityEvent::PersonSet { person, active: true, roles, .. } => {
            let roles = titles.roles(roles);
            Text::new(
                format!("Person {person} gesetzt ({})", roles.de),
                format!("person {person} set ({})", roles.en),
            )
        }
        AuthorityEvent::PersonSet { person, active: false, .. } => {
            Text::new(format!("Person {person} gesperrt"), format!("person {person} deactivated"))
        }
        AuthorityEvent::SettingsChanged { process, values } => {
            let title = process_title(authority, process);
            let names = joined(values.keys().map(|name| titles.setting(process, name)).collect());
            Text::new(
                format!("Einstellungen von „{}“ geändert ({})", title.de, names.de),
                format!("settings of “{}” changed ({})", title.en, names.en),
            )
        }
        AuthorityEvent::HolidayAdded { day, name, norm } => {
            let norm = norm.as_deref().map(|norm| format!(" ({norm})")).unwrap_or_default();
            Text::new(
                format!("Angeordneter Feiertag {day}: {}{norm}", name.de),
                format!("ordered holiday {day}: {}{norm}", name.en),
            )
        }
        AuthorityEvent::HolidayRemoved { day } => {
            Text::new(format!("Freier Tag {day} zurückgenommen"), format!("day off {day} removed"))
        }
        AuthorityEvent::CasesFollowed { .. } => Text::new(
            "Fristen der laufenden Vorgänge sind Änderungen von Tagen, Ort oder Rechtsdaten gefolgt",
            "deadlines of open cases have followed changes of days, place or legal data",
        ),
        AuthorityEvent::ProfileSet { profile } => Text::new(
            format!("Angaben zur Behörde geändert ({})", profile.name.de),
            format!("profile of the authority changed ({})", profile.name.en),
        ),
        AuthorityEvent::LawRowSet { table, id, row } => {
            let by = row.get("checked_by").and_then(Value::as_str);
            let (de, en) = match by {
                Some(by) => (format!(", geprüft: {by}"), format!(", checked by {by}")),
                None => (", ungeprüft".to_owned(), ", unchecked".to_owned()),
            };
            Text::new(
                format!("Rechtsdaten gesetzt: {table}, {id}{de}"),
                format!("legal data set: {table}, {id}{en}"),
            )
        }
        AuthorityEvent::LawRowRemoved { table, id } => Text::new(
            format!("Eigene Zeile der Rechtsdaten zurückgenommen: {table}, {id}"),
            format!("own row of legal data taken back: {table}, {id}"),
        ),
        AuthorityEvent::BlockInstalled { block, version, package, .. } => {
            let (de, en) = package.as_ref().map_or_else(Default::default, |origin| {
                let (package, version, key) = (&origin.package, &origin.version, &origin.key);
                (
                    format!(" (Paket {package} {version}, Schlüssel {key})"),
                    format!(" (package {package} {version}, key {key})"),
                )
            });
            Text::new(
                format!("Baustein {block} {version} installiert{de}"),
                format!("block {block} {version} installed{en}"),
            )
        }
        AuthorityEvent::PublisherTrusted { key, name } => Text::new(
            format!("Pakete von „{name}“ werden angenommen (Schlüssel {key})"),
            format!("packages of “{name}” are taken (key {key})"),
        ),
        AuthorityEvent::PublisherDistrusted { key, name } => Text::new(
            format!("Pakete von „{name}“ werden nicht mehr angenommen (Schlüssel {key})"),
            format!("packages of “{name}” are taken no more (key {key})"),
        ),
        AuthorityEvent::ReleaseDeployed { version, title, despite, concerns, .. } => {
            let (de, en) = despite.as_ref().map_or_else(Default::default, |reason| {
                let codes = concerns.join(", ");
                (
                    format!(" trotz Bedenken ({codes}): {reason}"),
                    format!(" despite concerns ({codes}): {reason}"),
                )
            });
            Text::new(
                format!("Verfahren „{}“ {version} in Einsatz genommen{de}", title.de),
                format!("process “{}” {version} deployed{en}", title.en),
            )
        }
        AuthorityEvent::ProcessRetired { process } => {
            let title = process_title(authority, process);
            Text::new(
                format!("Verfahren „{}“ außer Betrieb genommen", title.de),
                format!("process “{}” retired", title.en),
            )
        }
        AuthorityEvent::ProcessReinstated { process } => {
            let title = process_title(authority, process);
            Text::new(
                format!("Verfahren „{}“ wieder in Betrieb genommen", title.de),
                format!("process “{}” reinstated", title.en),
            )
        }
        AuthorityEvent::BlockRetired { block, version } => Text::new(
            format!("Baustein {block} {version} außer Betrieb genommen"),
            format!("block {block} {version} retired"),
        ),
        AuthorityEvent::BlockReinstated { block, version } => Text::new(
            format!("Baustein {block} {version} wieder in Betrieb genommen"),
            format!("block {block} {version} reinstated"),
        ),
        AuthorityEvent::RetentionSet { process, retention } => {
            let title = process_title(authority, process);
            let (de, en) = match retention {
                Some(Retention { years, basis, .. }) => {
                    (format!("{years} Jahre ({basis})"), format!("{years} years ({basis})"))
                }
                None => ("wie im Verfahren".to_owned(), "as the process says".to_owned()),
            };
            Text::new(
                format!("Aufbewahrung von „{}“: {de}", title.de),
                format!("keeping of “{}”: {en}", title.en),
            )
        }
        AuthorityEvent::PolicySet { .. } => Text::new("Vorgaben der Behörde geändert", "policy changed"),
        AuthorityEvent::TokenIssued { token, issued: TokenGrant { person, name, roles, until } } => {
            let (roles, until) = (titles.roles(roles), day_text(*until));
            Text::new(
                format!(
                    "Zugriffsschlüssel {token} „{name}“ für {person} ausgestellt ({}; bis {})",
                    roles.de, until.de
                ),
                format!("token {token} “{name}” issued for {person} ({}; until {})", roles.en, until.en),
            )
        }
        AuthorityEvent::TokenRevoked { token } => {
            Text::new(format!("Zugriffsschlüssel {token} widerrufen"), format!("token {token} revoked"))
        }
        AuthorityEvent::SubstitutionBegun { substitution: it, .. } => {
            let (absent, substitute) =
                (PersonName::of(authority, &it.absent).name, PersonName::of(authority, &it.substitute).name);
            let (from, until) = (day_text(it.from), day_text(it.until));
            Text::new(
                format!("{substitute} vertritt {absent} von {} bis {}", from.de, until.de),
                format!("{substitute} stands in for {absent} from {} to {}", from.en, until.en),
            )
        }
        AuthorityEvent::SubstitutionEnded { substitution: it, .. } => {
            let (absent, substitute) =
                (PersonName::of(authority, &it.absent).name, PersonName::of(authority, &it.substitute).name);
            Text::new(
                format!("Vertretung von {absent} durch {substitute} vorzeitig beendet"),
                format!("{substitute} no longer stands in for {absent}"),
            )
        }
        AuthorityEvent::RunChanged { run, change } => of_run(authority, *run, change),
        AuthorityEvent::WorkResumed {} => {
            Text::new("Fristen und Versand laufen wieder", "deadlines and dispatch go on")
        }
        AuthorityEvent::MessageReaddressed { message: KeptMessage { name, key, .. }, to, reason } => {
            Text::new(
                format!("Nachricht „{name}“: Schlüssel „{key}“ zu „{to}“ berichtigt ({reason})"),
                format!("message “{name}”: key “{key}” corrected to “{to}” ({reason})"),
            )
        }
        AuthorityEvent::MessageDiscarded { message: KeptMessage { name, key, .. }, reason } => Text::new(
            format!("Nachricht „{name}“ mit dem Schlüssel „{key}“ verworfen ({reason})"),
            format!("message “{name}” with the key “{key}” discarded ({reason})"),
        ),
    }
}

/// What happened to a mass run.
fn of_run(authority: &Authority, number: u32, change: &RunChange) -> Text {
    let title = authority.runs.get(&number).map(|run| run.plan.title.clone()).unwrap_or_default();
    let (de, en) = match change {
        RunChange::Planned(plan) => {
            (format!("angelegt, {} Vorgänge", plan.count), format!("planned, {} cases", plan.count))
        }
        RunChange::Begun {} => ("begonnen".to_owned(), "begun".to_owned()),
        RunChange::Advanced { upto, failures } => (
            format!("bis Nr. {upto} ausgeführt, {} zurückgestellt", failures.len()),
            format!("carried out up to no. {upto}, {} stayed behind", failures.len()),
        ),
        RunChange::Signed(list) => (
            format!(
                "gezeichnet: {} Vorgänge, {} herausgenommen, Prüfwert {}",
                list.count, list.taken_out, list.list
            ),
            format!("signed: {} cases, {} taken out, hash {}", list.count, list.taken_out, list.list),
        ),
        RunChange::Ended { signed, failed } => (
            format!("beendet: {signed} gezeichnet, {failed} zurückgestellt"),
            format!("ended: {signed} signed, {failed} stayed behind"),
        ),
        RunChange::Stopped { reason } => (format!("angehalten: {reason}"), format!("stopped: {reason}")),
    };
    Text::new(format!("Sammellauf {number} „{title}“ {de}"), format!("mass run {number} “{title}” {en}"))
}

/// What kind of thing happened in a case; none for what only follows from it.
fn of_case(event: &Event) -> Option<Text> {
    let (de, en) = match event {
        Event::CaseStarted { .. } => ("Vorgang angelegt", "case begun"),
        Event::NumberDrawn { .. } => ("Nummer vergeben", "number assigned"),
        Event::TaskOpened { .. } => ("Aufgabe eröffnet", "task opened"),
        Event::TaskClaimed { .. } => ("Aufgabe zugewiesen", "task assigned"),
        Event::TaskReleased { .. } => ("Aufgabe zurückgegeben", "task given back"),
        Event::TaskCompleted { .. } => ("Aufgabe erledigt", "task completed"),
        Event::DeadlineSet { .. } => ("Frist gesetzt", "deadline set"),
        Event::Reinstated(_) => ("Versäumtes zur Nachholung zugelassen", "allowed to be made up for"),
        Event::DeadlineRecomputed(_) => ("Frist neu berechnet", "deadline reckoned anew"),
        Event::DeadlineFired { .. } => ("Frist abgelaufen", "deadline passed"),
        Event::MessageReceived { .. } => ("Nachricht eingegangen", "message received"),
        Event::EffectRequested { .. } => ("Anbindung beauftragt", "connector asked"),
        Event::EffectFinished { .. } => ("Ergebnis der Anbindung", "result of a connector"),
        Event::DocumentAdded { .. } => ("Dokument hinzugefügt", "document added"),
        Event::DocumentTakenOut { .. } => ("Dokument entnommen", "document taken out"),
        Event::PaperPlaced(_) => ("Ort des Originals vermerkt", "place of the original noted"),
        Event::DocumentMovedHere { .. } => {
            ("Dokument aus anderem Vorgang übernommen", "document taken in from another case")
        }
        Event::DocumentDispatched { .. } => ("Versand vermerkt", "dispatch recorded"),
        Event::ReceiptRecorded { .. } => ("Zugang vermerkt", "receipt recorded"),
        Event::DispatchChanged(changed) if changed.corrected.is_some() => {
            ("Versand berichtigt", "dispatch corrected")
        }
        Event::DispatchChanged(_) => ("Bekanntgabe neu berechnet", "notification reckoned anew"),
        Event::RemedyPeriodRecomputed(_) => {
            ("Rechtsbehelfsfrist neu berechnet", "period for a remedy reckoned anew")
        }
        Event::PartyAdded(_) => ("Beteiligter aufgenommen", "party added"),
        Event::PartyChanged(_) => ("Beteiligter geändert", "party changed"),
        Event::PartyRemoved(_) => ("Beteiligter entfernt", "party removed"),
        Event::ActBegan(_) => ("Bescheid vorbereitet", "act being issued"),
        Event::LettersSigned(_) => ("Schreiben gezeichnet", "letters signed"),
        Event::SignatureWithdrawn(_) => ("Schlusszeichnung hinfällig", "signature void"),
        Event::ActNotified(_) => ("Bescheid bekannt gegeben", "act notified"),
        Event::ActDeemed(_) => ("Genehmigung gilt als erteilt", "permit counts as granted"),
        Event::ClockFollowed(_) => {
            ("Frist der Genehmigungsfiktion neu berechnet", "period of a fiction reckoned anew")
        }
        Event::FictionRuled(_) => ("Genehmigungsfiktion festgestellt", "ruled what silence granted"),
        Event::ActIssued(_) => ("Bescheid erlassen", "act issued"),
        Event::ActFinal(_) => ("Bescheid bestandskräftig", "act final"),
        Event::DocumentNotArrived(_) => ("Schreiben nicht angekommen", "letter not arrived"),
        Event::LetterNotArrived(_) => ("Schreiben nicht angekommen", "letter not arrived"),
        Event::ActAbandoned(_) => ("Bescheid nicht weiter ausgefertigt", "act not made any more"),
        Event::LettersWithdrawn(_) => {
            ("Schreiben nicht mehr zu versenden", "letters not to be sent any more")
        }
        Event::GivenUp { .. } => ("Schreiben oder Berichtigung aufgegeben", "letter or correction given up"),
        Event::MergeAsked(_) => ("Verbindung angefragt", "merge asked for"),
        Event::MergeRefused(_) => ("Verbindung abgelehnt", "merge refused"),
        Event::RemedyInTime(_) => ("Rechtsbehelf doch rechtzeitig", "remedy in time after all"),
        Event::ActUndone(_) => ("Bescheid nicht mehr erlassen", "act not issued any more"),
        Event::RemedyRecorded(_) => ("Rechtsbehelf vermerkt", "remedy recorded"),
        Event::NoteAdded { .. } => ("Vermerk geschrieben", "note written"),
        Event::IncidentRaised { .. } => ("Störung aufgetreten", "incident raised"),
        Event::IncidentResolved { .. } => ("Störung behoben", "incident resolved"),
        Event::CaseEnded { .. } => ("Vorgang abgeschlossen", "case ended"),
        Event::KeepingRecorded { record, .. } => match record {
            KeepingRecord::Hold { .. } => ("Löschsperre gesetzt", "hold set"),
            KeepingRecord::Lift { .. } => ("Löschsperre aufgehoben", "hold lifted"),
            KeepingRecord::Offer {} => ("dem Archiv angeboten", "offered to the archive"),
            KeepingRecord::Answer { .. } => {
                ("Antwort des Archivs vermerkt", "answer of the archive recorded")
            }
            KeepingRecord::Ask { .. } => ("Löschung beantragt", "erasure asked for"),
            KeepingRecord::Withdraw { .. } => {
                ("Löschantrag zurückgenommen", "erasure not asked for any more")
            }
        },
        Event::CaseErased { .. } => ("Vorgang gelöscht", "case erased"),
        Event::StepsCancelled { .. } => ("Schritte abgebrochen", "steps cancelled"),
        Event::TriggeredByHand { .. } => ("Vermerk von Hand", "noted by hand"),
        Event::StepSkipped { .. } => ("Schritt übersprungen", "step skipped"),
        Event::StepMoved { .. } => ("zu einem Schritt zurückgegangen", "gone back to a step"),
        Event::DataChanged { .. } => ("Angaben geändert", "data changed"),
        Event::CaseEndedByHand { .. } => ("Vorgang von Hand beendet", "case ended by hand"),
        Event::TaskTakenBack { .. } => ("Aufgabe zurückgenommen", "task taken back"),
        Event::CaseCalled { .. } => ("anderer Vorgang begonnen", "another case begun"),
        Event::CallFinished { .. } => ("anderer Vorgang hat geantwortet", "another case has answered"),
        Event::CalledOff { .. } => ("vom aufrufenden Vorgang beendet", "called off"),
        Event::TimerSet { .. } => ("Wecker gestellt", "timer set"),
        Event::TimerFired { .. } => ("Wecker hat geklingelt", "timer rang"),
        Event::Raised { .. } => ("Fehler, Eskalation oder Signal", "error, escalation or signal"),
        Event::UndoTaken { .. } => ("Schritt rückgängig gemacht", "step undone"),
        Event::ErrandGiven { .. } => {
            ("Rückfrage oder Wiedervorlage angelegt", "question or resubmission given")
        }
        Event::ErrandEnded { .. } => {
            ("Rückfrage oder Wiedervorlage beendet", "question or resubmission ended")
        }
        Event::LetterWritten { .. } => ("Schreiben verfasst", "letter written"),
        Event::DeadlineExtended { .. } => ("Frist verlängert", "deadline extended"),
        Event::DeadlinesSuspended { .. } => ("Fristen ruhen", "deadlines suspended"),
        Event::DeadlinesResumed { .. } => ("Fristen laufen weiter", "deadlines resumed"),
        Event::CaseRelated { .. } => ("Vorgang abgetrennt oder verbunden", "case split or merged"),
        Event::RoundEntered { .. }
        | Event::BranchesBegan { .. }
        | Event::BranchesJoined { .. }
        | Event::ScopeRepeated { .. }
        | Event::PathsMet { .. }
        | Event::LockQueued { .. }
        | Event::LockTaken { .. }
        | Event::UndoKept { .. }
        | Event::UndoDropped { .. }
        | Event::UndoBegan { .. }
        | Event::ConditionChanged { .. }
        | Event::TakeBackKept { .. }
        | Event::Sent { .. }
        | Event::Delivered { .. }
        | Event::StepEntered { .. }
        | Event::StepLeft { .. }
        | Event::ActLetterMade(_)
        | Event::ResultWritten { .. }
        | Event::RuleEvaluated { .. }
        | Event::HandlerReacted { .. }
        | Event::HandHad { .. }
        | Event::WaitOpened { .. }
        | Event::MessageTaken { .. } => return None,
    };
    Some(Text::new(de, en))
}
