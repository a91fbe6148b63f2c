//! One client of a server: JSON over one connection that stays open.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

/// Who does not answer within this time has failed.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client {
    agent: Agent,
    base: String,
}

impl Client {
    /// `base`: what every path is put behind.
    pub fn new(base: &str) -> Client {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
        let agent = config.build().into();
        Client { agent, base: base.to_owned() }
    }

    pub fn get(&self, path: &str) -> Result<Value, String> {
        let url = format!("{}{path}", self.base);
        self.read(&url, self.agent.get(&url).call())
    }

    pub fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let url = format!("{}{path}", self.base);
        let request = self.agent.post(&url).header("content-type", "application/json");
        self.read(&url, request.send(body.to_string()))
    }

    fn read(
        &self,
        url: &str,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Value, String> {
        let mut answer = answer.map_err(|error| format!("{url}: {error}"))?;
        let text = answer.body_mut().read_to_string().map_err(|error| format!("{url}: {error}"))?;
        if !answer.status().is_success() {
            return Err(format!("{url}: {}: {text}", answer.status()));
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| format!("{url}: {error}: {text}"))
    }
}
