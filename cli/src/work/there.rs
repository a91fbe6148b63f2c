//! Work that only a server does: it goes on there when the command has ended.

use serde_json::{Value, json};

use crate::{
    End, Failure,
    output::{Format, say},
    remote::{Access, Server},
};

/// Rows that are read at once.
const PAGE: &str = "200";

/// Which server, and how the answer is printed.
#[derive(clap::Args)]
pub struct There {
    #[command(flatten)]
    access: Access,
    /// The authority; the token must be one of it.
    #[arg(long, env = "FACHWERK_TENANT", global = true)]
    tenant: Option<String>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text", global = true)]
    format: Format,
}

/// What was asked for, or why it was refused.
pub type Answered = Result<Result<Value, Vec<String>>, Failure>;

impl There {
    /// Does what is asked, and prints what became of it; `told` says line by line what people read of the answer.
    pub fn carry_out(
        &self,
        asked: impl FnOnce(&Server) -> Answered,
        told: impl FnOnce(&Value) -> Vec<String>,
    ) -> Result<End, Failure> {
        let server = self.access.server()?.ok_or(
            "this is done by a server: name it with --server URL (or FACHWERK_SERVER), and a token with --token-file FILE",
        )?;
        match asked(&server.at(self.tenant.as_deref())?)? {
            Ok(answer) => {
                match self.format {
                    Format::Json => say(answer),
                    Format::Text => told(&answer).iter().for_each(say),
                }
                Ok(End::Good)
            }
            Err(reasons) => {
                reasons.iter().for_each(|reason| eprintln!("{reason}"));
                Ok(End::Problems)
            }
        }
    }
}

/// All rows of a list, page by page.
pub fn all(server: &Server, path: &str, query: &[(&'static str, String)]) -> Answered {
    let mut rows = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut asked = query.to_vec();
        asked.push(("limit", PAGE.to_owned()));
        asked.extend(cursor.map(|cursor| ("cursor", cursor)));
        let mut page = match server.request("GET", path, &asked, None)? {
            Ok(page) => page,
            Err(reasons) => return Ok(Err(reasons)),
        };
        if let Value::Array(items) = page["items"].take() {
            rows.extend(items);
        }
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return Ok(Ok(json!(rows))),
        }
    }
}
