//! What administrators look after, against a server.

use serde_json::{Map, Value, json};

use super::{
    Ask, Outcome,
    keeping::{KeepingDeed, KeptList},
};
use crate::{
    Failure,
    remote::{Server, segment},
};

/// Cases that are read at once.
const PAGE: &str = "200";
/// The most cases of one request.
const CASES_AT_ONCE: usize = 50;

/// What was asked for, or why it was refused.
type Answered = Result<Result<Value, Vec<String>>, Failure>;

/// Does what is asked.
pub fn carry_out(server: &Server, ask: &Ask) -> Result<Outcome, Failure> {
    let answered: Answered = match ask {
        Ask::ListKept(list, process) => {
            kept_cases(server, (*list, process.as_ref().map(|process| process.as_str())))
        }
        Ask::SetPeriod(process, period) => {
            let retention = period.as_ref().map(|period| {
                json!({ "years": period.years, "from": period.from.word(), "basis": period.basis })
            });
            let path = format!("/keeping/processes/{}", segment(process.as_str())?);
            let set = server.request("PUT", &path, &[], Some(json!({ "retention": retention })))?;
            Ok(set.map(|_| json!({ "process": process })))
        }
        Ask::Keep(deed) => return keep(server, deed),
        Ask::Resume => resume(server),
        Ask::Statistics(from, until) => {
            let given = [("from", from), ("until", until)].into_iter();
            let query: Vec<_> =
                given.filter_map(|(name, day)| Some((name, day.as_ref()?.to_string()))).collect();
            Ok(server.request("GET", "/statistics", &query, None)?.map(|body| statistics(&body)))
        }
        _ => Ok(server.request("GET", "/keeping", &[], None)?.map(|body| {
            let fields = ["process", "retention", "own", "over", "over_capped"];
            json!({ "processes": list_of(&body["processes"], |row| picked(row, &fields)), "alone": body["alone"] })
        })),
    };
    Ok(match answered? {
        Ok(answer) => Outcome::Done(answer),
        Err(reasons) => Outcome::Refused(reasons),
    })
}

/// What rested is asked for before: afterwards nothing does.
fn resume(server: &Server) -> Answered {
    let session = match server.request("GET", "/session", &[], None)? {
        Ok(session) => session,
        Err(reasons) => return Ok(Err(reasons)),
    };
    let mut rested = Value::Null;
    if session["halted"].is_object() {
        rested = picked(&session["halted"], &["since", "why", "last_turn_at"]);
        rested["now"] = session["now"].clone();
    }
    let resumed = server.request("POST", "/resume", &[], None)?;
    Ok(resumed.map(|_| json!({ "tenant": session["tenant"]["id"], "resting": false, "rested": rested })))
}

fn picked(from: &Value, fields: &[&str]) -> Value {
    let field = |name: &&str| ((*name).to_owned(), from[*name].clone());
    Value::Object(fields.iter().map(field).collect::<Map<_, _>>())
}

fn list_of(rows: &Value, shown: impl Fn(&Value) -> Value) -> Value {
    rows.as_array().into_iter().flatten().map(shown).collect()
}

fn kept_cases(server: &Server, (list, process): (KeptList, Option<&str>)) -> Answered {
    let mut query = vec![("list", list.word().to_owned()), ("limit", PAGE.to_owned())];
    query.extend(process.map(|process| ("process", process.to_owned())));
    let (given, mut rows) = (query.len(), Vec::new());
    loop {
        let page = match server.request("GET", "/keeping/cases", &query, None)? {
            Ok(page) => page,
            Err(reasons) => return Ok(Err(reasons)),
        };
        rows.extend(page["items"].as_array().into_iter().flatten().map(kept_case));
        let Some(next) = page["next"].as_str() else { return Ok(Ok(Value::Array(rows))) };
        query.truncate(given);
        query.push(("cursor", next.to_owned()));
    }
}

fn kept_case(row: &Value) -> Value {
    let mut shown = picked(row, &["id", "number", "subject", "ended_at", "kept_until", "archive"]);
    shown["hold"] = row["hold"]["reason"].clone();
    shown["asked"] = Value::Null;
    if row["asked"].is_object() {
        shown["asked"] = picked(&row["asked"], &["at", "reason", "exception"]);
        shown["asked"]["by"] = row["asked"]["by"]["id"].clone();
    }
    shown
}

fn keep(server: &Server, deed: &KeepingDeed) -> Result<Outcome, Failure> {
    let KeepingDeed { cases, what, reason, exception, alone } = deed;
    let (mut done, mut troubles) = (0, Vec::new());
    for cases in cases.chunks(CASES_AT_ONCE) {
        let body = json!({
            "cases": cases, "what": what, "reason": reason, "exception": exception, "alone": alone,
        });
        let answer = match server.request("POST", "/keeping/cases", &[], Some(body))? {
            Ok(answer) => answer,
            Err(reasons) if done == 0 && troubles.is_empty() => return Ok(Outcome::Refused(reasons)),
            Err(reasons) => return Err(format!("{done} done; then: {}", reasons.join("; "))),
        };
        done += answer["done"].as_u64().unwrap_or_default();
        let trouble = |it: &Value| json!({ "case": it["case"], "code": it["code"], "why": it["why"]["en"] });
        troubles.extend(answer["troubles"].as_array().into_iter().flatten().map(trouble));
    }
    Ok(Outcome::of_many(done, troubles))
}

fn statistics(body: &Value) -> Value {
    let mut shown = picked(body, &["from", "until", "today"]);
    shown["processes"] = list_of(&body["processes"], |row| {
        let mut shown = period(&row["whole"]);
        shown["months"] = list_of(&row["months"], |month| {
            let mut shown = period(&month["figures"]);
            shown["month"] = month["month"].clone();
            shown
        });
        for name in ["process", "title", "open", "overdue"] {
            shown[name] = row[name].clone();
        }
        shown
    });
    shown["roles"] =
        list_of(&body["roles"], |row| picked(row, &["role", "title", "open", "overdue", "oldest"]));
    shown
}

fn period(figures: &Value) -> Value {
    let mut shown = picked(figures, &["begun", "ended", "median_days", "most_days"]);
    shown["outcomes"] =
        list_of(&figures["outcomes"], |outcome| picked(outcome, &["outcome", "title", "count"]));
    shown
}
