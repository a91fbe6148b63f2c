//! Every limit of the interface in one place. Whoever hits one is told its name.

use std::time::Duration;

/// The most bytes of a JSON body; limit `json_bytes`.
pub const JSON_BYTES: usize = 1_000_000;
/// The deepest nesting of a JSON body; limit `json_depth`.
pub const JSON_DEPTH: usize = 32;
/// The most files of a process or block that is checked or deployed; limit `files`.
pub const FILES: usize = 500;
/// The most bytes of all of them; limit `files_bytes`.
pub const FILES_BYTES: usize = 5_000_000;
/// The longest path of such a file, in characters; limit `path_chars`.
pub const PATH_CHARS: usize = 200;
/// The most bytes of an uploaded document; limit `document_bytes`.
pub const DOCUMENT_BYTES: usize = 25_000_000;
/// The most files that an item of the incoming post is registered with; limit `item_files`.
pub const ITEM_FILES: usize = 20;
/// The most bytes of all of them; limit `item_bytes`.
pub const ITEM_BYTES: usize = 60_000_000;
/// The most letters that are printed together.
pub const PRINTED_LETTERS: usize = 500;
/// The most bytes of letters that are printed together; limit `printed_bytes`.
pub const PRINTED_BYTES: usize = 30_000_000;
/// About so many cases the same is done at once; limit `keeping_cases`.
pub const KEEPING_CASES: usize = 50;
/// The most bytes of a JSON body with the rows of a file, which is base64 there; limit `rows_json_bytes`.
pub const ROWS_JSON_BYTES: usize = 6_000_000;
/// So many cases of a mass run are looked at ahead at once; limit `run_piece`.
pub const RUN_PIECE: u32 = 100;
/// How many documents are taken in at once; limit `uploads`.
pub const UPLOADS: usize = 4;
/// How many processes are checked at once; limit `checks`.
pub const CHECKS: usize = 2;
/// How many requests are under way at once; limit `concurrent_requests`.
pub const CONCURRENT_REQUESTS: usize = 256;
/// How long a request may take; limit `request_time`.
pub const REQUEST_TIME: Duration = Duration::from_secs(60);
/// How long one waits for a free place (uploads, checks, passwords) before being told to try later.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How long the answer to a task that was done waits for what connectors make of it.
pub const FOLLOW_UP: Duration = Duration::from_secs(4);
/// The most rows of one page; limit `page_rows`.
pub const PAGE_ROWS: u32 = 200;
/// The rows of a page that says nothing else.
pub const DEFAULT_PAGE_ROWS: u32 = 50;
/// The longest value of a query parameter, in bytes; limit `query_bytes`.
pub const QUERY_BYTES: usize = 4_000;
/// The most months of the statistics; limit `months`.
pub const MONTHS: i32 = 120;
/// Event streams of one person; limit `event_streams`.
pub const EVENT_STREAMS: u32 = 10;
/// Turns that a resumed event stream reads at once.
pub const EVENTS_AT_ONCE: u32 = 200;
/// A comment is sent so often on an event stream, and the session is looked at again.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// Password checks at once; limit `password_checks`.
pub const PASSWORD_CHECKS: usize = 2;
/// Failed logins of one person within [`LOGIN_WINDOW_MINUTES`]; limit `login_failures_person`.
pub const LOGIN_FAILURES_PERSON: u32 = 10;
/// Failed logins from one address within [`LOGIN_WINDOW_MINUTES`]; limit `login_failures_address`.
pub const LOGIN_FAILURES_ADDRESS: u32 = 100;
/// How long failed logins count.
pub const LOGIN_WINDOW_MINUTES: i64 = 15;
/// The fewest characters of a password; limit `password_min_chars`.
pub const PASSWORD_MIN_CHARS: usize = 12;
/// The most characters of a password; limit `password_max_chars`.
pub const PASSWORD_MAX_CHARS: usize = 200;
/// A session ends when it was not used for so long.
pub const SESSION_IDLE_MINUTES: i64 = 60;
/// A session ends after so long at the latest.
pub const SESSION_HOURS: i64 = 12;
/// A token counts for so many days at most; limit `token_days`.
pub const TOKEN_DAYS: i64 = 366;
/// So long after shutting down began, connections that are still open are cut.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(20);
